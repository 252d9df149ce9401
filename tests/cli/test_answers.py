import json

import pytest

SMALL = [f"--set=organisation.{size}" for size in ("staff=24", "customers=160", "warm_up=6")]


@pytest.fixture(scope="module")
def place(ccsim, tmp_path_factory):
    place = tmp_path_factory.mktemp("commands")
    done = ccsim(
        "compare", "direction", *SMALL, "--weeks", 8, "--replicates", 2, "--workers", 1, "--out", "mine", cwd=place
    )
    assert done.returncode == 0, done.stderr
    return place


def test_report_query_and_why(ccsim, place):
    assert ccsim("report", "mine", cwd=place).stdout.strip() == "Report: mine/report.html"
    page = (place / "mine" / "report.html").read_text()
    assert "ccsim reproduce mine" in page
    asked = ccsim("query", "mine", "SELECT count(*) AS n FROM runs", "--format", "json", cwd=place)
    assert json.loads(asked.stdout) == [{"n": 64}]
    assert "runs" in ccsim("query", "mine", "SELECT 'runs' AS what", cwd=place).stdout
    found = ccsim("reproduce", "mine", "direction/combined/csat/difference", "--workers", 1, cwd=place)
    assert (found.returncode, "equal to the last bit" in found.stdout) == (0, True), found.stderr
    rows = ccsim("reproduce", "mine", "combined/csat/mean", "--workers", 1, "--format", "csv", cwd=place).stdout
    assert rows.startswith("replicate,seed,combined")


def test_mistakes_are_one_message(ccsim, place):
    for arguments in (("reproduce", "mine", "combined/csat/meen"), ("query", "mine", "SELECT 1, cset FROM runs")):
        done = ccsim(*arguments, cwd=place)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert "did you mean" in done.stderr
    missing = ccsim("report", "nowhere", cwd=place)
    assert (missing.returncode, "not a results folder" in missing.stderr) == (1, True)


def test_diverge(ccsim, place):
    done = ccsim("diff", "nothing", "combined", *SMALL, "--weeks", 4, "--figure", "spread", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "They differ from week 0, in mechanism programme." in done.stdout
    assert (place / "spread.svg").is_file()
    same = ccsim("diff", "nothing", "nothing", *SMALL, "--weeks", 4, cwd=place)
    assert "do not differ" in same.stdout
