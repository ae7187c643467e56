"""A search over geometries that tells how far it is, and ends at its time limit."""

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from workloads.workload import Context

if TYPE_CHECKING:
    from chemistry import Molecule
    from chemistry.structure import Equilibrium, Surface, SurfacePoint


class Journey:
    """Counts the geometries that a method's surfaces are asked for, reports them, and ends them at the time limit.

    A second search is for what proves to be the lower state: its seconds alone are the method's, while the limit is on
    all of them.
    """

    def __init__(self, context: Context, n_expected: int) -> None:
        self.n_visited = self.n_evaluations = 0
        self.seconds = 0.0  # of the last search
        self._began = self._earlier = 0.0
        self._context, self._n_expected = context, n_expected

    def equilibrium(
        self, make_surface: "Callable[[Molecule], Surface]", molecule: "Molecule", space: str | None
    ) -> "Equilibrium":
        """`chemistry.structure.equilibrium`, every geometry of it counted; on one thread where more only wait."""
        from chemistry.structure import equilibrium
        from chemistry.threads import SMALL_BASIS, SMALL_SECTOR, one_thread_if

        dimension = molecule.size(active_space=space).sector_dimension
        self._earlier += self.seconds
        self._began = perf_counter()
        with one_thread_if(molecule.active_space().n_orbitals <= SMALL_BASIS and dimension <= SMALL_SECTOR):
            found = equilibrium(lambda where: Watched(make_surface(where), self, where), molecule)
        self.seconds = perf_counter() - self._began
        return found

    def arrived(self, point: "SurfacePoint") -> None:
        """One geometry is done."""
        self.n_visited += 1
        self.n_evaluations += point.n_evaluations
        share = self.n_visited / self._n_expected
        self._context.progress(min(share, 1 - 0.1 / (1 + share)), f"{point.energy:.6f} hartree")
        limit = self._context.time_limit
        if limit is not None and self._earlier + perf_counter() - self._began > limit:
            raise ValueError(
                f"The time limit of {limit:g} s was reached after {self.n_visited} of about {self._n_expected} "
                "geometries: give a longer --time-limit."
            )


class Watched:
    """A surface that tells a journey of every geometry, and may begin elsewhere than it was made."""

    def __init__(self, surface: "Surface", journey: Journey, begins: "Molecule") -> None:
        self.surface, self._journey, self._begins = surface, journey, begins

    @property
    def molecule(self) -> "Molecule":
        """Where the surface begins."""
        return self._begins

    def point(self, positions: Any, *, field: Sequence[float] | None = None) -> "SurfacePoint":
        """The surface's own."""
        found = self.surface.point(positions, field=field)
        self._journey.arrived(found)
        return found
