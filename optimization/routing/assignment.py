"""Subproblems of vehicle routing: which customers of a few neighbouring routes go on which of their vehicles?

A customer's register holds one qubit per vehicle, exactly one of them 1. The sector holds the assignments that overload
no vehicle and nothing else; an assignment costs the sum of its vehicles' best tours, looked up in a Held-Karp table. So
the order of stops inside each vehicle is solved classically, and the circuit searches the assignment, where the
combinatorics of the capacity lie.

Vehicles are alike, and most of their labellings say the same: the i-th stop (from 0, farthest from the depot first) is
only offered vehicles 0 to i. Every plan keeps at least one labelling, the first stop needs no register, and the sector
shrinks by up to the factorial of the number of vehicles. A group that is still too large for the simulator has its
closest consecutive stops joined into one until its sector fits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from optimization.routing.held_karp import SetTours, set_tours
from optimization.routing.vehicle_routing import Cvrp
from optimization.tabulated_problem import TabulatedProblem

MOST_STOPS = 16  # in one subproblem: a Held-Karp table of at most 65,536 sets
_ROOM_TO_GROW = 20  # partial assignments kept while listing, in units of the largest sector

Segment = tuple[int, ...]  # consecutive stops that stay together, in this order
Hop = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]  # wires, pattern, the pattern that it changes into


@dataclass(frozen=True, kw_only=True, eq=False)
class AssignmentSubproblem:
    """A group of routes, all feasible assignments of its stops, and what each costs."""

    table: TabulatedProblem
    segments: tuple[Segment, ...]  # the first is the one without a register, on vehicle 0
    n_vehicles: int
    tours: SetTours
    mixer: Any  # function of beta that applies the hops, or "grover"
    current_cost: float  # of the routes that the group came with

    @property
    def n_mixing_gates(self) -> int:
        """Operations in one layer of the mixer."""
        return 1 if isinstance(self.mixer, str) else len(self.mixer.hops)

    def routes(self, bitstring: np.ndarray) -> list[list[int]]:
        """Return the routes that an assignment stands for, each vehicle's stops in their best order."""
        registers = np.split(bitstring, np.cumsum(_widths(len(self.segments), self.n_vehicles))[:-1])
        vehicles = [0, *(int(np.argmax(register)) for register in registers)]
        routes = []
        for vehicle in range(self.n_vehicles):
            mask = sum(1 << i for i, v in enumerate(vehicles) if v == vehicle)
            order = self.tours.order(mask)
            if order:
                routes.append([stop for i in order for stop in self.segments[i]])
        return routes


@dataclass(frozen=True, kw_only=True)
class HopMixer:
    """A mixer of guarded hops: each moves between two feasible solutions or does nothing."""

    hops: tuple[Hop, ...]
    kind: str  # angles trained with one kind suit the next mixer of that kind

    def __call__(self, beta: Any) -> None:
        """Apply the hops one after another; small positive beta mixes towards low cost."""
        from runtime.operations import GuardedHop

        for wires, pattern, other in self.hops:
            GuardedHop(-beta, wires=wires, pairs=[(pattern, other)])


def assignment_subproblem(
    problem: Cvrp, routes: Sequence[Sequence[int]], n_vehicles: int, *, most_assignments: int, may_join: bool
) -> AssignmentSubproblem | None:
    """Set up the reassignment of a group's stops to its vehicles.

    Args:
        problem: the whole problem.
        routes: the group's routes, none empty, customers from 1.
        n_vehicles: vehicles of the group, at least as many as routes.
        most_assignments: largest sector.
        may_join: whether stops may be joined until the sector is small enough.

    Returns:
        The subproblem, or None if it would be too large or nothing is left to decide.
    """
    chains: list[list[Segment]] = [[(customer,) for customer in route] for route in routes]
    current = sum(_length([0, *route, 0], problem.travel) for route in routes)
    while True:
        segments = sorted(
            (segment for chain in chains for segment in chain), key=lambda s: (-problem.travel[0, s[0]], s)
        )
        loads = np.array([problem.demands[list(segment)].sum() for segment in segments])
        if len(segments) <= MOST_STOPS:
            vehicles = _feasible_assignments(loads, problem.capacity, n_vehicles, most_assignments)
            if vehicles is not None:
                break
        if not may_join or not _join_closest(chains, problem.travel):
            return None
    if len(vehicles) < 2:
        return None
    tours = set_tours(_segment_travel(segments, problem.travel), loads, problem.capacity, most_sets=1 << MOST_STOPS)
    if tours is None:
        return None
    costs = np.zeros(len(vehicles))
    for vehicle in range(n_vehicles):
        masks = ((vehicles == vehicle) * (np.uint64(1) << np.arange(len(segments), dtype=np.uint64))).sum(axis=1)
        costs += tours.costs[tours.find(masks.astype(np.uint64))]
    widths = _widths(len(segments), n_vehicles)
    registers = [(vehicles[:, [1 + i]] == np.arange(width)).astype(np.uint8) for i, width in enumerate(widths)]
    return AssignmentSubproblem(
        table=TabulatedProblem(bitstrings=np.hstack(registers), objectives=costs, unit=problem.unit),
        segments=tuple(segments),
        n_vehicles=n_vehicles,
        tours=tours,
        mixer=connecting_mixer(vehicles[:, 1:], widths),
        current_cost=current,
    )


