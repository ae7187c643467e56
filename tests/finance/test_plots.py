from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest

from finance import plots
from optimization.sample_quality import LEVELS

matplotlib.use("Agg")


def frame() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for method, role, chance, gap in (
        ("enumeration", "classical", None, 0.0),
        ("swap-move annealing", "classical", 0.97, 0.0),
        ("QAOA, 2 layers", "quantum", 0.004, 0.3),
        ("uniform", "control", 8e-6, 1.0),
    ):
        for seed in range(3):
            detail: dict[str, Any] = {
                "chosen": ["A", "B"],
                "expected_return": 0.1 + gap / 50,
                "volatility": 0.2 + gap / 9,
            }
            if chance is not None:
                detail |= {"gap_levels": LEVELS, "gap_quantiles": list(gap * np.linspace(0, 2, len(LEVELS)))}
            if method == "enumeration":
                detail |= {"cloud_return": [0.1, 0.2], "cloud_volatility": [0.2, 0.3], "risk_aversion": 5.0}
            rows.append(
                {
                    "method": method,
                    "role": role,
                    "seed": seed,
                    "objective": 1.0 - gap,
                    "success_probability": chance,
                    "detail": detail,
                }
            )
    rows.append({**rows[-1], "objective": None, "success_probability": None, "detail": {}})  # a failed seed
    return pd.DataFrame(rows)


@pytest.mark.parametrize("draw", [plots.sample_quality, plots.success_probability, plots.risk_and_return])
def test_pictures_ask_their_question_and_carry_units(draw: Any) -> None:
    (axes,) = draw(frame()).axes
    assert axes.get_title().endswith("?")
    assert axes.get_xlabel()
    draw(frame()).canvas.draw()


def test_roles_have_their_colours() -> None:
    (axes,) = plots.sample_quality(frame()).axes
    colours = {line.get_label(): line.get_color() for line in axes.get_lines()}
    assert colours == {"swap-move annealing": "C1", "QAOA, 2 layers": "C0", "uniform": "C2"}


def test_the_plane_shows_the_best_of_each_role_and_the_line_of_equal_objective() -> None:
    (axes,) = plots.risk_and_return(frame()).axes
    labels = axes.get_legend_handles_labels()[1]
    assert labels == [
        "uniform selections",
        "as good as the optimum",
        "best classical: enumeration",
        "best quantum: QAOA, 2 layers",
        "best control: uniform",
    ]


def test_chances_of_zero_are_left_out() -> None:
    table = frame()
    table.loc[table["method"] == "uniform", "success_probability"] = 0.0
    (axes,) = plots.success_probability(table).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["swap-move annealing", "QAOA, 2 layers"]
