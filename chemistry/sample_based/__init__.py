"""Sample-based diagonalisation: measured bit strings choose determinants, among which a classical solver diagonalises.

What counts is whether the samples choose better than chance, so every result stands beside the same number of uniformly
random determinants, and beside selected CI of the same dimension. Import what is listed in `__all__`.
"""

from chemistry.sample_based.diagonalization import SampleBasedResult, sample_based_diagonalization
from chemistry.sample_based.recovery import recovered_bits
from chemistry.sample_based.subspace import Subspace

__all__ = ["SampleBasedResult", "Subspace", "recovered_bits", "sample_based_diagonalization"]
