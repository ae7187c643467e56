"""The Hamiltonian variational ansatz of the Hubbard model: evolutions under its own terms, with times to be found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chemistry.ansatz.layers import check_layers, layered
from chemistry.ansatz.orbital_rotations import network_angles, slater_columns, slater_network
from chemistry.excitations import Excitation
from chemistry.lattice.hubbard_model import Hubbard

_NEGLIGIBLE = 1e-12

# Wires of a gate, and what the parameter is multiplied by.
Term = tuple[tuple[int, ...], float]
QUARTER = 0.5 * np.pi


@dataclass(frozen=True, kw_only=True)
class HamiltonianVariational:
    """A Slater determinant over sites, then layers of evolutions under repulsion and hopping."""

    name: str
    reference_occupation: np.ndarray = field(repr=False)  # shape: (n_wires,), 0 or 1
    one_body: np.ndarray = field(repr=False)  # shape: (n_sites, n_sites), of the problem whose orbitals are the wires
    # Givens rotations that turn the reference into the Slater determinant: spin orbitals, angle, phase.
    preparation: tuple[tuple[int, int, float, float], ...] = field(repr=False)
    phases: tuple[tuple[Term, ...], ...] = field(repr=False)  # diagonal terms, one group per parameter
    hops: tuple[tuple[Term, ...], ...] = field(repr=False)  # hopping terms, one group per parameter
    layers: int
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.initial_params)

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: Times in the inverse of the model's unit, shape (n_params,): for each layer one per group of
                diagonal terms and then one per group of hopping terms.
        """
        import pennylane as qml

        qml.BasisState(self.reference_occupation, wires=range(len(self.reference_occupation)))
        for lower, upper, angle, phase in self.preparation:
            Excitation((lower,), (upper,)).apply(angle)
            if abs(phase) > _NEGLIGIBLE:
                qml.PhaseShift(phase, wires=upper)
        remaining = iter(params)
        for _ in range(self.layers):
            for group in self.phases:
                time = next(remaining)
                for wires, energy in group:
                    gate = qml.PhaseShift if len(wires) == 1 else qml.ControlledPhaseShift
                    gate(-energy * time, wires=list(wires))
            for group in self.hops:
                time = next(remaining)
                for (lower, upper), amplitude in group:
                    # exp(-i t h (a+ b + b+ a)): a real rotation between two quarter turns of one phase.
                    qml.PhaseShift(QUARTER, wires=upper)
                    Excitation((lower,), (upper,)).apply(amplitude * time)
                    qml.PhaseShift(-QUARTER, wires=upper)


