"""An organisation for Mesa's tools: a ``DataCollector``, levers as keyword arguments, and positions for drawing people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesa import DataCollector

from ccsim.errors import InputError, did_you_mean
from ccsim.model.extension import Own, within
from ccsim.model.kpis import KPIS
from ccsim.scenarios.renamed import renamed_arguments
from ccsim.scenarios.scenario import Scenario
from ccsim.simulation.agents import AgentView, Customer, Employee, Leader
from ccsim.simulation.mesa_model import Organisation

if TYPE_CHECKING:
    from ccsim.simulation.floor import Floor

#: Reporters that Mesa accepts: the name of an attribute, a function of the agent, or a function and its arguments.
Reporter = str | Callable[..., Any] | Sequence[Any]
#: Agent reporters by name, or names of attributes.
Reporters = Mapping[str, Reporter] | Sequence[str]


@renamed_arguments(plan="scenario_")
class CollectedOrganisation(Organisation):
    """An organisation with Mesa's ``DataCollector``, for ``batch_run`` and ``SolaraViz``.

    Args:
        scenario_: a scenario, its name, or the path of its file.
        rng: the seed of all draws, a whole number from 0 to 2**63 - 1.
        weeks: the horizon.
        scenario: the same as ``scenario_``, under the name that :class:`Organisation` uses. Mesa 3.5 passes an object of its own under
            this name when it resets a model; that object is ignored.
        levers: values that differ from the scenario's, by dotted key.
        organisation: folder of files from which the organisation is founded.
        mechanisms: users' mechanisms, as paths of files or as modules.
        agent_reporters: what to collect from every person each week; nothing by default, because it takes one row per person
            and week. An attribute that a kind of person does not have is None.
        agenttype_reporters: the same by class of agents: ``{Employee: ("conviction", "habit")}``.
        kwargs: levers, assumptions and sizes by dotted key, as ``batch_run`` and ``SolaraViz`` vary them.

    Raises:
        InputError: a scenario, seed, value or reporter cannot be used; the message says what is accepted.

    Attributes:
        datacollector: Mesa's collector. Row ``n`` of its model frame is week ``n``: ``week`` and every KPI. In frames of
            agents, Mesa's ``Step`` is the week plus one.
    """

    def __init__(
        self, scenario_: Scenario | str | Path = "nothing", *, rng: int = 0, weeks: int = 156, scenario: Any = None,
        levers: Mapping[str, Any] | None = None, organisation: str | Path | None = None,
        mechanisms: Iterable[Own] | Own | None = None, agent_reporters: Reporters | None = None,
        agenttype_reporters: Mapping[type[AgentView], Reporters] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        chosen = scenario if isinstance(scenario, (str, Path, Scenario)) else scenario_
        super().__init__(
            chosen, rng=rng, weeks=weeks, levers={**(levers or {}), **kwargs}, organisation=organisation,
            mechanisms=mechanisms,
        )  # fmt: skip
        with within(self.simulation.extension):
            names = list(KPIS)
        self._latest: tuple[int, dict[str, float]] = (-1, {})
        self.datacollector = _WeeklyCollector(
            {"week": "week", **{name: partial(CollectedOrganisation.latest, name=name) for name in names}},
            self._reporters(agent_reporters, (Employee, Leader, Customer)),
            {kind: self._reporters(rows, (kind,)) for kind, rows in (agenttype_reporters or {}).items()},
        )

    def step(self) -> None:
        """Simulate and collect one week, unless the horizon is reached."""
        before = self.week
        super().step()
        if self.week > before:
            self.datacollector.collect(self)

    @cached_property
    def grid(self) -> Floor:
        """The space in which people are drawn, for Mesa's ``SpaceRenderer``."""
        from ccsim.simulation.floor import Floor

        return Floor(self)

    def latest(self, name: str) -> float:
        """Return a KPI of the last simulated week.

        Args:
            name: name of the KPI.

        Returns:
            The value, in the unit of the KPI.
        """
        if self._latest[0] != self.week:
            self._latest = self.week, {key: float(values[-1]) for key, values in self.simulation.kpis().items()}
        return self._latest[1][name]

    def _reporters(self, wanted: Reporters | None, kinds: Sequence[type[AgentView]]) -> dict[str, Reporter]:
        """Return reporters in the form that Mesa accepts; names of attributes are checked.

        Raises:
            InputError: no agent of these classes has an attribute of that name.
        """
        names = (wanted,) if isinstance(wanted, str) else wanted or ()
        rows: dict[str, Reporter] = dict(names) if isinstance(names, Mapping) else {name: name for name in names}
        extension = self.simulation.extension
        for label, reporter in rows.items():
            if not isinstance(reporter, str):
                continue
            known = {name for kind in kinds for name in dir(kind) if not name.startswith("_")} | {"row", "unique_id"}
            if extension:
                known |= {name for kind in kinds for name in extension.columns_of(kind.population)}
            if reporter not in known:
                who = " or ".join(kind.__name__ for kind in kinds)
                raise InputError(
                    f"agent reporter {reporter!r}: no {who} has this attribute{did_you_mean(reporter, known)}"
                )
            rows[label] = partial(_attribute, name=reporter)
        return rows


class _WeeklyCollector(DataCollector):
    """Mesa's collector, with people and KPIs of the same week in one row of ``batch_run``."""

    def collect(self, model: Organisation) -> None:
        """Collect a week."""
        super().collect(model)
        if self.agent_reporters and not hasattr(self, "_collection_steps"):
            # batch_run of Mesa 3.3 counts rows of KPIs from 0, but looks up people by the number of the step.
            self._agent_records[model.steps - 1] = self._agent_records.pop(model.steps)


def _attribute(agent: AgentView, name: str) -> Any:
    return getattr(agent, name, None)
