"""Travel matrices from coordinates: the distance functions of TSPLIB95, and great-circle kilometres.

G. Reinelt, "TSPLIB95", Universität Heidelberg (1995), section 2, defines the rounding of each function; published
optima hold only with exactly these.
"""

from collections.abc import Callable

import numpy as np

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
TSPLIB_RADIUS_KM = 6378.388  # the radius that TSPLIB95 prescribes for GEO
TSPLIB_PI = 3.141592  # the value of pi that TSPLIB95 prescribes for GEO


def _straight_lines(coordinates: np.ndarray) -> np.ndarray:
    differences = coordinates[:, None, :] - coordinates[None, :, :]
    return np.hypot(differences[..., 0], differences[..., 1])


def euclidean_rounded(coordinates: np.ndarray) -> np.ndarray:
    """Return EUC_2D: straight lines in the plane, rounded to the nearest integer.

    Args:
        coordinates: positions, shape (n, 2).

    Returns:
        Distances, shape (n, n).
    """
    return np.floor(_straight_lines(coordinates) + 0.5)


def euclidean_ceiling(coordinates: np.ndarray) -> np.ndarray:
    """Return CEIL_2D: straight lines in the plane, rounded up.

    Args:
        coordinates: positions, shape (n, 2).

    Returns:
        Distances, shape (n, n).
    """
    return np.ceil(_straight_lines(coordinates))


def geographical(coordinates: np.ndarray) -> np.ndarray:
    """Return GEO: kilometres on TSPLIB's idealised sphere, rounded as TSPLIB95 prescribes.

    Args:
        coordinates: latitude and longitude as degrees and minutes DDD.MM, shape (n, 2).

    Returns:
        Distances, shape (n, n), zero on the diagonal.
    """
    degrees = np.trunc(coordinates)
    radians = TSPLIB_PI * (degrees + 5.0 * (coordinates - degrees) / 3.0) / 180.0
    latitude, longitude = radians[:, 0], radians[:, 1]
    q1 = np.cos(longitude[:, None] - longitude[None, :])
    q2 = np.cos(latitude[:, None] - latitude[None, :])
    q3 = np.cos(latitude[:, None] + latitude[None, :])
    angle = np.arccos(np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0))
    distances = np.trunc(TSPLIB_RADIUS_KM * angle + 1.0)
    np.fill_diagonal(distances, 0.0)
    return distances


def great_circle(coordinates: np.ndarray) -> np.ndarray:
    """Return great-circle kilometres (haversine formula), unrounded: the shortest way through the air, not by road.

    Args:
        coordinates: latitude and longitude in decimal degrees, shape (n, 2).

    Returns:
        Distances in kilometres, shape (n, n).
    """
    latitude, longitude = np.radians(coordinates).T
    half_chord = (
        np.sin((latitude[:, None] - latitude[None, :]) / 2.0) ** 2
        + np.cos(latitude[:, None])
        * np.cos(latitude[None, :])
        * np.sin((longitude[:, None] - longitude[None, :]) / 2.0) ** 2
    )
    return 2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))


#: TSPLIB95's EDGE_WEIGHT_TYPE to the function that computes it.
TSPLIB_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "EUC_2D": euclidean_rounded,
    "CEIL_2D": euclidean_ceiling,
    "GEO": geographical,
}
