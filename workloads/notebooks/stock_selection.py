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
# # Choosing stocks
#
# Your own data goes into the next cell: a CSV of prices with dates in the first column and one column per asset, read
# by `Market.from_csv("prices.csv", kind="prices")`, a CSV of simple returns (`kind="returns"`), or moments that you
# have already: `Market.from_moments(expected_returns, covariance)`.

# %%
from finance import Market

market = Market.sp500()  # or Market.from_csv("mine.csv", kind="prices")
problem = market.portfolio(n_chosen=6, risk_aversion=5.0)
print(*market.assumptions, sep="\n")
print(f"{problem.feasible.size:,} portfolios of {problem.n_chosen} out of {problem.n_variables} assets")

# %% [markdown]
# The twenty stocks stayed in the S&P 500 to the end of 2022: the answer is a selection among survivors, in-sample, and
# not a forecast. The objective is the mean return of equal weights, less the risk aversion times their variance.
#
# ## The optimum, proved in two ways

# %%
from optimization.baselines import anneal, greedy, solve_scip, uniform_control

exact = problem.solve_exact()
scip = solve_scip(problem)
print(
    f"{exact.method}: {exact.objective:.6f} a year. {exact.status.value} {', '.join(problem.chosen(exact.bitstring))}"
)
print(f"{scip.method}: {scip.objective:.6f} a year. {scip.status.value}")
volatility = problem.variance(exact.bitstring) ** 0.5
print(f"mean return {problem.expected_return(exact.bitstring):.1%}, volatility {volatility:.1%}")

# %% [markdown]
# ## Heuristics
#
# Annealing swaps a held stock for another, so that it never leaves the feasible portfolios. The gap is 0 % at the
# optimum and 100 % at the mean of all portfolios.

# %%
from optimization import sample_quality

annealed = anneal(problem, seed=7, n_reads=1000)
assert annealed.samples is not None
annealing = sample_quality(annealed.samples, problem, best=exact.objective)
print(f"greedy: gap {abs(problem.gap(greedy(problem).objective, exact.objective)):.2%}")
print(f"annealing: {annealing.success_probability:.0%} of 1,000 reads are the optimum, in {annealed.seconds:.2f} s")

# %% [markdown]
# ## The quantum route
#
# QAOA starts from the equal superposition of all portfolios with the right number of stocks. Its phases follow the
# objective, its mixer exchanges stocks, and nothing in it leaves those portfolios: the simulator holds only them, a
# small part of the million basis states of twenty qubits.

# %%
import optimization

result = optimization.qaoa(
    problem, depth=2, mixer="xy-complete", objective="cvar", seed=7, shots=1000, n_starts=1, time_limit=60
)
quantum = result.exact_quality
print(f"{result.status.value} {result.n_evaluations} evaluations")
print(f"{result.feasible_rate:.0%} of the samples are feasible; the best has a gap of {abs(result.gap):.2%}")
print(f"one sample is the optimum with probability {quantum.success_probability:.2%}")

# %% [markdown]
# ## What did the quantum circuit add?
#
# The controls draw uniformly from the same portfolios: once as many as the circuit was sampled, and once as many more
# as its training would have cost in shots on a processor.

# %%
equal = uniform_control(problem, shots=1000, seed=7)
repaid = uniform_control(problem, shots=1000, n_evaluations=result.n_evaluations, seed=7)
uniform = 1 / problem.feasible.size
print(f"one uniform sample is the optimum with probability {uniform:.4%}")
for name, samples in (("equal shots", equal), ("the training's shots too", repaid)):
    quality = sample_quality(samples, problem, best=exact.objective)
    print(f"uniform, {name}: best gap of {samples.n_shots:,} samples {abs(quality.best_gap):.2%}")
print(f"a QAOA sample is {quantum.success_probability / uniform:,.0f} times as likely to be the optimum")

# %% [markdown]
# ## The headline
#
# Two independent methods prove the same selection, every sample of the circuit is feasible, and one sample of the
# circuit is more than a hundred times as likely to be the optimum as a uniform one. Swap-move annealing, in less time,
# still finds it far more often: at this size the classical method wins.
