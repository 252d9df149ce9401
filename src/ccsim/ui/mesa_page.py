"""An organisation in Mesa's own SolaraViz, for users of Mesa who want to add components.

A file with these lines is a page for ``solara run``::

    from ccsim.ui.mesa_page import page

    Page = page("top-down", levers=("programme.budget", "empowerment.rights"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import check, list_scenarios, load
from ccsim.simulation.mesa_model import Organisation
from ccsim.ui import guard, pictures
from ccsim.ui.course import People, Structure
from ccsim.ui.frame import CSS

if TYPE_CHECKING:
    import pandas as pd

#: KPIs that are drawn if none are named.
KPIS = ("csat", "conviction", "adoption")


class _Weeks:
    """What Mesa's plots ask of a data collector: the KPIs by week."""

    def __init__(self, model: Organisation) -> None:
        self.model = model

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        import pandas as pd

        return self.model.kpis if self.model.week >= 0 else pd.DataFrame(columns=list(pictures.KPIS), dtype=float)


class Shown(Organisation):
    """An organisation as SolaraViz makes it anew at each reset: levers are keywords, by their dotted key.

    Args:
        plan: name of the scenario. Mesa 3.5 hands over an object of its own as ``scenario``, which is left aside.
        rng: the seed.
        weeks: the horizon.
        scenario: Mesa's.
        kwargs: sizes and levers, by key.
    """

    def __init__(
        self, plan: str = "nothing", *, rng: int = 1, weeks: int = 156, scenario: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(plan, rng=int(rng), weeks=weeks, levers=kwargs)
        self.datacollector = _Weeks(self)


def people(by: str = "conviction") -> Callable[[Organisation], Any]:
    """Return a component for SolaraViz that draws everybody, coloured by one of ``ccsim.ui.course.COLOURS``."""

    @solara.component
    def Drawn(model: Organisation) -> None:
        update_counter.get()
        solara.Style(CSS)
        pictures.people(Structure.of(model.world), People.of(model.world, by), by, "none", -1, lambda _row: None,
                        model.simulation.weeks)  # fmt: skip

    return Drawn  # type: ignore[no-any-return]


def page(
    scenario: str = "nothing", *, levers: Sequence[str] = (), kpis: Sequence[str] = KPIS,
    components: Sequence[Any] = (), weeks: int = 156, sizes: dict[str, Any] | None = None,
) -> Callable[[], Any]:  # fmt: skip
    """Return a page of Mesa's SolaraViz.

    Args:
        scenario: name of the scenario that it begins with.
        levers: keys of numeric levers that get a slider over their usual range; a change acts at Reset.
        kpis: what is plotted with Mesa's plot component.
        components: more of Mesa's components, as SolaraViz takes them.
        weeks: the horizon.
        sizes: values that are fixed, by key.

    Raises:
        UnknownNameError: a lever or a KPI that does not exist.
        InputError: Solara's own command would serve the page to other machines.
    """
    guard.require()
    fixed = {key: check(key, value) for key, value in (sizes or {}).items()}
    params: dict[str, Any] = {
        "plan": {"type": "Select", "value": scenario, "values": sorted(list_scenarios("scenarios")), "label": "Scenario"},
        "rng": {"type": "SliderInt", "value": 1, "min": 0, "max": 1000, "step": 1, "label": "Seed"},
        "weeks": weeks, **fixed,
    }  # fmt: skip
    begun = load(scenario).values()
    start = {key: begun.get(key, all_parameters()[key].default) for key in levers if key in all_parameters()}
    for key in levers:
        check(key, all_parameters()[key].default if key in all_parameters() else 0, ("lever",))
        row = all_parameters()[key]
        low, high = row.range
        params[key] = Slider(f"{key} ({row.unit})", start[key], low, high, (high - low) / 20)
    plots = [make_plot_component(name) for name in kpis]

    @solara.component
    def Page() -> None:
        # Made for each visitor: a model of the module would be shared by all.
        model = solara.use_memo(
            lambda: Shown(scenario, weeks=weeks, **{**fixed, **start}),  # type: ignore[arg-type]
            [],
        )
        SolaraViz(model, components=[(people(), 0), *plots, *components], model_params=params, name="ccsim")

    return Page
