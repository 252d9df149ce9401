import shutil
import sys

import pandas as pd
import pytest

from ccsim.errors import InputError, ResultsError
from ccsim.reports.query import query
from ccsim.results.results import open_results

pytest.importorskip("duckdb")


def test_tables_are_those_of_the_results(folder):
    results = open_results(folder)
    for name in ("runs", "departments", "segments", "interventions"):
        table = results.tables[name]
        keys = [key for key in ("scenario", "replicate", "week", "department", "segment", "label") if key in table]
        asked = query(folder, f"SELECT * FROM {name}")
        pd.testing.assert_frame_equal(
            asked.sort_values(keys, ignore_index=True), table.sort_values(keys, ignore_index=True), check_dtype=False
        )
    assert query(folder, "SELECT avg(npv) AS npv FROM summaries")["npv"][0] == pytest.approx(
        results.summaries["npv"].mean()
    )


def test_points_say_what_the_sweep_sets(folder):
    asked = query(folder, 'SELECT base, "programme.budget" AS budget FROM design_points WHERE point > 0 ORDER BY point')
    assert asked.to_dict("list") == {"base": ["busy", "busy"], "budget": [300.0, 1800.0]}


def test_what_a_kill_left_is_passed_over(folder, tmp_path):
    place = tmp_path / "killed"
    shutil.copytree(folder, place)
    part = next((place / "runs").glob("part-*.parquet"))
    shutil.copy(part, part.with_name("part-zzzz.parquet"))  # a shard written twice
    assert query(place, "SELECT count(*) AS n FROM runs")["n"][0] == len(open_results(folder).runs)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT cset FROM runs", "no column 'cset' .did you mean 'csat'"),
        ("SELECT r.cset FROM runs r", "no column 'cset' .did you mean 'csat'"),
        ("SELECT step FROM runs", "step: the KPI is now called coordination_stage"),
        ("SELECT r.practised FROM runs r", "practised: the KPI is now called delivered_quality"),
        ("SELECT * FROM rons", "no table 'rons' .did you mean 'runs'"),
        ("SELEC 1", "syntax error"),
        ("", "got 0 statements"),
        ("SELECT 1; SELECT 2", "got 2 statements"),
        ("COPY runs TO 'x.csv'", "got COPY"),
        ("CREATE TABLE a AS SELECT 1", "got CREATE"),
        ("ATTACH 'x.db'", "got ATTACH"),
        ("SET enable_external_access=true", "got SET"),
        ("SELECT * FROM read_text('/etc/passwd')", "files cannot be read"),
        ("SELECT * FROM read_csv('/etc/passwd')", "files cannot be read"),
        ("SELECT * FROM '/etc/passwd'", "no table"),
        ("SELECT * FROM views", "no table 'views'"),
        ("SELECT csat FROM runs GROUP BY scenario", "GROUP BY"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_message(folder, sql, message):
    with pytest.raises(InputError, match=message) as error:
        query(folder, sql)
    assert "\n" not in str(error.value)


def test_a_folder_without_results(tmp_path):
    with pytest.raises(ResultsError, match="not a results folder"):
        query(tmp_path, "SELECT 1")


def test_without_duckdb(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InputError, match=r"\[query\]"):
        query(folder, "SELECT 1")
