"""Unless leaders have conviction, little changes; and leaders believe what they are measured on. [001, 004]

A leader's conviction moves with the own leader's (as far as that one is credible), with results on the own scorecard
as reported, and with successes that can be seen below. Credibility is what was announced against what happened.
"""

from __future__ import annotations

import numpy as np

from ccsim.compiled import kernel, rule
from ccsim.curves import saturating, share, toward
from ccsim.draws import Purpose, bell, four, uniform
from ccsim.mechanisms.scorecards import among_colleagues, customer_share, result
from ccsim.parameters import parameter, parameters

LEAVES, ARRIVES = int(Purpose.LEADER_QUITS), int(Purpose.LEADER_HIRED)


@parameters("leadership")
class Leadership:
    """What leaders believe, see and let go."""

    disposition: float = parameter(
        0.4,
        unit="share",
        range=(0.25, 0.6),
        lever=True,
        meaning="mean conviction of team leads and heads when nothing speaks for or against",
    )
    executive_disposition: float = parameter(
        0.5, unit="share", range=(0.1, 0.9), lever=True, meaning="the same of the executive"
    )
    spread: float = parameter(
        0.12,
        unit="share",
        range=(0.05, 0.2),
        off=0.0,
        meaning="standard deviation of that conviction among leaders",
    )
    control: float = parameter(
        0.4,
        unit="share",
        range=(0.2, 0.9),
        lever=True,
        meaning="mean need of leaders to decide themselves",
    )
    control_spread: float = parameter(
        0.375,
        unit="ratio",
        range=(0.1, 0.6),
        off=0.0,
        meaning="standard deviation of that need, relative to its mean",
    )
    attention: float = parameter(
        12.0,
        unit="hours/week",
        range=(4.0, 20.0),
        legal=(0.0, 80.0),
        off=0.0,
        meaning="a leader's time for escalated cases",
    )
    leaving: float = parameter(
        0.0048,
        unit="probability",
        range=(0.002, 0.01),
        off=0.0,
        meaning="chance a week that a leader is replaced",
        source="assumed; mean tenure of 4 years",
    )
    superior: float = parameter(
        0.05,
        unit="1/week",
        range=(0.01, 0.1),
        off=0.0,
        meaning="pace at which conviction follows a fully credible superior who tells and coaches much",
    )
    measured: float = parameter(
        0.02,
        unit="1/week",
        range=(0.0, 0.06),
        off=0.0,
        meaning="pace at which conviction follows the customers' share of the own scorecard at full strength",
    )
    results: float = parameter(
        0.3,
        unit="1/week",
        range=(0.0, 1.0),
        off=0.0,
        meaning="conviction gained for reported results above the usual, as far as successes are seen below",
    )
    wins: float = parameter(
        0.02,
        unit="1/week",
        range=(0.0, 0.06),
        off=0.0,
        meaning="pace at which many successes seen below win a leader over",
    )
    enough: float = parameter(
        1.5,
        unit="wins/person",
        range=(0.5, 4.0),
        meaning="weekly successes a head above the usual that make half of many",
    )
    reversion: float = parameter(
        0.02,
        unit="1/week",
        range=(0.005, 0.05),
        off=0.0,
        meaning="pace at which conviction returns to disposition",
    )
    reporting: float = parameter(
        0.15, unit="1/week", range=(0.05, 0.5), meaning="pace at which results become known to leaders"
    )
    memory: float = parameter(
        0.02, unit="1/week", range=(0.005, 0.05), meaning="pace at which the usual result follows"
    )
    trust: float = parameter(
        0.04,
        unit="1/week",
        range=(0.01, 0.1),
        off=0.0,
        meaning="pace at which credibility follows deeds when much is announced",
    )
    successor: int = parameter(
        0,
        unit="people",
        range=(0, 1),
        legal=(0, 1),
        off=0,
        impulse=True,
        meaning="1 if the executive leaves in this week and another one comes",
    )
    hours: float = parameter(
        5.0,
        unit="hours",
        range=(1.0, 8.0),
        legal=(0.01, 1000.0),
        meaning="handling time at which the scorecard shows one half",
    )


@rule
def keeps_word(words, deeds, credibility, p):
    """Credibility follows deeds, the faster the more was announced; unspoken, it returns to one half."""
    spoken = saturating(words, 1.0)
    return toward(toward(credibility, deeds, p.trust * spoken), 0.5, 0.25 * p.trust * (1.0 - spoken))


@rule
def won_over(conviction, surplus, results, p):
    """Successes seen below win a leader over, more so when results are better than usual."""
    many = saturating(surplus, p.enough)
    return share(toward(conviction, 1.0, p.wins * many) + p.results * results * many)


@kernel
def replace_leaders(leaders, p, seed, week):
    """Leaders leave and others come; owns ``person``, ``disposition`` and ``control``."""
    for k in range(len(leaders.conviction)):
        leaders.attention[k] += p.attention
        called_away = p.successor > 0 and leaders.superior[k] < 0
        if called_away or uniform(seed, LEAVES, week, k) < p.leaving:
            appointed(k, leaders, p, seed, week)
            leaders.person[k] += 1


