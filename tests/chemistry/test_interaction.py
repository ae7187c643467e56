import numpy as np
import pytest
from pyscf import cc, fci, gto, mp, scf

from chemistry import Molecule, ccsd, full_ci, hartree_fock_energy, mp2, vqe
from chemistry.interaction import Fragment, counterpoise

HELIUM = "He 0 0 0; He 0 0 2.8"
WATERS = (
    "O -0.702196 -0.056060 0.009942; H -1.022193 0.846776 -0.011489; H 0.257521 0.042121 0.005219; "
    "O 2.220871 0.026717 0.000620; H 2.597493 -0.411663 0.766745; H 2.593135 -0.449496 -0.744782"
)  # the S22 set's dimer: Jurecka, Sponer, Cerny and Hobza, Phys. Chem. Chem. Phys. 8, 1985 (2006)


def by_pyscf(solve, geometry, ghosts, basis, **options):
    """Complex, monomers alone, and monomers with PySCF's ghosts in place of the other."""
    atoms = geometry.split("; ")
    energies = []
    for real, borrowed in [((0, 1), ()), ((0,), ()), ((1,), ()), ((0,), (1,)), ((1,), (0,))]:
        kept = [atom for part in real for atom in atoms[ghosts[part]]]
        kept += [f"ghost-{atom}" for part in borrowed for atom in atoms[ghosts[part]]]
        mol = gto.M(atom="; ".join(kept), basis=basis, verbose=0, **options)
        energies.append(solve(scf.RHF(mol).run(conv_tol=1e-12)))
    whole, first, second, first_ghost, second_ghost = energies
    return whole - first - second, whole - first_ghost - second_ghost


@pytest.mark.parametrize("basis", ["6-31g", "cc-pvdz"])
def test_helium_as_pyscf_has_it(basis):
    def solve(field):
        return fci.FCI(field).kernel()[0]

    uncorrected, corrected = by_pyscf(solve, HELIUM, [slice(0, 1), slice(1, 2)], basis)
    found = counterpoise(Molecule(HELIUM, basis=basis), [[1], [2]], full_ci)
    assert found.uncorrected == pytest.approx(uncorrected, abs=1e-9)
    assert found.corrected == pytest.approx(corrected, abs=1e-9)
    assert found.superposition_error == pytest.approx(corrected - uncorrected, abs=1e-9)
    assert found.superposition_error > 0
    assert found.converged
    assert found.uncorrected == pytest.approx(found.molecule_energy - sum(found.fragment_energies))
    assert found.corrected == pytest.approx(found.molecule_energy - sum(found.ghost_energies))


@pytest.mark.parametrize("method", [hartree_fock_energy, mp2, ccsd])
def test_water_dimer_as_pyscf_has_it(method):
    solvers = {
        hartree_fock_energy: lambda field: field.e_tot,
        mp2: lambda field: mp.MP2(field).run().e_tot,
        ccsd: lambda field: cc.CCSD(field).run(conv_tol=1e-10).e_tot,
    }
    wanted = by_pyscf(solvers[method], WATERS, [slice(0, 3), slice(3, 6)], "sto-3g")
    found = counterpoise(Molecule(WATERS), [[1, 2, 3], [4, 5, 6]], method)
    assert (found.uncorrected, found.corrected) == pytest.approx(wanted, abs=2e-8)
    # Both bind; the borrowed functions make too much of it.
    assert found.uncorrected < found.corrected < 0


def test_a_frozen_core_is_not_of_ghosts():
    def solve(field):
        return mp.MP2(field, frozen=sum(field.mol.atom_charge(atom) > 2 for atom in range(field.mol.natm))).run().e_tot

    wanted = by_pyscf(solve, WATERS, [slice(0, 3), slice(3, 6)], "sto-3g")
    found = counterpoise(Molecule(WATERS), [[1, 2, 3], [4, 5, 6]], mp2, frozen_core=True)
    assert (found.uncorrected, found.corrected) == pytest.approx(wanted, abs=2e-8)


def test_a_circuit_is_a_method():
    molecule = Molecule(HELIUM, basis="6-31g")
    exact, circuit = counterpoise(molecule, [[1], [2]], full_ci), counterpoise(molecule, [[1], [2]], vqe)
    assert circuit.corrected == pytest.approx(exact.corrected, abs=1e-6)
    assert circuit.converged


