"""An organisation in Mesa's own page: its levers, its plots and its people are those of the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("solara")
pytest.importorskip("altair")

import solara
from matplotlib.figure import Figure
from mesa.visualization import make_plot_component
from mesa.visualization.solara_viz import UserInputs, copy_renderer
from mesa.visualization.utils import update_counter

from ccsim.errors import UnknownNameError
from ccsim.model.extension import extended
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.agents import Employee
from ccsim.simulation.collected import CollectedOrganisation
from ccsim.ui.floor_plan import COLOURS, FloorRenderer, portray
from ccsim.ui.mesa_page import FIRST_LEVERS, PLOTS, Lever, inputs, levers_of, page, plots_of

SMALL = {"organisation.staff": 20, "organisation.customers": 60, "organisation.warm_up": 4}
ROOT = Path(__file__).parents[2]


def drawn(element):
    """Draw an element; return all widgets in it, and what ends it."""
    box, context = solara.render(element, handle_error=False)
    found, rows = [], [box]
    while rows:
        one = rows.pop(0)
        found.append(one)
        rows[:0] = [child for child in getattr(one, "children", ()) if not isinstance(child, str)]
    return found, context


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
    assert (model.week, model.settings.programme.budget) == (-1, load_scenario("top-down").values()["programme.budget"])
    model.step()
    update_counter.set(1)
    assert made[-1].week == 0
    context.close()


def test_levers_stand_under_their_groups_with_units_and_begin_as_the_scenario_says():
    rows = inputs(load_scenario("top-down"), ("programme", "empowerment.rights"))
    widgets, context = drawn(UserInputs(rows, on_change=lambda _name, _value: None))
    groups = [one.unsafe_innerHTML for one in widgets if getattr(one, "tag", "") == "h2"]
    assert groups == ["Programme", "Empowerment"], "one heading a group"
    labels = [str(one.label) for one in widgets if isinstance(getattr(one, "label", None), str)]
    assert "Budget (EUR/week)" in labels and "Rights (share, 0 to 1)" in labels
    budget = next(one for one in widgets if getattr(one, "label", "") == "Budget (EUR/week)")
    assert budget.v_model == load_scenario("top-down").values()["programme.budget"]
    context.close()


def test_a_page_has_the_first_levers_and_those_that_its_scenario_sets_and_all_of_them_on_request():
    scenario = load_scenario("top-down")
    keys = {row.key for row in levers_of(scenario, None)}
    levers = {key for key, row in all_parameters().items() if row.role == "lever"}
    assert keys == {*FIRST_LEVERS, *scenario.levers} & levers
    assert {row.key for row in levers_of(scenario, ["all"])} == levers
    assert len(inputs(scenario, ["all"])) == len(levers), "each of them has an input"


def test_the_first_levers_are_those_of_the_application():
    source = ROOT / "web" / "src" / "levers.tsx"
    if not source.exists():
        pytest.skip("the application's sources are not there")
    listed = re.search(r"FIRST_LEVERS = (\[.*?\])", source.read_text(encoding="utf-8"), re.DOTALL)[1]
    assert tuple(json.loads(re.sub(r",\s*\]", "]", listed))) == FIRST_LEVERS


def test_a_lever_that_no_person_moved_leaves_a_newly_chosen_scenario_as_it_is():
    from ccsim.ui.mesa_page import _shown

    begun = {key: row.value for key, row in inputs(load_scenario("nothing"), None).items() if isinstance(row, Lever)}
    kind = _shown(begun, ["nothing", "top-down"])
    plain = kind("top-down", rng=1, weeks=2, **{**begun, **SMALL})
    assert plain.settings.programme.budget == load_scenario("top-down").values()["programme.budget"]
    moved = kind("top-down", rng=1, weeks=2, **{**begun, **SMALL, "programme.budget": 1234.0})
    assert moved.settings.programme.budget == 1234.0


def test_plots_have_titles_and_shares_are_in_per_cent(monkeypatch):
    from ccsim.ui.mesa_page import plot

    panels = []
    monkeypatch.setattr(solara, "FigureMatplotlib", lambda figure, **_: panels.append(figure.axes[0]))
    model = CollectedOrganisation("top-down", rng=1, weeks=2, **SMALL)
    for component, page_number in (plot(("conviction", "adoption")), plot("csat")):
        assert page_number == 0
        for _ in range(2):
            solara.render(component(model), handle_error=False)[1].close()
            model.step() if model.running else None
    shares = panels[1]
    assert shares.get_title() == "Staff conviction and Adoption" and shares.get_ylabel() == "%"
    assert shares.yaxis.get_major_formatter()(0.485, 0) == "48.5"
    assert [line.get_label() for line in shares.get_lines()] == ["Staff conviction", "Adoption"]
    assert "Press Step" in panels[0].texts[0].get_text(), "before week 0 it says what to do"
    assert panels[-1].get_title() == "Customer satisfaction" and panels[-1].get_ylabel() == "of 100"


def test_mesas_renderer_draws_every_person_who_has_a_place_and_follows_a_reset():
    import matplotlib.pyplot

    before = matplotlib.pyplot.get_fignums()
    model = CollectedOrganisation("top-down", rng=1, weeks=2, **SMALL)
    renderer = FloorRenderer(model)
    points = sum(len(each.get_offsets()) for each in renderer.canvas.collections)
    assert points == len(model.grid.agents) > 20
    person = model.employee(0)
    style = portray(person)
    assert (style.x, style.y) == model.grid.place_of(person)
    assert style.color == COLOURS[round(100 * person.conviction)]
    other = CollectedOrganisation("top-down", rng=2, weeks=2, **SMALL)
    again = copy_renderer(renderer, other)
    assert again.space is other.grid and isinstance(again.canvas.get_figure(), Figure)
    assert matplotlib.pyplot.get_fignums() == before, "no figure is kept for ever"


def test_champions_are_marked():
    model = CollectedOrganisation("champion-network", rng=1, weeks=20, **{**SMALL, "champions.count": 3})
    while model.running:
        model.step()
    stars = [person for person in model.agents_by_type[Employee] if portray(person).marker == "*"]
    assert stars and all(person.champion > 0 for person in stars)


def test_levers_and_kpis_of_users_mechanisms_stand_first(tmp_path):
    text = (ROOT / "docs" / "own-mechanism.md").read_text(encoding="utf-8")
    file = tmp_path / "mood.py"
    file.write_text(text.partition("```python\n")[2].partition("```")[0], encoding="utf-8")
    usual = [row.key for row in levers_of(load_scenario("nothing"), None)]
    with extended([file]):
        assert [row.key for row in levers_of(load_scenario("nothing"), None)] == ["mood.lift", *usual]
        assert [row.key for row in levers_of(load_scenario("nothing"), ["programme.budget"])] == ["programme.budget"]
        assert plots_of(None) == ["mood", *PLOTS]
        assert plots_of(["csat"]) == ["csat"]
    assert plots_of(None) == list(PLOTS)


def test_a_lever_or_kpi_that_does_not_exist_is_refused():
    with pytest.raises(UnknownNameError, match=r"programme\.budget"):
        page(levers=("programme.budgte",))
    with pytest.raises(UnknownNameError, match="csat"):
        page(kpis=("csta",))


@pytest.mark.parametrize("scenario_", ["/etc/passwd", "../x", "combined.toml", "~/x", ["combined"], None, 3])
def test_a7_a_scenario_that_the_page_does_not_offer_is_refused_unread(scenario_):
    from ccsim.ui.mesa_page import _shown

    with pytest.raises(UnknownNameError, match="no scenario is called"):
        _shown({}, ["combined", "nothing"])(scenario_, rng=1, weeks=2, **SMALL)
