"""Potential curves and surfaces: every geometry solved on its own, then circuits continued between neighbours.

Every point is first solved from its own start, which depends on no other point. Then, in rounds, each circuit is
trained at each point from the parameters that its neighbours had at the end of the round before, over orbitals that
follow theirs, until no point gains by it. So good parameters spread over the grid from wherever they were found, the
answer does not depend on the direction or the order in which points are visited, and all the work of a round can be
done side by side. What a point keeps is the best of all, so continuation never harms.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from chemistry.ansatz.repeated_uccsd import repeated_uccsd
from chemistry.scan.assembly import Solutions, assembled_points
from chemistry.scan.family import Family
from chemistry.scan.journal import Entry, ScanJournal, from_text, open_scan_journal, to_text
from chemistry.scan.result import PotentialScan
from chemistry.scan.tasks import ContinuationTask, Factory, PointTask, Task, Training, description_of
from chemistry.scan.workers import Workers

_GAIN = 1e-6  # hartree, from which a point's better parameters are handed on to its neighbours
_MOST_ROUNDS = 20
_DEFAULT = {"UCCSD, repeated": repeated_uccsd}


def potential_scan(
    family: Family,
    *,
    circuits: Mapping[str, Factory] | None = None,
    baselines: Sequence[str] = ("HF", "FCI"),
    n_states: int = 0,
    frozen_core: bool = False,
    active_space: Any = None,
    continuation: bool = True,
    seed: int = 7,
    max_evaluations: int = 6000,
    gradient_tolerance: float = 1e-5,
    journal: str | os.PathLike[str] | ScanJournal | None = None,
    workers: int = 1,
) -> PotentialScan:
    """Solve a family of geometries by several methods.

    A script that asks for several workers keeps what it runs under `if __name__ == "__main__":`, since they are fresh
    processes that import it.

    Args:
        family: The geometries.
        circuits: Makers of ansätze from an electronic problem, by the name that they have in the result; None: the
            suite's default, `repeated_uccsd`.
        baselines: Names of classical methods, of `chemistry.baselines.BASELINES`.
        n_states: How many of the lowest exact states to follow.
        frozen_core: As in `Molecule.problem`.
        active_space: As in `Molecule.problem`.
        continuation: Train circuits from the parameters of neighbouring geometries besides their own start.
        seed: Of the random displacements of further starts.
        max_evaluations: Of energy and gradient, for each start.
        gradient_tolerance: Converged when no component of the gradient exceeds it, hartree per radian.
        journal: A path to a file that keeps each point as it is finished, or an object with `load` and `save`: the same
            scan goes on from there, and another one takes what it shares with it.
        workers: Processes that work side by side.

    Returns:
        The scan; a point or a method that failed says why and leaves the others alone.

    Raises:
        ValueError: If a setting is none, or if a method or every point fails for the same cause everywhere.
    """
    circuits = dict(_DEFAULT if circuits is None else circuits)
    _check(family, circuits, baselines, n_states, max_evaluations, workers, journal)
    space = {"frozen_core": frozen_core, "active_space": active_space}
    family.molecules[0].active_space(**space)  # a mistake in it is refused before anything is solved
    training = Training(seed=seed, max_evaluations=max_evaluations, gradient_tolerance=gradient_tolerance)
    kept = open_scan_journal(journal)
    with Workers(workers) as side_by_side:
        book = _Book(kept, side_by_side)
        answers = book.answers(_point_tasks(family, space, circuits, tuple(baselines), n_states, training))
        _refuse_what_fails_everywhere(answers, [*circuits, *baselines])
        solutions = Solutions(answers)
        changed = set(solutions.best)
        for _ in range(_MOST_ROUNDS if continuation else 0):
            asked = [
                (index, name, neighbour)
                for (index, name) in sorted(solutions.best)
                for neighbour in family.neighbours(index)
                if (neighbour, name) in changed
            ]
            if not asked:
                break
            tasks = [
                _continuation_task(family, answers, solutions, circuits[name], training, index, name, neighbour)
                for index, name, neighbour in asked
            ]
            changed = solutions.improved(asked, book.answers(tasks), gain=_GAIN)
    points = assembled_points(family, answers, solutions)
    return PotentialScan(
        axes=family.axes,
        points=points,
        circuits=tuple(circuits),
        baselines=tuple(baselines),
        status=_status(points, tuple(circuits)),
    )


def _point_tasks(
    family: Family,
    space: Mapping[str, Any],
    circuits: Mapping[str, Factory],
    baselines: tuple[str, ...],
    n_states: int,
    training: Training,
) -> list[PointTask]:
    return [
        PointTask(
            molecule=molecule.to_dict(),
            space=space,
            circuits=circuits,
            baselines=baselines,
            n_states=n_states,
            training=training,
        )
        for molecule in family.molecules
    ]


def _continuation_task(
    family: Family,
    answers: Sequence[Entry],
    solutions: Solutions,
    factory: Factory,
    training: Training,
    index: int,
    name: str,
    neighbour: int,
) -> ContinuationTask:
    there = solutions.best[neighbour, name]
    return ContinuationTask(
        molecule=family.molecules[index].to_dict(),
        orbitals=answers[index]["orbitals"],
        before=there["orbitals"],
        labels=tuple(there["labels"]),
        params=there["params"],
        factory=factory,
        to_beat=solutions.best[index, name]["energy"],
        training=training,
    )


class _Book:
    """Answers to tasks, from the journal or by work."""

    def __init__(self, journal: ScanJournal | None, workers: Workers) -> None:
        self._journal = journal
        self._workers = workers
        self._known = dict(journal.load()) if journal else {}

    def answers(self, tasks: Sequence[Task]) -> list[Entry]:
        found: dict[int, Entry] = {}
        keys = [task.key for task in tasks] if self._journal else []
        for place, key in enumerate(keys):
            if key in self._known:
                found[place] = from_text(self._known[key])
        missing = [place for place in range(len(tasks)) if place not in found]

        def finished(number: int, answer: Entry) -> None:
            place = missing[number]
            text = to_text(answer)
            # What comes out of the journal later is what goes on from here now.
            found[place] = from_text(text)
            if self._journal and "failed" not in answer:
                self._known[keys[place]] = text
                self._journal.save(keys[place], text)

        self._workers.perform_all([tasks[place] for place in missing], finished)
        return [found[place] for place in range(len(tasks))]


def _check(
    family: Family,
    circuits: Mapping[str, Factory],
    baselines: Sequence[str],
    n_states: int,
    max_evaluations: int,
    workers: int,
    journal: object,
) -> None:
    from chemistry.baselines import BASELINES

    if not isinstance(family, Family):
        raise ValueError(f"A scan is of a chemistry.scan.Family, but a {type(family).__name__} was given.")
    if isinstance(baselines, str) or any(name not in BASELINES for name in baselines):
        raise ValueError(f"The baselines are some of {', '.join(BASELINES)}, but {baselines!r} was given.")
    if n_states < 0 or max_evaluations < 1 or workers < 1:
        raise ValueError(
            "n_states is not negative, max_evaluations and workers are at least 1, "
            f"but {n_states}, {max_evaluations} and {workers} were given."
        )
    if shared := set(circuits) & set(BASELINES):
        raise ValueError(f"A circuit needs a name that no classical method has, but {shared.pop()!r} was given.")
    for name, factory in circuits.items():
        if not callable(factory):
            raise ValueError(f"The circuit {name!r} is made by a function of a problem, but {factory!r} was given.")
        if (workers > 1 or journal is not None) and description_of(factory) is None:
            raise ValueError(
                f"With a journal or several workers the circuit {name!r} is made by a function that a module defines, "
                "or by functools.partial of one, so that another process finds it."
            )


def _refuse_what_fails_everywhere(answers: Sequence[Entry], methods: Sequence[str]) -> None:
    if all("failed" in answer for answer in answers):
        raise ValueError(answers[0]["failed"])
    solved = [answer for answer in answers if "failed" not in answer]
    for name in methods:
        parts = [(answer["circuits"] | answer["baselines"])[name] for answer in solved]
        if all("failed" in part for part in parts):
            raise ValueError(f"{name} failed at every point. {parts[0]['failed']}")


def _status(points: Sequence[Any], circuits: tuple[str, ...]) -> str:
    failed = sum(bool(point.failures) for point in points)
    open_ = sum(not point.circuits[name].converged for point in points for name in circuits if name in point.circuits)
    weak = sum(point.reference is not None and not point.reference.spin_stable for point in points)
    sentences = [f"{len(points)} points."]
    if failed:
        sentences.append(f"Something failed at {failed} of them.")
    if open_:
        sentences.append(f"{open_} trainings did not converge.")
    if weak:
        sentences.append(f"At {weak} points an unrestricted solution lies below the reference.")
    return " ".join(sentences)
