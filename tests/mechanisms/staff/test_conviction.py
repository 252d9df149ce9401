import numpy as np
import pytest
from small_world import check_off, first_mix, set_to, with_values, world_of

from ccsim.mechanisms.staff.conviction import (
    BEFORE,
    NOT_YET,
    evidence_update,
    leader_influence,
    observe_colleagues,
    tips,
    update_conviction,
)
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState

ALONE = {"conviction.evidence_rate": 0.0, "conviction.leader_rate": 0.0, "conviction.reversion_rate": 0.0}


def surrounded(settings: Settings, sources: float = 9.0, cynicism: float = 0.0) -> ModelState:
    """Let everybody hear so many sources for a week, and come round or not."""
    state = world_of(settings)
    state.reset_flows()
    populations = state.populations
    populations.staff.conviction[:], populations.staff.tipped_week[:] = 0.5, -1
    populations.staff.sources[:], populations.staff.cynicism[:] = sources, cynicism
    update_conviction(
        populations.staff,
        populations.leaders,
        populations.departments,
        settings.conviction,
        settings.mandate,
        state.seed,
        0,
    )
    return state


def certain(s: Settings) -> Settings:
    return with_values(s, {**ALONE, "conviction.tipping_probability": 1.0})


OFF = {
    "conviction.utility_weight": lambda s: (first_mix(s, conviction=0.0) == first_mix(s, conviction=1.0)).all(),
    "conviction.norm_weight": lambda s: (first_mix(s, peer_practice=0.0) == first_mix(s, peer_practice=1.0)).all(),
    "conviction.evidence_rate": lambda s: evidence_update(0.5, 9.0, 0.0, s.conviction) == 0.5,
    "conviction.tipping_probability": lambda s: (
        surrounded(with_values(s, ALONE)).populations.staff.conviction == 0.5
    ).all(),
    "conviction.tipping_gain": lambda s: (surrounded(certain(s)).populations.staff.conviction == 0.5).all(),
    "conviction.leader_rate": lambda s: leader_influence(0.5, 9.0, 1.0, 1.0, 0.0, s.conviction) == 0.5,
    "conviction.reversion_rate": lambda s: (
        surrounded(
            with_values(s, {k: 0.0 for k in ALONE if k != "conviction.reversion_rate"}), 0.0
        ).populations.staff.conviction
        == 0.5
    ).all(),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_with_certain_chance_every_person_with_enough_sources_tips_and_no_other() -> None:
    s = certain(set_to({"conviction.tipping_gain": 0.5, "conviction.min_sources": 3.0}))
    assert surrounded(s, 3.0).populations.staff.conviction == pytest.approx(0.75)
    assert (surrounded(s, 2.9).populations.staff.conviction == 0.5).all()
    assert (surrounded(s, 9.0, cynicism=1.0).populations.staff.conviction == 0.5).all()


def test_the_share_that_tips_is_the_declared_chance() -> None:
    # 4,000 people: four standard errors, wrong once in 16,000 seeds.
    s = set_to({**ALONE, "organisation.staff": 4000, "organisation.customers": 3, "organisation.warm_up": 0})
    staff = surrounded(s, 2.0).populations.staff
    expected = s.conviction.tipping_probability
    assert abs((staff.conviction > 0.5).mean() - expected) < 4 * np.sqrt(expected * (1 - expected) / 4000)


def test_a_person_tips_once_and_is_counted_in_that_week() -> None:
    state = surrounded(certain(set_to({"conviction.tipping_gain": 1.0})))
    populations = state.populations
    assert (populations.staff.tipped_week == 0).all()
    assert populations.departments.new_tipped.sum() == 24
    update_conviction(
        populations.staff,
        populations.leaders,
        populations.departments,
        state.settings.conviction,
        state.settings.mandate,
        state.seed,
        1,
    )
    assert (populations.staff.tipped_week == 0).all()
    assert populations.departments.new_tipped.sum() == 24


def test_a_person_who_is_convinced_when_the_story_begins_is_given_no_week_and_not_counted_again() -> None:
    state = surrounded(certain(set_to({"conviction.tipping_gain": 1.0})))
    staff, tippings, s = state.populations.staff, state.populations.departments.new_tipped, state.settings

    def week(number: int) -> None:
        update_conviction(
            staff, state.populations.leaders, state.populations.departments, s.conviction, s.mandate, state.seed, number
        )

    tippings[:], staff.tipped_week[:], staff.conviction[:12], staff.sources[:] = 0.0, NOT_YET, 0.0, 0.0
    week(-2)
    assert staff.tipped_week.tolist() == [NOT_YET] * 12 + [BEFORE] * 12
    staff.conviction[12] = 0.0  # who falls back before the story begins has not come round
    week(-1)
    assert staff.tipped_week.tolist() == [NOT_YET] * 13 + [BEFORE] * 11
    staff.conviction[:] = 1.0
    week(0)
    assert staff.tipped_week.tolist() == [0] * 13 + [BEFORE] * 11
    assert tippings.sum() == 13


def test_conviction_follows_evidence_up_and_down_and_faster_with_more_of_it() -> None:
    p = set_to().conviction
    assert evidence_update(0.5, 1.0, 0.0, p) < evidence_update(0.5, 8.0, 0.0, p)
    assert evidence_update(0.5, 4.0, 4.0, p) == pytest.approx(0.5)
    assert evidence_update(0.5, 4.0, 0.0, p) == pytest.approx(0.5 + 0.5 * p.evidence_rate / 2)


def test_a_part_of_a_case_counts_too() -> None:
    p = Settings().conviction
    assert evidence_update(0.5, 0.05, 0.0, p) > 0.5 > evidence_update(0.5, 0.0, 0.05, p)


def test_only_leaders_who_are_believed_move_those_who_still_listen() -> None:
    p = set_to().conviction
    assert leader_influence(0.5, 1.0, 1.0, 0.8, 0.2, p) == pytest.approx(0.5 + 0.5 * p.leader_rate * 0.5 * 0.8 * 0.8)
    assert leader_influence(0.5, 9.0, 1.0, 1.0, 1.0, p) == 0.5
    assert leader_influence(0.5, 9.0, 0.0, 1.0, 0.0, p) < 0.5
    assert not tips(9.0, 1e-12, 1.0, p)


def heard(habit: float, successes: float, setbacks: float) -> np.ndarray:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    staff.habit[:], staff.visible_successes[:], staff.setbacks[:] = habit, successes, setbacks
    observe_colleagues(staff, state.populations.colleagues, state.settings.habit.adopter_threshold)
    return np.asarray(staff.sources)


def test_colleagues_speak_for_the_change_if_they_practise_it_and_succeed() -> None:
    assert (heard(0.9, 2.0, 1.0) > 0).all()
    for habit, successes, setbacks in ((0.1, 2.0, 1.0), (0.9, 1.0, 1.0), (0.9, 0.0, 0.0)):
        assert not heard(habit, successes, setbacks).any()


def test_sources_are_independent_people() -> None:
    state = world_of(set_to())
    distinct = np.array([len(set(row)) for row in state.populations.colleagues.tolist()])
    assert (heard(0.9, 2.0, 1.0) <= distinct).all()


def test_people_observe_those_to_whom_they_listen() -> None:
    state = world_of(set_to())
    staff, colleagues = state.populations.staff, np.full((24, 3), -1, np.int32)
    colleagues[0], colleagues[5] = (1, 2, -1), (2, 3, 0)
    for name in ("solved", "handled", "sources", "influence", "visible_successes", "setbacks", "habit"):
        getattr(staff, name)[:] = 0.0
    staff.peer_practice[:] = 0.5
    staff.sources[5], staff.influence[2] = 2.0, 0.25
    # Person 1 has the habit without success, persons 2 and 3 have both; person 0 handled no case.
    staff.habit[1:4], staff.visible_successes[2:4], staff.setbacks[3] = 0.9, (1.0, 3.0), 2.0
    staff.handled[1:4], staff.solved[1:4] = (4.0, 2.0, 6.0), (1.0, 2.0, 3.0)
    observe_colleagues(staff, colleagues, 0.475)
    assert staff.sources[[0, 5, 7]].tolist() == [1.0, 4.0, 0.0]
    assert staff.influence[:4].tolist() == [0.0, 0.0, 2.25, 1.0]
    assert staff.peer_practice[[0, 5, 7]] == pytest.approx([0.5, 0.5 + 0.25 * (5 / 8 - 0.5), 0.5])
    staff.handled[1], staff.solved[1], staff.handled[2] = 0.05, 0.05, 0.0
    staff.solved[2] = 0.0
    observe_colleagues(staff, colleagues, 0.475)
    assert staff.peer_practice[0] == pytest.approx(0.5 + 0.25 * 0.5)  # a part of a contact shows, too


def test_the_habit_that_shows_is_above_the_threshold() -> None:
    assert not heard(set_to().habit.adopter_threshold, 2.0, 1.0).any()


@pytest.mark.parametrize("tiers", [0, 1, 3])
def test_a_week_of_conviction_is_evidence_then_the_leader_then_a_tip_then_the_disposition(tiers: int) -> None:
    state = world_of(set_to({"organisation.tiers": tiers, "organisation.span": 100}))
    state.reset_flows()
    staff, leaders, departments = state.populations.staff, state.populations.leaders, state.populations.departments
    s = set_to({"mandate.clarity": 0.5, "conviction.tipping_probability": 1.0, "conviction.min_sources": 2.0})
    p = s.conviction
    staff.conviction[:], staff.disposition[:], staff.tipped_week[:], staff.vacant_until[:] = 0.4, 0.3, NOT_YET, 5
    staff.visible_successes[:], staff.setbacks[:], staff.announced_hours[:], staff.cynicism[:] = 2.0, 1.0, 1.0, 0.0
    staff.sources[:], staff.sources[1], staff.vacant_until[2] = 1.0, 2.0, 6
    leaders.conviction[:], leaders.credibility[:] = 0.8, 0.5
    update_conviction(staff, leaders, departments, p, s.mandate, 3, 5)
    believed = evidence_update(0.4, 2.0, 1.0, p)
    if tiers > 0:
        believed = leader_influence(believed, 1.0, 0.8, 0.5, 0.0, p)
    tipped = believed + p.tipping_gain * (1.0 - believed)
    for i, expected in ((0, believed), (1, tipped)):
        assert staff.conviction[i] == pytest.approx(expected + p.reversion_rate * (0.3 - expected))
    assert staff.conviction[2] == 0.4
