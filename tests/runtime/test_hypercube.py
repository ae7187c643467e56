"""Circuits of diagonal gates and X rotations, run on all amplitudes."""

import numpy as np
import pennylane as qml
import pytest
from dense import all_bits, default_qubit, embedded, finite_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import random_observables

import runtime
from runtime.hypercube import schedule
from runtime.hypercube.evolution import HypercubeEvolution
from runtime.hypercube.pauli_sum import PauliSumExpectation
from runtime.operations import DiagonalCost, DickeState, GroverMixer

DIAGONAL = {  # name -> number of wires
    "RZ": 1,
    "IsingZZ": 2,
    "MultiRZ": 3,
    "PhaseShift": 1,
    "ControlledPhaseShift": 2,
    "CRZ": 2,
    "CPhaseShift10": 2,
}
FIXED = {"S": 1, "CZ": 2, "CCZ": 3, "T": 1, "X": 1}


class RandomQaoa:
    """Preparations, diagonal gates and X rotations drawn once."""

    n_params = 3

    def __init__(self, n_wires, rng):
        self.n_wires = n_wires
        self.start = rng.integers(4)
        self.gates = []
        for _ in range(rng.integers(1, 5)):
            for _ in range(rng.integers(1, 5)):
                self.gates.append(self._draw(DIAGONAL if rng.random() < 0.8 else FIXED, rng))
            mixed = range(n_wires) if rng.random() < 0.6 else rng.choice(n_wires, rng.integers(1, n_wires + 1), False)
            shared = (rng.normal(), 0.0, int(rng.integers(3))) if rng.random() < 0.6 else None
            for w in mixed:
                self.gates.append(("RX", [int(w)], shared or (rng.normal(), rng.normal(), int(rng.integers(3)))))

    def _draw(self, table, rng):
        names = [name for name, arity in table.items() if arity <= self.n_wires]
        name = str(rng.choice(names))
        wires = [int(w) for w in rng.permutation(self.n_wires)[: table[name]]]
        return name, wires, (rng.normal(), rng.normal(), int(rng.integers(3))) if table is DIAGONAL else None

    def __call__(self, params):
        n = self.n_wires
        prepared = []
        if self.start == 1 and n > 2:
            prepared = [2, 0]
            DickeState(1, wires=prepared)
        if self.start == 2 and n > 2:
            prepared = [1, 2]
            qml.StatePrep(np.array([0.6, 0.0, 0.0, 0.8j]), wires=prepared)
        for w in range(n):
            if w not in prepared:
                qml.Hadamard(w)
        for w in prepared:
            qml.RX(0.3 + params[0], wires=w)
        for name, wires, angle in self.gates:
            if angle is None:
                getattr(qml, name)(wires=wires)
            else:
                scale, shift, i = angle
                getattr(qml, name)(scale * params[i] + shift, wires=wires)


@pytest.fixture
def two_sides(monkeypatch):
    """Blocks so small that few wires have both sides."""
    monkeypatch.setattr(schedule, "ONE_SIDE", 5)
    monkeypatch.setattr(schedule, "LOW_WIRES", 5)


def agree(seed, low, high, precision="double"):
    rng = np.random.default_rng(seed)
    n_wires = int(rng.integers(low, high))
    circuit = RandomQaoa(n_wires, rng)
    observables = random_observables(n_wires, rng) if n_wires > 1 else [qml.Z(0) + 0.3 * qml.X(0), qml.Y(0)]
    params = rng.normal(size=3)
    program = runtime.compile(circuit, observables, precision=precision)
    assert isinstance(program._evolution, HypercubeEvolution)
    values, gradients = program.value_and_grad(params)
    expected_values, expected_gradients = default_qubit(circuit, observables, params)
    to = 1e-10 if precision == "double" else 1e-4
    np.testing.assert_allclose(values, expected_values, atol=to)
    np.testing.assert_allclose(gradients, expected_gradients, atol=max(to, 1e-8))
    np.testing.assert_allclose(program.expval(params), expected_values, atol=to)
    assert program.state(params).dtype == (np.complex128 if precision == "double" else np.complex64)
    return program, circuit, params


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1))
def test_values_and_gradients_equal_default_qubit(seed):
    agree(seed, 1, 7)


