"""Which basis states circuits reach, and what sends them to lightning.qubit."""

from math import comb

import numpy as np
import pennylane as qml
import pytest
from dense import default_qubit, finite_differences

import runtime
from runtime.operations import DickeState, GroverMixer, UniformSuperposition


def compiled(circuit, n_params=1, observable=None):
    return runtime.compile(circuit, observable if observable is not None else qml.Z(0), n_params=n_params)


def test_a_fixed_state_reaches_itself():
    program = compiled(lambda p: qml.BasisState(np.array([0, 1, 1]), wires=range(3)), 0)
    assert program.sector.bitstrings().tolist() == [[0, 1, 1]]
    assert program.sector.bitstrings().dtype == np.uint8


def test_ghz_states_reach_two_states():
    def circuit(p):
        qml.Hadamard(0)
        for w in range(9):
            qml.CNOT([w, w + 1])
        qml.RZ(p[0], wires=9)

    program = compiled(circuit, observable=qml.X(0) @ qml.prod(*[qml.X(w) for w in range(1, 10)]))
    assert program.engine == "sector"
    assert program.sector.dimension == 2
    assert program.expval([0.7]) == pytest.approx(np.cos(0.7))


def test_the_sector_is_the_fixed_weight_space_in_lexicographic_order():
    def circuit(p):
        DickeState(3, wires=range(7))
        for w in range(7):
            qml.IsingXY(p[0], wires=[w, (w + 1) % 7])

    sector = compiled(circuit).sector
    assert sector.dimension == comb(7, 3)
    strings = ["".join(map(str, b)) for b in sector.bitstrings()]
    assert strings == sorted(strings)
    assert all(s.count("1") == 3 for s in strings)


def test_blocks_of_dicke_states_are_products():
    def circuit(p):
        DickeState(1, wires=range(3))
        DickeState(2, wires=range(3, 7))
        qml.IsingXY(p[0], wires=[0, 1])
        qml.IsingXY(p[0], wires=[3, 4])

    assert compiled(circuit).sector.dimension == 3 * 6


def test_pennylanes_xy_mixer_is_merged_from_its_pauli_rotations():
    import networkx as nx

    def circuit(p):
        qml.BasisState(np.array([1, 1, 1, 0, 0, 0]), wires=range(6))
        for _ in range(3):
            qml.qaoa.mixer_layer(p[0], qml.qaoa.xy_mixer(nx.cycle_graph(6)))

    program = compiled(circuit)
    assert program.engine == "sector"
    assert program.sector.dimension == 20


def test_uccsd_of_pennylane_runs_natively():
    singles, doubles = qml.qchem.excitations(2, 6)
    s_wires, d_wires = qml.qchem.excitations_to_wires(singles, doubles)

    def circuit(p):
        qml.UCCSD(p, wires=range(6), s_wires=s_wires, d_wires=d_wires, init_state=np.array([1, 1, 0, 0, 0, 0]))

    program = compiled(circuit, len(singles) + len(doubles))
    assert program.engine == "sector"
    assert program.sector.dimension == 9


def test_more_than_64_wires():
    n = 81

    def circuit(p):
        qml.X(0)
        qml.X(70)
        for w in range(n - 1):
            qml.SingleExcitation(p[0], wires=[w, w + 1])

    program = compiled(circuit, observable=qml.Z(80) @ qml.Z(0))
    assert program.sector.dimension <= comb(n, 2)
    keys = ["".join(map(str, b)) for b in program.sector.bitstrings()]
    assert keys == sorted(keys)
    assert np.sum(program.state([0.3]) ** 2) == pytest.approx(1.0)
    small = runtime.compile(
        lambda p: [qml.X(0), *[qml.SingleExcitation(p[0], wires=[w, w + 1]) for w in range(3)]], qml.Z(3), n_params=1
    )
    wide = runtime.compile(
        lambda p: [qml.X(77), *[qml.SingleExcitation(p[0], wires=[w, w + 1]) for w in range(77, 80)], qml.Identity(0)],
        qml.Z(80),
        n_params=1,
    )
    assert wide.value_and_grad([0.4])[0] == pytest.approx(small.value_and_grad([0.4])[0], abs=1e-12)


def test_gates_that_enlarge_the_sector_are_named():
    def circuit(p):
        qml.BasisState(np.array([1, 0, 0, 0]), wires=range(4))
        qml.SingleExcitation(p[0], wires=[0, 1])
        qml.SingleExcitation(p[0], wires=[0, 1])
        qml.SingleExcitation(p[0], wires=[1, 2])

    enlarging = compiled(circuit).resources().enlarging_gates
    assert enlarging == (("SingleExcitation[0, 1]", 2), ("SingleExcitation[1, 2]", 3))


