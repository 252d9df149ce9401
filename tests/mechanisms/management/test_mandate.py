import pytest
from small_world import check_off, set_to, tallies_of

from ccsim.mechanisms.management.mandate import hours_received, sources_counted

TALK = {"programme.budget": 3000.0, "programme.top_down_share": 1.0, "programme.communication": 1.0,
        "programme.training": 0.0, "programme.coaching": 0.0}  # fmt: skip

OFF = {
    "mandate.clarity": lambda s: hours_received(3.0, s.mandate) == 3.0,
    "mandate.realism": lambda s: sources_counted(3.0, s.mandate) == 3.0,
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_a_vague_mandate_does_not_arrive_and_an_impossible_one_is_never_seen_done() -> None:
    assert hours_received(3.0, set_to({"mandate.clarity": 0.0}).mandate) == 0.0
    assert sources_counted(9.0, set_to({"mandate.realism": 0.0}).mandate) == 0.0


def test_an_unrealistic_mandate_sours_and_tires() -> None:
    real, impossible = (tallies_of(set_to({**TALK, "mandate.realism": level}), 20) for level in (1.0, 0.0))
    assert impossible["cynicism"][-1] > real["cynicism"][-1]
    assert impossible["fatigue"][-1] > real["fatigue"][-1]


def test_no_person_hears_a_mandate_without_announcements() -> None:
    plain, vague = (
        tallies_of(set_to({"mandate.clarity": level, "mandate.realism": level, "implementation.gap": False}), 8)
        for level in (1.0, 0.0)
    )
    assert vague["conviction"] == pytest.approx(plain["conviction"], abs=0)
