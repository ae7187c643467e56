"""How the energy bends with each parameter of a circuit, as orbital energies give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from chemistry.ansatz.excitation_circuit import Ansatz, ExcitationCircuit

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem

_SMALLEST_GAP = 0.05  # hartree; where orbital energies say less, they are not believed


def energy_curvatures(problem: ElectronicProblem, ansatz: Ansatz) -> np.ndarray | None:
    """The energy's second derivatives by the parameters, hartree per radian^2, shape (n_params,); None if unknown.

    A gate of amplitude t mixes the excited determinant in with the weight sin(t)^2, which costs Møller and Plesset's
    gap: the curvature is twice that, summed over the gates that share a parameter. An ansatz that has `curvatures` of
    its own is believed.
    """
    given = getattr(ansatz, "curvatures", None)
    if given is not None or not isinstance(ansatz, ExcitationCircuit):
        return given
    energies = problem.wire_energies
    curvatures = np.zeros(ansatz.n_params)
    for excitation, parameter, factor in zip(ansatz.excitations, ansatz.parameter_of, ansatz.factors, strict=True):
        gap = energies[list(excitation.targets)].sum() - energies[list(excitation.sources)].sum()
        curvatures[parameter] += 2.0 * factor**2 * gap
    return np.maximum(curvatures, 2.0 * _SMALLEST_GAP)
