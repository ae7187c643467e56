"""The answers of a scan's tasks, put together: the best of each circuit, and what follows what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from chemistry.baselines import BOUND_TOLERANCE, Energy
from chemistry.scan.family import Family
from chemistry.scan.journal import Entry
from chemistry.scan.lowest_states import ExactState
from chemistry.scan.orbital_following import matched_overlaps
from chemistry.scan.point import CircuitEnergy, Continuation, FollowedState, Reference, ScanPoint
from chemistry.scan.result import EXACT
from chemistry.scan.state_following import NamedStates, first_states, follow_states, state_overlap

_KEPT = 1e-9  # hartree: a continuation that gains less leaves the own start's result in place
_SAME_STATE = 0.5  # squared overlap


class Solutions:
    """The best parameters of each circuit at each point, and all trainings that led there."""

    def __init__(self, answers: Sequence[Entry]) -> None:
        self.own = {
            (index, name): solution
            for index, answer in enumerate(answers)
            for name, solution in answer.get("circuits", {}).items()
            if "failed" not in solution
        }
        self.best = dict(self.own)
        self.source: dict[tuple[int, str], int | None] = dict.fromkeys(self.own)
        self.continuations: dict[tuple[int, str], list[Continuation]] = {key: [] for key in self.own}

    def improved(
        self, asked: Sequence[tuple[int, str, int]], answers: Sequence[Entry], *, gain: float
    ) -> set[tuple[int, str]]:
        """Take in a round of continuations; the points and circuits that gained by it."""
        before = {key: solution["energy"] for key, solution in self.best.items()}
        for (index, name, neighbour), answer in zip(asked, answers, strict=True):
            if not answer or "failed" in answer:
                continue
            key = index, name
            self.continuations[key].append(
                Continuation(
                    source=neighbour,
                    energy=answer["energy"],
                    n_evaluations=answer["n_evaluations"],
                    converged=answer["converged"],
                )
            )
            if answer["energy"] < self.best[key]["energy"] - _KEPT:
                self.best[key], self.source[key] = answer, neighbour
        return {key for key, energy in before.items() if self.best[key]["energy"] < energy - gain}


def assembled_points(family: Family, answers: Sequence[Entry], solutions: Solutions) -> tuple[ScanPoint, ...]:
    """The points in order; each is followed from its predecessor, or from the last solved one on the way to it."""
    points: list[ScanPoint] = []
    named: dict[int, NamedStates] = {}
    next_label = max((len(answer.get("states", ())) for answer in answers), default=0)
    for index, answer in enumerate(answers):
        common: dict[str, Any] = {
            "index": index,
            "coordinates": family.coordinates[index],
            "molecule": family.molecules[index],
        }
        if "failed" in answer:
            points.append(_failed(common, answer["failed"]))
            continue
        previous = family.predecessor(index)
        while previous is not None and "failed" in answers[previous]:
            previous = family.predecessor(previous)
        before = None if previous is None else answers[previous]
        changes: list[str] = []
        overlaps = None
        states = [ExactState(**state) for state in answer["states"]]
        here = first_states(states, answer["orbitals"]["orthogonal"])
        if before is not None and previous is not None:
            overlaps, told = _orbital_changes(before, answer)
            changes += told
            if overlaps is not None:
                here = follow_states(
                    named[previous],
                    states,
                    answer["orbitals"]["orthogonal"],
                    _electrons(answer),
                    next_label=next_label,
                )
                changes += here.changes
                next_label = max(next_label, *(label + 1 for label in here.labels), 0)
        named[index] = here
        circuits = {}
        for name in answer["circuits"]:
            if (index, name) in solutions.best:
                circuits[name] = _circuit(name, index, previous, answer, solutions)
                changes += _circuit_changes(circuits[name], here.labels)
        energies = _energies(answer)
        points.append(
            ScanPoint(
                **common,
                previous=previous,
                reference=_reference(answer),
                determinants=answer["determinants"],
                energies=energies,
                circuits=circuits,
                states=tuple(
                    _state(state, label, fidelity, answer)
                    for state, label, fidelity in zip(states, here.labels, here.fidelities, strict=True)
                ),
                orbital_overlaps=overlaps,
                changes=tuple(changes),
                failures={
                    name: part["failed"]
                    for name, part in (answer["circuits"] | answer["baselines"]).items()
                    if "failed" in part
                },
            )
        )
    return tuple(points)


def _failed(common: Mapping[str, Any], sentence: str) -> ScanPoint:
    return ScanPoint(
        **common, previous=None, reference=None, determinants=None, energies={}, circuits={}, states=(),
        orbital_overlaps=None, changes=(), failures={"point": sentence},
    )  # fmt: skip


def _reference(answer: Entry) -> Reference:
    told = dict(answer["reference"])
    told["occupied"] = {name: tuple(pair) for name, pair in told["occupied"].items()}
    return Reference(**told, point_group=answer["orbitals"]["point_group"])


def _energies(answer: Entry) -> dict[str, Energy]:
    """The classical energies, those below the exact one labelled."""
    known = {one.name for one in fields(Energy)}
    energies = {
        name: Energy(**{key: value for key, value in part.items() if key in known})
        for name, part in answer["baselines"].items()
        if "failed" not in part
    }
    exact = energies.get(EXACT)
    if exact is None or not exact.converged:
        return energies
    return {name: energy.against(exact.energy) for name, energy in energies.items()}


def _circuit(name: str, index: int, previous: int | None, answer: Entry, solutions: Solutions) -> CircuitEnergy:
    own, best = solutions.own[index, name], solutions.best[index, name]
    continuations = tuple(solutions.continuations[index, name])
    source = solutions.source[index, name]
    status = best["status"]
    exact = answer["baselines"].get(EXACT, {}).get("energy")
    below = exact is not None and best["energy"] < exact - BOUND_TOLERANCE
    if below:
        status += f" Lies {1000 * (exact - best['energy']):.2f} mHa below the exact energy: it has other electrons."
    if source is not None:
        status += f" Reached from a neighbour, {1000 * (own['energy'] - best['energy']):.4f} mHa below the own start."
    before = None if previous is None else solutions.best.get((previous, name))
    return CircuitEnergy(
        name=name,
        ansatz=best["ansatz"],
        energy=best["energy"],
        converged=best["converged"],
        below_exact=below,
        status=status,
        parameters=best["params"],
        n_evaluations=own["n_evaluations"] + sum(one.n_evaluations for one in continuations),
        two_qubit_gates=best["two_qubit_gates"],
        gradient_norm=best["gradient_norm"],
        own_energy=own["energy"],
        own_evaluations=own["n_evaluations"],
        continuations=continuations,
        source=source,
        fidelity=None if before is None else _fidelity(before, best),
        state_weights=tuple(
            _fidelity({"vector": state["vector"], "orbitals": answer["orbitals"]}, best) or 0.0
            for state in answer["states"]
        ),
        vector=best["vector"],
    )


def _circuit_changes(circuit: CircuitEnergy, labels: tuple[int, ...]) -> list[str]:
    sentences = []
    if circuit.fidelity is not None and circuit.fidelity < _SAME_STATE:
        sentences.append(f"The state of {circuit.name} changed: fidelity {circuit.fidelity:.2f}.")
    if circuit.state_weights:
        most = int(np.argmax(circuit.state_weights))
        if most and circuit.state_weights[most] > _SAME_STATE:
            sentences.append(f"{circuit.name} is in state {labels[most]}, which is not the lowest.")
    return sentences


def _state(state: ExactState, label: int, fidelity: float | None, answer: Entry) -> FollowedState:
    from pyscf import symm

    return FollowedState(
        label=label,
        energy=state.energy,
        spin_squared=state.spin_squared,
        multiplicity=state.multiplicity,
        irrep=str(symm.irrep_id2name(answer["orbitals"]["point_group"], state.irrep)),
        fidelity=fidelity,
        converged=state.converged,
    )


def _orbital_changes(before: Entry, here: Entry) -> tuple[np.ndarray | None, list[str]]:
    """How well orbitals follow those before, and what changed in words."""
    old, new = before["orbitals"], here["orbitals"]
    if old["orthogonal"].shape != new["orthogonal"].shape or _electrons(before) != _electrons(here):
        return None, ["The active space has another size than before."]
    overlaps, sentences = matched_overlaps(
        _overlap(old, new), new["energies"], new["irreps"], new["n_alpha"], new["n_beta"]
    )
    occupations = [part["reference"]["occupied"] for part in (before, here)]
    if old["point_group"] != new["point_group"]:
        sentences.append(f"The point group is {new['point_group']}, not {old['point_group']} as before.")
    elif occupations[0] != occupations[1] and not any("reference" in sentence for sentence in sentences):
        sentences.append("The reference determinant occupies other irreps.")
    for name, meaning in (("stable", "stable"), ("spin_stable", "stable against breaking the spin symmetry")):
        if before["reference"][name] and not here["reference"][name]:
            sentences.append(f"The reference is no longer {meaning}.")
    return overlaps, sentences


def _electrons(answer: Entry) -> tuple[int, int]:
    return answer["orbitals"]["n_alpha"], answer["orbitals"]["n_beta"]


def _overlap(before: Mapping[str, Any], here: Mapping[str, Any]) -> np.ndarray:
    return before["orthogonal"].T @ here["orthogonal"]


def _fidelity(before: Mapping[str, Any], here: Mapping[str, Any]) -> float | None:
    vectors = before["vector"], here["vector"]
    if vectors[0] is None or vectors[1] is None or vectors[0].shape != vectors[1].shape:
        return None
    orbitals = here["orbitals"]
    overlap = _overlap(before["orbitals"], orbitals)
    return state_overlap(*vectors, overlap, (orbitals["n_alpha"], orbitals["n_beta"]))
