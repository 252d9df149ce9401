import numpy as np
import pytest
from small_world import SERVING, after_champions, check_off, set_to, with_values

from ccsim.engine.functions import half_saturation
from ccsim.mechanisms.management.coaching import lent_rights
from ccsim.model.settings import Settings


def heard(s: Settings) -> float:
    """Return how much champions spoke for the change by their example in a week."""
    return float(after_champions(with_values(s, SERVING)).populations.staff.sources.sum())


OFF = {
    "champions.authority": lambda s: (
        not after_champions(with_values(s, SERVING)).populations.staff.borrowed_rights.any()
    ),
    "champions.example_share": lambda s: heard(s) == heard(with_values(s, {"champions.example_share": 0.0})),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_time_is_spent_once_on_colleagues_and_on_routines() -> None:
    for part in (0.0, 0.3, 1.0):
        state = after_champions(set_to({**SERVING, "champions.embedding": part}))
        departments, staff = state.populations.departments, state.populations.staff
        assert departments.champion_hours.sum() == pytest.approx(30.0)
        assert departments.embedding.sum() == pytest.approx(30.0 * part)
        assert staff.coaching_hours.sum() == pytest.approx(30.0 * (1.0 - part))


def test_authority_opens_the_own_department_and_lends_rights() -> None:
    without = after_champions(set_to({**SERVING, "champions.count": 1})).populations.staff
    backed = after_champions(set_to({**SERVING, "champions.count": 1, "champions.authority": 0.5})).populations.staff
    home = backed.department[backed.champion > 0][0]
    colleagues = (backed.department == home) & (backed.champion == 0)
    assert (backed.borrowed_rights[colleagues] > 0).all()
    assert (backed.coaching_hours > 0).sum() >= (without.coaching_hours > 0).sum()
    assert backed.coaching_hours[backed.champion > 0].sum() == 0.0


def test_more_time_lends_more_with_diminishing_returns_up_to_the_authority() -> None:
    p = set_to().champions
    steps = np.diff(
        [lent_rights(hours, 0.6, p) for hours in (0.0, p.half_saturation, 2 * p.half_saturation, 3 * p.half_saturation)]
    )
    assert (steps > 0).all() and (np.diff(steps) < 0).all()
    assert (
        lent_rights(p.half_saturation, 0.6, p)
        == pytest.approx(0.3)
        == 0.6 * half_saturation(p.half_saturation, p.half_saturation)
    )


def test_an_example_seen_whole_speaks_louder_and_teaches_no_person_more() -> None:
    divided, whole = (
        after_champions(set_to({**SERVING, "champions.example_share": one})).populations.staff for one in (0.0, 1.0)
    )
    assert whole.sources.sum() > divided.sources.sum() > 0.0
    assert whole.coaching_hours == pytest.approx(divided.coaching_hours)
