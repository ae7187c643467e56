import sys

import numpy as np
import pytest

from chemistry import Molecule
from chemistry.geometry import chemical_formula, distance_matrix, embed_smiles


@pytest.mark.parametrize(
    ("smiles", "formula", "charge", "spin", "force_field"),
    [
        ("CCO", "C2H6O", 0, 0, "MMFF94"),
        ("[NH4+]", "H4N", 1, 0, "MMFF94"),
        ("CC(=O)[O-]", "C2H3O2", -1, 0, "MMFF94"),
        ("[CH3]", "CH3", 0, 1, "MMFF94"),
        ("[O][O]", "O2", 0, 2, "UFF"),
        ("[BH4-]", "BH4", -1, 0, "UFF"),
        ("[Fe+2]", "Fe", 2, None, "none"),
        ("[Zn+2]", "Zn", 2, 0, "none"),
        ("[H][H]", "H2", 0, 0, "UFF"),
        ("[2H]O", "H2O", 0, 0, "MMFF94"),
    ],
)
def test_what_a_string_says(smiles, formula, charge, spin, force_field):
    made = embed_smiles(smiles)
    assert chemical_formula(made.atoms) == formula
    assert (made.charge, made.spin, made.force_field) == (charge, spin, force_field)


def test_atoms_are_in_the_order_of_the_string_and_hydrogens_follow():
    atoms = embed_smiles("OC(=O)CN").atoms
    assert "".join(atom.symbol for atom in atoms) == "OCOCNHHHHH"
    bonded = distance_matrix(atoms) < 1.15
    # One hydrogen on the acid, two on carbon, two on nitrogen, in the order of those atoms.
    assert [int(np.flatnonzero(bonded[hydrogen, :5])[0]) for hydrogen in range(5, 10)] == [0, 3, 3, 4, 4]


def test_geometries_are_near_those_measured():
    # Experimental bond lengths, angstrom: NIST CCCBDB, release 22.
    water, ethene = embed_smiles("O").atoms, embed_smiles("C=C").atoms
    assert distance_matrix(water)[0, 1] == pytest.approx(0.958, abs=0.02)
    assert distance_matrix(ethene)[0, 1] == pytest.approx(1.339, abs=0.02)


def test_handedness_is_kept():
    def handedness(smiles):
        p = np.array([atom.position for atom in embed_smiles(smiles).atoms])
        return np.sign(np.linalg.det(p[[0, 2, 3]] - p[1]))

    assert handedness("N[C@@H](C)O") == -handedness("N[C@H](C)O") != 0


def test_the_seed_repeats_the_geometry():
    assert embed_smiles("CCCCO", seed=3) == embed_smiles("CCCCO", seed=3)
    assert embed_smiles("CCCCO", seed=3).atoms != embed_smiles("CCCCO", seed=4).atoms


def test_the_lowest_of_several_conformers_is_kept():
    from rdkit import Chem
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

    molecule = Chem.AddHs(Chem.MolFromSmiles("OCCCO"))
    settings = rdDistGeom.ETKDGv3()
    settings.randomSeed = 11
    rdDistGeom.EmbedMolecule(molecule, settings)
    _, one = rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(molecule, maxIters=5000)[0]
    assert embed_smiles("OCCCO", seed=11).force_field_energy <= one + 1e-6


def test_a_molecule_takes_charge_and_spin_from_the_string():
    radical = Molecule.from_smiles("[CH3]", basis="6-31g", seed=1)
    assert (radical.charge, radical.spin, radical.basis, radical.n_electrons) == (0, 1, "6-31g", 9)
    assert Molecule.from_smiles("[OH-]").charge == -1
    assert Molecule.from_smiles("O=O", spin=2).spin == 2


@pytest.mark.parametrize(
    ("smiles", "labels"),
    [
        ("[2H]O[2H]", "D O D"),
        ("[2H]O", "D O H"),
        ("[13CH4]", "C@13 H H H H"),
        ("[18OH2]", "O@18 H H"),
        ("[3H][3H]", "T T"),
        ("[1H]F", "H@1 F"),
        ("O", "O H H"),
    ],
)
def test_isotopes_are_kept(smiles, labels):
    assert " ".join(atom.label for atom in Molecule.from_smiles(smiles).atoms) == labels


def test_an_isotope_that_the_table_lacks_is_refused():
    with pytest.raises(ValueError, match="no C@99: those of C are 11, 12, 13, 14"):
        embed_smiles("[99CH4]")


