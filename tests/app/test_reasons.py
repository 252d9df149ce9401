"""What server and engine say in English is read by the pages, which tell it in the visitor's language."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import ccsim

ROOT = Path(ccsim.__file__).parent
WEB = Path(__file__).parents[2] / "web" / "src"
pytestmark = pytest.mark.skipif(not WEB.is_dir(), reason="the sources of the pages are not here")

#: Files whose messages reach a page, and functions in them whose messages go to the terminal or are caught on the way.
FILES = {
    "app/class_requests.py": set(), "app/class_room.py": set(), "app/class_service.py": set(), "app/replay.py": set(),
    "app/own_organisation.py": {"_scenario"}, "game/class_rules.py": set(),
    "game/save_file.py": {"write_game", "read_game", "game_of"}, "game/game.py": set(), "organisations/layout.py": {"_settings"},
}  # fmt: skip
#: Codes of refusals that the pages tell in words of their own.
CODES = {"busy", "closed", "full", "guesses", "key", "player", "secret", "unknown", "host", "origin"}
ERRORS = {"InputError", "RefusedError", "ValueError", "told", "UnknownNameError"}
WORD = re.compile(r"\{[^{}]*\}")


def _catalogue(language: str) -> dict[str, str]:
    found = json.loads((WEB / "words" / f"{language}.json").read_text(encoding="utf-8"))
    return {key: text for key, text in found.items() if key.startswith("reason.")}


def _sample(node: ast.expr) -> list[str]:
    """Return texts that an expression gives, an x for each value in it."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(part.value if isinstance(part, ast.Constant) else _filled(part) for part in parts)]  # type: ignore[misc]
        case ast.IfExp(body=one, orelse=other):
            return _sample(one) + _sample(other)
    return []


def _filled(part: ast.expr) -> str:
    """Return what stands for a value in a text; an amount is written after the word for money."""
    match part:
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="amount"))):
            return "EUR x"
    return "x"


def _messages(path: Path, but: set[str]) -> dict[str, int]:
    """Return what a file raises, answers or returns as a reason, with its lines."""
    found: dict[str, int] = {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name not in but):
        for node in ast.walk(function):
            if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
                continue
            called = node.exc.func.id if isinstance(node.exc.func, ast.Name) else ""
            arguments = node.exc.args
            if called == "UnknownNameError" and isinstance(arguments[0], ast.Constant):
                found[f"no {arguments[0].value} is called 'x' (did you mean 'y'?)"] = node.lineno
            elif called == "InputError":
                found |= dict.fromkeys(_sample(arguments[0]), node.lineno)
            elif (
                called == "RefusedError" and isinstance(arguments[1], ast.Constant) and arguments[1].value not in CODES
            ):
                found |= dict.fromkeys(_sample(arguments[2]), node.lineno)
    return found


def _unread(messages: dict[str, int], language: str = "en") -> list[str]:
    patterns = [re.compile("(.+?)".join(map(re.escape, WORD.split(text)))) for text in _catalogue(language).values()]
    return [text for text in messages if not any(pattern.fullmatch(text) for pattern in patterns)]


@pytest.mark.parametrize("file", FILES)
def test_every_reason_of_the_server_is_in_the_catalogue(file: str) -> None:
    messages = _messages(ROOT / file, FILES[file])
    assert messages
    # "name: problem" is put together of what has sentences of its own.
    assert [text for text in _unread(messages) if text != "x: x"] == []


def test_every_refusal_of_a_request_is_in_the_catalogue() -> None:
    tree = ast.parse((ROOT / "app" / "server.py").read_text(encoding="utf-8"))
    found: dict[str, int] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="RefusedError"), args=[_, ast.Constant(value=code), text]) if code != "host":
                found |= dict.fromkeys(_sample(text), node.lineno)
    assert len(found) > 5
    assert [text for text in _unread(found) if text != "requests of other pages are not answered"] == []


def _template(text: str) -> list[str]:
    """Return the texts of a template or a text that begins here, an x for each value in it."""
    quote, depth, made = text[0], 0, [""]
    for place in range(1, len(text)):
        if text.startswith("${", place) and not depth:
            # A choice between two texts gives both.
            choice = re.match(r'\$\{\w+ \? "([^"]*)" : "([^"]*)"\}', text[place:])
            made = [f"{each}{part}" for each in made for part in (choice.groups() if choice else ("x",))]
        if text[place] == "{" and (depth or text[place - 1] == "$"):
            depth += 1
        elif text[place] == "}" and depth:
            depth -= 1
        elif not depth and text[place] == quote:
            return made
        elif not depth and not (text[place] == "$" and text[place + 1] == "{"):
            made = [each + text[place] for each in made]
    return made


def test_every_reason_of_the_engine_is_in_the_catalogue() -> None:
    found: dict[str, int] = {}
    for name in ("index", "settings", "initialisation"):
        text = (WEB / "engine" / f"{name}.ts").read_text(encoding="utf-8")
        for start in (hit.end() for hit in re.finditer(r"new InputError\((?:why\(answer\) \|\| )?(?=[`\"])", text)):
            for message in _template(text[start:]):
                found[message] = text[:start].count("\n") + 1
    assert len(found) > 5
    assert _unread(found) == []


def test_german_says_every_reason_in_other_words() -> None:
    english, german = _catalogue("en"), _catalogue("de")
    assert [key for key, text in english.items() if german[key] == text] == []
