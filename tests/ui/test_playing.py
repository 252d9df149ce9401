"""How a run is played: no week is lived unseen, and none after a pause."""

from __future__ import annotations

import threading

import pytest

pytest.importorskip("solara")

import solara

from ccsim.ui import playing as player
from ccsim.ui.address import settings_of
from ccsim.ui.sitting import Session

SMALL = "organisation.staff=20&organisation.customers=60&organisation.warm_up=4&weeks=520"


def test_a_run_that_nobody_sees_stops_by_itself(monkeypatch):
    monkeypatch.setattr(player, "PATIENCE", 0.01)
    monkeypatch.setattr(player, "ABSENCE", 0.05)
    sitting, playing = Session(settings_of(SMALL)), solara.reactive(True)
    player.play_on(sitting, playing, solara.reactive("fast"), lambda: None, threading.Event(), threading.Event())
    assert not playing.value
    assert 0 < sitting.laboratory.weeks < 520


def test_after_a_pause_no_week_is_lived_not_even_of_the_frame_that_is_begun():
    sitting, playing, seen = Session(settings_of(SMALL)), solara.reactive(True), threading.Event()
    lived = []

    def going() -> bool:
        if len(lived) == 3:
            playing.set(False)
        lived.append(1)
        return playing.value

    assert sitting.laboratory.step(13, going) == 3
    player.play_on(sitting, playing, solara.reactive("a quarter a frame"), lambda: None, seen, threading.Event())
    assert sitting.laboratory.weeks == 3
