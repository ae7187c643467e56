import json
from dataclasses import replace

import numpy as np
import pytest

from chemistry import Molecule, full_ci, sector_dimension
from chemistry.geometry import ANGSTROM_PER_BOHR, read_xyz

PEROXIDE = "H; O 1 0.967; O 2 1.4556 1 102.32; H 3 0.967 2 102.32 1 113.70"


def test_every_way_in_gives_the_same_energy(tmp_path):
    made = Molecule.from_z_matrix(PEROXIDE)
    path = tmp_path / "peroxide.xyz"
    path.write_text(made.to_xyz())
    in_bohr = "; ".join(
        " ".join([atom.symbol, *(repr(value / ANGSTROM_PER_BOHR) for value in atom.position)]) for atom in made.atoms
    )
    ways = [
        Molecule.from_xyz(path),
        Molecule(made.to_xyz()),
        Molecule(made.atoms),
        Molecule(list(made.atoms)),
        Molecule(in_bohr, unit="bohr"),
        Molecule.from_dict(json.loads(json.dumps(made.to_dict()))),
    ]
    for other in ways:
        assert other.mean_field.energy == pytest.approx(made.mean_field.energy, abs=1e-9)


def test_a_dictionary_says_everything():
    ion = Molecule("I 0 0 0; H 0 0 1.6", basis={"I": "lanl2dz", "H": "6-31g"}, ecp={"I": "lanl2dz"}, charge=1, spin=1)
    again = Molecule.from_dict(json.loads(json.dumps(ion.to_dict())))
    assert again.to_dict() == ion.to_dict()
    assert again.atoms == ion.atoms
    assert (again.basis, again.ecp, again.charge, again.spin) == (ion.basis, ion.ecp, 1, 1)
    assert Molecule.from_dict({"atoms": [["H", 0, 0, 0]], "spin": 1}).n_electrons == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "described by atoms"),
        ({"atoms": [], "colour": 1}, "but got atoms, colour"),
        ({"atoms": [["H", 0, 0]]}, "a symbol and three coordinates"),
        ({"atoms": 3}, "a symbol and three coordinates"),
        ({"atoms": [["H", 0, 0, "far"]]}, "a symbol and three coordinates"),
        ({"atoms": [["Q", 0, 0, 0]]}, "'Q' is not an element"),
    ],
)
def test_bad_dictionaries(data, message):
    with pytest.raises(ValueError, match=message):
        Molecule.from_dict(data)


def test_an_xyz_text_says_what_it_is():
    assert Molecule("O 0 0 0; H 0 0 0.97", spin=1).to_xyz().splitlines()[:2] == [
        "2",
        "HO, charge 0, 1 unpaired electrons",
    ]


def test_stretching_keeps_everything_else():
    ion = Molecule("I 0 0 0; H 0 0 3", basis={"default": "lanl2dz"}, ecp="lanl2dz", charge=1, spin=1, unit="bohr")
    assert ion.only_bond == (1, 2)
    stretched = ion.with_bond(ion.only_bond, 2.0)
    assert stretched.atoms[1].position == (0.0, 0.0, 2.0)
    assert (stretched.basis, stretched.ecp, stretched.charge, stretched.spin) == (ion.basis, ion.ecp, 1, 1)


def test_one_frame_of_a_path(tmp_path):
    path = tmp_path / "path.xyz"
    frames = [Molecule("H 0 0 0; H 0 0 0.74").with_bond((1, 2), length) for length in (0.7, 0.8)]
    path.write_text("".join(molecule.to_xyz() for molecule in frames))
    assert Molecule.from_xyz(path, frame=-1, basis="6-31g").atoms == frames[1].atoms
    with pytest.raises(ValueError, match="has 2 frames: say which is meant"):
        Molecule.from_xyz(path)


def test_a_refusal_names_basis_sets_by_element():
    molecule = Molecule("O 0 0 0; H 0 0 0.97; H 0 0.97 0", basis={"O": "def2-tzvp", "default": "6-31g"})
    with pytest.raises(ValueError, match="H2O in O: def2-tzvp, default: 6-31g has"):
        molecule.problem()


def test_other_basis_sets_keep_the_unit():
    molecule = Molecule("H 0 0 0; H 0 0 1.4", unit="bohr")
    assert replace(molecule, basis="6-31g").atoms == molecule.atoms


