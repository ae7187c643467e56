"""Classical energies of the same electronic problem, through PySCF: HF, MP2, CCSD, CCSD(T) and full CI.

Each is computed from the problem's own integrals, so a frozen core or an active space is the same for all (full CI in
an active space is CASCI). Each says how its calculation ended; a value that did not converge or lies below the exact
energy is not an answer, and its status says that too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from math import comb
from typing import Any, Concatenate, ParamSpec

import numpy as np

from chemistry.problem import ElectronicProblem
from chemistry.quantum_numbers import spin_squared_of
from chemistry.spin_integrals import BetaIntegrals, by_spin

# An approximate energy below the exact one by more than this is a failure of the method, not rounding.
BOUND_TOLERANCE = 1e-7  # hartree
_PATIENT_DIMENSION = 200_000  # determinants up to which one thread and many vectors are kept


@dataclass(frozen=True, kw_only=True)
class Energy:
    """An energy and what is known about it."""

    method: str
    energy: float  # hartree
    converged: bool
    status: str  # one sentence
    variational: bool  # whether the method is bounded from below by the exact energy
    below_exact: bool = False  # known only after `against`
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        """Whether it may be compared: converged, and not below the exact energy."""
        return self.converged and not self.below_exact

    def against(self, exact: float) -> Energy:
        """The same energy, labelled if it lies below the exact one.

        Args:
            exact: Hartree.

        Raises:
            ArithmeticError: If a variational method lies below it, which cannot be.
        """
        below = exact - self.energy
        if below <= BOUND_TOLERANCE:
            return self
        if self.variational:
            raise ArithmeticError(
                f"{self.method} is bounded by the exact energy {exact:.8f} hartree but gave {self.energy:.8f}."
            )
        sentence = f"Lies {1000 * below:.2f} mHa below the exact energy: the method has broken down here."
        status = sentence if self.converged else f"{self.status} {sentence}"
        return replace(self, below_exact=True, status=status)


P = ParamSpec("P")


def _on_few_threads(
    solve: Callable[Concatenate[ElectronicProblem, P], Energy],
) -> Callable[Concatenate[ElectronicProblem, P], Energy]:
    """Solve a small problem on one thread: more would spend their time waiting for each other."""

    @wraps(solve)
    def solved(problem: ElectronicProblem, *args: P.args, **kwargs: P.kwargs) -> Energy:
        from threadpoolctl import threadpool_limits

        determinants = comb(problem.n_orbitals, problem.n_alpha) * comb(problem.n_orbitals, problem.n_beta)
        with threadpool_limits(limits=1 if determinants <= _PATIENT_DIMENSION else None):
            return solve(problem, *args, **kwargs)

    return solved


def hartree_fock_energy(problem: ElectronicProblem) -> Energy:
    """The energy of the reference determinant, with the convergence and stability of its orbitals."""
    problem = problem.canonical or problem
    field_ = problem.mean_field
    if field_ is None:
        return Energy(
            method="HF", energy=problem.reference_energy, converged=True, variational=True,
            status="The energy of the reference determinant of given integrals.",
        )  # fmt: skip
    sentences = ["Converged." if field_.converged else "Not converged."]
    if not field_.stable:
        sentences.append("The orbitals are not stable.")
    elif field_.stability_restarts:
        sentences.append(f"An unstable solution was followed to this stable one in {field_.stability_restarts} steps.")
    if not field_.spin_stable:
        sentences.append("An unrestricted solution lies lower: the electrons are strongly correlated.")
    return Energy(
        method="HF",
        energy=problem.reference_energy,
        converged=field_.converged,
        variational=True,
        status=" ".join(sentences),
        detail={"stable": field_.stable, "spin_stable": field_.spin_stable, "restarts": field_.stability_restarts},
    )


@_on_few_threads
def mp2(problem: ElectronicProblem) -> Energy:
    """Second-order Møller-Plesset theory; on unrestricted orbitals where there are unpaired electrons."""
    from pyscf import mp

    reference = _reference(problem)
    solver = mp.MP2(reference)
    solver.kernel()
    return _energy("MP2", float(solver.e_tot), bool(reference.converged), variational=False)


@_on_few_threads
def ccsd(problem: ElectronicProblem) -> Energy:
    """Coupled cluster with singles and doubles."""
    solver = _coupled_cluster(problem)
    return _energy("CCSD", float(solver.e_tot), bool(solver.converged), variational=False)


@_on_few_threads
def ccsd_t(problem: ElectronicProblem) -> Energy:
    """Coupled cluster with singles, doubles and perturbative triples."""
    solver = _coupled_cluster(problem)
    if solver.t2 is None or _size(solver.t2) == 0 or not _n_triples(problem):
        return _energy("CCSD(T)", float(solver.e_tot), bool(solver.converged), variational=False)
    if problem.n_orbitals in (problem.n_alpha, problem.n_beta) and isinstance(solver.t1, tuple):
        energy = _energy("CCSD(T)", float(solver.e_tot), converged=False, variational=False)
        return replace(energy, status="PySCF has no triples of one spin where the other has no empty orbital.")
    with np.errstate(all="ignore"):
        triples = float(solver.ccsd_t())
    return _energy("CCSD(T)", float(solver.e_tot) + triples, bool(solver.converged), variational=False)


@_on_few_threads
def full_ci(problem: ElectronicProblem, *, n_roots: int = 4) -> Energy:
    """The exact energy in the active space: the lowest of several states with the reference's electrons of each spin.

    A solver that is asked for one state can return one that is not the lowest where states nearly cross, so several are
    computed, and the spin of each is looked at.

    Args:
        problem: The electronic problem.
        n_roots: How many states to compute, where there are so many determinants.
    """
    from pyscf import fci

    electrons = (problem.n_alpha, problem.n_beta)
    n_orbitals = problem.n_orbitals
    shared = problem.beta is None
    dimension = comb(n_orbitals, problem.n_alpha) * comb(n_orbitals, problem.n_beta)
    solver = (fci.direct_spin1 if shared else fci.direct_uhf).FCISolver(_silent_mole())
    solver.conv_tol, solver.max_cycle = 1e-11, 300
    solver.max_space = 30 if dimension <= _PATIENT_DIMENSION else 12
    n_roots = min(n_roots, dimension)
    one_body, two_body = by_spin(problem.one_body, problem.two_body, problem.beta)
    integrals = (problem.one_body, problem.two_body) if shared else (one_body, two_body)
    energies, vectors = solver.kernel(*integrals, n_orbitals, electrons, ecore=problem.constant, nroots=n_roots)
    if n_roots == 1:
        energies, vectors = [energies], [vectors]
    s_squared = np.array([_spin_squared(problem, vector) for vector in vectors])
    converged = bool(np.all(solver.converged))
    order = np.argsort(energies)
    roots, s_squared = np.asarray(energies, dtype=float)[order], s_squared[order]
    half = 0.5 * (problem.n_alpha - problem.n_beta)
    status = "Converged." if converged else "Not converged."
    if abs(s_squared[0] - half * (half + 1)) > 1e-3:
        wanted = half * (half + 1)
        status += f" The lowest state has S^2 = {s_squared[0]:.2f}, not the {wanted:.2f} of its unpaired electrons."
    return Energy(
        method="FCI",
        energy=float(roots[0]),
        converged=converged,
        variational=True,
        status=status,
        detail={"energies": roots.tolist(), "s_squared": s_squared.tolist(), "determinants": dimension},
    )


@_on_few_threads
def symmetric_ci(problem: ElectronicProblem) -> Energy:
    """The lowest state of the reference's symmetry, by full CI: what a chemist runs who trusts the symmetry.

    It searches the same determinants as a symmetry-conserving circuit, for one state only, and is the fair opponent of
    such a circuit; `full_ci` is the proof.
    """
    from pyscf import fci

    electrons = (problem.n_alpha, problem.n_beta)
    if problem.beta is not None:
        # PySCF has no solver for orbitals of either spin that knows symmetry.
        return replace(full_ci(problem, n_roots=1), method="FCI, one state")
    solver = fci.direct_spin1_symm.FCISolver(_silent_mole())
    solver.conv_tol, solver.max_cycle = 1e-9, 200
    irrep = int(np.bitwise_xor.reduce(problem.irreps[problem.n_beta : problem.n_alpha], initial=0))
    energy, _ = solver.kernel(
        problem.one_body, problem.two_body, problem.n_orbitals, electrons,
        ecore=problem.constant, orbsym=problem.irreps, wfnsym=irrep,
    )  # fmt: skip
    return _energy("FCI, one state", float(energy), bool(np.all(solver.converged)), variational=True)


BASELINES: dict[str, Callable[[ElectronicProblem], Energy]] = {
    "HF": hartree_fock_energy,
    "MP2": mp2,
    "CCSD": ccsd,
    "CCSD(T)": ccsd_t,
    "FCI": full_ci,
    "FCI, one state": symmetric_ci,
}


def _energy(method: str, energy: float, converged: bool, *, variational: bool) -> Energy:
    converged = converged and bool(np.isfinite(energy))
    status = "Converged." if converged else "Not converged."
    return Energy(method=method, energy=energy, converged=converged, variational=variational, status=status)


def _coupled_cluster(problem: ElectronicProblem) -> Any:
    from pyscf import cc

    solver = cc.CCSD(_reference(problem))
    solver.conv_tol, solver.max_cycle = 1e-9, 100
    # Extrapolation from more vectors than there are amplitudes meets a singular matrix.
    solver.diis = problem.n_alpha * (problem.n_orbitals - problem.n_alpha) > solver.diis_space
    if not solver.diis and (problem.beta is not None or problem.n_alpha != problem.n_beta):
        solver.diis, solver.diis_space = True, 2
    # Amplitudes that diverge end as an energy that is not finite, which is reported.
    with np.errstate(all="ignore"):
        solver.kernel()
    return solver


def _spin_squared(problem: ElectronicProblem, vector: np.ndarray) -> float:
    """<S^2> of a full CI vector."""
    from pyscf import fci

    electrons = (problem.n_alpha, problem.n_beta)
    if problem.beta is None:
        return float(fci.spin_op.spin_square(vector, problem.n_orbitals, electrons)[0])
    if problem.beta.overlap is None:
        return np.nan
    (up, down), (_, mixed, _) = fci.direct_spin1.make_rdm12s(vector, problem.n_orbitals, electrons)
    return spin_squared_of(problem, up, down, mixed)


def _reference(problem: ElectronicProblem) -> Any:
    """A PySCF mean field over the problem's integrals: restricted for a closed shell, unrestricted otherwise."""
    problem = problem.canonical or problem
    from pyscf import ao2mo, scf

    mol = _silent_mole()
    mol.nelectron = problem.n_electrons
    mol.spin = problem.n_alpha - problem.n_beta
    mol.incore_anyway = True
    n_orbitals = problem.n_orbitals
    if problem.beta is not None:
        return _unrestricted_reference(problem, problem.beta, mol)
    mol.nao = n_orbitals
    solver = scf.RHF(mol) if mol.spin == 0 else scf.UHF(mol)
    solver.get_hcore = lambda *_: problem.one_body
    solver.get_ovlp = lambda *_: np.eye(n_orbitals)
    solver.energy_nuc = lambda *_: problem.constant
    solver._eri = ao2mo.restore(8, problem.two_body, n_orbitals)
    solver.conv_tol, solver.max_cycle = 1e-11, 200
    occupation = np.zeros((2, n_orbitals))
    occupation[0, : problem.n_alpha] = 1
    occupation[1, : problem.n_beta] = 1
    density = np.array([np.diag(row) for row in occupation])
    solver.kernel(density.sum(axis=0) if mol.spin == 0 else density)
    return solver


