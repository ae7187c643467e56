import numpy as np
import pennylane as qml
import pytest

import runtime
from runtime import Status


def rosenbrock(x):
    value = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
    gradient = np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])
    return value, gradient


def circuit(p):
    qml.X(0)
    for w in range(3):
        qml.SingleExcitation(p[w], wires=[w, w + 1])


@pytest.mark.parametrize("method", ["L-BFGS", "BFGS"])
def test_a_known_minimum_is_found(method):
    result = runtime.minimize(rosenbrock, [-1.2, 1.0], method=method, gradient_tolerance=1e-8)
    assert result.status is Status.CONVERGED
    assert result.status.converged
    np.testing.assert_allclose(result.parameters, [1.0, 1.0], atol=1e-6)
    assert result.gradient_norm <= 1e-8
    assert len(result.trace) == result.n_evaluations
    assert result.value == result.trace[-1]


def test_limits_are_a_status_and_the_best_point_is_kept():
    few = runtime.minimize(rosenbrock, [-1.2, 1.0], max_evaluations=5)
    assert few.status is Status.EVALUATION_LIMIT
    assert few.n_evaluations == 5
    assert few.value == min(few.trace)
    assert not few.status.converged
    short = runtime.minimize(rosenbrock, [-1.2, 1.0], time_limit=1e-9)
    assert short.status is Status.TIME_LIMIT
    assert short.n_evaluations == 1


def test_a_minimum_below_reach_of_the_tolerance_is_not_called_converged():
    """A gradient that never vanishes: the search must end and say that it stalled."""
    result = runtime.minimize(lambda x: (float(np.abs(x).sum()), np.where(x >= 0, 1.0, -1.0)), [0.3, 0.7])
    assert result.status is Status.STALLED


def test_programs_are_minimised_and_progress_is_reported():
    program = runtime.compile(circuit, qml.Z(0) - qml.Z(3), n_params=3)
    seen = []
    result = runtime.minimize(program, [0.1, 0.2, 0.3], callback=lambda n, value: seen.append((n, value)))
    assert result.status.converged
    assert result.value == pytest.approx(0.0, abs=1e-8) or result.value < 0
    assert [n for n, _ in seen] == list(range(1, result.n_evaluations + 1))


def test_spsa_with_shots_is_reproducible_and_descends():
    program = runtime.compile(circuit, -1.0 * qml.Z(0), n_params=3, machine=runtime.machine("shots", shots=400))
    start = [2.0, 0.3, 0.3]
    first = runtime.minimize(program, start, method="SPSA", seed=5, max_evaluations=200)
    second = runtime.minimize(program, start, method="SPSA", seed=5, max_evaluations=200)
    assert first.value == second.value
    np.testing.assert_array_equal(first.parameters, second.parameters)
    assert first.status is Status.COMPLETED
    assert program.expval(first.parameters) < program.expval(start) - 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "Newton"}, "There is no method 'Newton'"),
        ({"max_evaluations": 0}, "Limits must be positive"),
        ({"time_limit": -1.0}, "Limits must be positive"),
        ({"start": [[[0.0]]]}, "must be a vector of finite numbers"),
        ({"start": [np.nan, 0.0]}, "must be a vector of finite numbers"),
        ({"method": "SPSA"}, "works on `estimate` of a runtime.Program"),
    ],
)
def test_bad_arguments_are_answered(arguments, message):
    options = {"start": [0.0, 0.0], **arguments}
    with pytest.raises(ValueError, match=message):
        runtime.minimize(rosenbrock, options.pop("start"), **options)
