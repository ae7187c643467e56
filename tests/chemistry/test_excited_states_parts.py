"""What the excited-state methods are made of, against dense matrices and PySCF."""

from itertools import combinations
from math import comb

import numpy as np
import pennylane as qml
import pytest

import runtime
from chemistry import Molecule, uccsd
from chemistry.excited_states.configurations import StartedFrom, configurations
from chemistry.excited_states.determinant_vector import DeterminantVector
from chemistry.excited_states.equation_of_motion import Images, solve, solve_projected
from chemistry.excited_states.excitation_operators import ExcitationOperator, excitation_operators
from chemistry.excited_states.generalised_circuit import circuit_for, determinants_by_irrep, generalised_circuit
from chemistry.excited_states.penalties import KnownState, PenalisedHamiltonian, spin_deviation
from chemistry.excited_states.ranking import ranked_configurations
from chemistry.excited_states.subspace_search import diagonalised
from chemistry.sector_size import sector_dimension

MOLECULES = {
    "H4": ("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0.3 2.7", {}),
    "LiH": ("Li 0 0 0; H 0 0 1.6", {}),
    "OH": ("O 0 0 0; H 0 0 0.97", {"spin": 1}),
    "O2": ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
    "H2-": ("H 0 0 0; H 0 0 0.9", {"charge": -1, "spin": 1}),
}


def problem_of(name):
    geometry, options = MOLECULES[name]
    return Molecule(geometry, **options).problem()


def some_point(ansatz, seed=3):
    return 0.3 * np.random.default_rng(seed).normal(size=ansatz.n_params)


@pytest.mark.parametrize("name", MOLECULES)
def test_configurations_are_orthogonal_and_of_pure_spin(name):
    problem = problem_of(name)
    everything = configurations(problem)
    low = sorted(everything.members, key=lambda one: one.energy)[:25]
    vectors = []
    for configuration in low:
        program = runtime.compile(lambda _, c=configuration: c.prepare(), problem.hamiltonian, n_params=0)
        assert program.expval([]) == pytest.approx(configuration.energy, abs=1e-9)
        vector = DeterminantVector.of_program(program, [])
        numbers = vector.quantum_numbers()
        assert numbers.n_electrons == pytest.approx(problem.n_electrons)
        assert numbers.spin_projection == pytest.approx(0.5 * (problem.n_alpha - problem.n_beta))
        assert vector.irrep(problem.irreps) == configuration.irrep
        if configuration.multiplicity is not None:
            assert numbers.multiplicity == pytest.approx(configuration.multiplicity, abs=1e-9)
        else:
            assert abs(numbers.multiplicity - round(numbers.multiplicity)) > 0.1
        vectors.append(vector)
    gram = np.array([[left.dot(right) for right in vectors] for left in vectors])
    np.testing.assert_allclose(gram, np.eye(len(vectors)), atol=1e-10)
    assert any(len(c.pairs) == 2 for c in everything.members) == (name in ("H4", "LiH"))


def test_the_interaction_of_all_configurations_of_two_electrons_is_full_ci():
    from pyscf import fci

    problem = Molecule("Li 0 0 0; H 0 0 1.6", basis="6-31g").problem(frozen_core=True)
    energies, _ = fci.direct_spin1.kernel(
        problem.one_body, problem.two_body, problem.n_orbitals, (1, 1), nroots=6, ecore=problem.constant
    )
    ranked = ranked_configurations(problem)
    assert [one.state_energy for one in ranked[:6]] == pytest.approx(energies.tolist(), abs=1e-7)
    assert len({one.configuration for one in ranked}) == len(ranked)
    singlets = ranked_configurations(problem, 1)
    assert {one.configuration.multiplicity for one in singlets} == {1}


def test_an_ansatz_started_from_the_reference_is_itself():
    problem = problem_of("LiH")
    ansatz = uccsd(problem)
    reference = min(configurations(problem).members, key=lambda one: one.energy)
    started = StartedFrom(ansatz=ansatz, configuration=reference)
    params = some_point(ansatz)
    values = [runtime.compile(one, problem.hamiltonian).value_and_grad(params) for one in (ansatz, started)]
    assert values[0][0] == pytest.approx(values[1][0], abs=1e-12)
    np.testing.assert_allclose(values[0][1], values[1][1], atol=1e-12)
    assert (started.name, started.n_params) == (ansatz.name, ansatz.n_params)


