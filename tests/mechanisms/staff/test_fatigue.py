import pytest
from small_world import check_off, lived, more, set_to, world_of

from ccsim.mechanisms.staff.fatigue import sours, tire, tires, unseen

HEARD = {"sensing.coverage": 1.0, "sensing.shared": 1.0}

OFF = {
    "fatigue.ignored_weight": lambda s: (
        lived(more(s, HEARD), 12)["cynicism"][-1]
        == lived(more(s, {**HEARD, "fatigue.ignored_weight": 0.0}), 12)["cynicism"][-1]
    ),
    "fatigue.strain": lambda s: tires(0.3, 1.0, 1.0, 0.5, 0.6, s.fatigue) == tires(0.3, 0.0, 1.0, 0.5, 0.6, s.fatigue),
    "fatigue.overload": lambda s: (
        tires(0.3, 0.0, 3.0, 1.0, 0.6, s.fatigue) == tires(0.3, 0.0, 1.0, 1.0, 0.6, s.fatigue)
    ),
    "fatigue.demand_control": lambda s: (
        tires(0.3, 0.0, 1.0, 0.0, 0.6, s.fatigue) == tires(0.3, 0.0, 1.0, 1.0, 0.6, s.fatigue)
    ),
    "fatigue.disillusion": lambda s: sours(0.3, 1.0, 0.0, s.fatigue) == sours(0.3, 0.0, 0.0, s.fatigue),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_constant_strain_settles_where_it_equals_recovery() -> None:
    p = set_to().fatigue
    value = 0.0
    for _ in range(1000):
        value = tires(value, 0.5, 1.0, 1.0, 0.6, p)
    assert value == pytest.approx(0.5 * p.strain / p.recovery)


def test_fatigue_wears_off_and_spare_time_does_not_speed_it() -> None:
    p = set_to().fatigue
    assert (
        tires(0.5, 0.0, 1.0, 1.0, 0.6, p) == pytest.approx(0.5 * (1 - p.recovery)) == tires(0.5, 0.0, 0.0, 1.0, 0.6, p)
    )
    assert tires(1.0, 1.0, 99.0, 0.5, 0.6, p) == 1.0


def test_what_is_seen_takes_the_hollowness_out_of_announcements() -> None:
    assert unseen(1.0, 0.0) == pytest.approx(0.5)
    assert unseen(1.0, 0.0) > unseen(1.0, 2.0) > unseen(1.0, 8.0) > 0.0
    assert unseen(5.0, 2.0) > unseen(1.0, 2.0)


def test_cynicism_heals_to_the_ordinary_and_a_leader_with_credit_makes_no_cynics() -> None:
    p = set_to().fatigue
    for start in (0.0, 0.9):
        value = start
        for _ in range(3000):
            value = sours(value, 1.0, 1.0, p)
        assert value == pytest.approx(p.baseline_cynicism, abs=1e-6)
    assert sours(1.0, 1.0, 0.0, p) <= 1.0


def test_newcomers_arrive_fresh() -> None:
    world = world_of(set_to())
    world.reset_flows()
    staff = world.populations.staff
    staff.fatigue[:], staff.cynicism[:], staff.arrived[:] = 0.9, 0.9, 1.0
    tire(staff, world.populations.leaders, world.populations.departments, world.settings.fatigue, world.settings.mandate,
         world.settings.promise)  # fmt: skip
    assert not staff.fatigue.any()
    assert staff.cynicism == pytest.approx(0.5 * world.settings.fatigue.baseline_cynicism)


def test_announcements_without_deeds_tire_an_organisation() -> None:
    base = {"programme.top_down_share": 1.0, "programme.training": 0.0, "programme.coaching": 0.0}
    talk, quiet = (lived(set_to({**base, "programme.budget": budget}), 26) for budget in (2000.0, 0.0))
    assert talk["fatigue"][-1] > quiet["fatigue"][-1]
    assert talk["cynicism"][-1] > quiet["cynicism"][-1]


def test_work_without_say_strains_and_those_of_full_vigour_not_at_all() -> None:
    p = set_to({"fatigue.demand_control": 0.02}).fatigue
    rested = tires(0.3, 0.0, 0.9, 1.0, 0.5, p)
    assert tires(0.3, 0.0, 0.9, 0.0, 0.5, p) == pytest.approx(rested + 0.02 * 0.9)
    assert tires(0.3, 0.0, 0.9, 0.0, 1.0, p) == rested
