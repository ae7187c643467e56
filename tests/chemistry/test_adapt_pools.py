from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from excitation_matrices import annihilators, excited
from scipy.sparse import csr_array, eye_array

from chemistry import Molecule
from chemistry.adapt import POOLS, PoolOperator, QubitExcitation, operator_pool
from chemistry.excitations import Excitation, is_allowed
from chemistry.integrals.spin_integrals import BetaIntegrals


def generator(operator, a):
    """The sum of an operator's anti-Hermitian generators as a sparse matrix."""
    one = eye_array(a[0].shape[0], format="csr")
    parts = zip(operator.excitations, operator.factors, strict=True)
    return sum(factor * excited(a, e.sources, e.targets, one) for e, factor in parts)


def spin_flip(n_wires):
    """The unitary that exchanges spin up and down in every orbital, with the sign of doubly occupied ones."""
    bits = np.arange(2**n_wires)[:, None] >> np.arange(n_wires - 1, -1, -1) & 1
    swapped = bits.reshape(-1, n_wires // 2, 2)[:, :, ::-1].reshape(-1, n_wires)
    targets = swapped @ (1 << np.arange(n_wires - 1, -1, -1))
    signs = (-1.0) ** (bits[:, 0::2] * bits[:, 1::2]).sum(axis=1)
    return csr_array((signs, (targets, np.arange(2**n_wires))))


@pytest.mark.parametrize("name", ["h4", "h2o", "oh", "o2"])
@pytest.mark.parametrize("pool", POOLS)
def test_pools_keep_electrons_spin_and_symmetry_and_repeat_nothing(problem, name, pool):
    ours = problem(name)
    operators = operator_pool(ours, pool)
    assert len(set(operators)) == len(operators)
    for operator in operators:
        for excitation in operator.excitations:
            assert is_allowed(ours, excitation.sources, excitation.targets)
            assert len(set(excitation.sources + excitation.targets)) == 2 * len(excitation.sources)


@pytest.mark.parametrize("name", ["h4", "oh"])
def test_the_qubit_pool_holds_every_excitation_that_symmetry_allows(problem, name):
    ours = problem(name)
    singles = {frozenset(pair) for pair in combinations(range(ours.n_wires), 2) if is_allowed(ours, *zip(pair))}
    pairs = list(combinations(range(ours.n_wires), 2))
    doubles = {
        frozenset((p, q)) for p, q in combinations(pairs, 2) if not set(p) & set(q) and is_allowed(ours, p, q)
    }  # fmt: skip
    found = [operator.excitations[0] for operator in operator_pool(ours, "qubit")]
    assert {frozenset(e.sources + e.targets) for e in found if len(e.sources) == 1} == singles
    assert {frozenset((e.sources, e.targets)) for e in found if len(e.sources) == 2} == doubles
    assert len(found) == len(singles) + len(doubles)
    # The other pools are made of the same excitations, where no spin flip takes one to its own inverse.
    exchanged = {e for operator in operator_pool(ours, "coupled-exchange") for e in operator.excitations}
    assert exchanged == set(found)
    if ours.n_alpha != ours.n_beta:
        fermionic = [operator.excitations for operator in operator_pool(ours, "fermionic")]
        assert {(e.sources, e.targets) for (e,) in fermionic} == {(e.sources, e.targets) for e in found}


def test_fermionic_operators_of_a_closed_shell_are_symmetric_under_spin_flip(problem):
    ours = problem("h4")
    a, flip = annihilators(8), spin_flip(8)
    for operator in operator_pool(ours, "fermionic"):
        matrix = generator(operator, a)
        assert abs(matrix).max() > 0.5
        assert abs(flip @ matrix @ flip.T - matrix).max() < 1e-12


def test_coupled_exchanges_are_sums_and_differences_that_commute(problem):
    operators = operator_pool(problem("h4"), "coupled-exchange")
    coupled = [o for o in operators if len(o.excitations) == 2]
    a = annihilators(8, qubits=True)
    for operator in coupled[::7]:
        one, other = (generator(PoolOperator((e,), (1.0,)), a) for e in operator.excitations)
        assert abs(one @ other - other @ one).max() < 1e-12
    signs = [o.factors for o in coupled]
    assert signs.count((1.0, 1.0)) == signs.count((1.0, -1.0)) == len(coupled) / 2


def test_spins_with_orbitals_of_their_own_share_no_parameter(problem):
    ours = problem("h4")
    beta = BetaIntegrals(
        one_body=ours.one_body,
        two_body=ours.two_body,
        mixed=ours.two_body,
        orbital_energies=ours.orbital_energies,
        irreps=ours.irreps,
    )
    apart = operator_pool(replace(ours, beta=beta), "fermionic")
    assert all(len(operator.excitations) == 1 for operator in apart)
    assert any(len(operator.excitations) == 2 for operator in operator_pool(ours, "fermionic"))


def test_names_and_support():
    pair = PoolOperator((Excitation((0, 1), (4, 7)), Excitation((0, 1), (5, 6))), (1.0, -1.0))
    assert pair.name == "0,1→4,7 - 0,1→5,6"
    assert pair.support == frozenset({0, 1, 4, 5, 6, 7})
    assert PoolOperator((QubitExcitation((0,), (4,)),), (1.0,)).support == {0, 4}
    assert PoolOperator((Excitation((0,), (4,)),), (1.0,)).support == {0, 1, 2, 3, 4}


def test_an_unknown_pool_is_refused():
    with pytest.raises(ValueError, match="no pool 'minimal': choose one of 'fermionic', 'qubit', 'coupled-exchange'"):
        operator_pool(Molecule("H 0 0 0; H 0 0 0.74").problem(), "minimal")