@pytest.mark.parametrize("name", MOLECULES)
def test_vectors_over_all_determinants_have_the_programs_energy(name):
    problem = problem_of(name)
    circuit = generalised_circuit(problem)
    program = runtime.compile(circuit, problem.hamiltonian)
    params = some_point(circuit)
    vector = DeterminantVector.of_program(program, params)
    image = vector.times_hamiltonian(problem)
    assert vector.norm == pytest.approx(1.0)
    assert vector.dot(image) == pytest.approx(program.expval(params), abs=1e-9)
    assert image.norm**2 - vector.dot(image) ** 2 == pytest.approx(program.variance(params), abs=1e-7)
    # Circuits conserve the irrep, so the state's is the reference's.
    assert vector.irrep(problem.irreps) == problem.reference_irrep
    densities = vector.density_matrices()
    assert densities.energy(problem) == pytest.approx(program.expval(params), abs=1e-9)


def test_a_mixture_of_irreps_has_none_and_complex_states_are_handled():
    problem = problem_of("LiH")
    low = sorted(configurations(problem).members, key=lambda one: one.energy)
    different = next(c for c in low if c.irrep != low[0].irrep)
    vectors = [
        DeterminantVector.of_program(runtime.compile(lambda _, c=c: c.prepare(), problem.hamiltonian, n_params=0), [])
        for c in (low[0], different)
    ]
    mixed = DeterminantVector.combined(vectors, [np.sqrt(0.5), 1j * np.sqrt(0.5)])
    assert mixed.irrep(problem.irreps) is None
    energy = mixed.dot(mixed.times_hamiltonian(problem))
    assert energy == pytest.approx(0.5 * (low[0].energy + different.energy), abs=1e-10)
    assert mixed.quantum_numbers().n_electrons == pytest.approx(4.0)
    assert vectors[0].dot(mixed) == pytest.approx(np.sqrt(0.5))
    assert mixed.dot(vectors[1]) == pytest.approx(-1j * np.sqrt(0.5))


@pytest.mark.parametrize("name", MOLECULES)
def test_the_default_circuit_keeps_symmetry_and_has_parameters_enough(name):
    problem = problem_of(name)
    counts = determinants_by_irrep(problem)
    assert counts[problem.reference_irrep] == sector_dimension(problem)
    circuit = circuit_for(problem, {problem.reference_irrep: 1})
    program = runtime.compile(circuit, problem.hamiltonian)
    assert program.sector.dimension <= sector_dimension(problem)
    assert circuit.n_params >= 1.5 * (program.sector.dimension - 1)
    twice = generalised_circuit(problem, repetitions=2)
    assert twice.n_params == 2 * generalised_circuit(problem).n_params
    with pytest.raises(ValueError, match="at least 1, but 0 was given"):
        generalised_circuit(problem, repetitions=0)


def dense_s_squared(n_orbitals):
    creators = [
        qml.matrix(qml.jordan_wigner(qml.fermi.from_string(f"{w}+")), wire_order=range(2 * n_orbitals)).real
        for w in range(2 * n_orbitals)
    ]
    raising = sum(creators[2 * p] @ creators[2 * p + 1].T for p in range(n_orbitals))
    z = sum(0.5 * (-1) ** w * creators[w] @ creators[w].T for w in range(2 * n_orbitals))
    return raising.T @ raising + z @ z + z


@pytest.mark.parametrize("multiplicity", [1, 3, 5])
def test_the_spin_penalty_is_exact_also_on_a_sector_that_spin_leaves(multiplicity):
    def circuit(params):
        qml.BasisState(np.array([1, 0, 0, 1, 1, 0, 0, 0]), wires=range(8))
        qml.FermionicSingleExcitation(params[0], wires=[3, 4, 5])
        qml.FermionicDoubleExcitation(params[1], wires1=[0, 1, 2, 3], wires2=[5, 6])

    program = runtime.compile(circuit, qml.Z(7), n_params=2)
    params = [0.7, 1.1]
    bits = program.sector.bitstrings().astype(int)
    places = bits @ (1 << np.arange(7, -1, -1))
    state = np.zeros(256)
    state[places] = program.state(params)
    deviation = dense_s_squared(4) - 0.25 * (multiplicity**2 - 1) * np.eye(256)
    expected = (deviation @ deviation)[np.ix_(places, places)]
    found = spin_deviation(program.sector, multiplicity).toarray()
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert program.sector.dimension < 16  # not closed under S^2


