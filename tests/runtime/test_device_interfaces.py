"""The device under PennyLane's interfaces; JAX and Torch are tried where they are installed."""

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

from runtime.sector_program import SectorProgram

POINT = np.array([0.4, 1.1])
ONE = [qml.X(0) @ qml.X(2) + 0.3 * qml.Z(1)]
SEVERAL = [qml.Z(0), *ONE, qml.Y(1) @ qml.X(3)]


def circuit(p):
    qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
    qml.DoubleExcitation(p[0], wires=range(4))
    qml.SingleExcitation(qml.math.sin(p[1]), wires=[0, 2])
    qml.RZ(p[0], wires=1)


def node(observables, name="kaname.sector", **options):
    device = qml.device(name, wires=4)

    @qml.qnode(device, **options)
    def run(p):
        circuit(p)
        return [qml.expval(o) for o in observables]

    return device, run


def autograd_jacobian(observables, name):
    _, run = node(observables, name)
    return qml.jacobian(lambda p: qml.math.stack(run(p)))(pnp.array(POINT, requires_grad=True))


@pytest.fixture
def passes(monkeypatch):
    """Which of the program's derivatives are called."""
    seen = []
    for name in ("value_and_grad", "vjp", "jvp"):
        method = getattr(SectorProgram, name)

        def counted(self, *arguments, name=name, method=method):
            seen.append(name)
            return method(self, *arguments)

        monkeypatch.setattr(SectorProgram, name, counted)
    return seen


@pytest.mark.parametrize("observables", [ONE, SEVERAL])
def test_autograd(observables):
    found, expected = (autograd_jacobian(observables, name) for name in ("kaname.sector", "default.qubit"))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_combination_of_several_observables_costs_one_adjoint_pass(passes):
    gradients = []
    for name in ("kaname.sector", "default.qubit"):
        _, run = node(SEVERAL, name)
        cost = qml.grad(lambda p, run=run: qml.math.sum(qml.math.stack(run(p)) ** 2))
        gradients.append(cost(pnp.array(POINT, requires_grad=True)))
    np.testing.assert_allclose(*gradients, atol=1e-12)
    assert passes == ["vjp"]


def test_the_gradient_of_one_observable_comes_with_its_value(passes):
    _, run = node(ONE)
    qml.grad(lambda p: run(p)[0])(pnp.array(POINT, requires_grad=True))
    assert passes == ["value_and_grad"]


@pytest.mark.parametrize("engine", ["sector", "lightning.qubit"])
def test_products_with_the_jacobian_on_either_engine(engine):
    device = qml.device("kaname.sector", wires=4)
    operations = qml.tape.make_qscript(circuit)(POINT).operations
    if engine != "sector":
        operations = [*operations, *(qml.RX(0.3 + w, w) for w in range(4)), qml.CNOT([0, 1]), qml.RX(0.2, 1)]
    trainable = list(range(1, len(operations)))
    tape = qml.tape.QuantumScript(operations, [qml.expval(o) for o in SEVERAL], trainable_params=trainable)
    if engine != "sector":
        (tape,), _ = device.preprocess_transforms()((tape,))
        tape.trainable_params = trainable
    values, rows = device.execute_and_compute_derivatives(tape)
    jacobian = np.array(rows, dtype=float)
    weights, tangent = np.array([0.3, -1.0, 2.0]), np.linspace(-1, 1, len(trainable))
    assert device.compute_vjp(tape, tuple(weights)) == pytest.approx(weights @ jacobian)
    assert device.compute_jvp(tape, tuple(tangent)) == pytest.approx(jacobian @ tangent)
    by_batch = device.compute_vjp(tape, tuple(np.eye(3))) if engine == "sector" else jacobian.T
    np.testing.assert_allclose(by_batch, jacobian.T, atol=1e-12)
    assert device.execute_and_compute_vjp(tape, tuple(weights))[0] == pytest.approx(values)
    assert device.execute_and_compute_jvp(tape, tuple(tangent))[0] == pytest.approx(values)
    assert set(device.engine_counts) == {engine}


def test_second_derivatives_by_parameter_shifts():
    hessians = []
    for name in ("kaname.sector", "default.qubit"):
        _, run = node(ONE, name, diff_method="parameter-shift", max_diff=2)
        hessian = qml.jacobian(qml.grad(lambda p, run=run: run(p)[0]))
        hessians.append(hessian(pnp.array(POINT, requires_grad=True)))
    np.testing.assert_allclose(*hessians, atol=1e-10)


@pytest.mark.parametrize("observables", [ONE, SEVERAL])
@pytest.mark.parametrize("jit", [False, True])
def test_jax(observables, jit):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    device, run = node(observables)

    def stacked(p):
        return jax.numpy.stack(run(p))

    wrap = jax.jit if jit else (lambda f: f)
    point = jax.numpy.array(POINT)
    expected = autograd_jacobian(observables, "default.qubit")
    np.testing.assert_allclose(wrap(stacked)(point), node(observables, "default.qubit")[1](POINT), atol=1e-10)
    np.testing.assert_allclose(wrap(jax.jacobian(stacked))(point), expected, atol=1e-10)
    gradient = wrap(jax.grad(lambda p: stacked(p).sum()))(point)
    np.testing.assert_allclose(gradient, expected.sum(axis=0), atol=1e-10)
    assert set(device.engine_counts) == {"sector"}


def test_jax_in_forward_mode():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    _, run = node(SEVERAL)
    tangent = np.array([0.3, -0.8])
    _, slopes = jax.jvp(lambda p: jax.numpy.stack(run(p)), (jax.numpy.array(POINT),), (jax.numpy.array(tangent),))
    np.testing.assert_allclose(slopes, autograd_jacobian(SEVERAL, "default.qubit") @ tangent, atol=1e-10)


@pytest.mark.parametrize("observables", [ONE, SEVERAL])
def test_torch(observables):
    torch = pytest.importorskip("torch")
    device, run = node(observables)
    point = torch.tensor(POINT, requires_grad=True)
    jacobian = torch.autograd.functional.jacobian(lambda p: torch.stack(tuple(run(p))), point)
    np.testing.assert_allclose(jacobian, autograd_jacobian(observables, "default.qubit"), atol=1e-10)
    assert set(device.engine_counts) == {"sector"}
