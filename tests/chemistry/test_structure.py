import logging
import sys
from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from chemistry import Molecule, uccsd
from chemistry.structure import (
    CasscfSurface,
    CircuitSurface,
    GeometryStatus,
    HartreeFockSurface,
    SurfacePoint,
    dipole_moment,
    optimize_geometry,
    polarizability,
    thermochemistry,
    vibrations,
)
from chemistry.structure.harmonic_vibrations import normal_modes, wavenumbers_of

WATER = "O 0 0 0.1035174918; H 0 0.7955612117 -0.4640237459; H 0 -0.7955612117 -0.4640237459"
LIH = "Li 0 0 0; H 0 0 1.6"


@cache
def lih_surface():
    return CircuitSurface(Molecule(LIH), uccsd, active_space=(2, 2))


@cache
def lih_reference():
    return CasscfSurface(Molecule(LIH), active_space=(2, 2), orbitals=lih_surface().first.orbitals)


@cache
def relaxed(kind):
    return optimize_geometry({"circuit": lih_surface, "CASSCF": lih_reference, "HF": hartree_fock}[kind]())


@cache
def hartree_fock():
    return HartreeFockSurface(Molecule(WATER))


@cache
def harmonic(kind):
    surface = {"circuit": lih_surface, "CASSCF": lih_reference, "HF": hartree_fock}[kind]()
    return vibrations(surface, relaxed(kind).point.positions)


def test_water_relaxes_to_casscfs_geometry():
    surface = CircuitSurface(Molecule(WATER), active_space=(4, 4))
    ours = optimize_geometry(surface)
    reference = optimize_geometry(CasscfSurface(Molecule(WATER), active_space=(4, 4), orbitals=surface.first.orbitals))
    assert ours.status is reference.status is GeometryStatus.CONVERGED
    assert np.allclose(ours.distances, reference.distances, rtol=0, atol=1e-4)
    assert ours.angle(2, 1, 3) == pytest.approx(reference.angle(2, 1, 3), abs=0.01)
    assert ours.energy == pytest.approx(reference.energy, abs=1e-7)
    assert ours.energy < surface.first.energy - 5e-3
    assert ours.gradient_norm < 3e-5
    assert len(ours.trajectory) == ours.n_steps + 1
    assert ours.trajectory[0].energy == pytest.approx(surface.first.energy, abs=1e-9)
    # Analytic dipole moments along the way, against CASSCF's.
    assert np.allclose(ours.point.dipole, reference.point.dipole, atol=1e-4)


@pytest.mark.slow
def test_water_vibrates_as_in_casscf():
    molecule = Molecule(WATER)
    surface = CircuitSurface(molecule, active_space=(4, 4))
    relaxed_water = optimize_geometry(surface)
    centre = relaxed_water.point.positions
    reference = CasscfSurface(molecule, active_space=(4, 4), orbitals=surface.first.orbitals)
    ours, theirs = (vibrations(s, centre) for s in (surface, reference))
    assert ours.n_imaginary == 0
    assert np.allclose(ours.wavenumbers, theirs.wavenumbers, rtol=0, atol=1.0)
    assert np.allclose(ours.intensities, theirs.intensities, rtol=0.01, atol=0.1)
    assert np.allclose(*(polarizability(s, centre).tensor for s in (surface, reference)), atol=5e-3)


@pytest.mark.slow
def test_lithium_hydride_against_casscf():
    assert relaxed("circuit").distances[0, 1] == pytest.approx(relaxed("CASSCF").distances[0, 1], abs=1e-5)
    ours, theirs = harmonic("circuit"), harmonic("CASSCF")
    assert ours.is_linear
    assert ours.wavenumbers.shape == (1,)
    assert ours.wavenumbers == pytest.approx(theirs.wavenumbers, abs=0.5)
    # A weak band: of the small derivative PySCF's own convergence leaves a few per cent open.
    assert ours.intensities == pytest.approx(theirs.intensities, rel=0.06)
    assert ours.reduced_masses == pytest.approx(theirs.reduced_masses)
    # A mode of a diatomic is the bond, which its force constant ties to a parabola through three energies.
    centre = relaxed("circuit").point.positions
    step = 0.02
    along = np.array([[0, 0, 0], [0, 0, 1.0]]) * step * 0.52917721092
    energies = [lih_surface().point(centre + k * along).energy for k in (-1, 0, 1)]
    curvature = (energies[0] - 2 * energies[1] + energies[2]) / step**2
    reduced = np.prod(ours.masses) / ours.masses.sum()
    assert ours.wavenumbers[0] == pytest.approx(wavenumbers_of(np.array([curvature / reduced]))[0], rel=2e-3)


