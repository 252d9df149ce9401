"""A small organisation's last week, to the last bit: what a change of the model moves, and a refactoring must not.

    python tests/test_golden.py     # after a change of the model: write the file anew, and look at the difference

The figures are weekly tallies, made of sums, products and quotients only: the same on every processor and interpreter.
"""

from __future__ import annotations

import json
from pathlib import Path

from ccsim.scenarios.scenario import load
from ccsim.simulation.simulation import Simulation

FILE = Path(__file__).with_name("golden.json")
SCENARIOS = ("nothing", "combined", "hero-leaves")
SMALL = {
    "organisation.staff": 30,
    "organisation.departments": 3,
    "organisation.front_departments": 2,
    "organisation.customers": 200,
    "organisation.warm_up": 6,
}


def lived(name: str) -> dict[str, str]:
    """Return the tallies of the last of 20 weeks, as hexadecimal numbers, those that are not 0."""
    simulation = Simulation(load(name).changed(SMALL), 7, 20)
    for _ in range(20):
        simulation.step()
    tallies = simulation.record.tallies()
    return {key: float(values[-1]).hex() for key, values in sorted(tallies.items()) if values[-1] != 0.0}


def test_the_last_week_is_as_before_to_the_last_bit() -> None:
    golden = json.loads(FILE.read_text(encoding="utf-8"))
    assert set(golden) == set(SCENARIOS)
    for name, before in golden.items():
        now = lived(name)
        moved = {key: (before.get(key), now.get(key)) for key in {*before, *now} if before.get(key) != now.get(key)}
        assert not moved, (name, moved)


if __name__ == "__main__":
    found = {name: lived(name) for name in SCENARIOS}
    FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
