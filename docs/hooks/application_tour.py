"""Make the tour: `docs/tour.md` and its annotated screens in `docs/figures/application/`.

    python docs/hooks/application_tour.py        # needs Playwright and Chromium; about two minutes

Each screen is the application as it is, with numbers at the places that the captions explain.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from ccsim.app.single_file import write_single_file

DOCS = Path(__file__).parents[1]
PAGE, PICTURES = DOCS / "tour.md", DOCS / "figures" / "application"
WIDTH, HEIGHT = 1280, 720
#: Places a numbered disc at the top left corner of an element.
MARK = """(element, number) => {
  const box = element.getBoundingClientRect();
  const disc = document.createElement('div');
  disc.textContent = number;
  Object.assign(disc.style, {
    position: 'absolute', left: `${Math.max(4, box.left + scrollX - 12)}px`, top: `${Math.max(4, box.top + scrollY - 12)}px`,
    width: '26px', height: '26px', borderRadius: '50%', background: '#b84a00', color: '#fff', font: 'bold 15px/26px sans-serif',
    textAlign: 'center', zIndex: 99, boxShadow: '0 1px 4px #0006',
  });
  document.body.append(disc);
}"""


@dataclass(frozen=True)
class Screen:
    """One screen of the tour.

    Args:
        name: of the picture.
        heading: what the reader does here.
        text: a paragraph before the picture.
        address: where the application is opened, or empty to go on from the screen before.
        act: what is done there.
        marks: elements (a selector each) and what is said of them.
    """

    name: str
    heading: str
    text: str
    address: str
    act: Callable[[Any], None]
    marks: tuple[tuple[str, str], ...]


def _explore(page: Any) -> None:
    page.locator(".big svg .line.run").wait_for()
    page.get_by_text("nine of ten companies (30 runs)").wait_for(timeout=120_000)


def _question(page: Any) -> None:
    page.get_by_role("button", name="What if the hero leaves?").click()
    page.locator(".rows .row").first.wait_for(timeout=120_000)
    page.locator(".big svg .line.pin").wait_for(timeout=120_000)


def _compare(page: Any) -> None:
    page.locator(".preset").first.wait_for()
    page.get_by_role("button", name="Direction of change").click()
    page.get_by_text("30 companies each").wait_for(timeout=180_000)


def _play(page: Any) -> None:
    page.get_by_role("button", name="Begin").click()
    page.locator(".tray").wait_for()
    page.get_by_text("Paid time to improve things").first.click()
    page.get_by_role("textbox", name="Reported satisfaction").fill("75")
    page.evaluate("scrollTo(0, 0)")


def _result(page: Any) -> None:
    page.get_by_role("button", name="Play quarter 1").click()
    page.get_by_role("heading", name="you expected 75.0").wait_for()
    page.wait_for_timeout(500)


SCREENS = (
    Screen(
        "explore",
        "Change something, and see three years at once",
        "The page *Explore* simulates a company for three years, and once more without your changes.",
        "#/explore",
        _explore,
        (
            ("#answer", "The answer in one sentence. It changes with every lever."),
            ("#levers", "The levers. Each shows its value; the *i* beside it explains what it does and how certain its value is."),
            ("#big-chart", "This company in blue, the same company without a change in grey. The band holds nine of ten other companies."),
            (".minis", "Four KPIs. Select one to enlarge it."),
            (".why", "*What carried the effect* switches mechanisms off one at a time, and shows how much of the difference remains."),
        ),
    ),
    Screen(
        "question",
        "Ask a question",
        "The page offers three questions. The simulation answers each with new runs while you wait.",
        "",
        _question,
        (
            (".questions", "The question, its answer, and the scenarios behind it. Press a scenario to see its run."),
            (".legend", "The run for comparison is purple. A line ends in the week in which its company fails."),
        ),
    ),
    Screen(
        "compare",
        "Compare over many companies",
        "A single company may be lucky. The page *Compare* runs each scenario on the same thirty companies.",
        "#/compare",
        _compare,
        (
            (".preset", "Shipped comparisons. You can also compare your own runs."),
            ("main.compare > h1", "The verdict. It names a winner only if the difference is statistically significant."),
            (".pair .card", "The differences with their intervals. Grey differences are not significant. A table with all KPIs is below."),
        ),
    ),
    Screen(
        "play",
        "Lead the change yourself",
        "In the game you lead the company for three years, quarter by quarter.",
        "#/play",
        _play,
        (
            (".tray", "Your decisions for this quarter, with the money and the attention that they take."),
            (".move", "The moves. Each says what it costs and what it is meant to do."),
        ),
    ),
    Screen(
        "result",
        "Predict, then look",
        "Before each quarter you may predict a report. The result stands beside your prediction.",
        "",
        _result,
        (("#result", "The reported value and your prediction. Reports may be late or too favourable. The debrief shows the true values."),),
    ),
)  # fmt: skip


def main() -> int:
    """Make the pictures and the page."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    found = shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "ccsim.html"
        write_single_file(file)
        browser = driver.chromium.launch(executable_path=found)
        view = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", color_scheme="light")
        view.set_default_timeout(60_000)
        for screen in SCREENS:
            if screen.address:
                view.goto("about:blank")
                view.goto(f"{file.as_uri()}{screen.address}")
            screen.act(view)
            for number, (selector, _) in enumerate(screen.marks, start=1):
                box = view.locator(selector).first.bounding_box()
                if box is None or not (0 <= box["x"] < WIDTH and 0 <= box["y"] < HEIGHT - 20):
                    raise SystemExit(f"{screen.name}: {selector} is not on the screen")
                view.locator(selector).first.evaluate(MARK, number)
            view.screenshot(path=PICTURES / f"{screen.name}.png")
            # The discs go, so that the next screen begins clean.
            view.evaluate(
                "document.querySelectorAll('body > div').forEach(e => { if (e.style.zIndex === '99') e.remove() })"
            )
        browser.close()
    PAGE.write_text(text(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(DOCS.parent)} and {len(SCREENS)} pictures")
    return 0


def text() -> str:
    """Return the page of the tour."""
    lines = [
        "# A tour in five minutes",
        "",
        "This page is made by `python docs/hooks/application_tour.py`. Do not edit it.",
        "",
        "The application runs in your browser and needs no installation: [open it](try.html), and follow the screens.",
    ]
    for place, screen in enumerate(SCREENS, start=1):
        lines += ["", f"## {place}. {screen.heading}", "", screen.text, ""]
        lines += [f"![Screen {place} of the tour: {screen.heading}](figures/application/{screen.name}.png)", ""]
        lines += [f"{number}. {said}" for number, (_, said) in enumerate(screen.marks, start=1)]
    lines += [
        "",
        "## What next",
        "",
        "- Play twelve quarters, and read the debrief: it shows what was true, and what each move was worth.",
        "- Read the findings: [direction](findings/direction.md), [heroes](findings/hero.md), [metrics](findings/metrics.md).",
        "- Read [what it cannot tell you](explanation/limits.md).",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
