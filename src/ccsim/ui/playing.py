"""Playback of a run: weeks are simulated and drawn one after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import solara

from ccsim.ui.sitting import Session

#: Frames a second, and the weeks that each frame lives; a busy server draws fewer frames and lives as many weeks.
SPEEDS: dict[str, tuple[float, int]] = {
    "slow": (2.0, 1), "normal": (5.0, 1), "fast": (12.0, 1), "5 weeks a frame": (5.0, 5), "a quarter a frame": (4.0, 13),
}  # fmt: skip
#: Weeks that one frame may catch up at most; seconds for which a frame is waited for, and after which nobody is there.
CATCH_UP, PATIENCE, ABSENCE = 13, 2.0, 10.0


@solara.component
def Player(playing: solara.Reactive[bool], play: Callable[[threading.Event], None]) -> None:
    """Run ``play`` in a thread while ``playing`` is true. The component shows nothing.

    Solara's own way to end a thread is to trace every line that it runs, which takes longer than the run.
    """
    solara.use_thread(play, dependencies=[playing.value], intrusive_cancel=False)
    solara.Div(style={"display": "none"})


def play_on(
    sitting: Session, playing: solara.Reactive[bool], speed: solara.Reactive[str], show: Callable[[], None],
    seen: threading.Event, cancelled: threading.Event,
) -> None:  # fmt: skip
    """Live weeks and draw them, until somebody pauses, starts again, goes away, or the horizon is reached.

    The next frame is lived when the browser says that it has drawn the last one, so that frames never queue before what
    a person does. Where drawing is slow, a frame lives several weeks: what is shed is drawing, not weeks.
    """
    laboratory, owed, last = sitting.laboratory, 0.0, time.perf_counter()

    def going() -> bool:
        return playing.peek() and not cancelled.is_set() and sitting.laboratory is laboratory

    answered = last
    while going():
        frames, weeks = SPEEDS[speed.peek()]
        now = time.perf_counter()
        owed = min(CATCH_UP / weeks, owed + (now - last) * frames)
        last = now
        if owed >= 1.0:
            seen.clear()
            if laboratory.step(int(owed) * weeks, going) >= laboratory.horizon:
                playing.set(False)
            owed -= int(owed)
            show()
            if seen.wait(PATIENCE):
                answered = time.perf_counter()
            elif time.perf_counter() - answered > ABSENCE:
                playing.set(False)
        time.sleep(max(0.005, (1.0 - owed) / frames - (time.perf_counter() - last)))
