"""What a state's density matrices say: moments, charges and spins of atoms, natural orbitals, pictures, cube files.

Each function takes an electronic problem and the density matrices of a state over its active orbitals, from a program
(`reduced_density_matrices`) or an excited state (`state.density_matrices()`); frozen orbitals are added here. Import
what is listed in `__all__`.
"""

from chemistry.properties.cube_files import write_density_cube, write_orbital_cube
from chemistry.properties.multipoles import ElectricMoments, electric_moments
from chemistry.properties.natural_occupations import NaturalOrbitalAnalysis, natural_orbitals
from chemistry.properties.orbital_pictures import natural_orbital_picture
from chemistry.properties.populations import AtomicPopulations, atomic_populations

__all__ = [
    "AtomicPopulations",
    "ElectricMoments",
    "NaturalOrbitalAnalysis",
    "atomic_populations",
    "electric_moments",
    "natural_orbital_picture",
    "natural_orbitals",
    "write_density_cube",
    "write_orbital_cube",
]
