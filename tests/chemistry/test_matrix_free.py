"""The Hamiltonian applied without its matrix, against the sparse matrix."""

from itertools import combinations, product

import numpy as np
import pennylane as qml
import pytest
from layouts import in_blocks

import runtime
from chemistry import Molecule, uccsd
from chemistry.hamiltonian import molecular_hamiltonian as hamiltonian
from chemistry.hamiltonian.matrix_free import MatrixFreeEnergy, matrix_free_energy
from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
from chemistry.hamiltonian.occupation_strings import spin_strings
from chemistry.hamiltonian.spin_blocks import spin_blocks
from runtime.basis_states import bits_to_keys
from runtime.blocks.charges import conserved
from runtime.blocks.sector import BlockSector
from runtime.explicit.evolution import PairEvolution
from runtime.objectives import SparseExpectation
from runtime.sector import Sector


def random_hamiltonian(rng, n):
    """Integrals with the eightfold symmetry of real orbitals and nothing else."""
    one_body = rng.normal(size=(n, n))
    factors = rng.normal(size=(2 * n, n, n))
    factors = factors + factors.transpose(0, 2, 1)
    two_body = 0.1 * np.einsum("xpq,xrs->pqrs", factors, factors)
    return MolecularHamiltonian(rng.normal(), one_body + one_body.T, two_body)


def listed(n_orbitals, n_up, n_down, symmetries=None, order=None):
    """Determinants in lexicographic order; with orbitals' symmetries, those of the totally symmetric ones alone."""
    rows = [
        [*(2 * p for p in up), *(2 * p + 1 for p in down)]
        for up, down in product(combinations(range(n_orbitals), n_up), combinations(range(n_orbitals), n_down))
        if symmetries is None or not np.bitwise_xor.reduce([symmetries[p] for p in (*up, *down)])
    ]
    wires = list(range(2 * n_orbitals)) if order is None else order
    bits = np.zeros((len(rows), 2 * n_orbitals), dtype=np.uint8)
    for row, occupied in zip(bits, rows, strict=True):
        row[[wires.index(w) for w in occupied]] = 1
    bits = bits[np.lexsort(bits.T[::-1])]
    return Sector(bits_to_keys(bits), wires)


def in_block_order(n_orbitals, n_up, n_down, symmetries=None, order=None):
    """The same determinants as a block sector, made from the hops that conserve all this."""
    wires = list(range(2 * n_orbitals)) if order is None else order
    place = [wires.index(w) for w in range(2 * n_orbitals)]
    group = [0] * n_orbitals if symmetries is None else symmetries
    steps = []
    for p, q in combinations(range(n_orbitals), 2):
        for (a, s), (b, t) in combinations([(p, 0), (q, 0), (p, 1), (q, 1)], 2):
            if s == t and group[a] == group[b]:
                steps.append({place[2 * a + s]: 1, place[2 * b + t]: -1})
        for r, t in combinations(range(n_orbitals), 2):
            if group[p] ^ group[q] ^ group[r] ^ group[t] == 0:
                steps.append({place[2 * p]: 1, place[2 * q]: -1, place[2 * r + 1]: 1, place[2 * t + 1]: -1})
    start = sum(1 << place[2 * p] for p in range(n_up)) + sum(1 << place[2 * p + 1] for p in range(n_down))
    return BlockSector.of(conserved(steps, 2 * n_orbitals), start, wires)


def check(operator, sector, rng, n_groups=None, tolerance=1e-11):
    """Values and vectors for states of each kind of number, strided ones included."""
    blocks = spin_blocks(sector)
    assert n_groups is None or len(blocks.start) - 1 == n_groups
    energy = matrix_free_energy(blocks, operator.constant, operator.one_body, operator.two_body)
    matrix = operator.sector_matrix(sector)
    for dtype, rounding in ((np.float64, 1), (np.complex128, 1), (np.float32, 1e7), (np.complex64, 1e7)):
        state = rng.normal(size=sector.dimension) + 1j * rng.normal(size=sector.dimension)
        state = (state if np.issubdtype(dtype, np.complexfloating) else state.real).astype(dtype)
        state /= np.linalg.norm(state)
        out = np.full_like(state, np.nan)
        value = energy.apply(state, out)
        exact = matrix @ state.astype(np.complex128)
        np.testing.assert_allclose(out, exact, atol=tolerance * rounding)
        assert value == pytest.approx(np.vdot(state, exact).real, abs=tolerance * rounding)


