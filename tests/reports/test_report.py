import json
import math
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim.analysis.comparison import Comparison
from ccsim.cli.main import app
from ccsim.errors import ResultsError
from ccsim.execution.runner import run_experiment
from ccsim.experiments.design import Design
from ccsim.reports.references import Key, ReportNumbers, read_key
from ccsim.reports.report import _text, report, report_html
from ccsim.reports.reproduce import reproduce
from ccsim.results.results import open_results

VOID = {"meta", "br", "img", "line", "link", "input", "hr"}


class Page(HTMLParser):
    """Reads a page strictly: every tag is closed in its turn, no id stands twice."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.numbers, self.sources, self.tags, self.text, self.loose = [], [], {}, [], [], [], []
        self.answering = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        own = dict(attrs)
        self.tags.append((tag, own))
        if "id" in own:
            self.ids.append(own["id"])
        if tag == "data":
            value = self.numbers.setdefault(own["data-key"], own["value"])
            assert value == own["value"], f"{own['data-key']} has two values"
        self.sources += [own[name] for name in ("src", "href", "srcset", "action") if name in own]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "ul":
            self.answering = own.get("class") == "answer"

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag
        if tag == "ul":
            self.answering = False

    def handle_data(self, data):
        if "script" in self.open or "style" in self.open:
            return
        self.text.append(data)
        if "data" not in self.open and ("td" in self.open or self.answering):
            self.loose.append(data)


@pytest.fixture(scope="module")
def html(folder):
    return report_html(folder)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_the_page_is_well_formed(html, page):
    assert html.startswith("<!doctype html>")
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert [own["lang"] for tag, own in page.tags if tag == "html"] == ["en"]
    assert all(own.get("alt") for tag, own in page.tags if tag == "img")
    assert all(own.get("scope") for tag, own in page.tags if tag == "th")
    heads = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert heads[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(heads))
    assert {source[1:] for source in page.sources if source.startswith("#")} <= set(page.ids)


def test_the_page_needs_nothing_else(html, page):
    assert all(source.startswith(("#", "data:")) for source in page.sources)
    output = re.sub(r"data:[^\"]+", "", html)
    assert not re.search(r"https?://|@import|url\(", output)


def test_text_of_files_is_text_on_the_page(html):
    assert "Does &lt;it&gt; work?" in html
    assert "Busy &amp; bold" in html


def test_every_number_is_the_comparison_s(page, folder):
    answers = ReportNumbers(Comparison(open_results(folder)))
    assert len(page.numbers) > 70
    for text, shown in page.numbers.items():
        value = answers.value(read_key(text, answers.comparison.experiment))
        assert str(read_key(text, answers.comparison.experiment)) == text
        assert (math.isnan(value) and shown == "nan") or shown == value.hex()


def test_every_number_is_made_again(page, folder, swept):
    """All runs made again, in other processes, give every number of the page again."""
    again = ReportNumbers(Comparison(run_experiment(swept, workers=2)))
    for text, shown in page.numbers.items():
        value = again.value(read_key(text, swept))
        assert shown == ("nan" if math.isnan(value) else value.hex()), text


@pytest.mark.parametrize(("factor", "shown"), [(12.4, "12 ×"), (5.26, "5.3 ×"), (math.inf, "∞")])
def test_what_pairing_saves_is_written_as_a_factor_whatever_the_unit_of_the_kpi(factor, shown):
    key = Key("direction", "combined", "fcr", "variance_reduction")
    assert _text(key, factor, None) == shown


@pytest.mark.parametrize("kind", ["/p_adjusted", "/variance_reduction", "/segment/", "/department/", "/week/", " @ "])
def test_why_answers_every_kind_of_key(page, folder, kind):
    key = next(key for key in page.numbers if kind in key)
    assert reproduce(folder, key, workers=1).reproduced


def test_the_command_of_the_page_makes_a_number_again_where_the_page_was_written(folder, monkeypatch):
    monkeypatch.chdir(folder.parent.parent)
    html = report_html(Path(folder.parent.name, folder.name))
    command = re.search(r"<code>ccsim (reproduce [^<]*) KEY</code>", html)[1].split()
    assert command[1] == f"{folder.parent.name}/{folder.name}"
    assert html == report_html(folder)
    for key in list(Page(html).numbers)[::30][:3]:
        result = CliRunner().invoke(app, [*command, key, "--workers", "1"])
        assert result.exit_code == 0 and "equal to the last bit" in result.output, result.output


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1000, 1130, 1920])
def test_no_table_of_verdicts_is_cut_off(browser, html, width, tmp_path):
    place = tmp_path / "page.html"
    place.write_text(
        html.replace("Busy &amp; bold", "A scenario whose title is as long as titles of scenarios are"),
        encoding="utf-8",
    )
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(place.as_uri())
    cut = "[...document.querySelectorAll('.rows')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
    assert tab.evaluate("document.querySelectorAll('.rows').length") > 3
    assert tab.evaluate(cut) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    labels = tab.evaluate(
        "[...document.querySelectorAll('.kpi .rows tbody tr:nth-child(2) td')].slice(0, 5).map(one => one.dataset.label)"
    )
    assert labels == ["Mean", "Difference", "Effect", "p adj.", "Verdict"]
    tab.close()


def test_no_result_is_without_a_key(page):
    """No digit stands in a table's cell or in the answer outside an element with a key."""
    assert page.loose
    assert [text for text in page.loose if re.search(r"\d", text)] == []


