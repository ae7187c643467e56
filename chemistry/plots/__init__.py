"""Pictures of molecular energies, from the rows of a run; nothing here computes a record."""

from chemistry.plots.energy_curves import CHEMICAL_ACCURACY, convergence, dissociation_curve, energy_errors

__all__ = ["CHEMICAL_ACCURACY", "convergence", "dissociation_curve", "energy_errors"]
