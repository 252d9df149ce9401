import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.market.personalisation import personalisation_value, personalise
from ccsim.model.week import step

ALL = {"personalisation.level": 1.0}


def slower(s: object) -> float:
    # Neither load nor a person's own pace changes the time for a case here.
    state = world_of(with_values(s, {"work_pace.pressure": 0.0, "turnover.handling_time_spread": 0.0}))  # type: ignore[arg-type]
    step(state)
    return float(state.populations.staff.time_penalty.max())


OFF = {
    "personalisation.level": lambda s: personalisation_value(1.0, s.personalisation) == 0.0 and slower(s) == 0.0,
    "personalisation.delight": lambda s: personalisation_value(1.0, with_values(s, ALL).personalisation) == 0.0,
    "personalisation.insight_share": lambda s: (
        personalisation_value(0.0, with_values(s, ALL).personalisation)
        == personalisation_value(1.0, with_values(s, ALL).personalisation)
    ),
    "personalisation.extra_time": lambda s: slower(with_values(s, ALL)) == 0.0,
    "personalisation.cost": lambda s: tallies_of(with_values(s, ALL), 2)["personalisation_cost"].sum() == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_worth_grows_less_and_less_and_cost_more_and_more() -> None:
    p = set_to().personalisation
    worth = np.array([personalisation_value(1.0, p._replace(level=level)) for level in (0.0, 0.25, 0.5, 0.75, 1.0)])
    assert (np.diff(worth) > 0).all() and (np.diff(worth, 2) < 0).all()
    assert worth[-1] == pytest.approx(p.delight)
    cost = np.array(
        [
            tallies_of(set_to({"personalisation.level": level}), 1)["personalisation_cost"][0]
            for level in (0.0, 0.5, 1.0)
        ]
    )
    assert cost[2] == pytest.approx(4 * cost[1]) and cost[0] == 0.0


def test_one_has_to_know_a_customer_to_delight_him_or_her() -> None:
    p = set_to(ALL).personalisation
    assert personalisation_value(1.0, p) > personalisation_value(0.0, p) > 0.0


def test_the_cost_is_that_of_every_customer() -> None:
    s = set_to(ALL)
    t = tallies_of(s, 1)
    active_when_booked = t["personalisation_cost"][0] / s.personalisation.cost
    assert active_when_booked == pytest.approx(t["customers"][0])


def test_personal_service_delights_takes_time_and_costs() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, departments, segments, firm = (
        state.populations.staff, state.populations.departments, state.populations.segments, state.populations.firm
    )  # fmt: skip
    p = set_to(
        {
            "personalisation.level": 0.05,
            "personalisation.delight": 0.1,
            "personalisation.half_saturation": 0.2,
            "personalisation.insight_share": 0.6,
        }
    ).personalisation
    departments.insight[:], segments.offer_value[:], staff.time_penalty[:] = (0.2, 0.4, 0.9), (0.5, 0.9, 0.999), 0.1
    personalise(staff, departments, segments, firm, p)
    worth = 0.1 * 0.2 * 1.2 * (0.4 + 0.6 * 0.5)
    assert personalisation_value(0.5, p) == pytest.approx(worth)
    assert segments.offer_value == pytest.approx([0.5 + worth, 0.9 + worth, 1.0])
    assert staff.time_penalty == pytest.approx(0.1 + p.extra_time * 0.0025)
    assert firm.cost_per_customer[0] == pytest.approx(p.cost * 0.0025)
