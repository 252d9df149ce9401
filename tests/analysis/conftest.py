"""Toy spaces and small studies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ccsim.analysis.space import Dimension
from ccsim.analysis.study import Study, study_of
from ccsim.parameters import Parameter


@pytest.fixture(scope="session")
def toy() -> Callable[..., tuple[Dimension, ...]]:
    """Make a space of parameters of no model: functions with known answers are tried on it."""
    return _toy


def _toy(count: int, low: float = 0.0, high: float = 1.0) -> tuple[Dimension, ...]:
    return tuple(
        Dimension(
            Parameter("toy", f"x{k}", float, 0.0, "", (low, high), (low, high), None, "", "", "assumption"), low, high
        )
        for k in range(1, count + 1)
    )  # fmt: skip


@pytest.fixture
def small_study(small) -> Study:
    """A small organisation under study, for two months."""
    return study_of("combined", against="nothing", weeks=8, replicates=2, values=small)


@pytest.fixture
def small_settings(small) -> list[str]:
    """Options that make an organisation small."""
    return [word for key, value in small.items() for word in ("--set", f"{key}={value}")]
