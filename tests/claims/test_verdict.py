from dataclasses import replace

import numpy as np
import pytest

from ccsim.claims.contrasts import Contrast
from ccsim.claims.verdict import Outcome, adjusted, judge, verdict

RNG = np.random.default_rng(11)
ONE = [Contrast("a against b", {("a", "csat", 1): 1.0, ("b", "csat", 1): -1.0})]
TWO = [*ONE, Contrast("a against c", {("a", "csat", 1): 1.0, ("c", "csat", 1): -1.0})]


def outcome(**means: float) -> Outcome:
    figures = {(name, "csat", 1): mean + RNG.standard_normal(30) for name, mean in means.items()}
    return judge(TWO if "c" in means else ONE, figures)


def test_a_clear_difference_holds_and_its_opposite_is_reversed() -> None:
    assert outcome(a=3.0, b=0.0).sign() == 1
    assert outcome(a=0.0, b=3.0).sign() == -1


def test_equal_runs_are_no_difference() -> None:
    same = np.full(30, 1.5)
    found = judge(ONE, {("a", "csat", 1): same, ("b", "csat", 1): same})
    assert (found.effect, found.sign()) == (0.0, 0)
    assert found.p == 1.0


def test_a_constant_difference_is_sure() -> None:
    base = RNG.standard_normal(30)
    found = judge(ONE, {("a", "csat", 1): np.round(base, 3) + 1.0, ("b", "csat", 1): np.round(base, 3)})
    assert found.sign() == 1 and found.effect == pytest.approx(1.0)


def test_a_claim_of_several_differences_holds_only_if_all_do() -> None:
    assert outcome(a=3.0, b=0.0, c=0.0).sign() == 1
    assert outcome(a=3.0, b=0.0, c=3.0).sign() != 1
    assert outcome(a=0.0, b=-3.0, c=3.0).sign() == -1
    assert outcome(a=0.0, b=-3.0, c=3.0).words == "a against c"


def test_false_findings_come_at_the_stated_rate_at_most() -> None:
    single = [outcome(a=0.0, b=0.0).sign() != 0 for _ in range(2000)]
    several = [outcome(a=0.0, b=0.0, c=0.0).sign() != 0 for _ in range(2000)]
    # 5 % of 2,000 are 100, standard error 9.7: at most five of them above.
    assert sum(single) <= 149 and sum(several) <= 149


def test_over_a_ledger_even_one_false_finding_is_rarer_than_one_in_twenty() -> None:
    ledgers = 200
    wrong = sum(min(adjusted([outcome(a=0.0, b=0.0) for _ in range(20)])) < 0.05 for _ in range(ledgers))
    # 10 of 200 expected at most, standard error 3.1.
    assert wrong <= 26


CLEAR = Outcome(1.0, 0.8, 1.2, 1e-9, 1.0, 30, 2.0, "")
NOTHING = Outcome(0.0, -0.1, 0.1, 0.5, 0.5, 30, 2.0, "")
VAGUE = Outcome(0.3, -0.5, 1.1, 0.2, 0.8, 30, 2.0, "")
WRONG = Outcome(-1.0, -1.2, -0.8, 1.0, 1e-9, 30, 2.0, "")


@pytest.mark.parametrize(
    ("found", "holds", "reverses", "told"),
    [
        (CLEAR, None, None, "supported at the defaults"),
        (WRONG, None, None, "not supported"),
        (NOTHING, None, None, "not supported"),
        (VAGUE, None, None, "undecided"),
        (CLEAR, 0.9, 0.0, "supported"),
        (CLEAR, 0.9, 0.1, "conditional"),
        (CLEAR, 0.4, 0.3, "conditional"),
        (WRONG, 0.5, 0.4, "conditional"),
        (WRONG, 0.1, 0.9, "not supported"),
        (NOTHING, 0.1, 0.1, "not supported"),
        (VAGUE, 0.1, 0.1, "undecided"),
    ],
)
def test_verdicts(found: Outcome, holds: float | None, reverses: float | None, told: str) -> None:
    assert verdict(found, found.p, holds, reverses) == told


def test_a_verdict_goes_by_the_adjusted_p_value() -> None:
    just = replace(CLEAR, holds=0.02, low=0.0)
    assert just.sign() == 1
    assert verdict(just, 0.5, None, None) == "undecided"
