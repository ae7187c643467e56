"""From SMILES to a geometry: RDKit's distance geometry, then a force field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chemistry.geometry.atoms import Atom, check_atoms
from chemistry.geometry.smiles_spins import other_ground_state, spin_of

_CONFORMERS = 10  # embedded; the one of lowest force-field energy is kept
_FORCE_FIELD_STEPS = 5000
_MOST_ATOMS = 200  # a minute of embedding; far more than a quantum-chemical calculation takes
_SHOWN = 60  # characters of a string in a message
_COLLAPSED = 0.5  # angstrom; ions that a force field has pulled into each other


@dataclass(frozen=True, kw_only=True)
class MoleculeFromSmiles:
    """What a SMILES string says about a molecule, and a geometry for it."""

    atoms: tuple[Atom, ...]  # as written, then the hydrogens of each in turn
    charge: int  # the sum of the formal charges
    spin: int | None  # unpaired electrons, 2S, of the radical centres, all parallel; None: of a metal, not said
    ground_state_spin: int | None = None  # where the ground state is known to have other than the string says
    force_field: str  # MMFF94, UFF, or none for an atom alone
    force_field_energy: float  # kcal/mol, of the conformer that was kept


def embed_smiles(smiles: str, *, seed: int = 7) -> MoleculeFromSmiles:
    """Make a geometry from a SMILES string, with RDKit.

    Ten conformers are embedded by distance geometry (ETKDGv3) and relaxed by MMFF94, or by UFF where MMFF94 has no
    parameters; the lowest is kept. It is a start for a quantum-chemical optimization, not the result of one. Atoms come
    in the order in which the string names them, followed by the hydrogens of the first, of the second, and so on,
    whether or not those were written out; those that are isotopes (`[2H]`) come where they are written.

    Args:
        smiles: One molecule, or several with dots between them.
        seed: Of the embedding; the same seed gives the same geometry.

    Raises:
        ValueError: If RDKit is not installed, the string is not SMILES, or no geometry is found.

    References:
        Wang, Witek, Landrum, Riniker, J. Chem. Inf. Model. 60, 2044 (2020); Halgren, J. Comput. Chem. 17, 490 (1996).
    """
    try:
        from rdkit import Chem, rdBase
    except ImportError:
        raise ValueError("SMILES need RDKit, which is not installed: pip install 'kaname[molecules]'.") from None
    if not isinstance(smiles, str) or not smiles.strip():
        raise ValueError(f"A molecule is written in SMILES as 'CCO', but {smiles!r} was given.")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**31:
        raise ValueError(f"The seed of an embedding is an integer from 0 to 2147483647, but {seed!r} was given.")
    shown = repr(smiles if len(smiles) <= _SHOWN else smiles[:_SHOWN] + "...")
    with rdBase.BlockLogs():
        graph = Chem.MolFromSmiles(smiles.strip())
        if graph is None or not graph.GetNumAtoms():
            raise ValueError(f"{shown} is not a molecule in SMILES: check brackets, ring numbers and valences.")
        for atom in graph.GetAtoms():
            if atom.GetAtomicNum() == 0:
                raise ValueError(f"{shown} holds a placeholder (*) in place of an atom: name the element.")
        molecule = Chem.AddHs(graph)
        if molecule.GetNumAtoms() > _MOST_ATOMS:
            raise ValueError(f"{shown} has {molecule.GetNumAtoms()} atoms, but up to {_MOST_ATOMS} are embedded.")
        force_field, energy, positions = _lowest_conformer(molecule, shown, int(seed))
        charge = Chem.GetFormalCharge(molecule)
    atoms = tuple(
        Atom(atom.GetSymbol(), position, atom.GetIsotope() or None)
        for atom, position in zip(molecule.GetAtoms(), map(tuple, positions.tolist()), strict=True)
    )
    check_atoms(atoms)
    spin = spin_of(molecule)
    return MoleculeFromSmiles(
        atoms=atoms,
        charge=charge,
        spin=spin,
        ground_state_spin=None if spin is None else other_ground_state(molecule, spin),
        force_field=force_field,
        force_field_energy=energy,
    )


def _lowest_conformer(molecule: Any, shown: str, seed: int) -> tuple[str, float, np.ndarray]:
    """The force field, its energy in kcal/mol, and the positions in angstrom of the lowest conformer."""
    from rdkit.Chem import rdDistGeom, rdForceFieldHelpers

    if molecule.GetNumAtoms() == 1:
        return "none", 0.0, np.zeros((1, 3))
    settings: Any = rdDistGeom.ETKDGv3()
    settings.randomSeed = seed
    settings.numThreads = 1
    kept = list(rdDistGeom.EmbedMultipleConfs(molecule, _CONFORMERS, settings))
    if not kept:
        # Cages and crowded molecules embed from random coordinates where the usual start fails.
        settings.useRandomCoords = True
        kept = list(rdDistGeom.EmbedMultipleConfs(molecule, _CONFORMERS, settings))
    if not kept:
        raise ValueError(f"RDKit finds no geometry for {shown}: give the coordinates instead.")
    options: dict[str, Any] = {"maxIters": _FORCE_FIELD_STEPS, "numThreads": 1, "ignoreInterfragInteractions": False}
    if rdForceFieldHelpers.MMFFHasAllMoleculeParams(molecule):
        name, ends = "MMFF94", rdForceFieldHelpers.MMFFOptimizeMoleculeConfs(molecule, **options)
    elif rdForceFieldHelpers.UFFHasAllMoleculeParams(molecule):
        name, ends = "UFF", rdForceFieldHelpers.UFFOptimizeMoleculeConfs(molecule, **options)
    else:
        raise ValueError(f"Neither MMFF94 nor UFF knows all atoms of {shown}: give the coordinates instead.")
    # Each end is a pair: 0 if the minimum was reached, and the energy.
    settled = [(energy, conformer) for (flag, energy), conformer in zip(ends, kept, strict=True) if flag == 0]
    for energy, conformer in sorted(settled):
        positions = np.asarray(molecule.GetConformer(conformer).GetPositions())
        distances = np.linalg.norm(positions[:, None] - positions[None, :], axis=2)
        if distances[np.triu_indices(len(positions), 1)].min() > _COLLAPSED:
            return name, float(energy), positions
    reason = "pulls atoms into each other" if settled else f"does not settle within {_FORCE_FIELD_STEPS} steps"
    raise ValueError(f"{name} {reason} for {shown}: give the coordinates instead.")
