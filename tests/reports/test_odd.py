from pathlib import Path

import pytest

from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters
from ccsim.reports.odd import MARKER, declared_text, main

ODD = Path(__file__).parents[2] / "docs" / "odd.md"


def test_the_committed_description_is_what_the_code_declares() -> None:
    _, generated = ODD.read_text(encoding="utf-8").split(MARKER)
    assert MARKER + generated == declared_text(), "run: python -m ccsim.reports.odd docs/odd.md"


@pytest.mark.parametrize("word", ["Purpose", "Design concepts", "Stochasticity", "Initialization", "Input data"])
def test_the_hand_written_part_is_whole(word: str) -> None:
    assert word in ODD.read_text(encoding="utf-8").split(MARKER)[0]


def test_every_parameter_and_kpi_is_described_and_the_hand_written_part_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "odd.md"
    path.write_text("By hand.\n", encoding="utf-8")
    main(path)
    main(path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("By hand.\n")
    assert text.count(MARKER) == 1
    assert all(f"| `{row.name}` |" in text for row in all_parameters().values())
    assert all(f"`{kpi.formula}`" in text for kpi in KPIS.values())
