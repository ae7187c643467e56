"""AVAS and MP2 natural orbitals beside PySCF's own, and beside slow twins where it has none."""

from functools import cache
from math import cos, pi, sin

import numpy as np
import pytest
from pyscf import ao2mo, gto, mcscf, mp, scf
from pyscf.mcscf import avas

import runtime
from chemistry import Molecule, uccsd
from chemistry.active_space import Avas, NaturalOrbitals
from chemistry.active_space.atomic_orbitals import plane_normal
from chemistry.active_space.natural_orbitals import natural_orbitals
from chemistry.active_space.perturbed_density import perturbed_density
from chemistry.baselines import full_ci

GEOMETRIES = {
    "n2": ("N 0 0 0; N 0 0 1.1", {}),
    "h2o": ("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692", {}),
    "oh": ("O 0 0 0; H 0 0 0.97", {"spin": 1}),
    "o2": ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
    "formaldehyde": ("C 0 0 -0.53; O 0 0 0.67; H 0 0.94 -1.11; H 0 -0.94 -1.11", {"basis": "6-31g"}),
    "butadiene": (
        "C 0.612 0.408 0; C -0.612 -0.408 0; C 1.846 -0.106 0; C -1.846 0.106 0; H 0.505 1.488 0; H -0.505 -1.488 0; "
        "H 1.999 -1.18 0; H -1.999 1.18 0; H 2.728 0.52 0; H -2.728 -0.52 0",
        {},
    ),
    "benzene": (
        "; ".join(
            f"{symbol} {radius * cos(k * pi / 3)} {radius * sin(k * pi / 3)} 0"
            for symbol, radius in (("C", 1.39), ("H", 2.48))
            for k in range(6)
        ),
        {},
    ),
}


@cache
def molecule_named(name):
    geometry, options = GEOMETRIES[name]
    return Molecule(geometry, **options)


@cache
def plain_field(name):
    """PySCF's own solution, without symmetry."""
    geometry, options = GEOMETRIES[name]
    mol = gto.M(atom=geometry, verbose=0, **({"basis": "sto-3g"} | options))
    field = scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)
    field.conv_tol = 1e-12
    return field.run()


@pytest.mark.parametrize(
    ("name", "labels", "size"),
    [
        ("n2", ("N 2p",), "(8,7)"),
        ("h2o", ("O 2p", "H 1s"), "(8,6)"),
        ("h2o", ("H 1s",), "(4,4)"),
        ("oh", ("O 2p", "H 1s"), "(7,5)"),
        ("o2", ("O 2p",), "(10,7)"),
        ("formaldehyde", ("C 2px", "O 2px"), "(2,2)"),
        ("formaldehyde", ("O 2p", "C 2p"), "(10,7)"),
        ("butadiene", ("C 2pz",), "(4,4)"),
        ("benzene", ("C 2pz",), "(6,6)"),
    ],
)
def test_avas_is_that_of_pyscf(name, labels, size):
    problem = molecule_named(name).problem(active_space=Avas(labels))
    assert f"({problem.n_electrons},{problem.n_orbitals})" == size
    field = plain_field(name)
    n_orbitals, n_electrons, orbitals = avas.avas(field, list(labels), openshell_option=3, canonicalize=False)
    assert (n_orbitals, n_electrons) == (problem.n_orbitals, problem.n_electrons)
    solver = mcscf.CASCI(field, n_orbitals, (problem.n_alpha, problem.n_beta))
    solver.fcisolver.conv_tol = 1e-11
    assert full_ci(problem).energy == pytest.approx(solver.kernel(orbitals)[0], abs=1e-8)


@pytest.mark.parametrize(
    ("geometry", "basis", "labels", "pyscf_labels", "size"),
    [
        ("Au 0 0 0; H 0 0 1.5", "lanl2dz", ("Au 5d",), ("Au 5d",), "(10,5)"),
        ("Au 0 0 0; H 0 0 1.5", "lanl2dz", ("Au 6s", "H 1s"), ("Au 6s", "H 1s"), "(4,3)"),
        ("Ag 0 0 0; H 0 0 1.6", "lanl2dz", ("Ag 4d",), ("Ag 4d",), "(10,5)"),
        ("I 0 0 0; H 0 0 1.6", "def2-svp", ("I 5p",), ("I 5p",), "(6,3)"),
        # PySCF counts the functions of the minimal basis set from the molecule's own core: here they have another.
        ("I 0 0 0; I 0 0 2.67", "sto-3g", ("I 5p",), ("I 3p",), "(12,7)"),
        ("I 0 0 0; I 0 0 2.67", "lanl2dz", ("I 5p",), ("I 6p",), "(10,6)"),
    ],
)
def test_shells_are_counted_as_chemists_count_them(geometry, basis, labels, pyscf_labels, size):
    molecule = Molecule(geometry, basis=basis)
    selected = molecule.selected_orbitals(Avas(labels))
    assert str(selected.space) == size
    field = molecule.mean_field.scf
    n_orbitals, n_electrons, orbitals = avas.avas(field, list(pyscf_labels), openshell_option=3, canonicalize=False)
    assert (n_electrons, n_orbitals) == (selected.space.n_electrons, selected.space.n_orbitals)
    theirs = orbitals[:, selected.space.n_frozen :][:, :n_orbitals]
    overlaps = np.linalg.svd(theirs.T @ field.get_ovlp() @ selected.active)[1]
    assert overlaps == pytest.approx(np.ones(n_orbitals), abs=1e-6)


