"""Sums of diagonal terms on permutation matrices: each term is a product of functions of what single positions hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from runtime.circuit.actions import Term

Factors = dict[int, np.ndarray]  # position -> the factor for each item that it may hold, shape: (n,)


@dataclass(frozen=True, eq=False)
class ProductSum:
    """A function of permutations, its terms on at most two positions summed into tables.

    A one-hot register has n states, so whatever a term asks of its wires is a table of n numbers; the tables of all
    terms on the same two positions add up to one n x n table, however many wires and terms there are.
    """

    constant: float
    singles: dict[int, np.ndarray] = field(default_factory=dict)  # position -> shape: (n,)
    pairs: dict[tuple[int, int], np.ndarray] = field(default_factory=dict)  # positions -> shape: (n, n)
    others: list[tuple[float, Factors]] = field(default_factory=list)  # on more positions

    @classmethod
    def of(cls, terms: Sequence[Term], places: np.ndarray) -> ProductSum:
        """The real part of a sum of terms.

        Args:
            terms: over the wires of the circuit.
            places: the position in the circuit of each wire, shape (n, n): one register per row.
        """
        constant, found = 0.0, cls(0.0)
        for term in terms:
            coefficient = complex(term.coefficient).real
            factors = {p: f for p, row in enumerate(places) if (f := _factor(term, row)) is not None}
            if not factors:
                constant += coefficient
            elif len(factors) == 1:
                [(p, f)] = factors.items()
                found.singles[p] = found.singles.get(p, 0.0) + coefficient * f
            elif len(factors) == 2:
                (p, f), (q, g) = factors.items()
                found.pairs[p, q] = found.pairs.get((p, q), 0.0) + coefficient * np.outer(f, g)
            else:
                found.others.append((coefficient, factors))
        return cls(constant, found.singles, found.pairs, found.others)

    def values(self, items: np.ndarray) -> np.ndarray:
        """The function's values.

        Args:
            items: which item each position holds, shape (m, n).

        Returns:
            Shape (m,).
        """
        values = np.full(len(items), self.constant)
        for p, table in self.singles.items():
            values += table[items[:, p]]
        for (p, q), table in self.pairs.items():
            values += table[items[:, p], items[:, q]]
        for coefficient, factors in self.others:
            product = np.full(len(items), coefficient)
            for p, table in factors.items():
                product *= table[items[:, p]]
            values += product
        return values


def _factor(term: Term, register: np.ndarray) -> np.ndarray | None:
    """What a term asks of a one-hot register, for each wire that may be the one; None if nothing."""
    bits = [1 << int(w) for w in register]
    own = sum(bits)
    if not (term.mask | term.parity) & own:
        return None
    matches = [(b & term.mask) == (term.value & own) for b in bits]
    signs = [-1.0 if b & term.parity else 1.0 for b in bits]
    return np.array(matches) * np.array(signs)
