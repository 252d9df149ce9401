"""A game is a scenario, a seed and choices; what a manager sees is late and partial."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

from ccsim.errors import InputError
from ccsim.game.catalogue import catalogue
from ccsim.game.game import Choice, Game, events_of, play_through
from ccsim.model.settings import all_parameters
from ccsim.scenarios.scenario import Intervention, load_scenario
from ccsim.simulation.simulation import Simulation, simulate

BUSY = Choice(("improvement-time", "meet-customers", "write-routines"))


def seed_with(event: str) -> int:
    return next(seed for seed in range(100) if event in events_of(seed, catalogue()))


def seed_without_events() -> int:
    return next(seed for seed in range(1000) if not events_of(seed, catalogue()))


def in_force(game: Game, key: str) -> float:
    group, name = key.split(".")
    return getattr(getattr(game.simulation.state.settings, group), name)


def test_doing_nothing_without_events_is_the_scenario_nothing():
    seed = seed_without_events()
    game = play_through([Choice()] * 12, seed)
    ordinary = simulate("nothing", seed)
    for name, values in game.kpis().items():
        assert np.array_equal(values, ordinary.kpis[name], equal_nan=True), name


def test_a_game_is_what_the_same_levers_make_as_a_scenario():
    game = play_through([BUSY, Choice(("widen-rights",))], 3)
    run = Simulation(load_scenario("nothing"), 3)
    for week in range(26):
        if week == 0:
            levers = {"programme.budget": 6400.0, "programme.top_down_share": 0.0, "programme.improvement": 0.5}
            run.apply(Intervention({**levers, "programme.immersion": 0.25, "programme.embedding": 0.25}))
        if week == 13:
            run.apply(Intervention.create({"empowerment.rights": 1.0}))
        run.step()
    assert np.array_equal(game.kpis()["csat"][:26], run.kpis()["csat"][:26])
    assert game.kpis()["spend"].sum() > 0


def test_the_same_choices_make_the_same_game_and_another_seed_another():
    games = [play_through([BUSY] + [Choice()] * 3, seed) for seed in (5, 5, 6)]
    assert games[0].digest() == games[1].digest() != games[2].digest()
    assert games[0].seen == games[1].seen


def test_games_on_one_seed_do_not_disturb_each_other():
    one, other = Game(5), Game(5)
    one.play(BUSY)
    other.play(Choice())
    assert other.digest() == play_through([Choice()], 5).digest()


def test_what_is_not_due_yet_is_not_seen():
    game = Game(4)
    first, second = game.play(Choice()), game.play(Choice())
    late = [row.kpi for row in catalogue().rules.report if row.late]
    assert late and all(first.reported[kpi] is None for kpi in late)
    assert second.reported["profit"] == pytest.approx(game.by_quarter("profit")[0])


def test_a_manager_is_shown_the_reported_and_never_the_true_figures_unless_asked_for():
    game = Game(4)
    seen = game.play(Choice())
    assert "csat" not in seen.reported and not seen.shown
    asked = game.play(Choice(("independent-survey",)))
    assert asked.shown["csat"] == pytest.approx(game.by_quarter("csat")[1])
    assert not game.play(Choice()).shown, "one survey is not a habit"


def test_money_is_carried_over_and_attention_is_not():
    game = Game(4)
    rules = catalogue().rules
    seen = game.play(BUSY)
    assert seen.spent == 13 * 6400
    assert game.money == pytest.approx(2 * rules.budget - seen.spent)
    assert game.bill(Choice())[1] == 1, "upkeep of what runs"


def test_the_purse_is_empty_or_better_after_the_last_quarter():
    game = play_through([Choice()] * 12, 1)
    assert game.over and game.money == 12 * catalogue().rules.budget


def test_what_the_game_books_lowers_the_profit_and_nothing_twice():
    free, dear = play_through([Choice()], 8), play_through([Choice(("shared-record",))], 8)
    model = float(dear.kpis()["profit"].mean())
    assert dear.by_quarter("profit")[0] == pytest.approx(model - 90000 / 13 - 1000)
    assert dear.by_quarter("cost")[0] == pytest.approx(float(dear.kpis()["cost"].mean()) + 90000 / 13 + 1000)
    assert free.by_quarter("profit")[0] == float(free.kpis()["profit"].mean())
    programme = play_through([BUSY], 8)
    assert programme.by_quarter("profit")[0] == float(programme.kpis()["profit"].mean()), "the model books it"


def test_a_move_that_is_stopped_leaves_the_levers_as_they_were():
    game = play_through([Choice(("widen-rights", "announce"))], 2)
    assert in_force(game, "empowerment.rights") == 1.0
    game.play(Choice(stop=("widen-rights", "announce")))
    assert in_force(game, "empowerment.rights") == all_parameters()["empowerment.rights"].default
    assert in_force(game, "programme.budget") == 0.0
    assert not game.running


def test_a_later_move_ends_an_earlier_one_that_sets_the_same_lever():
    game = play_through([Choice(("hero",)), Choice(("champion-network",))], 2)
    assert game.running == {"champion-network": 1}
    assert in_force(game, "champions.count") == 5


def test_the_sponsor_takes_what_was_won_along_and_the_game_says_so():
    seed = seed_with("sponsor-leaves")
    when = events_of(seed, catalogue())["sponsor-leaves"]
    game = play_through([Choice(("win-executive",))] + [Choice()] * when, seed)
    assert "win-executive" not in game.running
    assert any("executive leaves" in line for line in game.seen[when].news)
    assert any("Win over the executive" in line for line in game.seen[when].news)
    assert in_force(game, "leadership.executive_disposition") == 0.2
    game.play(Choice(("win-executive",)))
    assert in_force(game, "leadership.executive_disposition") == 0.8, "the successor can be won over too"


def test_a_surge_ends_after_its_time():
    seed = seed_with("surge")
    when = events_of(seed, catalogue())["surge"]
    game = play_through([Choice()] * (when + 2), seed)
    assert in_force(game, "demand.surge") == 1.2
    game.play(Choice())
    assert in_force(game, "demand.surge") == 1.0


def test_events_come_by_the_seed_as_often_as_declared_and_in_their_window():
    rules = catalogue()
    drawn = [events_of(seed, rules) for seed in range(2000)]
    for row in rules.events.values():
        quarters = [events[row.name] + 1 for events in drawn if row.name in events]
        error = np.sqrt(row.chance * (1 - row.chance) / len(drawn))
        assert abs(len(quarters) / len(drawn) - row.chance) < 4 * error, row.name
        assert set(quarters) == set(range(row.first, row.last + 1)), row.name


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (Choice(("anounce",)), "did you mean 'announce'"),
        (Choice(stop=("announce",)), "is not running"),
        (Choice(("announce", "announce")), "twice"),
        (Choice(("hero", "champion-network")), "exclude each other"),
        (Choice(("executive-journeys", "heads-journeys", "coach-leaders")), "9 points of attention; you have 8"),
        (Choice(("shared-record", "improvement-time")), "EUR 110,000 is left"),
        (Choice(expected={"csat": 80}), "predicted KPI"),
        (Choice(expected={"reported_csat": float("nan")}), "must be a number, got nan"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused_and_nothing_happens(choice, text):
    game = Game(1)
    with pytest.raises(InputError, match=text):
        game.play(choice)
    assert game.quarter == 0 and game.simulation.week == -1


def test_a_finished_game_takes_no_more_choices():
    game = play_through([Choice()] * 12, 1)
    with pytest.raises(InputError, match="is over"):
        game.play(Choice())


def test_a_running_move_is_not_started_again():
    game = play_through([BUSY], 1)
    with pytest.raises(InputError, match="is already running"):
        game.play(BUSY)


def test_an_unknown_scenario_or_seed_is_refused():
    with pytest.raises(InputError):
        Game(1, "nothin")
    with pytest.raises(InputError):
        Game(-1)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda game: pickle.loads(pickle.dumps(game))])
def test_a_copied_game_goes_on_as_the_unbroken_game(way: Callable[[Game], Game]) -> None:
    first = next(iter(catalogue().moves))
    unbroken, game = Game(2), Game(2)
    for one in (unbroken, game):
        one.play(Choice(start=(first,)))
    twin = way(game)
    twin.play(Choice(stop=(first,)))
    assert game.quarter == 1 and first in game.running, "the copy plays in the original"
    for one in (unbroken, game):
        one.play(Choice(stop=(first,)))
    assert twin.digest() == game.digest() == unbroken.digest()
    assert repr(twin.seen) == repr(game.seen) == repr(unbroken.seen)
