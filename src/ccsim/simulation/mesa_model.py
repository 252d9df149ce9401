"""The organisation as a Mesa model: one step is one week."""

from __future__ import annotations

import copy
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np

from ccsim.errors import InputError
from ccsim.model.extension import Own, extended, within
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState, Populations
from ccsim.scenarios.renamed import RenamedAttributes
from ccsim.scenarios.scenario import Intervention, Scenario, load_scenario
from ccsim.simulation.agents import AgentView, Customer, Employee, Leader
from ccsim.simulation.batch_run import refuse_equal_replicates
from ccsim.simulation.simulation import Simulation

if TYPE_CHECKING:
    import pandas as pd


class Organisation(RenamedAttributes, mesa.Model):
    """An organisation that follows a scenario, week by week.

    Args:
        scenario: a scenario, its name, or the path of its file.
        rng: the seed of all draws, a whole number from 0 to 2**63 - 1.
        weeks: the horizon. A scheduled move that is due later causes a warning. After the horizon ``running`` is false, and a further step
            only warns.
        levers: values that differ from the scenario's, by dotted key, such as ``{"programme.budget": 9000}``.
        organisation: folder of files from which the organisation is founded, instead of the scenario's.
        mechanisms: users' mechanisms, as paths of files or as modules.

    Raises:
        InputError: a scenario, seed or value cannot be used; the message says what is accepted.

    Attributes:
        week: the last simulated week; -1 before week 0.
        world: the whole state.
        events: (week, label) of every move made.

    Mesa's own ``rng`` and ``random`` are also seeded, for use in an analysis, but the model never uses
    them: its draws are keyed (see :mod:`ccsim.engine.rng`).
    """

    _former: ClassVar[Mapping[str, str]] = {"plan": "scenario_", "world": "state"}

    def __init__(
        self,
        scenario: Scenario | str | Path = "nothing",
        *,
        rng: int = 0,
        weeks: int = 156,
        levers: Mapping[str, Any] | None = None,
        organisation: str | Path | None = None,
        mechanisms: Iterable[Own] | Own | None = None,
    ) -> None:
        refuse_equal_replicates(rng)
        with extended(mechanisms):
            chosen = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
            if organisation is not None:
                chosen = replace(chosen, source=str(organisation))
            if levers:
                chosen = chosen.with_values(levers)
            # First, because it refuses invalid seeds.
            self.simulation = Simulation(chosen, rng, weeks)
        for move in chosen.schedule:
            if move.week is not None and move.week >= self.simulation.weeks:
                message = f"{chosen.name}: {move.label!r} is due in week {move.week} and never happens, because weeks is {weeks}"
                warnings.warn(message, stacklevel=2)
        self._views: dict[tuple[type[AgentView], int], AgentView] = {}
        self._synced_week: int | None = None
        self._own_agents = 0
        self._counts: Counter[type[AgentView]] = Counter()
        super().__init__(rng=int(rng))  # Python 3.12 seeds no numpy integer
        self.running: bool = True

    def __copy__(self) -> Organisation:
        """Return an independent organisation, because two organisations with the same state would change each other."""
        return copy.deepcopy(self)

    @property
    def scenario_(self) -> Scenario:
        """The scenario of the organisation (Mesa uses the name ``scenario`` itself)."""
        return self.simulation.scenario

    @property
    def week(self) -> int:
        """The last simulated week, -1 before week 0."""
        return self.simulation.week

    @property
    def state(self) -> ModelState:
        """Populations, levers in force, seed and week."""
        return self.simulation.state

    @property
    def settings(self) -> Settings:
        """Parameters and levers in force."""
        return self.state.settings

    @property
    def events(self) -> list[tuple[int, str]]:
        """Week and label of every move made so far."""
        return self.simulation.interventions

    def step(self) -> None:
        """Simulate one week, unless the horizon is reached.

        Raises:
            InputError: ``populations.colleagues`` contains a row that is not a member of staff.
        """
        if not self.running:
            message = (
                f"week {self.week} is the last, so nothing happened; Organisation(..., weeks=...) sets the horizon"
            )
            warnings.warn(message, stacklevel=2)
            return
        _check_ties(self.state.populations)
        self.simulation.step()
        self.running = self.week + 1 < self.simulation.weeks

    def run(self) -> Organisation:
        """Simulate to the horizon, and return the organisation."""
        while self.running:
            self.step()
        return self

    def intervene(self, values: Mapping[str, Any], label: str = "") -> None:
        """Set levers from the next week on, as a manager would, and add the move to the events.

        Args:
            values: values of levers by key, such as ``{"programme.budget": 4000.0}``.
            label: name of the move in events and figures.

        Raises:
            InputError: a name is not a lever, a value is not accepted, or there is no further week.
        """
        if not self.running:
            raise InputError(f"week {self.week} is the last: there is no further week in which levers could act")
        with within(self.simulation.extension):
            self.simulation.apply(Intervention.create(values, week=self.week + 1, label=label))

    @property
    def kpis(self) -> pd.DataFrame:
        """Every KPI, one row per week."""
        import pandas as pd

        return pd.DataFrame(self.simulation.kpis()).rename_axis("week")

    def kpis_by(self, group: str) -> pd.DataFrame:
        """Return the KPIs that exist by department or segment.

        Args:
            group: ``"department"`` or ``"segment"``.

        Returns:
            One column per KPI, one row per week and department or segment, indexed by both.
        """
        import pandas as pd

        values = self.simulation.kpis(group)
        weeks, rows = next(iter(values.values())).shape
        index = pd.MultiIndex.from_product([range(weeks), range(rows)], names=["week", group])
        return pd.DataFrame({name: table.ravel() for name, table in values.items()}, index=index)

    @property
    def agents(self) -> Any:
        """All people of the organisation as Mesa agents: staff in post, leaders, customers."""
        self._sync_agents()
        return super().agents

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        self._sync_agents()
        types: list[type] = super().agent_types
        return types

    @property
    def agents_by_type(self) -> dict[type, Any]:
        """The agents by class."""
        self._sync_agents()
        agents: dict[type, Any] = super().agents_by_type
        return agents

    def employee(self, row: int) -> Employee | None:
        """Return the person in a post.

        Args:
            row: row of the post in the columns of staff.

        Returns:
            The person, or None if the post is vacant.
        """
        self._sync_agents()
        return self._views.get((Employee, row))

    def leader(self, row: int) -> Leader | None:
        """Return the leader of a row.

        Args:
            row: row in the columns of leaders; -1 for none.

        Returns:
            The leader, or None for row -1.
        """
        self._sync_agents()
        return self._views.get((Leader, row))

    def customer(self, row: int) -> Customer | None:
        """Return a customer by row of the market.

        Args:
            row: row in the columns of customers.

        Returns:
            The customer, or None if the person is not a customer at present.
        """
        self._sync_agents()
        return self._views.get((Customer, row))

    def _present(self) -> list[tuple[type[AgentView], Any, Any]]:
        """Return, for each class of agents, the rows that exist and the person in each."""
        state = self.state.populations
        in_post = np.flatnonzero(self.week + 1 >= state.staff.vacant_until)
        leaders = np.flatnonzero(state.leaders.vacant == 0)
        customers = np.flatnonzero(state.customers.active == 1)
        return [
            (Employee, in_post, state.staff.person[in_post]),
            (Leader, leaders, state.leaders.person[leaders]),
            (Customer, customers, state.customers.person[customers]),
        ]

    def register_agent(self, agent: Any) -> None:
        """Add an agent; Mesa calls this for every new agent.

        Args:
            agent: the agent.
        """
        super().register_agent(agent)
        counters = getattr(mesa.Agent, "_ids", None)
        if counters is not None and not isinstance(agent, AgentView):
            # Mesa 3.3 counts in a dictionary of the class, which keeps every discarded model alive; a copy starts at 1 again.
            self._own_agents += 1
            agent.unique_id = self._own_agents
            counters.pop(self, None)

    def deregister_agent(self, agent: Any) -> None:
        """Remove an agent; Mesa calls this for every removed agent.

        Args:
            agent: the agent.

        Raises:
            InputError: the agent is a person of the organisation, who would continue to work or to buy without an agent.
        """
        if self._is_present(agent):
            raise InputError(
                f"{agent!r} cannot be removed: it represents a person of the organisation, and the model decides who "
                "leaves; turnover.quit_probability, leadership.turnover_probability and market.churn set how many do"
            )
        super().deregister_agent(agent)

    def _is_present(self, agent: Any) -> bool:
        """Return whether an agent is the view of a present person."""
        if not isinstance(agent, AgentView) or self._views.get((type(agent), agent.row)) is not agent:
            return False
        self._sync_agents()
        return self._views.get((type(agent), agent.row)) is agent

    def _sync_agents(self) -> None:
        """Update the agents: one view for each present person, none for people who have left."""
        if self._synced_week == self.week:
            self._complete()
            return
        self._synced_week, self._counts = self.week, Counter()
        present: dict[tuple[type[AgentView], int], int] = {}
        for number, (kind, rows, persons) in enumerate(self._present()):
            for row, person in zip(rows.tolist(), persons.tolist(), strict=True):
                present[kind, row] = AgentView.FIRST_ID + number + 3 * (row + 2**32 * person)
        for key, view in list(self._views.items()):
            if present.get(key) != view.unique_id:
                del self._views[key]
                view.remove()
        # Mesa 3.5 counts in the model; its numbers are reserved for the user's own agents.
        own_counter = getattr(self, "agent_id_counter", None)
        for (kind, row), identity in present.items():
            if (kind, row) not in self._views:
                self._views[kind, row] = kind(self, row, identity)
        if own_counter is not None:
            self.agent_id_counter = own_counter
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self._counts = Counter(kind for kind, _ in self._views)

    def _complete(self) -> None:
        """Restore agents that were removed from Mesa's own sets, for example by ``agents.select(..., inplace=True)``."""
        all_agents, by_type = super().agents, super().agents_by_type
        if len(all_agents) == sum(map(len, by_type.values())) and all(
            len(by_type.get(kind, ())) == count for kind, count in self._counts.items()
        ):
            return
        for view in self._views.values():
            by_type[type(view)].add(view)
        for agents in by_type.values():
            for agent in agents:
                all_agents.add(agent)


def _check_ties(state: Populations) -> None:
    """Refuse ties to rows that do not exist, because compiled code would read arbitrary memory.

    Raises:
        InputError: a row is neither that of a member of staff nor the -1 that pads a list at its end.
    """
    rows, staff = state.colleagues, len(state.staff.person)
    if not rows.size or (rows.min() >= 0 and rows.max() < staff):
        return
    wrong = (rows < -1) | (rows >= staff)
    wrong[:, :-1] |= (rows[:, :-1] < 0) & (rows[:, 1:] >= 0)
    if wrong.any():
        person, tie = np.argwhere(wrong)[0]
        raise InputError(
            f"colleagues[{person}, {tie}]: must be the row of a member of staff, 0 to {staff - 1}, or -1 after the end of "
            f"the person's list, got {rows[person, tie]}"
        )
