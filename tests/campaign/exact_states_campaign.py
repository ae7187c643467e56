"""A random campaign for full CI: no state may be missing from what it reports, whatever symmetry a problem hides.

    python tests/campaign/exact_states_campaign.py --problems 200 --seed 1
    python tests/campaign/exact_states_campaign.py --problems 200 --seed 1 --search

Atoms, linear molecules, molecules of larger groups than their Abelian one, distant fragments, clusters of hydrogen,
unrestricted orbitals and bare integrals with symmetries that are not declared, each with a random window of at most
5,000 determinants. Everything reported is compared with dense matrices of PySCF in every irrep. With `--search` no
matrix is diagonalized whole by the suite, so that small problems judge what decides about large ones.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from dataclasses import replace
from math import comb
from typing import Any

import numpy as np

from chemistry import ElectronicProblem, Molecule, full_ci
from chemistry.baselines import symmetric_ci

MOST_DETERMINANTS = 5_000
LARGEST_IRREP = 1_800  # determinants
FEWEST_DETERMINANTS = 600
_TOLERANCE = 1e-8  # hartree
_SAME = 3e-9  # hartree, in which levels of two numbers of unpaired electrons are the same

LINEAR = (
    *("C {0} 0 0; C 0 0 0", "N 0 0 {0}; N 0 0 0", "O 0 {0} 0; O 0 0 0", "B 0 0 0; B 0 0 {0}", "Be 0 0 0; Be 0 0 {0}"),
    *("C 0 0 0; O 0 0 {0}", "B 0 0 0; N 0 0 {0}", "C 0 0 0; N 0 0 {0}", "Li 0 0 0; F 0 0 {0}"),
    *("H 0 0 -{0}; Be 0 0 0; H 0 0 {0}", "O 0 0 -{0}; C 0 0 0; O 0 0 {0}", "C 0 0 -{0}; C 0 0 0; C 0 0 {0}"),
    "H 0 0 -{0}; C 0 0 0; N 0 0 {0}",
)
LARGE_GROUPS = (
    "C 0 0 0; H {0} {0} {0}; H {0} -{0} -{0}; H -{0} {0} -{0}; H -{0} -{0} {0}",
    "Be {0} {0} {0}; Be {0} -{0} -{0}; Be -{0} {0} -{0}; Be -{0} -{0} {0}",
    "B 0 0 0; H 0 {1} 0; H {2} -{3} 0; H -{2} -{3} 0",
    "B 0 0 0; F 0 {1} 0; F {2} -{3} 0; F -{2} -{3} 0",
    "N 0 0 0; N 0 {1} 0; N {2} {3} 0",
    "H {0} 0 0; H -{0} 0 0; H 0 {0} 0; H 0 -{0} 0; H 0 0 {0}; H 0 0 -{0}",
)
KINDS = ("atom", "linear", "large group", "fragments", "hydrogen", "unrestricted", "bare", "bare")
ATOMS = ("B", "C", "N", "O", "F", "Al", "Si", "P", "S", "Cl")


def random_problem(seed: int) -> tuple[str, ElectronicProblem]:
    """A problem of a random kind, with what it is called."""
    rng = np.random.default_rng(seed)
    while True:
        kind = str(rng.choice(KINDS))
        made = _bare(rng) if kind == "bare" else _from_molecule(kind, rng)
        if made is not None:
            return made


def _from_molecule(kind: str, rng: np.random.Generator) -> tuple[str, ElectronicProblem] | None:
    geometry = _geometry(kind, rng)
    basis = str(rng.choice(("sto-3g", "sto-3g", "6-31g")))
    charge, spin = int(rng.choice((0, 0, 0, 1, -1))), int(rng.choice((0, 0, 1, 2, 3)))
    n_orbitals = int(rng.integers(6, 11))
    n_electrons = int(rng.integers(3, 2 * n_orbitals - 2))
    if (n_electrons - spin) % 2 or n_electrons < spin or (n_electrons + spin) // 2 > n_orbitals:
        return None
    count = comb(n_orbitals, (n_electrons + spin) // 2) * comb(n_orbitals, (n_electrons - spin) // 2)
    if not FEWEST_DETERMINANTS <= count <= MOST_DETERMINANTS:
        return None
    reference = "unrestricted" if kind == "unrestricted" else "mean-field"
    try:
        molecule = Molecule(geometry, basis=basis, charge=charge, spin=spin)
        problem = molecule.problem(active_space=(n_electrons, n_orbitals), reference=reference)
    except ValueError:
        return None  # no such window, or no mean field
    if max(np.bincount(_irreps(problem))) > LARGEST_IRREP:
        return None
    return f"{kind}: {geometry} {basis} {charge} {spin} ({n_electrons},{n_orbitals})", problem


def _geometry(kind: str, rng: np.random.Generator) -> str:
    length = round(float(rng.uniform(0.9, 3.5)), 3)
    if kind == "atom":
        return f"{rng.choice(ATOMS)} 0 0 0"
    if kind == "large group":
        numbers = [round(length * factor, 4) for factor in (1 / np.sqrt(3), 1.0, np.sqrt(3) / 2, 0.5)]
        return str(rng.choice(LARGE_GROUPS)).format(*numbers)
    if kind == "fragments":
        far = round(float(rng.uniform(5.0, 20.0)), 3)
        first, second = rng.choice((*ATOMS, "H", "Li", "Be"), size=2)
        return f"{first} 0 0 0; {second} 0 0 {far}"
    if kind == "hydrogen":
        turns = 2 * np.pi * np.arange(rng.integers(4, 7)) / rng.integers(4, 7)
        return "; ".join(f"H {length * np.cos(t):.6f} {length * np.sin(t):.6f} {0.3 * t:.6f}" for t in turns)
    return str(rng.choice(LINEAR)).format(length)


def _bare(rng: np.random.Generator) -> tuple[str, ElectronicProblem] | None:
    """Random integrals over orbitals without labels that have a symmetry all the same."""
    n = int(rng.integers(5, 9))
    hidden = str(rng.choice(("parities", "copies", "exchange", "rotation", "none")))
    one, two = rng.normal(size=(n, n)), rng.normal(size=(n,) * 4)
    keep1, keep2 = np.ones((n, n)), np.ones((n,) * 4)
    if hidden in ("parities", "copies"):
        labels = rng.integers(0, 4 if hidden == "parities" else 2, size=n)
        keep1 = (labels[:, None] == labels).astype(float)
        pair = labels[:, None] ^ labels
        keep2 = (pair[:, :, None, None] == pair).astype(float)
        if hidden == "copies":
            keep2 = np.einsum("pq,rs,pr->pqrs", keep1, keep1, keep1)
    one, two = one * keep1, two * keep2
    if hidden in ("exchange", "rotation"):
        # The mean over the powers of a permutation of the orbitals.
        order = np.arange(n)
        cycle = rng.permutation(n)[: 2 * (n // 2) if hidden == "exchange" else max(3, n - 1)]
        if hidden == "exchange":
            for p, q in cycle.reshape(-1, 2):
                order[p], order[q] = q, p
        else:
            order[cycle] = np.roll(cycle, 1)
        powers = [np.arange(n)]
        while not (order[powers[-1]] == np.arange(n)).all():
            powers.append(order[powers[-1]])
        one = np.mean([one[np.ix_(g, g)] for g in powers], axis=0)
        two = np.mean([two[np.ix_(g, g, g, g)] for g in powers], axis=0)
    one = one + one.T
    two = two + two.transpose(1, 0, 2, 3)
    two = two + two.transpose(0, 1, 3, 2)
    two = float(rng.choice((0.02, 0.1, 0.3))) * (two + two.transpose(2, 3, 0, 1))
    n_alpha = int(rng.integers(1, n))
    n_beta = n_alpha if rng.random() < 0.6 else int(rng.integers(0, n_alpha + 1))
    if not FEWEST_DETERMINANTS // 2 <= comb(n, n_alpha) * comb(n, n_beta) <= LARGEST_IRREP:
        return None
    problem = ElectronicProblem(
        constant=0.3, one_body=one, two_body=two, n_alpha=n_alpha, n_beta=n_beta, orbital_energies=np.diag(one),
        irreps=np.zeros(n, dtype=int),
    )  # fmt: skip
    return f"bare, hidden {hidden}: {n} orbitals, {n_alpha} and {n_beta} electrons", problem


def dense_levels(problem: ElectronicProblem) -> dict[int, np.ndarray]:
    """All energies of each irrep in hartree, ascending, from PySCF's matrix over all determinants."""
    from pyscf import fci

    from chemistry.integrals.spin_integrals import by_spin

    n, electrons = problem.n_orbitals, (problem.n_alpha, problem.n_beta)
    irreps = _irreps(problem)
    shared = problem.beta is None
    solver = fci.direct_spin1 if shared else fci.direct_uhf
    integrals: Any = (problem.one_body, problem.two_body)
    integrals = integrals if shared else by_spin(*integrals, problem.beta)
    places, elements = solver.pspace(*integrals, n, electrons, np=len(irreps))
    matrix = np.empty_like(elements)
    matrix[np.ix_(places, places)] = elements
    return {
        int(irrep): np.linalg.eigvalsh(matrix[np.ix_(irreps == irrep, irreps == irrep)]) + problem.constant
        for irrep in np.unique(irreps)
    }


