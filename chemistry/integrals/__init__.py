"""Integrals over orbitals: transformed, rotated, by spin, and from elsewhere (FCIDUMP, PennyLane, arrays)."""
