"""The Heisenberg model: spins that stay where they are and exchange with their neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as setting
from functools import cached_property
from math import comb
from operator import index
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.lattice.lattices import Bond, Lattice

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_LARGEST_DENSE = 300  # states, up to which all eigenvalues are computed


@dataclass(frozen=True, kw_only=True, eq=False)
class Heisenberg:
    """H = sum_ij J_ij (S^x_i S^x_j + S^y_i S^y_j + anisotropy S^z_i S^z_j) - field sum_i S^z_i.

    Spins 1/2, in units of hbar; J positive for antiferromagnets. Wire i is site i, and |0> is spin up. It takes the
    place of an electronic problem in `vqe` with an ansatz made for it, and in `runtime.compile`.
    """

    lattice: Lattice
    exchange: Mapping[Bond, float] = setting(repr=False)  # J of each bond
    anisotropy: float  # 1: Heisenberg, 0: XY, large: Ising
    field: float  # along z
    n_up: int  # spins up; the others are down

    @property
    def n_sites(self) -> int:
        """Spins, and wires."""
        return self.lattice.n_sites

    @property
    def n_wires(self) -> int:
        """One wire per spin."""
        return self.n_sites

    @property
    def magnetisation(self) -> float:
        """<S^z> of all spins together."""
        return self.n_up - 0.5 * self.n_sites

    @cached_property
    def hamiltonian(self) -> Any:
        """The Hamiltonian as a PennyLane observable on wires 0 to n_sites - 1."""
        import pennylane as qml

        coefficients, operators = [], []
        for (i, j), strength in self.exchange.items():
            for pauli, scale in ((qml.PauliX, 1.0), (qml.PauliY, 1.0), (qml.PauliZ, self.anisotropy)):
                coefficients.append(0.25 * strength * scale)
                operators.append(pauli(i) @ pauli(j))
        for site in range(self.n_sites):
            coefficients.append(-0.5 * self.field)
            operators.append(qml.PauliZ(site))
        return qml.Hamiltonian(coefficients, operators)

    def matrix(self) -> csr_array:
        """The Hamiltonian among the states with `n_up` spins up, those in ascending order of their bits.

        Bit n_sites - 1 - i is site i, and 1 is spin down. Shape (dimension, dimension), symmetric.
        """
        from scipy.sparse import coo_array

        n = self.n_sites
        states = _states(n, n - self.n_up)
        down = [states >> (n - 1 - site) & 1 for site in range(n)]
        diagonal = -self.field * sum((0.5 - d for d in down), np.zeros(len(states)))
        rows, columns, values = [], [], []
        for (i, j), strength in self.exchange.items():
            opposite = down[i] != down[j]
            diagonal += 0.25 * strength * self.anisotropy * np.where(opposite, -1.0, 1.0)
            source = np.flatnonzero(opposite)
            flipped = states[source] ^ ((1 << (n - 1 - i)) | (1 << (n - 1 - j)))
            rows.append(np.searchsorted(states, flipped))
            columns.append(source)
            values.append(np.full(len(source), 0.5 * strength))
        here = np.arange(len(states))
        entries = np.concatenate([*values, diagonal])
        places = np.concatenate([*rows, here]), np.concatenate([*columns, here])
        return coo_array((entries, places), shape=(len(states),) * 2).tocsr()

    def exact_energies(self, n_states: int = 1) -> np.ndarray:
        """The lowest energies among the states with `n_up` spins up, shape (n_states,) or all there are if fewer.

        Raises:
            ValueError: If the number of states is not positive.
            DoesNotFitError: If there are more states than memory holds; a `ValueError`.
        """
        if isinstance(n_states, bool) or n_states < 1:
            raise ValueError(f"At least one state is computed, but {n_states!r} was given.")
        dimension = comb(self.n_sites, self.n_up)
        _check_fits(dimension, len(self.exchange))
        if dimension <= max(_LARGEST_DENSE, 4 * n_states):
            return np.linalg.eigvalsh(self.matrix().toarray())[:n_states]
        from scipy.sparse.linalg import eigsh

        # A fixed start without symmetry, so that the same numbers come out on every run.
        start = np.random.default_rng(0).normal(size=dimension)
        return np.sort(eigsh(self.matrix(), k=n_states, which="SA", v0=start, return_eigenvectors=False))

    def spin_gap(self) -> float:
        """The lowest energy with one more spin up above that with the model's own, exact.

        Raises:
            ValueError: If all spins are up.
        """
        if self.n_up >= self.n_sites:
            raise ValueError(f"All {self.n_sites} spins are up: there is none to turn.")
        turned = replace(self, n_up=self.n_up + 1)
        return float(turned.exact_energies()[0] - self.exact_energies()[0])


def heisenberg(
    lattice: Lattice,
    *,
    j: float | Mapping[Bond, float] = 1.0,
    second_j: float = 0.0,
    anisotropy: float = 1.0,
    field: float = 0.0,
    n_up: int | None = None,
) -> Heisenberg:
    """The Heisenberg model of a lattice, or XXZ with an anisotropy other than one.

    Heisenberg, Z. Phys. 49, 619 (1928); exact on chains: Bethe, Z. Phys. 71, 205 (1931).

    Args:
        lattice: Sites and bonds, such as `chain(8, periodic=True)`.
        j: Exchange of every nearest neighbour, or of each bond (i, j) that has one.
        second_j: Exchange of next-nearest neighbours.
        anisotropy: What the z part of each exchange is multiplied by.
        field: Along z, in the unit of the exchange.
        n_up: Spins up; None: half of them, or one more than half.

    Raises:
        ValueError: If a number is not finite, a bond is none, or there are not so many spins.
    """
    n = lattice.n_sites
    bonds: dict[Bond, float] = {}
    if isinstance(j, Mapping):
        for (one, other), strength in j.items():
            if one == other or not {one, other} <= set(range(n)):
                raise ValueError(f"A bond joins two different sites from 0 to {n - 1}, but ({one}, {other}) was given.")
            bonds[min(one, other), max(one, other)] = strength
    else:
        bonds = dict.fromkeys(lattice.bonds, j)
    for bond in lattice.second_bonds if second_j else ():
        bonds[bond] = bonds.get(bond, 0.0) + second_j
    try:
        numbers = np.array([*bonds.values(), anisotropy, field], dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError("Exchange, anisotropy and field are numbers.") from None
    if not np.isfinite(numbers).all():
        raise ValueError("Exchange, anisotropy and field are finite numbers.")
    try:
        n_up = n - n // 2 if n_up is None else index(n_up)
    except TypeError:
        raise ValueError(f"Spins are counted in whole numbers, but n_up={n_up!r} was given.") from None
    if not 0 <= n_up <= n:
        raise ValueError(f"Of {n} spins 0 to {n} are up, but n_up={n_up} was given.")
    return Heisenberg(
        lattice=lattice,
        exchange={bond: float(strength) for bond, strength in sorted(bonds.items()) if strength},
        anisotropy=float(anisotropy),
        field=float(field),
        n_up=n_up,
    )


def _states(n_sites: int, n_down: int) -> np.ndarray:
    """All numbers of n_sites bits of which n_down are set, ascending."""
    states = [np.zeros(1, dtype=np.int64), *[np.zeros(0, dtype=np.int64)] * n_down]
    for bit in range(n_sites):
        longer = [states[0]]
        longer += [np.concatenate([states[k], states[k - 1] | 1 << bit]) for k in range(1, n_down + 1)]
        states = longer
    return np.sort(states[n_down])


def _check_fits(dimension: int, n_bonds: int) -> None:
    from runtime.memory import HEADROOM, DoesNotFitError, available_bytes, human

    needed, room = 48 * dimension * (n_bonds + 8), int(HEADROOM * available_bytes())
    if needed > room:
        raise DoesNotFitError(
            f"{float(dimension):.1e} spin states need at least {human(needed)}, and {human(room)} are free: "
            "take fewer sites, or turn more spins."
        )
