"""Compiled circuits remembered by their structure, as `re` remembers compiled patterns.

What is remembered is the lowered circuit alone: its sector and its tables, which nothing writes to once they are made.
Programs, observables, machines and parameters are not, so two programs never share anything that either could change.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runtime.circuit.tracing import Trace
    from runtime.evolution import Evolution

MAX_BYTES_EACH = 1 << 25  # tables that take longer to make than this are large, and better freed with their program
MAX_BYTES = 1 << 27
MAX_CIRCUITS = 64

_lock = threading.Lock()
_known: OrderedDict[Hashable, Evolution] = OrderedDict()


def clear_cache() -> None:
    """Forget all compiled circuits; programs that were made from them go on working."""
    with _lock:
        _known.clear()


def remembered(traced: Trace, options: Hashable, lower: Callable[[], Evolution]) -> Evolution:
    """The lowered circuit, from an earlier compilation of one with the same structure if there was one.

    Args:
        traced: the circuit; gates, wires and the way angles follow from parameters make its structure.
        options: whatever else the result depends on.
        lower: makes it.
    """
    from runtime.circuit.dependence import innermost
    from runtime.circuit.structure_key import traced_key
    from runtime.operations import DiagonalCost

    # The values of a cost function may depend on more than the function.
    if any(isinstance(innermost(o), DiagonalCost) for o in traced.operators):
        return lower()
    key = traced.wires, options, traced_key(traced.operators)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
            return _known[key]
    evolution = lower()
    if evolution.nbytes <= MAX_BYTES_EACH:
        with _lock:
            _known[key] = evolution
            while len(_known) > MAX_CIRCUITS or sum(e.nbytes for e in _known.values()) > MAX_BYTES:
                _known.popitem(last=False)
    return evolution
