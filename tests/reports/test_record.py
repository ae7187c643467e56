import json
from dataclasses import fields

import numpy as np
import pytest

from reports import Record
from reports.record import plain_json

FIELDS = (
    "workload case method role machine seed objective unit sense reference reference_kind bound gap ranks "
    "feasible_rate success_probability seconds evaluations shots qubits sector_dimension depth two_qubit_gates "
    "status detail input_hash versions commit threads cpu started_at"
)


def test_fields_are_those_of_the_design():
    assert [f.name for f in fields(Record)] == FIELDS.split()


def test_json_round_trip(make_record):
    record = make_record(detail={"names": ["Ōsaka", "a\nb"], "x": np.arange(3), "nan": float("nan")}, gap=-0.5)
    line = record.to_json()
    assert "\n" not in line
    assert Record.from_json(line) == record
    assert json.loads(line)["seconds"] == {"build": 0.25, "compile": 0.0, "optimize": 0.75, "sample": 0.0, "total": 1.0}
    assert record.detail == {"names": ["Ōsaka", "a\nb"], "x": [0, 1, 2], "nan": None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"role": "hybrid"}, "role is one of quantum, classical, control, got 'hybrid'"),
        ({"sense": "max"}, "sense is 'minimize' or 'maximize', got 'max'"),
        ({"input_hash": ""}, "needs its input_hash"),
        ({"detail": {"a": object()}}, "holds JSON values only, got a object"),
    ],
)
def test_what_no_table_could_hold_is_refused(make_record, change, message):
    with pytest.raises(ValueError, match=message):
        make_record(**change)


def test_plain_json_takes_numpy_and_tuples():
    value = {1: (np.float64(0.5), np.int64(3), np.bool_(True)), "inf": np.inf, "set": frozenset({2})}
    assert plain_json(value) == {"1": [0.5, 3, True], "inf": None, "set": [2]}