def test_penalties_have_exact_gradients():
    problem = problem_of("H4")
    circuit = generalised_circuit(problem)
    low = sorted(configurations(problem).members, key=lambda one: one.energy)
    known = []
    for seed, start in enumerate(low[:2]):
        program = runtime.compile(StartedFrom(ansatz=circuit, configuration=start), problem.hamiltonian)
        known.append(KnownState(program.sector, program.state(some_point(circuit, seed)), penalty=0.7 + seed))
    observable = PenalisedHamiltonian(problem, known, multiplicity=3, spin_penalty=0.4)
    started = StartedFrom(ansatz=circuit, configuration=low[1])
    program = runtime.compile(started, observable)
    params = some_point(circuit, 9)
    value, gradient = program.value_and_grad(params)
    # Term by term, in the space of all determinants.
    plain = runtime.compile(started, problem.hamiltonian)
    vector = DeterminantVector.of_program(plain, params)
    others = [
        DeterminantVector.of_program(
            runtime.compile(StartedFrom(ansatz=circuit, configuration=start), problem.hamiltonian),
            some_point(circuit, seed),
        )
        for seed, start in enumerate(low[:2])
    ]
    overlaps = sum(state.penalty * abs(other.dot(vector)) ** 2 for state, other in zip(known, others, strict=True))
    spin = plain.state(params) @ (spin_deviation(plain.sector, 3) @ plain.state(params))
    assert value == pytest.approx(plain.expval(params) + overlaps + 0.4 * spin, abs=1e-10)
    assert overlaps > 1e-4
    assert spin > 1e-3
    direction = np.random.default_rng(0).normal(size=circuit.n_params)
    step = 1e-5
    slope = (program.expval(params + step * direction) - program.expval(params - step * direction)) / (2 * step)
    assert gradient @ direction == pytest.approx(slope, rel=1e-6)


def test_uncoupled_states_of_the_same_energy_are_not_mixed():
    problem = Molecule("N 0 0 0; N 0 0 1.1").problem(active_space=(4, 4))
    vectors = []
    for one in ranked_configurations(problem)[:8]:
        program = runtime.compile(lambda _, c=one.configuration: c.prepare(), problem.hamiltonian, n_params=0)
        vectors.append(DeterminantVector.of_program(program, []))
    states = diagonalised(problem, vectors)
    energies = np.array([energy for energy, _ in states])
    assert (np.abs(energies[:, None] - energies[None, :]) + np.eye(8)).min() < 1e-8
    for energy, vector in states:
        assert vector.irrep(problem.irreps) is not None
        assert vector.norm == pytest.approx(1.0)
        assert vector.dot(vector.times_hamiltonian(problem)) == pytest.approx(energy, abs=1e-9)


def dense_hops(operator, n_orbitals):
    """The operator as a matrix over all Fock space."""
    wires = range(2 * n_orbitals)
    result = np.eye(2 ** (2 * n_orbitals))
    for spin, hops in enumerate((operator.up, operator.down)):
        for source, target in hops:
            word = qml.fermi.from_string(f"{2 * target + spin}+ {2 * source + spin}-")
            result = qml.matrix(qml.jordan_wigner(word), wire_order=wires).real @ result
    return result


@pytest.fixture
def hydrogen_triangle():
    """H3+ without symmetry: 2 electrons in 3 orbitals, and a random state of them, dense and by determinants."""
    problem = Molecule("H 0 0 0; H 0 0 0.9; H 0.2 0.9 0.4", charge=1).problem()
    circuit = generalised_circuit(problem)
    program = runtime.compile(circuit, problem.hamiltonian)
    params = 3 * some_point(circuit)
    dense = np.zeros(64)
    dense[program.sector.bitstrings().astype(int) @ (1 << np.arange(5, -1, -1))] = program.state(params)
    hamiltonian = qml.matrix(problem.hamiltonian, wire_order=range(6)).real
    return problem, DeterminantVector.of_program(program, params), dense, hamiltonian


