"""Make worlds: history matching with the real model, and the results that are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from math import ceil
from typing import Any

import numpy as np

from ccsim.analysis.admitted import AdmittedWorlds
from ccsim.analysis.parameter_space import between
from ccsim.analysis.problem import Runner
from ccsim.engine.jit import source_hash
from ccsim.results.formatting import share
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.simulation import simulate
from ccsim.validation.worlds.coverage import Coverage, coverage
from ccsim.validation.worlds.matching import BATCH, MOST_BATCHES, Confirmation, Match, Remaining, match, of_a_batch
from ccsim.validation.worlds.patterns import Pattern, patterns
from ccsim.validation.worlds.runs import Organisations, Units, uncertain_space

#: Number of worlds run once, and the figures recorded, to check later that the model still gives the same.
WITNESSES, WITNESSED = 12, ("csat", "fcr", "staff_turnover", "npv")

#: Share of candidates admitted, from experience; used to estimate the number of batches.
SHARE_ADMITTED = 0.18
#: Seconds for the emulators of a wave and for the moves of a batch of candidates, without runs (measured).
SECONDS_OF_A_WAVE, SECONDS_OF_A_BATCH = 12.0, 1.0


def make_worlds(
    runner: Runner, *, worlds: int = 500, waves: int = 3, points: int = 1500, seed: int = 1, trials: int = 0,
    command: str = "", report: Callable[[str], object] = lambda _: None,
) -> AdmittedWorlds:  # fmt: skip
    """Make worlds.

    Args:
        runner: makes the runs and keeps the results; its time budget covers everything.
        worlds: how many to admit.
        waves: waves of runs.
        points: points of each wave.
        seed: seed of all draws.
        trials: number of organisations with known values on which the method is tested at the end.
        command: the command line, for the record.
        report: called with a sentence after each step.

    Returns:
        The admitted worlds: values in single precision, patterns in their own units.

    Raises:
        TimeLimitReached: the time budget ran out first.
        InputError: no world reproduces the patterns.
    """
    space, every = uncertain_space(), patterns()
    first = tuple(one for one in every if one.stage == "organisation")
    second = tuple(one for one in every if one.stage == "units")
    organisations, units = Organisations(space, first, runner, seed), Units(space, second, runner, seed)

    def expect(tried: int = 0, passed: int = 0) -> None:
        batches, share = _batches(worlds, tried, passed)
        batch = [*(organisations.work(part, count) for part, count in of_a_batch()), units.work(ceil(BATCH * share))]
        works = [organisations.work("wave", points)] * waves + batch * batches
        works += [organisations.work(part, trials) for part in ("trials", "candidates-trials") if trials]
        runner.expect(works, waves * SECONDS_OF_A_WAVE + batches * SECONDS_OF_A_BATCH)

    expect()
    result = match(
        first, len(space), organisations.evaluate, waves=waves, points=points, worlds=worlds, seed=seed,
        confirm=Confirmation(second, units.evaluate), report=report, on_batch=expect,
    )  # fmt: skip
    return _kept(organisations, result, {
        "sources": source_hash(), "seed": seed, "command": command, "points": points, "tried": result.tried,
        "passed": result.passed, "waves": [_wave(result, number) for number in range(len(result.waves))],
        "patterns": [_described(pattern) for pattern in result.patterns],
        "coverage": asdict(_coverage(organisations, result, trials, report)) if trials else None,
    })  # fmt: skip


def _kept(organisations: Organisations, result: Match, made: dict[str, Any]) -> AdmittedWorlds:
    """Return the admitted worlds in the form that is kept."""
    values = between(organisations.space, result.admitted).astype(np.float32).astype(np.float64)
    outputs = {each.id: each.off_scale(result.outputs[:, k]) for k, each in enumerate(result.patterns)}
    misfits = {each.id: result.misfits[:, k] for k, each in enumerate(result.patterns)}
    worlds = AdmittedWorlds(tuple(dimension.key for dimension in organisations.space), values, outputs, misfits)
    return replace(worlds, made={**made, "witnesses": witnesses(worlds)})


def _coverage(organisations: Organisations, result: Match, trials: int, report: Callable[[str], object]) -> Coverage:
    """Test the method on organisations with known values."""
    rng = np.random.default_rng([organisations.seed, 8])
    remaining = Remaining(organisations.patterns, result.waves, len(organisations.space), min(trials, 400), rng)
    place = remaining.draw(trials)
    counts = coverage(organisations.patterns, result.waves, place, organisations.evaluate, organisations.seed)
    report(f"Of {trials} organisations with known values, {share(counts.share, 1)} are admitted.")
    return counts


def _batches(worlds: int, tried: int, passed: int) -> tuple[int, float]:
    """Return the estimated number of batches of candidates, and the share of candidates admitted."""
    share = max(passed, 1) / tried if tried else SHARE_ADMITTED
    return min(MOST_BATCHES, tried // BATCH + ceil(max(0, worlds - passed) / (BATCH * share))), share


def witnesses(worlds: AdmittedWorlds) -> list[dict[str, Any]]:
    """Run some worlds once, and return their patterns to the last digit."""
    records = []
    for number in np.unique(np.linspace(0, len(worlds) - 1, WITNESSES).astype(int)).tolist():
        run = simulate(Scenario("nothing", "Doing nothing").with_values(worlds.world(number)), number, 104)
        records.append({"world": number, **{name: float(run.kpis[name][-1]) for name in WITNESSED}})
    return records


def still_hold(worlds: AdmittedWorlds) -> bool:
    """Return whether the model still gives the recorded patterns in the worlds kept for this check."""
    return bool(worlds.made.get("witnesses") == witnesses(worlds))


def confirmed(worlds: AdmittedWorlds) -> AdmittedWorlds:
    """Return confirmed worlds with the hash of the current sources."""
    return replace(worlds, made={**worlds.made, "sources": source_hash()})


def _wave(result: Match, number: int) -> dict[str, Any]:
    wave = result.waves[number]
    explained = {one.id: emulator.explained if emulator else 0.0
                 for one, emulator in zip(result.patterns, wave.emulators, strict=False)}  # fmt: skip
    return {"points": len(wave.unit), "left": wave.left, "space": wave.space, "explained": explained}


def _described(one: Pattern) -> dict[str, Any]:
    return {
        "id": one.id, "says": one.statement, "low": one.low, "high": one.high, "scale": one.scale, "stage": one.stage,
        "why": one.why, "source": one.source, "tolerance": float(np.sqrt(one.tolerance)),
    }  # fmt: skip
