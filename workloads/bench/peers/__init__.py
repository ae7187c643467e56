"""Who the runtime is measured against: one file per peer, each with the same face.

A peer's file has its NAME, the MODULE that must be importable, the DISTRIBUTION that brings it, and
`configurations(case)`, which yields the ways of running a case that its documentation offers, or raises
`NotForThisPeerError`.
"""

from __future__ import annotations

from importlib.util import find_spec
from types import ModuleType

from workloads.bench.peers import ffsim, lightning, qulacs

PEERS: tuple[ModuleType, ...] = (lightning, qulacs, ffsim)


def available() -> tuple[ModuleType, ...]:
    """The peers that are installed."""
    return tuple(peer for peer in PEERS if find_spec(peer.MODULE) is not None)


def missing_line() -> str | None:
    """Which peers are missing and how to install them, in one line; None if all are there."""
    missing = [peer.NAME for peer in PEERS if peer not in available()]
    if not missing:
        return None
    verb = "is" if len(missing) == 1 else "are"
    command = "pip install --constraint constraints.txt --editable '.[bench]'"
    return f"{' and '.join(missing)} {verb} not installed: {command}"
