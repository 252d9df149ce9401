"""Random messages to the pages' sockets."""

import pytest

pytest.importorskip("solara")

from benchmarks.fuzz.sockets import answers


def test_no_socket_message_is_a_traceback_or_passes_as_something_else() -> None:
    output = answers(5_000, 1)
    assert output["traceback"] == output["accepted wrongly"] == 0
    assert min(output["refused"], output["accepted"]) > 200
