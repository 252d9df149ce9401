"""Damage small results folders in random ways; then read, query and resume them.

Each folder gets one to three damages: files that are cut, altered, removed, doubled, renamed, exchanged for those of
other results (another seed, experiment, version or schema), and manifests that are torn or odd. Prints how many were
answered by a clear message, accepted with the right results, ended in a traceback, or gave wrong results without a
word. The last two must be none. Where a message says what to remove, that is done, and the folder must then end as if
nothing had happened.

    python -m benchmarks.fuzz.results_folders --count 1000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ccsim.errors import CcsimError
from ccsim.execution import scheduler
from ccsim.execution.runner import run_experiment
from ccsim.experiments.experiment import Experiment
from ccsim.reports.query import query
from ccsim.results.manifest import read_manifest, stored_experiment
from ccsim.results.results import Results, open_results
from ccsim.scenarios.scenario import load_scenario

TINY: dict[str, Any] = {
    "organisation.staff": 24, "organisation.departments": 3, "organisation.front_departments": 2,
    "organisation.customers": 100, "organisation.warm_up": 2,
}  # fmt: skip
#: Values that no key of a manifest expects, and some that a key might.
ODD = (None, True, False, -1, 0, 3, 10**30, 1.5, float("nan"), float("inf"), "", "x", "\x00", "é" * 3, [], [1], [[]], [None],
       {}, {"a": 1}, {"": {}}, ["ccsim"], "complete")  # fmt: skip


def experiment(seed: int = 1, budget: float = 500.0) -> Experiment:
    """Return two scenarios of four replicates, which take milliseconds each."""
    quiet = load_scenario("nothing").with_values(TINY)
    busy = quiet.with_values({"programme.budget": budget}, name="busy")
    pair = {"nothing": quiet, "busy": busy}
    return Experiment("tiny", "Tiny", "", "nothing", pair, weeks=4, replicates=4, seed=seed)


@dataclass(frozen=True)
class Stock:
    """Folders to take from: the one that is damaged, others whose files do not belong there, and what is right."""

    folder: Path
    others: tuple[Path, ...]
    whole: Results

    @classmethod
    def made(cls, place: Path) -> Stock:
        """Run what is needed."""
        before, scheduler.FLUSH_SECONDS = scheduler.FLUSH_SECONDS, -1.0  # a shard for each task
        try:
            whole = run_experiment(experiment(), workers=1, out=place / "own")
            run_experiment(experiment(seed=2), workers=1, out=place / "seed")
            run_experiment(experiment(budget=700.0), workers=1, out=place / "experiment")
            run_experiment(replace(experiment(), report_weeks=(1, 3)), workers=1, out=place / "schema")
        finally:
            scheduler.FLUSH_SECONDS = before
        for table in whole.tables:
            whole.tables[table]
        whole.hash()
        return cls(place / "own", tuple(place / name for name in ("seed", "experiment", "schema")), whole)


def damage(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Damage a folder in one way, and say how."""
    ways = (cut, flip, flip, remove, empty_table, double, rename, foreign, foreign, other_rows, torn_manifest, odd_manifest,
            odd_manifest, odd_experiment, litter)  # fmt: skip
    return chance.choice(ways)(chance, folder, stock)


def _file(chance: random.Random, folder: Path, pattern: str = "*") -> Path:
    files = [path for path in sorted(folder.rglob(pattern)) if path.is_file()]
    return chance.choice(files) if files else folder / "manifest.json"


