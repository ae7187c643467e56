"""Plans of measurements against dense matrices, and the table of mappings."""

import numpy as np
import pennylane as qml
import pytest

import chemistry.mappings
import runtime
from chemistry import uccsd
from chemistry.mappings import MAPPINGS, compare_mappings, measurement_plan, parity

NAMES = [
    "MAPPINGS", "MachineCircuit", "Mapping", "MappingCost", "MeasurementPlan", "bravyi_kitaev", "compare_mappings",
    "jordan_wigner", "machine_circuit", "measurement_plan", "parity", "taper", "to_openqasm3", "to_qiskit",
    "to_qiskit_observable", "z2_symmetries",
]  # fmt: skip


def test_the_public_names_are_frozen():
    assert chemistry.mappings.__all__ == NAMES
    assert all(getattr(chemistry.mappings, name) is not None for name in NAMES)


def agree(a, b, grouping):
    if grouping == "qubit-wise":
        return all(a[w] == b[w] for w in set(a) & set(b))
    return a.commutes_with(b)


@pytest.mark.parametrize("grouping", ["qubit-wise", "full"])
@pytest.mark.parametrize("name", ["jordan-wigner", "parity-reduced"])
def test_groups_commute_and_make_up_the_observable(problem, name, grouping):
    hydrogens = problem("h4")
    observable = MAPPINGS[name](hydrogens).observable(hydrogens.hamiltonian)
    plan = measurement_plan(observable, grouping=grouping)
    sentence = dict(observable.pauli_rep)
    assert plan.constant == pytest.approx(sentence.pop(qml.pauli.PauliWord({})), abs=1e-12)
    seen = {}
    for group in plan.observables():
        words = list(group.pauli_rep)
        assert all(agree(a, b, grouping) for i, a in enumerate(words) for b in words[:i])
        seen.update(group.pauli_rep)
    assert seen == pytest.approx(sentence, abs=1e-12)
    assert plan.n_words == len(sentence)
    assert plan.one_norm == pytest.approx(sum(map(abs, sentence.values())))
    # Sorted insertion: no word would have gone to an earlier group.
    sizes = [np.abs(group.coefficients).max() for group in plan.groups]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("grouping", ["qubit-wise", "full"])
def test_deviations_are_those_of_the_state(problem, grouping):
    hydrogens = problem("h4")
    mapping = parity(hydrogens, reduced=True)
    circuit, observable = mapping.circuit(uccsd(hydrogens)), mapping.observable(hydrogens.hamiltonian)
    params = np.random.default_rng(1).normal(scale=0.3, size=circuit.n_params)
    plan = measurement_plan(observable, grouping=grouping, circuit=circuit, params=params)
    program = runtime.compile(circuit, observable)
    state = np.zeros(2**mapping.n_wires, dtype=complex)
    state[program.sector.numbers()] = program.state(params)
    energy = plan.constant
    for group, deviation in zip(plan.observables(), plan.deviations, strict=True):
        image = qml.matrix(group, wire_order=range(mapping.n_wires)) @ state
        mean = np.vdot(state, image).real
        energy += mean
        assert deviation**2 == pytest.approx(np.vdot(image, image).real - mean**2, abs=1e-10)
    assert energy == pytest.approx(program.expval(params), abs=1e-10)
    # With the shots of the plan, the standard error is the one that was asked for.
    variance = (plan.deviations**2 / plan.shots_per_group).sum()
    assert 0.95 * plan.error < np.sqrt(variance) <= plan.error


def test_shots_without_a_state_are_those_of_the_mean_over_states(problem):
    hydrogen = problem("h2")
    plan = measurement_plan(hydrogen.hamiltonian)
    rng = np.random.default_rng(0)
    states = rng.normal(size=(20000, 16)) + 1j * rng.normal(size=(20000, 16))
    states /= np.linalg.norm(states, axis=1)[:, None]
    for group, deviation in zip(plan.observables(), plan.deviations, strict=True):
        images = states @ qml.matrix(group, wire_order=range(4)).T
        second = (np.abs(images) ** 2).sum(axis=1).mean()
        # The squared mean, of order 2^-n, is what the estimate leaves out.
        assert second == pytest.approx(deviation**2, rel=0.02)
    assert plan.shots == plan.shots_per_group.sum()
    # (sum of deviations / error)^2, by hand.
    assert plan.shots == pytest.approx((plan.deviations.sum() / 1.6e-3) ** 2, rel=1e-3)
    assert str(plan).startswith("14 Pauli words in 5 groups (qubit-wise commutation), one-norm 1.88")
    tenfold = measurement_plan(hydrogen.hamiltonian, error=1.6e-2)
    assert tenfold.shots == pytest.approx(plan.shots / 100, abs=plan.n_groups)  # each rounded up


def test_fully_commuting_groups_are_fewer_and_need_fewer_shots(problem):
    for name in ("lih", "h2o"):
        plans = [measurement_plan(problem(name).hamiltonian, grouping=g) for g in ("qubit-wise", "full")]
        assert plans[1].n_groups < plans[0].n_groups / 3
        assert plans[1].shots < plans[0].shots


def test_an_eigenstate_of_every_word_is_read_once():
    class Nothing:
        name, n_params, initial_params = "nothing", 0, np.zeros(0)

        def __call__(self, params):
            qml.BasisState([1, 0], wires=[0, 1])

    plan = measurement_plan(qml.Z(0) + 0.5 * qml.Z(0) @ qml.Z(1), circuit=Nothing(), params=[])
    assert plan.n_groups == plan.shots == 1


def test_bad_input(problem):
    hamiltonian = problem("h2").hamiltonian
    with pytest.raises(ValueError, match="'qubit-wise' or by 'full' commutation, got 'qwc'"):
        measurement_plan(hamiltonian, grouping="qwc")
    with pytest.raises(ValueError, match="positive number, got 0"):
        measurement_plan(hamiltonian, error=0)
    with pytest.raises(ValueError, match="both its circuit and its params"):
        measurement_plan(hamiltonian, params=[0.1])
    with pytest.raises(ValueError, match="acts on wires"):
        measurement_plan(qml.Z("a"))
    with pytest.raises(ValueError, match="got 'ternary-tree'"):
        compare_mappings(problem("h2"), names=["ternary-tree"])


def test_the_table_of_mappings(problem):
    rows = compare_mappings(problem("h2"), uccsd(problem("h2")))
    assert [row.mapping for row in rows] == list(MAPPINGS)
    table = {row.mapping: row for row in rows}
    assert [table[name].n_qubits for name in ("jordan-wigner", "parity-reduced", "parity-tapered")] == [4, 2, 1]
    assert [table[name].n_words for name in ("jordan-wigner", "parity-reduced", "parity-tapered")] == [14, 4, 2]
    # One double excitation: on four qubits, on two, and a rotation of one.
    gates = [table[name].two_qubit_gates for name in ("jordan-wigner", "parity-reduced", "parity-tapered")]
    assert gates == [14, 2, 0]
    without = compare_mappings(problem("h2"), names=["parity"])
    assert without[0].two_qubit_gates is None
    assert without[0].n_groups == table["parity"].n_groups == 2
