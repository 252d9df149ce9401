from typing import Any

import numpy as np
import pytest
from small_world import set_to, world_of

from ccsim.errors import InputError
from ccsim.mechanisms.incentives.measures import peer_rating, unit_score
from ccsim.mechanisms.incentives.scorecards import turned_card
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


def test_results_are_shares_of_what_was_handled_and_closed_in_all_departments_of_a_unit() -> None:
    departments, p = world_of(set_to()).populations.departments, set_to({"leadership.half_score_hours": 5.0}).leadership
    for name, values in {
        "handled": (4.0, 6.0, 10.0), "worked": (12.0, 18.0, 40.0), "survey": (3.0, 4.5, 5.0), "closed": (3.0, 5.0, 2.0),
        "closed_first": (2.0, 2.0, 1.0), "claimed": (1.5, 1.5, 1.0), "sound_journeys": (1.0, 3.0, 1.0),
    }.items():  # fmt: skip
        getattr(departments, name)[:] = values
    expected = (True, 1.0 - 3.0 / 10.0, 1.0 - 30.0 / 8.0 / 20.0, 0.75 + 0.4 * (0.55 - 0.75), 0.75, 0.5)
    assert measured_results(0, 2, departments, 0.55, 0.4, p) == pytest.approx(expected)
    assert measured_results(1, 2, departments, 0.55, 0.0, p)[1:4] == pytest.approx((0.7, 1.0 - 18.0 / 5.0 / 20.0, 0.75))
    departments.handled[2], departments.closed[2], departments.closed_first[2] = 0.05, 0.05, 0.05
    assert measured_results(2, 3, departments, 0.55, 0.0, p)[0]


def test_each_leader_is_shown_the_own_unit_and_the_executive_all_of_them() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff, leaders, departments, firm = (
        state.populations.staff, state.populations.leaders, state.populations.departments, state.populations.firm
    )  # fmt: skip
    s = set_to(
        {"head_scorecard.internal": 0.05, "executive_scorecard.internal": 0.5, "executive_scorecard.resolution": 0.2}
    )
    p = s.leadership._replace(reporting_rate=0.5, memory_rate=0.25)
    for name, values in {
        "handled": (4.0, 6.0, 10.0), "worked": (12.0, 18.0, 40.0), "survey": (3.0, 4.5, 5.0), "closed": (3.0, 5.0, 2.0),
        "closed_first": (2.0, 2.0, 1.0), "claimed": (1.5, 1.0, 1.0), "sound_journeys": (1.0, 3.0, 1.0),
    }.items():  # fmt: skip
        getattr(departments, name)[:] = values
    staff.engagement[:] = 0.4 + 0.1 * staff.department
    leaders.reported_score[:], leaders.reference_score[:], leaders.realigned[:] = 0.3, 0.2, 0.0
    leaders.realigned[0], leaders.reference_score[1], firm.recent_quality[0] = 0.5, 0.0, 0.6
    update_reports(staff, leaders, departments, firm, s.head_scorecard, s.executive_scorecard, 0.0, p)

    def expected(k: int, card: Any, first: int, last: int) -> tuple[float, float]:
        results = measured_results(first, last, departments, 0.6, 0.0, p)[1:]
        rows = (staff.department >= first) & (staff.department < last)
        shown = unit_score(card, *results) + peer_rating(card, staff.engagement[rows].mean())
        reported = shown if k == 1 else 0.3 + 0.5 * (shown - 0.3)
        reference = shown if k == 1 else 0.2
        return reported, reference + 0.25 * (reported - reference)

    turned = turned_card(s.head_scorecard, 0.5)
    for k in range(len(leaders)):
        if leaders.tier[k] == 0:
            reported, reference = expected(k, s.executive_scorecard, 0, 3)
        else:
            d = int(leaders.department[k])
            reported, reference = expected(k, turned if leaders.tier[k] == 1 else s.head_scorecard, d, d + 1)
            if leaders.tier[k] == 1:
                # The weight of what colleagues see is that of the card as decreed.
                assert peer_rating(turned, 0.5) == pytest.approx(peer_rating(s.head_scorecard, 0.5))
        assert (leaders.reported_score[k], leaders.reference_score[k]) == pytest.approx((reported, reference)), k


@pytest.mark.parametrize("missing", ["handled", "closed", "closed_first"])
def test_a_unit_without_one_of_its_counts_has_nothing_to_show(missing: str) -> None:
    departments, p = world_of(set_to()).populations.departments, set_to().leadership
    for name in ("handled", "closed", "closed_first"):
        getattr(departments, name)[:] = 0.0 if name == missing else 3.0
    assert not measured_results(0, 2, departments, 0.5, 0.0, p)[0]
