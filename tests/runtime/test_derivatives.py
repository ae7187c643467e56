"""Products with Jacobians and Hessians, and the metric, against finite differences and against one another."""

import numpy as np
import pennylane as qml
import pytest
from dense import finite_differences
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import RandomCircuit, random_observables

import runtime
from runtime.blocks import lowering
from runtime.blocks.evolution import BlockEvolution
from runtime.derivatives import fubini_study
from runtime.evolution import Evolution
from runtime.operations import (
    DiagonalCost,
    DickeState,
    GroverMixer,
    GuardedHop,
    PermutationState,
    RegisterSwap,
    UniformSuperposition,
)

FAMILIES = ("conserving", "pauli", "wrapped", "permuting")
SEEDS = st.integers(0, 2**32 - 1)
WIRES = 5


def hop_with_a_phase(angle, wires):
    """exp(-i angle H) for an H that couples 01 with 10 by a strength that is neither real nor imaginary."""
    a, b = wires
    words = [qml.X(a) @ qml.X(b), qml.Y(a) @ qml.Y(b), qml.X(a) @ qml.Y(b), qml.Y(a) @ qml.X(b)]
    qml.evolve(qml.dot([0.3, 0.3, 0.4, -0.4], words), angle)


def feasible_mixing(p):
    """Diagonals, guarded hops, reflections, a hop with a phase, and a fixed matrix."""
    UniformSuperposition(np.array([[1, 0, 0, 1], [0, 1, 0, 1], [0, 1, 1, 0]]), wires=range(4))
    for gamma, beta in ((p[0], p[1]), (0.7 * p[2] - 0.2, p[1])):
        DiagonalCost(gamma, lambda bits: bits @ np.array([0.3, -1.0, 2.0, 0.5]), wires=range(4))
        GuardedHop(beta, wires=[0, 1], pairs=[((1, 0), (0, 1))])
        GroverMixer(p[2], wires=range(4))
    qml.SISWAP(wires=[1, 2])
    hop_with_a_phase(p[1], wires=[2, 3])
    qml.RZ(p[0], wires=3)
    hop_with_a_phase(p[2] + p[0], wires=[0, 2])
    qml.IsingXY(p[0] * 2, wires=[2, 3])


def real_rotations(p):
    """Plane rotations alone: the state is real."""
    DickeState(2, wires=range(5))
    for i, w in enumerate((0, 2, 1, 3, 0, 1)):
        qml.SingleExcitation(p[i % 3] * (1 + 0.3 * i) + 0.1 * w, wires=[w, w + 1])


def products_of_parameters(p):
    """Angles that are not affine, some of them in a single parameter, one shared by two gates."""
    DickeState(2, wires=range(5))
    qml.SingleExcitation(p[0] * p[1], wires=[0, 1])
    qml.RZ(qml.math.exp(p[2]), wires=1)
    qml.IsingXY(qml.math.sin(p[0]) + p[2] ** 2, wires=[1, 2])
    qml.IsingXY(qml.math.sin(p[0]) + p[2] ** 2, wires=[3, 4])
    qml.SingleExcitation(0.4, wires=[2, 3])


def all_amplitudes(p):
    """Phases and layers of X rotations on all amplitudes, and a reflection."""
    for w in range(4):
        qml.Hadamard(w)
    DiagonalCost(p[0], lambda bits: bits @ np.array([0.3, -1.0, 2.0, 0.5]) + bits[:, 0] * bits[:, 3], wires=range(4))
    for w in range(4):
        qml.RX(p[1] * (1 + 0.2 * w), wires=w)
    qml.IsingZZ(p[2], wires=[0, 1])
    qml.RX(p[0] - 0.4, wires=2)
    GroverMixer(p[1], wires=range(4))
    qml.RZ(p[2] + p[1], wires=3)
    for w in (1, 3):
        qml.RX(p[2], wires=w)


CHOSEN = {
    "all amplitudes": (all_amplitudes, 4),
    "feasible mixing": (feasible_mixing, 4),
    "real rotations": (real_rotations, 5),
    "products of parameters": (products_of_parameters, 5),
}


