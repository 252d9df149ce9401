"""Kinds of claims. Each kind defines the differences that must all be positive for a claim to hold.

A contrast is a weighted sum of KPI values of one replicate: (scenario, KPI, week) with weights. Because all scenarios of a
replicate share their draws, its values over replicates are paired differences, and one t test judges it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from ccsim.model.kpis import KPIS

Cell = tuple[str, str, int]  # scenario, KPI, week


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of KPI values, in words and numbers."""

    words: str
    weights: Mapping[Cell, float]

    @property
    def kpi(self) -> str:
        """The KPI whose values are summed."""
        return next(iter(self.weights))[1]


@dataclass(frozen=True)
class Claimed:
    """What a claim compares.

    Attributes:
        kpi: the KPI that is compared.
        names: the scenarios, in the order that the kind of claim asks for.
        weeks: the weeks compared, the horizon last.
        sign: 1 if the claim is that there is more, -1 if less.
        share: share of a gain; used only by claims about how much of a gain is kept.
    """

    kpi: str
    names: tuple[str, ...]
    weeks: tuple[int, ...]
    sign: float
    share: float = 0.5

    def at_bound(self, *weights: float) -> dict[Cell, float]:
        """Return the weights of the scenarios' values at the horizon."""
        return {
            (name, self.kpi, self.weeks[-1]): self.sign * weight
            for name, weight in zip(self.names, weights, strict=True)
        }

    def beats(self, one: str, other: str) -> Contrast:
        """Return the contrast between one scenario and another at the horizon."""
        return Contrast(f"{one} against {other}", replace(self, names=(one, other)).at_bound(1.0, -1.0))

    def since(self, name: str, week: int, weight: float, start: int | None = None) -> dict[Cell, float]:
        """Return the weights of a value, or of its increase since ``start`` if that is given and the KPI is a sum.

        Args:
            name: the scenario.
            week: the week.
            weight: the weight of the value.
            start: first week of the sum.
        """
        weights = {(name, self.kpi, week): self.sign * weight}
        if start is not None and KPIS[self.kpi].aggregation in ("sum", "last"):
            weights[name, self.kpi, start] = -self.sign * weight
        return weights


@dataclass(frozen=True)
class Kind:
    """A kind of claims.

    Attributes:
        means: what a claim of this kind states, in words.
        takes: the scenarios that it needs, in words, and how many at ``least`` and at ``most``. If the two are equal,
            a claim may repeat its comparison, and holds only if it holds each time.
        contrasts: function from the comparison to its contrasts, all of which must be positive.
        chooses: the contrasts are alternatives: one half of the replicates chooses among them, the other half tests the choice.
    """

    means: str
    takes: str
    least: int
    most: int
    contrasts: Callable[[Claimed], list[Contrast]]
    chooses: bool = False

    def rounds(self, scenarios: int) -> int:
        """Return how many comparisons a number of scenarios makes, 0 if the number does not fit."""
        if self.least == self.most:
            return scenarios // self.most if scenarios % self.most == 0 else 0
        return int(self.least <= scenarios <= self.most)


def difference(claimed: Claimed) -> list[Contrast]:
    """The first beats the second."""
    return [claimed.beats(*claimed.names[:2])]


def best(claimed: Claimed) -> list[Contrast]:
    """The first beats each of the others."""
    return [claimed.beats(claimed.names[0], other) for other in claimed.names[1:]]


def ordering(claimed: Claimed) -> list[Contrast]:
    """Each scenario beats the next."""
    return [claimed.beats(one, other) for one, other in pairwise(claimed.names)]


def retains(claimed: Claimed) -> list[Contrast]:
    """(A - C) / (B - C) > share, for scenarios A, B, C: the share of B's gain over C that A keeps."""
    here, whole, none = claimed.names
    weights = claimed.at_bound(1.0, -claimed.share, -(1.0 - claimed.share))
    return [Contrast(f"{here} keeps {claimed.share:.0%} of what {whole} gains over {none}", weights)]


def reverts(claimed: Claimed) -> list[Contrast]:
    """There was a gain, and the first scenario has lost more than a share of what the second gains over the third."""
    here, whole, none = claimed.names
    kept = 1.0 - claimed.share
    lost = claimed.at_bound(-1.0, kept, 1.0 - kept)
    words = f"{here} loses {claimed.share:.0%} of what {whole} gains over {none}"
    return [claimed.beats(whole, none), Contrast(words, lost)]


def interaction(claimed: Claimed) -> list[Contrast]:
    """The fourth scenario (both) gains more over the first (neither) than the second and the third together."""
    neither, one, other, both = claimed.names
    weights = replace(claimed, names=(both, one, other, neither)).at_bound(1.0, -1.0, -1.0, 1.0)
    return [Contrast(f"{both} more than {one} and {other} together", weights)]


def optimum(claimed: Claimed) -> list[Contrast]:
    """Some value between the ends beats both ends; the value is chosen on half of the replicates."""
    low, *between, high = claimed.names
    return [claimed.beats(inner, end) for inner in between for end in (low, high)]


def overtakes(claimed: Claimed) -> list[Contrast]:
    """The first scenario is ahead of the second at the first week and behind at the end (for sums: since the last week but one)."""
    (one, other), (early, late) = claimed.names, (claimed.weeks[0], claimed.weeks[-1])
    start = claimed.weeks[-2] if len(claimed.weeks) > 2 else early
    ahead = {**claimed.since(one, early, 1.0), **claimed.since(other, early, -1.0)}
    behind = {**claimed.since(one, late, -1.0, start), **claimed.since(other, late, 1.0, start)}
    return [
        Contrast(f"{one} ahead of {other} in week {early}", ahead),
        Contrast(f"{one} behind {other} in week {late}", behind),
    ]


def break_even(claimed: Claimed) -> list[Contrast]:
    """The worst case (second) loses to the first scenario and the best case (third) beats it, so there is a break-even point in between."""
    other, at_worst, at_best = claimed.names
    return [claimed.beats(at_best, other), claimed.beats(other, at_worst)]


#: The KPI that each reported KPI stands for.
TRUE = {"reported_csat": "csat", "reported_fcr": "fcr", "aht": "cost_per_resolved"}


def goodhart(claimed: Claimed) -> list[Contrast]:
    """Compared with the second, the first scenario is better on the reported KPI and worse on the KPI that it stands for."""
    true = TRUE.get(claimed.kpi, "csat")
    good = 1.0 if KPIS[true].direction == "more" else -1.0
    gamed, other = claimed.names
    return [claimed.beats(gamed, other), replace(claimed, kpi=true, sign=good).beats(other, gamed)]


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
