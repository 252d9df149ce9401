from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ccsim.analysis.comparison import Comparison, compare
from ccsim.errors import UnknownNameError
from ccsim.experiments.experiment import Experiment, Sweep
from ccsim.reports.figures.comparison import comparison_figure, save, style_of, sweep_figure
from ccsim.scenarios.scenario import Intervention


@pytest.fixture
def comparison(small_experiment: Experiment) -> Comparison:
    return compare(small_experiment, workers=1)


def with_moves(experiment: Experiment, *moves: Intervention) -> Experiment:
    busy = replace(experiment.scenarios["busy"], schedule=moves)
    return replace(experiment, scenarios={**experiment.scenarios, "busy": busy}, replicates=2)


def labels(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.texts]


def swept_over(experiment: Experiment, lever: str, values: tuple[Any, ...]) -> Comparison:
    busy = experiment.scenarios["busy"]
    points = {f"busy @ {value}": ("busy", value) for value in values}
    more = {name: busy.with_values({lever: value}, name=name) for name, (_, value) in points.items()}
    scenarios = {**experiment.scenarios, **more}
    return compare(
        replace(experiment, scenarios=scenarios, replicates=2, kpis=("csat",), sweep=Sweep(lever, values, points)),
        workers=1,
    )


def test_the_figure_shows_each_kpi_scenario_and_event(comparison: Comparison) -> None:
    figure = comparison_figure(comparison)
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Customer satisfaction", "Net present value"]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["Doing nothing (baseline)", "A hero leaves"]
    assert "The hero leaves" in labels(figure.axes[0])
    assert any("4 paired runs" in text.get_text() for text in figure.texts)


def test_the_figure_fits_a_slide_and_is_read_from_the_back_row(comparison: Comparison) -> None:
    from matplotlib.text import Text

    figure = comparison_figure(comparison)
    width, height = figure.get_size_inches()
    assert width / height == pytest.approx(16 / 9, abs=0.01)
    written = [text for text in figure.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in written) >= 11


def test_a_sum_to_date_is_drawn_as_its_difference_to_the_baseline(comparison: Comparison) -> None:
    panel = comparison_figure(comparison, ["npv"]).axes[0]
    baseline, busy = panel.lines[0].get_ydata(), panel.lines[1].get_ydata()
    runs = comparison.runs.set_index(["scenario", "week"])["npv"].groupby(level=[0, 1]).mean()
    assert not baseline.any()
    assert busy == pytest.approx((runs["busy"] - runs["nothing"]).to_numpy(), rel=1e-9, abs=1e-6)
    assert any("against the baseline" in text for text in labels(panel))


def test_a_crossing_is_ringed_and_dated(comparison: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Comparison, "overtakes_week", lambda *_: 14)
    panel = comparison_figure(comparison, ["npv"]).axes[0]
    assert "ahead from\nweek 14" in labels(panel)
    monkeypatch.setattr(Comparison, "overtakes_week", lambda *_: None)
    assert not any("ahead" in text for text in labels(comparison_figure(comparison, ["npv"]).axes[0]))


def test_names_of_events_do_not_lie_on_each_other(small_experiment: Experiment) -> None:
    moves = (
        Intervention.create({"programme.budget": float(week)}, week=week, label=f"Budget in week {week}")
        for week in (4, 5, 6)
    )
    figure = comparison_figure(compare(with_moves(small_experiment, *moves), workers=1), ["csat", "fcr", "nps"])
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if "Budget" in text.get_text()]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for one in boxes for other in boxes if one is not other)


