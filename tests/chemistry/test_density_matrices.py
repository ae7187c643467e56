"""Reduced density matrices, particle number and spin, against PySCF's full CI and dense operators."""

import numpy as np
import pennylane as qml
import pytest

import runtime
from chemistry import Molecule, expected_quantum_numbers, reduced_density_matrices, uccsd


def some_point(ansatz, seed=3):
    return 0.3 * np.random.default_rng(seed).normal(size=ansatz.n_params)


def fermionic(word, n_wires):
    """<...> of a product of creators and annihilators, as a dense matrix."""
    return qml.matrix(qml.jordan_wigner(qml.fermi.from_string(word)), wire_order=range(n_wires))


def dense_state(program, params):
    bits = program.sector.bitstrings().astype(int)
    state = np.zeros(2 ** bits.shape[1], dtype=complex)
    state[bits @ (1 << np.arange(bits.shape[1] - 1, -1, -1))] = program.state(params)
    return state


@pytest.mark.parametrize(("name", "electrons", "two_s"), [("h2o", 10, 0), ("n2", 14, 0), ("oh", 9, 1), ("o2", 16, 2)])
def test_energies_traces_and_symmetries(problem, name, electrons, two_s):
    problem = problem(name)
    ansatz = uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    params = some_point(ansatz)
    densities = reduced_density_matrices(program, params)
    assert densities.energy(problem) == pytest.approx(program.expval(params), abs=1e-10)
    one, two = densities.one_body, densities.two_body
    assert np.trace(one) == pytest.approx(electrons, abs=1e-10)
    assert np.trace(densities.one_alpha - densities.one_beta) == pytest.approx(two_s, abs=1e-10)
    assert np.einsum("pprr->", two) == pytest.approx(electrons * (electrons - 1), abs=1e-9)
    np.testing.assert_allclose(np.einsum("pqrr->pq", two), (electrons - 1) * one, atol=1e-9)
    np.testing.assert_allclose(one, one.T, atol=1e-12)
    np.testing.assert_allclose(two, two.transpose(2, 3, 0, 1), atol=1e-12)
    np.testing.assert_allclose(densities.two_alpha_alpha, -densities.two_alpha_alpha.transpose(2, 1, 0, 3), atol=1e-12)
    occupations = np.linalg.eigvalsh(densities.one_alpha)
    assert -1e-12 < occupations.min() <= occupations.max() < 1 + 1e-12
    numbers = expected_quantum_numbers(program, params)
    assert numbers.n_electrons == pytest.approx(electrons, abs=1e-10)
    assert numbers.spin_projection == pytest.approx(two_s / 2, abs=1e-10)


@pytest.mark.parametrize(
    "molecule",
    [
        Molecule("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692"),
        Molecule("N 0 0 0; H 0 0 1.05", spin=2),  # a triplet, whose lowest state is not degenerate in space
    ],
)
def test_density_matrices_equal_full_cis(molecule):
    """The lowest eigenvector of the sector's own matrix has the density matrices of PySCF's full CI."""
    from pyscf.fci import direct_spin1, spin_op

    problem = molecule.problem()
    electrons = (problem.n_alpha, problem.n_beta)
    n = problem.n_orbitals
    solver = direct_spin1.FCI()
    _, vector = solver.kernel(problem.one_body, problem.two_body, n, electrons, tol=1e-14)
    program = prepared_by_ci(problem, vector)
    (alpha, beta), (aa, ab, bb) = direct_spin1.make_rdm12s(vector, n, electrons)
    densities = reduced_density_matrices(program, [])
    for found, expected in zip(
        (densities.one_alpha, densities.one_beta, densities.two_alpha_alpha, densities.two_alpha_beta,
         densities.two_beta_beta),
        (alpha, beta, aa, ab, bb), strict=True,
    ):  # fmt: skip
        np.testing.assert_allclose(found, expected, atol=1e-7)
    numbers = expected_quantum_numbers(program, [])
    assert numbers.spin_squared == pytest.approx(spin_op.spin_square0(vector, n, electrons)[0], abs=1e-10)
    assert numbers.multiplicity == pytest.approx(problem.n_alpha - problem.n_beta + 1, abs=1e-6)
    assert densities.energy(problem) == pytest.approx(program.expval([]), abs=1e-9)


def prepared_by_ci(problem, vector):
    """A program that prepares the lowest state of the Hamiltonian's matrix, which knows nothing of PySCF's signs."""
    from scipy.sparse.linalg import eigsh

    weights = np.zeros(2**problem.n_wires, dtype=bool)
    for a, alpha in enumerate(strings(problem.n_orbitals, problem.n_alpha)):
        for b, beta in enumerate(strings(problem.n_orbitals, problem.n_beta)):
            # States of another symmetry than the ground state's would only make the test slower.
            if abs(vector[a, b]) > 1e-14:
                weights[interleaved(alpha, beta, problem.n_wires)] = True
    support = np.flatnonzero(weights)
    uniform = np.where(weights, 1 / np.sqrt(len(support)), 0.0)

    def circuit_of(state):
        return lambda p: qml.StatePrep(state, wires=range(problem.n_wires))

    first = runtime.compile(circuit_of(uniform), problem.hamiltonian, n_params=0)
    matrix = problem.hamiltonian.sector_matrix(first.sector)
    start = np.random.default_rng(0).normal(size=len(support))
    _, lowest = eigsh(matrix, k=1, which="SA", v0=start, tol=1e-13)
    state = np.zeros(2**problem.n_wires)
    state[support] = lowest[:, 0]
    return runtime.compile(circuit_of(state), problem.hamiltonian, n_params=0)


