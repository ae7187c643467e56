import importlib.util
import sys
from pathlib import Path

import pytest

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


@pytest.fixture
def kaname(monkeypatch, tmp_path, capsys, fruit_basket):
    """`kaname(*arguments)` in an empty folder with a registry of small workloads: exit code, output, errors."""
    from dataclasses import replace

    workloads = {w.name: w for w in (fruit_basket, replace(fruit_basket, name="bread_basket"))}
    monkeypatch.setattr(command_line, "registered", lambda: workloads)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("MPLBACKEND", "Agg")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["kaname", *map(str, arguments)])
        capsys.readouterr()
        code = command_line.main()
        output = capsys.readouterr()
        return code, output.out, output.err

    return run
