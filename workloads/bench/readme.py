"""Writing the bench's table into the README, between two markers."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- bench: written by `kaname bench --write-readme` -->", "<!-- /bench -->"


def write_between_markers(path: Path, section: str) -> None:
    """Replace what stands between the markers.

    Args:
        path: the README.
        section: Markdown.

    Raises:
        ValueError: if the file is missing, or does not have each marker once, in order.
    """
    before, after = around_markers(path)
    path.write_text(f"{before}{BEGIN}\n{section.strip()}\n{END}{after}", encoding="utf-8")


def around_markers(path: Path) -> tuple[str, str]:
    """The text before the first marker and after the second.

    Raises:
        ValueError: if the file is missing, or does not have each marker once, in order.
    """
    if not path.is_file():
        raise ValueError(f"--write-readme writes into {path.name} of the working folder, and there is none here.")
    before, begin, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise ValueError(f"{path.name} must have the lines {BEGIN} and {END} once each, in this order.")
    return before, after
