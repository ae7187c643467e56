"""Which circuits run on blocks, how large their sectors may be, and what they hold."""

import tracemalloc
from math import comb

import numpy as np
import pennylane as qml
import pytest
from layouts import in_blocks

import runtime
from runtime import memory
from runtime.blocks.evolution import BlockEvolution
from runtime.explicit.evolution import PairEvolution
from runtime.operations import DiagonalCost, DickeState


class Ring:
    """Hops round a ring of wires from a start, after a phase."""

    n_params = 2

    def __init__(self, n_wires, start, gate=qml.IsingXY):
        self.n_wires, self.start, self.gate = n_wires, start, gate

    def __call__(self, p):
        self.start()
        for w in range(self.n_wires - 1):
            qml.IsingZZ(p[0] * (1 + w), wires=[w, w + 1])
        for w in range(self.n_wires):
            self.gate(p[1], wires=[w, (w + 1) % self.n_wires])


def chosen(n_wires, n_chosen):
    return Ring(n_wires, lambda: DickeState(n_chosen, wires=range(n_wires)))


def test_a_start_that_fills_a_large_sector_goes_to_blocks():
    program = runtime.compile(chosen(18, 9), qml.Z(0) @ qml.Z(5))
    assert isinstance(program._evolution, BlockEvolution)
    assert program.sector.dimension == comb(18, 9)
    assert isinstance(runtime.compile(chosen(16, 8), qml.Z(0))._evolution, PairEvolution)
    params = np.array([0.2, 0.5])
    single = runtime.compile(chosen(18, 9), qml.Z(0) @ qml.Z(5), precision="single")
    assert single.state(params).dtype == np.complex64
    for a, b in zip(program.value_and_grad(params), single.value_and_grad(params), strict=True):
        np.testing.assert_allclose(b, a, atol=1e-4)


def test_one_state_to_start_from_needs_a_larger_sector():
    start = Ring(18, lambda: qml.BasisState([1] * 9 + [0] * 9, wires=range(18)))
    assert isinstance(runtime.compile(start, qml.Z(0))._evolution, PairEvolution)


@pytest.mark.parametrize(
    ("also", "dimension"),
    [
        ([], 36),
        ([qml.Z(3) @ qml.Z(4)], 36),
        ([qml.X(3) @ qml.X(4) + qml.Y(3) @ qml.Y(4)], comb(8, 4)),
        # One way only, in either direction.
        ([qml.jordan_wigner(qml.FermiC(3) * qml.FermiA(4))], comb(8, 4)),
        ([qml.jordan_wigner(qml.FermiC(4) * qml.FermiA(3))], comb(8, 4)),
        # Strengths that depend on another wire.
        ([qml.X(3) @ qml.X(4) + qml.Y(3) @ qml.Y(4) + qml.X(3) @ qml.X(4) @ qml.Z(0) + qml.Z(1)], 128),
        ([qml.X(0)], 2**4 * 6),
        ([qml.X(0), qml.Y(7)], 256),
    ],
)
def test_operators_that_must_be_reached_enlarge_the_sector(also, dimension):
    def circuit(p):
        qml.BasisState([1, 1, 0, 0, 1, 1, 0, 0], wires=range(8))
        for a in (0, 1, 2, 4, 5, 6):
            qml.SingleExcitation(p[0], wires=[a, a + 1])

    circuit.n_params = 1
    program = in_blocks(circuit, qml.Z(0), also_reach=also)
    assert program.sector.dimension == dimension
    assert program.expval([0.3]) == pytest.approx(in_blocks(circuit, qml.Z(0)).expval([0.3]), abs=1e-12)


def free(monkeypatch, n_bytes):
    monkeypatch.setattr(memory, "available_bytes", lambda: n_bytes)


def test_what_does_not_fit_is_refused_before_it_is_made(monkeypatch):
    free(monkeypatch, 8 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(runtime.DoesNotFitError, match=r"for the 2,333,606,220 basis states"):
            runtime.compile(chosen(34, 17), qml.Z(0))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20


def test_every_diagonal_counts(monkeypatch):
    """Two hundred phases, no two of them in the same proportions, of 184,756 states each."""

    def circuit(p):
        DickeState(10, wires=range(20))
        for w in range(19):
            qml.IsingXY(p[0], wires=[w, w + 1])
            for v in range(11):
                qml.PhaseShift(p[1 + v], wires=v)
                qml.PhaseShift((2 + w) * p[1 + v], wires=v + 1)

    circuit.n_params = 12
    free(monkeypatch, 200 << 20)
    with pytest.raises(runtime.DoesNotFitError, match=r"for the 184,756 basis states"):
        runtime.compile(circuit, qml.Z(0))


def test_angles_that_are_not_finite_are_refused():
    def circuit(p):
        chosen(18, 9)(p)
        qml.RZ(np.inf, wires=3)

    with pytest.raises(ValueError, match="Gate angles must be finite numbers, got inf"):
        runtime.compile(circuit, qml.Z(0), n_params=2)


def test_small_coefficients_beside_large_ones_keep_their_digits():
    def circuit(p):
        DickeState(2, wires=range(4))
        qml.PhaseShift(1e9 * p[0], wires=0)
        qml.PhaseShift(0.123456789 * p[0], wires=1)
        qml.IsingXY(0.4, wires=[0, 1])
        qml.IsingXY(0.7, wires=[1, 2])

    circuit.n_params = 1
    diagonals = in_blocks(circuit, qml.Z(0))._evolution.diagonals
    assert np.isclose(np.abs(diagonals), 0.123456789e-9, rtol=1e-12, atol=0).any()


def arrays_of(thing, found):
    """All arrays that an object holds, by where their memory begins; views count once, with what they look at."""
    if isinstance(thing, np.ndarray):
        owner = thing
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        found[owner.__array_interface__["data"][0]] = owner.nbytes
    elif isinstance(thing, dict):
        for value in thing.values():
            arrays_of(value, found)
    elif isinstance(thing, list | tuple):
        for value in thing:
            arrays_of(value, found)
    elif type(thing).__module__.startswith(("runtime.", "scipy.sparse")) and hasattr(thing, "__dict__"):
        arrays_of(vars(thing), found)
    return found


def with_cost(p):
    chosen(16, 8)(p)
    DiagonalCost(p[0], lambda bits: bits @ np.arange(16.0) ** 2, range(16))
    for w in range(8):
        qml.SingleExcitation(p[1], wires=[w, w + 8])


with_cost.n_params = 2


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("observable", [qml.Z(0), qml.X(0) @ qml.X(9) + qml.Y(0) @ qml.Y(9)])
def test_the_memory_foretold_is_that_held(precision, observable):
    program = in_blocks(with_cost, observable, precision=precision)
    vectors = 2 * program.state([0.1, 0.2]).nbytes
    held = arrays_of([program._evolution, program._objectives], {})
    assert program.memory_bytes == pytest.approx(sum(held.values()) + vectors, rel=0.2)
