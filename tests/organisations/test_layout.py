"""An organisation founded from files has what the files say."""

from __future__ import annotations

import re
from pathlib import Path

import networkx
import numpy as np
import pandas as pd
import pytest
from tests.organisations.own_folder import folder_of, managers, passport, shared

from ccsim.errors import InputError, InputErrors
from ccsim.mechanisms.management.centrality import betweenness, degree
from ccsim.model.initial_state import bounds, leader_rows, sample_initial
from ccsim.model.settings import default_settings, replace_values
from ccsim.model.ties import drawn_ties
from ccsim.organisations.drawn import leaders
from ccsim.organisations.io import read_folder
from ccsim.organisations.knowledge import gini
from ccsim.organisations.layout import layout_of_folder, settings_of_layout
from ccsim.organisations.template import write_template
from ccsim.scenarios.io import read_scenario
from ccsim.scenarios.scenario import SOURCE, Scenario, load_scenario
from ccsim.simulation.mesa_model import Organisation
from ccsim.simulation.simulation import Simulation, simulate

SHORT = {"organisation.warm_up": 2}


def test_the_passport_office_has_its_units_its_lines_its_empty_posts_and_its_pay(tmp_path: Path) -> None:
    folder = passport(tmp_path / "passport")
    layout = layout_of_folder(folder)
    stated = pd.read_csv(folder / "junior.csv").groupby("Unit")["Number of Posts in FTE"].sum()
    posts = dict(zip(layout.departments, np.bincount(layout.department), strict=True))
    assert set(posts) == set(stated.index) and len(posts) == 8
    assert all(abs(posts[name] - stated[name]) < 1 for name in posts)
    assert layout.contract.sum() == pytest.approx(stated.sum())
    assert len(layout.superior) == 16
    senior = pd.read_csv(folder / "senior.csv", dtype=str)
    above = senior["Reports to Senior Post"].value_counts().drop("XX")
    found = np.bincount(layout.reports_to[layout.reports_to >= 0], minlength=16)
    assert sorted(found[found > 0]) == sorted(above)
    assert layout.empty.sum() == senior["Name"].isin(["Vacant", "Eliminated"]).sum()
    assert not set(np.flatnonzero(layout.empty)) & {*layout.leader.tolist(), *layout.superior.tolist()}
    assert layout.values["accounts.wage"] == pytest.approx(411, abs=15)
    assert read_folder(folder).currency == "GBP"


def test_a_wrong_superior_is_answered_with_file_line_and_column_and_without_the_identifier(tmp_path: Path) -> None:
    folder = passport(tmp_path / "passport")
    path = folder / "junior.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[6] = lines[6].replace("2IPS10", "9WRONG9")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        read_folder(folder)
    assert len(caught.value.issues) == 1
    assert re.search(r"junior\.csv:7: Reporting Senior Post: ", str(caught.value))
    assert "9WRONG9" not in str(caught.value)


def test_edges_in_are_edges_simulated_and_centrality_is_networkx(tmp_path: Path) -> None:
    folder = managers(tmp_path / "managers")
    layout = layout_of_folder(folder)
    state = sample_initial(settings_of_layout(layout), 1, layout)
    colleagues = state.populations.colleagues
    stated = pd.read_csv(folder / "ties.csv")
    assert (colleagues >= 0).sum() == len(stated)
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(colleagues)))
    graph.add_edges_from((i, int(other)) for i, row in enumerate(colleagues) for other in row if other >= 0)
    truth = networkx.DiGraph(list(stated.itertuples(index=False, name=None)))
    assert networkx.is_isomorphic(graph, truth)
    out = np.empty(len(colleagues))
    degree(colleagues, out)
    assert sorted(out) == sorted(dict(truth.in_degree()).values())
    betweenness(colleagues, out)
    assert sorted(out) == pytest.approx(sorted(networkx.betweenness_centrality(truth, normalized=False).values()))


