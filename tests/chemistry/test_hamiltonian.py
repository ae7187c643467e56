import copy
from types import SimpleNamespace

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry import uccsd
from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
from chemistry.hamiltonian.slater_condon import hamiltonian_matrix


def random_integrals(rng, n):
    """Integrals with the eightfold symmetry of real orbitals and nothing else."""
    one_body = rng.normal(size=(n, n))
    factors = rng.normal(size=(2 * n, n, n))
    factors = factors + factors.transpose(0, 2, 1)
    return rng.normal(), one_body + one_body.T, 0.1 * np.einsum("xpq,xrs->pqrs", factors, factors)


def all_keys(n_wires):
    """Every basis state on so many wires."""
    return SimpleNamespace(
        keys=(np.arange(2**n_wires, dtype=np.uint64) << np.uint64(64 - n_wires))[:, None], wires=tuple(range(n_wires))
    )


def fermionic_matrix(constant, one_body, two_body):
    """The definition, with Jordan-Wigner matrices of every ladder operator multiplied out: the slow twin."""
    n_wires = 2 * len(one_body)
    lower, z = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([1.0, -1.0])

    def annihilator(wire):
        matrix = np.eye(1)
        for other in range(n_wires):
            matrix = np.kron(matrix, z if other < wire else lower if other == wire else np.eye(2))
        return matrix

    a = [annihilator(wire) for wire in range(n_wires)]
    n = len(one_body)
    e = [[sum(a[2 * p + s].T @ a[2 * q + s] for s in (0, 1)) for q in range(n)] for p in range(n)]
    matrix = constant * np.eye(2**n_wires)
    for p in range(n):
        for q in range(n):
            matrix += one_body[p, q] * e[p][q]
            for r in range(n):
                for s in range(n):
                    matrix += 0.5 * two_body[p, q, r, s] * (e[p][q] @ e[r][s] - (q == r) * e[p][s])
    return matrix


@pytest.mark.parametrize("n", [1, 2, 3])
def test_both_forms_equal_the_definition(n):
    integrals = random_integrals(np.random.default_rng(n), n)
    expected = fermionic_matrix(*integrals)
    hamiltonian = MolecularHamiltonian(*integrals)
    assert hamiltonian.sector_matrix(all_keys(2 * n)).toarray() == pytest.approx(expected, abs=1e-11)
    assert qml.matrix(hamiltonian, wire_order=range(2 * n)) == pytest.approx(expected, abs=1e-11)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 4))
@settings(max_examples=20, deadline=None)
def test_any_set_of_determinants_gives_that_part_of_the_whole(seed, n):
    rng = np.random.default_rng(seed)
    hamiltonian = MolecularHamiltonian(*random_integrals(rng, n))
    whole = all_keys(2 * n)
    matrix = hamiltonian.sector_matrix(whole).toarray()
    assert np.allclose(matrix, matrix.T, rtol=0, atol=1e-12)
    chosen = np.flatnonzero(rng.random(4**n) < rng.random())
    part = hamiltonian.sector_matrix(SimpleNamespace(keys=whole.keys[chosen], wires=whole.wires))
    assert np.allclose(part.toarray(), matrix[np.ix_(chosen, chosen)], rtol=0, atol=1e-12)


def test_wires_in_another_order_and_wires_left_out():
    rng = np.random.default_rng(5)
    hamiltonian = MolecularHamiltonian(*random_integrals(rng, 3))
    whole = all_keys(6)
    matrix = hamiltonian.sector_matrix(whole).toarray()
    order = (3, 0, 5, 1)  # wires 2 and 4 are empty
    bits = (np.arange(16)[:, None] >> np.array([3, 2, 1, 0])) & 1
    rows = (bits << (5 - np.array(order))).sum(axis=1)
    sector = SimpleNamespace(keys=(np.arange(16, dtype=np.uint64) << np.uint64(60))[:, None], wires=order)
    assert hamiltonian.sector_matrix(sector).toarray() == pytest.approx(matrix[np.ix_(rows, rows)], abs=1e-12)
    with pytest.raises(ValueError, match="acts on wires 0 to 5, but the circuit also uses 7"):
        hamiltonian.sector_matrix(SimpleNamespace(keys=whole.keys, wires=(0, 1, 2, 3, 4, 7)))


