import gc
import warnings
import weakref

import mesa
import numpy as np
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
    run = simulate(org.scenario_, 7, 8)
    assert (org.run().kpis["csat"].to_numpy() == run.kpis["csat"]).all()
    assert org.kpis_by("department").index.names == ["week", "department"]


def test_mesas_own_tools_work(org: Organisation) -> None:
    staff = org.agents_by_type[Employee]
    convinced = staff.select(lambda person: person.conviction > 0.5)
    assert all(person.conviction > 0.5 for person in convinced)
    assert staff.agg("conviction", max) == org.state.populations.staff.conviction.max()
    groups = staff.groupby("department")
    assert sum(len(group) for _, group in groups) == len(staff)
    staff.set("conviction", 1.0)
    assert (org.state.populations.staff.conviction == 1.0).all()


def test_attributes_read_and_write_the_columns_and_are_checked(org: Organisation) -> None:
    person = org.employee(3)
    person.habit = 0.75
    assert org.state.populations.staff.habit[person.row] == 0.75 == person.habit
    for wrong in (1.5, float("nan"), "much", True):
        with pytest.raises(InputError, match="habit"):
            person.habit = wrong
    assert "habit of the person" in type(person).habit.__doc__
    assert isinstance(person.leader, Leader)
    assert person.leader.superior.superior.tier == 0
    assert person.leader.superior.superior.superior is None
    assert all(isinstance(colleague, Employee) for colleague in person.colleagues)


def test_people_keep_their_identity_and_newcomers_get_one(small: dict) -> None:
    org = Organisation(
        "nothing", rng=1, weeks=30, levers={**small, "turnover.quit_probability": 0.1, "turnover.vacancy_weeks": 1}
    )
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
    org.intervene({"programme.budget": 700}, label="Start")
    org.step()
    assert org.events == [(1, "Start")]
    assert org.kpis["spend"].iloc[0] == 0.0 < org.kpis["spend"].iloc[1] <= 700.0
    with pytest.raises(InputError, match="assumption"):
        org.intervene({"habit.decay_rate": 0.1})


def test_an_impulse_acts_in_its_week_only(small: dict) -> None:
    org = Organisation("hero", rng=2, weeks=6, levers=small)
    org.step()
    org.intervene({"champions.departures": 1, "champions.count": 0})
    org.step()
    assert org.settings.champions.departures == 0


@pytest.mark.parametrize("rng", [-1, 2**63, 1.5, "x", None, True])
def test_a_seed_that_cannot_be_used_is_refused(rng: object) -> None:
    with pytest.raises(InputError, match="seed"):
        Organisation("nothing", rng=rng)  # type: ignore[arg-type]


def test_discarded_models_are_freed(small: dict) -> None:
    ghosts = []
    for seed in range(50):
        org = Organisation("nothing", rng=seed, weeks=2, levers=small)
        org.agents.get("unique_id")
        org.run()
        agents = list(org.agents)
        ghosts.extend([weakref.ref(org), weakref.ref(agents[0]), weakref.ref(agents[-1])])
        del agents
    del org
    gc.collect()
    assert not [ghost for ghost in ghosts if ghost() is not None]


def test_no_mesa_interface_that_is_on_its_way_out_is_used(small: dict) -> None:
    with warnings.catch_warnings():
        for kind in (FutureWarning, DeprecationWarning, PendingDeprecationWarning):
            warnings.simplefilter("error", kind)
        org = Organisation(
            "hero", rng=1, weeks=3, levers={**small, "turnover.quit_probability": 0.2, "turnover.vacancy_weeks": 0}
        )
        while org.running:
            org.step()
            org.agents.get("unique_id")
            org.agents_by_type[Employee].select(lambda person: person.champion > 0).agg("habit", max)
        assert len(org.kpis) == 3


def test_views_are_the_same_objects_however_often_a_person_looks(org: Organisation) -> None:
    first, second = list(org.agents), list(org.agents)
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert org.employee(3) is org.employee(3) and org.employee(3) in org.agents
    for kind in (Employee, Leader, Customer):
        rows = [agent.row for agent in org.agents_by_type[kind]]
        assert len(set(rows)) == len(rows)


