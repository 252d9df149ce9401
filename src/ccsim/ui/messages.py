"""The messages that a browser may send to the widgets of a page.

A browser may name any Python function, which Solara's widgets would then call. Two things close this: :func:`parsed`
looks at every message before Solara does, and :func:`restrict_widgets` stands where messages reach widgets.
"""

from __future__ import annotations

import json
import re
import struct
from typing import Any

#: Limits of a message: bytes, parts of a binary message, levels of nesting.
MESSAGE, PARTS, DEPTH = 1_000_000, 8, 40
_TYPES = frozenset(("kernel_info_request", "comm_open", "comm_msg", "comm_close", "comm_info_request",
                    "shutdown_request"))  # fmt: skip
#: What a browser may open by itself: the channels by which a page is asked for, and widgets are listed.
_TARGETS = frozenset(("solara.control", "jupyter.widget.control"))
#: Allowed content of a message, by method.
_METHODS = {
    "run": {"method", "args"}, "app-status": {"method", "args"}, "request_states": {"method"},
    "request_state": {"method"}, "update": {"method", "state", "buffer_paths"}, "custom": {"method", "content"},
}  # fmt: skip
#: Traits that make a widget what it is. The server sets them, the browser never does.
_PLUMBING = frozenset(("template", "css", "scoped", "scoped_css_support", "methods", "data", "events", "components", "layout",
                       "children", "slot", "style", "style_", "class_", "attributes", "v_slots", "v_on", "comm",
                       "keys", "tabbable", "tooltip"))  # fmt: skip


class RefusedMessageError(Exception):
    """A message that no page of ours sends; says why."""


def parsed(content: str | bytes) -> dict[str, Any]:
    """Return the parsed message of a browser, if a page can send it.

    Args:
        content: text, or the binary form: a count of parts, their offsets, the parts.

    Raises:
        RefusedMessageError: no page sends such a message.
    """
    if len(content) > MESSAGE:
        raise RefusedMessageError("the message is too long")
    parts = 0
    if isinstance(content, bytes):
        starts = _starts(content)
        parts = len(starts) - 1
        content = content[starts[0] : starts[1] if parts else None].decode("utf-8", "strict")
    message = json.loads(content)
    _check_values(message)
    if not isinstance(message, dict) or not isinstance(message.get("header"), dict):
        raise RefusedMessageError("the message has no header")
    kind = message["header"].get("msg_type")
    if not isinstance(kind, str) or kind not in _TYPES or message.get("channel") not in ("shell", "control"):
        raise RefusedMessageError("the message is of no known type")
    inner = message.get("content")
    if not isinstance(inner, dict) or not isinstance(message.get("metadata", {}), dict):
        raise RefusedMessageError("the message has no content")
    if not isinstance(inner.get("comm_id", ""), str):
        raise RefusedMessageError("a channel has a name")
    if kind == "comm_open":
        if str(inner.get("target_name")) not in _TARGETS or inner.get("data"):
            raise RefusedMessageError("a browser opens no widget")
    elif kind == "comm_msg":
        _check_data(inner.get("data"), parts)
    if parts and kind != "comm_msg":
        raise RefusedMessageError("the message has parts that it cannot have")
    return message


def _starts(content: bytes) -> tuple[int, ...]:
    """Return the start of each part of a binary message, after checking their number."""
    if len(content) < 8:
        raise RefusedMessageError("the message has fewer bytes than a message")
    count = struct.unpack("!I", content[:4])[0]
    if not 1 <= count <= PARTS or 4 * (count + 1) > len(content):
        raise RefusedMessageError("the message has more parts than bytes for them")
    starts: tuple[int, ...] = struct.unpack(f"!{count}I", content[4 : 4 * (count + 1)])
    if starts[0] != 4 * (count + 1) or list(starts) != sorted(starts) or starts[-1] > len(content):
        raise RefusedMessageError("the parts of the message are not where it says")
    return starts


def _check_values(value: Any, depth: int = DEPTH) -> None:
    """Raise an error for messages that are nested too deep or name another widget."""
    if isinstance(value, str):
        if value.startswith("IPY_MODEL_"):
            raise RefusedMessageError("a browser hands over no widget")
        return
    if not isinstance(value, (dict, list)):
        return
    if not depth:
        raise RefusedMessageError("the message is nested too deep")
    for inner in value.values() if isinstance(value, dict) else value:
        _check_values(inner, depth - 1)


def _check_data(data: Any, parts: int) -> None:
    """Check a message to a widget, or on the channel that requests a page."""
    method = data.get("method") if isinstance(data, dict) else None
    if not isinstance(method, str) or not set(data) <= _METHODS.get(method, frozenset()):
        raise RefusedMessageError("nothing of that kind is said to a widget")
    if method == "custom":
        content = data.get("content")
        if not isinstance(content, dict) or not set(content) <= {"event", "data"}:
            raise RefusedMessageError("a widget receives only events")
        event = content.get("event")
        if not isinstance(event, str) or not re.fullmatch(r"[\w.:!-]{1,80}", event):
            raise RefusedMessageError("an event has a name")
    elif parts:
        raise RefusedMessageError("only an event has parts")
    elif method == "update":
        if not isinstance(data.get("state"), dict) or data.get("buffer_paths"):
            raise RefusedMessageError("a state is values by name")
    elif method == "run":
        args = data.get("args")
        if not isinstance(args, dict) or args.get("appName") not in (None, "", "__default__"):
            raise RefusedMessageError("there is one application")
        if not isinstance(args.get("path", ""), str):
            raise RefusedMessageError("a path is a text")
        if not isinstance(args.get("themes", {}), dict):
            raise RefusedMessageError("themes are values by name")


def restrict_widgets() -> None:
    """Restrict messages to events that a widget declares and values that a browser may set.

    One place for all widgets: Solara hands every message of a browser to ``Widget._handle_msg``.
    """
    from ipywidgets.widgets.widget import Widget  # type: ignore[import-untyped]  # ipywidgets has no types

    handle = Widget._handle_msg
    if getattr(handle, "restrict_widgets", False):
        return

    def checked(widget: Any, message: dict[str, Any]) -> None:
        data = message["content"]["data"]
        if data.get("method") == "custom":
            content = data.get("content")
            if not isinstance(content, dict) or not set(content) <= {"event", "data"} or not declares(widget, content):
                return
        elif data.get("method") == "update":
            state = data.get("state", {})
            kept = {name: value for name, value in state.items() if settable(widget, name)}
            if not kept:
                return
            message = {**message, "content": {**message["content"], "data": {"method": "update", "state": kept}}}
        elif data.get("method") != "request_state":
            return
        handle(widget, message)

    checked.restrict_widgets = True  # type: ignore[attr-defined]  # so that it is put there once
    Widget._handle_msg = checked


def declares(widget: Any, content: dict[str, Any]) -> bool:
    """Return whether a widget itself declares an event."""
    event = content.get("event")
    if not isinstance(event, str):
        return False
    if hasattr(widget, "_event_handlers_map"):
        return event in widget._event_handlers_map
    if callable(getattr(widget, "_handle_button_msg", None)):
        return event == "click"
    return event.isidentifier() and callable(getattr(type(widget), f"vue_{event}", None))


def settable(widget: Any, name: str) -> bool:
    """Return whether a browser may set a trait: one that is synchronised and does not define the widget."""
    return isinstance(name, str) and not name.startswith("_") and name not in _PLUMBING and name in widget.keys
