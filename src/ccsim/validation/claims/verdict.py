"""From replicates to a verdict.

One contrast is tested by a paired t test. If there are few replicates, as in a single world, its
variance is shrunk towards those at the other points (moderated t test, Smyth 2004). A claim that needs several contrasts holds only if every one of them is
positive, so its p value is the largest of theirs (intersection-union test; no further correction is needed); it is
reversed if one of them is negative, with a p value corrected for the number of contrasts (Bonferroni). Over
the whole ledger p values are adjusted by Holm (1979): the chance of even one false finding among all claims stays
below five per cent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ccsim.analysis.comparison import LEVEL, holm
from ccsim.validation.claims.contrasts import Cell, Contrast

Values = npt.NDArray[np.float64]
#: Differences below this share of the standard deviation between organisations are negligible.
MATTERS = 0.2
#: Share of the worlds in which a claim must hold for the verdict "supported".
MOSTLY, HARDLY = 0.75, 0.25


@dataclass(frozen=True)
class Outcome:
    """The outcome of a claim at one point of the parameters.

    Attributes:
        effect, low, high: the weakest of its contrasts, with its 95 % interval.
        holds: p value of the claim: of every contrast being positive.
        fails: p value of the opposite: of some contrast being negative.
        runs: replicates.
        spread: standard deviation of the KPI between organisations, the yardstick for the effect.
        words: description of the weakest contrast.
        kpi: the KPI of that contrast.
    """

    effect: float
    low: float
    high: float
    holds: float
    fails: float
    runs: int
    spread: float
    words: str
    kpi: str = ""

    @property
    def p(self) -> float:
        """Two-sided p value, in the direction of the effect."""
        return min(1.0, 2.0 * min(self.holds, self.fails))

    def sign(self, p: float | None = None) -> int:
        """Return 1 if the claim holds, -1 if it is reversed, 0 if the difference is not significant."""
        if (self.p if p is None else p) >= 1.0 - LEVEL:
            return 0
        return 1 if self.holds <= self.fails else -1


@dataclass(frozen=True)
class VariancePrior:
    """A prior on a variance, estimated from other points: its typical size and its degrees of freedom."""

    variance: float
    degrees: float


def shrink_variance(variances: Sequence[float], freedom: int) -> VariancePrior | None:
    """Return the prior on a variance estimated from sample variances with given degrees of freedom (Smyth 2004, section 6.2).

    None if there are too few or nothing varies.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma, polygamma

    known = np.array([one for one in variances if np.isfinite(one) and one > 0.0])
    if len(known) < 8 or freedom < 1:
        return None
    logs = np.log(known) - digamma(freedom / 2) + np.log(freedom / 2)
    beyond = float(np.var(logs, ddof=1) - polygamma(1, freedom / 2))
    if beyond <= polygamma(1, 500.0):
        return VariancePrior(float(np.exp(np.mean(logs))), 1000.0)
    if beyond >= polygamma(1, 1e-3):
        return None
    half = float(brentq(lambda x: polygamma(1, x) - beyond, 1e-3, 500.0))
    return VariancePrior(float(np.exp(np.mean(logs) + digamma(half) - np.log(half))), 2.0 * half)


def judge(
    contrasts: Sequence[Contrast], cell_values: Mapping[Cell, Values], chooses: bool = False,
    priors: Sequence[VariancePrior | None] = (),
) -> Outcome:  # fmt: skip
    """Test a claim on KPI values.

    Args:
        contrasts: the contrasts that must be positive.
        cell_values: for each cell its values over replicates, in a common order of replicates.
        chooses: contrasts come in pairs, one for each value between two ends; one half of the replicates chooses the
            pair, the other half judges it.
        priors: what is known of each contrast's variance from elsewhere.

    Returns:
        The weakest contrast with its 95 % interval, and the p values of the claim and of its opposite.
    """
    values = contrast_values(contrasts, cell_values)
    places = list(range(len(contrasts)))
    if chooses:
        half = values.shape[1] // 2
        pairs = values[:, :half].mean(axis=1).reshape(-1, 2).min(axis=1)
        best = int(np.argmax(pairs))
        places = [2 * best, 2 * best + 1]
        values = values[:, half:]
    tests = [_one(values[k], priors[k] if priors else None) for k in places]
    weakest = min(tests, key=lambda test: test.t)
    one = contrasts[places[tests.index(weakest)]]
    spreads = [np.std(cell_values[cell], ddof=1) for cell in one.weights if len(cell_values[cell]) > 1]
    return Outcome(
        weakest.mean, weakest.low, weakest.high, max(test.p for test in tests),
        min(1.0, min(1.0 - test.p for test in tests) * len(tests)),
        values.shape[1], float(np.mean(spreads)) if spreads else float("nan"), one.words, one.kpi,
    )  # fmt: skip


def contrast_values(contrasts: Sequence[Contrast], cell_values: Mapping[Cell, Values]) -> Values:
    """Return the value of each contrast in each replicate."""
    return np.array([sum(w * cell_values[cell] for cell, w in one.weights.items()) for one in contrasts])


class _Test(NamedTuple):
    """A test of one contrast: its mean with the 95 % interval, t, and the one-sided p value of being positive."""

    mean: float
    low: float
    high: float
    t: float
    p: float


def _one(values: Values, prior: VariancePrior | None = None) -> _Test:
    """Return the test of a contrast; no difference at all is p one half."""
    from scipy import stats

    count = len(values)
    mean = float(values.mean())
    variance = float(values.var(ddof=1)) if count > 1 else float("nan")
    if count < 2 or np.isnan(variance):
        return _Test(mean, float("nan"), float("nan"), 0.0, 0.5)
    if variance == 0.0:
        endless = float(np.sign(mean)) * np.inf if mean else 0.0
        return _Test(mean, mean, mean, endless, 0.5 if mean == 0.0 else float(mean < 0.0))
    freedom = count - 1.0
    if prior is not None:
        variance = (freedom * variance + prior.degrees * prior.variance) / (freedom + prior.degrees)
        freedom += prior.degrees
    error = np.sqrt(variance / count)
    half = float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * error
    t = mean / error
    return _Test(mean, mean - half, mean + half, t, float(stats.t.sf(t, freedom)))


def adjusted(outcomes: Sequence[Outcome]) -> list[float]:
    """Return the p values of a ledger's claims, adjusted for the number of claims (Holm)."""
    return [float(p) for p in holm(np.array([outcome.p for outcome in outcomes]))]


def verdict(outcome: Outcome, p: float, holds: float | None, reverses: float | None) -> str:
    """Return the verdict on a claim.

    Args:
        outcome: at the defaults.
        p: its adjusted p value.
        holds: share of the worlds in which it holds; None if it was not tested.
        reverses: share of the worlds in which it is reversed; None if it was not tested.
    """
    sign = outcome.sign(p)
    if holds is None or reverses is None:
        if sign:
            return "supported at the defaults" if sign > 0 else "not supported"
        return "not supported" if _is_negligible(outcome) else "undecided"
    if sign > 0 and holds >= MOSTLY and reverses <= 1.0 - LEVEL:
        return "supported"
    if holds >= HARDLY or (sign > 0 and holds > 0.0):
        return "conditional"
    if sign == 0 and not _is_negligible(outcome):
        return "undecided"
    return "not supported"


def _is_negligible(outcome: Outcome) -> bool:
    """Whether the whole interval lies within negligible differences."""
    return bool(max(abs(outcome.low), abs(outcome.high)) <= MATTERS * outcome.spread)
