from ccsim.scenarios.scenario import Scenario
from ccsim.validation.facts.people import watch
from ccsim.validation.facts.simulated import observe

SMALL = {"organisation.staff": 30, "organisation.customers": 300, "organisation.warm_up": 8}


def test_people_are_seen_once_each_and_their_hours_make_sense() -> None:
    nothing = Scenario("nothing", "Doing nothing").with_values(SMALL)
    strong = nothing.with_values({"scorecards.strength": 3.0})
    frame = observe(watch, {"nothing": nothing, "strong": strong}, 2, 40, 1)
    assert sorted(frame["arm"].unique()) == [0.0, 1.0] and sorted(frame["unit"].unique()) == [0, 1]
    assert (frame.groupby(["unit", "arm"]).size() <= 30).all()
    assert (frame["worked"] > 0).all() and (frame["worked"] < 26 * 45).all()
    assert (frame["visible_successes"] <= frame["solved"] + 1e-9).all() and (frame["solved"] <= frame["handled"]).all()
    assert frame["felt"].between(0.0, 1.0).all()


def test_the_same_arms_twice_do_not_differ() -> None:
    nothing = Scenario("nothing", "Doing nothing").with_values(SMALL)
    frame = observe(watch, {"here": nothing, "there": nothing}, 1, 30, 1)
    here, there = (frame[frame["scenario"] == name].reset_index(drop=True) for name in ("here", "there"))
    columns = ["handled", "worked", "engagement", "felt"]
    assert here[columns].equals(there[columns])
