from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimization import BinaryProblem, Group


def random_problem(seed: int, n_variables: int = 6, **settings: Any) -> BinaryProblem:
    rng = np.random.default_rng(seed)
    return BinaryProblem.from_matrix(rng.normal(size=(n_variables, n_variables)), offset=rng.normal(), **settings)


def grouped(seed: int, sense: Any = "minimize") -> BinaryProblem:
    return random_problem(seed, groups=(Group((0, 3, 4), 2, "left"), Group((1, 5), 1)), sense=sense, unit="yen")


@given(st.integers(0, 1000), st.sampled_from(["minimize", "maximize"]))
def test_objective_is_the_quadratic_form(seed: int, sense: Any) -> None:
    rng = np.random.default_rng(seed)
    matrix, linear = rng.normal(size=(2, 5, 5)), rng.normal(size=5)
    problem = BinaryProblem.from_matrix(matrix[0], linear=linear, offset=2.5, sense=sense)
    x = rng.integers(0, 2, size=(3, 4, 5))
    expected = 2.5 + x @ linear + np.einsum("abi,ij,abj->ab", x, matrix[0], x)
    np.testing.assert_allclose(problem.objective(x), expected, atol=1e-12)
    np.testing.assert_allclose(problem.cost(x), expected if sense == "minimize" else -expected, atol=1e-12)


@given(st.integers(0, 1000), st.sampled_from(["minimize", "maximize"]))
def test_ising_form_is_the_cost(seed: int, sense: Any) -> None:
    problem = grouped(seed, sense)
    x = problem.feasible.bitstrings()
    z = 1.0 - 2.0 * x
    ising = problem.ising()
    energies = ising.offset + z @ ising.fields + np.einsum("mi,ij,mj->m", z, ising.couplings, z)
    np.testing.assert_allclose(energies, problem.cost(x), atol=1e-12)


def test_observable_is_the_cost_on_the_diagonal() -> None:
    import pennylane as qml

    problem = random_problem(3, n_variables=4, sense="maximize")
    diagonal = np.diag(qml.matrix(problem.observable(), wire_order=range(4)))
    bits = np.array([[int(bit) for bit in f"{value:04b}"] for value in range(16)])
    np.testing.assert_allclose(diagonal.real, problem.cost(bits), atol=1e-12)


@given(st.integers(0, 1000))
def test_uniform_mean_is_the_mean(seed: int) -> None:
    problem = grouped(seed)
    assert problem.uniform_mean == pytest.approx(problem.objective(problem.feasible.bitstrings()).mean(), abs=1e-12)


def test_gap_of_the_best_is_zero_and_of_the_mean_one() -> None:
    problem = grouped(0, "maximize")
    values = problem.objective(problem.feasible.bitstrings())
    np.testing.assert_allclose(problem.gap(values, values.max()).mean(), 1.0)
    assert problem.gap(values, values.max()).min() == 0.0


def test_gap_of_a_constant_is_zero() -> None:
    problem = BinaryProblem(linear=np.zeros(3), quadratic=np.zeros((3, 3)), offset=7.0)
    assert problem.gap(7.0, 7.0) == 0.0


@given(st.integers(0, 1000), st.sampled_from(["minimize", "maximize"]))
def test_json_round_trip_keeps_every_number(seed: int, sense: Any) -> None:
    problem = grouped(seed, sense)
    restored = BinaryProblem.from_json(problem.to_json())
    np.testing.assert_array_equal(restored.linear, problem.linear)
    np.testing.assert_array_equal(restored.quadratic, problem.quadratic)
    for attribute in ("offset", "sense", "groups", "names", "unit"):
        assert getattr(restored, attribute) == getattr(problem, attribute)


def test_inputs_are_not_mutated_and_fields_cannot_be() -> None:
    linear = np.ones(2)
    problem = BinaryProblem(linear=linear, quadratic=np.zeros((2, 2)))
    linear[0] = 5.0
    assert problem.linear[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        problem.linear[0] = 5.0


def test_feasibility_and_names() -> None:
    problem = random_problem(0, 3, groups=(Group((0, 1), 1),), names=("a", "b", "c"))
    assert problem.is_feasible(np.array([[1, 0, 1], [1, 1, 0], [0, 0, 0]])).tolist() == [True, False, False]
    assert problem.chosen(np.array([1, 0, 1])) == ("a", "c")


GOOD: dict[str, Any] = {"linear": np.ones(3), "quadratic": np.zeros((3, 3))}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"linear": np.ones((3, 1))},
            r"linear needs one coefficient per variable, shape \(n,\), but has shape \(3, 1\)",
        ),
        ({"linear": np.ones(0)}, "linear needs one coefficient per variable"),
        ({"quadratic": np.zeros((2, 2))}, r"quadratic needs shape \(3, 3\) for 3 variables, but has shape \(2, 2\)"),
        ({"quadratic": np.eye(3)}, "zeros on and below its diagonal; use BinaryProblem.from_matrix"),
        ({"linear": np.array([1, np.nan, 1])}, "linear needs finite numbers"),
        ({"quadratic": np.triu(np.full((3, 3), np.inf), 1)}, "quadratic needs finite numbers"),
        ({"offset": np.nan}, "offset needs finite numbers"),
        ({"sense": "maximise"}, "sense must be 'minimize' or 'maximize', but is 'maximise': write 'maximize'"),
        ({"names": ("a", "b")}, "names needs 3 distinct names, but 2 were given"),
        ({"names": ("a", "b", "a")}, "names needs 3 distinct names, but 3 were given, 2 distinct"),
        ({"groups": (Group((0, 3), 1),)}, "variables 0 to 2, but one names variable 3"),
    ],
)
def test_bad_problem(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BinaryProblem(**{**GOOD, **change})


@pytest.mark.parametrize(
    ("bits", "message"),
    [
        (np.zeros((2, 4)), r"need shape \(..., 3\), but have shape \(2, 4\)"),
        (np.array([0, 1, 2]), "hold zeros and ones, but go from 0 to 2"),
        (np.array([0, -1, 1]), "hold zeros and ones, but go from -1 to 1"),
    ],
)
def test_bad_bitstrings(bits: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        BinaryProblem(**GOOD).objective(bits)


def test_matrix_must_be_square() -> None:
    with pytest.raises(ValueError, match=r"matrix must be square, but has shape \(2, 3\)"):
        BinaryProblem.from_matrix(np.zeros((2, 3)))
