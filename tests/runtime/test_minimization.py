import time
from types import SimpleNamespace

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from runtime import Status
from runtime.minimization import BFGS, LBFGS, SPSA, Adam, NaturalGradient
from runtime.minimization.search import METHODS

GRADIENT_METHODS = ["L-BFGS", "BFGS", "natural gradient", "Adam"]


def rosenbrock(x):
    value = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    gradient = np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])
    return value, gradient


def two_wells(x):
    """sum x^4 - 3 x^2 + x: the wells are at -1.30 (deeper) and 1.13 in each coordinate."""
    return float((x**4 - 3 * x**2 + x).sum()), 4 * x**3 - 6 * x + 1


class LeastSquares:
    """|r(x)|^2 with the metric J'J of the residuals, whose natural gradient step of 1 is that of Gauss and Newton."""

    def __init__(self, residuals, jacobian):
        self.residuals, self.jacobian = residuals, jacobian

    def value_and_grad(self, x):
        r = self.residuals(x)
        return float(r @ r), 2 * self.jacobian(x).T @ r

    def metric(self, x):
        return self.jacobian(x).T @ self.jacobian(x)


def curved_valley():
    """Rosenbrock's function as a sum of squares."""
    return LeastSquares(
        lambda x: np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]]), lambda x: np.array([[-20 * x[0], 10.0], [-1.0, 0.0]])
    )


def quadratic(seed, n_params, condition):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n_params + 2, n_params))
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    matrix = left * np.geomspace(1.0, condition**-0.5, n_params) @ right
    target = rng.normal(size=n_params)
    return LeastSquares(lambda x: matrix @ (x - target), lambda x: matrix), target


def hop(p):
    qml.X(0)
    for w in range(3):
        qml.SingleExcitation(p[w], wires=[w, w + 1])


@pytest.fixture(scope="module")
def program():
    return runtime.compile(hop, qml.Z(3) + 0.5 * qml.Z(1) @ qml.Z(2), n_params=3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 12), st.sampled_from([1.0, 10.0, 100.0]))
@pytest.mark.parametrize("method", GRADIENT_METHODS)
def test_the_minimum_of_a_quadratic_is_found(method, seed, n_params, condition):
    problem, target = quadratic(seed, n_params, condition)
    settings = Adam(learning_rate=0.1) if method == "Adam" else method
    result = runtime.minimize(problem, np.zeros(n_params), method=settings, gradient_tolerance=1e-6)
    assert result.status is Status.CONVERGED
    np.testing.assert_allclose(result.parameters, target, atol=1e-6 * condition)
    assert result.gradient_norm <= 1e-6
    assert result.gradient_norm == np.abs(problem.value_and_grad(result.parameters)[1]).max()


@pytest.mark.parametrize("start", [[-1.2, 1.0], [2.0, -3.0], [0.0, 0.0]])
@pytest.mark.parametrize(
    ("method", "most", "tolerance"),
    [
        ("L-BFGS", 80, 1e-8),
        ("BFGS", 80, 1e-8),
        ("natural gradient", 80, 1e-8),
        (Adam(learning_rate=0.05), 10000, 1e-5),
    ],
)
def test_a_curved_valley_is_followed_to_its_end(method, most, tolerance, start):
    result = runtime.minimize(curved_valley(), start, method=method, gradient_tolerance=tolerance, max_evaluations=most)
    assert result.status is Status.CONVERGED
    assert result.status.converged
    np.testing.assert_allclose(result.parameters, [1.0, 1.0], atol=100 * tolerance)
    assert result.gradient_norm <= tolerance
    assert len(result.trace) == result.n_evaluations >= result.n_iterations
    assert result.value == result.trace[-1]
    assert result.starts == ()


@pytest.mark.parametrize("method", GRADIENT_METHODS)
def test_programs_are_minimized(program, method):
    z = 1 - 2 * np.eye(4)  # of one particle at each of the four wires
    lowest = (z[:, 3] + 0.5 * z[:, 1] * z[:, 2]).min()
    result = runtime.minimize(program, [0.4, 0.5, 0.6], method=method)
    assert result.status.converged
    assert result.value == pytest.approx(lowest, abs=1e-8)


