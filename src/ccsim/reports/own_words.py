"""Terms of a user's own organisation in its results: currency, departments, segments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ccsim.errors import CcsimError
from ccsim.experiments.experiment import Experiment
from ccsim.organisations.folder import Folder
from ccsim.organisations.io import read_folder
from ccsim.organisations.knowledge import NOT_IDENTIFIABLE
from ccsim.organisations.layout import OrganisationLayout, make_layout
from ccsim.organisations.timeline import levers_of, tested_by
from ccsim.results.formatting import in_currency


@dataclass(frozen=True)
class OwnWords:
    """The terms of an organisation.

    Attributes:
        currency: name of its currency.
        departments, segments: names by number; empty for a group too small to be named.
        trust: sentences on the reliability of its results; none for the ordinary organisation.
        open: quantities not identifiable from levels alone, each with the data that would change that.
    """

    currency: str = "EUR"
    departments: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()
    open: tuple[tuple[str, str], ...] = ()

    def name(self, by: str, number: int) -> str:
        """Return the name of a department or a segment, such as ``Department 3`` if it has none."""
        names = self.departments if by == "department" else self.segments
        return (names[number] if number < len(names) else "") or f"{by.capitalize()} {number}"


def words_of(experiment: Experiment) -> OwnWords:
    """Return the terms of the organisation that an experiment is founded from, or the ordinary terms.

    If its folder is missing or cannot be read, the ordinary terms are returned.
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
    return OwnWords(
        folder.currency, layout.names_of("department"), layout.names_of("segment"), tuple(_trust(experiment, folder, layout)),
        NOT_IDENTIFIABLE,
    )  # fmt: skip


def _trust(experiment: Experiment, folder: Folder, layout: OrganisationLayout) -> Iterator[str]:
    """Return sentences on the origin of values that no file states, and on whether an event tested each scenario's levers."""
    if layout.draws:
        yield f"{folder.name}: each replicate takes one of {len(layout.draws)} draws of its fit."
    else:
        answered = "; what the questionnaire covers lies anywhere in its intervals" if layout.intervals else ""
        yield f"{folder.name} is not fitted: what its files do not say is as in the ordinary organisation{answered}."
    for name, scenario in experiment.base_scenarios.items():
        if not levers_of(scenario):
            continue
        events = ", ".join(tested_by(folder, scenario))
        said = f"can be back-tested by {events}: see ccsim org backtest" if events else "is not back-tested"
        yield f"{experiment.label(name)}: the effect of its levers {said}."


@contextmanager
def own_words(experiment: Experiment) -> Iterator[OwnWords]:
    """Within the block, write money in the organisation's currency."""
    words = words_of(experiment)
    with in_currency(words.currency):
        yield words
