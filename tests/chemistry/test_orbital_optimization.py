from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from pyscf.fci.spin_op import spin_square0

import runtime
from chemistry import Molecule, expected_quantum_numbers, repeated_uccsd, uccsd, vqe
from chemistry.geometry.atoms import Atom
from chemistry.orbital_optimization import ElectricField, Solvent, oo_vqe
from chemistry.orbital_optimization.limits import Budget, SearchLimits
from chemistry.orbital_optimization.lowest_curvature import lowest_curvature
from chemistry.orbital_optimization.natural_start import natural_start
from chemistry.orbital_optimization.orbital_energy import OrbitalEnergy, Place
from chemistry.orbital_optimization.orbital_optimized_vqe import circuit_states, without_symmetry
from chemistry.orbital_optimization.orbital_space import orbital_space
from chemistry.orbital_optimization.reference_states import FromReference, lowest_references
from chemistry.orbital_optimization.trained_energy import TrainedEnergy
from chemistry.problem import ElectronicProblem
from runtime import Status

WATER = "O 0 0 0.1035174918; H 0 0.7955612117 -0.4640237459; H 0 -0.7955612117 -0.4640237459"
SPACES = {
    "water": (WATER, (4, 4), {}),
    "lih": ("Li 0 0 0; H 0 0 1.6717", (2, 2), {}),
    "lih in five": ("Li 0 0 0; H 0 0 1.672", (2, 5), {}),
    "oh": ("O 0 0 0; H 0 0 0.97", (5, 4), {"spin": 1}),
    "o2": ("O 0 0 0; O 0 0 1.2", (8, 6), {"spin": 2}),
    "stretched n2": ("N 0 0 0; N 0 0 1.8", (6, 6), {}),
    "heh+": ("He 0 0 0; H 0 0 0.9", (2, 2), {"charge": 1, "basis": "6-31g"}),
}


@cache
def problem_named(name):
    geometry, space, options = SPACES[name]
    return Molecule(geometry, **options).problem(active_space=space)


@cache
def result_named(name):
    return oo_vqe(problem_named(name))


def casscf(problem, orbitals, *, n_states=1):
    from pyscf import mcscf, scf

    mol = problem.mean_field.scf.mol.copy()
    mol.symmetry = False
    electrons = (problem.n_alpha, problem.n_beta)
    solver = mcscf.CASSCF(scf.RHF(mol), problem.n_orbitals, electrons, ncore=problem.frozen_orbitals.shape[1])
    solver.fix_spin_(ss=mol.spin / 2 * (mol.spin / 2 + 1))
    if n_states > 1:
        solver = solver.state_average_([1 / n_states] * n_states)
    solver.conv_tol, solver.verbose = 1e-10, 0
    solver.kernel(orbitals)
    assert solver.converged
    return solver


def test_water_reaches_casscf():
    result = result_named("water")
    assert result.status is Status.CONVERGED
    assert result.stable
    # SlowQuant's tests give CASSCF's electronic energy at this geometry as -84.0062000.
    nuclei = problem_named("water").mean_field.scf.mol.energy_nuc()
    assert result.energy - nuclei == pytest.approx(-84.0062000, abs=1e-6)
    assert result.energy == pytest.approx(casscf(problem_named("water"), result.orbitals).e_tot, abs=1e-7)
    # From Hartree-Fock's orbitals PySCF gets past the saddle point as well, by rounding.
    assert result.energy == pytest.approx(-75.0096931644, abs=1e-7)


@pytest.mark.parametrize(
    ("geometry", "wanted"),
    [
        # PySCF's CASSCF from Hartree-Fock's orbitals; a search from these ends at a minimum of -129.701786 hartree.
        ("H 0.9 0.6 0; N 0 0 0; O -0.3 1.2 0.1", -129.7226287),
        # PySCF's from MP2 natural orbitals: the pi bond. From Hartree-Fock's both end at -113.865414.
        ("C 0 0 0; O 0 0 1.2; H 0.94 0 -0.54; H -0.94 0 -0.54", -113.8856846),
    ],
)
def test_a_local_minimum_is_left_for_a_lower_one(geometry, wanted):
    problem = Molecule(geometry, basis="6-31g").problem(active_space=(4, 4))
    told = []
    result = oo_vqe(problem, callback=lambda number, energy: told.append((number, energy)))
    assert result.energy == pytest.approx(wanted, abs=1e-5)
    assert result.stable
    numbers = [number for number, _ in told]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] <= result.n_evaluations
    assert len(result.trace) < len(told)
    assert result.energy == pytest.approx(casscf(problem, result.orbitals).e_tot, abs=1e-5)


