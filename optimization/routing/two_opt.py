"""2-opt: reverse a stretch of a closed tour as long as that shortens it.

G. A. Croes, "A method for solving traveling-salesman problems", Operations Research 6, 791 (1958). The travel may be
asymmetric: the cost of the reversed stretch is counted.
"""

import numpy as np

from runtime.kernels.compiled import compiled


def two_opt(tour: list[int], travel: np.ndarray) -> list[int]:
    """Return the tour after 2-opt, its first stop kept.

    Args:
        tour: stops of a closed tour; of a vehicle's route, with the depot first.
        travel: shape (n, n).

    Returns:
        The stops in their new order.
    """
    stops = np.array(tour, dtype=np.int64)
    _improve(stops, np.ascontiguousarray(travel))
    return [int(stop) for stop in stops]


@compiled()
def _improve(stops: np.ndarray, travel: np.ndarray) -> None:
    n = len(stops)
    improved = True
    while improved:
        improved = False
        for i in range(1, n - 1):
            forward = 0.0
            backward = 0.0
            for j in range(i + 1, n):
                forward += travel[stops[j - 1], stops[j]]
                backward += travel[stops[j], stops[j - 1]]
                before, after = stops[i - 1], stops[(j + 1) % n]
                old = travel[before, stops[i]] + forward + travel[stops[j], after]
                new = travel[before, stops[j]] + backward + travel[stops[i], after]
                if new < old - 1e-9:
                    stops[i : j + 1] = stops[i : j + 1][::-1].copy()
                    improved = True
                    break
