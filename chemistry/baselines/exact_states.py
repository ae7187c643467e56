"""Full CI: the exact energy in the active space, which is that of CASCI."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chemistry.baselines.determinant_sector import Determinants, Sector, folded
from chemistry.baselines.determinant_states import (
    ExactState,
    StateSearch,
    check_listable,
    has_wanted_spin,
    lowest_of,
    lowest_states,
    wanted_spin_squared,
)
from chemistry.baselines.energy import BOUND_TOLERANCE, Energy, energy_of
from chemistry.baselines.pyscf_reference import n_determinants, on_few_threads
from chemistry.hartree_fock.point_groups import subgroup_that_allows
from chemistry.problem import ElectronicProblem

_MOST_FOR_ALL = 70_000  # determinants up to which all irreps are searched unless told otherwise; (10,10) has 63,504
_COMPARED = 400  # determinants of lowest energy, among which states of other irreps are looked for
_ROOTS = 4


@on_few_threads
def full_ci(
    problem: ElectronicProblem, *, n_roots: int | None = None, irreps: str | Sequence[str] | None = None
) -> Energy:
    """The exact energy in the active space: the lowest of several states with the reference's electrons of each spin.

    A sector is an irrep and, with as many electrons of spin up as down, the states of even or of odd spin in it. Each
    is diagonalized whole, or searched until a second search from a random vector finds nothing lower. What a circuit
    reaches that keeps spin and symmetry is the lowest state with those of the reference determinant: it may lie higher,
    and is given as well.

    Args:
        problem: The electronic problem.
        n_roots: How many states to report. None: four if all sectors are searched, otherwise one.
        irreps: The names of the irreps to search, or "all". None: all up to 70,000 determinants; beyond, only the
            reference determinant's sector, and any that has a lower state already among the 400 lowest determinants.

    Returns:
        The energy of the lowest state found. The detail has the `energies` (hartree), `s_squared` and `irreps` of the
        lowest states in the sectors searched, of which none is left out; the `target_energy` of the lowest that has
        the reference's spin and irrep (None if there is none in the sectors searched); the number of `determinants`;
        `searched`, the sectors by name; and `all_searched`, without which the energy is no bound for states of other
        sectors.

    Raises:
        ValueError: If `n_roots` is not positive, or no determinant has an irrep that is asked for.
        DoesNotFitError: If there are more determinants than memory holds; a `ValueError`.
    """
    if n_roots is not None and n_roots < 1:
        raise ValueError(f"At least one state is computed, but n_roots={n_roots} was given.")
    check_listable(problem, "Full CI")
    determinants = Determinants(problem)
    sectors = _sectors(determinants, irreps)
    complete = len(sectors) == len(determinants.sectors)
    n_roots = n_roots or (_ROOTS if complete else 1)
    searches = [StateSearch(determinants, *sector) for sector in sectors]
    states = lowest_of(searches, n_roots)
    reported = states[:n_roots]
    target = _target(determinants, searches, states)
    return energy_of(
        "FCI", reported[0].energy, all(state.converged for state in [*states, *([target] if target else [])]),
        _what_is_lowest(problem, reported[0], target, searched=determinants.reference_sector in sectors),
        "" if complete else _what_is_missing(problem, sectors),
        variational=True,
        detail={
            "energies": [state.energy for state in reported],
            "s_squared": [state.s_squared for state in reported],
            "irreps": [irrep_name(problem, state.irrep) for state in reported],
            "target_energy": None if target is None else target.energy,
            "determinants": n_determinants(problem),
            "searched": [_sector_name(problem, sector) for sector in sectors],
            "all_searched": complete,
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
    found = lowest_states(problem, problem.reference_irrep, 1, only_wanted_spin=True)
    name = irrep_name(problem, problem.reference_irrep)
    wanted = wanted_spin_squared(problem)
    if not found:
        found = lowest_states(problem, problem.reference_irrep, 1)
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


def _sector_name(problem: ElectronicProblem, sector: Sector) -> str:
    irrep, exchange = sector
    name = irrep_name(problem, irrep)
    return name if not exchange else f"{name}, {'even' if exchange > 0 else 'odd'} spin"


def _sectors(determinants: Determinants, irreps: str | Sequence[str] | None) -> list[Sector]:
    """The sectors that a caller asks for."""
    problem, every = determinants.problem, determinants.sectors
    if irreps is None:
        return every if n_determinants(problem) <= _MOST_FOR_ALL else _promising(determinants)
    if irreps == "all":
        return every
    wanted = {irreps} if isinstance(irreps, str) else set(irreps)
    names = [irrep_name(problem, irrep) for irrep in determinants.irreps]
    if not wanted or not wanted <= set(names):
        raise ValueError(f'The irreps are "all" or some of {", ".join(names)}, but {irreps!r} was given.')
    return [sector for sector in every if irrep_name(problem, sector[0]) in wanted]


def _promising(determinants: Determinants) -> list[Sector]:
    """The reference's sector, and those with a lower state than it among the determinants of lowest energy."""
    reference, n_columns = determinants.reference_sector, determinants.shape[1]
    places = np.sort(np.argpartition(determinants.energies, _COMPARED)[:_COMPARED])
    image = places
    if reference[1]:
        up, down = np.divmod(places, n_columns)
        places = np.union1d(places, down * n_columns + up)
        up, down = np.divmod(places, n_columns)
        image = down * n_columns + up
    up, down = np.divmod(places, n_columns)
    labels = determinants.alpha_irreps[up] ^ determinants.beta_irreps[down]
    matrix = determinants.matrix(places)
    bounds = {}
    for irrep, exchange in determinants.sectors:
        members = np.flatnonzero((labels == irrep) & ((places < image) | ((places == image) & (exchange >= 0))))
        if len(members):
            block = folded(matrix, members, np.searchsorted(places, image[members]), exchange)
            bounds[irrep, exchange] = np.linalg.eigvalsh(block)[0]
    highest = bounds.get(reference, np.inf)
    return [reference, *(sector for sector, bound in bounds.items() if sector != reference and bound < highest)]


def _target(determinants: Determinants, searches: list[StateSearch], states: list[ExactState]) -> ExactState | None:
    """The lowest state with the reference's spin and irrep, if its sector was searched."""
    problem = determinants.problem
    reference = determinants.reference_sector
    for search in searches:
        if (search.irrep, search.exchange) == reference:
            alike = [s for s in states if s.irrep == search.irrep and has_wanted_spin(problem, s.s_squared)]
            return next(iter(alike or search.lowest_of_wanted_spin(1)), None)
    return None


def _what_is_lowest(
    problem: ElectronicProblem, lowest: ExactState, target: ExactState | None, *, searched: bool
) -> str:
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
        return f"{sentence}; no state with the reference's spin and irrep was {'found' if searched else 'looked for'}."
    excess = 1e3 * (target.energy - lowest.energy)
    return f"{sentence}; the lowest with the reference's spin and irrep lies {excess:.2f} mHa higher."


def _what_is_missing(problem: ElectronicProblem, sectors: list[Sector]) -> str:
    """A sentence that says what was searched, where that is not everything."""
    *names, last = (_sector_name(problem, sector).replace(",", " with") for sector in sectors)
    if not names:
        return f"Only {last} was searched: a lower state of another irrep or spin would not have been seen."
    searched = f"{', '.join(names)} and {last}"
    return f"Only {searched} were searched: lower states of other irreps or spins would not have been seen."
