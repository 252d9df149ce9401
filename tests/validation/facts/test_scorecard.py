"""Facts from record to verdict, at small size. Seeds are fixed: a test passes always or never."""

from pathlib import Path

import numpy as np
import pytest

from ccsim.analysis.problem import Runner
from ccsim.errors import InputError, InputErrors, UnknownNameError
from ccsim.model.kpis import KPIS
from ccsim.results.formatting import interval
from ccsim.validation.facts.report import write_pages
from ccsim.validation.facts.schema import TAGS, load_apart, load_studies
from ccsim.validation.facts.scorecard import INSIDE, OUTSIDE, UNDECIDED, Estimate, Score, resized, score, table

SMALL = """
title = "Small"
about = "Small organisations."
replicates = 4
weeks = [25, 38, 51]
[scenarios.nothing]
organisation = { staff = 25, customers = 250, departments = 3, front_departments = 2, warm_up = 26 }
[scenarios.quick]
organisation = { staff = 25, customers = 250, departments = 3, front_departments = 2, warm_up = 26 }
levers.staff_scorecard = { handling_time = 1.0, cost = 0.0, csat = 0.0, resolution = 0.0 }

[[fact]]
id = "right"
statement = "Targets for handling time shorten contacts."
high = 0.0
tag = "V-P"
source = "a test"
measure = { kind = "contrast", y = "aht", scenarios = { quick = 1, nothing = -1 } }

[[fact]]
id = "wrong"
statement = "A planted wrong fact: they lengthen contacts."
low = 0.0
tag = "V-P"
source = "a test"
measure = { kind = "contrast", y = "aht", scenarios = { quick = 1, nothing = -1 } }

[[fact]]
id = "absurd"
statement = "A planted wrong number: nine of ten people leave in a year."
published = 0.9
low = 0.85
high = 0.95
tag = "R-L"
source = "a test"
measure = { kind = "mean", y = "staff_turnover" }
"""

SAMPLE = """
title = "Sample"
samples = 8
weeks = [25, 51]
[scenarios.unit]
organisation = { staff = 20, customers = 200, departments = 2, front_departments = 1, warm_up = 13 }
[factors]
"scorecards.strength" = [0.0, 3.0]
[[fact]]
id = "s"
statement = "Strength shows in the sample."
low = -1.0
high = 1.0
tag = "V-P"
source = "a test"
measure = { kind = "correlation", x = "fast", y = "aht" }
"""


def written(folder: Path, text: str, name: str = "small") -> Path:
    (folder / f"{name}.toml").write_text(text)
    return folder


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Score]:
    folder = tmp_path_factory.mktemp("facts")
    found = score(load_studies(folder=written(folder, SMALL)), Runner(workers=1))
    return {one.fact.id: one for one in found}


def test_a_right_fact_is_inside_and_planted_wrong_ones_are_outside(scores: dict[str, Score]) -> None:
    assert scores["right"].verdict == INSIDE
    assert scores["wrong"].verdict == OUTSIDE
    assert scores["absurd"].verdict == OUTSIDE


def test_numbers_that_no_person_looked_up_are_no_checks(scores: dict[str, Score]) -> None:
    frame = table(list(scores.values())).set_index("id")
    assert frame["checks"].tolist() == [True, True, False]
    assert np.isneginf(frame.loc["right", "published_low"]) and frame.loc["right", "units"] == 4


def test_a_figure_outside_whose_interval_reaches_in_is_undecided(scores: dict[str, Score]) -> None:
    one = scores["absurd"]
    assert Score(one.study, one.fact, Estimate(0.8, 0.7, 0.87, 9)).verdict == UNDECIDED
    assert Score(one.study, one.fact, Estimate(float("nan"), 0.0, 0.0, 0)).verdict == UNDECIDED
    assert Score(one.study, one.fact, Estimate(0.9, 0.1, 1.7, 9)).verdict == INSIDE


def test_a_sign_is_inside_only_if_chance_could_not_have_made_it(scores: dict[str, Score]) -> None:
    one = scores["right"]
    assert Score(one.study, one.fact, Estimate(-0.2, -0.5, 0.1, 9)).verdict == UNDECIDED
    assert Score(one.study, one.fact, Estimate(-0.2, -0.5, -0.1, 9)).verdict == INSIDE


def test_pages_say_inside_and_outside(scores: dict[str, Score], tmp_path: Path) -> None:
    page, parquet = write_pages(list(scores.values()), tmp_path, "ccsim validate")
    text = page.read_text()
    assert "**wrong** (outside)" in text and "**absurd** ((outside))" in text and "2 facts checked" in text
    assert (tmp_path / "figures" / "validation" / "small.png").stat().st_size > 2000
    assert parquet.exists()
    assert interval(-float("inf"), 0.0) == "below 0" and interval(1.0, float("inf")) == "above 1"


