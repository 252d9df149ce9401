"""From replicates to a verdict.

One contrast is judged by a paired t test. A claim that needs several contrasts holds only if every one of them is
positive, so its p value is the largest of theirs (intersection-union test; no further correction is needed); it is
reversed if one of them is negative, with a p value that is corrected for having looked at several (Bonferroni). Over
the whole ledger p values are adjusted by Holm (1979): the chance of even one false finding among all claims stays
below five per cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsim.claims.contrasts import Cell, Contrast
from ccsim.comparison import LEVEL, holm

Values = npt.NDArray[np.float64]
#: A difference smaller than this part of the spread between organisations is not worth a claim.
MATTERS = 0.2
#: Share of the plausible space in which a claim must hold to be called supported, or not to be called anything.
MOSTLY, HARDLY = 0.75, 0.25


@dataclass(frozen=True)
class Outcome:
    """A claim at one point of the parameters.

    Attributes:
        effect, low, high: the weakest of its contrasts, with its 95 % interval.
        holds: p value of the claim: of every contrast being positive.
        fails: p value of the opposite: of some contrast being negative.
        runs: replicates.
        spread: standard deviation of the KPI between organisations, to judge the effect by.
        words: which contrast is the weakest.
    """

    effect: float
    low: float
    high: float
    holds: float
    fails: float
    runs: int
    spread: float
    words: str

    @property
    def p(self) -> float:
        """Two-sided p value, in the direction that was found."""
        return min(1.0, 2.0 * min(self.holds, self.fails))

    def sign(self, p: float | None = None) -> int:
        """Return 1 where the claim holds, -1 where it is reversed, 0 where chance could make the difference."""
        if (self.p if p is None else p) >= 1.0 - LEVEL:
            return 0
        return 1 if self.holds <= self.fails else -1


def judge(contrasts: Sequence[Contrast], figures: Mapping[Cell, Values], chooses: bool = False) -> Outcome:
    """Judge a claim on its figures.

    Args:
        contrasts: what must be positive.
        figures: for each cell its values over replicates, in the same order of replicates.
        chooses: contrasts come in pairs, one for each value between two ends; one half of the replicates chooses the
            pair, the other half judges it.
    """
    values = np.array([sum(w * figures[cell] for cell, w in one.weights.items()) for one in contrasts])
    words = [one.words for one in contrasts]
    if chooses:
        half = values.shape[1] // 2
        pairs = values[:, :half].mean(axis=1).reshape(-1, 2).min(axis=1)
        best = int(np.argmax(pairs))
        values, words = values[2 * best : 2 * best + 2, half:], words[2 * best : 2 * best + 2]
    tests = [_one(row) for row in values]
    weakest = min(range(len(tests)), key=lambda k: tests[k][3])
    effect, low, high, _, _ = tests[weakest]
    spreads = [np.std(figures[cell], ddof=1) for cell in contrasts[0].weights if len(figures[cell]) > 1]
    return Outcome(
        effect, low, high, max(test[4] for test in tests), min(1.0, min(1.0 - test[4] for test in tests) * len(tests)),
        values.shape[1], float(np.mean(spreads)) if spreads else float("nan"), words[weakest],
    )  # fmt: skip


def _one(values: Values) -> tuple[float, float, float, float, float]:
    """Return mean, interval, t and the one-sided p value of being positive; no difference at all is p one half."""
    from scipy import stats

    count = len(values)
    mean = float(values.mean())
    spread = float(values.std(ddof=1)) if count > 1 else float("nan")
    if count < 2 or np.isnan(spread):
        return mean, float("nan"), float("nan"), 0.0, 0.5
    if spread == 0.0:
        return (
            mean,
            mean,
            mean,
            float(np.sign(mean)) * np.inf if mean else 0.0,
            0.5 if mean == 0.0 else float(mean < 0.0),
        )
    error = spread / np.sqrt(count)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, count - 1)) * error
    t = mean / error
    return mean, mean - half, mean + half, t, float(stats.t.sf(t, count - 1))


def adjusted(outcomes: Sequence[Outcome]) -> list[float]:
    """Return the p values of a ledger's claims, adjusted for looking at all of them (Holm)."""
    return [float(p) for p in holm(np.array([outcome.p for outcome in outcomes]))]


def verdict(outcome: Outcome, p: float, holds: float | None, reverses: float | None) -> str:
    """Return the verdict on a claim.

    Args:
        outcome: at the defaults.
        p: its adjusted p value.
        holds, reverses: shares of the plausible space in which it holds and is reversed; None where not looked at.
    """
    sign = outcome.sign(p)
    if holds is None or reverses is None:
        if sign:
            return "supported at the defaults" if sign > 0 else "not supported"
        return "not supported" if _is_nothing(outcome) else "undecided"
    if sign > 0 and holds >= MOSTLY and reverses <= 1.0 - LEVEL:
        return "supported"
    if holds >= HARDLY or (sign > 0 and holds > 0.0):
        return "conditional"
    if sign == 0 and not _is_nothing(outcome):
        return "undecided"
    return "not supported"


def _is_nothing(outcome: Outcome) -> bool:
    """Whether the whole interval is too small a difference to matter."""
    edge = MATTERS * outcome.spread
    return bool(max(abs(outcome.low), abs(outcome.high)) <= edge) if edge == edge else False