@pytest.mark.parametrize(("n_wires", "engine"), [(4, "sector"), (12, "sector"), (13, "lightning.qubit")])
def test_a_circuit_without_structure_goes_to_lightning_unless_it_is_small(n_wires, engine):
    program = compiled(lambda p: [qml.RY(p[0], wires=w) for w in range(n_wires)])
    assert program.engine == engine
    value, gradient = program.value_and_grad([0.3])
    assert value == pytest.approx(np.cos(0.3))
    assert gradient == pytest.approx([-np.sin(0.3)])
    assert program.sector.dimension == 2**n_wires


def test_a_dense_circuit_that_cannot_fit_is_refused_with_what_would():
    for rotation in (qml.RX, qml.RY):
        with pytest.raises(runtime.DoesNotFitError, match=r"all amplitudes of 48 wires need .*: at most \d+ wires fit"):
            compiled(lambda p, rotation=rotation: [rotation(p[0], wires=w) for w in range(48)])


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (lambda p: qml.measure(0), "needs a circuit of unitary operations"),
        (lambda p: qml.DepolarizingChannel(0.1, wires=0), "needs a circuit of unitary operations"),
    ],
)
def test_circuits_that_measure_or_are_noisy_are_refused(circuit, message):
    with pytest.raises(ValueError, match=message):
        compiled(circuit)


def test_the_gates_must_not_depend_on_parameter_values():
    def circuit(p):
        qml.X(0)
        if p[0] > 0:
            qml.SingleExcitation(p[0], wires=[0, 1])

    with pytest.raises(ValueError, match="must not depend on the values of its parameters"):
        compiled(circuit)


@pytest.mark.parametrize("params", [[0.1, 0.2], 0.3, [[0.1]]])
def test_parameters_of_another_shape_are_refused(params):
    program = compiled(lambda p: qml.RZ(p[0], wires=0))
    with pytest.raises(ValueError, match=r"takes parameters of shape \(1,\)"):
        program.expval(params)


def test_unknown_numbers_of_parameters_are_refused():
    with pytest.raises(ValueError, match="number of parameters is unknown"):
        runtime.compile(lambda p: qml.RZ(p[0], wires=0), qml.Z(0))


def test_a_qnode_is_taken_apart():
    device = qml.device("default.qubit", wires=2)

    @qml.qnode(device)
    def node(p):
        qml.X(0)
        qml.SingleExcitation(p[0], wires=[0, 1])
        return qml.expval(qml.Z(1))

    program = runtime.compile(node, n_params=1)
    assert program.engine == "sector"
    assert program.expval([0.6]) == pytest.approx(float(node(np.array([0.6]))))


def test_variance_needs_also_reach():
    """H leads out of what a short circuit reaches; with also_reach its second moment equals the dense one."""

    def circuit(p):
        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        qml.DoubleExcitation(p[0], wires=range(4))

    hamiltonian = qml.X(0) @ qml.X(2) + qml.Y(1) @ qml.Y(3) + 0.5 * qml.Z(0)
    second_moment = np.linalg.norm(
        qml.matrix(hamiltonian, wire_order=range(4)) @ qml.matrix(circuit, wire_order=range(4))([0.8])[:, 0]
    )
    for also, right in (([], False), ([hamiltonian], True)):
        program = runtime.compile(circuit, hamiltonian, n_params=1, also_reach=also)
        state = program.state([0.8])
        out = np.empty_like(state)
        program._objectives[0].apply(state, out)
        assert (abs(np.linalg.norm(out) - second_moment) < 1e-12) == right


def test_a_sector_that_cannot_fit_is_refused_before_it_is_searched():
    def circuit(p):
        for w in range(47):
            qml.IsingXX(p[0], wires=[w, w + 1])

    with pytest.raises(
        runtime.DoesNotFitError, match=r"needs at least .* TiB for the 140,737,488,355,328 basis states"
    ):
        compiled(circuit)


def test_a_dicke_state_that_cannot_fit_is_refused_before_it_is_listed():
    def circuit(p):
        DickeState(30, wires=range(60))
        qml.RZ(p[0], wires=0)

    with pytest.raises(runtime.DoesNotFitError, match=r"1\.2e\+17 basis states"):
        compiled(circuit)


