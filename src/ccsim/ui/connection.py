"""Connections below the application: late or excessive connections are closed."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

#: Largest number of connections of one address.
CONNECTIONS_EACH = 250
#: Seconds for the head of a request, and for an answer.
HEAD, ANSWER = 10.0, 120.0


class Connection(H11Protocol):
    """A connection whose request must arrive and be answered in time."""

    #: Live connections by address, the oldest first.
    live: ClassVar[dict[str, dict[Connection, None]]] = defaultdict(dict)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn asks for a transport of sockets as well
        """Start the timer; if an address has too many connections, close its oldest silent one."""
        super().connection_made(transport)
        self._socket = False
        self._waiting_since: tuple[tuple[int, bool], float] | None = None
        self._address = self.client[0] if self.client else ""
        own = Connection.live[self._address]
        if len(own) >= CONNECTIONS_EACH:
            quiet = next((connection for connection in own if connection._is_quiet()), None)
            (quiet or self)._drop()
        own[self] = None
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(HEAD, self._check_progress)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Hand the connection over to the socket, which has its own limits."""
        self._socket = True
        self._forget()
        super().handle_websocket_upgrade(event)

    def _is_quiet(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _check_progress(self) -> None:
        """Close the connection if its request does not arrive, or is not answered, in time."""
        now = time.monotonic()
        cycle = self.cycle
        waiting = cycle is None or cycle.response_complete or cycle.more_body
        # Between two requests uvicorn's own time-out holds; a second request that is half there counts as from now.
        patience = HEAD if waiting else ANSWER
        state = (id(cycle), bool(cycle and cycle.response_complete))
        known, since = self._waiting_since or (None, now)
        if (known == state and now - since >= patience - 0.1) or (known is None and cycle is None):
            self._drop()
            return
        if known != state:
            self._waiting_since = (state, now)
        self._timer = self.loop.call_later(HEAD, self._check_progress)

    def _drop(self) -> None:
        if not self._socket and self.transport is not None:
            self.transport.abort()

    def _forget(self) -> None:
        own = Connection.live.get(self._address, {})
        own.pop(self, None)
        if not own:
            Connection.live.pop(self._address, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
