import pytest
from small_world import check_off, set_to, tallies_of, with_values, world_of

from ccsim.mechanisms.staff.fatigue import cynicism_update, fatigue_update, unfulfilled, update_fatigue

HEARD = {"sensing.coverage": 1.0, "sensing.shared": 1.0}

OFF = {
    "fatigue.ignored_weight": lambda s: (
        tallies_of(with_values(s, HEARD), 12)["cynicism"][-1]
        == tallies_of(with_values(s, {**HEARD, "fatigue.ignored_weight": 0.0}), 12)["cynicism"][-1]
    ),
    "fatigue.strain": lambda s: (
        fatigue_update(0.3, 1.0, 1.0, 0.5, 0.6, s.fatigue) == fatigue_update(0.3, 0.0, 1.0, 0.5, 0.6, s.fatigue)
    ),
    "fatigue.overload": lambda s: (
        fatigue_update(0.3, 0.0, 3.0, 1.0, 0.6, s.fatigue) == fatigue_update(0.3, 0.0, 1.0, 1.0, 0.6, s.fatigue)
    ),
    "fatigue.demand_control": lambda s: (
        fatigue_update(0.3, 0.0, 1.0, 0.0, 0.6, s.fatigue) == fatigue_update(0.3, 0.0, 1.0, 1.0, 0.6, s.fatigue)
    ),
    "fatigue.disillusion": lambda s: (
        cynicism_update(0.3, 1.0, 0.0, s.fatigue) == cynicism_update(0.3, 0.0, 0.0, s.fatigue)
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_constant_strain_settles_where_it_equals_recovery() -> None:
    p = set_to().fatigue
    value = 0.0
    for _ in range(1000):
        value = fatigue_update(value, 0.5, 1.0, 1.0, 0.6, p)
    assert value == pytest.approx(0.5 * p.strain / p.recovery)


def test_fatigue_wears_off_and_spare_time_does_not_speed_it() -> None:
    p = set_to().fatigue
    assert (
        fatigue_update(0.5, 0.0, 1.0, 1.0, 0.6, p)
        == pytest.approx(0.5 * (1 - p.recovery))
        == fatigue_update(0.5, 0.0, 0.0, 1.0, 0.6, p)
    )
    assert fatigue_update(1.0, 1.0, 99.0, 0.5, 0.6, p) == 1.0


def test_what_is_seen_takes_the_hollowness_out_of_announcements() -> None:
    assert unfulfilled(1.0, 0.0) == pytest.approx(0.5)
    assert unfulfilled(1.0, 0.0) > unfulfilled(1.0, 2.0) > unfulfilled(1.0, 8.0) > 0.0
    assert unfulfilled(5.0, 2.0) > unfulfilled(1.0, 2.0)


def test_cynicism_heals_to_the_ordinary_and_a_leader_with_credit_makes_no_cynics() -> None:
    p = set_to().fatigue
    for start in (0.0, 0.9):
        value = start
        for _ in range(3000):
            value = cynicism_update(value, 1.0, 1.0, p)
        assert value == pytest.approx(p.baseline_cynicism, abs=1e-6)
    assert cynicism_update(1.0, 1.0, 0.0, p) <= 1.0


def test_newcomers_arrive_fresh() -> None:
    state = world_of(set_to())
    state.reset_flows()
    staff = state.populations.staff
    staff.fatigue[:], staff.cynicism[:], staff.arrived[:] = 0.9, 0.9, 1.0
    update_fatigue(staff, state.populations.leaders, state.populations.departments, state.settings.fatigue, state.settings.mandate,
         state.settings.promise)  # fmt: skip
    assert not staff.fatigue.any()
    assert staff.cynicism == pytest.approx(0.5 * state.settings.fatigue.baseline_cynicism)


def test_announcements_without_deeds_tire_an_organisation() -> None:
    base = {"programme.top_down_share": 1.0, "programme.training": 0.0, "programme.coaching": 0.0}
    talk, quiet = (tallies_of(set_to({**base, "programme.budget": budget}), 26) for budget in (2000.0, 0.0))
    assert talk["fatigue"][-1] > quiet["fatigue"][-1]
    assert talk["cynicism"][-1] > quiet["cynicism"][-1]


def test_work_without_say_strains_and_those_of_full_vigour_not_at_all() -> None:
    p = set_to({"fatigue.demand_control": 0.02}).fatigue
    rested = fatigue_update(0.3, 0.0, 0.9, 1.0, 0.5, p)
    assert fatigue_update(0.3, 0.0, 0.9, 0.0, 0.5, p) == pytest.approx(rested + 0.02 * 0.9)
    assert fatigue_update(0.3, 0.0, 0.9, 0.0, 1.0, p) == rested
