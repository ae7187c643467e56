"""Recognising circuits of diagonal gates and X rotations, and lowering them to instructions on all amplitudes."""

from __future__ import annotations

import cmath
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from runtime.circuit.actions import (
    Action,
    Cost,
    DickePreparation,
    Exchange,
    Mixing,
    Permutation,
    PermutationPreparation,
    Preparation,
    Reflection,
    Rotation,
    Term,
)
from runtime.circuit.affine import Affine
from runtime.circuit.merging import ratio_of
from runtime.circuit.phases import fuse_phases
from runtime.hypercube.initial import Factor, ProductState
from runtime.hypercube.instructions import Instruction, Phase, Reflect, Turn
from runtime.hypercube.polynomial import ZPolynomial
from runtime.memory import refuse_all_amplitudes

if TYPE_CHECKING:
    from runtime.hypercube.evolution import HypercubeEvolution

ZERO = np.array([1.0, 0.0])
FIXED = Affine({}, 1.0)
NEGLIGIBLE = 1e-12


def lower_to_hypercube(
    actions: Sequence[Action], wires: Sequence[Hashable], bytes_per_amplitude: int
) -> HypercubeEvolution | None:
    """The evolution of a circuit of diagonal gates and X rotations that reaches more than half of all states.

    Args:
        actions: of the circuit, in order.
        wires: the labels of its wires.
        bytes_per_amplitude: 16, or 8 in single precision.

    Returns:
        None if the circuit is not of this kind.

    Raises:
        DoesNotFitError: if it is, and would not fit in memory.
    """
    found = _Reading(len(wires))
    if not all(found.take(action) for action in actions) or found.reached <= 2 ** (len(wires) - 1):
        return None
    from runtime.hypercube.evolution import HypercubeEvolution
    from runtime.hypercube.sector import FullSector

    refuse_all_amplitudes(len(wires), bytes_per_amplitude)
    return HypercubeEvolution(
        sector=FullSector(wires),
        instructions=tuple(_instructions(found.gates, wires)),
        initial=found.initial(),
        enlarging=tuple(found.enlarging),
    )


@dataclass
class _Reading:
    """A circuit as far as it has been read: what is prepared, and the gates that follow."""

    n_wires: int
    gates: list[Action] = field(default_factory=list)
    single: dict[int, np.ndarray] = field(default_factory=dict)  # wire -> its own state, where it has left |0>
    preparations: list[Preparation | DickePreparation] = field(default_factory=list)
    touched: int = 0  # wires that no preparation may follow on
    full: int = 0  # wires on which both values are reached, whatever the others hold
    enlarging: list[tuple[str, int]] = field(default_factory=list)

    def take(self, action: Action) -> bool:
        """Read on; False if the circuit is not of this kind."""
        if isinstance(action, Preparation | DickePreparation):
            return self._prepare(action)
        if isinstance(action, Exchange | PermutationPreparation):
            return False
        if isinstance(action, Mixing):
            return self._mix(action)
        if isinstance(action, Permutation):
            return self._permute(action)
        self.gates.append(action)
        if isinstance(action, Reflection):
            everything = (1 << self.n_wires) - 1
            self.touched |= everything
            return self.full == everything
        if isinstance(action, Cost):
            self.touched |= _mask(action.wires)
        elif action.flip == 0:
            for term in action.terms:
                self.touched |= term.mask | term.parity
        else:
            self.touched |= action.flip
            self._fill(action.origin, action.flip)
            return _is_x_rotation(action)
        return True

    def _prepare(self, action: Preparation | DickePreparation) -> bool:
        before = self.reached
        self.preparations.append(action)
        if isinstance(action, Preparation) and len(action.bits) == 2 ** len(action.wires):
            self.full |= _mask(action.wires)
        if self.reached != before:
            self.enlarging.append((action.origin, self.reached))
        return True

    def _mix(self, action: Mixing) -> bool:
        """A Hadamard, or any other fixed matrix, on a wire that is still in a state of its own."""
        if action.flip.bit_count() != 1 or action.mask != action.flip or not self._is_free(action.flip):
            return False
        wire = action.flip.bit_length() - 1
        a, b, c, d = action.matrix
        matrix = np.array([[a, b], [c, d]] if action.value == 0 else [[d, c], [b, a]])
        self.single[wire] = matrix @ self.single.get(wire, ZERO)
        if np.all(np.abs(self.single[wire]) > NEGLIGIBLE):
            self._fill(action.origin, action.flip)
        return True

    def _permute(self, action: Permutation) -> bool:
        """A fixed diagonal gate, or an X."""
        masks = {c.mask for c in action.cases}
        if len(masks) != 1:
            return False
        mask = masks.pop()
        if mask.bit_count() == 1 and self._is_free(mask):
            return self._permute_alone(mask, action)
        if all(c.flip == 0 for c in action.cases):
            terms = tuple(Term(cmath.phase(c.phase), c.mask, c.value) for c in action.cases)
            return self.take(Rotation(FIXED, 0, terms))
        if mask.bit_count() != 1 or any(c.flip != mask for c in action.cases) or len(action.cases) != 2:
            return False
        phases = {c.value: c.phase for c in action.cases}
        if abs(phases[0] - phases[mask]) > NEGLIGIBLE:
            return False
        # X is -i exp(i pi/2 X).
        turned = self.take(Rotation(Affine({}, math.pi / 2), mask, (Term(1.0),)))
        return turned and self.take(Rotation(FIXED, 0, (Term(cmath.phase(phases[0]) - math.pi / 2),)))

    def _permute_alone(self, mask: int, action: Permutation) -> bool:
        """The same on a wire that is still in a state of its own."""
        if any(c.flip not in (0, mask) for c in action.cases):
            return False
        wire = mask.bit_length() - 1
        before = self.single.get(wire, ZERO)
        after = np.array(before, dtype=np.complex128)
        for case in action.cases:
            after[int((case.value ^ case.flip) != 0)] = case.phase * before[int(case.value != 0)]
        self.single[wire] = after
        return True

    def _is_free(self, wire: int) -> bool:
        """Whether only fixed gates on this wire alone have come before."""
        return not self.touched & wire and not any(wire & _mask(p.wires) for p in self.preparations)

    def _fill(self, origin: str, wires: int) -> None:
        before = self.reached
        self.full |= wires
        if self.reached != before:
            self.enlarging.append((origin, self.reached))

    @property
    def reached(self) -> int:
        """The number of basis states reached by now."""
        prepared = 0
        count = 1
        for p in self.preparations:
            prepared |= _mask(p.wires)
            count *= _strings(p, self.full)
        return count * 2 ** (self.full & ~prepared).bit_count()

    def initial(self) -> ProductState:
        """The prepared state."""
        factors = [Factor((w,), amplitudes) for w, amplitudes in self.single.items()]
        for p in self.preparations:
            listed = p.listed() if isinstance(p, DickePreparation) else p
            vector = np.zeros(2 ** len(p.wires), dtype=listed.amplitudes.dtype)
            vector[listed.bits.astype(np.int64) @ (1 << np.arange(len(p.wires) - 1, -1, -1))] = listed.amplitudes
            factors.append(Factor(p.wires, vector))
        covered = {w for f in factors for w in f.wires}
        return ProductState(
            self.n_wires, factors + [Factor((w,), ZERO) for w in range(self.n_wires) if w not in covered]
        )


