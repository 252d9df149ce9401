"""Record which runs of an experiment are done, with one byte per run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import and_
from typing import Any

from ccsim.experiments.design_scenarios import DesignScenarios


class CompletedRuns:
    """A set of (scenario, replicate).

    Args:
        scenarios: the scenarios of the experiment.
    """

    def __init__(self, scenarios: Mapping[str, Any]) -> None:
        self._index = (
            scenarios.position
            if isinstance(scenarios, DesignScenarios)
            else {name: position for position, name in enumerate(scenarios)}.__getitem__
        )
        self._scenarios = len(scenarios)
        self._done: dict[int, bytearray] = {}
        self._count = 0

    def __contains__(self, run: tuple[str, int]) -> bool:
        row = self._done.get(run[1])
        return row is not None and bool(row[self._index(run[0])])

    def __len__(self) -> int:
        return self._count

    def add(self, scenario: str, replicate: int) -> None:
        """Mark a run as done."""
        row = self._done.setdefault(replicate, bytearray(self._scenarios))
        position = self._index(scenario)
        self._count += not row[position]
        row[position] = 1

    def update(self, runs: Iterable[tuple[str, int]]) -> None:
        """Mark runs as done."""
        for scenario, replicate in runs:
            self.add(scenario, replicate)

    def keep(self, other: CompletedRuns) -> None:
        """Keep only the runs that are also in another set."""
        for replicate, row in list(self._done.items()):
            other_row = other._done.get(replicate, bytes(self._scenarios))
            self._done[replicate] = bytearray(map(and_, row, other_row))
        self._count = sum(sum(row) for row in self._done.values())