def test_a_shell_that_no_minimal_basis_set_has_is_refused_with_those_there_are():
    silver = Molecule("Ag 0 0 0; H 0 0 1.6", basis="lanl2dz")
    with pytest.raises(ValueError, match="called 'Ag 3d': of these elements there are Ag 4s, Ag 5s, Ag 4p, Ag 4d,"):
        silver.active_space(active_space="avas:Ag 3d")


@pytest.mark.parametrize("symbol", ["H", "Ne", "Ar", "Zn", "Br", "Kr", "Y", "Ag", "I", "Xe", "Hf", "W", "Au", "Rn"])
def test_the_outermost_shells_are_those_of_the_atom(symbol):
    from pyscf.data.elements import CONFIGURATION, charge

    from chemistry.active_space.atomic_orbitals import _names

    minimal = gto.M(atom=symbol, basis="minao", spin=None, verbose=0)
    outermost = {}
    for _, _, shell, _ in _names(minimal):
        outermost[shell[1]] = max(outermost.get(shell[1], ""), shell)
    electrons = CONFIGURATION[charge(symbol)][:3]
    wanted = {
        letter: f"{-(-n // (4 * momentum + 2)) + momentum}{letter}"
        for momentum, (letter, n) in enumerate(zip("spd", electrons, strict=True))
        if n
    }
    assert outermost == wanted


def test_avas_takes_one_atom_by_its_number_from_one():
    water = molecule_named("h2o")
    one, both = (water.selected_orbitals(Avas(label)).space for label in ("2 H 1s", "H 1s"))
    assert (one.n_electrons, one.n_orbitals) == (2, 2)
    assert (both.n_electrons, both.n_orbitals) == (4, 4)
    with pytest.raises(ValueError, match="'1 H 1s'"):
        water.problem(active_space="avas:1 H 1s")


def test_avas_counts_an_orbital_once():
    water = molecule_named("h2o")
    once = water.selected_orbitals(Avas("O 2p"))
    for labels in (("O 2p", "O 2p"), ("O 2pz", "o 2P", "1 O 2px")):
        assert np.allclose(water.selected_orbitals(Avas(labels)).active, once.active, atol=1e-8)


def test_avas_threshold_decides():
    water = molecule_named("h2o")
    sizes = [water.active_space(active_space=Avas("O 2p", threshold=t)).n_orbitals for t in (0.05, 0.3, 0.9)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] > 0
    with pytest.raises(ValueError, match=r"No occupied orbital of H2O is made of O 2p to 0.99 or more"):
        water.problem(active_space=Avas("O 2p", threshold=0.99))


def test_pi_orbitals_do_not_ask_how_the_molecule_lies():
    upright = molecule_named("butadiene")
    rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]
    tilted = Molecule("; ".join(f"{a.symbol} {' '.join(map(str, rotation @ a.position))}" for a in upright.atoms))
    flat, turned = (m.problem(active_space="avas:C 2p pi") for m in (upright, tilted))
    assert (turned.n_electrons, turned.n_orbitals) == (4, 4)
    assert set(turned.irrep_names) == {"Au", "Bg"}
    assert full_ci(turned).energy == pytest.approx(full_ci(flat).energy, abs=1e-7)
    named = upright.problem(active_space="avas:C 2pz")
    assert full_ci(flat).energy == pytest.approx(full_ci(named).energy, abs=1e-8)


def test_the_pi_orbital_of_an_end_lies_in_the_plane_of_its_neighbour():
    mol = molecule_named("formaldehyde")._mole
    for atom in (0, 1):
        assert np.abs(plane_normal(mol, atom)) == pytest.approx([1, 0, 0], abs=1e-8)
    for name in ("n2", "oh"):
        with pytest.raises(ValueError, match=r"Atom 1 \(.\) and its neighbours lie in no plane"):
            plane_normal(molecule_named(name)._mole, 0)
    with pytest.raises(ValueError, match="no plane"):
        plane_normal(gto.M(atom="Ne 0 0 0"), 0)
    methane = gto.M(atom="C 0 0 0; H 0.63 0.63 0.63; H -0.63 -0.63 0.63; H -0.63 0.63 -0.63; H 0.63 -0.63 -0.63")
    with pytest.raises(ValueError, match="no plane"):
        plane_normal(methane, 0)


