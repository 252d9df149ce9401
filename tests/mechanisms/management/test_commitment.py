import numpy as np
import pytest
from small_world import Claim, check_off, set_to, with_values, world_of

from ccsim.engine.functions import half_saturation
from ccsim.mechanisms.incentives.scorecards import customer_share
from ccsim.mechanisms.management.commitment import (
    all_successes,
    credibility_update,
    excess_successes,
    persuaded,
    rights_kept,
    update_commitment,
)
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step

#: Everything that moves a leader's conviction, switched off, so that a test switches on what it looks at.
STILL = {
    f"leadership.{name}": 0.0 for name in ("superior_rate", "scorecard_rate", "results_rate", "successes_rate")
} | {"conviction.reversion_rate": 0.0}


def believed(s: Settings, **columns: float | np.ndarray) -> ModelState:
    """Let leaders of conviction one half believe for a week; the executive is fully convinced."""
    state = world_of(set_to())
    state.reset_flows()
    populations = state.populations
    populations.leaders.conviction[:] = 0.5
    populations.leaders.conviction[0] = 1.0
    populations.leaders.disposition[:] = 0.2
    populations.leaders.reported_score[:], populations.leaders.reference_score[:] = 0.5, 0.5
    for name, value in columns.items():
        getattr(populations.leaders, name)[:] = value
    update_commitment(populations.leaders, populations.departments, populations.firm, s.head_scorecard, s.executive_scorecard, s.staff_scorecard,
            s.scorecards.strength, s.empowerment.rights, 1.0, s.leadership, s.conviction.reversion_rate)  # fmt: skip
    return state


def heads_unmoved(key: str) -> Claim:
    """Return the claim that nobody below the executive moves when only one term could move them."""
    rest = {other: 0.0 for other in STILL if other != key}
    return lambda s: bool((believed(with_values(s, rest)).populations.leaders.conviction[1:] == 0.5).all())


