"""What holds for every ansatz, or for every one of a kind, on several molecules."""

from math import comb

import numpy as np
import pennylane as qml
import pytest

import runtime
from chemistry import Molecule, expected_quantum_numbers, full_ci, vqe
from chemistry.ansatz import ANSATZE, k_upccgsd, lucj, puccd, qnp_fabric, tups, uccgsd, uccsd, ucj
from chemistry.ansatz.tiles import perfect_pairing_row

CONSERVING = sorted(set(ANSATZE) - {"hardware-efficient"})
SPIN_ADAPTED = ("k-upccgsd", "puccd", "qnp-fabric", "tups")
COUPLED_CLUSTER = ("k-upccgsd", "puccd", "qnp-fabric", "repeated-uccsd", "tups", "uccgsd", "uccsd", "givens-network")
CLUSTER_JASTROW = ("lucj", "ucj")
FEW = {
    "h3": ("H 0 0 0; H 0 0 0.9; H 0 0.3 1.9", {"spin": 1}),
    "heh+": ("He 0 0 0; H 0 0 0.9", {"charge": 1}),
    "triplet h4": ("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7", {"spin": 2}),
    "c2": ("C 0 0 0; C 0 0 1.25", {}),
}


@pytest.fixture(scope="module")
def few():
    """Small molecules of other kinds, by name; STO-3G."""
    return {name: Molecule(geometry, **options).problem() for name, (geometry, options) in FEW.items()}


def random_params(ansatz, scale=0.3, seed=5):
    return np.random.default_rng(seed).normal(scale=scale, size=ansatz.n_params)


