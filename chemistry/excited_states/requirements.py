"""What the excited-state methods ask of a problem and a circuit, and the sentences that refuse anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chemistry.problem import ElectronicProblem
    from runtime import Program
    from runtime.sector_program import SectorProgram


def check_shared_orbitals(problem: ElectronicProblem) -> None:
    """Refuse a problem in which spin down has orbitals of its own, and what is no electronic problem.

    Raises:
        ValueError: If it is such.
    """
    from chemistry.problem import check_problem

    check_problem(problem, "A method for excited states")
    if problem.beta is not None:
        raise ValueError(
            "Excited states of a given spin need orbitals that both spins share, and this problem has those of an"
            " unrestricted reference: take a restricted one."
        )


def check_states(problem: ElectronicProblem, n_states: int, multiplicity: int | None) -> None:
    """Refuse a number of states or a spin that the problem cannot have.

    Raises:
        ValueError: If it cannot.
    """
    if isinstance(n_states, bool) or not isinstance(n_states, int) or n_states < 1:
        raise ValueError(f"n_states is how many states are wanted, a whole number of at least 1, got {n_states!r}.")
    if multiplicity is None:
        return
    lowest = abs(problem.n_alpha - problem.n_beta) + 1
    highest = min(problem.n_electrons, 2 * problem.n_orbitals - problem.n_electrons) + 1
    # A circuit starts from determinants with at most one unpaired pair beyond the reference's.
    offered = [m for m in (lowest, lowest + 2) if m <= highest]
    if multiplicity not in offered:
        raise ValueError(
            f"With {problem.n_alpha} electrons of spin up and {problem.n_beta} of spin down in {problem.n_orbitals}"
            f" orbitals, the multiplicity is {' or '.join(map(str, offered))}, but {multiplicity!r} was given; for a"
            " higher one take a problem with more electrons of spin up."
        )


def check_structure(program: Program, what: str) -> SectorProgram:
    """The program, or a refusal of a circuit that reaches most basis states, and so conserves nothing.

    Raises:
        ValueError: If it does.
    """
    from runtime.sector_program import SectorProgram

    n_wires = len(program.sector.wires)
    if not isinstance(program, SectorProgram) or program.sector.dimension > 2 ** (n_wires - 1):
        raise ValueError(
            f"{what} needs a circuit that conserves the numbers of electrons, and this one reaches more than half of"
            " all basis states: take an ansatz made of excitations."
        )
    return program
