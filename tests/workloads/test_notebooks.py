"""Every workload has a notebook: it holds what it says, and the one committed is the source's, with outputs."""

import json
import runpy
from pathlib import Path

import pytest
from matplotlib import pyplot

import workloads
from workloads import WORKLOADS

FOLDER = Path(workloads.__file__).parent / "notebooks"
HEADLINES = {
    "nitrogen_bond": lambda said: said["errors"].max() < 1.6,
    "stock_selection": lambda said: said["result"].feasible_rate == 1.0,
    "parts_delivery": lambda said: said["certified"].cost == pytest.approx(279.710, abs=1e-3),
    "hubbard_chain": lambda said: said["errors"].max() < 0.005,
    "oled_emitter": lambda said: said["exact"].s1_t1_ev == pytest.approx(0.9975, abs=1e-3),
    "battery_electrolyte": lambda said: said["errors"].max() < 1.6,
    "water_geometry": lambda said: said["errors"][0] < 1e-3,
}
QUICK = ("nitrogen_bond", "stock_selection", "parts_delivery")


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_one_committed_is_the_sources(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    cells = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    code = [("".join(cell["source"]), cell["outputs"]) for cell in cells if cell["cell_type"] == "code"]
    markers = [line for line in text.splitlines() if line.startswith("# %%") and "[markdown]" not in line]
    assert len(code) == len(markers) > 3
    for source, outputs in code:
        assert source in text
        assert outputs or "print(" not in source


@pytest.mark.notebook
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in WORKLOADS]
)
def test_it_holds_its_headline(monkeypatch, tmp_path, name):
    monkeypatch.chdir(tmp_path)  # one of them writes its plan
    monkeypatch.setenv("MPLBACKEND", "Agg")
    namespace = runpy.run_path(str(FOLDER / f"{name}.py"))  # it ends in its own asserts
    pyplot.close("all")
    assert HEADLINES[name](namespace)