def test_many_events_are_numbered_and_listed_in_a_key(small_experiment: Experiment) -> None:
    moves = (
        Intervention.create({"programme.budget": float(week)}, week=week, label=f"Event of week {week}")
        for week in range(2, 9)
    )
    figure = comparison_figure(compare(with_moves(small_experiment, *moves), workers=1), ["csat", "fcr", "nps"])
    key = " ".join(text.get_text() for text in figure.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert "7 week 8: Event of week 8" in key
    assert {"1", "7"} <= set(labels(figure.axes[0]))


def test_a_move_on_a_condition_stands_at_its_median_week(
    small_experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pandas as pd

    from ccsim.results.results import Results

    move = Intervention.create({"programme.budget": 1.0}, when="csat > 0", label="Let go")
    comparison = compare(with_moves(small_experiment, move), workers=1)
    weeks = pd.DataFrame({"scenario": "busy", "replicate": [0, 1, 2], "week": [3, 5, 9], "label": "Let go"})
    monkeypatch.setattr(Results, "interventions", weeks)
    panel = comparison_figure(comparison).axes[0]
    assert "Let go (median)" in labels(panel)
    assert [5.0, 5.0] in [list(line.get_xdata()) for line in panel.lines]


def test_a_figure_is_written_twice_the_same(comparison: Comparison, tmp_path: Path) -> None:
    first = save(comparison_figure(comparison), tmp_path / "made" / "a")
    second = save(comparison_figure(comparison), tmp_path / "b.png")
    assert [path.name for path in (*first, *second)] == ["a.png", "a.svg", "b.png", "b.svg"]
    assert first[0].read_bytes() == second[0].read_bytes()
    assert first[1].read_bytes() == second[1].read_bytes()


def test_drawing_leaves_the_settings_of_matplotlib_alone(comparison: Comparison, tmp_path: Path) -> None:
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    save(comparison_figure(comparison), tmp_path / "a")
    assert dict(mpl.rcParams) == before


def test_scenarios_are_distinguished_without_colour() -> None:
    assert len({str(style_of(number)[1]) for number in range(7)}) == 7
    assert len({str(style_of(number)) for number in range(37)}) == 37


def test_the_baseline_looks_the_same_wherever_it_stands(small_experiment: Experiment) -> None:
    turned = replace(small_experiment, scenarios=dict(reversed(small_experiment.scenarios.items())), replicates=1)
    first, second = comparison_figure(compare(turned, workers=1), ["csat"]).axes[0].lines[:2]
    assert (first.get_color(), second.get_color()) == (style_of(1)[0], style_of(0)[0])


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7])
def test_any_number_of_kpis_finds_room(comparison: Comparison, count: int) -> None:
    kpis = ["csat", "nps", "fcr", "adoption", "profit", "npv", "churn"][:count]
    figure = comparison_figure(comparison, kpis)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == count
    assert shown[-1].get_xlabel() == "week"


def test_one_week_of_one_run_is_a_dot(small_experiment: Experiment) -> None:
    alone = with_moves(small_experiment)
    figure = comparison_figure(compare(alone, workers=1, weeks=1, replicates=1))
    assert figure.axes[0].lines[0].get_marker() == "o"


def test_an_unknown_kpi_is_refused(comparison: Comparison) -> None:
    with pytest.raises(UnknownNameError, match=r"no KPI is called 'cast'.*'csat'"):
        comparison_figure(comparison, ["cast"])


def test_a_sweep_is_drawn_over_its_lever(small_experiment: Experiment) -> None:
    figure = sweep_figure(swept_over(small_experiment, "programme.budget", (0.0, 2000.0)))
    assert figure is not None
    assert list(figure.axes[0].lines[0].get_xdata()) == [0.0, 900.0, 2000.0]
    assert figure.axes[0].get_xlabel() == "programme.budget (EUR/week)"


def test_a_sweep_over_kinds_names_them(small_experiment: Experiment) -> None:
    from ccsim.model.settings import all_parameters

    lever = next((row for row in all_parameters().values() if row.choices and row.role == "lever"), None)
    if lever is None:
        pytest.skip("no lever has kinds")
    figure = sweep_figure(swept_over(small_experiment, lever.key, lever.choices))
    assert figure is not None
    assert [tick.get_text() for tick in figure.axes[0].get_xticklabels()] == list(lever.choices)


def test_without_a_sweep_there_is_no_sweep_figure(comparison: Comparison) -> None:
    assert sweep_figure(comparison) is None
