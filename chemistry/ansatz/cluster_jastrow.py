"""Unitary cluster Jastrow: orbital rotations around phases that count pairs of electrons, from CCSD amplitudes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from chemistry.ansatz.coupled_cluster_amplitudes import coupled_cluster_amplitudes
from chemistry.ansatz.double_factorisation import Factor, factorised
from chemistry.ansatz.layers import check_layers, layered
from chemistry.ansatz.orbital_rotations import network_angles, rotation_network, slater_columns, slater_network
from chemistry.excitations import Excitation
from chemistry.problem import ElectronicProblem

Lattice = Literal["square", "heavy-hex"]
Pairs = tuple[tuple[int, int], ...]

_DISPLACEMENT = 0.003  # radians


@dataclass(frozen=True, kw_only=True)
class ClusterJastrow:
    """Orbital rotations and, between them, phases exp(i J_pq n_p n_q); both spins share all parameters.

    The parameters are, in order: angle and phase of each gate of the first rotation's network; then for each layer the
    phase of each orbital, J of each pair of orbitals with the same spin, J of each pair with opposite spins, and angle
    and phase of each gate of the rotation that follows.
    """

    name: str
    reference_occupation: np.ndarray = field(repr=False)  # shape: (n_wires,), 0 or 1
    networks: tuple[tuple[int, ...], ...] = field(repr=False)  # n_layers + 1 of them: the lower orbital of each gate
    same_spin: Pairs = field(repr=False)  # p < q
    opposite_spins: Pairs = field(repr=False)  # p <= q
    spins: tuple[int, ...] = field(repr=False)  # those with both electrons and holes: 0 is up, 1 is down
    initial_params: np.ndarray = field(repr=False)  # shape: (n_params,)

    @property
    def n_params(self) -> int:
        """The length of the parameter vector."""
        return len(self.initial_params)

    def __call__(self, params: Any) -> None:
        """Apply the circuit.

        Args:
            params: Angles in radians, shape (n_params,).
        """
        import pennylane as qml

        qml.BasisState(self.reference_occupation, wires=range(len(self.reference_occupation)))
        if not self.spins:
            return
        remaining = iter(params)
        for layer, network in enumerate(self.networks):
            if layer:
                self._apply_phases(remaining)
            for lower in network:
                angle, phase = next(remaining), next(remaining)
                for spin in self.spins:
                    wire = 2 * lower + spin
                    Excitation((wire,), (wire + 2,)).apply(angle)
                    qml.PhaseShift(phase, wires=wire + 2)

    def _apply_phases(self, remaining: Iterator[Any]) -> None:
        import pennylane as qml

        for orbital in range(len(self.reference_occupation) // 2):
            phase = next(remaining)
            for spin in self.spins:
                qml.PhaseShift(phase, wires=2 * orbital + spin)
        for p, q in self.same_spin:
            phase = next(remaining)
            for spin in self.spins:
                qml.ControlledPhaseShift(phase, wires=[2 * p + spin, 2 * q + spin])
        for p, q in self.opposite_spins:
            phase = next(remaining)
            for up, down in dict.fromkeys([(p, q), (q, p)]):
                qml.ControlledPhaseShift(phase, wires=[2 * up, 2 * down + 1])


def ucj(problem: ElectronicProblem, *, layers: int = 2, seed: int = 7) -> ClusterJastrow:
    """Unitary cluster Jastrow, with a phase for every pair of orbitals.

    The state is V_L exp(i J_L) ... V_1 exp(i J_1) V_0 |reference>, with V a rotation of the orbitals, the same for both
    spins, and J a sum of J_pq n_p n_q. It is the literature's product of exp(K) exp(i J) exp(-K) with neighbouring
    rotations merged, and every parameter is the angle of a gate: a rotation is a network of Givens rotations and phases
    on neighbours, rather than the exponential of a matrix.

    The start is the double factorisation of CCSD's doubles, one layer per factor, after which CCSD's singles rotate the
    orbitals. It has the molecule's symmetries, which trap a search, so it is displaced a little.

    Matsuzawa and Kurashige, J. Chem. Theory Comput. 16, 944 (2020), who introduced it; Motta et al., Chem. Sci. 14,
    11213 (2023).

    Args:
        problem: The electronic problem.
        layers: How many.
        seed: Of the displacement.

    Raises:
        ValueError: If there is not at least one layer, or the two spins have orbitals of their own.
    """
    pairs = tuple((p, q) for p in range(problem.n_orbitals) for q in range(p, problem.n_orbitals))
    return _cluster_jastrow(problem, "UCJ", tuple((p, q) for p, q in pairs if p < q), pairs, layers=layers, seed=seed)


def lucj(problem: ElectronicProblem, *, layers: int = 2, lattice: Lattice = "square", seed: int = 7) -> ClusterJastrow:
    """Local unitary cluster Jastrow: `ucj` with phases only where a machine's qubits are neighbours.

    Electrons of the same spin take a phase in orbitals that follow each other; electrons of opposite spins in the same
    orbital, any of them on a square lattice, every fourth of them on a heavy-hex lattice. CCSD's other phases are left
    out of the start.

    Motta et al., Chem. Sci. 14, 11213 (2023).

    Args:
        problem: The electronic problem.
        layers: How many.
        lattice: How the qubits are connected.
        seed: Of the displacement of the start.

    Raises:
        ValueError: If there is not at least one layer, there is no such lattice, or the two spins have orbitals of
            their own.
    """
    if lattice not in get_args(Lattice):
        raise ValueError(f"The lattice is 'square' or 'heavy-hex', but {lattice!r} was given.")
    n = problem.n_orbitals
    chain = tuple((p, p + 1) for p in range(n - 1))
    rungs = tuple((p, p) for p in range(0, n, 1 if lattice == "square" else 4))
    return _cluster_jastrow(problem, f"LUCJ on a {lattice} lattice", chain, rungs, layers=layers, seed=seed)


def _cluster_jastrow(
    problem: ElectronicProblem, name: str, same_spin: Pairs, opposite_spins: Pairs, *, layers: int, seed: int
) -> ClusterJastrow:
    check_layers(layers, "layers")
    if problem.beta is not None:
        raise ValueError(
            "A cluster Jastrow ansatz rotates the orbitals of both spins alike, but each spin of this problem has its"
            " own: build the problem from a restricted reference."
        )
    n, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    spins = tuple(spin for spin in (0, 1) if 0 < electrons[spin] < n)
    n_columns = max(electrons)
    closed = electrons[0] == electrons[1]
    first = slater_network(n, n_columns) if closed else rotation_network(n, n_columns)
    networks = (first, *[rotation_network(n, n)] * layers)
    # What acts on fewer than two electrons is no more than the phases of single orbitals.
    same_spin = same_spin if any(electrons[spin] > 1 for spin in spins) else ()
    opposite_spins = opposite_spins if len(spins) == 2 else ()
    start = np.zeros(0)
    if spins:
        amplitudes = coupled_cluster_amplitudes(problem)
        factors = factorised(amplitudes.doubles, layers)
        pairs = (*same_spin, *opposite_spins)
        start = _start(factors, amplitudes.singles, networks, pairs, n_pairs=n_columns if closed else None)
        start = start + np.random.default_rng(seed).normal(scale=_DISPLACEMENT, size=len(start))
    return ClusterJastrow(
        name=layered(name, layers),
        reference_occupation=problem.reference_occupation,
        networks=networks,
        same_spin=same_spin,
        opposite_spins=opposite_spins,
        spins=spins,
        initial_params=start,
    )


def _start(
    factors: list[Factor],
    singles: np.ndarray,
    networks: tuple[tuple[int, ...], ...],
    pairs: Pairs,
    *,
    n_pairs: int | None,
) -> np.ndarray:
    """The parameters that make the circuit equal to the factors, then the rotation by singles, shape (n_params,).

    Args:
        factors: One per layer.
        singles: Shape (n_orbitals, n_orbitals), [a, i].
        networks: Of the circuit.
        pairs: The circuit's, of the same spin and then of opposite spins.
        n_pairs: The occupied orbitals of a closed shell, of which the first network only prepares the space; or None.
    """
    from scipy.linalg import expm

    n = len(singles)
    params: list[np.ndarray] = []
    before = np.eye(n)
    for layer, network in enumerate(networks):
        after = factors[layer].rotation.conj().T if layer < len(factors) else expm(singles - singles.T)
        turn = after @ before
        if layer == 0:
            turn = turn if n_pairs is None else slater_columns(turn, n_pairs)
        angles, phases, remaining = network_angles(turn, network)
        if layer:
            params[-1][:n] += remaining  # what remains of a rotation acts first, and joins the phases before it
        params.append(np.stack([angles, phases], axis=1).ravel())
        if layer < len(factors):
            coulomb = factors[layer].coulomb
            params.append(np.concatenate([0.5 * np.diagonal(coulomb), [coulomb[p, q] for p, q in pairs]]))
            before = factors[layer].rotation
    return np.concatenate(params)
