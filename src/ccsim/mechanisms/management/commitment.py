"""Leaders' beliefs follow what they are measured on, what they see below them, and credible superiors. [001, 004]

A leader's conviction moves with that of a credible superior, with reported results on the leader's own scorecard,
and with visible successes below. Credibility compares what was announced with what was done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import clip01, half_saturation, relax
from ccsim.engine.jit import kernel, rule
from ccsim.mechanisms.incentives.scorecards import customer_share, turned_card
from ccsim.mechanisms.management.empowerment import widened
from ccsim.mechanisms.management.leadership import EXECUTIVE

if TYPE_CHECKING:
    from ccsim.mechanisms.incentives.scorecards import ExecutiveScorecard, HeadScorecard, StaffScorecard
    from ccsim.mechanisms.management.leadership import Leadership


@columns("leaders")
class Leaders:
    """Columns of a leader."""

    conviction: FloatArray = stock("share", "belief that customer-first is right and pays here", "leadership")
    credibility: FloatArray = stock("share", "credibility: how far deeds followed words", "leadership")


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    visible_successes: FloatArray = stock("successes/person", "recent visible wins per head")
    reported_successes: FloatArray = stock("share", "successes recently reported to the executive")


@rule
def credibility_update(words: float, deeds: float, credibility: float, p: Leadership) -> float:
    """Return a leader's credibility after a week: it follows deeds, faster the more is announced, and else returns to 0.5.

    Source: assumed, after articles 001 and 004: a first-order delay (Sterman 2000) towards deeds.

    Args:
        words: how much was announced, 0 to 1.
        deeds: how much was done, 0 to 1.
        credibility: how far deeds followed words (share).
        p: parameters of the mechanism.

    Returns:
        The credibility after the week (share).
    """
    spoken = half_saturation(words, 1.0)
    return relax(
        relax(credibility, deeds, p.credibility_rate * spoken), 0.5, 0.25 * p.credibility_rate * (1.0 - spoken)
    )


@rule
def rights_kept(allowed: float, rights: float, expected: float) -> float:
    """Return the share of decision rights that a leader passes on, of those that the rules give or people expect.

    Source: arithmetic: a ratio, limited to the interval from 0 to 1.

    Args:
        allowed: decision rights that the leader passes on, as far as the rules give them (share).
        rights: decision rights that the rules give (share).
        expected: decision rights that people expect of the leader (share).

    Returns:
        Share of the rights, 0 to 1; 0 if neither the rules give nor people expect any.
    """
    due = max(rights, expected)
    return clip01(allowed / due) if due > 0.0 else 0.0


@rule
def persuaded(conviction: float, surplus: float, results: float, p: Leadership) -> float:
    """Return a leader's conviction after successes were seen below; the effect is larger with results above the usual.

    Source: assumed, after articles 001 and 004: a first-order delay (Sterman 2000) towards conviction, and a gain from
    results.

    Args:
        conviction: belief that customer-first is right and pays here (share).
        surplus: visible wins above the recent level (wins per head).
        results: results, 0 to 1.
        p: parameters of the mechanism.

    Returns:
        The leader's conviction after the week (share).
    """
    many = half_saturation(surplus, p.half_saturation)
    return clip01(relax(conviction, 1.0, p.successes_rate * many) + p.results_rate * results * many)


@rule
def all_successes(departments: Rows) -> tuple[float, float]:
    """Return the visible successes and the number of posts of all departments."""
    successes, people = 0.0, 0.0
    for d in range(len(departments.visible_successes)):
        successes += departments.visible_successes[d]
        people += departments.last_staff[d] - departments.first_staff[d]
    return successes, people


@rule
def excess_successes(k: int, successes: float, people: float, leaders: Rows, departments: Rows, firm: Rows) -> float:
    """Return successes per head above the usual in the units that a leader leads.

    Source: arithmetic: a difference of means.

    Args:
        k: row of the leader.
        successes: solved contacts that visibly worked, and visible improvements (cases).
        people: filled posts (people).
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.

    Returns:
        Successes per head above the mean of the organisation, at least 0.
    """
    d = leaders.department[k]
    here, heads = successes, people
    if d >= 0:
        here, heads = departments.visible_successes[d], departments.last_staff[d] - departments.first_staff[d]
    return max(0.0, here / max(1.0, heads) - firm.visible_successes[0])


@kernel(allocates=True)
def update_commitment(
    leaders: Rows,
    departments: Rows,
    firm: Rows,
    head_card: HeadScorecard,
    executive_card: ExecutiveScorecard,
    staff_card: StaffScorecard,
    strength: float,
    rights: float,
    reported: float,
    p: Leadership,
    reversion_rate: float,
) -> None:
    """Update leaders' conviction and credibility, and the memory of ordinary successes.

    Args:
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        firm: columns of the organisation, each of length 1.
        head_card: parameters of the group ``head_scorecard``.
        executive_card: parameters of the group ``executive_scorecard``.
        staff_card: parameters of the group ``staff_scorecard``.
        strength: ``scorecards.strength``, strength of the scorecard (factor).
        rights: ``empowerment.rights``, complexity up to which the rules let the front line decide, before leaders
            withhold their part (share).
        reported: ``visible_successes.reported_share``, share of successes that is reported to the executive
            (share).
        p: parameters of the group ``leadership``.
        reversion_rate: ``conviction.reversion_rate``, rate at which conviction returns to disposition (1/week).

    Writes:
        leaders: ``conviction``, ``credibility``.
        firm: ``reported_successes``, ``visible_successes``.
    """
    successes, people = all_successes(departments)
    ahead = successes / max(1.0, people) - firm.visible_successes[0]
    firm.visible_successes[0] += (p.memory_rate if firm.visible_successes[0] > 0.0 else 1.0) * ahead
    # Leaders hear what their superior believed last week, so all change simultaneously.
    stance, credit = leaders.conviction.copy(), leaders.credibility.copy()
    for k in range(len(leaders.conviction)):
        above = leaders.superior[k]
        surplus = excess_successes(k, successes, people, leaders, departments, firm)
        if above < 0:
            # The executive sees only what is reported.
            surplus *= reported
            firm.reported_successes[0] = relax(
                firm.reported_successes[0], half_saturation(surplus, p.half_saturation), p.reporting_rate
            )
        belief = persuaded(leaders.conviction[k], surplus, leaders.reported_score[k] - leaders.reference_score[k], p)
        if above >= 0:
            communication = half_saturation(0.5 + leaders.announced_hours[k] + 2.0 * leaders.coaching_hours[k], 1.0)
            belief = relax(belief, stance[above], p.superior_rate * communication * credit[above])
        turned = leaders.realigned[above] if above >= 0 else 0.0
        own = (
            customer_share(executive_card)
            if leaders.tier[k] == EXECUTIVE
            else customer_share(turned_card(head_card, turned))
        )
        belief = relax(belief, own, p.scorecard_rate * half_saturation(strength, 1.0))
        leaders.conviction[k] = clip01(relax(belief, leaders.disposition[k], reversion_rate))
        measures = customer_share(turned_card(staff_card, leaders.realigned[k]))
        top = k
        while leaders.superior[top] >= 0:
            top = leaders.superior[top]
        # Rights that the rules have cut do not count as kept, even before the cut is enacted.
        allowed = min(leaders.delegated_rights[k], widened(rights, leaders.realigned[top]))
        deeds = 0.5 * measures + 0.5 * rights_kept(allowed, rights, leaders.expected_rights[k])
        leaders.credibility[k] = credibility_update(leaders.announced_hours[k], deeds, leaders.credibility[k], p)