def test_an_identity_is_never_given_twice(small: dict) -> None:
    churning = {**small, "turnover.quit_probability": 0.2, "turnover.vacancy_weeks": 1, "leadership.turnover_probability": 0.2, "market.churn": 0.1,
                "market.joining_probability": 0.1}  # fmt: skip
    org = Organisation("nothing", rng=5, weeks=30, levers=churning)
    seen: dict[int, object] = {}
    gone: set[int] = set()
    for _ in range(25):
        now = {agent.unique_id: agent for agent in org.agents}
        assert len(now) == len(org.agents)
        assert not gone & now.keys(), "somebody who left came back under the same identity"
        assert all(seen.get(key, agent) is agent for key, agent in now.items())
        gone |= seen.keys() - now.keys()
        seen.update(now)
        org.step()
    assert len(gone) > 50


def test_a_person_who_left_is_no_agent_any_more_and_vacant_posts_have_none(small: dict) -> None:
    org = Organisation(
        "nothing", rng=5, weeks=9, levers={**small, "turnover.quit_probability": 0.3, "turnover.vacancy_weeks": 50}
    )
    before = len(org.agents_by_type[Employee])
    org.run()
    people = org.agents_by_type.get(Employee, [])
    assert len(people) < before
    assert len(people) == org.state.populations.departments.people.sum()
    vacant = np.flatnonzero(org.state.populations.staff.vacant_until > org.week + 1)
    assert org.employee(int(vacant[0])) is None
    assert all(colleague.row not in vacant for person in people for colleague in person.colleagues)


def test_customers_are_the_active_ones_and_show_their_open_issue(org: Organisation) -> None:
    org.step()
    state = org.state.populations
    customers = org.agents_by_type[Customer]
    assert len(customers) == state.customers.active.sum()
    with_issue = customers.select(lambda customer: customer.case is not None)
    assert len(with_issue) == np.isin(state.cases.state, (1, 2)).sum()
    assert all(0.0 <= customer.case["complexity"] <= 1.0 for customer in with_issue)
    outside = int(np.flatnonzero(state.customers.active == 0)[0])
    assert org.customer(outside) is None and all(org.customer(customer.row) is customer for customer in customers)


def test_leaders_form_the_tiers_that_the_organisation_has(small: dict) -> None:
    tall, flat = (Organisation("nothing", weeks=1, levers={**small, "organisation.tiers": n}) for n in (3, 0))
    leaders = tall.agents_by_type[Leader]
    assert [len(group) for _, group in sorted(leaders.groupby("tier"))] == [1, 3, 3]
    assert all(leader.superior.tier == leader.tier - 1 for leader in leaders if leader.tier > 0)
    assert Leader not in flat.agents_by_type
    assert all(person.leader is None for person in flat.agents_by_type[Employee])


def test_every_column_is_an_attribute_with_its_unit_and_meaning(org: Organisation) -> None:
    for kind in (Employee, Leader, Customer):
        agent = next(iter(org.agents_by_type[kind]))
        population = getattr(org.state.populations, kind.population)
        columns = population._fields if isinstance(population, tuple) else population.dtype.names
        for name in columns:
            assert getattr(kind, name).__doc__, name
            if name not in ("leader", "superior"):
                value = getattr(agent, name)
                assert value == getattr(population, name)[agent.row] and type(value) in (int, float), name


def test_whole_numbers_stay_whole_and_a_refused_value_changes_nothing(org: Organisation) -> None:
    person = next(iter(org.agents_by_type[Employee]))
    before = person.hired_week
    for wrong in (0.5, float("inf"), None, "x", 1e30):
        with pytest.raises(InputError, match="hired_week"):
            person.hired_week = wrong
    assert person.hired_week == before
    person.hired_week = 2.0
    assert person.hired_week == 2 and type(person.hired_week) is int


def test_positions_are_set_at_initialisation_and_yes_or_no_is_0_or_1(org: Organisation) -> None:
    customer, person = next(iter(org.agents_by_type[Customer])), next(iter(org.agents_by_type[Employee]))
    for agent, name, wrong in ((customer, "segment", 1), (person, "department", 0), (customer, "active", 2)):
        before = getattr(agent, name)
        with pytest.raises(InputError, match=name):
            setattr(agent, name, wrong)
        assert getattr(agent, name) == before
    with pytest.raises(InputError, match="to 2147483647"):
        customer.joined_week = 2**40


def test_what_is_written_to_an_agent_is_lived(org: Organisation, small: dict) -> None:
    quiet = Organisation("nothing", rng=7, weeks=8, levers=small)
    org.agents_by_type[Employee].set("conviction", 1.0)
    for one in (org, quiet):
        one.step()
    assert org.kpis["solve"][0] > quiet.kpis["solve"][0]
    with pytest.raises(InputError, match="conviction"):
        org.agents_by_type[Employee].set("conviction", 2.0)


