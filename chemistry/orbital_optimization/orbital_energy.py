"""The energy as a function of circuit parameters and orbital rotations together, with its exact gradient.

With the orbitals C = C_0 exp(K), K antisymmetric, the energy is that of the circuit's state with the integrals over C.
Its derivative by C needs the inactive and active Fock matrices, integrals with three active indices and the state's
density matrices (Siegbahn, Almlöf, Heiberg and Roos, J. Chem. Phys. 74, 2384 (1981)); the derivative by K follows by
the adjoint of the exponential's Fréchet derivative, so it is exact however large K is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.orbital_optimization.circuit_states import CircuitStates
from chemistry.orbital_optimization.environment import Environment
from chemistry.orbital_optimization.orbital_space import OrbitalSpace

if TYPE_CHECKING:
    from pyscf import gto

    from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian

_SMALLEST_CURVATURE = 0.1  # hartree; where orbital energies and occupations say less, they are not believed


class OrbitalEnergy:
    """E(parameters, rotations) at one geometry.

    Args:
        mol: The PySCF molecule.
        space: The orbitals C_0.
        states: The circuit, or circuits whose mean energy is taken.
        environments: What acts on the electron density besides the nuclei.
    """

    def __init__(
        self, mol: gto.Mole, space: OrbitalSpace, states: CircuitStates, environments: Sequence[Environment] = ()
    ) -> None:
        from pyscf import scf

        self.space = space
        self.states = states
        self.environments = tuple(environments)
        self._field = scf.RHF(mol)  # never solved: it gives the integrals
        self._field.verbose = 0
        self._mol = mol
        self._hcore = self._field.get_hcore()
        self._nuclear = float(mol.energy_nuc())
        self.rotations = space.rotations()

    @property
    def n_params(self) -> int:
        """Circuit parameters and orbital rotations."""
        return self.states.n_params + len(self.rotations[0])

    def value_and_grad(self, x: Any) -> tuple[float, np.ndarray]:
        """The energy in hartree and its gradient.

        Args:
            x: Circuit parameters, then rotations in radians, shape (n_params,).
        """
        from scipy.linalg import expm, expm_frechet

        x = np.asarray(x, dtype=np.float64)
        params, generator = x[: self.states.n_params], self._generator(x[self.states.n_params :])
        at = self._evaluate(params, self.space.rotated(expm(generator)))
        by_unitary = self.space.coefficients.T @ at.by_orbitals
        by_generator = expm_frechet(generator.T, by_unitary, compute_expm=False)
        p, q = self.rotations
        by_rotation = by_generator[p, q] - by_generator[q, p]
        return at.energy, np.concatenate([at.by_params, by_rotation])

    def curvatures(self, params: np.ndarray) -> np.ndarray:
        """Estimates of the rotations' second derivatives at C_0 from Fock matrix and occupations."""
        at = self._evaluate(params, self.space)
        energies = np.einsum("ip,ij,jp->p", self.space.coefficients, at.fock, self.space.coefficients)
        electrons = np.zeros(self.space.n_orbitals)
        electrons[: self.space.n_frozen] = 2.0
        electrons[self.space.n_frozen : self.space.n_frozen + self.space.n_active] = np.diag(at.one)
        p, q = self.rotations
        return np.maximum(2.0 * (electrons[q] - electrons[p]) * (energies[p] - energies[q]), _SMALLEST_CURVATURE)

    def solution(self, x: np.ndarray) -> OrbitalSolution:
        """The state at a point, with frozen and empty orbitals made canonical."""
        from scipy.linalg import expm

        params = np.array(x[: self.states.n_params])
        space = self.space.rotated(expm(self._generator(x[self.states.n_params :])))
        at = self._evaluate(params, space)
        space = _canonical(space, at.fock)
        density = 2.0 * space.frozen @ space.frozen.T + space.active @ at.one @ space.active.T
        energies, vectors = self.states.eigenstates(at.hamiltonian, params)
        shift = at.energy - float(np.mean(energies))  # what an environment adds, and rounding
        return OrbitalSolution(
            mol=self._mol,
            space=space,
            parameters=params,
            energy=at.energy,
            state_energies=tuple((energies + shift).tolist()),
            vectors=tuple(vectors),
            one_body_density=at.one,
            two_body_density=at.two,
            density=density,
            environments=self.environments,
        )

    def _generator(self, rotations: np.ndarray) -> np.ndarray:
        generator = np.zeros((self.space.n_orbitals,) * 2)
        p, q = self.rotations
        generator[p, q] = rotations
        generator[q, p] = -rotations
        return generator

    def _evaluate(self, params: np.ndarray, space: OrbitalSpace) -> _Evaluated:
        from pyscf import ao2mo

        frozen, active, n = space.frozen, space.active, space.n_active
        one, two = self.states.mean_densities(params)
        cores, valence = 2.0 * frozen @ frozen.T, active @ one @ active.T
        coulomb, exchange = self._field.get_jk(self._mol, np.array([cores, valence]))
        inactive, felt = self._hcore + coulomb[0] - 0.5 * exchange[0], coulomb[1] - 0.5 * exchange[1]
        constant = self._nuclear + 0.5 * float(np.einsum("ij,ij", cores, self._hcore + inactive))
        for environment in self.environments:
            energy, potential = environment.energy_and_potential(cores + valence)
            inactive = inactive + potential
            constant += energy - float(np.einsum("ij,ij", valence, potential))
        everything = np.eye(len(active))
        integrals = self._mol if self._field._eri is None else self._field._eri
        mixed = ao2mo.general(integrals, (everything, active, active, active), compact=False)
        mixed = mixed.reshape(len(active), n, n, n)
        from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian

        hamiltonian = MolecularHamiltonian(
            constant, active.T @ inactive @ active, _symmetrised(np.tensordot(active.T, mixed, axes=1))
        )
        energy, by_params = self.states.mean_value_and_grad(hamiltonian, params)
        by_orbitals = np.zeros_like(space.coefficients)
        by_orbitals[:, : space.n_frozen] = 4.0 * (inactive + felt) @ frozen
        by_active = inactive @ active @ one + np.einsum("muwx,tuwx->mt", mixed, two)
        by_orbitals[:, space.n_frozen : space.n_frozen + n] = 2.0 * by_active
        return _Evaluated(energy, by_params, by_orbitals, hamiltonian, one, two, inactive + felt)


