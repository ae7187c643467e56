"""The suite's default ansatz: UCCSD with one amplitude for both spins, repeated."""

from __future__ import annotations

import numpy as np

from chemistry.ansatz.excitation_circuit import Ansatz, ExcitationCircuit
from chemistry.ansatz.excitation_groups import (
    Group,
    circuit_of_groups,
    movable,
    starting_amplitudes,
    with_spin_partners,
)
from chemistry.ansatz.missing_excitations import missing_excitations
from chemistry.excitations import reference_excitations
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension

_MOST_REPETITIONS = 4
_MOST_LONGER = 8  # repetitions, where four have ended in a local minimum
_SMALL_SECTOR = 20  # determinants; there is nothing to save in so few


def repeated_uccsd(problem: ElectronicProblem, *, repetitions: int | None = None) -> ExcitationCircuit:
    """UCCSD, doubles before singles, repeated with new amplitudes each time.

    One repetition is exact only near equilibrium: factorised UCCSD cannot make the quadruple and sextuple excitations
    of a breaking multiple bond independent of its doubles. The next repetition acts on what the first has already
    excited and can. In a closed shell an excitation and its spin-flipped partner share an amplitude, which costs
    nothing in energy and halves the parameters.

    Where excitations from occupied to empty orbitals cannot reach every determinant, generalised ones that lead on are
    part of each repetition (`missing_excitations`).

    The first repetition starts from MP2 amplitudes, the others from zero. Where only a part of a repetition is within
    bounds, its largest excitations by MP2 amplitude are kept. On N2/STO-6G with frozen 1s at 3.0 angstrom, where the
    triple bond is broken, one repetition misses the exact energy by 187 millihartree, two or three by 0.2 to 81
    according to the start, and four by less than 0.2 from every start: the more amplitudes, the fewer traps.

    Lee, Huggins, Head-Gordon and Whaley, J. Chem. Theory Comput. 15, 311 (2019), repeat a smaller cluster operator in
    the same way.

    Args:
        problem: The electronic problem.
        repetitions: How often. None: four times, or less where the parameters would be more than half of the
            determinants that the circuit can reach. That bound is one less than all of them where there are no more
            than 20, or where one repetition alone has half as many parameters; an open shell, where no amplitudes are
            shared, has two repetitions at least.

    Raises:
        ValueError: If there is not at least one repetition.
    """
    if repetitions is not None and repetitions < 1:
        raise ValueError(f"The number of repetitions is at least 1, but {repetitions} was given.")
    once, amplitudes = _one_repetition(problem)
    n_once = len(once)
    budget = n_once * repetitions if repetitions is not None else _most_parameters(problem, n_once)
    return _circuit(problem, once, amplitudes, budget, 0)


def _one_repetition(problem: ElectronicProblem) -> tuple[list[Group], np.ndarray]:
    """The groups of excitations of one repetition, and the amplitudes that they start from."""
    singles, doubles = reference_excitations(problem)
    once = movable(problem, with_spin_partners(problem, [*doubles, *singles]))
    once += missing_excitations(problem, once)
    return once, starting_amplitudes(problem, once)


def _circuit(
    problem: ElectronicProblem, once: list[Group], amplitudes: np.ndarray, budget: int, n_longer: int
) -> ExcitationCircuit:
    """Repetitions within a budget of parameters, then further whole ones."""
    whole, part = divmod(budget, max(1, len(once)))
    kept = np.sort(np.argsort(-np.abs(amplitudes), kind="stable")[:part]).tolist()
    groups = once * whole + [once[place] for place in kept] + once * n_longer
    return circuit_of_groups(
        problem,
        groups,
        name=_name(whole + n_longer, part),
        initial_params=np.concatenate([amplitudes, np.zeros(len(groups) - len(once))]),
    )


def longer_uccsd(problem: ElectronicProblem, ansatz: Ansatz) -> ExcitationCircuit | None:
    """The default ansatz with one repetition more than it has, which begins as the same circuit.

    Args:
        problem: Of which it was made.
        ansatz: As `repeated_uccsd(problem)` or this function made it.

    Returns:
        The longer circuit, whose first parameters are those of `ansatz`; None where that has eight repetitions, or more
        parameters than the circuit can reach determinants.
    """
    once, amplitudes = _one_repetition(problem)
    n_once = len(once)
    if not n_once or ansatz.n_params >= min(sector_dimension(problem), _MOST_LONGER * n_once):
        return None
    budget = _most_parameters(problem, n_once)
    return _circuit(problem, once, amplitudes, budget, (ansatz.n_params - budget) // n_once + 1)


def _most_parameters(problem: ElectronicProblem, n_once: int) -> int:
    """How many are worth their cost in this sector."""
    dimension = sector_dimension(problem)
    closed_shell = problem.n_alpha == problem.n_beta and problem.beta is None
    if dimension <= _SMALL_SECTOR or n_once >= dimension // 2:
        most = dimension - 1
    elif closed_shell:
        most = dimension // 2
    else:
        most = min(max(dimension // 2, 2 * n_once), dimension - 1)
    return min(max(most, n_once), _MOST_REPETITIONS * n_once)


def _name(whole: int, part: int) -> str:
    if not whole:
        return "UCCSD, no excitations"
    times = f"{whole} repetition{'s' if whole > 1 else ''}"
    return f"UCCSD, {times}" + (f" and {part} amplitude{'s' if part > 1 else ''} more" if part else "")
