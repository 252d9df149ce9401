"""An organisation in Mesa's own SolaraViz: what ``ccsim mesa`` opens, and a page of your own.

A file with these lines is a page for ``solara run``::

    from ccsim.ui.mesa_page import page

    Page = page("top-down", levers=("programme", "empowerment.rights"))
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component

from ccsim.engine.parameters import SHARES, Parameter
from ccsim.errors import UnknownNameError
from ccsim.model.extension import active
from ccsim.model.kpis import KPIS
from ccsim.model.settings import GROUPS, all_parameters
from ccsim.results.formatting import unit_of
from ccsim.scenarios.scenario import Scenario, check, list_scenarios, load_scenario
from ccsim.simulation.collected import CollectedOrganisation
from ccsim.ui import guard
from ccsim.ui.floor_plan import FloorRenderer

#: Arguments of :func:`page` from the command line, because Solara calls it without any.
CHOSEN: dict[str, Any] = {}
#: KPIs plotted by default, one plot each.
PLOTS: tuple[str | tuple[str, ...], ...] = (
    ("csat", "reported_csat"), ("conviction", "adoption"), "fcr", "engagement", "npv",
)  # fmt: skip
#: Default levers of a page, besides those that its scenario sets; also the application's first levers.
FIRST_LEVERS = (
    "programme.budget", "programme.top_down_share", "empowerment.rights", "staff_scorecard.journey",
    "empowerment.blame", "champions.count", "champions.hours",
)  # fmt: skip
#: Labels above their sliders, and numbers above their knobs. Vuetify would show a number only while its knob is moved.
LOOK = """
.v-navigation-drawer .v-input__slider .v-input__slot { flex-wrap: wrap; }
.v-navigation-drawer .v-input__slider .v-label { flex: 1 0 100%; font-size: 14px; height: auto; margin-bottom: 14px; }
.v-slider__thumb-label-container { display: block !important; }
.v-application .v-slider__thumb-label.v-slider__thumb-label { background: none !important; color: inherit !important;
  transform: translate(-50%, -4px) !important; width: auto !important; height: auto !important; }
