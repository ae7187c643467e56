"""Second-order perturbation theory."""

from __future__ import annotations

from chemistry.baselines.energy import Energy, energy_of
from chemistry.baselines.pyscf_reference import on_few_threads, pyscf_reference
from chemistry.problem import ElectronicProblem


@on_few_threads
def mp2(problem: ElectronicProblem) -> Energy:
    """Second-order Møller-Plesset theory; on unrestricted orbitals where there are unpaired electrons."""
    from pyscf import mp

    reference = pyscf_reference(problem)
    solver = mp.MP2(reference)
    solver.kernel()
    return energy_of("MP2", float(solver.e_tot), bool(reference.converged), variational=False)