@dataclass(frozen=True, eq=False, kw_only=True)
class OrbitalSolution:
    """Orbitals and states at one point; means over the states where there are several."""

    mol: Any  # PySCF's
    space: OrbitalSpace
    parameters: np.ndarray  # shape: (n_params,), of the circuit
    energy: float  # hartree
    state_energies: tuple[float, ...]  # hartree, ascending
    vectors: tuple[np.ndarray, ...]  # matrices of determinants, one per state
    one_body_density: np.ndarray  # shape: (n_active,) * 2
    two_body_density: np.ndarray  # shape: (n_active,) * 4
    density: np.ndarray  # shape: (n_basis_functions,) * 2, both spins
    environments: tuple[Environment, ...]


@dataclass(frozen=True, eq=False)
class _Evaluated:
    energy: float
    by_params: np.ndarray  # shape: (n_params,)
    by_orbitals: np.ndarray  # shape: (n_basis_functions, n_orbitals); the derivative by C
    hamiltonian: MolecularHamiltonian  # of the active electrons
    one: np.ndarray
    two: np.ndarray
    fock: np.ndarray  # inactive and active together, over basis functions


def _symmetrised(integrals: np.ndarray) -> np.ndarray:
    """(pq|rs) made equal to (rs|pq) and (qp|rs) also in the last digit."""
    integrals = 0.5 * (integrals + integrals.transpose(1, 0, 2, 3))
    integrals = 0.5 * (integrals + integrals.transpose(0, 1, 3, 2))
    return 0.5 * (integrals + integrals.transpose(2, 3, 0, 1))


def _canonical(space: OrbitalSpace, fock: np.ndarray) -> OrbitalSpace:
    """Frozen and empty orbitals as eigenvectors of the Fock matrix, within irreps; the energy does not change."""
    coefficients, irreps = space.coefficients.copy(), space.irreps
    first_empty = space.n_frozen + space.n_active
    for block in (np.arange(space.n_frozen), np.arange(first_empty, space.n_orbitals)):
        for label in np.unique(irreps[block]):
            members = block[irreps[block] == label]
            part = coefficients[:, members]
            coefficients[:, members] = part @ np.linalg.eigh(part.T @ fock @ part)[1]
    return OrbitalSpace(coefficients=coefficients, irreps=irreps, n_frozen=space.n_frozen, n_active=space.n_active)
