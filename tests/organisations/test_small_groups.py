"""Results hold groups of ten or more: smaller departments and segments are merged, and no table names them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.organisations.own_folder import folder_of

from ccsim.experiments.experiment import as_experiment
from ccsim.organisations.privacy import OTHERS, merge_rows, rows_shown
from ccsim.reports.figures.organisation import _coarse
from ccsim.reports.own_words import words_of
from ccsim.results.rows import to_frame
from ccsim.scenarios.scenario import SOURCE, load_scenario
from ccsim.simulation.simulation import simulate


def organisation(place: Path) -> Path:
    """Return a folder with departments of 12, 15, 4 and 7 people."""
    rows = [
        (name, n) for name, count in (("Sales", 12), ("Desk", 15), ("Legal", 4), ("Books", 7)) for n in range(count)
    ]
    people = "id,department\n" + "".join(f"{name}-{n},{name}\n" for name, n in rows)
    segments = "segment,customers\nprivate,90\nlarge,3\nmiddle,9\n"
    toml = "[sizes]\nwarm_up = 2\n"
    return folder_of(place, {"organisation.toml": toml, "people.csv": people, "segments.csv": segments})


def test_small_groups_share_a_row_and_one_that_would_stand_alone_shares_it_with_the_next_larger() -> None:
    assert rows_shown(np.array([12, 15, 4, 7]), 10).tolist() == [0, 1, 2, 2]
    assert rows_shown(np.array([50, 4]), 10).tolist() == [0, 0]
    assert rows_shown(np.array([3, 4]), 10).tolist() == [-1, -1]
    assert rows_shown(np.array([50, 4, 12]), 10).tolist() == [0, 1, 1]
    sums = merge_rows(np.arange(8.0).reshape(1, 4, 2), np.array([0, 1, 2, 2]))
    assert sums[0, :3].tolist() == [[0, 1], [2, 3], [10, 12]] and np.isnan(sums[0, 3]).all()


def test_tables_of_results_hold_no_department_of_fewer_than_ten_people(tmp_path: Path) -> None:
    folder = organisation(tmp_path / "o")
    experiment = as_experiment(load_scenario("nothing").with_values({SOURCE: str(folder)}))
    words = words_of(experiment)
    assert words.departments == ("Sales", "Desk", OTHERS, "")
    assert words.segments == ("private", OTHERS, "")
    scenario = load_scenario("nothing").with_values({SOURCE: str(folder)})
    whole, shown = (simulate(scenario, 1, 6, merged=merged) for merged in (False, True))
    assert np.isfinite(whole.departments["engagement"]).all()
    assert np.isnan(shown.departments["engagement"][:, 3]).all()
    both = whole.departments["engagement"][:, 2:].min(axis=1), whole.departments["engagement"][:, 2:].max(axis=1)
    assert (both[0] <= shown.departments["engagement"][:, 2]).all() and (
        shown.departments["engagement"][:, 2] <= both[1]
    ).all()
    assert np.array_equal(whole.kpis["csat"], shown.kpis["csat"], equal_nan=True)
    table = to_frame("departments", [(0, shown)], ())
    assert table["department"].unique().tolist() == [0, 1, 2]
    assert table["engagement"].notna().all()


def test_where_two_runs_of_an_organisation_part_names_no_post(tmp_path: Path) -> None:
    from ccsim.reports.divergence import diff

    alone = load_scenario("nothing").with_values({SOURCE: str(organisation(tmp_path / "o"))})
    moved = alone.with_values({"programme.budget": 20_000.0}, name="moved")
    words = diff(alone, moved, weeks=8).describe()
    assert "in post" not in words and "post " not in words and "leader " not in words.replace("a leader", "")


def test_results_of_an_own_organisation_say_how_far_they_can_be_trusted(tmp_path: Path) -> None:
    folder = organisation(tmp_path / "o")
    own = {SOURCE: str(folder)}
    (folder / "history.csv").write_text(
        "date,kpi,value\n" + "".join(f"20{year}-12-31,csat,70\n" for year in range(18, 24))
    )
    (folder / "events.csv").write_text("date,label,lever,value\n2021-01-01,Training,programme.budget,500\n")
    moved = as_experiment(load_scenario("nothing").with_values({**own, "programme.budget": 900.0}))
    words = words_of(moved)
    assert "o is not fitted" in words.trust[0] and "can be back-tested by Training" in words.trust[1]
    assert any("programmes" in what and remedy for what, remedy in words.open)
    other = words_of(as_experiment(load_scenario("nothing").with_values({**own, "empowerment.rights": 1.0})))
    assert other.trust[1].endswith("the effect of its levers is not back-tested.")
    assert not words_of(as_experiment(load_scenario("nothing"))).trust


def test_no_bar_of_the_network_stands_for_fewer_than_ten_people() -> None:
    for heights in ([3, 40, 9, 12, 1], [30, 0, 0, 2], [9, 0, 20], [4]):
        bars = _coarse(np.array(heights), 10)
        assert bars.sum() == sum(heights) and (len(heights) == 1 or not ((bars > 0) & (bars < 10)).any())
