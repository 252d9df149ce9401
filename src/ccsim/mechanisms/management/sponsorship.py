"""A programme lasts as long as its sponsor keeps it, and sponsors decide by what is reported to them. [000, 004]

Once a quarter the executive keeps the programme, drops it, or resumes it. Conviction, results above the usual, and
successes reported upwards favour keeping it.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, stock
from ccsim.engine.functions import logistic
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform

DECIDES = int(Stream.SPONSOR)


@parameters("sponsorship", pack="programme")
class Sponsorship:
    """When the executive keeps a programme and when it drops it."""

    patience: float = parameter(
        1.0,
        unit="share",
        range=(0.0, 1.0),
        off=1.0,
        lever=True,
        meaning="how far the programme is safe from being dropped; at 1 it is never dropped",
    )
    threshold: float = parameter(
        0.5,
        unit="share",
        range=(0.3, 0.6),
        meaning="conviction at which keeping and dropping the programme are equally likely without news",
    )
    width: float = parameter(
        0.08,
        unit="share",
        range=(0.03, 0.2),
        legal=(0.001, 10.0),
        meaning="how much conviction makes the decision on keeping the programme clear",
    )
    results_weight: float = parameter(
        3.0,
        unit="factor",
        range=(0.0, 6.0),
        off=0.0,
        meaning="equivalent in conviction of a result one above the usual, in the decision on the programme",
    )
    news_weight: float = parameter(
        0.15,
        unit="share",
        range=(0.0, 0.4),
        off=0.0,
        meaning="equivalent in conviction of many reported successes, in the decision on the programme",
    )
    interval_weeks: int = parameter(
        13, unit="weeks", range=(4, 26), legal=(1, 1000), meaning="weeks between two decisions on keeping the programme"
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    sponsorship: FloatArray = stock("0/1", "1 while the executive keeps the programme")


@rule
def is_dropped(conviction: float, results: float, news: float, draw: float, p: Sponsorship) -> bool:
    """Return whether the executive drops the programme: more likely with low conviction and bad news.

    Source: assumed, after articles 000 and 004: a logistic probability.

    Args:
        conviction: belief that customer-first is right and pays here (share).
        results: results, 0 to 1.
        news: recently reported visible wins (share).
        draw: random draw, 0 to 1.
        p: parameters of the group ``sponsorship``.

    Returns:
        Whether the programme is dropped this week.
    """
    stance = conviction + p.results_weight * results + p.news_weight * news - p.threshold
    return draw < (1.0 - p.patience) * (1.0 - logistic(stance / p.width))


@kernel
def review_programme(leaders: Rows, firm: Rows, p: Sponsorship, seed: int, week: int) -> None:
    """Decide whether to keep or drop the programme.

    Args:
        leaders: columns of the leaders, one row per leader.
        firm: columns of the organisation, each of length 1.
        p: parameters of the group ``sponsorship``.
        seed: seed of all draws of the run.
        week: number of the week.

    Writes:
        firm: ``sponsorship``.
    """
    if week < 0 or week % p.interval_weeks != p.interval_weeks - 1:
        return
    for k in range(len(leaders.conviction)):
        if leaders.superior[k] < 0:
            dropped = is_dropped(
                leaders.conviction[k],
                leaders.reported_score[k] - leaders.reference_score[k],
                firm.reported_successes[0],
                uniform(seed, DECIDES, week, k),
                p,
            )
            firm.sponsorship[0] = 0.0 if dropped else 1.0
            return