def hamiltonian_variational(
    model: Hubbard, *, layers: int | None = None, resolved: bool = False, time_step: float = 0.3
) -> HamiltonianVariational:
    """Layers of exp(-i time term) over the terms of the model, applied to its restricted mean field.

    A layer has one time for all repulsions on sites, one for those between neighbours if there are any, and one for
    each group of bonds that share no site. It is for `model.problem(reference="sites")`; other orbitals would need
    other gates. The start is a slow ramp: from the mean field, which is the ground state without repulsion, repulsion
    is turned up from layer to layer, as in adiabatic evolution.

    Every gate keeps the number of electrons of either spin, S^2 and those symmetries of the lattice that map groups of
    bonds to themselves, so the state has them from beginning to end.

    Wecker, Hastings and Troyer, Phys. Rev. A 92, 042303 (2015); Cade, Mineh, Montanaro and Stanisic, Phys. Rev. B 102,
    235122 (2020).

    Args:
        model: The Hubbard model.
        layers: How many; None: four for every three sites, which follow chains of 6 and 8 sites to all repulsions.
        resolved: Whether each set of sites, or of bonds in a group, that the lattice's symmetries map to each other has
            a time of its own: more parameters and no more gates, for where electrons are not spread evenly.
        time_step: Of the ramp, in units of the inverse of the largest hopping amplitude.

    Raises:
        ValueError: If there is not at least one layer.
    """
    layers = max(2, -(-4 * model.n_sites // 3)) if layers is None else layers
    check_layers(layers, "layers")
    start = model.problem()
    assert start.orbitals is not None
    orbits = _orbits(model) if resolved else None
    phases = tuple(part for group in _diagonal_groups(model) for part in _parts(group, orbits))
    bonds: tuple[tuple[Term, ...], ...] = tuple(
        tuple(
            ((2 * lower + spin, 2 * upper + spin), float(model.hopping[lower, upper]))
            for lower, upper in group
            for spin in (0, 1)
        )
        for group in model.hopping_groups
    )
    hops = tuple(part for group in bonds for part in _parts(group, orbits))
    largest = float(np.abs(model.hopping - np.diag(np.diag(model.hopping))).max(initial=0.0))
    step = time_step / largest if largest > 0 else 0.0
    ramp = step * (np.arange(layers) + 0.5) / layers
    times = [np.full((layers, len(phases)), ramp[:, None]), np.full((layers, len(hops)), step)]
    sites = model.problem(reference="sites")
    return HamiltonianVariational(
        name=layered("Hamiltonian variational", layers),
        reference_occupation=sites.reference_occupation,
        one_body=sites.one_body,
        preparation=_slater_gates(start.orbitals, (model.n_alpha, model.n_beta)),
        phases=phases,
        hops=hops,
        layers=layers,
        initial_params=np.hstack(times).ravel(),
    )


def _diagonal_groups(model: Hubbard) -> tuple[tuple[Term, ...], ...]:
    on_sites = [((2 * i, 2 * i + 1), u) for i, u in enumerate(model.repulsion.tolist())]
    between = [
        ((2 * i + one, 2 * j + other), float(model.neighbour_repulsion[i, j]))
        for i in range(model.n_sites)
        for j in range(i + 1, model.n_sites)
        for one in (0, 1)
        for other in (0, 1)
    ]
    energies = np.diag(model.hopping)
    levels = (
        []
        if np.ptp(energies) < _NEGLIGIBLE
        else [((2 * i + s,), float(energies[i])) for i in range(model.n_sites) for s in (0, 1)]
    )
    groups = [tuple((wires, e) for wires, e in group if abs(e) > _NEGLIGIBLE) for group in (on_sites, between, levels)]
    return tuple(group for group in groups if group)


def _orbits(model: Hubbard) -> dict[tuple[int, ...], tuple[int, ...]]:
    """The first of the sites and pairs of sites that the model's symmetries map each one to."""
    maps = [tuple(range(model.n_sites))]
    for permutation in model.symmetries:
        maps += [tuple(permutation[site] for site in one) for one in maps]
    places: list[tuple[int, ...]] = [(i,) for i in range(model.n_sites)]
    places += [(i, j) for j in range(model.n_sites) for i in range(j)]
    return {place: min(tuple(sorted(one[site] for site in place)) for one in maps) for place in places}


def _parts(
    group: tuple[Term, ...], orbits: dict[tuple[int, ...], tuple[int, ...]] | None
) -> tuple[tuple[Term, ...], ...]:
    """The terms of a group that share a parameter."""
    if orbits is None:
        return (group,)
    parts: dict[tuple[int, ...], list[Term]] = {}
    for wires, factor in group:
        sites = tuple(sorted({wire // 2 for wire in wires}))
        parts.setdefault(orbits[sites], []).append((wires, factor))
    return tuple(map(tuple, parts.values()))


def _slater_gates(orbitals: np.ndarray, electrons: tuple[int, int]) -> tuple[tuple[int, int, float, float], ...]:
    """What turns the first sites' occupation into that of the first orbitals, for either spin."""
    n = len(orbitals)
    gates = []
    for spin, occupied in enumerate(electrons):
        if not 0 < occupied < n:
            continue
        rows = slater_network(n, occupied)
        angles, phases, _ = network_angles(slater_columns(orbitals, occupied), rows)
        for row, angle, phase in zip(rows, angles.tolist(), phases.tolist(), strict=True):
            gates.append((2 * row + spin, 2 * row + 2 + spin, angle, phase))
    return tuple(gates)
