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

    live: ClassVar[dict[str, dict[Connection, float]]] = defaultdict(dict)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn asks for a transport of sockets as well
        """Start the timer; if an address has too many connections, close its oldest silent one."""
        super().connection_made(transport)
        self._begun, self._socket = time.monotonic(), False
        self._hung: tuple[tuple[int, bool], float] | None = None
        self._who = self.client[0] if self.client else ""
        mine = Connection.live[self._who]
        if len(mine) >= CONNECTIONS_EACH:
            quiet = next((one for one in mine if one._is_quiet()), None)
            (quiet or self)._drop()
        mine[self] = self._begun
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(HEAD, self._look)

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

    def _look(self) -> None:
        """Close the connection if its request does not arrive, or is not answered, in time."""
        now = time.monotonic()
        cycle = self.cycle
        waiting = cycle is None or cycle.response_complete or cycle.more_body
        # Between two requests uvicorn's own time-out holds; a second request that is half there counts as from now.
        patience = HEAD if waiting else ANSWER
        mark = (id(cycle), bool(cycle and cycle.response_complete))
        if self._hung is not None and self._hung[0] == mark and now - self._hung[1] >= patience - 0.1:
            self._drop()
            return
        if self._hung is None and cycle is None:
            self._drop()
            return
        if self._hung is None or self._hung[0] != mark:
            self._hung = (mark, now)
        self._timer = self.loop.call_later(HEAD, self._look)

    def _drop(self) -> None:
        if not self._socket and self.transport is not None:
            self.transport.abort()

    def _forget(self) -> None:
        mine = Connection.live.get(self._who, {})
        mine.pop(self, None)
        if not mine:
            Connection.live.pop(self._who, None)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
