"""What circuits conserve, and sectors as pairs of strings, against enumeration of all basis states."""

from itertools import pairwise, product

import numpy as np
import pennylane as qml
import pytest
from dense import index_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from runtime.basis_states import keys_to_bits
from runtime.blocks import halves
from runtime.blocks.charges import conserved
from runtime.blocks.moves import moves_of, steps_of
from runtime.blocks.sector import BlockSector
from runtime.circuit.actions import Term
from runtime.circuit.merging import merge_rotations
from runtime.circuit.recognition import actions_of
from runtime.sector import Sector

ANGLE = 0.7
HOP = qml.X(0) @ qml.X(2) + qml.Y(0) @ qml.Y(2)
CURRENT = qml.X(0) @ qml.Y(2) - qml.Y(0) @ qml.X(2)


def bits_of(state, n_wires):
    return [state >> w & 1 for w in range(n_wires)]


def generator(moves, n_wires):
    """The moves and their reverses, as a matrix in PennyLane's order."""
    matrix = np.zeros((2**n_wires, 2**n_wires), dtype=complex)
    for move, state in product(moves, range(2**n_wires)):
        if state & move.mask == move.value:
            source, target = (index_of(bits_of(s, n_wires)) for s in (state, state ^ move.flip))
            matrix[target, source] += move.strength * (-1) ** (state & move.parity).bit_count()
    return matrix + matrix.conj().T


@pytest.mark.parametrize(
    "operators",
    [
        [qml.PauliRot(ANGLE, "X", 1)],
        [qml.PauliRot(ANGLE, "YZX", [2, 0, 3])],
        [qml.PauliRot(ANGLE, "ZYYX", [0, 1, 2, 3])],
        [qml.PauliRot(ANGLE, "XX", [0, 3]), qml.PauliRot(ANGLE, "YY", [0, 3])],
        [qml.PauliRot(ANGLE, "XZY", [1, 2, 3]), qml.PauliRot(-ANGLE, "YZX", [1, 2, 3])],
        [qml.IsingXY(ANGLE, [2, 0])],
        [qml.SingleExcitation(ANGLE, [3, 1])],
        [qml.DoubleExcitation(ANGLE, [1, 0, 3, 2])],
        [qml.ctrl(qml.SingleExcitation(ANGLE, [3, 1]), [0, 2], control_values=[1, 0])],
        [qml.ctrl(qml.RY(ANGLE, 0), 3)],
        [qml.FermionicSingleExcitation(ANGLE, [0, 1, 2, 3])],
        [qml.FermionicDoubleExcitation(ANGLE, [0, 1, 2], [3, 4])],
        [qml.evolve(0.3 * HOP + 0.4 * CURRENT, -ANGLE)],
    ],
)
def test_moves_are_the_generator(operators):
    n_wires = 1 + max(w for o in operators for w in o.wires)
    positions = {w: w for w in range(n_wires)}
    actions = [a for o in operators for a in actions_of(o, positions, frozenset())]
    [rotation] = merge_rotations(actions)
    moves = moves_of(rotation.flip, rotation.terms)
    found = expm(1j * rotation.angle.real_constant * generator(moves, n_wires))
    expected = qml.matrix(qml.prod(*reversed(operators)), wire_order=range(n_wires))
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_orbital_rotation_is_moves_under_disjoint_conditions():
    gate = qml.OrbitalRotation(ANGLE, range(4))
    found = np.eye(16)
    for action in actions_of(gate, {w: w for w in range(4)}, frozenset()):
        moves = moves_of(action.flip, action.terms)
        found = expm(1j * action.angle.real_constant * generator(moves, 4)) @ found
    np.testing.assert_allclose(found, qml.matrix(gate), atol=1e-12)


def test_moves_that_overlap_or_flip_too_much_are_declined():
    assert moves_of(1, [Term(1.0), Term(0.5, parity=2)]) is None  # X + XZ / 2: two strengths for each pattern
    assert moves_of((1 << 9) - 1, [Term(1.0)]) is None
    assert steps_of((1 << 9) - 1, [Term(1.0)]) is None