def test_polarizabilities_and_dipoles_against_casscf():
    centre = relaxed("circuit").point.positions
    ours, theirs = (polarizability(surface, centre) for surface in (lih_surface(), lih_reference()))
    assert ours.converged
    assert np.allclose(ours.tensor, theirs.tensor, rtol=0, atol=5e-3)
    assert ours.mean == pytest.approx(np.trace(theirs.tensor) / 3, abs=5e-3)
    assert ours.anisotropy == pytest.approx(abs(ours.tensor[2, 2] - ours.tensor[0, 0]), abs=1e-3)
    assert ours.asymmetry < 1e-3
    assert np.allclose(lih_surface().point(centre).dipole, lih_reference().point(centre).dipole, atol=1e-4)
    # The energy's second derivative by a field along the bond, from energies alone.
    step = 0.004
    energies = [lih_surface().point(centre, field=(0, 0, f)).energy for f in (-step, 0.0, step)]
    second = -(energies[0] - 2 * energies[1] + energies[2]) / step**2
    assert ours.tensor[2, 2] == pytest.approx(second, rel=1e-2)


def test_the_dipole_of_an_ion_is_about_the_centre_of_its_nuclear_charge():
    moments = []
    for shift in (0.0, 1.0):
        molecule = Molecule(f"He 0 0 {shift}; H 0 0 {shift + 0.9}", charge=1)
        moments.append(dipole_moment(CircuitSurface(molecule, uccsd).first))
    assert np.allclose(moments[0].atomic_units, moments[1].atomic_units, atol=1e-6)
    assert moments[0].magnitude == pytest.approx(2.541746473 * np.linalg.norm(moments[0].atomic_units))
    assert moments[0].origin[2] == pytest.approx(0.3 / 0.52917721092)


def test_hartree_fock_against_pyscfs_own_hessian():
    from pyscf import scf
    from pyscf.hessian import thermo

    found, ours = relaxed("HF"), harmonic("HF")
    assert found.status.converged
    field = scf.RHF(ours.molecule.mean_field.scf.mol).run(conv_tol=1e-12)
    analysis = thermo.harmonic_analysis(field.mol, field.Hessian().kernel())
    assert ours.wavenumbers == pytest.approx(analysis["freq_wavenumber"], abs=0.5)
    assert ours.reduced_masses == pytest.approx(analysis["reduced_mass"], rel=1e-4)
    gas, theirs = thermochemistry(ours), thermo.thermo(field, analysis["freq_au"])
    assert gas.symmetry_number == 2
    assert gas.zero_point_energy == pytest.approx(theirs["ZPE"][0], abs=1e-6)
    assert gas.enthalpy == pytest.approx(theirs["H_tot"][0], abs=2e-6)
    assert gas.entropy == pytest.approx(theirs["S_tot"][0], rel=1e-4)
    assert gas.gibbs_energy == pytest.approx(theirs["G_tot"][0], abs=3e-6)
    assert gas.heat_capacity == pytest.approx(theirs["Cp_tot"][0], rel=1e-4)


def test_isotopes_are_different_atoms_to_rotations():
    surface, centre = hartree_fock(), relaxed("HF").point.positions
    semiheavy = vibrations(surface, centre, masses=[15.999, 1.008, 2.014])
    gas = thermochemistry(semiheavy)
    assert gas.symmetry_number == 1
    assert thermochemistry(semiheavy, symmetry_number=2).entropy == pytest.approx(
        gas.entropy - np.log(2) * 3.1668115634564e-06
    )


def test_isotopes_change_frequencies_but_not_the_hessian():
    surface, centre = lih_surface(), relaxed("circuit").point.positions
    heavy = vibrations(surface, centre, masses=[6.94, 2.014])
    assert np.allclose(heavy.hessian, harmonic("circuit").hessian, atol=2e-4)
    light = harmonic("circuit")
    ratio = np.sqrt(np.prod(light.masses) / light.masses.sum() / (6.94 * 2.014 / 8.954))
    assert heavy.wavenumbers[0] / light.wavenumbers[0] == pytest.approx(ratio, rel=1e-3)


def test_springs_have_the_frequencies_of_the_textbook():
    # A linear symmetric molecule X-Y-X of stretching constant k: omega^2 = k/m and k (1/m + 2/M); no bending force.
    k, light, heavy = 0.5, 2.0, 12.0
    along = k * np.array([[1, -1, 0], [-1, 2, -1], [0, -1, 1.0]])
    hessian = np.zeros((9, 9))
    hessian[2::3, 2::3] = along
    positions = np.array([[0, 0, -1.0], [0, 0, 0], [0, 0, 1.0]])
    constants, modes, is_linear = normal_modes(hessian, positions, np.array([light, heavy, light]))
    assert is_linear
    assert constants == pytest.approx([0, 0, k / light, k * (1 / light + 2 / heavy)], abs=1e-12)
    assert np.allclose(modes @ modes.T, np.eye(4))
    bent = positions + np.array([[0, 0, 0], [0, 0.5, 0], [0, 0, 0]])
    assert len(normal_modes(hessian, bent, np.array([light, heavy, light]))[0]) == 3
    assert len(normal_modes(np.zeros((3, 3)), np.zeros((1, 3)), np.array([4.0]))[0]) == 0
    assert wavenumbers_of(np.array([-1.0, 1.0])) == pytest.approx([-5140.4871, 5140.4871], abs=1e-3)


