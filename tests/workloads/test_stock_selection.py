import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from workloads import command_line
from workloads.settings import make_settings
from workloads.stock_selection import (
    ANNEALING,
    ENUMERATION,
    GREEDY,
    SCIP,
    STOCK_SELECTION,
    UNIFORM,
    UNIFORM_MORE,
    StockSelectionSettings,
    qaoa_name,
    size,
    training_budget,
)

Kaname = Callable[..., tuple[int, str, str]]


def price_table(n_assets: int, n_months: int = 60) -> str:
    rng = np.random.default_rng(3)
    growth = rng.normal(0.01, 0.05, size=(n_months, n_assets)) + rng.normal(0, 0.03, size=(n_months, 1))
    prices = 100 * np.exp(np.cumsum(growth, axis=0))
    months = (np.datetime64("2019-01", "M") + np.arange(n_months)).astype("M8[D]")
    head = "date," + ",".join(f"asset{i}" for i in range(n_assets))
    rows = (f"{day}," + ",".join(f"{p:.4f}" for p in row) for day, row in zip(months, prices, strict=True))
    return "\n".join([head, *rows])


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(price_table(9))
    return path


@pytest.fixture
def kaname(monkeypatch: pytest.MonkeyPatch, command: Kaname) -> Kaname:
    """The command line with this workload alone, on lines that hold a whole message."""
    monkeypatch.setattr(command_line, "registered", lambda: {"stock_selection": STOCK_SELECTION})
    monkeypatch.setenv("COLUMNS", "300")
    return command


def test_own_prices_end_to_end(kaname: Kaname, prices: Path, tmp_path: Path) -> None:
    asked = ("--set", f"prices={prices}", "--set", "n_chosen=3", "--set", "depths=1,2", "--shots", "200")
    code, out, err = kaname("run", "stock_selection", *asked, "--output", tmp_path / "run", "--json")
    assert code == 0, err
    records = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    methods = {record["method"] for record in records}
    assert methods == {ENUMERATION, SCIP, GREEDY, ANNEALING, qaoa_name(1), qaoa_name(2), UNIFORM, UNIFORM_MORE}
    by_method = {method: [r for r in records if r["method"] == method] for method in methods}
    (certified,), (scip,) = by_method[ENUMERATION], by_method[SCIP]
    assert certified["reference_kind"] == "certified"
    assert scip["objective"] == pytest.approx(certified["objective"], abs=1e-12)
    assert scip["detail"]["certified"]
    for method in (ANNEALING, qaoa_name(1), qaoa_name(2), UNIFORM, UNIFORM_MORE):
        assert [record["seed"] for record in by_method[method]] == [1, 2, 3, 4, 5]
    for record in records:
        assert record["feasible_rate"] == 1.0
        assert record["gap"] >= -1e-9
        assert len(record["detail"]["chosen"]) == 3
    assert by_method[UNIFORM][0]["shots"] == 200
    assert by_method[UNIFORM_MORE][0]["shots"] == 200 * (1 + training_budget())
    for record in by_method[qaoa_name(2)]:
        assert record["qubits"] == 9
        assert record["sector_dimension"] == 84
        assert record["evaluations"] <= training_budget() + 2
        assert record["two_qubit_gates"] > 0
        assert record["success_probability"] > 3 / 84
    assert (tmp_path / "run" / "selection.csv").read_text().count("\n") == 4
    page = (tmp_path / "run" / "report.md").read_text()
    proof = "proved by enumeration and by SCIP"
    for said in ("mine.csv", "monthly prices from 2019-01-01", "In-sample", "not a forecast", proof):
        assert said in page


def test_classical_methods_answer_alone_without_circuits(kaname: Kaname, prices: Path, tmp_path: Path) -> None:
    asked = ("--set", f"prices={prices}", "--set", "n_chosen=3", "--set", "depths=none", "--output", tmp_path / "run")
    code, out, err = kaname("run", "stock_selection", *asked)
    assert code == 0, err
    assert "No circuit ran beside its control" in out


