"""The runtime beside lightning.qubit: the same circuits, in turn, in one run.

Machines are noisy, so only ratios count: each round times both engines one after the other, and the table shows the
median of the rounds' ratios with the smallest and the largest. lightning.qubit is driven directly through its device
interface, without a QNode's overhead, and with the faster of a Pauli sum and a sparse matrix for the Hamiltonian; its
adjoint method knows no fermionic excitations, so there is also a row with qubit excitations, which it runs natively.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

ROUNDS = 7
TOLERANCE = 1e-8  # both engines must agree to this before a time counts


@dataclass(frozen=True)
class Case:
    """One circuit and observable, and the observables that lightning.qubit may choose from."""

    name: str
    circuit: Callable[[Any], Any]
    n_params: int
    observable: Any
    peer_observables: dict[str, Any]


@dataclass(frozen=True)
class Timing:
    """One row of the table."""

    name: str
    n_wires: int
    dimension: int
    seconds: float  # median, this runtime
    peer_seconds: float  # median, the peer's fastest configuration
    ratios: tuple[float, float, float]  # smallest, median, largest
    peer: str


def run_bench() -> int:
    """Time every case and print the table."""
    from rich.table import Table

    from workloads.terminal import make_console

    console = make_console()
    title = "Value and gradient in milliseconds, beside lightning.qubit's adjoint method"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    for heading in ("circuit", "states", "here", "lightning", "ratio", "min to max"):
        table.add_column(heading, justify="left" if heading == "circuit" else "right", no_wrap=True)
    peers = set()
    with console.status("Compiling and timing"):
        for case in cases():
            row = measure(case)
            peers.add(row.peer)
            low, middle, high = row.ratios
            table.add_row(
                row.name,
                f"{row.dimension:,}",
                f"{1e3 * row.seconds:.3f}",
                f"{1e3 * row.peer_seconds:.1f}",
                f"{middle:,.0f}",
                f"{low:,.0f} to {high:,.0f}",
            )
    console.print(table)
    console.print(
        f"Medians of {ROUNDS} paired rounds; lightning.qubit with its faster observable: {', '.join(sorted(peers))}."
    )
    return 0


def cases() -> Iterator[Case]:
    """Molecules by coupled cluster, and a portfolio-like problem in a fixed-weight sector."""
    from chemistry import Molecule, uccsd

    molecules = {
        "LiH": "Li 0 0 0; H 0 0 1.6",
        "H2O": "O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692",
    }
    for name, geometry in molecules.items():
        problem = Molecule(geometry, basis="sto-3g").problem()
        ansatz = uccsd(problem)
        hamiltonian = problem.hamiltonian
        peers = hamiltonian_forms(hamiltonian, problem.n_wires)
        yield Case(f"UCCSD {name}", ansatz, ansatz.n_params, hamiltonian, peers)
        yield Case(
            f"qubit UCCSD {name}",
            as_qubit_excitations(ansatz),
            ansatz.n_params,
            hamiltonian,
            peers,
        )
    yield fixed_weight_qaoa(n_wires=16, n_chosen=5, depth=4)


def hamiltonian_forms(hamiltonian: Any, n_wires: int) -> dict[str, Any]:
    """A Pauli sum, and a sparse matrix over all basis states."""
    import pennylane as qml
    from scipy import sparse

    pauli_sum = qml.Hamiltonian(hamiltonian.coeffs, hamiltonian.ops)
    matrix = sparse.csr_matrix(hamiltonian.sparse_matrix(wire_order=range(n_wires)))
    return {"Pauli sum": pauli_sum, "sparse": qml.SparseHamiltonian(matrix, wires=range(n_wires))}


def as_qubit_excitations(circuit: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same circuit with every fermionic excitation replaced by the qubit excitation between the same wires."""
    import pennylane as qml

    def replaced(params: Any) -> None:
        for operation in qml.tape.make_qscript(circuit)(params).operations:
            if isinstance(operation, qml.FermionicSingleExcitation):
                qml.SingleExcitation(operation.data[0], wires=[operation.wires[0], operation.wires[-1]])
            elif isinstance(operation, qml.FermionicDoubleExcitation):
                first, second = operation.hyperparameters["wires1"], operation.hyperparameters["wires2"]
                qml.DoubleExcitation(operation.data[0], wires=[first[0], first[-1], second[0], second[-1]])
            else:
                qml.apply(operation)

    return replaced


