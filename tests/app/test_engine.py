"""The engine of the browser lives as the native one, bit for bit."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ccsim.app import build_engine
from ccsim.app.choice_entry import weigh_options
from ccsim.app.engine_key import _shaping
from ccsim.app.model_data import scenario_data, tree
from ccsim.engine.expressions import parse
from ccsim.engine.jit import PLAIN
from ccsim.engine.rng import Stream, uniforms4
from ccsim.model.kpis import available
from ccsim.model.settings import check_sizes, without_own
from ccsim.scenarios.conditions import Condition
from ccsim.scenarios.scenario import Intervention, Scenario, list_scenarios, load_scenario
from ccsim.simulation.simulation import Simulation, simulate

sys.path.insert(0, str(Path(__file__).parents[1]))
from test_golden import SMALL, busy

HERE = Path(__file__).parent
Answers = Callable[[list[dict[str, Any]]], list[Any]]
Differing = Callable[[dict[str, Any], dict[str, str]], list[str]]

current = pytest.mark.skipif(
    any("is older" in fault for fault in build_engine.faults()),
    reason="the shipped engine or its data are older than the sources, which another test reports",
)


def test_the_shipped_engine_and_data_are_what_the_sources_give() -> None:
    assert build_engine.faults() == [], f"run {build_engine.COMMAND}"


def _compare(
    scenario: Scenario | str, values: dict[str, Any], seed: int, weeks: int, in_node: Answers
) -> tuple[Any, Any]:
    name = scenario if isinstance(scenario, str) else scenario_data(scenario)
    chosen = load_scenario(scenario) if isinstance(scenario, str) else scenario
    native = simulate(chosen.with_values(values), seed, weeks)
    request = {"way": "run", "scenario": name, "set": values, "seed": seed, "weeks": weeks}
    return native, in_node([request])[0]


@current
@pytest.mark.skipif(PLAIN, reason="a run of three years of the whole organisation takes minutes uncompiled")
@pytest.mark.parametrize("name", sorted(list_scenarios()))
def test_three_years_of_every_scenario_equal_python_to_the_last_bit(
    name: str, in_node: Answers, differing: Differing
) -> None:
    native, answer = _compare(name, {}, 11, 156, in_node)
    assert differing(native.kpis, answer["series"]) == []
    assert [tuple(event) for event in answer["events"]] == native.interventions


@current
@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="a run of three years of the whole organisation takes minutes uncompiled")
@pytest.mark.parametrize("name", sorted(list_scenarios()))
def test_three_years_of_every_scenario_equal_python_in_twenty_seeds(
    name: str, in_node: Answers, differing: Differing
) -> None:
    seeds = range(1_000_000, 1_000_020)
    asked = [{"way": "run", "scenario": name, "set": {}, "seed": seed, "weeks": 156} for seed in seeds]
    for seed, answer in zip(seeds, in_node(asked), strict=True):
        assert differing(simulate(name, seed, 156).kpis, answer["series"]) == [], seed


@current
@pytest.mark.parametrize(
    "sizes",
    [
        {},
        {"organisation.tiers": 0},
        {"organisation.tiers": 1, "organisation.span": 4},
        {"organisation.tiers": 2, "organisation.segments": 1},
        {"organisation.departments": 1, "organisation.front_departments": 1},
        {"organisation.departments": 12, "organisation.front_departments": 5, "organisation.staff": 61},
        {"organisation.prospects": 0.0, "organisation.ties": 0},
        {"organisation.staff": 1, "organisation.departments": 1, "organisation.front_departments": 1},
        {"organisation.segments": 5, "organisation.cross_ties": 0.5, "organisation.warm_up": 0},
    ],
)
def test_organisations_of_other_sizes_and_assumptions_equal_python(
    sizes: dict[str, Any], in_node: Answers, differing: Differing
) -> None:
    values = {**SMALL, **sizes}
    native, answer = _compare("combined", values, 2**40 + 3, 20, in_node)
    assert differing(native.kpis, answer["series"]) == []


@current
def test_every_mechanism_at_once_with_moves_by_condition_and_impulses_equals_python(
    in_node: Answers, differing: Differing
) -> None:
    native, answer = _compare(busy(), SMALL, 7, 26, in_node)
    assert any(week > 12 for week, _ in native.interventions)
    assert differing(native.kpis, answer["series"]) == []
    assert [tuple(event) for event in answer["events"]] == native.interventions


@current
def test_runs_by_turns_and_from_a_snapshot_are_as_if_each_were_alone(in_node: Answers, differing: Differing) -> None:
    one = {"scenario": "combined", "set": SMALL, "seed": 3, "weeks": 9}
    other = {"scenario": "nothing", "set": {**SMALL, "organisation.staff": 41}, "seed": 4, "weeks": 6}
    move = {"programme.budget": 20_000.0}
    answer = in_node([{"way": "turns", "one": one, "other": other, "move": move}])[0]
    for asked, part in ((one, "first"), (other, "second")):
        native = simulate(
            load_scenario(str(asked["scenario"])).with_values(asked["set"]), asked["seed"], asked["weeks"]
        )
        assert differing(native.kpis, answer[part]) == []
    moved = Simulation(load_scenario("combined").with_values(SMALL), 3, 9)
    for week in range(7):
        if week == 3:
            moved.apply(Intervention.create(move))
        moved.step()
    assert differing(moved.kpis(), answer["moved"]) == []


@current
def test_draws_of_events_equal_pythons(in_node: Answers) -> None:
    seeds = (0, 7, 2**63 - 1)
    asked = [
        {"way": "draw", "seed": str(seed), "stream": "GAME_EVENT", "week": 0, "row": row}
        for seed in seeds
        for row in range(3)
    ]
    expected = [np.array(uniforms4(seed, int(Stream.GAME_EVENT), 0, row)) for seed in seeds for row in range(3)]
    assert in_node(asked) == [row.astype("<f8").tobytes().hex() for row in expected]


@current
@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"programme.budgte": 1.0}, "no parameter is called 'programme.budgte'"),
        ({"programme.budget": -1.0}, "programme.budget: must be a number from 0 to"),
        ({"programme.budget": "much"}, "programme.budget: must be a number from 0 to"),
        ({"organisation.staff": 20.5}, "organisation.staff: must be a whole number from 1 to"),
        ({"organisation.staff": 2}, "organisation.departments: must be at most organisation.staff, 2, got 5"),
    ],
)
def test_a_value_that_python_refuses_is_refused(values: dict[str, Any], text: str, in_node: Answers) -> None:
    assert text in in_node([{"way": "run", "scenario": "nothing", "set": values, "seed": 1, "weeks": 1}])[0]["error"]
    if "organisation.staff" in values and values["organisation.staff"] == 2:
        assert check_sizes(values)


@current
@pytest.mark.parametrize(("change", "text"), [({"seed": -1}, "seed: must be"), ({"weeks": 0}, "weeks: must be"), ({"scenario": "no"}, "no scenario is called 'no'")])  # fmt: skip
def test_a_request_that_makes_no_sense_is_refused(change: dict[str, Any], text: str, in_node: Answers) -> None:
    request = {"way": "run", "scenario": "nothing", "set": {}, "seed": 1, "weeks": 1, **change}
    assert text in in_node([request])[0]["error"]


def _in_browser(browser: Any, names: list[str], seeds: range) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Run scenarios in a chain in one engine of a page: every name with every seed, 156 weeks."""
    page = browser.new_page()
    served = {path.name: path.read_bytes() for path in build_engine.STATIC.iterdir()}
    kinds = {"js": "text/javascript", "wasm": "application/wasm", "json": "application/json"}
    page.route(
        "http://ccsim.test/**",
        lambda route: route.fulfill(
            body=served.get(route.request.url.rpartition("/")[2], b"<!doctype html>"),
            content_type=kinds.get(route.request.url.rpartition(".")[2], "text/html"),
        ),
    )
    page.goto("http://ccsim.test/")
    page.evaluate(
        """async () => {
            const { createEngine } = await import("/engine.js");
            const wasm = await (await fetch("/engine.wasm")).arrayBuffer();
            window.engine = await createEngine(wasm, await (await fetch("/model.json")).json());
        }"""
    )
    for name, seed in ((name, seed) for seed in seeds for name in names):
        series = page.evaluate(
            """({scenario, seed}) => {
                const hex = (row) => [...new Uint8Array(row.buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
                const { kpis } = window.engine.run({ scenario, set: {}, seed, weeks: 156 });
                return Object.fromEntries(Object.entries(kpis).map(([name, row]) => [name, hex(row)]));
            }""",
            {"scenario": name, "seed": seed},
        )
        yield name, seed, series
    page.close()


