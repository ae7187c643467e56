"""How a store of an older format becomes one of today's: one step for each format, each a few statements.

A later change of columns raises `FORMAT` and adds a step.
"""

import json
import sqlite3
from collections.abc import Callable

FORMAT = 2  # kept in the file; raised when the columns or what they hold change


def migrate(connection: sqlite3.Connection, found: int) -> None:
    """Bring a store to today's format, within the caller's transaction.

    Args:
        connection: to the store.
        found: its format, from 1 on.
    """
    for step in range(found, FORMAT):
        STEPS[step](connection)


def _from_1(connection: sqlite3.Connection) -> None:
    """American spelling, and the bound that a reference has proved."""
    connection.execute("ALTER TABLE records RENAME COLUMN seconds_optimise TO seconds_optimize")
    connection.execute("ALTER TABLE records ADD COLUMN bound")
    connection.execute("UPDATE records SET bound = reference WHERE reference_kind IN ('bound', 'certified')")
    for british, american in (("minimise", "minimize"), ("maximise", "maximize")):
        connection.execute("UPDATE records SET sense = ? WHERE sense = ?", (american, british))
    connection.execute("UPDATE records SET detail = replace(detail, 'seconds_optimise', 'seconds_optimize')")
    for workload, content in connection.execute("SELECT workload, content FROM questions").fetchall():
        question = json.loads(content)
        question["sense"] = question["sense"].replace("mise", "mize")
        connection.execute(
            "UPDATE questions SET content = ? WHERE workload = ?", (json.dumps(question, ensure_ascii=False), workload)
        )


STEPS: dict[int, Callable[[sqlite3.Connection], None]] = {1: _from_1}  # from a format to the next
