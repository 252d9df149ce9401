import pytest
from small_world import check_off, first_mix, set_to, tallies_of, with_values

from ccsim.mechanisms.service.handling_options import (
    ESCALATE,
    FAST,
    HAND_OVER,
    SCRIPT,
    SOLVE,
    handling_time,
    handoff_mode,
    success_probability,
)
from ccsim.model.settings import Settings

OPTIONS = (FAST, SCRIPT, SOLVE, HAND_OVER, ESCALATE)


def success(option: int, s: Settings, complexity: float = 0.5, skill: float = 0.5, authority: float = 1.0) -> float:
    return success_probability(option, complexity, skill, authority, 0, 0.0, s.service, s.handoffs.handoff_error)


def no_matter_how_tired(s: Settings) -> bool:
    # Without reward, belief, norm and habit only effort is left that fatigue can enlarge.
    return bool((first_mix(s, fatigue=0.0) == first_mix(s, fatigue=1.0)).all())


OFF = {
    "service.effort_weight": no_matter_how_tired,
    "service.recontact_probability": lambda s: (
        tallies_of(with_values(s, {"organisation.warm_up": 0}), 12)["returned"].sum() == 0.0
    ),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_each_way_takes_the_declared_time() -> None:
    p = set_to().service
    standard = [handling_time(option, 0.0, 0.0, 0, 0.0, p, 0.4) / p.handling_hours for option in OPTIONS]
    assert standard == pytest.approx([p.fast_time, 1.0, p.judgement_time, p.transfer_time, p.transfer_time])
    assert handling_time(SOLVE, 1.0, 0.0, 0, 0.0, p, 0.4) == pytest.approx(
        p.handling_hours * (p.judgement_time + p.complexity_time)
    )


def test_full_routines_save_half_of_the_extra_time_of_judgement_and_nothing_else() -> None:
    p = set_to().service
    without, with_routine = (
        handling_time(SOLVE, 0.7, routine, 0, 0.0, p, 0.4) - p.handling_hours for routine in (0.0, 1.0)
    )
    assert with_routine == pytest.approx(without / 2)
    assert handling_time(SCRIPT, 0.7, 1.0, 0, 0.0, p, 0.4) == handling_time(SCRIPT, 0.7, 0.0, 0, 0.0, p, 0.4)


@pytest.mark.parametrize("complexity", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("option", OPTIONS)
def test_success_is_a_probability_at_the_edges(option: int, complexity: float) -> None:
    for skill in (0.0, 1.0):
        for authority in (0.0, 0.5, 1.0):
            assert 0.0 <= success(option, set_to(), complexity, skill, authority) <= 1.02


def test_hard_cases_are_beyond_the_script_and_not_beyond_judgement() -> None:
    s = set_to()
    assert success(SCRIPT, s, 1.0) == pytest.approx(
        s.service.script_success * (1 - s.service.script_complexity_penalty)
    )
    assert success(SOLVE, s, 1.0) == success(SOLVE, s, 0.1) > success(SCRIPT, s, 1.0)
    assert success(SCRIPT, s, 0.0) > success(SOLVE, s, 0.0)


def test_skill_and_authority_help_judgement_only() -> None:
    s = set_to()
    assert success(SOLVE, s, skill=1.0) > success(SOLVE, s, skill=0.0)
    assert success(SOLVE, s, authority=0.5) > success(SOLVE, s, authority=0.1)
    for option in (FAST, SCRIPT, HAND_OVER, ESCALATE):
        assert success(option, s, skill=1.0) == success(option, s, skill=0.0, authority=0.0)


def test_only_judgement_passes_on_in_person() -> None:
    assert [handoff_mode(option) for option in OPTIONS] == [0, 0, 1, 2, 0]


@pytest.mark.parametrize(
    ("option", "factor"), [(FAST, 0.6), (SCRIPT, 1.0), (SOLVE, 1.0 + (0.2 + 0.7 * 0.4) * (1.0 - 0.5 * 0.3))]
)
def test_information_that_was_lost_and_slow_people_lengthen_a_contact(option: int, factor: float) -> None:
    p = set_to({"service.fast_time": 0.6, "service.judgement_time": 1.2, "service.complexity_time": 0.7}).service
    hours = p.handling_hours * factor * (1.0 + 0.25 * 0.5) * 1.1
    assert handling_time(option, 0.4, 0.3, 0.5, 0.1, p, 0.25) == pytest.approx(hours)
    # To pass a case on takes the same time whatever was lost.
    assert handling_time(HAND_OVER, 0.4, 0.3, 0.5, 0.1, p, 0.25) == p.handling_hours * p.transfer_time


def test_success_is_what_skill_and_rights_give_less_what_was_lost_and_spoilt() -> None:
    p = set_to({"service.unauthorised_success": 0.4}).service
    able = p.judgement_success + p.skill_effect * 0.5
    rest = (1.0 - 0.2 * 0.5) * (1.0 - 0.25)
    for authority, may in ((0.6, 1.0), (0.8, 1.0), (0.3, 0.5), (0.0, 0.0)):
        expected = able * (0.4 + 0.6 * may) * rest
        assert success_probability(SOLVE, 0.6, 0.5, authority, 0.5, 0.25, p, 0.2) == pytest.approx(expected)
    script = p.script_success * (1.0 - p.script_complexity_penalty * 0.6)
    assert success_probability(SCRIPT, 0.6, 0.5, 0.3, 0.5, 0.25, p, 0.2) == pytest.approx(script * rest)
    assert success_probability(FAST, 0.6, 0.5, 0.3, 0.5, 0.25, p, 0.2) == pytest.approx(script * p.fast_success * rest)
    assert success_probability(ESCALATE, 0.6, 0.5, 0.3, 0.5, 0.25, p, 0.2) == pytest.approx(0.8 * rest)
    assert success_probability(HAND_OVER, 0.6, 0.5, 0.3, 0.5, 0.25, p, 0.2) == 0.0