OFF = {
    "leadership.superior_rate": heads_unmoved("leadership.superior_rate"),
    "leadership.scorecard_rate": heads_unmoved("leadership.scorecard_rate"),
    "leadership.results_rate": lambda s: (
        persuaded(0.5, 9.0, 1.0, s.leadership) == persuaded(0.5, 9.0, 0.0, s.leadership)
    ),
    "leadership.successes_rate": lambda s: persuaded(0.5, 9.0, 0.0, s.leadership) == 0.5,
    "leadership.credibility_rate": lambda s: (
        credibility_update(9.0, 1.0, 0.3, s.leadership) == 0.3 == credibility_update(0.0, 1.0, 0.3, s.leadership)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_leaders_follow_a_credible_superior_and_not_an_incredible_one() -> None:
    only = set_to({**STILL, "leadership.superior_rate": 0.1})
    assert (believed(only, credibility=1.0).populations.leaders.conviction[1:4] > 0.5).all()
    still = with_values(only, {"leadership.credibility_rate": 0.0})
    # It is the superior who must be credible: the executive is not, the heads are.
    assert (believed(still, credibility=np.array([0.0, *[1.0] * 6])).populations.leaders.conviction[1:4] == 0.5).all()
    assert (believed(still, credibility=0.0).populations.leaders.conviction[1:] == 0.5).all()
    output = believed(only, credibility=1.0, announced_hours=5.0).populations.leaders.conviction[1:4]
    assert (output > believed(only, credibility=1.0).populations.leaders.conviction[1:4]).all()


def test_leaders_change_at_once_and_follow_what_their_superior_believed_last_week() -> None:
    s = set_to(
        {**STILL, "leadership.superior_rate": 0.1, "leadership.credibility_rate": 0.0, "conviction.reversion_rate": 0.5}
    )
    leaders = believed(s, credibility=1.0, disposition=0.5).populations.leaders
    heads = leaders.conviction[leaders.tier == 1]
    followed = 0.5 + 0.1 * (0.5 / 1.5) * (1.0 - 0.5)
    assert heads == pytest.approx(followed + 0.5 * (0.5 - followed))


def test_leaders_believe_what_they_are_measured_on() -> None:
    measured = {**STILL, "leadership.scorecard_rate": 0.1}
    cost = {f"head_scorecard.{name}": 0.0 for name in ("handling_time", "csat", "resolution", "journey")}
    care = {f"head_scorecard.{name}": 0.0 for name in ("handling_time", "cost", "csat", "resolution")}
    assert (believed(set_to({**measured, **cost})).populations.leaders.conviction[1:] < 0.5).all()
    assert (
        believed(set_to({**measured, **care, "head_scorecard.journey": 1.0})).populations.leaders.conviction[1:] > 0.5
    ).all()


def test_conviction_returns_to_disposition() -> None:
    only = set_to({**STILL, "conviction.reversion_rate": 0.25})
    assert believed(only).populations.leaders.conviction[1:] == pytest.approx(0.5 - 0.25 * 0.3)


def test_successes_count_above_the_usual_only_and_results_only_with_them() -> None:
    p = set_to().leadership
    assert persuaded(0.5, 0.0, 1.0, p) == 0.5
    assert persuaded(0.5, p.half_saturation, 0.0, p) == pytest.approx(0.5 + 0.5 * p.successes_rate / 2)
    assert persuaded(0.5, 2.0, 0.5, p) > persuaded(0.5, 2.0, 0.0, p) > persuaded(0.5, 2.0, -0.5, p)
    assert persuaded(0.9, 9.0, 99.0, p) == 1.0


def test_ordinary_successes_are_remembered_by_the_person_and_those_of_one_person_are_not_diluted() -> None:
    s = set_to()
    for people in (1, 4):
        state = world_of(s)
        state.reset_flows()
        populations = state.populations
        populations.departments.first_staff[:], populations.departments.last_staff[:] = people, people
        populations.departments.first_staff[0] = 0
        populations.departments.visible_successes[0] = 3.0
        populations.firm.visible_successes[0] = 0.0
        update_commitment(populations.leaders, populations.departments, populations.firm, s.head_scorecard, s.executive_scorecard, s.staff_scorecard,
                s.scorecards.strength, s.empowerment.rights, 1.0, s.leadership, s.conviction.reversion_rate)  # fmt: skip
        assert populations.firm.visible_successes[0] == 3.0 / people
        # The first memory is taken whole; a later one moves slowly, however small it is.
        populations.firm.visible_successes[0] = 0.05
        update_commitment(populations.leaders, populations.departments, populations.firm, s.head_scorecard, s.executive_scorecard, s.staff_scorecard,
                s.scorecards.strength, s.empowerment.rights, 1.0, s.leadership, s.conviction.reversion_rate)  # fmt: skip
        assert 0.05 < populations.firm.visible_successes[0] < 3.0 / people


def test_words_without_deeds_cost_credibility_and_silence_forgives() -> None:
    p = set_to().leadership
    assert credibility_update(5.0, 0.0, 0.6, p) < credibility_update(1.0, 0.0, 0.6, p) < 0.6
    value = 0.0
    for _ in range(5000):
        value = credibility_update(0.0, 1.0, value, p)
    assert value == pytest.approx(0.5, abs=1e-6)


def test_rights_that_are_passed_on_are_a_share_of_what_is_given_or_expected() -> None:
    assert rights_kept(0.4, 0.8, 0.8) == 0.5
    assert rights_kept(0.4, 0.02, 0.8) == 0.5
    assert rights_kept(0.4, 0.02, 0.02) == 1.0
    assert rights_kept(0.0, 0.0, 0.0) == 0.0


# A gap: cuts that are enacted slowly are no reason to believe a leader more.
@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("rights", [0.0, 0.02, 0.4, 0.7])
def test_a_leader_who_cuts_rights_never_looks_more_honest_than_one_who_does_not(rights: float, gap: bool) -> None:
    def credibility(after: float) -> np.ndarray:
        state = world_of(set_to({"programme.budget": 4000.0, "implementation.gap": gap}))
        weekly = []
        for _ in range(80):
            step(state)
            state.settings = with_values(state.settings, {"empowerment.rights": after})
            weekly.append(state.populations.leaders.credibility.mean())
        return np.array(weekly)

    cut, uncut = credibility(rights), credibility(0.8)
    assert (cut <= uncut + 1e-12).all() and cut[20] < uncut[20]
    assert ((cut >= 0.0) & (cut <= 1.0)).all()


def test_rights_that_the_executive_adds_count_for_leaders_of_every_tier() -> None:
    s = set_to({**STILL, "empowerment.rights": 0.4})
    kept = {"delegated_rights": 0.7, "expected_rights": 0.4, "announced_hours": 5.0, "credibility": 0.2}
    plain, widened = believed(s, **kept).populations.leaders, believed(s, **kept, realigned=np.array([0.5, *[0.0] * 6]))
    # Without the executive's addition 0.4 of 0.4 is kept; with it 0.7 of 0.4, which is no more than all.
    assert widened.populations.leaders.credibility[1:] == pytest.approx(plain.credibility[1:])
    kept["expected_rights"] = 0.9
    plain, widened = believed(s, **kept).populations.leaders, believed(s, **kept, realigned=np.array([0.5, *[0.0] * 6]))
    share = 0.5 * customer_share(s.staff_scorecard)
    for leaders, allowed in ((plain, 0.4), (widened.populations.leaders, 0.7)):
        expected = credibility_update(5.0, share + 0.5 * allowed / 0.9, 0.2, s.leadership)
        assert leaders.credibility[1:] == pytest.approx(expected)


def test_what_the_executive_sees_of_successes_is_what_is_reported() -> None:
    s = set_to({**STILL, "leadership.successes_rate": 0.5, "leadership.reporting_rate": 0.25})
    state = world_of(s)
    leaders, departments, firm = state.populations.leaders, state.populations.departments, state.populations.firm
    state.reset_flows()
    leaders.conviction[:], leaders.disposition[:] = 0.5, 0.2
    departments.visible_successes[:] = (8.0, 0.0, 4.0)
    firm.visible_successes[0], firm.reported_successes[0] = 0.1, 0.2
    update_commitment(leaders, departments, firm, s.head_scorecard, s.executive_scorecard, s.staff_scorecard,
            s.scorecards.strength, s.empowerment.rights, 0.5, s.leadership, s.conviction.reversion_rate)  # fmt: skip
    posts = departments.last_staff - departments.first_staff
    memory = 0.1 + s.leadership.memory_rate * (12.0 / 24 - 0.1)
    assert firm.visible_successes[0] == pytest.approx(memory)
    saturated = half_saturation(0.5 * (12.0 / 24 - memory), s.leadership.half_saturation)
    assert firm.reported_successes[0] == pytest.approx(0.2 + 0.25 * (saturated - 0.2))
    assert leaders.conviction[0] == pytest.approx(0.5 + 0.5 * saturated * 0.5)
    heads = leaders.conviction[leaders.tier == 1]
    local = [
        half_saturation(max(0.0, n / k - memory), s.leadership.half_saturation)
        for n, k in zip((8, 0, 4), posts, strict=True)
    ]
    assert heads == pytest.approx([0.5 + 0.5 * share * 0.5 for share in local])


def test_a_fraction_of_a_success_is_above_the_usual() -> None:
    p = set_to().leadership
    assert persuaded(0.5, 0.05, 0.0, p) == pytest.approx(
        0.5 + 0.5 * p.successes_rate * 0.05 / (0.05 + p.half_saturation)
    )


def test_successes_are_counted_by_the_post_however_few_posts_there_are() -> None:
    state = world_of(set_to()).populations
    leaders, departments, firm = state.leaders, state.departments, state.firm
    departments.first_staff[:], departments.last_staff[:] = (0, 1, 20), (1, 20, 20)
    departments.visible_successes[:], firm.visible_successes[0] = (3.0, 4.0, 5.0), 0.1
    assert all_successes(departments) == (12.0, 20.0)
    above = [excess_successes(k, 12.0, 20.0, leaders, departments, firm) for k in range(4)]
    assert above == pytest.approx([12.0 / 20.0 - 0.1, 3.0 - 0.1, 4.0 / 19.0 - 0.1, 5.0 - 0.1])
    firm.visible_successes[0] = 3.5
    assert excess_successes(1, 12.0, 20.0, leaders, departments, firm) == 0.0
