"""Full CI: the exact energy in the active space, which is that of CASCI."""

from __future__ import annotations

from typing import Any

import numpy as np

from chemistry.baselines.determinant_states import (
    ExactState,
    IrrepSearch,
    check_listable,
    has_wanted_spin,
    present_irreps,
    wanted_spin_squared,
)
from chemistry.baselines.energy import BOUND_TOLERANCE, Energy, energy_of
from chemistry.baselines.pyscf_reference import n_determinants, on_few_threads
from chemistry.hartree_fock.point_groups import subgroup_that_allows
from chemistry.problem import ElectronicProblem

_CANDIDATES = 2  # for each state to be reported, by their energies among the lowest determinants


@on_few_threads
def full_ci(problem: ElectronicProblem, *, n_roots: int = 4) -> Energy:
    """The exact energy in the active space: the lowest of several states with the reference's electrons of each spin.

    Each irrep is searched for several states, since a search for one can end in a state that is not the lowest. What a
    circuit reaches that keeps spin and symmetry is the lowest state with those of the reference determinant: it may lie
    higher, and is given as well.

    Args:
        problem: The electronic problem.
        n_roots: How many states to report; at least the lowest of each irrep is computed.

    Returns:
        The energy of the lowest state. The detail has the `energies` (hartree), `s_squared` and `irreps` of the lowest
        states, the `target_energy` of the lowest that has the reference's spin and irrep (None if none was found) and
        the number of `determinants`.

    Raises:
        ValueError: If `n_roots` is not positive.
        DoesNotFitError: If there are more determinants than memory holds; a `ValueError`.
    """
    if n_roots < 1:
        raise ValueError(f"At least one state is computed, but n_roots={n_roots} was given.")
    check_listable(problem, "Full CI")
    states = _lowest_of_each_irrep(problem, n_roots)
    first = {state.irrep: state for state in sorted(states, key=lambda state: -state.energy)}
    reported = [state for state in states if state.converged or state is first[state.irrep]]
    reported = sorted(reported, key=lambda state: state.energy)[:n_roots]
    target = _target(problem, states)
    return energy_of(
        "FCI", reported[0].energy, all(state.converged for state in first.values()),
        _what_is_lowest(problem, reported[0], target),
        variational=True,
        detail={
            "energies": [state.energy for state in reported],
            "s_squared": [state.s_squared for state in reported],
            "irreps": [irrep_name(problem, state.irrep) for state in reported],
            "target_energy": None if target is None else target.energy,
            "determinants": n_determinants(problem),
        },
    )  # fmt: skip


@on_few_threads
def symmetric_ci(problem: ElectronicProblem) -> Energy:
    """The lowest state with the spin and the irrep of the reference determinant, by full CI.

    A chemist who trusts spin and symmetry asks for this one state, and it is the fair opponent of a circuit that keeps
    both; `full_ci` is the proof. A circuit that mixes spins can reach lower, if a state of higher spin does.

    Args:
        problem: The electronic problem.

    Raises:
        DoesNotFitError: If there are more determinants than memory holds; a `ValueError`.
    """
    check_listable(problem, "Full CI")
    found = IrrepSearch(problem, problem.reference_irrep).lowest(1, only_wanted_spin=True)
    name = irrep_name(problem, problem.reference_irrep)
    wanted = wanted_spin_squared(problem)
    if not found:
        found = IrrepSearch(problem, problem.reference_irrep).lowest(1)
        missing = f"No state of S² = {wanted:.2f} was found in {name}: this is the lowest of any spin."
        return energy_of("FCI, one state", found[0].energy, False, missing, variational=True)
    return energy_of(
        "FCI, one state", found[0].energy, found[0].converged, f"The lowest state of S² = {wanted:.2f} in {name}.",
        variational=True,
        detail={"s_squared": [found[0].s_squared], "irreps": [name], "determinants": n_determinants(problem)},
    )  # fmt: skip


def irrep_name(problem: ElectronicProblem, irrep: int) -> str:
    """An irrep's name in the problem's point group; its number where the group has none such."""
    try:
        return subgroup_that_allows(problem.point_group, ()).irrep_names[irrep]
    except (KeyError, IndexError):
        return f"irrep {irrep}"


def _lowest_of_each_irrep(problem: ElectronicProblem, n_roots: int) -> list[ExactState]:
    """The lowest state of each irrep, and as many more as promise to be among the lowest of all."""
    searches = [IrrepSearch(problem, irrep) for irrep in present_irreps(problem)]
    first = np.sort(np.concatenate([search.first_energies for search in searches]))
    highest = first[min(_CANDIDATES * n_roots, len(first)) - 1]
    states: list[ExactState] = []
    for search in searches:
        promising = int((search.first_energies <= highest).sum())
        states += search.lowest(min(max(promising, 1), n_roots))
    return states


def _target(problem: ElectronicProblem, states: list[ExactState]) -> ExactState | None:
    """The lowest state with the reference's spin and irrep, searched for if it is not among those found."""

    def alike(candidates: list[ExactState]) -> ExactState | None:
        fitting = [
            s for s in candidates if s.irrep == problem.reference_irrep and has_wanted_spin(problem, s.s_squared)
        ]
        return min((s for s in fitting if s.converged), key=lambda state: state.energy, default=None)

    return alike(states) or alike(IrrepSearch(problem, problem.reference_irrep).lowest(1, only_wanted_spin=True))


def _what_is_lowest(problem: ElectronicProblem, lowest: ExactState, target: Any) -> str:
    """A sentence where the lowest state is not of the reference's spin or irrep."""
    differences = []
    if not has_wanted_spin(problem, lowest.s_squared):
        wanted = wanted_spin_squared(problem)
        differences.append(f"S² = {lowest.s_squared:.2f}, not the {wanted:.2f} of its unpaired electrons")
    if lowest.irrep != problem.reference_irrep and (target is None or target.energy > lowest.energy + BOUND_TOLERANCE):
        reference = irrep_name(problem, problem.reference_irrep)
        differences.append(f"the irrep {irrep_name(problem, lowest.irrep)}, not the reference's {reference}")
    if not differences:
        return ""
    sentence = f"The lowest state has {', and '.join(differences)}"
    if target is None:
        return f"{sentence}; no state with the reference's spin and irrep was found."
    excess = 1e3 * (target.energy - lowest.energy)
    return f"{sentence}; the lowest with the reference's spin and irrep lies {excess:.2f} mHa higher."
