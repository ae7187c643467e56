"""Reading the text files that other programs write, on whatever system they ran."""

from __future__ import annotations

from pathlib import Path


def read_text(path: str | Path, kind: str) -> str:
    """The contents of a text file: UTF-8, UTF-16 if it says so (as PowerShell writes), else one byte a character.

    Args:
        path: Where the file is.
        kind: What it should be: `xyz file`.

    Raises:
        ValueError: If there is no such file, or it is not text.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"No {kind} at {path}: give the path of one.")
    contents = path.read_bytes()
    encoding = "utf-16" if contents[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for name in (encoding, "latin-1"):
        try:
            text = contents.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(character < " " and not character.isspace() for character in text):
            return text
    raise ValueError(f"{path} is not a text file, which every {kind} is.")
