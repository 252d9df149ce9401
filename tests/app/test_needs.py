"""What the pages say of a lever that does nothing yet is true: it changes nothing before, and something after."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import simulate

FILE = Path(__file__).parents[2] / "web" / "src" / "needs.json"
WEEKS = 40
#: Values at which a lever that others need is at work.
AT_WORK = {
    "programme.budget": 8000.0,
    "programme.top_down_share": 0.5,
    "champions.count": 3,
    "proactive.share": 0.3,
    "self_service.share": 0.3,
    "technology.spending": 5000.0,
}
needs = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


def _moved(key: str) -> Any:
    row = all_parameters()[key]
    if row.choices:
        return row.choices[(int(row.default) + 1) % len(row.choices)]
    value = row.range[1] if row.default < row.range[1] else row.range[0]
    return row.kind(not row.default) if row.kind is bool else row.kind(value)


def _run(values: dict[str, Any]) -> dict[str, Any]:
    scenario = load_scenario("nothing")
    return simulate(scenario.with_values(values) if values else scenario, 3, WEEKS).kpis


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


@pytest.mark.skipif(not needs, reason="the sources of the pages are not here")
def test_a_lever_that_needs_another_does_nothing_without_it_and_something_with_it() -> None:
    base = _run({})
    lying = [key for key in needs if not _same(base, _run({key: _moved(key)}))]
    assert not lying, "these act by themselves"
    dead = []
    for key, rows in needs.items():
        given = {need["lever"]: AT_WORK[need["lever"]] for need in rows}
        if _same(_run(given), _run({**given, key: _moved(key)})):
            dead.append(key)
    assert not dead, "these do nothing although they have what they need"
