"""The unit of energy that readers think in, and how near to each other energies of molecules count as equal."""

EV_PER_HARTREE = 27.211386
CHEMICAL_ACCURACY = 1.6e-3  # hartree, 1 kcal/mol
SAME_STATE = 1e-6  # hartree: two ways to the same state agree to this
