"""Files of results have names that every system takes, also where scenarios differ by case or are called as a device."""

import sys
from pathlib import Path
from typing import Any

import pytest

from ccsim.cli.main import main
from ccsim.results.file_names import file_names, is_device_name


def test_names_that_differ_by_case_only_get_files_of_their_own() -> None:
    names = file_names(["Busy", "busy", "BUSY", "a/b", "a\\b", "C:x"])
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert not any(set(name) & set('<>:"/\\|?*') for name in names.values())


@pytest.mark.parametrize("name", ["CON", "nul", "Aux", "com1", "LPT9", "con.1"])
def test_no_file_is_called_as_a_device_of_windows(name: str) -> None:
    assert is_device_name(name)
    assert not any(is_device_name(stored) for stored in file_names([name, f"{name}_"]).values())


def test_other_names_are_free() -> None:
    assert not any(map(is_device_name, ("console", "combined", "com", "nullify", "lpt", "con-1")))


def test_init_refuses_the_name_of_a_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["ccsim", "init", "CON"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert "reserved device name" in capsys.readouterr().err
    assert not (tmp_path / "scenarios").exists()