@pytest.mark.parametrize("precision", ["double", "single"])
def test_the_same_where_a_pass_has_but_one_side(two_sides, precision):
    for seed in range(15):
        program, _, _ = agree(seed, 6, 9, precision)
        assert program._evolution._plan.high_wires > 0


def test_the_state_is_that_of_pennylane():
    for seed in range(10):
        circuit = RandomQaoa(4, np.random.default_rng(seed))
        program = runtime.compile(circuit, qml.Z(0))
        params = np.array([0.3, -1.2, 2.0])
        node = qml.QNode(lambda p, c=circuit: (c(p), qml.state())[1], qml.device("default.qubit", wires=4))
        np.testing.assert_allclose(program.state(params), node(params), atol=1e-12)


def qaoa(n_wires, depth, rng):
    """A dense quadratic cost with the X mixer, and the cost as an observable."""
    couplings, fields = np.triu(rng.normal(size=(n_wires, n_wires)), 1), rng.normal(size=n_wires)
    pairs = [(i, j) for i in range(n_wires) for j in range(i + 1, n_wires)]

    def circuit(params):
        for w in range(n_wires):
            qml.Hadamard(w)
        for layer in range(depth):
            for w in range(n_wires):
                qml.RZ(2 * fields[w] * params[layer], wires=w)
            for i, j in pairs:
                qml.IsingZZ(2 * couplings[i, j] * params[layer], wires=[i, j])
            for w in range(n_wires):
                qml.RX(-2 * params[depth + layer], wires=w)

    words = [qml.Identity(0), *[qml.Z(w) for w in range(n_wires)], *[qml.Z(i) @ qml.Z(j) for i, j in pairs]]
    return circuit, qml.dot([0.7, *fields, *[couplings[p] for p in pairs]], words)


def dense_qaoa(observable, n_wires, depth, params):
    """The slow twin: one dense vector, one qubit at a time."""
    signs = 1.0 - 2.0 * all_bits(n_wires)
    sentence = {tuple(w): c for w, c in observable.pauli_rep.items()}
    cost = sum(c * np.prod(signs[:, list(word)], axis=1) for word, c in sentence.items())
    state = np.full(2**n_wires, 2 ** (-n_wires / 2), dtype=complex)
    for layer in range(depth):
        state *= np.exp(-1j * params[layer] * cost)
        for w in range(n_wires):
            halves = state.reshape(2**w, 2, -1)
            c, s = np.cos(params[depth + layer]), 1j * np.sin(params[depth + layer])
            state = np.stack([c * halves[:, 0] + s * halves[:, 1], c * halves[:, 1] + s * halves[:, 0]], 1).reshape(-1)
    return cost, state


@pytest.mark.parametrize("n_wires", [14, 15, 16])
def test_many_wires_equal_the_dense_twin(n_wires):
    rng = np.random.default_rng(n_wires)
    circuit, observable = qaoa(n_wires, 3, rng)
    params = rng.normal(size=6)
    program = runtime.compile(circuit, observable, n_params=6)
    value, gradient = program.value_and_grad(params)
    cost, state = dense_qaoa(observable, n_wires, 3, params)
    phase = program.state(params)[0] / state[0]  # the circuit's cost lacks the constant
    assert abs(phase) == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(program.state(params), phase * state, atol=1e-11)
    assert value == pytest.approx(cost @ np.abs(state) ** 2, abs=1e-10)
    np.testing.assert_allclose(gradient, finite_differences(program.expval, params), atol=3e-6)
    again, same = program.value_and_grad(params)
    assert again == value
    np.testing.assert_array_equal(same, gradient)


def test_a_layer_takes_one_pass_and_the_cost_one_vector(two_sides):
    circuit, observable = qaoa(8, 5, np.random.default_rng(0))
    program = runtime.compile(circuit, observable, n_params=10)
    program.value_and_grad(np.zeros(10))
    evolution = program._evolution
    assert len(evolution._plan.sweeps) == 6
    assert len(evolution.instructions) == 10
    assert {id(v) for v, _, _ in evolution._diagonals if len(v)} == {id(program._objectives[0].diagonal)}


