"""A firm's code learns from its best people while everybody learns the code: fast learning wins early, and loses. [March 1991]

"Adaptive processes, by refining exploitation more rapidly than exploration, are likely to become effective in the
short run but self-destructive in the long run." J. G. March (1991), Exploration and exploitation in organizational
learning, Organization Science 2(1), 71-87.

The paper's text alone does not give its figure: people without a belief toss a coin, results of what people *do* are
compared, and a belief moves one step at a time (S. Rodan 2005; M. Christensen 2015; M. Workiewicz's reconstruction,
github.com/Mac13kW/March_1991_Original). Two other readings can be chosen, to see that they do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ccsim.engine.jit import kernel, rule
from ccsim.engine.parameters import parameter, parameters
from ccsim.engine.rng import Stream, uniform
from examples.replications.values import chosen, run_seed

# Each decision has a purpose of its own: draws never collide within a classic. Classics never share a run.
REALITY, BELIEF, LEAVE, NEWCOMER, SHIFT, COIN, SOCIALISE, LEARN = (int(Stream.CLASSIC) + k for k in range(8))

RECONSTRUCTED, JUMPING, LITERAL = 0, 1, 2
PAPER = "March 1991"


@parameters("mutual_learning")
class MutualLearning:
    """A firm, as March describes it."""

    people: int = parameter(
        50, unit="people", range=(10, 200), legal=(1, 10_000), size=True, meaning="members of the firm", source=PAPER
    )
    dimensions: int = parameter(
        30, unit="beliefs", range=(10, 100), legal=(1, 1_000), size=True, meaning="things to be known", source=PAPER
    )
    socialisation: float = parameter(
        0.1, unit="probability", range=(0.1, 0.9), off=0.0, lever=True, source=PAPER + ", p1",
        meaning="chance a period that a belief moves towards the code",
    )  # fmt: skip
    learning: float = parameter(
        0.5, unit="probability", range=(0.1, 0.9), off=0.0, lever=True, source=PAPER + ", p2",
        meaning="chance a period that the code follows a majority of one among those who do better",
    )  # fmt: skip
    turnover: float = parameter(
        0.0, unit="probability", range=(0.0, 0.5), off=0.0, source=PAPER + ", p3",
        meaning="chance a period that a person leaves and somebody with random beliefs comes",
    )  # fmt: skip
    turbulence: float = parameter(
        0.0, unit="probability", range=(0.0, 0.1), off=0.0, source=PAPER + ", p4",
        meaning="chance a period that what is true of one thing turns into its opposite",
    )  # fmt: skip
    reading: int = parameter(
        RECONSTRUCTED, unit="choice", range=(0, 2), choices=("reconstructed", "jumping", "literal"),
        source="Christensen 2015 note; the other two are wrong readings, for comparison",
        meaning="beliefs move one step; or jump to the code; or jump, without coins, counting right beliefs",
    )  # fmt: skip


class Firm(NamedTuple):
    """One firm: what is so, what it holds to be so, what its people believe, do and achieve."""

    reality: np.ndarray  #: by thing: -1 or 1
    code: np.ndarray  #: by thing: -1, 0 (no belief) or 1
    belief: np.ndarray  #: by person and thing: -1, 0 or 1
    act: np.ndarray  #: by person and thing: what the person does in this period
    score: np.ndarray  #: by person: how well the acts fit reality


class Knowledge(NamedTuple):
    """What a firm knew, period by period; 1 is all, 0 no more than chance, -1 all wrong."""

    code: np.ndarray
    people: np.ndarray
    periods: int  #: periods until nothing could change any more, or until the end


@rule
def naive(luck):
    """Somebody new believes -1, 0 or 1, each as likely."""
    return int(luck * 3.0) - 1


@rule
def toss(luck):
    """A fair coin."""
    return 1 if luck < 0.5 else -1


@rule
def socialised(belief, code, reading):
    """A belief moves one step towards the code, or (in other readings) all the way."""
    if reading != RECONSTRUCTED:
        return code
    return belief + 1 if code > belief else belief - 1


@rule
def fit(act, reality, reading):
    """What one act is worth: right 1, wrong -1; in the literal reading, right 1, else nothing."""
    if reading == LITERAL:
        return 1 if act == reality else 0
    return act * reality


@rule
def code_moves(luck, learning, majority):
    """The code follows a majority of k with the chance 1 - (1 - p2)^k."""
    stays = 1.0
    for _ in range(majority):
        stays *= 1.0 - learning
    return luck >= stays


@kernel
def found(firm, seed):
    """What is true is tossed; people believe at random; the code believes nothing."""
    people, things = firm.belief.shape
    for j in range(things):
        firm.reality[j] = toss(uniform(seed, REALITY, 0, j))
        firm.code[j] = 0
        for i in range(people):
            firm.belief[i, j] = naive(uniform(seed, BELIEF, 0, i * things + j))


@kernel
def change(firm, p, seed, period):
    """Some people are replaced, some truths turn round."""
    people, things = firm.belief.shape
    for i in range(people):
        if p.turnover > 0.0 and uniform(seed, LEAVE, period, i) < p.turnover:
            for j in range(things):
                firm.belief[i, j] = naive(uniform(seed, NEWCOMER, period, i * things + j))
    for j in range(things):
        if p.turbulence > 0.0 and uniform(seed, SHIFT, period, j) < p.turbulence:
            firm.reality[j] = -firm.reality[j]


@kernel
def act(firm, p, seed, period):
    """Everybody acts on what they believe, or on a coin, and gets a score; owns ``act`` and ``score``."""
    people, things = firm.belief.shape
    for i in range(people):
        firm.score[i] = 0
        for j in range(things):
            firm.act[i, j] = firm.belief[i, j]
            if firm.belief[i, j] == 0 and p.reading != LITERAL:
                firm.act[i, j] = toss(uniform(seed, COIN, period, i * things + j))
            firm.score[i] += fit(firm.act[i, j], firm.reality[j], p.reading)


@kernel
def socialise(firm, p, seed, period):
    """Beliefs move towards the code, where it has one; owns ``belief``."""
    people, things = firm.belief.shape
    for j in range(things):
        if firm.code[j] == 0:
            continue
        for i in range(people):
            if firm.belief[i, j] == firm.code[j]:
                continue
            if uniform(seed, SOCIALISE, period, i * things + j) < p.socialisation:
                firm.belief[i, j] = socialised(firm.belief[i, j], firm.code[j], p.reading)


@kernel
def code_score(firm, reading):
    """How well the code fits reality; where it has no belief it scores nothing."""
    score = 0
    for j in range(len(firm.code)):
        score += fit(firm.code[j], firm.reality[j], reading)
    return score


@kernel
def learn(firm, p, seed, period, standard):
    """The code follows what the majority of those with more than ``standard`` did; owns ``code``."""
    people, things = firm.belief.shape
    for j in range(things):
        vote = 0
        for i in range(people):
            if firm.score[i] > standard:
                vote += firm.act[i, j]
        if vote == 0:
            continue
        majority = 1 if vote > 0 else -1
        if firm.code[j] != majority and code_moves(uniform(seed, LEARN, period, j), p.learning, abs(vote)):
            firm.code[j] = majority


@kernel
def settled(firm, reading, standard):
    """Whether nothing can change any more: all believe the code, and nobody could beat it even with lucky coins."""
    people, things = firm.belief.shape
    for i in range(people):
        best = 0
        for j in range(things):
            if firm.belief[i, j] != firm.code[j]:
                return False
            lucky = firm.belief[i, j] == 0 and reading != LITERAL
            best += 1 if lucky else fit(firm.belief[i, j], firm.reality[j], reading)
        if best > standard:
            return False
    return True


@kernel
def write_down(firm, code, people, period):
    """Record what is known: the code's fit with reality and the mean person's, from -1 to 1."""
    persons, things = firm.belief.shape
    known = 0
    held = 0
    for j in range(things):
        known += firm.code[j] * firm.reality[j]
        for i in range(persons):
            held += firm.belief[i, j] * firm.reality[j]
    code[period] = known / things
    people[period] = held / (things * persons)


@kernel
def live(firm, p, seed, code, people):
    """Let a firm live: in each period (1) change, (2) act, (3) socialise to the old code, (4) learn, (5) stop if settled."""
    closed = p.turnover == 0.0 and p.turbulence == 0.0
    found(firm, seed)
    write_down(firm, code, people, 0)
    for period in range(1, len(code)):
        change(firm, p, seed, period)
        act(firm, p, seed, period)
        standard = code_score(firm, p.reading)
        socialise(firm, p, seed, period)
        learn(firm, p, seed, period, standard)
        write_down(firm, code, people, period)
        if closed and settled(firm, p.reading, standard):
            code[period:] = code[period]
            people[period:] = people[period]
            return period
    return len(code) - 1


def empty_firm(p: Any) -> Firm:
    """Return a firm of the chosen size, to be founded."""
    return Firm(
        np.zeros(p.dimensions, np.int64),
        np.zeros(p.dimensions, np.int64),
        np.zeros((p.people, p.dimensions), np.int64),
        np.zeros((p.people, p.dimensions), np.int64),
        np.zeros(p.people, np.int64),
    )


def run(changes: Mapping[str, Any] | None = None, *, periods: int = 100, seed: int = 1) -> Knowledge:
    """Return what one firm knew at founding and after each of ``periods`` periods."""
    p = chosen(MutualLearning, changes)
    code, people = np.zeros(periods + 1), np.zeros(periods + 1)
    lived = live(empty_firm(p), p, np.uint64(seed), code, people)
    return Knowledge(code, people, int(lived))


def histories(
    changes: Mapping[str, Any] | None = None, *, periods: int = 100, runs: int = 100, seed: int = 1
) -> np.ndarray:
    """Return the code's knowledge by run and period (0 to ``periods``)."""
    p = chosen(MutualLearning, changes)
    firm = empty_firm(p)
    code, people = np.zeros((runs, periods + 1)), np.zeros(periods + 1)
    for one in range(runs):
        live(firm, p, np.uint64(run_seed(seed, one)), code[one], people)
    return code


def equilibria(
    changes: Mapping[str, Any] | None = None, *, runs: int = 100, seed: int = 1, longest: int = 2_000
) -> np.ndarray:
    """Return the code's knowledge at the end of each run of a firm without turnover and turbulence."""
    return histories(changes, periods=longest, runs=runs, seed=seed)[:, -1]
