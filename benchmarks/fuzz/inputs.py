"""Inputs that people may give, mutated: files and command lines, and what ccsim makes of each.

A generator begins with files that ccsim ships, changes one to four things in them, and reads the result. An answer is

- *clear*: one message of readable letters, no longer than a page;
- *accepted*: it is read, its values are legal, and written out and read again it is the same;
- *traceback*: any other error, or a message that nobody can read;
- *silent-wrong*: it is accepted with a value that is not legal, or does not come back as it was.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import random
import shlex
import string
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ccsim.errors import CcsimError
from ccsim.experiments.io import read_experiment
from ccsim.game.save_file import _sum_of, game_of
from ccsim.model.kpis import KPIS
from ccsim.model.settings import all_parameters, check_sizes
from ccsim.organisations.io import read_folder
from ccsim.organisations.template import write_template
from ccsim.scenarios.io import read_scenario
from ccsim.scenarios.scenario import Scenario, check, data_dirs
from ccsim.validation.claims.schema import load_claims
from ccsim.validation.facts.schema import load_studies

#: Letters that are no letters, cannot be seen, turn the text around, or begin a formula.
SIGNS = ("\x00", "\x07", "\x1b[31m", "\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u2028", "\x85", "=", "＝", "+", "＋",
         "-", "@", "＠", "é", "ﬁ", "漢", "\U0001f600", "\U000e0041", "\\", '"', "'", "\n", "\t", "/", "..", "%00", "\ud800")  # fmt: skip
VALUES = ("true", "false", "0", "-1", "1", "1.5", "1e100", "-1e300", "1e400", "nan", "inf", "-inf", "9" * 30, "9" * 5000, '""',
          '"x"', "[]", "[1, 2]", "{}", "{ a = 1 }", "1979-05-27", "07:32:00", "0x10", "'''x'''", '"""\n"""', '"combined"',
          '"nothing.toml"', '"/etc/hostname"', '"../x"', '"' + "x" * 3000 + '"', "[" * 60 + "]" * 60, "[" * 3000, "{ a = " * 300, "", "1_000", "week = 3")  # fmt: skip
#: A message longer than this is no message.
PAGE = 20_000


@dataclass
class Count:
    """Answers of one kind of input, and for each fault the input and what happened."""

    clear: int = 0
    accepted: int = 0
    traceback: int = 0
    silent_wrong: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


class SilentlyWrong(Exception):
    """An input was accepted, and what came of it is wrong."""


def mutated(text: str, chance: random.Random) -> str:
    """Return a text with one to four things in it changed."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(CHANGES)(text, chance)
    return text


def _line(text: str, chance: random.Random) -> tuple[list[str], int]:
    lines = text.split("\n")
    return lines, chance.randrange(len(lines))


def drop_line(text: str, chance: random.Random) -> str:
    """Remove a line."""
    lines, at = _line(text, chance)
    return "\n".join(lines[:at] + lines[at + 1 :])


def double_line(text: str, chance: random.Random) -> str:
    """Write a line twice."""
    lines, at = _line(text, chance)
    return "\n".join([*lines[: at + 1], *lines[at:]])


def move_line(text: str, chance: random.Random) -> str:
    """Move a line elsewhere."""
    lines, at = _line(text, chance)
    line = lines.pop(at)
    lines.insert(chance.randint(0, len(lines)), line)
    return "\n".join(lines)


def odd_value(text: str, chance: random.Random) -> str:
    """Replace the value of a key."""
    lines, at = _line(text, chance)
    if "=" in lines[at]:
        lines[at] = lines[at].split("=")[0] + "= " + chance.choice(VALUES)
    return "\n".join(lines)


def odd_number(text: str, chance: random.Random) -> str:
    """Replace one number."""
    import re

    matches = list(re.finditer(r"-?\d+(\.\d+)?", text))
    if not matches:
        return text
    number = chance.choice(matches)
    return text[: number.start()] + chance.choice(VALUES[2:14]) + text[number.end() :]


def odd_key(text: str, chance: random.Random) -> str:
    """Add a key that may be known elsewhere."""
    lines, at = _line(text, chance)
    key = chance.choice([*all_parameters(), *KPIS, "extends", "title", "x", '"a b"', '""', "weeks", "schedule", "set"])
    lines.insert(at, f"{key} = {chance.choice(VALUES)}")
    return "\n".join(lines)


def sign(text: str, chance: random.Random) -> str:
    """Put a sign anywhere."""
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(SIGNS) + text[at:]


