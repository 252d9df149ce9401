"""What Mesa promises to people who write their own agents, collectors and models holds beside ours."""

import inspect
from typing import Any

import mesa
import pytest
from mesa.batchrunner import batch_run
from tests.conftest import SMALL

from ccsim import Customer, Employee, InputError, Leader, Organisation

VARIES_RNG = "rng" in inspect.signature(batch_run).parameters


class Adviser(mesa.Agent):
    """A user's own agent, which talks to one employee a week."""

    def step(self) -> None:
        person = self.model.employee(int(self.random.random() * 24))
        if person is not None:
            person.conviction = min(1.0, person.conviction + 0.01)


class Advised(Organisation):
    """A user's own model: ours, with agents and a collector of the user's."""

    def __init__(self, rng: Any = 0, advisers: int = 2) -> None:
        super().__init__("nothing", rng=rng, weeks=4, levers=SMALL)
        Adviser.create_agents(self, advisers)
        self.datacollector = mesa.DataCollector(
            model_reporters={"week": "week", "csat": lambda one: float(one.kpis["csat"].iloc[-1])},
            agent_reporters={"conviction": lambda agent: getattr(agent, "conviction", None)},
            agenttype_reporters={Employee: {"habit": "habit"}, Adviser: {"id": "unique_id"}},
        )

    def step(self) -> None:
        self.agents_by_type[Adviser].shuffle_do("step")
        super().step()
        self.datacollector.collect(self)


@pytest.fixture
def org(small: dict) -> Organisation:
    return Organisation("nothing", rng=7, weeks=8, levers=small)


def test_ids_are_unique_whatever_agents_come_when(small: dict) -> None:
    churning = {**small, "turnover.quit_probability": 0.3, "turnover.vacancy_weeks": 0}
    org = Organisation("nothing", rng=5, weeks=9, levers=churning)
    mine = [Adviser(org)]
    while org.running:
        mine += Adviser.create_agents(org, 5)
        assert len({agent.unique_id for agent in org.agents}) == len(org.agents)
        mine.append(Adviser(org))
        org.step()
    assert len({agent.unique_id for agent in mine}) == len(mine)
    assert set(mine) == set(org.agents_by_type[Adviser])


def test_a_users_own_ids_count_from_one_and_do_not_depend_on_when_agents_are_read(small: dict) -> None:
    ids = []
    for read in (False, True):
        org = Organisation("nothing", rng=5, weeks=3, levers=small)
        first = Adviser(org)
        if read:
            org.agents.get("unique_id")
        org.step()
        second = Adviser(org)
        ids.append((first.unique_id, second.unique_id))
    assert ids == [(1, 2), (1, 2)]


def test_a_users_agents_come_and_go_as_mesa_says(org: Organisation) -> None:
    mine = Adviser(org)
    assert mine in org.agents and Adviser in org.agent_types
    mine.remove()
    mine.remove()
    assert mine not in org.agents and len(org.agents_by_type[Adviser]) == 0


@pytest.mark.parametrize("kind", [Employee, Leader, Customer])
def test_a_person_cannot_be_removed_by_any_way_of_mesas(kind: type, org: Organisation) -> None:
    org.step()
    before = list(org.agents)
    person: Any = next(iter(org.agents_by_type[kind]))
    for way in (person.remove, lambda: org.deregister_agent(person), lambda: org.agents_by_type[kind].do("remove"),
                org.remove_all_agents):  # fmt: skip
        with pytest.raises(InputError, match="cannot be removed: it represents a person"):
            way()
    assert list(org.agents) == before and person in org.agents_by_type[kind]


def test_a_person_taken_out_of_mesas_own_sets_comes_back(org: Organisation) -> None:
    mine = Adviser(org)
    count, person = len(org.agents), org.employee(3)
    for way in (
        lambda: org.agents.remove(person),
        lambda: org.agents.discard(person),
        lambda: org.agents.select(lambda agent: isinstance(agent, Customer), inplace=True),
        lambda: org.agents_by_type[Employee].remove(person),
        lambda: org.agents_by_type[Employee].select(lambda agent: agent.row > 5, inplace=True),
    ):
        way()
        assert org.employee(3) is person
        assert person in org.agents and person in org.agents_by_type[Employee] and mine in org.agents
        assert len(org.agents) == count


def test_a_person_who_left_has_no_agent_and_removing_the_old_one_changes_nothing(small: dict) -> None:
    org = Organisation(
        "nothing", rng=5, weeks=9, levers={**small, "turnover.quit_probability": 0.3, "turnover.vacancy_weeks": 0}
    )
    before = list(org.agents_by_type[Employee])
    org.run()
    gone = [person for person in before if org.employee(person.row) is not person]
    assert gone
    for person in gone:
        person.remove()
        assert person not in org.agents
        successor = org.employee(person.row)
        assert successor is None or successor in org.agents


def test_a_users_model_with_agents_and_collectors_lives(small: dict) -> None:
    org = Advised(rng=2)
    org.run()
    frame = org.datacollector.get_model_vars_dataframe()
    assert frame["week"].tolist() == [0, 1, 2, 3] and frame["csat"].tolist() == org.kpis["csat"].tolist()
    people = org.datacollector.get_agent_vars_dataframe()
    assert people.index.is_unique
    assert set(org.datacollector.get_agenttype_vars_dataframe(Adviser)["id"]) == {1, 2}
    plain = Organisation("nothing", rng=2, weeks=4, levers=small).run()
    assert org.kpis["conviction"].iloc[-1] > plain.kpis["conviction"].iloc[-1]
    again = Advised(rng=2).run()
    assert again.kpis.equals(org.kpis)


def test_replicates_of_batch_run_differ() -> None:
    how: dict[str, Any] = {"rng": range(3)} if VARIES_RNG else {}
    seeds: dict[str, Any] = {} if VARIES_RNG else {"rng": range(3)}
    rows = batch_run(Advised, {"advisers": [1, 2], **seeds}, display_progress=False, **how)
    ends = {(row["rng"], row["advisers"]): row["csat"] for row in rows}
    assert len(ends) == 6 and len({ends[seed, 1] for seed in range(3)}) == 3


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("parameters", [{}, {"rng": 5}])
def test_batch_run_says_that_rng_must_be_varied_rather_than_repeat_a_run(parameters: dict) -> None:
    with pytest.raises(InputError, match=r"rng=range\(10\)"):
        batch_run(Advised, parameters, iterations=3, display_progress=False)


@pytest.mark.skipif(VARIES_RNG, reason="Mesa 3.5 always gives a seed, None if there is none")
def test_one_run_of_each_combination_needs_no_seed() -> None:
    rows = batch_run(Advised, {"advisers": [1, 2]}, display_progress=False)
    assert {row["advisers"] for row in rows} == {1, 2}


def test_parts_of_mesas_library_take_our_people(org: Organisation) -> None:
    grid = mesa.space.MultiGrid(5, 5, torus=False)
    person = org.employee(2)
    grid.place_agent(person, (1, 1))
    assert person.pos == (1, 1) and grid.get_cell_list_contents([(1, 1)]) == [person]
    org.run()
    with pytest.raises(InputError, match=r"set at founding"):
        person.department = 1
