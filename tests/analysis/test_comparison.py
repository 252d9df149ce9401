from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ccsim.analysis.comparison import Comparison, compare, holm, interval, paired, smoothed
from ccsim.errors import InputError
from ccsim.experiments.experiment import Experiment
from ccsim.model.kpis import KPIS
from ccsim.scenarios.scenario import load_scenario


def test_interval_is_the_t_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0])
    mean, low, high = interval(values)
    expected = stats.t.interval(0.95, 3, loc=3.75, scale=stats.sem(values))
    assert (mean, low, high) == pytest.approx((3.75, *expected))


def test_paired_is_the_paired_t_test() -> None:
    mine, theirs = np.array([3.0, 5.0, 4.0, 8.0]), np.array([2.0, 3.0, 4.0, 5.0])
    found = paired(mine, theirs)
    assert found["p"] == pytest.approx(stats.ttest_rel(mine, theirs).pvalue)
    assert found["effect"] == pytest.approx(1.5 / np.std([1, 2, 0, 3], ddof=1))


def test_degenerate_differences_are_reported_as_what_they_are() -> None:
    same = np.array([1.0, 2.0])
    assert paired(same, same) == {
        "difference": 0,
        "difference_low": 0,
        "difference_high": 0,
        "effect": 0,
        "p": 1,
    }
    assert paired(same + 1, same)["p"] == 0.0
    assert np.isnan(paired(same[:1] + 1, same[:1])["p"])


def test_holm_agrees_with_the_worked_example_and_leaves_nan_out() -> None:
    # Three tests: 0.01 * 3, max(0.03, 0.02 * 2), max(0.04, 0.04 * 1)
    assert holm(np.array([0.02, np.nan, 0.01, 0.04])) == pytest.approx([0.04, np.nan, 0.03, 0.04], nan_ok=True)
    assert holm(np.array([0.9, 0.8])) == pytest.approx([1.0, 1.0])


def test_holm_keeps_its_promise() -> None:
    # 2,000 families of 10 true nulls: the share with any false finding is at most 5 %; 3 standard errors are 1.5 %.
    p = np.random.default_rng(1).uniform(size=(2000, 10))
    assert np.mean([(holm(row) < 0.05).any() for row in p]) < 0.065


def test_smoothing_is_a_trailing_mean() -> None:
    assert smoothed(np.array([[1.0, 3.0, 5.0]]), 2).tolist() == [[1.0, 2.0, 4.0]]


def test_a_week_without_a_figure_spoils_no_other_week_of_a_smoothed_curve() -> None:
    values = np.array([[1.0, np.nan, 3.0, np.nan, np.nan, 6.0]])
    assert smoothed(values, 2)[0] == pytest.approx([1.0, 1.0, 3.0, 3.0, np.nan, 6.0], nan_ok=True)
    assert smoothed(values, 99)[0] == pytest.approx([1.0, 1.0, 2.0, 2.0, 2.0, 10 / 3])


def test_a_scenario_compared_with_its_copy_differs_by_exactly_zero(small_experiment: Experiment) -> None:
    busy = small_experiment.scenarios["busy"]
    twins = Experiment(
        "twins",
        "Twins",
        "",
        "a",
        {"a": busy, "b": busy.with_values({}, name="b")},
        weeks=16,
        replicates=3,
        kpis=tuple(KPIS),
    )
    twins.scenarios["a"] = busy.with_values({}, name="a")
    table = compare(twins, workers=1).table()
    other = table[table["scenario"] == "b"]
    known = other[np.isfinite(other["mean"])]
    assert (known["difference"] == 0.0).all()
    assert not other["significant"].any()


def test_the_table_bands_and_figure_agree(small_experiment: Experiment) -> None:
    comparison = compare(small_experiment, workers=1)
    table = comparison.table(["csat"])
    frame = comparison.runs
    last = frame[(frame["scenario"] == "busy") & (frame["week"] >= 16 - 13)]
    assert table.loc[1, "mean"] == pytest.approx(last.groupby("replicate")["csat"].mean().mean())
    bands = comparison.bands("csat")
    assert bands.shape == (2 * 16, 7)
    assert (bands["p05"] <= bands["p95"]).all()
    assert len(comparison.plot().axes) == 2
    with pytest.raises(InputError, match="did you mean 'csat'"):
        comparison.table(["csatt"])
    with pytest.raises(InputError, match="week"):
        comparison.table(["csat"], week=99)