@pytest.mark.parametrize("method", [LBFGS, BFGS])
def test_known_curvatures_save_evaluations(method):
    """A quadratic with the curvatures 1 to 1,000: where all are known, the first step is Newton's."""
    curvatures = np.geomspace(1.0, 1000.0, 20)

    def function(x):
        return float(curvatures @ x**2) / 2, curvatures * x

    start = np.full(20, 0.1)
    plain = runtime.minimize(function, start, method=method())
    rough = runtime.minimize(function, start, method=method(curvatures=3 * np.round(curvatures**0.9, 1)))
    exact = runtime.minimize(function, start, method=method(curvatures=curvatures))
    assert exact.n_evaluations == 2
    assert rough.n_evaluations < plain.n_evaluations / 2
    for result in (plain, rough, exact):
        np.testing.assert_allclose(result.parameters, 0.0, atol=2e-5)


def test_the_natural_gradient_of_a_linear_least_squares_problem_is_newtons_step():
    """The half in -g^-1 grad / 2: imaginary time 1 ends where the metric is half the Hessian."""
    problem, target = quadratic(5, 6, 100.0)
    result = runtime.minimize(problem, np.zeros(6), method=NaturalGradient(damping=1e-12))
    assert result.status.converged
    assert result.n_evaluations == 2
    np.testing.assert_allclose(result.parameters, target, atol=1e-6)


def test_steps_of_the_natural_gradient_do_not_zigzag():
    """Where the metric is the identity, steepest descent with the best steps needs over 300 iterations."""
    scales = np.geomspace(1.0, 100.0, 12)
    problem = SimpleNamespace(
        value_and_grad=lambda x: (float(scales @ x**2) / 2, scales * x), metric=lambda x: np.eye(12)
    )
    result = runtime.minimize(problem, 1 / scales, method="natural gradient", gradient_tolerance=1e-6)
    assert result.status.converged
    assert result.n_iterations < 200


def test_the_natural_gradient_descends_always_and_does_not_mind_how_parameters_are_scaled(program):
    def descended(scales):
        journal = Dictionary()

        def value_and_grad(x):
            value, gradient = program.value_and_grad(scales * x)
            return value, scales * gradient

        scaled = SimpleNamespace(
            value_and_grad=value_and_grad, metric=lambda x: scales[:, None] * program.metric(scales * x) * scales
        )
        runtime.minimize(
            scaled,
            np.array([0.4, 0.5, 0.6]) / scales,
            method=NaturalGradient(damping=1e-9),
            gradient_tolerance=1e-4,
            checkpoint=journal,
            checkpoint_seconds=0.0,
        )
        return np.array(journal.values)

    plain, scaled = descended(np.ones(3)), descended(np.array([30.0, 1.0, 0.1]))
    assert len(plain) > 4
    assert (np.diff(plain) < 0).all()
    assert (np.diff(scaled) < 0).all()
    assert len(plain) == len(scaled)
    np.testing.assert_allclose(plain, scaled, atol=1e-5)


class Dictionary:
    """A journal in memory that remembers the value of each state it was given."""

    def __init__(self):
        self.data, self.values = None, []

    def load(self):
        return self.data

    def save(self, data):
        if not self.values or float(data["state value"]) != self.values[-1]:
            self.values.append(float(data["state value"]))
        self.data = data


def test_a_gradient_that_vanishes_in_redundant_parameters_is_no_obstacle():
    """Three parameters that turn the same angle: the metric has rank one."""

    def circuit(p):
        qml.X(0)
        for angle in p:
            qml.SingleExcitation(angle, wires=[0, 1])

    redundant = runtime.compile(circuit, qml.Z(1), n_params=3)
    for method in GRADIENT_METHODS:
        result = runtime.minimize(redundant, [0.3, 0.2, 0.1], method=method)
        assert result.status.converged
        assert result.value == pytest.approx(-1.0, abs=1e-8)


