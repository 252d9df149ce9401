"""The network of who listens to whom is as uneven, mutual and closed as in real organisations. [004]

Each person names colleagues one after the other: either popular colleagues, or people to
whom a colleague of the person listens. A person who is named names back, until the declared share of ties is mutual.
Measured on the advice of 21 managers (Krackhardt 1987) and the e-mail of 1,005 members of a research institute
(Leskovec, Kleinberg & Faloutsos 2007).
"""

from __future__ import annotations

import numpy as np

from ccsim.engine.ahead import ahead
from ccsim.engine.columns import FloatArray, IntArray
from ccsim.engine.functions import exp, fill
from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, irwin_hall_normal, uniforms4

TRAITS, NAMES = int(Stream.INITIAL_STANDING), int(Stream.INITIAL_NAMES)

#: Largest number of colleagues that a person names, as a multiple of the mean.
MOST = 6
#: Maximum number of draws for one name before the first free colleague is taken.
TRIES = 24


@parameters("ties")
class Ties:
    """How uneven, mutual and closed the network is."""

    named: float = parameter(
        1.0,
        unit="ratio",
        range=(0.5, 1.6),
        legal=(0.0, 3.0),
        off=0.0,
        meaning="spread of how readily people are named, as the standard deviation of its logarithm; at 0 people listen to "
        "the people at the next desks, all to the same number",
        source="assumed; Gini of in-degree .24 to .55 in five organisations, such as Krackhardt 1987",
    )
    naming: float = parameter(
        0.7,
        unit="ratio",
        range=(0.4, 1.2),
        legal=(0.0, 3.0),
        meaning="spread of how many colleagues people listen to, as the standard deviation of its logarithm",
        source="assumed; Gini of out-degree .33 to .62 (Krackhardt 1987; Leskovec, Kleinberg & Faloutsos 2007)",
    )
    both: float = parameter(
        0.5,
        unit="share",
        range=(0.0, 0.9),
        meaning="correlation of how many people listen to with how readily they are named",
        source="assumed; degrees correlate -.32 and .13 (Krackhardt 1987), .93 (Leskovec, Kleinberg & Faloutsos 2007)",
    )
    mutual: float = parameter(
        0.5,
        unit="share",
        range=(0.4, 0.75),
        meaning="share of ties that are mutual, as far as people name enough colleagues",
        source="assumed; .45 and .47 (Krackhardt 1987), .71 (Leskovec, Kleinberg & Faloutsos 2007)",
    )
    closed: float = parameter(
        0.3,
        unit="share",
        range=(0.1, 0.6),
        meaning="share of named colleagues to whom another colleague of the person listens",
        source="assumed; transitivity .27 (Leskovec, Kleinberg & Faloutsos 2007), .47 and .74 (Krackhardt 1987)",
    )


@kernel
def stand(popular: FloatArray, wanted: FloatArray, p: Ties, seed: int) -> None:
    """Draw how readily each person is named, and how many colleagues each names relative to others.

    Args:
        popular: how readily each person is named, shape (people,); to be filled.
        wanted: how many colleagues each person names, shape (people,); to be filled.
        p: parameters of the group ``ties``.
        seed: seed of all draws of the run.

    Writes:
        popular: all of it.
        wanted: all of it.
    """
    for i in range(len(popular)):
        a, b, c, d = uniforms4(seed, TRAITS, 0, i)
        standing = irwin_hall_normal(a, b, c, d)
        a, b, c, d = uniforms4(seed, TRAITS, 1, i)
        own = irwin_hall_normal(a, b, c, d) * (1.0 - p.both * p.both) ** 0.5
        popular[i] = exp(p.named * standing)
        wanted[i] = exp(p.naming * (p.both * standing + own))


@ahead
def most_named(mean: int, p: Ties) -> int:
    """Return how many colleagues a person can name at most."""
    return mean if p.named <= 0.0 else MOST * mean


