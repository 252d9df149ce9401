"""An organisation with every mechanism at work, those that the ordinary organisation leaves off too.

A mechanism that is added needs no line here: what is off by default and not named is set to the far end of its range.
"""

from __future__ import annotations

from ccsim.engine.parameters import Parameter
from ccsim.model.settings import all_parameters

#: Values at which mechanisms that are off by default do something, and leave the others something to do.
VALUES: dict[str, object] = {
    "programme.budget": 900.0, "rollout.reach": 0.8, "rollout.testing_share": 0.5, "rollout.planning_share": 0.2, "visible_successes.size": 0.8,
    "visible_successes.visibility": 0.9, "visible_successes.broadcast_share": 0.5, "visible_successes.reported_share": 0.9, "mandate.clarity": 0.8, "mandate.realism": 0.8,
    "sponsorship.patience": 0.5, "champions.count": 2, "champions.hours": 6.0, "champions.authority": 0.5,
    "staff_scorecard.journey": 0.5, "staff_scorecard.internal": 0.5, "head_scorecard.internal": 0.5,
    "recognition.level": 1.0, "structure.stage": 4, "structure.weeks_per_stage": 2.0, "structure.learning_rate": 0.02,
    "sensing.coverage": 1.0, "sensing.shared": 1.0,
    "sensing.action_hours": 5.0, "sensing.published": 1.0, "offer.cocreation": 0.5, "promise.level": 0.2,
    "personalisation.level": 0.5, "proactive.share": 0.5, "self_service.share": 0.5, "technology.spending": 900.0,
    "technology.training": 1.0, "segmentation.priority": 1.0, "segmentation.interval_weeks": 2, "segmentation.drift": 0.1,
    "staffing.workload_response": 1.0, "demand.surge": 1.2, "market.challenger": 0.2, "turnover.quit_probability": 0.02,
    "turnover.handling_time_spread": 0.2, "work_pace.pressure": 1.0, "defects.cross_department_share": 0.8,
    "fatigue.demand_control": 0.02, "service.engagement_courtesy": 0.5, "champions.example_share": 0.5, "ties.named": 1.0, "realignment.rate": 0.1,
    "customer_differences.leniency_spread": 0.1, "customer_differences.mobility_spread": 0.8,
    "customer_differences.demand_spread": 0.8, "trials.uncertainty": 0.4, "trials.stop_below": 0.1,
}  # fmt: skip
#: Values at which the programme is dropped and leaders' measures follow their beliefs, too; no room is left for either above.
STRAINED: dict[str, object] = {
    "sponsorship.patience": 0.0,
    "sponsorship.interval_weeks": 2,
    "realignment.min_conviction": 0.4,
}
#: What happens in it, by week: a champion leaves, a leader is replaced, posts are cut, demand surges while the machine has
#: no way out to a person.
EVENTS: dict[int, dict[str, object]] = {
    8: {"champions.departures": 1, "champions.count": 1},
    10: {"leadership.successor": 1},
    12: {"staffing.cut": 0.15},
    15: {"demand.surge": 1.6, "self_service.exit": False},
}
#: The week of the impulses that have none above.
USUAL_WEEK = 9


def at_work(row: Parameter) -> object:
    """Return a value at which a parameter that is off by default has an effect."""
    if row.kind is bool:
        return not row.off
    if row.choices:
        return next(choice for choice in reversed(row.choices) if choice != row.off)
    return row.kind(next(end for end in reversed(row.range) if end != row.off))


def busy_values() -> dict[str, object]:
    """Return the values of all parameters that differ from the default, by key."""
    in_events = {key for values in EVENTS.values() for key in values}
    unnamed = {
        key: at_work(row)
        for key, row in all_parameters().items()
        if row.off is not None
        and row.default == row.off
        and not row.impulse
        and key not in VALUES
        and key not in in_events
    }
    return VALUES | unnamed


def busy_events() -> dict[int, dict[str, object]]:
    """Return what is moved in which week."""
    in_events = {key for values in EVENTS.values() for key in values}
    unnamed = {key: at_work(row) for key, row in all_parameters().items() if row.impulse and key not in in_events}
    return EVENTS | ({USUAL_WEEK: unnamed} if unnamed else {})


def away_from_default(share: float) -> dict[str, object]:
    """Return a value of every parameter that is no size and no impulse, by key: none of them is the default.

    Args:
        share: where the value lies in the parameter's range, 0 to 1; of a choice or a switch any other one is taken.
    """
    values: dict[str, object] = {}
    for key, row in all_parameters().items():
        if row.role == "size" or row.impulse:
            continue
        low, high = row.range
        if row.kind is bool:
            values[key] = not row.default
        elif row.choices:
            values[key] = next(choice for choice in reversed(row.choices) if row.check(choice) != row.default)
        else:
            between = low + share * (high - low)
            values[key] = round(between) if row.kind is int else round(between, 6)
            if values[key] == row.default:
                values[key] = row.kind(values[key] + 1)
    return values
