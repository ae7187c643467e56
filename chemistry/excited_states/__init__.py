"""Excited states from circuits, by deflation or by searching a subspace, with the quantum numbers of each.

Each method takes an electronic problem to `ExcitedStates`: energies, N, S_z, S^2, irreps and oscillator strengths.
Import what is listed in `__all__`.
"""

from chemistry.excited_states.deflation import vqd
from chemistry.excited_states.state import ElectronicState, ExcitedStates
from chemistry.excited_states.subspace_search import ssvqe

__all__ = ["ElectronicState", "ExcitedStates", "ssvqe", "vqd"]
