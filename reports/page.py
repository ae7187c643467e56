"""The report as one self-contained HTML page: nothing is fetched, nothing runs, any text is shown as text."""

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.comparison_table import MARKS
from reports.glossary import GLOSSARY
from reports.section import Section
from reports.table import Table


def render_page(sections: Sequence[Section]) -> str:
    """The page as HTML text."""
    environment = templates()
    table = environment.get_template("table.html")

    def show(shown: Table) -> Markup:
        return Markup(table.render(table=shown))

    return environment.get_template("page.html").render(
        title=page_title(sections),
        date=page_date(sections),
        sections=sections,
        style=Markup(environment.get_template("page.css").render()),
        glossary=GLOSSARY,
        count=sum(len(section.records) for section in sections),
        show=show,
    )


@cache
def templates() -> Environment:
    """The templates, with every value escaped and a misspelt name refused."""
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = coloured_mark
    environment.filters["tied"] = tied
    return environment


def tied(text: str) -> str:
    """The text with a number kept on the line of its unit: "1.3 s", "0.5 %", "2.2 mHa"."""
    return re.sub(r"(?<=\d) (?=(%|[A-Za-zÅµ¥€]{1,3}|hartree|angstrom)(?![A-Za-z]))", "\u00a0", text)


def coloured_mark(cell: str) -> Markup:
    """A cell that opens with a role's mark, the mark in the role's colour."""
    for role, mark in MARKS.items():
        if cell.startswith(f"{mark} "):
            return Markup('<span class="{}-mark">{}</span>&nbsp;{}').format(role, mark, cell.removeprefix(f"{mark} "))
    return escape(cell)


def page_title(sections: Sequence[Section]) -> str:
    """The question's title, or how many questions there are."""
    if len(sections) == 1:
        return sections[0].question.title
    industries = list(dict.fromkeys(section.question.industry for section in sections))
    return f"{number_word(len(sections))} questions, {number_word(len(industries)).lower()} industries"


def number_word(number: int) -> str:
    """Small numbers in words."""
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    return words[number] if number < len(words) else str(number)


def page_date(sections: Sequence[Section]) -> str:
    """The day of the newest record."""
    return max((r.started_at[:10] for section in sections for r in section.records), default="")
