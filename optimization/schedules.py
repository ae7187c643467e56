"""Starting angles for QAOA, and how angles of a shallow circuit become those of a deeper one."""

import numpy as np


def linear_ramp(depth: int, *, gamma: float = 0.6, beta: float = 0.6) -> np.ndarray:
    """Angles of a discretised anneal: gamma grows and beta shrinks in equal steps.

    gamma_l = gamma (l - 1/2) / p and beta_l = beta (1 - (l - 1/2) / p) for l = 1 ... p
    (Montanez-Barrera and Michielsen 2024).

    Args:
        depth: The number p of layers.
        gamma: What the phase angle grows towards.
        beta: What the mixing angle shrinks from.

    Returns:
        (gamma_1 ... gamma_p, beta_1 ... beta_p), shape (2 * depth,).
    """
    middle = (np.arange(depth) + 0.5) / depth
    return np.concatenate([gamma * middle, beta * (1 - middle)])


def interpolate(angles: np.ndarray, depth: int) -> np.ndarray:
    """Stretch the angles of a shallower circuit over `depth` layers, each half linearly (Zhou et al. 2020, INTERP).

    Args:
        angles: (2 * shallower_depth,).
        depth: The number of layers wanted.

    Returns:
        Shape (2 * depth,).
    """
    shallower = len(angles) // 2
    if len(angles) != 2 * shallower or not shallower:
        raise ValueError(
            f"angles need an even number of entries, a gamma and a beta per layer, but have {len(angles)}."
        )
    old, new = (np.arange(shallower) + 0.5) / shallower, (np.arange(depth) + 0.5) / depth
    return np.concatenate([np.interp(new, old, half) for half in np.split(np.asarray(angles, dtype=float), 2)])
