"""Compare, take away and bring back, as people do it. The numbers in the names are rows of the checklist."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from driving import ROOT, SMALL, press, set_lever, step, tile, to_end


def test_row_13_two_runs_laid_over_each_other_and_exactly_what_was_changed(visit, shot):
    page = visit(f"scenario=top-down&weeks=30&{SMALL}")
    to_end(page)
    press(page, "Pin this run")
    set_lever_at_end = page.locator(".ex-chart.chart-csat path[stroke]").count()
    press(page, "Start again")
    page.get_by_text("Before week 1").wait_for()
    assert page.locator(".chart-csat").inner_text().count("pinned") == 1
    set_lever(page, "programme.top_down_share", "0.25")
    to_end(page)
    page.wait_for_function("document.querySelectorAll('.chart-csat path[stroke]').length == 3")
    assert set_lever_at_end == 2
    press(page, "Compare")
    changed = page.locator("table.changes tbody tr")
    changed.first.wait_for()
    assert changed.count() == 1
    assert re.split(r"\s{2,}|\t|\n", changed.inner_text()) == ["from the start: programme.top_down_share", "1", "0.25"]
    beside = page.locator(".chart-csat .ex-read:visible").first.inner_text()
    assert "Run 1: Top-down" in beside and "Run 2: Top-down" in beside
    page.locator(".ex-runs input[type=checkbox]").first.uncheck()
    page.locator("table.changes").wait_for(state="hidden")
    page.locator(".ex-runs input[type=checkbox]").first.check()
    page.locator("table.figures").wait_for()
    shot(page, "compare", whole=True)
    press(page, "Load")
    page.get_by_text("Before week 1").wait_for()
    page.locator(".ex-runs tbody tr").nth(2).wait_for()  # the bar may be drawn before the table
    assert page.locator(".ex-runs tbody tr").count() == 3


@pytest.mark.slow
def test_row_15_weeks_picture_report_and_scenario_are_taken_away(visit, tmp_path):
    page = visit(f"scenario=bottom-up&seed=5&weeks=20&{SMALL}")
    step(page, 4)
    set_lever(page, "empowerment.blame", "0.1")
    to_end(page)
    npv = tile(page, "npv")
    press(page, "Compare")
    page.get_by_label("Your reflections").fill("I expected more <b>soon</b>.")
    page.get_by_label("Your reflections").blur()
    page.wait_for_timeout(500)
    files = {}
    for label in ("Weeks (CSV)", "Charts (PNG)", "Report (HTML)", "Scenario (TOML)"):
        with page.expect_download(timeout=120_000) as download:
            page.get_by_text(label).click()
        files[label] = download.value.path().read_bytes()
    csv = files["Weeks (CSV)"].decode()
    assert "# seed: 5" in csv and "# decision in week 4: empowerment.blame = 0.1" in csv
    assert len(pd.read_csv(io.StringIO(csv), comment="#")) == 20
    assert files["Charts (PNG)"].startswith(b"\x89PNG")
    report = files["Report (HTML)"].decode()
    assert "I expected more &lt;b&gt;soon&lt;/b&gt;." in report and "Empowerment blame = 0.1" in report
    assert not re.search(r"(src|href)=.?https?:", report)
    (tmp_path / "my-run.toml").write_bytes(files["Scenario (TOML)"])
    said = subprocess.run(
        [sys.executable, "-m", "ccsim.cli.main", "run", "my-run.toml", "--seed", "5", "--weeks", "20", "--format", "csv"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    table = pd.read_csv(io.StringIO(said.stdout)).set_index("kpi")
    assert table.loc["npv", "mean"] == pytest.approx(npv, rel=1e-9)


@pytest.mark.slow
def test_row_23_a_link_and_a_file_bring_the_same_run_back(visit, tmp_path):
    page = visit(f"scenario=combined&seed=9&weeks=18&{SMALL}")
    step(page, 3)
    set_lever(page, "champions.count", "4")
    to_end(page)
    figures = [tile(page, name) for name in ("npv", "csat", "adoption")]
    press(page, "Compare")
    link = page.locator(".ex-link").get_attribute("href")
    with page.expect_download(timeout=120_000) as download:
        page.get_by_text("Scenario (TOML)").click()
    download.value.save_as(tmp_path / "mine.toml")
    other = visit(link.removeprefix("/?"))
    to_end(other)
    assert [tile(other, name) for name in ("npv", "csat", "adoption")] == figures
    third = visit(SMALL)
    press(third, "Compare")
    third.get_by_text("Bring a scenario file").click()
    third.locator("input[type=file]").set_input_files(tmp_path / "mine.toml")
    third.get_by_text("Before week 1 of 18").wait_for()
    press(third, "Explore")
    to_end(third)
    assert [tile(third, name) for name in ("npv", "csat", "adoption")] == figures


def test_row_16_a_wrong_file_is_a_message(visit, tmp_path):
    page = visit(SMALL)
    press(page, "Compare")
    page.get_by_text("Bring a scenario file").click()
    for number, (text, said) in enumerate(
        [
            ("title = 'x'\n[levers.programme]\nbudgte = 3\n", "did you mean"),
            ("title = 'x'\nextends = '/etc/passwd.toml'\n", "by its name only"),
        ]
    ):
        (tmp_path / f"{number}.toml").write_text(text)
        page.locator("input[type=file]").set_input_files(tmp_path / f"{number}.toml")
        page.get_by_role("alert").get_by_text(said).wait_for()
        assert "/tmp" not in page.get_by_role("alert").inner_text()


@pytest.mark.slow
def test_row_21_thirty_replicates_show_a_band_and_say_what_is_luck(visit, shot):
    page = visit(f"scenario=top-down&weeks=26&{SMALL}")
    to_end(page)
    page.get_by_label("Scenario").select_option("bottom-up")
    page.get_by_text("Before week 1").wait_for()
    to_end(page)
    press(page, "Compare")
    press(page, "Run 30 replicates")
    page.locator("table.verdict").wait_for(timeout=120_000)
    assert page.locator(".chart-csat:visible path[opacity]").count() == 2
    band = page.locator(".chart-csat path[opacity]").first.get_attribute("d")
    heights = [float(pair.split(" ")[1]) for pair in re.findall(r"[\d.]+ [\d.]+", band)]
    assert max(heights) - min(heights) > 2
    assert page.locator("table.verdict").get_by_text(re.compile("luck")).count() == 6
    shot(page, "compare-replicates", whole=True)
