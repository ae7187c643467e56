import numpy as np
import pennylane as qml
import pytest

from chemistry import Molecule, full_ci
from chemistry.integrals.pennylane_input import problem_from_pennylane

H2 = qml.qchem.Molecule(["H", "H"], np.array([[0, 0, 0], [0, 0, 1.4]]))
LIH = qml.qchem.Molecule(["Li", "H"], np.array([[0, 0, 0], [0, 0, 1.6]]), unit="angstrom")


def largest_difference(first, second):
    first, second = dict(first.pauli_rep), dict(second.pauli_rep)
    return max(abs(complex(first.get(word, 0)) - complex(second.get(word, 0))) for word in first.keys() | second.keys())


@pytest.mark.parametrize(
    ("molecule", "options", "n_electrons"),
    [
        (H2, {"method": "dhf"}, 2),
        (LIH, {"method": "dhf", "active_electrons": 2, "active_orbitals": 3}, 2),
        (LIH, {"method": "pyscf"}, 4),
        (LIH, {"method": "pyscf", "active_electrons": 2, "active_orbitals": 4}, 2),
    ],
)
def test_hamiltonians_come_back_as_problems(molecule, options, n_electrons):
    pair = qml.qchem.molecular_hamiltonian(molecule, **options)
    problem = problem_from_pennylane(pair, n_electrons)
    assert problem.n_wires == pair[1]
    assert largest_difference(problem.hamiltonian, pair[0]) < 1e-10
    ours = Molecule.from_pennylane(molecule)
    # The first orbitals are the Hartree-Fock orbitals, frozen or not.
    assert problem.reference_energy == pytest.approx(ours.mean_field.energy, abs=1e-6)
    if "active_electrons" not in options:
        assert full_ci(problem).energy == pytest.approx(full_ci(ours.problem()).energy, abs=1e-6)


def test_fermionic_hamiltonians_are_transformed():
    qubits, _ = qml.qchem.molecular_hamiltonian(H2)
    problem = problem_from_pennylane(qml.qchem.fermionic_hamiltonian(H2)(), 2)
    assert largest_difference(problem.hamiltonian, qubits) < 1e-10


def test_our_own_hamiltonians_come_back(problem):
    for name, spin in (("oh", 1), ("h4", 0)):
        given = problem(name)
        back = problem_from_pennylane(given.hamiltonian, given.n_electrons, spin=spin)
        assert (back.n_alpha, back.n_beta) == (given.n_alpha, given.n_beta)
        assert back.constant == pytest.approx(given.constant, abs=1e-9)
        assert np.allclose(back.one_body, given.one_body, atol=1e-9)
        assert np.allclose(back.two_body, given.two_body, atol=1e-9)


def test_named_wires_are_given_in_order():
    plain, _ = qml.qchem.molecular_hamiltonian(H2)
    named, _ = qml.qchem.molecular_hamiltonian(H2, wires=["d", "c", "b", "a"])
    wanted = problem_from_pennylane(plain, 2)
    assert np.allclose(problem_from_pennylane(named, 2, wires="dcba").two_body, wanted.two_body, atol=1e-10)
    with pytest.raises(ValueError, match="unexplained"):
        problem_from_pennylane(named, 2, wires="dcab")
    for wires in ("dcb", "dcbb"):
        with pytest.raises(ValueError, match="names each wire of the Hamiltonian once"):
            problem_from_pennylane(named, 2, wires=wires)


@pytest.mark.parametrize(("n_electrons", "n_orbitals", "lowest"), [(4, 6, "orbitals 5, 6"), (2, 4, "orbital 4")])
def test_wires_in_reverse_are_noted(n_electrons, n_orbitals, lowest):
    space = {"active_electrons": n_electrons, "active_orbitals": n_orbitals}
    hamiltonian, n_wires = qml.qchem.molecular_hamiltonian(LIH, **space)
    right = problem_from_pennylane(hamiltonian, n_electrons)
    assert right.notes == ()
    turned = problem_from_pennylane(hamiltonian, n_electrons, wires=range(n_wires)[::-1])
    (note,) = turned.notes
    excess = turned.reference_energy - right.reference_energy
    assert f"lies {excess:.3f} hartree above the determinant of {lowest}: if the wires" in note
    assert note.endswith("perhaps reversed, give wires=.")
    assert full_ci(turned).energy == pytest.approx(full_ci(right).energy, abs=1e-8)


def test_empty_wires_at_the_end_are_kept():
    hamiltonian = qml.Hamiltonian([1.0, 2.0, 2.0], [qml.I(0), qml.Z(0), qml.Z(1)])
    assert problem_from_pennylane((hamiltonian, 4), 2).n_orbitals == 2
    assert problem_from_pennylane(hamiltonian, 2).n_orbitals == 1