@rule
def appointed(k, leaders, p, seed, week):
    """A leader takes the post: draw what he or she is like."""
    a, b, c, d = four(seed, ARRIVES, week, 2 * k)
    mean = p.executive_disposition if leaders.tier[k] == 0 else p.disposition
    # There is one executive: its disposition is the scenario's to say, without a draw.
    leaders.disposition[k] = share(mean if leaders.tier[k] == 0 else mean + p.spread * bell(a, b, c, d))
    a, b, c, d = four(seed, ARRIVES, week, 2 * k + 1)
    leaders.control[k] = share(p.control * (1.0 + p.control_spread * bell(a, b, c, d)))
    leaders.conviction[k] = leaders.disposition[k]
    leaders.credibility[k] = 0.5
    leaders.came_in[k] = week


@rule
def mean_engagement(staff, first, last):
    """Mean engagement over posts."""
    mood = 0.0
    for i in range(first, last):
        mood += staff.engagement[i] / (last - first)
    return mood


@kernel
def look(staff, leaders, departments, firm, head_card, executive_card, published, p):
    """Leaders hear, late, what their units report; owns ``seen`` and ``usual``."""
    count = len(departments.queue)
    for k in range(len(leaders.seen)):
        first = leaders.department[k] if leaders.tier[k] > 0 else 0
        last = first + 1 if leaders.tier[k] > 0 else count
        handled, worked, survey, closed_first, claimed, closed, sound = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for d in range(first, last):
            handled += departments.handled[d]
            worked += departments.worked[d]
            survey += departments.survey[d]
            closed += departments.closed[d]
            closed_first += departments.closed_first[d]
            claimed += departments.claimed[d]
            sound += departments.journeys_sound[d]
        if handled <= 0.0 or closed <= 0.0 or closed_first <= 0.0:
            continue
        # Leaders are shown the survey right after the contact, or, as far as it is published, what customers think when all is done.
        seen = survey / handled + published * (firm.practice[0] - survey / handled)
        quickness = 1.0 - worked / handled / (2.0 * p.hours)
        thrift = 1.0 - worked / closed / (4.0 * p.hours)
        shown = (quickness, thrift, seen, claimed / closed_first, sound / closed)
        if leaders.tier[k] == 0:
            reported = result(executive_card, shown[0], shown[1], shown[2], shown[3], shown[4])
        else:
            reported = result(head_card, shown[0], shown[1], shown[2], shown[3], shown[4])
        card_internal = executive_card.internal if leaders.tier[k] == 0 else head_card.internal
        if card_internal > 0.0:
            mood = mean_engagement(staff, departments.first_staff[first], departments.last_staff[last - 1])
            reported += (
                among_colleagues(executive_card, mood) if leaders.tier[k] == 0 else among_colleagues(head_card, mood)
            )
        if leaders.usual[k] == 0.0:
            leaders.seen[k] = reported
            leaders.usual[k] = reported
        leaders.seen[k] = toward(leaders.seen[k], reported, p.reporting)
        leaders.usual[k] = toward(leaders.usual[k], leaders.seen[k], p.memory)


@kernel(allocates=True)
def believe(leaders, departments, firm, head_card, executive_card, staff_card, strength, rights, reported, p):
    """Leaders' conviction and credibility move; owns both, and the memory of ordinary successes."""
    wins, people = 0.0, 0.0
    for d in range(len(departments.wins)):
        wins += departments.wins[d]
        people += departments.last_staff[d] - departments.first_staff[d]
    ahead = wins / max(1.0, people) - firm.wins[0]
    firm.wins[0] += (p.memory if firm.wins[0] > 0.0 else 1.0) * ahead
    # Everybody hears what the superior believed last week: all change at once.
    stance, credit = np.zeros(len(leaders.conviction)), np.zeros(len(leaders.conviction))
    for k in range(len(leaders.conviction)):
        above = leaders.superior[k]
        if above >= 0:
            stance[k], credit[k] = leaders.conviction[above], leaders.credibility[above]
    for k in range(len(leaders.conviction)):
        d = leaders.department[k]
        here, heads = wins, people
        if d >= 0:
            here, heads = departments.wins[d], departments.last_staff[d] - departments.first_staff[d]
        surplus = max(0.0, here / max(1.0, heads) - firm.wins[0])
        if leaders.superior[k] < 0:
            # The top sees what is reported to it.
            surplus *= reported
            firm.news[0] = toward(firm.news[0], saturating(surplus, p.enough), p.reporting)
        belief = won_over(leaders.conviction[k], surplus, leaders.seen[k] - leaders.usual[k], p)
        above = leaders.superior[k]
        if above >= 0:
            talk = saturating(0.5 + leaders.told[k] + 2.0 * leaders.coached[k], 1.0)
            belief = toward(belief, stance[k], p.superior * talk * credit[k])
        own = customer_share(executive_card) if leaders.tier[k] == 0 else customer_share(head_card)
        belief = toward(belief, own, p.measured * saturating(strength, 1.0))
        leaders.conviction[k] = share(toward(belief, leaders.disposition[k], p.reversion))
        deeds = 0.5 * customer_share(staff_card) + 0.5 * (leaders.allowed[k] / rights if rights > 0.0 else 0.0)
        leaders.credibility[k] = keeps_word(leaders.told[k], deeds, leaders.credibility[k], p)
