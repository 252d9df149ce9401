"""Worlds to measure on, and how to time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

from ccsim.model.initial_state import sample_initial
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.state import ModelState
from ccsim.model.week import step

#: Levers moved so that the ordinary organisation also has a programme and champions. This is what the per-agent
#: baseline lives too; what is off in the ordinary organisation is off here.
BUSY = {
    "programme.budget": 9000.0,
    "programme.top_down_share": 0.4,
    "champions.count": 3,
    "champions.authority": 0.5,
    "champions.placement": "across",
    "staff_scorecard.journey": 0.5,
    "staff_scorecard.handling_time": 0.2,
    "head_scorecard.resolution": 0.4,
    "empowerment.strictness": 0.2,
}
#: Levers moved so that every mechanism has something to do.
WHOLE = {
    **BUSY,
    "sensing.coverage": 0.5,
    "sensing.shared": 0.5,
    "sensing.action_hours": 10.0,
    "sensing.published": 1.0,
    "offer.cocreation": 0.5,
    "promise.level": 0.1,
    "market.challenger": 0.1,
    "technology.spending": 3000.0,
    "technology.training": 0.3,
    "personalisation.level": 0.2,
    "self_service.share": 0.2,
    "proactive.share": 0.2,
    "structure.stage": 3,
    "segmentation.priority": 0.5,
    "segmentation.interval_weeks": 13,
    "segmentation.drift": 0.01,
    "recognition.level": 0.5,
    "sponsorship.patience": 0.5,
    "staffing.workload_response": 0.5,
    "staff_scorecard.internal": 0.2,
    "head_scorecard.internal": 0.2,
    "rollout.testing_share": 0.2,
    "visible_successes.broadcast_share": 0.5,
    "mandate.clarity": 0.8,
    "mandate.realism": 0.8,
}


def world_of(
    staff: int, customers: int, past: int = 8, seed: int = 1, levers: Mapping[str, object] | None = None
) -> ModelState:
    """Return a world that has lived a short past, a programme and champions at work.

    Args:
        staff: members of staff.
        customers: customers at founding; as many prospects come on top.
        past: weeks lived since the draw.
        seed: of all draws.
        levers: settings other than ``BUSY``, by dotted key.
    """
    sizes = {"organisation.staff": staff, "organisation.customers": customers, "organisation.warm_up": past}
    state = sample_initial(replace_values(default_settings(), {**sizes, **(BUSY if levers is None else levers)}), seed)
    for _ in range(past):
        step(state)
    return state


def agents_of(state: ModelState) -> int:
    """Return staff and customers (prospects and leaders are not counted)."""
    return len(state.populations.staff.person) + int(state.populations.customers.active.sum())


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that ``work`` takes, once: what others do on the machine is not in it."""
    start = time.process_time()
    work()
    return time.process_time() - start


def median(times: list[float]) -> float:
    """Return the median."""
    return statistics.median(times)
