"""The molecular Hamiltonian: as a PennyLane observable, as Pauli words, and on the determinants of a sector."""
