import gc
import weakref

import mesa
import pytest

from ccsim import Customer, Employee, InputError, Leader, Organisation, simulate


@pytest.fixture
def org(small: dict) -> Organisation:
    return Organisation("nothing", rng=7, weeks=8, levers=small)


def test_an_organisation_is_a_mesa_model_of_mesa_agents(org: Organisation) -> None:
    assert isinstance(org, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) for agent in org.agents)
    assert set(org.agents_by_type) == {Employee, Leader, Customer} == set(org.agent_types)
    assert len(org.agents_by_type[Employee]) == 24
    assert len({agent.unique_id for agent in org.agents}) == len(org.agents)


def test_steps_are_weeks_and_end_at_the_horizon(org: Organisation) -> None:
    org.step()
    assert (org.week, org.running, len(org.kpis)) == (0, True, 1)
    org.run()
    assert (org.week, org.running, len(org.kpis)) == (7, False, 8)
    org.step()
    assert org.week == 7


def test_the_model_and_a_plain_run_agree(org: Organisation, small: dict) -> None:
    run = simulate(org.plan, 7, 8)
    assert (org.run().kpis["csat"].to_numpy() == run.kpis["csat"]).all()
    assert org.kpis_by("department").index.names == ["week", "department"]


def test_mesas_own_tools_work(org: Organisation) -> None:
    staff = org.agents_by_type[Employee]
    convinced = staff.select(lambda person: person.conviction > 0.5)
    assert all(person.conviction > 0.5 for person in convinced)
    assert staff.agg("conviction", max) == org.world.state.staff.conviction.max()
    groups = staff.groupby("department")
    assert sum(len(group) for _, group in groups) == len(staff)
    staff.set("conviction", 1.0)
    assert (org.world.state.staff.conviction == 1.0).all()


def test_attributes_read_and_write_the_columns_and_are_checked(org: Organisation) -> None:
    person = org.agents_by_type[Employee][3]
    person.habit = 0.75
    assert org.world.state.staff.habit[person.row] == 0.75 == person.habit
    for wrong in (1.5, float("nan"), "much", True):
        with pytest.raises(InputError, match="habit"):
            person.habit = wrong
    assert "routine to the person" in type(person).habit.__doc__
    assert isinstance(person.leader, Leader)
    assert person.leader.superior.superior.tier == 0
    assert person.leader.superior.superior.superior is None
    assert all(isinstance(colleague, Employee) for colleague in person.colleagues)


def test_people_keep_their_identity_and_newcomers_get_one(small: dict) -> None:
    org = Organisation("nothing", rng=1, weeks=30, levers={**small, "turnover.quitting": 0.1, "turnover.vacancy": 1})
    before = {agent.unique_id: agent for agent in org.agents_by_type[Employee]}
    for _ in range(10):
        org.step()
    after = {agent.unique_id: agent for agent in org.agents_by_type[Employee]}
    assert all(after[key] is before[key] for key in before.keys() & after.keys())
    assert before.keys() - after.keys()
    assert after.keys() - before.keys()


def test_looking_changes_nothing(small: dict) -> None:
    quiet = Organisation("nothing", rng=3, weeks=6, levers=small).run()
    looked = Organisation("nothing", rng=3, weeks=6, levers=small)
    while looked.running:
        looked.step()
        looked.agents.shuffle(inplace=False)
    assert (quiet.kpis["csat"] == looked.kpis["csat"]).all()


def test_a_manager_can_move_levers_in_mid_run(org: Organisation) -> None:
    org.step()
    org.move({"programme.budget": 700}, label="Start")
    org.step()
    assert org.events == [(1, "Start")]
    assert org.kpis["spend"].iloc[0] == 0.0 < org.kpis["spend"].iloc[1] <= 700.0
    with pytest.raises(InputError, match="assumption"):
        org.move({"habit.decay": 0.1})


def test_an_impulse_acts_in_its_week_only(small: dict) -> None:
    org = Organisation("hero", rng=2, weeks=6, levers=small)
    org.step()
    org.move({"champions.leave": 1, "champions.count": 0})
    org.step()
    assert org.settings.champions.leave == 0


@pytest.mark.parametrize("rng", [-1, 2**63, 1.5, "x", None, True])
def test_a_seed_that_cannot_be_used_is_refused(rng: object) -> None:
    with pytest.raises(InputError, match="seed"):
        Organisation("nothing", rng=rng)  # type: ignore[arg-type]


def test_a_discarded_model_is_freed(small: dict) -> None:
    ghosts = []
    for seed in range(20):
        org = Organisation("nothing", rng=seed, weeks=2, levers=small)
        org.agents.get("unique_id")
        ghosts.append(weakref.ref(org))
    del org
    gc.collect()
    assert not [ghost for ghost in ghosts if ghost() is not None]


def test_no_mesa_interface_that_is_on_its_way_out_is_used(small: dict, recwarn: pytest.WarningsRecorder) -> None:
    Organisation("nothing", rng=1, weeks=2, levers=small).run().agents.get("unique_id")
    assert not [w for w in recwarn if issubclass(w.category, (FutureWarning, DeprecationWarning))]
