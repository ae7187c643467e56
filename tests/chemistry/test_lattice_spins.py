"""Heisenberg models against dense matrices of PennyLane, published energies and exact invariants."""

import numpy as np
import pennylane as qml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runtime
from chemistry import vqe
from chemistry.lattice import chain, exchange_circuit, heisenberg, ladder, square
from chemistry.lattice.infinite_chain import HEISENBERG_CHAIN_ENERGY


def dense_energies(model):
    """All eigenvalues among the states with the model's spins up, from PennyLane's matrix of its observable."""
    n = model.n_sites
    matrix = np.real(qml.matrix(model.hamiltonian, wire_order=range(n)))
    down = (np.arange(2**n)[:, None] >> np.arange(n) & 1).sum(axis=1)
    kept = down == n - model.n_up
    return np.linalg.eigvalsh(matrix[np.ix_(kept, kept)])


def test_published_energies_of_chains():
    """The ring of four has -2 J; longer rings approach Hulthén's 1/4 - ln 2 from below as 1/N^2."""
    assert heisenberg(chain(2)).exact_energies()[0] == pytest.approx(-0.75)
    assert heisenberg(chain(4, periodic=True)).exact_energies()[0] == pytest.approx(-2.0)
    # Bonner and Fisher, Phys. Rev. 135, A640 (1964): -0.451545 J per site for N = 10, -0.446394 for N = 16.
    assert heisenberg(chain(10, periodic=True)).exact_energies()[0] / 10 == pytest.approx(-0.451545, abs=1e-6)
    assert heisenberg(chain(16, periodic=True)).exact_energies()[0] / 16 == pytest.approx(-0.446394, abs=1e-6)
    sizes = np.array([10, 12, 14])
    energies = [heisenberg(chain(n, periodic=True)).exact_energies()[0] / n for n in sizes.tolist()]
    intercept = np.polyfit(1.0 / sizes**2, energies, 1)[1]
    assert intercept == pytest.approx(HEISENBERG_CHAIN_ENERGY, abs=1e-3)


@settings(deadline=None, max_examples=12)
@given(
    couplings=st.lists(st.floats(-1.5, 1.5), min_size=5, max_size=5),
    anisotropy=st.floats(-1, 2),
    field=st.floats(-1, 1),
    n_up=st.integers(0, 4),
)
def test_any_exchange_against_dense_matrices(couplings, anisotropy, field, n_up):
    bonds = ((0, 1), (1, 2), (2, 3), (3, 0), (0, 2))
    model = heisenberg(
        chain(4), j=dict(zip(bonds, couplings, strict=True)), anisotropy=anisotropy, field=field, n_up=n_up
    )
    expected = dense_energies(model)
    assert model.exact_energies(10) == pytest.approx(expected[:10], abs=1e-10)
    assert model.magnetisation == n_up - 2


def test_large_sectors_are_searched_and_small_ones_solved_alike():
    model = heisenberg(square(3, 4), second_j=0.2)
    assert model.exact_energies(3) == pytest.approx(np.linalg.eigvalsh(model.matrix().toarray())[:3], abs=1e-8)


def test_spin_gaps():
    assert heisenberg(chain(2)).spin_gap() == pytest.approx(1.0)  # singlet to triplet
    # The ladder with equal couplings has a gap of 0.50 J in the limit; a short one more.
    assert 0.5 < heisenberg(ladder(6)).spin_gap() < 0.9
    assert heisenberg(chain(8), field=10.0, n_up=7).spin_gap() < 0  # a strong field turns all spins


@pytest.mark.parametrize(
    ("lattice", "options", "error"),
    [
        (chain(6), {}, 1e-6),
        (chain(8, periodic=True), {}, 1e-4),
        (chain(5), {}, 1e-3),
        (ladder(4), {"second_j": 0.3}, 5e-3),
        (square(2, 3), {"anisotropy": 0.4, "field": 0.2}, 1e-3),
        (chain(6), {"j": -1.0}, 1e-3),  # a ferromagnet: alternating spins
        (chain(6), {"n_up": 4}, 1e-3),
    ],
)
def test_circuits_come_close_from_above(lattice, options, error):
    model = heisenberg(lattice, **options)
    ansatz = exchange_circuit(model, layers=lattice.n_sites)
    result = vqe(model, ansatz, max_evaluations=1500)
    exact = model.exact_energies()[0]
    assert -1e-9 < (result.energy - exact) / model.n_sites < error
    assert result.program.engine == "sector"
    assert result.program.sector.dimension == len(dense_energies(model))


def test_singlets_keep_the_total_spin():
    """The expectation of S^2, written as a Heisenberg model of all pairs, stays zero whatever the parameters."""
    model = heisenberg(ladder(3))
    ansatz = exchange_circuit(model, layers=3)
    pairs = heisenberg(chain(6), j={(i, k): 2.0 for i in range(6) for k in range(i + 1, 6)})
    program = runtime.compile(ansatz, pairs.hamiltonian)
    params = np.random.default_rng(0).normal(size=ansatz.n_params)
    assert program.expval(params) + 6 * 0.75 == pytest.approx(0.0, abs=1e-9)
    mixed = exchange_circuit(model, layers=3, start="alternating")
    assert runtime.compile(mixed, pairs.hamiltonian).expval(np.zeros(mixed.n_params)) + 6 * 0.75 == pytest.approx(3.0)


def test_the_circuit_is_the_same_on_default_qubit():
    model = heisenberg(chain(4), anisotropy=0.7)
    ansatz = exchange_circuit(model, layers=2)
    params = np.random.default_rng(1).normal(size=ansatz.n_params)

    @qml.qnode(qml.device("default.qubit", wires=4))
    def energy(values):
        ansatz(values)
        return qml.expval(model.hamiltonian)

    value, gradient = runtime.compile(ansatz, model.hamiltonian).value_and_grad(params)
    assert value == pytest.approx(float(energy(params)), abs=1e-10)
    step = 1e-5
    for place in range(ansatz.n_params):
        shift = step * np.eye(ansatz.n_params)[place]
        slope = (float(energy(params + shift)) - float(energy(params - shift))) / (2 * step)
        assert gradient[place] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: heisenberg(chain(4), n_up=5), "Of 4 spins 0 to 4 are up"),
        (lambda: heisenberg(chain(4), n_up=1.5), "whole numbers"),
        (lambda: heisenberg(chain(4), j=np.nan), "finite numbers"),
        (lambda: heisenberg(chain(4), j="x"), "are numbers"),
        (lambda: heisenberg(chain(4), j={(0, 4): 1.0}), "two different sites from 0 to 3"),
        (lambda: heisenberg(chain(4), j={(1, 1): 1.0}), "two different sites"),
        (lambda: heisenberg(chain(4)).exact_energies(0), "At least one state"),
        (lambda: heisenberg(chain(4), n_up=4).spin_gap(), "All 4 spins are up"),
        (lambda: heisenberg(chain(40)).exact_energies(), "spin states need at least"),
        (lambda: exchange_circuit(heisenberg(chain(4)), start="up"), "'singlets' or 'alternating'"),
        (lambda: exchange_circuit(heisenberg(chain(4), j=-1.0), start="singlets"), "No antiferromagnetic bonds"),
        (lambda: exchange_circuit(heisenberg(chain(4)), layers=0), "number of layers"),
    ],
)
def test_each_mistake_is_one_sentence(make, message):
    with pytest.raises(ValueError) as error:
        make()
    assert message in str(error.value)
