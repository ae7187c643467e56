"""Orbitals and states keep their identity from one geometry to the next."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chemistry import Molecule, full_ci, vqe
from chemistry.integrals.orbital_rotation import rotated_problem
from chemistry.scan import Family, potential_scan
from chemistry.scan.lowest_states import lowest_states
from chemistry.scan.orbital_following import follow, frame_of
from chemistry.scan.state_following import state_overlap


def water(length):
    return Molecule.from_z_matrix(f"O; H 1 {length}; H 1 {length} 2 104.5")


@cache
def water_problem(length):
    return water(length).problem(frozen_core=True)


def shuffled(problem, seed):
    """The same problem with occupied and empty orbitals in another order and with other signs."""
    rng = np.random.default_rng(seed)
    n, occupied = problem.n_orbitals, problem.n_alpha
    order = np.concatenate([rng.permutation(occupied), occupied + rng.permutation(n - occupied)])
    rotation = np.eye(n)[:, order] * rng.choice([-1.0, 1.0], size=n)
    return rotated_problem(
        problem,
        rotation,
        irreps=problem.irreps[order],
        orbital_energies=problem.orbital_energies[order],
        fix_signs=False,
    )


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_order_and_signs_are_restored(seed):
    there, here = water_problem(0.96), water_problem(1.0)
    straight = follow(frame_of(there), here)
    followed = follow(frame_of(there), shuffled(here, seed))
    assert followed.problem.orbitals == pytest.approx(straight.problem.orbitals)
    assert followed.problem.two_body == pytest.approx(straight.problem.two_body, abs=1e-10)
    assert followed.problem.irreps.tolist() == there.irreps.tolist()
    assert followed.overlaps.min() > 0.98
    assert followed.changes == ()


def test_a_problem_follows_itself():
    problem = water_problem(0.96)
    followed = follow(frame_of(problem), problem)
    assert followed.overlaps == pytest.approx(1.0)
    assert followed.problem.one_body == pytest.approx(problem.one_body)


def test_core_orbitals_are_followed_with_their_atom():
    """The 1s orbital of an atom that moves by 0.4 angstrom hardly overlaps in space with where it was."""
    from pyscf import gto

    near, far = (Molecule(f"N 0 0 0; N 0 0 {r}").problem() for r in (1.1, 1.5))
    followed = follow(frame_of(near), far)
    assert followed.overlaps[:2].min() > 0.99
    in_space = near.orbitals.T @ gto.intor_cross("int1e_ovlp", near.mean_field.scf.mol, far.mean_field.scf.mol)
    assert np.abs(in_space @ far.orbitals)[:2, :2].max() < 0.7


def test_degenerate_orbitals_are_rotated_together():
    """Without symmetry labels the pi orbitals of nitrogen come in any mixture."""
    there, here = (Molecule(f"N 0 0 0; N 0 0 {r}").problem(active_space=(6, 6)) for r in (1.1, 1.15))
    there, here = (replace(p, irreps=np.zeros(6, dtype=int), irrep_names=(), point_group="C1") for p in (there, here))
    turn = np.eye(6)
    occupied = [
        p for p in range(3) if np.isclose(here.orbital_energies[p], here.orbital_energies[:3], atol=1e-6).sum() > 1
    ]
    turn[np.ix_(occupied, occupied)] = [[np.cos(0.6), -np.sin(0.6)], [np.sin(0.6), np.cos(0.6)]]
    turned = rotated_problem(here, turn, irreps=here.irreps, orbital_energies=here.orbital_energies, fix_signs=False)
    assert np.abs((frame_of(there).active.T @ frame_of(turned).active)[occupied]).max() < 0.9
    followed = follow(frame_of(there), turned)
    assert followed.overlaps.min() > 0.99
    assert full_ci(followed.problem).energy == pytest.approx(full_ci(here).energy, abs=1e-9)


def test_another_occupation_is_followed_and_reported():
    there, here = water_problem(0.96), water_problem(1.0)
    order = [0, 1, 2, 4, 3, 5]
    other = rotated_problem(here, np.eye(6)[:, order], irreps=here.irreps[order])
    followed = follow(frame_of(there), other)
    assert "The reference determinant occupies other orbitals." in followed.changes
    assert followed.problem.reference_energy == pytest.approx(here.reference_energy)


def test_a_change_of_the_active_space_is_reported():
    lithium_fluoride = Molecule("Li 0 0 0; F 0 0 1.6")
    near, far = (lithium_fluoride.with_bond((1, 2), r) for r in (1.6, 1.7))
    window = near.problem(active_space=(6, 4))
    above = far.problem(active_space=(8, 6))
    columns = [0, 1, 3, 5]  # another of the occupied orbitals, another of the empty ones
    other = replace(
        above,
        one_body=above.one_body[np.ix_(columns, columns)],
        two_body=above.two_body[np.ix_(*[columns] * 4)],
        orbital_energies=above.orbital_energies[columns],
        irreps=above.irreps[columns],
        irrep_names=tuple(above.irrep_names[c] for c in columns),
        orbitals=above.orbitals[:, columns],
        n_alpha=3,
        n_beta=3,
    )
    changes = follow(frame_of(window), other).changes
    assert any(
        change.startswith("The active space changed: its least similar part has overlap 0.") for change in changes
    )
    assert any("changed: overlap 0." in change and change.startswith("Orbital") for change in changes)
    with pytest.raises(ValueError, match="the same basis, active space and electrons"):
        follow(frame_of(window), above)
    with pytest.raises(ValueError, match="shared by both spins"):
        frame_of(replace(window, orbitals=None))


def test_overlaps_of_states_are_those_over_all_determinants():
    """The same wave function over rotated orbitals has overlap one with itself, and its roots stay orthogonal."""
    problem = water_problem(0.96)
    states = lowest_states(problem, 3)
    turned = shuffled(problem, 4)
    images = lowest_states(turned, 3)
    overlap = frame_of(problem).active.T @ frame_of(turned).active
    found = [[state_overlap(a.vector, b.vector, overlap, (4, 4)) for b in images] for a in states]
    assert np.array(found) == pytest.approx(np.eye(3), abs=1e-8)
    phased = states[0].vector * np.exp(0.7j)
    assert state_overlap(phased, states[0].vector, np.eye(6), (4, 4)) == pytest.approx(1.0)


def test_lowest_states_are_those_of_a_solver_without_symmetry():
    problem = Molecule("N 0 0 0; N 0 0 2.5").problem(active_space=(6, 6))
    states = lowest_states(problem, 8)
    exact = full_ci(problem, n_roots=8)
    assert [state.energy for state in states] == pytest.approx(exact.detail["energies"], abs=1e-7)
    assert all(state.converged for state in states)
    for state in states:
        spin = 0.5 * (state.multiplicity - 1)
        assert state.spin_squared == pytest.approx(spin * (spin + 1), abs=1e-6)
    assert len(lowest_states(Molecule("H 0 0 0; H 0 0 0.7").problem(), 9)) == 4


def test_states_that_cross_keep_their_names():
    """Methylene is a triplet when it is wide and a singlet when it is narrow."""

    def methylene(angle):
        return Molecule.from_z_matrix(f"C; H 1 1.1; H 1 1.1 2 {angle}")

    family = Family.of_function(methylene, {"angle (degree)": (55.0, 75.0, 95.0, 120.0)})
    scan = potential_scan(family, circuits={}, baselines=(), n_states=2, active_space=(6, 6))
    first, last = scan.points[0].states, scan.points[-1].states
    by_name = [{state.label: state.multiplicity for state in point.states} for point in scan.points]
    assert all(names == by_name[0] for names in by_name)
    assert sorted(by_name[0].values()) == [1, 3]
    assert (first[0].multiplicity, last[0].multiplicity) == (1, 3)
    assert any(change.endswith("States 0 and 1 cross.") for change in scan.changes)


@pytest.mark.slow
def test_the_ionic_state_of_lithium_fluoride_is_followed_through_the_avoided_crossing():
    """At 5.5 angstrom both singlets are half ionic; on either side the ionic one is known."""
    molecule = Molecule("Li 0 0 0; F 0 0 1.6", basis="6-31g")
    lengths = (4.5, 5.0, 5.5, 6.0, 6.5)
    scan = potential_scan(
        Family.along_bond(molecule, lengths), circuits={}, baselines=("FCI",), n_states=7, active_space=(6, 6)
    )
    assert [change for change in scan.changes if "avoided" in change] == [
        "bond length 6 angstrom: States 0 and 2 exchange their characters at an avoided crossing."
    ]
    ionic, neutral = scan.energies("state 0"), scan.energies("state 2")
    assert ionic[0] < neutral[0]
    assert ionic[-1] > neutral[-1]
    assert ionic[-1] == pytest.approx(max(s.energy for s in scan.points[-1].states))
    near, far = (molecule.with_bond((1, 2), r).problem(active_space=(6, 6)) for r in (4.5, 6.5))
    overlap = frame_of(near).active.T @ frame_of(far).active
    first, last = (
        next(s for s in lowest_states(p, 7) if abs(s.energy - energy) < 1e-6)
        for p, energy in ((near, ionic[0]), (far, ionic[-1]))
    )
    assert state_overlap(first.vector, last.vector, overlap, (3, 3)) > 0.5


def test_the_state_of_a_circuit_is_followed():
    family = Family.of_function(water, {"bond length (angstrom)": (0.96, 1.1)})
    scan = potential_scan(family, frozen_core=True, n_states=2, active_space=None, max_evaluations=60)
    first, second = (point.circuits["UCCSD, repeated"] for point in scan.points)
    assert first.fidelity is None
    exact = [lowest_states(water_problem(r), 1)[0].vector for r in (0.96, 1.1)]
    overlap = frame_of(water_problem(0.96)).active.T @ frame_of(water_problem(1.1)).active
    assert second.fidelity == pytest.approx(state_overlap(*exact, overlap, (4, 4)), abs=2e-3)
    assert second.state_weights[0] > 0.999
    assert second.state_weights[1] < 1e-6


def test_a_circuit_over_followed_orbitals_has_the_energy_of_the_same_state():
    """Parameters of a geometry applied to followed orbitals of that geometry, shuffled, give its energy."""
    import runtime
    from chemistry import repeated_uccsd
    from chemistry.scan.parameter_transfer import parameter_labels, transferred

    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    ansatz = repeated_uccsd(problem, repetitions=2)
    trained = vqe(problem, ansatz, max_evaluations=20, n_starts=1)
    followed = follow(frame_of(problem), shuffled(problem, 3)).problem
    other = repeated_uccsd(followed, repetitions=2)
    start = transferred(parameter_labels(ansatz), trained.parameters, other)
    assert runtime.compile(other, followed.hamiltonian).expval(start) == pytest.approx(trained.energy, abs=1e-9)
