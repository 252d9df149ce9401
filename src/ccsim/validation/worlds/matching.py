"""History matching: rule out in waves the points that disagree with the patterns, then admit points whose own runs agree.

Each wave runs points that no wave before has ruled out, and fits emulators there. A point is not ruled out if its
emulated values are implausible by at most three standard deviations in every pattern and every wave. Points to run are
drawn from the prior, restricted to what is not ruled out and weighted by the emulated probability that all patterns are
met. This saves runs on points that would not be admitted, and makes worlds well inside more frequent than those at the
edge. The candidates nearest to the patterns are moved, three times, by small steps to where, given what their own runs
have shown, all patterns are likely to be met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from ccsim.analysis import library
from ccsim.engine.columns import FloatArray
from ccsim.errors import InputError
from ccsim.results.formatting import share
from ccsim.validation.worlds.emulators import Emulator, emulator_of
from ccsim.validation.worlds.patterns import ADMITTED, IMPLAUSIBLE, SETTLED, Pattern, worst

#: Function from a name for the runs and points of the unit cube (points, parameters) to figures of shape (points, runs,
#: patterns) on the patterns' scales.
Evaluate = Callable[[str, FloatArray], FloatArray]
#: Points of the prior from which chains start; moves that each chain tries at first, and between draws.
CANDIDATES, STEPS, THINNING = 60_000, 300, 60
#: Largest number of chains.
CHAINS = 800
#: Quantile of the probabilities of a wave's points above which earlier points are used in its fit.
NEAR = 0.02
#: Points in a batch of candidates, and the most batches.
BATCH, MOST_BATCHES = 500, 60
#: How often candidates are moved after a run, and the moves that each tries each time.
ROUNDS, MOVES = 3, 200
#: Share of a batch that is kept after each of these runs: the points nearest to the patterns.
GOES_ON = 0.6
#: Share of an emulator's variance that remains next to a point that was run.
BESIDE = 0.1
#: Parameters of each pattern whose values are changed then: those that matter most to it. How far, as shares of ranges: a
#: single step, and all steps together (standard deviations).
MOVABLE, STEP, REACH = 8, 0.08, 0.15


@dataclass(frozen=True)
class Wave:
    """A wave: the points run and the emulators fitted to them.

    Attributes:
        unit: the points run, in the unit cube.
        outputs: the mean over runs of each pattern's value at each, shape (points, patterns).
        emulators: one for each pattern; None if it cannot be emulated.
        left: share of the points that are not implausible by the wave's own figures.
        space: share of the prior not ruled out after the wave, estimated from the first candidates.
    """

    unit: FloatArray
    outputs: FloatArray
    emulators: tuple[Emulator | None, ...]
    left: float
    space: float


class Confirmation(NamedTuple):
    """Patterns that are measured in admitted worlds only, and what measures them."""

    patterns: Sequence[Pattern]
    evaluate: Evaluate


@dataclass(frozen=True)
class Match:
    """The result of history matching.

    Attributes:
        patterns: the patterns to reproduce.
        waves: the waves.
        admitted: admitted points of the unit cube, shape (worlds, parameters).
        outputs: their values on the patterns' scales, shape (worlds, patterns).
        misfits: how implausible each is, shape (worlds, patterns).
        tried: number of candidates run.
        passed: number of candidates admitted.
    """

    patterns: tuple[Pattern, ...]
    waves: tuple[Wave, ...]
    admitted: FloatArray
    outputs: FloatArray
    misfits: FloatArray
    tried: int
    passed: int


def mean_of(values: FloatArray) -> FloatArray:
    """Return means over runs that have the value, shape (points, patterns), of shape (points, runs, patterns)."""
    known = np.isfinite(values)
    with np.errstate(all="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=1) / known.sum(axis=1))


def spread_of(values: FloatArray) -> FloatArray:
    """Return the random variance of a real figure around the mean over runs, shape (patterns,); 0 with one run.

    A real organisation is one run, so its own random variation adds to the error of the mean. It is pooled over points.

    Args:
        values: shape (points, runs, patterns).
    """
    from scipy.stats import chi2

    if values.shape[1] < 2:
        return np.zeros(values.shape[2])
    known = np.asarray(np.isfinite(values).all(axis=1))
    each = values.var(axis=1, ddof=1)
    # The median, rescaled to a mean, so that a few worlds in ruin do not inflate the variance of all others.
    freedom = values.shape[1] - 1
    medians = np.array([np.median(each[rows, k]) if rows.any() else 0.0 for k, rows in enumerate(known.T)])
    return np.asarray(medians * freedom / chi2.median(freedom) * (1.0 + 1.0 / values.shape[1]))


def noise_of(values: FloatArray) -> FloatArray:
    """Return the random variance of each point's figures, shape (points, patterns): pooled, or its own if larger.

    Args:
        values: shape (points, runs, patterns).
    """
    runs = values.shape[1]
    pooled = np.broadcast_to(spread_of(values), values[:, 0].shape)
    if runs < 2:
        return np.asarray(pooled)
    return np.asarray(np.fmax(pooled, values.var(axis=1, ddof=1) * (1.0 + 1.0 / runs)))


def implausible(
    chosen: Sequence[Pattern], waves: Sequence[Wave], unit: FloatArray, limit: float = np.inf
) -> FloatArray:
    """Return the largest emulated misfit of each point over all patterns and waves.

    Args:
        chosen: the patterns.
        waves: the waves; the last one, which rules out most, is evaluated first.
        unit: places of the unit cube, shape (points, parameters).
        limit: evaluation of a point stops at the first misfit above this limit, which is then returned.

    Returns:
        Shape (points,).
    """
    largest = np.zeros(len(unit))
    for wave in reversed(waves):
        for pattern, emulator in zip(chosen, wave.emulators, strict=True):
            left = np.flatnonzero(largest <= limit)
            if emulator is not None and len(left):
                misfit = pattern.misfit(emulator.predict(unit[left]), emulator.doubt)
                largest[left] = np.maximum(largest[left], misfit)
    return largest


def chances(
    chosen: Sequence[Pattern], waves: Sequence[Wave], unit: FloatArray, floor: FloatArray | float = -np.inf
) -> FloatArray:
    """Return the log of the probability, emulated by the last wave, that a point meets all patterns.

    Args:
        chosen: the patterns.
        waves: the waves.
        unit: places of the unit cube, shape (points, parameters).
        floor: evaluation of a point stops below this value; one number, or one for each point.

    Returns:
        Shape (points,); minus infinity for points that a wave rules out or that fall below the floor.
    """
    logs = np.zeros(len(unit))
    floors = np.broadcast_to(np.asarray(floor, dtype=np.float64), logs.shape)
    for number, wave in enumerate(reversed(waves)):
        for pattern, emulator in zip(chosen, wave.emulators, strict=True):
            left = np.flatnonzero(np.isfinite(logs))
            if emulator is None or not len(left):
                continue
            outputs = emulator.predict(unit[left])
            if number == 0:
                logs[left] += pattern.log_chance(outputs, emulator.variance)
            out = (pattern.misfit(outputs, emulator.doubt) > IMPLAUSIBLE) | (logs[left] < floors[left])
            logs[left[out]] = -np.inf
    return logs


class Remaining:
    """Draws points that are not ruled out, weighted by their emulated probability of meeting all patterns.

    Each chain redraws some of a point's values per move, and continues from call to call (Metropolis et al. 1953).
    """

    def __init__(
        self, chosen: Sequence[Pattern], waves: Sequence[Wave], size: int, chains: int, rng: np.random.Generator
    ) -> None:
        self._rng, self._size = rng, size
        self._chances = partial(chances, chosen, waves)
        pool = rng.random((CANDIDATES, size))
        logs = np.concatenate([self._chances(part) for part in np.array_split(pool, max(1, CANDIDATES // 5000))])
        if not np.isfinite(logs).any():
            raise InputError("every point is ruled out: some pattern cannot be met within the declared ranges")
        weight = np.exp(logs - logs.max())
        start = rng.choice(len(pool), chains, p=weight / weight.sum())
        self.unit, self.chance = pool[start], logs[start]
        self._begun = False

    def draw(self, count: int) -> FloatArray:
        """Return points, shape (count, parameters)."""
        drawn: list[FloatArray] = []
        while sum(map(len, drawn)) < count:
            self._walk(THINNING if self._begun else STEPS)
            self._begun = True
            drawn.append(self.unit)
        points = np.vstack(drawn)
        return np.asarray(points[self._rng.permutation(len(points))[:count]])

    def _walk(self, steps: int) -> None:
        """Let every chain try a number of moves."""
        rng = self._rng
        for _ in range(steps):
            # Changing few values at a time moves a point far along unimportant parameters; many at a time, along all.
            block = np.maximum(rng.random((len(self.unit), 1)) ** 5, 1.5 / self._size)
            moved = np.where(rng.random(self.unit.shape) < block, rng.random(self.unit.shape), self.unit)
            floor = self.chance + np.log(rng.random(len(self.unit)))
            new = self._chances(moved, floor)
            kept = new >= floor
            self.unit, self.chance = np.where(kept[:, None], moved, self.unit), np.where(kept, new, self.chance)


def refined(
    chosen: Sequence[Pattern], waves: Sequence[Wave], unit: FloatArray, outputs: FloatArray, rng: np.random.Generator
) -> FloatArray:
    """Move points that were run to where, given their figures, all patterns are likely to be met.

    An emulator predicts the difference between two close points better than the figure of either: its error
    at a point that was run is nearly the same next to it. Only the values that matter most to some pattern are changed,
    so that points stay apart in all others.

    Args:
        chosen: the patterns.
        waves: the waves; the last one's emulators are used.
        unit: points that were run, shape (points, parameters).
        outputs: what came out, on the patterns' scales, shape (points, patterns).
        rng: the generator.

    Returns:
        Shape (points, parameters); a point with a value missing stays where it is.
    """
    emulated = [
        (pattern, emulator, np.nan_to_num(outputs[:, k] - emulator.predict(unit)))
        for k, (pattern, emulator) in enumerate(zip(chosen, waves[-1].emulators, strict=True)) if emulator is not None
    ]  # fmt: skip

    def chance(moved: FloatArray, floor: FloatArray | float) -> FloatArray:
        logs = np.zeros(len(moved))
        for pattern, emulator, error in emulated:
            left = np.flatnonzero(logs >= floor)
            values = emulator.predict(moved[left]) + error[left]
            logs[left] += pattern.log_chance(values, BESIDE * emulator.variance)
        return np.where(logs >= floor, logs, -np.inf)

    matters = [np.argsort(-np.abs(emulator.slopes), kind="stable")[:MOVABLE] for _, emulator, _ in emulated]
    free = np.isin(np.arange(unit.shape[1]), np.concatenate(matters))
    here, now = unit.copy(), chance(unit, -np.inf)
    for _ in range(MOVES):
        step = np.where(free, rng.normal(0.0, STEP, here.shape), 0.0)
        moved = here + np.where(rng.random(here.shape) < 0.3, step, 0.0)
        inside = ((moved >= 0.0) & (moved < 1.0)).all(axis=1)
        # A run says less about points farther away, so the density falls with the distance from the start.
        pull = (((moved - unit) ** 2).sum(axis=1) - ((here - unit) ** 2).sum(axis=1)) / (2.0 * REACH**2)
        new = chance(moved, np.where(inside, now + np.log(rng.random(len(here))) + pull, np.inf))
        kept = np.isfinite(new)
        here, now = np.where(kept[:, None], moved, here), np.where(kept, new, now)
    stay = ~np.isfinite(outputs).all(axis=1) | (implausible(chosen, waves, here, IMPLAUSIBLE) > IMPLAUSIBLE)
    return np.where(stay[:, None], unit, here)


def match(
    chosen: Sequence[Pattern], size: int, evaluate: Evaluate, *, waves: int = 3, points: int = 1500,
    worlds: int = 500, seed: int = 1, confirm: Confirmation | None = None,
    report: Callable[[str], object] = lambda _: None, on_batch: Callable[[int, int], object] = lambda *_: None,
) -> Match:  # fmt: skip
    """Run history matching.

    Args:
        chosen: the patterns that are emulated.
        size: number of parameters.
        evaluate: function that runs points; the name passed to it begins with ``wave`` or ``candidates``.
        waves: waves of runs.
        points: points of each wave.
        worlds: how many worlds to admit.
        seed: of all points.
        confirm: patterns measured and recorded in admitted worlds only, because their runs are expensive; and the function that
            runs them (one figure per world, with its variance in place of a second run: shape (points, 2, patterns)).
        report: called with a sentence after each step.
        on_batch: called after each batch with the numbers of candidates tried and admitted.

    Returns:
        The admitted worlds; fewer than asked for if candidates run out.
    """
    # One thread: sums in another order differ in the last bits, and processes already use all processors.
    with library("threadpoolctl").threadpool_limits(1):
        made = _waves(chosen, size, evaluate, waves, points, seed, report)
        return _admit(chosen, size, evaluate, made, worlds, seed, confirm, report, on_batch)


def _waves(
    chosen: Sequence[Pattern], size: int, evaluate: Evaluate, waves: int, points: int, seed: int,
    report: Callable[[str], object],
) -> list[Wave]:  # fmt: skip
    from scipy.stats import qmc

    made: list[Wave] = []
    for number in range(1, waves + 1):
        rng = np.random.default_rng([seed, number])
        if number == 1:
            unit = qmc.LatinHypercube(size, rng=rng).random(points)
        else:
            unit = Remaining(chosen, made, size, min(points, CHAINS), rng).draw(points)
        values = evaluate(f"wave-{number}", unit)
        made.append(wave_of(chosen, made, unit, values, seed))
        if number > 1:
            made[-2] = checked(made[-2], unit, mean_of(values))
        last = made[-1]
        report(
            f"Wave {number}: {len(unit):,} points, of which {share(last.left, 1)} are not implausible; "
            f"{share(last.space, 2)} of the declared ranges is left."
        )
    return made


def wave_of(chosen: Sequence[Pattern], before: Sequence[Wave], unit: FloatArray, values: FloatArray, seed: int) -> Wave:
    """Fit the emulators of a wave to its own points and to earlier points that were about as probable.

    Args:
        chosen: the patterns.
        before: earlier waves.
        unit: points of this wave in the unit cube, shape (points, dimensions).
        values: the simulated figures, on the scales of the patterns, shape (points, patterns).
        seed: seed of the fits.

    Returns:
        The wave with its emulators.
    """
    means, noise = mean_of(values), spread_of(values)
    places, outputs = unit, means
    if before:
        earlier = np.vstack([one.unit for one in before])
        kept = chances(chosen, before, earlier) >= np.quantile(chances(chosen, before, unit), NEAR)
        places = np.vstack([unit, earlier[kept]])
        outputs = np.vstack([means, np.vstack([one.outputs for one in before])[kept]])
    emulators = tuple(emulator_of(places, outputs[:, k]) for k in range(len(chosen)))
    left = float((worst(chosen, means, noise) <= IMPLAUSIBLE).mean())
    wave = Wave(unit, means, emulators, left, 0.0)
    probe = np.random.default_rng([seed, 99]).random((20_000, unit.shape[1]))
    space = float((implausible(chosen, [*before, wave], probe, IMPLAUSIBLE) <= IMPLAUSIBLE).mean())
    return replace(wave, space=space)


def checked(wave: Wave, unit: FloatArray, outputs: FloatArray) -> Wave:
    """Return a wave whose emulators record their error on points that they selected.

    Args:
        wave: the wave.
        unit: points that its emulators selected, shape (points, parameters).
        outputs: what came out, on the patterns' scales, shape (points, patterns).
    """
    emulators = tuple(each and each.checked(unit, outputs[:, k]) for k, each in enumerate(wave.emulators))
    return replace(wave, emulators=emulators)


def of_a_batch() -> list[tuple[str, int]]:
    """Return the runs of a batch of candidates: their names and numbers of points."""
    runs, count = [], BATCH
    for _ in range(ROUNDS):
        runs.append(("tried", count))
        count = int(np.ceil(GOES_ON * count))
    return [*runs, ("candidates", count)]


def _admit(
    chosen: Sequence[Pattern], size: int, evaluate: Evaluate, waves: list[Wave], worlds: int, seed: int,
    confirm: Confirmation | None, report: Callable[[str], object],
    on_batch: Callable[[int, int], object],
) -> Match:  # fmt: skip
    """Run candidates in batches until enough of them are admitted."""
    every = (*chosen, *(confirm.patterns if confirm else ()))
    kept: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    tried = passed = 0
    remaining = Remaining(chosen, waves, size, BATCH, np.random.default_rng([seed, 1000]))
    for number in range(1, MOST_BATCHES + 1):
        unit = remaining.draw(BATCH)
        for turn in range(1, ROUNDS + 1):
            outputs = mean_of(evaluate(f"tried-{number}-{turn}", unit))
            if number == turn == 1:
                waves[-1] = checked(waves[-1], unit, outputs)  # in place, so that later draws use it too
            away = worst(chosen, outputs, np.zeros(len(chosen)))
            nearest = np.argsort(away, kind="stable")[: int(np.ceil(GOES_ON * len(unit)))]
            unit, outputs, off = unit[nearest], outputs[nearest], away[nearest] > SETTLED
            unit[off] = refined(chosen, waves, unit[off], outputs[off], np.random.default_rng([seed, number, turn]))
        values = evaluate(f"candidates-{number}", unit)
        outputs, noise = mean_of(values), noise_of(values)
        fits = worst(chosen, outputs, noise) <= ADMITTED
        tried, passed = tried + BATCH, passed + int(fits.sum())
        unit, outputs, noise = unit[fits], outputs[fits], noise[fits]
        if confirm and len(unit):
            more = confirm.evaluate(f"confirmed-{number}", unit)
            outputs, noise = np.hstack([outputs, more[:, 0]]), np.hstack([noise, more[:, 1]])
        if len(unit):
            misfits = np.column_stack([each.misfit(outputs[:, k], noise[:, k]) for k, each in enumerate(every)])
            kept.append((unit, outputs, misfits))
        report(f"Candidates {tried:,}: {passed:,} are admitted.")
        on_batch(tried, passed)
        if passed >= worlds:
            break
    if not kept:
        raise InputError(f"none of {tried:,} candidates reproduces all patterns; try more waves or points")
    admitted, outputs, misfits = map(np.vstack, zip(*kept, strict=True))
    return Match(every, tuple(waves), admitted, outputs, misfits, tried, passed)
