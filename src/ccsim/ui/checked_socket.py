"""A socket of a page: messages are checked before Solara receives them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque

from ccsim.app.limits import Allowance
from ccsim.app.pages import Message, Receive, Send
from ccsim.ui.messages import RefusedMessageError, parsed

#: Largest number of channels of a page.
CHANNELS = 60
#: Seconds within which a page must be requested.
REQUEST_TIMEOUT = 20.0
#: Messages at once, and how many more each second.
MESSAGES = (600.0, 60.0)


class CheckedSocket:
    """A socket known to Solara: messages are checked before they are passed on.

    Args:
        first: the first message.
        receive: waits for the next one.
        send: answers.
    """

    def __init__(self, first: Message, receive: Receive, send: Send) -> None:
        self._waiting: deque[Message] = deque(({"type": "websocket.connect"}, first))
        self._receive, self._send = receive, send
        self._allowance, self._deadline = Allowance(*MESSAGES), time.monotonic() + REQUEST_TIMEOUT
        self._requested, self._over, self._channels, self._accepted = False, False, 0, False

    async def receive(self) -> Message:
        """Return the next message that may be passed on."""
        if self._over:
            return {"type": "websocket.disconnect", "code": 1008}
        if self._waiting and self._waiting[0]["type"] == "websocket.connect":
            return self._waiting.popleft()
        try:
            message = self._waiting.popleft() if self._waiting else await self._next()
        except TimeoutError:
            return await self._end()
        if message["type"] != "websocket.receive":
            return message
        while wait := self._allowance.take(""):
            await asyncio.sleep(wait)
        text = message.get("text")
        try:
            data = parsed(text if text is not None else message.get("bytes") or b"")
            kind = data["header"]["msg_type"]
            self._channels += kind == "comm_open"
            if self._channels > CHANNELS:
                raise RefusedMessageError("a page opens few channels")
        except (RefusedMessageError, ValueError, RecursionError):
            return await self._end()
        if kind == "comm_msg":
            self._requested = self._requested or data["content"]["data"]["method"] in ("run", "app-status")
        return message

    async def _next(self) -> Message:
        if self._requested:
            return await self._receive()
        return await asyncio.wait_for(self._receive(), max(0.1, self._deadline - time.monotonic()))

    async def _end(self) -> Message:
        self._over = True
        with contextlib.suppress(OSError):  # the visitor may have hung up already
            await self._send({"type": "websocket.close", "code": 1008})
        return {"type": "websocket.disconnect", "code": 1008}

    async def send(self, message: Message) -> None:
        """Pass an answer on; the socket is already accepted."""
        if message["type"] == "websocket.accept" and not self._accepted:
            self._accepted = True
            return
        if not self._over:
            self._over = message["type"] == "websocket.close"
            await self._send(message)
