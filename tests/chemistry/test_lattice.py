"""Hubbard models against closed forms, the Bethe ansatz, dense sums of hops and full CI in any orbitals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry import expected_quantum_numbers, reduced_density_matrices, repeated_uccsd, vqe
from chemistry.ansatz import tups
from chemistry.baselines import ccsd, full_ci, hartree_fock_energy
from chemistry.lattice import (
    chain,
    charge_gap,
    determinant_correlations,
    exact_correlations,
    hamiltonian_variational,
    heisenberg,
    hubbard,
    hubbard_from_hopping,
    ladder,
    site_correlations,
    spin_gap,
    square,
)
from chemistry.lattice.infinite_chain import hubbard_chain_energy, hubbard_chain_gap

LATTICES = {
    "chain": chain(4),
    "ring": chain(6, periodic=True),
    "odd ring": chain(3, periodic=True),
    "ladder": ladder(3),
    "closed ladder": ladder(4, periodic=True),
    "square": square(2, 3),
    "torus": square(3, 4, periodic=True),
}


def exact(model, reference="sites"):
    return full_ci(model.problem(reference=reference)).energy


def dense_matrix(model):
    """H as products of dense fermion operators on 2 n wires (Jordan-Wigner), spin orbital 2 i + spin."""
    n = 2 * model.n_sites
    z, lower = np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [0.0, 0.0]])
    annihilate = []
    for wire in range(n):
        matrix = np.eye(1)
        for k in range(n):
            matrix = np.kron(matrix, z if k < wire else lower if k == wire else np.eye(2))
        annihilate.append(matrix)
    number = [a.T @ a for a in annihilate]
    total = np.zeros((2**n, 2**n))
    for i in range(model.n_sites):
        for j in range(model.n_sites):
            for spin in (0, 1):
                total += model.hopping[i, j] * annihilate[2 * i + spin].T @ annihilate[2 * j + spin]
            both = [number[2 * k] + number[2 * k + 1] for k in (i, j)]
            total += 0.5 * model.neighbour_repulsion[i, j] * both[0] @ both[1]
        total += model.repulsion[i] * number[2 * i] @ number[2 * i + 1]
    bits = np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1
    kept = (bits[:, 0::2].sum(axis=1) == model.n_alpha) & (bits[:, 1::2].sum(axis=1) == model.n_beta)
    return total[np.ix_(kept, kept)]


@pytest.mark.parametrize("u", [0.0, 1.0, 4.0, 20.0])
def test_two_sites_have_a_closed_form(u):
    model = hubbard(chain(2), u=u)
    assert exact(model) == pytest.approx(0.5 * (u - np.sqrt(u * u + 16.0)), abs=1e-10)
    assert exact(model, "restricted") == pytest.approx(exact(model), abs=1e-10)


@settings(deadline=None, max_examples=15)
@given(
    hopping=st.lists(st.floats(-2, 2), min_size=6, max_size=6),
    u=st.lists(st.floats(-3, 6), min_size=3, max_size=3),
    electrons=st.sampled_from([(1, 0), (1, 1), (2, 1), (3, 1), (2, 2), (3, 3)]),
)
def test_any_hopping_and_repulsion_against_dense_matrices(hopping, u, electrons):
    matrix = np.zeros((3, 3))
    matrix[np.triu_indices(3)] = hopping
    matrix = matrix + np.triu(matrix, 1).T
    model = hubbard_from_hopping(matrix, u=u).with_electrons(*electrons)
    assert exact(model) == pytest.approx(np.linalg.eigvalsh(dense_matrix(model))[0], abs=1e-8)


@pytest.mark.parametrize("v", [0.0, 1.5])
def test_next_neighbours_and_repulsion_between_sites_against_dense_matrices(v):
    model = hubbard(ladder(2), u=3.0, v=v, second_t=0.4, n_electrons=3)
    assert exact(model) == pytest.approx(np.linalg.eigvalsh(dense_matrix(model))[0], abs=1e-9)
    assert exact(model, "unrestricted") == pytest.approx(exact(model), abs=1e-8)


@pytest.mark.parametrize("name", LATTICES)
def test_symmetries_are_symmetries_and_groups_share_no_site(name):
    lattice = LATTICES[name]
    bonds = set(lattice.bonds)
    maps = [np.array(p) for p in lattice.symmetries]
    for permutation in maps:
        assert (permutation[permutation] == np.arange(lattice.n_sites)).all()
        assert {tuple(sorted(permutation[list(bond)].tolist())) for bond in bonds} == bonds
        assert all((permutation[other] == other[permutation]).all() for other in maps)
    assert sorted(bond for group in lattice.bond_groups for bond in group) == sorted(bonds)
    for group in lattice.bond_groups:
        sites = [site for bond in group for site in bond]
        assert len(set(sites)) == len(sites)
    assert not bonds & set(lattice.second_bonds)


def test_lattices_have_the_bonds_that_geometry_gives():
    assert len(chain(5).bonds) == 4
    assert len(chain(5, periodic=True).bonds) == 5
    assert len(ladder(4).bonds) == 4 + 2 * 3
    assert len(square(3, 4).bonds) == 3 * 3 + 2 * 4
    assert len(square(3, 4, periodic=True).bonds) == 2 * 12
    assert len(square(3, 3).second_bonds) == 2 * 4
    assert chain(6, periodic=True).sublattice == (0, 1, 0, 1, 0, 1)
    assert chain(5, periodic=True).sublattice is None


@pytest.mark.parametrize("name", ["chain", "ring", "odd ring", "ladder", "square"])
@pytest.mark.parametrize("u", [0.0, 3.0])
@pytest.mark.slow
def test_exact_energies_do_not_depend_on_the_orbitals(name, u):
    model = hubbard(LATTICES[name], u=u)
    over_sites = exact(model)
    assert exact(model, "restricted") == pytest.approx(over_sites, abs=1e-8)
    assert exact(model, "unrestricted") == pytest.approx(over_sites, abs=1e-8)


def test_without_repulsion_the_mean_field_is_exact_and_made_of_waves():
    model = hubbard(chain(6), u=0.0)
    levels = -2.0 * np.cos(np.pi * np.arange(1, 7) / 7.0)
    assert exact(model) == pytest.approx(2.0 * levels[:3].sum(), abs=1e-9)
    problem = model.problem()
    assert problem.orbital_energies == pytest.approx(levels, abs=1e-9)
    assert problem.point_group == "Cs"
    assert ccsd(problem).energy == pytest.approx(exact(model), abs=1e-7)


def test_the_unrestricted_field_breaks_its_spin_symmetry_and_lies_between():
    model = hubbard(chain(6), u=8.0)
    restricted, unrestricted = model.problem(), model.problem(reference="unrestricted")
    assert exact(model) < unrestricted.reference_energy < restricted.reference_energy
    assert hartree_fock_energy(unrestricted).detail["s_squared"] > 1.0
    state = determinant_correlations(unrestricted)
    assert np.sign(state.occupations[0] - state.occupations[1]).tolist() in ([1, -1] * 3, [-1, 1] * 3)
    weak = hubbard(chain(6), u=0.5)
    assert weak.problem(reference="unrestricted").reference_energy == pytest.approx(
        weak.problem().reference_energy, abs=1e-7
    )


@pytest.mark.parametrize("electrons", [4, 6])
def test_correlations_obey_their_sums_and_the_energys_derivative(electrons):
    model = hubbard(chain(4), u=3.0, v=0.5, n_electrons=electrons)
    state = exact_correlations(model.problem(reference="sites"))
    step = 1e-3
    slope = (exact(model.with_repulsion(3.0 + step)) - exact(model.with_repulsion(3.0 - step))) / (2 * step)
    assert state.double_occupancy.sum() == pytest.approx(slope, abs=1e-6)
    assert state.spin.sum() == pytest.approx(0.0, abs=1e-9)  # a singlet
    assert state.spin == pytest.approx(3.0 * state.spin_z, abs=1e-9)
    assert np.diag(state.spin) == pytest.approx(0.75 * state.local_moment, abs=1e-9)
    assert state.charge.sum() == pytest.approx(0.0, abs=1e-9)
    assert state.occupations.sum() == pytest.approx(electrons, abs=1e-9)
    for reference in ("restricted", "unrestricted"):
        other = exact_correlations(model.problem(reference=reference))
        assert other.spin == pytest.approx(state.spin, abs=1e-6)
        assert other.charge == pytest.approx(state.charge, abs=1e-6)


@pytest.mark.parametrize(
    ("lattice", "electrons"),
    [(square(2, 2), 4), (chain(4, periodic=True), 4), (chain(3, periodic=True), 3), (chain(8, periodic=True), 8)],
    ids=["square", "ring", "odd ring", "ring of 8"],
)
def test_of_a_level_filled_in_part_the_least_repulsion_selects(lattice, electrons):
    """Without repulsion many states are the lowest; as it is switched on, the double occupancy is dE/dU."""
    model = hubbard(lattice, u=0.0, n_electrons=electrons)
    assert model.has_open_level
    step = 1e-3
    energies = [exact(model.with_repulsion(u)) for u in (0.0, step, 2 * step)]
    slope = (4 * energies[1] - energies[2] - 3 * energies[0]) / (2 * step)  # one-sided, of second order
    state = exact_correlations(model.problem(reference="sites"))
    assert state.mean_double_occupancy == pytest.approx(slope / lattice.n_sites, abs=2e-4)
    weak = exact_correlations(model.with_repulsion(0.01).problem(reference="sites"))
    assert state.spin.sum() == pytest.approx(0.75 * (electrons % 2), abs=1e-6)
    neighbours = [np.mean([one.spin[bond] for bond in lattice.bonds]) for one in (state, weak)]
    assert neighbours[0] == pytest.approx(neighbours[1], abs=2e-3)
    assert not hubbard(chain(4), u=0.0).has_open_level


def test_unpaired_spins_add_up():
    state = exact_correlations(hubbard(chain(3), u=5.0).problem(reference="sites"))
    assert state.spin.sum() == pytest.approx(0.75, abs=1e-9)
    assert state.spin_z.sum() == pytest.approx(0.25, abs=1e-9)


def test_gaps_with_and_without_particle_hole_symmetry():
    model = hubbard(chain(4), u=6.0)
    assert model.is_particle_hole_symmetric
    direct = exact(model.with_electrons(3, 2)) + exact(model.with_electrons(2, 1)) - 2 * exact(model)
    assert charge_gap(model, exact) == pytest.approx(direct, abs=1e-8)
    assert not hubbard(chain(4), u=6.0, second_t=0.2).is_particle_hole_symmetric
    assert not hubbard(chain(3, periodic=True), u=6.0).is_particle_hole_symmetric
    # At strong repulsion spins alone are left, with an exchange of 4 t^2 / U: the gap of the Heisenberg chain of four.
    strong = hubbard(chain(4), u=200.0)
    assert spin_gap(strong, exact) == pytest.approx(0.6588 * 4.0 / 200.0, rel=1e-2)
    assert charge_gap(strong, exact) == pytest.approx(200.0 - 4.0, abs=1.0)


def test_the_infinite_chain_in_its_limits():
    """Lieb and Wu's published energy at U = 4 t, and expansions at weak and strong repulsion."""
    assert hubbard_chain_energy(0.0) == pytest.approx(-4.0 / np.pi)
    assert hubbard_chain_energy(4.0) == pytest.approx(-0.573729, abs=1e-6)
    weak = -4.0 / np.pi + 0.1 / 4.0 - 7.0 * 1.2020569 / (16.0 * np.pi**3) * 0.1**2
    assert hubbard_chain_energy(0.1) == pytest.approx(weak, abs=1e-6)
    assert hubbard_chain_energy(200.0) == pytest.approx(-4.0 * np.log(2.0) / 200.0, rel=1e-3)
    assert hubbard_chain_energy(8.0, t=2.0) == pytest.approx(2.0 * hubbard_chain_energy(4.0))
    assert hubbard_chain_gap(0.5) == pytest.approx(8.0 / np.pi * np.sqrt(0.5) * np.exp(-4.0 * np.pi), rel=0.05)
    assert hubbard_chain_gap(100.0) == pytest.approx(96.0 + 8.0 * np.log(2.0) / 100.0, abs=1e-3)
    ring = exact(hubbard(chain(6, periodic=True), u=4.0)) / 6
    assert hubbard_chain_energy(4.0) - 0.05 < ring < hubbard_chain_energy(4.0)