def drawn(family, affine, seed):
    """A random circuit, observables, a point and two directions."""
    rng = np.random.default_rng(seed)
    circuit = RandomCircuit(family, WIRES, n_gates=10, n_params=3, rng=rng, affine=affine)
    return circuit, random_observables(WIRES, rng), rng.normal(size=(3, 3))


def chosen(name):
    rng = np.random.default_rng(5)
    circuit, n_wires = CHOSEN[name]
    return circuit, random_observables(n_wires, rng), rng.normal(size=(3, 3))


def check_products(circuit, observables, point, direction):
    """vjp and jvp of several observables, and of one."""
    program = runtime.compile(circuit, observables, n_params=3)
    values, jacobian = program.value_and_grad(point)
    weights = np.array([0.3, -1.2, 2.0])
    same, product = program.vjp(point, weights)
    np.testing.assert_allclose(same, values, atol=1e-12)
    np.testing.assert_allclose(product, weights @ jacobian, atol=1e-10)
    same, product = program.jvp(point, direction)
    np.testing.assert_allclose(same, values, atol=1e-12)
    np.testing.assert_allclose(product, jacobian @ direction, atol=1e-10)
    one = runtime.compile(circuit, observables[1], n_params=3)
    assert one.jvp(point, direction) == pytest.approx((values[1], jacobian[1] @ direction), abs=1e-10)
    value, product = one.vjp(point, -2.0)
    assert isinstance(value, float)
    np.testing.assert_allclose(product, -2.0 * jacobian[1], atol=1e-10)


def check_hessian(circuit, observable, point, first, second):
    """Hvp against differences of gradients, and symmetric in its two directions."""
    program = runtime.compile(circuit, observable, n_params=3)
    value, gradient, product = program.hvp(point, first)
    expected_value, expected_gradient = program.value_and_grad(point)
    assert value == pytest.approx(expected_value, abs=1e-12)
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-10)
    step = 1e-5
    ahead, behind = (program.value_and_grad(point + s * first)[1] for s in (step, -step))
    np.testing.assert_allclose(product, (ahead - behind) / (2 * step), atol=1e-6 * (1 + np.abs(product).max()))
    scale = 1 + np.abs(product).max()
    assert product @ second == pytest.approx(program.hvp(point, second)[2] @ first, abs=1e-10 * scale)


def check_metric(circuit, point):
    """The metric against differences of states; row by row; and no negative eigenvalues."""
    program = runtime.compile(circuit, qml.Z(0), n_params=3)
    metric = program.metric(point)
    state = program.state(point)
    step = 1e-5
    moved = [(program.state(point + step * e) - program.state(point - step * e)) / (2 * step) for e in np.eye(3)]
    overlaps = np.array([np.vdot(m, state) for m in moved])
    expected = np.array([[np.vdot(a, b) for b in moved] for a in moved]) - np.outer(overlaps, overlaps.conj())
    np.testing.assert_allclose(metric, expected.real, atol=1e-7 * (1 + np.abs(metric).max()))
    np.testing.assert_allclose(metric, metric.T, atol=1e-12)
    assert np.linalg.eigvalsh(metric).min() > -1e-12 * (1 + np.abs(metric).max())


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_products_with_jacobians(family, affine, seed):
    circuit, observables, (point, direction, _) = drawn(family, affine, seed)
    if runtime.compile(circuit, qml.Z(0)).engine == "sector":
        check_products(circuit, observables, point, direction)


@pytest.mark.parametrize("name", CHOSEN)
def test_products_with_jacobians_of_chosen_circuits(name):
    circuit, observables, (point, direction, _) = chosen(name)
    check_products(circuit, observables, point, direction)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=5, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_products_with_hessians(family, affine, seed):
    circuit, observables, directions = drawn(family, affine, seed)
    if runtime.compile(circuit, qml.Z(0)).engine == "sector":
        for observable in observables:
            check_hessian(circuit, observable, *directions)


@pytest.mark.parametrize("name", CHOSEN)
def test_products_with_hessians_of_chosen_circuits(name):
    circuit, observables, directions = chosen(name)
    for observable in observables:
        check_hessian(circuit, observable, *directions)


