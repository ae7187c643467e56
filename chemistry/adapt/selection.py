"""Which operators of a pool join the circuit next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from chemistry.adapt.pool_gradients import Pool, PoolGradients
from chemistry.adapt.pools import PoolOperator
from chemistry.adapt.qubit_excitations import QubitExcitation
from chemistry.excitations import Excitation

_TIE = 1e-9  # hartree per radian; between gradients closer than this the order of the pool decides, not rounding


@dataclass(frozen=True)
class Addition:
    """Operators that join the circuit together."""

    operators: tuple[PoolOperator, ...]
    gradients: tuple[float, ...]  # hartree per radian, of each when it was chosen
    from_pool: frozenset[int]  # the numbers of those in the pool that they come from

    def first(self, count: int) -> Addition:
        """So many of them, where no more are allowed."""
        return Addition(self.operators[:count], self.gradients[:count], self.from_pool)


def next_addition(
    pool: Pool, gradients: PoolGradients, tolerance: float, *, batch: bool, barred: Collection[int] = ()
) -> Addition:
    """The operator with the largest gradient; in a batch, further ones on wires that none before them acts on.

    Batches are those of Anastasiou, Chen, Mayhall, Barnes and Economou (TETRIS), Phys. Rev. Research 6, 013254 (2024).

    A coupled exchange is taken apart into its qubit excitations, each with a parameter of its own, where more than one
    of those on its four wires has a gradient that is not small: a rotation by one angle could follow only their sum or
    difference (the DVG rule of Ramôa et al., npj Quantum Information 11, 86 (2025)).

    Args:
        pool: The pool.
        gradients: At the present state.
        tolerance: Smaller gradients are none, hartree per radian.
        batch: Whether several operators may be added.
        barred: Numbers of operators that are not to be taken.

    Returns:
        What to add; nothing where no gradient is large enough.
    """
    sizes = np.abs(gradients.of_operators)
    chosen: list[PoolOperator] = []
    slopes: list[float] = []
    numbers: list[int] = []
    taken: set[int] = set()
    for number in np.argsort(-np.round(sizes / _TIE), kind="stable").tolist():
        if sizes[number] < tolerance or (chosen and not batch):
            break
        operator = pool.operators[number]
        if number in barred or taken & operator.support:
            continue
        taken |= operator.support
        numbers.append(number)
        parts = _exchanges(pool, operator, gradients, tolerance)
        if len(parts) > 1:
            chosen += [PoolOperator((part,), (1.0,)) for part in parts]
            slopes += [gradients.of_excitations[part] for part in parts]
        else:
            chosen.append(operator)
            slopes.append(float(gradients.of_operators[number]))
    return Addition(tuple(chosen), tuple(slopes), frozenset(numbers))


def _exchanges(pool: Pool, operator: PoolOperator, gradients: PoolGradients, tolerance: float) -> list[Excitation]:
    """The qubit excitations on the wires of a coupled exchange whose gradients are not small."""
    if len(operator.excitations) < 2 or not isinstance(operator.excitations[0], QubitExcitation):
        return []
    alike = pool.doubles_on(operator.support)
    return [e for e in alike if abs(gradients.of_excitations[e]) >= tolerance]
