"""What a workload is: a question with its settings, its tasks and the sentences that answer it.

A workload file reads top to bottom as the question, the cases, the methods, the metric. It translates between a domain
package, which knows nothing of records, and the suite, which knows nothing of molecules, portfolios or routes. What its
records say stands apart, in `workloads.answers`::

    class NitrogenSettings(Settings):
        geometry: InputFile | None = setting(None, description="own molecule, an xyz file")
        lengths: tuple[float, ...] = setting((0.8, 1.1, 2.4), description="bond lengths", unit="angstrom")

    def tasks(settings: NitrogenSettings, options: Options) -> list[Task]: ...

    NITROGEN_BOND = Workload(name="nitrogen_bond", settings=NitrogenSettings, tasks=tasks, ...)

    if __name__ == "__main__":
        raise SystemExit(main(NITROGEN_BOND))       # from workloads.command_line import main

The module must import cheaply (no PennyLane, PySCF, pandas, matplotlib, skfolio at the top): `kaname list` loads it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from reports.plot import Plot
from reports.question import GapScale
from reports.record import Record, ReferenceKind, Role, Seconds, Sense
from reports.table import Table
from workloads.settings import InputFile, Settings, setting

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `kaname run` that every workload shares, already checked."""

    seeds: tuple[int, ...]  # one task per seed for every method with randomness in it
    shots: int  # samples per final state; also the shots per estimate on the machine "shots"
    machine: str  # one of the workload's machines
    time_limit: float | None = None  # seconds for each task; None: no limit


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What the objectives of one case are measured against: the outcome of the case's reference task."""

    value: float  # in the workload's unit, the best objective that is known
    kind: ReferenceKind
    bound: float | None  # what the reference task has proved that no objective betters; None: nothing
    detail: Mapping[str, Any]  # the reference task's detail


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a running task is told.

    Call `progress(fraction, message)` now and then (fraction from 0 to 1, a few words or ""): it moves the progress bar
    and costs next to nothing.
    """

    seed: int | None
    shots: int | None
    machine: str
    time_limit: float | None  # seconds this task may take from its start; return the best so far by then
    reference: Reference | None  # of this task's case; None in a reference task, or if the reference failed
    progress: Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a task found. Numbers may be numpy's; `detail` holds JSON values, arrays allowed."""

    objective: float | None  # in the workload's unit; None if nothing was found (then the task is listed as failed)
    status: str  # one sentence a reader understands: "converged", "stopped at the time limit with the best so far"
    seconds: Seconds  # split into build, compile, optimize, sample; a classical solver's time is optimize
    ranks: bool = True  # False for a value that must never win: not converged, below the exact value
    evaluations: int | None = None
    shots: int | None = None  # samples and circuit executions used in all, training included where it used shots
    qubits: int | None = None
    sector_dimension: int | None = None
    depth: int | None = None
    two_qubit_gates: int | None = None
    feasible_rate: float | None = None  # unrepaired; None where nothing can be violated
    success_probability: float | None = None  # that one sample is the reference's optimum
    detail: Mapping[str, Any] = field(default_factory=dict)  # all that the answer, the tables and the plots need
    # For reference tasks only, whose objective is what the case is measured against:
    reference_kind: ReferenceKind | None = None  # must be set by a reference task; "certified" only with a proof
    bound: float | None = None  # what is proved that no objective betters