def test_core_potentials_do_not_shift_the_names_of_atomic_orbitals():
    hydride = Molecule("Zn 0 0 0; H 0 0 1.6", basis="lanl2dz", spin=1)
    space = hydride.active_space(active_space="avas:Zn 4s,H 1s")
    assert (space.n_electrons, space.n_orbitals) == (3, 2)
    d_shell = hydride.active_space(active_space="avas:Zn 3d")
    assert d_shell.n_electrons - 1 == 10


def test_an_element_without_a_minimal_basis_set_may_be_there_but_not_named():
    fluoride = Molecule("K 0 0 0; F 0 0 2.17")
    assert fluoride.active_space(active_space="avas:F 2p").n_electrons == 6
    with pytest.raises(ValueError, match="MINAO, has no K"):
        fluoride.active_space(active_space="avas:K 4s")


@pytest.mark.parametrize(
    ("name", "n_electrons", "n_orbitals", "n_core"),
    [("n2", 6, 6, 2), ("h2o", 4, 4, 1), ("h2o", 10, 7, 0), ("formaldehyde", 4, 4, 2)],
)
def test_natural_orbitals_are_those_of_pyscf(name, n_electrons, n_orbitals, n_core):
    problem = molecule_named(name).problem(active_space=NaturalOrbitals(n_electrons, n_orbitals))
    field = plain_field(name)
    solver = mp.MP2(field, frozen=n_core or None).run()
    occupations, rotation = np.linalg.eigh(solver.make_rdm1())
    orbitals = (field.mo_coeff @ rotation)[:, ::-1]
    exact = mcscf.CASCI(field, n_orbitals, n_electrons)
    exact.fcisolver.conv_tol = 1e-11
    assert full_ci(problem).energy == pytest.approx(exact.kernel(orbitals)[0], abs=1e-8)
    found = natural_orbitals(molecule_named(name).mean_field, n_core=n_core)
    assert np.allclose(np.sort([*found.of_doubly, *found.of_empty]), occupations, atol=1e-7)


@pytest.mark.parametrize(("name", "n_core"), [("h2o", 1), ("oh", 0), ("oh", 1), ("o2", 2)])
def test_the_perturbed_density_equals_its_slow_twin(name, n_core):
    field = molecule_named(name).mean_field
    density = perturbed_density(field, n_core=n_core)
    assert np.allclose(_spin_orbital_density(field, n_core), density, atol=1e-7)
    assert np.trace(density) == pytest.approx(field.occupations.sum(), abs=1e-10)


def _spin_orbital_density(field, n_core):
    """MP2 over spin orbitals: with t_ijab = <ij||ab> / (e_i + e_j - e_a - e_b), g_ij = d_ij - 1/2 t_ikab t_jkab, ..."""
    mol, n = field.scf.mol, len(field.occupations)
    spins = [field.occupations > 0, field.occupations == 2]
    densities = np.array([(field.coefficients * spin) @ field.coefficients.T for spin in spins])
    coulomb, exchange = scf.hf.get_jk(mol, densities)
    focks = [
        field.coefficients.T @ (scf.hf.get_hcore(mol) + coulomb.sum(axis=0) - k) @ field.coefficients for k in exchange
    ]
    columns, energies, occupied, core, spin_of = [], [], [], [], []
    for label, (fock, spin) in enumerate(zip(focks, spins, strict=True)):
        for part in (np.flatnonzero(spin), np.flatnonzero(~spin)):
            values, vectors = np.linalg.eigh(fock[np.ix_(part, part)])
            for place, value in enumerate(values):
                column = np.zeros(n)
                column[part] = vectors[:, place]
                columns.append(column)
                energies.append(value)
                occupied.append(bool(spin[part[0]]))
                core.append(occupied[-1] and place < n_core)
                spin_of.append(label)
    columns, energies, spin_of = np.array(columns).T, np.array(energies), np.array(spin_of)
    integrals = ao2mo.restore(1, ao2mo.full(mol, field.coefficients @ columns), 2 * n)
    same = spin_of[:, None] == spin_of[None, :]
    integrals = integrals * same[:, :, None, None] * same[None, None, :, :]
    antisymmetric = integrals.transpose(0, 2, 1, 3) - integrals.transpose(0, 2, 3, 1)
    i = np.array([k for k in range(2 * n) if occupied[k] and not core[k]])
    a = np.array([k for k in range(2 * n) if not occupied[k]])
    gaps = energies[i][:, None, None, None] + energies[i][:, None, None] - energies[a][:, None] - energies[a]
    amplitudes = antisymmetric[np.ix_(i, i, a, a)] / gaps
    density = np.diag(np.array(occupied, dtype=float))
    density[np.ix_(i, i)] -= 0.5 * np.einsum("ikab,jkab->ij", amplitudes, amplitudes)
    density[np.ix_(a, a)] += 0.5 * np.einsum("ijac,ijbc->ab", amplitudes, amplitudes)
    return columns @ density @ columns.T


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("oh", "mp2-natural:5,4"),
        ("o2", "mp2-natural:6,5"),
        ("oh", "mp2-natural:0.01"),
        ("o2", "mp2-natural:0.01"),
    ],
)
def test_open_shells_keep_their_unpaired_electrons(name, space):
    one = molecule_named(name)
    problem = one.problem(active_space=space)
    assert problem.n_alpha - problem.n_beta == one.spin
    assert full_ci(problem).energy < one.mean_field.energy - 1e-3


