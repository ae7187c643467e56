"""Circuits over permutations: the ranked layout against the explicit one and against dense matrices."""

from itertools import combinations, permutations

import numba
import numpy as np
import pennylane as qml
import pytest
from dense import embedded, finite_differences, unitary

import runtime
from runtime.basis_states import keys_to_bits
from runtime.circuit.tracing import trace
from runtime.compilation import recognised
from runtime.explicit.evolution import PairEvolution
from runtime.explicit.lowering import Lowering
from runtime.machines import machine
from runtime.operations import (
    DiagonalCost,
    GroverMixer,
    GuardedHop,
    PermutationState,
    RegisterSwap,
    UniformSuperposition,
)
from runtime.permutations import evolution as ranked
from runtime.permutations.evolution import PermutationEvolution
from runtime.permutations.sector import PermutationSector
from runtime.restriction import restrict
from runtime.sector_program import SectorProgram


def tour_length(travel):
    n = len(travel)

    def length(bits):
        cities = bits.reshape(-1, n, n).argmax(axis=2)
        return travel[cities, np.roll(cities, -1, axis=1)].sum(axis=1)

    return length


class RandomTour:
    """Layers of position swaps, costs, phases and Grover mixers, drawn once."""

    n_params = 4

    def __init__(self, n, rng, *, wires=None, far=True):
        self.n = n
        self.wires = list(range(n * n)) if wires is None else wires
        self.cost = tour_length(rng.random((n, n)))
        self.gates = []
        for _ in range(12):
            kind = rng.choice(["swap", "swap", "swap", "cost", "z", "zz", "grover"])
            p, q = (int(x) for x in rng.permutation(n)[:2]) if far else (lambda p: (p, p + 1))(int(rng.integers(n - 1)))
            w = [self.wires[int(x)] for x in rng.permutation(n * n)[:2]]
            self.gates.append((kind, p, q, w, int(rng.integers(4)), rng.normal(), rng.permutation(n)))

    def register(self, p, order):
        return [self.wires[p * self.n + int(c)] for c in order]

    def __call__(self, params):
        PermutationState(self.wires)
        for kind, p, q, w, i, scale, order in self.gates:
            angle = scale * params[i] + 0.1
            if kind == "swap":
                RegisterSwap(angle, self.register(p, order) + self.register(q, order))
            elif kind == "cost":
                DiagonalCost(angle, self.cost, wires=self.wires)
            elif kind == "z":
                qml.RZ(angle, wires=w[0])
            elif kind == "zz":
                qml.IsingZZ(angle, wires=w)
                DiagonalCost(params[i], self.cost, wires=self.wires)
            else:
                GroverMixer(angle, wires=self.wires)

    def observable(self):
        return runtime.DiagonalObservable(self.cost, wires=tuple(self.wires))


def listed(circuit, observable, precision="double"):
    """The same program in the explicit layout."""
    traced = trace(circuit, circuit.n_params, list(observable.wires))
    actions = recognised(traced, {w: i for i, w in enumerate(traced.wires)})
    lowering = Lowering(len(traced.wires), limit=2 ** len(traced.wires))
    lowering.lower(actions)
    evolution = lowering.finish(traced.wires)
    objective = restrict(observable, evolution.sector)
    return SectorProgram(traced, [observable], False, machine("exact"), evolution, [objective], precision)


def order_of(program, other):
    """Rows of `other` in the order of `program`."""
    place = {bits.tobytes(): row for row, bits in enumerate(other.sector.bitstrings())}
    return [place[bits.tobytes()] for bits in program.sector.bitstrings()]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_sector_is_all_permutation_matrices_in_lexicographic_order(n):
    program = runtime.compile(lambda p: PermutationState(range(n * n)), qml.Z(0), n_params=0)
    sector = program.sector
    assert isinstance(sector, PermutationSector)
    assert sector.bitstrings().reshape(-1, n, n).argmax(axis=2).tolist() == [*map(list, permutations(range(n)))]
    assert (sector.bitstrings().sum(axis=1) == n).all()
    assert np.array_equal(keys_to_bits(sector.keys, n * n), sector.bitstrings())
    rows = np.array([sector.dimension - 1, 0])
    assert np.array_equal(sector.bits_of(rows), sector.bitstrings()[rows])
    assert program.probabilities([]) == pytest.approx(1 / sector.dimension)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", range(6))
