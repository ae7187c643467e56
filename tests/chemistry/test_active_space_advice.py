from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyscf import fci

import runtime
from chemistry import Molecule, reduced_density_matrices, uccsd
from chemistry.active_space import Advised, advise, single_orbital_entropies
from chemistry.active_space.candidate_state import candidate_problem, candidate_state, n_candidates
from chemistry.active_space.entropies import MAX_ENTROPY
from chemistry.active_space.natural_orbitals import natural_orbitals
from chemistry.active_space.plateau import PLATEAU, find_plateau
from chemistry.baselines import full_ci
from chemistry.states.density_matrices import DensityMatrices

BUTADIENE = (
    "C 0.612 0.408 0; C -0.612 -0.408 0; C 1.846 -0.106 0; C -1.846 0.106 0; H 0.505 1.488 0; H -0.505 -1.488 0; "
    "H 1.999 -1.18 0; H -1.999 1.18 0; H 2.728 0.52 0; H -2.728 -0.52 0"
)


@cache
def advice_for(geometry, max_orbitals=8, basis="sto-3g", spin=0):
    return advise(Molecule(geometry, basis=basis, spin=spin), max_orbitals=max_orbitals)


def matrices_of(vector, n_orbitals, electrons):
    one, two = fci.direct_spin1.make_rdm12s(vector, n_orbitals, electrons)
    return DensityMatrices(
        one_alpha=one[0], one_beta=one[1], two_alpha_alpha=two[0], two_alpha_beta=two[1], two_beta_beta=two[2]
    )


@settings(max_examples=20, deadline=None)
@given(
    st.integers(2, 4).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n))),
    st.integers(0, 1000),
)
def test_entropies_are_those_of_the_orbitals_density_matrices(sizes, seed):
    n_orbitals, n_alpha, n_beta = sizes
    strings = [
        [sum(1 << p for p in chosen) for chosen in combinations(range(n_orbitals), n)] for n in (n_alpha, n_beta)
    ]
    strings = [sorted(some) for some in strings]
    vector = np.random.default_rng(seed).normal(size=(len(strings[0]), len(strings[1])))
    vector /= np.linalg.norm(vector)
    # The density matrix of one orbital is diagonal, since numbers of electrons are given: empty, up, down, full.
    weights = np.zeros((n_orbitals, 4))
    for row, up in enumerate(strings[0]):
        for column, down in enumerate(strings[1]):
            for p in range(n_orbitals):
                weights[p, (up >> p & 1) + 2 * (down >> p & 1)] += vector[row, column] ** 2
    expected = -np.sum(np.where(weights > 0, weights * np.log(np.where(weights > 0, weights, 1.0)), 0.0), axis=1)
    found = single_orbital_entropies(matrices_of(vector, n_orbitals, (n_alpha, n_beta)))
    assert np.allclose(found, expected, atol=1e-7)
    assert (found <= MAX_ENTROPY + 1e-12).all()


def test_entropies_of_a_circuit_s_state(problem):
    pair = runtime.compile(uccsd(problem("h2")), problem("h2").hamiltonian)
    assert pair.n_params == 1
    # Half of the pair in the empty orbital: each of the two orbitals is empty or full with equal probability.
    halves = single_orbital_entropies(reduced_density_matrices(pair, [np.pi / 4]))
    assert halves == pytest.approx([np.log(2)] * 2, abs=1e-12)
    determinant = runtime.compile(uccsd(problem("lih")), problem("lih").hamiltonian)
    zero = reduced_density_matrices(determinant, np.zeros(determinant.n_params))
    assert np.allclose(single_orbital_entropies(zero), 0.0, atol=1e-12)


def test_one_orbital_has_no_entropy():
    with pytest.raises(ValueError, match="there is only one orbital"):
        single_orbital_entropies(matrices_of(np.ones((1, 1)), 1, (1, 1)))


@pytest.mark.parametrize(
    ("entropies", "occupations", "budget", "members", "plateau"),
    [
        ([1.0, 1.0, 0.9, 0.9, 0.2, 0.15], "dede" "de", 6, 6, True),  # all: beyond them there is nothing
        ([1.0, 1.0, 0.9, 0.9, 0.05, 0.05], "dede" "de", 6, 4, True),
        ([1.0, 1.0, 0.9, 0.9, 0.5, 0.5], "dede" "de", 5, 4, True),  # the last plateau within the budget
        ([1.0, 0.95, 0.9, 0.88, 0.8, 0.79], "dede" "de", 5, 4, False),  # only steps, the widest follows the fourth
        ([1.0, 1.0, 0.3, 0.3], "ddee", 4, 4, True),  # two of a kind alone have nothing to correlate with
        ([1.0, 1.0, 0.3, 0.2], "ddee", 2, (0, 2), False),  # the budget leaves one of each kind
        ([0.0, 0.0], "de", 2, 2, False),
    ],
)  # fmt: skip
def test_where_the_list_ends(entropies, occupations, budget, members, plateau):
    kinds = np.array([{"d": 2, "s": 1, "e": 0}[kind] for kind in occupations])
    found = find_plateau(np.array(entropies), kinds, max_orbitals=budget)
    assert found.members == (tuple(range(members)) if isinstance(members, int) else members)
    assert found.is_plateau is plateau


