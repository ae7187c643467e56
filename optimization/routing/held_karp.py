"""Optimal tours of all customer sets that fit a vehicle, by dynamic programming over sets.

M. Held and R. M. Karp, "A dynamic programming approach to sequencing problems", J. SIAM 10, 196 (1962). A set of
customers is a 64-bit mask, bit c for customer c (from 0, the depot not counted). Demands are not negative, so that
every subset of a set that fits also fits, and the programme runs over the sets that fit alone.
"""

from dataclasses import dataclass

import numpy as np

from runtime.kernels.compiled import compiled

MOST_CUSTOMERS = 62


@dataclass(frozen=True, kw_only=True, eq=False)
class SetTours:
    """The sets that fit one vehicle, with the cost of the best tour of each from and to the depot."""

    masks: np.ndarray  # shape: (n_sets,), uint64, ascending, the empty set first
    loads: np.ndarray  # shape: (n_sets,)
    costs: np.ndarray  # shape: (n_sets,)
    travel: np.ndarray  # shape: (m + 1, m + 1), the depot first
    paths: np.ndarray  # shape: (n_sets, m): cost from the depot through the set, ending at each customer

    def find(self, masks: np.ndarray) -> np.ndarray:
        """Return the positions of masks that are among the sets."""
        return np.searchsorted(self.masks, masks)

    def order(self, mask: int) -> tuple[int, ...]:
        """Return the customers of a set, numbered from 0, in the order of its best tour."""
        tour: list[int] = []
        after = -1  # the depot
        while mask:
            row = int(self.find(np.array([mask], dtype=np.uint64))[0])
            onwards = self.paths[row] + self.travel[1:, after + 1]  # infinite for those outside the set
            after = int(np.argmin(onwards))
            tour.append(after)
            mask ^= 1 << after
        return tuple(reversed(tour))


def sets_that_fit(demands: np.ndarray, capacity: float, most: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the masks and loads of all customer sets within a capacity, or None if there are more than `most`.

    Args:
        demands: shape (m,), not negative.
        capacity: of a vehicle.
        most: the largest number of sets wanted.

    Returns:
        Masks, ascending, and their loads, shape (n_sets,) each.
    """
    masks, loads = np.zeros(1, dtype=np.uint64), np.zeros(1)
    limit = capacity * (1 + 1e-9)
    for customer, demand in enumerate(demands):
        # All sets so far lack this customer and are smaller numbers than any that has it: the order stays ascending.
        fits = loads + demand <= limit
        if len(masks) + int(fits.sum()) > most:
            return None
        masks = np.concatenate([masks, masks[fits] | np.uint64(1 << customer)])
        loads = np.concatenate([loads, loads[fits] + demand])
    return masks, loads


def set_tours(travel: np.ndarray, demands: np.ndarray, capacity: float, *, most_sets: int) -> SetTours | None:
    """Work out the best tour of every customer set that fits one vehicle.

    Args:
        travel: shape (m + 1, m + 1), the depot first; may be asymmetric.
        demands: of the m customers, shape (m,).
        capacity: of a vehicle; infinite for a travelling salesman.
        most_sets: give up, returning None, where more sets than this fit.

    Returns:
        The sets and their tours, or None if they are too many.
    """
    if len(demands) > MOST_CUSTOMERS:
        return None
    found = sets_that_fit(np.asarray(demands, dtype=np.float64), capacity, most_sets)
    if found is None:
        return None
    masks, loads = found
    matrix = np.ascontiguousarray(travel, dtype=np.float64)
    paths = _paths(masks, matrix)
    costs = np.min(paths + matrix[1:, 0], axis=1, initial=np.inf)
    costs[0] = 0.0
    return SetTours(masks=masks, loads=loads, costs=costs, travel=matrix, paths=paths)


@compiled()
def _paths(masks: np.ndarray, travel: np.ndarray) -> np.ndarray:
    n_sets, m = len(masks), len(travel) - 1
    paths = np.full((n_sets, m), np.inf)
    one = np.uint64(1)
    dense = n_sets == 1 << m  # every set fits: a mask is its own position
    for s in range(1, n_sets):
        for last in range(m):
            bit = one << np.uint64(last)
            if not masks[s] & bit:
                continue
            rest = masks[s] ^ bit
            if rest == 0:
                paths[s, last] = travel[0, last + 1]
                continue
            r = np.int64(rest) if dense else np.searchsorted(masks, rest)
            best = np.inf
            for before in range(m):
                cost = paths[r, before] + travel[before + 1, last + 1]
                best = min(best, cost)
            paths[s, last] = best
    return paths