.v-application .v-slider__thumb-label.v-slider__thumb-label * { transform: none !important; font-size: 13px; }
.ccsim-plots { display: none; }
@media (max-width: 700px) {
  .v-navigation-drawer.v-navigation-drawer { position: static !important; transform: none !important; width: 100% !important;
    min-width: 0 !important; max-width: none !important; max-height: 54vh !important; top: 0 !important; margin-top: 66px;
    visibility: visible !important; box-shadow: none; }
  html.overflow-y-hidden { overflow-y: auto !important; }
  div:has(> .v-content) { height: auto !important; }
  .v-content.v-content { padding: 0 !important; height: auto !important; }
  .v-content__wrap > div { height: auto !important; max-height: none !important; overflow: visible !important; }
  .v-overlay, .v-app-bar__nav-icon { display: none !important; }
  .vue-grid-layout.vue-grid-layout { height: auto !important; }
  .vue-grid-item.vue-grid-item { position: static !important; transform: none !important; width: 100% !important; height: auto !important; }
}
.v-application .v-app-bar.v-toolbar.v-app-bar { background-color: #1565c0 !important; border-color: #1565c0 !important; }
.theme--dark .v-btn.primary .v-btn__content { color: #000; }
.theme--dark .v-toolbar.v-toolbar { background-color: #1565c0 !important; }
.ccsim-title { font-size: 18px; font-weight: 600; }
.theme--dark img.widget-image { filter: invert(0.88) hue-rotate(180deg); }
.ccsim-group { margin: 18px 0 0; font-size: 16px; font-weight: 600; }
"""


#: Shown above Mesa's own controls.
NOTE = (
    "Scenario, seed and levers act when you press Reset; one step is one week. A lever that you do not change has the value "
    "set by the scenario."
)


#: What the picture of the organisation is, in words.
DRAWING = "The organisation: leaders and staff by conviction, customers by satisfaction"


class Lever(Slider):
    """Mesa's slider for a lever; the first of a group brings the group's heading.

    Args:
        row: the lever.
        value: where it begins.
        heading: the group's name; empty for all but the first.
    """

    def __init__(self, row: Parameter, value: float, heading: str = "") -> None:
        low, high = row.range
        kind = int if row.kind is int else float
        self.heading, self._text = heading, label_of(row)
        super().__init__(
            "", kind(value), kind(min(low, value)), kind(max(high, value)),
            1 if kind is int else 10.0 ** math.floor(math.log10((high - low) / 40)), dtype=kind,
        )  # fmt: skip

    @property
    def label(self) -> str:
        """The label. Mesa's page has no groups: it asks for each label where the slider is drawn, after the heading."""
        if self.heading:
            solara.HTML(tag="h2", unsafe_innerHTML=self.heading, classes=["ccsim-group"])
        return self._text

    @label.setter
    def label(self, _text: str) -> None:
        """Ignore the value that Mesa sets: the label comes from the declaration."""


def label_of(row: Parameter) -> str:
    """Return a lever's name with its unit."""
    words = row.name.replace("_", " ").capitalize()
    unit = "share, 0 to 1" if row.unit in SHARES else row.unit
    return words if unit in ("", "on/off", "weight") else f"{words} ({unit})"


def levers_of(scenario: Scenario, requested: Sequence[str] | None) -> list[Parameter]:
    """Return the levers of a page, group by group.

    Args:
        scenario: what it begins with.
        requested: keys, names of groups, or ``"all"``; None for the first ones, those that the scenario sets and those of
            users' mechanisms, which stand first.

    Raises:
        UnknownNameError: there is no lever or group of levers with this name.
    """
    rows = {key: row for key, row in all_parameters().items() if row.role == "lever"}
    groups = {row.group for row in rows.values()}
    own = groups - {kind.group for kind in GROUPS}
    if requested is None:
        moved = {key for move in scenario.schedule for key in move.set}
        chosen = {*FIRST_LEVERS, *scenario.values(), *moved, *own}
    else:
        chosen = set(requested)
        for name in sorted(chosen - groups - {"all"}):
            if name not in rows:
                raise UnknownNameError("lever or group of levers", name, [*rows, *groups, "all"])
    levers = [row for key, row in rows.items() if "all" in chosen or key in chosen or row.group in chosen]
    order = list(dict.fromkeys(row.group for row in levers))
    return sorted(levers, key=lambda row: (row.group not in own, order.index(row.group)))


def plots_of(requested: Sequence[Any] | None) -> list[Any]:
    """Return the plots: those named, or by default those of the KPIs of users' mechanisms and the usual ones."""
    if requested is not None:
        return list(requested)
    own = active()
    return [*(own.kpis if own else ()), *PLOTS]


def inputs(scenario: Scenario, requested: Sequence[str] | None) -> dict[str, Any]:
    """Return a slider, a choice or a checkbox for each lever, by key, in the format of SolaraViz."""
    params: dict[str, Any] = {}
    initial, last = scenario.values(), ""
    for row in levers_of(scenario, requested):
        value = initial.get(row.key, row.shown)
        group = row.group.replace("_", " ").capitalize()
        if row.choices or row.kind is bool:
            kind = {"type": "Select", "values": list(row.choices)} if row.choices else {"type": "Checkbox"}
            params[row.key] = {**kind, "value": value, "label": f"{group}: {label_of(row).lower()}"}
        else:
            params[row.key] = Lever(row, value, group if row.group != last else "")
            last = row.group
    return params


def _shown(initial: Mapping[str, Any], names: Sequence[str]) -> type[CollectedOrganisation]:
    """Return the class that the page instantiates at Reset, which applies only the levers that were changed.

    SolaraViz passes the values of all sliders, which would override the levers of a newly chosen scenario.

    Args:
        initial: the initial values of the sliders, by key.
        names: the scenarios that the page offers.
    """

    class Shown(CollectedOrganisation):
        """An organisation of the page."""

        def __init__(
            self, scenario_: str = "nothing", *, rng: int = 0, weeks: int = 156, scenario: Any = None, **kwargs: Any
        ):
            # A browser may send any text; a path would be read from this machine.
            if scenario_ not in names:
                raise UnknownNameError("scenario", str(scenario_), names)
            changed = {key: value for key, value in kwargs.items() if key not in initial or value != initial[key]}
            super().__init__(scenario_, rng=int(rng), weeks=weeks, levers=changed)

    return Shown


def _title(names: Sequence[str]) -> str:
    """Return the title of a plot of KPIs."""
    return " and ".join(dict.fromkeys(KPIS[name].title for name in names))


def plot(names: str | Sequence[str] | Mapping[str, str]) -> Any:
    """Return Mesa's plot of one or more KPIs with title and unit, shares in per cent.

    Args:
        names: a KPI, several, or colours by KPI.

    Raises:
        UnknownNameError: a KPI that does not exist.
    """
    rows = [names] if isinstance(names, str) else list(names)
    for name in rows:
        if name not in KPIS:
            raise UnknownNameError("KPI", name, KPIS)

    def finish(panel: Any) -> None:
        from matplotlib.ticker import FuncFormatter

        lines = panel.get_lines()
        for line, name in zip(lines, rows, strict=True):
            line.set_label(KPIS[name].title)
        panel.set_title(_title(rows))
        panel.set_ylabel(unit_of(rows[0]))
        if len(lines[0].get_xdata()) == 1:
            # One week is a point, not a line.
            for line in lines:
                line.set_marker("o")
        if len(rows) > 1:
            panel.legend(loc="best")
        factor = 100 if KPIS[rows[0]].unit.startswith("share") else 1
        panel.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{factor * value:,.6g}"))
        if not len(lines[0].get_xdata()):
            panel.text(0.5, 0.5, "Press Step or ▶", ha="center", transform=panel.transAxes, color="0.35")
            panel.set_xlim(0, 1)
            panel.set_yticks([])

    measure = names if isinstance(names, (str, Mapping)) else list(names)
    return make_plot_component(dict(measure) if isinstance(measure, Mapping) else measure, post_process=finish)


def page(
    scenario: str = "nothing", *, levers: Sequence[str] | None = None, kpis: Sequence[Any] | None = None,
    components: Sequence[Any] = (), weeks: int = 156, sizes: Mapping[str, Any] | None = None,
) -> Callable[[], Any]:  # fmt: skip
    """Return a page of Mesa's SolaraViz.

    Args:
        scenario: name of the scenario that it begins with.
        levers: as :func:`levers_of` takes them. A change acts at Reset.
        kpis: what is plotted with Mesa's plot component: a KPI, several in one plot, or colours by KPI; None for a few
            and those of users' mechanisms.
        components: more of Mesa's components, as SolaraViz takes them.
        weeks: the horizon.
        sizes: values that are fixed, by key.

    Raises:
        UnknownNameError: a lever or a KPI that does not exist.
        InputError: Solara's own command would serve the page to other machines.
    """
    guard.require()
    fixed = {key: check(key, value) for key, value in (sizes or {}).items()}
    start, kpis = load_scenario(scenario), plots_of(kpis)
    rows = {key: row for key, row in inputs(start, levers).items() if key not in fixed}
    names = sorted({*list_scenarios("scenarios"), scenario})
    params: dict[str, Any] = {
        "scenario_": {"type": "Select", "value": scenario, "values": names, "label": "Scenario"},
        "rng": {"type": "SliderInt", "value": 1, "min": 0, "max": 1000, "step": 1, "label": "Seed"},
        "weeks": weeks, **fixed, **rows,
    }  # fmt: skip
    plots = [plot(each) for each in kpis]
    # In the order of the pictures, for those who hear the page.
    titles = [DRAWING, *(_title([each] if isinstance(each, str) else list(each)) for each in kpis)]
    shown = _shown({key: row.value if isinstance(row, Lever) else row["value"] for key, row in rows.items()}, names)

    @solara.component
    def Page() -> None:
        # Made for each visitor: a model of the module would be shared by all.
        model = solara.use_memo(lambda: shown(scenario, rng=1, weeks=weeks, **fixed), [])
        renderer = solara.use_memo(lambda: FloorRenderer(model), [])
        solara.Style(LOOK)
        solara.Title(f"ccsim in Mesa: {start.title}")
        with solara.Sidebar():
            solara.HTML(tag="h1", unsafe_innerHTML="ccsim in Mesa", classes=["ccsim-title"])
            solara.Text(NOTE)
            solara.HTML(tag="div", unsafe_innerHTML=json.dumps(titles), classes=["ccsim-plots"])
        SolaraViz(model, renderer, [*plots, *components], model_params=params, name="ccsim")

    return Page
