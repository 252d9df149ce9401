from hypothesis import given
from hypothesis import strategies as st

from ccsim.experiments.design import Design
from ccsim.experiments.experiment import Experiment
from ccsim.results.completed_runs import CompletedRuns

RUNS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)))


@given(RUNS)
def test_it_is_a_set(runs: list[tuple[str, int]]) -> None:
    done = CompletedRuns(dict.fromkeys("abc"))
    done.update(runs)
    assert len(done) == len(set(runs))
    assert all((run in done) == (run in runs) for run in [(a, r) for a in "abc" for r in range(6)])


def test_points_have_places(small_experiment: Experiment) -> None:
    points = small_experiment.with_design(
        Design("sobol", ("programme.budget", "habit.formation_rate"), samples=4)
    ).scenarios
    done = CompletedRuns(points)
    for name in points:
        assert (name, 1) not in done
        done.add(name, 1)
    assert len(done) == len(points) == 8
