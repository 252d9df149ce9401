"""Scenario discovery on planted boxes, on noise, and on a small organisation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

from ccsim.analysis.discovery import METHODS, discover, discovered
from ccsim.analysis.parameter_space import dimensions, drawn, numbers_of
from ccsim.analysis.problem import AnalysisProblem, Runner
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.reports.figures.discovery import regions_figure
from ccsim.scenarios.scenario import Scenario

STUDY = AnalysisProblem(Scenario("toy", "Toy"), seed=2)
SPACE = dimensions(
    ["habit.utility_weight=0:1", "habit.decay_rate=0:1", "programme.budget=0:20000", "champions.selection"]
)
run = CliRunner()


def planted(method, flipped=0.0, points=500, density=0.8):
    """Points of which those with budget above 8000 and one of two kinds of champions have the outcome."""
    x = numbers_of(SPACE, drawn(SPACE, "latin-hypercube", points, 1))
    keys = [one.key for one in SPACE]
    budget, chosen = x[:, keys.index("programme.budget")], x[:, keys.index("champions.selection")]
    yes = (budget > 8000) & np.isin(chosen, [0, 1, 2])
    yes ^= np.random.default_rng(0).random(points) < flipped
    rows = [{"point": n, "replicate": 0, "week": week, "npv": week * (2.0 * one - 1)} for n, one in enumerate(yes)
            for week in (5, 9)]  # fmt: skip
    return discovered(STUDY, SPACE, "npv > 0", x, yes.astype(float), pd.DataFrame(rows), method, min_density=density)


@pytest.mark.slow
def test_prim_finds_a_planted_box_and_nothing_else():
    found = planted("prim", flipped=0.05, points=300, density=0.9)
    region = found.regions[0]
    assert set(region.limits) == {"programme.budget", "champions.selection"}
    assert region.limits["champions.selection"] == (0.0, 1.0, 2.0)
    assert region.limits["programme.budget"][0] == pytest.approx(8000, abs=1500)
    assert region.limits["programme.budget"][1] == 20000
    assert region.coverage.low < 0.9 < region.coverage.high and region.density.low < 0.9
    assert all(p < 0.05 for p in region.quasi_p.values())
    assert "programme.budget is at least" in region.describe(SPACE)[0]
    assert "at random or most convinced or best connected" in region.describe(SPACE)[1]


def test_a_tree_finds_a_planted_box_in_parts():
    found = planted("tree")
    assert found.regions and all(region.density.share > 0.95 for region in found.regions)
    for region in found.regions:
        assert region.limits["programme.budget"][0] == pytest.approx(8000, abs=900)
        assert set(region.limits["champions.selection"]) <= {0.0, 1.0, 2.0}


@pytest.mark.parametrize("method", METHODS)
def test_noise_has_no_region(method):
    """Of 12 sets of noise at most 2 show a box denser than the whole on other points (2.5 % each: error rate 0.3 %)."""
    shown = 0
    x = numbers_of(SPACE[:3], drawn(SPACE[:3], "latin-hypercube", 300, 1))
    for seed in range(12):
        yes = (np.random.default_rng(seed).random(300) < 0.4).astype(float)
        found = discovered(STUDY, SPACE[:3], "npv > 0", x, yes, pd.DataFrame(), method, regions=1)
        shown += bool(found.regions)
    assert shown <= 2


def test_a_point_lies_in_the_first_region_that_holds_it():
    found = planted("tree")
    table = found.points_table()
    first = found.regions[0].holds(SPACE, found.points)
    assert (table["region"][first] == 1).all() and set(table["region"]) <= {0, 1, 2}
    assert {"words", "coverage_low", "quasi_p"} <= set(found.table())


def test_a_figure_without_a_region_says_so():
    nothing = replace(planted("tree"), regions=())
    words = " ".join(text.get_text() for text in regions_figure(nothing).findobj(Text))
    assert "No region differs" in words and "region 1" not in words


def test_the_figure_has_its_four_panels():
    figure = regions_figure(planted("prim"))
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert "Points that were run" in titles and "What a larger box costs in density" in titles


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"where": "npv_diference > 0"}, "did you mean 'npv_difference'"),
        ({"where": "npv > "}, "cannot be read"),
        ({"where": "__import__('os')"}, "cannot be used|neither true nor false"),
        ({"method": "cart"}, "prim, tree"),
        ({"samples": 20}, "samples: must be at least"),
        ({"min_density": 1.5}, "min_density: must be above 0 and at most 1, got 1.5"),
        ({"regions": 0}, "1 or more"),
        ({"where": "csat > 0", "samples": 60}, "holds at every point"),
        ({"where": "csat > 100", "samples": 60}, "holds at no point"),
    ],
)
def test_a_search_without_a_result_is_reported(small_study, changed, message):
    problem = AnalysisProblem(small_study.scenario, small_study.baseline, weeks=2, replicates=1)
    with pytest.raises(InputError, match=message):
        discover(problem, SPACE, **{"where": "npv > 0", "runner": Runner(workers=1), **changed})


def test_the_command_finds_that_spending_costs_money(small_settings, tmp_path):
    words = ["discover", "combined", "--baseline", "nothing", "--factor", "programme.budget=0:20000", "--factor", "habit.routine_protection",
             "--where", "profit_difference > -40000", "--samples", "80", "--weeks", "6", "--replicates", "1",
             "--workers", "1", *small_settings, "--out", str(tmp_path / "out")]  # fmt: skip
    output = run.invoke(app, words)
    assert output.exit_code == 0, output.output
    assert "programme.budget is at most" in output.output and "Region 1: coverage" in output.output
    table = pd.read_parquet(tmp_path / "out" / "regions.parquet")
    assert table["parameter"].tolist()[0] == "programme.budget"
    assert (tmp_path / "out" / "discover.png").stat().st_size > 10_000
