"""Fusing diagonal gates changes nothing: products of dense matrices before and after."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.circuit.actions import Case, Cost, Mixing, Permutation, Rotation, Term
from runtime.circuit.affine import Affine
from runtime.circuit.phases import fuse_phases

N_WIRES = 3
STATES = np.arange(2**N_WIRES)
SIZES = [0.0, 1.0, -1.0, 0.5, -2.0]


def cost(bits):
    return bits @ np.array([0.3, -1.1, 0.7])


def amplitudes(terms):
    """g(x) of a sum of terms on every basis state, bit i of x being wire i."""
    signs = [1 - 2 * (np.bitwise_count(STATES & t.parity).astype(int) % 2) for t in terms]
    return sum(t.coefficient * s * ((STATES & t.mask) == t.value) for t, s in zip(terms, signs, strict=True))


def matrix_of(action, params):
    """The slow twin: an action as a matrix."""
    identity = np.eye(len(STATES), dtype=complex)
    if isinstance(action, Mixing):
        matrix = identity.copy()
        for x in STATES[(STATES & action.mask) == action.value]:
            pair = [x, x ^ action.flip]
            matrix[np.ix_(pair, pair)] = np.reshape(action.matrix, (2, 2))
        return matrix
    if isinstance(action, Permutation):
        matrix = np.zeros_like(identity)
        for x in STATES:
            case = next((c for c in action.cases if x & c.mask == c.value), Case(0, 0, 0))
            matrix[x ^ case.flip, x] = case.phase
        return matrix
    angle = action.angle.real_constant + sum(c * params[i] for i, c in action.angle.coefficients.items())
    if isinstance(action, Cost):
        bits = (STATES[:, None] >> np.array(action.wires)) & 1
        return np.diag(np.exp(-1j * angle * action.function(bits)))
    g = amplitudes(action.terms)
    if not action.flip:
        return np.diag(np.exp(1j * angle * g))
    size = np.abs(g)  # G squared is diagonal
    matrix = np.diag(np.cos(angle * size)).astype(complex)
    moving = size > 0
    matrix[STATES[moving] ^ action.flip, STATES[moving]] += 1j * np.sin(angle * size[moving]) * g[moving] / size[moving]
    return matrix


def product_of(actions, params):
    total = np.eye(len(STATES), dtype=complex)
    for action in actions:
        total = matrix_of(action, params) @ total
    return total


@st.composite
def angles(draw):
    """Angles that are often multiples of one another, with shifts that are not always."""
    scale, shift = draw(st.sampled_from(SIZES)), draw(st.sampled_from(SIZES))
    coefficients = draw(st.dictionaries(st.integers(0, 1), st.sampled_from(SIZES), max_size=2))
    return Affine({i: scale * c for i, c in coefficients.items()}, scale * shift)


@st.composite
def terms(draw):
    mask = draw(st.integers(0, 7))
    return Term(draw(st.sampled_from(SIZES)), mask, mask & draw(st.integers(0, 7)), draw(st.integers(0, 7)))


@st.composite
def cases(draw):
    """Conditions that may overlap, in which case the first counts."""
    mask = draw(st.integers(0, 7))
    phase = np.exp(1j * draw(st.sampled_from([0.0, 0.4, np.pi / 2, np.pi])))
    return Case(mask, mask & draw(st.integers(0, 7)), 0, complex(phase))


PHASES = st.builds(Rotation, angles(), st.just(0), st.lists(terms(), min_size=1, max_size=3).map(tuple))
ACTIONS = st.one_of(
    PHASES,
    PHASES,
    st.builds(Cost, angles(), st.just(cost), st.permutations(range(N_WIRES)).map(tuple)),
    st.lists(cases(), min_size=1, max_size=3).map(lambda c: Permutation(tuple(c))),
    st.builds(
        lambda angle, flip, parity: Rotation(angle, flip, (Term(1.0, parity=parity & ~flip),)),
        angles(),
        st.integers(1, 7),
        st.integers(0, 7),
    ),
    st.just(Permutation((Case(0b001, 0b001, 0b010, 1j),))),
    st.just(Mixing(0b100, 0b101, 0b001, (0.6, 0.8j, 0.8j, 0.6))),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(ACTIONS, max_size=9))
def test_fusing_changes_nothing(actions):
    params = np.array([0.83, -0.47])
    fused = fuse_phases(actions)
    assert len(fused) <= len(actions)
    np.testing.assert_allclose(product_of(fused, params), product_of(actions, params), atol=1e-12)


def phase(angle, *words):
    return Rotation(angle, 0, tuple(words))


def test_what_is_fused():
    unit, shifted = Affine({0: 2.0}, 0.5), Affine({0: -1.0}, -0.25)
    z, zz, z_control = Term(1.0, parity=1), Term(0.5, parity=3), Term(1.0, 4, 4, 1)
    flip = Rotation(Affine({0: 1.0}), 1, (Term(1.0),))
    separator = Cost(Affine({1: 1.0}), cost, (0, 1, 2))
    other = phase(Affine({0: -1.0}, 0.25), zz)
    # Proportional angles join, past another phase and a cost between them; what is not proportional stays.
    fused = fuse_phases([phase(unit, z), other, separator, phase(shifted, zz, z_control), flip, phase(unit, z)])
    assert [type(a) for a in fused] == [Cost, Rotation, Rotation, Rotation, Rotation]
    assert fused[1].terms == (z, Term(-0.25, parity=3), Term(-0.5, 4, 4, 1))
    assert fused[2:] == [other, flip, phase(unit, z)]


def test_what_cancels_is_left_out():
    z = Term(1.0, parity=1)
    assert fuse_phases([phase(Affine({0: 2.0}), z), phase(Affine({0: -2.0}), z)]) == []


def test_fixed_phases_are_one():
    s, t, cz = (Permutation((Case(m, m, 0, c),)) for m, c in ((1, 1j), (2, np.exp(0.25j * np.pi)), (5, -1.0)))
    [fused] = fuse_phases([s, t, cz, s])
    np.testing.assert_allclose([c.coefficient for c in fused.terms], [np.pi, np.pi / 4, np.pi], rtol=1e-15)
    overlapping = Permutation((Case(1, 1, 0, 1j), Case(2, 2, 0, -1.0)))
    assert fuse_phases([overlapping]) == [overlapping]
