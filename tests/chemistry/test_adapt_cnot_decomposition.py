from itertools import combinations, permutations

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry.adapt import POOLS, QubitExcitation, adapt_vqe, cnot_circuit
from chemistry.adapt.cnot_decomposition import CnotTally
from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import Excitation


def circuit_of(excitations, parameter_of, factors, n_wires):
    return ExcitationCircuit(
        name="circuit",
        reference_occupation=np.zeros(n_wires, dtype=np.int64),
        excitations=tuple(excitations),
        parameter_of=tuple(parameter_of),
        factors=tuple(factors),
        initial_params=np.zeros(max(parameter_of) + 1),
    )


def unitary(circuit, params, n_wires):
    with qml.queuing.AnnotatedQueue() as queue:
        circuit(params)
    operations = qml.tape.QuantumScript.from_queue(queue).operations
    gates = [o for o in operations if o.name not in ("BasisState", "PauliX")]
    return qml.matrix(qml.tape.QuantumScript(gates), wire_order=range(n_wires))


def assert_same(circuit, n_wires, n_cnots):
    written = cnot_circuit(circuit)
    params = np.array([0.37, -0.83, 0.21])[: circuit.n_params]
    expected, found = unitary(circuit, params, n_wires), unitary(written, params, n_wires)
    phase = np.vdot(found, expected) / 2**n_wires
    assert abs(phase) == pytest.approx(1.0, abs=1e-10)
    assert np.allclose(found * phase, expected, rtol=0, atol=1e-10)
    assert written.n_cnots == n_cnots


@pytest.mark.parametrize("kind", [Excitation, QubitExcitation])
@pytest.mark.parametrize(("source", "target"), list(permutations((0, 1, 4), 2)))
def test_singles(kind, source, target):
    between = abs(source - target) - 1 if kind is Excitation else 0
    assert_same(circuit_of([kind((source,), (target,))], [0], [1.3], 5), 5, 2 + 2 * between)


@pytest.mark.parametrize("kind", [Excitation, QubitExcitation])
@pytest.mark.parametrize("sources", list(combinations((0, 2, 3, 5), 2)))
def test_doubles(kind, sources):
    targets = tuple(w for w in (0, 2, 3, 5) if w not in sources)
    between = 2 if kind is Excitation else 0  # wires 1 and 4
    assert_same(circuit_of([kind(sources, targets)], [0], [-0.7], 6), 6, 13 + 2 * between)


WIRES = (0, 1, 3, 4)
EXCHANGES = [QubitExcitation(s, tuple(w for w in WIRES if w not in s)) for s in combinations(WIRES, 2)]


@pytest.mark.parametrize(
    ("one", "other"), [p for p in combinations(EXCHANGES, 2) if p[0].sources != p[1].targets]
)  # fmt: skip
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_coupled_exchanges_of_one_parameter_take_nine_cnots(one, other, sign):
    assert_same(circuit_of([one, other], [0, 0], [1.1, 1.1 * sign], 5), 5, 9)


def test_coupled_exchanges_of_several_parameters_take_thirteen():
    assert_same(circuit_of(EXCHANGES[:3], [0, 1, 2], [1.0, 0.5, -1.0], 5), 5, 13)
    assert_same(circuit_of(EXCHANGES[:2], [0, 1], [1.0, 1.0], 5), 5, 13)
    assert_same(circuit_of(EXCHANGES[:2], [0, 0], [1.0, 0.5], 5), 5, 13)
    # An excitation and its inverse are one.
    assert_same(circuit_of([EXCHANGES[0], EXCHANGES[-1]], [0, 1], [1.0, 1.0], 5), 5, 13)


@st.composite
def circuits(draw):
    kind = draw(st.sampled_from([Excitation, QubitExcitation]))
    wires = draw(st.lists(st.permutations(range(5)), min_size=1, max_size=4))
    doubles = draw(st.lists(st.booleans(), min_size=len(wires), max_size=len(wires)))
    excitations = [
        kind(tuple(sorted(w[:2])), tuple(sorted(w[2:4]))) if double else kind((w[0],), (w[1],))
        for w, double in zip(wires, doubles, strict=True)
    ]
    parameter_of = [draw(st.integers(0, 2)) for _ in excitations]
    factors = [draw(st.sampled_from([1.0, -1.0, 0.5])) for _ in excitations]
    return circuit_of(excitations, [*parameter_of], factors, 5)


@settings(max_examples=30, deadline=None)
@given(circuits())
def test_any_circuit_of_excitations_is_written_as_itself(circuit):
    written = cnot_circuit(circuit)
    params = np.array([0.3, -1.2, 0.8])[: circuit.n_params]
    expected, found = unitary(circuit, params, 5), unitary(written, params, 5)
    assert abs(np.vdot(found, expected)) / 32 == pytest.approx(1.0, abs=1e-10)
    tally = CnotTally(circuit)
    assert (tally.n_cnots, tally.depth) == (written.n_cnots, written.depth)


@pytest.mark.parametrize("pool", POOLS)
def test_a_grown_circuit_in_cnots_has_the_same_energy_and_the_counts_of_its_steps(problem, pool):
    ours = problem("h4")
    result = adapt_vqe(ours, pool, gradient_tolerance=1e-2)
    written = result.cnot_circuit
    with qml.queuing.AnnotatedQueue() as queue:
        written(written.initial_params)
    operations = qml.tape.QuantumScript.from_queue(queue).operations
    tape = qml.tape.QuantumScript(operations, [qml.expval(ours.hamiltonian)])
    assert qml.execute([tape], qml.device("default.qubit", wires=8))[0] == pytest.approx(result.energy, abs=1e-9)
    assert sum(o.name == "CNOT" for o in operations) == written.n_cnots == result.steps[-1].n_cnots
    assert tape.graph.get_depth() == written.depth == result.steps[-1].depth
    assert 0 < written.cnot_depth <= min(written.depth, written.n_cnots)
    # PennyLane's own decomposition of the same gates is longer.
    own = runtime.compile(result.ansatz, ours.hamiltonian).resources()
    assert own.two_qubit_gates > written.n_cnots