@kernel
def share_out(relative: FloatArray, mean: float, most: float, wanted: IntArray) -> None:
    """Fill ``wanted`` with whole numbers in proportion to ``relative``, at most ``most``, with the wanted mean.

    Args:
        relative: weight of each person, shape (people,).
        mean: wanted mean.
        most: largest number that a person may get.
        wanted: how many colleagues each person names, shape (people,); to be filled.

    Writes:
        wanted: all of it.
    """
    count, scale = len(relative), 1.0
    for _ in range(50):
        total = 0.0
        for i in range(count):
            total += min(relative[i] * scale, most)
        scale *= mean * count / total
    total, before = 0.0, 0
    for i in range(count):
        total += min(relative[i] * scale, most)
        wanted[i] = min(most, int(total + 0.5) - before)
        before += wanted[i]


@rule
def place_of(x: float, upto: FloatArray) -> int:
    """Return the person in whose interval of the cumulative popularity a point lies."""
    low, high = 0, len(upto) - 2
    while low < high:
        middle = (low + high) // 2
        if x < upto[middle + 1]:
            high = middle
        else:
            low = middle + 1
    return low


@rule
def by_popularity(first: int, last: int, cross: float, draw: float, upto: FloatArray) -> int:
    """Return a person of the same department (rows ``first`` to ``last``) or of another; popular people more often.

    Source: assumed: a random draw in proportion to popularity.

    Args:
        first: first row of the departments.
        last: row after the last one.
        cross: share of ties to other departments.
        draw: random draw, 0 to 1.
        upto: cumulative popularity up to each person, shape (people,).
    """
    inside = upto[last] - upto[first]
    if not cross:
        return place_of(upto[first] + draw * inside, upto)
    x = draw * (upto[len(upto) - 1] - inside)
    return place_of(x if x < upto[first] else x + inside, upto)


@rule
def by_acquaintance(i: int, draw: float, further_draw: float, filled: IntArray, colleagues: IntArray) -> int:
    """Return a person to whom a colleague of ``i`` listens; ``i`` if the colleague listens to no one else.

    Source: assumed: ties close triangles.

    Args:
        i: row of the person.
        draw: random draw for the colleague, 0 to 1.
        further_draw: random draw for the person, 0 to 1.
        filled: ties that each person has, shape (posts,).
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
    """
    friend = colleagues[i, int(draw * filled[i])]
    return i if filled[friend] == 0 else colleagues[friend, int(further_draw * filled[friend])]


@rule
def has_named(i: int, person: int, count: int, colleagues: IntArray) -> bool:
    """Return whether a person is among the first colleagues that ``i`` has named.

    Source: arithmetic.

    Args:
        i: row of the person.
        person: row of the other person.
        count: number of colleagues to check.
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
    """
    for k in range(count):
        if colleagues[i, k] == person:
            return True
    return False


@rule
def chosen(
    i: int,
    k: int,
    first: int,
    last: int,
    cross: float,
    filled: IntArray,
    colleagues: IntArray,
    upto: FloatArray,
    p: Ties,
    seed: int,
) -> int:
    """Return whom a person names next, in the same department or in another; -1 if no draw finds a person.

    Source: assumed: by acquaintance with the probability ``ties.closed``, else by popularity.

    Args:
        i: row of the person.
        k: place among the colleagues.
        first: first row of the person's department.
        last: row after its last one.
        cross: whether the colleague is to be in another department.
        filled: ties that each person has, shape (posts,).
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        upto: cumulative popularity up to each person, shape (people,).
        p: parameters of the group ``ties``.
        seed: seed of all draws of the run.
    """
    for attempt in range(TRIES):
        how, draw, further_draw, _ = uniforms4(seed, NAMES, 1 + k * TRIES + attempt, i)
        person = by_popularity(first, last, cross, draw, upto)
        if filled[i] > 0 and how < p.closed:
            person = by_acquaintance(i, draw, further_draw, filled, colleagues)
        outside = person < first or person >= last
        if person != i and outside == cross and not has_named(i, person, filled[i], colleagues):
            return person
    return -1


