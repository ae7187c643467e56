"""Pictures from rows of records: to scale, by name, with units."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from optimization.routing import Cvrp
from optimization.routing.drawn_positions import drawn_positions
from optimization.routing.plots import gap_by_method, route_map, subproblem_probabilities

mpl.use("Agg")


@pytest.fixture
def rows():
    stops = [
        {"name": "Plant", "x": 137.16, "y": 35.05},
        {"name": "Anjo", "x": 137.08, "y": 34.96},
        {"name": "Seto", "x": 137.08, "y": 35.22},
    ]
    vehicles = [
        {"vehicle": 1, "stops": ["Anjo"], "numbers": [1], "load": 4, "length": 25.0},
        {"vehicle": 2, "stops": ["Seto"], "numbers": [2], "load": 5, "length": 41.0},
    ]
    detail = {
        "stops": stops,
        "vehicles": vehicles,
        "positions": "geographic",
        "subproblems": [{"success_probability": 0.1, "uniform_probability": 0.001}],
    }
    row = {
        "case": "three",
        "unit": "km",
        "objective": 66.0,
        "reference": 66.0,
        "reference_kind": "certified",
        "gap": 0.0,
        "ranks": True,
        "detail": detail,
    }
    return pd.DataFrame(
        [
            {**row, "method": "QAOA", "role": "quantum", "seed": 1},
            {**row, "method": "PyVRP", "role": "classical", "objective": 70.0, "gap": 0.06, "seed": 1},
            {**row, "method": "uniform", "role": "control", "gap": 0.1, "ranks": False, "seed": 1},
            {**row, "method": "broken", "role": "classical", "objective": None, "gap": None, "detail": {}, "seed": 1},
        ]
    )


def close(figure):
    mpl.pyplot.close(figure)


def test_the_map_names_every_stop_on_scaled_axes(rows):
    figure = route_map(rows)
    axes = figure.axes[0]
    assert {"Plant", "Anjo", "Seto"} <= {text.get_text() for text in axes.texts}
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.radians(np.mean([35.05, 34.96, 35.22]))))
    assert "QAOA: 66.0 km" in axes.get_title()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "vehicle 1: load 4, 25.0 km",
        "vehicle 2: load 5, 41.0 km",
    ]
    close(figure)


def test_the_map_shows_the_answer_and_not_another_plan(rows):
    answer = {**rows["detail"].iloc[0], "vehicles": [{**rows["detail"].iloc[0]["vehicles"][0], "length": 20.0}]}
    better = {"objective": 60.0, "gap": -0.1, "detail": answer}
    rows = pd.concat([rows, pd.DataFrame([{**rows.iloc[1].to_dict(), **better, "method": "annealing", "seed": 2}])])
    rows = pd.concat([rows, pd.DataFrame([{**rows.iloc[2].to_dict(), **better, "objective": 1.0, "ranks": True}])])
    figure = route_map(rows)
    assert "annealing: 60.0 km" in figure.axes[0].get_title()
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["vehicle 1: load 4, 20.0 km"]
    close(figure)


@pytest.mark.parametrize("positions", ["plane", "fitted"])
def test_plane_positions_have_equal_axes(rows, positions):
    rows["detail"].iloc[0]["positions"] = positions
    figure = route_map(rows)
    assert figure.axes[0].get_aspect() == 1.0
    close(figure)


def test_what_does_not_rank_is_hollow(rows):
    figure = gap_by_method(rows)
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["uniform", "PyVRP", "QAOA"]
    marks = [line for line in axes.lines if line.get_marker() != "None"]
    assert [mark.get_markerfacecolor() for mark in marks] == ["none", "C1", "C0"]
    close(figure)


def test_probabilities_stand_against_uniform(rows):
    figure = subproblem_probabilities(rows)
    axes = figure.axes[0]
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.lines[0].get_ydata().tolist() == [0.1]
    close(figure)
    close(subproblem_probabilities(rows[rows["role"] == "classical"]))


def test_positions_are_fitted_where_there_are_none():
    places = np.random.default_rng(1).random((6, 2))
    travel = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    names = tuple(map(str, range(6)))
    problem = Cvrp(name="t", names=names, travel=travel, demands=np.r_[0, np.ones(5)], capacity=5, n_vehicles=1)
    fitted, kind = drawn_positions(problem)
    assert kind == "fitted"
    again = np.hypot(*(fitted[:, None] - fitted[None]).transpose(2, 0, 1))
    assert again == pytest.approx(travel)
