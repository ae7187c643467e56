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
# # Collecting parts for a plant
#
# Your own data goes into the next cell: a CSV with the columns `name, latitude, longitude, demand`, the depot in the
# first row with demand 0. Without coordinates, give `travel`, a CSV of kilometres by name. A CVRPLIB file is read by
# `Cvrp.from_file("P-n16-k8.vrp")`.

# %%
from pathlib import Path

import workloads
from optimization import Cvrp, solve

stops = Path(workloads.__file__).parent / "data" / "toyota_suppliers.csv"  # or Path("mine.csv")
problem = Cvrp.from_csv(stops, capacity=12, vehicles=4, travel=None)
print(*problem.assumptions, sep="\n")

# %% [markdown]
# The suite's own instance: an assembly plant in Toyota City and sixteen suppliers in the towns around it. The towns are
# real; suppliers and numbers of pallets are invented.
#
# ## The optimum, proved

# %%
certified = solve(problem, method="certified", seed=7, time_limit=60)
print(f"{certified.cost:.1f} km, no plan is shorter than {certified.lower_bound:.1f} km: {certified.status}")

# %% [markdown]
# ## The quantum route
#
# It starts from a plan that always drives to the nearest stop. A few neighbouring routes at a time are freed, and QAOA
# samples which of their stops goes on which of their vehicles. Its circuit reaches only assignments that overload no
# vehicle. The order of stops inside a vehicle is worked out classically, here and in the control.

# %%
plan = solve(problem, method="qaoa", seed=7, time_limit=60)
print(f"{plan.cost:.1f} km, {plan.cost / certified.cost - 1:.2%} above the optimum")
for names, load, length in zip(plan.stop_names(), plan.loads, plan.lengths, strict=True):
    print(f"{length:6.1f} km, load {load:2.0f}: {' > '.join(names)}")

# %% [markdown]
# ## What did the quantum circuit add?
#
# Each subproblem is small enough to know its optimum. A uniform draw from the same feasible assignments is the control.

# %%
print("qubits  sector   QAOA's probability of the optimum   uniform")
for subproblem in plan.details["subproblems"]:
    print(
        f"{subproblem['qubits']:6d} {subproblem['sector_dimension']:7,d}"
        f"{subproblem['success_probability']:36.3g} {subproblem['uniform_probability']:9.2g}"
    )

# %%
plans = {method: solve(problem, method=method, seed=7, time_limit=10) for method in ("uniform", "pyvrp", "savings")}
for method, other in plans.items():
    print(f"{method:8s} {other.cost:6.1f} km in {other.seconds:.2f} s")

# %% [markdown]
# At this size the classical PyVRP is as good and faster. What the circuit adds shows against uniform draws.
#
# ## The plan on a map

# %%
import pandas
from matplotlib import pyplot as plt

from optimization.routing.drawn_positions import drawn_positions
from optimization.routing.plots import route_map

positions, kind = drawn_positions(problem)
detail = {
    "positions": kind,
    "stops": [{"name": name, "x": x, "y": y} for name, (x, y) in zip(problem.names, positions, strict=True)],
    "vehicles": [
        {"vehicle": number, "numbers": route, "load": load, "length": length}
        for number, (route, load, length) in enumerate(zip(plan.routes, plan.loads, plan.lengths, strict=True), 1)
    ],
}
row = {
    "case": problem.name,
    "method": "QAOA",
    "role": "quantum",
    "seed": plan.seed,
    "ranks": True,
    "objective": plan.cost,
    "unit": "km",
    "reference": certified.cost,
    "reference_kind": "certified",
    "detail": detail,
}
figure = route_map(pandas.DataFrame([row]))
plt.show()

# %%
plan.to_csv("plan.csv")
print(Path("plan.csv").read_text())