def test_ranked_and_explicit_layouts_agree(n, seed):
    rng = np.random.default_rng([n, seed])
    wires = None if seed % 2 else [int(w) for w in rng.permutation(n * n)]
    circuit = RandomTour(n, rng, wires=wires)
    observable = circuit.observable()
    program, other = runtime.compile(circuit, observable), listed(circuit, observable)
    assert isinstance(program._evolution, PermutationEvolution)
    assert isinstance(other._evolution, PairEvolution)
    order = order_of(program, other)
    params = rng.normal(size=4)
    np.testing.assert_allclose(program.state(params), other.state(params)[order], atol=1e-13)
    value, gradient = program.value_and_grad(params)
    expected, slopes = other.value_and_grad(params)
    assert value == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(gradient, slopes, atol=1e-11)
    direction = rng.normal(size=4)
    for ours, theirs in zip(program.hvp(params, direction), other.hvp(params, direction), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)
    np.testing.assert_allclose(program.metric(params), other.metric(params), atol=1e-11)
    assert program.jvp(params, direction)[1] == pytest.approx(gradient @ direction, abs=1e-11)


@pytest.mark.parametrize("last", [2, 4, 6])
def test_swaps_in_passes_of_their_own_and_on_all_threads_change_nothing(last, monkeypatch):
    rng = np.random.default_rng(last)
    circuit = RandomTour(6, rng, far=False)
    observable = circuit.observable()
    params = rng.normal(size=4)
    value, gradient = listed(circuit, observable).value_and_grad(params)
    monkeypatch.setattr(ranked, "LAST", last)
    program = runtime.compile(circuit, observable)
    assert program.value_and_grad(params)[0] == pytest.approx(value, abs=1e-12)
    np.testing.assert_allclose(program.value_and_grad(params)[1], gradient, atol=1e-11)


@pytest.fixture(scope="module")
def nine():
    """All permutations of nine positions: enough for several threads and for swaps in passes of their own."""
    return PermutationSector(np.arange(81).reshape(9, 9), range(81))


@pytest.mark.parametrize("swap", [(0, 1), (1, 2), (5, 6), (7, 8), (8, 0)])
def test_swaps_of_many_amplitudes_equal_a_look_up_of_partners(nine, swap):
    def circuit(p):
        PermutationState(range(81))
        RegisterSwap(p[0], wires=[9 * q + c for q in swap for c in range(9)])

    evolution = runtime.compile(circuit, qml.Z(0), n_params=1)._evolution
    partner = np.arange(nine.dimension)
    first, second = nine.pairs(*sorted(swap))
    assert first.dtype == np.uint32
    partner[first], partner[second] = second, first
    items = nine.items_of(np.arange(nine.dimension))
    items[:, list(swap)] = items[:, list(swap)[::-1]]
    assert np.array_equal(nine.items_of(partner), items)

    rng = np.random.default_rng(1)
    ket, bra = rng.normal(size=(2, 2 * nine.dimension)).view(np.complex128)
    ket_before, bra_before, angle = ket.copy(), bra.copy(), np.array([-0.7])
    evolution.run(ket, angle)
    np.testing.assert_allclose(ket, np.cos(0.7) * ket_before - 1j * np.sin(0.7) * ket_before[partner])
    evolution.run(bra, angle)
    slopes = evolution.run_back(ket, bra, angle)
    np.testing.assert_allclose(ket, ket_before, atol=1e-13)
    np.testing.assert_allclose(bra, bra_before, atol=1e-13)
    assert slopes[0] == pytest.approx(2 * np.vdot(bra, 1j * ket[partner]).real, rel=1e-10)


