"""Parts delivery from the command line: its instance, own stops, CVRPLIB files; each mistake in one sentence."""

import csv
import os
from dataclasses import replace
from pathlib import Path

import pytest

from workloads import listing
from workloads.parts_delivery import CERTIFIED, PARTS_DELIVERY, QAOA, UNIFORM, UNIFORM_MORE, PartsDeliverySettings, size
from workloads.terminal import make_console
from workloads.workload import Reference, relative_gap

STOPS = """name,latitude,longitude,demand
Plant,35.05,137.16,0
Anjo,34.96,137.08,4
"Obu, north",35.01,136.96,3
Seto,35.22,137.08,5
Kota,34.86,137.17,2
Okazaki,34.96,137.17,4
"""
VRP = """NAME : tiny-k2
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 3
3 4 0
4 4 3
5 -4 3
DEMAND_SECTION
1 0
2 4
3 5
4 6
5 3
DEPOT_SECTION
1
-1
EOF
"""


@pytest.fixture
def run(runner):
    """The workload in a folder with stops.csv and tiny.vrp."""
    return runner(PARTS_DELIVERY, {"stops.csv": STOPS, "tiny.vrp": VRP})


def test_own_stops_give_a_plan_by_name(run):
    code, output, _ = run("--quick", "stops=stops.csv", "vehicles=2")
    assert code == 0
    assert "2 of 2 vehicles serve 5 stops" in output
    assert "Great-circle kilometres" in output
    with Path("out/plan.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["vehicle", "stops", "load", "km"]
    assert {stop for row in rows for stop in row["stops"].split(" > ")} == {
        "Anjo",
        "Obu, north",
        "Seto",
        "Kota",
        "Okazaki",
    }
    assert all(float(row["load"]) <= 12 for row in rows)
    records = run.records()
    best = min(record.objective for record in records)
    assert sum(float(row["km"]) for row in rows) == pytest.approx(best, abs=0.01)
    assert all(record.gap >= -1e-9 and record.feasible_rate == 1.0 for record in records)
    assert Path("out/plan_quantum.csv").exists()


def test_cvrplib_files_run_from_the_command_line(run):
    code, output, _ = run("--quick", "--seeds", "1", "stops=tiny.vrp")
    assert code == 0
    assert "At most 2 vehicles, from the name tiny-k2." in output
    records = run.records()
    assert {record.case for record in records} == {"tiny-k2"}
    assert {record.reference for record in records} == {records[0].objective}
    assert records[0].method == CERTIFIED
    assert records[0].reference_kind == "certified"


def test_the_own_instance(run):
    code, _, _ = run("--quick", "--seeds", "1")
    assert code == 0
    by_method = {record.method: record for record in run.records()}
    assert by_method[CERTIFIED].objective == pytest.approx(279.710, abs=1e-3)
    assert by_method["PyVRP"].objective == pytest.approx(279.710, abs=1e-3)
    quantum = by_method[QAOA]
    assert quantum.gap < 0.03
    assert quantum.qubits <= 40
    assert quantum.sector_dimension <= 10_000
    assert quantum.detail["subproblems"]
    assert by_method[UNIFORM].detail["start_routes"] == quantum.detail["start_routes"]
    assert by_method[UNIFORM_MORE].shots > by_method[UNIFORM].shots


def test_a_bound_cut_short_ranks_plans_by_their_length(run, tmp_path):
    rows = STOPS + "Chiryu,35.00,137.05,3\nToyoake,35.05,137.01,2\nNisshin,35.13,137.04,4\n"
    (tmp_path / "eight.csv").write_text(rows)
    settings = ["stops=eight.csv", "vehicles=2", "capacity=14", "effort=0.03"]
    code, _, _ = run("--quick", "--seeds", "1", *settings, "--time-limit", "0.001")
    assert code == 0
    records = run.records()
    assert {record.reference_kind for record in records} == {"best known"}
    assert all(0 < record.bound <= record.objective for record in records)
    assert {record.reference for record in records} == {records[0].objective}
    by_length = sorted(records, key=lambda record: record.objective)
    assert [r.gap for r in by_length] == sorted(r.gap for r in records)
    best = by_length[0]
    longer = 100 * (best.objective - best.bound) / best.bound
    assert f"at most {longer:.1f} % longer than the shortest there can be" in PARTS_DELIVERY.answer(records)
    nothing_proved = [replace(record, bound=0.0) for record in records]
    assert "shortest there can be" not in PARTS_DELIVERY.answer(nothing_proved)


def test_the_gap_never_falls_as_the_cost_rises():
    for value in (0.0, 5.0):
        known = Reference(value=value, kind="best known", bound=-50.0, detail={})
        gaps = [relative_gap(cost, known) for cost in (0.0, 10.0, 20.0, 40.0)]
        assert gaps == sorted(gaps)
    assert relative_gap(0.0, Reference(value=0.0, kind="certified", bound=0.0, detail={})) == 0.0


def test_one_is_not_many(run, tmp_path):
    (tmp_path / "one.csv").write_text("\n".join(STOPS.splitlines()[:3]) + "\n")
    code, output, _ = run("--quick", "--seeds", "1", "stops=one.csv", "vehicles=1")
    assert code == 0
    assert "1 of 1 vehicle serves 1 stop in" in output
    assert "At most 1 vehicle, each carrying at most 12; 1 stop demands 4 in all." in output


def test_lines_to_paste_are_whole_at_80_columns(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    listing.show_workload(make_console(), PARTS_DELIVERY)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert PARTS_DELIVERY.own_data in lines
    assert "kaname run parts_delivery --quick" in lines


def test_sizes_are_said_before_anything_runs():
    said = size(PartsDeliverySettings())
    assert 0 < said.qubits <= 40
    assert 0 < said.sector_dimension <= 10_000


MISTAKES = [
    ("stops=none.csv", "setting stops: there is no file 'none.csv'"),
    ("stops=stop.csv", "did you mean 'stops.csv'?"),
    ("vehicles=0", "vehicles (vehicles there are; none: 4 for a CSV"),
    ("vehicles=two", "should be a valid integer"),
    ("capacity=-3", "should be greater than 0"),
    ("depth=0", "depth (layers of the QAOA circuit) should be greater than or equal to 1"),
    ("effort=0", "should be greater than 0"),
    ("vehicle=3", "has no setting 'vehicle'; did you mean 'vehicles'?"),
    ("capacity=3", "The demand of 'Kariya brakes', 5, is above every vehicle's capacity, 3"),
    ("vehicles=2", "The demands sum to 47, above the 24 that 2 vehicles"),
    ("travel=none.csv", "setting travel: there is no file 'none.csv'"),
]


@pytest.mark.parametrize(("setting", "message"), MISTAKES)
def test_mistakes_in_settings(run, tmp_path, setting, message):
    code, output, errors = run.lines(setting)
    assert code == 2
    assert output == ""
    assert message in errors
    assert errors.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stops.csv", "tiny.vrp"]


FILES = [
    ("bad.csv", STOPS.replace("34.96", "nan", 1), "line 3: latitude should be a finite number, found 'nan'"),
    ("bad.csv", STOPS.replace("Seto", "Anjo"), "the name 'Anjo' appears more than once"),
    ("bad.csv", STOPS.replace(",5\n", ",-5\n"), "demands cannot be negative"),
    ("bad.csv", STOPS.replace("demand", "pallets"), "has no column 'demand'"),
    ("bad.vrp", VRP.replace("4 6\n", ""), "DEMAND_SECTION should hold, for DIMENSION 5"),
    ("bad.vrp", VRP.replace("DIMENSION : 5", "DIMENSION : 6"), "should hold, for DIMENSION 6"),
    ("bad.vrp", VRP.replace("-k2", ""), "has no -kN that says how many vehicles there are"),
    ("bad.vrp", VRP.replace("4 6\n", "4 11\n"), "The demand of '3', 11, is above every vehicle's capacity, 10"),
]


@pytest.mark.parametrize(("name", "text", "message"), FILES)
def test_mistakes_in_files(run, tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    code, output, errors = run(f"stops={name}")
    assert code == 2
    assert output == ""
    assert message in errors
    assert not (tmp_path / "out").exists()


def test_travel_and_a_cvrplib_file_do_not_go_together(run):
    code, _, errors = run("stops=tiny.vrp", "travel=stops.csv")
    assert code == 2
    assert "The file tiny.vrp brings its own distances: leave travel out" in errors


@pytest.mark.skipif("KANAME_DATA" not in os.environ, reason="KANAME_DATA, the folder of data, is not set")
@pytest.mark.parametrize(("name", "optimum"), [("E-n13-k4", 247), ("P-n16-k8", 450)])
def test_published_instances(run, name, optimum):
    path = Path(os.environ["KANAME_DATA"]) / "cvrplib" / f"{name}.vrp"
    code, _, _ = run("--quick", "--seeds", "1", f"stops={path}")
    assert code == 0
    by_method = {record.method: record for record in run.records()}
    assert by_method[CERTIFIED].objective == by_method["PyVRP"].objective == optimum
    assert optimum <= by_method[QAOA].objective <= 1.05 * optimum  # in three seconds, however busy the machine is
