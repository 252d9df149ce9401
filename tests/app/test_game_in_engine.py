"""A game played in the browser is the game that Python plays: the same choices have the same fingerprint."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ccsim.app import build_engine
from ccsim.engine.jit import PLAIN
from ccsim.errors import InputError
from ccsim.game.catalogue import Catalogue, catalogue
from ccsim.game.class_rules import Terms
from ccsim.game.game import Choice, Game, play_through
from ccsim.game.save_file import game_of, text_of

pytestmark = [
    pytest.mark.skipif(PLAIN, reason="a game of the whole organisation takes minutes uncompiled"),
    pytest.mark.skipif(
        any(fault.startswith("engine.wasm is older") for fault in build_engine.faults()),
        reason="the shipped engine is older than the kernels, which another test tells",
    ),
]

Answers = Callable[[list[dict[str, Any]]], list[Any]]


def _played(seed: int, quarters: int) -> Game:
    """Play at random: each quarter some moves that can be made are started, and some that run are stopped."""
    chance, game = random.Random(seed), Game(seed)
    for _ in range(quarters):
        choice = Choice(stop=tuple(name for name in game.running if chance.random() < 0.2))
        for name in chance.sample(sorted(catalogue().moves), 12):
            more = replace(choice, start=(*choice.start, name))
            try:
                game.check(more)
            except InputError:
                continue
            choice = more
        try:
            game.play(choice)
        except InputError:  # what runs costs more than there is
            game.play(Choice(stop=tuple(game.running)))
    return game


def _digest(series: dict[str, str]) -> str:
    """Return the fingerprint of a game's figures, as :meth:`ccsim.game.game.Game.digest` makes it."""
    mark = hashlib.sha256()
    for name, values in sorted(series.items()):
        mark.update(name.encode())
        mark.update(bytes.fromhex(values))
    return mark.hexdigest()


def _differing(games: list[Game], in_node: Answers) -> list[int]:
    asked = [
        {
            "way": "game",
            "scenario": game.scenario,
            "seed": game.seed,
            "choices": [{"start": choice.start, "stop": choice.stop} for choice in game.choices],
        }
        for game in games
    ]
    answers = in_node(asked)
    assert not [answer for answer in answers if "error" in answer]
    return [
        game.seed for game, answer in zip(games, answers, strict=True) if _digest(answer["series"]) != game.digest()
    ]


def test_random_games_have_the_fingerprint_that_python_gives_them(in_node: Answers) -> None:
    games = [_played(seed, 12) for seed in range(5)]
    assert sum(len(choice.start) for game in games for choice in game.choices) > 50
    assert _differing(games, in_node) == []


@pytest.mark.slow
def test_two_hundred_random_games_have_the_fingerprint_that_python_gives_them(in_node: Answers) -> None:
    assert _differing([_played(seed, 12) for seed in range(1000, 1200)], in_node) == []


@pytest.mark.slow
def test_fifty_saved_games_are_read_back_and_have_the_same_fingerprint_in_both(in_node: Answers) -> None:
    """Games of six quarters and twelve, from their files, with what Python says of them."""
    games = []
    for seed in range(2000, 2050):
        played = _played(seed, 6)
        terms = Terms(quarters=6) if seed % 2 else Terms()
        whole = play_through(played.choices, seed, terms=terms)
        again = game_of(text_of(whole).encode())
        assert again.same
        games.append(again.game)
    assert _differing(games, in_node) == []


def test_the_rules_that_the_pages_know_are_the_games_own() -> None:
    rules: Catalogue = catalogue()
    from ccsim.app.model_data import model_data

    data = model_data()
    assert [row["name"] for row in data["moves"]] == list(rules.moves)
    assert data["rules"]["quarters"] == rules.rules.quarters
    assert data["spending"]["budget"] in {row["key"] for row in data["parameters"]}
    assert data["spending"]["share"] in {row["key"] for row in data["parameters"]}
