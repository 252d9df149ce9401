"""The terms of a person's choice, for the pages: the utility of each way to handle an ordinary case, by the model's own rules."""

from __future__ import annotations

from typing import Any

from ccsim.engine.ahead import ahead
from ccsim.mechanisms.management.implementation import card_in_use
from ccsim.mechanisms.service.choice import CaseFeatures, PersonFeatures, person_features, utility
from ccsim.mechanisms.service.handling_options import ESCALATE, FAST, HAND_OVER, SCRIPT, SOLVE

#: Distance of an ordinary case from the standard case (share).
ORDINARY = 0.5


@ahead
def weigh_options(populations: Any, settings: Any, person: Any, left_out: Any, out: Any) -> None:
    """Write the utility of each option to a person with an ordinary case that has no previous handler.

    Args:
        populations: every population.
        settings: all parameters.
        person: row of the person.
        left_out: the term that is left out: 1 rewards, 2 belief, 3 the norm, 4 habit; 0 for none.
        out: shape (5,); filled, with -1e9 for an option that is not open (utility).

    Writes:
        out: all of it.
    """
    staff, leaders, departments = populations.staff, populations.leaders, populations.departments
    p, cards, handoffs, empowerment = settings.service, settings.scorecards, settings.handoffs, settings.empowerment
    d, lead = staff.department[person], staff.leader[person]
    features = person_features(person, lead, 0.0, staff, leaders, cards, settings.conviction, settings.habit)
    own = PersonFeatures(
        features.skill, features.authority, 0.0 if left_out == 1 else features.reward_weight, features.felt_latitude,
        0.0 if left_out == 2 else features.belief, 0.0 if left_out == 3 else features.norm, 0.0 if left_out == 4 else features.habit,
        features.fatigue, features.time_penalty,
    )  # fmt: skip
    facts = CaseFeatures(
        ORDINARY, 1, 0.0, departments.routine[d], departments.workload[d], departments.success_loss[d],
        departments.integration[d],
    )  # fmt: skip
    card = card_in_use(d, departments)
    for option in (FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE):
        open_ = True
        if option == HAND_OVER:
            open_ = len(departments.queue) > 1
        elif option == ESCALATE:
            open_ = lead >= 0
        out[option] = utility(option, facts, own, card, cards, p, handoffs, empowerment) if open_ else -1.0e9
