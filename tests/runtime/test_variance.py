"""What a projection on the sector would get wrong: variances, operator pools, linear response; and overlaps."""

from functools import reduce

import numpy as np
import pennylane as qml
import pytest
import scipy.sparse
from dense import embedded
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import RandomCircuit, random_observables

import runtime
from chemistry import Molecule, uccsd
from runtime.operations import DickeState
from runtime.restriction import restrict_operator

SEEDS = st.integers(0, 2**32 - 1)
WIRES = range(5)


def dense(operator, wires=WIRES):
    return qml.matrix(operator, wire_order=wires)


def dense_variance(matrix, state):
    image = matrix @ state
    return (np.vdot(image, image) - np.vdot(state, image) ** 2).real


def pool(n_wires, rng):
    """Hermitian generators that leave most sectors: hops with strings of Z, and products of X and Y."""
    pairs = [sorted(rng.choice(n_wires, size=2, replace=False)) for _ in range(4)]
    hops = [
        reduce(lambda a, b: a @ b, [qml.X(int(i)), *(qml.Z(k) for k in range(i + 1, j)), qml.Y(int(j))])
        for i, j in pairs
    ]
    return [*hops, hops[0] - hops[1], qml.Y(0)]


@pytest.mark.parametrize("family", ["conserving", "pauli", "permuting", "general"])
@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_variances_and_pool_gradients_equal_dense_ones(family, seed):
    rng = np.random.default_rng(seed)
    circuit = RandomCircuit(family, 5, n_gates=8, n_params=3, rng=rng)
    observables = random_observables(5, rng)
    params = rng.normal(size=3)
    program = runtime.compile(circuit, observables)
    state = embedded(program, params)
    expected = [dense_variance(dense(o), state) for o in observables]
    np.testing.assert_allclose(program.variance(params), expected, atol=1e-10)
    generators = pool(5, rng)
    for observable in observables[1:]:
        image = dense(observable) @ state
        expected = [2 * np.vdot(image, dense(g) @ state).imag for g in generators]
        gradients = runtime.compile(circuit, observable).pool_gradients(params, generators)
        np.testing.assert_allclose(gradients, expected, atol=1e-10)


def test_variances_of_every_kind_of_observable():
    def circuit(p):
        DickeState(2, wires=WIRES)
        qml.SingleExcitation(p[0], wires=[0, 1])

    rng = np.random.default_rng(4)
    big = rng.normal(size=(32, 32)) + 1j * rng.normal(size=(32, 32))
    observables = [
        qml.SparseHamiltonian(scipy.sparse.csr_matrix(big + big.conj().T), wires=[4, 0, 2, 1, 3]),
        qml.Projector([1, 0], wires=[1, 2]),
        qml.X(0),
        0.5 * qml.Hermitian(np.array([[1.0, 2j], [-2j, 0.3]]), wires=2) + qml.Z(1),
        3.0 * qml.Identity(0),
    ]
    program = runtime.compile(circuit, observables, n_params=1)
    state = embedded(program, [0.8])
    expected = [dense_variance(dense(o), state) for o in observables]
    np.testing.assert_allclose(program.variance([0.8]), expected, atol=1e-10)
    cost = runtime.DiagonalObservable(lambda bits: bits @ np.arange(5.0), wires=tuple(WIRES))
    program = runtime.compile(circuit, cost, n_params=1)
    weights, values = program.probabilities([0.8]), program.sector.bitstrings() @ np.arange(5.0)
    assert program.variance([0.8]) == pytest.approx(weights @ values**2 - (weights @ values) ** 2, abs=1e-12)
    with pytest.raises(ValueError, match=r"CVaR is no observable: compile the program for CVaR's own diagonal"):
        runtime.compile(circuit, runtime.CVaR(cost, 0.5), n_params=1).variance([0.8])


def test_the_variance_on_more_than_one_word_of_wires():
    n = 70

    def circuit(p):
        qml.X(0)
        for w in range(n - 1):
            qml.SingleExcitation(p[0], wires=[w, w + 1])

    # X moves every state out of the sector, and distinct ones to distinct ones: <A^2> = 1.
    program = runtime.compile(circuit, qml.X(69) @ qml.Z(3), n_params=1)
    assert program.sector.dimension == n
    assert program.variance([0.4]) == pytest.approx(1.0, abs=1e-12)


def test_an_eigenstate_has_no_variance():
    program = runtime.compile(lambda p: DickeState(1, wires=range(3)), dense_hop(3), n_params=0)
    assert program.variance([]) == pytest.approx(0.0, abs=1e-24)


def dense_hop(n):
    """Hops between all pairs: the uniform superposition of one excitation is an eigenstate."""
    return qml.dot(
        [0.5] * (n * (n - 1)),
        [f(i) @ f(j) for i in range(n) for j in range(i) for f in (qml.X, qml.Y)],
    )


