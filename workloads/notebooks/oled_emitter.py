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
# # Winning back triplets in a display
#
# Three of four excitations in an organic light-emitting diode are triplets, which do not shine. Room temperature lifts
# them to the singlet S1, which does, if the gap between the two is small: below about 0.2 eV.
#
# Your own emitter goes into the next cell: `Molecule.from_xyz("mine.xyz")`, or `Molecule.from_smiles("...")` with
# RDKit, which makes a force-field geometry.

# %%
from pathlib import Path

import workloads
from chemistry import Molecule

molecule = Molecule.from_xyz(Path(workloads.__file__).parent / "data" / "pspcz.xyz", basis="sto-3g")
print(molecule.formula, molecule.size(active_space="homo-lumo"))

# %% [markdown]
# ## HOMO and LUMO
#
# The molecule's mean field takes a minute. Two electrons in its highest occupied and lowest empty orbital are four
# qubits. The less these orbitals overlap, the smaller their exchange integral K, and with it the gap: 2K.

# %%
from chemistry.properties.frontier_orbitals import frontier_orbitals

problem = molecule.problem(active_space="homo-lumo")
pair = frontier_orbitals(molecule.mean_field)
print(f"HOMO and LUMO overlap by {pair.overlap:.2f}; 2K = {2 * 27.211386 * pair.exchange:.3f} eV")

# %% [markdown]
# ## S0, T1 and S1 by three quantum methods
#
# Deflation finds one state after another, subspace search trains one circuit for several states at once, and the
# equation of motion asks how the ground state responds to excitations. The exact states of the same two orbitals stand
# beside them, and single excitations over all orbitals of the molecule.

# %%
from chemistry.excited_states.exact_gap import exact_singlet_triplet_gap
from chemistry.excited_states.gap_methods import gap_by_deflation, gap_by_response, gap_by_subspace_search

exact = exact_singlet_triplet_gap(problem)
methods = {"VQD": gap_by_deflation, "SSVQE": gap_by_subspace_search, "qEOM": gap_by_response}
found = {name: method(problem, seed=7) for name, method in methods.items()}
for name, gap in {"exact": exact, **{name: one.gap for name, one in found.items()}}.items():
    assert gap.s1 is not None
    print(
        f"{name:6s} T1 {gap.t1.excitation_ev:.4f} eV, S1 {gap.s1.excitation_ev:.4f} eV, S1 - T1 {gap.s1_t1_ev:.4f} eV,"
        f" oscillator strength {gap.s1.oscillator_strength:.3f}"
    )

# %% [markdown]
# ## More orbitals
#
# Two orbitals are a model. With four and six around the gap other excitations mix in, and the triplet falls further
# than the singlet: the gap of the two orbitals was too small.

# %%
gaps = {"homo-lumo": exact.s1_t1_ev}
for space in ((4, 4), (6, 6)):
    gaps[f"{space[0]},{space[1]}"] = exact_singlet_triplet_gap(molecule.problem(active_space=space)).s1_t1_ev
for name, value in gaps.items():
    assert value is not None
    print(f"{name:10s} S1 - T1 = {value:.3f} eV, {value / 0.02585:.0f} times the thermal energy at 300 K")

# %% [markdown]
# ## Where the electron comes from, and where it goes

# %%
import pandas
from matplotlib import pyplot as plt

from chemistry.plots.emitter import frontier_picture

detail = {
    "molecule": molecule.to_dict(),
    "orbitals": pair.coefficients,
    "frontier": {"homo": pair.homo_energy, "lumo": pair.lumo_energy, "overlap": pair.overlap},
}
figure = frontier_picture(pandas.DataFrame({"detail": [detail]}))
plt.show()

# %% [markdown]
# This is a force-field geometry in a minimal basis set, without relaxation or solvent: in the published geometry HOMO
# and LUMO alone give 0.86 eV at 6-31G(d) (Gao et al., npj Computational Materials 7, 70, 2021). At this size
# diagonalisation on one computer is faster than any circuit.
