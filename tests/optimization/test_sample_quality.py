import numpy as np
import pytest

from optimization import BinaryProblem, Group, Samples, distribution_quality, sample_quality
from optimization.sample_quality import LEVELS

PROBLEM = BinaryProblem(
    linear=np.array([4.0, 3.0, 1.0, 0.0]),
    quadratic=np.zeros((4, 4)),
    sense="maximize",
    groups=(Group((0, 1, 2, 3), 1),),
)


def one_hot(*positions: int) -> np.ndarray:
    return np.eye(4, dtype=np.uint8)[list(positions)]


def test_samples_are_counted_evaluated_and_sorted_best_first() -> None:
    infeasible = np.ones((2, 4), dtype=np.uint8)
    samples = Samples.from_shots(np.concatenate([infeasible, one_hot(2, 0, 2, 1, 2)]), PROBLEM)
    np.testing.assert_array_equal(samples.bitstrings[:3], one_hot(0, 1, 2))
    assert samples.counts.tolist() == [1, 1, 3, 2]
    assert samples.objectives.tolist() == [4.0, 3.0, 1.0, 8.0]
    assert samples.feasible.tolist() == [True, True, True, False]
    assert samples.n_shots == 7
    assert samples.feasible_rate == pytest.approx(5 / 7)
    assert samples.best is not None
    assert samples.best[1] == 4.0


def test_no_feasible_sample_is_no_best() -> None:
    samples = Samples.from_shots(np.ones((3, 4), dtype=np.uint8), PROBLEM)
    assert samples.best is None
    quality = sample_quality(samples, PROBLEM, best=4.0)
    assert quality.best_gap == np.inf
    assert np.isnan(quality.expectation)


def test_quality_of_samples_by_hand() -> None:
    samples = Samples.from_shots(one_hot(0, 1, 1, 3), PROBLEM)
    quality = sample_quality(samples, PROBLEM, best=4.0)  # gaps: mean 2 is one, so 0, 1/2, 1/2, 2
    assert quality.success_probability == 0.25
    assert quality.expectation == 2.5
    assert quality.mean_gap == pytest.approx(0.75)
    assert quality.gap_quantiles == (0.0,) * 5 + (0.5, 0.5, 2.0, 2.0)
    assert quality.success_in(2) == pytest.approx(1 - 0.75**2)


def test_uniform_distribution_has_mean_gap_one() -> None:
    everything = PROBLEM.feasible.bitstrings()
    quality = distribution_quality(np.full(4, 0.25), everything, PROBLEM, best=4.0)
    assert quality.mean_gap == pytest.approx(1.0)
    assert quality.success_probability == 0.25
    assert quality.feasible_rate == 1.0


def test_a_perfect_distribution_succeeds_at_once() -> None:
    quality = distribution_quality(np.array([1.0]), one_hot(0), PROBLEM, best=4.0)
    assert quality.success_in(1) == pytest.approx(1.0)
    assert quality.gap_quantiles == (0.0,) * len(LEVELS)


def test_infeasible_outcomes_have_an_infinite_gap() -> None:
    bits = np.concatenate([one_hot(0), np.ones((1, 4), dtype=np.uint8)])
    quality = distribution_quality(np.array([0.5, 0.5]), bits, PROBLEM, best=4.0)
    assert quality.feasible_rate == 0.5
    assert quality.gap_quantiles[-1] == np.inf
    assert quality.success_probability == 0.5


def test_shots_need_two_dimensions() -> None:
    with pytest.raises(ValueError, match=r"shape \(n_shots, n_variables\), but have shape \(4,\)"):
        Samples.from_shots(np.zeros(4), PROBLEM)
