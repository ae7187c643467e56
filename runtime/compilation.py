"""From a circuit and an observable to a program."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any, get_args

from runtime.blocks.lowering import lower_to_blocks
from runtime.circuit.actions import (
    Action,
    AnyPreparation,
    Exchange,
    Mixing,
    PermutationPreparation,
    Preparation,
    Rotation,
)
from runtime.circuit.affine import symbols_in
from runtime.circuit.dependence import kinds
from runtime.circuit.recognition import ONLY_NATIVE, actions_of
from runtime.circuit.structure import NoStructureError, UnfollowedError
from runtime.circuit.tracing import Trace, trace
from runtime.compilation_cache import remembered
from runtime.evolution import Evolution
from runtime.explicit.lowering import Lowering
from runtime.machines import Machine
from runtime.machines import machine as machine_named
from runtime.observables import CVaR, DiagonalObservable, Gibbs, observable_wires
from runtime.program import Precision, Program
from runtime.restriction import checked_operators, restrict, terms_of
from runtime.sector_program import SectorProgram

DENSE_WIRES = 12  # so few are run on all basis states if need be; above, lightning.qubit does that faster


def compile(
    circuit: Callable[[Any], Any],
    observable: Any = None,
    *,
    n_params: int | None = None,
    machine: Machine | str | None = None,
    also_reach: Sequence[Any] = (),
    precision: Precision = "double",
) -> Program:
    """Compile a PennyLane circuit for one observable, or several.

    The circuit is traced once; then the basis states that it can reach are found, and each gate becomes a kernel on
    those amplitudes. A circuit of more than 12 wires that reaches more than half of all basis states has no structure
    to use, unless it is made of diagonal gates and X rotations alone; it goes to lightning.qubit. `program.engine` says
    which engine it is.

    Args:
        circuit: a callable that applies PennyLane operations, given an array of parameters; or a QNode.
        observable: a PennyLane observable, a list of them, `runtime.CVaR`, `runtime.Gibbs` or
            `runtime.DiagonalObservable`. None takes a QNode's own.
        n_params: the number of parameters, if the circuit does not carry it as `circuit.n_params`.
        machine: where estimates and samples are measured; None is the exact machine.
        also_reach: operators applied to the reached states to enlarge the sector once more, for what a projection on
            the circuit's own reach would get wrong, such as linear response. `program.variance` and
            `program.pool_gradients` need none. What is then more than half of all states goes to lightning.qubit.
        precision: of the amplitudes; "single" takes half the memory, and values are then right to about 1e-5 of the
            observable's range. A circuit without structure runs in double precision whatever is asked for.

    Returns:
        The program.

    Raises:
        ValueError: if the number of parameters is unknown, the circuit measures or is noisy, or a number depends on the
            parameters in a way that cannot be differentiated.
        DoesNotFitError: if it would not fit in memory; a `ValueError`.
    """
    import pennylane as qml

    if isinstance(circuit, qml.QNode):
        circuit, observable = _taken_apart(circuit, observable, n_params)
    if observable is None:
        raise ValueError("A program needs an observable: runtime.compile(circuit, observable).")
    count = n_params if n_params is not None else getattr(circuit, "n_params", None)
    if count is None:
        raise ValueError(
            "The number of parameters is unknown: pass n_params=..., or let the circuit carry it as circuit.n_params."
        )
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 0:
        raise ValueError(f"n_params is the number of parameters, a whole number of at least 0, got {count!r}.")
    several = isinstance(observable, list | tuple)
    observables = list(observable) if several else [observable]
    for one in observables:
        inner = one.diagonal if isinstance(one, CVaR | Gibbs) else one
        known = isinstance(inner, qml.operation.Operator | DiagonalObservable) or hasattr(inner, "sector_objective")
        if not known:
            raise ValueError(
                f"An observable is a PennyLane operator, CVaR, Gibbs or DiagonalObservable, got {one!r}"
                f"{_as_operator(inner)}."
            )
    if precision not in get_args(Precision):
        raise ValueError(f"precision is 'double' or 'single', got {precision!r}.")
    where = machine if isinstance(machine, Machine) else machine_named(machine or "exact")
    written: set[tuple[type, ...]] = set()
    while True:
        traced = trace(circuit, int(count), observable_wires(observables), written)
        try:
            if traced.obstacle is not None:
                raise traced.obstacle
            return compile_trace(
                traced, observables, several=several, machine=where, also_reach=also_reach, precision=precision
            )
        except UnfollowedError as reason:
            if reason.kinds in written:
                return _on_lightning(circuit, traced, observables, several, where, reason)
            written.add(reason.kinds)
        except NoStructureError as reason:
            return _on_lightning(circuit, traced, observables, several, where, reason)


def _as_operator(given: Any) -> str:
    """How to make an operator of something that is close to one."""
    import pennylane as qml

    if isinstance(given, qml.fermi.FermiWord | qml.fermi.FermiSentence):
        return ": map it to qubits with qml.jordan_wigner"
    if isinstance(given, qml.pauli.PauliWord | qml.pauli.PauliSentence):
        return ": pass its .operation()"
    if isinstance(given, qml.measurements.ExpectationMP):
        return ": pass what it measures"
    return ""


def _on_lightning(
    circuit: Callable[[Any], Any],
    traced: Trace,
    observables: Sequence[Any],
    several: bool,
    machine: Machine,
    reason: Exception,
) -> Program:
    from runtime.fallback import LightningProgram

    return LightningProgram(circuit, traced, observables, several, machine, str(reason))


def compile_trace(
    traced: Trace,
    observables: Sequence[Any],
    *,
    several: bool,
    machine: Machine,
    also_reach: Sequence[Any] = (),
    precision: Precision = "double",
) -> SectorProgram:
    """Compile a recorded circuit for the sector engine.

    Raises:
        NoStructureError: if the circuit or an observable has no structure that the engine can use.
    """
    if len(further := checked_operators(also_reach, traced.wires, "also_reach")):
        evolution = lower(traced, further, precision)
    else:
        evolution = remembered(traced, (precision, DENSE_WIRES), lambda: lower(traced, (), precision))
    objectives = [restrict(o, evolution.sector) for o in observables]
    return SectorProgram(traced, observables, several, machine, evolution, objectives, precision)


def lower(traced: Trace, also_reach: Sequence[Any] = (), precision: Precision = "double") -> Evolution:
    """Find the sector of a recorded circuit and lower its gates to kernels on it."""
    positions: dict[Hashable, int] = {w: i for i, w in enumerate(traced.wires)}
    actions = recognised(traced, positions)
    each = 8 if precision == "single" else 16
    if not also_reach and actions and _prepares_several(actions[0]):
        from runtime.permutations.lowering import lower_to_permutations

        on_permutations = lower_to_permutations(actions, traced.wires, bytes_per_amplitude=each)
        if on_permutations is not None:
            return on_permutations
    from runtime.hypercube.lowering import lower_to_hypercube

    on_all = lower_to_hypercube(actions, traced.wires, bytes_per_amplitude=each)
    if on_all is not None:
        return on_all
    also = [pair for operator in also_reach for pair in terms_of(operator, positions).items() if pair[0]]
    in_blocks = lower_to_blocks(actions, also, traced.wires)
    if in_blocks is not None:
        return in_blocks
    # More than half of all basis states is no structure; few wires need none, and some operations run nowhere else.
    n_wires = len(traced.wires)
    takes_all = n_wires <= DENSE_WIRES or any(isinstance(o, ONLY_NATIVE) for o in traced.operators)
    lowering = Lowering(n_wires, limit=2**n_wires if takes_all else 2 ** (n_wires - 1))
    lowering.lower(actions)
    before = lowering.reach.count
    for flip, terms in also:
        lowering.reach.couple(flip, terms, only=before)
    return lowering.finish(traced.wires)


def _prepares_several(action: Action) -> bool:
    return isinstance(action, PermutationPreparation) or (isinstance(action, Preparation) and len(action.bits) > 1)


def recognised(traced: Trace, positions: dict[Hashable, int]) -> list[Action]:
    """The actions of a recorded circuit in order, each with the operator it comes from.

    Raises:
        UnfollowedError: If a symbol among an operator's data does not arrive in its actions: its derivative would be
            lost.
        NoStructureError: If an operator has no actions.
    """
    actions: list[Action] = []
    untouched = frozenset(range(len(traced.wires)))
    for operator in traced.operators:
        wanted = symbols_in(operator.data)
        try:
            found = actions_of(operator, positions, untouched)
        except NoStructureError as reason:
            if wanted and not isinstance(reason, UnfollowedError):
                raise UnfollowedError(str(reason), kinds(operator)) from reason
            raise
        if not wanted <= symbols_in(getattr(a, "angle", None) for a in found):
            raise UnfollowedError(f"Not all angles of {operator.name} arrive in its gates.", kinds(operator))
        origin = f"{operator.name}{operator.wires.tolist()}"
        actions += [
            replace(a, origin=origin) if isinstance(a, Rotation | Mixing | Exchange | AnyPreparation) else a
            for a in found
        ]
        untouched -= {positions[w] for w in operator.wires}
    return actions


def _taken_apart(qnode: Any, observable: Any, n_params: int | None) -> tuple[Callable[[Any], Any], Any]:
    """A QNode's circuit and, if none is given, the observable of its one expectation value."""
    import numpy as np
    import pennylane as qml

    def circuit(params: Any) -> None:
        qnode.func(params)

    count = n_params if n_params is not None else getattr(qnode.func, "n_params", None)
    if count is not None:
        circuit.n_params = count  # type: ignore[attr-defined]
    if observable is not None or count is None:
        return circuit, observable
    with qml.queuing.AnnotatedQueue() as queue:
        qnode.func(np.random.default_rng(0).uniform(0.1, 1.0, count))
    measurements = qml.tape.QuantumScript.from_queue(queue).measurements
    if not all(isinstance(m, qml.measurements.ExpectationMP) for m in measurements):
        raise ValueError("A QNode can be compiled if it returns expectation values: pass observable=... for this one.")
    found = [m.obs for m in measurements]
    return circuit, found[0] if len(found) == 1 else found
