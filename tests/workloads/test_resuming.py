"""A run that is killed at any moment resumes to the same table, timings apart; two at once do not harm each other."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from reports import Seconds, Store

KILLS = 12
ARGUMENTS = ("--output", "r", "--seeds", "12", "--set", "baskets=15,20,25", "--set", "pause=0.01")


def start(fruit_file, folder):
    return subprocess.Popen(
        [sys.executable, fruit_file, *ARGUMENTS], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def table(folder):
    """The latest run's records without what may differ between two runs of the same."""
    with Store(folder / "r", create=False) as store:
        return [replace(r, seconds=Seconds(), started_at="", commit="") for r in store.asked("fruit_basket")]


@pytest.fixture(scope="module")
def undisturbed(fruit_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    began = time.monotonic()
    assert start(fruit_file, folder).wait() == 0
    return table(folder), time.monotonic() - began


def test_killed_at_random_moments(fruit_file, tmp_path, undisturbed):
    expected, seconds = undisturbed
    moments = random.Random(7)
    killed, counts = 0, []
    for _ in range(KILLS):
        run = start(fruit_file, tmp_path)
        time.sleep(moments.uniform(0.2, 1.0) * seconds)
        run.send_signal(signal.SIGKILL)
        killed += run.wait() == -signal.SIGKILL
        if (tmp_path / "r" / "records.sqlite").exists():
            connection = sqlite3.connect(tmp_path / "r" / "records.sqlite")
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            with_table = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'records'").fetchone()[0]
            counts.append(connection.execute("SELECT count(*) FROM records").fetchone()[0] if with_table else 0)
            connection.close()
    assert killed > 0
    assert counts == sorted(counts)  # nothing that was finished is ever lost
    assert start(fruit_file, tmp_path).wait() == 0
    assert table(tmp_path) == expected
    assert not list((tmp_path / "r").glob("*.lock"))


def test_two_processes_on_one_store(fruit_file, tmp_path, undisturbed):
    expected, _ = undisturbed
    runs = [start(fruit_file, tmp_path) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert table(tmp_path) == expected
    connection = sqlite3.connect(tmp_path / "r" / "records.sqlite")
    assert connection.execute("SELECT count(*) FROM records").fetchone() == (len(expected),)
    connection.close()