def test_orbitals_that_somebody_chose_are_where_the_one_search_begins():
    molecule = Molecule(WATER)
    assert natural_start(molecule.problem(active_space=(4, 4))) is not None
    for problem in (molecule.problem(active_space="avas:O 2p"), molecule.problem(), result_named("water").problem):
        assert natural_start(problem) is None


def test_one_repetition_of_uccsd_is_slightly_above():
    # SlowQuant's oo-fUCCSD of another operator order: -84.0061996.
    result = oo_vqe(problem_named("water"), uccsd)
    assert result.stable
    assert 1e-6 < result.energy - result_named("water").energy < 1e-4


@pytest.mark.parametrize("name", ["lih", "lih in five", "oh", "heh+"])
def test_other_molecules_reach_casscf(name):
    result = result_named(name)
    assert result.status.converged
    assert result.stable
    assert result.energy == pytest.approx(casscf(problem_named(name), result.orbitals).e_tot, abs=1e-6)
    assert result.energy < vqe(problem_named(name)).energy + 1e-9


@pytest.mark.parametrize("name", ["o2", "stretched n2"])
@pytest.mark.slow
def test_what_is_not_exact_lies_above_casscf(name):
    result = oo_vqe(problem_named(name), uccsd)
    assert result.status.converged
    assert -1e-8 < result.energy - casscf(problem_named(name), result.orbitals).e_tot < 5e-3


def test_the_problem_in_optimized_orbitals_has_that_energy():
    from pyscf.fci import direct_spin1

    result = result_named("water")
    again = vqe(result.problem, result.ansatz, initial_params=result.parameters)
    assert again.initial_energy == pytest.approx(result.energy, abs=1e-9)
    p = result.problem
    exact, _ = direct_spin1.kernel(p.one_body, p.two_body, p.n_orbitals, p.n_electrons, ecore=p.constant)
    assert exact == pytest.approx(result.energy, abs=1e-6)
    overlap = result.problem.mean_field.scf.mol.intor("int1e_ovlp")
    assert np.allclose(result.orbitals.T @ overlap @ result.orbitals, np.eye(7), rtol=0, atol=1e-10)
    assert np.trace(result.solution.one_body_density) == pytest.approx(4.0)
    assert np.sum(result.solution.density * overlap) == pytest.approx(10.0)


def test_a_circuit_that_is_given_keeps_its_point_group_and_says_what_that_costs():
    problem = problem_named("water")
    result = oo_vqe(problem, uccsd(problem))
    assert result.status.converged
    assert result.stable is False  # a lone pair would rather change places with a bond
    assert result.problem.irrep_names == problem.irrep_names
    assert result.energy > result_named("water").energy + 0.03
    from pyscf import mcscf

    symmetric = mcscf.CASSCF(problem.mean_field.scf, 4, 4)
    symmetric.verbose = 0
    assert result.energy == pytest.approx(symmetric.kernel()[0], abs=1e-6)


def test_open_shells_keep_their_spin():
    result = result_named("oh")
    program = runtime.compile(result.ansatz, result.problem.hamiltonian)
    assert expected_quantum_numbers(program, result.parameters).spin_squared == pytest.approx(0.75, abs=1e-3)