def test_what_follows_the_last_orbital_is_unknown_where_others_were_not_looked_at():
    kinds = np.array([2, 0, 2, 0])
    entropies = np.array([1.0, 0.9, 0.4, 0.4])
    assert len(find_plateau(entropies, kinds, max_orbitals=4).members) == 4
    assert len(find_plateau(entropies, kinds, max_orbitals=4, complete=False).members) == 2
    assert find_plateau(entropies, kinds, max_orbitals=3).beyond_budget == 4


@given(
    st.lists(st.tuples(st.floats(0, MAX_ENTROPY), st.sampled_from([0, 1, 2])), min_size=2, max_size=9),
    st.integers(2, 9),
)
def test_a_choice_keeps_its_promises(orbitals, budget):
    entropies = np.array(sorted((entropy for entropy, _ in orbitals), reverse=True))
    kinds = np.array([kind for _, kind in orbitals])
    n_singly = int((kinds == 1).sum())
    if n_singly >= budget or n_singly == len(kinds):
        return
    found = find_plateau(entropies, kinds, max_orbitals=budget)
    chosen = kinds[list(found.members)]
    assert len(chosen) <= budget
    assert (chosen == 1).sum() == n_singly
    if budget - n_singly >= 2:
        assert set(chosen.tolist()) == set(kinds.tolist())
    left_out = np.delete(entropies, list(found.members))[np.delete(kinds, list(found.members)) != 1]
    if found.is_plateau and len(left_out):
        assert (
            entropies[[m for m in found.members if kinds[m] != 1]].min() - left_out.max()
            >= 0.99 * PLATEAU * entropies[0]
        )


@pytest.mark.parametrize(
    ("geometry", "space", "irreps"),
    [
        ("N 0 0 0; N 0 0 1.8", "(6,6)", {"Ag", "B2u", "B3u", "B2g", "B3g", "B1u"}),  # the broken triple bond
        ("F 0 0 0; F 0 0 1.41", "(2,2)", {"Ag", "B1u"}),  # the weak single bond
        (BUTADIENE, "(4,4)", {"Au", "Bg"}),  # the pi orbitals
        ("H 0 0 0; H 0 0 1; H 0 0 2; H 0 0 3", "(4,4)", {"Ag", "B1u"}),  # all of the chain
    ],
)
def test_the_orbitals_that_chemists_would_choose(geometry, space, irreps):
    advice = advice_for(geometry)
    assert str(advice.space) == space
    assert {orbital.irrep for orbital in advice.ranking if orbital.chosen} == irreps
    assert "a plateau" in advice.reason


def test_the_pi_orbitals_are_those_of_avas():
    molecule = Molecule(BUTADIENE)
    advised, named = (molecule.problem(active_space=space) for space in (advice_for(BUTADIENE), "avas:C 2pz"))
    assert advised.irrep_names == named.irrep_names
    # Empty pi orbitals are not all made of 2p, but nearly.
    assert full_ci(advised).energy == pytest.approx(full_ci(named).energy, abs=5e-3)


def test_a_ranking_is_sorted_and_consistent():
    advice = advice_for("N 0 0 0; N 0 0 1.8")
    entropies = [orbital.entropy for orbital in advice.ranking]
    assert [orbital.rank for orbital in advice.ranking] == list(range(1, len(entropies) + 1))
    assert np.all(np.diff(entropies) < 1e-5)
    assert sum(orbital.chosen for orbital in advice.ranking) == advice.space.n_orbitals == advice.qubits // 2
    assert sum(orbital.occupation for orbital in advice.ranking) == pytest.approx(10, abs=1e-6)
    molecule = Molecule("N 0 0 0; N 0 0 1.8")
    problem = molecule.problem(active_space=advice)
    program = runtime.compile(uccsd(problem), problem.hamiltonian)
    assert advice.n_determinants == program.sector.dimension
    # More of the correlation energy than in as many orbitals around the gap is what the ranking is for.
    assert full_ci(problem).energy <= full_ci(molecule.problem(active_space=(6, 6))).energy + 1e-6


