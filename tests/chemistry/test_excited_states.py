"""Excited states from each method against PySCF's full CI, and published numbers."""

import os
from dataclasses import replace
from functools import cache
from math import comb
from pathlib import Path

import numpy as np
import pennylane as qml
import pytest

from chemistry import Molecule, choose_reference, uccsd, vqe
from chemistry.excited_states import qeom, singlet_triplet_gap, ssvqe, vqd

METHODS = {
    "vqd": vqd,
    "ssvqe": ssvqe,
    "qeom": qeom,
    "generalised qeom": lambda problem, **options: qeom(problem, generalised=True, **options),
}
FORMALDEHYDE = "C 0 0 0; O 0 0 1.2; H 0.94 0 -0.54; H -0.94 0 -0.54"


def full_ci(problem, n_roots, electrons=None):
    """Energies and vectors of the lowest states, of a solver that is asked for more."""
    from pyscf import fci

    electrons = electrons or (problem.n_alpha, problem.n_beta)
    n = problem.n_orbitals
    dimension = comb(n, electrons[0]) * comb(n, electrons[1])
    solver = fci.direct_spin1.FCI()
    solver.max_space, solver.conv_tol, solver.max_cycle = 40, 1e-12, 200
    energies, vectors = solver.kernel(
        problem.one_body, problem.two_body, n, electrons, ecore=problem.constant, nroots=min(n_roots + 4, dimension)
    )
    order = np.argsort(energies)[:n_roots]
    return np.asarray(energies)[order], [vectors[i] for i in order]


@cache
def hydrogen():
    return Molecule("H 0 0 0; H 0 0 0.735").problem()


@pytest.mark.parametrize("method", METHODS)
def test_hydrogen(method):
    # 0.974553 and 1.632364 hartree: the singlets of the literature's qEOM; the triplet lies below both.
    result = METHODS[method](hydrogen())
    np.testing.assert_allclose(result.excitation_energies, [0.612690, 0.974553, 1.632364], atol=1e-6)
    assert [state.multiplicity for state in result.states] == [1, 3, 1, 1]
    assert [state.irrep for state in result.states] == ["Ag", "B1u", "B1u", "Ag"]
    assert [state.n_electrons for state in result.states] == pytest.approx([2.0] * 4)
    assert [state.spin_projection for state in result.states] == pytest.approx([0.0] * 4, abs=1e-12)
    strengths = [state.oscillator_strength for state in result.states]
    assert strengths[0] is None
    assert strengths[1:] == pytest.approx([0.0, 0.8706, 0.0], abs=1e-4)
    assert max(state.residual for state in result.states) < 1e-5
    assert result.converged
    assert "26.519" in result.table()


@cache
def lithium_hydride(method):
    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    return problem, METHODS[method](problem, n_states=7)


@pytest.mark.parametrize("method", METHODS)
def test_energies_and_oscillator_strengths_equal_full_cis(method):
    from pyscf.fci import direct_spin1

    problem, result = lithium_hydride(method)
    energies, vectors = full_ci(problem, 7)
    np.testing.assert_allclose(result.energies, energies, atol=2e-6)
    assert [state.multiplicity for state in result.states] == [1, 3, 1, 3, 3, 1, 1]  # X, a, A, and the pi states
    mol, orbitals = problem.mean_field.scf.mol, problem.orbitals
    positions = np.einsum("ip,xij,jq->xpq", orbitals, mol.intor("int1e_r"), orbitals)
    electrons = (problem.n_alpha, problem.n_beta)
    expected = []
    for energy, vector in zip(energies[1:], vectors[1:], strict=True):
        transition = direct_spin1.trans_rdm1(vectors[0], vector, problem.n_orbitals, electrons)
        dipole = np.einsum("xpq,pq->x", positions, transition)
        expected.append(2 / 3 * (energy - energies[0]) * dipole @ dipole)
    strengths = np.array([state.oscillator_strength for state in result.states[1:]])
    # Degenerate states may be turned among themselves, so their sum counts.
    for level in ([0], [1], [2, 3], [4, 5]):
        assert strengths[level].sum() == pytest.approx(np.array(expected)[level].sum(), abs=2e-4)
    assert strengths[4:].sum() > 0.4


