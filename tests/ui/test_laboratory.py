"""A run in the laboratory is the run that the command line does, and what a move did is told from its twin."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

pytest.importorskip("solara")

from ccsim.analysis.comparison import compare
from ccsim.errors import InputError
from ccsim.scenarios.scenario import load
from ccsim.simulation.simulation import replicate_seed
from ccsim.simulation.simulation import simulate as lived
from ccsim.ui.address import Settings, settings_of
from ccsim.ui.cause import words
from ccsim.ui.course import ABSENT, NOT_YET, TIPPED, Decision, People
from ccsim.ui.exports import from_toml, report_html, scenario_toml, weeks_csv
from ccsim.ui.laboratory import InteractiveRun
from ccsim.ui.last_choice import last_choice
from ccsim.ui.replicates import as_experiment, banded, replicated
from ccsim.ui.sitting import Session


def simulate(scenario, seed, weeks):
    """Do what ``ccsim run --seed`` does."""
    return lived(scenario, replicate_seed(seed, 0), weeks)


def same(mine, theirs):
    return all(np.array_equal(mine[name], theirs[name], equal_nan=True) for name in theirs)


@pytest.mark.parametrize("name", ["nothing", "top-down", "hero-leaves"])
def test_the_run_is_the_scenarios(small, name):
    small = {**small, "word_of_mouth.reach": 2}
    laboratory = InteractiveRun(load(name), small, seed=3, horizon=60)
    laboratory.step(999)
    run = simulate(load(name).with_values(small), 3, 60)
    assert same(laboratory.course().kpis, run.kpis)
    assert laboratory.course().weeks == 60, "nothing is lived beyond the horizon"


def test_a_run_with_decisions_is_a_scenario_that_gives_the_same_numbers(small):
    laboratory = InteractiveRun(load("hero-leaves"), small, seed=5, horizon=60)
    laboratory.move({"programme.budget": 700.0})
    laboratory.step(8)
    laboratory.move({"empowerment.rights": 0.4})
    laboratory.move({"empowerment.rights": 0.5, "programme.budget": 0.0})
    laboratory.step(44)
    laboratory.move({"champions.count": 3})  # the scenario's own move of this week has the last word
    laboratory.step(60)
    file = laboratory.scenario()
    assert same(simulate(file, 5, 60).kpis, laboratory.course().kpis)
    again = InteractiveRun(load("hero-leaves"), laboratory.changed, laboratory.decisions, 5, 60)
    again.step(60)
    assert same(again.course().kpis, laboratory.course().kpis)


def test_the_file_that_is_taken_away_comes_back_as_the_same_run(small):
    sitting = Session(Settings("top-down", dict(small), [], 4, 20))
    sitting.laboratory.step(3)
    sitting.put("staffing.cut", 0.1)
    sitting.laboratory.step(20)
    scenario, seed, weeks = from_toml(scenario_toml(sitting.present()).encode())
    assert (seed, weeks) == (4, 20)
    assert same(simulate(scenario, 4, 20).kpis, sitting.course().kpis)
    assert "# seed: 4" in weeks_csv(sitting.present())
    assert "Staffing cut = 0.1" in report_html(sitting.present(), sitting.baseline(), "")
    link = settings_of(sitting.link())
    other = Session(link)
    other.laboratory.step(20)
    assert same(other.course().kpis, sitting.course().kpis)


def test_the_twin_is_the_run_without_the_move(small):
    laboratory = InteractiveRun(load("nothing"), small, seed=2, horizon=40)
    laboratory.step(5)
    laboratory.move({"programme.budget": 3000.0})
    laboratory.step(20)
    (told,) = laboratory.told()
    assert (told.week, told.living, told.seen) == (5, True, 24)
    plain = simulate(load("nothing").with_values(small), 2, 25)
    spend = next(effect for effect in told.effects if effect.kpi == "spend")
    assert spend.without == 0.0 and plain.kpis["spend"].sum() == 0.0
    assert "Programme spending +" in words(spend)
    conviction = laboratory.course().drawn("csat")[-1] - laboratory.baseline().drawn("csat")[24]
    for effect in told.effects:
        if effect.kpi == "csat":
            assert effect.difference == pytest.approx(conviction)


def test_a_move_that_changes_nothing_is_told_to_change_nothing(small):
    laboratory = InteractiveRun(load("nothing"), small, seed=2, horizon=40)
    laboratory.step(3)
    laboratory.move({"programme.top_down_share": 0.9})  # of a budget of nothing
    laboratory.step(20)
    assert laboratory.told()[0].effects == ()


def test_effects_of_an_earlier_move_stay_as_they_were_when_the_next_was_made(small):
    laboratory = InteractiveRun(load("nothing"), small, seed=2, horizon=40)
    laboratory.step(2)
    laboratory.move({"programme.budget": 3000.0})
    laboratory.step(10)
    first = laboratory.told()[0].effects
    laboratory.move({"programme.budget": 0.0})
    laboratory.step(10)
    assert laboratory.told()[0].effects == first and not laboratory.told()[0].living


def test_the_last_choice_is_the_one_that_was_made(small):
    """Lived again in plain Python, a week's choices sum up to what the compiled week has counted."""
    laboratory = InteractiveRun(load("hero"), small, seed=6, horizon=20)
    laboratory.step(4)
    before, now = laboratory.worlds()
    staff = now.populations.staff
    for row in range(len(staff.handled)):
        choice = last_choice(before.copy(), row)
        assert (choice is None) == (staff.handled[row] == 0)
        if choice is not None:
            terms = choice.terms(choice.option)
            assert sum(value for name, value in terms.items() if name != "total") == pytest.approx(terms["total"])
            if choice.option == 2:
                assert staff.solved[row] > 0