def tapered():
    hamiltonian, n_wires = qml.qchem.molecular_hamiltonian(LIH, "pyscf", active_electrons=2, active_orbitals=2)
    generators = qml.symmetry_generators(hamiltonian)
    return qml.taper(
        hamiltonian,
        generators,
        qml.paulix_ops(generators, n_wires),
        qml.qchem.optimal_sector(hamiltonian, generators, 2),
    )


def blocked():
    """All spins up, then all spins down, as other programs order them."""
    hamiltonian, _ = qml.qchem.molecular_hamiltonian(LIH, "pyscf", active_electrons=2, active_orbitals=2)
    return hamiltonian.map_wires({0: 0, 1: 2, 2: 1, 3: 3})


@pytest.mark.parametrize(
    ("hamiltonian", "message"),
    [
        (lambda: qml.qchem.molecular_hamiltonian(H2, mapping="parity"), "not the Jordan-Wigner image .* unexplained"),
        (lambda: qml.qchem.molecular_hamiltonian(H2, mapping="bravyi_kitaev"), "not the Jordan-Wigner image"),
        (tapered, "not the Jordan-Wigner image"),
        (blocked, "not the Jordan-Wigner image"),
        (lambda: qml.X(0) @ qml.Y(1), "1.00e.00 hartree of X0 Y1 unexplained"),
        (lambda: qml.Z(0) + qml.I(1), "not the Jordan-Wigner image"),  # a field: the spins differ
        (lambda: (qml.Y(0) @ qml.Z(1) @ qml.X(2) - qml.X(0) @ qml.Z(1) @ qml.Y(2), 4), "not the Jordan-Wigner image"),
        (lambda: 1j * qml.Z(0) @ qml.Z(1), "complex coefficients"),
        (lambda: qml.Z(0) @ qml.Z(1) @ qml.Z(2), "but this has 3: it was tapered"),
        (lambda: qml.Z("a") @ qml.Z("b"), "give wires= in order"),
        (lambda: qml.Hermitian(np.eye(4), [0, 1]), "made of Pauli words was expected, but Hermitian"),
        (lambda: None, "made of Pauli words was expected, but NoneType"),
        (lambda: qml.Z(0) + qml.Z(99), "up to 64 wires"),
    ],
)
def test_what_is_not_a_molecular_hamiltonian(hamiltonian, message):
    with pytest.raises(ValueError, match=message):
        problem_from_pennylane(hamiltonian(), 2)


@pytest.mark.parametrize(
    ("n_electrons", "spin", "message"),
    [
        (3, 0, "spin is 1"),
        (2, 4, "4 cannot be unpaired"),
        (2.5, 0, "whole numbers"),
        (0, 0, "at least one electron"),
        (6, 0, "at most 2 electrons of spin up"),
    ],
)
def test_bad_electrons(n_electrons, spin, message):
    hamiltonian, _ = qml.qchem.molecular_hamiltonian(H2)
    with pytest.raises(ValueError, match=message):
        problem_from_pennylane(hamiltonian, n_electrons, spin=spin)


def test_molecules():
    assert Molecule.from_pennylane(LIH).atoms[1].position == pytest.approx((0, 0, 1.6), abs=1e-14)
    flat = qml.qchem.Molecule(["O", "H"], np.array([0, 0, 0, 0, 0, 1.8]), charge=-1, basis_name="6-31G")
    ours = Molecule.from_pennylane(flat)
    assert (ours.formula, ours.charge, ours.spin, ours.basis) == ("HO", -1, 0, "6-31g")
    assert ours._mole.atom_coords()[1] == pytest.approx([0, 0, 1.8], abs=1e-12)
    radical = qml.qchem.Molecule(["O", "H"], np.array([[0, 0, 0], [0, 0, 1.8]]), mult=2)
    assert Molecule.from_pennylane(radical).spin == 1


def test_basis_functions_changed_by_hand_would_be_lost():
    positions = np.array([[0, 0, 0], [0, 0, 1.4]])
    for changed in ({"alpha": [np.array([3.0, 0.6, 0.1])] * 2}, {"coeff": [np.array([0.2, 0.5, 0.4])] * 2}):
        molecule = qml.qchem.Molecule(["H", "H"], positions, **changed)
        with pytest.raises(ValueError, match="are not those of 'sto-3g'"):
            Molecule.from_pennylane(molecule)
    assert Molecule.from_pennylane(qml.qchem.Molecule(["H", "H"], positions, normalize=False)).formula == "H2"
    with pytest.raises(ValueError, match=r"A qml\.qchem\.Molecule was expected, but str"):
        Molecule.from_pennylane("H2")
