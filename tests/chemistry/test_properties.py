"""Properties of states against PySCF's mean fields, sum rules and files read back."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

import runtime
from chemistry import Molecule, reduced_density_matrices, uccsd, vqe
from chemistry.excited_states import vqd
from chemistry.properties import (
    atomic_populations,
    electric_moments,
    natural_orbital_picture,
    natural_orbitals,
    write_density_cube,
    write_orbital_cube,
)
from chemistry.properties.isosurface import enclosing_level, seen, view_of

mpl.use("Agg")

WATER = "O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692"
HYDROXYL = "O 0.3 0 0; H 0.3 0.2 0.95"
CASES = {
    "water": (WATER, {}, {"active_space": (4, 4)}),
    "hydronium": ("O 0 0 0; H 0.9 0.3 0; H -0.5 0.8 0; H -0.4 -0.8 0.3", {"charge": 1}, {"frozen_core": True}),
    "hydroxyl": (HYDROXYL, {"spin": 1, "basis": "6-31g"}, {"active_space": (5, 4)}),
    "hydroxide": ("O 0 0 0; H 0 0 0.97", {"charge": -1}, {}),
    "iodide, core potential": ("I 0 0 0; H 0 0 1.6", {"basis": "lanl2dz"}, {"active_space": (4, 4)}),
}  # fmt: skip


def reference(problem):
    """The density matrices of the reference determinant."""
    ansatz = uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    return reduced_density_matrices(program, np.zeros(ansatz.n_params))


@pytest.mark.parametrize("case", CASES)
def test_the_reference_has_the_moments_and_populations_of_the_mean_field(case):
    geometry, options, space = CASES[case]
    problem = Molecule(geometry, **options).problem(**space)
    densities = reference(problem)
    field = problem.mean_field.scf
    mol, density = field.mol, field.make_rdm1()
    total = density if density.ndim == 2 else density.sum(axis=0)

    moments = electric_moments(problem, densities)
    origin = moments.origin / 0.529177210903
    np.testing.assert_allclose(
        moments.dipole, field.dip_moment(mol, total, unit="AU", origin=origin, verbose=0), atol=1e-6
    )
    np.testing.assert_allclose(
        moments.quadrupole, field.quad_moment(mol, total, unit="AU", origin=origin, verbose=0), atol=1e-5
    )
    assert np.trace(moments.quadrupole) == pytest.approx(0.0, abs=1e-9)
    assert moments.magnitude_debye == pytest.approx(2.541746473 * np.linalg.norm(moments.dipole))
    assert moments.depends_on_origin == (mol.charge != 0)

    overlap = mol.intor("int1e_ovlp")
    mulliken = field.mulliken_pop(mol, density, overlap, verbose=0)[1]
    found = atomic_populations(problem, densities)
    np.testing.assert_allclose(found.charges, mulliken, atol=1e-6)
    lowdin = atomic_populations(problem, densities, scheme="lowdin")
    for populations in (found, lowdin):
        assert populations.charges.sum() == pytest.approx(mol.charge, abs=1e-9)
        assert populations.spins.sum() == pytest.approx(mol.spin, abs=1e-9)
        assert len(populations.table().splitlines()) == mol.natm + 1
    # Löwdin's partition is Mulliken's over orthogonalised functions.
    values, columns = np.linalg.eigh(overlap)
    root = columns @ np.diag(np.sqrt(values)) @ columns.T
    gross = np.diag(root @ total @ root)
    by_atom = [gross[start:stop].sum() for start, stop in mol.aoslice_by_atom()[:, 2:]]
    np.testing.assert_allclose(lowdin.charges, mol.atom_charges() - by_atom, atol=1e-6)


def test_an_ions_dipole_moves_with_the_origin_and_a_molecules_does_not():
    shift = np.array([0.3, -0.2, 0.7])
    for geometry, charge in ((WATER, 0), ("O 0 0 0; H 0 0 0.97", -1)):
        problem = Molecule(geometry, charge=charge).problem(active_space=(4, 3))
        densities = reference(problem)
        here = electric_moments(problem, densities, origin=[0, 0, 0])
        there = electric_moments(problem, densities, origin=shift)
        np.testing.assert_allclose(there.dipole - here.dipole, -charge * shift / 0.529177210903, atol=1e-9)
        assert here.depends_on_origin == bool(charge)


def test_a_dipole_moment_is_the_slope_of_the_energy_in_a_field():
    """Full CI obeys Hellmann and Feynman's theorem once the orbitals are fixed."""
    from chemistry.excited_states.transition_dipole import position_integrals

    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    result = vqd(problem, n_states=3, multiplicity=1)
    strength = 1e-3
    positions = position_integrals(problem)[2]
    mol = problem.mean_field.scf.mol
    centre = mol.atom_charges() @ mol.atom_coords() / mol.atom_charges().sum()
    with mol.with_common_origin(centre):
        along = mol.intor("int1e_r")[2]
    core = 2 * np.einsum("pi,pq,qi->", problem.frozen_orbitals, along, problem.frozen_orbitals)
    energies = []
    for sign in (1, -1):
        # E(F) = E - F . mu, where mu = nuclei - electrons; about this origin the nuclei have none.
        constant = problem.constant + sign * strength * core
        moved = replace(problem, constant=constant, one_body=problem.one_body + sign * strength * positions)
        energies.append(vqd(moved, n_states=3, multiplicity=1).energies)
    slopes = -(energies[0] - energies[1]) / (2 * strength)
    moments = [electric_moments(problem, state.density_matrices()).dipole[2] for state in result.states]
    np.testing.assert_allclose(moments, slopes, atol=2e-3)
    assert abs(moments[0] - moments[1]) > 1  # the excited state moves the charge back