def fixed_weight_qaoa(n_wires: int, n_chosen: int, depth: int) -> Case:
    """A random dense quadratic cost on the strings of one weight: Dicke state, XY-ring mixer."""
    import pennylane as qml

    from runtime.operations import DickeState

    rng = np.random.default_rng(0)
    couplings = np.triu(rng.normal(size=(n_wires, n_wires)), 1)
    pairs = [(i, j) for i in range(n_wires) for j in range(i + 1, n_wires)]

    def circuit(params: Any) -> None:
        DickeState(n_chosen, wires=range(n_wires))
        for layer in range(depth):
            for i, j in pairs:
                qml.IsingZZ(2 * couplings[i, j] * params[layer], wires=[i, j])
            for i in range(n_wires):
                qml.IsingXY(2 * params[depth + layer], wires=[i, (i + 1) % n_wires])

    cost = qml.dot([couplings[p] for p in pairs], [qml.Z(i) @ qml.Z(j) for i, j in pairs])
    name = f"QAOA {n_chosen} of {n_wires}, depth {depth}"
    return Case(name, circuit, 2 * depth, cost, {"Pauli sum": cost})


def measure(case: Case, rounds: int = ROUNDS) -> Timing:
    """Time one case on both engines, in turn.

    Raises:
        RuntimeError: if the engines disagree; then no time means anything.
    """
    import runtime

    program = runtime.compile(case.circuit, case.observable, n_params=case.n_params)
    params = 0.05 * np.random.default_rng(1).normal(size=case.n_params)
    value, gradient = program.value_and_grad(params)
    by_angle = angle_slopes(case)
    peers = {}
    for name, observable in case.peer_observables.items():
        run = lightning(case.circuit, observable, params)
        started = time.perf_counter()
        peer_value, slopes = run()
        peers[name] = (time.perf_counter() - started, run)
        if abs(peer_value - value) > TOLERANCE * max(1.0, abs(value)):
            raise RuntimeError(f"{case.name}: lightning.qubit says {peer_value}, this runtime {value}.")
        if len(slopes) == len(by_angle):  # else the peer has decomposed the gates, and differentiates by other angles
            difference = float(np.abs(by_angle.T @ slopes - gradient).max())
            if difference > TOLERANCE * max(1.0, float(np.abs(gradient).max())):
                raise RuntimeError(f"{case.name}: the engines' gradients differ by {difference}.")
    peer = min(peers, key=lambda name: peers[name][0])
    ours, theirs = [], []
    for _ in range(rounds):
        repeats = 20
        started = time.perf_counter()
        for _ in range(repeats):
            program.value_and_grad(params)
        ours.append((time.perf_counter() - started) / repeats)
        started = time.perf_counter()
        peers[peer][1]()
        theirs.append(time.perf_counter() - started)
    ratios = np.array(theirs) / np.array(ours)
    return Timing(
        name=case.name,
        n_wires=len(program.sector.wires),
        dimension=program.sector.dimension,
        seconds=float(np.median(ours)),
        peer_seconds=float(np.median(theirs)),
        ratios=(float(ratios.min()), float(np.median(ratios)), float(ratios.max())),
        peer=peer,
    )


def angle_slopes(case: Case) -> np.ndarray:
    """How the gate angles, which are linear in the parameters, follow from them, shape (n_angles, n_params)."""
    import pennylane as qml

    def angles(params: np.ndarray) -> np.ndarray:
        operations = qml.tape.make_qscript(case.circuit)(params).operations
        return np.array([o.data[0] for o in operations if o.data and np.ndim(o.data[0]) == 0])

    start = angles(np.zeros(case.n_params))
    return np.array([angles(unit) - start for unit in np.eye(case.n_params)]).T


def lightning(
    circuit: Callable[[Any], Any], observable: Any, params: np.ndarray
) -> Callable[[], tuple[float, np.ndarray]]:
    """lightning.qubit's value and adjoint gradient of the prepared circuit, by its gate angles."""
    import pennylane as qml
    from pennylane.devices import ExecutionConfig

    operations = qml.tape.make_qscript(circuit)(params).operations
    tape = qml.tape.QuantumScript(operations, [qml.expval(observable)])
    n_angles = sum(len(o.data) for o in operations if not isinstance(o, qml.BasisState))
    first = sum(len(o.data) for o in operations) - n_angles
    tape.trainable_params = list(range(first, first + n_angles))
    device = qml.device("lightning.qubit", wires=tape.wires)
    config = device.setup_execution_config(ExecutionConfig(gradient_method="adjoint"))
    [prepared], _ = device.preprocess_transforms(config)((tape,))

    def run() -> tuple[float, np.ndarray]:
        [value], [slopes] = device.execute_and_compute_derivatives((prepared,), config)
        return float(value), np.asarray(slopes, dtype=np.float64).reshape(-1)

    return run