def test_ions_and_radicals():
    """Li+ and F-, and two hydrogen atoms, by PySCF's unrestricted or restricted fields."""
    ions = Molecule("Li 0 0 0; F 0 0 1.6", basis={"Li": "6-31g", "F": "sto-3g"})
    found = counterpoise(ions, [Fragment([1], charge=1), Fragment([2], charge=-1)], hartree_fock_energy)

    def energy(atom, charge):
        mol = gto.M(atom=atom, basis={"Li": "6-31g", "F": "sto-3g"}, charge=charge, verbose=0)
        return scf.RHF(mol).run(conv_tol=1e-12).e_tot

    assert found.fragment_energies == pytest.approx((energy("Li 0 0 0", 1), energy("F 0 0 1.6", -1)), abs=1e-9)
    ghosts = energy("Li 0 0 0; ghost-F 0 0 1.6", 1), energy("ghost-Li 0 0 0; F 0 0 1.6", -1)
    assert found.ghost_energies == pytest.approx(ghosts, abs=1e-9)
    atoms = counterpoise(
        Molecule("H 0 0 0; H 0 0 0.74", basis="6-31g"),
        [Fragment((1,), spin=1), Fragment(np.array([2]), spin=1)],
        full_ci,
    )
    assert atoms.corrected == pytest.approx(atoms.uncorrected, abs=2e-3)
    assert atoms.corrected < -0.13


def test_core_potentials_go_with_their_elements():
    molecule = Molecule("I 0 0 0; H 0 0 1.609; He 0 0 -3.4", basis={"I": "lanl2dz", "default": "sto-3g"}, ecp="lanl2dz")
    found = counterpoise(molecule, [[1, 2], [3]], hartree_fock_energy)
    helium = gto.M(
        atom="He 0 0 -3.4; ghost-I 0 0 0; ghost-H 0 0 1.609", verbose=0,
        basis={"I": "lanl2dz", "H": "sto-3g", "He": "sto-3g"},
    )  # fmt: skip
    assert found.ghost_energies[1] == pytest.approx(scf.RHF(helium).run(conv_tol=1e-12).e_tot, abs=1e-9)


def test_three_fragments_and_a_ghost_besides():
    molecule = Molecule("He 0 0 0; He 0 0 2.8; He 0 0 5.6; Ghost-H 0 0 1.4", basis="6-31g")
    found = counterpoise(molecule, [[1], [2], [3]], hartree_fock_energy)
    assert len(found.ghost_energies) == len(found.fragment_energies) == 3
    assert all(g < a for g, a in zip(found.ghost_energies, found.fragment_energies, strict=True))
    # A ghost in a fragment belongs to its own basis functions.
    bonded = counterpoise(molecule, [[1, 4], [2], [3]], hartree_fock_energy)
    assert bonded.fragment_energies[0] < found.fragment_energies[0]
    assert bonded.corrected == pytest.approx(found.corrected, abs=1e-9)


@pytest.mark.parametrize(
    ("fragments", "message"),
    [
        ([[1, 2]], "between two or more fragments, but 1 was given"),
        ([[1], [1, 2]], "belongs to one fragment, but 1 is given more than once"),
        ([[1], [1]], "but 1 is given more than once"),
        ([[1], [3]], "counted from 1 to 2"),
        ([[0], [1]], "counted from 1 to 2"),
        ([[1], []], "counted from 1 to 2"),
        ([[1.5], [2]], "counted from 1 to 2"),
        ([Fragment([1], charge=1, spin=1), [2]], "add up to 1, but the molecule has 0"),
        ([Fragment([1], spin=2), [2]], "with 2 and 0 unpaired electrons cannot make a molecule with 0"),
        ([Fragment([1], charge=1), Fragment([2], charge=-1)], "1 electrons, so the number of unpaired ones"),
    ],
)
def test_fragments_that_are_none(fragments, message):
    with pytest.raises(ValueError, match=message):
        counterpoise(Molecule(HELIUM), fragments, hartree_fock_energy)


def test_a_fragment_of_ghosts_is_refused():
    with pytest.raises(ValueError, match=r"A fragment has a nucleus, but \[2\] are ghosts"):
        counterpoise(Molecule("He 0 0 0; Ghost-He 0 0 2.8"), [[1], [2]], hartree_fock_energy)


def test_an_atom_without_a_fragment_is_named():
    with pytest.raises(ValueError, match="belongs to one fragment, but 3 is in no fragment"):
        counterpoise(Molecule("He 0 0 0; He 0 0 2.8; He 0 0 5"), [[1], [2]], hartree_fock_energy)
