"""Rules and kernels run compiled or plain, and compiled code is kept for exactly the sources it was made from."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import ccsim
from ccsim.engine import jit

PACKAGE = Path(ccsim.__file__).parent


def python(code: str, **environment: str) -> str:
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def folder_of(package: Path, cache: Path) -> str:
    """Return the cache folder that a copy of the package uses."""
    code = "import ccsim.engine.jit as c; print(c.__file__); print(c.cache_folder())"
    file, folder = python(
        code, PYTHONPATH=str(package.parent), CCSIM_CACHE_DIR=str(cache), CCSIM_PLAIN="0"
    ).splitlines()
    assert Path(file).parents[1] == package
    return folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGE, tmp_path / "src" / "ccsim", ignore=shutil.ignore_patterns("__pycache__")))


def test_equal_sources_share_a_cache_folder_and_an_edited_kernel_starts_afresh(copy: Path, tmp_path: Path) -> None:
    first = folder_of(copy, tmp_path)
    assert folder_of(copy, tmp_path) == first
    assert Path(first).is_dir() and Path(first).is_relative_to(tmp_path)
    habit = copy / "mechanisms" / "staff" / "habit.py"
    habit.write_text(habit.read_text() + "\n# edited\n")
    assert folder_of(copy, tmp_path) != first


@pytest.mark.parametrize(
    "module", ["engine/functions.py", "engine/rng.py", "model/populations.py", "model/size.py", "model/week.py"]
)
def test_an_edit_of_any_file_that_shapes_compiled_code_starts_afresh(module: str, copy: Path, tmp_path: Path) -> None:
    first = folder_of(copy, tmp_path)
    (copy / module).write_text((copy / module).read_text() + "\n# edited\n")
    assert folder_of(copy, tmp_path) != first


def test_an_edit_of_prose_and_faces_keeps_what_is_compiled(copy: Path, tmp_path: Path) -> None:
    first = folder_of(copy, tmp_path)
    (copy / "reports" / "tables.py").write_text((copy / "reports" / "tables.py").read_text() + "\n# edited\n")
    assert folder_of(copy, tmp_path) == first


def test_where_nothing_can_be_kept_a_process_and_those_it_starts_share_a_folder_that_is_gone_afterwards(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("in the way")
    code = """
    import subprocess, sys
    from ccsim.engine import jit
    from ccsim.engine.functions import clip01
    jit.cache_folder()
    child = "from ccsim.engine import jit; print(jit.cache_folder())"
    shown = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True)
    print(jit.cache_folder(), shown.stdout.strip(), shown.stderr == "", jit.cache_folder().is_dir(), clip01(2.0))
    """
    mine, others, *output = python(code, CCSIM_CACHE_DIR=str(tmp_path / "file"), CCSIM_PLAIN="0").split()
    assert mine == others and output == ["True", "True", "1.0"]
    assert not Path(mine).exists()


def test_where_nothing_can_be_written_at_all_code_is_compiled_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code = f"""
    import tempfile
    tempfile.tempdir = {str(tmp_path / "file")!r}
    from ccsim.engine import jit
    from ccsim.engine.functions import clip01
    print(jit.cache_folder(), clip01(2.0))
    """
    assert python(code, CCSIM_CACHE_DIR=str(tmp_path / "file"), CCSIM_PLAIN="0") == "None 1.0"


def test_a_start_with_everything_cached_compiles_nothing_and_loads_no_library_that_its_table_does_not_need() -> None:
    sizes = ("staff=24", "customers=160", "warm_up=6")
    code = f"""
    import sys
    from ccsim.engine import parts
    from ccsim.cli.main import main
    compiled = []
    parts.LISTENERS.append(lambda: compiled.append(1))
    sys.argv = ["ccsim", "run", "nothing", "--weeks", "8", *({[f"--set=organisation.{size}" for size in sizes]!r})]
    try:
        main()
    except SystemExit:
        pass
    heavy = ("scipy.stats", "scipy.linalg", "scipy.special", "sklearn", "matplotlib", "mesa", "networkx")
    print()
    print(len(compiled), [name for name in heavy if name in sys.modules])
    """
    python(code, CCSIM_PLAIN="0")
    assert python(code, CCSIM_PLAIN="0").splitlines()[-1] == "0 []"


def test_the_identity_of_the_model_covers_what_decides_numbers_and_no_face(copy: Path) -> None:
    code = "from ccsim.engine.jit import source_hash; print(source_hash())"
    before = python(code, PYTHONPATH=str(copy.parent))
    assert len(before) == 16
    (copy / "reports" / "tables.py").write_text((copy / "reports" / "tables.py").read_text() + "\n# edited\n")
    assert python(code, PYTHONPATH=str(copy.parent)) == before
    for name in (
        *(f"{package}/__init__.py" for package in jit.MODEL_SOURCES),
        "mechanisms/staff/habit.py",
        "experiments/experiment.py",
    ):
        (copy / name).write_text((copy / name).read_text() + "\n# edited\n")
        after = python(code, PYTHONPATH=str(copy.parent))
        assert after != before, name
        before = after


def test_every_file_with_a_rule_or_kernel_is_marked() -> None:
    # A file is known by its decorators; one that only calls kernels may change without a new compilation.
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text()
        decorated = any(
            line.startswith(("@rule", "@kernel", "@parameters", "@population")) for line in source.splitlines()
        )
        assert not decorated or any(mark in source.encode() for mark in jit._MARKS), path


@pytest.mark.parametrize(("value", "plain"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_one_environment_variable_runs_everything_plain(value: str, plain: bool) -> None:
    code = """
    import sys, types
    from ccsim.engine import jit
    from ccsim.engine import functions
    functions.exp(1.0)
    print(jit.PLAIN, isinstance(functions.exp, types.FunctionType), "numba" in sys.modules)
    """
    assert python(code, CCSIM_PLAIN=value) == f"{plain} {plain} {not plain}"


def test_importing_ours_leaves_numbas_own_cache_setting_alone() -> None:
    code = """
    from numba.core import config
    before = config.CACHE_DIR
    import ccsim.model.week
    print(config.CACHE_DIR == before)
    """
    assert python(code, CCSIM_PLAIN="0") == "True"


def test_rules_and_kernels_keep_their_documentation() -> None:
    from ccsim.engine.functions import relax
    from ccsim.model.week import step_kernel

    assert "moved towards" in relax.__doc__
    assert "every phase" in step_kernel.__doc__
