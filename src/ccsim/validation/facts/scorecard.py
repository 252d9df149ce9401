"""The scorecard: every fact measured and compared with the published number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ccsim.analysis.problem import Runner
from ccsim.errors import InputError
from ccsim.execution.estimate import Work
from ccsim.validation.facts import cohort, networks, organisations, people, simulated
from ccsim.validation.facts.measures import Estimate, estimate
from ccsim.validation.facts.schema import Fact, Study

if TYPE_CHECKING:
    import pandas as pd

INSIDE, OUTSIDE, UNDECIDED = "inside", "outside", "undecided"


@dataclass(frozen=True)
class Score:
    """A fact, its simulated value, and its verdict."""

    study: Study
    fact: Fact
    estimate: Estimate

    @property
    def verdict(self) -> str:
        """``inside`` if the value lies in the published interval, ``outside`` if chance cannot have put it out.

        ``undecided`` is what chance could turn: a value outside whose own interval reaches in, and, where only a
        sign was published, a value of the right sign whose interval reaches the wrong one.
        """
        measured, fact = self.estimate, self.fact
        if measured.value != measured.value:
            return UNDECIDED
        if fact.low <= measured.value <= fact.high:
            closed = fact.low > -float("inf") and fact.high < float("inf")
            return INSIDE if closed or fact.low <= measured.low <= measured.high <= fact.high else UNDECIDED
        return OUTSIDE if measured.high < fact.low or measured.low > fact.high else UNDECIDED


def resized(study: Study, size: float) -> Study:
    """Return a study with its points (of a sample) or replicates multiplied by a factor."""
    if size <= 0.0:
        raise InputError(f"size: must be a factor above 0, got {size!r}")
    if study.samples:
        return replace(study, samples=max(8, round(study.samples * size)))
    return replace(study, replicates=max(2, round(study.replicates * size)))


def runs_of(study: Study) -> int:
    """Return how many runs a study takes."""
    return 0 if study.subject == "formula" else len(study.scenarios) * max(1, study.samples) * study.replicates


def score(studies: Sequence[Study], runner: Runner, seed: int = 1) -> list[Score]:
    """Measure facts.

    Args:
        studies: with the facts wanted.
        runner: how they are run, and the folder that gets a folder for each study. Studies of people and of cohorts are
            small, run in this process, and are not kept.
        seed: of all draws and samples.

    Returns:
        A score per fact, in the order of the facts.
    """
    runs = (organisations.as_experiment(study, seed)[0] for study in studies if study.subject == "organisations")
    runner.expect(Work.of(one) for one in runs)
    scores = []
    for study in studies:
        frame = _observed(study, seed, runner)
        scores += [Score(study, fact, estimate(fact.measure, frame, seed)) for fact in study.facts]
    return scores


def _observed(study: Study, seed: int, runner: Runner) -> pd.DataFrame:
    """Run a study of organisations, people or customers."""
    import pandas as pd

    if study.subject == "formula":
        return pd.DataFrame()
    if study.subject == "organisations":
        return organisations.observe(study, seed, runner)
    watch: Any = {"people": people.watch, "cohort": cohort.watch, "networks": networks.watch}[study.subject]
    with runner.showing(study.title) as show:
        return simulated.observe(watch, study.scenarios, study.replicates, study.weeks[-1] + 1, seed, show)


def table(scores: Sequence[Score]) -> pd.DataFrame:
    """Return one row per fact."""
    import pandas as pd

    rows = [
        {
            "id": one.fact.id, "study": one.study.id, "fact": one.fact.statement, "published": one.fact.published,
            "published_low": one.fact.low, "published_high": one.fact.high, "simulated": one.estimate.value,
            "low": one.estimate.low, "high": one.estimate.high, "units": one.estimate.units, "verdict": one.verdict,
            "tag": one.fact.tag, "form": one.fact.form, "checks": one.fact.checks, "role": one.fact.role, "source": one.fact.source,
        }
        for one in scores
    ]  # fmt: skip
    return pd.DataFrame(rows)
