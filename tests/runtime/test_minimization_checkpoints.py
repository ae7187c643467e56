import subprocess
import sys
import textwrap

import numpy as np
import pennylane as qml
import pytest

import runtime
from runtime import Status
from runtime.minimization import LBFGS, Adam
from runtime.minimization.search import METHODS


class Dictionary:
    """A journal in memory."""

    def __init__(self):
        self.data, self.n_saved = None, 0

    def load(self):
        return self.data

    def save(self, data):
        self.data, self.n_saved = data, self.n_saved + 1


class Killed(BaseException):
    pass


class Measured:
    """Rosenbrock's function in eight dimensions, its metric, and readings of it with noise."""

    n_params = 8

    def value_and_grad(self, x):
        bend = x[1:] - x[:-1] ** 2
        gradient = np.zeros(8)
        gradient[:-1] = -40 * x[:-1] * bend - 2 * (1 - x[:-1])
        gradient[1:] += 20 * bend
        return float((10 * bend**2 + (1 - x[:-1]) ** 2).sum()), gradient

    def metric(self, x):
        return np.diag(1 + x**2) + 0.1

    def estimate(self, x, seed):
        noise = np.random.default_rng(seed).normal(scale=0.1)
        return runtime.Estimate(self.value_and_grad(x)[0] + noise, 0.1)


START = np.linspace(-1.2, 1.0, 8)
LIMIT = 150


def search(checkpoint=None, kill_at=None, program=None, **options):
    def callback(n, value):
        if n == kill_at:
            raise Killed

    settings = {"start": START, "max_evaluations": LIMIT, "gradient_tolerance": 1e-6, "checkpoint_seconds": 0.0}
    settings |= options
    start = settings.pop("start")
    return runtime.minimize(program or Measured(), start, checkpoint=checkpoint, callback=callback, **settings)


