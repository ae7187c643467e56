"""Pool gradients, the growing circuit and its CNOT form, against dense matrices and the runtime."""

import numpy as np
import pennylane as qml
import pytest
from excitation_matrices import annihilators, excited

import runtime
from chemistry import Molecule, uccsd
from chemistry.adapt import POOLS, QubitExcitation, adapt_vqe, operator_pool
from chemistry.adapt.determinant_space import DeterminantSpace
from chemistry.adapt.growing_circuit import GrowingCircuit
from chemistry.adapt.pool_gradients import Pool
from chemistry.ansatz.excitation_circuit import ExcitationCircuit


def dense_state(ansatz, params, n_wires):
    with qml.queuing.AnnotatedQueue() as queue:
        ansatz(params)
    tape = qml.tape.QuantumScript(qml.tape.QuantumScript.from_queue(queue).operations, [qml.state()])
    device = qml.device("default.qubit", wires=n_wires)
    return np.real_if_close(qml.execute([tape], device)[0])


def dense_gradients(problem, operators, ansatz, params):
    state = dense_state(ansatz, params, problem.n_wires)
    image = problem.hamiltonian.sparse_matrix(wire_order=range(problem.n_wires)) @ state
    a = annihilators(problem.n_wires, qubits=isinstance(operators[0].excitations[0], QubitExcitation))
    slopes = {e: 2.0 * image @ excited(a, e.sources, e.targets, state) for o in operators for e in o.excitations}
    return np.array([sum(f * slopes[e] for e, f in zip(o.excitations, o.factors, strict=True)) for o in operators])


def random_circuit(problem, pool, n_operators, seed):
    rng = np.random.default_rng(seed)
    operators = operator_pool(problem, pool)
    chosen = [operators[i] for i in rng.choice(len(operators), n_operators, replace=False)]
    return ExcitationCircuit(
        name="random",
        reference_occupation=problem.reference_occupation,
        excitations=tuple(e for o in chosen for e in o.excitations),
        parameter_of=tuple(i for i, o in enumerate(chosen) for _ in o.excitations),
        factors=tuple(f for o in chosen for f in o.factors),
        initial_params=rng.uniform(-0.7, 0.7, n_operators),
    )


def gradients_at(problem, operators, ansatz, **options):
    space = DeterminantSpace(problem)
    circuit = GrowingCircuit(space).extended(ansatz.excitations, ansatz.parameter_of, ansatz.factors, ansatz.n_params)
    return Pool(operators, space, **options).gradients(circuit.state(ansatz.initial_params))


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(("name", "n_operators"), [("h4", 0), ("h4", 6), ("lih", 0), ("h3", 4)])
def test_pool_gradients_equal_a_dense_calculation(problem, name, n_operators, pool):
    ours = problem(name) if name != "h3" else Molecule("H 0 0 0; H 0 0.1 1; H 0 0 2.1", spin=1).problem()
    operators = operator_pool(ours, pool)
    ansatz = random_circuit(ours, pool, n_operators, seed=5)
    found = gradients_at(ours, operators, ansatz)
    expected = dense_gradients(ours, operators, ansatz, ansatz.initial_params)
    assert np.abs(expected).max() > 0.01
    assert np.allclose(found.of_operators, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("pool", POOLS)
def test_gradients_at_later_steps_of_a_run_equal_a_dense_calculation(problem, pool):
    ours = problem("h4")
    result = adapt_vqe(ours, pool, max_operators=5)
    expected = dense_gradients(ours, operator_pool(ours, pool), result.ansatz, result.parameters)
    assert result.steps[-1].largest_gradient == pytest.approx(np.abs(expected).max(), abs=1e-9)


def test_gradients_are_slopes_of_the_grown_circuit(problem):
    """Also where the gates of one operator do not commute."""
    ours = problem("h4")
    operators = operator_pool(ours, "fermionic")
    ansatz = random_circuit(ours, "fermionic", 4, seed=2)
    found = gradients_at(ours, operators, ansatz).of_operators
    for number in range(0, len(operators), 4):
        grown = ExcitationCircuit(
            name="grown",
            reference_occupation=ours.reference_occupation,
            excitations=(*ansatz.excitations, *operators[number].excitations),
            parameter_of=(*ansatz.parameter_of, *([4] * len(operators[number].excitations))),
            factors=(*ansatz.factors, *operators[number].factors),
            initial_params=np.append(ansatz.initial_params, 0.0),
        )
        slopes = runtime.compile(grown, ours.hamiltonian).value_and_grad(grown.initial_params)[1]
        assert found[number] == pytest.approx(slopes[-1], abs=1e-10)


def test_gradients_equal_the_runtimes_own(problem):
    """Hermitian generators G of gates exp(-i t G), by the general way of the runtime."""
    ours = problem("h4")
    operators = [o for o in operator_pool(ours, "qubit") if len(o.excitations[0].sources) == 2][::9]
    ansatz = uccsd(ours)
    generators = []
    for operator in operators:
        (excitation,) = operator.excitations
        matrix = np.zeros((16, 16), dtype=complex)
        matrix[0b1100, 0b0011], matrix[0b0011, 0b1100] = 1j, -1j
        generators.append(qml.Hermitian(matrix, wires=[*excitation.targets, *excitation.sources]))
    program = runtime.compile(ansatz, ours.hamiltonian)
    expected = program.pool_gradients(ansatz.initial_params, generators)
    found = gradients_at(ours, operators, ansatz)
    assert np.allclose(found.of_operators, expected, rtol=0, atol=1e-10)
    assert found.energy == pytest.approx(program.expval(ansatz.initial_params), abs=1e-10)
    assert found.variance == pytest.approx(program.variance(ansatz.initial_params), abs=1e-10)


def test_pair_tables_made_in_parts_give_the_same(problem):
    ours = problem("lih")
    operators = operator_pool(ours, "coupled-exchange")
    ansatz = random_circuit(ours, "qubit", 5, seed=3)
    whole, parts = (gradients_at(ours, operators, ansatz, most_pairs=m).of_operators for m in (1 << 20, 50))
    assert np.array_equal(whole, parts)


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("name", ["h4", "oh", "o2"])
def test_the_growing_circuit_is_the_circuit_that_the_runtime_compiles(problem, name, pool):
    ours = problem(name)
    ansatz = random_circuit(ours, pool, 8, seed=11)
    program = runtime.compile(ansatz, ours.hamiltonian)
    value, gradient = program.value_and_grad(ansatz.initial_params)
    circuit = GrowingCircuit(DeterminantSpace(ours))
    for i in range(8):  # gate by gate
        here = [k for k, p in enumerate(ansatz.parameter_of) if p == i]
        excitations, factors = [ansatz.excitations[k] for k in here], [ansatz.factors[k] for k in here]
        circuit = circuit.extended(excitations, [i] * len(here), factors, i + 1)
    found, slopes = circuit.value_and_grad(ansatz.initial_params)
    assert found == pytest.approx(value, abs=1e-10)
    assert np.allclose(slopes, gradient, rtol=0, atol=1e-10)