def test_limits_are_a_status_and_the_best_point_is_kept():
    few = runtime.minimize(rosenbrock, [-1.2, 1.0], max_evaluations=5)
    assert few.status is Status.EVALUATION_LIMIT
    assert few.n_evaluations == 5
    assert few.value == min(few.trace) == rosenbrock(few.parameters)[0]
    assert not few.status.converged
    short = runtime.minimize(rosenbrock, [-1.2, 1.0], time_limit=1e-9)
    assert short.status is Status.TIME_LIMIT
    assert short.n_evaluations == 1


@pytest.mark.parametrize("method", list(METHODS))
def test_the_time_limit_is_kept(program, method):
    def slow(answer):
        def evaluate(*arguments, **options):
            time.sleep(0.01)
            return answer(*arguments, **options)

        return evaluate

    slowed = SimpleNamespace(
        value_and_grad=slow(program.value_and_grad),
        metric=slow(program.metric),
        estimate=slow(runtime.compile(hop, qml.Z(3), n_params=3, machine="shots").estimate),
    )
    began = time.monotonic()
    result = runtime.minimize(
        slowed, [0.4, 0.5, 0.6], method=method, gradient_tolerance=0.0, time_limit=0.1, n_starts=50
    )
    assert 0.1 <= time.monotonic() - began < 1.0
    assert result.status is Status.TIME_LIMIT
    assert len(result.starts) < 50
    assert result.n_evaluations == sum(start.n_evaluations for start in result.starts) <= 12


def test_a_minimum_below_reach_of_the_tolerance_is_not_called_converged():
    """A gradient that never vanishes: the search must end and say that it stalled."""
    for method in ("L-BFGS", "BFGS"):
        result = runtime.minimize(
            lambda x: (1.0 + float(np.abs(x).sum()), np.where(x >= 0, 1.0, -1.0)), [0.3, 0.7], method=method
        )
        assert result.status is Status.STALLED
        assert result.value < 1.0 + 1e-6


def test_a_value_that_is_rounding_alone_ends_too():
    """Values around 1e9 with a slope of 1e-9 per unit: no step can be seen to descend."""
    result = runtime.minimize(lambda x: (1e9 + 1e-9 * x[0], np.array([1e-9])), [0.0], gradient_tolerance=1e-12)
    assert result.status in (Status.STALLED, Status.EVALUATION_LIMIT)


@pytest.mark.parametrize("method", ["L-BFGS", "BFGS", "Adam"])
@pytest.mark.parametrize("broken", ["value", "gradient"])
def test_what_is_not_finite_is_never_a_result(method, broken):
    def function(x):
        value, gradient = rosenbrock(x)
        if x[0] > -1.0:
            return (np.nan, gradient) if broken == "value" else (value, gradient * np.inf)
        return value, gradient

    result = runtime.minimize(function, [-1.2, 1.0], method=method)
    assert result.status is Status.NOT_FINITE
    assert np.isfinite(result.value)
    assert result.parameters[0] <= -1.0
    with pytest.raises(ValueError, match=r"must be finite numbers at the start, but the value is"):
        runtime.minimize(function, [1.2, 1.0], method=method)


def test_estimates_and_metrics_that_are_not_finite_are_never_a_result(program):
    readings = iter([0.5] * 6 + [np.nan] * 2)
    broken = SimpleNamespace(estimate=lambda x, seed: SimpleNamespace(value=next(readings)))
    assert runtime.minimize(broken, [0.0], method="SPSA").status is Status.NOT_FINITE
    broken = SimpleNamespace(value_and_grad=program.value_and_grad, metric=lambda x: np.full((3, 3), np.nan))
    assert runtime.minimize(broken, [0.4, 0.5, 0.6], method="natural gradient").status is Status.NOT_FINITE


