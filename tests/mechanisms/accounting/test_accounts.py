import numpy as np
import pytest
from small_world import check_off, set_to, settings_off, tallies_of, world_of

from ccsim.mechanisms.accounting.accounts import book_accounts, spending_factor
from ccsim.mechanisms.accounting.aggregates import count_customers
from ccsim.model.settings import Settings
from ccsim.model.state import ModelState
from ccsim.model.week import step

OFF = {
    "accounts.spending_sensitivity": lambda s: spending_factor(100.0, 0.9, s.accounts) == 100.0,
    "accounts.goodwill": lambda s: tallies_of(s, 6)["compensation"].sum() == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def booked(settings: Settings, satisfaction: float) -> ModelState:
    state = world_of(settings)
    state.reset_flows()
    state.populations.customers.satisfaction[:] = satisfaction
    populations = state.populations
    count_customers(populations.customers, populations.segments, settings.accounts)
    book_accounts(populations.leaders, populations.departments, populations.segments, populations.firm,
         settings.organisation.customers, settings.staffing.severance, settings.accounts)  # fmt: skip
    return state


def test_at_ordinary_satisfaction_customers_spend_exactly_what_they_are_worth() -> None:
    state = booked(set_to(), 0.7)
    customers, firm = state.populations.customers, state.populations.firm
    assert firm.revenue[0] == pytest.approx(customers.value[customers.active == 1].sum(), rel=1e-12)
    assert state.populations.segments.spending.sum() == pytest.approx(firm.revenue[0], rel=1e-12)


def test_satisfied_customers_spend_more_and_no_person_spends_less_than_nothing() -> None:
    p = set_to().accounts
    assert spending_factor(100.0, 0.9, p) == pytest.approx(100.0 * (1 + 0.2 * p.spending_sensitivity))
    assert spending_factor(100.0, 0.0, p._replace(spending_sensitivity=5.0)) == 0.0
    assert booked(set_to(), 0.8).populations.firm.revenue[0] > booked(set_to(), 0.6).populations.firm.revenue[0]


def test_each_cost_is_its_price_times_its_quantity() -> None:
    s = set_to({"turnover.quit_probability": 0.03, "turnover.vacancy_weeks": 1, "market.joining_probability": 0.05})
    p, t = s.accounts, tallies_of(s, 12)
    assert t["hires"].sum() > 0 and t["joined"].sum() > 0
    assert t["handling"] == pytest.approx(p.contact_cost * t["handled"])
    assert t["turnover_cost"] == pytest.approx(p.replacement_weeks * p.wage * t["hires"])
    assert t["acquisition_cost"] == pytest.approx(p.acquisition_cost * t["joined"])
    assert t["overhead"] == pytest.approx(np.full(12, p.overhead * p.revenue * 160))
    assert t["compensation"] == pytest.approx(t["goodwill"])


def test_without_turnover_pay_is_the_wage_of_every_post_and_every_leader() -> None:
    s = settings_off("turnover.quit_probability")
    state = world_of(s)
    step(state)
    expected = 24 * s.accounts.wage + len(state.populations.leaders) * s.accounts.leader_wage
    assert state.populations.firm.wages[0] == pytest.approx(expected)


def test_pay_is_the_wage_of_every_person_who_was_in_post_a_person_who_leaves_at_the_end_of_the_week() -> None:
    s = set_to({"turnover.quit_probability": 0.1})
    state = world_of(s)
    for _ in range(6):
        step(state)
        in_post = state.populations.departments.paid_hours.sum() / s.capacity.weekly_hours
        expected = in_post * s.accounts.wage + len(state.populations.leaders) * s.accounts.leader_wage
        assert state.populations.firm.wages[0] == pytest.approx(expected)


def test_every_cost_and_the_revenue_are_booked_by_department_segment_and_leader() -> None:
    state = world_of(set_to())
    state.reset_flows()
    leaders, departments, segments, firm = (
        state.populations.leaders, state.populations.departments, state.populations.segments, state.populations.firm
    )  # fmt: skip
    p = set_to().accounts
    leaders.vacant[:], leaders.vacant[:2] = 0, (1, 0)
    departments.paid[:], departments.handled[:], departments.goodwill[:] = (1.0, 0.5, 2.0), (3, 4, 5), (7.0, 0.0, 2.0)
    departments.dismissed[:], departments.hires[:] = (1, 0, 2), (0, 1, 3)
    segments.spending[:], segments.customers[:], segments.joined[:] = (10.0, 20.0, 40.0), (1, 2, 3), (0, 2, 5)
    firm.cost_per_customer[0] = 0.5
    book_accounts(leaders, departments, segments, firm, 200, 8.0, p)
    expected = {
        "wages": p.leader_wage * (len(leaders) - 1) + p.wage * 3.5, "handling": p.contact_cost * 12, "compensation": 9.0,
        "severance": 8.0 * p.wage * 3, "turnover_cost": p.replacement_weeks * p.wage * 4, "revenue": 70.0,
        "personalisation_cost": 3.0, "acquisition_cost": p.acquisition_cost * 7, "overhead": p.overhead * p.revenue * 200,
    }  # fmt: skip
    for name, value in expected.items():
        assert getattr(firm, name)[0] == pytest.approx(value), name
