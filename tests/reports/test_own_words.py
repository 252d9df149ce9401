"""Results of an organisation of one's own say its words: currency, departments, segments; no name of a small group."""

from __future__ import annotations

from pathlib import Path

from tests.organisations.own_folder import folder_of

import ccsim
from ccsim.experiments.experiment import as_experiment
from ccsim.reports.own_words import OwnWords, words_of
from ccsim.scenarios.scenario import SOURCE, load_scenario

POSTS = "department,fte\nHotline,12\nDesk,11\nSecret,3\n"
SEGMENTS = "segment,customers,revenue\nprivate,80,10\nbusiness,20,40\n"
TOML = 'currency = "GBP"\n[sizes]\nwarm_up = 2\n[periods]\nrevenue = "month"\n'


def test_names_of_departments_and_segments_and_the_currency_are_the_users_own(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "o", {"organisation.toml": TOML, "posts.csv": POSTS, "segments.csv": SEGMENTS})
    scenario = load_scenario("nothing").with_values({SOURCE: str(folder)})
    words = words_of(as_experiment(scenario))
    assert words.currency == "GBP" and words.segments == ("private", "business")
    assert "Hotline" in words.departments and "Secret" not in words.departments
    assert words.name("department", words.departments.index("")).startswith("Department ")
    ccsim.compare(as_experiment(scenario), weeks=3, replicates=1, workers=1, out=tmp_path / "r")
    page = ccsim.report(tmp_path / "r").read_text(encoding="utf-8")
    assert "Hotline" in page and "private" in page and "GBP" in page
    assert "k EUR" not in page and "Secret" not in page


def test_an_organisation_that_is_drawn_or_whose_folder_is_gone_has_the_ordinary_words(tmp_path: Path) -> None:
    assert words_of(as_experiment("nothing")) == OwnWords()
    gone = load_scenario("nothing").with_values({SOURCE: str(tmp_path / "gone")})
    assert words_of(as_experiment(gone)) == OwnWords()
