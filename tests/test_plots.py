from pathlib import Path

import pytest

from ccsim.comparison import Comparison, compare
from ccsim.experiment import Experiment, Sweep
from ccsim.plots import STYLES, comparison_figure, save, sweep_figure


@pytest.fixture
def comparison(small_experiment: Experiment) -> Comparison:
    return compare(small_experiment, workers=1)


def test_the_figure_shows_each_kpi_scenario_and_event(comparison: Comparison) -> None:
    figure = comparison_figure(comparison)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Customer satisfaction", "Net present value"]
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert labels == ["Doing nothing (baseline)", "A hero leaves"]
    assert "The hero leaves" in [text.get_text() for text in figure.axes[0].texts]


def test_a_figure_is_written_twice_the_same(comparison: Comparison, tmp_path: Path) -> None:
    first = save(comparison_figure(comparison), tmp_path / "a")
    second = save(comparison_figure(comparison), tmp_path / "b.png")
    assert [path.suffix for path in first] == [".png", ".svg"]
    assert first[1].read_bytes() == second[1].read_bytes()


def test_scenarios_are_told_apart_without_colour() -> None:
    assert len({str(line) for _, line in STYLES[:7]}) == 7


def test_a_sweep_is_drawn_over_its_lever(small_experiment: Experiment) -> None:
    busy = small_experiment.scenarios["busy"]
    points = {f"busy @ {value}": ("busy", value) for value in (0.0, 2000.0)}
    for name, (_, value) in points.items():
        small_experiment.scenarios[name] = busy.changed({"programme.budget": value}, name=name)
    swept = Experiment(
        "s", "S", "", "nothing", small_experiment.scenarios, weeks=16, replicates=2, kpis=("csat",),
        sweep=Sweep("programme.budget", (0.0, 2000.0), points),
    )  # fmt: skip
    comparison = compare(swept, workers=1)
    figure = sweep_figure(comparison)
    assert figure is not None
    assert list(figure.axes[0].lines[0].get_xdata()) == [0.0, 900.0, 2000.0]
    assert sweep_figure(compare(small_experiment.__class__(
        "n", "N", "", "nothing", {"nothing": small_experiment.scenarios["nothing"]}, weeks=8, replicates=1
    ), workers=1)) is None  # fmt: skip