@pytest.mark.parametrize("objective", [lambda z: runtime.CVaR(z, 0.3), lambda z: runtime.Gibbs(z, 1.4)])
def test_products_with_hessians_of_objectives(objective):
    circuit, (diagonal, *_), directions = chosen("feasible mixing")
    check_hessian(circuit, objective(diagonal), *directions)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_metrics(family, affine, seed):
    circuit, _, (point, *_) = drawn(family, affine, seed)
    if runtime.compile(circuit, qml.Z(0)).engine == "sector":
        check_metric(circuit, point)


@pytest.mark.parametrize("name", CHOSEN)
def test_metrics_of_chosen_circuits(name):
    circuit, _, (point, *_) = chosen(name)
    check_metric(circuit, point)


def test_the_metric_equals_pennylanes():
    circuit, _, (point, *_) = chosen("real rotations")
    device = qml.device("default.qubit", wires=5)

    @qml.qnode(device, interface="autograd")
    def state(p):
        circuit(p)
        return qml.state()

    from autograd import jacobian

    moved = jacobian(lambda p: qml.math.real(state(p)))(point)
    np.testing.assert_allclose(
        runtime.compile(circuit, qml.Z(0), n_params=3).metric(point), moved.T @ moved, atol=1e-10
    )


def check_loops(program, point, direction):
    """A layout's own loops against the ones that take an instruction at a time."""
    evolution, chain = program._evolution, program._parametrization
    angles = chain.angles(point)
    turned = evolution.angle_map.forward(angles)
    by_parameter = evolution.angle_map.rates_by(chain.jacobian(point), len(angles))
    rates = by_parameter @ direction
    initial = evolution.prepared(program._dtype)
    fused = [initial.copy(), np.zeros_like(initial)]
    plain = [v.copy() for v in fused]
    evolution.push(*fused, turned, rates)
    Evolution.push(evolution, *plain, turned, rates)
    np.testing.assert_allclose(fused, plain, atol=1e-12)
    rng = np.random.default_rng(1)
    bras = rng.normal(size=(2, len(initial))).astype(program._dtype)
    if np.iscomplexobj(bras):
        bras += 1j * rng.normal(size=bras.shape)
    fused, plain = [[v.copy() for v in (*plain, *bras)] for _ in range(2)]
    expected = Evolution.pull(evolution, *plain, turned, rates)
    np.testing.assert_allclose(evolution.pull(*fused, turned, rates), expected, atol=1e-12)
    np.testing.assert_allclose(fused, plain, atol=1e-12)
    np.testing.assert_allclose(fused[0], initial, atol=1e-12)  # all is undone
    np.testing.assert_allclose(fused[1], 0.0, atol=1e-12)
    np.testing.assert_allclose(
        evolution.tangent_vectors(initial, turned, by_parameter),
        Evolution.tangent_vectors(evolution, initial, turned, by_parameter),
        atol=1e-12,
    )
    whole, rows = (fubini_study(evolution, initial, turned, by_parameter, room) for room in (np.inf, 0))
    np.testing.assert_allclose(whole, rows, atol=1e-12)


@pytest.mark.parametrize("name", CHOSEN)
def test_loops_fused_or_not_agree(name):
    circuit, _, directions = chosen(name)
    check_loops(runtime.compile(circuit, qml.Z(0) @ qml.Z(1), n_params=3), *directions[:2])


def layers_on_many_wires(p):
    """Blocks of either side, the threads' own buffers, and reflections between passes."""
    n = 16
    for w in range(n):
        qml.Hadamard(w)
    for layer in range(2):
        DiagonalCost(p[layer], lambda bits: (bits @ np.linspace(0.2, 1.0, n)) ** 2, wires=range(n))
        for w in range(n):
            qml.RX(p[2] * (1 + 0.1 * w) - 0.3 * layer, wires=w)
    GroverMixer(p[1], wires=range(n))
    qml.IsingZZ(p[0], wires=[2, 9])


def swaps_of_many_cities(p):
    """Swaps of each kind, on all threads."""
    n = 9
    PermutationState(range(n * n))
    DiagonalCost(p[0], lambda bits: bits @ np.sin(np.arange(n * n)), wires=range(n * n))
    for first, second in ((0, 1), (2, 3), (4, 5), (5, 6), (6, 7), (7, 8), (1, 6)):
        RegisterSwap(p[1] + 0.2 * first, [*range(n * first, n * first + n), *range(n * second, n * second + n)])
    GroverMixer(p[2], wires=range(n * n))
    RegisterSwap(p[2], range(n * 2))


