"""What may be measured on the device, on the engine that it should run on."""

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

POINT = np.array([0.4, 1.1])


def conserving(p):
    qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
    qml.DoubleExcitation(p[0], wires=range(4))
    qml.SingleExcitation(p[1], wires=[0, 2])
    qml.RZ(p[0], wires=1)


def measured(name, measure, *, shots=None):
    device = qml.device(name, wires=4, seed=5)

    @qml.set_shots(shots)
    @qml.qnode(device, diff_method=None)
    def node(p):
        conserving(p)
        return measure()

    return node(POINT), device


@pytest.mark.parametrize(
    "measure",
    [
        qml.state,
        lambda: qml.density_matrix([2, 0]),
        lambda: qml.purity([0, 1]),
        lambda: qml.vn_entropy([0]),
        lambda: qml.vn_entropy([0], log_base=2),
        lambda: qml.mutual_info([0], [1]),
        qml.probs,
        lambda: qml.probs(op=qml.Z(0) @ qml.Z(1)),
        lambda: qml.probs(op=qml.X(0)),
        lambda: qml.var(qml.Z(0) @ qml.Z(1)),
        lambda: qml.var(qml.X(0)),
        lambda: qml.var(0.3 * qml.X(0) @ qml.Y(2) + qml.Z(1) - 0.4 * qml.X(1) @ qml.X(3)),
        lambda: qml.var(qml.Hermitian(np.array([[1, 2 - 1j], [2 + 1j, -0.5]]), 0)),
        lambda: qml.var(qml.Projector([1, 0], wires=[0, 3])),
        lambda: qml.expval(qml.Y(0) @ qml.X(1)),
    ],
)
def test_exact_measurements_run_in_the_sector(measure):
    found, device = measured("kaname.sector", measure)
    expected, _ = measured("default.qubit", measure)
    np.testing.assert_allclose(found, expected, atol=1e-10)
    assert device.engine_counts == {"sector": 1}


def test_variances_of_more_wires_than_all_amplitudes_would_fit():
    """X(0) leads out of the sector of a single excitation, and its square is the identity."""
    n_wires = 40

    @qml.qnode(qml.device("kaname.sector", wires=n_wires), diff_method=None)
    def node(p):
        qml.X(0)
        for w in range(n_wires - 1):
            qml.SingleExcitation(p, wires=[w, w + 1])
        return qml.var(qml.X(0)), qml.var(qml.Z(0)), qml.probs(wires=[0])

    of_x, of_z, marginal = node(0.6)
    assert of_x == pytest.approx(1.0)
    assert of_z == pytest.approx(1 - np.cos(0.6) ** 2)
    np.testing.assert_allclose(marginal, [np.sin(0.3) ** 2, np.cos(0.3) ** 2], atol=1e-12)


@pytest.mark.parametrize(
    "measure",
    [
        lambda: qml.counts(all_outcomes=True),
        lambda: qml.counts(qml.Z(0)),
        lambda: qml.sample(qml.Z(0) @ qml.Z(1)),
        lambda: qml.expval(qml.X(0) @ qml.X(2)),
        lambda: qml.var(qml.X(0)),
        lambda: qml.expval(qml.Z(0) + 0.5 * qml.X(1) @ qml.X(3)),
    ],
)
def test_shots_are_taken_in_the_sector(measure):
    found, device = measured("kaname.sector", measure, shots=4000)
    exact = measure()
    assert set(device.engine_counts) == {"sector"}
    if exact.obs is None:
        assert sum(found.values()) == 4000
        assert {s for s, n in found.items() if n} <= {"1100", "0110", "0011", "1001"}
    elif isinstance(exact, qml.measurements.CountsMP):
        assert found[-1.0] == pytest.approx(
            4000 * (1 - measured("default.qubit", lambda: qml.expval(exact.obs))[0]) / 2, abs=150
        )
    elif isinstance(exact, qml.measurements.SampleMP):
        assert np.mean(found) == pytest.approx(measured("default.qubit", lambda: qml.expval(exact.obs))[0], abs=0.1)
    else:
        assert found == pytest.approx(measured("default.qubit", measure)[0], abs=0.1)


