from typing import Any

import numpy as np
import pytest

import runtime
from optimization import BinaryProblem, Group, TabulatedProblem, qaoa, train
from optimization.feasible_set import FeasibleSet
from optimization.footprint import largest_choice, predicted_bytes
from optimization.mixers import complete_bonds, ring_bonds


def selection(n_variables: int = 8, n_chosen: int = 3, seed: int = 0) -> BinaryProblem:
    rng = np.random.default_rng(seed)
    return BinaryProblem.from_matrix(
        rng.normal(size=(n_variables, n_variables)),
        sense="maximize",
        groups=(Group(tuple(range(n_variables)), n_chosen),),
    )


def mixed(seed: int = 1) -> BinaryProblem:
    """Two groups, one of them a one-hot register out of order, and a free variable."""
    rng = np.random.default_rng(seed)
    return BinaryProblem.from_matrix(rng.normal(size=(7, 7)), groups=(Group((5, 0, 2), 1), Group((1, 3, 4), 2)))


@pytest.mark.parametrize("n_variables", [2, 3, 4, 5, 8])
def test_complete_bonds_are_all_pairs_in_disjoint_rounds(n_variables: int) -> None:
    bonds = complete_bonds(range(n_variables))
    pairs = {frozenset(bond) for bond in bonds}
    assert len(bonds) == len(pairs) == n_variables * (n_variables - 1) // 2
    per_round = n_variables // 2
    for start in range(0, len(bonds), per_round):
        touched = [variable for bond in bonds[start : start + per_round] for variable in bond]
        assert len(touched) == len(set(touched))


def test_ring_bonds_close_the_ring_once() -> None:
    assert ring_bonds([0, 1]) == [(0, 1)]
    assert ring_bonds([4, 5, 6]) == [(4, 5), (5, 6), (6, 4)]
    assert ring_bonds([0, 1, 2, 3]) == [(0, 1), (2, 3), (1, 2), (3, 0)]


@pytest.mark.parametrize("mixer", ["xy-ring", "xy-complete"])
@pytest.mark.parametrize("problem", [selection(), mixed()], ids=["one group", "groups and a free variable"])
def test_the_sector_is_the_feasible_set(problem: BinaryProblem, mixer: str) -> None:
    program = runtime.compile(problem.ansatz(2, mixer), problem.observable())
    assert program.engine == "sector"
    assert program.sector.dimension == problem.feasible.size
    assert problem.is_feasible(program.sector.bitstrings()).all()
    start = program.probabilities(np.zeros(4))
    np.testing.assert_allclose(start, 1 / problem.feasible.size, atol=1e-12)


@pytest.mark.parametrize("mixer", ["xy-ring", "xy-complete"])
@pytest.mark.parametrize("problem", [selection(6, 2), mixed()], ids=["one group", "groups and a free variable"])
def test_value_and_gradient_against_default_qubit(problem: BinaryProblem, mixer: str) -> None:
    import pennylane as qml

    ansatz = problem.ansatz(2, mixer)
    params = np.array([0.4, 0.9, 0.5, 0.3])

    @qml.qnode(qml.device("default.qubit", wires=problem.n_variables))
    def reference(angles: Any) -> Any:
        ansatz(angles)
        return qml.expval(problem.observable())

    value, gradient = runtime.compile(ansatz, problem.observable()).value_and_grad(params)
    assert value == pytest.approx(float(reference(params)), abs=1e-10)
    shifted = [reference(params + h) - reference(params - h) for h in 1e-6 * np.eye(4)]
    np.testing.assert_allclose(gradient, np.array(shifted) / 2e-6, atol=1e-7)


@pytest.mark.parametrize("mixer", ["xy-ring", "xy-complete"])
def test_small_positive_angles_lower_the_cost(mixer: str) -> None:
    problem = selection()
    program = runtime.compile(problem.ansatz(1, mixer), problem.observable())
    assert program.expval(np.array([0.3, 0.3])) < program.expval(np.zeros(2)) - 1e-3


