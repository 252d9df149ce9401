import numpy as np
import pytest
from small_world import Claim, check_off, lived, more, set_to, world_of

from ccsim.errors import InputError
from ccsim.founding import draw
from ccsim.mechanisms.empowerment import passed_on
from ccsim.mechanisms.leadership import believe, keeps_word, look, replace_leaders, won_over
from ccsim.settings import Settings
from ccsim.week import live
from ccsim.world import World

#: Everything that moves a leader's conviction, switched off, so that a test switches on what it looks at.
STILL = {f"leadership.{name}": 0.0 for name in ("superior", "measured", "results", "wins", "reversion")}


def believed(s: Settings, **columns: float | np.ndarray) -> World:
    """Let leaders of conviction one half believe for a week; the executive is fully convinced."""
    world = world_of(set_to())
    world.clear_flows()
    state = world.state
    state.leaders.conviction[:] = 0.5
    state.leaders.conviction[0] = 1.0
    state.leaders.disposition[:] = 0.2
    state.leaders.seen[:], state.leaders.usual[:] = 0.5, 0.5
    for name, value in columns.items():
        getattr(state.leaders, name)[:] = value
    believe(state.leaders, state.departments, state.firm, s.head_scorecard, s.executive_scorecard, s.staff_scorecard,
            s.scorecards.strength, s.empowerment.rights, 1.0, s.leadership)  # fmt: skip
    return world


def heads_unmoved(key: str) -> Claim:
    """Return the claim that nobody below the executive moves when only one term could move them."""
    rest = {other: 0.0 for other in STILL if other != key}
    return lambda s: bool((believed(more(s, rest)).state.leaders.conviction[1:] == 0.5).all())


def same_dispositions(s: Settings) -> bool:
    leaders = draw(s, 3).state.leaders
    return len(set(leaders.disposition[leaders.tier > 0].tolist())) == 1


def same_control(s: Settings) -> bool:
    return len(set(draw(s, 3).state.leaders.control.tolist())) == 1


def executive_stays(s: Settings) -> bool:
    world = world_of(more(set_to(), {"organisation.tiers": 3, "leadership.leaving": 0.0}))
    world.settings = more(world.settings, {"leadership.successor": s.leadership.successor})
    before = int(world.state.leaders.person[0])
    live(world)
    return int(world.state.leaders.person[0]) == before


OFF = {
    "leadership.spread": same_dispositions,
    "leadership.control_spread": same_control,
    "leadership.attention": lambda s: lived(s, 12)["escalated"].sum() == 0.0,
    "leadership.leaving": lambda s: lived_persons(more(s, {"organisation.tiers": 3})) == 0,
    "leadership.successor": executive_stays,
    "leadership.superior": heads_unmoved("leadership.superior"),
    "leadership.measured": heads_unmoved("leadership.measured"),
    "leadership.reversion": heads_unmoved("leadership.reversion"),
    "leadership.results": lambda s: won_over(0.5, 9.0, 1.0, s.leadership) == won_over(0.5, 9.0, 0.0, s.leadership),
    "leadership.wins": lambda s: won_over(0.5, 9.0, 0.0, s.leadership) == 0.5,
    "leadership.trust": lambda s: (
        keeps_word(9.0, 1.0, 0.3, s.leadership) == 0.3 == keeps_word(0.0, 1.0, 0.3, s.leadership)
    ),
}


def lived_persons(s: Settings, weeks: int = 200) -> int:
    world = world_of(s)
    for week in range(weeks):
        replace_leaders(world.state.leaders, s.leadership, world.seed, week)
    return int(world.state.leaders.person.sum())


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_off_leaders_need_no_control() -> None:
    leaders = draw(set_to({"leadership.control": 0.0}), 3).state.leaders
    received = [passed_on(0.8, control, 0.0) for control in leaders.control]
    assert received == pytest.approx([0.8] * len(received))


def test_a_certain_hazard_replaces_every_leader_every_week() -> None:
    world = world_of(set_to({"leadership.leaving": 0.0}))
    leaders = world.state.leaders
    leaders.conviction[:], leaders.credibility[:] = 0.0, 0.0
    replace_leaders(leaders, world.settings.leadership._replace(leaving=1.0), world.seed, 0)
    assert (leaders.person == 1).all()
    assert (leaders.conviction == leaders.disposition).all()
    assert (leaders.credibility == 0.5).all()


def test_the_executives_disposition_is_the_scenarios_to_say() -> None:
    leaders = draw(set_to({"leadership.executive_disposition": 0.9}), 3).state.leaders
    assert leaders.disposition[0] == 0.9 == leaders.conviction[0]
    assert leaders.tier[0] == 0 and (leaders.tier[1:] > 0).all()


def test_leaders_follow_a_credible_superior_and_not_an_incredible_one() -> None:
    only = set_to({**STILL, "leadership.superior": 0.1})
    assert (believed(only, credibility=1.0).state.leaders.conviction[1:4] > 0.5).all()
    still = more(only, {"leadership.trust": 0.0})
    # It is the superior who must be credible: the executive is not, the heads are.
    assert (believed(still, credibility=np.array([0.0, *[1.0] * 6])).state.leaders.conviction[1:4] == 0.5).all()
    assert (believed(still, credibility=0.0).state.leaders.conviction[1:] == 0.5).all()
    told = believed(only, credibility=1.0, told=5.0).state.leaders.conviction[1:4]
    assert (told > believed(only, credibility=1.0).state.leaders.conviction[1:4]).all()


