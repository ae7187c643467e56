"""The record: one method on one case with one seed, and the row that it becomes."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Role = Literal["quantum", "classical", "control"]
Sense = Literal["minimize", "maximize"]
ReferenceKind = Literal["certified", "best known", "bound"]  # a mere bound in records of the store's format 1 alone


@dataclass(frozen=True, kw_only=True)
class Seconds:
    """Wall-clock seconds of one task on this machine, split by what they were spent on.

    Simulator seconds are simulator seconds: none of these is ever a quantum processor's time.
    """

    build: float = 0.0  # reading input, integrals, problem matrices
    compile: float = 0.0  # circuit -> program
    optimize: float = 0.0  # training a circuit, or the whole of a classical solver
    sample: float = 0.0  # drawing samples and repairing them

    @property
    def total(self) -> float:
        """End-to-end seconds, the only ones that a verdict looks at."""
        return self.build + self.compile + self.optimize + self.sample


@dataclass(frozen=True, kw_only=True)
class Record:
    """One row of a run: what was asked, what came out, and where the number comes from.

    Quantum methods, classical baselines and controls all give the same record, so that a comparison is a group-by.
    A task that failed is a record too: its `objective` is None and its `status` is the sentence that says why.
    """

    # What was asked
    workload: str
    case: str  # the instance within the workload, as a reader would call it: "1.1 angstrom"
    method: str  # as a reader would call it: "QAOA, 4 layers"
    role: Role
    machine: str  # "exact", "shots", ... for circuits; "classical" for the rest
    seed: int | None  # None: nothing random in it

    # What came out
    objective: float | None  # in `unit`; None: the task failed or found nothing
    unit: str
    sense: Sense
    reference: float | None  # what the case's objective is measured against: the best known, in `unit`
    reference_kind: ReferenceKind | None
    bound: float | None  # what the case's reference task has proved that no objective betters; None: nothing
    gap: float | None  # as the workload defines it; 0 is the reference, larger is worse
    ranks: bool  # False: shown hollow and never a winner (not converged, or below the exact value)
    feasible_rate: float | None  # share of the samples (of the plan: 0 or 1) that meet every constraint, unrepaired
    success_probability: float | None  # probability that one sample is as good as the reference
    seconds: Seconds
    evaluations: int | None  # of the objective, by the optimizer
    shots: int | None  # circuit executions (samples, for a control) in all
    qubits: int | None
    sector_dimension: int | None
    depth: int | None
    two_qubit_gates: int | None
    status: str  # one sentence
    detail: Mapping[str, Any] = field(default_factory=dict)  # the domain's extras, JSON values only

    # Where it comes from
    input_hash: str  # of what was asked and of the source files that computed it: the row's identity
    versions: Mapping[str, str] = field(default_factory=dict)
    commit: str = ""
    threads: int = 1
    cpu: str = ""
    started_at: str = ""  # ISO 8601, UTC

    def __post_init__(self) -> None:
        """Refuse what no table could hold, and make `detail` plain JSON."""
        if self.role not in get_args(Role):
            raise ValueError(f"A record's role is one of {', '.join(get_args(Role))}, got {self.role!r}.")
        check_sense(self.sense, "A record's sense")
        if not self.input_hash:
            raise ValueError("A record needs its input_hash, the content hash of what was asked, got an empty one.")
        object.__setattr__(self, "detail", plain_json(self.detail))
        object.__setattr__(self, "versions", dict(self.versions))

    @property
    def failed(self) -> bool:
        """Whether the task gave no number at all."""
        return self.objective is None

    def to_json(self) -> str:
        """The record as one line of standard JSON."""
        row = {f.name: getattr(self, f.name) for f in fields(self)}
        row["seconds"] = {**vars(self.seconds), "total": self.seconds.total}
        return json.dumps(plain_json(row), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "Record":
        """The record that `to_json` wrote."""
        row = json.loads(line)
        seconds = {name: value for name, value in row.pop("seconds").items() if name != "total"}
        return cls(**row, seconds=Seconds(**seconds))


def check_sense(sense: str, what: str) -> None:
    """Refuse what is neither sense, the British spelling with a hint.

    Raises:
        ValueError: if it is neither minimize nor maximize.
    """
    if sense not in get_args(Sense):
        american = str(sense).replace("mise", "mize")
        hint = f": write {american!r}" if american in get_args(Sense) else ""
        raise ValueError(f"{what} is 'minimize' or 'maximize', got {sense!r}{hint}.")


def plain_json(value: Any) -> Any:
    """The value as JSON types only: arrays as lists, numbers as Python's, what is not finite as None.

    Raises:
        ValueError: if something in it has no JSON form.
    """
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_json(item) for item in value]
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return plain_json(value.tolist())
    raise ValueError(f"A record holds JSON values only, got a {type(value).__name__}: turn it into numbers and text.")