def test_mesas_data_collector_and_agent_sets_see_the_organisation(org: Organisation) -> None:
    collector = mesa.DataCollector(
        model_reporters={"week": "week", "csat": lambda one: one.kpis["csat"].iloc[-1]},
        agenttype_reporters={Employee: {"habit": "habit"}},
    )
    for _ in range(3):
        org.step()
        collector.collect(org)
    assert collector.get_model_vars_dataframe()["week"].tolist() == [0, 1, 2]
    assert collector.get_model_vars_dataframe()["csat"].tolist() == org.kpis["csat"].tolist()
    assert len(collector.get_agenttype_vars_dataframe(Employee)) >= 3 * 20
    staff, habits = org.agents_by_type[Employee], org.state.populations.staff.habit
    assert sum(staff.map(lambda person: person.habit > 0.3)) == sum(habits[person.row] > 0.3 for person in staff)
    highest = staff.groupby("department").agg("habit", max)
    assert highest == {d: max(p.habit for p in staff if p.department == d) for d in range(3)}
    assert next(p.row for p in staff.sort("conviction", ascending=True)) == min(staff, key=lambda p: p.conviction).row


def test_equal_seeds_give_equal_models_and_other_seeds_others(small: dict) -> None:
    one, same, other = (Organisation("combined", rng=rng, weeks=6, levers=small).run().kpis for rng in (3, 3, 4))
    assert one.equals(same)
    assert not one.equals(other)


def test_mesas_own_generators_are_never_drawn_from(org: Organisation) -> None:
    states = (org.random.getstate(), org.rng.bit_generator.state)
    org.run()
    org.agents.get("unique_id")
    assert (org.random.getstate(), org.rng.bit_generator.state) == states


@pytest.mark.parametrize("scenario", ["nothing", "combined", "hero-leaves"])
def test_two_models_do_not_share_state(scenario: str, small: dict) -> None:
    first, second = (Organisation(scenario, rng=3, weeks=6, levers=small) for _ in range(2))
    first.run()
    first.agents_by_type[Employee].set("habit", 0.0)
    assert second.week == -1
    second.run()
    assert first.kpis.equals(second.kpis)


def test_a_step_beyond_the_horizon_warns_and_changes_nothing(small: dict) -> None:
    org = Organisation("nothing", rng=1, weeks=2, levers=small).run()
    with pytest.warns(UserWarning, match="week 1 is the last"):
        org.step()
    assert org.week == 1


def test_levers_that_no_week_is_left_for_are_refused(small: dict) -> None:
    org = Organisation("nothing", rng=1, weeks=2, levers=small).run()
    with pytest.raises(InputError, match="week 1 is the last: there is no further week in which levers could act"):
        org.intervene({"programme.budget": 700})


def test_a_horizon_before_a_scheduled_move_is_warned_of(small: dict) -> None:
    with pytest.warns(
        UserWarning, match="hero-leaves: 'The hero leaves' is due in week 52 and never happens, because weeks is 30"
    ):
        Organisation("hero-leaves", weeks=30, levers=small)


@pytest.mark.parametrize("wrong", [-2, 24, 2**31 - 1])
def test_ties_to_rows_that_do_not_exist_are_refused(small: dict, wrong: int) -> None:
    org = Organisation("nothing", rng=1, weeks=4, levers=small)
    org.state.populations.colleagues[3, 1] = wrong
    with pytest.raises(
        InputError, match=rf"colleagues\[3, 1\]: must be the row of a member of staff, 0 to 23.*got {wrong}"
    ):
        org.step()


def test_a_hole_in_a_list_of_ties_is_refused_and_a_short_list_is_accepted(small: dict) -> None:
    org = Organisation("nothing", rng=1, weeks=4, levers=small)
    ties = org.state.populations.colleagues
    ties[3, 2:] = -1
    org.step()
    ties[3, 0] = -1
    with pytest.raises(InputError, match=r"colleagues\[3, 0\]"):
        org.step()


@pytest.mark.parametrize("value", [np.float32(0.5), np.float64(0.5), np.int64(1), np.array(0.25)[()]])
def test_numbers_of_numpy_are_taken_as_attributes(org: Organisation, value: float) -> None:
    person = org.employee(3)
    person.habit = value
    assert person.habit == float(value)