def cut(text: str, chance: random.Random) -> str:
    """Cut a text off, or a piece out of it."""
    first, last = sorted(chance.randint(0, len(text)) for _ in range(2))
    return text[:last] if chance.random() < 0.5 else text[:first] + text[last:]


def swap_letter(text: str, chance: random.Random) -> str:
    """Replace a letter."""
    if not text:
        return text
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(string.printable) + text[at + 1 :]


CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    drop_line, double_line, move_line, odd_value, odd_value, odd_number, odd_number, odd_key, sign, cut, swap_letter,
)  # fmt: skip


def encoded(text: str, chance: random.Random) -> bytes:
    """Return a text as bytes, now and then in another encoding."""
    encoding = chance.choice(("utf-8",) * 20 + ("utf-16", "latin-1", "utf-8-sig"))
    return text.encode(encoding, errors="surrogatepass" if encoding.startswith("utf") else "replace")


def texts(kind: str) -> list[str]:
    """Return the text of every file of a kind that ccsim ships."""
    return [path.read_text(encoding="utf-8") for path in sorted(data_dirs(kind)[0].glob("*.toml"))]


def sound(scenario: Scenario) -> None:
    """Check what a scenario says of itself.

    Raises:
        SilentlyWrong: a value is not legal, or the scenario does not come back as it was.
    """
    for key, value in scenario.values().items():
        if check(key, value) != value:
            raise SilentlyWrong(f"{key} = {value!r}")
    if check_sizes(scenario.organisation):
        raise SilentlyWrong("sizes that do not fit together")


def scenario_file(chance: random.Random, folder: Path) -> None:
    """Read a scenario file, and read again what it writes."""
    path = folder / "scenario.toml"
    path.write_bytes(encoded(mutated(chance.choice(texts("scenarios")), chance), chance))
    scenario = read_scenario(path)
    sound(scenario)
    copy = folder / "again.toml"
    copy.write_text(scenario.to_toml(), encoding="utf-8")
    back = read_scenario(copy)
    if back.values() != scenario.values() or [move.set for move in back.schedule] != [
        move.set for move in scenario.schedule
    ]:
        raise SilentlyWrong("the scenario does not come back as it was")


def experiment_file(chance: random.Random, folder: Path) -> None:
    """Read an experiment file."""
    path = folder / "experiment.toml"
    path.write_bytes(encoded(mutated(chance.choice(texts("experiments")), chance), chance))
    experiment = read_experiment(path)
    for scenario in list(experiment.base_scenarios.values())[:20]:
        sound(scenario)
    if experiment.baseline not in experiment.base_scenarios:
        raise SilentlyWrong(f"baseline {experiment.baseline!r}")


def claim_file(chance: random.Random, folder: Path) -> None:
    """Read a file of claims."""
    place = folder / "claims"
    place.mkdir(exist_ok=True)
    (place / "claims.toml").write_bytes(encoded(mutated(chance.choice(texts("claims")), chance), chance))
    for claim in load_claims(folder=place):
        if not claim.id.strip():
            raise SilentlyWrong("a claim without an id")


def fact_file(chance: random.Random, folder: Path) -> None:
    """Read a file of facts."""
    place = folder / "facts"
    place.mkdir(exist_ok=True)
    (place / "facts.toml").write_bytes(encoded(mutated(chance.choice(texts("facts")), chance), chance))
    load_studies(folder=place)


GAME = {
    "format": "ccsim game", "version": 1, "ccsim": "1.0", "scenario": "no-such-scenario", "seed": 3, "player": "Ada",
    "choices": [{"start": ["training"], "stop": [], "expected": {"csat": 70.0}, "answers": ["x"]}], "digest": "0" * 64,
}  # fmt: skip


def game_file(chance: random.Random, folder: Path) -> None:
    """Read a saved game, with a sum that fits or not; its scenario does not exist, so that nothing is played."""
    data = {**GAME, "check": _sum_of(GAME)}
    text = mutated(json.dumps(data, indent=1), chance)
    if chance.random() < 0.5:
        with contextlib.suppress(ValueError, RecursionError):
            game = json.loads(text)
            if isinstance(game, dict):
                game.pop("check", None)
                text = json.dumps({**game, "check": _sum_of(game)})
    game_of(encoded(text, chance))


def organisation_folder(chance: random.Random, folder: Path) -> None:
    """Read an organisation's folder of files."""
    place = folder / f"organisation-{os.getpid()}"
    if not place.exists():
        write_template(place)
    files = sorted(path for path in place.iterdir() if path.is_file() and path.suffix in (".toml", ".csv"))
    path = chance.choice(files)
    before = path.read_bytes()
    try:
        path.write_bytes(encoded(mutated(before.decode("utf-8-sig"), chance), chance))
        read_folder(place)
    finally:
        path.write_bytes(before)


