from dataclasses import replace

import numpy as np
import pytest

from ccsim.errors import InputError
from ccsim.model.initial_state import initialise
from ccsim.model.phases import list_phases, start_step
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.week import step
from ccsim.reports.choice_trace import OPTIONS, TERMS, choices
from ccsim.reports.divergence import column_differences, diff
from ccsim.scenarios.scenario import Intervention, load_scenario


def test_equal_scenarios_never_part(small):
    found_ = diff("combined", "combined", weeks=12, levers=small)
    assert (found_.cause, found_.decision, found_.levers) == (None, None, ())
    assert not found_.spread[["staff", "leaders", "customers"]].to_numpy().any()
    assert "do not differ" in found_.describe()


def test_a_lever_of_the_programme_parts_in_the_programme(small):
    quiet = load_scenario("nothing").with_values(small)
    busy = replace(quiet, name="busy", schedule=(Intervention.create({"programme.budget": 900.0}, week=3),))
    parted = diff(quiet, busy, weeks=10)
    assert parted.cause.week == 3
    assert parted.cause.phase.startswith("programme.")
    assert parted.levers == (("programme.budget", 0.0, 900.0),)
    assert parted.cause.gaps[0].values[0] != parted.cause.gaps[0].values[1]
    assert (parted.spread.set_index("week").loc[:2].to_numpy() == 0.0).all()
    assert parted.spread.set_index("week").loc[9, "staff"] > 0.0


def test_a_lever_of_the_scorecard_parts_in_a_choice_of_service(small):
    quiet = load_scenario("nothing").with_values(small)
    strict = replace(quiet, name="strict", schedule=(Intervention.create({"empowerment.strictness": 0.0}, week=2),))
    parted = diff(quiet, strict, weeks=10)
    assert (parted.cause.week, parted.cause.phase) == (2, "service.serve")
    first, second = parted.cause.choices
    assert first.option != second.option
    assert (first.case, first.draw) == (second.case, second.draw)
    # Nothing but the checks is different between the two.
    for name, term in first.terms(first.option).items():
        same = term == pytest.approx(second.terms(first.option)[name], abs=1e-12)
        assert same or name in ("checks", "total")
    assert OPTIONS[first.option] in parted.describe()


def test_scenarios_with_other_pasts_part_in_the_past(small):
    quiet = load_scenario("nothing").with_values(small)
    other = quiet.with_values({"habit.formation_rate": 0.05}, name="other")
    parted = diff(quiet, other, weeks=3)
    assert parted.cause.week < 0
    assert parted.cause.phase == "habit.update_habit"
    assert parted.spread["week"].min() < 0


def test_differences_at_initialisation_are_reported(small):
    quiet = load_scenario("nothing").with_values(small)
    other = quiet.with_values({"defects.baseline": 0.2}, name="other")
    assert diff(quiet, other, weeks=1).cause.phase == "founding"


def test_other_sizes_are_refused(small):
    with pytest.raises(InputError, match="different sizes"):
        diff(
            load_scenario("nothing").with_values(small),
            load_scenario("nothing").with_values({**small, "organisation.staff": 30}),
            weeks=2,
        )
    with pytest.raises(InputError, match="weeks"):
        diff("nothing", "combined", weeks=0)


def test_a_week_by_phases_is_the_same_week(small):
    one = initialise(replace_values(default_settings(), small), 3)
    other = one.copy()
    for _ in range(3):
        step(one)
        for phase in start_step(other):
            phase.run()
    assert column_differences(one, other) == []


def test_choices_in_plain_python_are_those_of_the_compiled_week(small):
    state = initialise(replace_values(default_settings(), small), 3)
    made = None
    for phase in start_step(state):
        if phase.name == "service.serve":
            populations = state.copy()
            mirror = next(each for each in list_phases(populations) if each.name == "service.serve")
            made = choices(mirror.arguments)
            phase.run()
            assert column_differences(state, populations) == []
        else:
            phase.run()
    counts = np.bincount([one.option for one in made], minlength=len(OPTIONS))
    mix = ("closed_fast", "followed_script", "solved", "handed_over", "escalated")
    assert counts.tolist() == [getattr(state.populations.departments, name).sum() for name in mix]
    for one in made[:20]:
        assert sum(one.chances().values()) == pytest.approx(1.0)
        for option in one.arguments:
            terms = one.terms(option)
            assert set(terms) == {*TERMS, "total"}
            assert sum(value for name, value in terms.items() if name != "total") == pytest.approx(terms["total"])


def test_the_figure_of_the_spread_is_drawn(small, tmp_path):
    diff("nothing", "combined", weeks=4, levers=small).plot(tmp_path / "spread")
    assert (tmp_path / "spread.png").stat().st_size > 10_000
