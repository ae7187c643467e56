"""A family of geometries: one molecule along one or two coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from chemistry.molecule import Molecule

_MOST_AXES = 2


@dataclass(frozen=True)
class Axis:
    """A coordinate and the values that it takes, ascending."""

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def label(self) -> str:
        """As an axis of a picture is labelled."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True)
class Family:
    """Molecules on a grid of one or two coordinates, which differ in where their atoms are and in nothing else.

    Made by `along_bond`, `of_function` or `of_molecules`. The grid is in ascending order of its coordinates, whatever
    order they were given in, so a scan has no direction.
    """

    axes: tuple[Axis, ...]
    molecules: tuple[Molecule, ...] = field(repr=False)  # in C order of the grid

    def __post_init__(self) -> None:
        if not self.molecules:
            raise ValueError("A scan needs at least one geometry, but none was given.")
        first = self.molecules[0]
        for number, molecule in enumerate(self.molecules, 1):
            if not isinstance(molecule, Molecule):
                raise ValueError(
                    f"A family is made of molecules, but geometry {number} is a {type(molecule).__name__}."
                )
            if _identity(molecule) != _identity(first):
                raise ValueError(
                    "The molecules of a scan have the same atoms in the same order, basis, charge and spin, but "
                    f"geometry {number} differs from the first: scan them apart."
                )

    @classmethod
    def along_bond(cls, molecule: Molecule, lengths: Sequence[float], *, bond: tuple[int, int] | None = None) -> Family:
        """One bond set to each of several lengths.

        Args:
            molecule: Whose bond is stretched; what hangs on either atom moves with it.
            lengths: Angstrom.
            bond: Two atoms, counted from 1; None: the only one of a diatomic molecule.

        Raises:
            ValueError: If it is not clear which bond is meant, or a length is not positive or given twice.
        """
        bond = bond or molecule.only_bond
        if bond is None:
            raise ValueError(f"{molecule.formula} has several bonds: say which one to stretch, as in bond=(1, 2).")
        return cls.of_function(lambda length: molecule.with_bond(bond, length), {"bond length (angstrom)": lengths})

    @classmethod
    def of_function(cls, build: Callable[..., Molecule], coordinates: Mapping[str, Sequence[float]]) -> Family:
        """A molecule for each point of a grid of one or two coordinates.

        Args:
            build: From the coordinates, in order, to a molecule.
            coordinates: The values of each by its name, with the unit in brackets: `"bond length (angstrom)"`.

        Raises:
            ValueError: If there are not one or two coordinates, or values are missing, not finite or given twice.
        """
        if not 1 <= len(coordinates) <= _MOST_AXES:
            raise ValueError(f"A scan has one or two coordinates, but {len(coordinates)} were given.")
        axes = tuple(_axis(name, values) for name, values in coordinates.items())
        return cls(axes, tuple(build(*point) for point in product(*(axis.values for axis in axes))))

    @classmethod
    def of_molecules(
        cls, molecules: Sequence[Molecule], *, name: str = "geometry", values: Sequence[float] = ()
    ) -> Family:
        """Molecules in the order of a path, such as the frames of a reaction.

        Args:
            molecules: Neighbours on the path stand side by side.
            name: Of the coordinate, with its unit in brackets.
            values: Of the coordinate, one per molecule; none: they are numbered from 1.

        Raises:
            ValueError: If there are not as many values as molecules, or one is not finite or given twice.
        """
        molecules = list(molecules)
        numbers = [float(value) for value in values] if len(values) else [float(n + 1) for n in range(len(molecules))]
        if len(numbers) != len(molecules):
            raise ValueError(f"{len(molecules)} molecules need as many values, but {len(numbers)} were given.")
        axis = _axis(name, numbers)
        by_value = dict(zip(numbers, molecules, strict=True))
        return cls((axis,), tuple(by_value[value] for value in axis.values))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the grid."""
        return tuple(len(axis.values) for axis in self.axes)

    @property
    def coordinates(self) -> tuple[tuple[float, ...], ...]:
        """Of each molecule."""
        return tuple(product(*(axis.values for axis in self.axes)))

    def neighbours(self, index: int) -> tuple[int, ...]:
        """The molecules one step away along one coordinate."""
        found = []
        stride = len(self.molecules)
        for size in self.shape:
            stride //= size
            place = index // stride % size
            found += [index - stride] * (place > 0) + [index + stride] * (place < size - 1)
        return tuple(sorted(found))

    def predecessor(self, index: int) -> int | None:
        """The neighbour on the way back to the first molecule, from which identities are followed to this one.

        Along the second coordinate first; None for the first molecule.
        """
        stride = 1
        for size in reversed(self.shape):
            if index // stride % size:
                return index - stride
            stride *= size
        return None


def _axis(title: str, values: Sequence[float]) -> Axis:
    name, _, unit = title.partition(" (")
    numbers = [float(value) for value in values]
    if not numbers or not all(abs(number) < float("inf") for number in numbers):
        raise ValueError(f"The coordinate {name} needs one or more finite values, but got {list(values)}.")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"Each value of the coordinate {name} is given once, but got {list(values)}.")
    return Axis(name, unit.removesuffix(")"), tuple(sorted(numbers)))


def _identity(molecule: Molecule) -> tuple[object, ...]:
    labels = tuple(atom.label for atom in molecule.atoms)
    return labels, str(molecule.basis), str(molecule.ecp), molecule.charge, molecule.spin
