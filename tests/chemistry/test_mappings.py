"""Mappings against dense matrices, PennyLane's own transformations, and the circuits that they came from."""

from dataclasses import replace
from functools import cache

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry import ansatz as ansatz_package
from chemistry import repeated_uccsd, uccsd
from chemistry.integrals.spin_integrals import BetaIntegrals
from chemistry.mappings import MAPPINGS, Mapping, bravyi_kitaev, jordan_wigner, parity, taper, z2_symmetries
from chemistry.mappings.pauli_words import PauliWords
from chemistry.problem import ElectronicProblem

ANSATZE = getattr(ansatz_package, "ANSATZE", {"uccsd": uccsd, "repeated_uccsd": repeated_uccsd})


@cache
def random_problem(n_orbitals, n_alpha, n_beta, seed=0):
    """Integrals with the symmetry of real orbitals and nothing else."""
    rng = np.random.default_rng(seed + 100 * n_orbitals)
    one_body = rng.normal(size=(n_orbitals, n_orbitals))
    factors = rng.normal(size=(2 * n_orbitals, n_orbitals, n_orbitals))
    factors = factors + factors.transpose(0, 2, 1)
    return ElectronicProblem(
        constant=float(rng.normal()),
        one_body=one_body + one_body.T,
        two_body=0.1 * np.einsum("xpq,xrs->pqrs", factors, factors),
        n_alpha=n_alpha,
        n_beta=n_beta,
        orbital_energies=np.arange(n_orbitals) - 1.5,
        irreps=np.zeros(n_orbitals, dtype=np.int64),
    )


# Closed shell, odd electrons, open shell, full shell of one spin and of both, no electrons, and one orbital.
PROBLEMS = [(2, 1, 1), (3, 2, 1), (3, 2, 0), (2, 2, 1), (2, 2, 2), (2, 0, 0), (1, 1, 0), (1, 1, 1)]


def basis_states(n):
    return np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1


def numbers(bits):
    return bits @ (1 << np.arange(bits.shape[-1] - 1, -1, -1))


def dense(operator, n_wires):
    return qml.matrix(operator, wire_order=range(n_wires))


def whole_state(program, params):
    state = np.zeros(2 ** len(program.sector.wires), dtype=complex)
    state[program.sector.numbers()] = program.state(params)
    return state


def mappings_of(problem, ansatz=None):
    names = [name for name in MAPPINGS if not (problem.n_orbitals == 1 and name == "parity-reduced")]
    return {name: MAPPINGS[name](problem, ansatz) for name in names}


