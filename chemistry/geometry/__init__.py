"""Where the nuclei are: from strings, xyz files, Z-matrices and SMILES to atoms, with the checks that all pass through.

Positions are in angstrom everywhere but in input that says otherwise. Atoms may be isotopes or ghosts, and a text may
state a charge and a spin, which come with the atoms in a `Geometry`. Import what is listed in `__all__`.
"""

from chemistry.geometry.atoms import (
    ANGSTROM_PER_BOHR,
    Atom,
    check_atoms,
    chemical_formula,
    distance_matrix,
)
from chemistry.geometry.bonds import only_bond, stretch_bond
from chemistry.geometry.elements import ATOMIC_NUMBERS
from chemistry.geometry.geometries import Geometry
from chemistry.geometry.isotopes import isotope_mass
from chemistry.geometry.smiles import MoleculeFromSmiles, embed_smiles
from chemistry.geometry.strings import parse_geometry
from chemistry.geometry.xyz_files import parse_xyz, read_xyz, read_xyz_frames, xyz_text
from chemistry.geometry.z_matrices import parse_z_matrix

__all__ = [
    "ANGSTROM_PER_BOHR",
    "ATOMIC_NUMBERS",
    "Atom",
    "Geometry",
    "MoleculeFromSmiles",
    "check_atoms",
    "chemical_formula",
    "distance_matrix",
    "embed_smiles",
    "isotope_mass",
    "only_bond",
    "parse_geometry",
    "parse_xyz",
    "parse_z_matrix",
    "read_xyz",
    "read_xyz_frames",
    "stretch_bond",
    "xyz_text",
]
