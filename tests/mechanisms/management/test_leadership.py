import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.engine.rng import irwin_hall_normal, uniforms4
from ccsim.mechanisms.management.empowerment import delegated_share
from ccsim.mechanisms.management.leadership import ARRIVES, appointed, replace_leaders
from ccsim.model.initial_state import sample_initial
from ccsim.model.settings import Settings
from ccsim.model.week import step


def same_dispositions(s: Settings) -> bool:
    leaders = sample_initial(s, 3).populations.leaders
    return len(set(leaders.disposition[leaders.tier > 0].tolist())) == 1


def same_control(s: Settings) -> bool:
    return len(set(sample_initial(s, 3).populations.leaders.control.tolist())) == 1


def executive_stays(s: Settings) -> bool:
    state = world_of(with_values(set_to(), {"organisation.tiers": 3, "leadership.turnover_probability": 0.0}))
    state.settings = with_values(state.settings, {"leadership.successor": s.leadership.successor})
    before = int(state.populations.leaders.person[0])
    step(state)
    return int(state.populations.leaders.person[0]) == before


OFF = {
    "leadership.escalation_capacity": lambda s: tallies_of(s, 12)["escalated"].sum() == 0.0,
    "leadership.turnover_probability": lambda s: lived_persons(with_values(s, {"organisation.tiers": 3})) == 0,
    "leadership.successor": executive_stays,
}


def lived_persons(s: Settings, weeks: int = 200) -> int:
    state = world_of(s)
    for week in range(weeks):
        replace_leaders(
            state.populations.leaders, s.leadership, s.turnover.disposition_spread, s.turnover.temperament_spread, state.seed, week
        )  # fmt: skip
    return int(state.populations.leaders.person.sum())


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_leaders_are_alike_where_people_are_and_differ_where_people_do() -> None:
    for key, alike in (("disposition_spread", same_dispositions), ("temperament_spread", same_control)):
        assert alike(set_to({f"turnover.{key}": 0.0})) and not alike(set_to())


def test_off_leaders_need_no_control() -> None:
    leaders = sample_initial(set_to({"leadership.control": 0.0}), 3).populations.leaders
    received = [delegated_share(0.8, control, 0.0) for control in leaders.control]
    assert received == pytest.approx([0.8] * len(received))


def test_a_certain_hazard_replaces_every_leader_every_week() -> None:
    state = world_of(set_to({"leadership.turnover_probability": 0.0}))
    leaders = state.populations.leaders
    leaders.conviction[:], leaders.credibility[:] = 0.0, 0.0
    replace_leaders(leaders, state.settings.leadership._replace(turnover_probability=1.0), 0.1, 0.1, state.seed, 0)
    assert (leaders.person == 1).all()
    assert (leaders.conviction == leaders.disposition).all()
    assert (leaders.credibility == 0.5).all()


def test_the_executives_disposition_is_the_scenarios_to_say() -> None:
    leaders = sample_initial(set_to({"leadership.executive_disposition": 0.9}), 3).populations.leaders
    assert leaders.disposition[0] == 0.9 == leaders.conviction[0]
    assert leaders.tier[0] == 0 and (leaders.tier[1:] > 0).all()


def test_leaders_who_need_control_leave_less_latitude() -> None:
    tight, loose = (tallies_of(set_to({"leadership.control": control}), 4)["latitude"][-1] for control in (0.9, 0.1))
    assert np.all(tight < loose)


def test_leaders_differ_around_their_mean_and_the_executive_is_as_declared() -> None:
    leaders = world_of(set_to({"organisation.span": 1})).populations.leaders
    p = set_to(
        {"leadership.disposition": 0.4, "leadership.executive_disposition": 0.7, "leadership.control": 0.5}
    ).leadership
    for k in range(len(leaders)):
        appointed(k, leaders, p, 0.1, 0.2, 3, 9)
        first = irwin_hall_normal(*uniforms4(3, ARRIVES, 9, 2 * k))
        second = irwin_hall_normal(*uniforms4(3, ARRIVES, 9, 2 * k + 1))
        assert leaders.disposition[k] == pytest.approx(0.7 if leaders.tier[k] == 0 else min(1.0, 0.4 + 0.1 * first))
        assert leaders.control[k] == pytest.approx(0.5 * (1.0 + 0.2 * second))
        assert (leaders.conviction[k], leaders.credibility[k], leaders.appointed_week[k]) == (
            leaders.disposition[k],
            0.5,
            9,
        )


def test_capacity_for_escalations_comes_each_week_and_only_the_top_has_a_successor() -> None:
    leaders = world_of(set_to()).populations.leaders
    leaders.escalation_capacity[:], leaders.person[:] = 1.5, 0
    p = (
        set_to({"leadership.escalation_capacity": 3.0})
        ._replace()
        .leadership._replace(turnover_probability=0.0, successor=1)
    )
    replace_leaders(leaders, p, 0.1, 0.1, 3, 4)
    assert (leaders.escalation_capacity == 4.5).all()
    assert leaders.person.tolist() == [1] + [0] * (len(leaders) - 1)