SURROUNDINGS = {"nothing": (), "a field": (ElectricField((0.01, 0.0, 0.03)),), "water": (Solvent(),)}


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
@pytest.mark.parametrize("name", ["lih in five", "oh"])
@pytest.mark.parametrize("n_states", [1, 2])
@pytest.mark.parametrize("symmetric", [True, False])
def test_the_derivatives_of_the_energy(name, n_states, symmetric, surroundings):
    if symmetric and n_states == 2:
        pytest.skip("states of several irreps are averaged without symmetry")
    problem = problem_named(name) if symmetric else without_symmetry(problem_named(name))
    mol = problem.mean_field.scf.mol
    around = [each.around(mol) for each in SURROUNDINGS[surroundings]]
    states = circuit_states(problem, uccsd(problem), n_states)
    energy = OrbitalEnergy(mol, orbital_space(problem), states, around)
    rng = np.random.default_rng(3)
    place = energy.moved(Place(np.zeros(states.n_params), energy.space), rng.normal(scale=0.4, size=energy.n_params))
    one, other = rng.normal(size=(2, energy.n_params))
    at = energy.at(place)

    def along(length):
        return energy.at(energy.moved(place, length * one)).energy

    h = 2e-3  # differences of fourth order
    slope = (8 * (along(h) - along(-h)) - along(2 * h) + along(-2 * h)) / (12 * h)
    bend = (16 * (along(h) + along(-h)) - along(2 * h) - along(-2 * h) - 30 * along(0.0)) / (12 * h**2)
    assert at.gradient @ one == pytest.approx(slope, abs=1e-6)
    assert one @ at.times(one) == pytest.approx(bend, rel=1e-5, abs=1e-4)
    assert other @ at.times(one) == pytest.approx(one @ at.times(other), abs=1e-9)


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_the_energy_of_trained_circuits(surroundings):
    problem = without_symmetry(problem_named("oh"))
    mol = problem.mean_field.scf.mol
    states = circuit_states(problem, uccsd(problem), 1)
    energy = OrbitalEnergy(mol, orbital_space(problem), states, [s.around(mol) for s in SURROUNDINGS[surroundings]])
    start = Place(np.array(uccsd(problem).initial_params), energy.space)
    trained = TrainedEnergy(
        energy, start, np.ones(states.n_params), tightest=1e-9, slope=0.0, budget=Budget(SearchLimits())
    )
    rng = np.random.default_rng(1)
    x, direction = rng.normal(scale=0.2, size=(2, len(trained.outside)))
    value, gradient = trained.value_and_grad(x)
    at = energy.at(trained.place)
    assert value == pytest.approx(at.energy, abs=1e-9)
    within = np.setdiff1d(np.arange(energy.n_params - states.n_params), trained.outside) + states.n_params
    assert np.abs(at.gradient[[*range(states.n_params), *within]]).max() < 1e-8
    h = 1e-3
    slope = (trained.value_and_grad(x + h * direction)[0] - trained.value_and_grad(x - h * direction)[0]) / (2 * h)
    assert gradient @ direction == pytest.approx(slope, abs=1e-5)


def test_the_minimum_does_not_depend_on_how_the_molecule_lies():
    # A saddle five microhartree above the minimum, in a flat valley, is where a search of all variables together ends.
    water = np.array([[0.0, 0.0, 0.0], [0.0, 0.757, 0.587], [0.0, -0.757, 0.587]])
    for seed in range(4):
        moved = water + np.random.default_rng(seed).normal(size=3)
        atoms = [Atom(symbol, tuple(place)) for symbol, place in zip("OHH", moved.tolist(), strict=True)]
        result = oo_vqe(Molecule(atoms, basis="6-31g").problem(active_space=(4, 4)))
        assert result.energy == pytest.approx(-76.0370398384, abs=5e-9)  # PySCF's CASSCF
        assert result.status.converged


@pytest.mark.parametrize("n", [12, 70])
def test_the_lowest_curvature_of_a_quadratic_form(n):
    rng = np.random.default_rng(n)
    values = np.concatenate([[-0.03], np.zeros(5), rng.uniform(0.05, 20.0, n - 6)])
    mixing = rng.normal(size=(n, n)) * (1.0 if n < 40 else 0.01)  # the larger one has a diagonal that says something
    vectors = np.linalg.qr(np.eye(n) + mixing)[0]
    hessian = (vectors * values) @ vectors.T
    lowest, vector, n_products = lowest_curvature(lambda x: hessian @ x, np.diag(hessian))
    assert lowest == pytest.approx(-0.03, abs=1e-3)
    assert abs(vector @ vectors[:, 0]) > 0.99
    assert n_products <= 60


@pytest.mark.parametrize(
    ("name", "n_states", "make"),
    [("lih", 2, repeated_uccsd), ("oh", 2, lambda p: repeated_uccsd(p, repetitions=2))],
)
def test_averages_over_states(name, n_states, make):
    problem = problem_named(name)
    result = oo_vqe(problem, make, n_states=n_states)
    assert result.status.converged
    reference = casscf(problem, result.orbitals, n_states=n_states)
    assert result.energy == pytest.approx(reference.e_tot, abs=1e-6)
    assert result.state_energies == pytest.approx(reference.e_states, abs=1e-4)
    assert np.mean(result.state_energies) == pytest.approx(result.energy, abs=1e-9)
    vectors = np.array([v.ravel() for v in result.solution.vectors])
    assert np.allclose(vectors @ vectors.T, np.eye(n_states), atol=1e-9)


