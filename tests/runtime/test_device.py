"""`kaname.sector` as any PennyLane user meets it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

ROOT = Path(__file__).parents[2]


def conserving(p):
    qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
    qml.DoubleExcitation(p[0], wires=range(4))
    qml.SingleExcitation(p[1], wires=[0, 2])
    qml.RZ(p[0], wires=1)


def general(p):
    for w in range(4):
        qml.RX(p[0], wires=w)
    qml.CNOT([0, 1])
    qml.RY(p[1], wires=2)


HAMILTONIAN = qml.Hamiltonian([0.3, -0.7, 0.2], [qml.Z(0), qml.X(0) @ qml.X(2), qml.Y(1) @ qml.Y(3)])


@pytest.mark.parametrize("circuit", [conserving, general])
def test_values_and_gradients_equal_default_qubit(circuit):
    check_values_and_gradients(circuit, "sector")


def test_values_and_gradients_on_lightning_equal_default_qubit(on_lightning):
    check_values_and_gradients(general, "lightning.qubit")


def check_values_and_gradients(circuit, engine):
    device = qml.device("kaname.sector", wires=4)
    nodes = []
    for d in (device, qml.device("default.qubit", wires=4)):

        @qml.qnode(d)
        def node(p):
            circuit(p)
            return qml.expval(HAMILTONIAN)

        nodes.append(node)
    params = pnp.array([0.4, 1.1], requires_grad=True)
    assert float(nodes[0](params)) == pytest.approx(float(nodes[1](params)), abs=1e-10)
    np.testing.assert_allclose(qml.grad(nodes[0])(params), qml.grad(nodes[1])(params), atol=1e-10)
    assert set(device.engine_counts) == {engine}


@pytest.mark.parametrize("circuit", [conserving, general])
def test_all_exact_measurements_equal_default_qubit(circuit):
    results = []
    for name in ("kaname.sector", "default.qubit"):

        @qml.qnode(qml.device(name, wires=4))
        def node(p):
            circuit(p)
            return (
                qml.state(),
                qml.probs(),
                qml.probs(wires=[2, 0]),
                qml.var(qml.Z(0) @ qml.Z(1)),
                qml.var(qml.X(0)),
                qml.expval(qml.Projector([1, 0], wires=[0, 3])),
                qml.purity(wires=[0]),
            )

        results.append(node(np.array([0.4, 1.1])))
    for found, expected in zip(*results, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-10)


def test_broadcasting_and_shot_vectors():
    device = qml.device("kaname.sector", wires=4, seed=3)

    @qml.qnode(device)
    def exact(p, q):
        conserving([p, q])
        return qml.expval(qml.Z(0))

    many = exact(np.array([0.1, 0.2, 0.3]), 0.5)
    np.testing.assert_allclose(many, [exact(x, 0.5) for x in (0.1, 0.2, 0.3)], atol=1e-12)

    @qml.set_shots([1000, 50])
    @qml.qnode(device)
    def sampled(p):
        conserving(p)
        return qml.counts(), qml.expval(qml.Z(0)), qml.sample(wires=[0, 1])

    first, second = sampled(np.array([0.4, 1.1]))
    assert sum(first[0].values()) == 1000
    assert sum(second[0].values()) == 50
    assert set(first[0]) <= {"1100", "0110", "0011", "1001"}
    assert first[2].shape == (1000, 2)
    assert first[1] == pytest.approx(float(exact(0.4, 1.1)), abs=0.15)
    assert device.engine_counts["lightning.qubit"] == 0


def test_measuring_in_another_basis_with_shots():
    device = qml.device("kaname.sector", wires=4, seed=3)

    @qml.set_shots(20000)
    @qml.qnode(device)
    def node(p):
        conserving(p)
        return qml.expval(qml.X(0) @ qml.X(2))

    @qml.qnode(device)
    def exact(p):
        conserving(p)
        return qml.expval(qml.X(0) @ qml.X(2))

    params = np.array([0.4, 1.1])
    assert float(node(params)) == pytest.approx(float(exact(params)), abs=0.05)
    assert device.engine_counts == {"sector": 2}


def test_mid_circuit_measurements_are_handed_on():
    device = qml.device("kaname.sector", wires=3)

    @qml.qnode(device)
    def node(p):
        qml.X(0)
        qml.SingleExcitation(p, wires=[0, 1])
        outcome = qml.measure(0)
        qml.cond(outcome, qml.X)(1)
        return qml.expval(qml.Z(1))

    @qml.qnode(qml.device("default.qubit", wires=4))
    def reference(p):
        qml.X(0)
        qml.SingleExcitation(p, wires=[0, 1])
        outcome = qml.measure(0)
        qml.cond(outcome, qml.X)(1)
        return qml.expval(qml.Z(1))

    assert float(node(0.3)) == pytest.approx(float(reference(0.3)), abs=1e-10)


def test_templates_with_arrays_of_parameters_run_natively_and_are_compiled_once():
    singles, doubles = qml.qchem.excitations(2, 4)
    s_wires, d_wires = qml.qchem.excitations_to_wires(singles, doubles)
    device = qml.device("kaname.sector", wires=4)

    @qml.qnode(device)
    def node(weights):
        qml.UCCSD(weights, range(4), s_wires, d_wires, init_state=np.array([1, 1, 0, 0]))
        return qml.expval(HAMILTONIAN)

    for scale in (0.1, 0.2, 0.3):
        weights = pnp.array(scale * np.arange(1, 4), requires_grad=True)
        node(weights)
        qml.grad(node)(weights)
    assert set(device.engine_counts) == {"sector"}
    assert device.planner.n_structures == 1


def test_string_labels_and_devices_without_wires():
    @qml.qnode(qml.device("kaname.sector"))
    def node(p):
        qml.X("a")
        qml.SingleExcitation(p, wires=["a", "b"])
        return qml.probs(wires=["b", "a"])

    np.testing.assert_allclose(node(0.5), [0, np.cos(0.25) ** 2, np.sin(0.25) ** 2, 0], atol=1e-12)


@pytest.mark.parametrize("shots", ["None", "20000"])
def test_pennylanes_device_suite_passes(shots):
    """`pl-device-test`, the suite that PennyLane ships for plugins; it calls the pytest that it finds on the path."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = ["pl-device-test", "--device", "kaname.sector", "--shots", shots, "--skip-ops"]
    options = ["-q", "-W", "ignore", "-p", "no:cacheprovider", "--tb=line", "--no-header"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, env=environment, cwd=ROOT / "tests")
    summary = run.stdout.strip().splitlines()[-1]
    assert run.returncode == 0, run.stdout[-3000:]
    assert "passed" in summary
    assert not re.search(r"\b\d+ failed", summary)
