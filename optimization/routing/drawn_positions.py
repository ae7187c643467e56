"""Where to draw the places of a routing problem."""

import numpy as np

from optimization.routing.tsp import Tsp
from optimization.routing.vehicle_routing import Cvrp


def drawn_positions(problem: Cvrp | Tsp) -> tuple[np.ndarray, str]:
    """Return where to draw each place, and what these positions are.

    Args:
        problem: the problem.

    Returns:
        Positions, shape (n, 2), and "geographic" (longitude and latitude), "plane", or "fitted" (the problem has no
        coordinates: positions in the plane whose distances are as close to the travel as classical scaling gets).
    """
    if problem.coordinates is not None:
        if problem.geographic:
            return problem.coordinates[:, ::-1], "geographic"
        return problem.coordinates, "plane"
    n = len(problem.travel)
    squared = ((problem.travel + problem.travel.T) / 2.0) ** 2
    centring = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-centring @ squared @ centring / 2.0)
    return vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0.0)), "fitted"
