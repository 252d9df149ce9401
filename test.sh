#!/usr/bin/env bash
# Set up an environment of its own and pass the tests. PYTHON chooses the interpreter, VENV the folder;
# EXTRAS what is installed; CONSTRAINTS the file of pinned versions (empty: the newest versions that are accepted);
# QUICK=1 leaves out linting and most tests (used for a second interpreter); SETUP=1 stops before any test.
set -euo pipefail
cd "$(dirname "$0")"
venv=${VENV:-.venv}
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
# What is imported is compiled when it is imported; most of what is installed never is.
constraints=${CONSTRAINTS-constraints.txt}
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
    ${constraints:+-c "$constraints"} -e ".[${EXTRAS:-test,dev,docs,course}]"
"$venv/bin/python" -c 'import sys, mesa; print(f"Python {sys.version.split()[0]}, Mesa {mesa.__version__}")'

# Compiling the model takes a minute of one processor: done once, before several processes need it at the same time.
"$venv/bin/python" -c 'import ccsim; ccsim.Organisation("combined", rng=1).step()' &
compiling=$!
if [ -z "${QUICK:-}${SETUP:-}" ]; then
    "$venv/bin/ruff" check .
    "$venv/bin/ruff" format --check .
    "$venv/bin/mypy"
    "$venv/bin/lint-imports"
fi
wait "$compiling"
[ -z "${SETUP:-}" ] || exit 0

if [ -z "${QUICK:-}" ]; then
    "$venv/bin/python" -m pytest -m "not slow" -n auto --dist loadfile
    "$venv/bin/python" -m benchmarks.plain_coverage
else
    "$venv/bin/python" -m pytest -m "not slow" tests/simulation/test_mesa_model.py tests/model/test_week.py tests/analysis/test_comparison.py
fi