def test_natural_orbitals_diagonalise_the_density():
    problem = Molecule("N 0 0 0; N 0 0 1.6").problem(active_space=(6, 6))
    result = vqe(problem)
    densities = reduced_density_matrices(result.program, result.parameters)
    analysis = natural_orbitals(problem, densities)
    turned = analysis.rotation.T @ densities.one_body @ analysis.rotation
    np.testing.assert_allclose(turned, np.diag(analysis.occupations), atol=1e-10)
    np.testing.assert_allclose(analysis.rotation.T @ analysis.rotation, np.eye(6), atol=1e-10)
    assert analysis.occupations.sum() == pytest.approx(6.0)
    assert (np.diff(analysis.occupations) < 1e-6).all()
    assert 1.2 < analysis.unpaired_electrons < 2.0
    overlap = problem.mean_field.scf.mol.intor("int1e_ovlp")
    np.testing.assert_allclose(analysis.coefficients.T @ overlap @ analysis.coefficients, np.eye(6), atol=1e-8)
    assert sorted(analysis.irrep_names) == sorted(["Ag", "B3u", "B2u", "B3g", "B2g", "B1u"])
    # Degenerate orbitals stay apart: each has one irrep, as an orbital of the molecule has.
    assert ((np.abs(analysis.rotation) > 1e-8).sum(axis=0) == 1).all()
    assert "B3u" in analysis.table()


def test_an_open_shell_excited_singlet_has_two_unpaired_electrons():
    problem = Molecule("H 0 0 0; H 0 0 0.735").problem()
    states = vqd(problem).states
    unpaired = [natural_orbitals(problem, state.density_matrices()).unpaired_electrons for state in states]
    assert unpaired[1:3] == pytest.approx([2.0, 2.0], abs=1e-6)
    assert unpaired[0] == pytest.approx(unpaired[3], abs=1e-6)
    assert unpaired[0] < 0.1


