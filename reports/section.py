"""One question of a report, worked out from its records: the same model becomes HTML, Markdown and CSV."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeVar

from reports.comparison import summarise
from reports.comparison_table import circuit_table, comparison_table
from reports.plot import Picture, Plot, draw_picture, frame_of
from reports.question import Question
from reports.record import Record
from reports.sentences import contribution_sentence, verdict_sentence
from reports.table import Table
from reports.verdict import Winner, judge

Told = TypeVar("Told")


class Narrator(Protocol):
    """Who knows the domain's words: every workload is one. All of it is told from a question's records alone."""

    @property
    def answer(self) -> Callable[[Sequence[Record]], str]:
        """The answer in one or two sentences."""

    @property
    def contribution(self) -> Callable[[Sequence[Record]], str] | None:
        """Line 3 in own words; None for the standard sentence."""

    @property
    def tables(self) -> Callable[[Sequence[Record]], Sequence[Table]] | None:
        """The domain's own tables."""

    @property
    def plots(self) -> Sequence[Plot]:
        """The domain's pictures."""

    @property
    def files(self) -> Callable[[Sequence[Record]], Mapping[str, str]] | None:
        """File name -> text, written beside the page."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """All that a report says about one question."""

    question: Question
    records: tuple[Record, ...]
    answer: str  # line 1
    verdict: str  # line 2
    contribution: str  # line 3
    winner: Winner
    tables: tuple[Table, ...]  # the comparison first
    pictures: tuple[Picture, ...]
    files: Mapping[str, str]
    failures: tuple[str, ...]  # what gave no number, and what could not be told
    unranked: tuple[str, ...]  # what gave a number that must not rank, and why
    provenance: tuple[tuple[str, str], ...]  # (what, value)

    @property
    def methods(self) -> tuple[tuple[str, str], ...]:
        """What the methods that ran are."""
        ran = dict.fromkeys(record.method for record in self.records)
        return tuple((name, self.question.methods[name]) for name in ran if name in self.question.methods)

    @property
    def n_failed(self) -> int:
        """How many runs gave no number."""
        return sum(record.failed for record in self.records)

    @property
    def lines(self) -> tuple[tuple[str, str], ...]:
        """The three lines that the report opens with."""
        return (
            ("Answer", self.answer),
            ("Quantum or classical", self.verdict),
            ("What quantum added", self.contribution),
        )


@dataclass(frozen=True)
class Telling:
    """Asks a narrator, and notes where it stumbles instead of falling with it."""

    troubles: list[str] = field(default_factory=list)

    def told(self, what: str, tell: Callable[[], Told], instead: Told) -> Told:
        """What `tell` gives, or `instead` with the trouble noted."""
        try:
            return tell()
        except Exception as error:  # whatever it is, the other numbers must still be shown
            self.troubles.append(f"{what} could not be made from these records: {one_line(error)}")
            return instead


def make_section(question: Question, records: Sequence[Record], narrator: Narrator) -> Section:
    """Work out a question's section.

    A narrator that stumbles (most often over a method that failed) costs its own sentence, table or picture, never the
    report: what went wrong is listed among the failures.
    """
    telling = Telling()
    summaries = summarise(records)
    verdict = judge(summaries, question.tolerance, question.controls)
    missing = "No answer can be given from these records; what failed is listed below."
    contribution = narrator.contribution
    standard = contribution_sentence(records, summaries, question)
    own_tables, files = narrator.tables, narrator.files
    no_tables: tuple[Table, ...] = ()
    circuits = circuit_table(summaries)
    return Section(
        question=question,
        records=tuple(records),
        answer=telling.told("The answer", lambda: narrator.answer(records), missing),
        verdict=verdict_sentence(verdict, question),
        contribution=telling.told("Line 3", lambda: contribution(records), standard) if contribution else standard,
        winner=verdict.winner,
        tables=(
            comparison_table(summaries, question),
            *(
                telling.told("The workload's tables", lambda: tuple(own_tables(records)), no_tables)
                if own_tables
                else ()
            ),
            *((circuits,) if circuits else ()),
        ),
        pictures=draw_pictures(narrator.plots, records, telling),
        files=telling.told("The workload's files", lambda: dict(files(records)), {}) if files else {},
        failures=(*statuses([r for r in records if r.failed]), *telling.troubles),
        unranked=tuple(statuses([r for r in records if not r.failed and not r.ranks])),
        provenance=tuple(provenance(question, records)),
    )


def draw_pictures(plots: Sequence[Plot], records: Sequence[Record], telling: Telling) -> tuple[Picture, ...]:
    """The pictures that these records allow: none where every method failed."""
    if not plots or all(record.failed for record in records):
        return ()
    frame = frame_of(records)
    pictures: list[Picture] = []
    for plot in plots:
        picture = telling.told(f"The picture {plot.name!r}", partial(draw_picture, plot, frame), None)
        pictures += [picture] if picture else []
    return tuple(pictures)


def statuses(records: Sequence[Record]) -> list[str]:
    """What became of these records, one line per method, case and status, with the seeds it happened to."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for record in records:
        seeds = groups.setdefault((record.method, record.case, record.status), [])
        seeds += [] if record.seed is None else [record.seed]
    return [f"{method}, {case}{seeds_text(seeds)}: {status}" for (method, case, status), seeds in groups.items()]


def seeds_text(seeds: Sequence[int]) -> str:
    """Seeds as the end of a phrase."""
    return f", seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}" if seeds else ""


def one_line(error: Exception) -> str:
    """An exception as one line of text."""
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__} {text}".strip()


def provenance(question: Question, records: Sequence[Record]) -> list[tuple[str, str]]:
    """Where the numbers come from."""
    seeds = sorted({r.seed for r in records if r.seed is not None})
    started = sorted(r.started_at for r in records if r.started_at)
    versions = {f"{name} {version}": None for r in records for name, version in r.versions.items()}
    rows = [
        ("Run again with", question.command),
        ("Settings", ", ".join(f"{name} = {setting_text(value)}" for name, value in question.settings.items())),
        ("Seeds", ", ".join(map(str, seeds))),
        ("Machine", ", ".join(dict.fromkeys(r.machine for r in records if r.machine != "classical"))),
        ("Computer", "; ".join(dict.fromkeys(f"{r.cpu}, {r.threads} threads" for r in records if r.cpu))),
        ("Computed", " to ".join(dict.fromkeys((started[0], started[-1]))) if started else ""),
        ("Commit", ", ".join(dict.fromkeys(r.commit for r in records if r.commit))),
        ("Versions", ", ".join(versions)),
    ]
    return [(what, value) for what, value in rows if value]


def setting_text(value: object) -> str:
    """A setting as it would be typed, with blanks where a line may break."""
    if isinstance(value, list | tuple):
        return ", ".join(map(setting_text, value))
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return str(value)