@pytest.mark.parametrize(
    "measure", [lambda: qml.classical_shadow([0, 1], seed=3), lambda: qml.shadow_expval(qml.Z(0) + qml.X(1), seed=3)]
)
def test_classical_shadows_are_those_of_default_qubit(measure):
    found, device = measured("kaname.sector", measure, shots=100)
    np.testing.assert_array_equal(found, measured("default.qubit", measure, shots=100)[0])
    assert set(device.engine_counts) == {"sector"}


def test_the_global_seed_repeats_samples():
    samples = []
    for _ in range(2):
        np.random.seed(3)  # noqa: NPY002

        @qml.set_shots(50)
        @qml.qnode(qml.device("kaname.sector", wires=4))
        def node():
            conserving(POINT)
            return qml.sample()

        samples.append(node())
    np.testing.assert_array_equal(*samples)


@pytest.mark.parametrize(
    ("options", "shots", "engine"),
    [
        ({}, None, "sector"),  # deferred: one more wire, and the circuit keeps its structure
        ({"mcm_method": "deferred"}, None, "sector"),
        ({"mcm_method": "tree-traversal"}, None, "lightning.qubit"),
        ({"mcm_method": "tree-traversal"}, 3000, "lightning.qubit"),
        ({"mcm_method": "one-shot"}, 300, "lightning.qubit"),
    ],
)
def test_measurements_in_mid_circuit(options, shots, engine):
    device = qml.device("kaname.sector", wires=4, seed=11)

    @qml.set_shots(shots)
    @qml.qnode(device, **options)
    def node(p):
        qml.X(0)
        qml.SingleExcitation(p, wires=[0, 1])
        outcome = qml.measure(0)
        qml.cond(outcome, qml.SingleExcitation)(1.3, wires=[1, 2])
        qml.cond(~outcome, qml.SingleExcitation)(0.7, wires=[1, 2])
        return qml.expval(qml.Z(2))

    expected = 1 - 2 * np.sin(0.6 / 2) ** 2 * np.sin(0.7 / 2) ** 2
    assert node(0.6) == pytest.approx(expected, abs=1e-10 if shots is None else 0.1)
    assert set(device.engine_counts) == {engine}
    if shots is None:
        slope = -2 * np.sin(0.3) * np.cos(0.3) * np.sin(0.35) ** 2
        assert qml.grad(node)(pnp.array(0.6, requires_grad=True)) == pytest.approx(slope, abs=1e-10)


def test_gradients_with_broadcasting():
    jacobians = []
    for name in ("kaname.sector", "default.qubit"):

        @qml.qnode(qml.device(name, wires=4))
        def node(p, q):
            conserving([p, q])
            return qml.expval(qml.X(0) @ qml.X(2))

        many, one = pnp.array([0.1, 0.2, 0.3], requires_grad=True), pnp.array(0.5, requires_grad=True)
        jacobians.append(qml.jacobian(node)(many, one))
    for found, expected in zip(*jacobians, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(
    "gate",
    [
        lambda z: qml.pow(qml.SWAP([0, 1]), z),
        lambda z: qml.evolve(z * (qml.X(0) @ qml.X(1) + qml.Y(0) @ qml.Y(1)), 0.3),
        lambda z: qml.exp(qml.X(0) @ qml.X(1) + qml.Y(0) @ qml.Y(1), 1j * z),
        lambda z: qml.QubitUnitary(qml.matrix(qml.SingleExcitation(z, [0, 1])), [0, 1]),
        lambda z: qml.ApproxTimeEvolution(qml.Hamiltonian([z, z], [qml.X(0) @ qml.X(1), qml.Y(0) @ qml.Y(1)]), 0.4, 1),
        lambda z: qml.prod(qml.SingleExcitation(z, [0, 1]), qml.RZ(0.2, 0)),
        lambda z: qml.ctrl(qml.SingleExcitation(z, [0, 1]), 2, control_values=[0]),
    ],
)
def test_numbers_that_are_no_angles_are_not_mistaken_for_each_other(gate):
    devices = [qml.device(name, wires=3) for name in ("kaname.sector", "default.qubit")]

    def run(device, z):
        @qml.qnode(device, diff_method=None)
        def node():
            qml.X(0)
            gate(z)
            return qml.probs(wires=[0])

        return node()

    for z in (0.5, 0.25, 0.5, 0.75):
        np.testing.assert_allclose(*(run(d, z) for d in devices), atol=1e-10)
    assert set(devices[0].engine_counts) == {"sector"}
