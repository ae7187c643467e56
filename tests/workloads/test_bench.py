import pennylane as qml
import pytest

from workloads.bench import Case, fixed_weight_qaoa, measure


def test_engines_agree_and_a_ratio_comes_out():
    row = measure(fixed_weight_qaoa(n_wires=6, n_chosen=2, depth=1), rounds=2)
    assert row.dimension == 15
    assert row.n_wires == 6
    low, middle, high = row.ratios
    assert 0 < low <= middle <= high


def test_disagreement_is_an_error():
    case = fixed_weight_qaoa(n_wires=4, n_chosen=2, depth=1)
    wrong = Case(case.name, case.circuit, case.n_params, case.observable, {"Pauli sum": 2 * qml.Z(0) + 5 * qml.Z(1)})
    with pytest.raises(RuntimeError, match=r"lightning\.qubit says"):
        measure(wrong, rounds=1)
