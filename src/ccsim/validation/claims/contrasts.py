"""Kinds of claims. Each says which differences must all be positive for a claim of its kind to hold.

A contrast is a weighted sum of figures of one replicate: (scenario, KPI, week) with weights. Because all scenarios of a
replicate share their draws, its values over replicates are paired differences, and one t test judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ccsim.model.kpis import KPIS

Cell = tuple[str, str, int]  # scenario, KPI, week


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of figures, in words and numbers."""

    words: str
    weights: Mapping[Cell, float]

    @property
    def kpi(self) -> str:
        """The KPI whose figures are summed."""
        return next(iter(self.weights))[1]


@dataclass(frozen=True)
class Kind:
    """A kind of claims.

    Attributes:
        means: what a claim of this kind says, in words.
        takes: the scenarios that it takes, in words, and how many at ``least`` and at ``most``. Where both are the same,
            a claim may make its comparison several times over, and holds only if it holds each time.
        contrasts: from (KPI, scenarios, weeks, sign, share) to the contrasts; ``sign`` is -1 where less is claimed.
        chooses: the contrasts stand for alternatives of which replicates of one half choose and the other half judge.
    """

    means: str
    takes: str
    least: int
    most: int
    contrasts: Callable[[str, tuple[str, ...], tuple[int, ...], float, float], list[Contrast]]
    chooses: bool = False

    def rounds(self, scenarios: int) -> int:
        """Return how many times over a number of scenarios makes the comparison, 0 if they do not fit."""
        if self.least == self.most:
            return scenarios // self.most if scenarios % self.most == 0 else 0
        return int(self.least <= scenarios <= self.most)


def _over(kpi: str, scenario: str, week: int, weight: float, since: int | None = None) -> dict[Cell, float]:
    """Return the weights of a figure; of what was summed since a week, if one is given and the KPI is a sum."""
    weights = {(scenario, kpi, week): weight}
    if since is not None and KPIS[kpi].aggregation in ("sum", "last"):
        weights[scenario, kpi, since] = -weight
    return weights


def _minus(kpi: str, one: str, other: str, week: int, sign: float) -> Contrast:
    return Contrast(f"{one} against {other}", {(one, kpi, week): sign, (other, kpi, week): -sign})


def difference(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """The first beats the second.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    return [_minus(kpi, names[0], names[1], weeks[-1], sign)]


def best(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """The first beats each of the others.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    return [_minus(kpi, names[0], other, weeks[-1], sign) for other in names[1:]]


def ordering(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """Each beats the next.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    return [_minus(kpi, one, other, weeks[-1], sign) for one, other in pairwise(names)]


def retains(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """(A - C) / (B - C) > share, for scenarios A, B, C: what A keeps of B's gain over C.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    here, whole, none = names[:3]
    week = weeks[-1]
    weights = {(here, kpi, week): sign, (whole, kpi, week): -sign * share, (none, kpi, week): -sign * (1.0 - share)}
    return [Contrast(f"{here} keeps {share:.0%} of what {whole} gains over {none}", weights)]


def reverts(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """There was a gain, and of what the second gains over the third, the first has lost more than a share.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    (one,) = retains(kpi, names, weeks, sign, 1.0 - share)
    weights = {cell: -weight for cell, weight in one.weights.items()}
    gain = _minus(kpi, names[1], names[2], weeks[-1], sign)
    return [gain, Contrast(f"{names[0]} loses {share:.0%} of what {names[1]} gains over {names[2]}", weights)]


def interaction(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """The fourth (both) gains more over the first (neither) than the second and the third together.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    week = weeks[-1]
    weights = {
        (names[3], kpi, week): sign,
        (names[1], kpi, week): -sign,
        (names[2], kpi, week): -sign,
        (names[0], kpi, week): sign,
    }
    return [Contrast(f"{names[3]} more than {names[1]} and {names[2]} together", weights)]


def optimum(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """Some value between the ends beats both ends; which one is chosen on half of the replicates.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    week = weeks[-1]
    found = []
    for inner in names[1:-1]:
        found += [_minus(kpi, inner, names[0], week, sign), _minus(kpi, inner, names[-1], week, sign)]
    return found


def overtakes(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """The first is ahead of the second at the first week and behind in the end (for sums: since the last but one).

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    early, late = weeks[0], weeks[-1]
    since = weeks[-2] if len(weeks) > 2 else early
    ahead = {**_over(kpi, names[0], early, sign), **_over(kpi, names[1], early, -sign)}
    behind = {**_over(kpi, names[0], late, -sign, since), **_over(kpi, names[1], late, sign, since)}
    return [
        Contrast(f"{names[0]} ahead of {names[1]} in week {early}", ahead),
        Contrast(f"{names[0]} behind {names[1]} in week {late}", behind),
    ]


def break_even(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """The second, at its worst, loses to the first; the third, at its best, beats it: they break even in between.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    return [_minus(kpi, names[2], names[0], weeks[-1], sign), _minus(kpi, names[0], names[1], weeks[-1], sign)]


#: What a reported KPI reports.
TRUE = {"reported_csat": "csat", "reported_fcr": "fcr", "aht": "cost_per_resolved"}


def goodhart(kpi: str, names: tuple[str, ...], weeks: tuple[int, ...], sign: float, share: float) -> list[Contrast]:
    """Against the second, the first looks better on the reported KPI and is worse on what that stands for.

    Args:
        kpi: the KPI that is watched.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks that are looked at, the horizon last.
        sign: 1 where more is claimed, -1 where less is.
        share: share of a gain; only claims about what is kept of one use it.

    Returns:
        The contrasts, all of which must be positive.
    """
    true = TRUE.get(kpi, "csat")
    good = 1.0 if KPIS[true].direction == "more" else -1.0
    looks = _minus(kpi, names[0], names[1], weeks[-1], sign)
    return [looks, _minus(true, names[1], names[0], weeks[-1], good)]


KINDS: dict[str, Kind] = {
    "difference": Kind("the first beats the second", "two scenarios", 2, 2, difference),
    "best": Kind("the first beats each of the others", "two or more scenarios", 2, 9, best),
    "ordering": Kind("each beats the next", "two or more scenarios", 2, 9, ordering),
    "retains": Kind("the first keeps more than a share of the second's gain over the third", "three scenarios", 3, 3, retains),
    "reverts": Kind("the first loses more than a share of the second's gain over the third", "three scenarios", 3, 3, reverts),
    "interaction": Kind("both together do more than the sum of each", "neither, one, other, both", 4, 4, interaction),
    "optimum": Kind("some value between the ends beats both ends", "a sweep of three or more values", 3, 12, optimum, True),
    "overtakes": Kind("the first is ahead early and behind late", "two scenarios and two or more weeks", 2, 2, overtakes),
    "break_even": Kind("behind at its worst, ahead at its best", "the other, the worst case, the best case", 3, 3, break_even),
    "goodhart": Kind("the first reports better and is worse", "two scenarios", 2, 2, goodhart),
}  # fmt: skip
