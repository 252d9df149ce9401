"""The size and shape of an organisation: fixed when it is founded."""

from __future__ import annotations

from ccsim.engine.parameters import parameter, parameters


@parameters("organisation")
class OrganisationSize:
    """Size and shape."""

    staff: int = parameter(
        200, unit="people", range=(20, 10000), legal=(1, 1_000_000), size=True, meaning="members of staff"
    )
    departments: int = parameter(
        5, unit="departments", range=(1, 12), legal=(1, 10_000), size=True, meaning="departments"
    )
    front_departments: int = parameter(
        3,
        unit="departments",
        range=(1, 12),
        legal=(1, 10_000),
        size=True,
        meaning="departments that customers call first; the others are back office",
    )
    tiers: int = parameter(
        3,
        unit="tiers",
        range=(0, 3),
        legal=(0, 3),
        size=True,
        meaning="tiers of leaders: 1 team leads, 2 also heads of department, 3 also an executive",
    )
    span: int = parameter(
        10,
        unit="people",
        range=(4, 20),
        legal=(1, 1_000_000),
        size=True,
        meaning="span of control: members of staff per team lead",
    )
    customers: int = parameter(
        2000,
        unit="people",
        range=(200, 1_000_000),
        legal=(1, 20_000_000),
        size=True,
        meaning="customers at founding",
    )
    prospects: float = parameter(
        1.0,
        unit="ratio",
        range=(0.2, 3.0),
        legal=(0.0, 100.0),
        size=True,
        meaning="people in the market who are not customers, relative to customers",
    )
    segments: int = parameter(
        3,
        unit="segments",
        range=(1, 5),
        legal=(1, 10_000),
        size=True,
        meaning="customer segments, each worth half of the one before",
    )
    ties: int = parameter(
        8,
        unit="colleagues",
        range=(2, 16),
        legal=(0, 64),
        size=True,
        meaning="number of colleagues to whom a person listens",
    )
    cross_ties: float = parameter(
        0.15,
        unit="share",
        range=(0.0, 0.5),
        size=True,
        meaning="share of a person's colleagues who work in another department",
    )
    warm_up: int = parameter(
        104,
        unit="weeks",
        range=(52, 208),
        legal=(0, 5200),
        size=True,
        meaning="weeks that are simulated before week 0 and not reported",
    )