@pytest.mark.parametrize(
    ("geometry", "options", "active_space", "n_states"),
    [
        ("H 0 0 0; H 0 1.2 0; H 1.2 0 0; H 1.2 1.2 0", {}, None, 6),
        ("O 0 0 0; H 0 0 0.97", {"spin": 1}, None, 4),
        pytest.param("O 0 0 0; O 0 0 1.2", {"spin": 2}, (8, 6), 4, marks=pytest.mark.slow),
        ("H 0 0 0; H 0 0 1.1", {"charge": 1, "spin": 1}, None, 2),
        pytest.param("Be 0 0 0", {}, None, 5, marks=pytest.mark.slow),
    ],
    ids=["H4 square", "OH", "O2", "H2+", "Be"],
)
def test_open_shells_and_degenerate_states_are_all_found(geometry, options, active_space, n_states):
    problem = Molecule(geometry, **options).problem(active_space=active_space)
    expected, _ = full_ci(problem, n_states)
    ground = vqe(problem, vqd_circuit(problem), initial_params=displaced(vqd_circuit(problem)))
    results = [
        vqd(problem, n_states=n_states),
        ssvqe(problem, n_states=n_states),
        qeom(problem, ground, n_states=n_states, generalised=True),
    ]
    for result in results:
        np.testing.assert_allclose(result.energies, expected, atol=5e-5, err_msg=result.method)
        assert None not in [state.multiplicity for state in result.states]


def vqd_circuit(problem):
    from chemistry.excited_states.generalised_circuit import generalised_circuit

    return generalised_circuit(problem)


def displaced(ansatz):
    return 0.02 * np.random.default_rng(1).normal(size=ansatz.n_params)


@pytest.mark.slow
def test_states_of_a_breaking_triple_bond_are_found():
    problem = Molecule("N 0 0 0; N 0 0 1.8").problem(active_space=(6, 6))
    expected, _ = full_ci(problem, 8)
    result = vqd(problem, n_states=8)
    np.testing.assert_allclose(result.energies, expected, atol=1e-5)
    # Both components of each delta state, and the septet of two free atoms.
    assert [state.multiplicity for state in result.states] == [1, 3, 5, 3, 3, 3, 3, 7]
    # No configuration of up to two excited electrons leads to the septet.
    np.testing.assert_allclose(ssvqe(problem, n_states=7).energies, expected[:7], atol=1e-5)


def test_a_residual_bounds_the_error_of_a_poor_circuit():
    problem = Molecule("H 0 0 0; H 0 0 1.5; H 0 0 3; H 0 0 4.5").problem()
    exact, _ = full_ci(problem, 36)
    for result in (vqd(problem, uccsd(problem)), ssvqe(problem, uccsd(problem)), qeom(problem, rank=1)):
        distances = [np.abs(exact - state.energy).min() for state in result.states]
        assert max(distances) > 1e-4  # a circuit for the ground state is no circuit for all
        for distance, state in zip(distances, result.states, strict=True):
            assert distance <= state.residual + 1e-9
            assert ("Far from an eigenstate" in state.status) == (state.residual > 0.1)


def test_spins_are_held_where_they_are_asked_for():
    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    energies, _ = full_ci(problem, 7)
    for method in (vqd, ssvqe):
        for multiplicity, places in ((1, [0, 2, 5, 6]), (3, [1, 3, 4])):
            result = method(problem, n_states=len(places), multiplicity=multiplicity)
            np.testing.assert_allclose(result.energies, energies[places], atol=1e-5)
            assert len(result.of_multiplicity(multiplicity)) == len(places)


def test_descending_weights_order_the_states_without_diagonalisation():
    problem = hydrogen()
    result = ssvqe(problem, weights=[4, 3, 2, 1])
    np.testing.assert_allclose(result.excitation_energies, [0.612690, 0.974553, 1.632364], atol=1e-6)
    assert result.method == "SSVQE"
    two = ssvqe(problem, n_states=1, weights=[0.7, 0.3])
    assert len(two.states) == 1
    assert "2 configurations" in two.status


def test_an_exact_state_and_the_rank_of_all_electrons_are_exact():
    problem = Molecule("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7").problem()
    exact, _ = full_ci(problem, 6)
    ground = vqe(problem, vqd_circuit(problem), initial_params=displaced(vqd_circuit(problem)))
    assert ground.energy == pytest.approx(exact[0], abs=1e-7)
    errors = [np.abs(qeom(problem, ground, n_states=6, rank=rank).energies - exact).max() for rank in (2, 3, 4)]
    assert errors[0] > 1e-3 > errors[1] > 1e-5 > errors[2]


