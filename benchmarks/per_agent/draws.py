"""The engine's draws for the baseline: made in bulk by compiled code, looked up in Python lists.

So the baseline does not pay for a generator written in Python; looking up a number costs about what
``self.random.random()`` costs.
"""

from __future__ import annotations

import numpy as np

from ccsim.engine.jit import kernel
from ccsim.engine.rng import Stream, uniforms4


@kernel
def fill_words(out, rows, seed, stream, week):
    """Fill ``out``, of shape (words, rows), with the first words drawn by each of ``rows``."""
    for k in range(len(rows)):
        a, b, c, d = uniforms4(seed, stream, week, rows[k])
        out[0, k] = a
        if len(out) > 1:
            out[1, k] = b
        if len(out) > 2:
            out[2, k] = c
        if len(out) > 3:
            out[3, k] = d


class Draws:
    """Draws of one run.

    Args:
        seed: as the engine takes it.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._all: dict[int, np.ndarray] = {}

    def of_all(self, stream: Stream, week: int, count: int, words: int = 1) -> list[list[float]]:
        """Return ``words`` lists of draws for all rows from 0 on."""
        rows = self._all.setdefault(count, np.arange(count))
        return self.of_rows(stream, week, rows, words)

    def of_rows(self, stream: Stream, week: int, rows: object, words: int = 4) -> list[list[float]]:
        """Return ``words`` lists of draws for the given rows."""
        chosen = np.asarray(rows, dtype=np.int64)
        out = np.empty((words, len(chosen)))
        fill_words(out, chosen, self.seed, int(stream), week)
        return out.tolist()

    def of_row(self, stream: Stream, week: int, row: int) -> tuple[float, float, float, float]:
        """Return the four draws of a single row, for what seldom happens."""
        a, b, c, d = uniforms4(self.seed, int(stream), week, row)
        return a, b, c, d