@pytest.mark.parametrize("name", ["lih in five", "oh", "o2"])
def test_references_are_orthogonal_spin_eigenfunctions(name):
    problem = without_symmetry(problem_named(name))
    ansatz = uccsd(problem)
    spin = 0.5 * (problem.n_alpha - problem.n_beta)
    programs = []
    for reference in lowest_references(problem, 4):
        program = runtime.compile(FromReference(ansatz=ansatz, reference=reference), problem.hamiltonian)
        zeros = np.zeros(ansatz.n_params)
        assert program.expval(zeros) == pytest.approx(reference.energy, abs=1e-9)
        numbers = expected_quantum_numbers(program, zeros)
        assert numbers.spin_squared == pytest.approx(spin * (spin + 1), abs=1e-9)
        assert all(abs(program.overlap(zeros, other, zeros)) < 1e-12 for other in programs)
        programs.append(program)
    energies = [reference.energy for reference in lowest_references(problem, 4)]
    assert energies == sorted(energies)


@pytest.mark.parametrize(
    ("geometry", "options"),
    [("He 0 0 0", {}), ("H 0 0 0", {"spin": 1}), ("Ne 0 0 0", {}), ("H 0 0 0; H 0 0 1", {"spin": 2})],
)
def test_nothing_to_correlate(geometry, options):
    problem = Molecule(geometry, **options).problem()
    result = oo_vqe(problem)
    assert result.energy == pytest.approx(problem.mean_field.energy, abs=1e-8)
    assert result.status.converged
    assert result.stable


def test_orbitals_alone():
    helium = Molecule("H 0 0 0", spin=1, basis="6-31g").problem()
    assert oo_vqe(helium).energy == pytest.approx(helium.mean_field.energy, abs=1e-8)
    hydride = Molecule("Li 0 0 0; H 0 0 1.6").problem(active_space=(2, 1))
    result = oo_vqe(hydride)
    assert len(result.parameters) == 0
    assert result.energy == pytest.approx(hydride.mean_field.energy, abs=1e-8)


def test_limits_are_kept():
    problem = problem_named("stretched n2")
    told = []
    result = oo_vqe(problem, max_evaluations=100, callback=lambda number, energy: told.append((number, energy)))
    assert result.status is Status.EVALUATION_LIMIT
    assert result.stable is None
    assert [number for number, _ in told] == sorted({number for number, _ in told})
    assert told[-1][0] == result.n_evaluations == 100
    assert tuple(energy for _, energy in told) == pytest.approx(result.trace, abs=1e-12)
    assert oo_vqe(problem, time_limit=1e-3).status is Status.TIME_LIMIT


def test_a_run_continues_from_parameters():
    result = result_named("lih")
    continued = oo_vqe(result.problem, initial_params=result.parameters)
    assert len(continued.trace) < len(result.trace)
    assert continued.energy == pytest.approx(result.energy, abs=1e-9)