def test_far_residuals_are_said_of_the_whole():
    """Of a square of hydrogen atoms the response at rank 2 misses states that the generalised one finds."""
    square = choose_reference(Molecule("H 0 0 0; H 1.23 0 0; H 0 1.23 0; H 1.23 1.23 0").problem()).problem
    exact, ground = full_ci(square, 6)[0], vqe(square)
    plain, generalised = (qeom(square, ground, n_states=6, generalised=each) for each in (False, True))
    assert np.abs(generalised.energies - exact).max() < 1e-6
    assert np.abs(plain.energies - exact).max() > 0.1
    farthest = max(state.residual for state in plain.states)
    assert farthest > 0.1
    assert f"Residuals reach {farthest:.2f} hartree: some of these states are far from eigenstates" in plain.status
    assert plain.status.endswith("take generalised=True, which excites between all orbitals.")
    assert "Residuals" not in generalised.status


def test_a_trace_of_another_spin_does_not_double_the_states():
    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(frozen_core=True)
    energies, _ = full_ci(problem, 5)
    circuit = vqd_circuit(problem)
    rough = vqe(problem, circuit, initial_params=5 * displaced(circuit), gradient_tolerance=1e-3)
    numbers = [state.spin_squared for state in qeom(problem, rough, n_states=1).states]
    result = qeom(problem, rough, n_states=5, generalised=True)
    np.testing.assert_allclose(result.energies, energies, atol=1e-4)
    assert numbers == pytest.approx([0.0], abs=1e-9)


class Tilted:
    """A circuit that mixes the irreps of hydrogen."""

    name, n_params, initial_params = "tilted", 1, np.array([0.6])

    def __call__(self, params):
        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        qml.FermionicSingleExcitation(params[0], wires=[0, 1, 2])


def test_a_ground_state_without_symmetry_is_responded_to_all_the_same():
    problem = hydrogen()
    exact, _ = full_ci(problem, 4)
    tilted = vqe(problem, Tilted(), max_evaluations=1)
    result = qeom(problem, tilted, generalised=True)
    response = [state.energy for state in result.states if state.energy != tilted.energy]
    assert len(response) == 3
    # The eigenvalues on all but one direction lie between those on all of them.
    for number, energy in enumerate(response):
        assert exact[number] - 1e-9 <= energy <= exact[number + 1] + 1e-9
    assert "Mixed spin" in " ".join(state.status for state in result.states)
    assert None in [state.irrep for state in result.states]


def test_a_degenerate_ground_state_is_found_whole_or_said_to_be_degenerate():
    carbon = Molecule("C 0 0 0", spin=2).problem(frozen_core=True)
    exact, _ = full_ci(carbon, 3)
    assert exact[2] - exact[0] < 1e-8
    bare = qeom(carbon, n_states=3)
    assert "It is degenerate" in bare.status
    whole = qeom(carbon, n_states=3, generalised=True)
    np.testing.assert_allclose(whole.energies, exact, atol=1e-6)
    assert "degenerate" not in whole.status
    assert "degenerate" not in qeom(hydrogen()).status


def test_a_response_of_another_state_says_so():
    problem = Molecule("Li 0 0 0; H 0 0 3.5").problem(frozen_core=True)
    untrained = vqe(problem, uccsd(problem), initial_params=np.zeros(uccsd(problem).n_params), max_evaluations=1)
    # The reference determinant of a breaking bond is neither a minimum nor below the triplet.
    result = qeom(problem, untrained, n_states=3)
    assert not result.converged
    assert "not the lowest" in result.status
    assert result.states[0].energy < untrained.energy


@pytest.mark.parametrize(
    ("geometry", "active_space", "signs"),
    [
        (FORMALDEHYDE, (4, 3), (1, 1)),
        ("C 0 0 0; H 0 0.99 0.4; H 0 -0.99 0.4", (4, 4), (-1, 1)),  # methylene, a triplet
    ],
    ids=["formaldehyde", "methylene"],
)
def test_singlet_triplet_gaps_equal_full_cis(geometry, active_space, signs):
    from pyscf import fci

    problem = Molecule(geometry).problem(active_space=active_space)
    gap = singlet_triplet_gap(problem)
    energies, vectors = full_ci(problem, 8)
    electrons = (problem.n_alpha, problem.n_beta)
    s_squared = np.array([fci.spin_op.spin_square(v, problem.n_orbitals, electrons)[0] for v in vectors])
    singlets, triplets = energies[s_squared < 0.1], energies[np.abs(s_squared - 2) < 0.1]
    found = [gap.s0.energy, gap.s1.energy, gap.t1.energy]
    np.testing.assert_allclose(found, [*singlets[:2], triplets[0]], atol=1e-6)
    assert [state.multiplicity for state in (gap.s0, gap.s1, gap.t1)] == [1, 1, 3]
    assert gap.t1.spin_projection == pytest.approx(1.0)
    assert (np.sign(gap.t1_s0), np.sign(gap.s1_t1)) == signs
    assert gap.s1_t1_ev == pytest.approx((singlets[1] - triplets[0]) * 27.211386, abs=1e-4)
    assert gap.converged
    assert ("ground state is the triplet" in gap.status) == (signs[0] < 0)