def test_a_threshold_takes_what_is_beyond_it():
    nitrogen = molecule_named("n2")
    found = natural_orbitals(nitrogen.mean_field, n_core=2)
    for threshold in (0.005, 0.02, 0.05):
        space = nitrogen.active_space(active_space=NaturalOrbitals(threshold=threshold))
        assert space.n_beta == (found.of_doubly < 2 - threshold).sum()
        assert space.n_orbitals - space.n_alpha == (found.of_empty > threshold).sum()


def test_inner_shells_are_correlated_only_if_their_electrons_are_asked_for():
    hydride = Molecule("Li 0 0 0; H 0 0 1.6")
    valence = hydride.selected_orbitals(NaturalOrbitals(2, 2))
    core = hydride.mean_field.coefficients[:, :1]
    assert np.allclose(np.abs(valence.frozen), np.abs(core), atol=1e-10)
    assert hydride.problem(active_space=NaturalOrbitals(4, 5)).n_electrons == 4


def test_orbitals_that_one_irrep_holds_in_degenerate_pairs_come_out_the_same():
    # A threefold axis and a mirror: the pairs that the axis makes degenerate share an irrep of the abelian subgroup.
    directions = [(cos(angle), sin(angle)) for angle in (0, 2 * pi / 3, 4 * pi / 3)]
    twisted = [(cos(angle + 0.9), sin(angle + 0.9)) for angle in (0, 2 * pi / 3, 4 * pi / 3)]
    atoms = ["B 0 0 0", *(f"O {1.37 * x} {1.37 * y} 0" for x, y in directions)]
    atoms += [
        f"H {1.37 * x + 0.96 * u} {1.37 * y + 0.96 * v} 0" for (x, y), (u, v) in zip(directions, twisted, strict=True)
    ]
    first, again = (Molecule("; ".join(atoms)) for _ in range(2))
    assert first.mean_field.point_group == "Cs"
    assert np.allclose(*(natural_orbitals(one.mean_field, n_core=4).empty for one in (first, again)), atol=1e-5)
    method = NaturalOrbitals(6, 5)
    one, other = (molecule.selected_orbitals(method).active for molecule in (first, again))
    assert np.allclose(one, other, rtol=0, atol=1e-5)


def test_natural_orbitals_of_what_does_not_correlate_are_those_around_the_gap():
    for geometry, options in (("H 0 0 0", {"spin": 1}), ("H 0 0 0; H 0 0 1.1", {"spin": 1, "charge": 1})):
        one = Molecule(geometry, basis="6-31g", **options)
        natural, window = (one.problem(active_space=space) for space in ("mp2-natural:1,2", "1,2"))
        assert np.allclose(natural.orbital_energies, window.orbital_energies, atol=1e-8)
        with pytest.raises(ValueError, match="Too few natural orbitals"):
            one.problem(active_space="mp2-natural")


def test_too_many_amplitudes_are_refused_before_they_are_computed(monkeypatch):
    monkeypatch.setattr("chemistry.active_space.perturbed_density._USABLE_MEMORY", 0.0)
    with pytest.raises(ValueError, match=r"MP2 natural orbitals of this molecule need .* GB, of which"):
        perturbed_density(molecule_named("h2o").mean_field, n_core=0)


@pytest.mark.parametrize(
    ("name", "space"), [("n2", "mp2-natural:6,6"), ("oh", "avas:O 2p,H 1s"), ("butadiene", "avas:C 2p pi")]
)
def test_circuits_start_below_hartree_fock_in_every_space(name, space):
    problem = molecule_named(name).problem(active_space=space)
    ansatz = uccsd(problem)
    program = runtime.compile(ansatz, problem.hamiltonian)
    assert program.expval(ansatz.initial_params) < problem.reference_energy - 1e-3
