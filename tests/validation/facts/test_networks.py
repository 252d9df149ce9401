import numpy as np
import pytest

from ccsim.scenarios.scenario import Scenario
from ccsim.validation.facts.networks import COLUMNS, traits_of, watch
from ccsim.validation.facts.simulated import observe


def test_the_traits_of_a_small_network_are_those_counted_by_hand() -> None:
    """0 -> 1, 1 -> 0, 1 -> 2, 0 -> 2: two of four ties are mutual; 0 -> 1 -> 2 is closed and 1 -> 0 -> 2 too."""
    colleagues = np.array([[1, 2], [0, 2], [-1, -1]])
    found = traits_of(colleagues, np.array([0, 0, 1]))
    assert found["mutual"] == 0.5 and found["cross"] == 0.5 and found["closed"] == 1.0
    assert found["gini_out"] == pytest.approx(1.0 / 3.0) and found["gini_in"] == pytest.approx(1.0 / 6.0)


def test_next_desks_are_all_alike_and_drawn_networks_are_not() -> None:
    small = {"organisation.staff": 60, "organisation.customers": 60, "organisation.warm_up": 1}
    drawn = Scenario("drawn", "Drawn").with_values(small)
    even = drawn.with_values({"ties.named": 0.0})
    frame = observe(watch, {"drawn": drawn, "even": even}, 2, 1, 1).set_index("scenario")
    assert set(COLUMNS) <= set(frame.columns)
    assert (frame.loc["even", "gini_out"] < 0.05).all() and (frame.loc["drawn", "gini_in"] > 0.2).all()
