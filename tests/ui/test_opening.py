"""The form with which a class is opened: what it asks for is checked, and what a browser sends is text from outside."""

from __future__ import annotations

import pytest

pytest.importorskip("solara")

from ccsim.errors import InputError
from ccsim.game.game import events_of
from ccsim.ui.opening import NEVER, Wish, open_class, terms_of


def test_an_untouched_form_asks_for_predictions_and_nothing_else():
    terms = terms_of(Wish())
    assert terms.predict and not (terms.locked or terms.hidden or terms.events or terms.weights)


def test_a_form_becomes_terms():
    weights = {"profit": "50", "csat": "50", "active": "0", "engagement": "0", "habit": "0"}
    wish = Wish("7", "hero", False, ("hero",), ("announce",), {"surge": "quarter 5", "challenger": NEVER}, weights)
    room = open_class(wish)
    assert (room.seed, room.scenario) == (7, "hero")
    assert room.terms.events == {"surge": 5, "challenger": 0} and room.terms.weights == {"profit": 50, "csat": 50}
    coming = events_of(7, room.new_game().catalogue, room.terms)
    assert coming["surge"] == 4 and "challenger" not in coming


@pytest.mark.parametrize(
    ("wish", "why"),
    [(Wish(seed="-1"), "whole number"), (Wish(seed="٣"), "whole number"), (Wish(scenario="../x"), "scenario"),
     (Wish(locked=("heros",)), "hero"), (Wish(events={"surge": "quarter x"}), "quarter x"),
     (Wish(events={"surge": "quarter 99"}), "quarter 99"), (Wish(events={"flood": NEVER}), "flood"),
     (Wish(weights={"profit": "41"}), "sum to 101"), (Wish(weights={"profit": "nan"}), "weight"),
     (Wish(weights={"profit": "much"}), "number"), (Wish(weights={"profit": "-40"}), "weight")],
)  # fmt: skip
def test_a_wish_that_cannot_be_had_is_a_message(wish, why):
    with pytest.raises(InputError, match=why) as told:
        open_class(wish)
    assert "\n" not in str(told.value)
