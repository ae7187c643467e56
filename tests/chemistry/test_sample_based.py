"""Sample-based diagonalisation against full CI, chance and selected CI."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry import ElectronicProblem, Molecule, full_ci, uccsd, vqe
from chemistry.problem import electronic_problem
from chemistry.sample_based import recovered_bits, sample_based_diagonalization
from chemistry.sample_based.bit_strings import bits_of, strings_of
from chemistry.sample_based.controls import _random_strings


@cache
def nitrogen():
    """STO-6G, 1.0 angstrom, six electrons in six orbitals, with its trained circuit and its exact energy."""
    molecule = Molecule("N 0 0 0; N 0 0 1.0", basis="sto-6g")
    problem = electronic_problem(molecule.mean_field, molecule.active_space(active_space=(6, 6)))
    return problem, vqe(problem, uccsd(problem), n_starts=1), full_ci(problem).energy


def flipped(bits, rate, seed):
    return bits ^ (np.random.default_rng(seed).random(bits.shape) < rate)


def all_determinants(problem):
    from pyscf.fci import cistring

    alpha, beta = (
        bits_of(np.asarray(cistring.make_strings(range(problem.n_orbitals), n)), problem.n_orbitals)
        for n in (problem.n_alpha, problem.n_beta)
    )
    bits = np.zeros((len(alpha), len(beta), problem.n_wires), dtype=np.uint8)
    bits[..., 0::2], bits[..., 1::2] = alpha[:, None], beta[None, :]
    return bits.reshape(-1, problem.n_wires)


@pytest.mark.parametrize("name", ["h2", "h4", "lih", "oh", "o2", "h2o"])
def test_all_determinants_give_the_exact_energy(problem, name):
    result = sample_based_diagonalization(problem(name), all_determinants(problem(name)))
    exact = full_ci(problem(name))
    assert result.converged
    assert result.energy == pytest.approx(exact.energy, abs=1e-8)
    assert result.best.determinants == exact.detail["determinants"]
    assert result.best.s_squared == pytest.approx(exact.detail["s_squared"][0], abs=1e-6)
    # Then chance has all of them as well, and the status says so.
    assert not result.beats_chance
    assert result.status.endswith("the samples add nothing here.")
    np.testing.assert_allclose(result.occupations.sum(axis=1), [problem(name).n_alpha, problem(name).n_beta])


def test_more_shots_come_nearer_from_above():
    problem, trained, exact = nitrogen()
    assert exact == pytest.approx(-108.566842, abs=1e-6)  # ffsim's guide
    errors = []
    for shots in (30, 300, 3000, 30000):
        result = sample_based_diagonalization(problem, trained.program, trained.parameters, shots=shots)
        assert result.converged
        assert all(row.energy > exact - 1e-8 for row in result.rows)
        assert result.right_shots == result.shots == shots
        # The samples are better than chance, and not better than the Hamiltonian's own selection by much.
        assert result.beats_chance
        assert result.uniform.determinants == result.best.determinants >= result.selected.determinants
        errors.append(result.energy - exact)
    assert errors == sorted(errors, reverse=True)
    assert errors[0] > 1e-2
    assert errors[-1] < 1e-3


def test_an_ansatz_is_sampled_as_its_program_is():
    problem, trained, _ = nitrogen()
    options = {"shots": 200, "seed": 3}
    by_program = sample_based_diagonalization(problem, trained.program, trained.parameters, **options)
    by_ansatz = sample_based_diagonalization(problem, trained.ansatz, trained.parameters, **options)
    measured = trained.program.sample(trained.parameters, shots=200, seed=3)
    by_bits = sample_based_diagonalization(problem, measured, seed=3)
    assert by_program.energy == by_ansatz.energy == by_bits.energy
    assert by_program.uniform.energy == by_bits.uniform.energy
    untrained = sample_based_diagonalization(problem, trained.ansatz, shots=200)
    assert untrained.energy > full_ci(problem).energy


def test_batches_are_subspaces_of_the_whole():
    problem, trained, _ = nitrogen()
    measured = trained.program.sample(trained.parameters, shots=2000, seed=1)
    whole = sample_based_diagonalization(problem, measured)
    parts = sample_based_diagonalization(problem, measured, n_batches=4, batch_size=5)
    assert len([row for row in parts.rows if row.kind == "samples"]) == 4
    assert len([row for row in parts.rows if row.kind == "uniform"]) == 4
    assert parts.energy > whole.energy
    for row in parts.rows:
        if row.kind == "samples":
            assert set(row.alpha_strings.tolist()) <= set(whole.best.alpha_strings.tolist())
            # A closed shell: both spins have the strings of either.
            np.testing.assert_array_equal(row.alpha_strings, row.beta_strings)


def test_open_shells_keep_the_strings_of_each_spin(problem):
    radical = problem("oh")
    result = sample_based_diagonalization(radical, uccsd(radical), shots=500)
    exact = full_ci(radical).energy
    assert result.energy > exact - 1e-8
    assert np.all(np.bitwise_count(result.best.alpha_strings) == 5)
    assert np.all(np.bitwise_count(result.best.beta_strings) == 4)
    assert result.best.s_squared == pytest.approx(0.75, abs=0.05)


def test_recovery_is_better_than_leaving_out_what_is_wrong():
    problem, trained, exact = nitrogen()
    measured = trained.program.sample(trained.parameters, shots=300, seed=5)
    noisy = flipped(measured, 0.05, seed=6)
    mended = sample_based_diagonalization(problem, noisy)
    left_out = sample_based_diagonalization(problem, noisy, recover=False)
    right = mended.right_shots
    assert right == left_out.right_shots
    assert 300 * 0.95**12 * 0.7 < right < 200
    assert exact - 1e-8 < mended.energy < left_out.energy - 1e-3
    assert f"{300 - right} of 300 samples had the wrong number of electrons and were mended." in mended.status
    assert "were left out" in left_out.status
    iterations = {row.iteration for row in mended.rows if row.kind == "samples"}
    assert iterations == set(range(len(iterations)))
    assert len(iterations) > 1


def test_bits_are_mended_towards_the_average_occupation():
    """With a known rate of errors, more strings come back than by flipping at random."""
    problem, trained, _ = nitrogen()
    clean = trained.program.sample(trained.parameters, shots=4000, seed=8)[:, 0::2]
    noisy = flipped(clean, 0.05, seed=9)
    wrong = noisy.sum(axis=1) != problem.n_alpha
    occupations = clean.mean(axis=0)
    informed = recovered_bits(noisy, 3, occupations, np.random.default_rng(1))
    blind = recovered_bits(noisy, 3, np.full(6, 0.5), np.random.default_rng(1))
    restored, by_chance = ((bits[wrong] == clean[wrong]).all(axis=1).mean() for bits in (informed, blind))
    assert restored > 0.8
    assert by_chance < 0.4


@given(st.integers(0, 10**6), st.integers(1, 9), st.floats(0.0, 1.0))
@settings(max_examples=40, deadline=None)
def test_recovery_gives_the_right_number_and_leaves_what_is_right(seed, n_orbitals, rate):
    rng = np.random.default_rng(seed)
    bits = (rng.random((20, n_orbitals)) < rate).astype(np.uint8)
    n_electrons = int(rng.integers(0, n_orbitals + 1))
    occupations = rng.random(n_orbitals)
    mended = recovered_bits(bits, n_electrons, occupations, rng)
    assert np.all(mended.sum(axis=1) == n_electrons)
    right = bits.sum(axis=1) == n_electrons
    np.testing.assert_array_equal(mended[right], bits[right])
    # No more bits than have to be are flipped.
    np.testing.assert_array_equal((mended != bits).sum(axis=1), np.abs(bits.sum(axis=1, dtype=int) - n_electrons))


def test_samples_of_which_none_is_right_begin_from_the_reference(problem):
    hydrogen = problem("h4")
    empty = np.zeros((50, 8), dtype=np.uint8)
    with pytest.raises(ValueError, match="None of the 50 samples has 2 electrons of spin up and 2 of spin down"):
        sample_based_diagonalization(hydrogen, empty, recover=False)
    result = sample_based_diagonalization(hydrogen, empty)
    assert result.right_shots == 0
    assert result.energy <= hydrogen.reference_energy + 1e-9


@pytest.mark.slow
def test_the_seed_repeats_a_result():
    problem, trained, _ = nitrogen()
    noisy = flipped(trained.program.sample(trained.parameters, shots=100, seed=2), 0.05, seed=2)
    first, again, other = (sample_based_diagonalization(problem, noisy, seed=seed) for seed in (1, 1, 2))
    assert [row.energy for row in first.rows] == [row.energy for row in again.rows]
    assert [row.energy for row in first.rows] != [row.energy for row in other.rows]


@given(st.integers(1, 12), st.integers(0, 12), st.integers(1, 40), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_random_strings_are_different_and_hold_the_reference(n_orbitals, n_electrons, count, seed):
    from math import comb

    n_electrons = min(n_electrons, n_orbitals)
    count = min(count, comb(n_orbitals, n_electrons))
    strings = _random_strings(n_orbitals, n_electrons, count, np.random.default_rng(seed))
    assert len(set(strings.tolist())) == len(strings) == count
    assert np.all(np.bitwise_count(strings) == n_electrons)
    assert strings[0] == (1 << n_electrons) - 1
    np.testing.assert_array_equal(strings_of(bits_of(strings, n_orbitals)), strings)


def test_full_shells_and_the_smallest_molecules():
    helium = Molecule("He 0 0 0").problem()
    result = sample_based_diagonalization(helium, np.ones((3, 2)))
    assert result.energy == pytest.approx(helium.reference_energy)
    assert result.uniform.determinants == result.selected.determinants == 1


def test_a_subspace_beyond_memory_is_refused(monkeypatch, problem):
    from runtime import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(ValueError, match=r"The samples span 36 determinants, which need .* smaller batch_size"):
        sample_based_diagonalization(problem("h4"), all_determinants(problem("h4")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shots": 0}, "At least one shot is needed, but shots=0"),
        ({"n_batches": 0}, "batches, iterations and configurations are positive, but n_batches=0"),
        ({"batch_size": -1}, "batch_size=-1"),
        ({"max_iterations": 0}, "max_iterations=0"),
    ],
)
def test_mistaken_numbers(problem, options, message):
    with pytest.raises(ValueError, match=message):
        sample_based_diagonalization(problem("h2"), uccsd(problem("h2")), **options)


@pytest.mark.parametrize(
    ("bits", "message"),
    [
        (np.zeros((5, 3)), r"have shape \(shots, 4\).* got shape \(5, 3\)"),
        (np.zeros((0, 4)), r"got shape \(0, 4\)"),
        (np.full((5, 4), 2), "hold 0 and 1 only"),
        (np.full((5, 4), 0.5), "hold 0 and 1 only"),
        (np.full((5, 4), "1"), "hold 0 and 1 only"),
        (np.array(["0101"]), r"got shape \(1,\)"),
    ],
)
def test_mistaken_bit_strings(problem, bits, message):
    with pytest.raises(ValueError, match=message):
        sample_based_diagonalization(problem("h2"), bits)


def test_other_mistakes(problem):
    program = runtime.compile(uccsd(problem("h2")), problem("h2").hamiltonian)
    with pytest.raises(ValueError, match="A program is measured at given parameters: give params"):
        sample_based_diagonalization(problem("h2"), program)
    large = uccsd(problem("h4"))
    four = runtime.compile(large, problem("h4").hamiltonian)
    with pytest.raises(ValueError, match="The problem has wires 0 to 3, but the circuit is also on 4"):
        sample_based_diagonalization(problem("h2"), four, large.initial_params)
    with pytest.raises(ValueError, match="needs electrons of both spins, but the problem has 1 of spin up and 0"):
        sample_based_diagonalization(Molecule("H 0 0 0", spin=1).problem(), np.array([[1, 0]]))
    with pytest.raises(ValueError, match="Sample-based diagonalisation needs both spins in the same orbitals"):
        sample_based_diagonalization(Molecule("H 0 0 0; H 0 0 1").problem(reference="unrestricted"), np.ones((1, 4)))


def test_bare_integrals_will_do(problem):
    full = problem("h4")
    bare = ElectronicProblem(
        constant=full.constant, one_body=full.one_body, two_body=full.two_body, n_alpha=2, n_beta=2,
        orbital_energies=full.orbital_energies, irreps=np.zeros(4, dtype=int),
    )  # fmt: skip
    result = sample_based_diagonalization(bare, all_determinants(bare))
    assert result.energy == pytest.approx(full_ci(full).energy, abs=1e-8)
