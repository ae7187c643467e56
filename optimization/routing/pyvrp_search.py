"""PyVRP, the strongest open heuristic for vehicle routing.

N. A. Wouda, L. Lan and W. Kool, "PyVRP: a high-performance VRP solver package", INFORMS Journal on Computing 36, 943
(2024).
"""

from typing import Any

import numpy as np

from optimization.routing.clock import Clock

_PATIENCE = 5000  # iterations without improvement
_LARGEST = 100_000  # the largest entry after scaling; PyVRP caps its penalties, so larger costs would drown them


def pyvrp_routes(
    travel: np.ndarray,
    demands: np.ndarray,
    capacity: float,
    n_vehicles: int,
    *,
    seed: int,
    clock: Clock,
    n_iterations: int | None = None,
) -> tuple[list[list[int]] | None, bool]:
    """Search with PyVRP until a limit or until nothing has improved for long.

    PyVRP counts in integers: travel and demands that are not integers are scaled up and rounded (demands upwards and
    the capacity downwards, so that no plan is overloaded).

    Args:
        travel: shape (n, n), node 0 the depot.
        demands: shape (n,).
        capacity: of a vehicle.
        n_vehicles: size of the fleet.
        seed: of the search.
        clock: the time limit.
        n_iterations: at most; None: no limit.

    Returns:
        Routes of nodes 1 to n - 1, or None if no feasible plan was found; and whether the search ended before the
        time limit.
    """
    import warnings

    import pyvrp
    from pyvrp.exceptions import PenaltyBoundWarning
    from pyvrp.stop import MaxIterations, MaxRuntime, MultipleCriteria, NoImprovement

    distances: Any = np.rint(travel * _scale(travel)).astype(np.int64)
    if np.all(demands == np.rint(demands)):
        loads, room = demands.astype(np.int64), int(np.floor(capacity + 1e-9))
    else:
        scale = _LARGEST / max(capacity, 1e-300)
        loads, room = np.ceil(demands * scale - 1e-3).astype(np.int64), int(np.floor(capacity * scale + 1e-3))
    n = len(travel)
    model = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(n)],
        clients=[pyvrp.Client(node, delivery=[int(loads[node])]) for node in range(1, n)],
        depots=[pyvrp.Depot(0)],
        vehicle_types=[pyvrp.VehicleType(n_vehicles, capacity=[room])],
        distance_matrices=[distances],
        duration_matrices=[np.zeros_like(distances)],
    )
    limits: list[Any] = [MaxRuntime(min(clock.left, 1e9)), NoImprovement(_PATIENCE)]
    stop = MultipleCriteria(limits if n_iterations is None else [*limits, MaxIterations(n_iterations)])
    with warnings.catch_warnings():
        # It warns where feasible plans are rare; whether one was found is looked at below.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        result = pyvrp.solve(model, stop=stop, seed=seed, collect_stats=False, display=False)
    routes = None
    if result.is_feasible():
        routes = [[visit.idx + 1 for visit in route.schedule() if visit.is_client()] for route in result.best.routes()]
    return routes, not clock.over


def _scale(travel: np.ndarray) -> float:
    largest = float(travel.max(initial=0.0))
    if largest == 0.0 or np.all(travel == np.rint(travel)):
        return 1.0
    return _LARGEST / largest
