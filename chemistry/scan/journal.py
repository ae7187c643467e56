"""Where a scan keeps what is finished: a file of JSON lines, or any object with the same two methods."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Entry = dict[str, Any]  # numbers, text, lists, mappings and arrays

_FORMAT = 1
_ARRAY = "array of"
_OPENING = b'{"key": '


class ScanJournal(Protocol):
    """What keeps finished parts of a scan, each under a key that is a hash of what was asked."""

    def load(self) -> Mapping[str, str]:
        """All that was saved: JSON text by key."""

    def save(self, key: str, text: str) -> None:
        """Keep JSON text under a key."""


class JsonLines:
    """A journal in one file of JSON lines, each written as a whole before the next.

    A process that is killed can leave half a line, which is left out when the file is read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise ValueError(f"The journal {self.path} needs a folder that exists: make {self.path.parent} first.")
        if self.path.is_dir():
            raise ValueError(f"The journal {self.path} is a folder: give the path of a file in it.")

    def load(self) -> Mapping[str, str]:
        """See `ScanJournal.load`.

        Raises:
            ValueError: If the file is something else.
        """
        if not self.path.exists():
            return {}
        entries: dict[str, str] = {}
        for number, line in enumerate(self.path.read_bytes().split(b"\n"), 1):
            try:
                data = json.loads(line or b"null")
                if data is not None:
                    entries[data["key"]] = json.dumps(data["entry"])
            except (ValueError, TypeError, KeyError) as error:
                if _OPENING.startswith(line[: len(_OPENING)]):
                    continue  # cut off when the process ended
                raise ValueError(
                    f"Line {number} of {self.path} is not an entry of a scan: give another path as journal."
                ) from error
        return entries

    def save(self, key: str, text: str) -> None:
        """See `ScanJournal.save`."""
        with self.path.open("ab") as file:
            # A line that was cut off is closed first, so that it spoils nothing after it.
            fresh = file.tell() == 0 or _ends_a_line(self.path)
            file.write((b"" if fresh else b"\n") + f'{{"key": {json.dumps(key)}, "entry": {text}}}\n'.encode())
            file.flush()
            os.fsync(file.fileno())


def open_scan_journal(journal: str | os.PathLike[str] | ScanJournal | None) -> ScanJournal | None:
    """The journal that a caller's `journal` means.

    Raises:
        ValueError: If it is neither a path in an existing folder nor a journal.
    """
    if journal is None:
        return None
    if isinstance(journal, str | os.PathLike):
        return JsonLines(journal)
    if not (hasattr(journal, "load") and hasattr(journal, "save")):
        raise ValueError(
            f"A journal is a path, or an object with load and save, but a {type(journal).__name__} was given."
        )
    return journal


def key_of(question: Mapping[str, Any]) -> str:
    """A hash of everything that an answer depends on."""
    text = json.dumps([_FORMAT, _plain(question)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def to_text(entry: Entry) -> str:
    """JSON, with arrays as the bytes that they are made of, so that they come back exactly."""
    return json.dumps(_plain(entry))


def from_text(text: str) -> Entry:
    """The reverse of `to_text`."""
    return json.loads(text, object_hook=_array)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = base64.b64encode(np.ascontiguousarray(value).tobytes()).decode()
        return {_ARRAY: value.dtype.str, "shape": list(value.shape), "data": data}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return repr(value)


def _array(data: dict[str, Any]) -> Any:
    if _ARRAY not in data:
        return data
    kind = np.dtype(data[_ARRAY])
    if kind.hasobject:
        raise ValueError("An array of a journal holds numbers, not objects.")
    return np.frombuffer(base64.b64decode(data["data"]), dtype=kind).reshape(data["shape"]).copy()
