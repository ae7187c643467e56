"""The reach kernels against their dense twin."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.basis_states import bits_to_keys, keys_to_bits, mask_to_words
from runtime.circuit.actions import Case, Term
from runtime.explicit.reach import Reach


def dense_amplitude(bits, term):
    """g(x) of one term, bit by bit."""
    key = sum(1 << i for i, b in enumerate(bits) if b)
    if key & term.mask != term.value:
        return 0.0
    return term.coefficient * (-1) ** bin(key & term.parity).count("1")


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32 - 1), n_wires=st.sampled_from([3, 5, 64, 65, 130]))
def test_coupled_pairs_equal_those_of_the_dense_twin(seed, n_wires):
    rng = np.random.default_rng(seed)
    wires = [int(w) for w in rng.choice(n_wires, size=3, replace=False)]
    s, t = 1 << wires[0], 1 << wires[1]
    everything = s | t
    u = complex(*rng.normal(size=2))
    parity = 1 << wires[2]
    terms = (Term(u, everything, s, parity), Term(np.conj(u), everything, t, parity))
    reach = Reach(n_wires, limit=1000)
    reach.permute([Case(0, 0, sum(1 << w for w in wires if rng.random() < 0.5))])
    for _ in range(3):
        before = {tuple(b) for b in keys_to_bits(reach.keys, n_wires)}
        pairs = reach.couple(s ^ t, terms)
        bits = keys_to_bits(reach.keys, n_wires)
        coupled = {}
        for p in pairs:
            for i, j in zip(p.first, p.second, strict=True):
                coupled[tuple(bits[i]), tuple(bits[j])] = p.strength
        expected = set(before)
        for x in before:
            g = sum(dense_amplitude(x, term) for term in terms)
            if abs(g) > 1e-12:
                y = list(x)
                for w in wires[:2]:
                    y[w] ^= 1
                y = tuple(y)
                expected.add(y)
                found = coupled.get((x, y), np.conj(coupled.get((y, x), np.nan)))
                np.testing.assert_allclose(found, g)
        assert {tuple(b) for b in bits} == expected
        assert 2 * len(coupled) <= len(expected)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_wires=st.integers(1, 200))
def test_keys_and_bits_are_inverse_and_ordered(seed, n_wires):
    bits = np.random.default_rng(seed).integers(0, 2, size=(10, n_wires)).astype(np.uint8)
    keys = bits_to_keys(bits)
    np.testing.assert_array_equal(keys_to_bits(keys, n_wires), bits)
    by_key = sorted(range(10), key=lambda i: (tuple(keys[i]), i))
    by_bits = sorted(range(10), key=lambda i: (tuple(bits[i]), i))
    assert by_key == by_bits
    masks = [mask_to_words(sum(1 << i for i, b in enumerate(row) if b), n_wires) for row in bits]
    np.testing.assert_array_equal(np.array(masks), keys)
