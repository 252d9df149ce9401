"""Words of an organisation of one's own for its results: currency, departments, segments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ccsim.errors import CcsimError
from ccsim.experiments.experiment import Experiment
from ccsim.organisations.folder import read_folder
from ccsim.organisations.founding import make_layout
from ccsim.results.formatting import in_currency


@dataclass(frozen=True)
class OwnWords:
    """An organisation's own words.

    Attributes:
        currency: its word for money.
        departments, segments: names by number; empty for a group that is too small to be named.
    """

    currency: str = "EUR"
    departments: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    def name(self, by: str, number: int) -> str:
        """Return the name of a department or a segment; ``Department 3`` where it has none."""
        names = self.departments if by == "department" else self.segments
        return (names[number] if number < len(names) else "") or f"{by.capitalize()} {number}"


def words_of(experiment: Experiment) -> OwnWords:
    """Return the words of the organisation that an experiment is founded from, the ordinary ones where there is none.

    A folder that is no longer there, or cannot be read, leaves the ordinary words.
    """
    sources = {scenario.source for scenario in experiment.base_scenarios.values()}
    source = sources.pop() if len(sources) == 1 else ""
    if not source:
        return OwnWords()
    try:
        folder = read_folder(source)
        layout = make_layout(folder)
    except CcsimError:
        return OwnWords()
    return OwnWords(folder.currency, layout.names_of("department"), layout.names_of("segment"))


@contextmanager
def own_words(experiment: Experiment) -> Iterator[OwnWords]:
    """Write money in the organisation's currency within the block."""
    words = words_of(experiment)
    with in_currency(words.currency):
        yield words
