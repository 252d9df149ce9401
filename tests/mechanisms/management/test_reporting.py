import numpy as np
import pytest
from small_world import set_to, world_of

from ccsim.errors import InputError
from ccsim.mechanisms.management.reporting import measured_results, update_reports


def test_results_become_known_late_and_the_usual_later() -> None:
    state = world_of(set_to())
    s, populations = state.settings, state.populations
    state.reset_flows()
    departments = populations.departments
    departments.handled[:], departments.closed[:], departments.closed_first[:] = 10.0, 10.0, 10.0
    departments.survey[:], departments.claimed[:], departments.sound_journeys[:] = 10.0, 10.0, 10.0
    populations.leaders.reported_score[:], populations.leaders.reference_score[:] = 0.1, 0.1

    def report() -> None:
        update_reports(
            populations.staff,
            populations.leaders,
            departments,
            populations.firm,
            s.head_scorecard,
            s.executive_scorecard,
            0.0,
            s.leadership,
        )

    report()
    assert (populations.leaders.reference_score > 0.1).all() and (
        populations.leaders.reference_score < populations.leaders.reported_score
    ).all()
    for _ in range(2000):
        report()
    # Nothing worked, everything resolved: full marks on every measure.
    assert populations.leaders.reported_score == pytest.approx(
        1.0
    ) and populations.leaders.reference_score == pytest.approx(1.0, abs=1e-6)


def test_a_unit_that_closed_nothing_reports_nothing() -> None:
    state = world_of(set_to())
    s, populations = state.settings, state.populations
    state.reset_flows()
    before = populations.leaders.reported_score.copy()
    update_reports(
        populations.staff,
        populations.leaders,
        populations.departments,
        populations.firm,
        s.head_scorecard,
        s.executive_scorecard,
        0.0,
        s.leadership,
    )
    assert (populations.leaders.reported_score == before).all()


def test_departments_that_handled_or_closed_nothing_have_nothing_to_show_on_any_measure() -> None:
    state = world_of(set_to())
    state.reset_flows()
    departments, p = state.populations.departments, state.settings.leadership
    nothing = (False, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert measured_results(0, 1, departments, 0.5, 0.0, p) == nothing
    for name in ("handled", "closed", "closed_first"):
        assert measured_results(0, 1, departments, 0.5, 0.0, p) == nothing
        getattr(departments, name)[0] = 4.0
    assert measured_results(0, 1, departments, 0.5, 0.0, p)[0]


def test_a_handling_time_of_nothing_is_refused_or_still_gives_results() -> None:
    state = world_of(set_to())
    try:
        s = set_to({"leadership.half_score_hours": 0.0})
    except InputError:
        return
    state.reset_flows()
    departments = state.populations.departments
    departments.handled[:], departments.closed[:], departments.closed_first[:] = 10.0, 10.0, 10.0
    update_reports(
        state.populations.staff,
        state.populations.leaders,
        departments,
        state.populations.firm,
        s.head_scorecard,
        s.executive_scorecard,
        0.0,
        s.leadership,
    )
    assert np.isfinite(state.populations.leaders.reported_score).all()
