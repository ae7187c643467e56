from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimization import BinaryProblem, Group, SolverStatus
from optimization.baselines import anneal, descend, enumerate_optimum, enumeration, greedy, solve_scip, uniform_control


def problem_of(seed: int, sense: Any = "minimize", n_variables: int = 9) -> BinaryProblem:
    rng = np.random.default_rng(seed)
    groups = (Group((0, 3, 4, 8), 2, "left"), Group((1, 5), 1))
    return BinaryProblem.from_matrix(
        rng.normal(size=(n_variables, n_variables)), offset=1.0, groups=groups, sense=sense
    )


def brute_force(problem: BinaryProblem) -> float:
    values = problem.cost(problem.feasible.bitstrings())
    return problem.sign * values.min()


@pytest.fixture(scope="module")
def wide() -> BinaryProblem:
    """Ten of forty: 8e8 feasible bitstrings, more than may be listed, but with a linear part that leads SCIP."""
    rng = np.random.default_rng(5)
    factors = rng.normal(size=(40, 4))
    return BinaryProblem.from_matrix(
        factors @ factors.T / 4, linear=20 * rng.normal(size=40), groups=(Group(tuple(range(40)), 10),)
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["minimize", "maximize"]))
def test_certified_optimum_by_two_independent_ways(seed: int, sense: Any) -> None:
    problem = problem_of(seed, sense)
    expected = brute_force(problem)
    for solution in (enumerate_optimum(problem), solve_scip(problem), problem.solve_exact()):
        assert solution.certified
        assert problem.is_feasible(solution.bitstring)
        assert solution.objective == pytest.approx(expected, abs=1e-9)
        assert solution.objective == problem.objective(solution.bitstring)
        assert solution.bound == pytest.approx(expected, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["minimize", "maximize"]))
def test_heuristics_are_feasible_and_never_beat_the_optimum(seed: int, sense: Any) -> None:
    problem = problem_of(seed, sense)
    expected = brute_force(problem)
    for solution in (greedy(problem), anneal(problem, seed=seed, n_reads=20), descend(problem, seed=seed, n_reads=20)):
        assert not solution.certified
        assert problem.is_feasible(solution.bitstring)
        assert solution.objective == pytest.approx(float(problem.objective(solution.bitstring)))
        assert problem.gap(solution.objective, expected) >= -1e-9


@pytest.mark.parametrize("seed", range(5))
def test_annealing_and_descent_find_small_optima(seed: int) -> None:
    problem = problem_of(seed, "maximize")
    for solution in (anneal(problem, seed=seed, n_reads=50), descend(problem, seed=seed, n_reads=50)):
        assert solution.objective == pytest.approx(brute_force(problem))


@pytest.mark.parametrize("seed", range(5))
def test_descent_ends_where_no_move_helps(seed: int) -> None:
    problem = problem_of(seed)
    solution = descend(problem, seed=seed, n_reads=1)
    start, cost = solution.bitstring, solution.objective
    everything = problem.feasible.bitstrings()
    distance = (everything != start).sum(axis=1)
    flips = distance == 1
    swaps = (distance == 2) & ~(everything[:, list(problem.feasible.free)] != start[list(problem.feasible.free)]).any(1)
    assert problem.objective(everything[flips | swaps]).min() >= cost - 1e-9


def test_greedy_takes_the_largest_where_nothing_interacts() -> None:
    problem = BinaryProblem(
        linear=np.array([3.0, 1.0, 2.0, -1.0, 5.0]),
        quadratic=np.zeros((5, 5)),
        sense="maximize",
        groups=(Group((0, 1, 2), 2),),
    )
    assert greedy(problem).bitstring.tolist() == [1, 0, 1, 0, 1]


@pytest.mark.parametrize("solver", [anneal, descend])
def test_a_seed_repeats_a_heuristic(solver: Any) -> None:
    problem = problem_of(1)
    first, second = (solver(problem, seed=3, n_reads=30) for _ in range(2))
    np.testing.assert_array_equal(first.samples.bitstrings, second.samples.bitstrings)
    np.testing.assert_array_equal(first.samples.counts, second.samples.counts)
    assert first.n_evaluations == second.n_evaluations
    assert first.samples.n_shots == 30


def test_large_problem_goes_to_scip_and_annealing_agrees(wide: BinaryProblem) -> None:
    exact = wide.solve_exact()
    assert exact.method == "SCIP"
    assert exact.certified
    assert anneal(wide, seed=1, n_reads=50).objective == pytest.approx(exact.objective)


def test_time_limit_returns_the_best_so_far(wide: BinaryProblem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("optimization.feasible_set.ROWS_PER_BLOCK", 8)
    problem = problem_of(0)
    early = enumerate_optimum(problem, time_limit=0.0)
    assert (early.status, early.bound) == (SolverStatus.TIME_LIMIT, None)
    for solution in (
        early,
        anneal(problem, seed=1, n_reads=None, time_limit=0.01),
        anneal(problem, seed=1, n_reads=10**9, time_limit=0.01),
        descend(problem, seed=1, n_reads=10**9, time_limit=0.01),
    ):
        assert solution.status is SolverStatus.TIME_LIMIT
        assert problem.is_feasible(solution.bitstring)
    stopped = solve_scip(wide, time_limit=0.0)
    assert stopped.status is SolverStatus.TIME_LIMIT
    assert wide.is_feasible(stopped.bitstring)


def test_uniform_control_counts_shots_of_training() -> None:
    problem = problem_of(2)
    equal = uniform_control(problem, shots=100, seed=1)
    repaid = uniform_control(problem, shots=100, n_evaluations=9, seed=1)
    assert (equal.n_shots, repaid.n_shots) == (100, 1000)
    assert equal.feasible_rate == repaid.feasible_rate == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: anneal(p, seed=1, n_reads=None), "needs n_reads, time_limit or both"),
        (lambda p: anneal(p, seed=1, n_reads=0), "at least one read and one sweep"),
        (lambda p: anneal(p, seed=1, n_sweeps=0), "at least one read and one sweep"),
        (lambda p: descend(p, seed=1, n_reads=0), "at least one read"),
        (lambda p: uniform_control(p, shots=0, seed=1), "shots must be at least 1"),
    ],
)
def test_bad_options(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(problem_of(0))


def test_enumeration_refuses_what_it_cannot_list(wide: BinaryProblem) -> None:
    assert wide.feasible.size > enumeration.LISTABLE
    with pytest.raises(ValueError, match=r"at most 4,194,304 bitstrings.*8.48e\+08.*solve_scip"):
        enumerate_optimum(wide)
