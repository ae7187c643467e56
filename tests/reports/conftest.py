from dataclasses import replace

import pytest

from reports import GapScale, Question, Record, Seconds

PLAIN = Record(
    workload="basket",
    case="small",
    method="Greedy",
    role="classical",
    machine="classical",
    seed=None,
    objective=10.0,
    unit="yen",
    sense="minimize",
    reference=10.0,
    reference_kind="certified",
    bound=None,
    gap=0.0,
    ranks=True,
    feasible_rate=None,
    success_probability=None,
    seconds=Seconds(build=0.25, optimize=0.75),
    evaluations=None,
    shots=None,
    qubits=None,
    sector_dimension=None,
    depth=None,
    two_qubit_gates=None,
    status="converged",
    detail={"route": [1, 2]},
    input_hash="0",
    versions={"python": "3.11"},
    commit="abc",
    threads=2,
    cpu="a processor",
    started_at="2026-11-20T12:00:00+00:00",
)


@pytest.fixture
def make_record():
    """Records that differ from a plain classical one in the fields given, each with a hash of its own."""
    count = 0

    def make(**changes):
        nonlocal count
        count += 1
        return replace(PLAIN, **{"input_hash": str(count), **changes})

    return make


@pytest.fixture
def question():
    return Question(
        workload="basket",
        title="The basket",
        industry="Groceries",
        question="Which fruits?",
        unit="yen",
        sense="minimize",
        gap_scale=GapScale(factor=100, unit="%"),
        tolerance=0.01,
        command="kaname run basket",
        references=("Exact",),
        controls={"QAOA": ("Uniform", "Uniform, more")},
    )