def assert_same(first, second):
    """Bit for bit."""
    np.testing.assert_array_equal(first.parameters, second.parameters)
    for name in ("value", "gradient_norm"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    for name in ("status", "n_evaluations", "n_iterations", "trace"):
        assert getattr(first, name) == getattr(second, name)
    assert len(first.starts) == len(second.starts)
    for mine, yours in zip(first.starts, second.starts, strict=True):
        assert_same(mine, yours)


@pytest.mark.parametrize("kill_at", [1, 2, 3, 14, 41, 100])
@pytest.mark.parametrize("method", [*METHODS, LBFGS(memory=3, curvatures=np.arange(1, 9)), Adam(learning_rate=1.0)])
def test_a_killed_search_ends_as_if_it_had_not_been(method, kill_at):
    whole = search(method=method)
    journal = Dictionary()
    if whole.n_evaluations > kill_at:
        with pytest.raises(Killed):
            search(journal, kill_at, method=method)
    assert_same(search(journal, method=method), whole)


@pytest.mark.parametrize("method", ["L-BFGS", "BFGS"])
def test_a_search_that_forgets_and_stalls_is_resumed_anywhere(method):
    """On a function with kinks line searches fail, and what was learnt is thrown away."""

    def kinked(x):
        scales = np.array([1.0, 3.0, 10.0])
        return 1.0 + float(scales @ np.abs(x)), scales * np.where(x >= 0, 1.0, -1.0)

    options = {"program": kinked, "start": [0.3, 0.7, -0.2], "method": method, "max_evaluations": 2000}
    whole = search(**options)
    assert whole.status is Status.STALLED
    for kill_at in range(2, whole.n_evaluations, 7):
        journal = Dictionary()
        with pytest.raises(Killed):
            search(journal, kill_at, **options)
        assert_same(search(journal, **options), whole)


def test_a_journal_that_fails_is_not_called_again():
    class Full(Dictionary):
        def save(self, data):
            super().save(data)
            if self.n_saved == 3:
                raise OSError("No space left on device")

    journal = Full()
    with pytest.raises(OSError, match="No space left"):
        search(journal)
    assert journal.n_saved == 3


@pytest.mark.parametrize("method", METHODS)
def test_it_may_be_killed_many_times(method):
    journal = Dictionary()
    killed = 0
    while True:
        try:
            # SPSA's gains and limits go by the number of evaluations, the same in every call.
            result = search(journal, kill_at=None if killed > 20 else 4 + 5 * killed, method=method)
            break
        except Killed:
            killed += 1
    assert killed > 3
    assert_same(result, search(method=method))


@pytest.mark.parametrize("method", METHODS)
def test_the_second_of_several_starts_is_gone_on_with(method):
    whole = search(method=method, n_starts=3, spread=0.3)
    kill_at = whole.starts[0].n_evaluations + 15
    journal = Dictionary()
    with pytest.raises(Killed):
        search(journal, kill_at, method=method, n_starts=3, spread=0.3)
    seen = []
    resumed = runtime.minimize(
        Measured(),
        START,
        method=method,
        n_starts=3,
        spread=0.3,
        max_evaluations=LIMIT,
        gradient_tolerance=1e-6,
        checkpoint=journal,
        callback=lambda n, value: seen.append(n),
    )
    assert_same(resumed, whole)
    assert kill_at - 15 < seen[0] <= kill_at  # what was done is not done again
    assert seen == list(range(seen[0], whole.n_evaluations + 1))


@pytest.mark.parametrize("method", ["L-BFGS", "BFGS", "natural gradient", "Adam"])
def test_a_limit_may_be_raised(method):
    journal = Dictionary()
    assert search(journal, method=method, max_evaluations=11).status is Status.EVALUATION_LIMIT
    assert_same(search(journal, method=method), search(method=method))


def test_what_ended_ends_again_at_little_cost():
    journal = Dictionary()
    whole = search(journal, method="L-BFGS", n_starts=2)
    assert whole.status.converged
    counted = []
    problem = Measured()

    def function(x):
        counted.append(x)
        return problem.value_and_grad(x)

    assert_same(search(journal, program=function, method="L-BFGS", n_starts=2), whole)
    assert len(counted) < 6


def test_a_process_that_is_killed_leaves_a_file_to_go_on_from(tmp_path):
    path = tmp_path / "search.npz"
    program = textwrap.dedent("""
        import os, sys
        import numpy as np
        import runtime

        def function(x):
            return float((np.cosh(x) * np.arange(1, 6)).sum()), np.sinh(x) * np.arange(1, 6)

        def callback(n, value):
            if n == 7:
                os._exit(9)  # nothing is tidied up

        runtime.minimize(function, np.ones(5), checkpoint=sys.argv[1], checkpoint_seconds=0.0, callback=callback)
    """)
    ended = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert ended.returncode == 9

    def function(x):
        return float((np.cosh(x) * np.arange(1, 6)).sum()), np.sinh(x) * np.arange(1, 6)

    seen = []
    resumed = runtime.minimize(function, np.ones(5), checkpoint=path, callback=lambda n, value: seen.append(n))
    assert_same(resumed, runtime.minimize(function, np.ones(5)))
    assert 1 < seen[0] <= 7
    assert sorted(child.name for child in tmp_path.iterdir()) == ["search.npz"]


@pytest.mark.parametrize("method", METHODS)
def test_only_plain_arrays_are_kept(method, tmp_path):
    search(tmp_path / "search", method=method, n_starts=2, max_evaluations=20)
    with np.load(tmp_path / "search", allow_pickle=False) as archive:
        data = dict(archive)
    assert all(array.dtype.kind in "bifU" for array in data.values())


def test_a_journal_is_called_now_and_then_only():
    journal = Dictionary()
    result = search(journal, method="Adam", checkpoint_seconds=3600.0)
    assert result.n_iterations > 100
    assert journal.n_saved == 1  # at the end


def test_programs_with_shots_are_resumed():
    def circuit(p):
        qml.X(0)
        qml.SingleExcitation(p[0], wires=[0, 1])
        qml.SingleExcitation(p[1], wires=[1, 2])

    program = runtime.compile(circuit, -1.0 * qml.Z(0), n_params=2, machine=runtime.machine("shots", shots=50))
    options = {"program": program, "start": [2.0, 0.3], "method": "SPSA", "max_evaluations": 61}
    whole = search(**options)
    journal = Dictionary()
    with pytest.raises(Killed):
        search(journal, 31, **options)
    assert_same(search(journal, **options), whole)
    assert whole.trace[0] != whole.trace[-1]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"method": "BFGS"}, r"another search, with LBFGS\(memory=20\), not BFGS\(\)"),
        ({"method": LBFGS(memory=5)}, r"with LBFGS\(memory=20\), not LBFGS\(memory=5\)"),
        ({"method": Adam()}, r"with LBFGS\(memory=20\), not Adam"),
        ({"seed": 8}, "with the seed 7, not 8"),
        ({"start": START + 1e-9}, "with another start, not the one given"),
        ({"n_starts": 2}, "with 1 starts of 8 parameters, not 2 starts of 8"),
        ({"program": lambda x: (float(x @ x), 2 * x)}, "another problem, whose value at the first start is"),
        (
            {"program": lambda x: (float(x @ x), 2 * x), "start": np.ones(3)},
            "1 starts of 8 parameters, not 1 starts of 3",
        ),
    ],
)
def test_a_checkpoint_of_another_search_is_refused(other, message):
    journal = Dictionary()
    search(journal, max_evaluations=20)
    with pytest.raises(ValueError, match=message):
        search(journal, **other)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Not a checkpoint.")
    with pytest.raises(ValueError, match=r"notes.txt is not a checkpoint of runtime.minimize"):
        search(path)
    assert path.read_text() == "Not a checkpoint."
    with path.open("wb") as file:
        np.savez(file, starts=np.zeros(3))
    with pytest.raises(ValueError, match=r"not written by this version of runtime.minimize"):
        search(path)
