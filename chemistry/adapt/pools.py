"""The operator pools: generalised singles and doubles, as fermionic, qubit or coupled-exchange operators.

Generalised means that an electron may be moved between any two orbitals, occupied in the reference or not. Whatever
would change N or S_z, or is forbidden by the point group, is left out: its gradient would be zero at every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from chemistry.adapt.qubit_excitations import QubitExcitation
from chemistry.excitations import Excitation
from chemistry.problem import ElectronicProblem

PoolName = Literal["fermionic", "qubit", "coupled-exchange"]
POOLS: tuple[PoolName, ...] = get_args(PoolName)


@dataclass(frozen=True)
class PoolOperator:
    """Excitation gates that share one parameter; the first acts first."""

    excitations: tuple[Excitation, ...]
    factors: tuple[float, ...]  # one per excitation: amplitude = factor * parameter

    @property
    def name(self) -> str:
        """The excitations between wires, such as "0,1→4,5 - 0,5→1,4"."""
        text = ""
        for excitation, factor in zip(self.excitations, self.factors, strict=True):
            sign = ("- " if factor < 0 else "+ ") if text else ("-" if factor < 0 else "")
            sources, targets = (",".join(map(str, wires)) for wires in (excitation.sources, excitation.targets))
            text += f"{' ' if text else ''}{sign}{sources}→{targets}"
        return text

    @property
    def support(self) -> frozenset[int]:
        """The wires that its circuit acts on, Jordan-Wigner strings included."""
        wires: set[int] = set()
        for excitation in self.excitations:
            wires.update(excitation.sources, excitation.targets)
            if not isinstance(excitation, QubitExcitation):
                wires.update(string_wires(excitation))
        return frozenset(wires)


def operator_pool(problem: ElectronicProblem, name: PoolName) -> list[PoolOperator]:
    """The operators of a pool, singles first.

    - "fermionic": fermionic excitations (Grimsley et al., Nature Communications 10, 3007 (2019)). In a closed shell an
      excitation and its spin-flipped partner are one operator with one parameter (the spin-complemented variant of
      Tang et al., PRX Quantum 2, 020310 (2021)); where the two do not commute its gate is the product of both
      exponentials, which has the gradient of their sum.
    - "qubit": qubit excitations, each by itself (Yordanov et al., Communications Physics 4, 228 (2021)).
    - "coupled-exchange": qubit singles, and for every two double qubit excitations of the same four wires their sum and
      their difference, which cost fewer CNOTs than either alone (the OVP-CEO operators of Ramôa et al., npj Quantum
      Information 11, 86 (2025)).

    All keep the particle number and S_z. None keeps S^2 gate by gate: that is recovered with the energy.

    Args:
        problem: The electronic problem.
        name: One of `POOLS`.

    Raises:
        ValueError: If there is no such pool.
    """
    if name not in POOLS:
        raise ValueError(f"There is no pool {name!r}: choose one of {', '.join(map(repr, POOLS))}.")
    irreps = [int(irrep) for irrep in problem.wire_irreps]
    excitations = [*_singles(irreps), *_doubles(irreps)]
    if name == "fermionic":
        shared = problem.n_alpha == problem.n_beta and problem.beta is None
        return _with_partners(excitations) if shared else [PoolOperator((e,), (1.0,)) for e in excitations]
    on_qubits = [QubitExcitation(e.sources, e.targets) for e in excitations]
    if name == "qubit":
        return [PoolOperator((e,), (1.0,)) for e in on_qubits]
    return _coupled_exchange(on_qubits)


def string_wires(excitation: Excitation) -> tuple[int, ...]:
    """The wires whose electrons give an excitation its sign: those between its lowest two and its highest two."""
    wires = sorted(excitation.sources + excitation.targets)
    inside = [range(low + 1, high) for low, high in zip(wires[::2], wires[1::2], strict=True)]
    return tuple(wire for between in inside for wire in between)


def _singles(irreps: list[int]) -> Iterator[Excitation]:
    for p, q in combinations(range(len(irreps)), 2):
        if p % 2 == q % 2 and irreps[p] == irreps[q]:
            yield Excitation((p,), (q,))


def _doubles(irreps: list[int]) -> Iterator[Excitation]:
    """Exchanges of two disjoint pairs of wires with the same S_z and symmetry."""
    pairs: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for p, q in combinations(range(len(irreps)), 2):
        pairs.setdefault((p % 2 + q % 2, irreps[p] ^ irreps[q]), []).append((p, q))
    for alike in pairs.values():
        for sources, targets in combinations(alike, 2):
            if not set(sources) & set(targets):
                yield Excitation(sources, targets)


def _with_partners(excitations: list[Excitation]) -> list[PoolOperator]:
    """Each excitation together with that of the other spin."""
    operators = []
    seen: set[Excitation] = set()
    for excitation in excitations:
        if excitation in seen:
            continue
        partner, sign = excitation.spin_flipped(), float(excitation.spin_flip_sign())
        if partner.sources > partner.targets:
            partner, sign = Excitation(partner.targets, partner.sources), -sign
        if partner == excitation:
            # Flipped it may be its own inverse, up to a sign: with the wrong one, the sum over both spins is zero.
            if sign > 0:
                operators.append(PoolOperator((excitation,), (1.0,)))
            continue
        seen.add(partner)
        operators.append(PoolOperator((excitation, partner), (1.0, sign)))
    return operators


def _coupled_exchange(excitations: list[QubitExcitation]) -> list[PoolOperator]:
    operators = [PoolOperator((e,), (1.0,)) for e in excitations if len(e.sources) == 1]
    on_same_wires: dict[frozenset[int], list[QubitExcitation]] = {}
    for excitation in excitations:
        if len(excitation.sources) == 2:
            on_same_wires.setdefault(frozenset(excitation.sources + excitation.targets), []).append(excitation)
    for alike in on_same_wires.values():
        if len(alike) == 1:  # the point group forbids its companions
            operators.append(PoolOperator((alike[0],), (1.0,)))
        for pair in combinations(alike, 2):
            operators += [PoolOperator(pair, (1.0, 1.0)), PoolOperator(pair, (1.0, -1.0))]
    return operators
