"""Isotopes and ghosts where nuclei move: vibrations and thermochemistry."""

from functools import cache

import numpy as np
import pytest
from pyscf import gto, scf
from pyscf.hessian import thermo

from chemistry import Molecule
from chemistry.structure import HartreeFockSurface, optimize_geometry, thermochemistry, vibrations

# The minimum of Hartree-Fock in STO-3G.
WATER = "O 0 0 0.1035174918; {} 0 0.7955612117 -0.4640237459; {} 0 -0.7955612117 -0.4640237459"
DEUTERIUM, OXYGEN_18 = 2.01410177812, 17.99915961286  # dalton; CODATA, NIST


@cache
def hessian():
    """PySCF's analytic one of water, which no mass enters; shape (3, 3, 3, 3)."""
    mol = gto.M(atom=WATER.format("H", "H"), basis="sto-3g", verbose=0)
    return mol, scf.RHF(mol).run(conv_tol=1e-12).Hessian().kernel()


def modes_of(first, second, oxygen="O"):
    return vibrations(HartreeFockSurface(Molecule(WATER.format(first, second).replace("O", oxygen, 1))))


@pytest.mark.parametrize(
    ("labels", "masses"),
    [
        (("D", "D"), (15.999, DEUTERIUM, DEUTERIUM)),
        (("H", "D"), (15.999, 1.008, DEUTERIUM)),
        (("H@2", "1"), (15.999, DEUTERIUM, 1.008)),
        (("H", "H", "O@18"), (OXYGEN_18, 1.008, 1.008)),
        (("H", "H"), (15.999, 1.008, 1.008)),
    ],
)
def test_isotopes_give_the_frequencies_of_their_masses(labels, masses):
    mol, hess = hessian()
    wanted = thermo.harmonic_analysis(mol, hess, mass=np.array(masses))["freq_wavenumber"]
    found = modes_of(*labels)
    assert found.masses == pytest.approx(masses, abs=1e-6)
    assert found.wavenumbers == pytest.approx(np.sort(wanted.real), abs=0.5)


def test_given_masses_override_isotopes():
    heavy = Molecule(WATER.format("D", "D"))
    found = vibrations(HartreeFockSurface(heavy), masses=[15.999, 1.008, 1.008])
    assert found.wavenumbers == pytest.approx(modes_of("H", "H").wavenumbers, abs=1e-6)


def test_thermochemistry_sees_isotopes():
    light, mixed, heavy = (thermochemistry(modes_of(*labels)) for labels in (("H", "H"), ("H", "D"), ("D", "D")))
    # HDO has no rotation that exchanges its hydrogens.
    assert (light.symmetry_number, mixed.symmetry_number, heavy.symmetry_number) == (2, 1, 2)
    assert light.zero_point_energy > mixed.zero_point_energy > heavy.zero_point_energy
    surface = HartreeFockSurface(Molecule(WATER.format("H", "H")))
    by_masses = thermochemistry(vibrations(surface, masses=[15.999, DEUTERIUM, DEUTERIUM]))
    assert heavy.gibbs_energy == pytest.approx(by_masses.gibbs_energy, abs=1e-8)


def test_isotopes_stay_where_nuclei_move():
    relaxed = optimize_geometry(HartreeFockSurface(Molecule("H 0 0 0; D 0 0 0.75"))).molecule
    assert [atom.label for atom in relaxed.atoms] == ["H", "D"]


def test_ghosts_neither_vibrate_nor_relax():
    surface = HartreeFockSurface(Molecule("H 0 0 0; H 0 0 0.71; Ghost-H 0 0 2"))
    for what, action in (("A vibration", vibrations), ("A geometry optimization", optimize_geometry)):
        with pytest.raises(ValueError, match=rf"{what} is of nuclei, but atom 3 \(Ghost-H\) is a ghost"):
            action(surface)