def test_values_and_gradients_do_not_depend_on_the_number_of_threads(nine):
    def circuit(p):
        PermutationState(range(81))
        DiagonalCost(p[0], cost, wires=range(81))
        for q in range(9):
            RegisterSwap(p[1], wires=[9 * r + c for r in (q, (q + 1) % 9) for c in range(9)])

    cost = tour_length(np.random.default_rng(0).random((9, 9)))
    program = runtime.compile(circuit, runtime.DiagonalObservable(cost, wires=tuple(range(81))), n_params=2)
    bra = np.random.default_rng(1).normal(size=2 * nine.dimension).view(np.complex128)
    threads = numba.get_num_threads()
    results = []
    for count in {1, threads}:
        numba.set_num_threads(count)
        state = program.state([0.3, 0.2])
        results.append((state, program._evolution.run_back(state.copy(), bra.copy(), np.full(10, 0.2))))
    numba.set_num_threads(threads)
    assert np.array_equal(results[0][0], results[-1][0])
    assert np.array_equal(results[0][1][1:], results[-1][1][1:])
    assert program.state([0.0, 0.4]) == pytest.approx(np.exp(-3.6j) * program.state([0.0, 0.0]))


def swap_matrix(n_wires, first, second):
    """SWAP of two registers over all basis states, from PennyLane's own SWAP."""
    swaps = [qml.SWAP([a, b]) for a, b in zip(first, second, strict=True)]
    return qml.matrix(qml.prod(*swaps) if len(swaps) > 1 else swaps[0], wire_order=range(n_wires)).real


@pytest.mark.parametrize("n", [2, 3])
def test_ranked_layout_equals_dense_matrices(n):
    rng = np.random.default_rng(n)
    registers = np.arange(n * n).reshape(n, n).tolist()
    cost = tour_length(rng.random((n, n)))
    gammas, betas = rng.normal(size=(2, 3))
    swaps = [(0, 1), (n - 2, n - 1), (n - 1, 0)]

    def circuit(p):
        PermutationState(range(n * n))
        for i, (a, b) in enumerate(swaps):
            DiagonalCost(p[i], cost, wires=range(n * n))
            RegisterSwap(p[3 + i], registers[a] + registers[b])

    program = runtime.compile(circuit, qml.Z(0) @ qml.Z(n * n - 1), n_params=6)
    assert isinstance(program._evolution, PermutationEvolution)
    bits = program.sector.bitstrings()
    vector = embedded(program, np.zeros(6))
    phases = np.zeros(2 ** (n * n))
    phases[bits.astype(np.int64) @ (1 << np.arange(n * n - 1, -1, -1))] = cost(bits)
    for gamma, beta, (a, b) in zip(gammas, betas, swaps, strict=True):
        swap = swap_matrix(n * n, registers[a], registers[b])
        vector = np.exp(-1j * gamma * phases) * vector
        vector = np.cos(beta) * vector - 1j * np.sin(beta) * (swap @ vector)
    params = np.concatenate([gammas, betas])
    np.testing.assert_allclose(embedded(program, params), vector, atol=1e-12)
    differences = finite_differences(program.expval, params)
    np.testing.assert_allclose(program.value_and_grad(params)[1], differences, atol=1e-8)


def test_swaps_on_any_set_of_states_equal_the_dense_exponential():
    def circuit(p):
        qml.Hadamard(0)
        qml.RX(p[2], wires=3)
        RegisterSwap(p[0], wires=[0, 1, 3, 2])  # some states are their own partner, some partners are new
        qml.RX(p[1], wires=1)
        RegisterSwap(p[1], wires=[2, 3, 0, 1])

    params = np.array([0.3, 0.8, 1.1])
    program = runtime.compile(circuit, qml.Z(0) @ qml.X(1), n_params=3)
    assert isinstance(program._evolution, PairEvolution)
    gates = [
        qml.matrix(qml.RX(1.1, 3) @ qml.Hadamard(0), wire_order=range(4)),
        unitary(swap_matrix(4, [0, 1], [3, 2]), 0.3),
        qml.matrix(qml.RX(0.8, 1), wire_order=range(4)),
        unitary(swap_matrix(4, [2, 3], [0, 1]), 0.8),
    ]
    vector = np.eye(16)[0]
    for gate in gates:
        vector = gate @ vector
    np.testing.assert_allclose(embedded(program, params), vector, atol=1e-12)
    gradient = program.value_and_grad(params)[1]
    np.testing.assert_allclose(gradient, finite_differences(program.expval, params), atol=1e-8)
    assert program.resources().enlarging_gates[-1][0].startswith("RegisterSwap")


