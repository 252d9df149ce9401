"""Former names: on the command line, in files, in results folders and in Python."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import ccsim.mechanism
from ccsim.analysis.comparison import Comparison, compare
from ccsim.analysis.problem import make_problem
from ccsim.cli.main import app
from ccsim.errors import FORMER_NAMES, InputError, InputErrors, ResultsError, UnknownNameError
from ccsim.execution.runner import run_experiment
from ccsim.execution.sweep import sweep
from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment, load_experiment
from ccsim.model.kpis import KPIS
from ccsim.model.populations import Customers, Departments, Firm, Segments, Staff
from ccsim.model.settings import all_parameters, default_settings, replace_values
from ccsim.organisations.io import read_folder
from ccsim.reports.query import query
from ccsim.reports.references import MEASURES
from ccsim.results.manifest import FORMAT
from ccsim.results.results import open_results
from ccsim.scenarios.renamed import COMMANDS, MECHANISM, OPTIONS, PACKAGE, PARAMETERS, refuse_old_words
from ccsim.scenarios.scenario import Intervention, load_scenario
from ccsim.simulation.collected import CollectedOrganisation
from ccsim.validation.claims.contrasts import KINDS
from ccsim.validation.claims.schema import load_claims


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["explore", "combined"], "explore: the command is now called discover"),
        (["sweep", "combined", "--vary=programme.budget"], "--vary: the option is now called --factor"),
        (["optimise", "combined", "--over", "assumptions"], "--over: the option is now called --uncertain"),
        (["calibrate", "combined", "--over", "habit.pull"], "--over: the option is now called --parameter"),
    ],
)
def test_a_former_name_is_refused_with_the_new_one(words: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        refuse_old_words(words)


def test_every_new_name_exists_and_no_former_one_does() -> None:
    import typer.main

    group = typer.main.get_command(app)
    commands = group.commands  # type: ignore[attr-defined]
    assert set(COMMANDS.values()) <= set(commands)
    assert not set(COMMANDS) & set(commands)
    options = {option for name, one in commands.items() if name not in ("org", "game", "worlds")
               for parameter in one.params for option in parameter.opts}  # fmt: skip
    new = {name for one in OPTIONS.values() for name in ([one] if isinstance(one, str) else one.values())}
    assert new <= options
    assert not set(OPTIONS) & options


def test_a_former_table_of_a_scenario_file_is_refused_with_the_new_name(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_text('title = "Old"\n[before.programme]\nbudget = 100\n', encoding="utf-8")
    with pytest.raises(InputErrors, match=r"old.toml:2: before: the table is now called \[history\]"):
        load_scenario(file)


def test_a_former_parameter_is_answered_with_the_present_one_in_files_and_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text('title = "Old"\n[levers.structure]\nstep = 2\n')
    with pytest.raises(
        InputErrors,
        match=r"the parameter is now called structure\.stage",
    ):
        load_scenario(path)
    with pytest.raises(InputError, match=r"habit\.pull: the parameter is now called habit\.utility_weight"):
        replace_values(default_settings(), {"habit.pull": 1.0})


def test_a_parameter_that_is_a_constant_now_is_refused_with_its_value() -> None:
    with pytest.raises(InputError, match=r"conviction\.tipping_threshold: the parameter is gone: .* of 0\.65"):
        replace_values(default_settings(), {"conviction.tipping_threshold": 0.6})


def test_every_present_parameter_name_exists_and_no_former_one_does() -> None:
    assert set(PARAMETERS.values()) <= set(all_parameters())
    assert not set(PARAMETERS) & set(all_parameters())


def test_a_former_name_of_a_kpi_or_parameter_is_answered_with_the_present_one() -> None:
    for (kind, old), new in FORMER_NAMES.items():
        known: dict[str, object] = {
            "KPI": KPIS, "parameter": all_parameters(), "measure": MEASURES, "kind of claim": KINDS,
            "table": {"summaries", "interventions", "design_points"},
            "column": {row.name for kind in (Staff, Customers, Departments, Segments, Firm) for row in kind.columns},
        }  # fmt: skip
        assert new in known[kind]  # type: ignore[operator]
        assert str(UnknownNameError(kind, old, KPIS)) == f"{old}: the {kind} is now called {new}"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("at = [3]\n", r"old.toml:3: at: the key is now called report_weeks"),
        ("most_replicates = 3\n", r"most_replicates: the key is now called max_replicates"),
        ("[until]\ncsat = 0.2\n", r"until: the key is now called precision"),
        ("[design]\nvary = ['programme.budget=0:9']\n", r"design.vary: the key is now called factors"),
        ("[design]\nfactors = ['programme.budget=0:9']\npoints = 8\n", r"design.points: the key is now called samples"),
    ],
)
def test_a_former_key_of_an_experiment_file_is_refused_with_the_new_name(
    tmp_path: Path, table: str, message: str
) -> None:
    file = tmp_path / "experiments" / "old.toml"
    file.parent.mkdir()
    file.write_text(f'title = "Old"\nscenarios = ["nothing"]\n{table}', encoding="utf-8")
    with pytest.raises(InputErrors, match=message):
        load_experiment(file)


def test_a_former_key_of_a_claim_is_refused_with_the_new_name(tmp_path: Path) -> None:
    text = 'title = "Old"\n[[claim]]\nid = "X1"\nsays = "More."\nkind = "difference"\nkpi = "csat"\n'
    (tmp_path / "old.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputErrors, match=r"says: the key is now called statement"):
        load_claims(folder=tmp_path)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compare("direction", budget="1s"), "budget: the argument is now called time_limit"),
        (lambda: sweep("nothing", at=(3,)), "at: the argument is now called report_weeks"),
        (lambda: Design("sobol", ("programme.budget",), points=8), "points: the argument is now called samples"),
        (lambda: Experiment("x", "X", "", "x", {}, at=(3,)), "at: the argument is now called report_weeks"),
        (lambda: CollectedOrganisation(plan="nothing"), "plan: the argument is now called scenario_"),
        (lambda: make_problem("nothing", against="hero"), "against: the argument is now called baseline"),
        (lambda: Intervention.create({}, when="csat > 3", after=3), "after: the argument is now called earliest_week"),
    ],
)
def test_a_former_argument_is_refused_with_the_new_name(call: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_a_former_table_of_results_is_refused_with_the_new_name(small_experiment: Experiment, tmp_path: Path) -> None:
    results = run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    with pytest.raises(AttributeError, match=r"Results\.figures is now called summaries"):
        results.figures  # type: ignore[attr-defined]  # noqa: B018  # a former name
    with pytest.raises(AttributeError, match=r"Comparison\.at_horizon is now called final_values"):
        Comparison(results).at_horizon  # type: ignore[attr-defined]  # noqa: B018  # a former name
    assert not hasattr(results, "no_such_table")
    with pytest.raises(InputError, match=r"events: the table is now called interventions"):
        query(tmp_path / "r", "SELECT * FROM events")


@pytest.mark.parametrize(("old", "new"), PACKAGE.items())
def test_a_former_name_of_the_package_is_answered_with_the_present_one(old: str, new: str) -> None:
    with pytest.raises(AttributeError, match=rf"ccsim\.{old} is now called ccsim\.{new}"):
        getattr(ccsim, old)
    assert new in ccsim.__all__


@pytest.mark.parametrize(("old", "new"), MECHANISM.items())
def test_a_former_name_for_mechanisms_is_answered_with_the_present_one(old: str, new: str) -> None:
    with pytest.raises(ImportError, match=rf"ccsim\.mechanism\.{old} is now called {new}"):
        exec(f"from ccsim.mechanism import {old}")
    assert new in ccsim.mechanism.__all__


def test_a_former_attribute_of_an_organisation_is_answered_with_the_present_one(small: dict) -> None:
    org = ccsim.Organisation("nothing", rng=1, weeks=1, levers=small)
    for old, new in (("plan", "scenario_"), ("world", "state")):
        with pytest.raises(AttributeError, match=rf"Organisation\.{old} is now called {new}"):
            getattr(org, old)
        assert getattr(org, new) is getattr(org.simulation, new.rstrip("_"))


def test_a_former_key_of_an_organisation_is_refused_with_the_new_name(tmp_path: Path) -> None:
    (tmp_path / "organisation.toml").write_text("founded = 2025-06-30\n", encoding="utf-8")
    with pytest.raises(InputErrors, match=r"organisation.toml:1: founded: the key is now called start_date"):
        read_folder(tmp_path)


def test_a_results_folder_of_the_first_format_is_refused_in_words(small_experiment: Experiment, tmp_path: Path) -> None:
    run_experiment(small_experiment, workers=1, out=tmp_path / "r")
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest.pop("format") == FORMAT
    (tmp_path / "r" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(
        ResultsError, match=r"format 1 of results folders, written by ccsim \S+; this version reads format 2"
    ):
        open_results(tmp_path / "r")
