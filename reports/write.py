"""Write a folder's report, from its store alone."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from reports.record import Record
from reports.section import Narrator, Section, make_section
from reports.store import COLUMNS, Store, to_row

PAGE, MARKDOWN, CSV, PICTURES = "report.html", "report.md", "records.csv", "figures"


def make_sections(store: Store, narrators: Mapping[str, Narrator]) -> list[Section]:
    """The sections of every question that the store knows.

    Raises:
        ValueError: if there is none, or one that nobody here can narrate.
    """
    check_narrators(store, narrators)
    questions = store.questions()
    if not questions:
        raise ValueError(f"The store {str(store.path)!r} holds no question yet: `kaname run` asks one.")
    return [make_section(q, store.asked(q.workload), narrators[q.workload]) for q in questions]


def check_narrators(store: Store, narrators: Mapping[str, Narrator]) -> None:
    """Refuse a store with a question that nobody here can narrate.

    Raises:
        ValueError: if there is one.
    """
    unknown = [question.workload for question in store.questions() if question.workload not in narrators]
    if unknown:
        raise ValueError(
            f"The store {str(store.path)!r} holds the workload {unknown[0]!r}, which this version does not know "
            f"(it knows {', '.join(sorted(narrators))}): use another folder."
        )


def write_report(folder: Path, sections: Sequence[Section]) -> Path:
    """Write page, Markdown, CSV, pictures and the workloads' own files; returns the page's path.

    Raises:
        ValueError: if the folder cannot be written.
    """
    from reports.markdown import picture_path, render_markdown
    from reports.page import render_page

    texts: dict[str, str | bytes] = {CSV: render_csv([r for section in sections for r in section.records])}
    for section in sections:
        texts |= {picture_path(section, picture.name): picture.svg for picture in section.pictures}
        texts |= {Path(name).name: text for name, text in section.files.items()}
    texts |= {MARKDOWN: render_markdown(sections), PAGE: render_page(sections)}
    try:
        for name, text in texts.items():
            write_whole(folder / name, text if isinstance(text, bytes) else text.encode())
    except OSError as error:
        raise ValueError(f"The report cannot be written into {str(folder)!r} ({error.strerror}).") from None
    return folder / PAGE


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(path)


def render_csv(records: Sequence[Record]) -> str:
    """Every record as a row, with seconds in columns of their own and `detail` as JSON."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({name: harmless(value) for name, value in to_row(record).items()})
    return buffer.getvalue()


def harmless(value: object) -> object:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
