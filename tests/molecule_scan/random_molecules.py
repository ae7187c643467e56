"""Random small molecules, atoms and ions of the main group and the 3d metals."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from pyscf.data import radii

LIGHT = ("H", "Li", "Be", "B", "C", "N", "O", "F", "Na", "Mg", "Al", "Si", "P", "S", "Cl")
METALS = ("Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn")
BASES = ("sto-3g", "6-31g", "lanl2dz")
ANGSTROM_PER_BOHR = 0.529177210903
MOST_UNPAIRED = 6


@dataclass(frozen=True)
class Specimen:
    """What a molecule is made from, by itself."""

    atoms: tuple[tuple[str, tuple[float, float, float]], ...]  # angstrom
    basis: str
    charge: int
    spin: int

    def __str__(self):
        where = "; ".join(f"{symbol} {x:.4g} {y:.4g} {z:.4g}" for symbol, (x, y, z) in self.atoms)
        return f"{where} ({self.basis}, charge {self.charge}, {self.spin} unpaired)"


def specimen_number(seed, i):
    """Molecule number i of a seed."""
    rng = np.random.default_rng([seed, i])
    while True:
        found = _random(rng)
        if found is not None:
            return found


def _random(rng):
    with_metal = rng.random() < 0.5
    basis = str(rng.choice(BASES))
    n_atoms = int(rng.choice([1, 2, 3], p=[0.2, 0.55, 0.25]))
    symbols = [str(rng.choice(METALS if with_metal and k == 0 else LIGHT)) for k in range(n_atoms)]
    if n_atoms > 1 and rng.random() < 0.2:
        symbols[1] = symbols[0]
    if n_atoms == 3 and rng.random() < 0.7:
        symbols[2] = symbols[1]
    charge = int(rng.choice([-1, 0, 1, 2], p=[0.1, 0.6, 0.25, 0.05]))
    atoms = tuple(zip(symbols, _positions(symbols, rng), strict=True))
    electrons = sum(atomic_number(s) for s in symbols) - charge
    if electrons < 2:
        return None
    spins = [s for s in range(MOST_UNPAIRED + 1) if (electrons - s) % 2 == 0 and s <= electrons]
    if not with_metal:
        spins = spins[:2]
    found = Specimen(atoms, basis, charge, int(rng.choice(spins)))
    return found if is_possible(found) else None


def atomic_number(symbol):
    from pyscf.data.elements import charge

    return charge(symbol)


def _positions(symbols, rng):
    """Bonds from 0.85 to 1.5 times the sum of covalent radii; two thirds of the triatomics are bent."""

    def length(a, b):
        bond = radii.COVALENT[atomic_number(a)] + radii.COVALENT[atomic_number(b)]
        return float(np.round(bond * ANGSTROM_PER_BOHR * rng.uniform(0.85, 1.5), 3))

    if len(symbols) == 1:
        return [(0.0, 0.0, 0.0)]
    first = length(*symbols[:2])
    if len(symbols) == 2:
        return [(0.0, 0.0, 0.0), (0.0, 0.0, first)]
    second = first if symbols[1] == symbols[2] else length(symbols[0], symbols[2])
    angle = np.pi if rng.random() < 1 / 3 else np.deg2rad(rng.uniform(80, 150))
    third = (float(np.round(second * np.sin(angle), 6)), 0.0, float(np.round(second * np.cos(angle), 6)))
    return [(0.0, 0.0, 0.0), (0.0, 0.0, first), third]


def is_possible(specimen):
    """Whether PySCF can build it, no two atoms coincide, and its orbitals hold its electrons with one to spare."""
    places = [np.array(p) for _, p in specimen.atoms]
    if any(np.linalg.norm(a - b) < 0.6 for a, b in combinations(places, 2)):
        return False
    try:
        mol = built(specimen, symmetry=False)
    except (RuntimeError, KeyError, ValueError):
        return False
    return mol.nelec[0] < mol.nao and mol.nelec[1] >= 0


def built(specimen, symmetry):
    """PySCF's molecule."""
    from pyscf import gto

    mol = gto.Mole(
        atom=list(specimen.atoms), basis=specimen.basis, charge=specimen.charge, spin=specimen.spin,
        symmetry=symmetry, verbose=0,
    )  # fmt: skip
    if specimen.basis == "lanl2dz":
        mol.ecp = {s: "lanl2dz" for s, _ in specimen.atoms if atomic_number(s) > 10}
    return mol.build()


def molecule_of(specimen):
    """The suite's molecule."""
    from chemistry import Molecule
    from chemistry.geometry import Atom

    atoms = tuple(Atom(symbol, position) for symbol, position in specimen.atoms)
    return Molecule(atoms, basis=specimen.basis, charge=specimen.charge, spin=specimen.spin)
