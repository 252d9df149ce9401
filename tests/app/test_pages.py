"""The built pages as a server, one file and a folder hand them out; none of it needs a browser."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccsim.app.pages import STATIC, StaticPages, is_ours, read_static
from ccsim.app.server import PagesServer, run
from ccsim.app.single_file import single_page, write_folder, write_single_file
from ccsim.errors import InputError
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


@pytest.fixture(scope="module")
def pages() -> StaticPages:
    return StaticPages(["127.0.0.1"], beside=("play",))


def test_the_scripts_are_built_from_their_sources() -> None:
    if not WEB.is_dir():
        pytest.skip("the sources of the pages are not here")
    names = sorted(
        path.relative_to(WEB / "src").as_posix()
        for path in (WEB / "src").rglob("*")
        if path.suffix in (".ts", ".tsx", ".css", ".json", ".html")
    )
    mark = hashlib.sha256()
    for name in ["build.mjs", "package-lock.json", *(f"src/{name}" for name in names)]:
        mark.update(name.encode())
        mark.update((WEB / name).read_bytes())
    links = WEB.parent / "benchmarks" / "fuzz" / "address.js"
    for name in (STATIC / "app.js", STATIC / "worker.js", links):
        first = name.read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"// sources: {mark.hexdigest()[:16]}", f"{name}: run `npm ci && npm run build` in web/"


def test_what_a_visit_loads_is_below_400_kilobytes(pages: StaticPages) -> None:
    names = ("/", "/app.js", "/app.css", "/worker.js", "/engine.wasm", "/model.json")
    assert sum(len(pages.packed[name]) for name in names) < 400_000


def test_one_file_is_below_three_megabytes_and_names_no_other_place() -> None:
    page = single_page()
    assert len(page.encode()) < 3_000_000
    assert "src=" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r'(?:src|href)="(?!data:|#)', page.partition("<body>")[0])


def test_a_served_page_has_no_script_or_style_of_its_own(pages: StaticPages) -> None:
    page = pages.files["/"].decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    assert "<style" not in page and "style=" not in page and not re.search(r"\son\w+=", page)
    policy = pages.answer("GET", "/", {"host": "localhost:1"}).headers["content-security-policy"]
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy and "default-src 'none'" in policy


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost:1", "[::1]:80", "192.168.0.7:8765"])
def test_a_host_that_is_an_address_is_ours(host: str) -> None:
    assert is_ours(host, [])


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a b", "x@y"]
)
def test_a_host_of_another_name_is_not_ours(host: str, pages: StaticPages) -> None:
    assert not is_ours(host, ["127.0.0.1"])
    assert pages.answer("GET", "/", {"host": host}).status == 403


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/app.js", 200), ("/nothing.js", 404), ("/../x.py", 404)])
def test_a_path_is_a_file_of_ours_or_none(path: str, status: int, pages: StaticPages) -> None:
    assert pages.answer("GET", path, {"host": "localhost"}).status == status


def test_an_unknown_page_leads_to_the_first_one(pages: StaticPages) -> None:
    found = pages.answer("GET", "/compare", {"host": "localhost"})
    assert (found.status, found.headers["location"]) == (303, "/#/compare")
    assert "\n" not in pages.answer("GET", "/a\nb", {"host": "localhost"}).headers["location"]


def test_only_reading_is_accepted(pages: StaticPages) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert pages.answer(method, "/", {"host": "localhost"}).status == 405


@pytest.fixture(scope="module")
def server(pages: StaticPages) -> Iterator[int]:
    served = PagesServer("127.0.0.1", 0, pages)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    yield served.server_address[1]
    served.shutdown()
    served.server_close()


def test_a_file_comes_packed_and_once(server: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=10)
    connection.request("GET", "/app.js", headers={"accept-encoding": "gzip"})
    first = connection.getresponse()
    assert first.status == 200 and first.headers["content-encoding"] == "gzip" and len(first.read()) < 130_000
    connection.request("GET", "/app.js", headers={"if-none-match": first.headers["etag"]})
    again = connection.getresponse()
    assert again.status == 304 and again.read() == b""
    connection.request("HEAD", "/")
    assert connection.getresponse().status == 200


def test_a_port_that_is_taken_is_one_message(server: int) -> None:
    with pytest.raises(InputError, match=f"port {server}: Address already in use"):
        run("127.0.0.1", server, open_=False)


@pytest.mark.parametrize("host", ["", "a b", "//evil.example"])
def test_a_host_that_is_none_is_one_message(host: str) -> None:
    with pytest.raises(InputError, match="--host must be an address"):
        run(host, 8765, open_=False)


def test_pages_that_lack_a_file_are_one_message(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>")
    with pytest.raises(InputError, match=r"lacks app\.js, worker\.js"):
        read_static(tmp_path)


def test_the_application_is_written_as_a_file_and_as_a_folder(tmp_path: Path) -> None:
    assert write_single_file(tmp_path / "a.html") == (tmp_path / "a.html").stat().st_size
    count = write_folder(tmp_path / "deep" / "folder")
    assert count == len(list((tmp_path / "deep" / "folder").iterdir()))
    with pytest.raises(InputError, match="cannot be written"):
        write_single_file(tmp_path / "none" / "a.html")
    with pytest.raises(InputError, match="cannot be written"):
        write_folder(tmp_path / "a.html")


def _sources() -> str:
    if not WEB.is_dir():
        pytest.skip("the sources of the pages are not here")
    return "\n".join((WEB / "src" / name).read_text(encoding="utf-8") for name in ("causes.ts", "levers.tsx"))


def test_parameters_and_figures_that_the_pages_name_exist() -> None:
    named = set(re.findall(r'"([a-z_]+\.[a-z_]+)": [01]\b', _sources()))
    named |= set(re.findall(r'^  "([a-z_]+\.[a-z_]+)",$', _sources(), flags=re.MULTILINE))
    needs = json.loads((WEB / "src" / "needs.json").read_text(encoding="utf-8"))
    named |= set(needs) | {need["lever"] for row in needs.values() for need in row}
    words = json.loads((WEB / "src" / "words" / "model.en.json").read_text(encoding="utf-8"))
    named |= {key.removeprefix("lever.") for key in words if key.startswith("lever.")}
    assert len(named) > 80 and named <= set(all_parameters())
    assert {"csat", "fcr", "adoption", "npv", "spend", "nps", "profit", "reported_fcr", "reported_csat"} <= set(KPIS)


def test_every_lever_has_a_title_of_its_own() -> None:
    _sources()
    words = json.loads((WEB / "src" / "words" / "model.en.json").read_text(encoding="utf-8"))
    assert not [key for key, row in all_parameters().items() if row.role == "lever" and f"lever.{key}" not in words]