def late_dicke(x):
    qml.X(0)
    qml.SingleExcitation(x[0], [0, 1])
    qml.RZ(x[1], wires=1)
    DickeState(1, wires=[2, 3])
    qml.SingleExcitation(x[1], [1, 2])


def late_state(x):
    qml.X(0)
    qml.SingleExcitation(x[0], [0, 1])
    qml.StatePrep(np.array([0, 1, 1j, 0]) / 2**0.5, wires=[2, 3])
    qml.SingleExcitation(x[1], [1, 2])


@pytest.mark.parametrize("circuit", [late_dicke, late_state])
def test_a_preparation_after_gates_on_other_wires(circuit):
    observables = [qml.Z(0) + qml.Z(2), qml.X(1) @ qml.X(2), qml.Y(0) @ qml.X(3)]
    program = runtime.compile(circuit, observables, n_params=2)
    assert program.engine == "sector"
    params = np.array([0.9, 0.4])
    values, gradients = program.value_and_grad(params)
    expected_values, expected_gradients = default_qubit(circuit, observables, params)
    np.testing.assert_allclose(values, expected_values, atol=1e-12)
    np.testing.assert_allclose(gradients, expected_gradients, atol=1e-12)


HOP = 0.5 * (qml.X(0) @ qml.X(1) + qml.Y(0) @ qml.Y(1))


@pytest.mark.parametrize(
    "circuit",
    [
        lambda x: [qml.X(0), qml.evolve(HOP, x[0])],
        lambda x: [qml.X(0), qml.evolve(HOP, 0.3), qml.RZ(x[0], wires=0)],
        lambda x: [qml.X(0), qml.X(2), qml.ctrl(qml.evolve(HOP, 2 * x[0] - 0.1), 2)],
        lambda x: [qml.X(0), qml.evolve(qml.Z(0), x[0]), qml.SingleExcitation(x[0], [0, 1])],
        lambda x: [qml.X(0), qml.exp(HOP, 1j * x[0])],
        lambda x: [qml.X(0), qml.exp(HOP, 0.3j)],
        lambda x: [qml.evolve(qml.X(0), x[0]), qml.evolve(qml.X(1), x[0])],
        lambda x: [qml.evolve(qml.X(0), x[0]), qml.evolve(qml.Y(1), x[0])],
    ],
)
def test_exponentials_of_operators(circuit):
    observables = [qml.Z(0) - 0.5 * qml.Z(1), qml.X(0) @ qml.Y(1)]
    program = runtime.compile(circuit, observables, n_params=1)
    assert program.engine == "sector"
    values, gradients = program.value_and_grad([0.7])
    np.testing.assert_allclose(values, default_qubit(circuit, observables, [0.7])[0], atol=1e-10)
    # default.qubit's backpropagation through the exponential of a sum is wrong by a power of two.
    for i in range(2):
        expected = finite_differences(lambda x, i=i: program.expval(x)[i], np.array([0.7]))
        np.testing.assert_allclose(gradients[i], expected, atol=1e-8)


def test_operations_without_decomposition_may_reach_everything():
    program = runtime.compile(
        lambda p: [UniformSuperposition([[0, 1], [1, 0], [1, 1]], range(2)), GroverMixer(p[0], range(2))],
        qml.Z(0),
        n_params=1,
    )
    assert program.sector.dimension == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"observable": 5}, "An observable is a PennyLane operator, .* got 5"),
        ({"observable": (1 + 1j) * qml.Z(0)}, "must be Hermitian"),
        ({"observable": 1j * qml.X(0)}, "must be Hermitian"),
        ({"observable": qml.Hermitian(np.array([[0, 1], [0, 0]]), 0)}, "must be Hermitian"),
        ({"n_params": -1}, "a whole number of at least 0, got -1"),
        ({"n_params": 2.5}, r"a whole number of at least 0, got 2\.5"),
        ({"n_params": 0}, "asks for more parameters than n_params=0"),
    ],
)
def test_bad_arguments_are_answered(arguments, message):
    def circuit(p):
        qml.Hadamard(0)
        qml.CNOT([0, 1])
        qml.RZ(p[0], wires=0)

    options = {"observable": qml.Z(0), "n_params": 1, **arguments}
    with pytest.raises(ValueError, match=message):
        runtime.compile(circuit, options["observable"], n_params=options["n_params"])


def test_parameters_that_are_not_finite_are_refused():
    program = compiled(lambda p: qml.RZ(p[0], wires=0))
    with pytest.raises(ValueError, match="must be finite"):
        program.value_and_grad([np.nan])
