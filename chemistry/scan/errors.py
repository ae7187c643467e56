"""How far a method's curve or surface is from the exact one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chemistry.scan.result import EXACT, PotentialScan


@dataclass(frozen=True, kw_only=True)
class CurveErrors:
    """Errors of a method over all points where it and the exact energy may be compared."""

    method: str
    largest: float  # hartree, the largest distance from the exact energy, of either sign
    mean: float  # hartree, of the distances
    non_parallelity: float  # hartree, the largest error less the smallest, signs kept
    where: tuple[float, ...]  # coordinates of the largest
    n_points: int
    n_left_out: int  # did not converge, lies below exact, or failed


def curve_errors(scan: PotentialScan, method: str, *, exact: str = EXACT) -> CurveErrors:
    """The largest error and the non-parallelity error, which is what relative energies along a curve suffer from.

    Args:
        scan: With the exact energies among its methods.
        method: One of `scan.methods`.
        exact: The one that is taken to be exact.

    Raises:
        ValueError: If there is no such method, or no point where both may be compared.
    """
    errors = (scan.energies(method, sound=True) - scan.energies(exact, sound=True)).ravel()
    usable = np.isfinite(errors)
    if not usable.any():
        raise ValueError(f"{method} and {exact} have no sound energy at the same point, so there is no error to give.")
    worst = int(np.nanargmax(np.abs(errors)))
    return CurveErrors(
        method=method,
        largest=float(np.nanmax(np.abs(errors))),
        mean=float(np.nanmean(np.abs(errors))),
        non_parallelity=float(np.nanmax(errors) - np.nanmin(errors)),
        where=scan.points[worst].coordinates,
        n_points=int(usable.sum()),
        n_left_out=int((~usable).sum()),
    )