def test_a_swap_of_positions_is_the_product_of_its_hops_between_values():
    n, cost = 4, tour_length(np.random.default_rng(2).random((4, 4)))

    def circuit(swap):
        def apply(p):
            PermutationState(range(n * n))
            DiagonalCost(p[0], cost, wires=range(n * n))
            swap(p[1])

        return runtime.compile(apply, qml.Z(0), n_params=2)

    def hops(beta):
        for a, b in combinations(range(n), 2):
            GuardedHop(beta, wires=[4 + a, 4 + b, 8 + a, 8 + b], pairs=[((1, 0, 0, 1), (0, 1, 1, 0))])

    swapped, hopped = circuit(lambda beta: RegisterSwap(beta, wires=range(4, 12))), circuit(hops)
    assert isinstance(hopped._evolution, PairEvolution)
    np.testing.assert_allclose(embedded(swapped, [0.7, 0.4]), embedded(hopped, [0.7, 0.4]), atol=1e-14)


def test_an_undone_swap_is_undone():
    def circuit(p):
        PermutationState(range(9))
        DiagonalCost(0.7, tour_length(np.arange(9.0).reshape(3, 3) ** 2), wires=range(9))
        RegisterSwap(p[0], wires=range(6))
        qml.adjoint(RegisterSwap(p[0], wires=range(6)))

    program = runtime.compile(circuit, qml.Z(0), n_params=1)
    np.testing.assert_allclose(program.state([0.9]), program.state([0.0]), atol=1e-14)
    assert abs(program.state([0.9]).imag).max() > 0.01


@pytest.mark.parametrize(
    "words", [[(0.3, "Z", [4])], [(0.5, "ZZ", [0, 8]), (-1.2, "ZZ", [3, 5]), (0.2, "ZZZ", [0, 4, 8])]]
)
def test_sums_of_z_words_are_tabulated_by_position(words):
    terms = [c * qml.pauli.string_to_pauli_word(word, {w: i for i, w in enumerate(wires)}) for c, word, wires in words]
    observable = qml.sum(*terms, 0.25 * qml.Identity(0), qml.Projector([1, 0, 1], wires=[0, 3, 7]))

    def circuit(p):
        PermutationState(range(9))
        qml.CZ(wires=[1, 5])
        qml.MultiRZ(p[0], wires=[0, 4, 8])
        RegisterSwap(p[1], wires=range(6))

    circuit.n_params = 2
    program, other = runtime.compile(circuit, observable), listed(circuit, observable)
    assert isinstance(program._evolution, PermutationEvolution)
    params = np.array([0.4, 0.9])
    value, gradient = other.value_and_grad(params)
    assert program.expval(params) == pytest.approx(value, abs=1e-13)
    np.testing.assert_allclose(program.value_and_grad(params)[1], gradient, atol=1e-12)


def test_observables_that_are_not_diagonal_and_variances_find_their_rows():
    def circuit(p):
        PermutationState(range(9))
        qml.RZ(p[1], wires=0)
        RegisterSwap(p[0], wires=range(6))

    circuit.n_params = 2
    swapped = qml.prod(*(qml.X(w) for w in (0, 1, 3, 4))) + qml.Z(0)
    program, other = runtime.compile(circuit, swapped), listed(circuit, swapped)
    params = np.array([0.4, 0.9])
    assert program.expval(params) == pytest.approx(other.expval(params), abs=1e-13)
    assert program.variance(params) == pytest.approx(other.variance(params), abs=1e-12)


def test_single_precision_is_right_to_its_digits():
    circuit = RandomTour(5, np.random.default_rng(3))
    params = np.array([0.3, -0.4, 0.9, 0.2])
    value, gradient = runtime.compile(circuit, circuit.observable()).value_and_grad(params)
    program = runtime.compile(circuit, circuit.observable(), precision="single")
    assert program.state(params).dtype == np.complex64
    assert program.value_and_grad(params)[0] == pytest.approx(value, abs=1e-5)
    np.testing.assert_allclose(program.value_and_grad(params)[1], gradient, atol=2e-5)


