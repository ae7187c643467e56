"""Unitary cluster Jastrow: networks, factorisation, and the start against dense matrices."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.stats import unitary_group

import runtime
from chemistry import Molecule
from chemistry.ansatz import lucj, ucj
from chemistry.ansatz.coupled_cluster_amplitudes import coupled_cluster_amplitudes
from chemistry.ansatz.double_factorisation import factorised
from chemistry.ansatz.orbital_rotations import network_angles, rotation_network, slater_columns, slater_network


def product(n, rows, angles, phases):
    """A network as a matrix, one gate after the other."""
    total = np.eye(n, dtype=complex)
    for row, angle, phase in zip(rows, angles, phases, strict=True):
        gate = np.eye(n, dtype=complex)
        c, s = np.cos(angle), np.sin(angle)
        gate[row : row + 2, row : row + 2] = [[c, -s], [np.exp(1j * phase) * s, np.exp(1j * phase) * c]]
        total = gate @ total
    return total


def a_unitary(n, seed):
    return np.atleast_2d(unitary_group.rvs(n, random_state=seed)) if n > 1 else np.array([[np.exp(0.3j * seed)]])


@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_networks_make_any_rotation(n, n_columns, seed):
    n_columns = min(n, n_columns)
    wanted = a_unitary(n, seed)
    rows = rotation_network(n, n_columns)
    angles, phases, remaining = network_angles(wanted[:, :n_columns], rows)
    made = product(n, rows, angles, phases)[:, :n_columns] * np.exp(1j * remaining)
    assert np.abs(made - wanted[:, :n_columns]).max(initial=0) < 1e-12
    assert len(rotation_network(n, n)) == n * (n - 1) // 2


@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 100))
@settings(max_examples=40, deadline=None)
def test_fewer_gates_make_any_determinant(n, n_occupied, seed):
    n_occupied = min(n, n_occupied)
    wanted = a_unitary(n, seed)[:, :n_occupied]
    rows = slater_network(n, n_occupied)
    assert len(rows) == n_occupied * (n - n_occupied)
    angles, phases, _ = network_angles(slater_columns(wanted, n_occupied), rows)
    made = product(n, rows, angles, phases)[:, :n_occupied]
    assert np.abs(made @ made.conj().T - wanted @ wanted.conj().T).max(initial=0) < 1e-12


@cache
def ladder(n_wires):
    """The Jordan-Wigner matrices of all annihilators."""
    lower, z = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([1.0, -1.0])
    matrices = []
    for wire in range(n_wires):
        matrix = np.eye(1)
        for other in range(n_wires):
            matrix = np.kron(matrix, z if other < wire else lower if other == wire else np.eye(2))
        matrices.append(matrix)
    return matrices


def one_body(matrix):
    """sum_pq M_pq a†_p a_q over both spins, on all states of 2 n wires."""
    n = len(matrix)
    a = ladder(2 * n)
    return sum(matrix[p, q] * a[2 * p + s].T @ a[2 * q + s] for p in range(n) for q in range(n) for s in (0, 1))


def evolved(factor):
    """R exp(i J) R† as a dense matrix."""
    n = len(factor.coulomb)
    weights, rotation = factor.coulomb, factor.rotation
    numbers = [one_body(np.outer(rotation[:, p], rotation[:, p].conj())) for p in range(n)]
    return expm(0.5j * sum(weights[p, q] * numbers[p] @ numbers[q] for p in range(n) for q in range(n)))


def test_the_factors_equal_the_exponential_to_first_order():
    n, n_occupied = 3, 1
    rng = np.random.default_rng(3)
    block = rng.normal(size=(2, 1, 2, 1))
    doubles = np.zeros((n, n, n, n))
    doubles[n_occupied:, :n_occupied, n_occupied:, :n_occupied] = 0.5 * (block + block.transpose(2, 3, 0, 1))
    a = ladder(2 * n)
    excite = {(p, q): sum(a[2 * p + s].T @ a[2 * q + s] for s in (0, 1)) for p in range(n) for q in range(n)}
    cluster = 0.5 * sum(
        doubles[p, i, q, j] * excite[p, i] @ excite[q, j] for p, i, q, j in np.argwhere(doubles != 0).tolist()
    )
    errors = []
    for small in (1e-2, 1e-3):
        made = np.eye(4**n)
        for factor in factorised(small * doubles, 4):
            made = evolved(factor) @ made
        errors.append(np.abs(made - expm(small * (cluster - cluster.T))).max())
    assert errors[0] < 1e-2
    assert errors[1] < 1.2e-2 * errors[0]


@pytest.mark.parametrize(("layers", "make"), [(1, ucj), (2, ucj), (3, ucj)])
@pytest.mark.parametrize("spin", [1, 0])
def test_the_start_is_the_factorised_coupled_cluster_state(monkeypatch, layers, make, spin):
    import importlib

    module = importlib.import_module("chemistry.ansatz.cluster_jastrow")
    monkeypatch.setattr(module, "_DISPLACEMENT", 0.0)
    ours = Molecule("H 0 0 0; H 0 0 0.9; H 0 0.3 1.9", spin=spin, charge=1 - spin).problem()
    ansatz = make(ours, layers=layers)
    program = runtime.compile(ansatz, ours.hamiltonian)
    amplitudes = coupled_cluster_amplitudes(ours)
    state = np.zeros(64, dtype=complex)
    state[int("".join(map(str, ours.reference_occupation.tolist())), 2)] = 1.0
    for factor in factorised(amplitudes.doubles, layers):
        state = evolved(factor) @ state
    state = expm(one_body(amplitudes.singles - amplitudes.singles.T)) @ state
    places = program.sector.bitstrings().astype(np.int64) @ (1 << np.arange(6)[::-1])
    assert abs(np.vdot(state[places], program.state(ansatz.initial_params))) == pytest.approx(1.0, abs=1e-10)


def test_amplitudes_are_those_of_coupled_cluster(problem, molecule):
    from pyscf import cc

    ours = problem("lih")
    solver = cc.RCCSD(molecule("lih").mean_field.scf)
    solver.conv_tol = 1e-9
    solver.kernel()
    found = coupled_cluster_amplitudes(ours)
    assert found.source == "CCSD"
    n_occupied = ours.n_alpha
    mixed = found.doubles[n_occupied:, :n_occupied, n_occupied:, :n_occupied]
    assert np.linalg.norm(mixed) == pytest.approx(np.linalg.norm(solver.t2), abs=1e-6)
    assert np.linalg.norm(found.singles) == pytest.approx(np.linalg.norm(solver.t1), abs=1e-6)
    integrals = np.einsum("iajb->aibj", ours.two_body[:n_occupied, n_occupied:, :n_occupied, n_occupied:])
    dressed = mixed + np.einsum("ai,bj->aibj", *[found.singles[n_occupied:, :n_occupied]] * 2)
    exchange = np.einsum("aibj->biaj", integrals)
    assert ((2 * integrals - exchange) * dressed).sum() == pytest.approx(solver.e_corr, abs=1e-7)


@pytest.mark.slow
def test_where_coupled_cluster_breaks_down_mp2_starts():
    ours = Molecule("; ".join(f"H 0 0 {3.5 * i}" for i in range(4))).problem()
    amplitudes = coupled_cluster_amplitudes(ours)
    assert np.isfinite(amplitudes.doubles).all()
    assert np.abs(amplitudes.doubles).max() <= 1.0
    ansatz = ucj(ours)
    value = runtime.compile(ansatz, ours.hamiltonian).expval(ansatz.initial_params)
    assert value < ours.reference_energy


def test_mp2_amplitudes_have_the_signs_of_coupled_cluster(problem):
    import importlib

    module = importlib.import_module("chemistry.ansatz.coupled_cluster_amplitudes")
    for name in ("h2o", "oh"):
        first_order, iterated = module._mp2(problem(name)).doubles, module._ccsd(problem(name)).doubles
        overlap = (first_order * iterated).sum() / np.linalg.norm(first_order) / np.linalg.norm(iterated)
        assert overlap > 0.9


def test_the_lattice_decides_which_pairs_take_phases(problem):
    water = problem("h2o")
    everything, square, heavy = ucj(water), lucj(water), lucj(water, lattice="heavy-hex")
    n = water.n_orbitals
    assert len(everything.same_spin) == n * (n - 1) // 2
    assert len(everything.opposite_spins) == n * (n + 1) // 2
    assert square.same_spin == heavy.same_spin == tuple((p, p + 1) for p in range(n - 1))
    assert square.opposite_spins == tuple((p, p) for p in range(n))
    assert heavy.opposite_spins == ((0, 0), (4, 4))
    rotations = 2 * (n * (n - 1) // 2)
    first = 2 * water.n_alpha * (n - water.n_alpha)
    assert square.n_params == first + 2 * (n + (n - 1) + n + rotations)
    assert "square" in square.name


def test_spins_without_freedom_take_no_gates():
    # All orbitals hold an electron of spin up, so only spin down moves.
    ours = Molecule("H 0 0 0; H 0 0 0.9; H 0 0.3 1.9", spin=1).problem()
    quartet = Molecule("H 0 0 0; H 0 0 0.9; H 0 0.3 1.9", spin=3).problem()
    hole = Molecule("H 0 0 0; H 0 0 0.9", charge=-1, spin=1).problem()
    assert ucj(ours).spins == (0, 1)
    assert ucj(quartet).n_params == 0
    assert ucj(hole).spins == (1,)
    assert ucj(hole).opposite_spins == ()