@pytest.mark.parametrize(("name", "ties", "dept"), [
    ("high-tech-managers", "advice.csv", "dept"), ("research-institute-email", "email.csv", "department"),
])  # fmt: skip
def test_drawn_ties_are_as_unequal_as_real_ones(name: str, ties: str, dept: str) -> None:
    source = shared(name)
    people, edges = pd.read_csv(source / "people.csv"), pd.read_csv(source / ties)
    edges = edges[edges["from"] != edges["to"]]
    place = {key: row for row, key in enumerate(people["id"])}
    department = pd.factorize(people[dept])[0].astype(np.int64)
    ends = edges["from"].map(place).to_numpy(), edges["to"].map(place).to_numpy()
    cross = float((department[ends[0]] != department[ends[1]]).mean())
    real = gini(np.bincount(ends[1], minlength=len(people)))
    seeds = range(20) if len(people) < 100 else range(1)
    drawn = [drawn_ties(department, len(edges) / len(people), cross, seed) for seed in seeds]
    assert np.mean([(each >= 0).sum() for each in drawn]) == pytest.approx(len(edges), rel=0.02)
    assert np.mean([gini(np.bincount(each[each >= 0], minlength=len(people))) for each in drawn]) == pytest.approx(
        real, abs=0.05
    )


@pytest.mark.parametrize(("name", "ties", "dept"), [
    ("high-tech-managers", "advice.csv", "dept"), ("research-institute-email", "email.csv", "department"),
])  # fmt: skip
def test_an_organisation_initialised_without_its_ties_is_as_unequal_as_with_them(
    tmp_path: Path, name: str, ties: str, dept: str
) -> None:
    source = shared(name)
    edges = pd.read_csv(source / ties)
    people = pd.read_csv(source / "people.csv")[["id", dept]].rename(columns={dept: "department"})
    folder = folder_of(tmp_path / "o", {"organisation.toml": "[sizes]\ncustomers = 200\nwarm_up = 1\n",
                                        "people.csv": people.to_csv(index=False)})  # fmt: skip
    group = people.set_index("id")["department"]
    cross = float((edges["from"].map(group) != edges["to"].map(group)).mean())
    real = gini(np.bincount(edges["to"].map({one: k for k, one in enumerate(people["id"])}), minlength=len(people)))
    values = {
        SOURCE: str(folder),
        "organisation.ties": round(len(edges) / len(people)),
        "organisation.cross_ties": cross,
    }
    found = []
    for seed in range(20 if len(people) < 100 else 1):
        colleagues = Simulation(load_scenario("nothing").with_values(values), seed, 1).state.populations.colleagues
        assert len(colleagues) == len(people)
        found.append(gini(np.bincount(colleagues[colleagues >= 0], minlength=len(people))))
    assert np.mean(found) == pytest.approx(real, abs=0.05)


def test_drawn_ties_name_no_person_twice_and_not_oneself() -> None:
    ties = drawn_ties(np.repeat(np.arange(4), 10), 6.0, 0.3, 5)
    for i, row in enumerate(ties):
        named = row[row >= 0].tolist()
        assert len(set(named)) == len(named) and i not in named
        assert (row[len(named) :] == -1).all()


def test_segments_have_their_customers_their_value_and_their_mobility(tmp_path: Path) -> None:
    folder = tmp_path / "my"
    write_template(folder)
    layout = layout_of_folder(folder)
    settings = settings_of_layout(layout)
    customers = sample_initial(settings, 3, layout).populations.customers
    active = customers.active == 1
    assert np.bincount(customers.segment[active]).tolist() == [900, 180, 40]
    spent = [customers.value[active & (customers.segment == s)].mean() for s in range(3)]
    assert np.array(spent) == pytest.approx(np.array([450, 900, 2100]) / (365.25 / 12 / 7), rel=0.08)
    assert layout.mobility[0] > layout.mobility[1] > layout.mobility[2]


