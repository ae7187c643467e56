"""Coupled cluster, with the measures of whether one determinant is enough for it."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np

from chemistry.baselines.energy import Energy, energy_of
from chemistry.baselines.pyscf_reference import on_few_threads, pyscf_reference
from chemistry.problem import ElectronicProblem

# Above these, one determinant is not enough: Lee and Taylor, Int. J. Quantum Chem. Symp. 23, 199 (1989), and for open
# shells Rienstra-Kiracofe et al., J. Phys. Chem. A 104, 9823 (2000); Janssen and Nielsen, Chem. Phys. Lett. 290, 423
# (1998).
_T1_LIMIT, _T1_LIMIT_OPEN_SHELL, _D1_LIMIT = 0.02, 0.044, 0.05
_LARGE_AMPLITUDE = 0.5  # of an excitation, beside the reference's 1; T1 does not see pairs that break


@on_few_threads
def ccsd(problem: ElectronicProblem) -> Energy:
    """Coupled cluster with singles and doubles; on unrestricted orbitals where there are unpaired electrons.

    The detail has the `t1_diagnostic` and `d1_diagnostic` (the mean and the largest weight of the single excitations)
    and the `largest_amplitude` of any excitation, of spatial orbitals; the status says where they are large.
    """
    solver = _coupled_cluster(problem)
    return _energy(problem, "CCSD", solver, float(solver.e_tot))


@on_few_threads
def ccsd_t(problem: ElectronicProblem) -> Energy:
    """Coupled cluster with singles, doubles and perturbative triples; the detail is that of `ccsd`."""
    solver = _coupled_cluster(problem)
    energy = float(solver.e_tot)
    if solver.t2 is None or not any(block.size for block in _blocks(solver.t2)) or not _n_triples(problem):
        return _energy(problem, "CCSD(T)", solver, energy)
    if problem.n_orbitals in (problem.n_alpha, problem.n_beta) and isinstance(solver.t1, tuple):
        missing = "PySCF has no triples of one spin where the other has no empty orbital."
        return Energy(method="CCSD(T)", energy=energy, converged=False, status=missing, variational=False)
    with np.errstate(all="ignore"):
        energy += float(solver.ccsd_t())
    return _energy(problem, "CCSD(T)", solver, energy)


def _coupled_cluster(problem: ElectronicProblem) -> Any:
    from pyscf import cc

    solver = cc.CCSD(pyscf_reference(problem))
    solver.conv_tol, solver.max_cycle = 1e-9, 100
    # Extrapolation from more vectors than there are amplitudes meets a singular matrix.
    solver.diis = problem.n_alpha * (problem.n_orbitals - problem.n_alpha) > solver.diis_space
    if not solver.diis and (problem.beta is not None or problem.n_alpha != problem.n_beta):
        solver.diis, solver.diis_space = True, 2
    # Amplitudes that diverge end as an energy that is not finite, which is reported.
    with np.errstate(all="ignore"):
        try:
            solver.kernel()
        except (np.linalg.LinAlgError, AttributeError):
            # Extrapolation met a singular matrix, for which PySCF asks numpy by a name that it no longer has.
            solver.converged, solver.e_corr = False, np.nan
    return solver


def _energy(problem: ElectronicProblem, method: str, solver: Any, energy: float) -> Energy:
    """What came out; diagnostics of amplitudes that did not converge would say nothing."""
    if not solver.converged or not np.isfinite(energy):
        return energy_of(method, energy, False, variational=False)
    singles, doubles = _blocks(solver.t1), _blocks(solver.t2)
    # Over both spins alike, so that a closed shell has the T1 of its spatial orbitals.
    spins = 3 - len(singles)
    norm = sum(spins * np.sum(block**2) for block in singles)
    t1 = float(np.sqrt(0.5 * norm / problem.n_electrons))
    d1 = max((float(np.linalg.norm(block, ord=2)) for block in singles if block.size), default=0.0)
    largest = max((float(np.abs(block).max()) for block in (*singles, *doubles) if block.size), default=0.0)
    closed = problem.n_alpha == problem.n_beta
    measures = (
        ("T1", t1, _T1_LIMIT if closed else _T1_LIMIT_OPEN_SHELL),
        # Singles of open shells also turn the orbitals of either spin, so their D1 says less.
        ("D1", d1, _D1_LIMIT if closed else np.inf),
        ("the largest amplitude", largest, _LARGE_AMPLITUDE),
    )
    signs = [f"{name} = {value:.3f} is above {limit:g}" for name, value, limit in measures if value > limit]
    warning = " and ".join(signs)
    warning = f"{warning[:1].upper()}{warning[1:]}: one determinant may not be enough here." if signs else ""
    detail = {"t1_diagnostic": t1, "d1_diagnostic": d1, "largest_amplitude": largest}
    return energy_of(method, energy, True, warning, variational=False, detail=detail)


def _n_triples(problem: ElectronicProblem) -> int:
    """How many ways there are to excite three electrons."""
    ways = []
    for electrons in (problem.n_alpha, problem.n_beta):
        empty = problem.n_orbitals - electrons
        ways.append([comb(electrons, n) * comb(empty, n) for n in range(4)])
    return sum(ways[0][n] * ways[1][3 - n] for n in range(4))


def _blocks(amplitudes: Any) -> tuple[np.ndarray, ...]:
    """Amplitudes by spin, or of both alike."""
    if amplitudes is None:
        return ()
    return amplitudes if isinstance(amplitudes, tuple) else (np.asarray(amplitudes),)
