"""Records, the run store, verdicts and pages: what every question's answer is kept in and told by.

Knows nothing of molecules, portfolios or routes. A `Record` is one method on one case with one seed; a `Store` keeps
them; `make_sections` works a store's questions out and `write_report` writes them down. Import names from here only.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.comparison import MethodSummary, Spread, spread, summarise
    from reports.figure_style import report_style
    from reports.plot import Plot, frame_of
    from reports.question import GapScale, Question
    from reports.record import Record, Seconds
    from reports.section import Section, make_section
    from reports.store import Store
    from reports.table import Table
    from reports.verdict import Verdict, judge
    from reports.write import make_sections, write_report

MODULES = {
    "GapScale": "question",
    "MethodSummary": "comparison",
    "Plot": "plot",
    "Question": "question",
    "Record": "record",
    "Seconds": "record",
    "Section": "section",
    "Spread": "comparison",
    "Store": "store",
    "Table": "table",
    "Verdict": "verdict",
    "frame_of": "plot",
    "judge": "verdict",
    "make_section": "section",
    "make_sections": "write",
    "report_style": "figure_style",
    "spread": "comparison",
    "summarise": "comparison",
    "write_report": "write",
}

__all__ = [
    "GapScale",
    "MethodSummary",
    "Plot",
    "Question",
    "Record",
    "Seconds",
    "Section",
    "Spread",
    "Store",
    "Table",
    "Verdict",
    "frame_of",
    "judge",
    "make_section",
    "make_sections",
    "report_style",
    "spread",
    "summarise",
    "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for."""
    if name not in MODULES:
        raise AttributeError(f"module 'reports' has no attribute {name!r}")
    return getattr(import_module(f"reports.{MODULES[name]}"), name)
