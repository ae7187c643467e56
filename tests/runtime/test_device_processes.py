"""QNodes on the device in other processes and threads, and copies of them."""

import copy
import multiprocessing
import pickle
import threading

import numpy as np
import pennylane as qml
import pytest
from pennylane import numpy as pnp

ANGLES = (0.1, 0.2, 0.3, 0.4)


def small(p):
    qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
    qml.DoubleExcitation(p[0], wires=range(4))
    qml.SingleExcitation(p[1], wires=[0, 2])
    return qml.expval(qml.Z(0))


def large(p):
    """2^18 amplitudes, which several threads share."""
    for w in range(18):
        qml.RX(p[0] + w, w)
    for w in range(17):
        qml.IsingZZ(p[1], [w, w + 1])
    for w in range(18):
        qml.RX(p[0], w)
    return qml.expval(qml.Z(0) @ qml.Z(1))


def without_structure(p):
    """Too many wires for all amplitudes in the sector engine: lightning.qubit runs it."""
    for w in range(13):
        qml.RX(p[0], w)
    qml.CNOT([0, 1])
    qml.RY(p[1], 0)
    return qml.expval(qml.Z(0))


CIRCUITS = {"small": (small, 4), "large": (large, 18), "without structure": (without_structure, 13)}


def node(name):
    circuit, n_wires = CIRCUITS[name]
    return qml.QNode(circuit, qml.device("kaname.sector", wires=n_wires, seed=3))


def gradients(run):
    return [qml.grad(run)(pnp.array([x, 0.3], requires_grad=True)) for x in ANGLES]


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))])
def test_a_device_that_has_been_used_can_be_copied(name, copied):
    run = node(name)
    expected = gradients(run)
    other = qml.QNode(run.func, copied(run.device))
    np.testing.assert_allclose(gradients(other), expected, atol=1e-12)
    assert other.device.wires == run.device.wires


def test_a_copied_device_goes_on_with_the_same_random_numbers():
    device = node("small").device

    def samples(of):
        @qml.set_shots(20)
        @qml.qnode(of)
        def run():
            qml.X(0)
            qml.SingleExcitation(0.9, wires=[0, 1])
            return qml.sample()

        return run()

    samples(device)
    other = pickle.loads(pickle.dumps(device))
    np.testing.assert_array_equal(samples(other), samples(device))


@pytest.mark.parametrize("name", CIRCUITS)
@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="processes fork on POSIX only")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_computes_the_same(name):
    run = node(name)
    expected = gradients(run)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    process = context.Process(target=lambda: results.put(gradients(run)))
    process.start()
    try:
        np.testing.assert_allclose(results.get(timeout=120), expected, atol=1e-12)
    finally:
        process.join(timeout=10)
        process.kill()


def found_nowhere():
    """A QNode whose function other processes cannot import, so that it travels by value."""

    @qml.qnode(qml.device("kaname.sector", wires=4))
    def run(p):
        qml.X(0)
        qml.SingleExcitation(p[0], wires=[0, 1])
        qml.SingleExcitation(p[1], wires=[1, 2])
        return qml.expval(qml.Z(0) + qml.X(1) @ qml.X(2))

    run(pnp.array([0.1, 0.2]))
    return run


def test_joblibs_processes_compute_the_same():
    joblib = pytest.importorskip("joblib")
    run = found_nowhere()
    points = [pnp.array([x, 0.3]) for x in ANGLES]
    expected = [run(p) for p in points]
    found = joblib.Parallel(n_jobs=2, timeout=300)(joblib.delayed(run)(p) for p in points)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_dasks_processes_compute_the_same():
    distributed = pytest.importorskip("distributed")
    run = found_nowhere()
    points = [pnp.array([x, 0.3]) for x in ANGLES]
    expected = [run(p) for p in points]
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        found = client.gather(client.map(run, points))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_threads_share_a_device():
    run = node("small")
    expected, found = gradients(run), {}

    def work(i):
        found[i] = gradients(run)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i in range(8):
        np.testing.assert_allclose(found[i], expected, atol=1e-12)