def strings(n_orbitals, n_electrons):
    from pyscf.fci import cistring

    return [int(s) for s in cistring.make_strings(range(n_orbitals), n_electrons)]


def interleaved(alpha, beta, n_wires):
    index = 0
    for p in range(n_wires // 2):
        index |= (alpha >> p & 1) << (n_wires - 1 - 2 * p) | (beta >> p & 1) << (n_wires - 2 - 2 * p)
    return index


@pytest.fixture
def complex_program():
    """A complex state over several numbers of electrons of either spin, 3 orbitals."""

    def circuit(p):
        qml.BasisState([1, 1, 1, 0, 0, 0], wires=range(6))
        for w in range(5):
            qml.FermionicSingleExcitation(p[0] * (w + 1), wires=[w, w + 1])  # odd hops flip the spin
            qml.RZ(p[1] * (w + 2), wires=w)
        for w in (3, 1, 4):
            qml.FermionicSingleExcitation(p[1] - 0.3 * w, wires=[w - 1, w])

    return runtime.compile(circuit, qml.Z(0) @ qml.Z(5), n_params=2)


def test_density_matrices_equal_dense_operators(complex_program):
    params = [0.37, 0.8]
    densities = reduced_density_matrices(complex_program, params)
    state = dense_state(complex_program, params)
    assert np.abs(state.imag).max() > 0.1
    n = 3
    creators = [fermionic(f"{w}+", 6) for w in range(6)]

    def mean(*operators):
        vector = state
        for operator in reversed(operators):
            vector = operator @ vector
        return np.vdot(state, vector)

    raise_ = {"alpha": creators[0::2], "beta": creators[1::2]}
    for spin in ("alpha", "beta"):
        up = raise_[spin]
        one = [[mean(up[q], up[p].T) for q in range(n)] for p in range(n)]
        np.testing.assert_allclose(getattr(densities, f"one_{spin}"), one, atol=1e-12)
    for left, right in (("alpha", "alpha"), ("alpha", "beta"), ("beta", "beta")):
        first, second = raise_[left], raise_[right]
        two = np.array(
            [mean(first[p], second[r], second[s].T, first[q].T) for p, q, r, s in np.ndindex(n, n, n, n)]
        ).reshape((n,) * 4)
        np.testing.assert_allclose(getattr(densities, f"two_{left}_{right}"), two, atol=1e-12)


def test_quantum_numbers_equal_dense_operators(complex_program):
    params = [0.37, 0.8]
    numbers = expected_quantum_numbers(complex_program, params)
    state = dense_state(complex_program, params)
    creators = [fermionic(f"{w}+", 6) for w in range(6)]
    raising = sum(creators[2 * p] @ creators[2 * p + 1].T for p in range(3))
    z = sum(creators[2 * p] @ creators[2 * p].T - creators[2 * p + 1] @ creators[2 * p + 1].T for p in range(3)) / 2
    squared = raising.T @ raising + z @ z + z
    assert numbers.n_electrons == pytest.approx(3.0, abs=1e-12)
    assert numbers.spin_projection == pytest.approx(np.vdot(state, z @ state).real, abs=1e-12)
    assert numbers.spin_squared == pytest.approx(np.vdot(state, squared @ state).real, abs=1e-12)
    assert abs(numbers.spin_projection) > 0.01
    assert numbers.multiplicity == pytest.approx(np.sqrt(1 + 4 * numbers.spin_squared))


def test_closed_shells_and_single_electrons():
    program = runtime.compile(lambda p: qml.BasisState([1, 1, 0, 0], wires=range(4)), qml.Z(0), n_params=0)
    numbers = expected_quantum_numbers(program, [])
    assert (numbers.n_electrons, numbers.spin_projection, numbers.spin_squared) == pytest.approx((2.0, 0.0, 0.0))
    single = runtime.compile(lambda p: qml.BasisState([0, 0, 1, 0], wires=range(4)), qml.Z(0), n_params=0)
    np.testing.assert_allclose(reduced_density_matrices(single, []).one_body, np.diag([0.0, 1.0]), atol=1e-15)
    assert not reduced_density_matrices(single, []).two_body.any()
    assert expected_quantum_numbers(single, []).multiplicity == pytest.approx(2.0)


def test_a_frozen_core_belongs_to_the_constant():
    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    ansatz = uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    params = some_point(ansatz)
    densities = reduced_density_matrices(program, params)
    assert densities.energy(problem) == pytest.approx(program.expval(params), abs=1e-10)
    assert np.trace(densities.one_body) == pytest.approx(2.0)


def test_bad_arguments_are_answered(problem):
    with pytest.raises(ValueError, match=r"that of a program, as from runtime\.compile.*, but a str was given"):
        reduced_density_matrices("x", [1])
    letters = runtime.compile(lambda p: qml.X("a"), qml.Z("b"), n_params=0)
    with pytest.raises(ValueError, match=r"Spin up of orbital p is wire 2p .* also uses 'a'"):
        reduced_density_matrices(letters, [])
    two_orbitals = runtime.compile(lambda p: qml.X(0), qml.Z(3), n_params=0)
    with pytest.raises(ValueError, match="over 2 orbitals have no energy in a problem of 7"):
        reduced_density_matrices(two_orbitals, []).energy(problem("h2o"))
