import numpy as np
import pytest
from benchmarks.pairing import rows_of

from ccsim import compare


def test_pairing_saves_runs_and_the_factor_is_that_of_the_variances(small_experiment):
    comparison = compare(small_experiment.with_changes(replicates=12), workers=1)
    rows = rows_of(comparison)
    assert {(scenario, kpi) for scenario, kpi, *_ in rows} == {("busy", "csat"), ("busy", "npv")}
    for _, _, factor, correlation, scatter in rows:
        # var(a) + var(b) over var(a - b), written with the correlation and var(a) / var(b)
        assert factor == pytest.approx((1 + scatter) / (1 + scatter - 2 * correlation * np.sqrt(scatter)))
        assert factor > 1
