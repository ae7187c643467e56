"""Where a search keeps its progress: a file here, or any object with the same two methods."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Plain = Mapping[str, np.ndarray]  # numbers and text, no objects


class Journal(Protocol):
    """What keeps the progress of a search, so that the runtime needs to know no database."""

    def load(self) -> Plain | None:
        """What was saved last, or None if nothing was."""

    def save(self, data: Plain) -> None:
        """Keep the arrays in place of those before; they are the journal's own from now on."""


class FileJournal:
    """A journal in one npz file, replaced as a whole, so that a killed process leaves the old or the new one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise ValueError(f"The checkpoint {self.path} needs a folder that exists: make {self.path.parent} first.")

    def load(self) -> Plain | None:
        """See `Journal.load`.

        Raises:
            ValueError: if the file is not an npz file of plain arrays.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as archive:
                return dict(archive)
        except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"{self.path} is not a checkpoint of runtime.minimize: give another path.") from error

    def save(self, data: Plain) -> None:
        """See `Journal.save`."""
        fresh = self.path.with_name(f"{self.path.name}.new")
        arrays: dict[str, Any] = dict(data)
        with fresh.open("wb") as file:
            np.savez(file, **arrays)
        fresh.replace(self.path)


def open_journal(checkpoint: str | os.PathLike[str] | Journal | None) -> Journal | None:
    """The journal that a caller's `checkpoint` means.

    Raises:
        ValueError: if it is neither a path in an existing folder nor a journal.
    """
    if checkpoint is None:
        return None
    if isinstance(checkpoint, str | os.PathLike):
        return FileJournal(checkpoint)
    if not (hasattr(checkpoint, "load") and hasattr(checkpoint, "save")):
        raise ValueError(
            f"A checkpoint is a path, or an object with load and save, but a {type(checkpoint).__name__} was given."
        )
    return checkpoint
