"""Initial states, phase separators and mixers for problems whose groups hold fixed counts.

- "xy-ring": a Dicke state per group, then XY hops along the ring of its variables (even bonds, odd bonds, the closing
  bond); free variables start in |+> and take the X mixer. The groups' counts are kept by every gate.
- "xy-complete": the same with hops between all pairs of a group, in rounds of disjoint pairs (Wang et al. 2020). On a
  dense cost a layer has about twice the gates of a ring layer, and it moves amplitude across the group at once.
- "x": the original mixer, RX on every qubit from |+>; for problems without groups.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from optimization.alternating import AlternatingAnsatz, Mixer
from optimization.footprint import refuse_beyond_memory

if TYPE_CHECKING:
    from optimization.binary_problem import BinaryProblem

MIXERS = ("xy-ring", "xy-complete", "x")
SCALE_SHOTS, SCALE_SEED = 4096, 0


def binary_ansatz(problem: "BinaryProblem", depth: int, mixer: Mixer | None = None) -> AlternatingAnsatz:
    """Build the circuit of a binary problem, with its cost written as plain RZ and IsingZZ gates.

    Args:
        problem: The problem; variable i is wire i.
        depth: The number of layers.
        mixer: One of `MIXERS`, or a function that applies a mixer's operations given beta; without one, "xy-ring" for a
            problem with groups and "x" for one without.

    Raises:
        ValueError: If the mixer is unknown, would leave the feasible set, or the amplitudes would not fit in memory.
    """
    if mixer is None:
        mixer = "xy-ring" if problem.groups else "x"
    if isinstance(mixer, str):
        if mixer not in MIXERS:
            raise ValueError(f"mixer must be one of {', '.join(MIXERS)} or a function of beta, but is {mixer!r}.")
        if mixer == "x" and problem.groups:
            raise ValueError("mixer 'x' leaves the feasible set of a problem with groups; use 'xy-ring'.")
        if mixer != "x" and not problem.groups:
            raise ValueError(f"mixer {mixer!r} needs a problem with groups, but this one has none; use 'x'.")
    if problem.groups:
        refuse_beyond_memory(problem.feasible, mixer if isinstance(mixer, str) else "xy-ring")
    scale = cost_scale(problem)
    return AlternatingAnsatz(
        depth=depth,
        prepare=lambda: _uniform_superposition(problem),
        separate=_phase_separator(problem, scale),
        mix=_mixer(problem, mixer) if isinstance(mixer, str) else mixer,
        n_wires=problem.n_variables,
        scale=scale,
    )


def cost_scale(problem: "BinaryProblem") -> float:
    """The standard deviation of the cost over uniform feasible bitstrings, by which gamma is divided.

    Estimated from a fixed draw, so that it costs the same at every size and is the same in every run.
    """
    deviation = float(problem.cost(problem.uniform(SCALE_SHOTS, SCALE_SEED)).std())
    return deviation or 1.0


def ring_bonds(variables: Sequence[int]) -> list[tuple[int, int]]:
    """The bonds of a ring in the order even, odd, closing, so that each of the first two sets commutes."""
    n_variables = len(variables)
    bonds = [(variables[i], variables[i + 1]) for start in (0, 1) for i in range(start, n_variables - 1, 2)]
    if n_variables > 2:
        bonds.append((variables[-1], variables[0]))
    return bonds


def complete_bonds(variables: Sequence[int]) -> list[tuple[int, int]]:
    """All pairs in rounds of disjoint pairs, as a round-robin tournament is drawn up."""
    seats: list[int | None] = [*variables] + [None] * (len(variables) % 2)
    bonds = []
    for _ in range(len(seats) - 1):
        for left, right in zip(seats, reversed(seats[len(seats) // 2 :]), strict=False):
            if left is not None and right is not None:
                bonds.append((left, right))
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return bonds


def _uniform_superposition(problem: "BinaryProblem") -> None:
    import pennylane as qml

    from runtime.operations import DickeState

    for group in problem.groups:
        DickeState(group.n_chosen, wires=group.variables)
    for variable in problem.feasible.free:
        qml.Hadamard(variable)


def _phase_separator(problem: "BinaryProblem", scale: float) -> Any:
    import pennylane as qml

    ising = problem.ising()
    fields = [(int(i), float(2 * ising.fields[i] / scale)) for i in np.flatnonzero(ising.fields)]
    couplings = [(int(i), int(j), float(2 * ising.couplings[i, j] / scale)) for i, j in np.argwhere(ising.couplings)]

    def separate(gamma: Any) -> None:
        for i, angle in fields:
            qml.RZ(angle * gamma, wires=i)
        for i, j, angle in couplings:
            qml.IsingZZ(angle * gamma, wires=(i, j))

    return separate


def _mixer(problem: "BinaryProblem", name: str) -> Any:
    import pennylane as qml

    # IsingXY(2 beta) is exp(i beta (XX + YY) / 2) and RX(-2 beta) is exp(i beta X): the initial state is their ground
    # state or close to it, so that positive angles anneal towards low cost. On the complete graph each variable has
    # n - 1 bonds where it has two on the ring, and its angle is divided accordingly.
    hops = []
    for group in problem.groups:
        if name == "xy-complete":
            hops += [(bond, 4 / (len(group.variables) - 1)) for bond in complete_bonds(group.variables)]
        else:
            hops += [(bond, 2.0) for bond in ring_bonds(group.variables)]

    def hop_and_flip(beta: Any) -> None:
        for bond, angle in hops:
            qml.IsingXY(angle * beta, wires=bond)
        for variable in problem.feasible.free:
            qml.RX(-2 * beta, wires=variable)

    return hop_and_flip
