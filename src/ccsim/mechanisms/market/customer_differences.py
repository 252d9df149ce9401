"""Customers differ permanently: in leniency, in how readily they join and leave, and in how often they ask. [003]

These traits stay with a person, both as customer and as prospect. Satisfaction therefore persists in persons, long-standing
customers leave less often than new ones, and the cost to serve differs between customers. Form: Fader & Hardie 2010,
differences between customers make retention rise with tenure although no customer changes; Jones & Sasser 1995.
"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, fixed
from ccsim.engine.functions import exp
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniforms4

TRAITS = int(Stream.INITIAL_CUSTOMER_TRAITS)

#: The largest standard score of a person: four uniform draws at their maximum.
LARGEST = 3.4641016151377544


@parameters("customer_differences", pack="customer-differences")
class CustomerDifferences:
    """How much customers differ permanently."""

    leniency_spread: float = parameter(
        0.0,
        unit="share",
        range=(0.0, 0.15),
        off=0.0,
        meaning="standard deviation among people of leniency in judging the same offer and the same contact",
        source="assumed; sign: Jones & Sasser 1995",
        switches=("customer-differences",),
    )
    mobility_spread: float = parameter(
        0.0,
        unit="ratio",
        range=(0.0, 1.2),
        legal=(0.0, 2.0),
        off=0.0,
        meaning="spread of how readily people join and leave, as the standard deviation of its logarithm",
        source="assumed; form: Fader & Hardie 2010, where the chance of leaving differs between customers",
        switches=("customer-differences",),
    )
    demand_spread: float = parameter(
        0.0,
        unit="ratio",
        range=(0.0, 1.0),
        legal=(0.0, 2.0),
        off=0.0,
        meaning="spread of how often people raise issues, as the standard deviation of its logarithm",
        source="assumed; form: counts of purchases, Ehrenberg 1959, where rates differ between customers",
        switches=("customer-differences",),
    )


@columns("customers")
class Customers:
    """Columns of a person in the market."""

    leniency: FloatArray = fixed("share", "leniency: how much better than others this person judges the same service")
    mobility: FloatArray = fixed(
        "factor", "mobility: how readily this person joins and leaves, relative to the ordinary"
    )
    request_factor: FloatArray = fixed("factor", "how often this person raises issues, relative to the ordinary")


@rule
def mean_growth(spread: float) -> float:
    """Return the mean of the exponential of a draw times its spread, for draws that sum four uniform ones."""
    a = 0.8660254037844386 * spread
    part = (exp(a) - exp(-a)) / (2.0 * a)
    return part * part * part * part


@rule
def factor_of(standing: float, spread: float) -> float:
    """Return a factor of mean 1 with a spread; 1 if the spread is 0."""
    return 1.0 if spread <= 1e-6 else exp(spread * standing) / mean_growth(spread)


@rule
def most_mobile_person(p: CustomerDifferences) -> float:
    """Return an upper bound of mobility."""
    return factor_of(LARGEST, p.mobility_spread)


@kernel
def draw_differences(customers: Rows, p: CustomerDifferences, seed: int) -> None:
    """Draw the permanent traits of each person in the market.

    Args:
        customers: columns of the market, one row per person.
        p: parameters of the group ``customer_differences``.
        seed: seed of all draws of the run.

    Writes:
        customers: ``request_factor``, ``leniency``, ``mobility``.
    """
    for i in range(len(customers.leniency)):
        a, b, c, d = uniforms4(seed, TRAITS, 0, i)
        customers.leniency[i] = p.leniency_spread * irwin_hall_normal(a, b, c, d)
        a, b, c, d = uniforms4(seed, TRAITS, 1, i)
        customers.mobility[i] = factor_of(irwin_hall_normal(a, b, c, d), p.mobility_spread)
        a, b, c, d = uniforms4(seed, TRAITS, 2, i)
        customers.request_factor[i] = factor_of(irwin_hall_normal(a, b, c, d), p.demand_spread)