def test_a_triplet_reference_serves_for_the_gap_as_well():
    problem = Molecule("O 0 0 0; O 0 0 1.2", spin=2).problem(active_space=(8, 6))
    gap = singlet_triplet_gap(problem)
    triplet, _ = full_ci(problem, 1)
    singlets, _ = full_ci(problem, 3, (4, 4))
    assert gap.t1.energy == pytest.approx(triplet[0], abs=1e-7)
    # Both components of the 1 delta state, above the M = 0 component of the triplet.
    assert [gap.s0.energy, gap.s1.energy] == pytest.approx(singlets[1:].tolist(), abs=1e-6)
    assert gap.s0.energy == pytest.approx(gap.s1.energy, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("sto-3g", (-662.4067, -493.7550, -400.2961)),
        ("6-31g*", (-766.1145, -560.0150, -528.5633)),
    ],
)
def test_the_emitter_pspcz(basis, expected):
    """Gao et al., npj Computational Materials (2021): S0, T1 and S1 in mHa above the frozen core, RHF orbitals."""
    problem = emitter_problem(basis)
    gap = singlet_triplet_gap(problem, uccsd)
    found = [1000 * (state.energy - problem.constant) for state in (gap.s0, gap.t1, gap.s1)]
    np.testing.assert_allclose(found, expected, atol=0.01)
    assert [state.multiplicity for state in (gap.s0, gap.t1, gap.s1)] == [1, 3, 1]
    assert gap.s1_t1_ev == pytest.approx((expected[2] - expected[1]) / 1000 * 27.211386, abs=1e-3)
    if basis == "6-31g*":
        assert round(gap.s1_t1_ev, 2) == 0.86
    for method in (vqd, ssvqe, qeom):
        states = method(problem, n_states=3).states
        found = [1000 * (state.energy - problem.constant) for state in states]
        np.testing.assert_allclose(found, expected, atol=0.01, err_msg=method.__name__)


def repulsion(field, orbitals):
    """(pq|rs) of few orbitals from Coulomb matrices: of a large molecule, far cheaper than a transformation."""
    pairs = np.einsum("ip,jq->pqij", orbitals, orbitals)
    n = orbitals.shape[1]
    symmetric = 0.5 * (pairs + pairs.transpose(1, 0, 2, 3)).reshape(n * n, *pairs.shape[2:])
    coulomb = field.get_j(field.mol, symmetric, hermi=1).reshape(n, n, *pairs.shape[2:])
    return np.einsum("ir,pqij,js->pqrs", orbitals, coulomb, orbitals)


def test_repulsion_from_coulomb_matrices_is_the_transformed_one():
    problem = Molecule(FORMALDEHYDE).problem(active_space=(4, 3))
    np.testing.assert_allclose(repulsion(problem.mean_field.scf, problem.orbitals), problem.two_body, atol=1e-7)


