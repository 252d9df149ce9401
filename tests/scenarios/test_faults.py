"""A scenario file with thousands of faults tells the first fifty, and costs little."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ccsim.errors import InputError
from ccsim.scenarios.io import read_scenario


@pytest.mark.parametrize(
    "content",
    ["title = 'x'\n" + "\n".join(f"k{i} = 1" for i in range(9_000)),
     "title = 'x'\n[levers]\n" + "\n".join(f"programme.budgex{i} = 1" for i in range(3_500)),
     "title = 'x'\n" + "[[schedule]]\nweek = 1\nset.x = 1\n" * 2_900,
     "title = 'x'\n[levers]\n" + "x" * 95_000 + " = 1\n"],
    ids=["unknown keys", "nearly known levers", "moves", "one long key"],
)  # fmt: skip
def test_a_file_of_faults_tells_fifty_and_costs_little(content: str, tmp_path: Path) -> None:
    assert len(content) < 100_000
    file = tmp_path / "faults.toml"
    file.write_text(content, encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(InputError) as refused:
        read_scenario(file)
    assert time.process_time() - begun < 8.0
    assert len(str(refused.value).splitlines()) <= 51
