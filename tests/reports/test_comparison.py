import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import spread, summarise


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_quartiles_are_numpys(values):
    found = spread(values)
    expected = np.quantile(values, [0.25, 0.5, 0.75])
    assert [found.lower, found.median, found.upper] == pytest.approx(list(expected), abs=1e-6)
    assert found.count == len(values)


def test_a_median_that_touches_a_failure_is_infinite():
    assert spread([1.0, 2.0, math.inf]).median == 2.0
    assert spread([1.0, math.inf]).median == math.inf
    assert spread([1.0, 2.0, math.inf, math.inf]).lower == 1.75
    assert spread([None, math.nan]) is None


def test_seeds_are_medians_and_cases_are_worst(make_record):
    gaps = {"a": (0.0, 0.1, 0.3), "b": (0.2, 0.2, 0.5)}
    records = [
        make_record(case=case, method="QAOA", role="quantum", machine="exact", seed=seed, gap=gap)
        for case, values in gaps.items()
        for seed, gap in enumerate(values)
    ]
    (summary,) = summarise(records)
    assert summary.worst_gap == 0.2
    assert summary.worst_case == "b"
    assert summary.seconds.median == 2.0
    assert (summary.n_records, summary.n_seeds, summary.ranks) == (6, 3, True)
    assert summary.gap.median == pytest.approx(0.2)


def test_failures_count_and_do_not_vanish(make_record):
    records = [make_record(seed=seed, gap=0.1) for seed in range(2)]
    records += [make_record(seed=seed, objective=None, gap=None, ranks=False) for seed in range(2, 5)]
    (summary,) = summarise(records)
    assert (summary.n_failed, summary.ranks, summary.worst_gap) == (3, False, None)
    assert summary.gap.median == 0.1  # of what there is, for the table


def test_a_method_that_skips_a_case_does_not_rank(make_record):
    records = [make_record(case="a"), make_record(case="b"), make_record(case="a", method="Half")]
    assert [s.ranks for s in summarise(records)] == [True, False]


def test_below_a_certified_reference_is_as_wrong_as_above(make_record):
    certified = summarise([make_record(gap=-0.2, role="quantum", machine="shots")])[0]
    best_known = summarise([make_record(gap=-0.2, reference_kind="best known")])[0]
    assert (certified.worst_gap, best_known.worst_gap) == (0.2, -0.2)


def test_an_answer_that_breaks_every_constraint_is_not_feasible(make_record):
    assert not summarise([make_record(feasible_rate=0.0)])[0].feasible
    assert summarise([make_record(feasible_rate=0.01)])[0].feasible
    assert summarise([make_record(feasible_rate=None)])[0].feasible
