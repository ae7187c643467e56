"""A circuit of excitations written in CNOTs and single-qubit rotations, by the shortest circuits known.

| gate | CNOTs | from |
|---|---|---|
| single qubit excitation | 2 | Yordanov, Arvidsson-Shukur and Barnes, Phys. Rev. A 102, 062612 (2020) |
| double qubit excitation | 13 | the same |
| single, double fermionic excitation | 2 + 2s, 13 + 2s, with s wires between | the same |
| coupled exchange of one parameter | 9 | Ramôa et al., npj Quantum Information 11, 86 (2025) |
| coupled exchange of several parameters | 13 | the same |

All double excitations of four wires exchange a bit pattern with its complement. Three CNOTs from one of the wires, the
*pivot*, to the others write down which pair of patterns it is, and the excitation is then a rotation of the pivot
controlled by that: rotations by eight angles with a CNOT between two of them (Möttönen et al., Phys. Rev. Lett. 93,
130502 (2004)), the last of which merges with one of the three that undo the first step. Two excitations by the same
angle up to the sign leave one bit less to look at, hence nine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from chemistry.adapt.determinant_space import fixed_sign
from chemistry.adapt.pools import string_wires
from chemistry.adapt.qubit_excitations import QubitExcitation
from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.excitations import Excitation

_QUARTER = float(np.pi / 2)


@dataclass(frozen=True)
class Gate:
    """A CNOT, a Hadamard gate, an X, or a rotation by a fixed angle plus a sum of multiples of parameters."""

    name: str  # of PennyLane's operation
    wires: tuple[int, ...]
    fixed: float = 0.0  # radians
    terms: tuple[tuple[int, float], ...] = ()  # parameter and factor

    def apply(self, params: Any) -> None:
        """Apply the PennyLane operation."""
        import pennylane as qml

        operation = getattr(qml, self.name)
        if self.name in ("CNOT", "Hadamard", "PauliX"):
            operation(wires=list(self.wires))
            return
        angle: Any = self.fixed
        for parameter, factor in self.terms:
            angle = angle + factor * params[parameter]
        operation(angle, wires=list(self.wires))


@dataclass(frozen=True, kw_only=True)
class CnotCircuit:
    """An ansatz in CNOT and single-qubit gates; the same state as the one it was made from."""

    name: str
    n_params: int
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)
    gates: tuple[Gate, ...] = field(repr=False)
    wires: tuple[int, ...] = field(repr=False)

    def __call__(self, params: Any) -> None:
        """Apply the circuit to all wires in 0.

        Args:
            params: Cluster amplitudes in radians, shape (n_params,).
        """
        for gate in self.gates:
            gate.apply(params)

    @cached_property
    def n_cnots(self) -> int:
        """How many CNOTs there are."""
        return sum(gate.name == "CNOT" for gate in self.gates)

    @cached_property
    def depth(self) -> int:
        """Layers of gates that act at the same time, single-qubit gates included."""
        return _layers(self.gates, self.wires)

    @cached_property
    def cnot_depth(self) -> int:
        """Layers of CNOTs, single-qubit gates left out."""
        return _layers([gate for gate in self.gates if gate.name == "CNOT"], self.wires)


def cnot_circuit(ansatz: ExcitationCircuit) -> CnotCircuit:
    """Write a circuit of fermionic or qubit excitations in CNOTs and rotations.

    Neighbouring double qubit excitations of the same four wires become one block.

    Args:
        ansatz: The circuit.

    Returns:
        An ansatz of the same parameters that makes the same state.
    """
    gates = [Gate("PauliX", (w,)) for w in np.flatnonzero(ansatz.reference_occupation).tolist()]
    for block in _blocks(ansatz):
        gates += _written_out(block)
    return CnotCircuit(
        name=f"{ansatz.name}, in CNOTs",
        n_params=ansatz.n_params,
        initial_params=ansatz.initial_params,
        gates=tuple(gates),
        wires=tuple(range(len(ansatz.reference_occupation))),
    )


@dataclass(frozen=True)
class _Turn:
    """One excitation of a circuit: amplitude = factor * parameter."""

    excitation: Excitation
    parameter: int
    factor: float


def _blocks(ansatz: ExcitationCircuit) -> Iterator[list[_Turn]]:
    """Runs of double qubit excitations on the same wires; everything else by itself."""
    block: list[_Turn] = []
    for turn in map(_Turn, ansatz.excitations, ansatz.parameter_of, ansatz.factors):
        if block and _block_wires(turn) != _block_wires(block[-1]):
            yield block
            block = []
        block.append(turn)
    if block:
        yield block


def _block_wires(turn: _Turn) -> object:
    """What two neighbouring excitations must share to become one block; of others, something that nothing equals."""
    excitation = turn.excitation
    if isinstance(excitation, QubitExcitation) and len(excitation.sources) == 2:
        return frozenset(excitation.sources + excitation.targets)
    return object()


def _written_out(block: Sequence[_Turn]) -> list[Gate]:
    excitation = block[0].excitation
    factor = fixed_sign(excitation) * block[0].factor
    if len(excitation.sources) == 1:
        (source,), (target,) = excitation.sources, excitation.targets
        return _signed(excitation, source, _single(source, target, (block[0].parameter, factor)))
    if isinstance(excitation, QubitExcitation):
        return _double(block)
    turn = _Turn(QubitExcitation(excitation.sources, excitation.targets), block[0].parameter, factor)
    return _signed(excitation, min(excitation.sources + excitation.targets), _double([turn]))


def _signed(excitation: Excitation, pivot: int, gates: list[Gate]) -> list[Gate]:
    """Turn the pivot the other way for each electron on the Jordan-Wigner string."""
    string = () if isinstance(excitation, QubitExcitation) else string_wires(excitation)
    if not string:
        return gates
    ladder = [Gate("CNOT", pair) for pair in pairwise(string)]
    flip = [Gate("Hadamard", (pivot,)), Gate("CNOT", (string[-1], pivot)), Gate("Hadamard", (pivot,))]
    return [*ladder, *flip, *gates, *flip, *reversed(ladder)]


def _single(source: int, target: int, term: tuple[int, float]) -> list[Gate]:
    """exp(i t (YX - XY) / 2) on source and target.

    Clifford gates on each wire turn YX into XX and XY into ZZ, and a CNOT both into rotations of one wire each.
    """
    parameter, factor = term
    frame = [Gate("RZ", (source,), -_QUARTER), Gate("RX", (source,), -_QUARTER), Gate("RX", (target,), _QUARTER)]
    back = [Gate(g.name, g.wires, -g.fixed) for g in reversed(frame)]
    return [
        *frame,
        Gate("CNOT", (source, target)),
        Gate("RX", (source,), 0.0, ((parameter, -factor),)),
        Gate("RZ", (target,), 0.0, ((parameter, factor),)),
        Gate("CNOT", (source, target)),
        *back,
    ]


def _double(block: Sequence[_Turn]) -> list[Gate]:
    """Double qubit excitations of the same four wires."""
    wires = sorted(block[0].excitation.sources + block[0].excitation.targets)
    turned: dict[tuple[int, ...], dict[int, float]] = {}  # pattern beside the pivot -> how the pivot turns
    for turn in block:
        # With the pivot in 1, flipping all bits is noted as with the pivot in 0, and turns the other way.
        pivot_leaves = wires[0] in turn.excitation.sources
        filled = turn.excitation.targets if pivot_leaves else turn.excitation.sources
        pattern = tuple(int(w in filled) for w in wires[1:])
        angle = 2.0 * turn.factor * (-1.0 if pivot_leaves else 1.0)
        terms = turned.setdefault(pattern, {})
        terms[turn.parameter] = terms.get(turn.parameter, 0.0) + angle
    if len(turned) == 2:
        (first, one), (second, other) = turned.items()
        for sign in (1.0, -1.0):
            if one == {k: sign * v for k, v in other.items()}:
                return _coupled(wires, first, second, one, sign)
    return _multiplexed(wires, turned)


def _multiplexed(wires: list[int], turned: dict[tuple[int, ...], dict[int, float]]) -> list[Gate]:
    """13 CNOTs: the pivot turns by an angle of its own for each pattern of the other three wires."""
    pivot, others = wires[0], wires[1:]
    fan_out = [Gate("CNOT", (pivot, w)) for w in others]
    rotations = _rotations(pivot, others, turned)
    closing = _controlled_y(pivot, others[-1], 1.0)
    return [*fan_out, *rotations, *closing, *fan_out[:-1]]


def _coupled(
    wires: list[int], first: tuple[int, ...], second: tuple[int, ...], terms: dict[int, float], sign: float
) -> list[Gate]:
    """9 CNOTs: two patterns that turn by the same angle, or by opposite ones.

    The patterns agree in one wire and are opposite in the other two, so that beside it only the parity of those two is
    looked at; one of them tells the patterns apart, and turns the pivot the other way for a difference.
    """
    pivot = wires[0]
    agree = next(k for k in range(3) if first[k] == second[k])
    chooser, folded = (k for k in range(3) if k != agree)
    same, chosen, parity = wires[1 + agree], wires[1 + chooser], wires[1 + folded]
    fold = Gate("CNOT", (chosen, parity))
    to_chosen, to_same = Gate("CNOT", (pivot, chosen)), Gate("CNOT", (pivot, same))
    if sign < 0:
        enter, leave = _controlled_y(pivot, chosen, -1.0), _controlled_y(pivot, chosen, 1.0)
        if first[chooser]:
            terms = {k: -v for k, v in terms.items()}
    else:
        enter, leave = [to_chosen], [to_chosen]
    pattern = (1, first[agree])  # the parity of opposite bits is 1
    rotations = _rotations(pivot, [parity, same], {pattern: terms})
    return [fold, *enter, to_same, *rotations, *_controlled_y(pivot, same, 1.0), *leave, fold]


def _rotations(pivot: int, controls: list[int], turned: dict[tuple[int, ...], dict[int, float]]) -> list[Gate]:
    """The pivot's rotation about y by an angle for each pattern of the controls, but for a last CZ with the last one.

    Rotations behind the parity of each set of controls, in the order of a Gray code; between them one control enters or
    leaves the set. Hadamard gates around all of it make the CZ gates CNOTs, and turn the other way.
    """
    n = len(controls)
    gates = [Gate("Hadamard", (pivot,))]
    for step in range(2**n):
        members = step ^ (step >> 1)
        terms: dict[int, float] = {}
        for pattern, angles in turned.items():
            parity = sum(bit for k, bit in enumerate(pattern) if members >> k & 1) % 2
            for parameter, factor in angles.items():
                share = (1.0 if parity else -1.0) * factor / 2**n
                terms[parameter] = terms.get(parameter, 0.0) + share
        gates.append(Gate("RY", (pivot,), 0.0, tuple(terms.items())))
        if step + 1 < 2**n:
            entering = (members ^ (step + 1) ^ ((step + 1) >> 1)).bit_length() - 1
            gates.append(Gate("CNOT", (controls[entering], pivot)))
    gates.append(Gate("Hadamard", (pivot,)))
    return gates


def _controlled_y(control: int, target: int, turn: float) -> list[Gate]:
    """CZ then CNOT (turn = 1), or CNOT then CZ (turn = -1), with one CNOT: both are controlled Y up to a phase."""
    phase = Gate("PhaseShift", (control,), -turn * _QUARTER)
    return [phase, Gate("RZ", (target,), -_QUARTER), Gate("CNOT", (control, target)), Gate("RZ", (target,), _QUARTER)]


def _layers(gates: Sequence[Gate], wires: Sequence[int]) -> int:
    levels = dict.fromkeys(wires, 0)
    _raise_levels(levels, gates)
    return max(levels.values(), default=0)


def _raise_levels(levels: dict[int, int], gates: Sequence[Gate]) -> None:
    """Put each gate into the first layer in which its wires are free."""
    for gate in gates:
        level = 1 + max(levels[w] for w in gate.wires)
        levels.update(dict.fromkeys(gate.wires, level))


class CnotTally:
    """The CNOTs and the depth of `cnot_circuit` for a circuit that grows, without writing it out again each time.

    Args:
        ansatz: The circuit to begin with.
    """

    def __init__(self, ansatz: ExcitationCircuit) -> None:
        self._levels = {w: int(bit) for w, bit in enumerate(ansatz.reference_occupation)}
        self._n_cnots = 0
        self._block: list[_Turn] = []
        for excitation, parameter, factor in zip(ansatz.excitations, ansatz.parameter_of, ansatz.factors, strict=True):
            self.add(excitation, parameter, factor)

    def add(self, excitation: Excitation, parameter: int, factor: float) -> None:
        """Append an excitation gate of amplitude factor * parameter."""
        turn = _Turn(excitation, parameter, factor)
        if self._block and _block_wires(turn) != _block_wires(self._block[-1]):
            self._n_cnots, self._levels = self._with_block()
            self._block = []
        self._block.append(turn)

    @property
    def n_cnots(self) -> int:
        """CNOTs so far."""
        return self._with_block()[0]

    @property
    def depth(self) -> int:
        """Layers so far."""
        return max(self._with_block()[1].values(), default=0)

    def _with_block(self) -> tuple[int, dict[int, int]]:
        gates = _written_out(self._block) if self._block else []
        levels = dict(self._levels)
        _raise_levels(levels, gates)
        return self._n_cnots + sum(g.name == "CNOT" for g in gates), levels