@pytest.mark.parametrize("circuit", [layers_on_many_wires, swaps_of_many_cities])
def test_loops_fused_or_not_agree_on_many_amplitudes(circuit):
    check_loops(
        runtime.compile(circuit, qml.Z(0) @ qml.Z(1), n_params=3), *np.random.default_rng(3).normal(size=(2, 3))
    )


@pytest.fixture
def small_blocks(monkeypatch):
    """Block sectors however small."""
    monkeypatch.setattr(lowering, "SMALL", 1)
    monkeypatch.setattr(lowering, "LARGE", 1)


def hops_in_halves(is_real):
    """Hops within the left half, within the right one and between them, in alternation, on 6 wires."""

    def circuit(p):
        DickeState(3, wires=range(6))
        for i, (a, b) in enumerate([(0, 1), (4, 5), (1, 4), (2, 0), (3, 5), (0, 5), (1, 2)]):
            qml.SingleExcitation(p[i % 3] + 0.2 * i, wires=[a, b])
            qml.DoubleExcitation(p[(i + 1) % 3], wires=[a, b, *sorted({0, 1, 2, 3, 4, 5} - {a, b})[i % 3 :][:2]])
            if not is_real:
                qml.IsingXY(p[i % 3] * 0.4 - 0.1, wires=[(a + 1) % 6, b] if (a + 1) % 6 != b else [a, b])
                qml.MultiRZ(p[2] * i, wires=[a, b, 3] if 3 not in (a, b) else [a, b, 2])
                hop_with_a_phase(p[1], wires=[a, b])

    return circuit


@pytest.mark.parametrize("is_real", [True, False])
@pytest.mark.usefixtures("small_blocks")
def test_derivatives_on_block_sectors(is_real):
    rng = np.random.default_rng(8)
    circuit, observables = hops_in_halves(is_real), random_observables(6, rng)
    if is_real:
        observables = [qml.Z(0) @ qml.Z(4), qml.X(0) @ qml.X(5) + qml.Y(1) @ qml.Y(3), qml.X(1) @ qml.Z(2) @ qml.X(4)]
    directions = rng.normal(size=(3, 3))
    program = runtime.compile(circuit, observables, n_params=3)
    assert isinstance(program._evolution, BlockEvolution)
    assert program._dtype == (np.float64 if is_real else np.complex128)
    check_products(circuit, observables, *directions[:2])
    for observable in observables:
        check_hessian(circuit, observable, *directions)
    check_metric(circuit, directions[0])
    check_loops(program, *directions[:2])


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.usefixtures("small_blocks")
def test_derivatives_of_random_circuits_on_block_sectors(seed):
    circuit, observables, directions = drawn("conserving", bool(seed % 2), seed)
    if isinstance(runtime.compile(circuit, qml.Z(0))._evolution, BlockEvolution):
        check_products(circuit, observables, *directions[:2])
        check_hessian(circuit, observables[1], *directions)
        check_metric(circuit, directions[0])


@pytest.mark.parametrize("is_real", [True, False])
def test_loops_on_several_threads_agree_with_differences(is_real):
    n = 21  # 352,716 states: each hop couples enough pairs for all threads
    weights = np.linspace(-1.0, 1.0, n)

    def circuit(p):
        DickeState(10, wires=range(n))
        if not is_real:
            DiagonalCost(p[0], lambda bits: bits @ weights, wires=range(n))
            qml.IsingXY(p[1], wires=[0, 1])
            GroverMixer(p[0], wires=range(n))
        qml.SingleExcitation(p[0], wires=[2, 20])
        qml.SingleExcitation(p[1], wires=[0, 2])

    cost = runtime.DiagonalObservable(lambda bits: bits @ weights + bits[:, 0] * bits[:, 20], wires=tuple(range(n)))
    program = runtime.compile(circuit, cost, n_params=2)
    assert program.sector.dimension == 352_716
    point, direction = np.array([0.4, 0.9]), np.array([0.7, -0.3])
    value, slope = program.jvp(point, direction)
    expected_value, gradient = program.value_and_grad(point)
    assert (value, slope) == pytest.approx((expected_value, gradient @ direction), abs=1e-9)
    step = 1e-5
    ahead, behind = (program.value_and_grad(point + s * direction)[1] for s in (step, -step))
    _, again, product = program.hvp(point, direction)
    np.testing.assert_allclose(again, gradient, atol=1e-9)
    np.testing.assert_allclose(product, (ahead - behind) / (2 * step), atol=1e-6)