@pytest.mark.parametrize(("max_orbitals", "space"), [(2, "(2,2)"), (4, "(4,4)"), (5, "(4,4)")])
def test_the_budget_is_kept(max_orbitals, space):
    advice = advice_for("N 0 0 0; N 0 0 1.8", max_orbitals=max_orbitals)
    assert str(advice.space) == space
    assert "A space of 6 orbitals also ends at a plateau, beyond the budget." in advice.reason


def test_degenerate_orbitals_that_the_budget_divides_are_named():
    methane = "C 0 0 0; H 0.63 0.63 0.63; H -0.63 -0.63 0.63; H -0.63 0.63 -0.63; H 0.63 -0.63 -0.63"
    advice = advice_for(methane, max_orbitals=4)
    assert "Orbitals as entangled as those chosen were left out" in advice.reason
    assert "one determinant already describes the molecule well" in advice.reason


@pytest.mark.parametrize(
    ("geometry", "spin", "n_unpaired"), [("O 0 0 0; H 0 0 0.97", 1, 1), ("O 0 0 0; O 0 0 1.2", 2, 2), ("N 0 0 0", 3, 3)]
)
def test_open_shells(geometry, spin, n_unpaired):
    advice = advice_for(geometry, spin=spin)
    singly = [orbital for orbital in advice.ranking if orbital.kind == "singly occupied"]
    assert len(singly) == n_unpaired
    assert all(orbital.chosen for orbital in singly)
    assert advice.space.n_alpha - advice.space.n_beta == n_unpaired


@pytest.mark.parametrize(
    ("geometry", "options"),
    [
        ("H 0 0 0", {"spin": 1, "basis": "6-31g"}),
        ("H 0 0 0; H 0 0 1", {"spin": 1, "charge": 1}),
        ("Li 0 0 0", {"charge": 1}),
        ("He 0 0 0", {"basis": "6-31g"}),
        ("Na 0 0 0", {"spin": 1}),
        ("O 0 0 0; H 0 0 0.97", {"charge": -1}),
    ],
)
def test_few_electrons(geometry, options):
    molecule = Molecule(geometry, **options)
    problem = molecule.problem(active_space="advised:4")
    assert 0 < problem.n_electrons <= molecule.n_electrons
    assert 2 <= problem.n_orbitals <= 4
    assert problem.reference_energy == pytest.approx(molecule.mean_field.energy, abs=1e-8)


def test_advice_is_a_table_to_print():
    lines = str(advice_for("O 0 0 0; H 0 0 0.97", spin=1)).splitlines()
    advice = advice_for("O 0 0 0; H 0 0 0.97", spin=1)
    table = lines[: len(advice.ranking) + 1]
    assert table[0].split() == ["rank", "orbital", "irrep", "energy,", "Ha", "electrons", "entropy", "active"]
    assert max(map(len, table)) <= 79
    assert sum(line.endswith("*") for line in table) == advice.space.n_orbitals
    assert lines[-1] == advice.reason
    assert advice.reason.startswith("(3,3) for HO, 6 qubits and 5 determinants: ")


def test_advice_holds_for_its_molecule_only():
    advice = advice_for("F 0 0 0; F 0 0 1.41")
    Molecule("F 0 0 0; F 0 0 1.41").problem(active_space=advice)
    for other in (Molecule("F 0 0 0; F 0 0 1.5"), Molecule("F 0 0 0; F 0 0 1.41", basis="6-31g")):
        with pytest.raises(ValueError, match=r"found for another geometry .* NaturalOrbitals\(2, 2\)"):
            other.problem(active_space=advice)


def test_the_advisor_by_name_is_the_advisor():
    molecule = Molecule("F 0 0 0; F 0 0 1.41")
    by_name = molecule.problem(active_space="advised:8")
    assert np.allclose(by_name.one_body, molecule.problem(active_space=advice_for("F 0 0 0; F 0 0 1.41")).one_body)
    assert molecule.size(active_space=Advised()).qubits == 4
    with pytest.raises(ValueError, match="at least two orbitals"):
        advise(molecule, max_orbitals=1)


@pytest.mark.parametrize(
    ("geometry", "options"),
    [
        ("N 0 0 0; N 0 0 1.8", {}),
        ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
        ("N 0 0 0; O 0 0 1.15", {"spin": 1}),
    ],
)
def test_the_candidate_state_is_the_lowest_of_its_spin(geometry, options):
    field = Molecule(geometry, **options).mean_field
    natural = natural_orbitals(field, n_core=2)
    problem = candidate_problem(field, natural, *n_candidates(natural, n_core=2))
    exact = full_ci(problem)
    half = options.get("spin", 0) / 2
    right = [
        energy
        for energy, s_squared in zip(exact.detail["energies"], exact.detail["s_squared"], strict=True)
        if abs(s_squared - half * (half + 1)) < 1e-3
    ]
    assert candidate_state(problem).energy(problem) == pytest.approx(min(right), abs=1e-6)
