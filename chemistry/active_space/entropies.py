"""Single-orbital entropies: how far each orbital is entangled with all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from chemistry.states.density_matrices import DensityMatrices

MAX_ENTROPY = float(np.log(4.0))  # of an orbital that is empty, up, down and full with equal probability


def single_orbital_entropies(matrices: DensityMatrices) -> np.ndarray:
    """The entropies s_p = -sum_a w_pa ln w_pa, from 0 to ln 4.

    The w are the probabilities of finding orbital p empty, with one electron of either spin, and full: for a state with
    given numbers of electrons of either spin they are all that the orbital's density matrix holds (Legeza and Sólyom,
    Phys. Rev. B 68, 195116 (2003)).

    Args:
        matrices: Density matrices of a state, such as `reduced_density_matrices(program, params)`.

    Returns:
        Shape (n_orbitals,).

    Raises:
        ValueError: If there is only one orbital.
    """
    n_orbitals = len(matrices.one_alpha)
    if n_orbitals < 2:
        raise ValueError("Entropies tell how orbitals are entangled with others, but there is only one orbital.")
    up, down = (np.real(np.diag(one)) for one in (matrices.one_alpha, matrices.one_beta))
    full = np.real(np.einsum("pppp->p", matrices.two_alpha_beta))
    weights = np.array([1 - up - down + full, up - full, down - full, full]).clip(0.0, 1.0)
    logarithms = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return np.asarray(np.abs(-(weights * logarithms).sum(axis=0)))
