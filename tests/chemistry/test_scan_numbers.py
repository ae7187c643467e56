"""Spectroscopic constants, minima and errors against PySCF's own curves, and pictures that can be drawn."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pytest

from chemistry import Molecule, uccsd
from chemistry.scan import (
    Family,
    constants_of,
    curve_errors,
    dissociation_energy,
    minimum,
    potential_scan,
    spectroscopic_constants,
    state_picture,
    surface_picture,
)

BOHR = 0.529177210903
HARTREE_IN_CM = 219474.63136320
REDUCED = 1.00782503223 / 2  # dalton, of H2
LENGTHS = (0.55, 0.65, 0.7, 0.75, 0.8, 0.85, 0.95, 1.5, 3.0, 4.5)


@cache
def pyscf_energy(length):
    from pyscf import fci, gto, scf

    mol = gto.M(atom=f"H 0 0 0; H 0 0 {length}", basis="6-31g", verbose=0)
    return float(fci.FCI(scf.RHF(mol).run(conv_tol=1e-12)).kernel()[0])


@cache
def hydrogen_scan():
    molecule = Molecule("H 0 0 0; H 0 0 0.74", basis="6-31g")
    family = Family.along_bond(molecule, LENGTHS)
    return potential_scan(family, circuits={"UCCSD": uccsd}, baselines=("HF", "CCSD", "FCI"), n_states=2)


@cache
def water_surface():
    def water(length, angle):
        return Molecule.from_z_matrix(f"O; H 1 {length}; H 1 {length} 2 {angle}")

    grid = {"O-H length (angstrom)": (0.92, 0.97, 1.02, 1.07, 1.12), "H-O-H angle (degree)": (86, 92, 98, 104, 110)}
    return potential_scan(Family.of_function(water, grid), circuits={}, baselines=("HF", "FCI"), active_space=(4, 4))


def test_isotopes_have_their_own_reduced_mass():
    def constants(geometry, masses=None):
        family = Family.along_bond(Molecule(geometry), (0.6, 0.65, 0.7, 0.75, 0.8, 0.9))
        return spectroscopic_constants(potential_scan(family, circuits={}, baselines=("HF",)), "HF", masses=masses)

    deuteride = constants("H 0 0 0; D 0 0 0.7")
    assert deuteride.reduced_mass == pytest.approx(1.00782503223 * 2.01410177812 / 3.02192681035)
    assert constants("H 0 0 0; D 0 0 0.7", masses=(1.0, 1.0)).reduced_mass == 0.5


@pytest.mark.slow
def test_constants_of_hydrogen_agree_with_pyscf():
    """R_e by bisection of PySCF's full CI and omega_e by its second differences."""
    from scipy.optimize import minimize_scalar

    found = spectroscopic_constants(hydrogen_scan(), "FCI")
    there = minimize_scalar(pyscf_energy, bracket=(0.7, 0.75, 0.8), tol=1e-8)
    assert found.equilibrium_distance == pytest.approx(there.x, abs=1e-4)
    assert found.energy == pytest.approx(there.fun, abs=1e-7)
    step = 0.005
    curve = [pyscf_energy(there.x + k * step) for k in (-2, -1, 0, 1, 2)]
    curvature = np.dot([-1, 16, -30, 16, -1], curve) / 12 / (step / BOHR) ** 2
    omega = np.sqrt(curvature / (REDUCED * 1822.888486)) * HARTREE_IN_CM
    assert found.harmonic_frequency == pytest.approx(omega, abs=3.0)
    assert found.frequency_change < 20.0
    assert found.reduced_mass == pytest.approx(REDUCED)
    by_circuit = spectroscopic_constants(hydrogen_scan(), "UCCSD")
    assert by_circuit.equilibrium_distance == pytest.approx(found.equilibrium_distance, abs=1e-3)
    heavy = spectroscopic_constants(hydrogen_scan(), "FCI", masses=(2.01410177812, 2.01410177812))
    ratio = np.sqrt(2.01410177812 / 1.00782503223)
    assert found.harmonic_frequency / heavy.harmonic_frequency == pytest.approx(ratio)


