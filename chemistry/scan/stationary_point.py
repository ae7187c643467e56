"""Where a curve or surface is lowest, between the points of its grid."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from chemistry.scan.result import PotentialScan

_REACH = {2: 1, 4: 2}  # points on either side of the lowest, by the degree of the polynomial
_MOST_STEPS = 50
_SMALL = 1e-12  # of a step, in units of the grid's


@dataclass(frozen=True, kw_only=True)
class StationaryPoint:
    """The minimum of a fit around the lowest point."""

    coordinates: tuple[float, ...]  # in the units of the scan's axes
    energy: float  # hartree
    degree: int  # of the polynomial


def minimum(scan: PotentialScan, method: str) -> StationaryPoint:
    """The lowest energy and where it is, by a polynomial around the lowest point of the grid.

    Of degree four where there are two points on either side of the lowest along each coordinate, otherwise of degree
    two.

    Args:
        scan: A curve or a surface.
        method: One of `scan.methods`.

    Raises:
        ValueError: If the lowest point lies on the edge of the grid, or energies around it are missing.
    """
    energies = scan.energies(method, sound=True)
    if not np.isfinite(energies).any():
        raise ValueError(f"{method} has no sound energy in this scan, so it has no minimum.")
    lowest = np.unravel_index(int(np.nanargmin(energies)), energies.shape)
    for degree in (4, 2):
        reach = _REACH[degree]
        inside = all(reach <= place < size - reach for place, size in zip(lowest, energies.shape, strict=True))
        block = tuple(slice(place - reach, place + reach + 1) for place in lowest)
        if inside and np.isfinite(energies[block]).all():
            return _fitted(scan, energies, lowest, block, degree)
    at = ", ".join(f"{axis.name} {axis.values[place]:g}" for axis, place in zip(scan.axes, lowest, strict=True))
    raise ValueError(f"The lowest energy, at {at}, has no sound neighbours on every side: extend the grid around it.")


def _fitted(
    scan: PotentialScan, energies: np.ndarray, lowest: tuple[np.intp, ...], block: tuple[slice, ...], degree: int
) -> StationaryPoint:
    centre = np.array([axis.values[place] for axis, place in zip(scan.axes, lowest, strict=True)])
    grids = [np.array(axis.values[part]) for axis, part in zip(scan.axes, block, strict=True)]
    scale = np.array([np.ptp(grid) / (len(grid) - 1) for grid in grids])
    points = (np.array(list(product(*grids))) - centre) / scale
    powers = np.array([p for p in product(range(degree + 1), repeat=len(grids)) if sum(p) <= degree])
    values = energies[block].ravel() - energies[lowest]
    factors = np.linalg.lstsq(np.prod(points[:, None, :] ** powers[None], axis=2), values, rcond=None)[0]

    def derivative(at: np.ndarray, *along: int) -> float:
        left, factor = powers.astype(float).copy(), factors.copy()
        for axis in along:
            factor = factor * left[:, axis]
            left[:, axis] = np.maximum(left[:, axis] - 1.0, 0.0)
        return float(np.sum(factor * np.prod(at**left, axis=1)))

    n = len(grids)
    at = np.zeros(n)
    for _ in range(_MOST_STEPS):
        slope = np.array([derivative(at, i) for i in range(n)])
        curvature = np.array([[derivative(at, i, j) for j in range(n)] for i in range(n)])
        values_, vectors = np.linalg.eigh(curvature)
        # Downhill also where the surface curves the other way.
        step = -vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values_), 1e-12))
        at = np.clip(at + step, -1.0, 1.0)  # the minimum of the fit is next to the lowest point
        if np.abs(step).max() < _SMALL:
            break
    energy = float(derivative(at) + energies[lowest])
    return StationaryPoint(coordinates=tuple((centre + scale * at).tolist()), energy=energy, degree=degree)