def _unrestricted_reference(problem: ElectronicProblem, beta: BetaIntegrals, mol: Any) -> Any:
    """A PySCF mean field whose basis is the orbitals of spin up, then those of spin down, that never mix."""
    from pyscf import ao2mo, scf

    n = problem.n_orbitals
    up, down = slice(0, n), slice(n, 2 * n)
    bare = np.zeros((2 * n, 2 * n))
    bare[up, up], bare[down, down] = problem.one_body, beta.one_body
    repulsion = np.zeros((2 * n,) * 4)
    repulsion[up, up, up, up], repulsion[down, down, down, down] = problem.two_body, beta.two_body
    repulsion[up, up, down, down], repulsion[down, down, up, up] = beta.mixed, beta.mixed.transpose(2, 3, 0, 1)

    def eigenvectors(focks: Any, *_: Any, **__: Any) -> tuple[np.ndarray, np.ndarray]:
        energies, orbitals = np.empty((2, n)), np.zeros((2, 2 * n, n))
        for spin, here in enumerate((up, down)):
            energies[spin], orbitals[spin, here] = np.linalg.eigh(focks[spin][here, here])
        return energies, orbitals

    mol.nao = 2 * n
    solver = scf.UHF(mol)
    solver.get_hcore = lambda *_: bare
    solver.get_ovlp = lambda *_: np.eye(2 * n)
    solver.energy_nuc = lambda *_: problem.constant
    solver.eig = eigenvectors
    solver._eri = ao2mo.restore(8, repulsion, 2 * n)
    solver.conv_tol, solver.max_cycle = 1e-11, 200
    occupation = np.zeros((2, 2 * n))
    occupation[0, : problem.n_alpha] = 1
    occupation[1, n : n + problem.n_beta] = 1
    solver.kernel(np.array([np.diag(row) for row in occupation]))
    return solver


def _silent_mole() -> Any:
    from pyscf import gto

    mol = gto.M(verbose=0)
    mol.max_memory = 100_000
    return mol


def _n_triples(problem: ElectronicProblem) -> int:
    """How many ways there are to excite three electrons."""
    ways = []
    for electrons in (problem.n_alpha, problem.n_beta):
        empty = problem.n_orbitals - electrons
        ways.append([comb(electrons, n) * comb(empty, n) for n in range(4)])
    return sum(ways[0][n] * ways[1][3 - n] for n in range(4))


def _size(amplitudes: Any) -> int:
    return sum(np.size(block) for block in amplitudes) if isinstance(amplitudes, tuple) else int(np.size(amplitudes))
