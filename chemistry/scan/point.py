"""What is known of one geometry of a scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from chemistry.baselines import Energy
from chemistry.molecule import Molecule


@dataclass(frozen=True, kw_only=True)
class Reference:
    """The reference determinant at a geometry, and whether its orbitals can be trusted."""

    energy: float  # hartree, of the determinant that circuits begin from
    field_energy: float  # hartree, of the molecule's restricted Hartree-Fock solution
    converged: bool
    stable: bool  # against rotations that keep spin and symmetry restricted
    spin_stable: bool  # False: a lower unrestricted solution exists
    stability_restarts: int
    chosen: bool  # circuits begin from another field than the molecule's own
    occupied: Mapping[str, tuple[int, int]]  # active electrons of spin up and down in each irrep, by its name
    point_group: str


@dataclass(frozen=True, kw_only=True)
class Continuation:
    """A circuit trained from the parameters of a neighbouring geometry."""

    source: int  # the neighbour's place in the scan
    energy: float  # hartree
    n_evaluations: int  # of energy and gradient
    converged: bool


@dataclass(frozen=True, kw_only=True)
class CircuitEnergy:
    """The best of a circuit's own start and of its continuations."""

    name: str
    ansatz: str
    energy: float  # hartree
    converged: bool
    below_exact: bool  # a circuit that does not conserve electrons can have others
    status: str  # sentences
    parameters: np.ndarray = field(repr=False)  # shape: (n_params,)
    n_evaluations: int  # of energy and gradient, over all starts
    two_qubit_gates: int | None  # None where a gate has no affordable decomposition
    gradient_norm: float  # hartree per radian, largest component
    own_energy: float  # hartree, from the geometry's own start
    own_evaluations: int
    continuations: tuple[Continuation, ...]
    source: int | None  # the neighbour whose parameters led to the best, or None: the own start
    fidelity: float | None  # squared overlap with the circuit's state at the geometry before, over followed orbitals
    state_weights: tuple[float, ...] = ()  # squared overlap with each of the exact states of the point
    vector: np.ndarray | None = field(repr=False, default=None)  # shape: (n_alpha_strings, n_beta_strings)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.parameters)


@dataclass(frozen=True, kw_only=True)
class FollowedState:
    """An exact state, with the number by which it is known all along the scan."""

    label: int
    energy: float  # hartree
    spin_squared: float  # in units of hbar^2
    multiplicity: int
    irrep: str
    fidelity: float | None  # squared overlap with it at the geometry before; 0: it is new
    converged: bool


@dataclass(frozen=True, kw_only=True)
class ScanPoint:
    """One geometry: every method's answer, and what changed on the way from the geometry before."""

    index: int
    coordinates: tuple[float, ...]
    molecule: Molecule = field(repr=False)
    previous: int | None  # the geometry from which orbitals and states are followed
    reference: Reference | None  # None: the point failed
    determinants: int | None  # of the reference's symmetry
    energies: Mapping[str, Energy] = field(repr=False)  # classical, by name of the method
    circuits: Mapping[str, CircuitEnergy] = field(repr=False)
    states: tuple[FollowedState, ...] = field(repr=False)  # ascending in energy
    orbital_overlaps: np.ndarray | None = field(repr=False)  # shape: (n_orbitals,), with those that they follow
    changes: tuple[str, ...]  # sentences: orbitals, reference or states that are not those of before
    failures: Mapping[str, str]  # sentence by method; "point" where nothing could be solved

    def energy(self, method: str) -> float:
        """Of a classical method, a circuit or a followed state (`"state 0"`), hartree; nan where there is none."""
        if method in self.circuits:
            return self.circuits[method].energy
        if method in self.energies:
            return self.energies[method].energy
        return next((state.energy for state in self.states if f"state {state.label}" == method), np.nan)

    def is_sound(self, method: str) -> bool:
        """Whether an energy may be compared: not below the exact one and, if it is classical, converged.

        A training that did not converge still gives an upper bound.
        """
        if method in self.circuits:
            return not self.circuits[method].below_exact
        if method in self.energies:
            return self.energies[method].is_sound
        return any(state.converged for state in self.states if f"state {state.label}" == method)