def emitter_problem(basis):
    """HOMO and LUMO of PSPCz; its mean field begins from density fitting, which saves half of the time."""
    folder = os.environ.get("KANAME_DATA")
    if not folder:
        pytest.skip("KANAME_DATA does not name the folder with chemistry/pspcz.xyz")
    from pyscf import gto, mcscf, scf

    from chemistry.problem import ElectronicProblem

    molecule = Molecule.from_xyz(Path(folder) / "chemistry" / "pspcz.xyz")
    atoms = [(atom.symbol, atom.position) for atom in molecule.atoms]
    mol = gto.M(atom=atoms, basis=basis, verbose=0)
    fitted = scf.RHF(mol).density_fit().run(conv_tol=1e-9)
    field = scf.RHF(mol)
    field.conv_tol = 1e-9
    field.kernel(fitted.make_rdm1())
    assert field.converged
    space = mcscf.CASCI(field, 2, 2)
    one_body, constant = space.get_h1eff()
    return ElectronicProblem(
        constant=constant,
        one_body=one_body,
        two_body=repulsion(field, field.mo_coeff[:, mol.nelectron // 2 - 1 :][:, :2]),
        n_alpha=1,
        n_beta=1,
        orbital_energies=field.mo_energy[mol.nelectron // 2 - 1 :][:2],
        irreps=np.zeros(2, dtype=int),
    )


def test_bare_integrals_have_states_but_no_oscillator_strengths():
    bare = replace(hydrogen(), mean_field=None, orbitals=None, frozen_orbitals=None)
    for method in (vqd, ssvqe, qeom):
        result = method(bare, n_states=3)
        np.testing.assert_allclose(result.excitation_energies, [0.612690, 0.974553], atol=1e-6)
        assert [state.oscillator_strength for state in result.states] == [None] * 3
        assert "-" in result.table().splitlines()[-1]


def test_fewer_states_than_wanted_are_said():
    helium = Molecule("He 0 0 0").problem()
    assert "no others were found" in vqd(helium, n_states=2).status
    assert len(qeom(helium, n_states=2).states) == 1
    with pytest.raises(ValueError, match="2 configurations were asked for, but this problem has 1"):
        ssvqe(helium, n_states=2)


def test_a_time_limit_leaves_what_was_found():
    problem = Molecule("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692").problem()
    result = vqd(problem, n_states=6, time_limit=0.05)
    assert 1 <= len(result.states) < 6
    assert "time limit was reached" in result.status
    assert not result.converged
    assert not ssvqe(problem, n_states=3, time_limit=0.05).converged


class Spread:
    name, n_params, initial_params = "spread", 1, np.zeros(1)

    def __call__(self, params):
        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        for wire in range(4):
            qml.RY(params[0], wires=wire)
        qml.CNOT([0, 3])


class Unprepared(Spread):
    name = "unprepared"

    def __call__(self, params):
        qml.X(0)
        qml.X(1)
        qml.DoubleExcitation(params[0], wires=range(4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: vqd(p, n_states=0), "n_states is how many states are wanted.* got 0"),
        (lambda p: ssvqe(p, n_states=1.5), "n_states is how many states are wanted.* got 1.5"),
        (lambda p: vqd(p, multiplicity=2), "the multiplicity is 1 or 3, but 2 was given"),
        (lambda p: vqd(p, n_starts=0), "must be positive"),
        (lambda p: vqd(p, time_limit=0), "must be positive"),
        (lambda p: vqd(p, Spread()), "Deflation needs a circuit that conserves the numbers of electrons"),
        (lambda p: ssvqe(p, Spread()), "Subspace search needs a circuit that conserves"),
        (lambda p: vqd(p, Unprepared()), "an ansatz begins with qml.BasisState.* but unprepared begins with PauliX"),
        (lambda p: ssvqe(p, weights=[1, 2, 3, 4]), "Weights are at least 4 positive numbers"),
        (lambda p: ssvqe(p, weights=[1.0]), "Weights are at least 4 positive numbers"),
        (lambda p: ssvqe(p, initial_params=np.zeros(9)), "takes 2 parameters, but the start has shape"),
        (lambda p: ssvqe(p, n_states=5), "5 configurations were asked for, but this problem has 4"),
        (lambda p: qeom(p, rank=0), "rank is how many electrons are excited at once"),
        (lambda p: qeom(p, vqe(Molecule("He 0 0 0").problem())), "must be of this problem's 2 orbitals"),
        (lambda p: singlet_triplet_gap(replace(p, n_beta=0)), "needs an even number of electrons"),
        (lambda p: singlet_triplet_gap(replace(p, n_alpha=2, n_beta=2)), "4 electrons in 2 orbitals"),
    ],
)  # fmt: skip
def test_bad_requests_are_answered(call, message):
    with pytest.raises(ValueError, match=message):
        call(hydrogen())


def test_a_molecule_is_told_to_give_its_problem():
    for method in (qeom, vqd, ssvqe):
        with pytest.raises(
            ValueError, match=r"an electronic problem, but a Molecule was given: give molecule\.problem"
        ):
            method(Molecule("H 0 0 0; H 0 0 0.74"))


def test_unrestricted_references_are_refused():
    unrestricted = replace(hydrogen(), beta=object())
    for method in (vqd, ssvqe, qeom, singlet_triplet_gap):
        with pytest.raises(ValueError, match="need orbitals that both spins share"):
            method(unrestricted)
