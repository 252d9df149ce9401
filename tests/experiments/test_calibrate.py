import pytest
from experiments.calibrate import fit, loss, part, under

from ccsim.analysis.problem import Runner
from ccsim.validation.facts.schema import load_studies
from ccsim.validation.facts.scorecard import score

TEXT = """
title = "Levels"
replicates = 3
weeks = [51]
[scenarios.nothing]
organisation = { staff = 30, customers = 300, departments = 2, front_departments = 1, warm_up = 13 }
[[fact]]
id = "churn"
statement = "Four in ten customers leave in a year."
low = 0.38
high = 0.42
tag = "V-P"
source = "a test"
role = "calibration"
measure = { kind = "mean", y = "churn" }
[[fact]]
id = "other"
statement = "Held out."
low = 0.0
tag = "V-P"
source = "a test"
measure = { kind = "mean", y = "fcr" }
"""


def test_a_calibration_comes_nearer_to_its_facts_and_reads_no_others(tmp_path) -> None:
    (tmp_path / "levels.toml").write_text(TEXT)
    studies = load_studies(folder=tmp_path)
    assert [fact.id for one in part(studies, "calibration") for fact in one.facts] == ["churn"]
    found = fit(studies, ["market.churn"], workers=1, most=12)
    assert found.tried <= 14 and found.loss_after < 0.2 * found.loss_before
    assert found.after["market.churn"] > found.before["market.churn"]
    chosen = [under(one, found.after) for one in part(studies, "calibration")]
    assert loss(score(chosen, Runner(workers=1))) == pytest.approx(found.loss_after)


def test_what_a_scenario_sets_itself_stays(tmp_path) -> None:
    (tmp_path / "levels.toml").write_text(
        TEXT.replace("warm_up = 13 }", "warm_up = 13 }\nassumptions.market.churn = 0.002")
    )
    (study,) = load_studies(folder=tmp_path)
    changed = under(study, {"market.churn": 0.006, "turnover.quit_probability": 0.009}).scenarios["nothing"].values()
    assert changed["market.churn"] == 0.002 and changed["turnover.quit_probability"] == 0.009
