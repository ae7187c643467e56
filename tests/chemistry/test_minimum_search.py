"""Minima that have been looked at, the surfaces beside a circuit's, and the coordinates of what was found."""

import numpy as np
import pytest

from chemistry import Molecule
from chemistry.structure import (
    CasscfSurface,
    CircuitSurface,
    CoupledClusterSurface,
    HartreeFockSurface,
    alike,
    bonded_pairs,
    equilibrium,
    internal_coordinates,
    lowest_casscf_surface,
)
from chemistry.structure.surface import positions_of

WATER = "O 0 0 0.1; H 0 0.79 -0.46; H 0 -0.79 -0.46"
LIH = "Li 0 0 0; H 0 0 1.6"
HYDROXYL = "O 0 0 0; H 0 0 1.0"
FLAT_AMMONIA = "N 0 0 0; H 1 0 0; H -0.5 0.8660254 0; H -0.5 -0.8660254 0"
BOHR = 0.529177210903


@pytest.mark.parametrize(("geometry", "spin"), [(LIH, 0), (HYDROXYL, 1)])
@pytest.mark.slow
def test_coupled_clusters_gradient_is_that_of_its_energy(geometry, spin):
    surface = CoupledClusterSurface(Molecule(geometry, spin=spin))
    centre = positions_of(surface.molecule)
    step = np.zeros_like(centre)
    step[1, 2] = 1e-3
    there = surface.point(centre)
    ahead, behind = surface.point(centre + step * BOHR), surface.point(centre - step * BOHR)
    assert there.converged
    assert there.gradient[1, 2] == pytest.approx((ahead.energy - behind.energy) / 2e-3, abs=1e-6)


def test_coupled_cluster_of_two_electrons_is_full_ci():
    from chemistry import full_ci

    molecule = Molecule("H 0 0 0; H 0 0 0.8", basis="6-31g")
    point = CoupledClusterSurface(molecule).point(positions_of(molecule))
    assert point.energy == pytest.approx(full_ci(molecule.problem()).energy, abs=1e-8)


@pytest.mark.parametrize("molecule", [Molecule("He 0 0 0"), Molecule("H 0 0 0; H 0 0 1", charge=1, spin=1)])
def test_coupled_cluster_without_pairs_or_empty_orbitals_is_refused(molecule):
    with pytest.raises(ValueError, match="Hartree-Fock is exact there"):
        CoupledClusterSurface(molecule)


def test_coupled_cluster_in_a_field_is_refused():
    surface = CoupledClusterSurface(Molecule(LIH))
    with pytest.raises(ValueError, match="no surface in an electric field"):
        surface.point(positions_of(surface.molecule), field=(0, 0, 0.01))


@pytest.mark.slow
def test_flat_ammonia_finds_its_pyramid():
    found = equilibrium(HartreeFockSurface, Molecule(FLAT_AMMONIA))
    assert found.is_minimum
    assert found.n_rounds == 2
    assert len(found.path) > found.geometry.n_steps
    positions = found.geometry.point.positions
    lengths, angles = internal_coordinates(positions, bonded_pairs(found.geometry.molecule))
    # Hehre, Radom, Schleyer and Pople, Ab Initio Molecular Orbital Theory (1986): 1.033 angstrom and 104.2 degrees.
    assert list(lengths.values()) == pytest.approx([1.033] * 3, abs=1e-3)
    assert list(angles.values()) == pytest.approx([104.2] * 3, abs=0.1)
    assert found.path[-1].energy < found.path[0].energy - 0.01


@pytest.mark.slow
def test_an_ions_dipole_does_not_depend_on_where_it_is():
    ions = [Molecule(f"He 0 0 {shift}; H 0 0 {0.9 + shift}", charge=1) for shift in (0.0, 2.0)]
    first, second = (equilibrium(HartreeFockSurface, ion).dipole.magnitude for ion in ions)
    assert first == pytest.approx(second, abs=1e-3)
    assert first > 1.0


def test_what_does_not_converge_is_no_minimum():
    class Broken(HartreeFockSurface):
        def point(self, positions, *, field=None):
            from dataclasses import replace

            return replace(super().point(positions, field=field), converged=False)

    found = equilibrium(Broken, Molecule("H 0 0 0; H 0 0 0.8"))
    assert not found.is_minimum
    assert found.vibrations is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("geometry", "space", "excess"),
    [(WATER, (2, 2), 1.5e-2), ("Be 0 0 0; H 0 0 1.33; H 0 0 -1.33", (2, 3), 1e-2)],
)
def test_casscf_from_several_orbitals_leaves_a_saddle_point(geometry, space, excess):
    """From Hartree-Fock's orbitals alone the search ends millihartrees higher, where oo-VQE does not stay either."""
    molecule = Molecule(geometry)
    centre = positions_of(molecule)
    lowest = lowest_casscf_surface(molecule, active_space=space).point(centre)
    assert lowest.converged
    assert lowest.energy < CasscfSurface(molecule, active_space=space).point(centre).energy - excess
    circuit = CircuitSurface(molecule, active_space=space).point(centre)
    assert circuit.energy == pytest.approx(lowest.energy, abs=1e-6)


def test_coordinates_are_named_and_grouped():
    ethylene_like = Molecule("C 0 0 0; O 0 0 1.2; H 0 0.94 -0.58; H 0 -0.94 -0.58")
    bonds = bonded_pairs(ethylene_like)
    assert bonds == [(1, 2), (1, 3), (1, 4)]
    lengths, angles = internal_coordinates(positions_of(ethylene_like), bonds)
    symbols = [atom.symbol for atom in ethylene_like.atoms]
    assert [(group.name, group.keys) for group in alike(lengths, symbols)] == [
        ("C–O", ("1-2",)),
        ("C–H", ("1-3", "1-4")),
    ]
    assert [group.name for group in alike(angles, symbols)] == ["H–C–O", "H–C–H"]
    assert lengths["1-2"] == pytest.approx(1.2)
    assert angles["3-1-4"] == pytest.approx(2 * np.degrees(np.arctan2(0.94, 0.58)))
    uneven = alike({"1-2": 0.96, "1-3": 1.5}, ["O", "H", "H"])
    assert [group.name for group in uneven] == ["O–H (1-2)", "O–H (1-3)"]