@pytest.mark.parametrize("name", CONSERVING)
@pytest.mark.parametrize("molecule_name", ["h4", "oh", "triplet h4"])
def test_electrons_and_their_spin_are_conserved(problem, few, name, molecule_name):
    ours = few[molecule_name] if molecule_name in few else problem(molecule_name)
    ansatz = ANSATZE[name](ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    found = expected_quantum_numbers(program, random_params(ansatz))
    projection = (ours.n_alpha - ours.n_beta) / 2
    assert found.n_electrons == pytest.approx(ours.n_electrons, abs=1e-10)
    assert found.spin_projection == pytest.approx(projection, abs=1e-10)
    if name in SPIN_ADAPTED:
        assert found.spin_squared == pytest.approx(projection * (projection + 1), abs=1e-9)


@pytest.mark.parametrize("name", sorted(ANSATZE))
def test_every_ansatz_is_exact_for_two_electrons_in_two_orbitals(problem, few, name):
    # Pairs alone are exact where symmetry forbids single excitations.
    ours = problem("h2") if name in ("puccd", "hardware-efficient") else few["heh+"]
    exact = full_ci(ours).energy
    result = vqe(ours, ANSATZE[name](ours))
    assert result.energy == pytest.approx(exact, abs=1e-6)
    assert result.energy < ours.reference_energy - 5e-3


@pytest.mark.parametrize("name", sorted(ANSATZE))
def test_every_circuit_gives_the_same_on_another_simulator(few, name):
    ours = few["h3"]
    ansatz = ANSATZE[name](ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    params = random_params(ansatz)

    @qml.qnode(qml.device("default.qubit", wires=ours.n_wires))
    def state_of():
        ansatz(params)
        return qml.state()

    other = state_of()
    assert program.engine == "sector"
    assert program.expval(params) == pytest.approx(np.vdot(other, _matrix(ours) @ other).real, abs=1e-9)
    ours_there = np.zeros(len(other), dtype=complex)
    places = program.sector.bitstrings().astype(np.int64) @ (1 << np.arange(ours.n_wires)[::-1])
    ours_there[places] = program.state(params)
    assert np.abs(ours_there - other).max() < 1e-10


_MATRICES = {}


def _matrix(problem):
    if id(problem) not in _MATRICES:
        _MATRICES[id(problem)] = problem.hamiltonian.sparse_matrix(wire_order=range(problem.n_wires))
    return _MATRICES[id(problem)]


@pytest.mark.parametrize("name", sorted(ANSATZE))
def test_gradients_against_finite_differences(few, name):
    ours = few["triplet h4"] if name != "hardware-efficient" else few["h3"]
    ansatz = ANSATZE[name](ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    params, direction = random_params(ansatz), random_params(ansatz, seed=6)
    step = 1e-4 * direction
    slope = (program.expval(params + step) - program.expval(params - step)) / 2e-4
    assert program.value_and_grad(params)[1] @ direction == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("molecule_name", ["h2", "h4", "lih", "h2o", "oh", "o2", "n2", "h3", "c2"])
@pytest.mark.parametrize("name", COUPLED_CLUSTER)
def test_coupled_cluster_starts_below_hartree_fock(problem, few, name, molecule_name):
    ours = few[molecule_name] if molecule_name in few else problem(molecule_name)
    options = {"k-upccgsd": {"k": 2}, "tups": {"layers": 2}, "qnp-fabric": {"layers": 2}}.get(name, {})
    ansatz = ANSATZE[name](ours, **options)
    program = runtime.compile(ansatz, ours.hamiltonian)
    assert program.expval(ansatz.initial_params) < ours.reference_energy - 3e-3


@pytest.mark.parametrize("name", CLUSTER_JASTROW)
@pytest.mark.parametrize("molecule_name", ["h2", "h4", "lih", "h2o", "oh", "triplet h4"])
@pytest.mark.parametrize("layers", [1, 3])
def test_cluster_jastrow_starts_below_hartree_fock(problem, few, name, molecule_name, layers):
    ours = few[molecule_name] if molecule_name in few else problem(molecule_name)
    ansatz = ANSATZE[name](ours, layers=layers)
    program = runtime.compile(ansatz, ours.hamiltonian)
    assert program.expval(ansatz.initial_params) < ours.reference_energy - 1e-3


@pytest.mark.parametrize("name", CONSERVING)
@pytest.mark.parametrize(
    ("geometry", "options"),
    [
        ("He 0 0 0", {}),  # a full shell
        ("H 0 0 0", {"spin": 1}),  # one electron in one orbital
        ("H 0 0 0; H 0 0 0.8", {"spin": 2}),  # no room for either electron
    ],
)
def test_nothing_to_excite(name, geometry, options):
    ours = Molecule(geometry, **options).problem()
    ansatz = ANSATZE[name](ours)
    assert ansatz.n_params == 0
    result = vqe(ours, ansatz)
    assert result.energy == pytest.approx(ours.reference_energy, abs=1e-10)
    assert result.status.converged


@pytest.mark.parametrize("name", sorted(ANSATZE))
@pytest.mark.parametrize(
    ("geometry", "options"),
    [
        ("H 0 0 0; H 0 0 1.0", {"charge": 1, "spin": 1}),  # one electron
        ("H 0 0 0", {"spin": 1, "basis": "6-31g"}),
        ("Li 0 0 0", {"spin": 1}),
        ("H 0 0 0; H 0 0 0.8", {"charge": -1, "spin": 1}),  # one hole
    ],
)
def test_atoms_ions_and_odd_electrons(name, geometry, options):
    ours = Molecule(geometry, **options).problem()
    if ours.n_wires > 8 and name == "hardware-efficient":
        return
    ansatz = ANSATZE[name](ours, **({"layers": 1} if name == "hardware-efficient" else {}))
    program = runtime.compile(ansatz, ours.hamiltonian)
    value, gradient = program.value_and_grad(ansatz.initial_params)
    assert gradient.shape == (ansatz.n_params,)
    assert np.isfinite(gradient).all()
    if name != "hardware-efficient":  # which starts far away
        assert value < ours.reference_energy + 1e-3


@pytest.mark.parametrize("name", sorted(set(CONSERVING) - set(CLUSTER_JASTROW)))
def test_spins_with_orbitals_of_their_own(name):
    ours = Molecule("H 0 0 0; H 0 0 2.0; H 0 0 4.0; H 0 0 6.0").problem(reference="unrestricted")
    assert ours.beta is not None
    ansatz = ANSATZE[name](ours)
    program = runtime.compile(ansatz, ours.hamiltonian)
    assert program.expval(np.zeros(ansatz.n_params)) == pytest.approx(ours.reference_energy, abs=1e-9)
    assert program.expval(ansatz.initial_params) <= ours.reference_energy + 1e-9
    # Nothing ties the two spins together.
    assert len(set(ansatz.parameter_of)) == len(ansatz.parameter_of)


@pytest.mark.parametrize("make", [ucj, lucj])
def test_cluster_jastrow_refuses_spins_with_orbitals_of_their_own(make):
    ours = Molecule("H 0 0 0; H 0 0 3.0").problem(reference="unrestricted")
    with pytest.raises(ValueError, match="build the problem from a restricted reference"):
        make(ours)


def test_pairs_are_hard_core_bosons(problem):
    nitrogen = problem("n2")
    ansatz = puccd(nitrogen)
    assert ansatz.n_params == 7 * 3
    program = runtime.compile(ansatz, nitrogen.hamiltonian)
    assert program.sector.dimension == comb(10, 7)
    bits = program.sector.bitstrings()
    assert (bits[:, ::2] == bits[:, 1::2]).all()
    oxygen = problem("o2")
    bits = runtime.compile(puccd(oxygen), oxygen.hamiltonian).sector.bitstrings()
    assert ((bits[:, ::2] == 1) & (bits[:, 1::2] == 0)).sum(axis=1).tolist() == [2] * len(bits)


def test_pair_exchanges_need_no_strings(few):
    ansatz = puccd(few["triplet h4"])
    resources = runtime.compile(ansatz, few["triplet h4"].hamiltonian).resources()
    assert resources.two_qubit_gates == 14 * len(ansatz.excitations)


def test_uccsd_in_another_order_and_repeated(problem):
    water = problem("h2o")
    once, singles_first, twice = (
        uccsd(water, **options) for options in ({}, {"order": "singles first"}, {"repetitions": 2})
    )
    assert len(once.excitations[0].sources) == 2
    assert len(singles_first.excitations[0].sources) == 1
    assert set(once.excitations) == set(singles_first.excitations)
    assert twice.n_params == 2 * once.n_params
    energies = [vqe(water, ansatz).energy for ansatz in (once, singles_first, twice)]
    exact = full_ci(water).energy
    assert exact - 1e-9 < energies[2] < energies[0] < exact + 5e-4
    assert exact < energies[1] < exact + 5e-4


def test_generalised_excitations_contain_those_from_the_reference(problem):
    for name in ("h4", "oh"):
        ours = problem(name)
        general, plain = uccgsd(ours), uccsd(ours)
        assert set(plain.excitations) < set(general.excitations)
        assert len(set(general.excitations)) == len(general.excitations)
        # Where UCCSD is not exact, they are lower.
        assert vqe(ours, general).energy <= vqe(ours, plain).energy + 1e-9


def test_more_products_more_layers_lower_energies(problem):
    ours = problem("h4")
    exact = full_ci(ours).energy
    for make in (lambda n: k_upccgsd(ours, k=n), lambda n: tups(ours, layers=n), lambda n: qnp_fabric(ours, layers=n)):
        few_, many = make(1), make(4)
        assert many.n_params == 4 * few_.n_params
        errors = [vqe(ours, ansatz).energy - exact for ansatz in (few_, many)]
        assert -1e-9 < errors[1] < 1.6e-3 < errors[0]


def test_orbitals_stand_beside_their_partners(problem):
    row = perfect_pairing_row(problem("n2"))
    assert sorted(row) == list(range(10))
    bonding, antibonding = row[0:6:2], row[1:6:2]
    assert all(i < 7 <= a for i, a in zip(bonding, antibonding, strict=True))
    # In oxygen the two singly occupied orbitals (7 and 8) follow the pair that has a partner.
    assert perfect_pairing_row(problem("o2"))[1] == 9
    assert {7, 8} < set(perfect_pairing_row(problem("o2"))[2:])


@pytest.mark.slow
def test_starts_are_repeatable(problem):
    ours = problem("h4")
    for name in ("k-upccgsd", "tups", "qnp-fabric", "ucj", "lucj", "hardware-efficient"):
        first, again, other = (ANSATZE[name](ours, seed=seed).initial_params for seed in (3, 3, 4))
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)


def test_turning_orbitals_and_back_changes_nothing(problem):
    ours = problem("h4")
    one, many = (tups(ours, layers=n) for n in (1, 5))
    energies = [runtime.compile(a, ours.hamiltonian).expval(a.initial_params) for a in (one, many)]
    assert energies[1] == pytest.approx(energies[0], abs=1e-10)
    # Yet every parameter now has a gradient, which none of the rotations after the first layer has at zero.
    slopes = np.abs(runtime.compile(many, ours.hamiltonian).value_and_grad(many.initial_params)[1])
    assert (slopes[one.n_params :].reshape(-1, 3).max(axis=1) > 1e-6).all()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("uccsd", {"order": "random"}, "'doubles first' or 'singles first', but 'random' was given"),
        ("uccsd", {"repetitions": 0}, "number of repetitions is a whole number of at least 1, but 0 was given"),
        ("givens-network", {"repetitions": 1.5}, "at least 1, but 1.5 was given"),
        ("k-upccgsd", {"k": 0}, "number of products is a whole number of at least 1"),
        ("tups", {"layers": -1}, "number of layers is a whole number of at least 1"),
        ("qnp-fabric", {"layers": True}, "at least 1, but True was given"),
        ("ucj", {"layers": 0}, "number of layers"),
        ("lucj", {"layers": "2"}, "number of layers"),
        ("lucj", {"lattice": "triangular"}, "'square' or 'heavy-hex', but 'triangular' was given"),
        ("hardware-efficient", {"layers": 0}, "number of layers"),
    ],
)
def test_bad_input(problem, name, options, message):
    with pytest.raises(ValueError, match=message):
        ANSATZE[name](problem("h2"), **options)


def test_a_circuit_that_knows_no_electrons_says_what_came_out(few):
    ours = few["h3"]
    ansatz = ANSATZE["hardware-efficient"](ours, layers=2)
    program = runtime.compile(ansatz, ours.hamiltonian)
    assert program.expval(np.zeros(ansatz.n_params)) == pytest.approx(ours.reference_energy, abs=1e-9)
    found = expected_quantum_numbers(program, random_params(ansatz))
    assert abs(found.n_electrons - ours.n_electrons) > 0.1
    at_reference = expected_quantum_numbers(program, np.zeros(ansatz.n_params))
    assert at_reference.n_electrons == pytest.approx(3)


def test_a_cation_takes_up_an_electron_where_nothing_forbids_it(few):
    ours = few["heh+"]
    result = vqe(ours, ANSATZE["hardware-efficient"](ours))
    neutral = Molecule(FEW["heh+"][0], spin=1).problem()
    assert result.energy < full_ci(ours).energy - 0.1
    assert result.energy == pytest.approx(full_ci(neutral).energy, abs=5e-3)
    assert expected_quantum_numbers(result.program, result.parameters).n_electrons == pytest.approx(3, abs=0.05)
