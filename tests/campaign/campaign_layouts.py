"""Which layout of a sector a circuit runs in, and how small circuits are brought into the others."""

from contextlib import contextmanager

from runtime import compilation
from runtime.blocks import lowering as block_lowering
from runtime.device.recorded_circuit import RecordedCircuit

LAYOUTS = {
    "PairEvolution": "explicit",
    "BlockEvolution": "blocks",
    "PermutationEvolution": "permutations",
    "HypercubeEvolution": "hypercube",
}


def layout_of(program):
    """The layout of a compiled program's sector, or lightning.qubit."""
    return LAYOUTS[type(program._evolution).__name__] if program.engine == "sector" else program.engine


def layout_on(device, recorded):
    """The layout of what a device compiled last, lightning.qubit if that ran, or "none" if nothing did."""
    if device.engine_counts["lightning.qubit"]:
        return "lightning.qubit"
    return layout_of(recorded[-1]._program) if recorded else "none"


@contextmanager
def layout_for(kind):
    """Small thresholds for blocks, and no dense sector where a circuit is meant for lightning.qubit."""
    changes = []
    if kind == "blocks":
        changes = [(block_lowering, "SMALL", 1), (block_lowering, "LARGE", 1)]
    elif kind == "fallback" and hasattr(compilation, "DENSE_WIRES"):
        changes = [(compilation, "DENSE_WIRES", 0)]
    before = [(module, name, getattr(module, name)) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


@contextmanager
def recordings():
    """The circuits that devices compile for the sector engine meanwhile."""
    made = []
    original = RecordedCircuit.__init__

    def remembering(self, *args, **options):
        original(self, *args, **options)
        made.append(self)

    RecordedCircuit.__init__ = remembering
    try:
        yield made
    finally:
        RecordedCircuit.__init__ = original
