import re
import shutil

import numpy as np
import pytest

from ccsim.errors import InputError, UnknownNameError
from ccsim.reports.references import read_key
from ccsim.reports.report import report
from ccsim.reports.reproduce import reproduce
from ccsim.results.results import open_results


@pytest.fixture
def tampered(folder, tmp_path, rewritten):
    """Return a copy of the folder in which values of the runs were changed."""

    def made(change):
        place = tmp_path / "tampered"
        shutil.copytree(folder, place)
        for part in list((place / "runs").glob("part-*.parquet")):
            rewritten(part, lambda frame: (change(frame), frame)[1])
        return place

    return made


def test_a_difference_comes_out_again(folder):
    found = reproduce(folder, "small/busy/csat/difference", workers=1)
    assert found.reproduced
    assert (found.scenarios, found.replicates) == (("nothing", "busy"), (0, 1, 2, 3))
    assert found.each["seed"].tolist() == [1_000_000, 1_000_001, 1_000_002, 1_000_003]
    assert found.stored[0] == pytest.approx(found.each["difference"].mean())
    output = found.describe()
    assert "100 * satisfaction / customers" in output
    assert "equal to the last bit" in output


def test_the_experiment_s_name_may_be_left_out(folder):
    assert (
        reproduce(folder, "busy/csat/mean", workers=1).key == reproduce(folder, "small/busy/csat/mean", workers=1).key
    )


def test_a_whole_curve_comes_out_again(folder):
    found = reproduce(folder, "small/busy/npv/curve/low", workers=1)
    assert found.reproduced
    assert found.stored.shape == (30,)


def test_one_bit_of_the_store_is_noticed(tampered):
    def change(frame):
        rows = (frame["scenario"] == "busy") & (frame["replicate"] == 2) & (frame["week"] == 29)
        frame.loc[rows, "csat"] = np.nextafter(frame.loc[rows, "csat"], 1e9)

    place = tampered(change)
    found = reproduce(place, "small/busy/csat/mean", workers=1)
    assert not found.reproduced
    assert found.differing == (("busy", 2),)
    assert "NOT reproduced" in found.describe()
    assert "busy 2" in found.describe()
    # Another KPI of the same run, and the other scenario, are as they were.
    assert reproduce(place, "small/busy/solve/mean", workers=1).reproduced
    assert reproduce(place, "small/nothing/csat/mean", workers=1).reproduced


def test_a_number_changed_on_the_page_is_noticed(folder, tmp_path):
    place = tmp_path / "page"
    shutil.copytree(folder, place)
    page = report(place)
    assert (
        reproduce(place, "small/busy/csat/mean", workers=1).reported
        == reproduce(folder, "small/busy/csat/mean", workers=1).stored[0]
    )
    text = page.read_text()
    found = re.search(r'value="([^"]+)" data-key="small/busy/csat/mean"', text)
    page.write_text(text.replace(found[0], found[0].replace(found[1], (7.5).hex())))
    changed = reproduce(place, "small/busy/csat/mean", workers=1)
    assert (changed.reported, changed.reproduced) == (7.5, False)


def test_a_move_comes_out_again(folder):
    assert reproduce(folder, "small/busy/move/1/runs", workers=1).stored[0] == 4.0
    assert reproduce(folder, "small/busy/move/1/week", workers=1).stored[0] == 6.0


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("small/bussy/csat/mean", "no scenario is called 'bussy'"),
        ("small/busy/cset/mean", "did you mean 'csat'"),
        ("small/busy/csat/meen", "did you mean 'mean'"),
        ("small/busy/csat", "expected one of"),
        ("small/busy/csat/mean/more", "expected end of text after"),
        ("small/nothing/csat/difference", "no measure is called 'difference'"),
        ("small/busy/csat/week/30/mean", "from 0 to 29"),
        ("small/busy/csat/week/x/mean", "from 0 to 29"),
        ("small/busy/npv/segment/0/mean", "does not exist by segment"),
        ("small/busy/solve/department/3/mean", "from 0 to 2"),
        ("small/busy/move/2/week", "from 1 to 1"),
        ("small/nothing/move/1/week", "there is no move"),
        ("", "no scenario is called ''"),
    ],
)
def test_what_is_no_key_is_reported(folder, key, message):
    with pytest.raises((InputError, UnknownNameError), match=re.escape(message)):
        read_key(key, open_results(folder).experiment)