def mixing(problem):
    from types import SimpleNamespace

    import pennylane as qml

    def apply(params):
        for wire in range(problem.n_wires):
            qml.RY(params[wire], wires=wire)

    class Rotations(SimpleNamespace):
        def __call__(self, params):
            apply(params)

    return Rotations(name="rotations", n_params=problem.n_wires, initial_params=np.full(problem.n_wires, 0.3))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((), {"n_states": 0}, "between 1 and 3 references"),
        ((), {"n_states": 9}, "between 1 and 3 references"),
        ((), {"n_states": "two"}, "whole number of states, but 'two' was given"),
        ((), {"initial_params": np.zeros(77)}, r"but the start has shape \(77,\)"),
        ((), {"surroundings": "water"}, "a Solvent or an ElectricField, or several, but 'water' was given"),
        ((), {"max_evaluations": 0}, "must be positive"),
        (("uccsd",), {}, "made by a function such as uccsd, but 'uccsd' was given"),
        ((mixing,), {}, "conserves the electrons of each spin"),
        ((mixing,), {"n_states": 2}, "rotations begins with RY"),
    ],
)
def test_bad_input(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        oo_vqe(problem_named("lih"), *arguments, **options)


def test_a_molecule_is_told_to_give_its_problem():
    with pytest.raises(ValueError, match=r"oo_vqe takes an electronic problem, but a Molecule .* molecule\.problem"):
        oo_vqe(Molecule("H 0 0 0; H 0 0 0.74"))


def test_bare_integrals_have_no_orbitals():
    bare = ElectronicProblem(
        constant=0.0, one_body=np.eye(2), two_body=np.zeros((2,) * 4), n_alpha=1, n_beta=1,
        orbital_energies=np.ones(2), irreps=np.zeros(2, dtype=int),
    )  # fmt: skip
    with pytest.raises(ValueError, match="this one is bare integrals"):
        oo_vqe(bare)


def test_both_spins_share_orbitals():
    unrestricted = Molecule("O 0 0 0; H 0 0 0.97", spin=1).problem(reference="unrestricted")
    with pytest.raises(ValueError, match="start from a restricted reference"):
        oo_vqe(unrestricted)


@pytest.mark.slow
def test_a_quartet_is_found_where_a_sextet_lies_lower():
    problem = Molecule("Fe 0 0 0; H 0 0 1.57", basis="lanl2dz", spin=3).problem(active_space=(9, 7))
    iron = oo_vqe(problem)
    assert iron.status.converged
    assert iron.keeps_spin
    assert iron.energy == pytest.approx(casscf(problem, iron.orbitals).e_tot, abs=1e-6)
    assert iron.energy == pytest.approx(-123.1324683, abs=1e-6)  # the sextet: -123.152871


class FromDeterminant:
    """A circuit without parameters."""

    name, n_params, initial_params = "one determinant", 0, np.zeros(0)

    def __init__(self, occupation):
        self.occupation = occupation

    def __call__(self, params):
        import pennylane as qml

        qml.BasisState(np.array(self.occupation), wires=range(len(self.occupation)))


def test_a_state_of_another_spin_is_told():
    problem = Molecule("H 0 0 0; H 0 0 2.0").problem()
    mixed = oo_vqe(problem, FromDeterminant([1, 0, 0, 1]))  # half a singlet and half a triplet
    assert mixed.spin_squared == pytest.approx(1.0, abs=0.1)
    assert not mixed.keeps_spin
    assert oo_vqe(problem, FromDeterminant([1, 1, 0, 0])).keeps_spin


@pytest.mark.parametrize("n_states", [1, 2])
def test_a_penalty_on_the_spin(n_states):
    problem = without_symmetry(problem_named("oh"))
    circuit = uccsd(problem)
    free = circuit_states(problem, circuit, n_states)
    bound = replace(free, spin_penalty=0.25)
    mol, space = problem.mean_field.scf.mol, orbital_space(problem)
    params, direction = np.random.default_rng(2).normal(scale=0.5, size=(2, free.n_params))
    ones = []
    for states in (free, bound):
        energy = OrbitalEnergy(mol, space, states)
        ones.append((energy.at(Place(params, space)), energy.solution(Place(params, space)).energy))
    (without, same), (penalized, same_again) = ones
    spins = [spin_square0(v.coefficients, 4, (v.n_alpha, v.n_beta))[0] for v in free.vectors(params)]
    assert penalized.energy - without.energy == pytest.approx(0.25 * (np.mean(spins) - 0.75), abs=1e-9)
    assert np.mean(spins) > 0.76
    assert same == pytest.approx(same_again, abs=1e-10)

    def value(x):
        return OrbitalEnergy(mol, space, bound).at(Place(x, space)).energy

    h = 1e-4
    slope = (value(params + h * direction) - value(params - h * direction)) / (2 * h)
    assert penalized.gradient[: free.n_params] @ direction == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize(("spin", "s_squared"), [(0, 0.0), (2, 2.0)])
def test_the_spin_of_the_result_is_that_of_its_vectors(spin, s_squared):
    problem = Molecule("C 0 0 0; H 0 1 0.3; H 0 -1 0.3", basis="6-31g", spin=spin).problem(active_space=(4, 4))
    result = oo_vqe(problem)
    own = spin_square0(np.asarray(result.solution.vectors[0]), 4, (problem.n_alpha, problem.n_beta))[0]
    assert result.spin_squared == pytest.approx(own, abs=1e-8)
    assert result.spin_squared == pytest.approx(s_squared, abs=1e-3)
    assert result.keeps_spin