def test_crossing_is_the_first_week_that_lasts(small_experiment: Experiment) -> None:
    comparison = compare(small_experiment, workers=1)
    arrays = comparison._arrays
    arrays["nothing"][1]["npv"] = np.zeros((4, 16))
    arrays["busy"][1]["npv"] = np.tile(np.r_[-1.0, 1.0, -1.0, np.ones(13)], (4, 1))
    assert comparison.overtakes_week("busy") == 3
    arrays["busy"][1]["npv"] = -np.ones((4, 16))
    assert comparison.overtakes_week("busy") is None


def with_runs(comparison: Comparison, keep: Callable[[pd.DataFrame], pd.Series]) -> Comparison:
    """Return a comparison as it is when some runs have not finished."""
    tables = comparison.results.tables
    left = tables["runs"][keep(tables["runs"])]
    return Comparison(replace(comparison.results, tables={**tables, "runs": left}))


def test_only_replicates_that_both_scenarios_have_are_paired(small_experiment: Experiment) -> None:
    whole = compare(small_experiment, workers=1)
    gaps = {("nothing", 0), ("busy", 3)}
    part = with_runs(
        whole, lambda runs: [pair not in gaps for pair in zip(runs["scenario"], runs["replicate"], strict=True)]
    )
    both = with_runs(whole, lambda runs: runs["replicate"].isin([1, 2]))
    for column in ("difference", "difference_low", "p"):
        assert part.table().query("scenario == 'busy'")[column].tolist() == pytest.approx(
            both.table().query("scenario == 'busy'")[column].tolist()
        )
    assert part.variance_reduction()["factor"].tolist() == pytest.approx(both.variance_reduction()["factor"].tolist())


def test_scenarios_without_a_common_replicate_have_no_difference_and_no_p(
    small_experiment: Experiment, recwarn: pytest.WarningsRecorder
) -> None:
    none = paired(np.array([]), np.array([]))
    assert all(np.isnan(value) for value in none.values())
    whole = compare(small_experiment, workers=1)
    apart = with_runs(whole, lambda runs: (runs["scenario"] == "busy") == (runs["replicate"] < 2))
    assert not apart.table()["significant"].any()
    assert not [warning for warning in recwarn if issubclass(warning.category, RuntimeWarning)]


def test_a_baseline_without_finished_runs_is_said_to_be_that(small_experiment: Experiment) -> None:
    half = with_runs(compare(small_experiment, workers=1), lambda runs: runs["scenario"] == "busy")
    with pytest.raises(InputError, match="nothing: none of its runs has finished"):
        half.table()
    with pytest.raises(InputError, match=r"no scenario is called 'bussy'.*'busy'"):
        half.table(baseline="bussy")
    assert len(half.table(baseline="busy")) == len(small_experiment.kpis)


def test_progress_may_be_true_false_or_a_function(
    small_experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[int, int, int]] = []
    compare(small_experiment, workers=1, progress=lambda *told: seen.append(told))
    assert (seen[0], seen[-1]) == ((0, 8, 0), (8, 8, 0))
    compare(small_experiment, workers=1, progress=False)
    assert capsys.readouterr().out == ""
    compare(small_experiment, workers=1, progress=True)
    assert "8/8 runs" in capsys.readouterr().out


@pytest.mark.slow
def test_pairing_needs_a_tenth_of_the_runs_for_money() -> None:
    scenarios = {name: load_scenario(name) for name in ("nothing", "bottom-up")}
    experiment = Experiment("p", "P", "", "nothing", scenarios, replicates=20, kpis=("npv",))
    assert Comparison(compare(experiment).results).variance_reduction()["factor"].min() > 10