def _irreps(problem: ElectronicProblem) -> np.ndarray:
    alpha, beta = (_string_labels(problem, spin) for spin in (0, 1))
    return (alpha[:, None] ^ beta).ravel()


def _string_labels(problem: ElectronicProblem, spin: int) -> np.ndarray:
    from pyscf.fci import cistring

    occupied = cistring.gen_occslst(range(problem.n_orbitals), (problem.n_alpha, problem.n_beta)[spin])
    labels = problem.wire_irreps[spin::2]
    return np.bitwise_xor.reduce(labels[occupied], axis=1, initial=0)


def lowest_of_wanted_spin(problem: ElectronicProblem) -> float:
    """The lowest energy with the reference's spin and irrep: the first that is missing with one more unpaired pair."""
    levels = dense_levels(problem)[problem.reference_irrep].tolist()
    if problem.n_beta == 0 or problem.n_alpha == problem.n_orbitals:
        return levels[0]
    more = replace(problem, n_alpha=problem.n_alpha + 1, n_beta=problem.n_beta - 1)
    higher = dense_levels(more).get(problem.reference_irrep, np.zeros(0)).tolist()
    while higher and abs(higher[0] - levels[0]) < _SAME:
        higher.pop(0), levels.pop(0)
    return levels[0]


def complaints(problem: ElectronicProblem, n_roots: int) -> Iterator[str]:
    """What is wrong with the states that full CI reports."""
    options = {"irreps": "all"} if "irreps" in inspect.signature(full_ci).parameters else {}
    levels = dense_levels(problem)
    expected = np.sort(np.concatenate(list(levels.values())))[:n_roots]
    found = full_ci(problem, n_roots=n_roots, **options)
    energies = np.array(found.detail["energies"])
    if not found.converged:
        yield "full CI did not converge"
    if len(energies) != len(expected):
        yield f"{len(energies)} states instead of {len(expected)}"
    elif np.abs(energies - expected).max() > _TOLERANCE:
        yield f"full CI: {energies} instead of {expected}"
    if problem.beta is not None:
        return
    spins = 0.5 * (np.sqrt(4 * np.maximum(found.detail["s_squared"], 0) + 1) - 1)
    if np.abs(2 * spins - np.round(2 * spins)).max() > 1e-3:
        yield f"S² of no single spin: {found.detail['s_squared']}"
    target, one = lowest_of_wanted_spin(problem), symmetric_ci(problem)
    if found.detail["target_energy"] is None or abs(found.detail["target_energy"] - target) > _TOLERANCE:
        yield f"target energy: {found.detail['target_energy']} instead of {target}"
    if not one.converged or abs(one.energy - target) > _TOLERANCE:
        yield f"symmetric CI: {one.energy} instead of {target}"


def main() -> int:
    """Run the campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--search", action="store_true", help="diagonalize no matrix whole")
    parser.add_argument("--listed", type=int, help="determinants that a search begins from")
    arguments = parser.parse_args()
    if arguments.search:
        from chemistry.baselines import sector_search

        sector_search.DENSE = 0
    if arguments.listed:
        from chemistry.baselines import sector_search

        sector_search._LISTED = arguments.listed
    wrong = 0
    for seed in range(arguments.seed * 100_000, arguments.seed * 100_000 + arguments.problems):
        name, problem = random_problem(seed)
        found = list(complaints(problem, 1 + seed % 6))
        wrong += bool(found)
        for complaint in found:
            print(f"{seed} {name}: {complaint}", flush=True)
    print(f"{wrong} of {arguments.problems} problems with a state missing or wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
