import numpy as np
import pennylane as qml
import pytest
import scipy.sparse
from dense import embedded

import runtime
from runtime.operations import DickeState

WIRES = range(5)


def circuit(p):
    DickeState(2, wires=WIRES)
    for w in WIRES:
        qml.RZ(p[0] * w, wires=w)
        qml.SingleExcitation(p[1], wires=[w, (w + 1) % 5])


def observables():
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(8, 8)) + 1j * rng.normal(size=(8, 8))
    hermitian = qml.Hermitian(matrix + matrix.conj().T, wires=[0, 2, 4])
    big = rng.normal(size=(32, 32))
    return {
        "diagonal": qml.Z(0) @ qml.Z(3) + 0.3 * qml.Z(1),
        "identity": 2.5 * qml.Identity(0),
        "hop": qml.X(0) @ qml.X(3) + qml.Y(0) @ qml.Y(3),
        "complex": qml.X(0) @ qml.Y(3) + qml.Z(2),
        "leaves the sector": qml.X(0),
        "hermitian": hermitian,
        "sum with a matrix": 0.5 * hermitian + qml.Z(1),
        "projector": qml.Projector([1, 0], wires=[1, 2]),
        "sparse": qml.SparseHamiltonian(scipy.sparse.csr_matrix(big + big.T), wires=[4, 0, 1, 2, 3]),
        "hamiltonian": qml.Hamiltonian([0.2, -1.0], [qml.Z(0) @ qml.X(1), qml.Y(1) @ qml.Y(2)]),
    }


@pytest.mark.parametrize("name", observables())
def test_restricted_observables_equal_dense_ones(name):
    observable = observables()[name]
    program = runtime.compile(circuit, observable, n_params=2)
    assert program.engine == "sector"
    params = [0.3, 0.9]
    dense = embedded(program, params)
    expected = np.vdot(dense, qml.matrix(observable, wire_order=WIRES) @ dense).real
    assert program.expval(params) == pytest.approx(expected, abs=1e-12)


def test_diagonal_observables_are_evaluated_on_bits():
    cost = runtime.DiagonalObservable(lambda bits: bits @ np.array([1.0, 10.0]), wires=(3, 1))
    program = runtime.compile(circuit, cost, n_params=2)
    expected = program.probabilities([0.1, 0.2]) @ (program.sector.bitstrings()[:, [3, 1]] @ np.array([1.0, 10.0]))
    assert program.expval([0.1, 0.2]) == pytest.approx(expected)


def test_cvar_is_the_mean_of_the_best_tail():
    weights = np.array([0.5, 1.0, -2.0, 0.1, 3.0])
    cost = runtime.DiagonalObservable(lambda bits: bits @ weights, wires=tuple(WIRES))
    params = [0.4, 1.3]
    for alpha in (0.05, 0.37, 1.0):
        program = runtime.compile(circuit, runtime.CVaR(cost, alpha), n_params=2)
        values = program.sector.bitstrings() @ weights
        remaining, total = alpha, 0.0
        for value, probability in sorted(zip(values, program.probabilities(params), strict=True)):
            taken = min(remaining, probability)
            total += taken * value
            remaining -= taken
        assert program.expval(params) == pytest.approx(total / alpha, abs=1e-12)
    mean = runtime.compile(circuit, cost, n_params=2).expval(params)
    assert runtime.compile(circuit, runtime.CVaR(cost, 1.0), n_params=2).expval(params) == pytest.approx(mean)


def test_several_observables_at_once():
    chosen = [qml.Z(0), qml.X(0) @ qml.X(1), qml.Z(3) @ qml.Z(4)]
    program = runtime.compile(circuit, chosen, n_params=2)
    values, gradients = program.value_and_grad([0.2, 0.5])
    for i, observable in enumerate(chosen):
        value, gradient = runtime.compile(circuit, observable, n_params=2).value_and_grad([0.2, 0.5])
        assert values[i] == pytest.approx(value)
        np.testing.assert_allclose(gradients[i], gradient, atol=1e-14)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: runtime.CVaR(qml.Z(0), 0.0), "needs 0 < alpha <= 1"),
        (lambda: runtime.Gibbs(qml.Z(0), -1.0), "needs eta > 0"),
        (lambda: runtime.compile(circuit, runtime.CVaR(qml.X(0) @ qml.X(1), 0.5), n_params=2), "made of Z words"),
        (lambda: runtime.compile(circuit, None, n_params=2), "needs an observable"),
    ],
)
def test_bad_objectives_are_answered(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_sampling_follows_the_probabilities():
    program = runtime.compile(circuit, qml.Z(0), n_params=2)
    params = [0.2, 0.8]
    samples = program.sample(params, shots=20000, seed=1)
    assert samples.shape == (20000, 5)
    assert samples.dtype == np.uint8
    assert (samples.sum(axis=1) == 2).all()
    np.testing.assert_array_equal(samples, program.sample(params, shots=20000, seed=1))
    counts = np.array([(samples == b).all(axis=1).sum() for b in program.sector.bitstrings()])
    expected = 20000 * program.probabilities(params)
    chi_squared = ((counts - expected) ** 2 / expected).sum()
    assert chi_squared < 30  # 9 degrees of freedom: exceeded once in 2,000 seeds


@pytest.mark.parametrize("name", ["diagonal", "hop", "complex", "hamiltonian"])
def test_estimates_scatter_by_their_standard_error(name):
    program = runtime.compile(circuit, observables()[name], n_params=2, machine=runtime.machine("shots", shots=500))
    params = [0.3, 0.9]
    exact = program.expval(params)
    estimates = [program.estimate(params, seed=s) for s in range(60)]
    pulls = np.array([(e.value - exact) / max(e.standard_error, 1e-12) for e in estimates])
    assert abs(pulls.mean()) < 5 / np.sqrt(60)
    assert 0.6 < pulls.std() < 1.5
    assert program.estimate(params, seed=4) == program.estimate(params, seed=4)


def test_the_exact_machine_estimates_exactly():
    program = runtime.compile(circuit, qml.Z(0), n_params=2)
    assert program.estimate([0.3, 0.9]) == runtime.Estimate(program.expval([0.3, 0.9]), 0.0)


@pytest.mark.parametrize("shots", [0, -5])
def test_numbers_of_shots_must_be_positive(shots):
    program = runtime.compile(circuit, qml.Z(0), n_params=2)
    with pytest.raises(ValueError, match=f"At least 1 shot is needed, got shots={shots}"):
        program.sample([0.1, 0.2], shots=shots)
    with pytest.raises(ValueError, match=f"At least 1 shot is needed, got shots={shots}"):
        runtime.machine("shots", shots=shots)


def test_unknown_machines_are_answered():
    with pytest.raises(ValueError, match="There is no machine 'analogue': choose 'exact' or 'shots'"):
        runtime.machine("analogue")


def test_few_shots_are_spent_exactly_and_never_called_certain():
    from runtime.measurement import _allotted

    for shots in (8, 9, 57):
        assert _allotted(shots, np.array([3.0, 1.0, 1.0, 0.1])).sum() == shots
    program = runtime.compile(circuit, qml.X(0) @ qml.X(1) + qml.Z(0), n_params=2)
    with pytest.raises(ValueError, match="at least 4 shots are needed, got 3"):
        program.estimate([0.1, 0.2], shots=3)
    assert runtime.compile(circuit, qml.Z(0), n_params=2).estimate([0.1, 0.2], shots=1).standard_error == np.inf
