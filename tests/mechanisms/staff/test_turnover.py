import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.engine.functions import exp
from ccsim.mechanisms.staff.turnover import quits, replace_staff
from ccsim.model.initial_state import sample_initial
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step


def alike(s: Settings, column: str) -> bool:
    return len(set(getattr(sample_initial(s, 3).populations.staff, column).tolist())) == 1


def posts_filled(s: Settings) -> bool:
    t = tallies_of(with_values(s, {"turnover.quit_probability": 0.1}), 12)
    return bool((t["people"] == t["posts"]).all())


def quitting(s: Settings, engagement: float) -> bool:
    return bool(quits(engagement, 0.9 * s.turnover.quit_probability, s.turnover))


OFF = {
    "turnover.quit_probability": lambda s: tallies_of(s, 26)["quits"].sum() == 0.0,
    "turnover.sensitivity": lambda s: quitting(s, 0.1) == quitting(s, 0.9),
    "turnover.vacancy_weeks": posts_filled,
    "turnover.disposition_spread": lambda s: alike(s, "disposition"),
    "turnover.temperament_spread": lambda s: alike(s, "reward_sensitivity"),
    "turnover.baseline_engagement_spread": lambda s: alike(s, "baseline_engagement"),
    "turnover.handling_time_spread": lambda s: alike(s, "pace"),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def gone(s: Settings, weeks: int = 1, leaving: int = 0) -> ModelState:
    state = world_of(set_to({"turnover.quit_probability": 0.0}))
    for week in range(weeks):
        state.reset_flows()
        replace_staff(state.populations.staff, state.populations.departments, s.turnover, leaving, state.seed, week)
    return state


def test_with_certainty_every_person_goes_and_is_replaced_by_a_person_new_after_the_vacancy() -> None:
    sure = set_to({"turnover.quit_probability": 1.0, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 0})
    state = gone(sure).populations
    assert state.departments.quits.sum() == 24 == state.departments.hires.sum()
    assert (state.staff.arrived == 1).all() and (state.staff.person == 1).all() and (state.staff.hired_week == 1).all()
    vacant = gone(with_values(sure, {"turnover.vacancy_weeks": 3})).populations
    assert vacant.departments.hires.sum() == 0 and (vacant.staff.vacant_until == 4).all()
    back = gone(with_values(sure, {"turnover.vacancy_weeks": 3}), 4).populations
    assert back.departments.hires.sum() == 24 and (back.staff.hired_week == 4).all()


def test_no_person_quits_a_vacant_post() -> None:
    sure = set_to({"turnover.quit_probability": 1.0, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 9})
    assert gone(sure, 2).populations.departments.quits.sum() == 0


def test_leaving_grows_by_a_constant_factor_as_engagement_falls() -> None:
    p = set_to({"turnover.quit_probability": 0.02}).turnover
    hazards = [np.mean([quits(e, (k + 0.5) / 20_000, p) for k in range(20_000)]) for e in (0.62, 0.42)]
    assert hazards[0] == pytest.approx(0.02, abs=1e-4)
    assert hazards[1] / hazards[0] == pytest.approx(exp(0.2 * p.sensitivity), rel=0.01)


def test_people_differ_by_the_declared_spread() -> None:
    # 4,000 people: mean within four standard errors, spread within a tenth (draws of a share are cut at 0 and 1).
    s = set_to({"organisation.staff": 4000, "organisation.customers": 3})
    staff, p = sample_initial(s, 3).populations.staff, s.turnover
    for column, mean, spread in (
        ("disposition", p.disposition, p.disposition_spread), ("reward_sensitivity", 1.0, p.temperament_spread), ("baseline_engagement", p.baseline_engagement, p.baseline_engagement_spread),
    ):  # fmt: skip
        values = getattr(staff, column)
        assert abs(values.mean() - mean) < 4 * spread / np.sqrt(4000), column
        assert values.std() == pytest.approx(spread, rel=0.1), column


def test_champions_called_away_go_first_and_only_they() -> None:
    state = world_of(set_to({"turnover.quit_probability": 0.0}))
    state.reset_flows()
    state.populations.staff.champion[[4, 9]] = 10.0
    none = state.settings.turnover._replace(quit_probability=0.0, vacancy_weeks=2)
    replace_staff(state.populations.staff, state.populations.departments, none, 1, state.seed, 0)
    assert np.flatnonzero(state.populations.staff.vacant_until == 3).tolist() == [4]
    assert state.populations.departments.quits.sum() == 1


def test_newcomers_bring_little_of_what_had_been_built() -> None:
    state = world_of(set_to({"turnover.quit_probability": 0.0}))
    staff = state.populations.staff
    staff.conviction[:], staff.habit[:], staff.skill[:], staff.tipped_week[:] = 1.0, 1.0, 1.0, 0
    state.settings = with_values(
        state.settings, {"turnover.quit_probability": 1.0, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 0}
    )
    step(state)
    assert (staff.arrived == 1).all()
    assert staff.conviction == pytest.approx(staff.disposition)
    assert staff.habit.max() < 0.5 and staff.skill.mean() < 0.6
    assert (staff.tipped_week == -1).all()


def test_a_whole_organisation_can_turn_over_every_week() -> None:
    t = tallies_of(
        set_to({"turnover.quit_probability": 1.0, "turnover.sensitivity": 0.0, "turnover.vacancy_weeks": 0}), 12
    )
    assert (t["quits"] == 24).all() and (t["hires"] == 24).all() and (t["people"] == 24).all()


def test_no_person_is_repelled_by_rewards_however_much_people_differ() -> None:
    s = set_to({"turnover.temperament_spread": 3.0, "organisation.warm_up": 0})
    assert sample_initial(s, 3).populations.staff.reward_sensitivity.min() == 0.0


def test_no_more_champions_are_called_away_than_asked_for_and_vacant_posts_count_none() -> None:
    state = world_of(set_to({"turnover.quit_probability": 0.0}))
    state.reset_flows()
    staff, departments = state.populations.staff, state.populations.departments
    staff.champion[[2, 4, 9, 11]], staff.vacant_until[2] = 10.0, 7
    none = state.settings.turnover._replace(quit_probability=0.0, vacancy_weeks=5)
    replace_staff(staff, departments, none, 2, state.seed, 1)
    assert np.flatnonzero(staff.vacant_until == 7).tolist() == [2, 4, 9]
    assert departments.quits.sum() == 2 and departments.hires.sum() == 0
    replace_staff(staff, departments, none, 0, state.seed, 6)
    assert departments.hires.sum() == 3 and staff.arrived[[2, 4, 9, 11]].tolist() == [1, 1, 1, 0]
    assert staff.hired_week[[2, 4, 9]].tolist() == [7, 7, 7]


def test_a_champion_of_a_few_minutes_can_be_called_away() -> None:
    state = world_of(set_to({"turnover.quit_probability": 0.0}))
    staff, departments = state.populations.staff, state.populations.departments
    staff.champion[:], staff.champion[6] = 0.0, 0.05
    replace_staff(staff, departments, state.settings.turnover._replace(vacancy_weeks=2), 3, state.seed, 0)
    assert np.flatnonzero(staff.vacant_until == 3).tolist() == [6]