def test_a_sample_stands_at_its_own_points_and_is_the_same_again(tmp_path: Path) -> None:
    studies = load_studies(folder=written(tmp_path, SAMPLE))
    here, again = (score(studies, Runner(workers=1), 3)[0].estimate for _ in range(2))
    assert here == again and here.units == 8 and here.value < 0.0


def test_a_study_goes_on_where_it_was_left(tmp_path: Path) -> None:
    studies = load_studies(folder=written(tmp_path, SAMPLE))
    first = score(studies, Runner(tmp_path / "out", 1))
    assert score(studies, Runner(tmp_path / "out", 1, True))[0].estimate == first[0].estimate


def test_size_scales_points_of_samples_and_replicates_of_the_rest(tmp_path: Path) -> None:
    (study,) = load_studies(folder=written(tmp_path, SAMPLE))
    assert resized(study, 2.0).samples == 16 and resized(study, 2.0).replicates == 1
    with pytest.raises(InputError, match="above 0"):
        resized(study, 0.0)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('kind = "mean"', 'kind = "meen"', "'mean'"),
        ('y = "staff_turnover"', 'y = "staf_turnover"', "'staff_turnover'"),
        ('y = "staff_turnover"', 'y = "().__class__"', "arithmetic"),
        ("quick = 1,", "quik = 1,", "'quick'"),
        ('tag = "R-L"', 'tag = "V-X"', "unknown value 'V-X'"),
        ("high = 0.95", "high = 0.1", "the value of high"),
        ("published = 0.9", "publishd = 0.9", "'published'"),
        ("published = 0.9", "published = 9.0", "published: must be from low to high"),
        ('source = "a test"\nmeasure = { kind = "mean"', 'measure = { kind = "mean"', "source: is missing"),
    ],
)
def test_a_faulty_record_is_reported_with_its_line(before: str, after: str, message: str, tmp_path: Path) -> None:
    assert before in SMALL
    with pytest.raises(InputErrors) as error:
        load_studies(folder=written(tmp_path, SMALL.replace(before, after)))
    assert message in str(error.value) and "small.toml:" in str(error.value)


def test_an_unknown_subject_is_one_fault_and_its_facts_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputErrors) as error:
        load_studies(folder=written(tmp_path, 'subject = "organisation"\n' + SMALL))
    assert [issue.key for issue in error.value.issues] == ["subject"]


def test_names_choose_facts_and_studies_and_a_wrong_one_is_answered(tmp_path: Path) -> None:
    folder = written(tmp_path, SMALL)
    assert [fact.id for study in load_studies(["Wrong"], folder) for fact in study.facts] == ["wrong"]
    assert len(load_studies(["small"], folder)[0].facts) == 3
    with pytest.raises(UnknownNameError, match="'right'"):
        load_studies(["rigth"], folder)


def test_the_facts_that_are_shipped_can_be_read_and_keep_their_rules() -> None:
    facts = [fact for study in load_studies() for fact in study.facts]
    assert len(facts) > 40
    assert all(fact.tag in TAGS for fact in facts)
    for held_out in (
        "fcr-csat",
        "fcr-cost",
        "aht-target-fcr",
        "contacts-per-issue",
        "success-overall",
        "practice-ratio",
    ):
        assert next(fact for fact in facts if fact.id == held_out).role == "held out"
    assert {name for study in load_studies() for name in study.factors} and "abandonment" in KPIS


def test_every_customer_who_calls_again_makes_contacts_one_over_fcr(tmp_path: Path) -> None:
    """The identity behind contacts per issue: nobody gives up and every failure comes back. Exact up to chance."""
    text = """
title = "Persistent"
replicates = 6
weeks = [51, 64, 77, 90, 103]
[scenarios.persistent]
assumptions = { service.recontact_probability = 1.0, demand.abandonment_rate = 0.0, market.churn = 0.0 }
levers.defects = {}
[[fact]]
id = "c"
statement = "Contacts per issue are one over FCR."
published = 1.0
low = 0.95
high = 1.05
tag = "exact"
source = "geometric repeats"
measure = { kind = "mean", y = "fcr / (1 - failure_demand)" }
"""
    (one,) = score(load_studies(folder=written(tmp_path, text.replace("levers.defects = {}\n", ""))), Runner(workers=1))
    assert one.verdict == INSIDE


def test_what_is_not_spoken_to_is_listed_with_a_reason() -> None:
    assert all(one.statement and one.source and one.why for one in load_apart()) and len(load_apart()) > 5
    assert "apart" not in {study.id for study in load_studies()}
