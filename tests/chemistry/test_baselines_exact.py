"""Full CI: which state is the lowest, of which spin and symmetry, against dense matrices and PySCF."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chemistry import ElectronicProblem, Molecule, full_ci
from chemistry.baselines import sector_search, symmetric_ci
from chemistry.baselines.determinant_states import check_listable, lowest_states, present_irreps
from chemistry.problem import electronic_problem

METHYLENE = "C 0 0 0.1; H 0 0.86 -0.6; H 0 -0.86 -0.6"


@cache
def plain(geometry, **options):
    """The problem over the mean field's own orbitals."""
    molecule = Molecule(geometry, **options)
    return electronic_problem(molecule.mean_field, molecule.active_space())


def random_problem(seed, n, n_alpha, n_beta):
    """Integrals with the symmetry of real orbitals and no other."""
    rng = np.random.default_rng(seed)
    one = rng.normal(size=(n, n))
    two = rng.normal(size=(n,) * 4)
    two = two + two.transpose(1, 0, 2, 3)
    two = two + two.transpose(0, 1, 3, 2)
    two = 0.1 * (two + two.transpose(2, 3, 0, 1))
    one = one + one.T
    return ElectronicProblem(
        constant=0.3, one_body=one, two_body=two, n_alpha=n_alpha, n_beta=n_beta, orbital_energies=np.diag(one),
        irreps=np.zeros(n, dtype=int),
    )  # fmt: skip


def dense_states(problem):
    """Energies and spins of all states, from PySCF's Hamiltonian and S^2 as matrices."""
    from pyscf import fci

    n, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    shape = tuple(fci.cistring.num_strings(n, count) for count in electrons)
    _, matrix = fci.direct_spin1.pspace(problem.one_body, problem.two_body, n, electrons, np=shape[0] * shape[1])
    units = np.eye(shape[0] * shape[1]).reshape(-1, *shape)
    spin = np.array([np.asarray(fci.spin_op.contract_ss(unit, n, electrons)).ravel() for unit in units])
    energies, columns = np.linalg.eigh(matrix + 1e-7 * spin)
    spins = np.einsum("ij,ik,kj->j", columns, spin, columns)
    return energies + problem.constant - 1e-7 * spins, spins


@given(
    seed=st.integers(0, 10**6),
    electrons=st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] >= pair[1]),
)
@settings(max_examples=15, deadline=None)
def test_states_are_those_of_the_dense_matrix(seed, electrons):
    problem = random_problem(seed, 4, *electrons)
    energies, spins = dense_states(problem)
    found = full_ci(problem, n_roots=3)
    np.testing.assert_allclose(found.detail["energies"], energies[: len(found.detail["energies"])], atol=1e-8)
    spin = 0.5 * (electrons[0] - electrons[1])
    alike = energies[np.abs(spins - spin * (spin + 1)) < 1e-4]
    assert found.detail["target_energy"] == pytest.approx(alike[0], abs=1e-7)
    assert symmetric_ci(problem).energy == pytest.approx(alike[0], abs=1e-7)


@pytest.mark.parametrize("listed", [5, 40])
def test_a_search_finds_what_the_whole_matrix_has(monkeypatch, listed):
    """The same states, whether an irrep's matrix is diagonalized whole or searched from the lowest few determinants."""
    problem = plain(METHYLENE)
    whole = {irrep: lowest_states(problem, irrep, 3) for irrep in present_irreps(problem)}
    monkeypatch.setattr(sector_search, "DENSE", 0)
    monkeypatch.setattr(sector_search, "_LISTED", listed)
    for irrep, states in whole.items():
        searched = lowest_states(problem, irrep, 3)
        assert all(state.converged for state in searched)
        assert [s.energy for s in searched] == pytest.approx([s.energy for s in states], abs=1e-8)
        assert [s.s_squared for s in searched] == pytest.approx([s.s_squared for s in states], abs=1e-5)
        only = lowest_states(problem, irrep, 1, only_wanted_spin=True)
        assert only[0].s_squared == pytest.approx(0.0, abs=1e-5)


@pytest.mark.parametrize("listed", [5, 40])
def test_a_search_passes_by_lower_states_of_higher_spin(monkeypatch, listed):
    """In STO-3G the lowest state of B2 in Au is a quintet, which is as even as a singlet."""
    problem = plain("B 0 0 0; B 0 0 1.6")
    (au,) = lowest_states(problem, 4, 1)
    (wanted,) = lowest_states(problem, 4, 1, only_wanted_spin=True)
    assert (au.s_squared, wanted.s_squared) == pytest.approx((6.0, 0.0), abs=1e-8)
    monkeypatch.setattr(sector_search, "DENSE", 0)
    monkeypatch.setattr(sector_search, "_LISTED", listed)
    (searched,) = lowest_states(problem, 4, 1, only_wanted_spin=True)
    assert searched.converged
    assert searched.energy == pytest.approx(wanted.energy, abs=1e-8)
    assert searched.s_squared == pytest.approx(0.0, abs=1e-6)


