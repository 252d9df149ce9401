"""Mechanisms and an organisation of a user's own in the pages: the same numbers as Python, one message where they cannot be had."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from ccsim.app import build_engine, model_data
from ccsim.app.engine_key import engine_key
from ccsim.app.own_engine import own_engine, own_files
from ccsim.app.own_organisation import LARGEST, PATH, OwnOrganisation
from ccsim.app.pages import STATIC
from ccsim.app.server import PagesServer, run, serving
from ccsim.cli.main import app
from ccsim.errors import InputError
from ccsim.model.extension import extended
from ccsim.organisations.template import write_template
from ccsim.scenarios.scenario import load_scenario
from ccsim.simulation.simulation import simulate

HERE = Path(__file__).parent
SHORT = {"organisation.warm_up": 2}
SMALL = {
    "organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2, "organisation.customers": 160,
    "organisation.warm_up": 2,
}  # fmt: skip
MOOD = '''"""Mood: people differ, and a good mood lends energy."""

from ccsim.mechanism import FloatArray, columns, flow, initialiser, kpi, parameter, parameters, stream, step, stock, uniform

FIRST = stream("mood.first")


@parameters("mood")
class Mood:
    """Moods."""

    lift: float = parameter(0.0, unit="share", range=(0.0, 0.2), off=0.0, lever=True, meaning="engagement that the best mood lends")


@columns("staff")
class Staff:
    """Columns of a member of staff."""

    mood: FloatArray = stock("share", "how the person feels", start=0.5)


@columns("departments")
class Departments:
    """Columns of a department."""

    moods: FloatArray = flow("share", "sum of mood over all posts")


@initialiser
def begin(own_staff, seed, week):
    """People differ from the first day."""
    for i in range(len(own_staff.mood)):
        own_staff.mood[i] = 0.3 + 0.4 * uniform(seed, FIRST, week, i)


@step(before="engagement")
def lend(staff, own_staff, own_departments, p):
    """A good mood lends energy."""
    for i in range(len(own_staff.mood)):
        staff.engagement_bonus[i] += p.lift * own_staff.mood[i]
        own_departments.moods[staff.department[i]] += own_staff.mood[i]


kpi("mood", "Mood", "share", "more", "moods / people", "mean mood")
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the files of an invented organisation."""
    found = tmp_path_factory.mktemp("own") / "invented"
    write_template(found)
    return found


@pytest.fixture
def mood(tmp_path: Path) -> Path:
    """Return the file of a mechanism with a founding, a lever, columns and a KPI."""
    found = tmp_path / "mood.py"
    found.write_text(MOOD, encoding="utf-8")
    return found


def _in_node(site: Path, request: dict[str, Any]) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    words = [node, str(HERE / "run_engine.mjs"), str(site)]
    done = subprocess.run(words, input=json.dumps([request]), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)[0]
    return found


def test_an_own_organisation_lives_in_the_browsers_engine_as_in_python(
    folder: Path, tmp_path: Path, differing: Callable[..., list[str]]
) -> None:
    own = OwnOrganisation(folder)
    (tmp_path / "model.json").write_text(model_data.file_text(own.model()), encoding="utf-8")
    shutil.copy(build_engine.ENGINE, tmp_path)
    asked = json.dumps({"seed": "3", "values": SHORT}).encode()
    (tmp_path / "founded-3").write_bytes(own.answer(asked))
    native = simulate(load_scenario("combined").with_values({**SHORT, "organisation.from": str(folder)}), 3, 4)
    answer = _in_node(tmp_path, {"way": "run", "scenario": "combined", "set": SHORT, "seed": 3, "weeks": 4})
    assert "series" in answer, answer
    assert differing(native.kpis, answer["series"]) == []


def test_what_files_say_of_week_0_is_handed_to_the_browser(folder: Path, tmp_path: Path) -> None:
    own = OwnOrganisation(folder)
    state, output = own.initialise(1, SHORT)
    by_name = {row["column"]: row for row in output["stock"]}
    known = np.flatnonzero(own.layout.hired > -(1 << 30))
    assert by_name.get("hired_week", {"rows": []})["rows"] == known.tolist()
    assert by_name.get("vacant_until", {"rows": []})["rows"] == np.flatnonzero(own.layout.vacant).tolist()
    assert output["settings"]["organisation.staff"] == own.layout.sizes["staff"] == len(state.populations.staff.person)


def test_declarations_of_an_own_organisation_show_what_its_files_state(folder: Path) -> None:
    own = OwnOrganisation(folder)
    found = own.model()
    rows = {row["key"]: row for row in found["parameters"]}
    assert found["organisation"]["name"] == own.layout.name
    assert rows["organisation.staff"]["role"] == "stated"
    assert rows["organisation.staff"]["default"] == own.layout.sizes["staff"]
    assert rows["organisation.warm_up"]["role"] == "size"
    for key, value in own.layout.values.items():
        assert rows[key]["default"] == value


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[PagesServer]:
    """Serve the pages of an own organisation."""
    own = OwnOrganisation(folder)
    found = serving(
        "127.0.0.1", 0, organisation=own, instead={"model.json": model_data.file_text(own.model()).encode()}
    )
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


