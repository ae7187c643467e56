"""The two pieces of work of a scan, each a question with an answer in plain numbers, for any process to do.

A point is solved from its own reference by every method; a circuit is then continued from a neighbouring point. The
hash of a question is the key of its answer in a journal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from chemistry.ansatz.excitation_circuit import Ansatz
from chemistry.molecule import Molecule
from chemistry.problem import ElectronicProblem, problem_in_orbitals
from chemistry.scan.journal import Entry, key_of
from chemistry.scan.lowest_states import lowest_states
from chemistry.scan.orbital_following import Frame, follow, frame_of
from chemistry.scan.parameter_transfer import parameter_labels, transferred

if TYPE_CHECKING:
    from chemistry.eigensolver import VqeResult

Factory = Callable[[ElectronicProblem], Ansatz]

_TRIAL = 300  # evaluations after which a continuation that is behind is given up
_BEHIND = 1e-4  # hartree
# What a molecule, a basis set or a solver can be too hard for; the other points of the scan are not lost by it.
_FAILURES = (ValueError, ArithmeticError, RuntimeError, MemoryError, OSError, np.linalg.LinAlgError)


@dataclass(frozen=True, kw_only=True)
class Training:
    """How circuits are trained; as in `vqe`."""

    seed: int
    max_evaluations: int
    gradient_tolerance: float


@dataclass(frozen=True, kw_only=True)
class PointTask:
    """Solve a geometry by every method, circuits from their own start."""

    molecule: Mapping[str, Any]  # of `Molecule.to_dict`
    space: Mapping[str, Any]  # keywords of `Molecule.problem`
    circuits: Mapping[str, Factory]
    baselines: tuple[str, ...]
    n_states: int
    training: Training

    @property
    def key(self) -> str:
        """A hash of what is asked."""
        return key_of(
            {
                "task": "point",
                "molecule": self.molecule,
                "space": self.space,
                "circuits": {name: description_of(factory) for name, factory in self.circuits.items()},
                "baselines": self.baselines,
                "states": self.n_states,
                "training": asdict(self.training),
            }
        )

    def perform(self) -> Entry:
        """The answer."""
        from chemistry.baselines import BASELINES
        from chemistry.hartree_fock.reference_choice import choose_reference
        from chemistry.sector_size import sector_dimension

        molecule = _molecule(json.dumps(self.molecule))
        problem = choose_reference(molecule.problem(**self.space)).problem
        field_ = molecule.mean_field
        states = lowest_states(problem, self.n_states) if self.n_states else ()
        baselines = {name: _answer(partial(_classical, BASELINES[name], problem)) for name in self.baselines}
        circuits = {
            name: _answer(partial(_trained, problem, factory, self.training)) for name, factory in self.circuits.items()
        }
        return {
            "reference": {
                "energy": problem.reference_energy,
                "field_energy": field_.energy,
                "converged": field_.converged,
                "stable": field_.stable,
                "spin_stable": field_.spin_stable,
                "stability_restarts": field_.stability_restarts,
                "chosen": problem.canonical is not None,
                "occupied": {name: list(counts) for name, counts in problem.occupied_irreps.items()},
            },
            "orbitals": _orbitals(problem),
            "determinants": sector_dimension(problem),
            "baselines": baselines,
            "states": [asdict(state) for state in states],
            "circuits": circuits,
        }


@dataclass(frozen=True, kw_only=True)
class ContinuationTask:
    """Train a circuit from the parameters of a neighbouring geometry, over orbitals that follow those there."""

    molecule: Mapping[str, Any]
    orbitals: Mapping[str, Any] = field(repr=False)  # of the geometry, from its `PointTask`
    before: Mapping[str, Any] = field(repr=False)  # orbitals of the neighbour's circuit
    labels: tuple[str, ...] = field(repr=False)  # of the neighbour's parameters
    params: np.ndarray = field(repr=False)  # the neighbour's
    factory: Factory
    to_beat: float  # hartree, the best energy so far
    training: Training

    @property
    def key(self) -> str:
        """A hash of what is asked."""
        return key_of(
            {
                "task": "continuation",
                "molecule": self.molecule,
                "orbitals": self.orbitals,
                "before": self.before,
                "labels": self.labels,
                "params": self.params,
                "factory": description_of(self.factory),
                "to_beat": self.to_beat,
                "training": asdict(self.training),
            }
        )

    def perform(self) -> Entry:
        """The answer; empty where no parameter means the same as one there."""
        problem = _problem_over(_molecule(json.dumps(self.molecule)), self.orbitals)
        before = Frame(self.before["orthogonal"], self.before["n_alpha"], self.before["n_beta"])
        followed = follow(before, problem).problem
        ansatz = self.factory(followed)
        start = transferred(self.labels, self.params, ansatz)
        if start is None:
            return {}
        return _trained(followed, lambda _: ansatz, self.training, start=start, to_beat=self.to_beat)


Task = PointTask | ContinuationTask


def perform(task: Task) -> Entry:
    """The answer to a task, or `{"failed": sentence}`."""
    return _answer(task.perform)


def description_of(factory: Factory) -> str | None:
    """A name by which the same function is known in another process; None for one that has none."""
    if isinstance(factory, partial):
        inner = description_of(factory.func)
        return None if inner is None else f"{inner}{factory.args!r}{sorted(factory.keywords.items())!r}"
    name = getattr(factory, "__qualname__", None)
    if name is None or "<" in name:
        return None
    return f"{factory.__module__}.{name}"


def _answer(perform_it: Callable[[], Entry]) -> Entry:
    try:
        return perform_it()
    except _FAILURES as error:
        return {"failed": f"{error}" or type(error).__name__}


def _classical(method: Callable[[ElectronicProblem], Any], problem: ElectronicProblem) -> Entry:
    return asdict(method(problem))


def _trained(
    problem: ElectronicProblem,
    factory: Factory,
    training: Training,
    *,
    start: np.ndarray | None = None,
    to_beat: float = np.inf,
) -> Entry:
    from chemistry.eigensolver import vqe
    from chemistry.sector_size import sector_dimension
    from chemistry.states.ci_vectors import ci_vectors
    from chemistry.threads import SMALL_SECTOR, one_thread_if

    ansatz = factory(problem)
    settings = asdict(training)
    with one_thread_if(sector_dimension(problem) <= SMALL_SECTOR):
        if start is None:
            result = vqe(problem, ansatz, **settings)
            evaluations = result.n_evaluations
        else:
            trial = settings | {"max_evaluations": min(_TRIAL, training.max_evaluations), "n_starts": 1}
            result = vqe(problem, ansatz, initial_params=start, **trial)
            evaluations = result.n_evaluations
            if _is_worth_more(result, to_beat) and training.max_evaluations > evaluations:
                rest = settings | {"max_evaluations": training.max_evaluations - evaluations, "n_starts": 1}
                result = vqe(problem, ansatz, initial_params=result.parameters, **rest)
                evaluations += result.n_evaluations
        _, vectors = ci_vectors(result.program, result.parameters)
        resources = result.program.resources()
    own = [v.coefficients for v in vectors if (v.n_alpha, v.n_beta) == (problem.n_alpha, problem.n_beta)]
    return {
        "energy": result.energy,
        "params": result.parameters,
        "labels": parameter_labels(ansatz),
        "ansatz": ansatz.name,
        "status": result.status.value,
        "converged": result.status.converged,
        "gradient_norm": result.gradient_norm,
        "n_evaluations": evaluations,
        "two_qubit_gates": resources.two_qubit_gates,
        "vector": own[0] if own else None,
        "orbitals": _orbitals(problem),
    }


def _is_worth_more(trial: VqeResult, to_beat: float) -> bool:
    return not trial.status.converged and trial.energy < to_beat + _BEHIND


def _orbitals(problem: ElectronicProblem) -> Entry:
    """The orbitals over basis functions, and over orthogonalised ones to be followed by."""
    return {
        "active": problem.orbitals,
        "frozen": problem.frozen_orbitals,
        "orthogonal": frame_of(problem).active,
        "n_alpha": problem.n_alpha,
        "n_beta": problem.n_beta,
        "energies": problem.orbital_energies,
        "irreps": problem.irreps,
        "irrep_names": problem.irrep_names,
        "point_group": problem.point_group,
    }


def _problem_over(molecule: Molecule, orbitals: Mapping[str, Any]) -> ElectronicProblem:
    return problem_in_orbitals(
        molecule.mean_field,
        frozen=orbitals["frozen"],
        active=orbitals["active"],
        n_alpha=orbitals["n_alpha"],
        n_beta=orbitals["n_beta"],
        orbital_energies=orbitals["energies"],
        irreps=orbitals["irreps"],
        irrep_names=tuple(orbitals["irrep_names"]),
        point_group=orbitals["point_group"],
    )


@lru_cache(maxsize=64)
def _molecule(text: str) -> Molecule:
    """The molecule, whose mean field is solved once in a process and keeps no integrals in memory."""
    molecule = Molecule.from_dict(json.loads(text))
    molecule.mean_field.scf._eri = None
    return molecule
