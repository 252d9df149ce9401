"""How a class reaches this machine: its addresses in the local network, the link to join, and the link as a QR code."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import re
import socket

import segno

from ccsim.errors import InputError

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST_NAME = re.compile(rf"{LABEL}(?:\.{LABEL})*")
NUMBERS = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+))*")
#: Addresses at which a server listens on all of its machine's addresses.
EVERYWHERE = ("0.0.0.0", "::", "")
#: Addresses in networks of each kind. A datagram socket is only pointed at them; nothing is sent.
ELSEWHERE = ("10.255.255.255", "192.168.255.255", "172.31.255.255", "203.0.113.1")


def checked_host(host: str) -> str:
    """Return a host to listen at.

    Raises:
        InputError: it is empty, has characters that no host name has, or does not name one host.
    """
    plain = host.strip("[]") if host.startswith("[") and host.endswith("]") else host
    if "%" not in plain and parsed_address(plain) is not None:
        return plain
    # A name of digits and dots is an invalid address, or one that only some systems accept.
    if len(plain) > 253 or not HOST_NAME.fullmatch(plain) or NUMBERS.fullmatch(plain):
        shown = "".join(sign if sign.isprintable() else "?" for sign in host[:40])
        raise InputError(
            f"--host must be an address of this machine such as 127.0.0.1 or ::1, its name, or 0.0.0.0 for all its "
            f"addresses, got {shown!r}"
        )
    return plain


def parsed_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return an IP address; None for any other text."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def is_this_machine(host: str) -> bool:
    """Return whether only this machine can reach a server that listens at a host."""
    address = parsed_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def reachable(host: str) -> list[str]:
    """Return the addresses at which other devices reach a server, the most likely first.

    Args:
        host: where it listens; ``0.0.0.0`` or ``::`` for all addresses of this machine.

    Returns:
        The addresses; empty if only this machine can reach the server.
    """
    if host not in EVERYWHERE:
        return [] if is_this_machine(host) else [host]
    own: list[str] = []
    for address in ELSEWHERE:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
            probe.connect((address, 9))
            own.append(str(probe.getsockname()[0]))
    with contextlib.suppress(OSError):
        _, _, named = socket.gethostbyname_ex(socket.gethostname())
        own += named
    usable = [each for each in dict.fromkeys(own) if not is_this_machine(each) and each != "0.0.0.0"]
    # Self-assigned addresses come last.
    return sorted(usable, key=lambda each: ipaddress.ip_address(each).is_link_local)


def names_of(host: str) -> list[str]:
    """Return the names by which a request may address this server, besides its addresses."""
    if is_this_machine(host):
        return [host]
    own = socket.gethostname().lower()
    return [host, own, f"{own.removesuffix('.local')}.local"]


def url(host: str, port: int, path: str = "/") -> str:
    """Return the address of a page.

    Args:
        host: name or address of the machine.
        port: port of the server.
        path: path of the page, with its leading slash.
    """
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}{'' if port == 80 else f':{port}'}{path}"


def qr_rows(text: str) -> list[str]:
    """Return a text as a QR code.

    Args:
        text: the text, such as a link.

    Returns:
        The rows of the code with ``1`` for a dark module and ``0`` for a light one, without the quiet border.
    """
    return ["".join("1" if dark else "0" for dark in row) for row in segno.make(text, error="m", micro=False).matrix]


def qr_terminal(text: str) -> str:
    """Return a text as a QR code for the terminal."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue()
