import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_world import set_to, world_of

from ccsim.mechanisms.management.centrality import betweenness, degree, eigenvector


def network(people: int, ties: int, seed: int) -> tuple[np.ndarray, nx.DiGraph]:
    rng = np.random.default_rng(seed)
    rows = np.array(
        [rng.choice([j for j in range(people) if j != i], ties, replace=False) for i in range(people)], np.int32
    )
    graph = nx.DiGraph()
    graph.add_nodes_from(range(people))
    graph.add_edges_from((i, int(j)) for i, row in enumerate(rows) for j in row)
    return rows, graph


@settings(max_examples=15, deadline=None)
@given(st.integers(4, 30), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_degree_and_betweenness_are_those_of_networkx(people: int, ties: int, seed: int) -> None:
    rows, graph = network(people, ties, seed)
    out = np.empty(people)
    degree(rows, out)
    assert out.tolist() == [graph.in_degree(i) for i in range(people)]
    betweenness(rows, out)
    expected = nx.betweenness_centrality(graph, normalized=False)
    assert out == pytest.approx([expected[i] for i in range(people)], abs=1e-9)


def test_eigenvector_is_that_of_networkx_in_an_organisation() -> None:
    rows = np.ascontiguousarray(world_of(set_to({"organisation.warm_up": 0, "ties.named": 0.0})).populations.colleagues)
    graph = nx.DiGraph((i, int(j)) for i, row in enumerate(rows) for j in row)
    out = np.empty(len(rows))
    eigenvector(rows, out)
    expected = nx.eigenvector_centrality_numpy(graph)
    assert out == pytest.approx([abs(expected[i]) for i in range(len(rows))], abs=1e-4)
    assert np.sqrt((out * out).sum()) == pytest.approx(1.0)


def test_who_lies_between_two_groups_is_most_between() -> None:
    # 0-1-2 and 4-5-6 are circles; 3 joins them.
    rows = np.array([[1, 2], [2, 0], [0, 3], [2, 4], [5, 3], [6, 4], [4, 5]], np.int32)
    out = np.empty(7)
    betweenness(rows, out)
    assert int(np.argmax(out)) == 3


@pytest.mark.parametrize(
    "ties",
    [[[1], [0]], [[1], [0], [0]], [[1], [2], [3], [0]], [[1, 2], [0, 2], [0, 3], [2, 0]]],
    ids=["two who listen to each other", "a third who listens in", "a circle of four", "a group"],
)
def test_the_power_iteration_converges_to_a_vector_of_no_negative_numbers(ties: list[list[int]]) -> None:
    rows = np.array(ties, np.int32)
    out = np.empty(len(rows))
    eigenvector(rows, out)
    listened = np.zeros(len(rows))
    for i, row in enumerate(rows):
        listened[row] += out[i]
    factor = listened @ out
    assert factor > 0.0 and out.min() >= 0.0
    assert listened == pytest.approx(factor * out, abs=1e-8)
    assert np.sqrt(out @ out) == pytest.approx(1.0)