WORDS = ("describe", "parameters", "list", "init", "report", "query", "reproduce", "resume", "diff", "--help", "combined", "nothing",
         "no-such", "--set", "programme.budget=8000", "champions.count=1e300", "habit.formation_rate=nan", "turnover.temperament_spread=1e100",
         "--format", "csv", "json", "--weeks", "-5", "0", "1e3", "--seed", "9223372036855", "--out", "x.TOML", "one.toml",
         "SELECT 1", "--", "-", "", "--nonsense", "a=b", "=", "x" * 3000)  # fmt: skip
#: Commands that answer at once; those that run have a value among their options that stops them before a run.
COMMANDS = (["describe"], ["parameters"], ["init"], ["report"], ["query"], ["reproduce"], ["resume"], ["run", "combined", "--weeks", "-1"],
            ["compare", "the-tour", "--seed", "-1"], ["diff", "combined", "nothing", "--weeks", "0"],
            ["game"], ["org"], ["sensitivity", "combined", "--weeks", "0"], [])  # fmt: skip


def command_line(chance: random.Random, folder: Path) -> None:
    """Give a command line; its exit status is 0, or its message is on the error stream."""
    from ccsim.cli.main import main

    words = [*chance.choice(COMMANDS), *chance.choices(WORDS, k=chance.randint(0, 4))]
    words = [word if chance.random() < 0.8 else sign(word, chance) for word in words]
    out, errors, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["ccsim", *words]
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            main()
    except SystemExit as end:
        if end.code:
            message = errors.getvalue() or out.getvalue()
            if not message.strip() or "Traceback" in message:
                raise SilentlyWrong(f"{shlex.join(words)}: status {end.code}: {message[:200]}") from None
            raise CcsimError(message) from None
    finally:
        sys.argv = before


#: Kinds of input, and how often each is drawn.
KINDS: dict[str, tuple[Callable[[random.Random, Path], None], int]] = {
    "scenario": (scenario_file, 5), "experiment": (experiment_file, 3), "claim": (claim_file, 1), "fact": (fact_file, 1),
    "game": (game_file, 4), "organisation": (organisation_folder, 1), "command line": (command_line, 2),
}  # fmt: skip


def readable(message: str) -> bool:
    """Return whether a message is one that people can read: letters only, not empty, no longer than a page."""
    plain = message.replace("\n", "").replace("\t", "")
    return bool(plain.strip()) and len(message) <= PAGE and plain.isprintable()


def answer(kind: str, number: int, seed: int, folder: Path, count: Count) -> None:
    """Give one input and count the answer; the same seed and number give the same input."""
    chance = random.Random(f"{seed}-{kind}-{number}")
    try:
        KINDS[kind][0](chance, folder)
        count.accepted += 1
    except SilentlyWrong as error:
        count.silent_wrong += 1
        count.faults.append((f"{kind} {number}", f"silent-wrong: {error}"[:400]))
    except CcsimError as error:
        if readable(str(error)):
            count.clear += 1
        else:
            count.traceback += 1
            count.faults.append((f"{kind} {number}", f"unreadable message: {str(error)!r}"[:400]))
    except Exception as error:  # noqa: BLE001 what this looks for
        count.traceback += 1
        last = error.__traceback__
        while last and last.tb_next:
            last = last.tb_next
        place = f"{Path(last.tb_frame.f_code.co_filename).name}:{last.tb_lineno}" if last else ""
        count.faults.append((f"{kind} {number}", f"{type(error).__name__} at {place}: {error!r}"[:400]))


def fuzzed(
    inputs: int,
    seed: int,
    folder: Path,
    kinds: tuple[str, ...] = tuple(KINDS),
    *,
    first: int = 0,
    seconds: float = math.inf,
) -> dict[str, Count]:
    """Give a number of inputs, spread over the kinds, and count the answers.

    Args:
        inputs: how many inputs the seed draws.
        seed: of the inputs; the same seed and number give the same input.
        folder: where files are written.
        kinds: what to try.
        first: number of the first input to give; those before it are left out.
        seconds: after which no further input is given.

    Returns:
        The counts by kind, of the inputs that were given.
    """
    until = time.monotonic() + seconds
    chance = random.Random(seed)
    counts = {kind: Count() for kind in kinds}
    drawn = chance.choices(kinds, [KINDS[kind][1] for kind in kinds], k=inputs)
    for number, kind in enumerate(drawn[first:], first):
        if time.monotonic() > until:
            break
        answer(kind, number, seed, folder, counts[kind])
    return counts