@pytest.mark.parametrize("name", ["chain", "ring", "ladder"])
@pytest.mark.parametrize("u", [1.0, 8.0])
def test_the_variational_circuit_comes_close_and_keeps_its_symmetries(name, u):
    model = hubbard(LATTICES[name], u=u)
    problem = model.problem(reference="sites")
    result = vqe(problem, hamiltonian_variational(model, resolved=True), n_starts=1, max_evaluations=1500)
    error = (result.energy - exact(model)) / model.n_sites
    assert -1e-9 < error < 0.005
    numbers = expected_quantum_numbers(result.program, result.parameters)
    assert numbers.n_electrons == pytest.approx(model.n_electrons, abs=1e-9)
    assert numbers.spin_squared == pytest.approx(0.0, abs=1e-6)
    state = site_correlations(problem, reduced_density_matrices(result.program, result.parameters))
    assert state.double_occupancy.mean() == pytest.approx(exact_correlations(problem).double_occupancy.mean(), abs=0.01)


def test_the_variational_circuit_begins_at_the_mean_field_and_evolves_under_the_model():
    """With all times zero it is the mean field; with small ones, in one layer, exp(-i t H) to first order."""
    model = hubbard(chain(3), u=2.0, v=0.7, second_t=0.3)
    problem = model.problem(reference="sites")
    one, several = hamiltonian_variational(model, layers=1), hamiltonian_variational(model, layers=2, resolved=True)
    program = runtime.compile(one, problem.hamiltonian)
    assert program.expval(np.zeros(one.n_params)) == pytest.approx(model.problem().reference_energy, abs=1e-9)
    assert several.n_params > 2 * one.n_params
    step = 1e-4
    start = program.state(np.zeros(one.n_params))
    moved = (program.state(np.full(one.n_params, step)) - program.state(np.full(one.n_params, -step))) / (2 * step)
    assert start @ (1j * moved) == pytest.approx(program.expval(np.zeros(one.n_params)), abs=1e-6)
    assert np.linalg.norm(moved) ** 2 - program.expval(np.zeros(one.n_params)) ** 2 == pytest.approx(
        program.variance(np.zeros(one.n_params)), abs=1e-6
    )
    ramp = program.expval(one.initial_params)
    assert ramp < program.expval(np.zeros(one.n_params))


