"""What a method of minimization is."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

    from runtime.minimization.evaluations import Evaluations
    from runtime.minimization.outcome import Status

State = Mapping[str, Any]  # names to numbers and arrays: all that the next iteration depends on


class Method(Protocol):
    """A frozen dataclass of settings, with the iterations they lead to."""

    @property
    def needs(self) -> str:
        """The attribute of a program that the method works on."""

    def iterations(
        self, evaluations: Evaluations, start: np.ndarray, saved: State | None
    ) -> Generator[State, None, Status]:
        """Search from a start, or from where a saved state left off.

        Arrays of a yielded state may be changed in place once the next evaluations are over, never during them.

        Args:
            evaluations: of the problem; they end the search by raising `StopSearch`, and carry the seed.
            start: shape (n_params,).
            saved: a state that was yielded before, its arrays the method's own now.

        Yields:
            The state after each iteration.

        Returns:
            How the search ended, if no evaluation ended it.
        """