@pytest.mark.parametrize(
    ("geometry", "options", "dimension"),
    [
        ("H 0 0 0", {"spin": 1}, 1),
        ("H 0 0 0", {"charge": -1, "basis": "6-31g"}, 4),
        ("He 0 0 0", {"basis": "6-31g"}, 4),
        ("Li 0 0 0", {"charge": 2, "spin": 1}, 5),
        ("Li 0 0 0", {"spin": 1}, 50),
        ("H 0 0 0; H 0 0 1.06", {"charge": 1, "spin": 1}, 2),
        ("He 0 0 0; He 0 0 1.1", {"charge": 1, "spin": 1}, 2),
        ("O 0 0 0; H 0 0 0.97", {"charge": -1}, 36),
        ("N 0 0 0", {"spin": 3}, 5),
    ],
)
def test_atoms_ions_and_odd_electrons(geometry, options, dimension):
    """Full CI in the same basis by PySCF, from other orbitals: it does not depend on them."""
    from pyscf import fci, gto

    molecule = Molecule(geometry, **options)
    problem = molecule.problem()
    assert sector_dimension(problem) <= dimension
    mol = gto.M(atom=geometry, basis=molecule.basis, charge=molecule.charge, spin=molecule.spin, verbose=0)
    overlap_values, overlap_vectors = np.linalg.eigh(mol.intor("int1e_ovlp"))
    orbitals = overlap_vectors / np.sqrt(overlap_values)
    h1 = orbitals.T @ (mol.intor("int1e_kin") + mol.intor("int1e_nuc")) @ orbitals
    h2 = np.einsum("pqrs,pi,qj,rk,sl->ijkl", mol.intor("int2e"), *[orbitals] * 4, optimize=True)
    wanted = np.linalg.eigvalsh(fci.direct_spin1.pspace(h1, h2, mol.nao, mol.nelec, np=dimension)[1])[0]
    assert full_ci(problem).energy == pytest.approx(wanted + mol.energy_nuc(), abs=1e-8)


@pytest.mark.parametrize(
    ("geometry", "options", "message"),
    [
        ("He 0 0 0", {"charge": -1, "spin": 1}, "2 electrons of spin up, but only 1 orbital in sto-3g"),
        ("Li 0 0 0", {"spin": 0.5}, "spin is a whole number of unpaired electrons, but 0.5"),
        ("Li 0 0 0", {"charge": "1"}, "charge is a whole number of elementary charges"),
        ("I 0 0 0", {"basis": "def2-svp", "charge": 25}, "no electrons left outside the core potentials"),
        ("I 0 0 0", {"basis": "def2-svp", "charge": 22, "spin": 5}, "has 3 electrons outside the core potentials"),
        (5, {}, "got 5: read a file with Molecule.from_xyz"),
        (("H",), {}, "number 1 of it is 'H'"),
    ],
)
def test_what_cannot_be(geometry, options, message):
    with pytest.raises(ValueError, match=message):
        Molecule(geometry, **options).problem()


def test_atoms_have_no_other_unit():
    atoms = Molecule("H 0 0 0; H 0 0 0.74").atoms
    with pytest.raises(ValueError, match="are in angstrom, but unit='bohr'"):
        Molecule(atoms, unit="bohr")


METHYLENE = "C 0 0 0; H 0 0.99 0.38; H 0 -0.99 0.38"
ROWS = "\n".join(METHYLENE.split("; ")) + "\n"


@pytest.mark.parametrize("options", [{"spin": 2}, {"charge": 1, "spin": 1}, {"charge": -1, "spin": 3}, {}])
def test_charge_and_spin_survive_a_file(tmp_path, options):
    path = tmp_path / "ch2.xyz"
    written = Molecule(METHYLENE, **options)
    path.write_text(written.to_xyz())
    for read in (Molecule.from_xyz(path), Molecule(written.to_xyz()), Molecule(read_xyz(path))):
        assert (read.charge, read.spin, read.atoms) == (written.charge, written.spin, written.atoms)


@pytest.mark.parametrize(
    ("comment", "options", "message"),
    [
        (
            "charge=1 multiplicity=2",
            {"charge": 0},
            "says charge 1, but charge=0 was given: leave charge out, or correct",
        ),
        ("charge=1 multiplicity=2", {"spin": 3}, "says 1 unpaired electron, but spin=3 was given: leave spin out"),
        ("0 3", {"spin": 0}, "says 2 unpaired electrons, but spin=0 was given"),
        ("spin=1", {}, "says spin=1, which may be S, 2S or 2S \\+ 1: give spin="),
        ("0 3 methylene", {}, "begins with 0 3, which may be charge and multiplicity: write charge=0 multiplicity=3"),
        ("0 3 methylene", {"charge": 0}, "begins with 0 3, which may be charge and multiplicity"),
        ("charge=1", {}, "has 7 electrons, so the number of unpaired ones"),
        ("units=bohr", {"unit": "angstrom"}, "says that coordinates are in bohr, but unit='angstrom' was given"),
    ],
)
def test_a_file_is_not_contradicted(tmp_path, comment, options, message):
    path = tmp_path / "ch2.xyz"
    path.write_text(f"3\n{comment}\n{ROWS}")
    with pytest.raises(ValueError, match=message):
        Molecule.from_xyz(path, **options)
    with pytest.raises(ValueError, match=message):
        Molecule(path.read_text(), **options)


