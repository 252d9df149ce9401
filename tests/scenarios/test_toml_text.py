import tomllib

import pytest
import tomlkit

from ccsim.analysis.admitted import read_worlds
from ccsim.scenarios.scenario import Scenario, list_scenarios, load_scenario
from ccsim.scenarios.toml_text import toml_text
from ccsim.validation.claims.ledger import under
from ccsim.validation.claims.schema import load_claims

SCENARIOS = [load_scenario(name) for name in list_scenarios()]
CLAIMED = [scenario for claim in load_claims() for scenario in claim.scenarios.values()]


def test_the_text_of_a_scenario_is_what_tomlkit_writes_to_the_last_character() -> None:
    in_a_world = [under(scenario, read_worlds().world(0)) for scenario in SCENARIOS[:3]]
    for scenario in [*SCENARIOS, *CLAIMED[::4], *in_a_world]:
        assert toml_text(scenario.resolved()) == tomlkit.dumps(scenario.resolved())


@pytest.mark.parametrize(
    "text",
    ['say "so"', "C:\\new\\table", "two\nlines", "tab\there", "ümläut €", "\x7f and \x00", "", "#", "a = 1", "]"],
)
def test_a_text_of_any_kind_is_read_again_as_it_was(text: str) -> None:
    data = {
        "title": text,
        "levers": {"programme": {"budget": 1e-12}, text or "empty": {"on": True}},
        "n": [{"a": text}],
    }
    assert tomllib.loads(toml_text(data)) == data


def test_a_scenario_without_a_word_still_has_a_title() -> None:
    assert toml_text(Scenario("x").resolved()) == 'title = ""\nabout = ""\n'
    assert toml_text({}) == ""