def test_costs_of_any_kind_and_the_grover_mixer():
    rng = np.random.default_rng(3)
    n_wires = 5
    table = rng.normal(size=2**n_wires)

    def cost(bits):
        return table[bits.astype(int) @ (1 << np.arange(n_wires - 1, -1, -1))]

    def circuit(p):
        for w in range(n_wires):
            qml.Hadamard(w)
        DiagonalCost(p[0], cost, range(n_wires))
        GroverMixer(p[1], range(n_wires))
        DiagonalCost(p[0], cost, range(n_wires))
        for w in range(n_wires):
            qml.RX(p[2], wires=w)

    observable = runtime.DiagonalObservable(cost, range(n_wires))
    params = rng.normal(size=3)
    uniform = np.full(2**n_wires, 2 ** (-n_wires / 2))
    state = np.exp(-1j * params[0] * table) * uniform
    state = state + (np.exp(-1j * params[1]) - 1) * uniform * (uniform @ state)
    state = np.exp(-1j * params[0] * table) * state
    turn = np.array([[np.cos(params[2] / 2), -1j * np.sin(params[2] / 2)]] * 2)
    turn[1] = turn[1][::-1]
    for w in range(n_wires):
        state = np.einsum("ij,ajb->aib", turn, state.reshape(2**w, 2, -1)).reshape(-1)
    for objective in (observable, runtime.CVaR(observable, 0.3), runtime.Gibbs(observable, 0.8)):
        program = runtime.compile(circuit, objective, n_params=3)
        assert isinstance(program._evolution, HypercubeEvolution)
        np.testing.assert_allclose(program.state(params), state, atol=1e-12)
        value, gradient = program.value_and_grad(params)
        assert value == pytest.approx(program.expval(params), abs=1e-12)
        np.testing.assert_allclose(gradient, finite_differences(program.expval, params), atol=2e-6)


def test_circuits_without_x_rotations_have_slopes_that_are_not_integers():
    program = runtime.compile(lambda p: (qml.Hadamard(0), qml.RZ(p[0], 0)), qml.X(0), n_params=1)
    assert isinstance(program._evolution, HypercubeEvolution)
    value, gradient = program.value_and_grad([0.3])
    assert (value, gradient[0]) == pytest.approx((np.cos(0.3), -np.sin(0.3)), abs=1e-14)
    assert program.hvp([0.3], [1.0])[2] == pytest.approx(-np.cos(0.3), abs=1e-14)


def test_single_instructions_undo_and_differentiate():
    rng = np.random.default_rng(5)
    circuit = RandomQaoa(5, rng)
    evolution = runtime.compile(circuit, qml.Z(0))._evolution
    angles = rng.normal(size=len(evolution.instructions))
    whole = evolution.prepared(np.complex128)
    evolution.run(whole, angles)
    step = evolution.prepared(np.complex128)
    for k, angle in enumerate(angles):
        ahead, behind, slope = step.copy(), step.copy(), np.zeros_like(step)
        evolution.apply(k, ahead, 1e-5)
        evolution.apply(k, behind, -1e-5)
        evolution.generate(k, step, 2.0, slope)
        np.testing.assert_allclose(slope, (ahead - behind) / 1e-5, atol=1e-8)
        evolution.apply(k, step, angle)
    np.testing.assert_allclose(step, whole, atol=1e-12)


def test_samples_follow_the_probabilities():
    circuit, observable = qaoa(4, 1, np.random.default_rng(2))
    program = runtime.compile(circuit, observable, n_params=2)
    samples = program.sample([0.2, 0.4], shots=20_000, seed=1)
    assert samples.dtype == np.uint8
    counts = np.bincount(samples @ (1 << np.arange(3, -1, -1)), minlength=16)
    np.testing.assert_allclose(counts / 20_000, program.probabilities([0.2, 0.4]), atol=0.015)
    np.testing.assert_array_equal(program.sector.bitstrings(), all_bits(4))
    np.testing.assert_allclose(embedded(program, [0.2, 0.4]), program.state([0.2, 0.4]))


