"""Mixer hops that stay inside whatever set of states the circuit has reached."""

from __future__ import annotations

from collections.abc import Sequence

from pennylane.operation import Operation

Pattern = tuple[int, ...]


class GuardedHop(Operation):
    r"""The mixer :math:`\exp(-i \beta \sum (|t\rangle\langle s| + |s\rangle\langle t|))` inside the reached set.

    The sum runs over pairs of local bit patterns s, t and, of the pairs of basis states that differ by such a pattern,
    only over those of which the circuit has already reached *both*. Started from the equal superposition over a
    feasible set, it is the controlled mixer of the quantum alternating operator ansatz (Hadfield et al., Algorithms 12,
    34 (2019)): a vehicle is never overloaded, because the hop that would overload it does not happen. The controls that
    a circuit would need depend on the set, so no decomposition is declared.

    Args:
        beta: the mixing angle.
        wires: the wires that the patterns are written on.
        pairs: pairs (s, t) of bit patterns; every pair must flip the same wires.

    Raises:
        ValueError: if patterns have the wrong length, or the pairs do not flip the same wires.
    """

    num_params = 1
    ndim_params = (0,)
    grad_method = None

    def __init__(
        self,
        beta: float,
        wires: object,
        pairs: Sequence[tuple[Pattern, Pattern]],
        id: str | None = None,
    ) -> None:
        super().__init__(beta, wires=wires, id=id)
        frozen = tuple((tuple(int(b) for b in s), tuple(int(b) for b in t)) for s, t in pairs)
        if any(len(p) != len(self.wires) or not set(p) <= {0, 1} for pair in frozen for p in pair):
            raise ValueError(
                f"A hop on {len(self.wires)} wires needs patterns of {len(self.wires)} bits, got {frozen}."
            )
        flips = {tuple(a ^ b for a, b in zip(s, t, strict=True)) for s, t in frozen}
        if len(flips) != 1 or not any(next(iter(flips))):
            raise ValueError(f"All pairs of a hop must flip the same wires, and at least one, got {frozen}.")
        self._hyperparameters = {"pairs": frozen}
