"""Check the method by simulation: an organisation whose values are known must not be ruled out by its own figures.

The published intervals are laid around the values of an organisation of known values, each at a place of its own as
real organisations lie in theirs, and blurred by the errors of observation and discrepancy that the method reckons with.
Then its values have to pass every wave's emulators and to be admitted on fresh runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.validation.worlds.matching import Evaluate, Wave, implausible, mean_of, noise_of
from ccsim.validation.worlds.patterns import ADMITTED, IMPLAUSIBLE, OBSERVATION, Pattern, worst


@dataclass(frozen=True)
class Coverage:
    """How often organisations of known values were admitted.

    Attributes:
        trials: organisations.
        left: of how many the waves did not rule out the values.
        admitted: how many were also admitted on runs of their own.
    """

    trials: int
    left: int
    admitted: int

    @property
    def share(self) -> float:
        """Share of the organisations that were admitted."""
        return self.admitted / self.trials


def coverage(
    chosen: Sequence[Pattern], waves: Sequence[Wave], unit: FloatArray, evaluate: Evaluate, seed: int
) -> Coverage:
    """Try the method on organisations of known values.

    Args:
        chosen: the patterns that are emulated.
        waves: the waves of a match.
        unit: the organisations' values, places of the unit cube where the waves' emulators are good, shape (trials,
            parameters).
        evaluate: runs points; it is called once for the organisations' own values and once for the method's runs.
        seed: of places in intervals, and of errors.

    Returns:
        How many worlds were tried, how many were left, and how many admitted the known values.
    """
    rng = np.random.default_rng([seed, 5])
    real = mean_of(evaluate("trials", unit))
    runs = evaluate("candidates-trials", unit)
    outputs, noise = mean_of(runs), noise_of(runs)
    left = admitted = 0
    for number in range(len(unit)):
        own = [_around(one, real[number, k], rng) for k, one in enumerate(chosen)]
        if not np.isfinite(real[number]).all():
            continue
        passes = implausible(own, waves, unit[[number]])[0] <= IMPLAUSIBLE
        left += bool(passes)
        admitted += bool(passes and worst(own, outputs[[number]], noise[[number]])[0] <= ADMITTED)
    return Coverage(len(unit), left, admitted)


def _around(one: Pattern, output: float, rng: np.random.Generator) -> Pattern:
    """Return a pattern whose interval, as wide as published, holds a value, but for an error."""
    low, high = one.ends
    place, error = rng.random(), rng.normal(0.0, np.sqrt(one.tolerance))
    width = high - low
    if not np.isfinite(width):
        return replace(one, scale="plain", low=-np.inf, high=np.inf)
    start = output + error - place * width
    left_out = np.sqrt(max(0.0, one.tolerance - (OBSERVATION * width) ** 2))
    return replace(one, scale="plain", low=start, high=start + width, discrepancy=float(left_out))
