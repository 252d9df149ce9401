"""Mechanisms of users: the one of the tutorial at work, and one clear message for each mistake."""

from __future__ import annotations

import copy
import pickle
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from typer.testing import CliRunner

import ccsim
from ccsim.cli.main import app
from ccsim.engine.declarations import short_path
from ccsim.engine.jit import PLAIN, source_hash
from ccsim.errors import InputError, ResultsError
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.model.extension import active, extended, model_hash
from ccsim.model.kpis import KPIS
from ccsim.model.own_mechanism import _in_one_line
from ccsim.model.settings import all_parameters
from ccsim.reports.odd import declared_text
from ccsim.scenarios.scenario import Scenario

TUTORIAL = Path(__file__).parents[2] / "docs" / "own-mechanism.md"
SMALL = {
    "organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2,
    "organisation.customers": 160, "organisation.warm_up": 4,
}  # fmt: skip


def text_of_tutorial() -> str:
    found = re.search(r"```python\n(.*?)```", TUTORIAL.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture
def mood(tmp_path: Path) -> Path:
    path = tmp_path / "mood.py"
    path.write_text(text_of_tutorial(), encoding="utf-8")
    return path


def scenario() -> Scenario:
    return ccsim.load_scenario("combined").with_values(SMALL)


@pytest.mark.slow
def test_a_mechanism_that_is_off_leaves_every_number_as_it_was(mood: Path) -> None:
    plain = ccsim.simulate(scenario(), 3, 10)
    own = ccsim.simulate(scenario(), 3, 10, mechanisms=[mood])
    assert set(own.kpis) == {*plain.kpis, "mood"}
    for name, values in plain.kpis.items():
        assert np.array_equal(values, own.kpis[name], equal_nan=True), name


def test_a_mechanism_acts_and_nothing_stays_behind(mood: Path) -> None:
    with extended([mood]):
        lifted = ccsim.simulate(scenario().with_values({"mood.lift": 0.2}), 3, 20)
        off = ccsim.simulate(scenario(), 3, 20)
        assert "mood" in list(KPIS) and "mood.lift" in all_parameters()
    assert not np.array_equal(lifted.kpis["engagement"], off.kpis["engagement"])
    assert 0.0 < lifted.kpis["mood"].min() < lifted.kpis["mood"].max() < 1.0
    assert off.departments["mood"].shape == (20, 3)
    assert "mood" not in list(KPIS) and "mood.lift" not in all_parameters()
    assert "mood" not in ccsim.simulate(scenario(), 3, 1).kpis


def test_the_hash_of_the_model_includes_the_text_of_the_file(mood: Path) -> None:
    hashes = {model_hash()}
    assert hashes == {source_hash()}
    with extended(mood):
        hashes.add(model_hash())
    mood.write_text(mood.read_text() + "\n# edited\n")
    with extended(mood):
        hashes.add(model_hash())
    assert len(hashes) == 3


def test_an_organisation_keeps_its_mechanism_and_shows_its_columns(mood: Path) -> None:
    org = ccsim.Organisation(scenario(), rng=2, weeks=4, mechanisms=[mood])
    org.step()
    org.intervene({"mood.lift": 0.1})
    twin = copy.copy(org)
    person = next(iter(org.agents_by_type[ccsim.Employee]))
    assert 0.0 <= person.mood <= 1.0
    org.run(), twin.run()
    assert org.kpis["mood"].tolist() == twin.kpis["mood"].tolist()
    person.mood = 0.25
    assert person.mood == 0.25
    with pytest.raises(AttributeError, match="moood"):
        assert person.moood


def test_a_state_that_is_copied_keeps_the_columns_of_a_users_mechanism(mood: Path) -> None:
    org = ccsim.Organisation(scenario(), rng=2, weeks=4, mechanisms=[mood])
    org.step()
    state = org.state
    for other in (state.copy(), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert len(other.parts()) == len(state.parts()) > len(state.populations)
        mine, theirs = (
            np.concatenate([np.asarray(part).view(np.uint8).ravel() for part in one.own]) for one in (state, other)
        )
        assert mine.any() and mine.tobytes() == theirs.tobytes()


def test_levers_and_kpis_appear_on_the_command_line_and_in_the_description(mood: Path) -> None:
    output = CliRunner().invoke(app, ["parameters", "mood", "--with", str(mood)])
    assert output.exit_code == 0 and "mood.contagion" in output.output
    with extended(mood):
        text = declared_text()
    assert "own_mood.spread(" in text and "| `lift` | lever |" in text and "mean mood of people in post" in text
    assert "`moods` | flow" in text and "def after_work" in text
    assert "own_mood" not in declared_text()


def test_two_workers_give_what_one_gives_and_a_folder_asks_for_its_mechanism(mood: Path, tmp_path: Path) -> None:
    with extended([mood]):
        one = Experiment("own", "own", "?", "a", {"a": scenario(), "b": scenario().with_values({"mood.lift": 0.2})},
                         weeks=6, replicates=2, kpis=("mood", "csat"))  # fmt: skip
        alone = run_experiment(one, workers=1)
        shared = run_experiment(one, workers=2, out=tmp_path / "out")
    assert alone.hash() == shared.hash() and "mood" in shared.runs
    with pytest.raises(ResultsError, match=r"was made with the mechanism 'mood'.*--with"):
        ccsim.open_results(tmp_path / "out")
    assert ccsim.open_results(tmp_path / "out", mechanisms=[mood]).hash() == alone.hash()
    mood.write_text(mood.read_text() + "\n# edited\n")
    with pytest.raises(ResultsError, match="another text of the mechanism 'mood'"):
        ccsim.open_results(tmp_path / "out", mechanisms=[mood])


#: What is replaced in the tutorial's text by what, and what is then told.
MISTAKES = {
    "a syntax error": ("def after_work(mood, successes, setbacks):", "def after_work(mood, successes, setbacks)", r"mood\.py:\d+: expected ':'"),
    "no docstring": ('"""Mood: successes lift people, failures weigh on them, and moods spread among colleagues."""', "",
                     r"mood\.py:1: a mechanism must open with a docstring"),
    "an import that fails": ("FIRST = stream", "import no_such_library\nFIRST = stream", r"mood\.py:\d+: .*No module named 'no_such_library'"),
    "a group that ccsim has": ('@parameters("mood")', '@parameters("habit")', r"parameters\('habit'\): ccsim has a group of this name"),
    "a column that ccsim has": ("    mood: FloatArray", "    habit: FloatArray = stock(\"share\", \"x\")\n    mood: FloatArray", r"column staff\.habit: ccsim has"),
    "a unit that is not known": ('0.2, unit="1/week"', '0.2, unit="1/weak"', r"mood\.py:\d+: parameter mood\.contagion: .*1/weak"),
    "a KPI that reads nothing": ("moods / people", "modes / people", r"mood\.py:\d+: KPI 'mood': unknown name 'modes'.*moods"),
    "a place that is not there": ('before="engagement"', 'before="engagment"', r"step lend: before='engagment': the week has no such place.*engagement"),
    "no place": ('@step(before="engagement")', "@step()", r"mood\.py:\d+: a step takes exactly one of after=... and before="),
    "an argument that is not there": ("def lend(staff, own_staff, p)", "def lend(stafff, own_staff, p)", r"step lend: there is no argument 'stafff'.*staff"),
    "a column misspelt": ("near += own_staff.mood[other]", "near += own_staff.moood[other]", r"mood\.py:\d+: spread: own_staff has no 'moood'.*mood"),
    "a parameter misspelt": ("p.lift *", "p.lfit *", r"mood\.py:\d+: lend: p has no 'lfit'.*lift"),
    "a column of the founding written": ("staff.engagement_bonus[i] +=", "staff.contract[i] +=", r"staff\.contract is a fixed column, which the founding writes$"),
    "a stock declared that is not there": ('@step(before="engagement")', '@step(before="engagement", writes=("staff.habbit",))', r"step lend: writes: there is no column 'staff\.habbit'"),
    "a population declared that is not there": ('@step(before="engagement")', '@step(before="engagement", writes=("crew.habit",))', r"step lend: writes: there is no column 'crew\.habit'"),
    "a tally that ccsim has": ("    moods: FloatArray", "    revenue: FloatArray = flow(\"EUR\", \"money\")\n    moods: FloatArray", r"column departments\.revenue: ccsim has a column of this name"),
    "a stock of others written": ("staff.engagement_bonus[i] +=", "staff.habit[i] +=", r"mood\.py:\d+: lend: staff\.habit is a stock column, which habit writes"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message_with_its_place(mistake: str, mood: Path) -> None:
    before, after, output = MISTAKES[mistake]
    text = mood.read_text(encoding="utf-8")
    assert before in text
    mood.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(InputError, match=output) as error, extended([mood]):
        pass
    assert "\n" not in str(error.value)


def test_a_file_that_is_missing_or_ill_named_is_reported(tmp_path: Path) -> None:
    for name, output in (
        ("none.py", "there is no such file"),
        ("my-mood.py", "followed by .py, such as mood.py"),
        ("habit.py", "ccsim has a mechanism 'habit'"),
    ):
        if name == "habit.py":
            (tmp_path / name).write_text(text_of_tutorial(), encoding="utf-8")
        with pytest.raises(InputError, match=re.escape(output)), extended([tmp_path / name]):
            pass


def test_a_kernel_that_does_not_compile_is_one_message_with_its_line(mood: Path) -> None:
    text = mood.read_text(encoding="utf-8").replace(
        "near, ties = 0.0, 0\n", "near, ties = 0.0, 0\n        near += 'high'\n"
    )
    mood.write_text(text, encoding="utf-8")
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "near += 'high'" in each)
    with pytest.raises(InputError, match=rf"mood\.py:{line}: ") as error:
        ccsim.simulate(scenario(), 3, 1, mechanisms=[mood])
    assert "\n" not in str(error.value)
    assert PLAIN or "cannot be compiled" in str(error.value)


def renamed(mood: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Write the tutorial's mechanism under another name, with some of its text changed."""
    text = mood.read_text(encoding="utf-8").replace('parameters("mood")', f'parameters("{name}")')
    text = text.replace('kpi("mood", "Mood"', f'kpi("{name}", "{name}"').replace('stream("mood.', f'stream("{name}.')
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = mood.with_name(f"{name}.py")
    path.write_text(text, encoding="utf-8")
    return path


def test_two_mechanisms_may_not_have_a_column_or_a_tally_of_the_same_name(mood: Path) -> None:
    with (
        pytest.raises(InputError, match=r"column staff\.mood: mood has a column of this name"),
        extended([mood, renamed(mood, "temper")]),
    ):
        pass
    staff = ("    mood: FloatArray", "    temper: FloatArray"), ("own_staff.mood", "own_staff.temper")
    tally = renamed(mood, "temper", *staff, ('columns("departments")', 'columns("segments")'), ("own_departments.moods[staff.department[i]]", "own_segments.moods[0]"),
                    ("own_departments", "own_segments"))  # fmt: skip
    with (
        pytest.raises(InputError, match=r"column segments\.moods: mood has a column of this name"),
        extended([mood, tally]),
    ):
        pass


def test_a_column_of_people_may_be_named_like_a_tally(mood: Path) -> None:
    text = mood.read_text(encoding="utf-8")
    line = '    revenue: FloatArray = flow("EUR", "money that the person brings in")\n'
    mood.write_text(text.replace("    mood: FloatArray", f"{line}    mood: FloatArray"), encoding="utf-8")
    with extended([mood]):
        columns = [column.name for column in active().populations["mood_staff"].columns]
    assert columns == ["mood", "revenue"]  # stocks before flows


def test_the_reason_that_numba_gives_is_its_first_line_with_the_last_line_of_the_file_that_it_names(mood: Path) -> None:
    message = (
        "Failed in nopython mode pipeline (step: nopython frontend)\n\n\x1b[1mUnknown attribute 'x' of type Staff\x1b[0m\n\n"
        'File "mood.py", line 40:\n    <source elided>\nDuring: typing of get attribute at mood.py (41)\n\nFile "mood.py", line 41:'
    )
    own = SimpleNamespace(source=SimpleNamespace(file=str(mood)))
    each = SimpleNamespace(name="lend", where="mood.py:7")
    reason = "step lend cannot be compiled: Unknown attribute 'x' of type Staff"
    assert _in_one_line(message, own, each) == f"{short_path(str(mood))}:41: {reason}"  # type: ignore[arg-type]  # all it reads
    assert _in_one_line("During: it", own, each) == "mood.py:7: step lend cannot be compiled: During: it"  # type: ignore[arg-type]
