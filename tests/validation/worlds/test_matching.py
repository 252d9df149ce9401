"""History matching, on a simulator whose answers are known."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ccsim.analysis.parameter_space import Dimension
from ccsim.analysis.problem import Runner
from ccsim.engine.columns import FloatArray
from ccsim.errors import InputError
from ccsim.experiments.factors import Factor
from ccsim.validation.worlds.coverage import coverage
from ccsim.validation.worlds.emulators import SOUGHT, emulator_of
from ccsim.validation.worlds.matching import (
    Confirmation,
    Match,
    Remaining,
    checked,
    implausible,
    match,
    mean_of,
    refined,
    spread_of,
    wave_of,
)
from ccsim.validation.worlds.patterns import ADMITTED, IMPLAUSIBLE, Pattern, patterns, worst
from ccsim.validation.worlds.runs import Organisations, uncertain_space

SIZE, NOISE = 12, 0.05
#: What the simulator's figures have to be: a sum, a product, and a square of some of its twelve values.
KNOWN = (
    Pattern("sum", "The sum is near 1.2.", 1.1, 1.4),
    Pattern("product", "The product is near .2.", 0.1, 0.3),
    Pattern("square", "The square is small.", 0.0, 0.2),
)


def simulator(seed: int = 1) -> "object":
    def evaluate(part: str, unit: FloatArray) -> FloatArray:
        rng = np.random.default_rng([seed, *part.encode()])
        runs = 3 if part.startswith("candidates") else 1
        outputs = truth(unit)
        return outputs[:, None, :] + rng.normal(0.0, NOISE, (len(unit), runs, 3))

    return evaluate


def truth(unit: FloatArray) -> FloatArray:
    return np.column_stack([unit[:, 0] + unit[:, 1], unit[:, 2] * unit[:, 3], (2.0 * unit[:, 4] - 1.0) ** 2])


@pytest.fixture(scope="module")
def found() -> Match:
    return match(KNOWN, SIZE, simulator(), waves=2, points=200, worlds=150, seed=3)


def test_admitted_worlds_reproduce_the_patterns(found: Match) -> None:
    assert len(found.admitted) >= 150
    assert found.misfits.max() <= ADMITTED
    right = truth(found.admitted)
    for k, one in enumerate(KNOWN):
        assert np.mean((right[:, k] > one.low - 3 * NOISE) & (right[:, k] < one.high + 3 * NOISE)) > 0.98


def test_the_waves_find_worlds_far_more_often_than_chance(found: Match) -> None:
    prior = np.random.default_rng(1).random((20_000, SIZE))
    by_chance = (worst(KNOWN, truth(prior), np.zeros(3)) == 0.0).mean()
    assert len(found.admitted) / found.tried > 5 * by_chance
    assert found.waves[0].space >= found.waves[1].space


def test_what_the_patterns_do_not_tell_stays_as_wide_as_declared(found: Match) -> None:
    variance = found.admitted.var(axis=0) * 12.0
    assert variance[5:].mean() == pytest.approx(1.0, abs=0.15)
    assert variance[4] < 0.5


def test_the_same_seed_admits_the_same_worlds_and_another_one_others(found: Match) -> None:
    again = match(KNOWN, SIZE, simulator(), waves=2, points=200, worlds=150, seed=3)
    np.testing.assert_array_equal(again.admitted, found.admitted)
    other = match(KNOWN, SIZE, simulator(), waves=1, points=200, worlds=20, seed=4)
    assert not np.array_equal(other.admitted[:10], found.admitted[:10])


def test_organisations_of_known_values_are_admitted_in_95_percent_of_trials(found: Match) -> None:
    place = Remaining(KNOWN, found.waves, SIZE, 100, np.random.default_rng(5)).draw(300)
    tried = coverage(KNOWN, found.waves, place, simulator(2), 1)
    assert tried.trials == 300 and tried.left >= tried.admitted
    assert tried.share >= 0.95


def test_a_method_that_is_too_sure_is_caught_by_the_trials(found: Match) -> None:
    """Emulators without the error they have rule out what is right: the trials must be able to fail."""
    sure = [
        replace(one, emulators=tuple(e and replace(e, variance=0.0, sought=0.0) for e in one.emulators))
        for one in found.waves
    ]
    place = Remaining(KNOWN, found.waves, SIZE, 100, np.random.default_rng(5)).draw(300)
    assert coverage(KNOWN, sure, place, simulator(2), 1).share < 0.9


def test_points_drawn_are_not_ruled_out_by_any_wave(found: Match) -> None:
    drawn = Remaining(KNOWN, found.waves, SIZE, 50, np.random.default_rng(6)).draw(120)
    assert drawn.shape == (120, SIZE) and drawn.min() >= 0.0 and drawn.max() <= 1.0
    assert implausible(KNOWN, found.waves, drawn).max() <= IMPLAUSIBLE


def test_points_are_moved_by_what_their_own_runs_show(found: Match) -> None:
    """Emulators that know little: what came out at a point tells where beside it the patterns are met."""
    vague = [
        replace(one, emulators=tuple(e and replace(e, variance=0.2) for e in one.emulators)) for one in found.waves
    ]
    unit = Remaining(KNOWN, vague, SIZE, 100, np.random.default_rng(7)).draw(300)
    moved = refined(KNOWN, vague, unit, truth(unit), np.random.default_rng(8))
    before, after = ((worst(KNOWN, truth(place), np.zeros(3)) <= ADMITTED).mean() for place in (unit, moved))
    assert after > 1.3 * before, (before, after)
    assert moved.min() >= 0.0 and moved.max() <= 1.0
    lost = np.full((300, 3), np.nan)
    np.testing.assert_array_equal(refined(KNOWN, vague, unit, lost, np.random.default_rng(8)), unit)


def test_a_pattern_that_cannot_be_met_is_said_so() -> None:
    high = (*KNOWN[1:], Pattern("sum", "The sum is 9.", 9.0, 9.1))
    with pytest.raises(InputError, match="ruled out"):
        match(high, SIZE, simulator_of_two(), waves=2, points=200, worlds=5, seed=1)


def simulator_of_two() -> "object":
    inner = simulator()
    return lambda part, unit: inner(part, unit)[:, :, [1, 2, 0]]  # type: ignore[operator]


def test_patterns_whose_runs_are_dear_are_recorded_for_admitted_worlds_and_refuse_none() -> None:
    more = (Pattern("sixth", "The sixth value is small.", 0.0, 0.5),)

    def confirm(part: str, unit: FloatArray) -> FloatArray:
        return np.stack([unit[:, [5]], np.full((len(unit), 1), 1e-6)], axis=1)

    found = match(KNOWN, SIZE, simulator(), waves=1, points=200, worlds=30, seed=1, confirm=Confirmation(more, confirm))
    assert found.outputs.shape[1] == 4 and len(found.admitted) == found.passed >= 30
    np.testing.assert_array_equal(found.outputs[:, 3], found.admitted[:, 5])
    assert (found.misfits[:, 3] > ADMITTED).any() and (found.misfits[:, :3] <= ADMITTED).all()


def test_a_misfit_counts_standard_deviations_from_the_interval() -> None:
    one = Pattern("x", "x", 0.0, 10.0, discrepancy=0.4)
    spread = np.sqrt(one.tolerance)
    assert spread == pytest.approx(np.hypot(0.3, 0.4))
    misfit = one.misfit(np.array([-2 * spread, 0.0, 5.0, 10.0, 10.0 + 3 * spread, np.nan]), 0.0)
    np.testing.assert_allclose(misfit[:5], [2.0, 0.0, 0.0, 0.0, 3.0])
    assert misfit[5] == np.inf
    assert one.misfit(np.array([12.0]), 3.75)[0] == pytest.approx(1.0)


def test_scales_go_there_and_back() -> None:
    for scale in ("plain", "log", "logit", "cost"):
        one = Pattern("x", "x", 0.2, 0.6, scale)
        np.testing.assert_allclose(one.off_scale(one.on_scale([0.3, 0.5])), [0.3, 0.5])
        low, high = one.ends
        assert low < high
    assert np.isnan(Pattern("x", "x", 0.2, 0.6, "log").on_scale([-1.0])).all()


def test_the_chance_of_a_pattern_is_that_of_the_normal_law() -> None:
    one = Pattern("x", "x", 0.0, 1.0, discrepancy=0.0)
    wide = 1.0 - one.tolerance
    inside = float(np.exp(one.log_chance(np.array([0.5]), wide))[0])
    assert inside == pytest.approx(0.3829, abs=1e-3)
    far = one.log_chance(np.array([50.0, 80.0]), wide)
    assert np.isfinite(far).all() and far[0] > far[1]


def test_chance_between_runs_is_taken_from_all_points_and_runs_without_a_figure_are_left_out() -> None:
    values = np.random.default_rng(1).normal(0.0, 2.0, (400, 4, 1))
    assert spread_of(values)[0] == pytest.approx(4.0 * 1.25, abs=0.6)
    values[0, 1] = np.nan
    assert mean_of(values)[0, 0] == pytest.approx(values[0, [0, 2, 3], 0].mean())
    assert spread_of(values[:, :1])[0] == 0.0


def test_the_patterns_are_levels_money_customers_and_the_strongest_facts() -> None:
    found = {one.id: one for one in patterns()}
    assert {"fcr-level", "staff-turnover", "margin", "customers-kept", "load-elasticity"} <= set(found)
    assert (found["margin"].low, found["margin"].high) == (0.0, 0.25)
    units = [one.id for one in found.values() if one.stage == "units"]
    assert units == ["engagement-customers", "engagement-turnover", "engagement-productivity", "engagement-profit"]


def test_all_that_is_uncertain_varies_calibrated_values_among_it() -> None:
    keys = {one.key for one in uncertain_space()}
    assert {"demand.rate", "service.handling_hours", "market.churn", "accounts.revenue", "work_pace.pressure"} <= keys
    assert "implementation.gap" not in keys  # a switch
    assert len(keys) > 100


def test_figures_of_runs_are_those_of_the_organisation(tmp_path: Path) -> None:
    from ccsim.scenarios.scenario import Scenario
    from ccsim.simulation.simulation import simulate

    first = tuple(one for one in patterns() if one.stage == "organisation")
    space = (Dimension(Factor("market.churn")), Dimension(Factor("demand.rate")))
    runs = Organisations(space, first, Runner(tmp_path / "r", workers=1), 1, (2, 2))
    unit = np.array([[0.4, 0.7], [0.9, 0.2]])
    values = runs.evaluate("wave-1", unit)
    assert values.shape == (2, 2, len(first))
    place = [one.id for one in first].index("fcr-level")
    pressure = [one.id for one in first].index("load-elasticity")
    assert np.isfinite(values[:, :, place]).all() and np.isfinite(values[:, :, pressure]).all()
    again = Organisations(space, first, Runner(tmp_path / "r", workers=1, resume=True), 1, (2, 2))
    np.testing.assert_array_equal(again.evaluate("wave-1", unit), values)
    state = {"market.churn": 0.001 + 0.4 * 0.007, "demand.rate": 0.15 + 0.7 * 0.25}
    many = [
        simulate(Scenario("nothing", "x").with_values(state), seed, 156).kpis["fcr"][103:156:4].mean()
        for seed in range(6)
    ]
    mine = first[place].off_scale(values[0, :, place]).mean()
    assert mine == pytest.approx(np.mean(many), abs=0.02 + 3 * np.std(many))


def test_an_emulator_that_was_too_hopeful_where_it_sought_points_rules_out_less() -> None:
    rng = np.random.default_rng(11)
    unit = rng.random((300, SIZE))
    found = emulator_of(unit, truth(unit)[:, 0] + rng.normal(0.0, 0.1, 300))
    assert found is not None and found.doubt == SOUGHT * found.variance
    there = rng.random((200, SIZE))
    right = found.checked(there, found.predict(there) + rng.normal(0.0, 0.1, 200))
    assert right.doubt == found.doubt
    hopeful = found.checked(there, found.predict(there) - 2.0 * (rng.random(200) < 0.05))
    assert hopeful.doubt == pytest.approx((2.0 / 2.576) ** 2)
    assert found.checked(there[:20], np.zeros(20)) == found


@pytest.mark.slow
def test_the_real_model_admits_organisations_of_known_values_in_95_percent_of_200_trials(tmp_path: Path) -> None:
    from scipy.stats import qmc

    first = tuple(one for one in patterns() if one.stage == "organisation")
    space = uncertain_space()
    runs = Organisations(space, first, Runner(tmp_path / "r"), 7, (1, 2))
    unit = qmc.LatinHypercube(len(space), rng=np.random.default_rng(7)).random(600)
    waves = [wave_of(first, [], unit, runs.evaluate("wave-1", unit), 7)]
    more = Remaining(first, waves, len(space), 300, np.random.default_rng(8)).draw(300)
    values = runs.evaluate("wave-2", more)
    waves.append(wave_of(first, waves, more, values, 7))
    waves[0] = checked(waves[0], more, mean_of(values))
    batch = Remaining(first, waves, len(space), 300, np.random.default_rng(10)).draw(300)
    waves[1] = checked(waves[1], batch, mean_of(runs.evaluate("tried-1-1", batch)))
    place = Remaining(first, waves, len(space), 200, np.random.default_rng(9)).draw(200)
    tried = coverage(first, waves, place, runs.evaluate, 7)
    assert tried.trials == 200
    assert tried.share >= 0.95, tried
