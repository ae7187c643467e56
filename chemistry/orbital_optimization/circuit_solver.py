"""An ansatz in the place of PySCF's full CI: `mcscf.CASCI(mf, ...)` and `CASSCF` with `fcisolver = CircuitSolver(...)`.

A state is what PySCF expects, a matrix of determinants, and carries the circuit's parameters as the tag `parameters`:
PySCF's density matrices, spin, analysis and gradients work on it, and the next run begins where it ended.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.orbital_optimization.circuit_states import ActiveIntegrals, CircuitStates, mean_density_matrices
from chemistry.orbital_optimization.orbital_optimized_vqe import circuit_for, circuit_states
from chemistry.orbital_optimization.shifted import Shifted
from chemistry.problem import ElectronicProblem, reference_fock
from chemistry.states.ci_vectors import CiVector
from chemistry.threads import SMALL_BASIS, SMALL_SECTOR, one_thread_if
from runtime import Status
from runtime.minimization import BFGS

if TYPE_CHECKING:
    from chemistry.ansatz import Ansatz
    from chemistry.orbital_optimization.orbital_optimized_vqe import AnsatzFactory

_SMALLEST_CURVATURE = 0.1  # hartree
_NO_ABELIAN_LABEL = 100  # PySCF's labels of spherical symmetry begin here


class CircuitSolver:
    """What PySCF's CASCI and CASSCF call for the active electrons.

        from pyscf import mcscf

        mc = mcscf.CASSCF(mf, 4, 4)
        mc.fcisolver = CircuitSolver(uccsd)
        mc.internal_rotation = True
        mc.kernel()

    The circuit is made once, from the first integrals it is asked to solve, and then kept, so the energy is a smooth
    function of orbitals and nuclei; later runs begin with the parameters of the state they are given. Unless an ansatz
    is exact in its space its energy depends on rotations among the active orbitals: `internal_rotation` lets CASSCF
    vary them, without which its nuclear gradients are not those of its energy. A CASCI's gradients by PySCF hold for
    ansätze that are exact in their space alone.

    Several roots, as `state_average_` asks for, are trained together with equal weights, from orthogonal references.
    With `mol.symmetry` the circuit keeps the point group. Second-order CASSCF (`mc.newton()`) is not offered: it varies
    determinants one by one, which a circuit cannot.

    Args:
        ansatz: What makes the circuit for a problem, such as `uccsd`, or a circuit made for the same orbitals and
            electrons; None: the suite's default, `repeated_uccsd`.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        max_evaluations: Of energy and gradient, in each run.

    Attributes:
        converged: Whether the last run was, as PySCF asks.
        status: How the last run ended.
        n_evaluations: Of energy and gradient, over all runs.
        circuit: The ansatz in use; None before the first run.
    """

    def __init__(
        self,
        ansatz: AnsatzFactory | Ansatz | None = None,
        *,
        gradient_tolerance: float = 1e-6,
        max_evaluations: int = 2000,
    ) -> None:
        self.ansatz = ansatz
        self.gradient_tolerance = gradient_tolerance
        self.max_evaluations = max_evaluations
        self.circuit: Ansatz | None = None
        self.status: Status | None = None
        self.converged = False
        self.n_evaluations = 0
        # What PySCF sets and reads.
        self.nroots = 1
        self.orbsym: Any = None
        self.wfnsym: Any = None
        self.spin: int | None = None
        self.mol: Any = None
        self.verbose = 0
        self.stdout = sys.stdout
        self._shape: tuple[Any, ...] | None = None
        self._states: CircuitStates | None = None

    def kernel(
        self,
        h1e: Any,
        eri: Any,
        norb: int,
        nelec: Any,
        ci0: Any = None,
        ecore: float = 0.0,
        *,
        nroots: int | None = None,
        orbsym: Any = None,
        wfnsym: Any = None,
        **_: Any,
    ) -> tuple[Any, Any]:
        """Train the circuit for an active space's integrals.

        Args:
            h1e: One-electron integrals, shape (norb, norb), hartree.
            eri: Two-electron integrals in any of PySCF's packings, hartree, chemists' notation.
            norb: Active orbitals.
            nelec: Electrons in them, or those of each spin.
            ci0: A state to begin with.
            ecore: Energy of nuclei and frozen electrons, hartree.
            nroots: How many states.
            orbsym: PySCF's irreps of the active orbitals.
            wfnsym: The irrep that the state must have.

        Returns:
            Energy in hartree and state; lists of both for several roots.

        Raises:
            ValueError: If the integrals are for two sets of orbitals, the reference has another irrep, or weights that
                are not equal are asked for.
        """
        n_roots = self.nroots if nroots is None else nroots
        weights = getattr(self, "weights", None)
        if weights is not None and np.ptp(weights) > 1e-9:
            raise ValueError(f"States of one circuit are averaged with equal weights, but {list(weights)} was given.")
        problem = self._problem(h1e, eri, norb, nelec, ecore, self.orbsym if orbsym is None else orbsym)
        self._check_irrep(problem, self.wfnsym if wfnsym is None else wfnsym)
        states = self._prepared(problem, n_roots)
        hamiltonian = ActiveIntegrals(problem.constant, problem.one_body, problem.two_body)
        known = getattr(self.circuit, "curvatures", None)
        scales = np.ones(states.n_params) if known is None else np.maximum(known, _SMALLEST_CURVATURE)
        with one_thread_if(norb <= SMALL_BASIS and states.dimension <= SMALL_SECTOR):
            initial = self._start(ci0, states.n_params)
            near = states.mean_value_and_grad(hamiltonian, initial)[0]
            energy = Shifted(lambda x: states.mean_value_and_grad(hamiltonian, x), near)
            minimum = energy.minimized(
                initial,
                method=BFGS(curvatures=scales),
                gradient_tolerance=self.gradient_tolerance,
                max_evaluations=self.max_evaluations,
                callback=None,
            )
        self.status, self.converged = minimum.status, minimum.status.converged
        self.n_evaluations += minimum.n_evaluations
        if n_roots == 1:
            vector = states.vectors(minimum.parameters)[0].coefficients
            return np.float64(minimum.value), _tagged(vector, minimum.parameters)  # PySCF asks numpy's methods of it
        energies, vectors = states.eigenstates(hamiltonian, minimum.parameters)
        return list(energies), [_tagged(vector, minimum.parameters) for vector in vectors]

    approx_kernel = kernel  # PySCF's response of the state to a step of the orbitals

    def make_rdm1s(self, ci: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> tuple[np.ndarray, np.ndarray]:
        """One-particle density matrices of spin up and down; real parts, as everywhere here."""
        from pyscf.fci import direct_spin1

        pairs = [direct_spin1.make_rdm1s(p, norb, self._electrons(nelec)) for p in self._vector(ci, nelec).real_parts]
        return sum(up for up, _ in pairs), sum(down for _, down in pairs)

    def make_rdm1(self, ci: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> np.ndarray:
        """The one-particle density matrix, both spins."""
        up, down = self.make_rdm1s(ci, norb, nelec)
        return up + down

    def make_rdm12(self, ci: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> tuple[np.ndarray, np.ndarray]:
        """One- and two-particle density matrices, both spins."""
        return mean_density_matrices([self._vector(ci, nelec)], norb)

    def make_rdm12s(self, ci: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> tuple[Any, Any]:
        """One- and two-particle density matrices by spin, in PySCF's order."""
        from pyscf.fci import direct_spin1

        parts = [direct_spin1.make_rdm12s(p, norb, self._electrons(nelec)) for p in self._vector(ci, nelec).real_parts]
        ones, twos = zip(*parts, strict=True)
        return tuple(map(sum, zip(*ones, strict=True))), tuple(map(sum, zip(*twos, strict=True)))

    def trans_rdm1(self, bra: Any, ket: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> np.ndarray:
        """The transition density matrix between two real states, both spins."""
        from pyscf.fci import direct_spin1

        if np.iscomplexobj(bra) or np.iscomplexobj(ket):
            raise ValueError("Transition densities are of real states, but a complex one was given: use a real ansatz.")
        return direct_spin1.trans_rdm1(np.asarray(bra), np.asarray(ket), norb, self._electrons(nelec))

    def spin_square(self, ci: Any, norb: int, nelec: Any, *_: Any, **__: Any) -> tuple[float, float]:
        """<S^2>, and the multiplicity 2S + 1 that it would be."""
        from pyscf.fci import spin_op

        parts = self._vector(ci, nelec).real_parts
        square = float(sum(spin_op.spin_square0(p, norb, self._electrons(nelec))[0] for p in parts))
        return square, float(np.sqrt(square + 0.25)) * 2.0

    def large_ci(self, ci: Any, norb: int, nelec: Any, tol: float = 0.1, return_strs: bool = True) -> Any:
        """The determinants of large weight, as PySCF lists them."""
        from pyscf.fci import addons

        vector = np.abs(ci) if np.iscomplexobj(ci) else np.asarray(ci)
        return addons.large_ci(vector, norb, self._electrons(nelec), tol, return_strs)

    def dump_flags(self, *_: Any) -> CircuitSolver:
        """Where PySCF's solvers print their settings; there is nothing to print."""
        return self

    def _electrons(self, nelec: Any) -> tuple[int, int]:
        from pyscf.fci.addons import _unpack_nelec

        up, down = _unpack_nelec(nelec, self.spin)
        return int(up), int(down)

    def _vector(self, ci: Any, nelec: Any) -> CiVector:
        return CiVector(*self._electrons(nelec), np.asarray(ci))

    def _problem(self, h1e: Any, eri: Any, norb: int, nelec: Any, ecore: float, orbsym: Any) -> ElectronicProblem:
        from pyscf import ao2mo

        if np.shape(h1e) != (norb, norb) or np.iscomplexobj(h1e):
            raise ValueError(
                f"A circuit is trained on real integrals over one set of {norb} orbitals, but the one-electron ones "
                f"have shape {np.shape(h1e)}: use a restricted mean field."
            )
        n_alpha, n_beta = self._electrons(nelec)
        one_body = np.asarray(h1e, dtype=np.float64)
        two_body = ao2mo.restore(1, np.asarray(eri, dtype=np.float64), norb)
        two_body = 0.5 * (two_body + two_body.transpose(2, 3, 0, 1))  # PySCF extrapolates them between steps
        irreps = np.zeros(norb, dtype=np.int64)
        if orbsym is not None and len(orbsym) == norb and max(np.abs(orbsym)) < _NO_ABELIAN_LABEL:
            # PySCF's labels of the linear groups are those of their largest abelian subgroup, modulo ten.
            irreps = np.asarray(orbsym, dtype=np.int64) % 10
        return ElectronicProblem(
            constant=float(ecore),
            one_body=one_body,
            two_body=two_body,
            n_alpha=n_alpha,
            n_beta=n_beta,
            orbital_energies=np.diag(reference_fock(one_body, two_body, n_alpha, n_beta)),
            irreps=irreps,
            point_group="C1" if orbsym is None else "of the molecule",
        )

    def _check_irrep(self, problem: ElectronicProblem, wanted: Any) -> None:
        if wanted is None or not problem.irreps.any():
            return
        if isinstance(wanted, str):
            from pyscf import symm

            wanted = symm.irrep_name2id(self.mol.groupname, wanted) if self.mol is not None else None
        own = int(np.bitwise_xor.reduce(problem.irreps[problem.n_beta : problem.n_alpha], initial=0))
        if wanted is not None and int(wanted) % 10 != own:
            raise ValueError(
                f"A state of irrep {wanted} was asked for, but the determinant that the circuit begins with, of the "
                f"first active orbitals, has irrep {own}: order the orbitals accordingly."
            )

    def _prepared(self, problem: ElectronicProblem, n_roots: int) -> CircuitStates:
        shape = (problem.n_orbitals, problem.n_alpha, problem.n_beta, problem.irreps.tolist(), n_roots)
        if self._states is None or shape != self._shape:
            made = self.ansatz is not None and hasattr(self.ansatz, "n_params")
            self.circuit = self.ansatz if made else circuit_for(problem, self.ansatz)  # type: ignore[arg-type, assignment]
            self._states = circuit_states(problem, self.circuit, n_roots)  # type: ignore[arg-type]
            self._shape = shape
        return self._states

    def _start(self, ci0: Any, n_params: int) -> np.ndarray:
        first = ci0[0] if isinstance(ci0, Sequence) and len(ci0) else ci0
        known = getattr(first, "parameters", None)
        if known is not None and np.shape(known) == (n_params,):
            return np.asarray(known)
        return np.asarray(self.circuit.initial_params, dtype=np.float64)  # type: ignore[union-attr]


def _tagged(vector: np.ndarray, parameters: np.ndarray) -> Any:
    from pyscf import lib

    return lib.tag_array(np.ascontiguousarray(vector), parameters=parameters)
