"""The scenarios of a design: base scenarios at each point, made on demand.

A point is named by its scenario and number, as in ``combined @ 0012``. A million points take no more memory than
the table of the design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ccsim.errors import InputError, did_you_mean
from ccsim.experiments.design import Design
from ccsim.experiments.factors import WEEK_OF
from ccsim.model.settings import all_parameters, check_sizes
from ccsim.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


class DesignScenarios(Mapping[str, Scenario]):
    """Scenarios by name: first those that no factor changes, then every other scenario at every point.

    The scenarios of a point are adjacent, so that they are run together.

    Args:
        base_scenarios: the scenarios that the design starts from.
        design: the design.
        baseline: the scenario with which the others are compared. Levers are not varied in it unless the design names
            it, or it is the only one.

    Raises:
        InputError: a scenario that the design names does not exist, or a point is impossible.
    """

    def __init__(self, base_scenarios: Mapping[str, Scenario], design: Design, baseline: str) -> None:
        self.base_scenarios, self.design = dict(base_scenarios), design
        for name in design.scenarios:
            if name not in base_scenarios:
                raise InputError(f"scenarios: {name!r} is not one of the scenarios{did_you_mean(name, base_scenarios)}")
        varied = design.scenarios or tuple(name for name in base_scenarios if name != baseline) or (baseline,)
        uncertain = tuple(factor.key for factor in design.factors if factor.is_uncertain)
        keys = {name: design.keys if name in varied else uncertain for name in base_scenarios}
        #: For each varied scenario, its varied factors.
        self.varied_in = {name: own for name, own in keys.items() if own}
        self.unvaried = tuple(name for name in base_scenarios if name not in self.varied_in)
        self._order = {name: position for position, name in enumerate(self.varied_in)}
        self._width = max(4, len(str(len(design))))
        self._check()

    def _check(self) -> None:
        """Refuse designs that would fail in every run: moves that do not exist, or inconsistent sizes."""
        for name, keys in self.varied_in.items():
            labels = {move.label for move in self.base_scenarios[name].schedule if move.week is not None}
            for factor in self.design.factors:
                if factor.key in keys and factor.label and factor.label not in labels:
                    raise InputError(
                        f"{factor.key}: {name} has no move with this label{did_you_mean(factor.label, labels)}"
                    )
        sizes = [factor.key for factor in self.design.factors if factor.key.startswith("organisation.")]
        checked: set[tuple[Any, ...]] = set()
        for number in range(len(self.design)) if sizes else ():
            row = {key: value for key, value in self.design.row(number).items() if key in sizes}
            if tuple(row.values()) in checked:
                continue
            checked.add(tuple(row.values()))
            for base in self.varied_in:
                for key, problem in check_sizes({**self.base_scenarios[base].organisation, **row}):
                    raise InputError(f"point {number + 1} of the design is impossible: {key}: {problem}")

    def __getitem__(self, name: str) -> Scenario:
        if name in self.unvaried:
            return self.base_scenarios[name]
        base, number = self.locate(name)
        values = {key: value for key, value in self.design.row(number).items() if key in self.varied_in[base]}
        weeks = {key: values.pop(key) for key in list(values) if key.startswith(WEEK_OF)}
        scenario = self.base_scenarios[base]
        scenario = scenario.with_values(values, name=name) if values else replace(scenario, name=name)
        if not weeks:
            return scenario
        schedule = (
            move if move.week is None else replace(move, week=weeks.get(WEEK_OF + move.label, move.week))
            for move in scenario.schedule
        )
        return replace(scenario, schedule=tuple(schedule))

    def locate(self, name: str) -> tuple[str, int]:
        """Return the scenario and the number (from 0) of a point.

        Raises:
            KeyError: there is no such point.
        """
        base, _, number = name.rpartition(" @ ")
        if base not in self.varied_in or not number.isdecimal() or not 1 <= int(number) <= len(self.design):
            raise KeyError(name)
        if self.name(base, int(number) - 1) != name:  # such as a number without leading zeros
            raise KeyError(name)
        return base, int(number) - 1

    def position(self, name: str) -> int:
        """Return the index of a scenario in the order of all scenarios.

        Raises:
            KeyError: there is no such scenario.
        """
        if name in self.unvaried:
            return self.unvaried.index(name)
        base, number = self.locate(name)
        return len(self.unvaried) + number * len(self.varied_in) + self._order[base]

    def name(self, base: str, number: int) -> str:
        """Return the name of a scenario at a point (numbered from 0)."""
        return f"{base} @ {number + 1:0{self._width}d}"

    def __iter__(self) -> Iterator[str]:
        yield from self.unvaried
        for number in range(len(self.design)):
            for base in self.varied_in:
                yield self.name(base, number)

    def __len__(self) -> int:
        return len(self.unvaried) + len(self.design) * len(self.varied_in)

    def __contains__(self, name: object) -> bool:
        try:
            return name in self.unvaried or bool(self.locate(str(name)))
        except KeyError:
            return False

    def with_values(self, values: Mapping[str, Any], baseline: str) -> DesignScenarios:
        """Return the points with values set in every scenario.

        Raises:
            InputError: a value is not accepted, or the design varies it.
        """
        for key in values:
            if key in self.design.keys:
                raise InputError(f"{key}: the design varies it")
        bases = {name: scenario.with_values(values) for name, scenario in self.base_scenarios.items()}
        return DesignScenarios(bases, self.design, baseline)

    def table(self) -> pd.DataFrame:
        """Return one row per scenario: ``scenario``, ``base``, ``point`` (from 1; 0 for none), a column per factor.

        For a factor that a point does not change, the table has the scenario's own value.
        """
        import numpy as np
        import pandas as pd

        varied, count = len(self.varied_in), len(self.design)
        bases = [*self.unvaried, *list(self.varied_in) * count]
        data: dict[str, Any] = {
            "scenario": list(self), "base": bases,
            "point": np.concatenate([np.zeros(len(self.unvaried), np.int64), np.repeat(np.arange(1, count + 1), varied)]),
        }  # fmt: skip
        for key, column in self.design.columns.items():
            own = {base: _own(self.base_scenarios[base], key) for base in self.base_scenarios}
            values = np.empty(len(bases), dtype=object)
            values[: len(self.unvaried)] = [own[base] for base in self.unvaried]
            for place, base in enumerate(self.varied_in):
                here = column if key in self.varied_in[base] else np.full(count, None, dtype=object)
                values[len(self.unvaried) + place :: varied] = [own[base] if value is None else value for value in here]
            data[key] = values
        return pd.DataFrame(data).infer_objects()


def _own(scenario: Scenario, key: str) -> Any:
    """Return a scenario's value of a factor in week 0, or the first week of a move."""
    if key in all_parameters():
        return scenario.values().get(key, all_parameters()[key].shown)
    return next((move.week for move in scenario.schedule if move.label == key.removeprefix(WEEK_OF)), None)