@pytest.mark.parametrize(
    ("comment", "options", "charge", "spin"),
    [
        ("charge=1 multiplicity=2", {}, 1, 1),
        ("charge=1 multiplicity=2", {"charge": 1, "spin": 1}, 1, 1),
        ("charge=1", {"spin": 3}, 1, 3),
        ("multiplicity=3", {"charge": 0}, 0, 2),
        ("spin=1", {"spin": 2}, 0, 2),
        ("0 3 methylene", {"charge": 0, "spin": 2}, 0, 2),
        ("0 3 methylene", {"charge": 0, "spin": 0}, 0, 0),
        ("0 1 methylene", {}, 0, 0),
        ("0 2 methylene", {}, 0, 0),
        ("3 5 points", {}, 0, 0),
        ("nothing", {}, 0, 0),
        ("nothing", {"spin": 2}, 0, 2),
        ("a singlet", {}, 0, 0),
        ("from a triplet", {"spin": 0}, 0, 0),
        ("a cation", {"charge": 1, "spin": 1}, 1, 1),
    ],
)
def test_a_file_fills_in_what_is_not_given(comment, options, charge, spin):
    molecule = Molecule(f"3\n{comment}\n{ROWS}", **options)
    assert (molecule.charge, molecule.spin) == (charge, spin)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        (
            "triplet methylene",
            "says 'triplet', which is not read as its spin: 0 unpaired electrons are assumed; give spin=2",
        ),
        ("radical anion", "says 'radical anion', which is not read as its charge: 0 is assumed"),
    ],
)
def test_words_are_warned_of(comment, message):
    with pytest.warns(UserWarning, match=message):
        assert Molecule(f"3\n{comment}\n{ROWS}").spin == 0


def test_a_copy_may_have_another_charge_than_its_text():
    cation = replace(Molecule(f"3\nunits=bohr charge=0 multiplicity=3\n{ROWS}"), charge=1, spin=1)
    assert (cation.charge, cation.spin, cation.unit) == (1, 1, "angstrom")
    assert cation.atoms == Molecule(METHYLENE, unit="bohr").atoms
    plain = replace(Molecule(METHYLENE), charge=1, spin=1)
    assert (plain.geometry, plain.unit, plain.charge) == (METHYLENE, "angstrom", 1)


def test_ghosts_have_functions_and_nothing_else():
    from pyscf import gto, scf

    text = "I 0 0 0; H 0 0 1.609; Ghost-I 0 0 5; Ghost-Li 0 3 0; He-Bq 3 0 0"
    molecule = Molecule(text, basis={"I": "lanl2dz", "default": "6-31g"}, ecp={"I": "lanl2dz"})
    assert (molecule.formula, molecule.n_electrons) == ("HI", 54)
    mol = gto.M(
        atom=text.replace("He-Bq", "ghost-He"), verbose=0, ecp={"I": "lanl2dz"},
        basis={"I": "lanl2dz", "H": "6-31g", "Li": "6-31g", "He": "6-31g"},
    )  # fmt: skip
    assert molecule.mean_field.energy == pytest.approx(scf.RHF(mol).run(conv_tol=1e-11).e_tot, abs=1e-8)
    alone = Molecule("I 0 0 0; H 0 0 1.609", basis={"I": "lanl2dz", "H": "6-31g"})
    assert molecule.mean_field.energy < alone.mean_field.energy
    frozen = Molecule("Na 0 0 0; H 0 0 1.9; Ghost-Na 0 0 5").active_space(frozen_core=True)
    assert (frozen.n_frozen, frozen.n_electrons) == (5, 2)


def test_ghosts_and_isotopes_survive():
    molecule = Molecule("O 0 0 0; D 0 0 0.96; T 0 0.93 -0.24; C@13 0 0 4; Ghost-He 0 0 -2", spin=0)
    again = Molecule.from_dict(json.loads(json.dumps(molecule.to_dict())))
    assert again.atoms == molecule.atoms == Molecule(molecule.to_xyz()).atoms
    assert [atom.label for atom in molecule.with_bond((1, 4), 5.0).atoms] == ["O", "D", "T", "C@13", "Ghost-He"]
    ordinary = Molecule("O 0 0 0; H 0 0 0.96; H 0 0.93 -0.24; C 0 0 4; Ghost-He 0 0 -2")
    assert molecule.mean_field.energy == pytest.approx(ordinary.mean_field.energy, abs=1e-9)
    assert molecule != ordinary


def test_no_orbital_of_a_ghost_is_active_by_name():
    ghostly = Molecule("O 0 0 0; H 0 0.7572 0.5865; H 0 -0.7572 0.5865; Ghost-O 0 0 -2.5", basis="6-31g")
    assert ghostly.problem(active_space="avas:O 2p").n_orbitals == 3
    assert ghostly.problem(active_space="avas:O 2p pi").n_orbitals == 1


def test_a_z_matrix_has_ghosts_and_isotopes():
    molecule = Molecule.from_z_matrix("O; D 1 0.96; H 1 0.96 2 104.5; Ghost-He 1 2.5 2 127.75 3 180")
    assert [atom.label for atom in molecule.atoms] == ["O", "D", "H", "Ghost-He"]
    assert molecule.formula == "H2O"


def test_a_ghost_has_no_cavity():
    from chemistry.orbital_optimization import Solvent

    with pytest.raises(ValueError, match="cavity is made around nuclei, but the molecule has ghost atoms"):
        Solvent().around(Molecule("He 0 0 0; Ghost-He 0 0 2")._mole)
