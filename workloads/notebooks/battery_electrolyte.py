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
# # Lithium superoxide in an electrolyte
#
# A lithium-oxygen battery discharges through LiO2. How much energy does it take to pull lithium from it, and how does
# the solvent change that? Your own species goes into the next cell: a geometry in angstrom before and after, or
# `Molecule.from_xyz("mine.xyz", spin=1)`; what is treated exactly is said by the active space.

# %%
from chemistry import Molecule
from chemistry.orbital_optimization import Solvent

bound = Molecule("O 0 0 0; O 1.34 0 0; Li 0.67 1.6384 0", basis="6-31g", spin=1)
apart = Molecule("O 0 0 0; O 1.21 0 0; Li 2.27 5.55 0", basis="6-31g", spin=1)
active_space = "avas:O 2p,Li 2s"  # oxygen's p orbitals and the one that the electron goes back to
solvent = Solvent(permittivity=46.7)  # dimethyl sulfoxide
print(bound.formula, bound.size(active_space=active_space))

# %% [markdown]
# ## Either side of a charge transfer
#
# Bound, the molecule is Li+ O2-; pulled apart in vacuum the electron goes back, and lithium and oxygen are left with
# three unpaired electrons. Orbitals and the solvent's charges are optimized along with a circuit from both sides, and
# the lower one is taken. In its orbitals and field every method treats the same electrons.

# %%
import pandas

from chemistry import ccsd_t, full_ci, reduced_density_matrices, vqe
from chemistry.orbital_optimization.charge_transfer import bond_point, natural_occupations
from chemistry.properties import atomic_populations, electric_moments

rows = []
for name, molecule in (("bound", bound), ("apart", apart)):
    for environment, surroundings in (("vacuum", None), ("solvent", solvent)):
        point = bond_point(molecule, bound=bound, active_space=active_space, solvent=surroundings)
        problem = point.problem
        result = vqe(problem)
        densities = reduced_density_matrices(result.program, result.parameters)
        exact = full_ci(problem)
        rows.append(
            {
                "place": name,
                "environment": environment,
                "exact": exact.energy,
                "circuit": result.energy,
                "CCSD(T)": ccsd_t(problem).energy,
                "charge of Li": atomic_populations(problem, densities, scheme="lowdin").charges[2],
                "dipole (debye)": electric_moments(problem, densities).magnitude_debye,
            }
        )
        occupations = ", ".join(f"{one:.2f}" for one in natural_occupations(problem, densities))
        print(f"{name}, {environment}: {result.status.value} Natural occupations {occupations}")

frame = pandas.DataFrame(rows).set_index(["environment", "place"])
print(frame.round(4).to_string())

# %% [markdown]
# ## What it costs

# %%
EV_PER_HARTREE, KJ_PER_EV = 27.211386, 96.485332
exact_energies = frame["exact"].to_numpy(dtype=float)  # bound in vacuum and solvent, then apart
costs = dict(zip(("vacuum", "solvent"), EV_PER_HARTREE * (exact_energies[2:] - exact_energies[:2]), strict=True))
for environment, cost in costs.items():
    print(f"{environment}: {cost:.2f} eV, {KJ_PER_EV * cost:.0f} kJ/mol")
print(f"the solvent adds {costs['solvent'] - costs['vacuum']:.2f} eV")

# %% [markdown]
# The basis set is small and correlation outside the active space is left out, so methods can be compared here, but the
# energies are not nature's. The continuum has no molecules: what binds to lithium must be added to the geometry.

# %%
errors = 1000 * (frame["circuit"] - frame["exact"])
print(f"the circuit is at most {errors.max():.3f} millihartree above exact")
charges = frame["charge of Li"].to_numpy(dtype=float)
print("charges of lithium:", ", ".join(f"{charge:.2f}" for charge in charges))
