"""The wheel holds everything that a run outside the checkout needs: built here, without a network."""

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "ccsim"
#: Folders that the wheel takes from the root of the repository, and where it puts them.
LIBRARY = ("scenarios", "experiments", "claims")

pytestmark = [
    pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling builds the wheel"),
    pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="the tests run outside the repository"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the names of all files in the wheel."""
    out = tmp_path_factory.mktemp("wheel")
    code = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
    done = subprocess.run([sys.executable, "-c", code, str(out)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (path,) = out.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def files(folder: Path) -> set[str]:
    """Return the files below a folder, relative to it."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_every_source_template_and_asset_is_in_the_wheel(wheel: set[str]) -> None:
    assert {f"ccsim/{name}" for name in files(SOURCES)} <= wheel


@pytest.mark.parametrize("folder", LIBRARY)
def test_what_is_shipped_is_in_the_wheel(folder: str, wheel: set[str]) -> None:
    shipped = files(ROOT / folder)
    assert shipped, folder
    assert {f"ccsim/library/{folder}/{name}" for name in shipped} <= wheel


def test_nothing_else_is_in_the_wheel(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ccsim"}
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel)
