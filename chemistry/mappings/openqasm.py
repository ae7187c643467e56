"""Circuits as OpenQASM 3.

Cross et al., "OpenQASM 3: a broader and deeper quantum assembly language", ACM Trans. Quantum Comput. 3, 12 (2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chemistry.mappings.machine_gates import Entangler, machine_circuit
from runtime.circuit.affine import Affine

if TYPE_CHECKING:
    from chemistry.ansatz.excitation_circuit import Ansatz


def to_openqasm3(circuit: Ansatz, params: Any = None, *, entangler: Entangler = "cx") -> str:
    """A circuit as an OpenQASM 3 program in rz, sx, x, and cx or cz; qubit q[i] is wire i.

    The global phase is part of it, so the program's state is the circuit's.

    Args:
        circuit: An ansatz, or one on the qubits of a mapping.
        params: Shape (n_params,), radians; None declares them as `input float[64] theta_0`, ...
        entangler: "cx" or "cz".

    Raises:
        ValueError: As `machine_circuit`.
    """
    written = machine_circuit(circuit, params, entangler=entangler)
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [f"input float[64] theta_{i};" for i in written.parameters]
    lines.append(f"qubit[{written.n_qubits}] q;")
    phase = _expression(written.phase)
    if phase != "0.0":
        lines.append(f"gphase({phase});")
    for gate in written.gates:
        angle = f"({_expression(gate.angle)})" if gate.angle is not None else ""
        lines.append(f"{gate.name}{angle} {', '.join(f'q[{q}]' for q in gate.qubits)};")
    return "\n".join([*lines, ""])


def _expression(angle: Affine) -> str:
    """An angle as a sum of multiples of parameters; seventeen digits bring back the same number."""
    terms = [f"{complex(c).real!r}*theta_{i}" for i, c in sorted(angle.coefficients.items())]
    if angle.real_constant or not terms:
        terms.append(repr(angle.real_constant))
    return "+".join(terms).replace("+-", "-")
