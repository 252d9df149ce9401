"""Leaders differ in beliefs and in their need for control; they leave and are replaced. [001, 004]

``reporting`` has what they see of their units, and ``commitment`` how their conviction and credibility change.
"""

from __future__ import annotations

from enum import IntEnum

from ccsim.engine.columns import FloatArray, IntArray, Rows, columns, flow, stock
from ccsim.engine.functions import clip01
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniform, uniforms4

LEAVES, ARRIVES = int(Stream.LEADER_QUITS), int(Stream.LEADER_HIRED)


class LeaderTier(IntEnum):
    """Tiers of leaders, from the top."""

    EXECUTIVE = 0
    HEAD = 1
    TEAM_LEAD = 2


EXECUTIVE, HEAD, TEAM_LEAD = int(LeaderTier.EXECUTIVE), int(LeaderTier.HEAD), int(LeaderTier.TEAM_LEAD)


@parameters("leadership")
class Leadership:
    """What leaders believe, see and delegate."""

    disposition: float = parameter(
        0.4,
        unit="share",
        range=(0.25, 0.6),
        lever=True,
        meaning="mean conviction of team leads and heads without influences",
    )
    executive_disposition: float = parameter(
        0.5,
        unit="share",
        range=(0.1, 0.9),
        lever=True,
        meaning="conviction of the executive without influences",
    )
    control: float = parameter(
        0.4, unit="share", range=(0.2, 0.9), lever=True, meaning="mean need for control of leaders"
    )
    escalation_capacity: float = parameter(
        12.0,
        unit="cases/week",
        range=(4.0, 20.0),
        legal=(0.0, 1000.0),
        off=0.0,
        meaning="escalated cases that a leader can handle in a week",
    )
    turnover_probability: float = parameter(
        0.0048,
        unit="probability",
        range=(0.002, 0.01),
        off=0.0,
        meaning="weekly probability that a leader is replaced",
        source="assumed; mean tenure of 4 years",
    )
    superior_rate: float = parameter(
        0.05,
        unit="1/week",
        range=(0.01, 0.1),
        off=0.0,
        meaning="rate at which conviction follows a fully credible superior who communicates and coaches much",
    )
    scorecard_rate: float = parameter(
        0.02,
        unit="1/week",
        range=(0.0, 0.06),
        off=0.0,
        meaning="rate at which conviction follows the share of customers in the leader's own scorecard, at full strength",
    )
    results_rate: float = parameter(
        0.3,
        unit="1/week",
        range=(0.0, 1.0),
        off=0.0,
        meaning="conviction gained per unit of reported results above the usual, as far as successes are visible below",
    )
    successes_rate: float = parameter(
        0.02,
        unit="1/week",
        range=(0.0, 0.06),
        off=0.0,
        meaning="rate at which many visible successes below convince a leader",
    )
    half_saturation: float = parameter(
        1.5,
        unit="successes/person",
        range=(0.5, 4.0),
        meaning="weekly successes per head above the usual at which half of the full effect is reached",
    )
    reporting_rate: float = parameter(
        0.15, unit="1/week", range=(0.05, 0.5), meaning="rate at which results become known to leaders"
    )
    memory_rate: float = parameter(
        0.02, unit="1/week", range=(0.005, 0.05), meaning="rate at which the usual result follows the reported one"
    )
    credibility_rate: float = parameter(
        0.04,
        unit="1/week",
        range=(0.01, 0.1),
        off=0.0,
        meaning="rate at which credibility follows deeds when much is announced",
        pack="programme",
    )
    successor: int = parameter(
        0,
        unit="people",
        range=(0, 1),
        legal=(0, 1),
        off=0,
        impulse=True,
        meaning="1 if the executive is replaced in this week",
    )
    half_score_hours: float = parameter(
        5.0,
        unit="hours",
        range=(1.0, 8.0),
        legal=(0.01, 1000.0),
        meaning="handling time at which the score on the scorecard is one half",
    )


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    person: IntArray = stock("count", "number of people who held the post before")
    appointed_week: IntArray = stock("week", "week in which this person took the post")
    disposition: FloatArray = stock("share", "conviction to which the leader returns")
    control: FloatArray = stock("share", "need for control")
    escalation_capacity: FloatArray = flow("cases", "escalated cases that the leader can still handle this week")


@kernel
def replace_leaders(
    leaders: Rows, p: Leadership, disposition_spread: float, temperament_spread: float, seed: int, week: int
) -> None:
    """Replace leaders who leave.

    Args:
        leaders: columns of the leaders, one row per leader.
        p: parameters of the group ``leadership``.
        disposition_spread: ``turnover.disposition_spread``, standard deviation of the conviction of new leaders
            (share).
        temperament_spread: ``turnover.temperament_spread``, standard deviation of the need for control,
            relative to its mean (ratio).
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        leaders: ``appointed_week``, ``control``, ``conviction``, ``credibility``, ``disposition``,
            ``escalation_capacity``, ``person``.
    """
    for k in range(len(leaders.conviction)):
        leaders.escalation_capacity[k] += p.escalation_capacity
        called_away = p.successor > 0 and leaders.superior[k] < 0
        if called_away or uniform(seed, LEAVES, week, k) < p.turnover_probability:
            appointed(k, leaders, p, disposition_spread, temperament_spread, seed, week)
            leaders.person[k] += 1


@rule
def appointed(
    k: int, leaders: Rows, p: Leadership, disposition_spread: float, temperament_spread: float, seed: int, week: int
) -> None:
    """Draw the traits of a leader who takes a post.

    Args:
        k: row of the leader.
        leaders: columns of the leaders, one row per leader.
        p: parameters of the group ``leadership``.
        disposition_spread: ``turnover.disposition_spread``, standard deviation of the conviction of new leaders
            (share).
        temperament_spread: ``turnover.temperament_spread``, standard deviation of the need for control,
            relative to its mean (ratio).
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        leaders: ``appointed_week``, ``control``, ``conviction``, ``credibility``, ``disposition``.
    """
    a, b, c, d = uniforms4(seed, ARRIVES, week, 2 * k)
    mean = p.executive_disposition if leaders.tier[k] == EXECUTIVE else p.disposition
    # There is one executive, whose disposition is set by the scenario and not drawn.
    leaders.disposition[k] = clip01(
        mean if leaders.tier[k] == EXECUTIVE else mean + disposition_spread * irwin_hall_normal(a, b, c, d)
    )
    a, b, c, d = uniforms4(seed, ARRIVES, week, 2 * k + 1)
    leaders.control[k] = clip01(p.control * (1.0 + temperament_spread * irwin_hall_normal(a, b, c, d)))
    leaders.conviction[k] = leaders.disposition[k]
    leaders.credibility[k] = 0.5
    leaders.appointed_week[k] = week
