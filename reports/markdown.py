"""The report as Markdown, from the same model as the page."""

import re
from collections.abc import Iterable, Sequence

from reports.glossary import GLOSSARY
from reports.page import page_date, page_title
from reports.section import Section
from reports.table import Table

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")


def render_markdown(sections: Sequence[Section]) -> str:
    """The whole report as Markdown; pictures are the files that `picture_path` names."""
    blocks = [f"# {plain(page_title(sections))}", page_date(sections)]
    for section in sections:
        blocks += section_blocks(section)
    blocks += ["## Terms of every report", definitions(GLOSSARY.items())]
    return "\n\n".join(block for block in blocks if block) + "\n"


def section_blocks(section: Section) -> list[str]:
    """One question's blocks."""
    question = section.question
    quick = "A quick run, with smaller settings. " if question.is_quick else ""
    blocks = [f"## {plain(question.title)}", f"*{plain(question.industry)}.* {quick}{plain(question.question)}"]
    blocks.append(definitions(section.lines))
    if question.notes or question.instance:
        blocks += ["### The instance", bullets(question.notes)]
        blocks += [table_block(table) for table in question.instance]
    blocks += ["### The methods, side by side", table_block(section.tables[0])]
    if section.unranked:
        blocks += ["Shown, but not ranked:", bullets(section.unranked)]
    for picture in section.pictures:
        blocks.append(f"![{plain(picture.alt)}]({picture_path(section, picture.name)})\n\n*{plain(picture.caption)}*")
    blocks += [table_block(table) for table in section.tables[1:]]
    blocks += ["### What failed", bullets(section.failures) or "Nothing."]
    if section.methods:
        blocks += ["### What the methods are", definitions(section.methods)]
    if question.glossary:
        blocks += ["### Terms of this question", definitions(question.glossary.items())]
    return [*blocks, "### Where the numbers come from", definitions(section.provenance)]


def picture_path(section: Section, name: str) -> str:
    """Where a picture lies, from the report's folder."""
    return f"figures/{section.question.workload}_{name}.svg"


def table_block(table: Table) -> str:
    """A table, numbers to the right."""
    rule = ["---:" if numeric else "---" for numeric in table.numeric]
    rows = [[plain(c) for c in table.columns], rule, *([plain(c) for c in row] for row in table.texts)]
    lines = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"**{plain(table.title)}**\n\n{lines}" + (f"\n\n{plain(table.note)}" if table.note else "")


def bullets(lines: Sequence[str]) -> str:
    """A list."""
    return "\n".join(f"- {plain(line)}" for line in lines)


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """Terms with what they mean."""
    return "\n".join(f"- **{plain(name)}**: {plain(value)}" for name, value in pairs)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