@pytest.fixture(scope="module")
def hydrogens():
    """H3+ in STO-3G, 6 wires, with the generators of all single and double excitations."""
    problem = Molecule("H 0 0 0; H 0 0 1.0; H 0 0.8 0.3", charge=1).problem()

    def generator(*indices):
        """i (T - T+) for an excitation T: the first half of the indices created, the rest annihilated."""
        signs = "+" * (len(indices) // 2) + "-" * (len(indices) // 2)
        word = qml.fermi.FermiWord(dict(zip(enumerate(indices), signs, strict=True)))
        return qml.simplify(1j * (qml.jordan_wigner(word) - qml.jordan_wigner(word.adjoint())))

    singles = [(2, 0), (4, 0), (3, 1), (5, 1)]
    doubles = [(b, a, 1, 0) for a in (2, 4) for b in (3, 5)]
    return problem, [generator(*e) for e in singles + doubles]


def hartree_fock(problem):
    def circuit(p):
        qml.BasisState(problem.reference_occupation, wires=range(problem.n_wires))

    return circuit


def test_pool_gradients_from_hartree_fock(hydrogens):
    problem, generators = hydrogens
    wires = range(problem.n_wires)
    hamiltonian = dense(problem.hamiltonian, wires)
    program = runtime.compile(hartree_fock(problem), problem.hamiltonian, n_params=0)
    assert program.sector.dimension == 1
    state = embedded(program, [])
    expected = [
        (1j * np.vdot(state, (dense(g, wires) @ hamiltonian - hamiltonian @ dense(g, wires)) @ state)).real
        for g in generators
    ]
    gradients = program.pool_gradients([], generators)
    np.testing.assert_allclose(gradients, expected, atol=1e-10)
    assert np.abs(gradients).max() > 0.01  # a projection on the one determinant would give zeros
    # The same from the gates themselves, each appended to the circuit.
    for generator, gradient in zip(generators, gradients, strict=True):

        def appended(p, generator=generator):
            hartree_fock(problem)(p)
            qml.evolve(generator, p[0])

        grown = runtime.compile(appended, problem.hamiltonian, n_params=1)
        assert grown.value_and_grad([0.0])[1][0] == pytest.approx(gradient, abs=1e-10)
    assert program.variance([]) == pytest.approx(dense_variance(hamiltonian, state), abs=1e-10)


def test_linear_response_on_what_the_pool_also_reaches(hydrogens):
    problem, generators = hydrogens
    wires = range(problem.n_wires)
    ansatz = uccsd(problem)
    params = 0.3 * np.random.default_rng(2).normal(size=ansatz.n_params)
    program = runtime.compile(ansatz, problem.hamiltonian, also_reach=generators)
    state = program.state(params).astype(complex)
    whole = embedded(program, params)
    hamiltonian = dense(problem.hamiltonian, wires)
    moved = [restrict_operator(g, program.sector).matrix @ state for g in generators]
    moved_whole = [dense(g, wires) @ whole for g in generators]
    energies = restrict_operator(problem.hamiltonian, program.sector).matrix
    response = [[np.vdot(a, energies @ b) for b in moved] for a in moved]
    metric = [[np.vdot(a, b) for b in moved] for a in moved]
    np.testing.assert_allclose(
        response, [[np.vdot(a, hamiltonian @ b) for b in moved_whole] for a in moved_whole], atol=1e-10
    )
    np.testing.assert_allclose(metric, [[np.vdot(a, b) for b in moved_whole] for a in moved_whole], atol=1e-10)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_overlaps_of_programs_on_different_sectors_and_wire_orders(seed):
    rng = np.random.default_rng(seed)
    first, second = (
        RandomCircuit(f, 4, n_gates=6, n_params=2, rng=rng)
        for f in rng.choice(["conserving", "permuting", "pauli", "general"], size=2)
    )
    params, other_params = rng.normal(size=(2, 2))
    names = ["d", "b", "a", "c"]
    one = runtime.compile(renamed(first, names), qml.Z("d"), n_params=2)
    # Another order of appearance gives the second program's sector another order of wires.
    other = runtime.compile(renamed(second, names, touched=list(rng.permutation(names))), qml.Z("a"), n_params=2)
    states = [dense_state(p, v, names) for p, v in ((one, params), (other, other_params))]
    product = one.overlap(params, other, other_params)
    assert product == pytest.approx(np.vdot(*states), abs=1e-10)
    assert other.overlap(other_params, one, params) == pytest.approx(np.conj(product), abs=1e-12)


def renamed(circuit, names, touched=()):
    """A circuit on other wires, the touched ones appearing first."""

    def run(params):
        for wire in touched:
            qml.Identity(wire)
        recorded = qml.tape.make_qscript(circuit)(params)
        for operator in recorded.operations:
            qml.apply(qml.map_wires(operator, dict(enumerate(names))))

    return run


def dense_state(program, params, names):
    columns = [program.sector.wires.index(n) for n in names]
    bits = program.sector.bitstrings()[:, columns].astype(int)
    vector = np.zeros(2 ** len(names), dtype=complex)
    vector[bits @ (1 << np.arange(len(names) - 1, -1, -1))] = program.state(params)
    return vector


def test_overlaps_are_real_where_the_states_are():
    def circuit(p):
        DickeState(1, wires=range(3))
        qml.SingleExcitation(p[0], wires=[0, 1])

    program = runtime.compile(circuit, qml.Z(0), n_params=1)
    assert isinstance(program.overlap([0.1], program, [0.3]), float)
    assert program.overlap([0.1], program, [0.1]) == pytest.approx(1.0)
    disjoint = runtime.compile(lambda p: DickeState(2, wires=range(3)), qml.Z(0), n_params=0)
    assert program.overlap([0.1], disjoint, []) == 0.0


def test_bad_arguments_are_answered():
    program = runtime.compile(lambda p: DickeState(1, wires=range(3)), [qml.Z(0), qml.Z(1)], n_params=0)
    elsewhere = runtime.compile(lambda p: DickeState(1, wires=range(4)), qml.Z(0), n_params=0)
    with pytest.raises(ValueError, match=r"of the same wires; these are on \[0, 1, 2\] and \[0, 1, 2, 3\]"):
        program.overlap([], elsewhere, [])
    with pytest.raises(ValueError, match="this program has several"):
        program.pool_gradients([], [qml.Y(0)])
    with pytest.raises(ValueError, match=r"acts on wires \[7\]"):
        elsewhere.pool_gradients([], [qml.Y(7)])
    with pytest.raises(ValueError, match="must be Hermitian"):
        elsewhere.pool_gradients([], [1j * qml.Y(0)])
