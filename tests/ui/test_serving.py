"""What stands in the way of serving is one message. A server that is told to end does."""

from __future__ import annotations

import asyncio
import socket
import urllib.request

import pytest
from tests.ui.conftest import SMALL

from ccsim.errors import InputError

pytest.importorskip("solara")


def test_a_port_that_is_taken_is_one_message():
    from ccsim.ui.serving import run

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}: Address already in use; --port and --host take others"):
            run("127.0.0.1", port, open_=False)


def test_an_address_that_is_not_ours_is_one_message():
    from ccsim.ui.serving import run

    with pytest.raises(InputError, match=r"cannot listen at 192\.0\.2\.1"):
        run("192.0.2.1", 8765, open_=False)


@pytest.mark.parametrize("command", ["app", "mesa"])
@pytest.mark.parametrize("host", ["", "1.2.3", "a b", "//evil.example"])
def test_a_refused_host_is_one_message_and_never_shown_as_an_address(ccsim, tmp_path, host, command):
    done = ccsim(command, "--no-open", "--host", host, cwd=tmp_path)
    assert done.returncode != 0
    assert "must be an address" in done.stderr and "http://" not in done.stderr


def test_a_visitor_who_hangs_up_before_a_refusal_ends_the_socket_without_an_error():
    from ccsim.ui.checked_socket import CheckedSocket

    async def gone(message):
        raise ConnectionError(f"nobody hears {message}")

    async def silent():
        raise AssertionError("the first message is refused")

    async def ended():
        socket = CheckedSocket({"type": "websocket.receive", "text": "no message of a page"}, silent, gone)
        return [(await socket.receive())["type"] for _ in range(3)]

    assert asyncio.run(ended()) == ["websocket.connect", "websocket.disconnect", "websocket.disconnect"]


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/readyz", timeout=2)
    except OSError:
        return False
    return True


def test_a_server_that_ends_with_its_input_does(start_server):
    address, process, _ = start_server("mesa", "top-down", *SMALL, "--ends-with-input")
    assert answers(address)
    process.stdin.close()
    process.wait(15)
    assert not answers(address)


@pytest.mark.slow
def test_a_server_that_is_terminated_has_ended_in_a_few_seconds(start_server):
    address, process, _ = start_server()
    process.terminate()
    process.wait(15)
    assert not answers(address)