def test_people_and_customers_are_all_there(small):
    laboratory = InteractiveRun(load("hero"), small, seed=6, horizon=20)
    laboratory.step(3)
    _, world = laboratory.worlds()
    for by in ("conviction", "judgement", "fatigue"):
        people = People.of(world, by)
        assert sum(map(sum, people.crowd)) == laboratory.course().kpis["active"][-1]
        assert len(people.value) == small["organisation.staff"] and max(people.value) <= 100
    assert sum(people.champion) == 1


def test_who_tipped_when_is_a_week_or_not_yet(small):
    laboratory = InteractiveRun(load("combined"), small, seed=6, horizon=60)
    laboratory.step(50)
    _, world = laboratory.worlds()
    value, tipped = People.of(world, TIPPED).value, world.populations.staff.tipped_week
    present = [row for row in range(len(value)) if value[row] != ABSENT]
    assert {value[row] == NOT_YET for row in present} == {True, False}, "some have, and some have not"
    assert all(value[row] == (NOT_YET if tipped[row] == -1 else max(0, tipped[row])) for row in present)
    assert max(value) <= 49


def test_sizes_wait_and_levers_act(small):
    sitting = Session(Settings("nothing", dict(small), [], 1, 30))
    sitting.laboratory.step(2)
    sitting.put("organisation.span", 5)
    sitting.put("programme.budget", 500)
    assert sitting.pending() == ["organisation.span"]
    assert sitting.values()["organisation.span"] == 5 and sitting.values()["programme.budget"] == 500.0
    sitting.again()
    assert sitting.pending() == [] and [kept.course.title for kept in sitting.kept] == ["Run 1: Doing nothing"]
    assert sitting.laboratory.changed["programme.budget"] == 500.0
    sitting.again(wanted={})
    assert sitting.values() == {}


@pytest.mark.parametrize("value", [None, "many", 1e9, float("nan"), float("inf"), -1, True, [1], {}])
def test_values_from_a_browser_are_checked(small, value):
    sitting = Session(Settings("nothing", dict(small), [], 1, 30))
    with pytest.raises(InputError):
        sitting.put("empowerment.rights", value)
    with pytest.raises(InputError):
        sitting.put(value, 0.5)
    assert sitting.changed() == sorted(small)


def test_a_run_that_cannot_be_founded_leaves_the_present_one(small):
    sitting = Session(Settings("nothing", dict(small), [], 1, 30))
    sitting.laboratory.step(2)
    with pytest.raises(InputError):
        sitting.again(wanted={**small, "organisation.staff": 2})
    assert sitting.laboratory.weeks == 2


def test_a_run_that_is_over_takes_no_move(small):
    laboratory = InteractiveRun(load("nothing"), small, horizon=4)
    laboratory.step(4)
    with pytest.raises(InputError, match="the run is over"):
        laboratory.move({"programme.budget": 5.0})


def test_decisions_of_a_link_are_made_in_their_week(small):
    laboratory = InteractiveRun(load("nothing"), small, [Decision(3, {"programme.budget": 900.0})], 1, 10)
    laboratory.step(10)
    spend = laboratory.course().kpis["spend"]
    assert (spend[:3] == 0).all() and (spend[3:] > 0).all()
    assert laboratory.told()[0].week == 3


def test_replicates_are_those_of_the_batch(small):
    runs = []
    for name in ("nothing", "top-down"):
        sitting = Session(Settings(name, dict(small), [], 11, 16))
        sitting.laboratory.step(16)
        runs.append(sitting.present())
    experiment = as_experiment(runs, 4)
    one, other = compare(experiment, workers=1), compare(as_experiment(runs, 4), workers=2)
    assert one.table().equals(other.table())
    lines = banded(one, runs)
    assert (lines[1].high["csat"] >= lines[1].values["csat"]).all()
    assert np.array_equal(
        one.final_values("csat", "run-1")[1][0], simulate(runs[0].scenario, 11, 16).summaries([15]).kpis["csat"][0]
    )


def test_a_batch_that_nobody_waits_for_stops(small):
    from ccsim.ui.replicates import Away

    sitting = Session(Settings("nothing", dict(small), [], 1, 16))
    sitting.laboratory.step(1)
    gone = threading.Event()
    gone.set()
    with pytest.raises(Away):
        replicated([sitting.present()], lambda done, planned: None, gone)


def test_a_person_is_told_whoever_is_chosen_next(small):
    import solara

    from ccsim.ui.panels import Person

    laboratory = InteractiveRun(load("hero"), small, seed=6, horizon=20)
    laboratory.step(3)
    chosen, playing = solara.reactive(-1), solara.reactive(False)
    _, rc = solara.render(Person(laboratory, chosen, 0, playing), handle_error=False)

    def said() -> str:
        return " ".join(str(one.get_state()) for one in rc.find().widgets)

    for row, plays, wanted in ((3, False, "chance"), (3, True, "Pause"), (4, False, "chance"), (-1, False, "Click")):
        playing.set(plays)
        chosen.set(row)
        # The week is lived again in a thread of its own.
        for _ in range(600):
            if wanted in said():
                break
            time.sleep(0.1)
        assert wanted in said()
    rc.close()
