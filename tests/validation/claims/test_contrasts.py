import numpy as np
import pytest

from ccsim.validation.claims.contrasts import KINDS, Claimed, Contrast
from ccsim.validation.claims.verdict import judge

RNG = np.random.default_rng(5)


def value(contrast: Contrast, means: dict) -> float:
    return sum(weight * means[cell] for cell, weight in contrast.weights.items())


def cells(kpi: str, weeks: tuple[int, ...], **means: tuple[float, ...]) -> dict:
    return {
        (name, kpi, week): level for name, levels in means.items() for week, level in zip(weeks, levels, strict=True)
    }


def made(
    kind: str, kpi: str, weeks: tuple[int, ...] = (9,), sign: float = 1.0, share: float = 0.5, **means
) -> list[float]:  # type: ignore[no-untyped-def]
    cell_values = cells(
        kpi, weeks, **{name: level if isinstance(level, tuple) else (level,) for name, level in means.items()}
    )
    return [value(one, cell_values) for one in KINDS[kind].contrasts(Claimed(kpi, tuple(means), weeks, sign, share))]


def test_a_difference_is_the_first_less_the_second_and_turned_round_where_less_is_claimed() -> None:
    assert made("difference", "csat", a=5.0, b=3.0) == [2.0]
    assert made("difference", "csat", sign=-1.0, a=5.0, b=3.0) == [-2.0]


def test_the_best_beats_each_and_an_order_holds_step_by_step() -> None:
    assert made("best", "csat", a=5.0, b=3.0, c=4.0) == [2.0, 1.0]
    assert made("ordering", "csat", a=5.0, b=3.0, c=4.0) == [2.0, -1.0]


def test_kept_and_lost_are_shares_of_a_gain() -> None:
    # The hero gains 4; after the departure 3 of it are left.
    assert made("retains", "csat", share=0.5, left=13.0, stays=14.0, none=10.0) == [1.0]
    assert made("reverts", "csat", share=0.5, left=13.0, stays=14.0, none=10.0) == [4.0, -1.0]
    assert made("reverts", "csat", share=0.5, left=11.0, stays=14.0, none=10.0) == [4.0, 1.0]


def test_an_interaction_is_what_both_do_beyond_the_sum() -> None:
    assert made("interaction", "csat", neither=10.0, one=12.0, other=11.0, both=13.0) == [0.0]
    assert made("interaction", "csat", neither=10.0, one=12.0, other=11.0, both=15.0) == [2.0]


def test_a_crossing_is_ahead_early_and_behind_late_in_the_last_stretch_of_a_sum() -> None:
    assert made("overtakes", "csat", weeks=(1, 9), a=(5.0, 1.0), b=(3.0, 2.0)) == [2.0, 1.0]
    # Profit is summed: until week 5 and from there to week 9.
    assert made("overtakes", "profit", weeks=(1, 5, 9), a=(5.0, 9.0, 10.0), b=(3.0, 6.0, 9.0)) == [2.0, 2.0]


def test_what_turns_is_ahead_at_its_best_and_behind_at_its_worst() -> None:
    assert made("break_even", "csat", other=5.0, worst=4.0, best=8.0) == [3.0, 1.0]


def test_gaming_reports_better_and_is_worse() -> None:
    (looks, is_) = KINDS["goodhart"].contrasts(Claimed("reported_csat", ("pressed", "at ease"), (9,), 1.0, 0.5))
    cell_values = {("pressed", "reported_csat", 9): 80.0, ("at ease", "reported_csat", 9): 75.0,
               ("pressed", "csat", 9): 70.0, ("at ease", "csat", 9): 73.0}  # fmt: skip
    assert (value(looks, cell_values), value(is_, cell_values)) == (5.0, 3.0)


@pytest.mark.parametrize(("middle", "holds"), [(1.0, True), (-1.0, False)])
def test_an_optimum_is_chosen_on_one_half_and_judged_on_the_other(middle: float, holds: bool) -> None:
    names = ("low", "mid", "more", "high")
    contrasts = KINDS["optimum"].contrasts(Claimed("csat", names, (9,), 1.0, 0.5))
    means = {"low": 0.0, "mid": middle, "more": middle / 2, "high": 0.0}
    cell_values = {(name, "csat", 9): means[name] + 0.1 * RNG.standard_normal(40) for name in names}
    outcome = judge(contrasts, cell_values, chooses=True)
    assert outcome.sign() == (1 if holds else -1)
    assert outcome.runs == 20


def test_choosing_among_values_that_are_all_equal_finds_an_optimum_no_more_often_than_declared() -> None:
    names = tuple(f"v{k}" for k in range(8))
    contrasts = KINDS["optimum"].contrasts(Claimed("csat", names, (9,), 1.0, 0.5))
    found = 0
    for _ in range(400):
        cell_values = {(name, "csat", 9): RNG.standard_normal(20) for name in names}
        found += judge(contrasts, cell_values, chooses=True).sign() > 0
    # Two-sided 5 %, so at most 2.5 % falsely found: 10 of 400; 23 is five standard errors above.
    assert found <= 23
