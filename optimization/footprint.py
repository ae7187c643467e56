"""The memory that QAOA on a grouped problem takes, known before anything is built."""

from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimization.feasible_set import FeasibleSet

# Per basis state: state and adjoint vector (32), the diagonal (8), the key with its sorted copies (24), and the listed
# bitstring, a byte for each variable; per hop, both positions of every pair of states that it couples, four bytes each.
BYTES_PER_STATE = 64
BYTES_PER_PAIR = 8


def predicted_bytes(feasible: "FeasibleSet", mixer: str) -> int:
    """Predict the peak memory of compiling, training and sampling, in bytes, as an exact integer of any size."""
    total = feasible.size * (BYTES_PER_STATE + feasible.n_variables)
    for group in feasible.groups:
        size, chosen = len(group.variables), group.n_chosen
        if 0 < chosen < size:
            bonds = size * (size - 1) // 2 if mixer == "xy-complete" else size if size > 2 else size - 1
            # A hop couples the states in which exactly one of its two variables is chosen.
            pairs = feasible.size * comb(size - 2, chosen - 1) // comb(size, chosen)
            total += BYTES_PER_PAIR * bonds * pairs
    return total


def largest_choice(n_variables: int, mixer: str, room: int) -> int:
    """The largest n_chosen, up to half of the variables, whose selection fits into `room` bytes; 0 if none does."""
    from optimization.feasible_set import FeasibleSet, Group

    fitting = 0
    for n_chosen in range(1, n_variables // 2 + 1):
        group = Group(tuple(range(n_variables)), n_chosen)
        if predicted_bytes(FeasibleSet(n_variables, (group,)), mixer) > room:
            break
        fitting = n_chosen
    return fitting


def refuse_beyond_memory(feasible: "FeasibleSet", mixer: str) -> None:
    """Refuse a feasible set whose amplitudes would not fit, before anything is built.

    Raises:
        DoesNotFitError: With the bytes needed, the bytes there, and what would fit.
    """
    from runtime import DoesNotFitError
    from runtime.memory import HEADROOM, available_bytes, human

    needed, room = predicted_bytes(feasible, mixer), int(HEADROOM * available_bytes())
    if needed <= room:
        return
    advice = f"a feasible set about {needed / room:.1f} times smaller would fit."
    if len(feasible.groups) == 1 and not feasible.free:
        fitting = largest_choice(feasible.n_variables, mixer, room)
        advice = f"at most {fitting} of {feasible.n_variables} would fit." if fitting else "nothing of this width fits."
    raise DoesNotFitError(
        f"QAOA on {feasible.n_variables} qubits needs {human(needed)} for {feasible.size:.3g} feasible bitstrings, and "
        f"{human(room)} are free: {advice}"
    )
