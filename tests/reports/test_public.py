import re
import subprocess
import sys
from pathlib import Path

import ccsim

DOCS = Path(__file__).parents[2] / "docs" / "answers.md"


def test_every_public_name_is_there_and_documented():
    assert sorted(ccsim.__all__) == sorted(ccsim._HOME)
    for name in ccsim.__all__:
        assert getattr(ccsim, name).__doc__, name
    assert {"compare", "report", "query", "reproduce", "diff", "open_results"} <= set(ccsim.__all__)


def test_a_public_name_is_not_hidden_by_a_module():
    """A function and a module of one name would depend on what was imported first."""
    places = {path.stem for path in Path(ccsim.__file__).parent.iterdir()}
    assert not places & set(ccsim.__all__)


def test_importing_is_light():
    code = "import sys, ccsim; print([n for n in ('numpy', 'pandas', 'numba', 'matplotlib', 'duckdb') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    exec(compile(code, str(DOCS), "exec"), {})
    assert (tmp_path / "results" / "mine" / "report.html").is_file()