@dataclass(frozen=True, kw_only=True)
class Task:
    """One method on one case with one seed.

    It is kept in the store under the hash of: the workload's name, case, method, role, machine, seed, shots, time
    limit, `asked`, the case's reference with its bound, the workload's file and what it imports from this package
    (answers apart), the sources of the workload's packages, and the versions of the libraries. Whatever else `solve`
    depends on must be in `asked`, and nothing more: then adding one bond length to a scan computes one bond length.
    """

    case: str  # as a reader calls it: "1.1 angstrom"; tasks of one case share a reference
    method: str  # as a reader calls it; tasks of one method share a row of the comparison, over seeds and cases
    role: Role  # quantum | classical | control (a control is never a contender)
    solve: Callable[[Context], Outcome]  # raise ValueError with one sentence where it cannot be done
    asked: Mapping[str, Any]  # JSON values; a pathlib.Path stands for the contents of that file
    seed: int | None = None  # None if nothing in it is random
    machine: str = "classical"  # options.machine where a circuit runs
    shots: int | None = None  # passed on in the context; None where nothing is sampled
    is_reference: bool = False  # at most one per case; it runs before the case's other tasks


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large the run will be, said before anything runs. Computing it should take well under a second or two."""

    qubits: int
    sector_dimension: int
    memory_bytes: int  # predicted peak
    seconds: float  # expected for the whole run on two cores
    would_fit: str  # one sentence shown when memory_bytes are not there: what would fit, as a line to paste


@dataclass(frozen=True)
class DrawnBy:
    """A plot's `draw` that names the function of a domain's pictures, and imports it only when something is drawn."""

    module: str  # "chemistry.plots.emitter"
    name: str  # "state_levels"
    options: Mapping[str, Any] = field(default_factory=dict)  # its keyword arguments, beside the rows

    @property
    def function(self) -> Callable[..., "Figure"]:
        """The function itself."""
        found: Callable[..., Figure] = getattr(import_module(self.module), self.name)
        return found

    def __call__(self, rows: "pandas.DataFrame") -> "Figure":
        """Draw the records, one in a row."""
        return self.function(rows, **self.options)


@dataclass(frozen=True, kw_only=True)
class Workload:
    """A partner's question, and everything the suite needs to run it, to compare its methods and to tell the answer."""

    # The question
    name: str  # the registry's key and the file's name: "nitrogen_bond"
    title: str  # "Breaking the nitrogen bond"
    industry: str  # "Chemicals"
    question: str  # in the partner's words, ending in a question mark
    unit: str  # of the objective: "hartree", "km"
    sense: Sense
    typical_size: str  # for `kaname list`: "20 qubits"
    typical_seconds: tuple[float, float]  # on two cores: (quick, full)
    own_data: str  # the line to paste for one's own data: "kaname run nitrogen_bond --set geometry=mine.xyz"

    # (settings) -> title and question, where they are about the user's own instance and not the example; None: as above
    restated: Callable[[Any], tuple[str, str] | None] | None = None

    # The settings
    settings: type[Settings]
    quick: Mapping[str, Any] = field(default_factory=dict)  # settings overridden by --quick (a --set still wins)
    n_seeds: int = 5
    quick_seeds: int = 5
    shots: int = 1000
    machines: tuple[str, ...] = ("exact", "shots")  # the first is the default

    # The work
    packages: tuple[str, ...]  # whose sources compute it: ("chemistry", "runtime")
    needs: tuple[str, ...] = ()  # packages beyond the suite's own, named as they are imported and installed
    size: Callable[[Any], Size]  # (settings)
    notes: Callable[[Any], Sequence[str]] | None = (
        None  # (settings) -> assumptions, one sentence each, echoed before it
    )
    #   runs and in the report: dates, return type, annualisation, units, distances, basis set
    instance: Callable[[Any], Sequence[Table]] | None = None  # (settings) -> tables that show the instance
    tasks: Callable[[Any, Options], Sequence[Task]]  # (settings, options); cheap to list, the work is in Task.solve

    # The measure
    gap: Callable[[float, Reference], float]  # (objective, reference) -> 0 at the reference, larger is worse
    gap_scale: GapScale
    tolerance: float  # gaps closer than this are equal, and seconds decide; in the gap's own unit
    slack: float = 1e-6  # a value better than a certified reference by more than this gap cannot be right
    controls: Mapping[str, Sequence[str]] = field(default_factory=dict)  # quantum method -> its control methods

    # The answer, from the records alone (anything needed must be in their detail)
    answer: Callable[[Sequence[Record]], str]  # one or two sentences in the partner's words and units
    contribution: Callable[[Sequence[Record]], str] | None = None  # line 3 in own words; None: the standard sentence
    tables: Callable[[Sequence[Record]], Sequence[Table]] | None = None  # the domain's own tables
    files: Callable[[Sequence[Record]], Mapping[str, str]] | None = None  # file name -> text, written beside the page
    plots: Sequence[Plot] = ()
    methods: Mapping[str, str] = field(default_factory=dict)  # method -> what it is, in one sentence
    glossary: Mapping[str, str] = field(default_factory=dict)  # term -> meaning, for a reader from another field


def relative_gap(objective: float, reference: Reference) -> float:
    """(cost - best known) / best known, the gap of a cost that is minimized and not negative."""
    return (objective - reference.value) / reference.value if reference.value else float(objective > 0.0)


def difference_gap(objective: float, reference: Reference) -> float:
    """Objective - reference, for energies."""
    return objective - reference.value


__all__ = [
    "Context",
    "DrawnBy",
    "GapScale",
    "InputFile",
    "Options",
    "Outcome",
    "Plot",
    "Record",
    "Reference",
    "Seconds",
    "Settings",
    "Size",
    "Table",
    "Task",
    "Workload",
    "difference_gap",
    "relative_gap",
    "setting",
]
