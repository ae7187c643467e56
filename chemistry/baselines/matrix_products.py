"""DMRG, where block2 is installed: it is free software under the GPL, so it is looked for and never required."""

from __future__ import annotations

from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from chemistry.baselines.energy import Energy, energy_of
from chemistry.integrals.spin_integrals import check_shared_orbitals
from chemistry.problem import ElectronicProblem, check_problem

_MOST_SWEEPS = 30
_ENERGY_TOLERANCE = 1e-8  # hartree, between sweeps
_FIRST_BOND_DIMENSION = 50
_NOISES = [1e-4] * 4 + [1e-5] * 4 + [0.0]  # so that the first sweeps do not settle in a wrong state
_RESIDUALS = [1e-8] * 8 + [1e-10]


def has_block2() -> bool:
    """Whether block2 is installed."""
    return find_spec("pyblock2") is not None and find_spec("block2") is not None


def dmrg(problem: ElectronicProblem, *, bond_dimension: int = 250, n_threads: int = 1) -> Energy:
    """The lowest state of the reference's spin by the density matrix renormalisation group, through block2.

    A matrix product state with the symmetry of total spin, over the orbitals in the order that their exchange integrals
    suggest. White, Phys. Rev. Lett. 69, 2863 (1992); Zhai et al., J. Chem. Phys. 159, 234801 (2023).

    Args:
        problem: The electronic problem; both spins in the same orbitals.
        bond_dimension: Of spin multiplets; the energy falls towards the exact one as it grows.
        n_threads: For block2.

    Returns:
        The energy of the last sweep, bounded from below by the exact one. The detail has the `bond_dimension`, the
        `discarded_weight` of the last sweep, and the number of `sweeps`.

    Raises:
        ValueError: If block2 is not installed, the bond dimension is not positive, the reference is unrestricted, or
            there is only one orbital.
    """
    check_problem(problem, "dmrg")
    if bond_dimension < 1:
        raise ValueError(f"The bond dimension is at least 1, but {bond_dimension} was given.")
    check_shared_orbitals(problem.beta, "DMRG")
    if not has_block2():
        raise ValueError(
            "DMRG needs block2, which is not installed and not part of this suite: "
            "install it (GPL) with pip install block2, or use full_ci or selected_ci."
        )
    problem = problem.canonical or problem
    if problem.n_orbitals < 2:
        raise ValueError("DMRG needs at least two orbitals, but the problem has one: use full_ci.")
    with TemporaryDirectory(prefix="dmrg-") as scratch:
        return _swept(problem, bond_dimension, n_threads, scratch)


def _swept(problem: ElectronicProblem, bond_dimension: int, n_threads: int, scratch: str) -> Energy:
    from pyblock2.driver.core import DMRGDriver, SymmetryTypes

    driver: Any = DMRGDriver(scratch=scratch, symm_type=SymmetryTypes.SU2, n_threads=n_threads)
    driver.initialize_system(
        n_sites=problem.n_orbitals, n_elec=problem.n_electrons, spin=problem.n_alpha - problem.n_beta
    )
    operator = driver.get_qc_mpo(
        h1e=np.array(problem.one_body), g2e=np.array(problem.two_body), ecore=problem.constant, reorder="fiedler",
        iprint=0,
    )  # fmt: skip
    first = min(_FIRST_BOND_DIMENSION, bond_dimension)
    state = driver.get_random_mps(tag="GROUND", bond_dim=first, nroots=1)
    energy = driver.dmrg(
        operator, state,
        n_sweeps=_MOST_SWEEPS, bond_dims=[first] * 4 + [bond_dimension], noises=_NOISES, thrds=_RESIDUALS,
        tol=_ENERGY_TOLERANCE, iprint=0,
    )  # fmt: skip
    _, discarded, energies = driver.get_dmrg_results()
    by_sweep = np.array([np.ravel(one)[0] for one in energies], dtype=float)
    settled = len(by_sweep) > 1 and abs(by_sweep[-1] - by_sweep[-2]) < 10 * _ENERGY_TOLERANCE
    return energy_of(
        "DMRG",
        float(np.ravel(energy)[0]),
        bool(settled and len(by_sweep) < _MOST_SWEEPS),
        variational=True,
        detail={
            "bond_dimension": bond_dimension,
            "discarded_weight": float(np.ravel(discarded)[-1]),
            "sweeps": len(by_sweep),
        },
    )