@pytest.mark.parametrize(
    "circuit",
    [
        lambda p: [qml.RX(p[0], wires=0), qml.RX(p[0], wires=1), qml.IsingXX(p[0], wires=[0, 1]), qml.RY(0.2, wires=1)],
        lambda p: [qml.RX(p[0], wires=0), qml.Hadamard(0), qml.Hadamard(1)],
        lambda p: [qml.BasisState([1, 0, 0], wires=range(3)), qml.RX(p[0], wires=0), qml.RZ(p[0], wires=1)],
    ],
)
def test_other_circuits_are_left_to_others(circuit):
    program = runtime.compile(circuit, qml.Z(0), n_params=1)
    assert not isinstance(getattr(program, "_evolution", None), HypercubeEvolution)


def test_what_enlarges_the_sector_is_named():
    program = runtime.compile(lambda p: [qml.Hadamard(0), qml.RX(p[0], wires=1)], qml.Z(0), n_params=1)
    assert program.resources().enlarging_gates == (("Hadamard[0]", 2), ("RX[1]", 4))


def test_an_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="precision is 'double' or 'single', got 'half'"):
        runtime.compile(lambda p: qml.RX(p[0], wires=0), qml.Z(0), n_params=1, precision="half")


def test_pauli_sums_need_no_matrix():
    rng = np.random.default_rng(8)
    circuit = RandomQaoa(5, rng)
    params = rng.normal(size=3)
    words = random_observables(5, rng)[1] + 0.4 * qml.Y(0) @ qml.X(3) - 0.2 * qml.Z(1) @ qml.Z(4)
    program = runtime.compile(circuit, words)
    assert isinstance(program._objectives[0], PauliSumExpectation)
    value, gradient = program.value_and_grad(params)
    expected_value, expected_gradient = default_qubit(circuit, [words], params)
    assert value == pytest.approx(expected_value[0], abs=1e-10)
    np.testing.assert_allclose(gradient, expected_gradient[0], atol=1e-10)
    state = program.state(params)
    out = np.empty_like(state)
    program._objectives[0].apply(state, out)
    np.testing.assert_allclose(out, qml.matrix(words, wire_order=range(5)) @ state, atol=1e-12)


def test_predicted_memory_is_that_of_two_vectors_and_one_cost():
    circuit, observable = qaoa(12, 2, np.random.default_rng(1))
    for precision, itemsize in (("double", 16), ("single", 8)):
        program = runtime.compile(circuit, observable, n_params=4, precision=precision)
        before = program.memory_bytes
        assert before == pytest.approx(2**12 * (2 * itemsize + 8), rel=0.1)
        program.value_and_grad(np.zeros(4))
        assert program.memory_bytes == before
    del program
    circuit, _ = qaoa(12, 2, np.random.default_rng(2))
    alone = runtime.compile(circuit, qml.Z(0), n_params=4)
    assert alone.memory_bytes == pytest.approx(2**12 * (2 * 16 + 2 * 8), rel=0.1)


def test_numbers_and_bits_need_no_list_of_basis_states():
    circuit, _ = qaoa(4, 1, np.random.default_rng(12))
    sector = runtime.compile(circuit, qml.Z(0), n_params=2).sector
    rows = np.array([3, 0, 15, 3])
    np.testing.assert_array_equal(sector.bits_of(rows), all_bits(4)[rows])
    np.testing.assert_array_equal(sector.numbers(), np.arange(16))
    assert "keys" not in vars(sector)
    explicit = runtime.compile(lambda p: DickeState(2, wires=range(4)), qml.Z(0), n_params=0).sector
    np.testing.assert_array_equal(all_bits(4)[explicit.numbers()], explicit.bitstrings())
    np.testing.assert_array_equal(explicit.bits_of(np.array([1, 1])), explicit.bitstrings()[[1, 1]])
