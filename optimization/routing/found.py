"""What a solver hands to `solve`, before the checker has seen it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from optimization.routing.plan import PlanStatus


@dataclass(frozen=True, kw_only=True)
class Found:
    """Routes in the numbering of plans, with what the solver claims about them."""

    routes: list[list[int]]
    status: PlanStatus
    lower_bound: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