def test_other_circuits_on_permutations_are_searched_explicitly():
    observable = qml.Z(0)

    def evolution_of(gate, **options):
        return runtime.compile(lambda p: (PermutationState(range(4)), gate(p)), observable, n_params=1, **options)

    searched = [
        evolution_of(lambda p: RegisterSwap(p[0], wires=[0, 2, 1, 3])),  # of cities
        evolution_of(lambda p: RegisterSwap(p[0], wires=[0, 3])),
        evolution_of(lambda p: qml.SingleExcitation(p[0], wires=[0, 1])),
        evolution_of(lambda p: RegisterSwap(p[0], wires=range(4)), also_reach=[qml.X(0)]),
    ]
    assert all(isinstance(program._evolution, PairEvolution) for program in searched)
    assert searched[-1].sector.dimension == 4
    assert isinstance(evolution_of(lambda p: RegisterSwap(p[0], wires=range(4)))._evolution, PermutationEvolution)


def test_a_list_of_all_permutation_matrices_is_recognised_and_only_that():
    matrices = np.eye(3, dtype=np.uint8)[list(permutations(range(3)))].reshape(6, 9)[::-1]
    others = matrices.copy()
    others[0] = [1, 0, 0, 1, 0, 0, 0, 0, 1]

    def program_from(preparation):
        def circuit(p):
            qml.apply(preparation)
            DiagonalCost(0.8, cost, wires=range(9))
            RegisterSwap(p[0], wires=range(3, 9))

        return runtime.compile(circuit, runtime.DiagonalObservable(cost, tuple(range(9))), n_params=1)

    cost = tour_length(np.random.default_rng(0).random((3, 3)))
    vector = np.zeros(512)
    vector[matrices @ (1 << np.arange(8, -1, -1))] = -(6**-0.5)
    named = program_from(PermutationState(range(9)))
    found = program_from(UniformSuperposition(matrices, wires=range(9)))
    assert isinstance(found._evolution, PermutationEvolution)
    np.testing.assert_allclose(embedded(found, [0.7]), embedded(named, [0.7]), atol=1e-15)
    assert isinstance(program_from(UniformSuperposition(others, wires=range(9)))._evolution, PairEvolution)
    negative = program_from(qml.StatePrep(vector, wires=range(9)))
    assert isinstance(negative._evolution, PairEvolution)
    np.testing.assert_allclose(embedded(negative, [0.7]), -embedded(named, [0.7]), atol=1e-15)


def test_the_device_runs_tours():
    circuit = RandomTour(3, np.random.default_rng(5))
    program = runtime.compile(circuit, qml.Z(0))

    @qml.qnode(qml.device("kaname.sector", wires=9))
    def run(params):
        circuit(params)
        return qml.expval(qml.Z(0))

    params = qml.numpy.array([0.3, -0.4, 0.9, 0.2])
    value, gradient = program.value_and_grad(params)
    assert run(params) == pytest.approx(value, abs=1e-12)
    np.testing.assert_allclose(qml.grad(run)(params), gradient, atol=1e-11)


def test_layers_and_observable_share_one_vector_and_one_list():
    n, cost = 5, tour_length(np.random.default_rng(0).random((5, 5)))

    def circuit(p):
        PermutationState(range(n * n))
        for layer in range(2):
            DiagonalCost(p[layer], cost, wires=range(n * n))
            RegisterSwap(p[2], wires=[*range(20, 25), *range(5)])

    program = runtime.compile(circuit, runtime.DiagonalObservable(cost, wires=tuple(range(n * n))), n_params=3)
    lists, places = 120 // 2 * 2 * 4, 8 * n * n
    assert program._evolution.nbytes == lists + places
    assert program.memory_bytes == 120 * (8 + 2 * 16) + lists + places
    alone = runtime.compile(circuit, qml.Z(0), n_params=3)
    assert alone._evolution.nbytes == lists + places + 8 * 120


def test_a_circuit_that_cannot_fit_is_refused_before_anything_is_made():
    with pytest.raises(runtime.DoesNotFitError, match="87,178,291,200 basis states"):
        runtime.compile(lambda p: PermutationState(range(14 * 14)), qml.Z(0), n_params=0)


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (lambda: PermutationState(range(8)), r"needs n \* n wires, got 8"),
        (lambda: RegisterSwap(0.1, range(5)), "even number of wires, got 5"),
    ],
)
def test_wrong_numbers_of_wires_are_refused(operation, message):
    with pytest.raises(ValueError, match=message):
        operation()


def test_angles_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="must be finite"):
        runtime.compile(lambda p: (PermutationState(range(4)), RegisterSwap(np.inf, range(4))), qml.Z(0), n_params=0)
