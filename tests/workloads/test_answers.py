"""What is said where methods failed: a record that holds nothing but its traceback, as execution leaves it."""

import pytest

from workloads import WORKLOADS
from workloads.answers import battery_electrolyte, energies
from workloads.answers.wording import counted, listed


@pytest.mark.parametrize("name", WORKLOADS)
def test_nothing_is_claimed_where_every_method_failed(record, name):
    workload = WORKLOADS[name]
    failed = [
        record(method, role="quantum" if method in workload.controls else "classical") for method in workload.methods
    ]
    for records in (failed, []):
        said = workload.answer(records)
        assert "nothing can be said" in said or said.startswith("No ")
        assert "said" in workload.contribution(records)
        assert all(len(row) == len(table.columns) for table in workload.tables(records) for row in table.rows)


def test_a_circuit_that_failed_beside_an_exact_energy_has_a_row_without_numbers(record):
    where = {"environment": battery_electrolyte.VACUUM, "distance": 1.6, "s_squared": [0.75]}
    records = [
        record(energies.EXACT, objective=-1.0, gap=0.0, ranks=True, detail=where),
        record(energies.REPEATED),
    ]
    path, errors, circuits = battery_electrolyte.tables(records)
    assert path.rows == [("a case", "0.00", None, None, None, "0.75")]
    assert errors.rows == [("a case", "-1.000000", None)]
    assert circuits.rows == [("a case", energies.REPEATED, None, None, None, None)]


def test_an_error_that_is_no_answer_stands_in_brackets(record):
    assert energies.error_text(record("CCSD", gap=-0.0123)) == "(-12.30)"
    assert energies.error_text(record("CCSD", gap=0.0016, ranks=True)) == "1.60"
    assert energies.error_text(record("CCSD")) is None


def test_words_agree_in_number():
    assert [counted(number, "stop") for number in (0, 1, 2)] == ["0 stops", "1 stop", "2 stops"]
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]
