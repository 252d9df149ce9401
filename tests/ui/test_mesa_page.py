"""An organisation opens in Mesa's own page, is stepped there, and is the organisation that the command line runs."""

from __future__ import annotations

import pytest

pytest.importorskip("solara")
pytest.importorskip("altair")

import solara
from mesa.visualization import make_plot_component
from mesa.visualization.utils import update_counter

from ccsim.errors import UnknownNameError
from ccsim.scenarios.scenario import load
from ccsim.simulation.simulation import simulate
from ccsim.ui.mesa_page import Shown, page

SMALL = {"organisation.staff": 20, "organisation.customers": 60, "organisation.warm_up": 4}


def test_it_is_the_organisation_of_the_command_line():
    model = Shown("top-down", rng=3, weeks=6, **SMALL)
    for _ in range(9):
        model.step()
    run = simulate(load("top-down").with_values(SMALL), 3, 6)
    assert model.datacollector.get_model_vars_dataframe()["npv"].tolist() == run.kpis["npv"].tolist()


def test_solaraviz_draws_it_with_a_component_of_ones_own():
    made = []

    @solara.component
    def mine(model):
        made.append(model)
        solara.Text(f"my component: week {model.week}")

    shown = page("top-down", levers=("programme.budget",), components=[(mine, 0), make_plot_component("fcr")],
                weeks=6, sizes=SMALL)  # fmt: skip
    _, context = solara.render(shown(), handle_error=False)
    assert made, "the component is drawn beside ours"
    model = made[-1]
    assert (model.week, model.settings.programme.budget) == (-1, load("top-down").values()["programme.budget"])
    model.step()
    update_counter.set(1)
    assert made[-1].week == 0
    context.close()


def test_a_lever_that_does_not_exist_is_refused():
    with pytest.raises(UnknownNameError):
        page(levers=("programme.budgte",))