@rule
def first_free(i: int, start: int, filled: IntArray, colleagues: IntArray) -> int:
    """Return the next person from a row on whom ``i`` has not named.

    Source: arithmetic.

    Args:
        i: row of the person.
        start: first row to check.
        filled: ties that each person has, shape (posts,).
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
    """
    count = len(filled)
    for step in range(count):
        person = (start + step) % count
        if person != i and not has_named(i, person, filled[i], colleagues):
            return person
    return -1


@rule
def ends_of(department: IntArray, rows: IntArray) -> None:
    """Fill ``rows`` with the first row of each department, followed by the row past the last one."""
    for i in range(len(department)):
        rows[department[i] + 1] = i + 1


@rule
def note(i: int, colleague: int, filled: IntArray, colleagues: IntArray) -> None:
    """Record that a person listens to another.

    Args:
        i: row of the person.
        colleague: row of the other person.
        filled: ties that each person has, shape (posts,).
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.

    Writes:
        colleagues: all of it.
        filled: all of it.
    """
    colleagues[i, filled[i]] = colleague
    filled[i] += 1


@rule
def next_name(
    i: int,
    k: int,
    rows: IntArray,
    department: IntArray,
    cross: float,
    filled: IntArray,
    colleagues: IntArray,
    upto: FloatArray,
    p: Ties,
    seed: int,
) -> int:
    """Return whom a person names next.

    Source: see :func:`chosen`; the form is assumed.

    Args:
        i: row of the person.
        k: place among the colleagues.
        rows: first row of each department, followed by the row past the last one.
        department: department of each person, ascending, shape (posts,).
        cross: share of ties to other departments.
        filled: ties that each person has, shape (posts,).
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        upto: cumulative popularity up to each person, shape (people,).
        p: parameters of the group ``ties``.
        seed: seed of all draws of the run.
    """
    d = department[i]
    own = rows[d + 1] - rows[d]
    away, where, _, _ = uniforms4(seed, NAMES, 0, i * colleagues.shape[1] + k)
    beyond = (away < cross and own < len(filled)) or own < 2
    colleague = chosen(i, k, rows[d], rows[d + 1], beyond, filled, colleagues, upto, p, seed)
    return colleague if colleague >= 0 else first_free(i, rows[d] + int(where * own), filled, colleagues)


@kernel(allocates=True)
def draw_uneven_ties(colleagues: IntArray, department: IntArray, mean: float, cross: float, p: Ties, seed: int) -> None:
    """Draw the network: people name colleagues in turn, and a person who is named may name back.

    Args:
        colleagues: rows of the colleagues to whom each person listens, shape (posts, ties); -1 for none.
        department: department of each person, ascending, shape (posts,).
        mean: wanted mean.
        cross: share of ties to other departments.
        p: parameters of the group ``ties``.
        seed: seed of all draws of the run.

    Writes:
        colleagues: all of it.
    """
    count, most = colleagues.shape
    if most == 0:
        return
    popular, relative, upto = np.empty(count), np.empty(count), np.zeros(count + 1)
    filled, wanted = np.zeros(count, np.int64), np.zeros(count, np.int64)
    rows = np.zeros(department[count - 1] + 2, np.int64)
    for i in range(count):
        fill(colleagues[i], -1)
    stand(popular, relative, p, seed)
    share_out(relative, min(mean, most), most, wanted)
    ends_of(department, rows)
    for i in range(count):
        upto[i + 1] = upto[i] + popular[i]
    ties, mutual = 0, 0
    for k in range(most):
        for i in range(count):
            if filled[i] > k or filled[i] >= wanted[i]:
                continue
            colleague = next_name(i, k, rows, department, cross, filled, colleagues, upto, p, seed)
            note(i, colleague, filled, colleagues)
            ties += 1
            if has_named(colleague, i, filled[colleague], colleagues):
                mutual += 2
            elif filled[colleague] < wanted[colleague] and mutual < p.mutual * ties:
                note(colleague, i, filled, colleagues)
                ties += 1
                mutual += 2
