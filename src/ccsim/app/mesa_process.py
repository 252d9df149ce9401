"""Mesa's page next to the application: a separate process, started at the first request for the page."""

from __future__ import annotations

import http.client
import importlib.util
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from ccsim.errors import InputError

#: What Mesa's page imports; the extra ``mesa-page``.
NEEDED = ("solara", "uvicorn", "altair", "networkx")
#: Seconds within which the page must answer. A machine may have to compile nothing for it, but it loads much.
START_TIMEOUT = 180.0


class MesaProcess:
    """Mesa's page on this machine.

    Args:
        command: the command that serves it; ``--port`` and the port are added. By default ``ccsim mesa``.
        own: files of users' mechanisms that it has.
    """

    def __init__(self, command: Sequence[str] = (), own: Sequence[str] = ()) -> None:
        usual = (sys.executable, "-m", "ccsim", "mesa", "--no-open", "--ends-with-input")
        self.command = (*(command or usual), *(word for file in own for word in ("--with", file)))
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @staticmethod
    def is_installed() -> bool:
        """Return whether everything that Mesa's page needs is installed."""
        return all(importlib.util.find_spec(name) for name in NEEDED)

    def port(self) -> int:
        """Return where the page is served, after waiting for it.

        Raises:
            InputError: it could not be started.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._port

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.terminate()

    def _start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        # It ends when its input does, and so with this process, however that ends.
        process = subprocess.Popen([*self.command, "--port", str(self._port)], stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and process.poll() is None:
            if self._answers():
                self._process = process
                return
            time.sleep(0.2)
        process.terminate()
        raise InputError("Mesa's page did not start; `ccsim mesa` says why")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()
