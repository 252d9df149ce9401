"""The examples of docs/analysis.md run, on a small organisation."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ccsim.cli.main import app

PAGE = Path(__file__).parents[2] / "docs" / "analysis.md"
EXAMPLES = re.findall(r"^ccsim (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
SHORT = ["--weeks", "3", "--replicates", "1", "--workers", "1"]
#: The least that each command takes; what stands last on a command line counts.
LEAST = {
    "sensitivity": ["--samples", "80"], "discover": ["--samples", "60", "--where", "spend > 25000 and csat_difference < 99"],
    "optimise": ["--trials", "8"], "calibrate": ["--samples", "15", "--waves", "1"],
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_runs(example, small_settings, tmp_path):
    words = shlex.split(example)
    output = CliRunner().invoke(
        app, [*words, *LEAST[words[0]], *SHORT, *small_settings, "--out", str(tmp_path / "out")]
    )
    contradictory = words[0] == "calibrate"  # as the page says of its targets
    assert output.exit_code == int(contradictory), f"{output.output}\n{output.exception}"
    assert ("No values of these parameters meet the targets" in output.output) == contradictory
    assert list((tmp_path / "out").glob("*.png"))


def test_every_picture_of_the_page_is_there():
    for name in re.findall(r"\]\((figures/[^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert (PAGE.parent / name).is_file()
