"""Book all money: revenue, pay, contacts, compensation, programme, turnover, acquisition. [001, 003]"""

from __future__ import annotations

from ccsim.engine.columns import FloatArray, Rows, columns, flow
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters


@parameters("accounts")
class Accounts:
    """Prices."""

    revenue: float = parameter(
        128.0,
        unit="EUR/week",
        range=(110.0, 180.0),
        meaning="spending of a customer of mean value at ordinary satisfaction",
        source="calibrated: an ordinary margin of about 10 %",
        on_record=True,
    )
    spending_sensitivity: float = parameter(
        0.3,
        unit="1/share",
        range=(0.0, 0.8),
        off=0.0,
        meaning="how much more satisfied customers spend, around the ordinary level",
        source="assumed; sign: Anderson, Fornell & Mazvancheryl 2004",
    )
    wage: float = parameter(
        800.0,
        unit="EUR/week",
        range=(600.0, 1100.0),
        meaning="cost of a member of staff",
        on_record=True,
    )
    leader_wage: float = parameter(
        1400.0,
        unit="EUR/week",
        range=(1000.0, 2500.0),
        meaning="cost of a leader",
        on_record=True,
    )
    contact_cost: float = parameter(
        8.0,
        unit="EUR",
        range=(2.0, 20.0),
        meaning="cost of handling a contact, without pay",
        on_record=True,
    )
    goodwill: float = parameter(
        15.0,
        unit="EUR",
        range=(0.0, 50.0),
        off=0.0,
        meaning="compensation given in the most complex cases that are solved with judgement",
        on_record=True,
    )
    replacement_weeks: float = parameter(
        15.0,
        unit="weeks' pay",
        range=(10.0, 25.0),
        meaning="cost of recruiting and inducting a new person",
        source="Holman et al. 2007: 3 to 4 months' pay",
        on_record=True,
    )
    acquisition_cost: float = parameter(
        500.0,
        unit="EUR",
        range=(100.0, 1500.0),
        meaning="cost of winning and setting up a customer",
        on_record=True,
    )
    overhead: float = parameter(
        0.04,
        unit="share",
        range=(0.0, 0.15),
        legal=(0.0, 1.0),
        meaning="fixed cost, relative to the revenue at founding",
        on_record=True,
    )
    discount: float = parameter(
        0.12,
        unit="1/year",
        range=(0.05, 0.2),
        legal=(0.0, 1.0),
        meaning="discount rate for present values",
        source="Gupta, Lehmann & Stuart 2004: 12 %",
        on_record=True,
    )


@columns("firm")
class Firm:
    """Columns of the organisation as a whole."""

    wages: FloatArray = flow("EUR", "pay of staff and leaders")
    handling: FloatArray = flow("EUR", "cost of contacts other than pay")
    compensation: FloatArray = flow("EUR", "compensation given to customers")
    turnover_cost: FloatArray = flow("EUR", "cost of recruiting and inducting new people")
    acquisition_cost: FloatArray = flow("EUR", "cost of winning and setting up new customers")
    overhead: FloatArray = flow("EUR", "fixed cost")
    personalisation_cost: FloatArray = flow("EUR", "cost of personalisation")
    severance: FloatArray = flow("EUR", "pay for people whose post was closed")
    revenue: FloatArray = flow("EUR", "spending of customers")


@rule
def spending_factor(value: float, satisfaction: float, p: Accounts) -> float:
    """Return what a customer spends in a week: more with higher satisfaction, relative to the ordinary level of 0.7.

    Source: assumed: linear in satisfaction; sign: Anderson, Fornell & Mazvancheryl 2004.

    Args:
        value: spending of the customer at ordinary satisfaction (EUR/week).
        satisfaction: satisfaction with the organisation (share).
        p: parameters of the group ``accounts``.

    Returns:
        Spending of the customer in the week (EUR/week).
    """
    return max(0.0, value * (1.0 + p.spending_sensitivity * (satisfaction - 0.7)))


@kernel
def book_accounts(
    leaders: Rows,
    departments: Rows,
    segments: Rows,
    firm: Rows,
    founded_customers: float,
    severance: float,
    p: Accounts,
) -> None:
    """Book the week's revenue and costs, after customers and their spending have been counted.

    Args:
        leaders: columns of the leaders, one row per leader.
        departments: columns of the departments, one row each.
        segments: columns of the customer segments, one row each.
        firm: columns of the organisation, each of length 1.
        founded_customers: ``organisation.customers``, customers at founding (people).
        severance: ``staffing.severance``, pay for each person whose post is closed (weeks' pay).
        p: parameters of the group ``accounts``.

    Writes:
        firm: ``acquisition_cost``, ``compensation``, ``handling``, ``overhead``, ``personalisation_cost``,
            ``revenue``, ``severance``, ``turnover_cost``, ``wages``.
    """
    filled = 0
    for k in range(len(leaders.tier)):
        filled += leaders.vacant[k] == 0
    firm.wages[0] += p.leader_wage * filled
    for d in range(len(departments.handled)):
        # A leader who leaves at the end of the week is paid for that week.
        firm.wages[0] += p.wage * departments.paid[d]
        firm.handling[0] += p.contact_cost * departments.handled[d]
        firm.compensation[0] += departments.goodwill[d]
        firm.severance[0] += severance * p.wage * departments.dismissed[d]
        firm.turnover_cost[0] += p.replacement_weeks * p.wage * departments.hires[d]
    for s in range(len(segments.joined)):
        firm.revenue[0] += segments.spending[s]
        firm.personalisation_cost[0] += firm.cost_per_customer[0] * segments.customers[s]
        firm.acquisition_cost[0] += p.acquisition_cost * segments.joined[s]
    firm.overhead[0] += p.overhead * p.revenue * founded_customers
