"""Attacks on a running server, on this machine only, each bounded in count and time: none gets through.

Each test says what a visitor tries; what is asserted is what the visitor gets, and that the next one is served.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest

websockets = pytest.importorskip("websockets.sync.client")
pytest.importorskip("solara")
from benchmarks.fuzz.http import counted  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402

import ccsim.ui.guard as guarding  # noqa: E402
from ccsim.ui.connection import HEAD  # noqa: E402
from ccsim.ui.messages import MESSAGE  # noqa: E402

PARTS = Path(guarding.__file__).with_name("cdn")
VUETIFY = "@widgetti/solara-vuetify-app@10.1.1"


class Visitor:
    """A visitor without a browser, who says what he likes."""

    def __init__(self, address: str, origin: str | None = None, host: str | None = None):
        self.address, self.session = address, str(uuid.uuid4())
        where = address.replace("http", "ws", 1)
        headers = {"Cookie": f"solara-session-id={uuid.uuid4()}"} | ({"Host": host} if host else {})
        self.kernel = str(uuid.uuid4())
        opening = websockets.connect(
            f"{where}/jupyter/api/kernels/{self.kernel}/channels?session_id={self.session}",
            origin=address if origin is None else origin or None, additional_headers=headers, open_timeout=10, proxy=None,
            max_size=2**26,
        )  # fmt: skip
        self.socket = opening.__enter__()
        self.seen: list[dict] = []

    def say(self, kind: str, **content) -> None:
        self.socket.send(json.dumps(message(kind, self.session, **content)))

    def hear(self, seconds: float = 0.5) -> list[dict]:
        """Return what the server says until it is silent for so long."""
        heard = []
        try:
            while True:
                text = self.socket.recv(seconds)
                heard.append(json.loads(text) if isinstance(text, str) else first_part(text))
        except TimeoutError:
            pass
        self.seen += heard
        return heard

    def page(self, path: str = "/") -> None:
        """Ask for a page, and wait until its widgets are there."""
        self.say("comm_open", comm_id="control", target_name="solara.control", data={})
        wanted = {"path": path, "dark": False, "themes": {"light": {}, "dark": {}}, "appName": None}
        self.say("comm_msg", comm_id="control", data={"method": "run", "args": wanted})
        until = time.monotonic() + 40
        while not self.widgets("VuetifyTemplateModel") and time.monotonic() < until:
            self.hear(1.0)
        self.hear(1.0)

    def widgets(self, kind: str = "") -> list[str]:
        """Return the ids of widgets, of one kind or all."""
        return [
            one["content"]["comm_id"] for one in self.seen if one["header"]["msg_type"] == "comm_open"
            and kind in one["content"]["data"]["state"].get("_model_name", "")
        ]  # fmt: skip

    def is_cut_off(self, seconds: float = 30.0) -> bool:
        """Tell whether the server closes the socket."""
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                try:
                    self.socket.recv(0.2)
                except TimeoutError:
                    continue
        except ConnectionClosed:
            return True
        return False

    def close(self) -> None:
        self.socket.close()


def message(kind: str, session: str = "", **content) -> dict:
    header = {"msg_id": str(uuid.uuid4()), "msg_type": kind, "session": session, "username": "", "version": "5.2"}
    return {
        "header": header,
        "parent_header": {},
        "metadata": {},
        "channel": "shell",
        "buffers": [],
        "content": content,
    }


def first_part(content: bytes) -> dict:
    count = struct.unpack("!I", content[:4])[0]
    starts = (*struct.unpack(f"!{count}I", content[4 : 4 * (count + 1)]), len(content))
    return json.loads(content[starts[0] : starts[1]])


def answer(address: str, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Return status, text and headers of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address + path, method=method, headers=named)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as found:
            return found.status, found.read().decode("utf-8", "replace"), dict(found.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode("utf-8", "replace"), dict(error.headers)


def status_kb(pid: int, name: str = "VmHWM") -> int:
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines[name].split()[0])


@pytest.fixture
def visitor(serving):
    made = []

    def visit(**how) -> Visitor:
        made.append(Visitor(serving[0], **how))
        return made[-1]

    yield visit
    for one in made:
        one.close()


@pytest.fixture(autouse=True)
def served_afterwards(serving):
    """Whatever was tried, the next visitor is served."""
    yield
    assert serving[1].poll() is None
    status, text, _ = answer(serving[0], "/")
    assert status == 200 and "solara" in text


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "written-by-a-visitor"


@pytest.mark.slow
def test_a1_no_message_calls_what_it_names(visitor, target):
    # Writes the file before it refuses the argument that every such call has besides.
    props = {"filename": str(target), "filemode": "w", "force": True}
    write = {"create_widget": ["logging", "basicConfig"], "props": props, "id": "x"}
    path = {"create_widget": ["pathlib", "Path.touch"], "props": {"self": str(target)}, "id": "x"}
    for content in (
        write, path, {**write, "event": "click"},
        {"update_ref": {"functionRef": "close", "args": []}, "prop": "tooltip", "id": "x"},
        {"destroy_widget": "x"}, {"event": "click", "data": {}, "create_widget": ["os", "system"]},
        {"event": "__init__"}, {"event": "handle_event"}, {"event": ["click"]}, [], "click", None,
    ):  # fmt: skip
        one = visitor()
        one.page()
        widgets = one.widgets("VuetifyTemplateModel")
        assert widgets, "the page has widgets to attack"
        for widget in widgets[:20]:
            try:
                one.say("comm_msg", comm_id=widget, data={"method": "custom", "content": content})
            except ConnectionClosed:
                break
        event = content.get("event") if isinstance(content, dict) else None
        if not (isinstance(event, str) and set(content) <= {"event", "data"}):
            assert one.is_cut_off()
        assert not target.exists()
        one.close()


def test_a1_a_declared_event_is_the_only_one_that_is_dispatched(visitor, serving):
    one = visitor()
    one.page()
    for widget in one.widgets("VuetifyTemplateModel"):
        one.say(
            "comm_msg", comm_id=widget, data={"method": "custom", "content": {"event": "nobody_declared", "data": {}}}
        )
    text = json.dumps(one.hear(1.0))
    assert "Traceback" not in text and "AttributeError" not in Path(serving[2]).read_text()


def test_a1_a_browser_opens_no_widget(visitor):
    state = {"_model_module": "@jupyter-widgets/controls", "_model_name": "ButtonModel",
             "_view_module": "@jupyter-widgets/controls", "_view_name": "ButtonView"}  # fmt: skip
    for name in ("jupyter.widget", "anything", "", None):
        one = visitor()
        one.say("comm_open", comm_id="mine", target_name=name, data={"state": state, "buffer_paths": []})
        assert one.is_cut_off()


def test_a1_a_browser_does_not_set_what_a_widget_is_made_of(visitor):
    one = visitor()
    one.page()
    for widget in one.widgets("VuetifyTemplateModel"):
        for name in ("template", "components", "methods", "events", "_model_name", "children"):
            one.say("comm_msg", comm_id=widget, data={"method": "update", "buffer_paths": [], "state": {name: "mine"}})
    one.hear(1.0)
    for widget in one.widgets("VuetifyTemplateModel"):
        one.say("comm_msg", comm_id=widget, data={"method": "request_state"})
    states = [row["content"]["data"]["state"] for row in one.hear(1.0) if row["header"]["msg_type"] == "comm_msg"
              and "state" in row["content"]["data"]]  # fmt: skip
    assert states and not any("mine" in state.values() for state in states)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1", "file://"])
def test_a2_a_socket_of_another_origin_is_403(visitor, origin):
    with pytest.raises(InvalidStatus, match=r"\b403\b"):
        visitor(origin=origin)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:80", "", "a b", "localhost@evil"]
)
def test_a2_a_foreign_host_is_403(serving, host):
    assert answer(serving[0], Host=host)[0] in (400, 403)


def test_a2_a_post_of_another_origin_is_403(serving):
    path = f"/_solara/api/close/{uuid.uuid4()}?session_id={uuid.uuid4()}"
    assert answer(serving[0], path, "POST", Origin="http://evil.example")[0] == 403
    assert answer(serving[0], path, "POST")[0] == 403
    assert answer(serving[0], path, "POST", Origin=serving[0])[0] == 200


def test_a2_a_page_is_closed_by_its_own_browser_only(serving, visitor):
    one = visitor()
    one.page()
    path = f"/_solara/api/close/{one.kernel}?session_id={one.session}"
    assert answer(serving[0], path, "POST", Origin=serving[0], Cookie="solara-session-id=other")[0] == 403
    assert not one.is_cut_off(1.0)


def everything_shipped() -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(PARTS.rglob("*"))}


def test_a3_the_shipped_parts_are_only_read(serving):
    before = everything_shipped()
    for path in (VUETIFY, f"{VUETIFY}/", f"{VUETIFY}/dist", "requirejs@2.3.6", "", ".", "nothing@1/none.js", "nothing",
                 "..%2f..%2fguard.py", "%2e%2e/guard.py", f"{VUETIFY}/../../../guard.py", "a%00b", "x" * 300):  # fmt: skip
        begun = time.monotonic()
        assert answer(serving[0], f"/_solara/cdn/{path}")[0] == 404, path
        assert time.monotonic() - begun < 3, "nobody else is asked"
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "MKCOL"):
        assert answer(serving[0], "/_solara/cdn/requirejs@2.3.6/require.js", method)[0] == 405
    assert everything_shipped() == before
    assert answer(serving[0], "/_solara/cdn/requirejs@2.3.6/require.js")[0] == 200


def test_a4_no_header_says_where_scripts_come_from(start_server):
    address, *_ = start_server()
    for name in ("X_Script_Name", "Script_Name", "X_Forwarded_Prefix", "X_Forwarded_Host", "X_Forwarded_Proto", "Forwarded",
                 "X_Original_Host", "X_Forwarded_For"):  # fmt: skip
        assert "evil.example" not in answer(address, **{name: "//evil.example"})[1]
    assert "evil.example" not in answer(address)[1]
    assert answer(address, X_Forwarded_Host="evil.example", X_Forwarded_Proto="https")[0] == 200


@pytest.mark.parametrize(
    "content",
    ["04000000", "10000000", "7fffffff", "ffffffff", "00000000", "", "00000001", "0000000100000004", "00000002000000080000000",
     "0000000100000008" + "ff" * 20, "00000002" + "0000000c" + "00000001" + "7b7d", "00000008" + "00000000" * 8],
)  # fmt: skip
def test_a5_a_binary_message_with_more_parts_than_bytes_is_refused(visitor, serving, content):
    before = status_kb(serving[1].pid)
    one, begun = visitor(), time.monotonic()
    one.socket.send(bytes.fromhex(content + "0" * (len(content) % 2)))
    assert one.is_cut_off()
    assert time.monotonic() - begun < 3
    assert status_kb(serving[1].pid) - before < 50_000


@pytest.mark.parametrize(
    "content",
    ["", "null", "[]", "{}", "1", '"x"', "{", "[" * 100_000, '{"a":' * 50_000, '{"header": {}}', '{"header": {"msg_type": []}}',
     json.dumps(message("execute_request", code="1")), json.dumps(message("comm_msg")), json.dumps(message("comm_msg", data=[])),
     json.dumps(message("comm_msg", comm_id="x", data={"method": "evict"})),
     json.dumps(message("comm_msg", comm_id="x", data={"method": "reload"})),
     json.dumps(message("comm_msg", comm_id="x", data={"method": "run", "args": {"appName": "other"}}))],
)  # fmt: skip
def test_a5_what_no_page_says_ends_the_socket(visitor, content):
    one = visitor()
    one.socket.send(content)
    assert one.is_cut_off()


def test_a5_a_long_message_ends_the_socket(visitor):
    one = visitor()
    try:
        one.socket.send("x" * (MESSAGE + 10))
        assert one.is_cut_off()
    except ConnectionClosed:
        pass


@pytest.mark.slow
def test_b15_many_silent_sockets_leave_room_for_the_next_visitor(visitor, serving):
    silent = [visitor() for _ in range(90)]
    begun = time.monotonic()
    one = visitor()
    one.page()
    assert one.widgets() and time.monotonic() - begun < 30
    assert sum(each.is_cut_off(0.1) for each in silent) >= 60


@pytest.mark.slow
def test_b15_half_sent_requests_leave_room_and_are_given_up(serving):
    host, port = serving[0].removeprefix("http://").split(":")
    half = []
    for _ in range(300):
        each = socket.create_connection((host, int(port)), timeout=5)
        each.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        half.append(each)
    begun = time.monotonic()
    assert answer(serving[0], "/")[0] == 200
    assert time.monotonic() - begun < 5
    time.sleep(HEAD + 1.5)
    gone = 0
    for each in half:
        each.settimeout(0.2)
        try:
            gone += each.recv(1) == b""
        except TimeoutError:
            pass
        except OSError:
            gone += 1
        each.close()
    assert gone == 300


def test_b23_pages_keep_to_themselves(serving):
    status, _, headers = answer(serving[0], "/")
    lower = {name.lower(): value for name, value in headers.items()}
    assert status == 200
    assert "frame-ancestors 'none'" in lower["content-security-policy"] and lower["x-frame-options"] == "DENY"
    assert "http:" not in lower["content-security-policy"] and "*" not in lower["content-security-policy"]
    assert lower["x-content-type-options"] == "nosniff" and lower["referrer-policy"] == "no-referrer"
    assert "HttpOnly" in lower["set-cookie"] and "SameSite=Strict" in lower["set-cookie"]
    assert "server" not in lower


@pytest.mark.parametrize(
    "path",
    ["/resourcez", "/resourcez?verbose", "/jupyter/api/kernels/x", "/_solara/api/evict/x", "/_solara/auth/login"],
)
def test_b23_nothing_is_reported_to_strangers(serving, path):
    assert answer(serving[0], path)[0] == 404
    assert "kernels" not in answer(serving[0], path)[1]


def test_nothing_was_written_to_the_log_but_the_address(serving):
    log = Path(serving[2]).read_text()
    assert "Traceback" not in log, log[-3000:]
    assert os.environ.get("HOME", "/nowhere") not in log


def test_raw_bytes_end_in_no_traceback_and_get_no_file(serving):
    host, _, port = serving[0].removeprefix("http://").rpartition(":")
    output, faults = counted(200, 5, (host, int(port)))
    assert not faults, faults[:3]
    assert output["clear"] > 50
