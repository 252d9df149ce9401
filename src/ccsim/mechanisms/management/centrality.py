"""Centrality in the network of who listens to whom, which identifies informal carriers of change. [004]

Ties are directed: ``colleagues[i]`` are the people to whom i listens, so a person to whom many listen is well connected.
Rows that are shorter than the longest are filled with -1.
"""

from __future__ import annotations

import numpy as np

from ccsim.engine.columns import FloatArray, IntArray
from ccsim.engine.functions import fill
from ccsim.engine.jit import kernel


@kernel
def degree(colleagues: IntArray, out: FloatArray) -> None:
    """Count for each person how many people listen to them (in-degree).

    Args:
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        out: array to fill, shape (posts,).

    Writes:
        out: all of it.
    """
    fill(out, 0.0)
    for i in range(colleagues.shape[0]):
        for k in range(colleagues.shape[1]):
            if colleagues[i, k] >= 0:
                out[colleagues[i, k]] += 1.0


@kernel(allocates=True)
def eigenvector(colleagues: IntArray, out: FloatArray) -> None:
    """Calculate eigenvector centrality: being listened to by people who are listened to themselves (Bonacich 1972).

    Power iteration on the network plus the identity, which has the same vectors and always converges.

    Args:
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        out: array to fill, shape (posts,).

    Writes:
        out: all of it.
    """
    count = colleagues.shape[0]
    before = np.empty(count)
    fill(before, 1.0 / np.sqrt(max(1, count)))
    for _ in range(200):
        for i in range(count):
            out[i] = before[i]
        for i in range(count):
            for k in range(colleagues.shape[1]):
                if colleagues[i, k] >= 0:
                    out[colleagues[i, k]] += before[i]
        length = 0.0
        for i in range(count):
            length += out[i] * out[i]
        length = np.sqrt(length)
        moved = 0.0
        for i in range(count):
            out[i] /= length
            moved += abs(out[i] - before[i])
            before[i] = out[i]
        if moved < 1e-10 * count:
            return


@kernel(allocates=True)
def betweenness(colleagues: IntArray, out: FloatArray) -> None:
    """Calculate betweenness centrality: the share of shortest paths between others on which a person lies.

    Source: Freeman 1977; algorithm of Brandes 2001.

    Args:
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        out: array to fill, shape (posts,).

    Writes:
        out: all of it.
    """
    count, ties = colleagues.shape
    fill(out, 0.0)
    order, distance = np.empty(count, np.int64), np.empty(count, np.int64)
    ways, share_of = np.empty(count), np.empty(count)
    for source in range(count):
        fill(distance, -1)
        fill(ways, 0.0)
        fill(share_of, 0.0)
        distance[source], ways[source], order[0] = 0, 1.0, source
        reached, head = 1, 0
        while head < reached:
            i = order[head]
            head += 1
            for k in range(ties):
                other = colleagues[i, k]
                if other < 0:
                    break
                if distance[other] < 0:
                    distance[other] = distance[i] + 1
                    order[reached] = other
                    reached += 1
                if distance[other] == distance[i] + 1:
                    ways[other] += ways[i]
        # Dependencies are accumulated from the farthest people inwards.
        for place in range(reached - 1, -1, -1):
            i = order[place]
            for k in range(ties):
                other = colleagues[i, k]
                if other >= 0 and distance[other] == distance[i] + 1:
                    share_of[i] += ways[i] / ways[other] * (1.0 + share_of[other])
            if i != source:
                out[i] += share_of[i]