@pytest.mark.parametrize(
    ("n", "n_up", "n_down"),
    [(1, 1, 1), (2, 1, 1), (3, 1, 0), (3, 0, 1), (3, 0, 0), (3, 3, 3), (4, 2, 2), (5, 3, 2), (5, 1, 4), (6, 2, 3)],
)
def test_all_determinants_of_given_numbers_of_electrons(n, n_up, n_down):
    rng = np.random.default_rng([n, n_up, n_down])
    operator = random_hamiltonian(rng, n)
    sector = listed(n, n_up, n_down)
    check(operator, sector, rng, n_groups=1)
    order = [int(w) for w in rng.permutation(2 * n)]
    check(operator, listed(n, n_up, n_down, order=order), rng, n_groups=1)


@pytest.mark.parametrize("down_first", [False, True])
@pytest.mark.parametrize(("n_up", "n_down"), [(3, 2), (1, 3)])
def test_block_sectors_with_either_spin_on_the_left(n_up, n_down, down_first):
    rng = np.random.default_rng(n_up)
    operator = random_hamiltonian(rng, 5)
    order = [w ^ 1 for w in range(10)] if down_first else None
    sector = in_block_order(5, n_up, n_down, order=order)
    assert {sector.wires[p] % 2 for p in sector.left.positions} == {int(down_first)}
    assert len(spin_blocks(sector).place) == 0  # nothing is moved
    check(operator, sector, rng, n_groups=1)


@pytest.mark.parametrize("symmetries", [[0, 0, 1, 1, 0], [0, 1, 2, 3, 0], [0, 1, 1, 2, 2]])
@pytest.mark.parametrize(("n_up", "n_down"), [(2, 2), (3, 2)])
def test_one_symmetry_is_a_block_for_each_of_a_string(symmetries, n_up, n_down):
    """The integrals do not even need the symmetry: elements that leave the set are left out, as from the matrix."""
    rng = np.random.default_rng([n_up, *symmetries])
    operator = random_hamiltonian(rng, 5)
    sector = listed(5, n_up, n_down, symmetries)
    check(operator, sector, rng)
    assert len(spin_blocks(sector).start) - 1 > 1


@pytest.mark.parametrize("down_first", [False, True])
def test_block_sectors_with_several_groups(down_first):
    rng = np.random.default_rng(8)
    order = [w ^ 1 for w in range(12)] if down_first else [int(w) for w in rng.permutation(12)]
    sector = in_block_order(6, 3, 3, [0, 0, 1, 1, 2, 3], order=order)
    assert sector.n_groups > 1
    check(random_hamiltonian(rng, 6), sector, rng, n_groups=sector.n_groups)


def test_block_sectors_cut_across_the_spins():
    """Halves that are not the spins: the determinants are listed, and put in order."""
    sector = BlockSector.of(conserved([], 8), 0b00001111, range(8))
    assert spin_blocks(sector).place.tolist() == [0]
    wires = range(0, 12, 2)  # one spin alone, cut in the middle
    sector = BlockSector.of(conserved([{a: 1, a + 1: -1} for a in range(5)], 6), 0b000111, wires)
    rng = np.random.default_rng(2)
    check(random_hamiltonian(rng, 6), sector, rng)