def test_hops_and_the_equation_of_motion_equal_dense_commutators(hydrogen_triangle):
    problem, state, dense, hamiltonian = hydrogen_triangle
    operators = excitation_operators(problem, 2)
    assert len(operators) == 2 * 2 + 4
    matrices = [dense_hops(operator, 3) for operator in operators]
    image = state.times_hamiltonian(problem)
    applied = {
        name: [_applied(op.adjoint() if back else op, vector) for op in operators]
        for name, vector, back in (
            ("raised", state, False), ("lowered", state, True),
            ("raised_energy", image, False), ("lowered_energy", image, True),
        )
    }  # fmt: skip
    applied["energy_raised"] = [v.times_hamiltonian(problem) for v in applied["raised"]]
    applied["energy_lowered"] = [v.times_hamiltonian(problem) for v in applied["lowered"]]
    columns = {
        name: np.stack([next(iter(v.parts.values())).ravel() for v in vectors], axis=1)
        for name, vectors in applied.items()
    }
    images = Images(**columns).with_adjoints()
    every = [*matrices, *(m.T for m in matrices)]

    def commutator(a, b):
        return a @ b - b @ a

    def double_commutator(a, b):
        return 0.5 * (commutator(commutator(a, hamiltonian), b) + commutator(a, commutator(hamiltonian, b)))

    curvature = np.array([[dense @ double_commutator(r.T, s) @ dense for s in every] for r in every])
    metric = np.array([[dense @ commutator(r.T, s) @ dense for s in every] for r in every])
    np.testing.assert_allclose(images.curvature(), curvature, atol=1e-10)
    np.testing.assert_allclose(images.metric(), metric, atol=1e-10)
    assert np.abs(metric).max() > 0.1


def _applied(operator, vector):
    ((electrons, part),) = vector.parts.items()
    return DeterminantVector(vector.n_orbitals, {electrons: operator.apply(part, vector.n_orbitals, electrons)})


@pytest.mark.parametrize(("n_orbitals", "electrons"), [(3, (1, 1)), (4, (2, 1)), (4, (3, 2))])
def test_hops_equal_pyscfs_strings(n_orbitals, electrons):
    from pyscf.fci import addons

    rng = np.random.default_rng(5)
    part = rng.normal(size=tuple(comb(n_orbitals, n) for n in electrons))
    for p, q in combinations(range(n_orbitals), 2):
        up = ExcitationOperator(((p, q),), ())
        expected = addons.cre_a(
            addons.des_a(part, n_orbitals, electrons, p), n_orbitals, (electrons[0] - 1, electrons[1]), q
        )
        np.testing.assert_allclose(up.apply(part, n_orbitals, electrons), expected, atol=1e-12)
        down = ExcitationOperator((), ((q, p),))
        expected = addons.cre_b(
            addons.des_b(part, n_orbitals, electrons, q), n_orbitals, (electrons[0], electrons[1] - 1), p
        )
        np.testing.assert_allclose(down.apply(part, n_orbitals, electrons), expected, atol=1e-12)
    both = ExcitationOperator(((0, 2),), ((1, 0),))
    other = rng.normal(size=part.shape)
    left = np.sum(other * both.apply(part, n_orbitals, electrons))
    right = np.sum(both.adjoint().apply(other, n_orbitals, electrons) * part)
    assert left == pytest.approx(right)


def test_redundant_operators_change_nothing(hydrogen_triangle):
    problem, state, _, _ = hydrogen_triangle
    rng = np.random.default_rng(2)
    vectors = [rng.normal(size=9) for _ in range(3)]
    vectors.append(vectors[0] - 2 * vectors[1])
    raised = np.stack(vectors, axis=1)
    image = np.stack(
        [
            next(
                iter(DeterminantVector(3, {(1, 1): v.reshape(3, 3)}).times_hamiltonian(problem).parts.values())
            ).ravel()
            for v in vectors
        ],
        axis=1,
    )
    with_it, without = (solve_projected(raised[:, :k], image[:, :k], -2.0) for k in (4, 3))
    np.testing.assert_allclose(with_it.energies, without.energies, atol=1e-9)
    nothing = np.zeros((9, 2))
    empty = solve(Images(**dict.fromkeys(Images.__dataclass_fields__, nothing)))
    assert empty.energies.size == 0
    assert empty.stable
    assert state.n_orbitals == 3