def test_natural_orbitals_of_bare_integrals_have_occupations_only():
    problem = replace(Molecule("H 0 0 0; H 0 0 2").problem(), mean_field=None, orbitals=None, frozen_orbitals=None)
    result = vqe(problem)
    densities = reduced_density_matrices(result.program, result.parameters)
    analysis = natural_orbitals(problem, densities)
    assert analysis.coefficients is None
    assert analysis.occupations.sum() == pytest.approx(2.0)
    for ask in (electric_moments, atomic_populations, lambda p, d: natural_orbital_picture(p, analysis)):
        with pytest.raises(ValueError, match="Properties in space need orbitals over basis functions"):
            ask(problem, densities)


def helium():
    return Molecule("He 0 0 0").problem()


def read_cube(path):
    """Values of a cube file, the volume of a cell in bohr^3 and the number of atoms."""
    lines = path.read_text().splitlines()
    atoms = int(lines[2].split()[0])
    counts, steps = zip(
        *[(int(line.split()[0]), np.array(line.split()[1:4], float)) for line in lines[3:6]], strict=True
    )
    values = np.array(" ".join(lines[6 + atoms :]).split(), dtype=float).reshape(counts)
    return values, abs(np.linalg.det(np.array(steps))), atoms


def test_cube_files_hold_orbitals_and_densities(tmp_path):
    problem = Molecule(HYDROXYL, spin=1).problem(active_space=(3, 2))
    densities = reference(problem)
    orbital = write_orbital_cube(tmp_path / "pi.cube", problem, problem.orbitals[:, 1], points=60)
    values, cell, atoms = read_cube(orbital)
    assert atoms == 2
    assert (values**2).sum() * cell == pytest.approx(1.0, abs=0.02)
    assert values.min() < -0.1
    assert values.max() > 0.1
    spin = write_density_cube(tmp_path / "spin.cube", problem, densities, kind="spin", points=60)
    values, cell, _ = read_cube(spin)
    assert values.sum() * cell == pytest.approx(1.0, abs=0.02)
    electrons = write_density_cube(tmp_path / "rho.cube", problem, densities, points=60)
    values, cell, _ = read_cube(electrons)
    assert values.sum() * cell == pytest.approx(9.0, abs=0.4)  # the cusp of oxygen falls between the points
    assert values.min() > -1e-6


def test_a_picture_shows_the_orbitals_that_are_neither_full_nor_empty(tmp_path):
    import matplotlib.pyplot as plt

    problem = Molecule("N 0 0 0; N 0 0 1.6").problem(active_space=(6, 6))
    result = vqe(problem)
    analysis = natural_orbitals(problem, reduced_density_matrices(result.program, result.parameters))
    figure = natural_orbital_picture(problem, analysis, spacing=0.5)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert len(titles) == 6
    for number, (title, occupation) in enumerate(zip(titles, analysis.occupations, strict=True), 1):
        assert title.startswith(f"{number} (")
        assert f"{occupation:.3f} electrons" in title
    figure.savefig(tmp_path / "orbitals.png")
    assert (tmp_path / "orbitals.png").stat().st_size > 20_000
    two = natural_orbital_picture(problem, analysis, orbitals=[2, 5], spacing=0.5)
    assert len([axes for axes in two.axes if axes.get_title()]) == 2
    plt.close("all")


def test_a_nearly_closed_shell_shows_its_gap_and_an_atom_can_be_drawn():
    import matplotlib.pyplot as plt

    problem = Molecule("Ne 0 0 0", basis="6-31g").problem(active_space=(4, 4))
    analysis = natural_orbitals(problem, reference(problem))
    figure = natural_orbital_picture(problem, analysis, spacing=0.5)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert [title[0] for title in titles] == ["2", "3"]
    plt.close("all")


