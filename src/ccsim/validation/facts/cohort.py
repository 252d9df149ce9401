"""A cohort study: today's customers followed for years, and their value compared with the formula.

For every customer of week 0 the study records, year by year, whether he or she is still a customer. Their value, for a
margin of 1 a year paid at each year's end, is compared with r / (1 + i - r), where r is the retention in year one.
"""

from __future__ import annotations

import numpy as np

from ccsim.simulation.simulation import Simulation

#: Columns of the frame, for expressions.
COLUMNS = ("retention", "lately", "worth", "formula")


def watch(simulation: Simulation, weeks: int) -> dict[str, float]:
    """Return retention in the first year and per year later, the value, and the value by the formula.

    Customers left after the last week are valued at the last year's retention.
    """
    return cohort_value(_survivors(simulation, weeks), simulation.state.settings.accounts.discount)


def _survivors(simulation: Simulation, weeks: int) -> list[float]:
    """Return the share of the cohort left at the end of each year."""
    customers = simulation.state.populations.customers
    cohort = np.flatnonzero(customers.active == 1)
    person = customers.person[cohort].copy()
    left = np.ones(len(cohort), dtype=bool)
    shares = []
    for week in range(weeks):
        simulation.step()
        left &= (customers.active[cohort] == 1) & (customers.person[cohort] == person)
        if week % 52 == 51:
            shares.append(float(left.mean()))
    return shares


def cohort_value(survivors: list[float], discount: float) -> dict[str, float]:
    """Return the value of a cohort per unit of yearly margin.

    Args:
        survivors: share left at the end of each year.
        discount: rate a year.
    """
    shares = np.array(survivors)
    years = np.arange(1, len(shares) + 1)
    retention = shares[0]
    lately = (shares[-1] / shares[0]) ** (1.0 / (len(shares) - 1)) if len(shares) > 1 else retention
    rest = shares[-1] / (1.0 + discount) ** years[-1] * lately / (1.0 + discount - lately)
    worth = float((shares / (1.0 + discount) ** years).sum() + rest)
    formula = float(retention / (1.0 + discount - retention))
    return {"retention": float(retention), "lately": float(lately), "worth": worth, "formula": formula}
