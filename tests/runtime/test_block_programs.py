"""Programs on block sectors against default.qubit, and against the same programs on lists of basis states."""

from collections import Counter

import numba
import numpy as np
import pennylane as qml
import pytest
from adjoint import state_and_moments
from dense import embedded
from layouts import explicit, in_blocks
from random_circuits import RandomCircuit, random_observables
from scipy.linalg import expm

from runtime.kernels.blocks import BOTH, LEFT, PHASE, RIGHT
from runtime.operations import DiagonalCost, DickeState

FAMILIES = ("conserving", "pauli", "wrapped", "general")
# Fixed gates that move or mix basis states, for which blocks have no kernel.
MOVING = {"SWAP", "ISWAP", "SISWAP", "CSWAP", "root of SWAP", "block unitary", "PSWAP", "select"}
HOP = qml.X(0) @ qml.X(1) + qml.Y(0) @ qml.Y(1)
CURRENT = qml.X(0) @ qml.Y(1) - qml.Y(0) @ qml.X(1)


def check_against_default_qubit(circuit, program, rng, observables):
    params = rng.normal(size=circuit.n_params)
    state, values, _, jacobian = state_and_moments(circuit, observables, params)
    found, gradients = program.value_and_grad(params)
    np.testing.assert_allclose(embedded(program, params), state, atol=1e-10)
    np.testing.assert_allclose(found, values, atol=1e-10)
    np.testing.assert_allclose(gradients, jacobian, atol=1e-8)


@pytest.mark.parametrize("family", FAMILIES)
def test_random_circuits(family):
    counts = Counter()
    for seed in range(25):
        rng = np.random.default_rng([seed, len(family)])
        n_wires = int(rng.integers(2, 9))
        circuit = RandomCircuit(family, n_wires, int(rng.integers(1, 16)), 3, rng)
        circuit.gates = [gate for gate in circuit.gates if gate.name not in MOVING]
        observables = random_observables(n_wires, rng)
        program = in_blocks(circuit, observables)
        counts[program is not None] += 1
        if program is not None:
            check_against_default_qubit(circuit, program, rng, observables)
    assert counts[True] >= 20, counts


class Circuit:
    """A named circuit of the cases below."""

    def __init__(self, n_wires, n_params, apply):
        self.n_wires, self.n_params, self.apply = n_wires, n_params, apply

    def __call__(self, p):
        self.apply(p)
        for w in range(self.n_wires):
            qml.Identity(w)


def ring(p, wires, gate=qml.IsingXY):
    for a, b in zip(wires, [*wires[1:], wires[0]], strict=True):
        gate(p, wires=[a, b])


def two_groups(p):
    DickeState(2, wires=range(4))
    DickeState(1, wires=range(4, 7))
    ring(p[0], range(4))
    ring(p[1], range(4, 7), qml.SingleExcitation)


def a_group_among_others(p):
    DickeState(2, wires=[1, 2, 4, 5])
    qml.BasisState([1, 0, 1], wires=[0, 3, 6])
    qml.CRZ(p[0], wires=[1, 2])
    ring(p[0], range(7))
    qml.DoubleExcitation(p[1], wires=[0, 1, 5, 6])


def flips_first(p):
    for w in (0, 3, 5):
        qml.X(w)
    qml.Y(2)
    qml.CNOT([2, 4])
    ring(p[0], range(6), qml.SingleExcitation)
    qml.IsingZZ(p[1] - 0.3, wires=[1, 4])


def tilted(p):
    """Hops with phases other than 1 and i, within the halves and across."""
    qml.BasisState([1, 0, 0, 1, 1, 0], wires=range(6))
    ring(p[0], range(6), qml.SingleExcitation)
    for a, b in ((0, 1), (5, 0), (2, 4), (4, 3), (1, 2)):
        with qml.QueuingManager.stop_recording():
            hop = qml.map_wires(0.3 * HOP + 0.4 * CURRENT, {0: a, 1: b})
        qml.evolve(hop, 0.5 * p[1] - p[0])


def superposed(p):
    qml.StatePrep(np.array([0, 0.6, 0.8j, 0]), wires=[1, 3])
    qml.StatePrep(np.array([0, 0, 0, 0.6, 0, -0.48, 0.64j, 0]), wires=[0, 2, 4])
    qml.X(5)
    ring(p[0], range(6))
    qml.FermionicSingleExcitation(p[1], wires=range(1, 6))


