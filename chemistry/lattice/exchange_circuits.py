"""Circuits for spins: exchange gates on bonds, from pairs of singlets or from alternating spins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from chemistry.ansatz.layers import check_layers, layered
from chemistry.lattice.heisenberg_model import Heisenberg
from chemistry.lattice.lattices import Bond, disjoint_groups

Start = Literal["singlets", "alternating"]
_STEP = 0.6  # radians, of the ramp of exchange angles


@dataclass(frozen=True, kw_only=True)
class ExchangeCircuit:
    """Spins up and down, pairs of them joined to singlets, then layers of exchange gates."""

    name: str
    n_wires: int
    down: tuple[int, ...] = field(repr=False)  # sites with spin down in the beginning
    singlets: tuple[Bond, ...] = field(repr=False)  # pairs of which the second is down in the beginning
    groups: tuple[tuple[tuple[Bond, float], ...], ...] = field(repr=False)  # bonds that share no site, and their J
    is_isotropic: bool
    has_turns: bool  # whether each site is turned about z after each layer
    layers: int
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.initial_params)

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: Angles in radians, shape (n_params,): for each layer and each group of bonds one, or two where
                exchange in the plane and along z are apart; then one for each site, if sites are turned.
        """
        import pennylane as qml

        down = set(self.down)
        qml.BasisState(np.array([int(site in down) for site in range(self.n_wires)]), wires=range(self.n_wires))
        for one, other in self.singlets:
            qml.SingleExcitation(-0.5 * np.pi, wires=[one, other])
        remaining = iter(params)
        for _ in range(self.layers):
            for group in self.groups:
                in_plane = next(remaining)
                along = in_plane if self.is_isotropic else next(remaining)
                for bond, strength in group:
                    # exp(-i angle J (S^x S^x + S^y S^y)) and exp(-i angle J S^z S^z)
                    qml.IsingXY(-strength * in_plane, wires=list(bond))
                    qml.IsingZZ(0.5 * strength * along, wires=list(bond))
            for site in range(self.n_wires if self.has_turns else 0):
                qml.RZ(next(remaining), wires=site)


def exchange_circuit(model: Heisenberg, *, layers: int | None = None, start: Start | None = None) -> ExchangeCircuit:
    """Layers of exp(-i angle J S_i . S_j) on groups of bonds that share no site.

    Singlets on a set of bonds that covers all sites have total spin 0, which gates with the whole exchange keep; an odd
    spin stays alone, and spins that are to be up beyond half are parallel on some of these bonds, and then each bond
    has a time of its own. Alternating spins are a mixture of total spins, and of both signs under turning all spins
    over: there each bond has times of its own in the plane and along z, and each site is turned about z as well. A
    field along z commutes with all gates and needs none of its own.

    The start is a slow ramp, as in adiabatic evolution: from the bonds that hold the singlets, the others are turned
    on from layer to layer.

    Wecker, Hastings and Troyer, Phys. Rev. A 92, 042303 (2015); Ho and Hsieh, SciPost Phys. 6, 029 (2019).

    Args:
        model: The Heisenberg model.
        layers: How many; None: one for every two sites.
        start: `singlets`, on a set of bonds that covers all sites; `alternating`, neighbours up and down as far as
            possible; None: singlets where there is such a set of bonds.

    Raises:
        ValueError: If there is not at least one layer, no such start, or singlets cannot cover the sites.
    """
    n = model.n_sites
    layers = max(1, n // 2) if layers is None else layers
    check_layers(layers, "layers")
    if start is not None and start not in get_args(Start):
        raise ValueError(f"The start is 'singlets' or 'alternating', but {start!r} was given.")
    pairs = _covering(model) if start != "alternating" else None
    if pairs is None and start == "singlets":
        raise ValueError(
            f"No antiferromagnetic bonds cover every site of this {model.lattice.name} once: "
            "begin from alternating spins."
        )
    down, singlets = _alternating(model) if pairs is None else _paired(model, pairs)
    # Gates with the whole exchange keep the total spin and groups of them the lattice's symmetries, also where what
    # they begin from has neither and holds little of the ground state: then the times have to tell bonds apart.
    is_symmetric = pairs is not None and 2 * len(singlets) == n
    groups = _groups(model, set(pairs or ()))
    if not is_symmetric:
        groups = tuple((term,) for group in groups for term in group)
    is_isotropic = model.anisotropy == 1.0 and pairs is not None
    per_group = 1 if is_isotropic else 2
    # Singlets are eigenstates of the bonds that hold them, so those come last in a layer.
    ramp = _STEP * (np.arange(layers) + 0.5) / layers
    times = np.repeat(np.column_stack([ramp] * len(groups)), per_group, axis=1) if groups else np.zeros((layers, 0))
    if pairs is not None and groups:
        n_last = 1 if is_symmetric else len(pairs)
        times[:, -per_group * n_last :] = _STEP
    has_turns = pairs is None
    if has_turns:
        times = np.hstack([times, np.zeros((layers, n))])
    return ExchangeCircuit(
        name=layered("Exchange circuit", layers),
        n_wires=n,
        down=down,
        singlets=singlets,
        groups=groups,
        is_isotropic=is_isotropic,
        has_turns=has_turns,
        layers=layers,
        initial_params=times.ravel(),
    )


def _covering(model: Heisenberg) -> tuple[Bond, ...] | None:
    """Antiferromagnetic bonds that cover every site once, but for one of an odd number; None where there are none."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(model.n_sites))
    for place, (bond, strength) in enumerate(model.exchange.items()):
        if strength > 0:
            graph.add_edge(*bond, weight=strength * (1.0 - 1e-6 * place))
    chosen = networkx.max_weight_matching(graph, maxcardinality=True)
    pairs = tuple(sorted((min(pair), max(pair)) for pair in chosen))
    return pairs if pairs and model.n_sites - 2 * len(pairs) <= 1 else None


def _paired(model: Heisenberg, pairs: tuple[Bond, ...]) -> tuple[tuple[int, ...], tuple[Bond, ...]]:
    """Sites that are down, and the pairs that become singlets; the others are parallel."""
    alone = [site for site in range(model.n_sites) if all(site not in pair for pair in pairs)]
    # A lone spin is up where more spins are up than down.
    down = alone if 2 * model.n_up < model.n_sites else []
    surplus = model.n_up - len(pairs) - (len(alone) - len(down))
    n_singlets = len(pairs) - abs(surplus)
    down = down + [other for _, other in pairs[:n_singlets]]
    if surplus < 0:
        down += [site for pair in pairs[n_singlets:] for site in pair]
    return tuple(sorted(down)), pairs[:n_singlets]


def _alternating(model: Heisenberg) -> tuple[tuple[int, ...], tuple[Bond, ...]]:
    colours = model.lattice.sublattice or tuple(site % 2 for site in range(model.n_sites))
    order = sorted(range(model.n_sites), key=lambda site: (-colours[site], site))
    return tuple(sorted(order[: model.n_sites - model.n_up])), ()


def _groups(model: Heisenberg, last: set[Bond]) -> tuple[tuple[tuple[Bond, float], ...], ...]:
    others = disjoint_groups(bond for bond in model.exchange if bond not in last)
    covering = (tuple(bond for bond in model.exchange if bond in last),) if last else ()
    return tuple(tuple((bond, model.exchange[bond]) for bond in group) for group in (*others, *covering))
