"""Networks of Givens rotations between determinants."""

from __future__ import annotations

import numpy as np

from chemistry.ansatz.excitation_circuit import ExcitationCircuit
from chemistry.ansatz.excitation_groups import circuit_of_groups, one_by_one, starting_amplitudes
from chemistry.ansatz.layers import check_layers, layered
from chemistry.excitations import reference_excitations
from chemistry.problem import ElectronicProblem


def givens_network(problem: ElectronicProblem, *, repetitions: int = 1) -> ExcitationCircuit:
    """Single and double Givens rotations of qubits from occupied to empty wires, as far as symmetry allows them.

    A Givens rotation turns two basis states into each other and leaves all others alone; those that move one or two
    electrons are the gates `SingleExcitation` and `DoubleExcitation`. They are UCCSD's gates without the Jordan-Wigner
    strings, and therefore with a number of CNOTs that does not depend on the distance of the wires. On the reference
    determinant both do the same up to a sign, which the starting amplitudes contain.

    Arrazola et al., "Universal quantum circuits for quantum chemistry", Quantum 6, 742 (2022).

    Args:
        problem: The electronic problem.
        repetitions: How often the whole is applied, each time with parameters of its own.

    Returns:
        The ansatz; the first repetition starts from MP2 amplitudes, the others from zero.

    Raises:
        ValueError: If there is not at least one repetition.
    """
    # That package's front door imports this one's.
    from chemistry.adapt.qubit_excitations import QubitExcitation

    check_layers(repetitions, "repetitions")
    singles, doubles = reference_excitations(problem)
    fermionic = [*doubles, *singles]
    start = starting_amplitudes(problem, one_by_one(fermionic))
    signs = []
    for excitation in fermionic:
        wires = sorted(excitation.sources + excitation.targets)
        passed = sum(
            int(problem.reference_occupation[low + 1 : high].sum())
            for low, high in zip(wires[::2], wires[1::2], strict=True)
        )
        signs.append((-1.0) ** passed)
    once = one_by_one(QubitExcitation(e.sources, e.targets) for e in fermionic)
    return circuit_of_groups(
        problem,
        once * repetitions,
        name="Givens network" if repetitions == 1 else layered("Givens network", repetitions, "repetition"),
        initial_params=np.concatenate([np.array(signs) * start, np.zeros((repetitions - 1) * len(once))]),
    )
