"""The run store: one SQLite file that is the source of truth for a folder of results.

Each record is written in a transaction of its own, together with its place in the run, so a process killed at any
instant leaves whole rows and nothing else. Rows are JSON and numbers: nothing read from the file is ever executed.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from reports.migration import FORMAT, migrate
from reports.question import Question
from reports.record import Record, Seconds, plain_json

FILE_NAME = "records.sqlite"
BUSY_SECONDS = 60.0  # how long one process waits for another's transaction

SECONDS = tuple(f.name for f in fields(Seconds))
JSON_COLUMNS = ("detail", "versions")
COLUMNS = tuple(
    column
    for f in fields(Record)
    for column in ([f"seconds_{name}" for name in SECONDS] if f.name == "seconds" else [f.name])
)

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS records ("
    + ", ".join(f'"{c}" PRIMARY KEY' if c == "input_hash" else f'"{c}"' for c in COLUMNS)
    + ")",
    "CREATE TABLE IF NOT EXISTS questions (workload PRIMARY KEY, run NOT NULL, content NOT NULL)",
    "CREATE TABLE IF NOT EXISTS asked (run, position, input_hash, PRIMARY KEY (run, position))",
)


class Store:
    """Records and the questions that asked for them, in `folder/records.sqlite`.

    Several processes may use one store at once. Of a workload that was run several times with different settings, the
    store keeps every record, and `questions` and `asked` know the latest run.
    """

    def __init__(self, folder: Path | str, *, create: bool = True) -> None:
        """Open the folder's store.

        Args:
            folder: the results' folder.
            create: whether to make the folder and the store where there are none.

        Raises:
            ValueError: one sentence, if there is no store or it cannot be opened.
        """
        self.folder = Path(folder)
        self.path = self.folder / FILE_NAME
        if not create and not self.path.is_file():
            raise ValueError(
                f"There are no records in {str(self.folder)!r}: a folder that `kaname run --output` wrote was wanted."
            )
        try:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
            self._connection.row_factory = sqlite3.Row
            self._write_ahead()
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise ValueError(f"The store {str(self.path)!r} cannot be opened ({error}): give another folder.") from None
        except OSError as error:
            raise ValueError(
                f"The folder {str(self.folder)!r} cannot be written ({error.strerror}): give another one with --output."
            ) from None

    def _write_ahead(self) -> None:
        """Switch to write-ahead logging; SQLite does not wait by itself when another process is doing the same."""
        give_up = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self._connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > give_up:
                    raise
                time.sleep(0.01)

    def _prepare(self) -> None:
        with self._transaction() as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found > FORMAT:
                raise ValueError(
                    f"The store {str(self.path)!r} has format {found} and this version reads up to {FORMAT}: use the "
                    "version that wrote it, or run again into a new folder."
                )
            if found:
                migrate(connection, found)
            for statement in SCHEMA:
                connection.execute(statement)
            self._check_columns(connection)
            connection.execute(f"PRAGMA user_version={FORMAT}")

    def _check_columns(self, connection: sqlite3.Connection) -> None:
        found = {row["name"] for row in connection.execute("PRAGMA table_info(records)")}
        missing = [column for column in COLUMNS if column not in found]
        if missing:
            raise ValueError(
                f"The store {str(self.path)!r} is damaged (it has no column {missing[0]!r}): run again into a new "
                "folder."
            )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn what only a damaged store does into one sentence."""
        try:
            yield
        except (sqlite3.DatabaseError, KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(
                f"The store {str(self.path)!r} is damaged ({type(error).__name__}: {error}): run again into a new "
                "folder."
            ) from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and one writer at a time."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # SQLite has ended it itself where the disk is full
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise ValueError(
                f"The store {str(self.path)!r} cannot be written ({error}): make room, or give another folder with "
                "--output."
            ) from None

    def begin(self, question: Question) -> str:
        """Note that a question is asked; its records follow with `put`. Returns the run's name."""
        run = uuid.uuid4().hex
        content = json.dumps(plain_json(question.to_json()), ensure_ascii=False)
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM asked WHERE run = (SELECT run FROM questions WHERE workload = ?)", (question.workload,)
            )
            connection.execute(
                "INSERT INTO questions VALUES (?, ?, ?) "
                "ON CONFLICT (workload) DO UPDATE SET run = excluded.run, content = excluded.content",
                (question.workload, run, content),
            )
        return run

    def put(self, record: Record, *, run: str, position: int) -> None:
        """Write the record, replacing one with the same hash, as the run's answer to its task `position`."""
        row = to_row(record)
        names, marks = ", ".join(f'"{c}"' for c in COLUMNS), ", ".join("?" for _ in COLUMNS)
        updates = ", ".join(f'"{c}" = excluded."{c}"' for c in COLUMNS)
        with self._transaction() as connection:
            connection.execute(
                f"INSERT INTO records ({names}) VALUES ({marks}) ON CONFLICT (input_hash) DO UPDATE SET {updates}",
                [row[column] for column in COLUMNS],
            )
            connection.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (run, position, record.input_hash))

    def get(self, input_hash: str) -> Record | None:
        """The record with that hash, if there is one."""
        with self._reading():
            row = self._connection.execute("SELECT * FROM records WHERE input_hash = ?", (input_hash,)).fetchone()
            return from_row(row) if row else None

    def questions(self) -> list[Question]:
        """The latest run of every workload, in the order in which they were first asked."""
        with self._reading():
            rows = self._connection.execute("SELECT content FROM questions ORDER BY rowid")
            return [Question.from_json(json.loads(row["content"])) for row in rows]

    def asked(self, workload: str) -> list[Record]:
        """The records of the latest run of a workload, in the order of its tasks."""
        with self._reading():
            rows = self._connection.execute(
                "SELECT records.* FROM questions JOIN asked USING (run) JOIN records USING (input_hash) "
                "WHERE questions.workload = ? ORDER BY asked.position",
                (workload,),
            )
            return [from_row(row) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def to_row(record: Record) -> dict[str, Any]:
    """The record as one flat row: seconds in columns of their own, nested values as JSON text."""
    row = {f.name: getattr(record, f.name) for f in fields(Record) if f.name != "seconds"}
    row |= {f"seconds_{name}": getattr(record.seconds, name) for name in SECONDS}
    row |= {column: json.dumps(row[column], ensure_ascii=False) for column in JSON_COLUMNS}
    row["ranks"] = int(record.ranks)
    return row


def from_row(row: sqlite3.Row) -> Record:
    """The record that `to_row` flattened."""
    values = dict(row)
    seconds = Seconds(**{name: values.pop(f"seconds_{name}") for name in SECONDS})
    values |= {column: json.loads(values[column]) for column in JSON_COLUMNS}
    values["ranks"] = bool(values["ranks"])
    return Record(**values, seconds=seconds)
