"""Programs forced into one layout of their sector, where the compiler would choose by its size."""

from runtime.blocks.circuit import block_circuit
from runtime.blocks.tabulation import BlockLowering
from runtime.circuit.merging import merge_rotations
from runtime.circuit.tracing import trace
from runtime.compilation import recognised
from runtime.explicit.lowering import Lowering
from runtime.machines import machine
from runtime.restriction import restrict, terms_of
from runtime.sector_program import SectorProgram


def _recorded(circuit, observable):
    """A circuit's trace and its actions."""
    traced = trace(circuit, circuit.n_params, [w for o in _listed(observable) for w in o.wires])
    return traced, recognised(traced, {w: i for i, w in enumerate(traced.wires)})


def in_blocks(circuit, observable, *, also_reach=(), precision="double"):
    """The program on a block sector, however small; None if the circuit is not of that form."""
    traced, actions = _recorded(circuit, observable)
    positions = {w: i for i, w in enumerate(traced.wires)}
    also = [pair for operator in also_reach for pair in terms_of(operator, positions).items() if pair[0]]
    found = block_circuit(merge_rotations(actions), also, traced.wires)
    return None if found is None else _program(traced, observable, BlockLowering(found).lower(), precision)


def explicit(circuit, observable):
    """The program on a list of basis states, however many."""
    traced, actions = _recorded(circuit, observable)
    lowering = Lowering(len(traced.wires), limit=2 ** len(traced.wires))
    lowering.lower(actions)
    return _program(traced, observable, lowering.finish(traced.wires), "double")


def _listed(observable):
    return observable if isinstance(observable, list) else [observable]


def _program(traced, observable, evolution, precision):
    observables, several = _listed(observable), isinstance(observable, list)
    objectives = [restrict(o, evolution.sector) for o in observables]
    return SectorProgram(traced, observables, several, machine("exact"), evolution, objectives, precision)