def test_a_function_may_use_its_arrays_again():
    buffer = np.empty(2)

    def function(x):
        value, gradient = rosenbrock(x)
        buffer[:] = gradient
        return value, buffer

    assert runtime.minimize(function, [-1.2, 1.0]).trace == runtime.minimize(rosenbrock, [-1.2, 1.0]).trace


def test_the_start_is_left_as_it_was():
    start = np.array([-1.2, 1.0])
    runtime.minimize(rosenbrock, start, method="Adam", max_evaluations=10)
    np.testing.assert_array_equal(start, [-1.2, 1.0])


@pytest.mark.parametrize("n_starts", [1, 3])
def test_progress_is_reported_in_order(n_starts):
    seen = []
    result = runtime.minimize(
        two_wells, [0.2, 0.3], n_starts=n_starts, spread=1.0, callback=lambda n, value: seen.append((n, value))
    )
    assert [n for n, _ in seen] == list(range(1, result.n_evaluations + 1))
    traces = [start.trace for start in result.starts] or [result.trace]
    assert [value for _, value in seen] == [value for trace in traces for value in trace]


def test_several_starts_find_the_deeper_well():
    one = runtime.minimize(two_wells, [1.2])
    many = runtime.minimize(two_wells, [1.2], n_starts=12, spread=1.5, seed=3)
    assert one.value == pytest.approx(-1.0702, abs=1e-3)
    assert many.value == pytest.approx(-3.5139, abs=1e-3)
    assert len(many.starts) == 12
    assert many.value == min(found.value for found in many.starts)
    assert many.n_evaluations == sum(found.n_evaluations for found in many.starts)
    assert many.starts[0].value == one.value  # the first is the one that was given
    assert len({found.trace[0] for found in many.starts}) == 12
    assert not any(found.starts for found in many.starts)


def test_starts_may_be_given_one_by_one():
    rows = np.array([[1.2], [-0.5], [2.0]])
    result = runtime.minimize(two_wells, rows)
    for row, found in zip(rows, result.starts, strict=True):
        assert found.value == runtime.minimize(two_wells, row).value
    assert result.value == result.starts[1].value == pytest.approx(-3.5139, abs=1e-3)


def test_seeds_repeat_results_bit_for_bit():
    program = runtime.compile(hop, -1.0 * qml.Z(0), n_params=3, machine=runtime.machine("shots", shots=100))

    def run(seed):
        return runtime.minimize(program, [2.0, 0.3, 0.3], method="SPSA", seed=seed, n_starts=2, max_evaluations=41)

    first, again, other = run(5), run(5), run(6)
    assert first.trace == again.trace
    assert [start.value for start in first.starts] == [start.value for start in again.starts]
    np.testing.assert_array_equal(first.parameters, again.parameters)
    assert first.trace != other.trace
    assert first.starts[0].trace != first.starts[1].trace


def test_spsa_draws_anew_for_every_reading():
    """Shots and directions of all iterations and all starts differ."""
    seen = []

    class Flat:
        def estimate(self, params, seed):
            seen.append((seed, tuple(params)))
            return runtime.Estimate(float(len(seen) % 3), 0.1)

    runtime.minimize(Flat(), np.zeros((2, 40)), method="SPSA", max_evaluations=21)
    assert len(seen) == 42
    assert len({seed for seed, _ in seen}) == 42
    assert len({params for _, params in seen}) == 42


def test_spsa_with_shots_descends_and_spends_what_it_may():
    program = runtime.compile(hop, -1.0 * qml.Z(0), n_params=3, machine=runtime.machine("shots", shots=400))
    start = [2.0, 0.3, 0.3]
    result = runtime.minimize(program, start, method="SPSA", seed=5, max_evaluations=200)
    assert result.status is Status.COMPLETED
    assert not result.status.converged
    assert result.n_evaluations == 199  # pairs, and one at the point where it ended
    assert result.value == result.trace[-1]
    assert np.isnan(result.gradient_norm)
    assert program.expval(result.parameters) < program.expval(start) - 0.3


