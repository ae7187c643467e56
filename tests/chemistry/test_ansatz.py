from dataclasses import replace

import numpy as np
import pennylane as qml
import pytest
from scipy.linalg import expm

import runtime
from chemistry import Molecule, choose_reference, full_ci, repeated_uccsd, sector_dimension, uccsd, vqe
from chemistry.ansatz.repeated_uccsd import longer_uccsd
from chemistry.baselines import BASELINES
from chemistry.excitations import Excitation, mp2_amplitude, reference_excitations, starting_amplitude
from chemistry.lattice import chain, hamiltonian_variational, hubbard

CLOSED = ("h2", "h4", "lih", "h2o", "n2")


def ladder(n_wires):
    """The Jordan-Wigner matrices of all annihilators."""
    lower, z = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([1.0, -1.0])
    matrices = []
    for wire in range(n_wires):
        matrix = np.eye(1)
        for other in range(n_wires):
            matrix = np.kron(matrix, z if other < wire else lower if other == wire else np.eye(2))
        matrices.append(matrix)
    return matrices


@pytest.mark.parametrize(
    ("sources", "targets"),
    [
        ((0,), (4,)), ((4,), (2,)), ((1,), (3,)),
        ((0, 1), (2, 3)), ((0, 1), (4, 5)), ((0, 3), (4, 5)), ((0, 5), (2, 3)), ((1, 4), (3, 6)), ((2, 3), (0, 5)),
    ],
)  # fmt: skip
def test_gates_are_the_exponentials_that_they_stand_for(sources, targets):
    n_wires = 7
    a = ladder(n_wires)
    creators = np.linalg.multi_dot([np.eye(2**n_wires), *(a[t].T for t in targets), np.eye(2**n_wires)])
    tau = creators @ np.linalg.multi_dot([np.eye(2**n_wires), *(a[s] for s in reversed(sources)), np.eye(2**n_wires)])
    with qml.queuing.AnnotatedQueue() as queue:
        Excitation(sources, targets).apply(0.3)
    gate = qml.matrix(qml.tape.QuantumScript.from_queue(queue), wire_order=range(n_wires))
    assert np.allclose(gate, expm(0.3 * (tau - tau.T)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["h4", "h2o", "n2"])
def test_mp2_amplitudes_give_the_mp2_energy(problem, molecule, name):
    from pyscf import mp

    ours = problem(name)
    _, doubles = reference_excitations(ours)
    couplings = []
    for excitation in doubles:
        (i, j), (a, b) = excitation.sources, excitation.targets
        energies = ours.orbital_energies
        gap = energies[i // 2] + energies[j // 2] - energies[a // 2] - energies[b // 2]
        couplings.append(gap * mp2_amplitude(ours, excitation) ** 2)
    assert sum(couplings) == pytest.approx(mp.MP2(molecule(name).mean_field.scf).kernel()[0], abs=1e-9)


@pytest.mark.parametrize("name", [*CLOSED, "oh", "o2"])
@pytest.mark.parametrize("make", [uccsd, repeated_uccsd])
def test_every_ansatz_starts_below_hartree_fock(problem, name, make):
    ours = problem(name)
    ansatz = make(ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    assert program.engine == "sector"
    assert program.expval(np.zeros(ansatz.n_params)) == pytest.approx(ours.reference_energy, abs=1e-9)
    assert program.expval(ansatz.initial_params) < ours.reference_energy - 1e-3


def test_the_start_stays_finite_between_degenerate_orbitals():
    ours = Molecule("H 0 0 0; H 0 0 12.0").problem()
    (double,) = reference_excitations(ours)[1]
    assert abs(mp2_amplitude(ours, double)) > 1
    assert abs(starting_amplitude(ours, double)) <= np.pi / 4 + 1e-12
    small = replace(ours, orbital_energies=np.array([-1.0, 1.0]), two_body=np.full((2, 2, 2, 2), 0.01))
    assert starting_amplitude(small, double) == pytest.approx(mp2_amplitude(small, double), rel=1e-3)


@pytest.mark.parametrize("name", ["h4", "lih", "oh", "o2"])
@pytest.mark.parametrize("make", [uccsd, repeated_uccsd])
def test_the_circuit_conserves_number_spin_and_symmetry(problem, name, make):
    ours = problem(name)
    ansatz = make(ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    bits = program.sector.bitstrings()
    assert program.sector.dimension <= sector_dimension(ours)
    assert (bits[:, ::2].sum(axis=1) == ours.n_alpha).all()
    assert (bits[:, 1::2].sum(axis=1) == ours.n_beta).all()
    irreps = np.bitwise_xor.reduce(np.where(bits == 1, np.repeat(ours.irreps, 2), 0), axis=1)
    assert len(set(irreps.tolist())) == 1


def test_symmetry_leaves_excitations_out(problem):
    assert uccsd(problem("n2")).n_params == 91
    without = Molecule("N 0 0 0; N 0 0 1.1").problem()
    object.__setattr__(without, "irreps", np.zeros(10, dtype=int))
    assert uccsd(without).n_params == 2 * 7 * 3 + 7 * 7 * 3 * 3 + 2 * 21 * 3


def test_what_symmetry_leaves_out_has_no_gradient(problem):
    ours = problem("lih")
    kept = uccsd(ours)
    everything = Molecule("Li 0 0 0; H 0 0 1.6").problem()
    object.__setattr__(everything, "irreps", np.zeros(6, dtype=int))
    whole = uccsd(everything)
    params = np.array([starting_amplitude(ours, e) if e in kept.excitations else 0.0 for e in whole.excitations])
    value, gradient = runtime.compile(whole, ours.hamiltonian).value_and_grad(params)
    forbidden = np.array([e not in kept.excitations for e in whole.excitations])
    assert value == pytest.approx(runtime.compile(kept, ours.hamiltonian).expval(kept.initial_params), abs=1e-10)
    assert np.abs(gradient[forbidden]).max() < 1e-10
    assert np.abs(gradient[~forbidden]).max() > 1e-3


def test_the_default_keeps_to_half_of_the_sector(problem):
    nitrogen = repeated_uccsd(problem("n2"))
    assert nitrogen.name == "UCCSD, 4 repetitions"
    assert nitrogen.n_params == 224 <= sector_dimension(problem("n2")) // 2
    hydride = repeated_uccsd(problem("lih"))
    assert hydride.name == "UCCSD, 1 repetition and 13 amplitudes more"
    assert hydride.n_params == 34 == sector_dimension(problem("lih")) // 2
    tiny = repeated_uccsd(problem("h2"))
    assert (tiny.name, tiny.n_params) == ("UCCSD, 1 repetition", 1)


@pytest.mark.parametrize("name", ["h4", "lih", "oh", "n2"])
def test_a_longer_circuit_begins_as_the_shorter_one(problem, name):
    ours = problem(name)
    n_once = repeated_uccsd(ours, repetitions=1).n_params
    ansatz, n_longer = repeated_uccsd(ours), 0
    params = np.random.default_rng(5).normal(scale=0.3, size=ansatz.n_params)
    state = runtime.compile(ansatz, ours.hamiltonian).expval(params)
    while (longer := longer_uccsd(ours, ansatz)) is not None:
        assert longer.n_params == ansatz.n_params + n_once
        added = longer.n_params - len(params)
        value, gradient = runtime.compile(longer, ours.hamiltonian).value_and_grad(np.append(params, np.zeros(added)))
        assert value == pytest.approx(state, abs=1e-10)
        assert np.abs(gradient[-added:]).max() > 1e-3
        ansatz, n_longer = longer, n_longer + 1
    assert n_longer > 0 or ansatz.n_params >= sector_dimension(ours) - 1
    assert ansatz.n_params < max(sector_dimension(ours), 1) + n_once


@pytest.mark.parametrize(
    ("atoms", "most"),
    [("C 0 0 0; H 1.8 0 0.8; H -1.8 0 0.8", 60), ("O 0 0 0; O 0 0 1.6", 59)],
    ids=["methylene, 1.97 angstrom", "oxygen, 1.6 angstrom"],
)
def test_a_stretched_open_shell_is_given_more_than_half_of_its_sector(atoms, most):
    """Half of these sectors is used up by one repetition, which leaves 3.6 and 6.3 millihartree."""
    triplet = choose_reference(Molecule(atoms, basis="sto-6g", spin=2).problem(frozen_core=True)).problem
    result = vqe(triplet)
    assert result.ansatz.n_params == most < sector_dimension(triplet)
    assert -1e-9 < result.energy - full_ci(triplet).energy < 1.6e-3


@pytest.mark.parametrize(
    ("atoms", "options", "space"),
    [
        ("O 0 0 0; O 0 0 1.21", {"basis": "6-31g"}, {"active_space": (8, 6)}),
        ("O 0 0 0; O 0 0 1.5", {"basis": "6-31g"}, {"active_space": (8, 6)}),
        ("N 0 0 0; O 0 0 2.0", {"basis": "sto-6g", "spin": 1}, {"frozen_core": True}),
    ],
    ids=["singlet oxygen", "stretched singlet oxygen", "stretched nitric oxide"],
)
def test_what_coupled_cluster_cannot_reach_is_added(atoms, options, space):
    """It stays 2 to 4 millihartree above the lowest state, however often it is repeated."""
    ours = choose_reference(Molecule(atoms, **options).problem(**space)).problem
    result = vqe(ours)
    reached = runtime.compile(uccsd(ours), ours.hamiltonian).sector.dimension
    added = set(result.ansatz.excitations) > set(uccsd(ours).excitations)
    assert added == (reached < sector_dimension(ours))
    assert added or "spin" in options
    assert result.program.sector.dimension == sector_dimension(ours)
    assert result.keeps_spin
    assert -1e-8 < result.energy - BASELINES["FCI, one state"](ours).energy < 1.6e-3


@pytest.mark.parametrize("name", CLOSED)
def test_nothing_is_added_where_coupled_cluster_reaches_everything(problem, name):
    ours = problem(name)
    ansatz = repeated_uccsd(ours, repetitions=1)
    assert set(ansatz.excitations) == set(uccsd(ours).excitations)
    assert vqe(ours, max_evaluations=1).program.sector.dimension == sector_dimension(ours)


def test_vqe_says_what_it_wants(problem):
    ours = problem("h2")
    with pytest.raises(ValueError, match=r"call it, as in uccsd\(problem\)"):
        vqe(ours, uccsd)
    with pytest.raises(ValueError, match=r"a Molecule was given: give its problem\(\)"):
        vqe(Molecule("H 0 0 0; H 0 0 1"))
    with pytest.raises(ValueError, match="make the ansatz from this problem"):
        vqe(ours, uccsd(problem("h4")))
    model = hubbard(chain(2), u=4.0)
    with pytest.raises(ValueError, match="acts on a lattice's sites"):
        vqe(model.problem(), hamiltonian_variational(model))


def test_a_state_of_another_spin_is_told(problem):
    assert vqe(problem("h2")).keeps_spin
    assert vqe(problem("oh")).spin_squared == pytest.approx(0.75, abs=0.01)
    titanium = vqe(Molecule("Ti 0 0 0", charge=2, basis="lanl2dz").problem(active_space=(2, 6)))
    assert titanium.spin_squared > 1.0  # a singlet was asked for, and the triplet lies lower
    assert not titanium.keeps_spin
    # A mixture with a quarter of a triplet in it.
    nitrogen = vqe(Molecule("N 0 0 0; N 0 0 2.5", basis="6-31g").problem(active_space=(6, 6)))
    assert 0.1 < nitrogen.spin_squared < 0.6
    assert not nitrogen.keeps_spin


def test_repetitions_can_be_chosen(problem):
    water = problem("h2o")
    once, four = (repeated_uccsd(water, repetitions=times) for times in (1, 4))
    assert four.n_params == 4 * once.n_params
    assert four.initial_params[: once.n_params] == pytest.approx(once.initial_params)
    assert not four.initial_params[once.n_params :].any()
    with pytest.raises(ValueError, match="at least 1, but 0 was given"):
        repeated_uccsd(water, repetitions=0)


def test_sharing_amplitudes_between_spins_keeps_the_state_a_singlet(problem):
    ours = problem("h4")
    ansatz = repeated_uccsd(ours, repetitions=1)
    program = runtime.compile(ansatz, ours.hamiltonian)
    rng = np.random.default_rng(2)
    state = program.state(rng.normal(scale=0.1, size=ansatz.n_params))
    bits = program.sector.bitstrings()
    flipped = bits.reshape(-1, ours.n_orbitals, 2)[:, :, ::-1].reshape(bits.shape)
    place = {tuple(row): index for index, row in enumerate(bits.tolist())}
    partner = [place[tuple(row)] for row in flipped.tolist()]
    # Without unpaired electrons between them, reversing all spins permutes the probabilities of determinants.
    start = program.state(ansatz.initial_params)
    assert np.abs(start**2 - start[partner] ** 2).max() < 0.02
    assert np.linalg.norm(state) == pytest.approx(1.0)


def test_gradients_against_finite_differences(problem):
    ours = problem("h2o")
    ansatz = repeated_uccsd(ours, repetitions=2)
    program = runtime.compile(ansatz, ours.hamiltonian)
    params = np.random.default_rng(1).normal(scale=0.1, size=ansatz.n_params)
    gradient = program.value_and_grad(params)[1]
    for k in (0, 7, ansatz.n_params - 1):
        step = np.zeros(ansatz.n_params)
        step[k] = 1e-5
        slope = (program.expval(params + step) - program.expval(params - step)) / 2e-5
        assert gradient[k] == pytest.approx(slope, abs=1e-7)


def test_molecules_with_nothing_to_excite():
    helium = Molecule("He 0 0 0").problem()
    for make in (uccsd, repeated_uccsd):
        ansatz = make(helium)
        assert ansatz.n_params == 0
        program = runtime.compile(ansatz, helium.hamiltonian)
        assert program.expval(ansatz.initial_params) == pytest.approx(helium.reference_energy, abs=1e-10)