@current
@pytest.mark.skipif(PLAIN, reason="a run of three years of the whole organisation takes minutes uncompiled")
def test_in_chromium_three_years_equal_python_to_the_last_bit(differing: Differing, browser: Any) -> None:
    for name, seed, series in _in_browser(browser, ["combined", "hero-leaves"], range(5, 6)):
        assert differing(simulate(name, seed, 156).kpis, series) == []


@current
@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="a run of three years of the whole organisation takes minutes uncompiled")
def test_in_chromium_every_scenario_in_twenty_seeds_equals_python_to_the_last_bit(
    differing: Differing, browser: Any
) -> None:
    apart = [
        (name, seed, found)
        for name, seed, series in _in_browser(browser, sorted(list_scenarios()), range(1_000_000, 1_000_020))
        if (found := differing(simulate(name, seed, 156).kpis, series))
    ]
    assert not apart


@current
@pytest.mark.slow
@pytest.mark.skipif(PLAIN, reason="a run of three years of the whole organisation takes minutes uncompiled")
def test_in_firefox_every_scenario_in_twenty_seeds_equals_python_to_the_last_bit(differing: Differing) -> None:
    node, program = shutil.which("node"), shutil.which("firefox-esr") or shutil.which("firefox")
    modules = HERE.parents[1] / "web" / "node_modules"
    if not (node and program and (modules / "puppeteer-core").is_dir()):
        pytest.skip("needs node, Debian's firefox-esr, and npm ci in web/")
    requests = [
        {"scenario": name, "set": {}, "seed": seed, "weeks": 156}
        for seed in range(1_000_000, 1_000_020)
        for name in sorted(list_scenarios())
    ]
    asked = {"program": program, "folder": str(build_engine.STATIC), "modules": str(modules), "requests": requests}
    done = subprocess.run(
        [node, str(HERE / "run_in_firefox.mjs")], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for request, series in zip(requests, json.loads(done.stdout), strict=True):
        assert differing(simulate(request["scenario"], request["seed"], 156).kpis, series) == []


def test_trees_of_formulas_and_conditions_keep_every_part() -> None:
    assert tree(parse("-a * (2 + rolling_mean(b / c))")) == [
        "*",
        ["negative", "a"],
        ["+", 2.0, ["call", "rolling_mean", ["/", "b", "c"]]],
    ]
    found = tree(parse(Condition("not csat > 80 and (0 < profit <= 5 or npv >= 1)").text))
    assert found == ["and", ["not", ["compare", [">"], "csat", 80.0]],
                     ["or", ["compare", ["<", "<="], 0.0, "profit", 5.0], ["compare", [">="], "npv", 1.0]]]  # fmt: skip


def test_the_key_follows_what_is_compiled_and_no_text_or_default() -> None:
    source = '"""A."""\nLIMIT = 2\n@parameters("x")\nclass X:\n    a: float = parameter(1.0)\n@kernel\ndef f(x):\n    """Say."""\n    return x + LIMIT\n'
    for same in (
        source.replace("Say", "Tell"),
        source.replace("1.0", "2.0"),
        source.replace("LIMIT = 2", "LIMIT = 2  # two"),
    ):
        assert _shaping(same) == _shaping(source)
    for other in (source.replace("x + LIMIT", "x - LIMIT"), source.replace("= 2", "= 3")):
        assert _shaping(other) != _shaping(source)


def test_what_is_shipped_says_from_what_it_was_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = build_engine.described(build_engine.ENGINE.read_bytes())
    assert json.loads((build_engine.STATIC / "model.json").read_text())["sourceHash"] == output["key"]
    broken = tmp_path / "engine.wasm"
    broken.write_bytes(b"\0asm\1\0\0\0")
    monkeypatch.setattr(build_engine, "ENGINE", broken)
    with pytest.raises(build_engine.BuildError, match="damaged or belongs to another program"):
        build_engine.faults()


def test_the_host_that_is_shipped_is_built_from_its_sources() -> None:
    import hashlib

    folder = Path(__file__).parents[2] / "web" / "src" / "engine"
    if not folder.is_dir():
        pytest.skip("the sources of the pages are not here")
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.ts")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update(b"game.ts" + (folder.parent / "game.ts").read_bytes())
    first = (build_engine.STATIC / "engine.js").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"// sources: {digest.hexdigest()[:16]}", "run npm run engine in web/"


@current
def test_what_a_person_weighs_and_the_figures_of_segments_are_pythons(in_node: Answers) -> None:
    values = {**SMALL, "empowerment.blame": 0.7}
    run = Simulation(load_scenario("combined").with_values(values), 5, 3)
    for _ in range(3):
        run.step()
    settings = without_own(run.state.settings)
    asked = {"way": "weigh", "scenario": "combined", "set": values, "seed": 5, "weeks": 3, "person": 4}
    answer = in_node([asked])[0]

    def appeals(without: int, given: Any) -> list[float]:
        out = np.empty(5)
        weigh_options(run.state.populations, given, 4, without, out)
        return list(out)

    whole = appeals(0, settings)
    assert answer["appeals"] == whole
    fearless = settings._replace(empowerment=settings.empowerment._replace(blame_weight=0.0))
    for term, without in (("belief", appeals(2, settings)), ("blame", appeals(0, fearless))):
        assert answer["terms"][term] == [one - other for one, other in zip(whole, without, strict=True)]
    assert any(answer["terms"]["belief"])
    segments = run.kpis("segment")
    for row, series in enumerate(answer["segments"]):
        assert set(series) == set(available("segment"))
        for name, text in series.items():
            mine = segments[name][:, row]
            assert np.array_equal(mine, np.frombuffer(bytes.fromhex(text), "<f8"), equal_nan=True), name
