from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization import Samples, TabulatedProblem


@given(st.integers(1, 70), st.integers(1, 12), st.integers(0, 1000))
def test_lookup_finds_what_is_listed_and_nothing_else(n_variables: int, n_listed: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    listed = np.unique(rng.integers(0, 2, size=(n_listed, n_variables), dtype=np.uint8), axis=0)
    values = rng.normal(size=len(listed))
    order = rng.permutation(len(listed))
    problem = TabulatedProblem(bitstrings=listed[order], objectives=values[order])
    np.testing.assert_array_equal(problem.objective(listed), values)
    other = rng.integers(0, 2, size=(20, n_variables), dtype=np.uint8)
    known = {row.tobytes() for row in listed}
    feasible = problem.is_feasible(other)
    assert feasible.tolist() == [row.tobytes() in known for row in other]
    assert np.isnan(problem.objective(other)[~feasible]).all()


def test_exact_solution_and_uniform_draws() -> None:
    problem = TabulatedProblem(bitstrings=np.eye(3), objectives=np.array([1.0, 5.0, 3.0]), sense="maximize")
    exact = problem.solve_exact()
    assert exact.certified
    assert exact.objective == 5.0
    assert exact.bitstring.tolist() == [0, 1, 0]
    assert problem.gap(3.0, 5.0) == 1.0
    samples = Samples.from_shots(problem.uniform(100, seed=1), problem)
    assert samples.feasible_rate == 1.0
    assert samples.n_shots == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bitstrings": np.zeros((2, 2))}, "need to be distinct"),
        ({"bitstrings": np.array([[0, 2], [1, 1]])}, "need zeros and ones"),
        ({"objectives": np.ones(3)}, "one finite number for each of 2 bitstrings"),
        ({"objectives": np.array([1.0, np.nan])}, "hold NaN or infinity"),
        ({"sense": "best"}, "sense must be"),
    ],
)
def test_bad_table(change: dict[str, Any], message: str) -> None:
    good = {"bitstrings": np.eye(2), "objectives": np.ones(2)}
    with pytest.raises(ValueError, match=message):
        TabulatedProblem(**{**good, **change})


def test_unknown_mixer() -> None:
    problem = TabulatedProblem(bitstrings=np.eye(2), objectives=np.ones(2))
    with pytest.raises(ValueError, match="must be 'grover' or a function of beta, but is 'xy-ring'"):
        problem.ansatz(1, "xy-ring")