def test_what_no_simulator_holds_is_refused_with_what_would_fit(kaname: Kaname, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(price_table(225))
    output = tmp_path / "run"
    code, _, err = kaname(
        "run", "stock_selection", "--set", f"prices={path}", "--set", "n_chosen=10", "--output", output
    )
    assert code != 0
    assert "225 qubits" in err
    assert "--set n_chosen=" in err
    assert "--set depths=none" in err
    assert not output.exists()


BAD_SETTINGS = [
    (("prices=none.csv",), "there is no file 'none.csv'"),
    (("prices=mine.csv", "returns=mine.csv"), "Give prices or returns, not both"),
    (("prices=mine.csv", "n_chosen=10"), "whole number from 1 to the 9 assets there are, but is 10"),
    (("n_chosen=0",), "n_chosen"),
    (("n_chosen=many",), "n_chosen"),
    (("risk_aversion=-1",), "risk_aversion"),
    (("risk_aversion=nan",), "risk_aversion"),
    (("depths=0",), "Circuits have at least 1 layer, .* depths=0"),
    (("mixer=swap",), "mixer"),
    (("alpha=2",), "alpha"),
    (("first_date=2030-01-01",), "nothing is left from 2030-01-01 on."),
    (("first_date=spring",), "The first date should be one such as 2024-01-31"),
    (("stocks=20",), "no setting 'stocks'"),
    (("prices=bad.csv",), "missing or infinite, the first of asset0"),
]


@pytest.mark.parametrize(("assignments", "message"), BAD_SETTINGS)
def test_every_mistake_is_one_sentence_and_writes_nothing(
    kaname: Kaname, prices: Path, tmp_path: Path, assignments: tuple[str, ...], message: str
) -> None:
    head, first, *rest = price_table(3).splitlines()
    (tmp_path / "bad.csv").write_text("\n".join([head, first.replace(first.split(",")[1], "", 1), *rest]))
    words = [word for assignment in assignments for word in ("--set", assignment)]
    code, out, err = kaname("run", "stock_selection", *words, "--output", tmp_path / "run")
    assert code != 0
    assert "Traceback" not in out + err
    assert re.search(message, " ".join(err.split()))
    assert not (tmp_path / "run").exists()


def test_the_suite_s_own_stocks_are_called_survivors() -> None:
    settings = make_settings(StockSelectionSettings, workload="stock_selection", overrides={}, assignments={})
    assert STOCK_SELECTION.notes is not None
    text = " ".join(STOCK_SELECTION.notes(settings))
    for said in ("survivors", "1990-01-02 to 2022-12-28", "arithmetic", "252 periods", "not a forecast"):
        assert said in text
    size = STOCK_SELECTION.size(settings)
    assert (size.qubits, size.sector_dimension) == (20, 125_970)


def test_returns_are_taken_too(kaname: Kaname, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    days = np.arange("2024-01-05", "2024-06-01", 7, dtype="M8[D]")
    rows = [f"{day}," + ",".join(f"{r:.5f}" for r in rng.normal(0.002, 0.02, 5)) for day in days]
    (tmp_path / "returns.csv").write_text("\n".join(["date,A,B,C,D,E", *rows]))
    asked = (
        "--set",
        "returns=returns.csv",
        "--set",
        "n_chosen=2",
        "--set",
        "depths=1",
        "--seeds",
        "1",
        "--shots",
        "50",
    )
    code, out, err = kaname("run", "stock_selection", *asked, "--machine", "shots", "--output", tmp_path / "run")
    assert code == 0, err
    assert "weekly returns" in out + err


def test_what_does_not_fit_is_told_a_line_that_does():
    said = size(StockSelectionSettings.model_construct(**{**dict(StockSelectionSettings()), "n_chosen": 10}))
    assert "With a mixer on a ring it fits: --set mixer=xy-ring --set depths=1 takes about" in said.would_fit
    assert "--set depths=none" in said.would_fit
    ring = size(StockSelectionSettings(n_chosen=10, mixer="xy-ring"))
    assert ring.memory_bytes < said.memory_bytes
    assert "ring" not in ring.would_fit