@pytest.mark.parametrize(("name", "n_words"), [("h2", 15), ("lih", 631)])
def test_pauli_words_are_those_of_pennylane(problem, name, n_words):
    # The number of words is that of PennyLane's own data for these molecules in this basis.
    ours = problem(name)
    two_body = ours.two_body.transpose(0, 2, 3, 1)  # PennyLane's order: a†_p a†_q a_r a_s
    fermions = qml.qchem.fermionic_observable(np.array([ours.constant]), ours.one_body, two_body, cutoff=1e-12)
    theirs = {word: complex(v) for word, v in qml.jordan_wigner(fermions, ps=True).items() if abs(v) > 1e-12}
    words = dict(ours.hamiltonian.pauli_rep)
    assert len(words) == len(ours.hamiltonian.ops) == n_words
    assert set(words) == set(theirs)
    for word, value in words.items():
        assert value == pytest.approx(theirs[word], abs=1e-12)


def test_the_spectrum_is_that_of_pennylane(problem):
    peer = qml.qchem.Molecule(["H", "H"], np.array([[0, 0, 0], [0, 0, 0.74]]), unit="angstrom")
    theirs, _ = qml.qchem.molecular_hamiltonian(peer, method="pyscf")
    energies = [np.linalg.eigvalsh(qml.matrix(h, wire_order=range(4))) for h in (theirs, problem("h2").hamiltonian)]
    assert energies[0] == pytest.approx(energies[1], abs=1e-5)


@pytest.mark.parametrize("device", ["default.qubit", "lightning.qubit"])
def test_devices_and_the_sector_agree(problem, device):
    hydrogen = problem("h4")
    ansatz = uccsd(hydrogen)
    params = np.random.default_rng(3).normal(scale=0.2, size=ansatz.n_params)

    @qml.qnode(qml.device(device, wires=hydrogen.n_wires))
    def energy(values):
        ansatz(values)
        return qml.expval(hydrogen.hamiltonian)

    program = runtime.compile(ansatz, hydrogen.hamiltonian)
    assert program.engine == "sector"
    assert program.expval(params) == pytest.approx(float(energy(params)), abs=1e-10)


def test_a_native_run_builds_no_terms(molecule):
    problem = molecule("lih").problem()
    runtime.compile(uccsd(problem), problem.hamiltonian).expval(uccsd(problem).initial_params)
    assert "_terms" not in vars(problem.hamiltonian)


def test_it_is_an_ordinary_pennylane_observable(problem):
    hamiltonian = problem("h2").hamiltonian
    assert isinstance(hamiltonian, qml.ops.LinearCombination)
    assert len(hamiltonian) == len(hamiltonian.terms()[0]) == 15
    copied = copy.copy(hamiltonian)
    assert qml.equal(copied, hamiltonian)
    assert set(hamiltonian.map_wires({0: "a"}).wires) == {"a", 1, 2, 3}
    doubled = 2 * hamiltonian
    assert qml.matrix(doubled, wire_order=range(4)) == pytest.approx(2 * qml.matrix(hamiltonian, wire_order=range(4)))
    assert qml.pytrees.unflatten(*qml.pytrees.flatten(hamiltonian)).pauli_rep == hamiltonian.pauli_rep
    assert repr(hamiltonian) == "MolecularHamiltonian(2 orbitals, wires 0 to 3)"


def test_no_determinants_and_one():
    integrals = random_integrals(np.random.default_rng(0), 2)
    nothing = np.zeros(0, dtype=np.uint64)
    assert hamiltonian_matrix(nothing, nothing, *integrals).shape == (0, 0)
    empty = np.zeros(1, dtype=np.uint64)
    assert hamiltonian_matrix(empty, empty, *integrals).toarray() == pytest.approx(np.array([[integrals[0]]]))