@pytest.mark.parametrize("count", [1, 7, 60])
def test_segments_are_of_any_number_from_sizes_and_from_a_file(count: int, tmp_path: Path) -> None:
    small = "staff = 30\nwarm_up = 1\n"
    drawn = folder_of(
        tmp_path / "drawn", {"organisation.toml": f"[sizes]\n{small}segments = {count}\ncustomers = 200\n"}
    )
    rows = "".join(f"segment {k},{10 + k}\n" for k in range(count))
    given = folder_of(
        tmp_path / "given", {"organisation.toml": f"[sizes]\n{small}", "segments.csv": f"segment,customers\n{rows}"}
    )
    for folder in (drawn, given):
        layout = layout_of_folder(folder)
        populations = sample_initial(settings_of_layout(layout), 3, layout).populations
        values = populations.customers.value
        assert len(populations.segments.need) == count
        assert np.isfinite(values).all() and (values > 0).all()


def test_more_segments_than_there_can_be_are_refused_with_their_line(tmp_path: Path) -> None:
    rows = "".join(f"s{k},1\n" for k in range(10_001))
    folder = folder_of(tmp_path / "o", {"organisation.toml": "", "segments.csv": f"segment,customers\n{rows}"})
    with pytest.raises(
        InputErrors, match=r"segments.csv:10002: segment: this file names 10,001 segments; at most 10,000"
    ):
        read_folder(folder)


def test_a_segment_that_comes_and_goes_more_loses_more(tmp_path: Path) -> None:
    files = {
        "organisation.toml": 'name = "x"\n[periods]\nchurn = "year"\n[sizes]\nstaff = 60\n',
        "segments.csv": "segment,customers,churn\nloyal,1000,0.02\nfickle,1000,0.40\n",
    }
    run = simulate(Scenario("x", organisation=SHORT, source=str(folder_of(tmp_path / "o", files))), 1, 40)
    loyal, fickle = run.segments["churn"].mean(axis=0)
    assert fickle > 5 * loyal


def test_vacant_posts_are_empty_in_week_0_and_part_time_is_part_of_the_hours(tmp_path: Path) -> None:
    files = {
        "organisation.toml": 'name = "x"\n[sizes]\ncustomers = 200\n',
        "posts.csv": "department,fte,status\nA,1,\nA,1,vacant\nA,0.5,\nB,1,\nB,1,\nB,1,closed\n",
    }
    folder = folder_of(tmp_path / "o", files)
    organisation = Organisation(organisation=folder, levers=SHORT, weeks=3)
    staff = organisation.state.populations.staff
    assert staff.department.tolist() == [0, 0, 0, 1, 1]
    assert (staff.vacant_until > 0).tolist() == [False, True, False, False, False]
    organisation.step()
    departments = organisation.state.populations.departments
    assert departments.paid_hours.tolist() == [1.5 * 35.0, 2 * 35.0]
    assert departments.paid.tolist() == [1.5, 2.0]


def test_lines_of_any_depth_lead_to_the_top(tmp_path: Path) -> None:
    rows = ["id,department,manager", "p0,A,"] + [f"p{k},A,p{k - 1}" for k in range(1, 7)]
    files = {"organisation.toml": 'name = "x"\n[sizes]\ncustomers = 100\n', "people.csv": "\n".join(rows) + "\n"}
    layout = layout_of_folder(folder_of(tmp_path / "o", files))
    assert layout.superior.tolist() == [-1, 0, 1, 2, 3, 4]
    assert layout.leader.tolist() == [5]


