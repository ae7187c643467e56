"""How often a part of a circuit is repeated."""

from __future__ import annotations

from numbers import Integral
from typing import Any


def check_layers(count: Any, what: str) -> None:
    """Refuse a number of layers that is not a whole number of at least 1.

    Args:
        count: As the caller gave it.
        what: What is counted, in the plural, such as "repetitions".

    Raises:
        ValueError: If it is none.
    """
    if isinstance(count, bool) or not isinstance(count, Integral) or count < 1:
        raise ValueError(f"The number of {what} is a whole number of at least 1, but {count!r} was given.")


def layered(name: str, count: int, what: str = "layer") -> str:
    """The name of an ansatz with its number of layers."""
    return f"{name}, {count} {what}{'s' if count > 1 else ''}"
