import importlib.util
import sys
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from reports.record import Record, Seconds
from reports.store import Store
from workloads import command_line

FRUIT_FILE = Path(__file__).with_name("fruit_basket.py")


@pytest.fixture(scope="session")
def fruit_file():
    return FRUIT_FILE


@pytest.fixture(scope="session")
def fruit_basket():
    """The small workload of fruit_basket.py."""
    spec = importlib.util.spec_from_file_location("fruit_basket", FRUIT_FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fruit_basket"] = module
    spec.loader.exec_module(module)
    return module.FRUIT_BASKET


@pytest.fixture(scope="session")
def record():
    """`record(method, case, **known)`: one that holds nothing but its traceback, as execution leaves a failure."""

    def make(method, case="a case", *, detail=None, **known):
        usual = {"role": "quantum", "sense": "minimize", "ranks": False, "seconds": Seconds(), "input_hash": "0"}
        unknown = {field.name: None for field in fields(Record) if field.default is MISSING is field.default_factory}
        detail = detail or {"traceback": "..."}
        return Record(**{**unknown, **usual, "method": method, "case": case, "detail": detail, **known})

    return make


@pytest.fixture
def command(monkeypatch, tmp_path, capfd):
    """`command(*words)` in an empty folder: exit code, output, errors. With `workload`, as if its own file were run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MPLBACKEND", "Agg")

    def run(*words, workload=None):
        monkeypatch.setattr(sys, "argv", ["kaname", *map(str, words)])
        capfd.readouterr()
        code = command_line.main(workload)
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def kaname(monkeypatch, command, fruit_basket):
    """`kaname(*arguments)` in an empty folder with a registry of small workloads: exit code, output, errors."""
    from dataclasses import replace

    workloads = {w.name: w for w in (fruit_basket, replace(fruit_basket, name="bread_basket"))}
    monkeypatch.setattr(command_line, "registered", lambda: workloads)
    return command


class Runner:
    """A workload run by its own file in an empty folder, into `out` unless said otherwise."""

    def __init__(self, command, workload):
        self.command, self.workload = command, workload

    def __call__(self, *words, output="out"):
        """The words are settings, `name=value`, or options. Exit code, output and errors, white space folded."""
        code, printed, errors = self.lines(*words, output=output)
        return code, " ".join(printed.split()), " ".join(errors.split())

    def lines(self, *words, output="out"):
        """The same with the lines as they were."""
        asked = []
        for word in words:
            asked += ["--set", word] if "=" in word else [word]
        return self.command(*asked, "--output", output, workload=self.workload)

    def refusal(self, *words):
        """The sentence with which a mistake is refused before anything is written."""
        code, _, errors = self(*words)
        assert code == 2
        assert "Traceback" not in errors
        assert not Path("out").exists()
        return errors

    def records(self, output="out"):
        with Store(output, create=False) as store:
            return store.asked(self.workload.name)


@pytest.fixture
def runner(command):
    """`runner(workload, files)`: how a test runs it in a folder with these files, name to text."""

    def make(workload, files=None):
        for name, text in (files or {}).items():
            Path(name).write_text(text)
        return Runner(command, workload)

    return make