def test_steps_of_operators_that_only_raise_or_lower():
    raising, lowering = [Term(1.0, 0b11, 0b00)], [Term(1.0, 0b11, 0b11)]
    for terms in (raising, lowering, raising + lowering):
        [step] = steps_of(0b11, terms)
        assert set(step.values()) in ({1}, {-1})
    hop_one_way = [Term(0.5), Term(0.5, parity=0b01), Term(-0.5, parity=0b10), Term(-0.5, parity=0b11)]
    [step] = steps_of(0b11, hop_one_way)
    assert sum(step.values()) == 0
    # The same hop with strengths that depend on another wire has no moves, but steps all the same.
    assert steps_of(0b11, [Term(1.0), Term(1.0, parity=0b11), Term(0.5, parity=0b100)]) is not None


def rank_over_two(masks):
    basis = []
    for mask in masks:
        for known in basis:
            mask = min(mask, mask ^ known)
        basis += [mask] if mask else []
    return len(basis)


def reached(start, steps, n_wires):
    """All states that steps lead to, one after the other, forwards or backwards."""
    found, pending = {start}, [start]
    while pending:
        state = pending.pop()
        for step, sign in product(steps, (1, -1)):
            bits = bits_of(state, n_wires)
            moved = {w: bits[w] + sign * change for w, change in step.items()}
            if all(b in (0, 1) for b in moved.values()):
                other = state ^ sum(1 << w for w in step)
                if other not in found:
                    found.add(other)
                    pending.append(other)
    return found


@st.composite
def random_steps(draw):
    n_wires = draw(st.integers(1, 9))
    step = st.dictionaries(st.integers(0, n_wires - 1), st.sampled_from([1, -1]), min_size=1, max_size=4)
    return n_wires, draw(st.lists(step, max_size=8)), draw(st.integers(0, 2**n_wires - 1))


def check_sector(n_wires, steps, start):
    """The sector of these steps, after all that a sector promises has been tried on it."""
    charges = conserved(steps, n_wires)
    vectors = np.array([[s.get(w, 0) for w in range(n_wires)] for s in steps]).reshape(-1, n_wires)
    assert not (charges.weights @ vectors.T).any()
    assert len(charges.weights) == n_wires - (np.linalg.matrix_rank(vectors) if len(vectors) else 0)
    assert np.linalg.matrix_rank(charges.weights) == len(charges.weights) or not len(charges.weights)
    flips = [sum(1 << w for w in s) for s in steps]
    assert all((mask & flip).bit_count() % 2 == 0 for mask, flip in product(charges.parities, flips))
    odd = [sum(1 << i for i, w in enumerate(row) if w % 2) for row in charges.weights.tolist()]
    assert rank_over_two([*charges.parities, *odd]) == n_wires - rank_over_two(flips)

    sector = BlockSector.of(charges, start, tuple(range(n_wires)))
    wanted = [s for s in range(2**n_wires) if (charges.of(s) == charges.of(start)).all()]
    bits = sector.bitstrings()
    states = bits.astype(np.int64) @ (1 << np.arange(n_wires))
    assert sector.dimension == len(states) == len(wanted)
    assert sorted(states.tolist()) == wanted
    assert set(wanted) >= reached(start, steps, n_wires)
    assert np.array_equal(sector.rows_of(states.tolist()), np.arange(len(states)))
    assert np.array_equal(keys_to_bits(sector.keys, n_wires), bits)
    some = np.random.default_rng(start).integers(sector.dimension, size=20)
    assert np.array_equal(sector.bits_of(some), bits[some])
    outside = sorted(set(range(2**n_wires)) - set(wanted))
    if outside:
        with pytest.raises(ValueError, match="outside of its sector"):
            sector.rows_of([outside[0]])
    return sector


@settings(max_examples=60, deadline=None, derandomize=True)
@given(random_steps())
def test_sectors_are_all_states_with_the_charges_of_the_start(case):
    check_sector(*case)


def hops(wires):
    return [{a: 1, b: -1} for a, b in pairwise(wires)]