def test_gradients_of_shared_scaled_shifted_and_fixed_angles():
    for name in CHOSEN:
        circuit, observables, (point, *_) = chosen(name)
        program = runtime.compile(circuit, observables[1], n_params=3)
        np.testing.assert_allclose(
            program.value_and_grad(point)[1], finite_differences(program.expval, point), atol=1e-6
        )


@pytest.mark.parametrize("name", CHOSEN)
def test_single_precision_is_precise_to_single_precision(name):
    circuit, (observable, *_), (point, direction, _) = chosen(name)
    single, double = (runtime.compile(circuit, observable, n_params=3, precision=p) for p in ("single", "double"))
    assert single.state(point).dtype.itemsize == double.state(point).dtype.itemsize / 2
    for found, expected in zip(
        (*single.hvp(point, direction), *single.jvp(point, direction), single.metric(point), single.variance(point)),
        (*double.hvp(point, direction), *double.jvp(point, direction), double.metric(point), double.variance(point)),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=2e-5)


def test_circuits_without_parameters_have_empty_derivatives():
    program = runtime.compile(lambda p: qml.X(0), [qml.Z(0), qml.Z(1)], n_params=0)
    assert program.vjp([], [1.0, 2.0])[1].shape == (0,)
    np.testing.assert_array_equal(program.jvp([], [])[1], [0.0, 0.0])
    assert runtime.compile(lambda p: qml.X(0), qml.Z(0) + qml.Z(1), n_params=0).hvp([], [])[2].shape == (0,)
    assert program.metric([]).shape == (0, 0)


def test_what_lightning_cannot_do_is_said(on_lightning):
    def circuit(p):
        for w in range(3):
            qml.Hadamard(w)
            qml.RY(p[0] + w, wires=w)
            qml.RX(p[1], wires=w)
        qml.CNOT([0, 1])
        qml.CRX(p[0], wires=[1, 2])

    program = runtime.compile(circuit, [qml.Z(0), qml.X(1)], n_params=2)
    point, direction, weights = np.array([0.3, -0.4]), np.array([1.0, 2.0]), np.array([0.5, -1.0])
    _, jacobian = program.value_and_grad(point)
    np.testing.assert_allclose(program.jvp(point, direction)[1], jacobian @ direction)
    np.testing.assert_allclose(program.vjp(point, weights)[1], weights @ jacobian)
    assert program.engine == "lightning.qubit"
    with pytest.raises(ValueError, match=r"A Hessian-vector product is computed by the sector engine only"):
        program.hvp(point, direction)
    with pytest.raises(ValueError, match=r"The Fubini-Study metric is computed by the sector engine only"):
        program.metric(point)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.vjp([0.0] * 3, [1.0]), r"shape \(3,\), one for each observable, got shape \(1,\)"),
        (lambda p: p.vjp([0.0] * 3, [1.0, np.nan, 0.0]), "Cotangents are finite numbers"),
        (lambda p: p.jvp([0.0] * 3, [1.0]), r"takes a tangent of shape \(3,\), got shape \(1,\)"),
        (lambda p: p.jvp([0.0] * 3, [np.inf, 0.0, 0.0]), "A tangent must be finite"),
        (lambda p: p.hvp([0.0] * 3, [1.0, 0.0, 0.0]), "this program has several: compile one for each"),
        (lambda p: p.metric([0.0]), r"takes parameters of shape \(3,\)"),
    ],
)
def test_bad_arguments_are_answered(call, message):
    circuit, observables, _ = chosen("real rotations")
    with pytest.raises(ValueError, match=message):
        call(runtime.compile(circuit, observables, n_params=3))
