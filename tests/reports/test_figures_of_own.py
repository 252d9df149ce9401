"""Figures of an own organisation show data beside the model, and no forecast without its back-test."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of

from ccsim.analysis.forecasting.forecast import Forecast
from ccsim.analysis.forecasting.series import Series
from ccsim.organisations.io import read_folder
from ccsim.organisations.layout import layout_of_folder
from ccsim.reports.figures import forecast as figures
from ccsim.reports.figures.organisation import layout_figure, layout_table

LINE = "Back-test of csat, the last 2 values: worse"


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return back-tests of one series of six quarters, of which two are kept back."""
    dates = pd.date_range("2024-03-31", periods=6, freq="QE")
    series = Series("csat", dates, np.array([70.0, 71.0, 70.5, 71.5, 72.0, 73.0]), 13.0, 1.0)

    def foretold(past: Series, _worlds: object, steps: int, seed: int, _drivers: object) -> Forecast:
        days = pd.date_range(past.dates[-1], periods=steps + 1, freq="QE")[1:]
        return Forecast("csat", days, np.random.default_rng(seed).normal(71, 2, (200, steps)))

    monkeypatch.setattr(figures, "forecast", foretold)
    ensembles = SimpleNamespace(folder=SimpleNamespace(name="Works", currency="CHF"), of=lambda *_: None)
    return SimpleNamespace(
        series=(series,), steps=2, drivers=(None,), ensembles=ensembles, lines=lambda: {"csat": LINE}
    )


def test_a_forecast_is_drawn_with_what_was_seen_what_was_kept_back_and_the_verdict(tested: Any) -> None:
    ahead = [figures.forecast(tested.series[0], None, 2, 1, None)]
    figure = figures.forecast_figure(tested, ahead, 1)
    panel = figure.axes[0]
    shown = {
        line.get_label(): line.get_xydata()[:, 1].tolist() for line in panel.get_lines() if line.get_label()[0] != "_"
    }
    assert shown["seen"] == [70.0, 71.0, 70.5, 71.5] and shown["kept back"] == [72.0, 73.0]
    assert shown["forecast"] == ahead[0].table()["median"].tolist() and len(shown["back-test"]) == 2
    assert panel.get_xlabel().replace("\n", " ") == LINE and panel.get_title() == "Customer satisfaction (of 100)"
    table = figures.forecast_table(tested, ahead)
    assert table["backtest"].tolist() == [LINE, LINE] and len(table) == 2


def test_spans_and_ties_of_files_stand_beside_those_of_the_model(tmp_path: Path) -> None:
    people = ["id,department,manager", "top,A,", "one,A,top", "two,A,top"]
    people += [f"a{k},A,one" for k in range(12)] + [f"b{k},A,two" for k in range(20)]
    ties = ["from,to", *(f"a{k},b{k}" for k in range(12)), *(f"b{k},a0" for k in range(12))]
    folder = folder_of(tmp_path / "o", {
        "organisation.toml": "[sizes]\ncustomers = 50\n", "people.csv": "\n".join(people) + "\n", "ties.csv": "\n".join(ties) + "\n",
    })  # fmt: skip
    read, layout = read_folder(folder), layout_of_folder(folder)
    table = layout_table(read, layout, 1).set_index("what")
    assert table.loc["posts to a leader, mean", ["data", "model"]].tolist() == [16.0, 16.0]
    assert table.loc["leaders", ["data", "model"]].tolist() == [3.0, 3.0]
    spans, named = layout_figure(read, layout, 1).axes[2:]
    for panel in (spans, named):
        labels = [container.get_label() for container in panel.containers]
        heights = [[bar.get_height() for bar in container] for container in panel.containers]
        assert labels == ["data", "model"] and heights[0] == heights[1] and sum(heights[0]) == 32
    none = layout_table(
        read_folder(folder_of(tmp_path / "none", {"organisation.toml": ""})), layout_of_folder(tmp_path / "none"), 1
    )
    assert (
        none.set_index("what").loc["leaders", "data"] != none.set_index("what").loc["leaders", "data"]
    )  # not stated: nan