def fits_whole(problem: Cvrp, routes: Sequence[Sequence[int]], n_vehicles: int, *, most_assignments: int) -> bool:
    """Tell whether a group's sector is small enough without joining any stops, at a fraction of building it."""
    stops = sorted((stop for route in routes for stop in route), key=lambda s: (-problem.travel[0, s], s))
    if len(stops) > MOST_STOPS:
        return False
    return _feasible_assignments(problem.demands[stops], problem.capacity, n_vehicles, most_assignments) is not None


def connecting_mixer(vehicles: np.ndarray, widths: Sequence[int]) -> HopMixer | str:
    """Return the fewest kinds of hops that connect all feasible assignments.

    A single stop changes its vehicle; where capacities are so tight that this does not lead everywhere, two stops also
    change places; where that does not either, the Grover mixer, which connects everything. (Measured at depth 4 on 19
    subproblems of four published instances: where hops do not connect, the Grover mixer gave the optimum 1.7 to 32
    times as often as they; where they do, 0.6 times as often, by the geometric mean.)

    Args:
        vehicles: of each assignment (row) and register (column), shape (m, n_registers).
        widths: qubits of each register, one per vehicle that it may name.
    """
    first = np.cumsum([0, *widths])
    hops: list[Hop] = []
    steps: list[dict[int, tuple[int, int]]] = []
    for c, width in enumerate(widths):
        for v, w in combinations(range(width), 2):
            hops.append(((first[c] + v, first[c] + w), (1, 0), (0, 1)))
            steps.append({c: (v, w)})
    if _connected(vehicles, steps):
        return HopMixer(hops=tuple(hops), kind="hops")
    for c, d in combinations(range(len(widths)), 2):
        for v, w in combinations(range(min(widths[c], widths[d])), 2):
            wires = (first[c] + v, first[c] + w, first[d] + v, first[d] + w)
            hops.append((wires, (1, 0, 0, 1), (0, 1, 1, 0)))
            steps.append({c: (v, w), d: (w, v)})
    if _connected(vehicles, steps):
        return HopMixer(hops=tuple(hops), kind="hops and swaps")
    return "grover"


def _widths(n_stops: int, n_vehicles: int) -> list[int]:
    """Qubits of the registers of stops 1, 2, ...: stop i is offered vehicles 0 to i."""
    return [min(stop + 1, n_vehicles) for stop in range(1, n_stops)]


def _feasible_assignments(loads: np.ndarray, capacity: float, n_vehicles: int, most: int) -> np.ndarray | None:
    """List the assignments that overload no vehicle, stop i on one of 0 to i; (m, n_stops), or None if too many."""
    limit = capacity * (1 + 1e-9)
    order = np.concatenate([[0], 1 + np.argsort(-loads[1:], kind="stable")])  # large loads first: fewer partial ones
    carried = np.zeros((1, n_vehicles))
    carried[0, 0] = loads[0]
    chosen = np.zeros((1, 1), dtype=np.int8)
    for stop in order[1:]:
        rows, vehicles = np.nonzero(carried[:, : stop + 1] + loads[stop] <= limit)
        if len(rows) > _ROOM_TO_GROW * most:
            return None
        carried = carried[rows]
        carried[np.arange(len(rows)), vehicles] += loads[stop]
        chosen = np.column_stack([chosen[rows], vehicles.astype(np.int8)])
    if len(chosen) > most:
        return None
    return chosen[:, np.argsort(order)]


def _join_closest(chains: list[list[Segment]], travel: np.ndarray) -> bool:
    """Join the two consecutive segments that lie closest; False where no route has two left."""
    pairs = [(float(travel[a[-1], b[0]]), r, i) for r, chain in enumerate(chains) for i, (a, b) in _consecutive(chain)]
    if not pairs:
        return False
    _, r, i = min(pairs)
    chains[r][i : i + 2] = [chains[r][i] + chains[r][i + 1]]
    return True


def _consecutive(chain: list[Segment]) -> Iterator[tuple[int, tuple[Segment, Segment]]]:
    return enumerate(pairwise(chain))


def _segment_travel(segments: Sequence[Segment], travel: np.ndarray) -> np.ndarray:
    """Travel from the end of one segment to the start of another, and through the latter to its end."""
    starts = np.array([0, *(segment[0] for segment in segments)])
    ends = np.array([0, *(segment[-1] for segment in segments)])
    inside = np.array([0.0, *(_length(segment, travel) for segment in segments)])
    return travel[np.ix_(ends, starts)] + inside[None, :]


def _length(stops: Sequence[int], travel: np.ndarray) -> float:
    return float(travel[list(stops[:-1]), list(stops[1:])].sum())


def _connected(vehicles: np.ndarray, steps: Sequence[dict[int, tuple[int, int]]]) -> bool:
    """Whether the steps, each {register: (from, to)}, lead from every assignment to every other."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    places = (int(vehicles.max(initial=0)) + 1) ** np.arange(vehicles.shape[1], dtype=np.int64)
    codes = vehicles.astype(np.int64) @ places
    order = np.argsort(codes)
    sorted_codes = codes[order]
    tails, heads = [], []
    for step in steps:
        rows = np.flatnonzero(np.all([vehicles[:, c] == v for c, (v, _) in step.items()], axis=0))
        targets = codes[rows] + sum((w - v) * places[c] for c, (v, w) in step.items())
        at = np.minimum(np.searchsorted(sorted_codes, targets), len(codes) - 1)
        found = sorted_codes[at] == targets
        tails.append(rows[found])
        heads.append(order[at[found]])
    rows, columns = np.concatenate(tails), np.concatenate(heads)
    graph = coo_matrix((np.ones(len(rows), dtype=bool), (rows, columns)), shape=(len(codes), len(codes)))
    return connected_components(graph, directed=False, return_labels=False) == 1
