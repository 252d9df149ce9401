"""Check the method by simulation: an organisation whose values are known must not be ruled out by its own figures.

The published intervals are placed around the figures of an organisation with known values, each at a random position as
real organisations lie in theirs, and blurred by the errors of observation and discrepancy that the method assumes.
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
    """How often organisations with known values were admitted.

    Attributes:
        trials: organisations.
        left: number whose values were not ruled out by the waves.
        admitted: number that were also admitted on their own runs.
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
    """Test the method on organisations with known values.

    Args:
        chosen: the patterns that are emulated.
        waves: the waves of a match.
        unit: the organisations' values, places of the unit cube where the waves' emulators are good, shape (trials,
            parameters).
        evaluate: runs points; it is called once for the organisations' own values and once for the method's runs.
        seed: seed of the positions in intervals and of the errors.

    Returns:
        The number of organisations tried, left, and admitted.
    """
    rng = np.random.default_rng([seed, 5])
    real = mean_of(evaluate("trials", unit))
    runs = evaluate("candidates-trials", unit)
    outputs, noise = mean_of(runs), noise_of(runs)
    left = admitted = 0
    for number in range(len(unit)):
        own = [_around(pattern, real[number, k], rng) for k, pattern in enumerate(chosen)]
        if not np.isfinite(real[number]).all():
            continue
        passes = implausible(own, waves, unit[[number]])[0] <= IMPLAUSIBLE
        left += bool(passes)
        admitted += bool(passes and worst(own, outputs[[number]], noise[[number]])[0] <= ADMITTED)
    return Coverage(len(unit), left, admitted)


def _around(one: Pattern, output: float, rng: np.random.Generator) -> Pattern:
    """Return a pattern whose interval, as wide as published, contains a value up to an error."""
    low, high = one.ends
    place, error = rng.random(), rng.normal(0.0, np.sqrt(one.tolerance))
    width = high - low
    if not np.isfinite(width):
        return replace(one, scale="plain", low=-np.inf, high=np.inf)
    start = output + error - place * width
    left_out = np.sqrt(max(0.0, one.tolerance - (OBSERVATION * width) ** 2))
    return replace(one, scale="plain", low=start, high=start + width, discrepancy=float(left_out))
