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