def _asked(server: PagesServer, body: bytes, **headers: str) -> tuple[int, bytes]:
    port = server.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    usual = {"origin": f"http://127.0.0.1:{port}", "content-type": "application/json"}
    connection.request("POST", PATH, body, {name: value for name, value in {**usual, **headers}.items() if value})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize(
    ("body", "headers", "status", "words"),
    [
        (b'{"seed": "1", "values": {"organisation.staff": 90}}', {}, 422, "organisation.staff: cannot be 90"),
        (b'{"seed": "1", "values": {"accounts.wage": -1}}', {}, 422, "accounts.wage"),
        (b'{"seed": "1", "values": {"organisation.from": "/"}}', {}, 422, "organisation.from"),
        (b'{"seed": "-1", "values": {}}', {}, 422, "seed"),
        (b'{"seed": Infinity, "values": {}}', {}, 422, "seed"),
        (b'{"seed": true, "values": {}}', {}, 422, "seed"),
        (b'{"seed": "1_0", "values": {}}', {}, 422, "seed"),
        (b"[" * 1000, {}, 422, "cannot be read"),
        (b"{}", {"origin": "http://elsewhere.example"}, 403, "not answered"),
        (b"{}", {"origin": ""}, 403, "origin"),
        (b"{}", {"host": "elsewhere.example"}, 403, "by its address"),
        (b"{}", {"content-type": "text/plain"}, 415, "JSON"),
        (b" " * (LARGEST + 1), {}, 413, "larger"),
    ],
)
def test_a_wrong_request_for_an_organisation_is_one_message(
    server: PagesServer, body: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    found, answer = _asked(server, body, **headers)
    assert found == status
    assert words in json.loads(answer)["text"]


def test_an_own_organisation_is_for_this_machine_and_not_for_a_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="for the person at this machine"):
        run("0.0.0.0", 0, False, lambda line: None, folder)
    output = CliRunner().invoke(app, ["app", "--organisation", str(folder), "--export", str(tmp_path / "a.html")])
    assert isinstance(output.exception, InputError)
    assert "ccsim app --organisation serves it" in str(output.exception)


def test_declarations_have_what_a_mechanism_declares_and_the_key_is_another(mood: Path) -> None:
    shipped = engine_key()
    with extended([mood]):
        assert engine_key() != shipped
        found = model_data.model_data()
    assert engine_key() == shipped
    assert found["own"] == ["mood"]
    assert [row["key"] for row in found["parameters"] if row.get("own")] == ["mood.lift"]
    assert [row["title"] for row in found["kpis"] if row["key"] == "mood"] == ["Mood"]
    assert found["tallies"]["mood_departments"] == ("moods",)


def test_without_mechanisms_the_shipped_files_are_served() -> None:
    assert own_files(lambda line: None) == {}


@pytest.mark.slow
def test_a_mechanism_lives_in_the_browsers_engine_as_in_python_and_is_built_once(
    mood: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, differing: Callable[..., list[str]]
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr("ccsim.app.own_engine.cache_folder", lambda: kept)
    text: list[str] = []
    values = {**SMALL, "mood.lift": 0.2}
    with extended([mood], everywhere=True):
        files = own_files(text.append)
        native = simulate(load_scenario("combined").with_values(values), 3, 6)
        assert own_engine(text.append) == files["engine.wasm"]
    assert len(text) == 1
    assert "with mood" in text[0]
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    answer = _in_node(tmp_path, {"way": "run", "scenario": "combined", "set": values, "seed": 3, "weeks": 6})
    assert "series" in answer, answer
    assert differing(native.kpis, answer["series"]) == []


@pytest.mark.slow
def test_a_kernel_that_cannot_be_compiled_is_reported_with_its_line(mood: Path) -> None:
    mood.write_text(MOOD.replace("p.lift * own_staff.mood[i]", "p.lift * own_staff.mood[i].whole"), encoding="utf-8")
    line = MOOD.split("p.lift * own_staff.mood[i]")[0].count("\n") + 1
    with (
        extended([mood], everywhere=True),
        pytest.raises(InputError, match=rf"mood\.py:{line}: step lend cannot be compiled"),
    ):
        build_engine.compiled([str(mood)])


@pytest.mark.slow
def test_explore_runs_an_own_organisation_and_has_no_game(browser: Any, server: PagesServer) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/#/explore?from=nothing&weeks=4&organisation.warm_up=2")
    page.locator("#answer").wait_for(timeout=60_000)
    under = page.locator(".under").inner_text()
    assert "Your organisation: Invented." in under
    assert "110 people" in under
    assert page.locator("nav a", has_text="Play").count() == 0
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/#/play")
    page.get_by_text("made for the ordinary organisation").wait_for()
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/#/explore?from=nothing&weeks=4&organisation.staff=90")
    page.get_by_role("alert").get_by_text("organisation.staff: cannot be 90").wait_for()
    assert not faults
    page.close()


def test_the_shipped_folder_is_not_touched_by_own_mechanisms(mood: Path) -> None:
    before = (STATIC / "model.json").read_bytes()
    with extended([mood]):
        assert model_data.text().encode() != before
    assert build_engine.faults() == []
