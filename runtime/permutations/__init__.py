"""Circuits over permutations, ranked instead of listed: nothing is stored but the amplitudes.

The sector is the set of all n x n permutation matrices, in the lexicographic order of the permutations; swaps of
neighbouring positions are index arithmetic on ranks.
"""
