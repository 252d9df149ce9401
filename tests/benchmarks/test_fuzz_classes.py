"""Random requests to the class service, as many as a test can afford."""

from pathlib import Path

from benchmarks.fuzz.classes import answers


def test_no_request_to_the_class_service_is_a_traceback_or_tells_a_secret(tmp_path: Path) -> None:
    told = answers(500, 5, tmp_path)
    assert (told["traceback"], told["leaked"]) == (0, 0)
    assert told["accepted"] > 50 < told["refused"]
