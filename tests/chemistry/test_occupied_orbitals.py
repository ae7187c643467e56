from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyscf import ao2mo

from chemistry.integrals.bare_integrals import problem_from_integrals
from chemistry.integrals.occupied_orbitals import lowest_determinant, lowest_open_shell


def energy(one_body, two_body, double, single):
    """Of a determinant, by the problem whose first orbitals are its own."""
    rest = [p for p in range(len(one_body)) if p not in (*double, *single)]
    order = [*double, *single, *rest]
    problem = problem_from_integrals(
        0.0,
        one_body[np.ix_(order, order)],
        two_body[np.ix_(order, order, order, order)],
        len(double) + len(single),
        len(double),
    )
    return problem.reference_energy


def random_integrals(seed, n):
    rng = np.random.default_rng(seed)
    one_body = rng.normal(size=(n, n))
    packed = 0.3 * rng.normal(size=n * (n + 1) // 2 * (n * (n + 1) // 2 + 1) // 2)
    return one_body + one_body.T, ao2mo.restore(1, packed, n)


@given(st.integers(0, 10**6), st.sampled_from([(2, 2), (3, 1), (1, 0), (5, 5), (4, 2), (5, 0)]))
def test_no_exchange_lowers_the_energy(seed, electrons):
    one_body, two_body = random_integrals(seed, 5)
    n_alpha, n_beta = electrons
    double, single = lowest_determinant(one_body, two_body, n_alpha, n_beta)
    assert (len(double), len(single)) == (n_beta, n_alpha - n_beta)
    lowest = energy(one_body, two_body, double, single)
    occupation = np.zeros(5, dtype=int)
    occupation[double], occupation[single] = 2, 1
    for p, q in combinations(range(5), 2):
        other = occupation.copy()
        other[[p, q]] = other[[q, p]]
        assert energy(one_body, two_body, np.flatnonzero(other == 2), np.flatnonzero(other == 1)) > lowest - 1e-6


def test_the_first_orbitals_stay_where_nothing_lowers_them(problem):
    for name in ("lih", "o2", "oh"):
        known = problem(name)
        double, single = lowest_determinant(known.one_body, known.two_body, known.n_alpha, known.n_beta)
        assert double.tolist() == list(range(known.n_beta))
        assert single.tolist() == list(range(known.n_beta, known.n_alpha))


@pytest.mark.parametrize("name", ["o2", "n2", "oh", "h2o"])
def test_shuffled_orbitals_are_found_again(problem, name):
    known = problem(name)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(known.n_orbitals)
        one_body = known.one_body[np.ix_(order, order)]
        two_body = known.two_body[np.ix_(order, order, order, order)]
        double, single = lowest_determinant(one_body, two_body, known.n_alpha, known.n_beta)
        found = energy(one_body, two_body, double, single) + known.constant
        assert found == pytest.approx(known.reference_energy, abs=1e-6)


def test_open_shells_of_each_symmetry():
    one_body, two_body = random_integrals(1, 5)
    irreps = np.array([0, 1, 0, 2, 3])
    for irrep in range(4):
        double, single = lowest_open_shell(one_body, two_body, 3, 1, irreps, irrep)
        assert np.bitwise_xor.reduce(irreps[single]) == irrep
        lowest = min(
            energy(one_body, two_body, [doubly], list(pair))
            for doubly in range(5)
            for pair in combinations(sorted(set(range(5)) - {doubly}), 2)
            if np.bitwise_xor.reduce(irreps[list(pair)]) == irrep
        )
        assert energy(one_body, two_body, double, single) == pytest.approx(lowest, abs=1e-9)


def test_closed_shells_have_the_trivial_symmetry():
    one_body, two_body = random_integrals(1, 4)
    irreps = np.array([0, 1, 0, 1])
    assert lowest_open_shell(one_body, two_body, 2, 2, irreps, 1) is None
    assert lowest_open_shell(one_body, two_body, 2, 2, irreps, 0) is not None
