"""Observables that are not diagonal, on all amplitudes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from runtime.circuit.actions import Term
from runtime.kernels.pauli_sums import apply_pauli_sum


@dataclass(frozen=True, eq=False)
class PauliSumExpectation:
    """<A> of a sum of Pauli words, applied word by word: a matrix would take a row for every amplitude."""

    flips: np.ndarray  # shape: (n_groups,); masks over an amplitude's index, wire 0 its most significant bit
    starts: np.ndarray  # shape: (n_groups + 1,); where each group's words begin
    parities: np.ndarray  # shape: (n_words,); masks
    coefficients: np.ndarray  # shape: (n_words,), complex
    is_real = False
    is_diagonal = False

    @classmethod
    def of(cls, by_flip: Mapping[int, Sequence[Term]], n_wires: int) -> PauliSumExpectation | None:
        """The observable with these terms; None if a term is conditioned on what some wires hold."""
        if any(term.mask for terms in by_flip.values() for term in terms):
            return None

        def masks(over_wires: Sequence[int]) -> np.ndarray:
            return np.array([int(f"{m:0{n_wires}b}"[::-1], 2) for m in over_wires], dtype=np.int64)

        terms = [term for group in by_flip.values() for term in group]
        return cls(
            flips=masks(list(by_flip)),
            starts=np.cumsum([0, *(len(group) for group in by_flip.values())]),
            parities=masks([t.parity for t in terms]),
            coefficients=np.array([t.coefficient for t in terms], dtype=np.complex128),
        )

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.flips.nbytes + self.starts.nbytes + self.parities.nbytes + self.coefficients.nbytes

    def apply(self, state: np.ndarray, out: np.ndarray) -> float:
        """See `Objective`."""
        return apply_pauli_sum(state, self.flips, self.starts, self.parities, self.coefficients, out)
