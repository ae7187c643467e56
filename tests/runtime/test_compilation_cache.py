"""The same structure is lowered once; another one never takes its place."""

import threading

import numpy as np
import pennylane as qml
import pytest

import runtime
from runtime import compilation, compilation_cache
from runtime.operations import DiagonalCost


@pytest.fixture
def lowered(monkeypatch):
    """The circuits lowered in a test, the cache empty at first."""
    runtime.clear_cache()
    seen = []
    lower = compilation.lower

    def counted(traced, *options):
        seen.append(traced)
        return lower(traced, *options)

    monkeypatch.setattr(compilation, "lower", counted)
    yield seen
    runtime.clear_cache()


def hops(factor=1.0, wires=(0, 1, 2), unitary=None):
    def circuit(p):
        qml.X(wires[0])
        qml.SingleExcitation(factor * p[0], wires=wires[:2])
        qml.pow(qml.SWAP(wires[1:]), 0.5 * factor)
        qml.QubitUnitary(np.diag(np.exp(1j * np.arange(2))) if unitary is None else unitary, wires=wires[1])
        qml.SingleExcitation(p[1], wires=wires[:2])

    return circuit


def value(circuit, observable=None):
    return runtime.compile(circuit, qml.Z(1) if observable is None else observable, n_params=2).expval([0.4, 0.7])


def test_another_observable_does_not_lower_again(lowered):
    first = value(hops())
    second = value(hops(), qml.Z(0) - qml.Z(1))
    assert len(lowered) == 1
    runtime.clear_cache()
    assert value(hops()) == first
    assert value(hops(), qml.Z(0) - qml.Z(1)) == second
    assert len(lowered) == 2


@pytest.mark.parametrize(
    "other",
    [
        hops(factor=1.1),
        hops(wires=(2, 1, 0)),
        hops(unitary=np.diag([1, np.exp(1j * (1 + 1e-9))])),
    ],
)
def test_what_differs_a_little_is_lowered_again(lowered, other):
    value(hops())
    among = value(other)
    assert len(lowered) == 2
    runtime.clear_cache()
    assert value(other) == among


def test_angles_that_are_not_affine_share_their_structure_only(lowered):
    values = [
        value(lambda p, f=f: [qml.X(0), qml.SingleExcitation(f(p[0]) * p[1], wires=[0, 1])])
        for f in (qml.math.sin, qml.math.cos)
    ]
    assert len(lowered) == 1
    assert values[0] == pytest.approx(np.cos(np.sin(0.4) * 0.7))
    assert values[1] == pytest.approx(np.cos(np.cos(0.4) * 0.7))


def test_cost_functions_are_asked_again(lowered):
    weight = [1.0]
    cost = DiagonalCost

    def circuit(p):
        qml.X(0)
        qml.SingleExcitation(p[0], wires=[0, 1])
        cost(p[1], count, wires=range(2))
        qml.SingleExcitation(0.5, wires=[0, 1])

    def count(bits):
        return weight[0] * bits[:, 0]

    before = value(circuit)
    weight[0] = 2.0
    assert value(circuit) != pytest.approx(before)
    assert len(lowered) == 2


def test_it_is_bounded(lowered, monkeypatch):
    monkeypatch.setattr(compilation_cache, "MAX_CIRCUITS", 3)
    for i in range(5):
        value(hops(factor=1.0 + i))
    assert len(compilation_cache._known) == 3
    monkeypatch.setattr(compilation_cache, "MAX_BYTES_EACH", 10)
    value(hops(factor=9.0))
    value(hops(factor=9.0))
    assert len(lowered) == 7


def test_several_threads_agree(lowered):
    expected = [value(hops(factor=1.0 + i % 3)) for i in range(12)]
    runtime.clear_cache()
    found = [0.0] * 12

    def work(i):
        found[i] = value(hops(factor=1.0 + i % 3))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
