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
# # Breaking the nitrogen bond
#
# Your own molecule goes into the next cell: a geometry in angstrom, or `Molecule.from_xyz("mine.xyz", spin=0)`. A
# large one needs an active space, `active_space=(6, 6)` or `active_space="homo-lumo"`; what fits is said before
# anything runs.

# %%
from chemistry import Molecule

molecule = Molecule("N 0 0 0; N 0 0 1.1", basis="sto-3g", charge=0, spin=0)
active_space = None  # all electrons in all orbitals
print(molecule.formula, molecule.size(active_space=active_space))

# %% [markdown]
# ## One geometry
#
# The problem is a set of integrals over Hartree-Fock orbitals, labelled by symmetry. The circuit moves electrons
# between them and never leaves the determinants of the right number, spin and symmetry: of 2^20 amplitudes it needs
# 1,824.

# %%
import runtime
from chemistry import ccsd_t, full_ci, repeated_uccsd, uccsd, vqe

problem = molecule.problem(active_space=active_space)
ansatz = repeated_uccsd(problem)
program = runtime.compile(ansatz, problem.hamiltonian)
print(f"{ansatz.name}: {ansatz.n_params} parameters, {program.sector.dimension:,} determinants")
print(f"Hartree-Fock      {problem.reference_energy:.6f} hartree")
print(f"MP2 amplitudes    {program.expval(ansatz.initial_params):.6f}")

# %%
exact = full_ci(problem)
single, repeated = vqe(problem, uccsd(problem), seed=7), vqe(problem, seed=7)
for name, result in (("UCCSD", single), ("repeated UCCSD", repeated)):
    error = 1000 * (result.energy - exact.energy)
    print(f"{name:15s} {result.energy:.6f} hartree, {error:.3f} millihartree above exact. {result.status.value}")
print(f"{'CCSD(T)':15s} {ccsd_t(problem).energy:.6f} hartree")
spins = ", ".join(f"{value:.2f}" for value in exact.detail["s_squared"])
print(f"{'exact':15s} {exact.energy:.6f} hartree; S² of the lowest states: {spins}")

# %% [markdown]
# ## The breaking bond
#
# The same along the bond. Coupled cluster leaves the curve where three bonds break at once: its energy falls below the
# exact one, which no answer may, or its equations have no solution that it finds.

# %%
lengths = (0.8, 1.1, 1.5, 2.0, 2.4)
rows = []
for length in lengths:
    stretched = molecule.with_bond((1, 2), length).problem(active_space=active_space)
    reference = full_ci(stretched).energy
    trained = {"UCCSD": vqe(stretched, uccsd(stretched)), "repeated UCCSD": vqe(stretched)}
    triples = ccsd_t(stretched).against(reference)
    common = {"reference": reference}
    rows += [
        {"method": name, "role": "quantum", "objective": result.energy, "ranks": result.status.converged,
         "detail": {"bond_length": length}, **common}
        for name, result in trained.items()
    ]  # fmt: skip
    rows.append(
        {"method": "CCSD(T)", "role": "classical", "objective": triples.energy, "ranks": triples.is_sound,
         "detail": {"bond_length": length}, **common}
    )  # fmt: skip
    print(f"{length} angstrom, CCSD(T): {triples.status}")

# %%
import pandas
from matplotlib import pyplot as plt

from chemistry.plots import dissociation_curve

frame = pandas.DataFrame(rows)
with plt.rc_context({"figure.constrained_layout.use": True}):
    figure = dissociation_curve(frame)
plt.show()

# %% [markdown]
# This is a minimal basis set: methods can be compared in it, but its energies are not nature's. And on one computer
# full configuration interaction is faster still at this size; the circuit's worth would show where it is not.

# %%
errors = 1000 * (frame["objective"] - frame["reference"])[frame["method"] == "repeated UCCSD"]
print(f"repeated UCCSD: at most {errors.max():.2f} millihartree above exact")
