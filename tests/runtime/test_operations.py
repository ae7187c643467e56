import numpy as np
import pennylane as qml
import pytest
from dense import all_bits, embedded, finite_differences, hop_matrix, unitary

import runtime
from runtime.operations import DiagonalCost, DickeState, GroverMixer, GuardedHop, UniformSuperposition


@pytest.mark.parametrize(("n", "k"), [(n, k) for n in range(1, 7) for k in range(n + 1)])
def test_dicke_states_equal_their_decomposition(n, k):
    expected = np.array([b.sum() == k for b in all_bits(n)], dtype=float)
    expected /= np.linalg.norm(expected)
    decomposed = qml.matrix(qml.tape.QuantumScript(DickeState(k, range(n)).decomposition()), wire_order=range(n))[:, 0]
    np.testing.assert_allclose(decomposed, expected, atol=1e-12)
    program = runtime.compile(lambda p: DickeState(k, range(n)), qml.Z(0), n_params=0)
    np.testing.assert_allclose(embedded(program, []), expected, atol=1e-12)


def test_uniform_superpositions_prepare_their_set():
    bits = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 1, 1]])
    program = runtime.compile(lambda p: UniformSuperposition(bits, wires=range(4)), qml.Z(0), n_params=0)
    assert program.sector.bitstrings().tolist() == bits.tolist()
    np.testing.assert_allclose(program.probabilities([]), 1 / 3)


def test_guarded_hops_equal_the_dense_exponential_inside_the_set():
    feasible = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0]])
    pairs = [((1, 0), (0, 1))]

    def circuit(p):
        UniformSuperposition(feasible, wires=range(4))
        DiagonalCost(p[0], lambda bits: bits @ np.array([0.3, -1.0, 2.0, 0.5]), wires=range(4))
        GuardedHop(p[1], wires=[0, 1], pairs=pairs)
        GuardedHop(p[2], wires=[2, 3], pairs=pairs)

    program = runtime.compile(circuit, qml.Z(0) @ qml.Z(3), n_params=3)
    assert program.sector.dimension == 3
    gamma, b1, b2 = 0.4, 0.7, -1.1
    start = np.zeros(16, dtype=complex)
    start[[0b1001, 0b0101, 0b0110]] = 1 / np.sqrt(3)
    phases = np.exp(-1j * gamma * (all_bits(4) @ np.array([0.3, -1.0, 2.0, 0.5])))
    first, second = (hop_matrix(4, pairs, wires, feasible) for wires in ([0, 1], [2, 3]))
    expected = unitary(second, b2) @ unitary(first, b1) @ (phases * start)
    np.testing.assert_allclose(embedded(program, [gamma, b1, b2]), expected, atol=1e-12)


def test_grover_mixers_equal_the_dense_exponential_and_have_right_slopes():
    feasible = np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0], [1, 1, 1, 0]])
    costs = np.array([0.3, -1.0, 2.0, 0.5])

    def circuit(p):
        UniformSuperposition(feasible, wires=range(4))
        for gamma, beta in ((p[0], p[1]), (p[2], p[1])):
            DiagonalCost(gamma, lambda bits: bits @ costs, wires=range(4))
            GroverMixer(beta, wires=range(4))

    observable = runtime.DiagonalObservable(lambda bits: bits @ costs, wires=tuple(range(4)))
    program = runtime.compile(circuit, observable, n_params=3)
    params = np.array([0.4, 0.7, -1.1])
    start = np.zeros(16, dtype=complex)
    start[[0b1001, 0b0101, 0b0110, 0b1110]] = 0.5
    state = start.copy()
    for gamma in (0.4, -1.1):
        state = unitary(np.outer(start, start), 0.7) @ (np.exp(-1j * gamma * (all_bits(4) @ costs)) * state)
    np.testing.assert_allclose(embedded(program, params), state, atol=1e-12)
    _, gradient = program.value_and_grad(params)
    np.testing.assert_allclose(gradient, finite_differences(program.expval, params), atol=1e-8)


def test_operations_without_decomposition_say_so_elsewhere():
    def circuit(p):
        # The exponential of words that do not commute has no native form on more than five wires.
        qml.exp(qml.prod(*map(qml.X, range(6))) + qml.Z(0), 1j * p[0])
        DiagonalCost(p[0], lambda bits: bits.sum(axis=1), wires=range(3))

    with pytest.raises(ValueError, match="DiagonalCost has no decomposition and runs on the sector engine only"):
        runtime.compile(circuit, qml.Z(0), n_params=1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DickeState(4, range(3)), "needs 0 to 3 ones, got n_chosen=4"),
        (lambda: UniformSuperposition(np.zeros((0, 2)), range(2)), "needs bit strings of shape"),
        (lambda: UniformSuperposition([[0, 2]], range(2)), "made of 0 and 1"),
        (lambda: UniformSuperposition([[0, 1], [0, 1]], range(2)), "must be distinct"),
        (lambda: GuardedHop(0.1, range(2), [((1, 0, 0), (0, 1, 0))]), "needs patterns of 2 bits"),
        (lambda: GuardedHop(0.1, range(2), [((1, 0), (1, 0))]), "must flip the same wires"),
    ],
)
def test_bad_arguments_are_answered(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_costs_that_are_not_finite_are_refused():
    def circuit(p):
        DickeState(1, range(3))
        DiagonalCost(p[0], lambda bits: np.full(len(bits), np.nan), wires=range(3))

    with pytest.raises(ValueError, match="one finite number per bit string"):
        runtime.compile(circuit, qml.Z(0), n_params=1)