@pytest.mark.parametrize(
    "smiles",
    ["[Fe+2]", "[Fe]", "[Cu+2]", "[Ni]", "[Ni+2]", "[Pt]", "[Gd+3]", "[V]", "[U+4]"],
)
def test_the_spin_of_an_open_shell_of_a_metal_is_asked_for(smiles):
    with pytest.raises(ValueError, match=r"does not say how many electrons of a metal are unpaired.*: give spin="):
        Molecule.from_smiles(smiles)
    if smiles == "[Fe+2]":
        assert (Molecule.from_smiles(smiles, spin=4).spin, Molecule.from_smiles(smiles, spin=0).spin) == (4, 0)


@pytest.mark.parametrize(
    "smiles",
    ["[Zn]", "[Zn+2]", "[Cu+]", "[Sc+3]", "[Ti+4]", "[Ag+]", "[Pd]", "Cl[Ti](Cl)(Cl)Cl", "[Cd+2]", "[Na+].[Cl-]"],
)
def test_closed_shells_of_metals_need_no_spin(smiles):
    assert embed_smiles(smiles).spin == 0


# Ground states of atoms and ions, NIST Atomic Spectra Database.
GROUND_STATES = [
    ("H", 1), ("He", 0), ("Li", 1), ("Be", 0), ("B", 1), ("C", 2), ("N", 3), ("O", 2), ("F", 1), ("Ne", 0), ("Na", 1),
    ("Mg", 0), ("Al", 1), ("Si", 2), ("P", 3), ("S", 2), ("Cl", 1), ("Ar", 0), ("K", 1), ("Ca", 0), ("Ga", 1),
    ("Ge", 2), ("As", 3), ("Se", 2), ("Br", 1), ("In", 1), ("Sn", 2), ("I", 1), ("Ba", 0), ("Pb", 2), ("Bi", 3),
    ("O-", 1), ("N+", 2), ("Ca+2", 0), ("Pb+2", 0), ("Tl+", 0), ("Cl-", 0), ("H-", 0), ("Mg+", 1), ("Ga+3", 0),
    ("13C", 2),
]  # fmt: skip


@pytest.mark.parametrize(("atom", "spin"), GROUND_STATES)
def test_an_atom_alone_is_in_its_ground_state(atom, spin):
    assert embed_smiles(f"[{atom}]").spin == spin


@pytest.mark.parametrize("smiles", ["O=O", "S=S", "O=S", "[18O]=O"])
def test_a_double_bond_that_is_a_triplet_is_warned_of(smiles):
    with pytest.warns(UserWarning, match="says 0 unpaired electrons, but the ground state has 2: give spin=2 for it"):
        assert Molecule.from_smiles(smiles).spin == 0
    assert [Molecule.from_smiles(smiles, spin=spin).spin for spin in (0, 2)] == [0, 2]


def test_other_double_bonds_are_not_warned_of():
    for smiles in ("C=O", "O=C=O", "[O][O]", "OO", "N=N"):
        Molecule.from_smiles(smiles)


@pytest.mark.parametrize(
    ("smiles", "options", "message"),
    [
        ("CCQ", {}, "'CCQ' is not a molecule in SMILES"),
        ("c1ccccc", {}, "is not a molecule in SMILES"),
        ("C(C)(C)(C)(C)C", {}, "is not a molecule in SMILES"),
        (" ", {}, "is written in SMILES as 'CCO'"),
        (5, {}, "is written in SMILES as 'CCO', but 5"),
        ("*C", {}, "placeholder"),
        ("[Cu]Cl", {}, "Neither MMFF94 nor UFF knows all atoms"),
        ("C" * 100, {}, "has 302 atoms, but up to 200 are embedded"),
        ("[Li+].[O-][O-].[Li+]", {}, "pulls atoms into each other"),
        ("CCO", {"seed": -1}, "integer from 0"),
        ("CCO", {"seed": 1.5}, "integer from 0"),
    ],
)
def test_bad_strings(smiles, options, message):
    with pytest.raises(ValueError, match=message):
        embed_smiles(smiles, **options)


def test_nothing_is_printed(capfd):
    with pytest.raises(ValueError):
        embed_smiles("c1ccccc")
    embed_smiles("[H]")
    assert capfd.readouterr() == ("", "")


def test_without_rdkit(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdkit", None)
    with pytest.raises(ValueError, match=r"RDKit, which is not installed: pip install 'kaname\[molecules\]'"):
        embed_smiles("CCO")
