"""Pictures of a page: drawn from a table of records, kept as self-contained SVG."""

import base64
import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from reports.figure_style import report_style
from reports.record import Record, Seconds

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A picture of the page. `draw` is called inside the report's own matplotlib style."""

    name: str  # file-name like: "dissociation_curve"
    draw: Callable[["pandas.DataFrame"], "Figure"]  # rows are records, columns the record's fields, `detail` a dict;
    #   `seconds` is the total, with seconds_build, seconds_compile, seconds_optimize and seconds_sample beside it
    caption: str  # one sentence under it
    alt: str  # what is to be seen, for those who cannot see it


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawn plot."""

    name: str
    svg: bytes
    caption: str
    alt: str

    @property
    def address(self) -> str:
        """The picture as a data address, which keeps its identifiers apart from other pictures' and runs nothing."""
        return "data:image/svg+xml;base64," + base64.b64encode(self.svg).decode("ascii")


def frame_of(records: Sequence[Record]) -> "pandas.DataFrame":
    """The records as a table: one row each, the record's fields as columns, seconds in total and split."""
    import pandas

    names = [f.name for f in fields(Record)]
    rows: list[dict[str, Any]] = []
    for record in records:
        row = {name: getattr(record, name) for name in names}
        row["seconds"] = record.seconds.total
        row |= {f"seconds_{f.name}": getattr(record.seconds, f.name) for f in fields(Seconds)}
        rows.append(row)
    columns = [*names, *(f"seconds_{f.name}" for f in fields(Seconds))]
    return pandas.DataFrame(rows, columns=columns)


def draw_picture(plot: Plot, frame: "pandas.DataFrame") -> Picture:
    """Draw one plot in the suite's style."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with report_style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # no font here has a name's letters: a box it is
        figure = plot.draw(frame)
        try:
            buffer = io.BytesIO()
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        finally:
            pyplot.close(figure)
    return Picture(name=plot.name, svg=buffer.getvalue(), caption=plot.caption, alt=plot.alt)
