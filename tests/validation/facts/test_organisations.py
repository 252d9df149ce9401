"""What a sample calls independent shares no draws; what it pairs, does."""

from pathlib import Path

import numpy as np

from ccsim.analysis.problem import Runner
from ccsim.experiments.experiment import Experiment
from ccsim.reports.reproduce import reproduce
from ccsim.simulation.simulation import Simulation
from ccsim.validation.facts.organisations import as_experiment, observe
from ccsim.validation.facts.schema import load_studies

STUDY = """
title = "Sample"
about = "Small organisations."
samples = 8
replicates = 2
weeks = [5]
[scenarios.unit]
organisation = { staff = 20, customers = 200, departments = 2, front_departments = 1, warm_up = 2 }
[scenarios.trained]
organisation = { staff = 20, customers = 200, departments = 2, front_departments = 1, warm_up = 2 }
levers.programme = { budget = 500.0 }
[factors]
"scorecards.strength" = [1.0, 1.0]
[[fact]]
id = "any"
statement = "Anything."
high = 0.0
tag = "V-P"
source = "a test"
measure = { kind = "mean", y = "aht" }
"""


def study_of(folder: Path, text: str = STUDY):
    (folder / "sample.toml").write_text(text, encoding="utf-8")
    return load_studies(folder=folder)[0]


def test_organisations_of_a_sample_have_draws_of_their_own_and_its_scenarios_share_them(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    experiment, place = as_experiment(study, 1)
    seeds: dict[int, set[int]] = {}
    for name, (_, number) in place.items():
        seeds.setdefault(number, set()).update(experiment.seed_of(name, replicate) for replicate in range(2))
    assert all(len(own) == 2 for own in seeds.values())  # one a replicate, the same in both scenarios
    assert len(set.union(*seeds.values())) == 16
    first, second = (Simulation(experiment.scenarios[name], experiment.seed_of(name, 0), 1).state.populations.leaders
                     for name in ("0000 unit", "0001 unit"))  # fmt: skip
    assert not np.isin(first.control, second.control).any()  # other leaders, not the same ones under other levers
    assert Experiment.from_resolved(experiment.resolved()).seed_groups == experiment.seed_groups


def test_without_a_sample_everything_pairs(tmp_path: Path) -> None:
    text = STUDY.replace("samples = 8\n", "").replace('[factors]\n"scorecards.strength" = [1.0, 1.0]\n', "")
    experiment, _ = as_experiment(study_of(tmp_path, text), 1)
    assert experiment.seed_groups == {}
    assert experiment.seed_of("unit", 1) == experiment.seed_of("trained", 1) != experiment.seed_of("unit", 0)


def test_where_levers_do_not_differ_organisations_of_a_sample_still_do(tmp_path: Path) -> None:
    frame = observe(study_of(tmp_path), 1, Runner(tmp_path, 1))
    plain = frame[frame["scenario"] == "unit"]
    assert plain["aht"].nunique() == 16
    assert np.allclose(plain["scorecards.strength"], 0.0)
    again = reproduce(tmp_path / "sample", "0003 unit/aht/mean", workers=1)
    assert again.stored == again.recomputed and not again.differing