def test_atoms():
    surface = CircuitSurface(Molecule("He 0 0 0", basis="6-31g"), uccsd)
    found = optimize_geometry(surface)
    assert found.status.converged
    assert found.n_steps == 0
    ours = vibrations(surface)
    assert ours.wavenumbers.shape == (0,)
    # Sackur and Tetrode: helium's standard entropy is 126.15 J/(mol K) at 1 bar (CODATA key values).
    gas = thermochemistry(ours, pressure=1e5)
    assert gas.entropy * 4.3597447222071e-18 * 6.02214076e23 == pytest.approx(126.15, abs=0.02)
    assert gas.heat_capacity * 3.1668115634564e-06**-1 == pytest.approx(2.5)


def test_geometric_is_quiet_and_leaves_nothing_behind(tmp_path, monkeypatch, caplog, capfd):
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    assert optimize_geometry(HartreeFockSurface(Molecule("H 0 0 0; H 0 0 0.8"))).status.converged
    assert not list(tmp_path.iterdir())
    assert not [record for record in caplog.records if record.name.startswith("geometric")]
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("geometric.nifty").disabled


class Stubborn:
    """A surface whose electrons never converge, or whose nuclei find no rest."""

    molecule = Molecule("H 0 0 0; H 0 0 0.8")

    def __init__(self, converged):
        self.converged = converged

    def point(self, positions, *, field=None):
        return SurfacePoint(
            positions=positions, energy=-positions[1, 2], gradient=np.array([[0, 0, 1.0], [0, 0, -1.0]]),
            dipole=np.zeros(3), converged=self.converged,
        )  # fmt: skip


def test_what_did_not_converge_says_so():
    assert optimize_geometry(Stubborn(converged=False)).status is GeometryStatus.ELECTRONS_NOT_CONVERGED
    ended = optimize_geometry(Stubborn(converged=True), max_steps=3)
    assert ended.status is GeometryStatus.STEP_LIMIT
    assert not ended.status.converged
    assert ended.n_steps == 3
    assert not vibrations(Stubborn(converged=False)).converged
    assert not polarizability(Stubborn(converged=False)).converged


def test_without_geometric(monkeypatch):
    monkeypatch.setitem(sys.modules, "geometric", None)
    with pytest.raises(ValueError, match="install the extra `molecules`"):
        optimize_geometry(hartree_fock())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: s.point([[0, 0, 0]]), r"of shape \(2, 3\), got shape \(1, 3\)"),
        (lambda s: s.point("here"), r"finite numbers in angstrom of shape \(2, 3\)"),
        (lambda s: s.point([[0, 0, 0], [0, 0, np.nan]]), "finite numbers in angstrom"),
        (lambda s: s.point(np.zeros((2, 3))), "angstrom apart"),
        (lambda s: s.point([[0, 0, 0], [0, 0, 1.6]], field=(0, 1)), "three finite numbers"),
        (lambda s: optimize_geometry(s, max_steps=0), "must be positive"),
        (lambda s: vibrations(s, step=0.0), "above 0 and at most 0.1 bohr"),
        (lambda s: vibrations(s, masses=[1.0]), "2 positive numbers in dalton"),
        (lambda s: polarizability(s, step=1.0), "at most 0.05 atomic units"),
        (lambda s: relaxed("circuit").angle(1, 2, 3), "three different atoms counted from 1 to 2"),
        (lambda s: thermochemistry(harmonic("circuit"), temperature=0.0), "must be positive"),
        (lambda s: CircuitSurface(s.molecule, uccsd(s.first.problem)), "the circuit 'UCCSD"),
        (lambda s: CasscfSurface(s.molecule, active_space=(2, 2), orbitals=np.eye(3)), "orbitals of HLi have shape"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(lih_surface())


def test_radicals_on_the_classical_surfaces():
    molecule = Molecule("O 0 0 0; H 0 0 0.97", spin=1)
    centre = [[0, 0, 0], [0, 0, 0.97]]
    points = SimpleNamespace(
        hf=HartreeFockSurface(molecule).point(centre),
        casscf=CasscfSurface(molecule, active_space=(5, 4)).point(centre),
    )
    assert points.hf.energy == pytest.approx(molecule.mean_field.energy, abs=1e-8)
    assert points.casscf.energy < points.hf.energy - 0.01
    assert points.hf.converged
    assert points.casscf.converged