def test_a_scenario_is_initialised_from_files_and_refuses_a_size_that_they_state(tmp_path: Path) -> None:
    write_template(tmp_path / "my")
    path = tmp_path / "mine.toml"
    path.write_text('title = "Mine"\n[organisation]\nfrom = "my"\nwarm_up = 2\n', encoding="utf-8")
    scenario = read_scenario(path)
    assert simulate(scenario, 1, 2).departments["engagement"].shape == (2, 4)
    assert scenario.resolved()["organisation"]["from"] == scenario.source
    with pytest.raises(InputError, match=r"organisation\.staff: cannot be 50, because the files of .* state 110"):
        simulate(scenario.with_values({"organisation.staff": 50}), 1, 2)


def test_layout_changes_nothing_where_there_is_none() -> None:
    assert Scenario("x").source == ""
    assert Scenario("x").resolved() == {"title": "", "about": ""}


def test_departments_without_posts_have_the_names_fronts_and_work_that_files_say(tmp_path: Path) -> None:
    files = {
        "organisation.toml": "[sizes]\nstaff = 40\nspan = 6\nwarm_up = 1\n",
        "departments.csv": "department,front,arrivals,minutes\nBack,no,0,9\nPhone,yes,30,4\nShop,yes,10,4\n",
    }
    layout = layout_of_folder(folder_of(tmp_path / "o", files))
    posts = np.bincount(layout.department)
    assert layout.departments == ("Phone", "Shop", "Back") and layout.sizes["front_departments"] == 2
    assert posts.sum() == 40 and posts[0] / posts[1] == pytest.approx(3.0, abs=0.5)
    assert layout.calls.tolist() == [30.0, 10.0, 0.0]
    assert (
        np.bincount(layout.leader).max() <= 6 and (layout.leader_department[layout.leader] == layout.department).all()
    )
    handed = folder_of(tmp_path / "h", {"organisation.toml": "", "handoffs.csv": "from,to,share\nA,B,3\nA,C,1\n"})
    assert layout_of_folder(handed).departments == ("A", "B", "C") and layout_of_folder(handed).takes.tolist() == [
        0.0,
        3.0,
        1.0,
    ]


def test_leaders_of_drawn_departments_are_those_of_an_organisation_without_files() -> None:
    for sizes in ({}, {"tiers": 2, "span": 3}, {"tiers": 1, "departments": 12, "front_departments": 1}, {"tiers": 0}):
        settings = replace_values(default_settings(), {f"organisation.{name}": value for name, value in sizes.items()})
        ends = np.array([0, *(last for _, last in bounds(settings))])
        assert leaders(ends, settings.organisation.tiers, settings.organisation.span) == [
            *map(tuple, leader_rows(settings).tolist())
        ]


@pytest.mark.parametrize(("size", "text"), [
    ("staff = 60", "sizes.staff: 60 is not accepted; the files say 4: take it out here"),
    ("departments = 1", "sizes.departments: 1 is not accepted; the files say 2: take it out here"),
    ("front_departments = 1", r"the files say 2 \(front in departments.csv says which they are\)"),
    ("customers = 9", "sizes.customers: 9 is not accepted; the files say 20: take it out here"),
    ("span = 3", "sizes.span: 3 is not accepted; .*people.csv states it: remove it here"),
    ("ties = 3", "sizes.ties: 3 is not accepted; .*ties.csv states it: remove it here"),
])  # fmt: skip
def test_a_size_that_the_files_say_otherwise_is_refused_with_its_line(size: str, text: str, tmp_path: Path) -> None:
    files = {
        "organisation.toml": f"[sizes]\n{size}\n", "people.csv": "id,department\na,A\nb,A\nc,B\nd,B\n",
        "segments.csv": "segment,customers\nall,20\n", "ties.csv": "from,to\na,b\n",
    }  # fmt: skip
    folder = folder_of(tmp_path / "o", files)
    with pytest.raises(InputErrors, match=rf"organisation\.toml:2: .*{text}"):
        layout_of_folder(folder)
    agreed = folder_of(tmp_path / "agreed", {**files, "organisation.toml": "[sizes]\nstaff = 4\ncustomers = 20\n"})
    assert len(layout_of_folder(agreed).department) == 4
