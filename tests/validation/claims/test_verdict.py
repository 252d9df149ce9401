from dataclasses import replace

import numpy as np
import pytest

from ccsim.validation.claims.contrasts import Contrast
from ccsim.validation.claims.verdict import Outcome, adjusted, judge, shrink_variance, verdict

RNG = np.random.default_rng(11)
ONE = [Contrast("a against b", {("a", "csat", 1): 1.0, ("b", "csat", 1): -1.0})]
TWO = [*ONE, Contrast("a against c", {("a", "csat", 1): 1.0, ("c", "csat", 1): -1.0})]


def outcome(**means: float) -> Outcome:
    cell_values = {(name, "csat", 1): mean + RNG.standard_normal(30) for name, mean in means.items()}
    return judge(TWO if "c" in means else ONE, cell_values)


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


def few(mean: float, scale: float, runs: int = 4) -> dict:
    values = {name: level + scale * RNG.standard_normal(runs) for name, level in (("a", mean), ("b", 0.0))}
    return {(name, "csat", 1): column for name, column in values.items()}


def variances(scales: np.ndarray) -> list[float]:
    worlds = [few(0.0, scale) for scale in scales]
    return [float((world["a", "csat", 1] - world["b", "csat", 1]).var(ddof=1)) for world in worlds]


def test_what_other_points_tell_of_a_variance_is_worth_the_more_the_more_alike_they_are() -> None:
    alike, unlike = (shrink_variance(variances(np.exp(s * RNG.standard_normal(2000))), 3) for s in (0.0, 1.0))
    assert alike is not None and unlike is not None
    # The difference of two draws has variance 2; 2,000 points tell it within a few per cent.
    assert alike.variance == pytest.approx(2.0, rel=0.1) and alike.degrees > 30.0
    assert unlike.degrees < 5.0
    assert shrink_variance([0.0] * 50, 3) is None and shrink_variance([1.0] * 4, 3) is None


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0], ids=["alike", "different", "very different"])
def test_a_point_that_leans_on_others_is_wrong_no_more_often_than_declared(spread: float) -> None:
    scales = np.exp(spread * RNG.standard_normal(2000))
    priors = shrink_variance(variances(scales), 3)
    wrong = sum(judge(ONE, few(0.0, scale), priors=[priors]).sign() != 0 for scale in scales)
    # 5 % of 2,000 are 100, standard error 9.7; six of them are allowed, for variances that are not quite as assumed.
    assert wrong <= 158


def test_a_point_that_leans_on_others_sees_more() -> None:
    priors = shrink_variance(variances(np.ones(200)), 3)
    worlds = [few(2.5, 1.0) for _ in range(400)]
    alone, leaning = (sum(judge(ONE, world, priors=[one]).sign() > 0 for world in worlds) for one in (None, priors))
    assert leaning > alone + 40


CLEAR = Outcome(1.0, 0.8, 1.2, 1e-9, 1.0, 30, 2.0, "")
NOTHING = Outcome(0.0, -0.1, 0.1, 0.5, 0.5, 30, 2.0, "")
VAGUE = Outcome(0.3, -0.5, 1.1, 0.2, 0.8, 30, 2.0, "")
WRONG = Outcome(-1.0, -1.2, -0.8, 1.0, 1e-9, 30, 2.0, "")


@pytest.mark.parametrize(
    ("found", "holds", "reverses", "message"),
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
def test_verdicts(found: Outcome, holds: float | None, reverses: float | None, message: str) -> None:
    assert verdict(found, found.p, holds, reverses) == message


def test_a_verdict_goes_by_the_adjusted_p_value() -> None:
    just = replace(CLEAR, holds=0.02, low=0.0)
    assert just.sign() == 1
    assert verdict(just, 0.5, None, None) == "undecided"
