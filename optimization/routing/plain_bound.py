"""A lower bound of vehicle routing that needs no solver, for when time runs out before one has proved anything."""

import numpy as np

from optimization.routing.vehicle_routing import Cvrp


def plain_bound(problem: Cvrp) -> float:
    """Add up what every plan travels at least, whatever the vehicles.

    Every customer is entered once and left once, the depot as often as the demands need vehicles. Counting the cheapest
    arc into each place, or the cheapest out of each, counts no arc of a plan twice.

    Args:
        problem: the problem.

    Returns:
        The larger of the two; at least 0, since travel is.
    """
    apart = problem.travel + np.diag(np.full(len(problem.travel), np.inf))
    times = np.ones(len(apart))
    times[0] = max(1.0, np.ceil(problem.demands.sum() / problem.capacity * (1 - 1e-12)))
    return max(float(times @ apart.min(axis=0)), float(times @ apart.min(axis=1)))
