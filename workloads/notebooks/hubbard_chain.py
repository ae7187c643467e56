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
# # When repulsion stops a current
#
# Your own sites go into the next cell: `chain(6)`, `ladder(3)`, `square(2, 3)`, or a hopping matrix of your own with
# `hubbard_from_hopping(matrix, u=4.0)`. All energies are in units of the hopping amplitude t.

# %%
from chemistry.lattice import chain, hubbard

model = hubbard(chain(6), u=4.0)  # one electron per site
print(f"{model.lattice.name}, {model.n_electrons} electrons, U = {model.repulsion[0]:g} t")

# %% [markdown]
# ## One repulsion
#
# The Hamiltonian variational circuit begins at the mean field and evolves under the hopping and the repulsion in turn;
# the times are trained. The suite's default for molecules runs on the same model over the mean field's orbitals.

# %%
from chemistry import full_ci, reduced_density_matrices, vqe
from chemistry.lattice import exact_correlations, hamiltonian_variational, site_correlations

sites, orbitals = model.problem(reference="sites"), model.problem()
exact = full_ci(sites)
variational = vqe(sites, hamiltonian_variational(model, layers=8, resolved=True), seed=7, n_starts=1)
coupled = vqe(orbitals, seed=7)
unrestricted = model.problem(reference="unrestricted")
energies = {
    "restricted mean field": orbitals.reference_energy,
    "unrestricted mean field": unrestricted.reference_energy,
    "Hamiltonian variational": variational.energy,
    "repeated UCCSD": coupled.energy,
    "exact": exact.energy,
}
for name, energy in energies.items():
    print(f"{name:24s} {energy / model.n_sites:9.5f} t per site")

# %% [markdown]
# ## What the electrons do
#
# They avoid each other, and the spins of neighbours point oppositely; a singlet on each bond would have -0.75.

# %%
state = site_correlations(sites, reduced_density_matrices(variational.program, variational.parameters))
truth = exact_correlations(sites)
print(f"two on a site: {state.mean_double_occupancy:.4f}, exactly {truth.mean_double_occupancy:.4f}")
print("spin correlations of the first site, circuit and exact:")
print(state.spin[0].round(3), truth.spin[0].round(3), sep="\n")

# %% [markdown]
# ## From metal to insulator
#
# The charge gap is what it costs to move an electron far away. Half filled, a chain without end insulates at any
# repulsion; a short one has a gap from its few levels even without.

# %%
from functools import cache

from chemistry.lattice import charge_gap
from chemistry.lattice.infinite_chain import hubbard_chain_gap


@cache
def trained(one):
    """Energies of the circuit; each model is trained once."""
    circuit = hamiltonian_variational(one, layers=8, resolved=True)
    return vqe(one.problem(reference="sites"), circuit, n_starts=1).energy


rows = []
for u in (0.0, 2.0, 6.0, 12.0):
    here = model.with_repulsion(u)
    reference = full_ci(here.problem(reference="sites")).energy / model.n_sites
    gaps = {
        "FCI (exact)": charge_gap(here, lambda one: full_ci(one.problem(reference="sites")).energy),
        "Hamiltonian variational": charge_gap(here, trained),
        "unrestricted mean field": charge_gap(here, lambda one: one.problem(reference="unrestricted").reference_energy),
    }
    print(f"U = {u:4g} t: gap {gaps['FCI (exact)']:.3f} t; without end {hubbard_chain_gap(u):.3f} t")
    energies = {
        "FCI (exact)": reference,
        "Hamiltonian variational": trained(here) / model.n_sites,
        "unrestricted mean field": here.problem(reference="unrestricted").reference_energy / model.n_sites,
    }
    for name, role in zip(gaps, ("classical", "quantum", "classical"), strict=True):
        detail = {"repulsion": u, "charge_gap": gaps[name]}
        rows.append(
            {"method": name, "role": role, "objective": energies[name], "reference": reference, "ranks": True,
             "detail": detail}
        )  # fmt: skip

# %%
import pandas
from matplotlib import pyplot as plt

from chemistry.lattice.plots import charge_gaps

frame = pandas.DataFrame(rows)
with plt.rc_context({"figure.constrained_layout.use": True}):
    figure = charge_gaps(frame, infinite_chain=True)
plt.show()

# %% [markdown]
# This is a model of one orbital per site, without phonons, disorder or other bands. On one computer full configuration
# interaction is faster still at this size.

# %%
errors = (frame["objective"] - frame["reference"])[frame["method"] == "Hamiltonian variational"]
print(f"Hamiltonian variational: at most {errors.max():.5f} t per site above exact")
