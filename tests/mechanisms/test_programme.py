import numpy as np
import pytest
from small_world import check_off, lived, more, set_to, world_of

from ccsim.mechanisms.programme import inform, involve, pay, purse_part, volunteers
from ccsim.settings import Settings
from ccsim.world import World


def spent(s: Settings, seed: int = 3) -> World:
    """Let the programme spend one week's budget, before anybody else acts."""
    world = world_of(set_to(), seed)
    world.clear_flows()
    state, p = world.state, s.programme
    state.staff.conviction[:] = 1.0
    state.leaders.conviction[:] = 1.0
    inform(state.staff, state.leaders, state.departments, state.firm, p, s.rollout, 0)
    involve(
        state.staff, state.leaders, state.departments, state.firm, (p, s.rollout, s.wins, s.empowerment.blame), seed, 0
    )
    pay(state.staff, state.leaders, state.firm, p, s.rollout)
    return world


def no_flow_moved(s: Settings) -> bool:
    return not any(block.any() for block in spent(s).flows.values())


OFF = {
    "programme.budget": no_flow_moved,
    "wins.quick": lambda s: not spent(more(s, {"programme.budget": 9000.0})).state.staff.wins.any(),
}


@pytest.mark.parametrize("key", OFF)
def test_off_has_no_effect_whatever(key: str) -> None:
    check_off(OFF[key], key)


def test_without_a_budget_no_other_lever_of_the_programme_matters() -> None:
    plain = lived(set_to(), 8)
    other = lived(set_to({"programme.from_top": 1.0, "programme.communication": 9.0, "programme.hour": 20.0}), 8)
    assert all(np.array_equal(plain[name], other[name], equal_nan=True) for name in plain)


def test_the_top_buys_announcements_training_and_coaching_in_the_declared_parts() -> None:
    s = set_to({"programme.budget": 4500.0, "programme.from_top": 1.0, "programme.hour": 45.0,
                "programme.communication": 2.0, "programme.training": 1.0, "programme.coaching": 1.0})  # fmt: skip
    state = spent(s).state
    # What is meant for a vacant post is not bought.
    assert state.firm.trained[0] == pytest.approx(25.0 * (state.staff.told > 0).sum() / 24)
    assert state.firm.coached[0] == pytest.approx(25.0)
    assert state.firm.told[0] == pytest.approx(state.staff.told.sum() + state.leaders.told.sum())
    assert not (state.firm.improved[0] or state.firm.met[0] or state.firm.written[0])
    assert state.firm.spent[0] <= 4500.0 + 1e-9


def test_the_bottom_buys_improvement_meetings_and_routines() -> None:
    world = spent(set_to({"programme.budget": 900.0, "programme.from_top": 0.0}))
    firm = world.state.firm
    assert firm.improved[0] > 0 and firm.written[0] > 0
    assert not (firm.told[0] or firm.trained[0] or firm.coached[0])
    assert firm.spent[0] == pytest.approx(45.0 * (firm.improved[0] + firm.met[0] + firm.written[0]))
    assert world.state.departments.embedding.sum() == pytest.approx(firm.written[0])


def test_money_not_needed_is_not_spent() -> None:
    p = {"programme.budget": 1e6, "programme.from_top": 0.0, "programme.immersion": 0.0, "programme.embedding": 0.0}
    s = set_to(p)
    world = spent(s)
    assert world.state.staff.improving.max() == s.programme.most
    assert world.state.firm.spent[0] <= 24 * s.programme.most * s.programme.hour + 1e-6


def test_each_meeting_lasts_two_hours_and_speaks_for_the_customer() -> None:
    staff = spent(set_to({"programme.budget": 3000.0, "programme.from_top": 0.0})).state.staff
    assert set(staff.met.tolist()) == {0.0, 2.0}
    assert (staff.sources == staff.met).all()


def test_the_convinced_volunteer_as_far_as_their_leader_lets_them() -> None:
    chances = [
        np.mean([volunteers(c, r, (k + 0.5) / 1000) for k in range(1000)]) for c, r in ((1, 1), (0.5, 0.5), (0, 1))
    ]
    assert chances == pytest.approx([1.0, 0.25, 0.0], abs=1e-3)


def test_parts_of_nothing_are_nothing() -> None:
    nothing = {f"programme.{name}": 0.0 for name in ("communication", "training", "coaching", "improvement", "immersion", "embedding")}  # fmt: skip
    assert purse_part(100.0, 0.0, 0.0, 45.0) == 0.0
    assert spent(set_to({**nothing, "programme.budget": 900.0})).state.firm.spent[0] == 0.0


def test_without_leaders_and_customers_to_spare_a_programme_still_runs() -> None:
    t = lived(set_to({"organisation.tiers": 0, "programme.budget": 900.0}), 8)
    assert (t["spend"] > 0).all() and np.isfinite(t["spend"]).all()