@pytest.mark.parametrize(
    ("n_wires", "steps", "start", "sizes"),
    [
        # One class, cut in the middle: the left half takes 0 to 3 of the ones.
        (9, hops(range(9)), 0b111, ([1, 4, 6, 4], [10, 10, 5, 1])),
        # Two classes, as of spins: one block.
        (10, hops(range(0, 10, 2)) + hops(range(1, 10, 2)), 0b0000001111, ([10], [10])),
        # Three classes: the two smaller ones share a side.
        (9, hops([0, 4, 8]) + hops([1, 2, 3]) + hops([5, 6, 7]), 0b000101001, None),
        # Two classes and the parities of pairs of wires within them, as of orbitals' symmetries.
        (8, [{0: 1, 2: -1}, {4: 1, 6: -1}, {0: 1, 1: 1, 2: -1, 3: -1}, {1: 1, 5: 1, 3: -1, 7: -1}], 0b00110011, None),
        # Pairs created on two sides: the difference of their numbers is kept, a weight of minus one.
        (8, [{0: 1, 4: 1}, *hops(range(4)), *hops(range(4, 8))], 0b00010011, None),
        # Pairs created anywhere: only a parity is left.
        (7, [{a: 1, a + 1: 1} for a in range(6)] + hops(range(7)), 0b1, None),
        # Frozen wires, zeros and ones, among others.
        (9, hops([1, 4, 6, 8]), 0b000010101, None),
        # Nothing moves, and nothing stays.
        (4, [], 0b0101, ([1], [1])),
        (4, [{w: 1} for w in range(4)], 0, ([4], [4])),
        (1, [], 1, ([1], [1])),
    ],
)
def test_named_sectors(n_wires, steps, start, sizes):
    sector = check_sector(n_wires, steps, start)
    if sizes is not None:
        found = sorted(zip(sector.left.sizes.tolist(), sector.right.sizes.tolist(), strict=True))
        assert found == sorted(zip(*sizes, strict=True))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(random_steps(), st.integers(0, 2**32 - 1))
def test_diagonals_and_costs_equal_those_of_listed_states(case, seed):
    n_wires, steps, start = case
    rng = np.random.default_rng(seed)
    labels = tuple(f"w{i}" for i in range(n_wires))
    sector = BlockSector.of(conserved(steps, n_wires), start, labels)
    masks = rng.integers(0, 2**n_wires, size=(3, 6)).tolist()
    terms = [Term(complex(c), m, m & v, p) for c, m, v, p in zip(rng.normal(size=6), *masks, strict=True)]
    np.testing.assert_allclose(sector.diagonal(terms), Sector.diagonal(sector, terms), atol=1e-13)
    assert not sector.diagonal([]).any()
    chosen = [str(w) for w in rng.permutation(labels)[: rng.integers(1, n_wires + 1)]]
    weights = rng.normal(size=len(chosen))
    expected = sector.bitstrings()[:, [labels.index(w) for w in chosen]] @ weights
    np.testing.assert_allclose(sector.evaluate(lambda bits: bits @ weights, chosen), expected, atol=1e-13)


def test_halves_that_are_too_long_are_declined(monkeypatch):
    too_wide = BlockSector.of(conserved(hops(range(66)), 66), 1, tuple(range(66)))
    monkeypatch.setattr(halves, "MAX_STRINGS", 30)
    assert too_wide is None
    assert BlockSector.of(conserved(hops(range(10)), 10), 0b11111, tuple(range(10))) is None
    assert BlockSector.of(conserved(hops(range(10)), 10), 0b1, tuple(range(10))).dimension == 10


def test_neither_costs_nor_samples_make_the_keys():
    sector = BlockSector.of(conserved(hops(range(12)), 12), 0b111111, tuple(range(12)))
    before = sector.nbytes
    sector.evaluate(lambda bits: bits.sum(axis=1), sector.wires)
    sector.bits_of(np.array([0, 7]))
    assert "keys" not in vars(sector)
    assert sector.keys.nbytes + sector.table.nbytes == sector.nbytes - before