def test_leaders_change_at_once_and_follow_what_their_superior_believed_last_week() -> None:
    s = set_to({**STILL, "leadership.superior": 0.1, "leadership.trust": 0.0, "leadership.reversion": 0.5})
    leaders = believed(s, credibility=1.0, disposition=0.5).state.leaders
    heads = leaders.conviction[leaders.tier == 1]
    followed = 0.5 + 0.1 * (0.5 / 1.5) * (1.0 - 0.5)
    assert heads == pytest.approx(followed + 0.5 * (0.5 - followed))


def test_leaders_believe_what_they_are_measured_on() -> None:
    measured = {**STILL, "leadership.measured": 0.1}
    cost = {f"head_scorecard.{name}": 0.0 for name in ("handling_time", "csat", "resolution", "journey")}
    care = {f"head_scorecard.{name}": 0.0 for name in ("handling_time", "cost", "csat", "resolution")}
    assert (believed(set_to({**measured, **cost})).state.leaders.conviction[1:] < 0.5).all()
    assert (
        believed(set_to({**measured, **care, "head_scorecard.journey": 1.0})).state.leaders.conviction[1:] > 0.5
    ).all()


def test_conviction_returns_to_disposition() -> None:
    only = set_to({**STILL, "leadership.reversion": 0.25})
    assert believed(only).state.leaders.conviction[1:] == pytest.approx(0.5 - 0.25 * 0.3)


def test_successes_count_above_the_usual_only_and_results_only_with_them() -> None:
    p = set_to().leadership
    assert won_over(0.5, 0.0, 1.0, p) == 0.5
    assert won_over(0.5, p.enough, 0.0, p) == pytest.approx(0.5 + 0.5 * p.wins / 2)
    assert won_over(0.5, 2.0, 0.5, p) > won_over(0.5, 2.0, 0.0, p) > won_over(0.5, 2.0, -0.5, p)
    assert won_over(0.9, 9.0, 99.0, p) == 1.0


def test_words_without_deeds_cost_credibility_and_silence_forgives() -> None:
    p = set_to().leadership
    assert keeps_word(5.0, 0.0, 0.6, p) < keeps_word(1.0, 0.0, 0.6, p) < 0.6
    value = 0.0
    for _ in range(5000):
        value = keeps_word(0.0, 1.0, value, p)
    assert value == pytest.approx(0.5, abs=1e-6)


def test_results_become_known_late_and_the_usual_later() -> None:
    world = world_of(set_to())
    s, state = world.settings, world.state
    world.clear_flows()
    departments = state.departments
    departments.handled[:], departments.closed[:], departments.closed_first[:] = 10.0, 10.0, 10.0
    departments.survey[:], departments.claimed[:], departments.journeys_sound[:] = 10.0, 10.0, 10.0
    state.leaders.seen[:], state.leaders.usual[:] = 0.1, 0.1
    look(
        state.staff, state.leaders, departments, state.firm, s.head_scorecard, s.executive_scorecard, 0.0, s.leadership
    )
    assert (state.leaders.usual > 0.1).all() and (state.leaders.usual < state.leaders.seen).all()
    for _ in range(2000):
        look(
            state.staff,
            state.leaders,
            departments,
            state.firm,
            s.head_scorecard,
            s.executive_scorecard,
            0.0,
            s.leadership,
        )
    # Nothing worked, everything resolved: full marks on every measure.
    assert state.leaders.seen == pytest.approx(1.0) and state.leaders.usual == pytest.approx(1.0, abs=1e-6)


def test_a_unit_that_closed_nothing_reports_nothing() -> None:
    world = world_of(set_to())
    s, state = world.settings, world.state
    world.clear_flows()
    before = state.leaders.seen.copy()
    look(
        state.staff,
        state.leaders,
        state.departments,
        state.firm,
        s.head_scorecard,
        s.executive_scorecard,
        0.0,
        s.leadership,
    )
    assert (state.leaders.seen == before).all()


def test_a_handling_time_of_nothing_is_refused_or_still_gives_results() -> None:
    world = world_of(set_to())
    try:
        s = set_to({"leadership.hours": 0.0})
    except InputError:
        return
    world.clear_flows()
    departments = world.state.departments
    departments.handled[:], departments.closed[:], departments.closed_first[:] = 10.0, 10.0, 10.0
    look(
        world.state.staff,
        world.state.leaders,
        departments,
        world.state.firm,
        s.head_scorecard,
        s.executive_scorecard,
        0.0,
        s.leadership,
    )
    assert np.isfinite(world.state.leaders.seen).all()


def test_leaders_who_need_control_leave_less_latitude() -> None:
    tight, loose = (lived(set_to({"leadership.control": control}), 4)["latitude"][-1] for control in (0.9, 0.1))
    assert np.all(tight < loose)