@given(
    n_orbitals=st.integers(2, 9),
    name=st.sampled_from(sorted(name for name in MAPPINGS if not name.endswith("tapered"))),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_bits_are_those_of_one_determinant_only(n_orbitals, name, seed):
    rng = np.random.default_rng(seed)
    mapping = MAPPINGS[name](random_problem(n_orbitals, 1, 1))
    product = mapping.matrix.astype(int) @ mapping.inverse.astype(int) % 2
    assert (product == np.eye(2 * n_orbitals)).all()
    bits = rng.integers(2, size=(5, mapping.n_wires))
    assert (mapping.encode(mapping.decode(bits)) == bits).all()
    for wire in range(mapping.n_wires):
        occupied = mapping.decode(bits)[:, list(mapping.wire_meaning(wire))].sum(axis=1)
        assert (occupied % 2 == bits[:, wire]).all()


@pytest.mark.parametrize("electrons", PROBLEMS)
def test_the_mapped_hamiltonian_is_the_same_matrix(electrons):
    problem = random_problem(*electrons)
    expected = dense(problem.hamiltonian, problem.n_wires)
    for mapping in mappings_of(problem).values():
        bits = basis_states(mapping.n_wires)
        determinants = numbers(mapping.decode(bits))
        mapped = dense(mapping.observable(problem.hamiltonian), mapping.n_wires)
        assert mapped == pytest.approx(expected[np.ix_(determinants, determinants)], abs=1e-10)
        # What was left out belongs to other symmetries.
        others = np.setdiff1d(np.arange(len(expected)), determinants)
        assert np.abs(expected[np.ix_(determinants, others)]).max(initial=0.0) < 1e-12


@pytest.mark.parametrize("electrons", PROBLEMS)
def test_spectra(electrons):
    problem = random_problem(*electrons)
    spectrum = np.linalg.eigvalsh(dense(problem.hamiltonian, problem.n_wires))
    for mapping in mappings_of(problem).values():
        mapped = np.linalg.eigvalsh(dense(mapping.observable(problem.hamiltonian), mapping.n_wires))
        if not mapping.fixed:
            assert mapped == pytest.approx(spectrum, abs=1e-10)
        else:
            sector = basis_states(problem.n_wires)
            symmetries = mapping.matrix[list(mapping.removed)].astype(int)
            kept = (sector @ symmetries.T % 2 == np.array(mapping.fixed)).all(axis=1)
            part = dense(problem.hamiltonian, problem.n_wires)[np.ix_(kept, kept)]
            assert mapped == pytest.approx(np.linalg.eigvalsh(part), abs=1e-10)


@pytest.mark.parametrize("name", ["h2", "lih"])
def test_words_are_those_of_pennylane(problem, name):
    ours = problem(name)
    n = ours.n_wires
    two_body = ours.two_body.transpose(0, 2, 3, 1)  # PennyLane's order: a†_p a†_q a_r a_s
    fermions = qml.qchem.fermionic_observable(np.array([ours.constant]), ours.one_body, two_body, cutoff=1e-12)
    # Twelve wires are no power of two. Parity is over spin up first here: renumber the modes, as the signs allow.
    theirs = qml.bravyi_kitaev(fermions, n, ps=True)
    words = PauliWords.of(ours.hamiltonian, n)
    mapped = dict(bravyi_kitaev(ours).words(words).terms()[2])
    expected = {word: complex(v) for word, v in theirs.items() if abs(v) > 1e-12}
    assert set(mapped) == set(expected)
    assert all(value == pytest.approx(expected[word], abs=1e-12) for word, value in mapped.items())
    in_wire_order = Mapping(name="parity", matrix=np.tri(n, dtype=np.uint8), kept=tuple(range(n)))
    theirs = {w: complex(v) for w, v in qml.parity_transform(fermions, n, ps=True).items() if abs(v) > 1e-12}
    mapped = dict(in_wire_order.words(words).terms()[2])
    assert set(mapped) == set(theirs)
    assert all(value == pytest.approx(theirs[word], abs=1e-12) for word, value in mapped.items())


def test_the_published_matrices():
    # Seeley, Richard and Love (2012): eight modes, and the first six of them.
    tree = [
        [1, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 1, 0],
        [1, 1, 1, 1, 1, 1, 1, 1],
    ]
    assert (bravyi_kitaev(random_problem(4, 1, 1)).matrix == tree).all()
    assert (bravyi_kitaev(random_problem(3, 1, 1)).matrix == np.array(tree)[:6, :6]).all()
    mapping = parity(random_problem(2, 1, 1))
    assert [mapping.wire_meaning(w) for w in range(4)] == [(0,), (0, 2), (0, 1, 2), (0, 1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "reduced", "tapered"), [("h2", 2, 1), ("lih", 10, 8), ("h2o", 12, 10), ("n2", 18, 15)]
)
def test_qubits_saved(problem, name, reduced, tapered):
    # The parities of both spins, and as many as the Abelian point group has generators: H2 has two orbitals to tell
    # apart, LiH and H2O two mirrors, N2 three.
    ours = problem(name)
    assert parity(ours, reduced=True).n_wires == reduced
    for mapping in (jordan_wigner, parity, bravyi_kitaev):
        made = taper(ours, mapping(ours))
        assert made.n_wires == tapered
        assert made.n_saved == ours.n_wires - tapered == len(z2_symmetries(ours))
    assert taper(ours, parity(ours, reduced=True)).n_wires == tapered


def test_spins_with_orbitals_of_their_own():
    problem, other = random_problem(3, 2, 1), random_problem(3, 2, 1, seed=7)
    rotation = np.linalg.qr(np.random.default_rng(4).normal(size=(3, 3)))[0]
    beta = BetaIntegrals(
        one_body=other.one_body,
        two_body=other.two_body,
        mixed=np.einsum("pqrs,rt,su->pqtu", problem.two_body, rotation, rotation),
        orbital_energies=np.zeros(3),
        irreps=np.zeros(3, dtype=np.int64),
    )
    unrestricted = replace(problem, beta=beta)
    expected = dense(unrestricted.hamiltonian, 6)
    assert np.abs(expected - dense(problem.hamiltonian, 6)).max() > 0.1
    ansatz = uccsd(problem)
    params = np.random.default_rng(5).normal(size=ansatz.n_params)
    energy = runtime.compile(ansatz, unrestricted.hamiltonian).expval(params)
    for mapping in mappings_of(unrestricted).values():
        observable = mapping.observable(unrestricted.hamiltonian)
        determinants = numbers(mapping.decode(basis_states(mapping.n_wires)))
        mapped = dense(observable, mapping.n_wires)
        assert mapped == pytest.approx(expected[np.ix_(determinants, determinants)], abs=1e-10)
        assert runtime.compile(mapping.circuit(ansatz), observable).expval(params) == pytest.approx(energy, abs=1e-10)


def test_hydrogen_on_one_qubit(problem):
    hydrogen = problem("h2")
    tapered = MAPPINGS["parity-tapered"](hydrogen)
    energies = np.linalg.eigvalsh(dense(tapered.observable(hydrogen.hamiltonian), 1))
    exact = np.linalg.eigvalsh(dense(hydrogen.hamiltonian, 4))
    assert energies[0] == pytest.approx(exact[0], abs=1e-12)
    assert repr(tapered) == "Mapping(parity, tapered: 4 spin orbitals on 1 qubit, 3 saved)"


@pytest.mark.parametrize("name", ["oh", "o2"])
def test_tapering_keeps_the_sector_of_open_shells(problem, name):
    ours = problem(name)
    ansatz = uccsd(ours)
    native = runtime.compile(ansatz, ours.hamiltonian).expval(ansatz.initial_params)
    for mapping_name in ("parity-reduced", "bravyi-kitaev-tapered"):
        mapping = MAPPINGS[mapping_name](ours)
        assert mapping.n_saved >= 2
        program = runtime.compile(mapping.circuit(ansatz), mapping.observable(ours.hamiltonian))
        assert program.expval(ansatz.initial_params) == pytest.approx(native, abs=1e-10)


def test_another_sector():
    problem = random_problem(3, 2, 1)
    cation = np.array([1, 1, 0, 0, 0, 0])
    mapping = taper(problem, parity(problem), occupation=cation)
    mapped = np.linalg.eigvalsh(dense(mapping.observable(problem.hamiltonian), mapping.n_wires))
    states = basis_states(6)
    kept = (states[:, ::2].sum(axis=1) % 2 == 1) & (states[:, 1::2].sum(axis=1) % 2 == 1)
    whole = dense(problem.hamiltonian, 6)
    assert mapped == pytest.approx(np.linalg.eigvalsh(whole[np.ix_(kept, kept)]), abs=1e-10)
    with pytest.raises(ValueError, match="this determinant has other symmetries"):
        mapping.encode(problem.reference_occupation)


@pytest.mark.parametrize("electrons", [(2, 1, 1), (3, 2, 1), pytest.param((3, 1, 1), marks=pytest.mark.slow)])
@pytest.mark.parametrize("ansatz_name", sorted(ANSATZE))
def test_every_ansatz_on_every_mapping(ansatz_name, electrons):
    problem = random_problem(*electrons)
    try:
        ansatz = ANSATZE[ansatz_name](problem)
    except ValueError as refusal:
        if electrons != (3, 2, 1):
            raise
        pytest.skip(f"refuses open shells: {refusal}")
    params = np.random.default_rng(1).normal(size=ansatz.n_params)
    native = runtime.compile(ansatz, problem.hamiltonian)
    state = whole_state(native, params)
    value, gradient = native.value_and_grad(params)
    for name, mapping in mappings_of(problem, ansatz).items():
        observable = mapping.observable(problem.hamiltonian)
        if name == "parity-reduced" and len(z2_symmetries(problem, ansatz=ansatz)) < 2:
            with pytest.raises(ValueError, match="does not conserve it"):
                mapping.circuit(ansatz)
            continue
        circuit = mapping.circuit(ansatz)
        assert circuit.n_params == ansatz.n_params
        assert (circuit.initial_params == ansatz.initial_params).all()
        program = runtime.compile(circuit, observable)
        mapped_value, mapped_gradient = program.value_and_grad(params)
        assert mapped_value == pytest.approx(value, abs=1e-10), name
        assert mapped_gradient == pytest.approx(gradient, abs=1e-9), name
        assert mapped_value >= np.linalg.eigvalsh(dense(observable, mapping.n_wires))[0] - 1e-10
        expected = state[numbers(mapping.decode(basis_states(mapping.n_wires)))]
        assert whole_state(program, params) == pytest.approx(expected, abs=1e-10), name
        if program.engine == "sector":
            assert program.sector.dimension == native.sector.dimension


@pytest.mark.parametrize("mapping_name", sorted(MAPPINGS))
def test_optimisation_ends_at_the_lowest_eigenvalue(mapping_name):
    # Two electrons in two orbitals: UCCSD is exact in the sector that the reference determinant is of.
    problem = random_problem(2, 1, 1)
    mapping = MAPPINGS[mapping_name](problem)
    ansatz = mapping.circuit(uccsd(problem))
    observable = mapping.observable(problem.hamiltonian)
    minimum = runtime.minimize(runtime.compile(ansatz, observable), ansatz.initial_params + 0.1, seed=7)
    states = basis_states(4)
    kept = (states[:, ::2].sum(axis=1) == 1) & (states[:, 1::2].sum(axis=1) == 1)
    exact = np.linalg.eigvalsh(dense(problem.hamiltonian, 4)[np.ix_(kept, kept)])[0]
    assert minimum.value == pytest.approx(exact, abs=1e-7)


@pytest.mark.parametrize("device", ["default.qubit", "lightning.qubit"])
@pytest.mark.parametrize("mapping_name", ["parity-reduced", "bravyi-kitaev-tapered"])
def test_devices_agree(problem, device, mapping_name):
    hydrogens = problem("h4")
    ansatz = uccsd(hydrogens)
    params = np.random.default_rng(3).normal(scale=0.2, size=ansatz.n_params)
    mapping = MAPPINGS[mapping_name](hydrogens)
    circuit, observable = mapping.circuit(ansatz), mapping.observable(hydrogens.hamiltonian)

    @qml.qnode(qml.device(device, wires=mapping.n_wires))
    def energy(values):
        circuit(values)
        return qml.expval(observable)

    native = runtime.compile(ansatz, hydrogens.hamiltonian)
    assert float(energy(params)) == pytest.approx(native.expval(params), abs=1e-10)
    program = runtime.compile(circuit, observable)
    assert program.engine == "sector"
    assert program.variance(params) == pytest.approx(native.variance(params), abs=1e-10)


def test_a_sector_run_builds_no_terms(problem):
    ours = problem("lih")
    mapping = MAPPINGS["parity-tapered"](ours)
    observable = mapping.observable(ours.hamiltonian)
    program = runtime.compile(mapping.circuit(uccsd(ours)), observable)
    assert program.sector.dimension == runtime.compile(uccsd(ours), ours.hamiltonian).sector.dimension
    assert "_terms" not in vars(observable)
    assert repr(observable) == "MappedHamiltonian(6 orbitals, parity, tapered, 8 wires)"


class Circuit:
    """Any gates on six wires, as an ansatz."""

    name, n_params, initial_params = "gates", 3, np.zeros(3)

    def __init__(self, gates):
        self.gates = gates

    def __call__(self, params):
        self.gates(params)


def gates_that_conserve(params):
    qml.BasisState([1, 1, 0], wires=[0, 1, 2])
    qml.BasisState([1], wires=[4])
    qml.SingleExcitation(params[0], wires=[0, 2])
    qml.OrbitalRotation(params[1], wires=[0, 1, 2, 3])
    qml.FermionicSWAP(params[2], wires=[2, 4])
    qml.SWAP([1, 3])
    qml.IsingXY(0.3, wires=[1, 5])
    qml.IsingZZ(params[0] * params[1], wires=[0, 3])
    qml.CPhase(params[1] + 0.2, wires=[2, 5])
    qml.T(2)
    qml.CZ([0, 5])
    qml.adjoint(qml.SingleExcitation)(params[1], wires=[4, 2])
    qml.ctrl(qml.SingleExcitation(params[2], wires=[0, 4]), control=1)
    qml.MultiRZ(params[0], wires=[0, 1, 5])
    qml.evolve(qml.X(0) @ qml.X(2) + qml.Y(0) @ qml.Y(2), params[2])
    qml.Barrier()
    qml.FermionicDoubleExcitation(params[0], wires1=[0, 1], wires2=[4, 5])


def gates_that_do_not(params):
    qml.PauliX(1)
    qml.Hadamard(0)
    qml.CNOT([0, 3])
    qml.Toffoli([0, 3, 4])
    qml.Rot(*params, wires=2)
    qml.CRY(params[0], wires=[2, 5])
    qml.RX(params[1] * params[2], wires=4)
    qml.SX(5)
    qml.QubitUnitary(qml.matrix(qml.RY(0.4, 0) @ qml.RX(0.2, 1)), wires=[1, 4])
    qml.PauliY(3)
    qml.ISWAP([2, 3])
    qml.PSWAP(0.7, wires=[0, 1])


@pytest.mark.parametrize("gates", [gates_that_conserve, gates_that_do_not])
def test_gates_of_any_kind(gates):
    problem = random_problem(3, 2, 1)
    params = np.array([0.4, -0.9, 1.3])
    circuit = Circuit(gates)
    state = whole_state(runtime.compile(circuit, qml.Z(0), n_params=3), params)
    for mapping in (jordan_wigner(problem), parity(problem), bravyi_kitaev(problem)):
        program = runtime.compile(mapping.circuit(circuit), mapping.observable(problem.hamiltonian))
        expected = state[numbers(mapping.decode(basis_states(6)))]
        # A fixed unitary taken apart by PennyLane keeps its global phase.
        assert whole_state(program, params) == pytest.approx(expected, abs=1e-9)


def test_what_does_not_conserve_cannot_be_reduced():
    problem = random_problem(3, 2, 1)
    mapping = parity(problem, reduced=True)

    def turns(params):
        qml.BasisState(problem.reference_occupation, wires=range(6))
        qml.RY(params[0], wires=3)

    with pytest.raises(ValueError, match="does not conserve it: use a mapping that is not reduced"):
        mapping.circuit(Circuit(turns))
    with pytest.raises(ValueError, match="does not conserve it"):
        mapping.observable(qml.X(0))
    # A hop between orbitals of both spins conserves the number of electrons, which this mapping is not content with.
    with pytest.raises(ValueError, match="does not conserve it"):
        mapping.observable(qml.X(0) @ qml.X(1) + qml.Y(0) @ qml.Y(1))


def test_tapering_by_what_an_ansatz_conserves(problem):
    hydrogens = problem("h4")

    def rotates_orbitals(params):
        qml.BasisState(hydrogens.reference_occupation, wires=range(8))
        qml.OrbitalRotation(params[0], wires=[0, 1, 2, 3])  # of orbitals that are even and odd

    def breaks_spin(params):
        rotates_orbitals(params)
        qml.SingleExcitation(params[0], wires=[0, 5])  # of spin up into spin down

    def breaks_everything(params):
        rotates_orbitals(params)
        for wire in range(8):
            qml.RY(params[1], wires=wire)

    assert len(z2_symmetries(hydrogens)) == 3
    everything = taper(hydrogens, parity(hydrogens))
    with pytest.raises(ValueError, match=r"taper\(problem, mapping, ansatz=...\), which leaves out only what"):
        everything.circuit(Circuit(rotates_orbitals))
    for gates, saved in ((rotates_orbitals, 2), (breaks_spin, 1), (breaks_everything, 0)):
        ansatz = Circuit(gates)
        mapping = taper(hydrogens, parity(hydrogens), ansatz=ansatz)
        assert mapping.n_saved == saved
        program = runtime.compile(mapping.circuit(ansatz), mapping.observable(hydrogens.hamiltonian))
        native = runtime.compile(ansatz, hydrogens.hamiltonian)
        params = np.array([0.4, 0.3, 0.2])
        assert program.expval(params) == pytest.approx(native.expval(params), abs=1e-10)


def test_other_observables(problem):
    ours = problem("lih")
    number = qml.qchem.particle_number(ours.n_wires)
    spin = qml.qchem.spin2(ours.n_electrons, ours.n_wires)
    ansatz = uccsd(ours)
    for name in ("bravyi-kitaev", "parity-tapered"):
        mapping = MAPPINGS[name](ours)
        program = runtime.compile(mapping.circuit(ansatz), [mapping.observable(number), mapping.observable(spin)])
        native = runtime.compile(ansatz, [number, spin])
        params = np.full(ansatz.n_params, 0.2)
        assert program.expval(params) == pytest.approx(native.expval(params), abs=1e-10)
        assert program.expval(params)[0] == pytest.approx(4, abs=1e-10)


def test_many_wires():
    # 40 spin orbitals of a chain of nearest neighbours: more than a matrix or a state could hold.
    n = 20
    one_body = -np.diag(np.ones(n - 1), 1)
    two_body = np.zeros((n,) * 4)
    two_body[np.arange(n), np.arange(n), np.arange(n), np.arange(n)] = 4.0
    problem = replace(without_interaction(n), one_body=one_body + one_body.T, two_body=two_body)
    for name, mapping in mappings_of(problem).items():
        words = mapping.observable(problem.hamiltonian).words
        # A constant, n Z of each spin, n ZZ, and two words for each hop.
        assert len(words) == 1 + 3 * n + 4 * (n - 1), name
        heaviest = np.bitwise_count(words.x | words.z).max()
        # Hops between neighbours of one spin; the tree of Bravyi and Kitaev is logarithmic.
        assert heaviest <= {"jordan-wigner": 3, "bravyi-kitaev": 12}.get(name, 40)
    assert MAPPINGS["parity-tapered"](problem).n_wires == 38


def test_bad_input():
    problem = random_problem(2, 1, 1)
    mapping = parity(problem)
    with pytest.raises(ValueError, match="takes occupations of 4 spin orbitals, 0 or 1"):
        mapping.encode([1, 1, 0])
    with pytest.raises(ValueError, match="has 4 qubits, 0 or 1 each"):
        mapping.decode([0, 0, 0, 2])
    with pytest.raises(ValueError, match=r"acts on wires \[7\], but the mapping is of wires 0 to 3"):
        mapping.observable(qml.Z(7))
    with pytest.raises(ValueError, match="Hermitian"):
        mapping.observable(1j * qml.Z(0))
    with pytest.raises(ValueError, match="made of Pauli words"):
        mapping.observable(qml.Projector([1], wires=[0]))
    with pytest.raises(ValueError, match="for 4 spin orbitals, but the Hamiltonian has 6"):
        mapping.observable(random_problem(3, 2, 1).hamiltonian)
    with pytest.raises(ValueError, match="for 4 spin orbitals, but the problem has 6"):
        taper(random_problem(3, 2, 1), mapping)
    with pytest.raises(ValueError, match="occupations of 4 spin orbitals"):
        taper(problem, mapping, occupation=[1, 0])
    with pytest.raises(ValueError, match="The two-qubit reduction of one orbital would leave no qubit"):
        parity(random_problem(1, 1, 0), reduced=True)
    with pytest.raises(ValueError, match="independent modulo 2, but only 1 of 2"):
        Mapping(name="none", matrix=np.ones((2, 2), dtype=np.uint8), kept=(0, 1)).inverse  # noqa: B018
    with pytest.raises(ValueError, match="square matrix"):
        Mapping(name="none", matrix=np.eye(3, dtype=np.uint8), kept=(0, 1))
    with pytest.raises(ValueError, match=r"on wires 0 to 3, but the circuit also uses \[4, 5\]"):
        mapping.circuit(uccsd(random_problem(3, 2, 1)))
    with pytest.raises(ValueError, match="at most 64 spin orbitals, but there are 66: choose a smaller active space"):
        parity(without_interaction(33))


def without_interaction(n):
    return ElectronicProblem(
        constant=0.0,
        one_body=np.zeros((n, n)),
        two_body=np.zeros((n,) * 4),
        n_alpha=1,
        n_beta=1,
        orbital_energies=np.arange(float(n)),
        irreps=np.zeros(n, dtype=np.int64),
    )
