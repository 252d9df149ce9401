"""The per-agent baseline does the engine's work: its KPIs are the engine's."""

import numpy as np
import pytest
from benchmarks.per_agent import PerAgent
from benchmarks.worlds import BUSY

from ccsim.model.initial_state import initialise, sample_initial
from ccsim.model.kpis import KPIS, calculate
from ccsim.model.recorder import Record
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.week import step

SIZES = {"organisation.staff": 30, "organisation.customers": 250, "organisation.warm_up": 12}


def both(state, moves, weeks):
    """Return the KPIs of the engine and of the baseline, from one world, with the same moves."""
    baseline, record = PerAgent(state), Record.of(state, weeks)
    for week in range(weeks):
        state.settings = baseline.settings = replace_values(state.settings, moves.get(week, {}))
        step(state)
        record.add(state)
        baseline.step()
    return calculate(record, state.settings.accounts.discount), baseline.kpis()


def assert_equal(engine, baseline):
    assert set(engine) == set(baseline) == set(KPIS)
    for name, values in engine.items():
        np.testing.assert_allclose(baseline[name], values, rtol=1e-9, atol=0, err_msg=name)


def test_weekly_kpis_equal_the_engines_from_the_draw_on():
    state = sample_initial(replace_values(default_settings(), {**SIZES, **BUSY}), seed=3)
    assert_equal(*both(state, {}, weeks=25))


def test_weekly_kpis_equal_the_engines_after_a_past_with_moves_and_a_champion_leaving():
    state = initialise(replace_values(default_settings(), {**SIZES}), seed=4)
    moves = {
        0: BUSY,
        8: {"champions.departures": 2, "champions.count": 1},
        9: {"champions.departures": 0},
        14: {"champions.count": 4, "champions.selection": "best connected", "champions.placement": "together"},
        20: {"programme.top_down_share": 1.0, "scorecards.strength": 2.0, "demand.surge": 2.0},
    }
    engine, baseline = both(state, moves, weeks=30)
    assert_equal(engine, baseline)
    assert np.ptp(engine["adoption"]) > 0.0


@pytest.mark.parametrize(
    "values",
    [
        {"organisation.tiers": 0, "organisation.departments": 1, "organisation.front_departments": 1},
        {
            "organisation.tiers": 1,
            "organisation.segments": 1,
            "word_of_mouth.reach": 0,
            "champions.selection": "at random",
        },
        {
            "turnover.quit_probability": 0.3,
            "turnover.vacancy_weeks": 0,
            "demand.rate": 1.0,
            "demand.abandonment_rate": 0.2,
        },
        {"leadership.executive_disposition": 0.95, "realignment.rate": 0.3, "mandate.clarity": 0.9},
    ],
)
def test_weekly_kpis_equal_the_engines_in_odd_organisations(values):
    state = sample_initial(replace_values(default_settings(), {**SIZES, **BUSY, **values}), seed=5)
    assert_equal(*both(state, {}, weeks=15))
