"""Make the pictures that are not kept in git because a minute or two makes them: `docs/figures/` of three pages.

    python docs/hooks/pictures.py        # makes those that are missing; CI does before it builds the site

The site leaves out a picture that is not made.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

FIGURES = Path(__file__).parents[1] / "figures"


def compared(experiment: str, swept: bool = False) -> bytes:
    """Return the figure of an experiment, or of its sweep, as ``ccsim compare`` draws it."""
    from ccsim import compare
    from ccsim.reports.figures.comparison import comparison_figure, save, sweep_figure

    comparison = compare(experiment)
    figure = sweep_figure(comparison) if swept else comparison_figure(comparison)
    assert figure is not None
    with tempfile.TemporaryDirectory() as folder:
        return save(figure, Path(folder) / "figure")[0].read_bytes()


def worlds() -> bytes:
    """Return the ranges of the shipped worlds, as ``ccsim worlds --page-only`` draws them."""
    from ccsim.analysis.admitted import read_worlds
    from ccsim.reports.figures.svg import as_png
    from ccsim.validation.worlds.report import constrained, ranges_figure

    shipped = read_worlds()
    return as_png(ranges_figure(shipped, constrained(shipped)), 110)


#: By name of the file, what makes it.
PICTURES: dict[str, Callable[[], bytes]] = {
    "hero.png": lambda: compared("hero"),
    "metrics-sweep.png": lambda: compared("metrics", swept=True),
    "worlds.png": worlds,
}

if __name__ == "__main__":
    for name, make in PICTURES.items():
        if not (FIGURES / name).exists():
            (FIGURES / name).write_bytes(make())
            sys.stdout.write(f"docs/figures/{name}\n")
