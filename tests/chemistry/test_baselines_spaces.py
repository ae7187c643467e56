"""Selected CI, CASSCF and DMRG, against PySCF, full CI and published energies."""

import numpy as np
import pytest

from chemistry import ElectronicProblem, Molecule, full_ci
from chemistry.baselines import casscf, dmrg, has_block2, selected_ci
from chemistry.baselines.string_products import lowest_product_states
from chemistry.problem import electronic_problem


def plain(geometry, active_space=None, **options):
    molecule = Molecule(geometry, **options)
    return electronic_problem(molecule.mean_field, molecule.active_space(active_space=active_space))


def bare(problem):
    return ElectronicProblem(
        constant=problem.constant, one_body=problem.one_body, two_body=problem.two_body, n_alpha=problem.n_alpha,
        n_beta=problem.n_beta, orbital_energies=problem.orbital_energies, irreps=problem.irreps,
    )  # fmt: skip


def test_selected_ci_approaches_the_exact_energy_from_above(problem):
    exact = full_ci(problem("n2"))
    errors, counts = [], []
    for cutoff in (3e-2, 1e-2, 3e-3):
        energy = selected_ci(problem("n2"), cutoff=cutoff).against(exact.energy)
        assert energy.converged
        assert energy.detail["cutoff"] == cutoff
        errors.append(energy.energy - exact.energy)
        counts.append(energy.detail["determinants"])
    assert sorted(errors, reverse=True) == errors
    assert sorted(counts) == counts
    assert counts[-1] < energy.detail["all"] == exact.detail["determinants"]
    assert 0 < errors[-1] < 1e-3


@pytest.mark.parametrize("length", [1.6, 2.0])
def test_selected_ci_finds_states_of_another_symmetry_than_the_reference(length):
    """In the carbon dimer selection stays in Ag; the lowest states have other irreps and spins."""
    dimer = plain(f"C 0 0 0; C 0 0 {length}", active_space=(8, 7))
    energy = selected_ci(dimer, cutoff=0.0)
    assert energy.converged
    assert energy.energy == pytest.approx(full_ci(dimer).energy, abs=1e-8)


@pytest.mark.parametrize("name", ["h2", "h4", "oh"])
def test_selected_ci_without_a_cutoff_is_full_ci(problem, name):
    energy = selected_ci(problem(name), cutoff=0.0)
    assert energy.energy == pytest.approx(full_ci(problem(name)).energy, abs=1e-8)


def test_selected_ci_finds_the_lowest_state_of_what_it_selected():
    # From the closed shell of oxygen, selection alone settles in a singlet; the triplet lies below it.
    molecule = plain("O 0 0 0; O 0 0 1.2")
    energy = selected_ci(molecule)
    assert energy.energy == pytest.approx(full_ci(molecule).energy, abs=1e-5)
    assert "The lowest state has S² = 2.00, not the 0.00" in energy.status


def test_selected_ci_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="cutoff of selected CI is at least 0, but -1"):
        selected_ci(plain("H 0 0 0; H 0 0 1"), cutoff=-1.0)
    with pytest.raises(ValueError, match="Selected CI needs both spins in the same orbitals"):
        selected_ci(Molecule("H 0 0 0; H 0 0 1").problem(reference="unrestricted"))


@pytest.mark.parametrize("dense", [True, False])
def test_products_of_strings_against_the_dense_matrix(problem, monkeypatch, dense):
    from pyscf import fci

    from chemistry.baselines import sector_search

    monkeypatch.setattr(sector_search, "DENSE", 10**6 if dense else 0)
    water = problem("h2o")
    rng = np.random.default_rng(3)
    strings = np.asarray(fci.cistring.make_strings(range(7), 5))
    alpha, beta = (np.sort(rng.choice(strings, size=size, replace=False)) for size in (9, 12))
    _, matrix = fci.direct_spin1.pspace(water.one_body, water.two_body, 7, (5, 5), np=441)
    rows = (np.searchsorted(strings, alpha)[:, None] * 21 + np.searchsorted(strings, beta)).ravel()
    expected = np.linalg.eigvalsh(matrix[np.ix_(rows, rows)])[:3] + water.constant
    states = lowest_product_states(water, alpha, beta, n_roots=3)
    assert [state.energy for state in states] == pytest.approx(expected.tolist(), abs=1e-8)
    vector = np.zeros((21, 21))
    vector[np.ix_(np.searchsorted(strings, alpha), np.searchsorted(strings, beta))] = states[0].coefficients
    assert states[0].s_squared == pytest.approx(fci.spin_op.spin_square(vector, 7, (5, 5))[0], abs=1e-8)