def test_constants_of_a_morse_curve_are_those_it_was_made_from():
    """omega_e x_e, B_e and alpha_e of a Morse oscillator are known in closed form (Morse 1929; Pekeris 1934)."""
    depth, width, radius, mass = 0.17, 1.02, 1.4, REDUCED * 1822.888486209
    distances = np.linspace(1.1, 1.8, 15)
    energies = depth * (1 - np.exp(-width * (distances - radius))) ** 2
    found = constants_of(distances * BOHR, energies, reduced_mass=REDUCED)
    omega = width * np.sqrt(2 * depth / mass)
    rotation = 1 / (2 * mass * radius**2)
    anharmonicity = omega**2 / (4 * depth)
    alpha = 6 * (np.sqrt(anharmonicity * rotation**3) - rotation**2) / omega
    assert found.equilibrium_distance == pytest.approx(radius * BOHR, abs=1e-6)
    assert found.force_constant == pytest.approx(2 * depth * width**2, rel=1e-5)
    assert found.harmonic_frequency == pytest.approx(omega * HARTREE_IN_CM, rel=1e-5)
    assert found.anharmonicity == pytest.approx(anharmonicity * HARTREE_IN_CM, rel=2e-3)
    assert found.rotational_constant == pytest.approx(rotation * HARTREE_IN_CM, rel=1e-5)
    assert found.rotation_vibration == pytest.approx(alpha * HARTREE_IN_CM, rel=2e-3)
    assert found.zero_point_energy == pytest.approx(omega / 2 - anharmonicity / 4, rel=1e-4)


def test_the_dissociation_energy_is_that_of_pyscf():
    found = dissociation_energy(hydrogen_scan(), "FCI")
    deepest = spectroscopic_constants(hydrogen_scan(), "FCI").energy
    assert found.energy == pytest.approx(pyscf_energy(4.5) - deepest, abs=2e-5)
    assert found.electronvolts == pytest.approx(27.2113862 * found.energy)
    assert found.kilojoules_per_mole == pytest.approx(2625.49964 * found.energy)
    assert found.levelled
    assert not dissociation_energy(hydrogen_scan(), "HF").levelled
    assert "pull further" in dissociation_energy(hydrogen_scan(), "HF").status


def test_errors_are_those_of_the_curves():
    scan = hydrogen_scan()
    errors = scan.energies("HF") - np.array([pyscf_energy(length) for length in LENGTHS])
    found = curve_errors(scan, "HF")
    assert found.largest == pytest.approx(errors.max(), abs=1e-8)
    assert found.non_parallelity == pytest.approx(np.ptp(errors), abs=1e-8)
    assert found.mean == pytest.approx(errors.mean(), abs=1e-8)
    assert found.where == (4.5,)
    assert (found.n_points, found.n_left_out) == (len(LENGTHS), 0)
    assert curve_errors(scan, "CCSD").largest < 1e-6


def test_the_minimum_of_a_surface_lies_below_what_surrounds_it():
    from chemistry.baselines import full_ci

    def energy(length, angle):
        text = f"O; H 1 {length}; H 1 {length} 2 {angle}"
        return full_ci(Molecule.from_z_matrix(text).problem(active_space=(4, 4))).energy

    found = minimum(water_surface(), "FCI")
    assert found.degree == 4
    length, angle = found.coordinates
    there = energy(length, angle)
    assert found.energy == pytest.approx(there, abs=1e-5)
    # 0.004 angstrom and 0.4 degrees away on either side the energy is higher.
    assert there < min(energy(length + 0.004, angle), energy(length - 0.004, angle))
    assert there < min(energy(length, angle + 0.4), energy(length, angle - 0.4))


def test_a_surface_is_drawn_with_units():
    figure = surface_picture(water_surface(), "FCI")
    axes, bar = figure.axes
    assert axes.get_xlabel() == "O-H length (angstrom)"
    assert axes.get_ylabel() == "H-O-H angle (degree)"
    assert bar.get_ylabel() == "energy above the lowest point (kJ/mol)"
    assert "minimum (star)" in axes.get_title()
    plt.close(figure)
    with pytest.raises(ValueError, match="A surface has two coordinates"):
        surface_picture(hydrogen_scan(), "FCI")


def test_states_are_drawn_along_a_curve():
    figure = state_picture(hydrogen_scan())
    assert [line.get_label() for line in figure.axes[0].lines] == ["state 0, singlet Ag", "state 1, triplet B1u"]
    plt.close(figure)
    with pytest.raises(ValueError, match="n_states of one or more"):
        state_picture(water_surface())


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: spectroscopic_constants(water_surface(), "FCI"), "diatomic"),
        (lambda: spectroscopic_constants(hydrogen_scan(), "FCI", masses=(1.0, -1.0)), "two positive numbers"),
        (lambda: dissociation_energy(water_surface(), "FCI"), "is of a curve"),
        (lambda: constants_of(np.ones(4), np.ones(4), reduced_mass=1.0), "at least 5 points"),
        (lambda: constants_of(np.arange(1.0, 7.0), np.arange(6.0), reduced_mass=1.0), "at an end of the curve"),
        (lambda: curve_errors(water_surface(), "CCSD"), "This scan has"),
    ],
)
def test_what_cannot_be_read_from_a_scan_is_refused(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()


def test_a_minimum_at_the_edge_is_refused():
    family = Family.along_bond(Molecule("H 0 0 0; H 0 0 0.74"), (1.0, 1.2, 1.4))
    with pytest.raises(ValueError, match="extend the grid"):
        minimum(potential_scan(family, circuits={}), "FCI")