def conditional(p):
    qml.BasisState([1, 1, 0, 1, 0, 0, 1, 1], wires=range(8))
    ring(p[0], range(8), qml.SingleExcitation)
    qml.ctrl(qml.SingleExcitation(p[1], wires=[0, 1]), [6, 2], control_values=[1, 0])
    qml.ctrl(qml.SingleExcitation(p[0], wires=[6, 7]), 1, control_values=[0])
    qml.ctrl(qml.IsingXY(p[1], wires=[3, 4]), [0, 7], control_values=[1, 1])
    qml.ctrl(qml.RZ(p[0], wires=0), [3, 5], control_values=[0, 1])
    qml.ctrl(qml.PhaseShift(p[1], wires=2), 7)
    qml.CZ([0, 5])
    ring(p[1], range(8))


def spins(p):
    """Two classes: fermionic hops within a spin with strings through the other, and of both at once."""
    qml.BasisState([1, 1, 1, 0, 0, 0, 0, 0], wires=range(8))
    for a in (0, 1, 2, 3):
        qml.FermionicSingleExcitation(p[a % 2], wires=range(a, a + 5))
        qml.FermionicSingleExcitation(-p[a % 2], wires=range(a, a + 3))
    qml.FermionicDoubleExcitation(p[0], wires1=[0, 1], wires2=[2, 3])
    qml.FermionicDoubleExcitation(p[1], wires1=[2, 3], wires2=[4, 5, 6, 7])
    qml.FermionicDoubleExcitation(p[1], wires1=[0, 1], wires2=[6, 7])


def pairs(p):
    """Pair creation across the halves: a charge with weights of both signs, and parities."""
    for a in range(3):
        qml.PauliRot(p[0], "XY", [a, a + 3])
        qml.PauliRot(p[0], "YX", [a, a + 3])
    ring(p[1], range(3), qml.SingleExcitation)
    ring(p[1], range(3, 6), qml.SingleExcitation)
    qml.PauliRot(p[1], "XY", [6, 7])
    qml.PauliRot(p[0], "ZYZX", [0, 6, 4, 7])


def single_wires(p):
    """No charge at all, and no gate on one of the halves."""
    qml.RY(p[0], wires=0)
    qml.RX(p[1], wires=1)
    qml.CRY(p[0], wires=[0, 2])


def nothing(p):
    qml.BasisState([1, 0, 1], wires=range(3))


CASES = {
    circuit.__name__: Circuit(n_wires, 2, circuit)
    for n_wires, circuit in [
        (7, two_groups),
        (7, a_group_among_others),
        (6, flips_first),
        (6, tilted),
        (6, superposed),
        (8, conditional),
        (8, spins),
        (8, pairs),
        (3, single_wires),
        (3, nothing),
    ]
}
REAL = {"spins", "pairs", "nothing"}


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"tilted"}))
def test_named_circuits(name):
    circuit, rng = CASES[name], np.random.default_rng(len(name))
    observables = random_observables(circuit.n_wires, rng)
    program = in_blocks(circuit, observables)
    check_against_default_qubit(circuit, program, rng, observables)
    real = in_blocks(circuit, observables[:1])
    assert np.isrealobj(real.state([0.1, 0.2])) == (name in REAL)
    check_against_default_qubit(circuit, real, rng, observables[:1])


