import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

import ccsim.mechanisms
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters

ROOT = Path(__file__).parents[2]
SMALL = {"organisation.staff": 20, "organisation.customers": 120, "organisation.warm_up": 4}


def script(name: str) -> ModuleType:
    """Return a script of experiments/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "experiments" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


tour = script("tour")
#: All mechanisms; aggregates only count what the others did.
MECHANISMS = sorted({path.stem for path in Path(ccsim.mechanisms.__file__).parent.rglob("[a-z]*.py")} - {"aggregates"})


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_is_described_from_its_own_module(mechanism: str) -> None:
    path = Path(tour.module_of(mechanism).__file__)
    assert path.name == f"{mechanism}.py"


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_the_tour_stops_at_every_mechanism(mechanism: str) -> None:
    assert mechanism in {stop.mechanism for stop in tour.STOPS}


@pytest.mark.parametrize("stop", tour.STOPS, ids=lambda stop: f"{stop.mechanism}-{stop.key}")
def test_a_stop_moves_a_parameter_that_there_is_within_what_it_accepts(stop) -> None:  # type: ignore[no-untyped-def]
    assert set(stop.kpis) <= set(KPIS) and set(stop.ground) <= set(all_parameters())
    row = all_parameters()[stop.key]
    assert len(stop.steps()) >= 2
    assert [row.check(value) for value in stop.steps()] == list(stop.steps())


def test_a_stop_is_run_and_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour, "WEEKS", 20)
    stop = tour.Stop("mandate", "mandate.realism", ("cynicism", "fatigue"), (0.2, 1.0), SMALL)
    found = {value: [tour.figures((stop, value, number)) for number in range(2)] for value in stop.steps()}
    assert set(found[1.0][0]) == {"cynicism", "fatigue"}
    path = tour.draw(stop, 3, found, tmp_path)
    assert path.name == "03-mandate-realism.png" and path.stat().st_size > 2000
    tour.write([(stop, path)], tmp_path, 2)
    page = (tmp_path / "model-tour.md").read_text(encoding="utf-8")
    assert "## Mandate" in page and "`sources_counted`" in page and f"figures/tour/{path.name}" in page
