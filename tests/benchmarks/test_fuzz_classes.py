"""Random requests to the class service, as many as a test can afford."""

from pathlib import Path

from benchmarks.fuzz.classes import answers


def test_no_request_to_the_class_service_is_a_traceback_or_tells_a_secret(tmp_path: Path) -> None:
    output = answers(500, 5, tmp_path)
    assert (output["traceback"], output["leaked"]) == (0, 0)
    assert output["accepted"] > 50 < output["refused"]
