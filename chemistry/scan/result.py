"""What a scan gives: its points in order, and the curves and surfaces that they make."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.scan.family import Axis
from chemistry.scan.point import ScanPoint

if TYPE_CHECKING:
    import pandas as pd

EXACT = "FCI"


@dataclass(frozen=True, kw_only=True)
class ScanRow:
    """One method at one geometry, with the columns that `chemistry.plots.energy_curves` draws."""

    method: str
    role: str  # quantum or classical
    coordinates: tuple[float, ...]
    objective: float  # hartree
    reference: float  # hartree, exact; nan where it was not computed
    ranks: bool  # whether it may be compared
    status: str
    n_params: int | None
    n_evaluations: int | None
    two_qubit_gates: int | None
    detail: dict[str, Any] = field(repr=False)

    @property
    def error(self) -> float:
        """Hartree above the exact energy."""
        return self.objective - self.reference


@dataclass(frozen=True, kw_only=True)
class PotentialScan:
    """A potential curve or surface by several methods."""

    axes: tuple[Axis, ...]
    points: tuple[ScanPoint, ...] = field(repr=False)  # in C order of the grid, each coordinate ascending
    circuits: tuple[str, ...]  # names
    baselines: tuple[str, ...]
    status: str  # sentences on the whole

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the grid."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def methods(self) -> tuple[str, ...]:
        """All that have an energy at some point; followed states are called `state 0`, `state 1`."""
        labels = sorted({state.label for point in self.points for state in point.states})
        return (*self.circuits, *self.baselines, *(f"state {label}" for label in labels))

    @property
    def changes(self) -> tuple[str, ...]:
        """Every change of orbitals, reference or states, with the place where it happened."""
        return tuple(f"{self._place(point)}: {change}" for point in self.points for change in point.changes)

    def energies(self, method: str, *, sound: bool = False) -> np.ndarray:
        """One method's energies in hartree, in the shape of the grid; nan where there is none.

        Args:
            method: One of `methods`.
            sound: Leave out what did not converge or lies below the exact energy.

        Raises:
            ValueError: If there is no such method.
        """
        if method not in self.methods:
            raise ValueError(f"This scan has {', '.join(self.methods)}, but {method!r} was asked for.")
        values = [p.energy(method) if p.is_sound(method) or not sound else np.nan for p in self.points]
        return np.array(values).reshape(self.shape)

    def rows(self) -> tuple[ScanRow, ...]:
        """One for each method at each geometry where it gave an energy."""
        rows = []
        for point in self.points:
            exact = point.energy(EXACT)
            detail: dict[str, Any] = {"changes": list(point.changes), "previous": point.previous}
            if len(self.axes) == 1:
                detail["bond_length"] = point.coordinates[0]
            for name, circuit in point.circuits.items():
                own = {"own_energy": circuit.own_energy, "source": circuit.source, "fidelity": circuit.fidelity}
                rows.append(
                    ScanRow(
                        method=name,
                        role="quantum",
                        coordinates=point.coordinates,
                        objective=circuit.energy,
                        reference=exact,
                        ranks=circuit.converged and not circuit.below_exact,
                        status=circuit.status,
                        n_params=circuit.n_params,
                        n_evaluations=circuit.n_evaluations,
                        two_qubit_gates=circuit.two_qubit_gates,
                        detail=detail | own,
                    )
                )
            rows += [
                ScanRow(
                    method=name,
                    role="classical",
                    coordinates=point.coordinates,
                    objective=energy.energy,
                    reference=exact,
                    ranks=energy.is_sound,
                    status=energy.status,
                    n_params=None,
                    n_evaluations=None,
                    two_qubit_gates=None,
                    detail=detail,
                )
                for name, energy in point.energies.items()
            ]
        return tuple(rows)

    def frame(self) -> pd.DataFrame:
        """The rows as a table, with a column for each coordinate and the error in hartree."""
        import pandas as pd

        rows = self.rows()
        table = pd.DataFrame(
            {
                name: [getattr(row, name) for row in rows]
                for name in ("method", "role", "objective", "reference", "error", "ranks", "n_params",
                             "n_evaluations", "two_qubit_gates", "status", "detail")
            }
        )  # fmt: skip
        for place, axis in enumerate(self.axes):
            table.insert(place, axis.label, [row.coordinates[place] for row in rows])
        return table

    def state_table(self) -> pd.DataFrame:
        """The followed states at each point: label, energy, spin, irrep, fidelity with the point before."""
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for point in self.points:
            where = {axis.label: value for axis, value in zip(self.axes, point.coordinates, strict=True)}
            for state in point.states:
                told = {
                    "state": state.label,
                    "energy": state.energy,
                    "multiplicity": state.multiplicity,
                    "irrep": state.irrep,
                    "s_squared": state.spin_squared,
                    "fidelity": state.fidelity,
                }
                rows.append(where | told)
        return pd.DataFrame(rows)

    def _place(self, point: ScanPoint) -> str:
        pairs = zip(self.axes, point.coordinates, strict=True)
        return ", ".join(f"{axis.name} {value:g} {axis.unit}".strip() for axis, value in pairs)