def test_hops_with_any_phase():
    circuit, rng = Circuit(6, 2, tilted), np.random.default_rng(4)
    observables, params = random_observables(6, rng), rng.normal(size=2)
    ours, theirs = in_blocks(circuit, observables), explicit(circuit, observables)
    # default.qubit decomposes the exponential of a sum; its matrix is exact.
    expected = qml.matrix(circuit, wire_order=range(6))(params)[:, 0]
    np.testing.assert_allclose(embedded(ours, params), expected, atol=1e-12)
    for a, b in zip(ours.value_and_grad(params), theirs.value_and_grad(params), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def test_cases_have_gates_of_every_kind():
    kinds = Counter()
    for circuit in CASES.values():
        kinds.update(in_blocks(circuit, [qml.Z(0)])._evolution.segments[:, 0].tolist())
    assert all(kinds[kind] >= 5 for kind in (LEFT, RIGHT, BOTH, PHASE)), kinds


@pytest.mark.parametrize("name", CASES)
def test_instructions_one_by_one(name):
    """`apply` is the exponential of what `generate` gives, and all in turn are `run`; both undo themselves."""
    evolution = in_blocks(CASES[name], [qml.Z(0)])._evolution
    rng = np.random.default_rng(1)
    angles = evolution.angle_map.forward(rng.normal(size=2))
    dimension, dtype = evolution.sector.dimension, np.float64 if evolution.is_real else np.complex128
    state = evolution.prepared(dtype)
    turned = state.copy()
    evolution.run(turned, angles)
    for k, angle in enumerate(angles):
        before = state.copy()
        evolution.apply(k, state, angle)
        generator = np.zeros((dimension, dimension), dtype=dtype)
        for column, unit in zip(generator.T, np.eye(dimension, dtype=dtype), strict=True):
            evolution.generate(k, unit, 0.5, column)
        np.testing.assert_allclose(generator, -generator.conj().T, atol=1e-14)
        np.testing.assert_allclose(expm(2 * angle * generator) @ before, state, atol=1e-12)
    np.testing.assert_allclose(state, turned, atol=1e-12)
    slopes = evolution.run_back(turned, evolution.prepared(dtype), angles)
    np.testing.assert_allclose(turned, evolution.prepared(dtype), atol=1e-12)
    assert slopes.shape == angles.shape


@pytest.mark.parametrize("name", sorted(CASES))
def test_further_derivatives_equal_those_on_a_list_of_states(name):
    circuit, rng = CASES[name], np.random.default_rng(2)
    params, tangent = rng.normal(size=(2, 2))
    observable = random_observables(circuit.n_wires, rng)[1]
    ours, theirs = in_blocks(circuit, observable), explicit(circuit, observable)
    assert ours.sector.dimension >= theirs.sector.dimension
    for a, b in zip(ours.jvp(params, tangent), theirs.jvp(params, tangent), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)
    np.testing.assert_allclose(ours.metric(params), theirs.metric(params), atol=1e-10)
    for a, b in zip(ours.hvp(params, tangent), theirs.hvp(params, tangent), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)


def layered(n_wires, n_chosen, gate):
    """A Dicke state, a cost written as a function, gates round the ring; two layers."""

    def apply(p):
        DickeState(n_chosen, wires=range(n_wires))
        for layer in range(2):
            DiagonalCost(p[layer], lambda bits: bits @ np.arange(n_wires) ** 1.5 / n_wires, range(n_wires))
            ring(p[2 + layer], range(n_wires), gate)
            qml.DoubleExcitation(p[layer], wires=[0, 1, n_wires - 2, n_wires - 1])

    return Circuit(n_wires, 4, apply)


# Blocks of 1, 4, 6, 9, 35, 84, ... rows and columns: less than a register, several, and not multiples of eight.
@pytest.mark.parametrize(("n_wires", "n_chosen"), [(5, 2), (8, 1), (9, 8), (11, 4), (13, 6)])
@pytest.mark.parametrize("gate", [qml.IsingXY, qml.SingleExcitation])
def test_sizes_of_blocks(n_wires, n_chosen, gate):
    circuit, rng = layered(n_wires, n_chosen, gate), np.random.default_rng(n_wires)
    params = rng.normal(size=4)
    observables = random_observables(n_wires, rng)
    ours, theirs = in_blocks(circuit, observables), explicit(circuit, observables)
    single = in_blocks(circuit, observables, precision="single")
    np.testing.assert_allclose(embedded(ours, params), embedded(theirs, params), atol=1e-12)
    assert single.state(params).dtype == np.complex64
    for a, b, rough in zip(*(p.value_and_grad(params) for p in (ours, theirs, single)), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-10)
        np.testing.assert_allclose(rough, a, atol=1e-4)


def test_real_circuits_in_single_precision():
    circuit, params = CASES["spins"], np.array([0.3, 0.8])
    observables = [qml.Z(0), qml.X(0) @ qml.X(2) + qml.Y(0) @ qml.Y(2)]
    exact, rough = (in_blocks(circuit, observables, precision=p) for p in ("double", "single"))
    assert rough.state(params).dtype == np.float32
    for a, b in zip(exact.value_and_grad(params), rough.value_and_grad(params), strict=True):
        np.testing.assert_allclose(b, a, atol=1e-5)


def test_results_repeat_bit_for_bit_whatever_the_number_of_threads():
    circuit = layered(19, 9, qml.IsingXY)
    params = np.random.default_rng(3).normal(size=4)
    program = in_blocks(circuit, [qml.dot(np.arange(18.0), [qml.Z(w) @ qml.Z(w + 1) for w in range(18)])])
    threads = numba.get_num_threads()
    results = []
    try:
        for count in (threads, threads, 1):
            numba.set_num_threads(count)
            values, gradients = program.value_and_grad(params)
            results.append((program.state(params).tobytes(), values.tobytes(), gradients.tobytes()))
    finally:
        numba.set_num_threads(threads)
    assert len(set(results)) == 1
