"""Excited states from circuits: deflation, subspace search, linear response, and singlet-triplet gaps.

Each method takes an electronic problem to `ExcitedStates`: energies, N, S_z, S^2, irreps and oscillator strengths.
Import what is listed in `__all__`.
"""

from chemistry.excited_states.deflation import vqd
from chemistry.excited_states.linear_response import qeom
from chemistry.excited_states.singlet_triplet import SingletTripletGap, singlet_triplet_gap
from chemistry.excited_states.state import ElectronicState, ExcitedStates
from chemistry.excited_states.subspace_search import ssvqe

__all__ = ["ElectronicState", "ExcitedStates", "SingletTripletGap", "qeom", "singlet_triplet_gap", "ssvqe", "vqd"]
