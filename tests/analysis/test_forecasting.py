"""Forecasts: scores are what their definitions say, intervals cover, and no forecast is shown without its back-test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of, shared
from typer.testing import CliRunner

from ccsim.analysis.forecasting import ensemble as worlds_of
from ccsim.analysis.forecasting import fitted_folder
from ccsim.analysis.forecasting.backtesting import backtested
from ccsim.analysis.forecasting.drivers import Outside, effect_of
from ccsim.analysis.forecasting.ensemble import PAST_STEPS, Ensemble, Past, locate_observed, run_worlds
from ccsim.analysis.forecasting.fit import Fit, changes_of, fit, past_of, posterior
from ccsim.analysis.forecasting.forecast import backtest, earlier, forecast
from ccsim.analysis.forecasting.scores import covers, crps, naive_forecasts, verdict
from ccsim.analysis.forecasting.series import Series, noise_of, series_of
from ccsim.analysis.parameter_space import dimensions
from ccsim.analysis.problem import Runner
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.organisations.io import read_folder
from ccsim.organisations.layout import layout_of_folder
from ccsim.organisations.template import write_template

SMALL = """name = "x"
[sizes]
staff = 20
departments = 2
front_departments = 1
customers = 100
warm_up = 2
"""


def quarters(values: list[float], kpi: str = "csat", first: str = "2003-06-30") -> Series:
    dates = pd.date_range(first, periods=len(values), freq="QE")
    return Series(kpi, dates, np.array(values, float), 13, float("nan"))


def flat_worlds(rng: np.random.Generator, steps: int, count: int = 200) -> Ensemble:
    """Return worlds that stay where they are."""
    values = rng.normal(75, 4, (count, 1)) + rng.normal(0, 0.2, (count, PAST_STEPS + steps))
    return Ensemble(dimensions(["market.churn"]), rng.random((count, 1)), {"csat": values})


def test_crps_is_the_distance_of_a_point_and_that_of_a_normal_distribution() -> None:
    assert crps(np.array([3.0]), 5.0) == 2.0
    draws = np.random.default_rng(1).normal(0, 1, 20_000)
    assert crps(draws, 0.0) == pytest.approx((np.sqrt(2) - 1) / np.sqrt(np.pi), abs=0.01)
    assert covers(draws, 1.5, 0.9) and not covers(draws, 1.8, 0.9)


def test_naive_forecasts_say_what_they_are_called() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 2.0, 3.0, 4.0, 5.0])
    middle = {name: np.median(draws, axis=0) for name, draws in naive_forecasts(values, 4, 4).items()}
    assert middle["last value"] == pytest.approx([5, 5, 5, 5])
    assert middle["same quarter last year"] == pytest.approx([2, 3, 4, 5])
    assert middle["random walk with drift"] == pytest.approx(5 + np.arange(1, 5) * 4 / 7)


def test_the_verdict_is_right_whichever_way_it_falls() -> None:
    assert [verdict(own, 1.0) for own in (0.5, 1.0, 2.0)] == ["better", "no better", "worse"]


def test_noise_of_figures_and_of_steps_are_distinguished() -> None:
    rng = np.random.default_rng(3)
    still = noise_of(quarters((75 + rng.normal(0, 1, 400)).tolist()))
    walk = noise_of(quarters((75 + np.cumsum(rng.normal(0, 1, 400))).tolist()))
    assert still.observation == pytest.approx(1.0, abs=0.15) and still.step < 0.25
    assert walk.step == pytest.approx(1.0, abs=0.25) and walk.observation < 0.6


def test_90_percent_intervals_cover_about_90_percent_of_series_that_come_from_the_worlds() -> None:
    rng = np.random.default_rng(5)
    found = []
    for number in range(60):
        worlds = flat_worlds(rng, 4, 120)
        true = 75 + np.cumsum(rng.normal(0, 0.4, 28)) + rng.normal(0, 0.5, 28)
        draws = forecast(quarters(true[:24].tolist()), worlds, 4, number).draws
        found += [covers(draws[:, h], true[24 + h], 0.9) for h in range(4)]
    assert 0.82 < np.mean(found) < 0.98


def test_an_offset_of_the_survey_does_not_move_the_forecast_of_a_change() -> None:
    worlds = flat_worlds(np.random.default_rng(2), 4)
    low = quarters([60 + x for x in (0, 1, 0, 1, 0, 1, 0, 1)])
    high = quarters([90 + x for x in (0, 1, 0, 1, 0, 1, 0, 1)])
    assert forecast(high, worlds, 4, 1).draws - 30 == pytest.approx(forecast(low, worlds, 4, 1).draws)


def underground(place: Path) -> Path:
    """Return a folder with the satisfaction of London Underground, all lines, and its service by four-week period."""
    source = shared("underground-satisfaction")
    table = pd.read_csv(source / "satisfaction.csv")
    own = table[(table["line"] == "All Lines") & (table["metric"] == "Overall Evaluation")]
    ends = ("06-30", "09-30", "12-31", "03-31")
    days = [
        f"{int(year[:4]) + (quarter == 4)}-{ends[quarter - 1]}"
        for year, quarter in zip(own["year"], own["quarter"], strict=True)
    ]
    rows = "\n".join(f"{day},csat,{value}" for day, value in zip(days, own["value"], strict=True))
    service = pd.read_csv(source / "service.csv")
    start = pd.to_datetime(service["year"].str[:4] + "-04-01")
    last = start + pd.to_timedelta(
        (service["period"] * 28 - 1).clip(upper=364).where(service["period"] < 13, 364), unit="D"
    )
    table = pd.DataFrame({"date": last.dt.strftime("%Y-%m-%d"), "name": service["metric"], "value": service["value"]})
    market = "[assumptions.market]\nchurn = 0.0\njoining_probability = 0.0\n"
    return folder_of(place, {
        "organisation.toml": SMALL + market, "history.csv": f"date,kpi,value\n{rows}\n", "drivers.csv": table.to_csv(index=False),
    })  # fmt: skip


def test_the_underground_is_back_tested_to_2013_with_its_service_as_drivers_and_a_verdict_that_is_right(
    tmp_path: Path,
) -> None:
    folder = read_folder(underground(tmp_path / "u"))
    series = series_of(folder)["csat"]
    assert len(series.values) == 44 and series.weeks == 13 and series.season == 4
    found = backtested(folder, 12, 120, 1, Runner(workers=1))
    whole = found.table[found.table["horizon"] == "all"].set_index("forecast")
    line = found.lines()["csat"]
    # 8 of 12 or fewer have a probability of 2.6 % where intervals cover 90 %.
    assert whole.loc["ccsim", "covers_90"] >= 0.75
    naive = whole.drop("ccsim")["crps"].min()
    assert f": {verdict(float(whole.loc['ccsim', 'crps']), float(naive))};" in line
    assert set(whole.index) == {"ccsim", "last value", "same quarter last year", "random walk with drift"}
    assert "Excess Journey Time" in line


def test_a_driver_that_a_series_follows_makes_its_forecast_better() -> None:
    rng = np.random.default_rng(4)
    driver = np.cumsum(rng.normal(0, 1, 44))
    series = quarters((75 + 2 * driver + rng.normal(0, 0.3, 44)).tolist())
    outside = Outside(("delay",), driver[:40, None], driver[40:, None])
    with_it, without = (backtest(series, flat_worlds(rng, 4), 4, 1, each) for each in (outside, None))
    scores = [table.set_index(["forecast", "horizon"]).loc[("ccsim", "all"), "crps"] for table in (with_it, without)]
    assert scores[0] < 0.5 * scores[1]
    effect = effect_of(earlier(series, 4), outside)
    assert np.diff(effect.mean) == pytest.approx(2 * np.diff(driver[40:]), abs=0.4)


@pytest.mark.parametrize(("days", "weeks", "steps", "gaps"), [
    (pd.date_range("2023-01-31", periods=14, freq="ME"), 52 / 12, 14, 0),
    (pd.date_range("2023-01-01", periods=14, freq="MS"), 52 / 12, 14, 0),
    (pd.date_range("2023-01-01", periods=10, freq="W").delete([4]), 1, 10, 1),
    (pd.date_range("2021-03-31", periods=12, freq="QE").delete([3, 7]), 13, 12, 2),
    (pd.date_range("2021-03-31", periods=16, freq="QE").delete([4, 5, 6]), 13, 9, 0),
    (pd.date_range("2023-01-01", periods=9, freq="28D"), 4, 9, 0),
])  # fmt: skip
def test_weeks_months_and_quarters_with_gaps_become_equal_steps(
    tmp_path: Path, days: pd.DatetimeIndex, weeks: float, steps: int, gaps: int
) -> None:
    rows = "".join(f"{day:%Y-%m-%d},csat,{70 + k}\n" for k, day in enumerate(days))
    folder = folder_of(tmp_path / "o", {"organisation.toml": SMALL, "history.csv": "date,kpi,value\n" + rows})
    one = series_of(read_folder(folder))["csat"]
    assert (one.weeks, len(one.values), one.gaps) == (weeks, steps, gaps)
    assert one.dates[-1] == days[-1] and np.isfinite(one.values).all()
    assert len(one.ahead(3)) == 3 and (one.ahead(3) > days[-1]).all()


def test_each_kpi_is_back_tested_on_worlds_of_its_own_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    months, quarter = (
        pd.date_range("2023-01-31", periods=12, freq="ME"),
        pd.date_range("2021-03-31", periods=12, freq="QE"),
    )
    rows = "".join(f"{day:%Y-%m-%d},csat,{70 + k % 3}\n" for k, day in enumerate(quarter))
    rows += "".join(f"{day:%Y-%m-%d},engagement,{0.6 + k % 3 / 50}\n" for k, day in enumerate(months))
    folder = folder_of(tmp_path / "o", {"organisation.toml": SMALL, "history.csv": "date,kpi,value\n" + rows})
    rng, asked = np.random.default_rng(1), []

    def worlds(folder: object, steps: int, weeks: float, *_: object, **__: object) -> Ensemble:
        asked.append(weeks)
        values = {"csat": rng.normal(75, 4, (60, steps)), "engagement": rng.normal(0.6, 0.05, (60, steps))}
        return Ensemble(dimensions(["market.churn"]), rng.random((60, 1)), values)

    monkeypatch.setattr(worlds_of, "run_worlds", worlds)
    found = backtested(read_folder(folder), 2, 60, 1, Runner(workers=1))
    assert sorted(asked) == [52 / 12, 13] and set(found.lines()) == {"csat", "engagement"}
    assert "No effect of a lever is back-tested" in found.event_lines()[-1]


def test_an_event_with_figures_before_and_after_is_back_tested_with_and_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = pd.date_range("2020-03-31", periods=16, freq="QE")
    rows = "".join(f"{day:%Y-%m-%d},csat,{70 + 5 * (k >= 10) + k % 2}\n" for k, day in enumerate(days))
    event = "date,label,lever,value\n2022-08-01,Training,programme.budget,900\n"
    folder = read_folder(
        folder_of(
            tmp_path / "o", {"organisation.toml": SMALL, "history.csv": "date,kpi,value\n" + rows, "events.csv": event}
        )
    )
    rng = np.random.default_rng(1)

    def worlds(folder: object, steps: int, *_: object, past: Past, **__: object) -> Ensemble:
        values = 70 + rng.normal(0, 1, (200, steps))
        if not past.left_out:  # the programme lifts worlds from the first quarter ahead on
            values[:, PAST_STEPS:] += 5
        return Ensemble(dimensions(["market.churn"]), rng.random((200, 1)), {"csat": values})

    monkeypatch.setattr(worlds_of, "run_worlds", worlds)
    found = backtested(folder, 4, 200, 1, Runner(workers=1))
    row = found.events.iloc[0]
    assert row["verdict"] == "better" and row["with_it"] > row["without_it"] + 3 and row["observed"] == pytest.approx(5)
    lines = found.event_lines()
    assert (
        "programme.budget = 900" in lines[0] and "levers other than programme.budget are not back-tested" in lines[-1]
    )


def test_a_change_over_an_event_informs_the_fit(tmp_path: Path) -> None:
    days = pd.date_range("2020-03-31", periods=16, freq="QE")
    rows = "".join(f"{day:%Y-%m-%d},csat,{70 + 5 * (k >= 10) + k % 2}\n" for k, day in enumerate(days))
    event = "date,label,lever,value\n2022-08-01,Training,programme.budget,900\n"
    folder = read_folder(
        folder_of(
            tmp_path / "o", {"organisation.toml": SMALL, "history.csv": "date,kpi,value\n" + rows, "events.csv": event}
        )
    )
    series = series_of(folder)
    (change,) = changes_of(folder, series)
    assert change.level == pytest.approx(5) and (change.cut, change.before, change.after) == (6, 4, 4)
    past = past_of(folder, series)
    assert past is not None and past.steps == 10
    rng = np.random.default_rng(1)
    space = dimensions(["market.churn"])
    unit = rng.random((200, 1))
    values = 70 + rng.normal(0, 0.1, (200, 10)) + np.where(np.arange(10) >= 4, 10 * unit, 0.0)
    ensemble = Ensemble(space, space[0].low + (space[0].high - space[0].low) * unit, {"csat": values}, 10)
    draws, _ = posterior({"csat": (73.0, 20.0)}, ensemble, 1, [change])
    middle = (np.median(draws) - space[0].low) / (space[0].high - space[0].low)
    assert middle == pytest.approx(0.5, abs=0.1)


def test_worlds_of_a_forecast_and_runs_of_its_fit_share_no_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "\n".join(f"{year}-12-31,csat,{70 + year % 3}" for year in range(2010, 2022))
    files = {"organisation.toml": SMALL, "history.csv": f"date,kpi,value\n{rows}\n"}
    folder = read_folder(folder_of(tmp_path / "o", files))
    seeds: dict[str, set[int]] = {}
    run = Runner.summaries

    def noted(self: Runner, study: Any, design: Any, part: str, weeks: Any = ()) -> pd.DataFrame:
        experiment = study.experiment(design, weeks)
        seeds[part] = {experiment.seed_of(name, 0) for name in experiment.scenarios}
        assert len(seeds[part]) == len(design)
        return run(self, study, design, part, weeks)

    monkeypatch.setattr(Runner, "summaries", noted)
    fitted_folder.fit_folder(folder, 40, 1, Runner(workers=1))
    assert set(seeds) == {"worlds", "again"} and not seeds["worlds"] & seeds["again"]


def test_where_you_lie_is_said_in_words_beyond_1_and_99_percent() -> None:
    table = locate_observed(flat_worlds(np.random.default_rng(1), 4), {"csat": 99.0})
    assert table["quantile"][0] == 1.0 and "above nearly every world" in table["in_words"][0]
    table = locate_observed(flat_worlds(np.random.default_rng(1), 4), {"csat": 75.0})
    assert table["in_words"][0] == ""


def test_a_fit_that_fails_identifies_nothing_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"{year}-12-31,csat,3" for year in range(2010, 2022))
    folder_of(Path("o"), {"organisation.toml": SMALL, "history.csv": f"date,kpi,value\n{rows}\n", "fitted.parquet": ""})
    worlds = flat_worlds(np.random.default_rng(1), 0)
    monkeypatch.setattr(fitted_folder, "run_worlds", lambda *_, **__: worlds)
    result = CliRunner().invoke(app, ["org", "fit", "o", "--workers", "1"])
    assert result.exit_code == 1 and "FAILED" in result.output
    assert not Path("o/fitted.parquet").exists()
    found = fit(read_folder(Path("o")), {"csat": quarters([3.0] * 12)}, worlds, 1, Runner(workers=1))
    assert not found.targets_met and not found.table()["identified"].any()


def test_comparisons_draw_from_the_fit_and_pair_scenarios_on_one_draw(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": SMALL})
    space = dimensions(["market.churn"])
    levels = pd.DataFrame({"kpi": ["csat"], "away": [0.0]})
    Fit(space, np.array([[0.002], [0.006]]), levels, 1.0).frame().to_parquet(folder / "fitted.parquet")
    layout = layout_of_folder(folder)
    assert [layout.values_for(seed)["market.churn"] for seed in (0, 1, 2)] == [0.002, 0.006, 0.002]


def test_no_forecast_is_shown_without_its_back_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_template(Path("my"))
    rng = np.random.default_rng(1)
    names = ("csat", "fcr", "staff_turnover", "engagement")
    scale = {"csat": (75, 4), "fcr": (0.65, 0.05), "staff_turnover": (0.25, 0.05), "engagement": (0.6, 0.05)}
    values = {
        name: rng.normal(*scale[name], (100, 1)) + rng.normal(0, scale[name][1] / 20, (100, PAST_STEPS + 2)) for name in names
    }  # fmt: skip
    runs = Ensemble(dimensions(["market.churn"]), rng.random((100, 1)), values)
    monkeypatch.setattr(worlds_of, "run_worlds", lambda *_, **__: runs)
    output = CliRunner().invoke(app, ["org", "forecast", "my", "--steps", "2"], catch_exceptions=False).output
    assert output.count("Back-test of ") == output.count("| date |") == 4
    assert "Not identifiable from levels alone" in output and "not back-tested" in output


def test_a_history_that_is_too_short_is_refused(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "o", {"organisation.toml": SMALL, "history.csv": "date,kpi,value\n2025-12-31,csat,70\n"}
    )
    with pytest.raises(InputError, match=r"no KPI of history\.csv has 6 values"):
        series_of(read_folder(folder))
    with pytest.raises(InputError, match="must be at least 40, got 5"):
        run_worlds(read_folder(folder), 4, 13, 5, 1, Runner(workers=1))
