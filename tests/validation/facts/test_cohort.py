import pytest

from ccsim.scenarios.scenario import Scenario
from ccsim.validation.facts.cohort import cohort_value, watch
from ccsim.validation.facts.simulated import observe


@pytest.mark.parametrize("retention", [0.7, 0.8, 0.95])
def test_a_cohort_with_constant_retention_is_worth_what_the_formula_says(retention: float) -> None:
    found = cohort_value([retention**year for year in range(1, 6)], 0.12)
    assert found["worth"] == pytest.approx(retention / (1.12 - retention), rel=1e-9)
    assert found["formula"] == pytest.approx(found["worth"], rel=1e-9)


def test_if_no_person_leaves_every_person_is_retained() -> None:
    loyal = Scenario("loyal", "Loyal").with_values({
        "market.churn": 0.0, "organisation.staff": 20, "organisation.customers": 200, "organisation.warm_up": 4,
    })  # fmt: skip
    frame = observe(watch, {"loyal": loyal}, 1, 104, 1)
    assert frame["retention"].tolist() == [1.0]
    assert frame["worth"][0] == pytest.approx(1.0 / 0.12)
