# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The shape of water
#
# Your own molecule goes into the next cell: a geometry in angstrom from which it relaxes, or
# `Molecule.from_xyz("mine.xyz")`. Every geometry is a calculation of its own, and vibrations take six for each atom, so
# small ones are meant.

# %%
from chemistry import Molecule

molecule = Molecule("O 0 0 0.12; H 0 0.76 -0.47; H 0 -0.76 -0.47", basis="sto-3g")
active_space = (4, 4)  # electrons, orbitals
print(molecule.formula, molecule.size(active_space=active_space))

# %% [markdown]
# ## The force on a nucleus
#
# The circuit is trained together with the orbitals that it works on. The energy is then stationary in both, so the
# gradient by the nuclei follows from density matrices alone. Here it is, beside the difference of two energies.

# %%
from chemistry.structure import CircuitSurface

surface = CircuitSurface(molecule, active_space=active_space)
first = surface.first
print(f"{first.ansatz.name}: {first.ansatz.n_params} parameters, {first.n_rotations} orbital rotations")
print(f"{first.energy:.6f} hartree. {first.status.value}")

# %%
import numpy as np

from chemistry.geometry import ANGSTROM_PER_BOHR

positions = np.array([atom.position for atom in molecule.atoms])
step = np.zeros_like(positions)
step[1, 2] = 1e-3 * ANGSTROM_PER_BOHR  # a hydrogen, along z
gradient = surface.point(positions).gradient[1, 2]
difference = (surface.point(positions + step).energy - surface.point(positions - step).energy) / 2e-3
print(f"analytic {gradient:.7f}, from energies {difference:.7f} hartree/bohr")

# %% [markdown]
# ## Structure and vibrations
#
# `equilibrium` follows these forces to a minimum, searches the electrons afresh there, and computes the vibrations. The
# same with CASSCF, the exact state of the same electrons, and with Hartree-Fock, which is the circuit with every
# parameter at zero.

# %%
from collections.abc import Callable

from chemistry.structure import (
    HartreeFockSurface,
    Surface,
    bonded_pairs,
    equilibrium,
    internal_coordinates,
    lowest_casscf_surface,
)

methods: dict[str, Callable[[Molecule], Surface]] = {
    "HF": HartreeFockSurface,
    "oo-VQE": lambda where: CircuitSurface(where, active_space=active_space),
    "CASSCF": lambda where: lowest_casscf_surface(where, active_space=active_space),
}
found = {name: equilibrium(make, molecule) for name, make in methods.items()}
modes = {name: one.vibrations for name, one in found.items() if one.vibrations is not None}
bonds = bonded_pairs(found["CASSCF"].geometry.molecule)
structures = {name: internal_coordinates(one.geometry.point.positions, bonds) for name, one in found.items()}
for name, one in found.items():
    lengths, angles = structures[name]
    numbers = [f"{value:.4f}" for value in lengths.values()] + [f"{value:.2f}" for value in angles.values()]
    print(f"{name:7s} {one.geometry.energy:.6f} hartree; bonds and angles {', '.join(numbers)}")
    print(f"        {one.dipole.magnitude:.3f} debye; 1/cm:", modes[name].wavenumbers.round(1))

# %%
import pandas
from matplotlib import pyplot as plt

from chemistry.plots.vibrations import infrared_spectrum, vibration_pictures

roles = {"HF": "control", "oo-VQE": "quantum", "CASSCF": "classical"}
rows = [
    {
        "method": name,
        "role": roles[name],
        "detail": {
            "symbols": [atom.symbol for atom in molecule.atoms],
            "positions": one.point.positions,
            "bonds": bonds,
            "wavenumbers": one.wavenumbers.tolist(),
            "intensities": one.intensities.tolist(),
            "modes": one.modes.tolist(),
            "experiment": (1648.5, 3832.2, 3942.5),
        },
    }
    for name, one in modes.items()
]
frame = pandas.DataFrame(rows)
with plt.rc_context({"figure.constrained_layout.use": True}):
    infrared_spectrum(frame)
    vibration_pictures(frame[frame["method"] == "oo-VQE"])
plt.show()

# %% [markdown]
# Experiment has 0.958 angstrom, 104.5 degrees, 1.85 debye and the dashed lines. This is a minimal basis set: what is
# missing is in the basis and in the electrons that are not correlated, and no circuit can add it.

# %%
errors = [
    max(abs(ours[key] - theirs[key]) for key in theirs)
    for ours, theirs in zip(structures["oo-VQE"], structures["CASSCF"], strict=True)
]
shift = np.abs(modes["oo-VQE"].wavenumbers - modes["CASSCF"].wavenumbers).max()
print(f"circuit and CASSCF differ by {errors[0]:.1e} angstrom, {errors[1]:.1e} degrees and {shift:.2f} 1/cm")
