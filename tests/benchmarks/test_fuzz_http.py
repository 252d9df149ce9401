"""Raw bytes and odd requests to the server of the application and its classes."""

from pathlib import Path

import pytest
from benchmarks.fuzz.http import answered, counted, listening


def test_no_bytes_end_in_a_traceback_or_get_what_they_must_not(tmp_path: Path) -> None:
    with listening(tmp_path) as address:
        output, faults = counted(400, 4, address)
    assert not faults, faults[:3]
    assert min(output["clear"], output["accepted"]) > 20


@pytest.mark.parametrize(
    "raw", [b"GET /\r\n\r\n", b"GET / HTTP/0.9\r\n\r\n", b"HEAD /app.js HTTP/0.9\r\nhost: 127.0.0.1\r\n\r\n"]
)
def test_a_version_without_a_head_is_refused_with_one(raw: bytes, tmp_path: Path) -> None:
    with listening(tmp_path) as address:
        back = answered(address, raw)
    assert back is not None
    assert back.startswith((b"HTTP/1.1 505", b"HTTP/1.1 400"))