def cut(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Cut the end of a file off, or all of it."""
    path = _file(chance, folder)
    data = path.read_bytes() if path.is_file() else b""
    path.write_bytes(data[: chance.randrange(len(data) + 1)])
    return f"cut {path.name}"


def flip(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Flip some bits of a file."""
    path = _file(chance, folder)
    data = bytearray(path.read_bytes() if path.is_file() else b"")
    for _ in range(chance.choice((1, 1, 1, 8)) if data else 0):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"flip {path.name}"


def remove(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Remove a file."""
    path = _file(chance, folder)
    path.unlink(missing_ok=True)
    return f"remove {path.name}"


def empty_table(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Remove a folder of the results folder."""
    path = chance.choice([one for one in sorted(folder.iterdir()) if one.is_dir()] or [folder / "runs"])
    shutil.rmtree(path, ignore_errors=True)
    return f"remove {path.name}/"


def double(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Copy a shard beside itself, or into another table."""
    path = _file(chance, folder, "*.parquet")
    place = chance.choice([path.parent, folder / chance.choice(("runs", "departments", "interventions"))])
    name = chance.choice((path.name, f"part-0{path.name[6:]}", f"copy of {path.name}", "part-zzzz.parquet"))
    if place.is_dir() and path.is_file() and place / name != path:
        shutil.copy(path, place / name)
    return f"double {path.parent.name}/{path.name} as {place.name}/{name}"


def rename(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Rename a shard."""
    path = _file(chance, folder, "*.parquet")
    name = chance.choice((f"{path.stem} (1).parquet", path.name.upper(), f"{path.stem}.parq", f"._{path.name}"))
    if path.is_file():
        path.rename(path.with_name(name))
    return f"rename {path.name} to {name}"


def foreign(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Put in a file of other results, under its own name or that of one of ours."""
    own = _file(chance, folder, chance.choice(("*.parquet", "*.parquet", "*.json")))
    theirs = _file(chance, chance.choice(stock.others), f"*{own.suffix}")
    place = own if chance.random() < 0.5 else own.with_name(theirs.name)
    if place.parent.is_dir():
        shutil.copy(theirs, place)
    return f"put {theirs.parent.parent.name}/{theirs.name} as {place.parent.name}/{place.name}"


def other_rows(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Write a shard anew with other rows or columns, as a script of a user would."""
    import pandas as pd

    path = _file(chance, folder, "*.parquet")
    try:
        frame = pd.read_parquet(path)
    except Exception:  # noqa: BLE001  # damaged before, or no shard
        return "nothing"
    column = chance.choice(list(frame.columns))
    way = chance.choice(("drop column", "drop rows", "add", "text"))
    if way == "drop column":
        frame = frame.drop(columns=column)
    elif way == "drop rows":
        frame = frame.iloc[: len(frame) // 2]
    elif way == "add" and frame[column].dtype.kind in "if":
        frame[column] += 1
    else:
        frame[column] = frame[column].astype(str)
    frame.to_parquet(path, index=False)
    return f"{way} {column} in {path.name}"


def torn_manifest(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Cut the manifest, or write something else in its place."""
    path = folder / "manifest.json"
    data = path.read_bytes() if path.is_file() else b"{}"
    other = (b"", b"{", b"[]", b"null", b"{}", b"1", b'"x"', b"\xff\xfe{\x00", b"[" * 100_000, data[: len(data) // 2],
             data.decode(errors="replace").encode("utf-16"), b"9" * 5000, data + data)  # fmt: skip
    path.write_bytes(chance.choice(other))
    return "torn manifest"


def _keys(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    paths = [path] if path else []
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return paths + [key for name, inner in rows for key in _keys(inner, (*path, name))]


def odd_manifest(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Remove a key of the manifest or give it an odd value."""
    return _odd(chance, folder, lambda key: key[0] != "experiment")


def odd_experiment(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Remove a key of the experiment in the manifest or give it an odd value."""
    return _odd(chance, folder, lambda key: key[0] == "experiment")


def _odd(chance: random.Random, folder: Path, wanted: Any) -> str:
    path = folder / "manifest.json"
    try:
        data = json.loads(path.read_bytes())
        keys = [key for key in _keys(data) if wanted(key)]
    except (OSError, ValueError, RecursionError):
        return "nothing"
    if not keys:
        return "nothing"
    key = chance.choice(keys)
    inner = data
    for name in key[:-1]:
        inner = inner[name]
    if chance.random() < 0.3:
        del inner[key[-1]]
    else:
        inner[key[-1]] = chance.choice(ODD)
    path.write_text(json.dumps(data))
    return f"odd {'.'.join(map(str, key))}"


def litter(chance: random.Random, folder: Path, stock: Stock) -> str:
    """Put something there that is no result."""
    place = chance.choice([one for one in (folder, *sorted(folder.iterdir())) if one.is_dir()])
    name = chance.choice(
        (".DS_Store", "Thumbs.db", "notes.txt", "x.parquet", "part-x.parquet.tmp", "._part.parquet", "d.parquet/")
    )
    if name.endswith("/"):
        (place / name).mkdir(exist_ok=True)
    else:
        (place / name).write_bytes(b"PAR1 or anything")
    return f"litter {place.name}/{name}"


def same(results: Results, stock: Stock) -> bool:
    """Say whether results are the right ones, or a part of them that the manifest counts as all that is done."""
    if results.hash() == stock.whole.hash():
        return True
    runs = results.runs[["scenario", "replicate"]].drop_duplicates()
    for name, table in stock.whole.tables.items():
        part = table.merge(runs, on=["scenario", "replicate"], how="inner", sort=False)
        if not part.reset_index(drop=True).equals(results.tables[name].reset_index(drop=True)):
            return False
    return len(runs) >= results.manifest["runs"]["done"]


def _read(folder: Path, stock: Stock) -> bool:
    return same(open_results(folder), stock)


def _query(folder: Path, stock: Stock) -> bool:
    totals = query(
        folder, "SELECT count(*) AS n, sum(csat) AS s FROM runs JOIN interventions USING (scenario, replicate)"
    )
    rows = query(folder, "SELECT count(*) AS n FROM departments")["n"][0]
    return len(totals) == 1 and same(open_results(folder), stock) and rows == len(open_results(folder).departments)


def _resume(folder: Path, stock: Stock) -> bool:
    known = stored_experiment(folder, read_manifest(folder))
    return run_experiment(known, workers=1, out=folder, resume=True).hash() == stock.whole.hash()


def answer(action: Any, folder: Path, stock: Stock) -> tuple[str, str]:
    """Return the kind of answer that an action gives, and its words."""
    try:
        return ("accepted" if action(folder, stock) else "silent-wrong"), ""
    except CcsimError as error:
        output = str(error)
        return ("clear" if str(folder) in output else "unnamed"), output
    except Exception:  # noqa: BLE001  # this is what is looked for
        return "traceback", traceback.format_exc(limit=-4)


def judged(folder: Path, stock: Stock) -> list[tuple[str, str, str]]:
    """Read, query and resume a folder; then do what the message says, and resume again."""
    answers = [(name, *answer(action, folder, stock)) for name, action in (("read", _read), ("query", _query))]
    kind, output = answer(_resume, folder, stock)
    answers.append(("resume", kind, output))
    for _ in range(3):
        if kind != "clear" or "remove it" not in output:
            break
        for line in output.splitlines():
            path = Path(line.partition(": ")[0])
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        kind, output = answer(_resume, folder, stock)
        answers.append(("mended", kind, output))
    return answers


def fuzzed(count: int, seed: int, place: Path, tell: Any = None) -> Counter[str]:
    """Damage and judge so many folders; return how often each kind of answer was given."""
    stock, chance = Stock.made(place), random.Random(seed)
    counts: Counter[str] = Counter(dict.fromkeys(("clear", "accepted", "unnamed", "traceback", "silent-wrong"), 0))
    for number in range(count):
        folder = place / "damaged"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(stock.folder, folder)
        how = [damage(chance, folder, stock) for _ in range(chance.choice((1, 1, 2, 3)))]
        for action, kind, output in judged(folder, stock):
            counts[kind] += 1
            if tell is not None and kind in ("unnamed", "traceback", "silent-wrong"):
                tell(f"{number}: {action}: {kind} after {how}\n{output}")
    return counts


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="folders")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        counts = fuzzed(options.count, options.seed, Path(place), lambda text: sys.stderr.write(text + "\n"))
    print(f"{options.count} folders: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    raise SystemExit(bool(counts["traceback"] or counts["silent-wrong"] or counts["unnamed"]))


if __name__ == "__main__":
    main()
