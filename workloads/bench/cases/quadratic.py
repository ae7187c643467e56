"""QAOA for a dense random quadratic cost, on all bit strings or on those of one weight."""

from __future__ import annotations

import numpy as np

from workloads.bench.case import Case, Gate, Start
from workloads.bench.traffic import Traffic


def full_space_case(n_wires: int, depth: int, *, gradient: bool, series: str | None = None) -> Case:
    """All bit strings, mixed by X rotations (Farhi, Goldstone and Gutmann, arXiv:1411.4028)."""
    mixer = [[Gate("RX", (i,), depth + layer, 2.0) for i in range(n_wires)] for layer in range(depth)]
    start = Start(n_wires=n_wires)
    return _case("X mixer", "qaoa-x", start, mixer, gradient=gradient, series=series)


def fixed_weight_case(n_wires: int, n_chosen: int, depth: int, *, gradient: bool, series: str | None = None) -> Case:
    """Bit strings of one weight from a Dicke state, mixed along a ring (Hadfield et al., Algorithms 12, 34, 2019)."""
    ring = [(i, (i + 1) % n_wires) for i in [*range(0, n_wires, 2), *range(1, n_wires, 2)]]
    mixer = [[Gate("IsingXY", pair, depth + layer, 2.0) for pair in ring] for layer in range(depth)]
    start = Start(n_wires=n_wires, n_chosen=n_chosen)
    return _case(f"{n_chosen} chosen", f"qaoa-{n_chosen}of", start, mixer, gradient=gradient, series=series)


def _case(words: str, name: str, start: Start, mixer: list[list[Gate]], *, gradient: bool, series: str | None) -> Case:
    import pennylane as qml
    from scipy import sparse

    n, depth = start.n_wires, len(mixer)
    rng = np.random.default_rng(0)
    couplings, fields = np.triu(rng.normal(size=(n, n)), 1), rng.normal(size=n)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    gates = []
    for layer in range(depth):
        gates += [Gate("RZ", (i,), layer, 2.0 * float(fields[i])) for i in range(n)]
        gates += [Gate("IsingZZ", pair, layer, 2.0 * float(couplings[pair])) for pair in pairs]
        gates += mixer[layer]
    coefficients = [*fields.tolist(), *(float(couplings[pair]) for pair in pairs)]
    words_of_cost = [*(qml.Z(i) for i in range(n)), *(qml.Z(i) @ qml.Z(j) for i, j in pairs)]
    diagonal = cost_vector(fields, couplings)
    return Case(
        name=f"{name}{'' if name.endswith('of') else '-'}{n}-{'gradient' if gradient else 'value'}",
        label=f"QAOA n={n}, {words}, p={depth}",
        gradient=gradient,
        start=start,
        gates=gates,
        params=np.concatenate([rng.uniform(0.0, 0.3, depth), rng.uniform(0.0, 0.6, depth)]),
        observable=qml.Hamiltonian(coefficients, words_of_cost),
        matrix=lambda: sparse.csr_matrix(sparse.diags_array(diagonal)),
        traffic=Traffic(gates=gates, is_real=False, whole_space=start.n_chosen is None),
        diagonal=diagonal,
        series=series,
        size=n,
    )


def cost_vector(fields: np.ndarray, couplings: np.ndarray) -> np.ndarray:
    """The cost of every bit string, wire 0 the highest bit, shape (2**n,).

    Args:
        fields: of Z, shape (n,).
        couplings: of Z Z, upper triangle, shape (n, n).
    """
    n = len(fields)
    half = n // 2

    def spins(wires: range) -> np.ndarray:
        places = np.arange(len(wires))[::-1]
        return 1.0 - 2.0 * (np.arange(2 ** len(wires))[:, None] >> places & 1)

    high, low = spins(range(half)), spins(range(half, n))
    alone_high = high @ fields[:half] + np.einsum("xi,ij,xj->x", high, couplings[:half, :half], high)
    alone_low = low @ fields[half:] + np.einsum("xi,ij,xj->x", low, couplings[half:, half:], low)
    between = high @ couplings[:half, half:] @ low.T
    return (alone_high[:, None] + alone_low[None, :] + between).reshape(-1)