def test_result_of_a_selection() -> None:
    problem = selection()
    result = qaoa(problem, depth=3, mixer="xy-ring", seed=7, shots=1000)
    exact = problem.solve_exact()
    assert result.status.converged
    assert result.feasible_rate == 1.0
    assert result.samples.n_shots == 1000
    assert result.best is not None
    assert problem.is_feasible(result.best)
    assert result.objective == pytest.approx(float(problem.objective(result.best)))
    assert result.gap == pytest.approx(0.0, abs=1e-9)
    assert result.optimum == pytest.approx(exact.objective)
    assert result.n_evaluations > 0
    assert result.seconds.total > 0.0
    assert len(result.parameters) == 6
    assert result.training.value == pytest.approx(-result.exact_quality.expectation)
    assert result.exact_quality.mean_gap < 0.6
    assert result.quality.success_probability == pytest.approx(result.exact_quality.success_probability, abs=0.05)
    assert result.expectation == pytest.approx(result.exact_quality.expectation, abs=0.3)


def test_deeper_circuits_are_no_worse() -> None:
    problem = selection()
    gaps = [qaoa(problem, depth=depth, seed=7).exact_quality.mean_gap for depth in (1, 2, 4)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[0] < 0.8


def test_cvar_trains_the_tail_it_is_asked_for() -> None:
    problem = selection(10, 4)
    tail_cost = runtime.CVaR(problem.observable(), 0.5)
    mean = qaoa(problem, depth=2, mixer="xy-complete", seed=7)
    tail = qaoa(problem, depth=2, mixer="xy-complete", seed=7, objective="cvar", alpha=0.5)
    program = runtime.compile(problem.ansatz(2, "xy-complete"), tail_cost)
    assert tail.training.value == pytest.approx(program.expval(tail.parameters))
    assert tail.training.value < program.expval(mean.parameters) - 1e-3
    assert mean.training.value < -tail.exact_quality.expectation


def test_a_seed_repeats_the_result() -> None:
    first, second = (qaoa(selection(), depth=2, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.samples.bitstrings, second.samples.bitstrings)
    np.testing.assert_array_equal(first.samples.counts, second.samples.counts)


def test_without_groups_all_bitstrings_are_reached() -> None:
    rng = np.random.default_rng(0)
    problem = BinaryProblem.from_matrix(rng.normal(size=(5, 5)))
    result = qaoa(problem, depth=2, seed=1)
    assert result.training.program.sector.dimension == 32
    assert result.feasible_rate == 1.0
    assert result.exact_quality.mean_gap < 0.6
    assert result.training.value == pytest.approx(result.exact_quality.expectation)


def test_tabulated_problem_with_a_mixer_of_its_own() -> None:
    from runtime.operations import GuardedHop

    # Orders of three stops as one-hot registers; exchanging neighbours keeps an order an order.
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    bits = np.array([np.eye(3)[list(order)].ravel() for order in orders])
    problem = TabulatedProblem(bitstrings=bits, objectives=np.array([5.0, 4.0, 6.0, 1.0, 7.0, 3.0]))

    def exchange(beta: Any) -> None:
        for first, second in ((0, 1), (1, 2)):
            for one, other in ((0, 1), (0, 2), (1, 2)):
                wires = [3 * first + one, 3 * first + other, 3 * second + one, 3 * second + other]
                GuardedHop(-beta, wires=wires, pairs=[((1, 0, 0, 1), (0, 1, 1, 0))])

    result = qaoa(problem, depth=3, mixer=exchange, seed=7, shots=200)
    assert result.training.program.sector.dimension == 6
    assert result.feasible_rate == 1.0
    assert result.gap == 0.0
    assert result.exact_quality.success_probability > 0.5


def test_the_shots_machine_trains_on_estimates() -> None:
    problem = selection(6, 2)
    result = qaoa(problem, depth=1, seed=7, machine=runtime.machine("shots", shots=256), n_starts=1)
    assert result.status is runtime.Status.COMPLETED
    assert result.exact_quality.mean_gap < 1.0


def test_time_limit_returns_samples_of_the_best_so_far() -> None:
    result = qaoa(selection(), depth=4, seed=7, shots=50, time_limit=1e-6)
    assert result.status is runtime.Status.TIME_LIMIT
    assert result.samples.n_shots == 50


def test_angles_of_a_shallower_circuit_are_a_start() -> None:
    problem = selection()
    shallow = qaoa(problem, depth=3, seed=7)
    again = train(problem.ansatz(3), problem.observable(), seed=7, start=shallow.parameters, n_starts=1)
    assert again.value <= shallow.training.value + 1e-12


def test_callback_sees_every_value_of_the_descent() -> None:
    seen: list[float] = []
    result = qaoa(selection(), depth=1, seed=7, n_starts=1, callback=seen.append)
    assert min(seen) == pytest.approx(result.training.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 0}, "depth needs at least one layer, but is 0"),
        ({"mixer": "x"}, "mixer 'x' leaves the feasible set of a problem with groups; use 'xy-ring'"),
        ({"mixer": "swap"}, "mixer must be one of xy-ring, xy-complete, x or a function of beta, but is 'swap'"),
        ({"shots": 0}, "shots needs at least one sample, but is 0"),
        ({"shots": -5}, "shots needs at least one sample, but is -5"),
        ({"objective": "median"}, "objective must be 'expectation' or 'cvar', but is 'median'"),
        ({"objective": "cvar", "alpha": 0.0}, "alpha"),
        ({"time_limit": 0.0}, "time_limit needs a positive number of seconds, but is 0.0"),
        ({"n_starts": 0}, "n_starts needs at least one start, but is 0"),
        ({"machine": "abacus"}, "no machine 'abacus'"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        qaoa(selection(), **{"depth": 1, "seed": 7, **options})


def test_ring_needs_groups() -> None:
    problem = BinaryProblem(linear=np.ones(3), quadratic=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="mixer 'xy-ring' needs a problem with groups"):
        problem.ansatz(1, "xy-ring")


@pytest.mark.parametrize("mixer", ["xy-ring", "xy-complete"])
def test_predicted_memory_covers_the_program(mixer: str) -> None:
    problem = selection(14, 6)
    program = runtime.compile(problem.ansatz(2, mixer), problem.observable())
    predicted = predicted_bytes(problem.feasible, mixer)
    assert program.memory_bytes <= predicted <= 3 * program.memory_bytes


def test_what_does_not_fit_is_refused_before_it_runs() -> None:
    with pytest.raises(runtime.DoesNotFitError, match=r"QAOA on 60 qubits needs .* at most \d+ of 60 would fit"):
        qaoa(selection(60, 30), depth=1, seed=7)


def test_largest_choice_is_the_last_that_fits() -> None:
    room = 10**9
    fitting = largest_choice(30, "xy-ring", room)
    sizes = [FeasibleSet(30, (Group(tuple(range(30)), n_chosen),)) for n_chosen in (fitting, fitting + 1)]
    assert predicted_bytes(sizes[0], "xy-ring") <= room < predicted_bytes(sizes[1], "xy-ring")


def test_tabulated_problem_with_the_grover_mixer() -> None:
    rng = np.random.default_rng(2)
    problem = TabulatedProblem(bitstrings=np.eye(8), objectives=rng.normal(size=8), sense="maximize")
    program = runtime.compile(problem.ansatz(1), problem.observable())
    assert program.sector.dimension == 8
    assert program.expval(np.array([0.3, 0.3])) < program.expval(np.zeros(2)) - 1e-3
    result = qaoa(problem, depth=3, seed=7)
    assert result.gap == 0.0
    assert result.exact_quality.success_probability > 0.5
