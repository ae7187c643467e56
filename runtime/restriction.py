"""Restricting observables to a sector."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pennylane as qml
import scipy.sparse

from runtime.basis_states import mask_to_words
from runtime.circuit.actions import Positions, Term, local_mask, mask_of, term_arrays
from runtime.circuit.generators import MAX_DENSE_WIRES
from runtime.circuit.structure import NoStructureError
from runtime.kernels.couplings import matrix_elements
from runtime.objectives import CvarOfDiagonal, DiagonalExpectation, GibbsOfDiagonal, Objective, SparseExpectation
from runtime.observables import CVaR, DiagonalObservable, Gibbs
from runtime.sector import Sector

NEGLIGIBLE = 1e-14
HERMITIAN_TO = 1e-10


def restrict(observable: Any, sector: Sector) -> Objective:
    """An observable, or an objective made of one, on a sector.

    Raises:
        ValueError: if it acts on wires that the sector lacks, or CVaR or Gibbs is asked of one that is not diagonal.
        NoStructureError: if it has no form that can be restricted.
    """
    if isinstance(observable, CVaR | Gibbs):
        inner = restrict(observable.diagonal, sector)
        if not isinstance(inner, DiagonalExpectation):
            raise ValueError(
                f"{type(observable).__name__} needs an observable that is diagonal in the computational basis,"
                f" made of Z words, got {observable.diagonal}."
            )
        if isinstance(observable, CVaR):
            return CvarOfDiagonal(inner.diagonal, observable.alpha, np.argsort(inner.diagonal, kind="stable"))
        return GibbsOfDiagonal(inner.diagonal, observable.eta)
    if isinstance(observable, DiagonalObservable):
        return DiagonalExpectation(sector.evaluate(observable.function, observable.wires))
    if hasattr(observable, "sector_objective"):
        return observable.sector_objective(sector)
    return restrict_operator(observable, sector)


def restrict_operator(operator: Any, sector: Sector) -> Objective:
    """P A P for the projector P on the sector: a diagonal where A is one, else a sparse matrix."""
    missing = [w for w in operator.wires if w not in sector.wires]
    if missing:
        raise ValueError(f"The observable acts on wires {missing}, which the circuit does not have.")
    if not is_hermitian(operator):
        raise ValueError(f"An observable must be Hermitian, with finite coefficients, got {operator}.")
    if isinstance(operator, qml.SparseHamiltonian):
        return SparseExpectation(_submatrix(operator, sector))
    positions = {w: i for i, w in enumerate(sector.wires)}
    by_flip = terms_of(operator, positions)
    if set(by_flip) <= {0}:
        return DiagonalExpectation(sector.diagonal(by_flip.get(0, ())))
    return sector.matrix_free(by_flip) or SparseExpectation(_matrix(by_flip, sector))


def checked_operators(operators: Any, wires: Sequence[Hashable], what: str) -> list[Any]:
    """A list of PennyLane operators on a circuit's wires.

    Raises:
        ValueError: if it is not a list, holds something else, or an operator acts on other wires.
    """
    if not isinstance(operators, list | tuple):
        raise ValueError(f"{what} is a list of PennyLane operators, got {operators!r}.")
    for operator in operators:
        if not isinstance(operator, qml.operation.Operator):
            raise ValueError(f"{what} is a list of PennyLane operators, but holds {operator!r}.")
        missing = [w for w in operator.wires if w not in wires]
        if missing:
            raise ValueError(f"{what} holds {operator}, which acts on wires {missing} that the circuit does not have.")
    return list(operators)


def is_hermitian(operator: Any) -> bool:
    """Whether an operator is Hermitian, as far as its Pauli words, its summands or its matrix say so."""
    sentence = operator.pauli_rep
    if sentence is not None:
        return all(abs(np.imag(c)) <= HERMITIAN_TO and np.isfinite(c) for c in sentence.values())
    if isinstance(operator, qml.SparseHamiltonian):
        difference = operator.H - operator.H.conj().T
        return difference.nnz == 0 or abs(difference).max() <= HERMITIAN_TO
    if isinstance(operator, qml.ops.LinearCombination | qml.ops.Sum | qml.ops.SProd):
        coefficients, parts = operator.terms()
        if not any(part is operator for part in parts):
            real = all(abs(np.imag(c)) <= HERMITIAN_TO and np.isfinite(c) for c in coefficients)
            return real and all(is_hermitian(p) for p in parts)
    if len(operator.wires) > 2 * MAX_DENSE_WIRES:
        return True  # refused for its size further on
    matrix = qml.matrix(operator, wire_order=operator.wires)
    return bool(np.allclose(matrix, np.conj(matrix.T), atol=HERMITIAN_TO))


def terms_of(operator: Any, positions: Positions) -> dict[int, list[Term]]:
    """An operator as amplitudes g(x) of |x> -> |x ^ flip>, by flip.

    Raises:
        NoStructureError: if a factor of it is neither made of Pauli words nor small enough for its matrix.
    """
    by_flip: dict[int, list[Term]] = {}
    sentence = operator.pauli_rep
    if sentence is not None:
        for word, coefficient in sentence.items():
            flip = parity = ys = 0
            for wire, letter in word.items():
                bit = 1 << positions[wire]
                flip |= bit if letter in "XY" else 0
                parity |= bit if letter in "YZ" else 0
                ys += letter == "Y"
            by_flip.setdefault(flip, []).append(Term(complex(coefficient) * 1j**ys, parity=parity))
        return by_flip
    if isinstance(operator, qml.ops.LinearCombination | qml.ops.Sum | qml.ops.SProd):
        for coefficient, part in zip(*operator.terms(), strict=True):
            if part is operator:
                break
            for flip, terms in terms_of(part, positions).items():
                scaled = [Term(complex(coefficient) * t.coefficient, t.mask, t.value, t.parity) for t in terms]
                by_flip.setdefault(flip, []).extend(scaled)
        else:
            return by_flip
    where = tuple(positions[w] for w in operator.wires)
    if isinstance(operator, qml.ops.Projector) and len(operator.data[0]) == len(where):
        return {0: [Term(1.0 + 0j, mask_of(where, [1] * len(where)), mask_of(where, operator.data[0]))]}
    if len(where) > 2 * MAX_DENSE_WIRES:
        raise NoStructureError(f"{operator.name} on {len(where)} wires is neither made of Pauli words nor small.")
    everything = mask_of(where, [1] * len(where))
    matrix = np.asarray(qml.matrix(operator, wire_order=operator.wires))
    for target, source in zip(*np.nonzero(np.abs(matrix) > NEGLIGIBLE), strict=True):
        term = Term(complex(matrix[target, source]), everything, local_mask(where, int(source)))
        by_flip.setdefault(local_mask(where, int(source) ^ int(target)), []).append(term)
    return by_flip


def _matrix(by_flip: dict[int, list[Term]], sector: Sector) -> scipy.sparse.csr_array:
    rows, columns, values = [], [], []
    for flip, terms in by_flip.items():
        elements = np.zeros(sector.dimension, dtype=np.complex128)
        targets = np.empty(sector.dimension, dtype=np.int64)
        coefficients, masks, wanted, parities = term_arrays(terms, len(sector.wires))
        flips = mask_to_words(flip, len(sector.wires))
        matrix_elements(sector.keys, sector.table, flips, coefficients, masks, wanted, parities, targets, elements)
        kept = np.flatnonzero((targets >= 0) & (np.abs(elements) > NEGLIGIBLE))
        rows.append(targets[kept])
        columns.append(kept)
        values.append(elements[kept])
    data: np.ndarray = np.concatenate(values)
    if not np.abs(data.imag).max(initial=0.0) > NEGLIGIBLE:
        data = data.real
    shape = (sector.dimension, sector.dimension)
    return scipy.sparse.csr_array(
        scipy.sparse.coo_array((data, (np.concatenate(rows), np.concatenate(columns))), shape=shape)
    )


def _submatrix(operator: Any, sector: Sector) -> scipy.sparse.csr_array:
    """Rows and columns of a sparse matrix over all wires that belong to the sector."""
    if set(operator.wires) != set(sector.wires) or len(sector.wires) > 30:
        raise NoStructureError("A SparseHamiltonian can be restricted only if it acts on exactly the circuit's wires.")
    bits = sector.bitstrings()[:, [sector.wires.index(w) for w in operator.wires]].astype(np.int64)
    index = bits @ (1 << np.arange(bits.shape[1] - 1, -1, -1))
    matrix = scipy.sparse.csr_array(operator.H)[index][:, index]
    if np.iscomplexobj(matrix.data) and not matrix.data.imag.any():
        matrix = matrix.real
    return scipy.sparse.csr_array(matrix)
