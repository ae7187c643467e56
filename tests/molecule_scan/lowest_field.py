"""The lowest restricted field that PySCF finds by itself: from four guesses and sixteen rotated ones, each followed.

Nothing of `chemistry` is used. Fields keep the largest abelian point group; closed shells of linear molecules keep
their rotations about the axis, if the usual guess leads to such a field.
"""

import numpy as np
from pyscf import scf
from pyscf.lib.exceptions import LinearDependencyError
from random_molecules import built

GUESSES = ("minao", "atom", "1e", "huckel")
N_ROTATED = 16
ABELIAN = {"Dooh": "D2h", "Coov": "C2v", "SO3": "D2h"}
MOST_RESTARTS = 8


def lowest_field(specimen, n_rotated=N_ROTATED, seed=0):
    """The lowest energy in hartree, and every energy that was found, by where its search began."""
    group = built(specimen, symmetry=True).groupname
    mol = built(specimen, symmetry=ABELIAN.get(group, group))
    rng = np.random.default_rng(seed)
    fields, energies = [], {}
    for guess in GUESSES:
        field = _field(mol, fields)
        try:
            field.kernel(field.get_init_guess(mol, guess))
            found = _followed(field, field.mo_coeff, field.mo_occ)
        except (RuntimeError, ValueError, AttributeError, KeyError, NotImplementedError, np.linalg.LinAlgError):
            continue
        if found is not None and not (mol.spin == 0 and fields and is_round(fields[0]) and not is_round(found)):
            fields.append(found)
            energies[guess] = found.e_tot
    for k in range(n_rotated):
        origin = fields[k % len(fields)]
        orbitals = origin.mo_coeff @ _rotation(origin, rng)
        occupations = origin.mo_occ
        if k % 2:  # electrons as they fill the rotated field's levels
            trial = _field(mol, fields)
            trial.max_cycle = int(rng.integers(1, 4))
            trial.kernel(origin.make_rdm1(orbitals, occupations))
            orbitals, occupations = trial.mo_coeff, trial.mo_occ
        try:
            found = _followed(_field(mol, fields), orbitals, occupations)
        except (RuntimeError, ValueError, np.linalg.LinAlgError):
            continue
        if found is not None and not (mol.spin == 0 and is_round(fields[0]) and not is_round(found)):
            energies[f"rotated {k}"] = found.e_tot
    return min(energies.values()), energies


def is_round(field):
    """Whether a density does not change when a linear molecule is turned by one radian, or an atom about two axes."""
    mol = field.mol
    if mol.topgroup not in ("Dooh", "Coov", "SO3"):
        return True
    axes = np.asarray(mol._symm_axes)
    density = field.make_rdm1()
    for axis in (axes[2],) if mol.topgroup != "SO3" else (axes[2], axes[0]):
        cross = np.cross(np.eye(3), axis)
        turn = mol.ao_rotation_matrix(np.eye(3) + np.sin(1.0) * cross + (1 - np.cos(1.0)) * cross @ cross)
        if np.abs(density - turn @ density @ turn.T).max() > 1e-3:
            return False
    return True


def _field(mol, others):
    field = scf.RHF(mol) if mol.spin == 0 else scf.ROHF(mol)
    field.verbose, field.conv_tol, field.max_cycle = 0, 1e-9, 100
    if others:
        field._eri = others[0]._eri
    return field


def _followed(field, orbitals, occupations):
    """The minimum below some orbitals, or None if the search does not converge."""
    for _ in range(MOST_RESTARTS):
        if not (np.asarray(occupations) == 0).any():  # nothing to rotate with
            return field if field.converged else None
        solver = field.newton()
        solver.verbose, solver.conv_tol, solver.max_cycle = 0, 1e-9, 60
        solver.kernel(orbitals, occupations)
        try:
            lower, _, stable, _ = solver.stability(return_status=True)
        except LinearDependencyError:  # symmetry leaves nothing to rotate with
            return solver if solver.converged else None
        if stable:
            return solver if solver.converged else None
        orbitals, occupations = lower, solver.mo_occ
    return None


def _rotation(field, rng):
    """A random rotation that mixes no irreps."""
    from scipy.linalg import expm

    irreps = np.asarray(field.get_orbsym(field.mo_coeff))
    generator = rng.normal(size=(len(irreps),) * 2) * rng.uniform(0.1, 0.6)
    generator *= irreps[:, None] == irreps
    return expm(generator - generator.T)