def test_the_answer_is_in_words(folder, page):
    text = " ".join("".join(page.text).split())
    answers = ReportNumbers(Comparison(open_results(folder)))
    row = answers.table.loc[("busy", "npv")]
    expected = ("better" if row["difference"] > 0 else "worse") if row["significant"] else "distinguishable"
    start = text.index("The answer")
    assert expected in text[start : text.index("Figures and tables", start)]


def test_an_incomplete_folder_says_so(folder, tmp_path):
    place = tmp_path / "part"
    shutil.copytree(folder, place)
    manifest = json.loads((place / "manifest.json").read_text())
    failure = {"scenario": "busy", "replicate": 9, "error": "Traceback\nZeroDivisionError: by <zero>"}
    manifest |= {"status": "interrupted", "runs": {"planned": 20, "done": 16, "failed": 1}, "failures": [failure]}
    (place / "manifest.json").write_text(json.dumps(manifest))
    text = report_html(place)
    Page(text)
    assert "Incomplete." in text
    assert "16 of 20 runs have finished" in text
    assert "ZeroDivisionError: by &lt;zero&gt;" in text


def test_where_the_page_is_written(folder, tmp_path):
    page = report(folder, tmp_path / "new" / "page.html")
    assert page == tmp_path / "new" / "page.html"
    assert page.stat().st_size < 2_000_000
    with pytest.raises(ResultsError, match="cannot be written"):
        report(folder, Path("/proc/none/page.html"))
    with pytest.raises(ResultsError, match="not a results folder"):
        report(tmp_path)


def test_the_same_results_give_the_same_page(folder, html):
    assert report_html(folder) == html


@pytest.mark.parametrize("baseline", [True, False])
def test_a_design_is_reported_by_its_factors(swept, small_sizes, tmp_path, baseline):
    scenarios = {name: swept.scenarios[name] for name in (["nothing", "busy"] if baseline else ["busy"])}
    plain = replace(swept, sweep=None, scenarios=scenarios, baseline=next(iter(scenarios)), weeks=8, replicates=1)
    design = Design("latin-hypercube", ("programme.budget=0:2000", "programme.top_down_share"), samples=8)
    experiment = plain.with_design(design)
    run_experiment(experiment, workers=1, out=tmp_path / "design")
    text = report_html(tmp_path / "design")
    page = Page(text)
    assert "programme.budget" in "".join(page.text)
    assert "8 points" in text
    assert sum(tag == "img" for tag, _ in page.tags) >= len(experiment.kpis)