def test_nothing_to_vary():
    result = runtime.minimize(lambda x: (2.0, np.zeros(0)), np.zeros(0))
    assert result.status.converged
    assert (result.value, result.n_evaluations, result.parameters.shape) == (2.0, 1, (0,))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "Newton"}, "There is no method 'Newton': choose one of 'L-BFGS', 'BFGS', 'natural gradient'"),
        ({"max_evaluations": 0}, "Limits must be positive"),
        ({"time_limit": -1.0}, "Limits must be positive"),
        ({"time_limit": np.nan}, "Limits must be positive"),
        ({"gradient_tolerance": -1.0}, "must not be negative"),
        ({"gradient_tolerance": np.nan}, "must not be negative"),
        ({"checkpoint_seconds": -1.0}, "must not be negative"),
        ({"n_starts": 0}, "n_starts and spread must be positive"),
        ({"spread": 0.0}, "n_starts and spread must be positive"),
        ({"seed": -1}, "The seed must not be negative"),
        ({"start": [[[0.0]]]}, r"a row for each start, got shape \(1, 1, 1\)"),
        ({"start": np.zeros((0, 2))}, r"a row for each start, got shape \(0, 2\)"),
        ({"start": [np.nan, 0.0]}, "with numbers that are not finite"),
        ({"start": np.zeros((2, 2)), "n_starts": 3}, "has 2 rows, but n_starts=3"),
        ({"method": "SPSA"}, "works on `estimate` of a runtime.Program, and 'function' has none"),
        ({"method": "natural gradient"}, "works on `metric` of a runtime.Program, and 'function' has none"),
        ({"checkpoint": 3}, "A checkpoint is a path, or an object with load and save, but a int was given"),
        ({"checkpoint": "no/such/folder/x.npz"}, "needs a folder that exists"),
    ],
)
def test_bad_arguments_are_answered(arguments, message):
    options = {"start": [0.0, 0.0], **arguments}
    with pytest.raises(ValueError, match=message):
        runtime.minimize(rosenbrock, options.pop("start"), **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adam(learning_rate=0.0), "positive learning rate"),
        (lambda: Adam(momentum=1.0), "decays from 0 to below 1"),
        (lambda: LBFGS(memory=0), "at least one pair"),
        (lambda: BFGS(curvatures=np.array([1.0, 0.0])), "Curvatures must be positive and finite"),
        (lambda: LBFGS(curvatures=np.array([1.0, np.nan])), "Curvatures must be positive and finite"),
        (lambda: runtime.minimize(rosenbrock, [0.0, 0.0], method=BFGS(curvatures=np.ones(3))), r"got \(3,\)"),
        (lambda: NaturalGradient(damping=0.0), "damping of the natural gradient must be positive"),
        (lambda: SPSA(perturbation=-0.1), "displacements must be positive"),
    ],
)
def test_bad_settings_are_answered(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_bad_programs_are_answered(program):
    with pytest.raises(ValueError, match=r"The program takes 3 parameters, but the start has shape \(2,\)"):
        runtime.minimize(program, [0.0, 0.0])
    several = runtime.compile(hop, [qml.Z(0), qml.Z(1)], n_params=3)
    with pytest.raises(ValueError, match="One number is minimized, but the value has shape"):
        runtime.minimize(several, np.zeros(3))
    with pytest.raises(ValueError, match="The gradient must have the shape of the parameters"):
        runtime.minimize(lambda x: (1.0, np.ones(3)), [0.0, 0.0])
    wrong = SimpleNamespace(value_and_grad=rosenbrock, metric=lambda x: np.eye(3))
    with pytest.raises(ValueError, match="The metric of 2 parameters must have the shape"):
        runtime.minimize(wrong, [0.0, 0.0], method="natural gradient")


def test_bfgs_refuses_a_matrix_that_does_not_fit():
    n_params = 3_000_000
    with pytest.raises(runtime.DoesNotFitError, match=r"BFGS keeps 3,000,000\^2 numbers.*use 'L-BFGS'"):
        runtime.minimize(lambda x: (1.0, np.ones(n_params)), np.zeros(n_params), method="BFGS")