def test_what_is_seen_is_the_nearest_lobe_and_encloses_what_it_should():
    x, y, z = np.meshgrid(*[np.linspace(-6, 6, 61)] * 3, indexing="ij")
    p_orbital = z * np.exp(-np.sqrt(x**2 + y**2 + z**2))
    level = enclosing_level(p_orbital, 0.75)
    density = p_orbital**2
    assert density[np.abs(p_orbital) >= level].sum() / density.sum() == pytest.approx(0.75, abs=1e-3)
    sign, brightness = seen(p_orbital, level)
    assert set(np.unique(sign).tolist()) == {0, 1}  # the negative lobe is behind the positive one
    assert seen(-p_orbital, level)[0].min() == -1
    side, _ = seen(p_orbital.transpose(2, 1, 0), level)
    assert (side[:30][side[:30] != 0] == -1).all()
    assert (side[31:][side[31:] != 0] == 1).all()
    assert 0.0 <= brightness.min() <= brightness.max() <= 1.0
    assert brightness[sign == 0].max() == 0.0
    finer, _ = seen(p_orbital, level, rays=2)
    assert finer.shape == (122, 122)


@pytest.mark.parametrize(
    "geometry", ["He 1 2 3", "N 0 0 0; N 0 0 1.1", WATER, "C 0 0 0; H 1 1 1; H -1 -1 1; H 1 -1 -1; H -1 1 -1"]
)
def test_a_view_holds_the_molecule_in_a_right_handed_frame(geometry):
    mol = Molecule(geometry).mean_field.scf.mol
    view = view_of(mol, 0.5)
    np.testing.assert_allclose(view.axes @ view.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(view.axes) == pytest.approx(1.0)
    places = view.projected()
    for axis, ticks in enumerate(view.ticks):
        assert ticks[0] < places[:, axis].min() - 4
        assert ticks[-1] > places[:, axis].max() + 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p, d, a: atomic_populations(p, d, scheme="bader"), "by 'mulliken' or 'lowdin', but 'bader' was given"),
        (lambda p, d, a: electric_moments(p, d, origin=[0, 0]), "An origin is three finite numbers"),
        (lambda p, d, a: electric_moments(p, d, origin=[0, 0, np.nan]), "An origin is three finite numbers"),
        (lambda p, d, a: electric_moments(helium(), d), "over 2 orbitals, but the problem has 1"),
        (lambda p, d, a: natural_orbitals(helium(), d), "over 2 orbitals, but the problem has 1"),
        (lambda p, d, a: natural_orbitals(replace(p, beta=object()), d), "need orbitals that the spins share"),
        (lambda p, d, a: write_orbital_cube("x", p, np.zeros(5)), r"over basis functions, but shape \(5,\)"),
        (lambda p, d, a: write_orbital_cube("x", p, np.zeros(2), points=3), "at least 8 points"),
        (lambda p, d, a: write_density_cube("x", p, d, kind="charge"), "of 'electrons' or of 'spin', but 'charge'"),
        (lambda p, d, a: natural_orbital_picture(p, a, orbitals=[3]), r"numbered from 1 to 2, but \[3\]"),
        (lambda p, d, a: natural_orbital_picture(p, a, orbitals=[]), r"numbered from 1 to 2, but \[\]"),
        (lambda p, d, a: natural_orbital_picture(p, a, spacing=0), "The spacing of points is above 0"),
    ],
)  # fmt: skip
def test_bad_requests_are_answered(call, message):
    problem = Molecule("H 0 0 0; H 0 0 0.735").problem()
    densities = reference(problem)
    with pytest.raises(ValueError, match=message):
        call(problem, densities, natural_orbitals(problem, densities))


def test_an_unrestricted_reference_has_spins_of_its_own():
    problem = Molecule("H 0 0 0; H 0 0 2.5").problem(reference="unrestricted")
    assert problem.beta is not None
    densities = reference(problem)
    field = problem.mean_field.scf
    up, down = field.make_rdm1()
    overlap = field.mol.intor("int1e_ovlp")
    spins = [np.diag((up - down) @ overlap)[start:stop].sum() for start, stop in field.mol.aoslice_by_atom()[:, 2:]]
    found = atomic_populations(problem, densities)
    np.testing.assert_allclose(found.spins, spins, atol=1e-6)
    assert np.abs(spins).min() > 0.9
    np.testing.assert_allclose(electric_moments(problem, densities).dipole, 0.0, atol=1e-6)
