"""Interrupted scans go on, changed questions are asked anew, and workers that die lose nothing else."""

import json
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from chemistry import Molecule, uccsd
from chemistry.scan import Family, JsonLines, lowest_states, potential_scan, scanning
from chemistry.scan.journal import from_text, key_of, to_text
from chemistry.scan.workers import Workers

FAMILY = Family.along_bond(Molecule("H 0 0 0; H 0 0 0.74"), (0.6, 0.7, 0.8))


def scan(path, **settings):
    return potential_scan(FAMILY, **({"circuits": {"UCCSD": uccsd}, "n_states": 2, "journal": path} | settings))


def test_a_finished_scan_is_read_from_its_journal(tmp_path, monkeypatch):
    path = tmp_path / "scan.jsonl"
    first = scan(path)
    size = path.stat().st_size
    monkeypatch.setattr(scanning.Workers, "perform_all", lambda self, tasks, finished: [1 / 0 for _ in tasks])
    again = scan(path)
    assert path.stat().st_size == size
    assert again.energies("UCCSD").tolist() == first.energies("UCCSD").tolist()
    assert (
        again.points[1].circuits["UCCSD"].parameters.tolist() == first.points[1].circuits["UCCSD"].parameters.tolist()
    )
    assert again.state_table().equals(first.state_table())
    assert again.changes == first.changes


@pytest.mark.parametrize("cut", [1, 30, -1])
def test_an_interrupted_scan_goes_on(tmp_path, cut):
    path = tmp_path / "scan.jsonl"
    whole = scan(path)
    text = path.read_bytes()
    lines = text.split(b"\n")
    path.write_bytes(b"\n".join(lines[:2]) + b"\n" + lines[2][:cut])
    performed = []
    told = Workers.perform_all

    class Counting(Workers):
        def perform_all(self, tasks, finished):
            performed.append(len(tasks))
            told(self, tasks, finished)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanning, "Workers", Counting)
        again = scan(path)
    assert performed[0] == 1
    assert again.energies("UCCSD") == pytest.approx(whole.energies("UCCSD"), abs=1e-10)
    assert len(JsonLines(path).load()) == len(lines) - 1


def test_another_question_is_not_mixed_up(tmp_path):
    path = tmp_path / "scan.jsonl"
    scan(path)
    keys = set(JsonLines(path).load())
    other = potential_scan(
        Family.along_bond(Molecule("H 0 0 0; H 0 0 0.74", basis="6-31g"), (0.6, 0.7, 0.8)), circuits={}, journal=path
    )
    assert other.energies("FCI")[1] < scan(path).energies("FCI")[1] - 1e-3
    assert keys < set(JsonLines(path).load())


def test_every_setting_is_in_the_key():
    asked = {"molecule": {"x": 1}, "space": {"frozen_core": False}, "params": np.arange(3.0)}
    keys = {key_of(asked), key_of(asked | {"params": np.arange(3.0) + 1e-15}), key_of(asked | {"space": {}})}
    assert len(keys) == 3
    assert key_of(asked) == key_of(dict(reversed(asked.items())))


def test_arrays_come_back_as_they_were():
    entry = {
        "a": np.array([[0.1, 1e-300], [np.pi, np.nan]]),
        "b": [np.arange(3), 1j * np.ones(2)],
        "c": np.float64(0.1),
    }
    back = from_text(to_text(entry))
    assert back["a"].tobytes() == entry["a"].tobytes()
    assert back["a"].shape == (2, 2)
    assert back["b"][1].dtype == np.complex128
    assert back["c"] == 0.1
    with pytest.raises((ValueError, TypeError)):
        from_text('{"array of": "|O", "shape": [1], "data": "AAAAAAAAAAA="}')


def test_what_is_no_journal_is_refused(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("These are notes.\n")
    with pytest.raises(ValueError, match=r"Line 1 of .* is not an entry of a scan"):
        scan(path)
    assert path.read_text() == "These are notes.\n"


def test_a_folder_is_no_journal(tmp_path):
    with pytest.raises(ValueError, match=r"The journal .* is a folder: give the path of a file in it"):
        scan(tmp_path)


def test_an_object_can_be_the_journal():
    class Memory:
        def __init__(self):
            self.kept = {}

        def load(self):
            return self.kept

        def save(self, key, text):
            self.kept[key] = text

    memory = Memory()
    first = scan(memory)
    assert len(memory.kept) >= 3 + 4
    assert all(isinstance(json.loads(text), dict) for text in memory.kept.values())
    assert scan(memory).energies("UCCSD").tolist() == first.energies("UCCSD").tolist()


def test_a_failure_is_not_kept_in_the_journal(tmp_path, monkeypatch):
    path = tmp_path / "scan.jsonl"
    monkeypatch.setattr(lowest_states, "_LARGEST", 3)
    with pytest.raises(ValueError, match="too many to follow"):
        scan(path)
    assert not path.exists()
    monkeypatch.undo()
    scan(path, circuits={})
    assert len(JsonLines(path).load()) == 3


DEADLY = """
import os

class Task:
    def __init__(self, value):
        self.value = value

    def perform(self):
        if self.value < 0:
            os._exit(3)
        return {"value": self.value}
"""


@pytest.mark.slow
def test_a_worker_that_dies_takes_nothing_with_it(tmp_path, monkeypatch):
    (tmp_path / "deadly_task.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(tmp_path)
    from deadly_task import Task

    answers = {}
    with Workers(2) as workers:
        workers.perform_all([Task(value) for value in (1, -1, 2, 3)], answers.__setitem__)
    assert answers.pop(1)["failed"].startswith("The worker process ended")
    assert answers == {0: {"value": 1}, 2: {"value": 2}, 3: {"value": 3}}


@pytest.mark.slow
def test_side_by_side_gives_what_one_process_gives(tmp_path):
    one, two = scan(None), scan(tmp_path / "scan.jsonl", workers=2)
    assert two.energies("UCCSD") == pytest.approx(one.energies("UCCSD"), abs=1e-10)
    assert [p.circuits["UCCSD"].n_evaluations for p in two.points] == [
        p.circuits["UCCSD"].n_evaluations for p in one.points
    ]
    assert two.changes == one.changes


SCRIPT = """
from chemistry import Molecule, repeated_uccsd
from chemistry.scan import Family, potential_scan

if __name__ == "__main__":
    chain = lambda r: Molecule("; ".join(f"H 0 0 {r * k}" for k in range(6)))
    family = Family.of_function(chain, {"spacing (angstrom)": [0.8 + 0.01 * k for k in range(120)]})
    potential_scan(family, journal=r"PATH", workers=2)
"""


@pytest.mark.slow
def test_an_interrupt_ends_at_once_and_leaves_the_journal_whole(tmp_path):
    path = tmp_path / "scan.jsonl"
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT).replace("PATH", str(path)))
    process = subprocess.Popen([sys.executable, script], stderr=subprocess.PIPE, text=True)
    give_up = time.monotonic() + 300
    while not (path.exists() and path.stat().st_size) and time.monotonic() < give_up:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors
    assert len(JsonLines(path).load()) >= 1
