"""Toy spaces and small studies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ccsim.analysis.parameter_space import Dimension
from ccsim.analysis.problem import AnalysisProblem, make_problem
from ccsim.experiments.factors import Factor


@pytest.fixture(scope="session")
def toy() -> Callable[..., tuple[Dimension, ...]]:
    """Make a space from 0 to 1: functions with known answers are tried on it."""
    return _toy


def _toy(count: int) -> tuple[Dimension, ...]:
    keys = (
        "habit.formation_rate",
        "habit.decay_rate",
        "habit.routine_protection",
        "conviction.tipping_gain",
        "conviction.leader_rate",
    )
    return tuple(Dimension(Factor(key, 0.0, 1.0)) for key in keys[:count])


@pytest.fixture
def small_study(small) -> AnalysisProblem:
    """A small organisation under study, for two months."""
    return make_problem("combined", baseline="nothing", weeks=8, replicates=2, values=small)


@pytest.fixture
def small_settings(small) -> list[str]:
    """Options that make an organisation small."""
    return [word for key, value in small.items() for word in ("--set", f"{key}={value}")]
