"""Whether actions commute, so that one may be moved past the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from runtime.circuit.actions import Action, Mixing, Permutation, Rotation, Term

MAX_TABLED_WIRES = 8  # actions on more wires together are taken not to commute, unless their Pauli words say so
NEGLIGIBLE = 1e-12


def support(action: Action) -> int:
    """The mask of the wires that an action depends on or flips; all, that is -1, if on the set reached by then."""
    if isinstance(action, Rotation):
        return -1 if action.guarded else action.flip | _wires_of(action.terms)
    if isinstance(action, Permutation):
        mask = 0
        for case in action.cases:
            mask |= case.mask | case.flip
        return mask
    if isinstance(action, Mixing):
        return action.mask | action.flip
    wires = getattr(action, "wires", None)
    return -1 if wires is None else sum(1 << w for w in wires)


def commute(a: Action, b: Action) -> bool:
    """Whether two actions certainly commute, at all angles."""
    both = support(a) & support(b)
    if both == 0:
        return True
    if both < 0:
        return False
    if isinstance(a, Rotation) and isinstance(b, Rotation):
        if a.flip == b.flip == 0:
            return True
        if _made_of_words(a) and _made_of_words(b):
            return all(_words_commute(a.flip, s, b.flip, t) for s in a.terms for t in b.terms)
    mask = support(a) | support(b)
    known = Rotation | Mixing | Permutation
    if not isinstance(a, known) or not isinstance(b, known) or mask.bit_count() > MAX_TABLED_WIRES:
        return False
    wires = [w for w in range(mask.bit_length()) if mask >> w & 1]
    first, second = _parts(a, wires), _parts(b, wires)
    return all(_same_product(p, q) for p in first for q in second)


def _wires_of(terms: Sequence[Term]) -> int:
    mask = 0
    for term in terms:
        mask |= term.mask | term.parity
    return mask


def _made_of_words(rotation: Rotation) -> bool:
    return all(t.mask == 0 for t in rotation.terms)


def _words_commute(flip_a: int, a: Term, flip_b: int, b: Term) -> bool:
    return ((flip_a & b.parity).bit_count() + (flip_b & a.parity).bit_count()) % 2 == 0


Part = tuple[np.ndarray, np.ndarray]  # where each local basis state goes, and with which amplitude; shapes: (2^m,)


def _parts(action: Rotation | Mixing | Permutation, wires: list[int]) -> list[Part]:
    """Operators that add up to the action or generate it, each of which takes a basis state to one other."""
    states = np.arange(1 << len(wires))

    def local(mask: int) -> int:
        return sum(1 << i for i, w in enumerate(wires) if mask >> w & 1)

    def matches(mask: int, value: int) -> np.ndarray:
        return (states & local(mask)) == local(value)

    if isinstance(action, Rotation):
        amplitudes = np.zeros(len(states), dtype=complex)
        for term in action.terms:
            signs = 1 - 2 * (np.bitwise_count(states & local(term.parity)).astype(int) % 2)
            amplitudes += term.coefficient * signs * matches(term.mask, term.value)
        return [(states ^ local(action.flip), amplitudes)]
    if isinstance(action, Mixing):
        straight, crossed = np.ones(len(states), dtype=complex), np.zeros(len(states), dtype=complex)
        first = matches(action.mask, action.value)
        second = matches(action.mask, action.value ^ (action.flip & action.mask))
        straight[first], straight[second] = action.matrix[0], action.matrix[3]
        crossed[first], crossed[second] = action.matrix[2], action.matrix[1]
        return [(states, straight), (states ^ local(action.flip), crossed)]
    targets, phases = states.copy(), np.ones(len(states), dtype=complex)
    for case in reversed(action.cases):  # the first that matches counts
        chosen = matches(case.mask, case.value)
        targets[chosen] = states[chosen] ^ local(case.flip)
        phases[chosen] = case.phase
    return [(targets, phases)]


def _same_product(p: Part, q: Part) -> bool:
    """Whether two such operators commute."""
    amplitudes = p[1][q[0]] * q[1], q[1][p[0]] * p[1]
    present = np.abs(amplitudes[0]) > NEGLIGIBLE
    return bool(np.allclose(*amplitudes, rtol=0, atol=NEGLIGIBLE) and (p[0][q[0]] == q[0][p[0]])[present].all())
