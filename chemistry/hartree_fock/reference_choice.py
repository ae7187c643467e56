"""Which determinant to begin from, where several self-consistent fields lie close together.

Where bonds break, each field has its own number of electron pairs in each irrep, and the lowest may be of the wrong
kind: water pulled apart symmetrically ends in a closed shell with an empty lone pair, 96 millihartree from what
excitations can mend. So the fields with one pair, or one unpaired electron, in another irrep are solved too, within the
active orbitals. Where two electrons would rather be in two orbitals of different symmetry, as in square H4, so that
their open-shell singlet lies below every closed shell, the two orbitals are mixed half and half and the symmetry that
told them apart is given up. Of the fields that come close, the one is kept from which a single repetition of coupled
cluster reaches lowest.

Rotating active orbitals among themselves changes no exact energy: the choice decides where a circuit begins, not what
it could at best reach. Classical methods begin from the orbitals as given, as anyone would run
them (`ElectronicProblem.canonical`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import permutations

import numpy as np

from chemistry.hartree_fock.active_field import solve_active_field
from chemistry.hartree_fock.point_groups import subgroup_that_allows
from chemistry.integrals.orbital_rotation import determinant_energy, rotated_problem
from chemistry.problem import ElectronicProblem
from chemistry.sector_size import sector_dimension
from chemistry.threads import SMALL_BASIS, one_thread_if

_WORTH_SOLVING = 0.8  # hartree above the field it comes from, before its orbitals relax
_CLOSE = 0.35  # hartree above the lowest field
_MOST_JUDGED = 8  # the lowest of those that are close
_MOST_EVALUATIONS = 200  # for each
_LARGEST_JUDGED = 200_000  # determinants; beyond, the lowest field is taken as it is
_SAME = 1e-6  # hartree
_WORTH_ANOTHER = 0.01  # hartree that another field must gain over the orbitals as given
_NOTE = "Several Hartree-Fock solutions lie close together: circuits begin from the one that serves them best."
_WORTH_A_SYMMETRY = 0.02  # hartree; what symmetry forbids is left out of a circuit, which makes it shorter


@dataclass(frozen=True)
class Occupation:
    """How many orbitals of each irrep are doubly and singly occupied."""

    pairs: tuple[int, ...]
    unpaired: tuple[int, ...]

    @property
    def electrons(self) -> list[tuple[int, int]]:
        """Electrons of spin up and of spin down, by irrep."""
        return [(pairs + unpaired, pairs) for pairs, unpaired in zip(self.pairs, self.unpaired, strict=True)]

    def neighbours(self, sizes: tuple[int, ...]) -> Iterator[Occupation]:
        """With a pair or an unpaired electron in another irrep, or a pair and an unpaired electron exchanged."""
        for out, into in permutations(range(len(sizes)), 2):
            for moved_pairs, moved_unpaired in ((1, 0), (0, 1), (1, -1)):
                pairs, unpaired = list(self.pairs), list(self.unpaired)
                pairs[out] -= moved_pairs
                pairs[into] += moved_pairs
                unpaired[out] -= moved_unpaired
                unpaired[into] += moved_unpaired
                counts = zip(pairs, unpaired, sizes, strict=True)
                if all(p >= 0 and u >= 0 and p + u <= size for p, u, size in counts):
                    yield Occupation(tuple(pairs), tuple(unpaired))


@dataclass(frozen=True, kw_only=True)
class ReferenceCandidate:
    """A field that a circuit may begin from, and what one repetition of coupled cluster makes of it."""

    occupied: dict[str, tuple[int, int]]  # active electrons of spin up and down, by irrep
    field_energy: float  # hartree
    correlated_energy: float | None  # hartree; None: not computed, as nothing else came close or it costs too much
    n_evaluations: int  # of energy and gradient, spent on it


@dataclass(frozen=True, kw_only=True)
class ReferenceChoice:
    """The field to begin from, and what it was chosen among at what cost."""

    problem: ElectronicProblem = field(repr=False)  # over the orbitals of the chosen field
    candidates: tuple[ReferenceCandidate, ...]  # the chosen one first, then by field energy
    seconds: float

    @property
    def n_evaluations(self) -> int:
        """Of energy and gradient, for all candidates."""
        return sum(candidate.n_evaluations for candidate in self.candidates)

    def __str__(self) -> str:
        if len(self.candidates) == 1:
            return "No other Hartree-Fock solution comes close."
        return (
            f"Of {len(self.candidates)} Hartree-Fock solutions that lie close together, circuits begin from the one at"
            f" {self.candidates[0].field_energy:.6f} hartree, chosen in {self.n_evaluations} evaluations."
        )


def choose_reference(problem: ElectronicProblem) -> ReferenceChoice:
    """Find the self-consistent field that is the best for circuits to begin from.

    Solves the neighboring fields within the active orbitals and, where several lie close together, trains one
    repetition of coupled cluster from each for up to 200 evaluations. `vqe` does so where no circuit is given;
    before building a circuit by hand, pass on the `problem` of the choice.

    Args:
        problem: Over orbitals that both spins share, of which the reference occupies the first; one whose orbitals of
            the spins differ, or that was chosen before, is returned as it is.
    """
    began = time.perf_counter()
    fields = [problem]
    if problem.beta is None and problem.canonical is None:
        with one_thread_if(problem.n_orbitals <= SMALL_BASIS):
            fields = _close_fields(problem)
    judged: dict[int, tuple[float | None, int]] = dict.fromkeys(range(len(fields)), (None, 0))
    if len(fields) > 1 and sector_dimension(problem) <= _LARGEST_JUDGED:
        judged = {k: _correlated(one) for k, one in enumerate(fields)}

    def rank(k: int) -> float:
        """Orbitals as given are left, and symmetry is given up, for something clearly better only."""
        reached = judged[k][0]
        if reached is None:
            return float(k)  # the lowest field
        handicap = 0.0 if fields[k] is problem else _WORTH_ANOTHER
        if fields[k].point_group != problem.point_group:
            handicap = _WORTH_A_SYMMETRY
        return reached + handicap

    order = sorted(range(len(fields)), key=rank)
    chosen = order[0]
    others = sorted(order[1:], key=lambda k: fields[k].reference_energy)
    return ReferenceChoice(
        problem=_beside(problem, fields[chosen]),
        candidates=tuple(
            ReferenceCandidate(
                occupied=fields[k].occupied_irreps,
                field_energy=fields[k].reference_energy,
                correlated_energy=judged[k][0],
                n_evaluations=judged[k][1],
            )
            for k in (chosen, *others)
        ),
        seconds=time.perf_counter() - began,
    )


def _close_fields(problem: ElectronicProblem) -> list[ElectronicProblem]:
    """The given field and those that come close to the lowest, by energy; the given one last if it does not."""
    fields = _fields(problem)
    lowest = min(field.reference_energy for field in fields)
    close = _distinct([field for field in fields if field.reference_energy <= lowest + _CLOSE])[:_MOST_JUDGED]
    if not any(field is problem for field in close):
        close.append(problem)
    return [*close, *_half_and_half(close[0], lowest)]


def _distinct(fields: list[ElectronicProblem]) -> list[ElectronicProblem]:
    """In ascending order, one of each set of degenerate ones: the first given, if it is among them."""
    kept: list[ElectronicProblem] = []
    for one in sorted(fields, key=lambda one: round(one.reference_energy, 6)):
        if not kept or one.reference_energy > kept[-1].reference_energy + _SAME:
            kept.append(one)
    return kept


def _beside(problem: ElectronicProblem, chosen: ElectronicProblem) -> ElectronicProblem:
    """The chosen field, with the given one kept for the classical methods."""
    return problem if chosen is problem else replace(chosen, canonical=problem, notes=(*chosen.notes, _NOTE))


def _fields(problem: ElectronicProblem) -> list[ElectronicProblem]:
    """The given field, and those that are reached from it through fields that are close to the lowest."""
    labels = sorted(set(problem.irreps.tolist()))
    sizes = tuple(int((problem.irreps == label).sum()) for label in labels)
    fields = {_occupation(problem, labels): problem}
    waiting = list(fields)
    while waiting:
        origin = waiting.pop(0)
        for occupation in origin.neighbours(sizes):
            if occupation in fields or _promotion_energy(fields[origin], occupation, labels) > _WORTH_SOLVING:
                continue
            field = solve_active_field(fields[origin], dict(zip(labels, occupation.electrons, strict=True)))
            if field is not None:
                fields[occupation] = field
                if field.reference_energy < min(f.reference_energy for f in fields.values()) + _CLOSE:
                    waiting.append(occupation)
    return list(fields.values())


def _half_and_half(field: ElectronicProblem, limit: float) -> Iterator[ElectronicProblem]:
    """Closed shells in which an occupied orbital is mixed with an empty one of another irrep.

    The pair of the sum of two orbitals, (x + y)^2, holds the open-shell singlet xy that neither x^2 nor y^2 holds.
    """
    if field.n_alpha != field.n_beta:
        return
    for i, a in _frontier(field):
        alpha = list(range(field.n_alpha))
        excited = [*(p for p in alpha if p != i), a]
        # The singlet lies above the determinant by the exchange integral, which the triplet lies below it.
        if determinant_energy(field, excited, alpha) + field.two_body[i, a, a, i] > limit:
            continue
        rotation = np.eye(field.n_orbitals)
        rotation[np.ix_([i, a], [i, a])] = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2.0)
        merged = _merged(field, int(field.irreps[i] ^ field.irreps[a]))
        yield rotated_problem(merged, rotation, irreps=merged.irreps)


def _frontier(field: ElectronicProblem) -> Iterator[tuple[int, int]]:
    """Pairs of the highest occupied orbital of one irrep and the lowest empty orbital of another."""
    occupied, empty = range(field.n_alpha), range(field.n_alpha, field.n_orbitals)
    highest = {int(field.irreps[p]): p for p in sorted(occupied, key=lambda p: field.orbital_energies[p])}
    lowest = {int(field.irreps[p]): p for p in sorted(empty, key=lambda p: -field.orbital_energies[p])}
    for out, into in ((out, into) for out in highest for into in lowest if out != into):
        yield highest[out], lowest[into]


def _merged(problem: ElectronicProblem, irrep: int) -> ElectronicProblem:
    """The problem in the largest subgroup for which an irrep is the totally symmetric one."""
    subgroup = subgroup_that_allows(problem.point_group, [irrep])
    irreps = np.array([subgroup.label_of[label] for label in problem.irreps.tolist()])
    names = tuple(subgroup.irrep_names[label] for label in irreps.tolist())
    return replace(problem, irreps=irreps, irrep_names=names, point_group=subgroup.name)


def _correlated(field: ElectronicProblem) -> tuple[float, int]:
    """What one repetition of coupled cluster reaches in a few evaluations, in hartree, and how many it took."""
    from chemistry.ansatz.repeated_uccsd import repeated_uccsd
    from chemistry.eigensolver import vqe

    circuit = repeated_uccsd(field, repetitions=1)
    result = vqe(field, circuit, max_evaluations=_MOST_EVALUATIONS, n_starts=1)
    return result.energy, result.n_evaluations


def _occupation(problem: ElectronicProblem, labels: list[int]) -> Occupation:
    pairs = problem.irreps[: problem.n_beta].tolist()
    unpaired = problem.irreps[problem.n_beta : problem.n_alpha].tolist()
    return Occupation(tuple(map(pairs.count, labels)), tuple(map(unpaired.count, labels)))


def _promotion_energy(problem: ElectronicProblem, occupation: Occupation, labels: list[int]) -> float:
    """What it costs in hartree to occupy the lowest orbitals of each irrep so, before they relax."""
    occupied: tuple[list[int], list[int]] = [], []
    for label, electrons in zip(labels, occupation.electrons, strict=True):
        members = np.flatnonzero(problem.irreps == label)
        members = members[np.argsort(problem.orbital_energies[members], kind="stable")]
        for spin, count in zip(occupied, electrons, strict=True):
            spin += members[:count].tolist()
    return determinant_energy(problem, *occupied) - problem.reference_energy
