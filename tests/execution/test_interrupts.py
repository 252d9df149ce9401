"""Ctrl-C at every place, and again and again while the first one is being answered."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccsim.execution import interrupts, runner, temporary
from ccsim.execution.interrupts import Interrupts
from ccsim.execution.runner import RunInterrupted, run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.results.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to its own process")


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0)  # the handler is called between two instructions


@pytest.fixture
def usual() -> Iterator[Any]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_many_presses_are_one_interrupt_and_the_usual_answer_is_back_afterwards(usual: Any) -> None:
    caught = 0
    with Interrupts() as ctrl_c:
        try:
            press()
        except KeyboardInterrupt:
            caught += 1
            for _ in range(20):
                press()
            ctrl_c.finish()
    assert caught == 1
    with pytest.raises(KeyboardInterrupt):
        press()


def test_a_press_that_was_swallowed_does_not_disarm_the_next(usual: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "ONE_PRESS", 0.01)
    with Interrupts():
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                press()
            time.sleep(0.02)


def test_a_press_in_a_held_block_strikes_at_its_end(usual: Any) -> None:
    whole = False
    with Interrupts() as ctrl_c, pytest.raises(KeyboardInterrupt), ctrl_c.held():
        press()
        press()
        whole = True
    assert whole


def test_other_threads_and_ignored_signals_change_nothing() -> None:
    before = signal.getsignal(signal.SIGINT)

    def inside() -> None:
        with Interrupts() as ctrl_c, ctrl_c.held():
            ctrl_c.finish()

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before


PLACES = ("create", "flush", "write_manifest", "simulate", "open_results")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_ctrl_c_anywhere_keeps_what_has_finished_and_says_how_to_go_on(
    place: str, nth: int, usual: Any, small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccsim.execution.scheduler.FLUSH_SECONDS", -1.0)
    owner = Store if place in ("flush", "write_manifest", "create") else runner
    real, calls = getattr(owner, place), 0

    def pressed(*words: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            press()
        answer = real(*words, **options)
        if calls == nth:
            press()
        return answer

    monkeypatch.setattr(owner, place, staticmethod(pressed) if place == "create" else pressed)
    folder = tmp_path / "r"
    try:
        run_experiment(small_experiment, workers=1, out=folder)
    except RunInterrupted as error:
        assert str(error).endswith(f"To continue: ccsim resume {folder}")
        assert error.done == len(Store.create(folder, small_experiment, [], True).done)
    else:
        assert calls < nth  # the place is not reached so often
    monkeypatch.undo()
    again = run_experiment(small_experiment, workers=1, out=folder, resume=True)
    assert again.hash() == run_experiment(small_experiment, workers=1).hash()


def test_the_status_of_an_interrupted_folder_says_so(
    usual: Any, small_experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ccsim.results.manifest import read_manifest

    real = runner.simulate

    def pressed(*words: Any, **options: Any) -> Any:
        press()
        return real(*words, **options)

    monkeypatch.setattr(runner, "simulate", pressed)
    with pytest.raises(RunInterrupted):
        run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    assert read_manifest(tmp_path / "r")["status"] == "interrupted"


def test_folders_of_killed_processes_are_removed_and_those_in_use_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporary.tempfile, "tempdir", str(tmp_path))
    left, empty, foreign = tmp_path / "ccsim-left", tmp_path / "ccsim-new", tmp_path / "ccsim-mine"
    for place in (left, empty, foreign):
        place.mkdir()
    (left / temporary.OWNER).touch()
    (left / "results").mkdir()
    (foreign / "thesis.txt").write_text("years of work")
    os.utime(foreign, (0, 0))
    with temporary.temporary_folder() as used:
        with temporary.temporary_folder() as other:
            assert used.is_dir() and other.is_dir()
        assert used.is_dir()
    assert {path.name for path in tmp_path.iterdir()} == {"ccsim-new", "ccsim-mine"}
    os.utime(empty, (0, 0))
    with temporary.temporary_folder():
        assert not empty.exists()