def test_sets_that_are_no_products_have_no_blocks(monkeypatch):
    rng = np.random.default_rng(5)
    operator, whole = random_hamiltonian(rng, 4), listed(4, 2, 2)
    monkeypatch.setattr(hamiltonian, "SMALL_MATRIX", 0)
    assert isinstance(operator.sector_objective(whole), MatrixFreeEnergy)
    for missing in (0, 17, 35):
        part = Sector(np.delete(whole.keys, missing, axis=0), whole.wires)
        assert spin_blocks(part) is None
        assert isinstance(operator.sector_objective(part), SparseExpectation)
    # Two blocks that share no string are a product again; sharing one, they are not.
    up, down = spin_strings(whole)
    a, b, f = np.unique(up)[:3]
    c, d, e = np.unique(down)[:3]
    apart = ((up == a) & np.isin(down, [c, d])) | ((up == b) & (down == e))
    assert len(spin_blocks(Sector(whole.keys[apart], whole.wires)).start) == 3
    shared = ((up == a) & np.isin(down, [c, d])) | ((up == b) & np.isin(down, [d, e]))
    assert spin_blocks(Sector(whole.keys[shared], whole.wires)) is None
    # Nor here, though one determinant too many in one place makes up for one too few in another.
    balanced = shared | ((up == f) & (down == d))
    order = np.lexsort((down, up))
    assert spin_blocks(Sector(whole.keys[order[balanced[order]]], whole.wires)) is None


def test_few_determinants_keep_the_matrix():
    operator = random_hamiltonian(np.random.default_rng(0), 5)
    assert isinstance(operator.sector_objective(listed(5, 2, 2)), SparseExpectation)
    with pytest.raises(ValueError, match="acts on wires 0 to 9, but the circuit also uses 11"):
        operator.sector_objective(Sector(np.zeros((1, 1), dtype=np.uint64), [0, 11]))


@pytest.fixture(scope="module")
def chain():
    """H8 in STO-3G: 4900 determinants, half of them reached."""
    return Molecule("; ".join(f"H 0 0 {i}" for i in range(8))).problem()


def test_uccsd_of_eight_hydrogens_stays_on_a_list_of_determinants(chain, monkeypatch):
    monkeypatch.setattr(hamiltonian, "SMALL_MATRIX", 0)
    ansatz = uccsd(chain)
    program = runtime.compile(ansatz, chain.hamiltonian)
    assert isinstance(program._evolution, PairEvolution)
    [energy] = program._objectives
    assert isinstance(energy, MatrixFreeEnergy)
    params = np.random.default_rng(1).normal(scale=0.1, size=ansatz.n_params)
    state, matrix = program.state(params), chain.hamiltonian.sector_matrix(program.sector)
    value, gradient = program.value_and_grad(params)
    assert value == pytest.approx(state @ (matrix @ state), abs=1e-11)
    blocks = in_blocks(ansatz, chain.hamiltonian)
    assert isinstance(blocks.sector, BlockSector)
    assert blocks.value_and_grad(params)[0] == pytest.approx(value, abs=1e-10)
    np.testing.assert_allclose(blocks.value_and_grad(params)[1], gradient, atol=1e-10)


def test_ten_hydrogens():
    """63,504 determinants, in a tenth of the matrix's memory."""
    problem = Molecule("; ".join(f"H 0 0 {i}" for i in range(10))).problem()
    sector = in_block_order(10, 5, 5)
    energy = problem.hamiltonian.sector_objective(sector)
    assert isinstance(energy, MatrixFreeEnergy)
    rng = np.random.default_rng(3)
    state = rng.normal(size=sector.dimension)
    state /= np.linalg.norm(state)
    out = np.empty_like(state)
    value = energy.apply(state, out)
    matrix = problem.hamiltonian.sector_matrix(sector)
    exact = matrix @ state
    np.testing.assert_allclose(out, exact, atol=1e-11)
    assert value == pytest.approx(state @ exact, abs=1e-11)
    assert energy.nbytes < 0.1 * matrix.data.nbytes


def test_one_spin_alone_in_a_program():
    """Electrons of spin down only: the first spin has one empty string and no hops."""
    rng = np.random.default_rng(4)
    operator = random_hamiltonian(rng, 6)

    def circuit(p):
        qml.BasisState([1, 1, 1, 0, 0, 0], wires=range(1, 12, 2))
        for a in range(1, 11, 2):
            qml.FermionicSingleExcitation(p[0], wires=range(a, min(a + 3, 12)))

    circuit.n_params = 1
    sector = in_blocks(circuit, operator).sector
    check(operator, sector, rng)
