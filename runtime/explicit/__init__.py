"""Sectors as explicit lists of basis states, found by search; gates as lists of the pairs of states they couple."""
