import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

from matplotlib import pyplot

from chemistry.plots.energy_curves import convergence, dissociation_curve, energy_errors


@pytest.fixture
def rows():
    """Three methods on three lengths; CCSD falls below the exact curve at the last."""
    table = []
    for length, exact in ((1.0, -1.1), (1.5, -1.0), (2.0, -0.9)):
        trace = [[1, exact + 0.05], [10, exact + 0.004], [30, exact + 0.0005]]
        for method, role, error, detail in (
            ("FCI (exact)", "classical", 0.0, {}),
            ("CCSD", "classical", 0.001 if length < 2 else -0.1, {}),
            ("VQE", "quantum", 0.0005, {"trace": trace}),
            ("untrained", "control", 0.05, {}),
        ):
            table.append(
                {
                    "method": method, "role": role, "objective": exact + error, "reference": exact,
                    "ranks": error >= 0, "status": "", "detail": {"bond_length": length, **detail},
                }
            )  # fmt: skip
    yield pd.DataFrame(table)
    pyplot.close("all")


def test_the_curve_draws_what_does_not_rank_hollow(rows):
    figure = dissociation_curve(rows)
    figure.canvas.draw()
    above, below = figure.axes
    hollow = [line for axes in (above, below) for line in axes.get_lines()
              if line.get_markerfacecolor() == "none" and len(line.get_xdata())]  # fmt: skip
    assert [list(line.get_xdata()) for line in hollow] == [[2.0], [2.0]]
    assert {line.get_color() for line in hollow} == {"C1"}
    assert below.get_yscale() == "log"
    assert any(np.allclose(line.get_ydata(), 1.6) for line in below.get_lines() if len(line.get_ydata()))
    assert "angstrom" in below.get_xlabel()
    assert "hollow" in figure.legends[0].get_title().get_text()


def test_all_that_ranks_needs_no_note(rows):
    figure = dissociation_curve(rows[rows["ranks"]])
    assert figure.legends[0].get_title().get_text() in ("", "None")


def test_one_geometry(rows):
    single = rows.iloc[:4].copy()
    figure = energy_errors(single)
    figure.canvas.draw()
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["CCSD", "VQE", "untrained"]


def test_convergence_never_rises(rows):
    figure = convergence(rows)
    line = figure.axes[0].get_lines()[0]
    assert (np.diff(line.get_ydata()) <= 0).all()
    assert line.get_ydata()[-1] == pytest.approx(0.5)


def test_nothing_trained(rows):
    assert convergence(rows[rows["role"] == "classical"]).axes
