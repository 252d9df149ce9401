import numpy as np
import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.engine.rng import uniform
from ccsim.mechanisms.market.offer import (
    DESIGN,
    move_offer,
    offer_fit,
    offer_update,
    perceived_gap,
    perception_error,
    update_offer_value,
)
from ccsim.model.week import step

STILL = {"offer.drift": 0.0, "offer.perception_noise": 0.0}


def gap(s: object, weeks: int = 30) -> float:
    state = world_of(s)  # type: ignore[arg-type]
    for _ in range(weeks):
        step(state)
    segments = state.populations.segments
    return float(np.abs(segments.need - segments.position).max())


OFF = {
    "offer.drift": lambda s: (
        gap(s._replace(offer=s.offer._replace(design_hours=0.0, perception_noise=0.0))) == pytest.approx(0.0)
    ),
    "offer.design_hours": lambda s: offer_update(0.0, 1.0, s.offer) == 0.0,
    "offer.cocreation": lambda s: (
        perception_error(1.0, 0.0, s.offer) == perception_error(1.0, 0.0, s.offer._replace(cocreation=0.0))
    ),
    "offer.perception_noise": lambda s: perception_error(1.0, 0.0, s.offer) == 0.0,
    "offer.unseen_share": lambda s: perceived_gap(1.0, 0.0, s.offer) == 1.0,
    "offer.cocreation_effort": lambda s: (
        offer_update(0.0, 1.0, s.offer._replace(cocreation=1.0)) == offer_update(0.0, 1.0, s.offer)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_an_offer_on_the_need_is_worth_all_and_one_unit_off_half() -> None:
    assert (offer_fit(0.0), offer_fit(1.0), offer_fit(-1.0)) == (1.0, 0.5, 0.5)


def test_people_far_from_customers_misjudge_more_and_customers_at_the_table_make_it_right() -> None:
    p = set_to().offer
    errors = [abs(perception_error(0.9, 0.2, p._replace(decided_by=tier))) for tier in (0, 1, 2)]
    seen = [perceived_gap(1.0, 0.2, p._replace(decided_by=tier)) for tier in (0, 1, 2)]
    assert errors == sorted(errors) and errors[0] < errors[2]
    assert seen == sorted(seen, reverse=True) and seen[2] < seen[0] < 1.0
    assert perception_error(0.9, 0.0, p._replace(cocreation=1.0)) == 0.0
    assert perceived_gap(1.0, 0.0, p._replace(cocreation=1.0)) == 1.0


def test_the_faster_needs_drift_the_worse_the_offer_fits() -> None:
    fits = [
        tallies_of(set_to({"offer.drift": drift, "offer.perception_noise": 0.0}), 40)["offer_fit"][-1]
        for drift in (0.0, 0.003, 0.01)
    ]
    assert fits[0] > fits[1] > fits[2]


def test_an_offer_that_fits_less_satisfies_less() -> None:
    good, bad = (tallies_of(set_to({**STILL, "offer.drift": drift}), 60)["csat"][-1] for drift in (0.0, 0.02))
    assert bad < good


def test_design_is_paid_by_the_hour() -> None:
    s = set_to({"offer.design_hours": 10.0})
    assert tallies_of(s, 3)["design"] == pytest.approx(10.0 * s.offer.cost_per_hour)


def test_an_offer_follows_what_is_seen_of_needs_and_misjudgement_is_recorded() -> None:
    state = world_of(set_to())
    state.reset_flows()
    segments, departments, firm = state.populations.segments, state.populations.departments, state.populations.firm
    p = set_to({"offer.drift": 0.1, "offer.design_hours": 30.0, "offer.half_saturation": 10.0, "offer.design_rate": 0.2, "offer.cocreation": 0.25,
                "offer.cocreation_effort": 0.4, "offer.unseen_share": 0.6, "offer.perception_noise": 0.1, "offer.decided_by": "head"}).offer  # fmt: skip
    segments.need[:], segments.position[:], departments.insight[:] = (0.5, 0.2, -0.3), 0.1, (0.2, 0.4, 0.9)
    move_offer(segments, departments, firm, p, 3, 40)
    assert segments.need == pytest.approx([0.6, 0.3, -0.2])
    gaps = np.array([0.5, 0.2, -0.3])
    errors = [perception_error(uniform(3, DESIGN, 100_040 // 13, k), 0.5, p) for k in range(3)]
    seen = gaps * (1.0 - 0.6 * 2.0 / 3.0 * 0.5 * 0.75) + errors
    assert [perceived_gap(gap, 0.5, p) + error for gap, error in zip(gaps, errors, strict=True)] == pytest.approx(seen)
    assert segments.position == pytest.approx(0.1 + 0.2 * (27.0 / 37.0) * seen)
    assert firm.needs_error[0] == pytest.approx(np.abs(seen - gaps).mean())
    assert firm.design[0] == pytest.approx(30.0 * p.cost_per_hour)
    assert perception_error(0.75, 0.5, p) == pytest.approx(0.5 * 0.1 * 2.0 * 0.5 * 0.75)


def test_the_value_of_an_offer_is_its_fit_times_the_best() -> None:
    state = world_of(set_to())
    state.reset_flows()
    segments = state.populations.segments
    segments.need[:], segments.position[:] = (0.5, 1.0, 0.0), (0.25, 1.5, 0.0)
    update_offer_value(segments, 0.9)
    assert segments.fit == pytest.approx([0.8, 1.0 / 1.5, 1.0]) and (segments.n_segments == 1.0).all()
    assert segments.offer_value == pytest.approx([0.72, 0.6, 0.9])
