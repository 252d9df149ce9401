"""A study of networks: who listens to whom in newly founded organisations, in the measures of network studies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ccsim.engine.columns import IntArray
from ccsim.organisations.knowledge import gini
from ccsim.simulation.simulation import Simulation

#: Columns of the frame, for expressions: Gini of in-degree and of out-degree; shares of ties that are mutual and that
#: cross departments; share of paths of two ties that a third tie closes (transitivity).
COLUMNS = ("gini_in", "gini_out", "mutual", "cross", "closed")


def watch(simulation: Simulation, weeks: int) -> dict[str, float]:
    """Return the statistics of an organisation's network, which is drawn at its founding."""
    people: Any = simulation.state.populations
    return traits_of(np.asarray(people.colleagues), np.asarray(people.staff.department))


def traits_of(colleagues: IntArray, departments: IntArray) -> dict[str, float]:
    """Return the statistics of a network.

    Args:
        colleagues: the people each person listens to, shape (people, places); -1 marks a free place.
        departments: of each person, shape (people,).
    """
    people = len(colleagues)
    source = np.repeat(np.arange(people), colleagues.shape[1])[colleagues.ravel() >= 0]
    ties = np.zeros((people, people), dtype=np.int64)
    ties[source, colleagues.ravel()[colleagues.ravel() >= 0]] = 1
    np.fill_diagonal(ties, 0)
    count, paths = int(ties.sum()), ties @ ties
    np.fill_diagonal(paths, 0)
    crosses = departments[:, None] != departments[None, :]
    return {
        "gini_in": gini(ties.sum(axis=0)),
        "gini_out": gini(ties.sum(axis=1)),
        "mutual": float((ties * ties.T).sum() / count) if count else float("nan"),
        "cross": float((ties * crosses).sum() / count) if count else float("nan"),
        "closed": float((paths * ties).sum() / paths.sum()) if paths.sum() else float("nan"),
    }
