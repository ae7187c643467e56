from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization.feasible_set import FeasibleSet, Group, check_groups, fixed_weight_bitstrings


@st.composite
def feasible_sets(draw: st.DrawFn) -> FeasibleSet:
    n_variables = draw(st.integers(1, 8))
    order = draw(st.permutations(range(n_variables)))
    groups, start = [], 0
    for size in draw(st.lists(st.integers(1, 4), max_size=3)):
        if start + size > n_variables:
            break
        groups.append(Group(tuple(order[start : start + size]), draw(st.integers(0, size))))
        start += size
    return FeasibleSet(n_variables, tuple(groups))


def all_bitstrings(n_variables: int) -> np.ndarray:
    return (np.arange(2**n_variables)[:, None] >> np.arange(n_variables) & 1).astype(np.uint8)


@given(feasible_sets(), st.integers(1, 50))
def test_listing_is_the_feasible_part_of_all_bitstrings(feasible: FeasibleSet, rows: int) -> None:
    everything = all_bitstrings(feasible.n_variables)
    expected = {row.tobytes() for row in everything[feasible.contains(everything)]}
    listed = np.concatenate(list(feasible.blocks(rows)))
    assert len(listed) == feasible.size == len(expected)
    assert {row.tobytes() for row in listed} == expected


@given(feasible_sets())
def test_moments_are_the_averages_of_the_listing(feasible: FeasibleSet) -> None:
    listed = feasible.bitstrings().astype(float)
    first, second = feasible.moments()
    np.testing.assert_allclose(first, listed.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(second, listed.T @ listed / len(listed), atol=1e-12)


@given(feasible_sets(), st.integers(0, 2**32))
def test_samples_are_feasible(feasible: FeasibleSet, seed: int) -> None:
    drawn = feasible.sample(20, np.random.default_rng(seed))
    assert drawn.shape == (20, feasible.n_variables)
    assert feasible.contains(drawn).all()


def test_samples_are_uniform() -> None:
    feasible = FeasibleSet(6, (Group((0, 2, 3, 5), 2),))
    drawn = feasible.sample(48_000, np.random.default_rng(1))
    _, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(counts) == feasible.size == 24
    # chi-squared with 23 degrees of freedom exceeds 50 once in a thousand seeds
    assert np.sum((counts - 2000) ** 2 / 2000) < 50


@pytest.mark.parametrize(("n_bits", "weight"), [(1, 0), (1, 1), (5, 0), (5, 5), (7, 3), (12, 6)])
def test_fixed_weight_bitstrings_ascend(n_bits: int, weight: int) -> None:
    listed = fixed_weight_bitstrings(n_bits, weight)
    values = listed @ (1 << np.arange(n_bits - 1, -1, -1))
    assert listed.shape == (comb(n_bits, weight), n_bits)
    assert np.all(np.diff(values) > 0)
    assert np.all(listed.sum(axis=1) == weight)


def test_sizes_beyond_machine_integers() -> None:
    assert FeasibleSet(225, (Group(tuple(range(225)), 10),)).size == comb(225, 10)


@pytest.mark.parametrize(
    ("variables", "n_chosen", "message"),
    [
        ((), 0, "needs at least one variable"),
        ((1, 1), 1, "needs distinct variables"),
        ((0, 1), 3, "n_chosen must lie between 0 and 2, but is 3"),
        ((0, 1), -1, "n_chosen must lie between 0 and 2, but is -1"),
    ],
)
def test_bad_group(variables: tuple[int, ...], n_chosen: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Group(variables, n_chosen)


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ((Group((0, 1), 1), Group((1, 2), 1)), "disjoint, but variable 1 belongs to two"),
        ((Group((0, 4), 1),), "variables 0 to 3, but one names variable 4"),
    ],
)
def test_bad_groups(groups: tuple[Group, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_groups(groups, 4)
