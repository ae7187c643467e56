"""The bench: engines agree on real circuits, disagreement is an error, and the rows say who was faster."""

import time
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pennylane as qml
import pytest

import runtime
from workloads.bench.case import Gate
from workloads.bench.cases.jastrow import jastrow_case
from workloads.bench.cases.molecules import uccsd_case
from workloads.bench.cases.quadratic import cost_vector, fixed_weight_case, full_space_case
from workloads.bench.pauli_rotations import as_qubit_excitation, rotations_of
from workloads.bench.peers import PEERS, available, lightning
from workloads.bench.peers.configuration import Configuration, NotForThisPeerError
from workloads.bench.timing import DisagreementError, fastest, measure

CASES = {
    "uccsd": lambda: uccsd_case("H4"),
    "all excitations": lambda: uccsd_case("H4", symmetric=False),
    "qubit excitations": lambda: uccsd_case("H4", qubit_excitations=True),
    "fixed weight": lambda: fixed_weight_case(6, 2, 2, gradient=True),
    "fixed weight, value": lambda: fixed_weight_case(6, 2, 2, gradient=False),
    "X mixer": lambda: full_space_case(5, 2, gradient=True),
    "X mixer, value": lambda: full_space_case(5, 2, gradient=False),
    "jastrow": lambda: jastrow_case("H4", 1, gradient=True),
    "jastrow, twice": lambda: jastrow_case("LiH", 2, gradient=False),  # no symmetry forgives a sign here
}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.NAME)
@pytest.mark.parametrize("name", CASES)
def test_every_configuration_of_every_peer_agrees(name, peer):
    if peer not in available():
        pytest.skip(f"{peer.NAME} is not installed")
    case = CASES[name]()
    program = runtime.compile(case.circuit, case.observable, n_params=case.n_params)
    value, gradient = program.value_and_grad(case.params)
    found = []
    try:
        for configuration in peer.configurations(case):
            found.append(configuration.name)
            peer_value, peer_gradient = configuration.outcome(configuration.run())
            assert peer_value == pytest.approx(value, abs=1e-9)
            assert (peer_gradient is not None) == case.gradient
            if case.gradient:
                np.testing.assert_allclose(peer_gradient, gradient, atol=1e-8)
    except NotForThisPeerError:
        assert peer.NAME == "ffsim"
        assert case.jastrow is None
    else:
        assert found


def test_a_row_has_the_ratio_of_paired_rounds():
    row = measure(fixed_weight_case(6, 2, 1, gradient=True), [lightning], rounds=3)
    (timing,) = row.peers
    assert (row.states, row.qubits, row.parameters, row.engine) == (15, 6, 2, "sector")
    assert row.least_bytes is None  # fifteen amplitudes never leave the cache
    low, middle, high = timing.ratios
    assert 0 < low <= middle <= high
    assert timing.rounds == 3
    assert timing.gradient_checked


def test_a_slow_peer_is_timed_once():
    row = measure(fixed_weight_case(6, 2, 1, gradient=True), [lightning], rounds=3, seconds=1e-6)
    assert [timing.rounds for timing in row.peers] == [1]


def test_a_first_call_that_compiles_is_no_measure():
    calls = []

    def run():
        calls.append(None)
        time.sleep(0.2 if len(calls) == 1 else 0.0)
        return 0.0

    configuration = Configuration("late", run, lambda value: (value, None), compiles=True)
    peer = SimpleNamespace(NAME="peer", configurations=lambda case: [configuration])
    case = fixed_weight_case(4, 2, 1, gradient=False)
    assert fastest(peer, case, 0.0, None, seconds=0.1).seconds < 0.1


def test_another_value_is_an_error():
    case = fixed_weight_case(4, 2, 1, gradient=True)
    wrong = replace(case, observable=2 * qml.Z(0) + 5 * qml.Z(1))
    with pytest.raises(DisagreementError, match=r"lightning\.qubit says"):
        measure(wrong, [lightning], rounds=1)


def test_another_gradient_is_an_error():
    case = fixed_weight_case(4, 2, 1, gradient=True)
    program = runtime.compile(case.circuit, case.observable, n_params=case.n_params)
    value, gradient = program.value_and_grad(case.params)
    with pytest.raises(DisagreementError, match="gradients"):
        fastest(lightning, case, value, gradient + 1e-6, 1.0)


@pytest.mark.parametrize(
    "gate",
    [
        Gate("FermionicSingleExcitation", (0, 1, 2), 0, 2.0),
        Gate("FermionicDoubleExcitation", ((0, 1, 2), (3, 4, 5)), 0, -2.0),
        Gate("DoubleExcitation", (0, 1, 3, 5), 0, 0.7),
        Gate("IsingXY", (1, 2), 0, 2.0),
        Gate("ControlledPhaseShift", (0, 4), 0, 1.0),
        Gate("RX", (3,), 0, 2.0),
    ],
    ids=lambda gate: gate.kind,
)
def test_pauli_rotations_and_native_gates_are_the_gate(gate):
    params, wires = [0.37], range(6)
    expected = qml.matrix(gate.apply, wire_order=wires)(params)

    def rotations(params):
        for word, factor in rotations_of(gate):
            qml.PauliRot(factor * params[0], "".join(word.values()), wires=list(word))

    def natives(params):
        for part in lightning.native(gate):
            part.apply(params)

    product = qml.matrix(rotations, wire_order=wires)(params)
    phase = product[0, 0] / expected[0, 0]
    assert abs(phase) == pytest.approx(1.0)
    np.testing.assert_allclose(product, phase * expected, atol=1e-12)
    np.testing.assert_allclose(qml.matrix(natives, wire_order=wires)(params), expected, atol=1e-12)


def test_only_fermionic_excitations_become_qubit_excitations():
    gate = Gate("IsingXY", (0, 1), 0)
    assert as_qubit_excitation(gate) is gate
    assert as_qubit_excitation(Gate("FermionicSingleExcitation", (0, 1, 2), 0, 2.0)) == Gate(
        "SingleExcitation", (0, 2), 0, -2.0
    )


def test_cost_vector_is_the_cost_of_each_bit_string():
    rng = np.random.default_rng(3)
    fields, couplings = rng.normal(size=5), np.triu(rng.normal(size=(5, 5)), 1)
    expected = []
    for x in range(32):
        z = np.array([1 - 2 * (x >> (4 - i) & 1) for i in range(5)])
        expected.append(fields @ z + z @ couplings @ z)
    np.testing.assert_allclose(cost_vector(fields, couplings), expected, atol=1e-12)


def test_the_matrix_over_all_states_is_the_pauli_sum():
    case = uccsd_case("H4")
    wires = range(case.n_wires)
    difference = case.full_matrix - qml.Hamiltonian(case.observable.coeffs, case.observable.ops).sparse_matrix(wires)
    assert abs(difference).max() < 1e-12
