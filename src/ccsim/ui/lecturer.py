"""Who may open classes: whoever has the lecturer's secret, which the server prints on its own terminal.

On a server that only this machine reaches, everybody is the lecturer.
"""

from __future__ import annotations

import hmac
import secrets

from ccsim.errors import InputError

#: Name of the cookie that carries the secret from the printed link to the page.
COOKIE = "ccsim-lecturer"


class Lecturer:
    """The secret of a server; empty while none is required."""

    def __init__(self) -> None:
        self._secret = ""

    def require_secret(self) -> str:
        """Make a secret, and return it for the terminal."""
        self._secret = secrets.token_urlsafe(12)
        return self._secret

    @property
    def required(self) -> bool:
        """Whether a secret is required."""
        return bool(self._secret)

    def knows(self, given: object) -> bool:
        """Return whether a visitor has the secret; compared in a time that tells nothing of it."""
        if not self._secret:
            return True
        text = given if isinstance(given, str) and len(given) <= 200 else ""
        return hmac.compare_digest(text.encode("utf-8", "replace"), self._secret.encode())

    def check(self, given: object) -> None:
        """Refuse a visitor without the secret.

        Raises:
            InputError: the secret is missing or another one.
        """
        if not self.knows(given):
            raise InputError(
                "this server opens classes for its lecturer only; type the secret that `ccsim app` printed on its terminal, "
                "or use the address that it printed"
            )


#: The lecturer of this server.
LECTURER = Lecturer()
