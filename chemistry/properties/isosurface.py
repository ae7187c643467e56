"""The outside of an orbital as one sees it: rays of a parallel projection, stopped where the amplitude is large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARGIN = 4.5  # bohr around the outermost nuclei
_TILT = np.radians((22.0, -16.0))  # about the long and the second axis: lobes behind one another come apart
_FLAT = 0.05  # bohr; a molecule thinner than this along an axis is flat there
_AT_A_TIME = 60_000  # points at which basis functions are evaluated at once


@dataclass(frozen=True, eq=False, kw_only=True)
class View:
    """A box of points around a molecule, in a frame whose first axis is the picture's width and last points at us."""

    mol: Any
    axes: np.ndarray  # shape: (3, 3), rows are the directions
    centre: np.ndarray  # shape: (3,), bohr
    ticks: tuple[np.ndarray, np.ndarray, np.ndarray]  # bohr, along each axis

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of the picture, bohr."""
        width, height, _ = self.ticks
        return float(width[0]), float(width[-1]), float(height[0]), float(height[-1])

    def projected(self) -> np.ndarray:
        """The nuclei in the frame, bohr, shape (n_atoms, 3); the last number is how near they are."""
        return (self.mol.atom_coords() - self.centre) @ self.axes.T

    def amplitudes(self, coefficients: np.ndarray) -> np.ndarray:
        """Orbitals at all points, shape (n_orbitals, n_width, n_height, n_depth), single precision.

        Args:
            coefficients: Shape (n_basis_functions, n_orbitals).
        """
        grid = np.stack(np.meshgrid(*self.ticks, indexing="ij"), axis=-1).reshape(-1, 3)
        places = grid @ self.axes + self.centre
        results = np.empty((coefficients.shape[1], len(places)), dtype=np.float32)
        for start in range(0, len(places), _AT_A_TIME):
            span = slice(start, start + _AT_A_TIME)
            results[:, span] = (self.mol.eval_gto("GTOval", places[span]) @ coefficients).T
        return results.reshape(-1, *(len(ticks) for ticks in self.ticks))


def view_of(mol: Any, spacing: float) -> View:
    """A molecule seen from where it is broadest, tilted a little.

    Args:
        mol: PySCF's.
        spacing: Between points, bohr.
    """
    places = mol.atom_coords()
    centre = 0.5 * (places.max(axis=0) + places.min(axis=0))
    apart = places - places.mean(axis=0)
    spread, columns = np.linalg.eigh(apart.T @ apart)
    axes = columns[:, ::-1].T
    # The signs of principal axes are arbitrary: their largest component is positive, and they are right-handed.
    for row in axes:
        row *= np.sign(row[np.argmax(np.abs(row) > 0.99 * np.abs(row).max())])
    if spread[-1] < _FLAT**2:
        axes = np.eye(3)  # an atom
    axes[2] = np.cross(axes[0], axes[1])
    about_first, about_second = _TILT
    turn_up = np.array(
        [[1, 0, 0], [0, np.cos(about_first), -np.sin(about_first)], [0, np.sin(about_first), np.cos(about_first)]]
    )
    turn_aside = np.array(
        [[np.cos(about_second), 0, np.sin(about_second)], [0, 1, 0], [-np.sin(about_second), 0, np.cos(about_second)]]
    )
    axes = turn_aside @ turn_up @ axes
    reach = (places - centre) @ axes.T
    low, high = reach.min(axis=0) - _MARGIN, reach.max(axis=0) + _MARGIN
    ticks = [np.linspace(a, b, max(2, round((b - a) / spacing) + 1)) for a, b in zip(low, high, strict=True)]
    return View(mol=mol, axes=axes, centre=centre, ticks=(ticks[0], ticks[1], ticks[2]))


def enclosing_level(amplitude: np.ndarray, fraction: float) -> float:
    """The amplitude whose surface encloses a fraction of an orbital's density in the box."""
    density = np.sort(np.square(amplitude, dtype=np.float64).ravel())[::-1]
    enclosed = np.cumsum(density)
    return float(np.sqrt(density[np.searchsorted(enclosed, fraction * enclosed[-1])]))


def seen(amplitude: np.ndarray, level: float, rays: int = 1) -> tuple[NDArray[np.int8], np.ndarray]:
    """What the rays meet first.

    Args:
        amplitude: Shape (n_width, n_height, n_depth); the last axis points at us.
        level: Of the surface, positive.
        rays: For each point of the picture along its edges; between points amplitudes are interpolated.

    Returns:
        The sign of the lobe, 0 where there is none, and how bright it is from 0 to 1, both of shape
        (rays * n_width, rays * n_height).
    """
    if rays > 1:
        from scipy.ndimage import zoom

        amplitude = zoom(amplitude, (rays, rays, 1), order=2)
    inside = np.abs(amplitude) >= level
    depth = amplitude.shape[2] - 1 - np.argmax(inside[:, :, ::-1], axis=2)
    hit = inside.any(axis=2)
    across, up = np.indices(hit.shape)
    sign = np.where(hit, np.sign(amplitude[across, up, depth]), 0).astype(np.int8)
    place = (across, up, depth)
    slopes = np.stack([_slope(amplitude, place, axis) for axis in range(3)], axis=-1)
    slopes[..., :2] *= rays
    outward = -sign[..., None] * slopes / np.maximum(np.linalg.norm(slopes, axis=-1, keepdims=True), 1e-12)
    light = np.array([-0.35, 0.55, 0.76])
    brightness = np.clip(outward @ (light / np.linalg.norm(light)), 0.0, 1.0)
    return sign, _smoothed(brightness, sign, width=rays)


def _smoothed(brightness: np.ndarray, sign: np.ndarray, width: float) -> np.ndarray:
    """Brightness averaged over neighbours on the same lobe: rays stop at points, which leaves steps."""
    from scipy.ndimage import gaussian_filter

    result = np.zeros_like(brightness)
    for lobe in (-1, 1):
        on_it = (sign == lobe).astype(np.float64)
        weight = gaussian_filter(on_it, width)
        average = gaussian_filter(brightness * on_it, width) / np.maximum(weight, 1e-12)
        result = np.where(sign == lobe, average, result)
    return result


def _slope(amplitude: np.ndarray, place: tuple[np.ndarray, np.ndarray, np.ndarray], axis: int) -> np.ndarray:
    """The change of the amplitude from one point to the next along an axis, at some points."""
    last = amplitude.shape[axis] - 1
    ahead = tuple(np.minimum(p + 1, last) if i == axis else p for i, p in enumerate(place))
    behind = tuple(np.maximum(p - 1, 0) if i == axis else p for i, p in enumerate(place))
    return (amplitude[ahead] - amplitude[behind]) / np.maximum(ahead[axis] - behind[axis], 1)
