"""Classical energies of the same electronic problem, through PySCF, each with how its calculation ended.

All start from the problem's own integrals, so a frozen core or an active space is the same for all: full CI in an
active space is CASCI. A value that did not converge or lies below the exact energy is not an answer, and its status
says that too. Import what is listed in `__all__`; `BASELINES` are the methods that use the problem's orbitals as they
are, by name.
"""

from collections.abc import Callable

from chemistry.baselines.coupled_cluster import ccsd, ccsd_t
from chemistry.baselines.energy import BOUND_TOLERANCE, Energy
from chemistry.baselines.exact_states import full_ci, symmetric_ci
from chemistry.baselines.matrix_products import dmrg, has_block2
from chemistry.baselines.optimized_orbitals import casscf
from chemistry.baselines.perturbation import mp2
from chemistry.baselines.reference_energy import hartree_fock_energy
from chemistry.baselines.selection import selected_ci
from chemistry.problem import ElectronicProblem

BASELINES: dict[str, Callable[[ElectronicProblem], Energy]] = {
    "HF": hartree_fock_energy,
    "MP2": mp2,
    "CCSD": ccsd,
    "CCSD(T)": ccsd_t,
    "Selected CI": selected_ci,
    "FCI": full_ci,
    "FCI, one state": symmetric_ci,
}

__all__ = [
    "BASELINES",
    "BOUND_TOLERANCE",
    "Energy",
    "casscf",
    "ccsd",
    "ccsd_t",
    "dmrg",
    "full_ci",
    "hartree_fock_energy",
    "has_block2",
    "mp2",
    "selected_ci",
    "symmetric_ci",
]