def _mask(wires: Sequence[int]) -> int:
    return sum(1 << w for w in wires)


def _strings(preparation: Preparation | DickePreparation, full: int) -> int:
    """How many strings are reached on a preparation's wires, some of which hold both values by now."""
    fixed = [i for i, w in enumerate(preparation.wires) if not full >> w & 1]
    n_free = len(preparation.wires) - len(fixed)
    if isinstance(preparation, Preparation):
        return len(np.unique(preparation.bits[:, fixed], axis=0)) * 2**n_free if fixed else 2**n_free
    k = preparation.n_chosen
    return sum(math.comb(len(fixed), ones) for ones in range(max(0, k - n_free), k + 1)) * 2**n_free


def _is_x_rotation(action: Rotation) -> bool:
    if action.flip.bit_count() != 1 or action.guarded or any(t.mask or t.parity for t in action.terms):
        return False
    return abs(sum(complex(t.coefficient).imag for t in action.terms)) < NEGLIGIBLE


def _instructions(gates: Sequence[Action], wires: Sequence[Hashable]) -> list[Instruction]:
    """The gates with neighbouring diagonals fused, and neighbouring X rotations by the same angle joined."""
    from runtime.hypercube.sector import CostFunction

    instructions: list[Instruction] = []
    for gate in fuse_phases(gates):
        if isinstance(gate, Reflection):
            instructions.append(Reflect(-gate.angle))
        elif isinstance(gate, Cost):
            instructions.append(Phase(-gate.angle, CostFunction(gate.function, tuple(wires[w] for w in gate.wires))))
        elif isinstance(gate, Rotation) and gate.flip == 0:
            instructions.append(Phase(gate.angle, ZPolynomial.of(gate.terms)))
        elif isinstance(gate, Rotation):
            _join_turn(instructions, gate)
    for instruction in instructions:
        if not math.isfinite(instruction.angle.real_constant):
            raise ValueError(f"Gate angles must be finite numbers, got {instruction.angle.real_constant}.")
    return instructions


def _join_turn(instructions: list[Instruction], gate: Rotation) -> None:
    wire = gate.flip.bit_length() - 1
    strength = sum(complex(t.coefficient).real for t in gate.terms)
    for i in range(len(instructions) - 1, -1, -1):
        earlier = instructions[i]
        if not isinstance(earlier, Turn):
            break
        ratio = ratio_of(gate.angle, earlier.angle)
        if ratio is not None:
            ratios = {**earlier.ratios, wire: earlier.ratios.get(wire, 0.0) + ratio * strength}
            instructions[i] = Turn(earlier.angle, ratios)
            return
    instructions.append(Turn(gate.angle, {wire: strength}))
