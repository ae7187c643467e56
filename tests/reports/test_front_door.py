import subprocess
import sys

import reports

NAMES = [
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


def test_names_are_frozen_and_all_load():
    assert reports.__all__ == NAMES
    assert all(getattr(reports, name) is not None for name in NAMES)


def test_import_loads_nothing_heavy():
    code = (
        "import sys, reports; from reports import Record, Store;"
        "print([m for m in ('matplotlib', 'pandas', 'jinja2', 'numpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"
