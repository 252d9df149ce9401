import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.management.visible_successes import (
    broadcast_successes,
    complete_improvement,
    completions,
    succeeds,
)
from ccsim.model.week import step

BOTTOM = {"programme.budget": 900.0, "programme.top_down_share": 0.0}


def told(s: object) -> float:
    state = world_of(set_to())
    state.reset_flows()
    state.populations.firm.improvements[:] = 3.0
    broadcast_successes(state.populations.staff, state.populations.firm, s.visible_successes, 0)  # type: ignore[attr-defined]
    return float(state.populations.staff.sources.sum())


def harvested(s: object, draw: float, know_how: float = 1.0) -> object:
    state = world_of(set_to())
    state.reset_flows()
    state.populations.firm.know_how[:] = know_how
    populations = state.populations
    complete_improvement(
        0, 100.0, draw, populations.staff, populations.departments, populations.firm, 0.5, s.visible_successes
    )  # type: ignore[attr-defined]
    return populations


def news(s: object) -> float:
    state = world_of(with_values(s, {**BOTTOM, "organisation.tiers": 3}))  # type: ignore[arg-type]
    for _ in range(6):
        step(state)
    return float(state.populations.firm.reported_successes[0])


OFF = {
    "visible_successes.completion_probability": lambda s: completions(9.0, s.visible_successes) == 0.0,
    "visible_successes.failure_rate": lambda s: succeeds(0.0, s.visible_successes) == 1.0,
    "visible_successes.size": lambda s: (
        completions(9.0, s.visible_successes) == completions(9.0, s.visible_successes._replace(size=1.0))
    ),
    "visible_successes.visibility": lambda s: harvested(s, 1e-9).firm.improvements[0] == 1.0,
    "visible_successes.broadcast_share": lambda s: told(s) == 0.0,
    "visible_successes.source_weight": lambda s: (
        told(with_values(s, {"visible_successes.broadcast_share": 1.0})) == 0.0
    ),
    "visible_successes.reported_share": lambda s: (
        news(s) == news(with_values(s, {"visible_successes.reported_share": 1.0}))
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_an_attempt_ends_in_a_win_a_failure_or_nothing_yet() -> None:
    s = set_to()
    chance = completions(100.0, s.visible_successes)
    blind = chance * succeeds(0.0, s.visible_successes)
    for draw, found in ((blind - 1e-6, (1.0, 0.0)), (blind + 1e-6, (0.0, 1.0)), (chance + 1e-6, (0.0, 0.0))):
        state = harvested(s, draw, know_how=0.0)
        assert (state.staff.visible_successes[0], state.staff.setbacks[0]) == found
    assert harvested(s, blind + 1e-6, know_how=0.0).staff.blamed[0] == 0.5
    assert harvested(s, blind + 1e-6, know_how=1.0).staff.visible_successes[0] == 1.0


@pytest.mark.parametrize("size", [0.5, 1.0, 4.0])
def test_larger_aims_are_rarer_at_equal_worth(size: float) -> None:
    p = set_to({"visible_successes.size": size}).visible_successes
    assert completions(2.0, p) * size == pytest.approx(completions(2.0, set_to().visible_successes))
    assert harvested(set_to({"visible_successes.size": size}), 1e-9).staff.visible_successes[0] == size


def test_what_cannot_be_seen_is_still_known_to_who_did_it() -> None:
    state = harvested(set_to({"visible_successes.visibility": 0.0}), 1e-9)
    assert state.staff.visible_successes[0] == 1.0
    assert state.departments.visible_successes.sum() == 0.0 == state.firm.improvements[0]


def test_without_reports_the_executive_hears_no_news() -> None:
    assert news(set_to({"visible_successes.reported_share": 0.0})) == 0.0 < news(set_to())


def test_improvement_time_brings_improvements() -> None:
    assert tallies_of(set_to(BOTTOM), 20)["improvements"].sum() > 0.0 == tallies_of(set_to(), 20)["improvements"].sum()


def test_a_story_is_heard_by_those_in_post_the_more_improvements_there_are() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, firm = state.populations.staff, state.populations.firm
    p = set_to(
        {
            "visible_successes.broadcast_share": 0.05,
            "visible_successes.source_weight": 2.0,
            "visible_successes.half_saturation": 0.05,
        }
    ).visible_successes
    staff.vacant_until[:], staff.vacant_until[4], firm.improvements[0] = 6, 7, 0.08
    broadcast_successes(staff, firm, p, 6)
    many = 0.05 * 0.08 / 24
    assert staff.sources == pytest.approx([0.0 if i == 4 else 2.0 * many / (many + 0.05) for i in range(24)])


def test_a_success_is_worth_its_size_and_its_story_as_far_as_it_is_seen() -> None:
    s = set_to(
        {"visible_successes.size": 2.0, "visible_successes.visibility": 0.25, "visible_successes.story_value": 6.0}
    )
    populations = harvested(s, 1e-9)
    assert populations.staff.visible_successes[0] == 2.0 and populations.firm.improvements[0] == 0.5
    assert populations.departments.visible_successes[populations.staff.department[0]] == 3.0
    failed = harvested(s, completions(100.0, s.visible_successes) * 0.99, know_how=0.0)
    assert (failed.staff.setbacks[0], failed.staff.blamed[0], failed.firm.failures[0]) == (1.0, 0.5, 1.0)
    p = s.visible_successes
    assert completions(2.0, p) == pytest.approx(p.completion_probability * 0.5 / 2.0)
    assert succeeds(0.25, p) == pytest.approx(1.0 - p.failure_rate * 0.75)


def test_one_person_hears_the_whole_story() -> None:
    state = world_of(
        set_to({"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1})
    )
    state.reset_flows()
    p = set_to({"visible_successes.broadcast_share": 1.0, "visible_successes.half_saturation": 0.1}).visible_successes
    state.populations.firm.improvements[0], state.populations.staff.vacant_until[0] = 0.1, 0
    broadcast_successes(state.populations.staff, state.populations.firm, p, 0)
    assert state.populations.staff.sources[0] == pytest.approx(0.5 * p.source_weight)