def test_products_of_strings_need_both_spins():
    with pytest.raises(ValueError, match="need electrons of both spins, but the problem has 1 of spin up and 0"):
        lowest_product_states(plain("H 0 0 0", spin=1), np.array([1]), np.array([0]))


@pytest.mark.parametrize(
    ("geometry", "space", "options"),
    [
        ("Li 0 0 0; H 0 0 1.6", (2, 3), {}),
        ("C 0 0 0.1; H 0 0.86 -0.6; H 0 -0.86 -0.6", (2, 2), {}),
        ("C 0 0 0.1; H 0 0.86 -0.6; H 0 -0.86 -0.6", (4, 4), {"spin": 2}),
    ],
)
def test_casscf_is_pyscf_s_or_lower(geometry, space, options):
    from pyscf import mcscf

    molecule = Molecule(geometry, **options)
    problem = plain(geometry, active_space=space, **options)
    energy = casscf(problem)
    theirs = mcscf.CASSCF(molecule.mean_field.scf, problem.n_orbitals, (problem.n_alpha, problem.n_beta))
    theirs.conv_tol, theirs.verbose = 1e-9, 0
    theirs.kernel()
    assert energy.converged
    assert energy.energy == pytest.approx(theirs.e_tot, abs=1e-6)
    assert energy.energy < full_ci(problem).detail["target_energy"] - 1e-5
    assert energy.against(full_ci(problem).energy) is energy  # its orbitals are its own
    assert energy.energy > full_ci(plain(geometry, **options)).energy - 1e-9


def test_casscf_of_water_is_the_published_minimum():
    """(4,4) STO-3G: SlowQuant's tests give the electronic energy as -84.0062000; from symmetric orbitals PySCF stops
    25 millihartree above."""
    geometry = "O 0 0 0.1035174918; H 0 0.7955612117 -0.4640237459; H 0 -0.7955612117 -0.4640237459"
    problem = plain(geometry, active_space=(4, 4))
    energy = casscf(problem)
    assert energy.converged
    assert energy.energy == pytest.approx(min(energy.detail["searches"]), abs=1e-8)
    assert energy.energy - problem.mean_field.scf.energy_nuc() == pytest.approx(-84.0062000, abs=1e-6)


def test_casscf_of_what_has_no_other_orbitals_is_full_ci():
    helium, water = plain("He 0 0 0"), plain("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7")
    for problem in (helium, water):
        energy = casscf(problem)
        assert energy.energy == pytest.approx(full_ci(problem).energy, abs=1e-9)
        assert "All orbitals are active" in energy.status


def test_casscf_says_that_another_spin_lies_lower():
    energy = casscf(plain("O 0 0 0; O 0 0 1.2", active_space=(8, 6)))
    assert energy.converged
    assert "a state of S² = 2.00 lies" in energy.status
    assert "which has the 0.00 of the reference" in energy.status


def test_casscf_refuses_what_has_no_orbitals(problem):
    with pytest.raises(ValueError, match="CASSCF needs the orbitals of a molecule, but this problem is bare integrals"):
        casscf(bare(problem("h2")))
    with pytest.raises(ValueError, match="CASSCF needs both spins in the same orbitals"):
        casscf(Molecule("H 0 0 0; H 0 0 1").problem(reference="unrestricted"))


def test_dmrg_refuses_mistakes():
    with pytest.raises(ValueError, match="bond dimension is at least 1, but 0"):
        dmrg(plain("H 0 0 0; H 0 0 1"), bond_dimension=0)
    with pytest.raises(ValueError, match="DMRG needs both spins in the same orbitals"):
        dmrg(Molecule("H 0 0 0; H 0 0 1").problem(reference="unrestricted"))


@pytest.mark.skipif(has_block2(), reason="block2 is installed")
def test_dmrg_says_what_it_needs():
    with pytest.raises(ValueError, match=r"DMRG needs block2, which is not installed .* or use full_ci or selected_ci"):
        dmrg(plain("H 0 0 0; H 0 0 1"))


@pytest.mark.skipif(not has_block2(), reason="block2 (GPL) is only used where it is installed")
@pytest.mark.parametrize("name", ["h4", "oh", "lih"])
def test_dmrg_is_exact_with_a_large_bond_dimension(problem, name):
    exact = full_ci(problem(name))
    energy = dmrg(problem(name)).against(exact.energy)
    assert energy.converged
    assert energy.energy == pytest.approx(exact.energy, abs=1e-6)
    assert energy.detail["discarded_weight"] < 1e-6
