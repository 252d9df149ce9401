"""A file that a visitor brings reads no other file of the server, and costs little, whatever stands in it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("solara")

from ccsim.errors import InputError
from ccsim.ui.exports import from_toml


@pytest.fixture
def other(tmp_path: Path) -> str:
    file = tmp_path / "x.toml"
    file.write_text("title = 'secret of the server'\n")
    return str(file)


@pytest.mark.parametrize(
    "line",
    ['extends = """{}"""', "extends = '''{}'''", '"ext\\u0065nds" = "{}"', "'extends' = '{}'", "\ufeffextends = '{}'",
     "extends =\t'{}'", '\n\n  extends="{}"', "extends = '../x'", "extends = 'x.toml'", "extends = ['{}']", "extends = 'nosuch'",
     "extends = '~/x'", "extends = 'combined.toml'", "[organisation]\nfrom = '{}'", "organisation.from = '/etc'",
     'organisation = {{ "fr\\u006fm" = "{}" }}'],
)  # fmt: skip
def test_a_brought_scenario_names_no_other_file(line: str, other: str) -> None:
    for title in ("", "title = 'mine'\n"):
        content = title + line.format(other) if not line.startswith("[") else line.format(other)
        with pytest.raises(InputError) as refused:
            from_toml(content.encode())
        assert "secret" not in str(refused.value)


def test_a_brought_scenario_extends_one_that_comes_with_ccsim() -> None:
    for content in ('extends = "combined"\n', '"ext\\u0065nds" = """combined"""\n', "\ufeffextends = 'combined'\n"):
        assert from_toml(content.encode())[0].levers


@pytest.mark.parametrize(
    "content",
    ["title = 'x'\n" + "\n".join(f"k{i} = 1" for i in range(9_000)),
     "title = 'x'\n[levers]\n" + "\n".join(f"programme.budgex{i} = 1" for i in range(3_500)),
     "title = 'x'\n" + "[[schedule]]\nweek = 1\nset.x = 1\n" * 2_900,
     "title = 'x'\n[levers]\n" + "x" * 95_000 + " = 1\n"],
    ids=["unknown keys", "nearly known levers", "moves", "one long key"],
)  # fmt: skip
def test_a_file_of_faults_tells_fifty_and_costs_little(content: str) -> None:
    assert len(content) < 100_000
    begun = time.process_time()
    with pytest.raises(InputError) as refused:
        from_toml(content.encode())
    assert time.process_time() - begun < 8.0
    assert len(str(refused.value).splitlines()) <= 51