@pytest.mark.parametrize("n_electrons", [1, 3, 5, 7])
def test_other_fillings_and_the_molecular_circuits(n_electrons):
    model = hubbard(chain(4), u=4.0, n_electrons=n_electrons)
    problem = model.problem()
    result = vqe(problem, repeated_uccsd(problem))
    assert -1e-9 < result.energy - exact(model) < 0.01
    circuit = hamiltonian_variational(model, layers=6, resolved=True)
    result = vqe(model.problem(reference="sites"), circuit, n_starts=1)
    assert -1e-9 < result.energy - exact(model) < 0.05


def test_tiled_states_run_on_a_lattice_too():
    problem = hubbard(chain(4), u=4.0).problem()
    assert -1e-9 < vqe(problem, tups(problem)).energy - exact(hubbard(chain(4), u=4.0)) < 0.01


def test_one_site_and_full_shells():
    assert exact(hubbard(chain(1), u=3.0, n_electrons=2)) == pytest.approx(3.0)
    for n_electrons in (1, 2, 4, 5, 6):
        model = hubbard(chain(3), u=2.0, n_electrons=n_electrons)
        assert exact(model, "unrestricted") == pytest.approx(exact(model), abs=1e-8)
    full = hubbard(chain(3), u=2.0, n_electrons=6)
    result = vqe(full.problem(reference="sites"), hamiltonian_variational(full))
    assert result.energy == pytest.approx(6.0)
    alone = hubbard(chain(1), u=3.0)
    assert vqe(alone.problem(reference="sites"), hamiltonian_variational(alone)).energy == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: chain(0), "at least 1, but 0 was given"),
        (lambda: chain(2, periodic=True), "A chain that is periodic has a whole number of sites, at least 3"),
        (lambda: chain(2.5), "whole number of sites"),
        (lambda: ladder(1), "A ladder has a whole number of rungs, at least 2"),
        (lambda: square(3, 1), "whole number of columns, at least 2"),
        (lambda: hubbard(chain(3), u="much"), "a number or one for each site"),
        (lambda: hubbard(chain(3), u=[1.0, 2.0]), "one for each of 3 sites, but its shape is (2,)"),
        (lambda: hubbard(chain(3), u=np.nan), "it is not finite"),
        (lambda: hubbard(chain(3), u=1.0, t="x"), "t is a number"),
        (lambda: hubbard(chain(3), u=1.0, v=np.inf), "v is a finite number"),
        (lambda: hubbard(chain(3), u=1.0, n_electrons=0), "3 sites hold 1 to 6 electrons"),
        (lambda: hubbard(chain(3), u=1.0, n_electrons=7), "3 sites hold 1 to 6 electrons"),
        (lambda: hubbard(chain(3), u=1.0, n_electrons=2.5), "counted in whole numbers"),
        (lambda: hubbard(chain(4), u=1.0, spin=1), "4 electrons cannot have 1 unpaired"),
        (lambda: hubbard(chain(3), u=1.0).problem(reference="best"), "'restricted', 'unrestricted' or 'sites'"),
        (lambda: hubbard_from_hopping([[0, 1], [2, 0]], u=1.0), "symmetric, but h_ij and h_ji differ"),
        (lambda: hubbard_from_hopping([[0, 1j], [-1j, 0]], u=1.0), "complex"),
        (lambda: hubbard_from_hopping([1.0, 2.0], u=1.0), "shape (n_sites, n_sites)"),
        (lambda: hubbard_from_hopping("abc", u=1.0), "holds numbers"),
        (lambda: hubbard_from_hopping([[0, np.nan], [np.nan, 0]], u=1.0), "not finite"),
        (lambda: charge_gap(hubbard(chain(2), u=1.0, n_electrons=1), exact), "at least two electrons"),
        (lambda: spin_gap(hubbard(chain(2), u=1.0, n_electrons=1), exact), "an electron of spin down"),
        (lambda: hamiltonian_variational(hubbard(chain(2), u=1.0), layers=0), "number of layers"),
        (lambda: vqe(heisenberg(chain(4))), "give an ansatz with it"),
        (lambda: hubbard_chain_energy(-1.0), "u of at least 0"),
        (lambda: hubbard_chain_gap(1.0, t=0.0), "and hopping"),
    ],
)
def test_each_mistake_is_one_sentence(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert message in str(error.value)
    assert str(error.value).count(". ") == 0
