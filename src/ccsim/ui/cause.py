"""Why did it change? A move is compared with the same run without it, week by week on the same draws.

Nothing is guessed: when a move is made, a twin of the run lives on without it. Whatever differs between the two is
the move's doing, because everything else, chance included, is the same. The differences are told along the way that
effects take: from what is done, to how people feel and what they believe, to what they choose, to how cases go, to
what customers think, to money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ccsim.engine.columns import FloatArray
from ccsim.model.kpis import KPIS, QUARTER, rolling_mean
from ccsim.scenarios.scenario import Intervention
from ccsim.simulation.simulation import Simulation

#: KPIs in the order in which effects travel; of each link the one that moved most is told.
CHAIN: tuple[tuple[str, ...], ...] = (
    ("spend", "latitude", "step", "machine_share", "outreach", "leader_conviction", "executive_conviction"),
    ("conviction", "fatigue", "cynicism", "engagement", "empowerment", "skill", "insight", "system_use"),
    ("solve", "fast", "script", "hand_over", "escalate", "habit"),
    ("fcr", "failure_demand", "handoff_loss", "time_to_resolution", "backlog", "aht", "defects"),
    ("csat", "nps", "churn", "trust", "offer_fit"),
    ("profit",),
)
#: A difference below this part of a KPI's own unrest from week to week is not told.
TELLING = 0.25


@dataclass(frozen=True)
class Effect:
    """A KPI that a move has changed: by how much, and the level without the move."""

    kpi: str
    difference: float
    without: float


class CounterfactualRun:
    """A move and its twin.

    Args:
        week: in which the move acts first.
        values: what it sets.
        twin: the run as it was before the move.
        without: scheduled moves that the twin is to leave out.
    """

    def __init__(
        self, week: int, values: Mapping[str, Any], twin: Simulation, without: Sequence[Intervention] = ()
    ) -> None:
        self.week, self.values = week, dict(values)
        self.effects: tuple[Effect, ...] = ()
        self.seen = week
        self._twin: Simulation | None = twin
        self._leave_out(without)

    def add(self, values: Mapping[str, Any], without: Sequence[Intervention] = ()) -> None:
        """Let more be part of the same decision."""
        self.values |= values
        self._leave_out(without)

    def _leave_out(self, moves: Sequence[Intervention]) -> None:
        if self._twin:
            self._twin._pending = [row for row in self._twin._pending if not any(row is one for one in moves)]

    @property
    def living(self) -> bool:
        """Whether the twin still lives along."""
        return self._twin is not None

    def live(self, run: Simulation) -> None:
        """Let the twin live the week that the run has just lived."""
        if self._twin:
            self._twin.step()
            self.seen = run.week

    def end(self, run: Simulation) -> None:
        """Store the final effects and release the counterfactual run: another move has been made."""
        if self._twin and self._twin.record.weeks:
            self.look(run.kpis())
        self._twin = None

    def look(self, kpis: Mapping[str, FloatArray]) -> tuple[Effect, ...]:
        """Return what the move has changed by now, link by link along the chain; kept when the twin is gone."""
        if self._twin and self._twin.record.weeks and len(kpis["csat"]) == self._twin.record.weeks:
            theirs = self._twin.kpis()
            found = (_strongest(link, kpis, theirs, self.week) for link in CHAIN)
            self.effects = tuple(effect for effect in found if effect)
        return self.effects


def _strongest(
    link: Sequence[str], mine: Mapping[str, FloatArray], theirs: Mapping[str, FloatArray], week: int
) -> Effect | None:
    """Return the KPI of a link that differs most, measured by its own unrest; None where nothing differs to speak of."""
    best, most = None, TELLING
    for name in link:
        here, there = (np.where(np.isnan(values), 0.0, values) for values in (mine[name], theirs[name]))
        now, without = (float(values[-QUARTER:].mean()) for values in (here, there))
        if abs(now - without) <= 1e-9:
            continue
        size = abs(now - without) / (float(np.std(np.diff(rolling_mean(there)))) or 1e-9)
        if size > most:
            best, most = Effect(name, now - without, without), size
    return best


def words(effect: Effect) -> str:
    """Say an effect: the KPI and by how much it differs, in its unit."""
    kpi = KPIS[effect.kpi]
    sign = "+" if effect.difference >= 0 else "−"
    size = abs(effect.difference)
    if kpi.unit.startswith("share"):
        return (
            f"{kpi.title} {sign}{100 * size:.1f} points"
            if size >= 0.0005
            else f"{kpi.title} {sign}{100 * size:.2f} points"
        )
    shown = f"{size:,.0f}" if size >= 100 else f"{size:.1f}" if size >= 1 else f"{size:.2f}"
    return f"{kpi.title} {sign}{shown} {kpi.unit}"
