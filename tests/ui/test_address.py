"""A link brings a run back, and whatever else it says is told and left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("solara")

from ccsim.model.settings import all_parameters
from ccsim.ui.address import Settings, link_of, settings_of
from ccsim.ui.course import Decision


def test_a_link_comes_back_as_it_was():
    changed = {
        "programme.budget": 8123.5,
        "champions.count": 3,
        "self_service.exit": False,
        "offer.decided_by": "front",
    }
    decisions = [
        Decision(6, {"empowerment.rights": 0.3}),
        Decision(40, {"programme.budget": 0.0, "champions.count": 0}),
    ]
    found = settings_of(link_of("hero", changed, decisions, 7, 60))
    assert found == Settings("hero", changed, decisions, 7, 60, [])


@pytest.mark.parametrize(
    "query",
    ["programme.budget=inf", "programme.budget=-1", "seed=1.5", "seed=9" * 30, "weeks=0", "weeks=100000", "scenario=/etc/passwd",
     "a=b", "1:programme.budget=x", "-1:programme.budget=4", "3:no.such=4", "organisation.customers=20000000", "programme.budget=",
     "=", "seed=²", "3:service.handling_hours=4"],
)  # fmt: skip
def test_what_cannot_be_used_is_told_and_left_out(query):
    found = settings_of(query)
    assert len(found.problems) == 1
    assert found == Settings(problems=found.problems)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_no_text_is_too_odd_for_a_link(text):
    found = settings_of(text)
    assert found.scenario and set(found.changed) <= set(all_parameters())


def test_a_link_of_ten_thousand_values_is_left_aside():
    assert settings_of("&".join("a=1" for _ in range(1000))).problems == [
        "the link sets more than 200 values, and was left aside"
    ]
    assert "too long" in settings_of("a=" + "1" * 10_000).problems[0]
