import pytest
from small_world import check_off, set_to, tallies_of, world_of

from ccsim.mechanisms.demand.proactive import contact_ahead, false_alarms

OFF = {
    "proactive.share": lambda s: false_alarms(s.proactive) == 0.0 and tallies_of(s, 4)["outreach"].sum() == 0.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_perfect_forecast_of_everything_leaves_no_new_issue() -> None:
    t = tallies_of(set_to({"proactive.share": 1.0, "proactive.accuracy": 1.0, "organisation.warm_up": 0}), 4)
    assert t["raised"].sum() == 0.0 < t["outreach"].sum()
    assert false_alarms(set_to({"proactive.share": 1.0, "proactive.accuracy": 1.0}).proactive) == 0.0


def test_outreach_takes_staff_time_in_proportion() -> None:
    s = set_to({"proactive.share": 0.5})
    t = tallies_of(s, 4)
    assert t["outreach_hours"] == pytest.approx(t["outreach"] * s.proactive.time_factor * s.service.handling_hours)
    assert t["overhead_hours"].sum() > tallies_of(set_to(), 4)["overhead_hours"].sum()


def test_right_and_wrong_contacts_come_in_the_declared_shares() -> None:
    # In the first week nobody has an open issue yet.
    many = {"organisation.customers": 20_000, "organisation.warm_up": 0}
    right = tallies_of(set_to({"proactive.share": 0.8, "proactive.accuracy": 1.0, **many}), 1)
    wrong = tallies_of(set_to({"proactive.share": 0.8, "proactive.accuracy": 0.25, **many}), 1)
    plain = tallies_of(set_to(many), 1)
    issues = plain["raised"][0]
    # About 6,600 issues: five standard errors of a share are below 0.03.
    assert 1.0 - right["raised"][0] / issues == pytest.approx(0.8, abs=0.03)
    assert right["outreach"][0] + right["raised"][0] == issues
    assert 1.0 - wrong["raised"][0] / issues == pytest.approx(0.2, abs=0.03)
    assert wrong["outreach"][0] / issues == pytest.approx(0.8, abs=0.05)


def test_contacts_that_no_person_needed_annoy() -> None:
    good, bad = (
        tallies_of(set_to({"proactive.share": 0.6, "proactive.accuracy": accuracy}), 30)["csat"][-1]
        for accuracy in (1.0, 0.01)
    )
    assert bad < good


def test_a_contact_ahead_is_an_event_for_the_customer_and_takes_the_time_of_the_department() -> None:
    customers, departments = world_of(set_to()).populations.customers, world_of(set_to()).populations.departments
    customers.events[3], customers.quality[3], departments.outreach[:], departments.outreach_hours[:] = (
        1.0,
        0.5,
        2.0,
        3.0,
    )
    contact_ahead(3, 0.25, 1, customers, departments, 1.5)
    assert (customers.events[3], customers.quality[3]) == (2.0, 0.75)
    assert departments.outreach.tolist() == [2.0, 3.0, 2.0] and departments.outreach_hours.tolist() == [3.0, 4.5, 3.0]
    assert false_alarms(set_to({"proactive.share": 0.5, "proactive.accuracy": 0.8}).proactive) == pytest.approx(0.1)
