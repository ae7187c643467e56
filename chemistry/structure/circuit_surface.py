"""The surface of an ansatz whose orbitals are optimized at every geometry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.ansatz.energy_curvatures import energy_curvatures
from chemistry.orbital_optimization.environment import ElectricField, Surrounding
from chemistry.orbital_optimization.limits import SearchLimits
from chemistry.orbital_optimization.nuclear_gradients import gradient_of
from chemistry.orbital_optimization.orbital_optimized_vqe import (
    OrbitalOptimizedResult,
    circuit_states,
    oo_vqe,
    optimized_orbitals,
    several_surroundings,
)
from chemistry.structure.surface import SurfacePoint, checked_positions, dipole_of, moved_mol, positions_of

if TYPE_CHECKING:
    from chemistry.molecule import Molecule
    from chemistry.orbital_optimization.circuit_states import CircuitStates
    from chemistry.orbital_optimization.orbital_energy import OrbitalSolution
    from chemistry.orbital_optimization.orbital_optimized_vqe import AnsatzFactory


class CircuitSurface:
    """Orbital-optimized VQE at any geometry, each begun from the nearest one before.

    The circuit is made once, at the first geometry and without point group, and then kept; so energy and gradient are
    smooth, and belong together to the tolerance of the search. At the first geometry the search goes on past saddle
    points, later ones follow the state that it found.

    Args:
        molecule: Where the surface begins.
        ansatz: What makes the circuit, such as `uccsd`; None: the suite's default, `repeated_uccsd`.
        active_space: As for `Molecule.problem`.
        surroundings: A `Solvent`, an `ElectricField`, or several.
        n_states: Above one, the surface is that of the mean energy of so many states.
        gradient_tolerance: Of the electronic search, hartree per radian; nuclear gradients are right to about as much.
        max_evaluations: Of each electronic search.
    """

    def __init__(
        self,
        molecule: Molecule,
        ansatz: AnsatzFactory | None = None,
        *,
        active_space: Any = None,
        surroundings: Surrounding | Sequence[Surrounding] = (),
        n_states: int = 1,
        gradient_tolerance: float = 1e-6,
        max_evaluations: int = 2000,
    ) -> None:
        if ansatz is not None and hasattr(ansatz, "n_params"):
            name = getattr(ansatz, "name", ansatz)
            raise ValueError(f"A surface needs what makes circuits, such as uccsd, but the circuit {name!r} was given.")
        self._molecule = molecule
        self._ansatz = ansatz
        self._active_space = active_space
        self._surroundings = several_surroundings(surroundings)
        self._n_states = n_states
        self._limits = SearchLimits(gradient_tolerance, max_evaluations)
        self._first: OrbitalOptimizedResult | None = None
        self._states: CircuitStates | None = None
        self._known: list[tuple[np.ndarray, OrbitalSolution]] = []

    @property
    def molecule(self) -> Molecule:
        """At the geometry where the surface begins."""
        return self._molecule

    @property
    def first(self) -> OrbitalOptimizedResult:
        """The result at the geometry where the surface begins."""
        if self._first is None:
            problem = self._molecule.problem(active_space=self._active_space)
            self._first = oo_vqe(
                problem,
                self._ansatz,
                n_states=self._n_states,
                surroundings=self._surroundings,
                gradient_tolerance=self._limits.gradient_tolerance,
                max_evaluations=self._limits.max_evaluations,
            )
            self._states = circuit_states(self._first.problem, self._first.ansatz, self._n_states)
            self._known.append((positions_of(self._molecule), self._first.solution))
        return self._first

    def point(self, positions: Any, *, field: Sequence[float] | None = None) -> SurfacePoint:
        """See `Surface.point`.

        Raises:
            ValueError: If the positions or the field are not as wanted.
        """
        first, positions = self.first, checked_positions(self._molecule, positions)
        distances = [np.linalg.norm(known - positions) for known, _ in self._known]
        nearest = self._known[int(np.argmin(distances))][1]
        mol = moved_mol(first.solution.mol, positions)
        # A dipole moment is differentiated once more by the field, and so wanted to a digit more.
        fields = () if field is None else (ElectricField(field),)
        tolerance = self._limits.gradient_tolerance * (1.0 if field is None else 0.1)
        found, solution = optimized_orbitals(
            mol,
            nearest.space.without_symmetry().moved_to(mol.intor("int1e_ovlp")),
            self._states,  # type: ignore[arg-type]
            nearest.parameters,
            limits=replace(self._limits, gradient_tolerance=tolerance),
            surroundings=(*self._surroundings, *fields),
            curvatures=energy_curvatures(first.problem, first.ansatz),
            follow=False,
        )
        if field is None and found.status.converged:
            self._known.append((positions, solution))
        return SurfacePoint(
            positions=positions,
            energy=solution.energy,
            gradient=gradient_of(solution),
            dipole=dipole_of(mol, solution.density),
            converged=found.status.converged,
            n_evaluations=found.n_evaluations,
        )
