"""Where a program is measured."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

DEFAULT_SHOTS = 4096


@dataclass(frozen=True)
class Machine:
    """A place to run programs.

    Attributes:
        name: "exact" or "shots".
        shots: shots per measurement; None on the exact machine.
    """

    name: str
    shots: int | None

    def shots_for(self, asked: int | None) -> int:
        """The number of shots to take: as asked, else the machine's own.

        Raises:
            ValueError: if fewer than one is asked for.
        """
        shots = asked if asked is not None else self.shots or DEFAULT_SHOTS
        if not isinstance(shots, Integral):
            raise ValueError(f"Shots are a whole number, got shots={shots}.")
        if shots < 1:
            raise ValueError(f"At least 1 shot is needed, got shots={shots}.")
        return int(shots)


def machine(name: str, *, shots: int | None = None) -> Machine:
    """A machine by name.

    Args:
        name: "exact": expectation values are exact; "shots": they are estimated from samples of the exact distribution.
        shots: shots per measurement on the "shots" machine, 4096 if not given.

    Raises:
        ValueError: if there is no such machine, or the number of shots is not positive.
    """
    if name not in ("exact", "shots"):
        raise ValueError(f"There is no machine {name!r}: choose 'exact' or 'shots'.")
    if shots is not None and shots < 1:
        raise ValueError(f"At least 1 shot is needed, got shots={shots}.")
    if name == "exact":
        return Machine("exact", None)
    return Machine("shots", shots or DEFAULT_SHOTS)