def test_methylene_asked_for_as_a_singlet_has_a_triplet_below():
    singlet, triplet = plain(METHYLENE), plain(METHYLENE, spin=2)
    energy = full_ci(singlet)
    assert energy.energy == pytest.approx(full_ci(triplet).energy, abs=1e-8)
    assert energy.detail["s_squared"][0] == pytest.approx(2.0)
    assert energy.detail["irreps"][0] == "B1"
    target = symmetric_ci(singlet)
    assert energy.detail["target_energy"] == pytest.approx(target.energy, abs=1e-8)
    assert target.detail["s_squared"] == pytest.approx([0.0], abs=1e-8)
    assert target.status == "Converged. The lowest state of S² = 0.00 in A1."
    excess = 1e3 * (target.energy - energy.energy)
    assert energy.status == (
        "Converged. The lowest state has S² = 2.00, not the 0.00 of its unpaired electrons, and the irrep B1, not the "
        f"reference's A1; the lowest with the reference's spin and irrep lies {excess:.2f} mHa higher."
    )


def test_a_state_of_another_irrep_and_spin_is_not_overlooked():
    # In STO-3G the lowest state of B2 is a quintet, two spins away from the closed shell.
    problem = plain("B 0 0 0; B 0 0 1.6")
    energy = full_ci(problem)
    assert energy.energy == pytest.approx(full_ci(plain("B 0 0 0; B 0 0 1.6", spin=4)).energy, abs=1e-7)
    assert energy.detail["s_squared"][:2] == pytest.approx([6.0, 2.0], abs=1e-5)
    assert energy.detail["irreps"][:2] == ["Au", "B1g"]
    assert energy.detail["target_energy"] == pytest.approx(symmetric_ci(problem).energy, abs=1e-8)


@pytest.mark.slow
def test_stretched_nitrogen_is_followed_to_the_ground_state():
    from pyscf import fci

    problem = plain("N 0 0 0; N 0 0 2.4")
    one = symmetric_ci(problem)
    solver = fci.direct_spin1.FCISolver()
    solver.nroots, solver.max_space, solver.conv_tol, solver.max_cycle = 5, 40, 1e-10, 300
    theirs = solver.kernel(problem.one_body, problem.two_body, 10, (7, 7), ecore=problem.constant)[0]
    assert one.energy == pytest.approx(np.min(theirs), abs=1e-7)
    assert one.detail["s_squared"] == pytest.approx([0.0], abs=1e-5)
    energy = full_ci(problem)
    assert energy.energy == pytest.approx(one.energy, abs=1e-8)
    assert energy.status == "Converged."


def test_degenerate_states_have_sharp_spins():
    # Two hydrogen atoms far apart without symmetry: singlet and triplet have the same energy.
    full = plain("H 0 0 0; H 0 0 30")
    bare = ElectronicProblem(
        constant=full.constant, one_body=full.one_body, two_body=full.two_body, n_alpha=1, n_beta=1,
        orbital_energies=full.orbital_energies, irreps=np.zeros(2, dtype=int),
    )  # fmt: skip
    assert sorted(full_ci(bare).detail["s_squared"][:2]) == pytest.approx([0.0, 2.0], abs=1e-8)


def test_unrestricted_orbitals_have_a_state_of_the_reference_as_well():
    problem = Molecule(METHYLENE, spin=2).problem(reference="unrestricted")
    energy = full_ci(problem)
    assert energy.detail["target_energy"] == pytest.approx(energy.energy, abs=1e-9)
    assert symmetric_ci(problem).energy == pytest.approx(full_ci(plain(METHYLENE, spin=2)).energy, abs=1e-8)


def test_what_memory_cannot_hold_is_refused(monkeypatch):
    from runtime import memory

    problem = plain("N 0 0 0; N 0 0 2.4")
    monkeypatch.setattr(memory, "available_bytes", lambda: 1_000_000)
    message = "over 14,400 determinants needs at least .* free: choose a smaller active space, or selected CI"
    with pytest.raises(ValueError, match=f"Full CI {message}"):
        full_ci(problem)
    with pytest.raises(ValueError, match=f"Full CI {message}"):
        symmetric_ci(problem)


def test_mistakes():
    large = ElectronicProblem(
        constant=0.0, one_body=np.zeros((64, 64)), two_body=np.broadcast_to(0.0, (64,) * 4), n_alpha=1, n_beta=0,
        orbital_energies=np.zeros(64), irreps=np.zeros(64, dtype=int),
    )  # fmt: skip
    with pytest.raises(ValueError, match="At least one state is computed, but n_roots=0"):
        full_ci(random_problem(1, 2, 1, 1), n_roots=0)
    with pytest.raises(ValueError, match="takes at most 63 orbitals, but the problem has 64"):
        check_listable(large, "Full CI")
