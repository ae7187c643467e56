"""The energy as a function of circuit parameters and orbitals, with its exact first and second derivatives.

With the orbitals C exp(K), K antisymmetric, the energy is that of the circuit's state with the integrals over them.
Derivatives are taken at K = 0 of the orbitals in use, which move with every step. They need the inactive and active
Fock matrices, integrals with two general and two active indices, and the state's density matrices (Siegbahn, Almlöf,
Heiberg and Roos, J. Chem. Phys. 74, 2384 (1981); Jensen and Jørgensen, J. Chem. Phys. 80, 1204 (1984)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.orbital_optimization.circuit_states import ActiveIntegrals, CircuitStates
from chemistry.orbital_optimization.environment import Environment
from chemistry.orbital_optimization.orbital_space import OrbitalSpace

if TYPE_CHECKING:
    from pyscf import gto

_SMALLEST_CURVATURE = 0.1  # hartree; where orbital energies and occupations say less, they are not believed


@dataclass(frozen=True, eq=False)
class Place:
    """Circuit parameters and orbitals."""

    params: np.ndarray  # shape: (n_circuit_params,)
    space: OrbitalSpace


class OrbitalEnergy:
    """E(parameters, orbitals) at one geometry.

    A direction is a vector of the changes of the circuit's parameters and then of the rotations of orbitals in radians,
    shape (n_params,).

    Args:
        mol: The PySCF molecule.
        space: The orbitals, which say what rotations there are.
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
        self.mol = mol
        self.rotations = space.rotations()
        self._field = scf.RHF(mol)  # never solved: it gives the integrals
        self._field.verbose = 0
        self._hcore = self._field.get_hcore()
        self._nuclear = float(mol.energy_nuc())

    @property
    def n_params(self) -> int:
        """Circuit parameters and orbital rotations."""
        return self.states.n_params + len(self.rotations[0])

    def at(self, place: Place) -> Expansion:
        """The energy at a place, with its derivatives there."""
        return Expansion(self, place)

    def moved(self, place: Place, step: np.ndarray) -> Place:
        """Where a step leads."""
        from scipy.linalg import expm

        n = self.states.n_params
        return Place(place.params + step[:n], place.space.rotated(expm(self.generator(step[n:]))))

    def generator(self, rotations: np.ndarray) -> np.ndarray:
        """The antisymmetric matrix K of rotations, shape (n_orbitals,) * 2."""
        generator = np.zeros((self.space.n_orbitals,) * 2)
        p, q = self.rotations
        generator[p, q] = rotations
        generator[q, p] = -rotations
        return generator

    def of_frozen(self, space: OrbitalSpace) -> tuple[float, np.ndarray]:
        """The frozen electrons' energy in hartree, nuclei included, and the field that the active ones feel.

        Surroundings are those of the frozen electrons alone; what the active ones change in them is not included.

        Returns:
            Energy, and one-electron matrix over basis functions.
        """
        cores = 2.0 * space.frozen @ space.frozen.T
        coulomb, exchange = self.coulomb_and_exchange(cores[None])
        felt = self._hcore + coulomb[0] - 0.5 * exchange[0]
        energy = self._nuclear + 0.5 * float(np.einsum("ij,ij", cores, self._hcore + felt))
        for environment in self.environments:
            of_environment, potential = environment.energy_and_potential(cores)
            felt, energy = felt + potential, energy + of_environment
        return energy, felt

    def response(self, space: OrbitalSpace) -> np.ndarray | None:
        """The second derivatives of the surroundings' energy by the active electrons' density, shape (n_active,) * 4.

        None without surroundings.
        """
        if not self.environments:
            return None
        active, n = space.active, space.n_active
        response = np.empty((n,) * 4)
        for t, u in zip(*np.tril_indices(n), strict=True):
            density = 0.5 * (np.outer(active[:, t], active[:, u]) + np.outer(active[:, u], active[:, t]))
            potential = sum((e.potential_change(density) for e in self.environments), np.zeros_like(density))
            response[:, :, t, u] = response[:, :, u, t] = active.T @ potential @ active
        return response

    def coulomb_and_exchange(self, densities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of symmetric density matrices over basis functions, shape (n, n_basis_functions, n_basis_functions)."""
        coulomb, exchange = self._field.get_jk(self.mol, densities, hermi=1)
        return coulomb, exchange

    def integrals(self, *orbitals: np.ndarray) -> np.ndarray:
        """(pq|rs) over four sets of orbitals, of which the first two are best the smaller ones."""
        from pyscf import ao2mo

        known = self.mol if self._field._eri is None else self._field._eri
        return np.reshape(ao2mo.general(known, orbitals, compact=False), [part.shape[1] for part in orbitals])

    def solution(self, place: Place) -> OrbitalSolution:
        """The state at a place, with frozen and empty orbitals made canonical."""
        at = self.at(place)
        space = _canonical(place.space, at.fock)
        energies, vectors = self.states.eigenstates(at.active_integrals, place.params)
        energy = at.energy - self.states.penalty(at.one, at.two)
        shift = energy - float(np.mean(energies))  # what an environment adds, and rounding
        return OrbitalSolution(
            mol=self.mol,
            space=space,
            parameters=place.params,
            energy=energy,
            state_energies=tuple((energies + shift).tolist()),
            vectors=tuple(vectors),
            one_body_density=at.one,
            two_body_density=at.two,
            density=at.density,
            environments=self.environments,
        )


class Expansion:
    """The energy around one place to second order.

    Attributes:
        energy: Hartree.
        gradient: Hartree per radian, shape (n_params,).
        active_integrals: The Hamiltonian of the active electrons.
        one: The active electrons' one-particle density matrix, both spins.
        two: Their two-particle density matrix.
        density: Of all electrons over basis functions.
        fock: The inactive and active Fock matrices' sum, over orbitals.
    """

    def __init__(self, function: OrbitalEnergy, place: Place) -> None:
        self._function, self._place = function, place
        space, states = place.space, function.states
        orbitals, active = space.coefficients, space.active
        self._active = slice(space.n_frozen, space.n_frozen + space.n_active)
        self._frozen = slice(0, space.n_frozen)
        self.one, self.two = states.mean_densities(place.params)
        valence = active @ self.one @ active.T
        self.density = 2.0 * space.frozen @ space.frozen.T + valence
        constant, inactive = function.of_frozen(space)
        coulomb, exchange = function.coulomb_and_exchange(valence[None])
        for environment in function.environments:
            potential = environment.potential_change(valence)
            inactive = inactive + potential
            constant -= 0.5 * float(np.einsum("ij,ij", valence, potential))
        self._inactive = orbitals.T @ inactive @ orbitals
        self.fock = self._inactive + orbitals.T @ (coulomb[0] - 0.5 * exchange[0]) @ orbitals
        # (tu|mn), with t and u active.
        self._coulomb = function.integrals(active, active, orbitals, orbitals)
        self._mixed = self._coulomb[:, :, :, self._active]  # (tu|mv)
        self.active_integrals = ActiveIntegrals(
            constant, self._inactive[self._active, self._active], symmetrized(self._mixed[:, :, self._active])
        )
        self.energy, by_params = states.mean_value_and_grad(self.active_integrals, place.params)
        self._by_orbitals = np.zeros((space.n_orbitals,) * 2)  # C^T dE/dC
        self._by_orbitals[:, self._frozen] = 4.0 * self.fock[:, self._frozen]
        by_active = self._inactive[:, self._active] @ self.one + np.einsum("wxmu,tuwx->mt", self._mixed, self.two)
        self._by_orbitals[:, self._active] = 2.0 * by_active
        self.gradient = np.concatenate([by_params, self._by_rotations(self._by_orbitals)])

    @property
    def curvatures(self) -> np.ndarray:
        """Estimates of the rotations' second derivatives from Fock matrix and occupations, hartree."""
        energies = np.diag(self.fock)
        electrons = np.zeros(len(energies))
        electrons[self._frozen] = 2.0
        electrons[self._active] = np.diag(self.one)
        p, q = self._function.rotations
        return np.maximum(2.0 * (electrons[q] - electrons[p]) * (energies[p] - energies[q]), _SMALLEST_CURVATURE)

    def times(self, direction: np.ndarray) -> np.ndarray:
        """The second derivatives' product with a direction, shape (n_params,), hartree."""
        function, states, params = self._function, self._function.states, self._place.params
        along = direction[: states.n_params]
        turning = function.generator(direction[states.n_params :])
        one, two = states.mean_density_changes(params, along)
        inactive, both = self._fock_changes(turning, one)
        # The derivative of C^T dE/dC as the orbitals turn, made symmetric between the direction and the derivative's.
        change = -0.5 * (turning @ self._by_orbitals + self._by_orbitals @ turning)
        change[:, self._frozen] += 4.0 * (both + self.fock @ turning)[:, self._frozen]
        change[:, self._active] += 2.0 * (
            (inactive + self._inactive @ turning)[:, self._active] @ self.one
            + self._inactive[:, self._active] @ one
            + np.tensordot(self._two_body_response, turning[:, self._active], axes=2)
            + np.einsum("wxmu,tuwx->mt", self._mixed, two)
        )
        integrals = self._integral_changes(turning, inactive)
        by_params = states.mean_gradient_change(self.active_integrals, integrals, params, along)
        return np.concatenate([by_params, self._by_rotations(change)])

    def _by_rotations(self, matrix: np.ndarray) -> np.ndarray:
        p, q = self._function.rotations
        return matrix[p, q] - matrix[q, p]

    def _fock_changes(self, turning: np.ndarray, one: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """How the inactive Fock matrix, and the sum of both, change with the densities; over these orbitals."""
        orbitals = self._place.space.coefficients
        turned = orbitals @ turning
        frozen, active = orbitals[:, self._frozen], orbitals[:, self._active]
        cores = 2.0 * turned[:, self._frozen] @ frozen.T
        valence = turned[:, self._active] @ self.one @ active.T + 0.5 * active @ one @ active.T
        densities = np.array([cores + cores.T, valence + valence.T])
        coulomb, exchange = self._function.coulomb_and_exchange(densities)
        inactive, felt = coulomb - 0.5 * exchange
        for environment in self._function.environments:
            inactive = inactive + environment.potential_change(densities.sum(axis=0))
        return orbitals.T @ inactive @ orbitals, orbitals.T @ (inactive + felt) @ orbitals

    def _integral_changes(self, turning: np.ndarray, inactive: np.ndarray) -> ActiveIntegrals:
        """How the Hamiltonian of the active electrons changes, but for its constant, which moves no parameter."""
        turned = turning[:, self._active]
        one = self._inactive[self._active] @ turned
        two = np.tensordot(self._mixed, turned, axes=(2, 0))  # (tu|vw) with w turning, v last but one
        two = two + two.transpose(0, 1, 3, 2)
        return ActiveIntegrals(0.0, inactive[self._active, self._active] + one + one.T, two + two.transpose(2, 3, 0, 1))

    @cached_property
    def _two_body_response(self) -> np.ndarray:
        """How integrals with one general index, contracted with the density matrix, change as active orbitals turn.

        Shape (n_orbitals, n_active, n_orbitals, n_active): by the turn of the last active orbital into the other one.
        """
        space = self._place.space
        exchange = self._function.integrals(space.active, space.coefficients, space.active, space.coefficients)
        response = np.einsum("wxmn,tuwx->mtnu", self._coulomb, self.two, optimize=True)
        pairs = self.two + self.two.transpose(0, 1, 3, 2)
        return response + np.einsum("umxn,tuwx->mtnw", exchange, pairs, optimize=True)


@dataclass(frozen=True, eq=False, kw_only=True)
class OrbitalSolution:
    """Orbitals and states at one place; means over the states where there are several."""

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

    @property
    def place(self) -> Place:
        """Its parameters and orbitals."""
        return Place(self.parameters, self.space)


def symmetrized(integrals: np.ndarray) -> np.ndarray:
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
            coefficients[:, members] = coefficients[:, members] @ np.linalg.eigh(fock[np.ix_(members, members)])[1]
    return OrbitalSpace(coefficients=coefficients, irreps=irreps, n_frozen=space.n_frozen, n_active=space.n_active)
