"""Reading TSPLIB and CVRPLIB files: formats against a full matrix, and every malformed section in one sentence."""

import numpy as np
import pytest

from optimization.routing import Cvrp, Tsp, read_solution, write_solution
from optimization.routing.distances import great_circle

HEAD = "NAME : tiny\nTYPE : TSP\nDIMENSION : 4\n"
FULL = np.array([[0, 3, 7, 2], [3, 0, 4, 6], [7, 4, 0, 5], [2, 6, 5, 0]], dtype=float)
FORMATS = {
    "FULL_MATRIX": "0 3 7 2 3 0 4 6 7 4 0 5 2 6 5 0",
    "LOWER_ROW": "3 7 4 2 6 5",
    "UPPER_ROW": "3 7 2\n4 6\n5",
    "LOWER_DIAG_ROW": "0 3 0 7 4 0 2 6 5 0",
    "UPPER_DIAG_ROW": "0 3 7 2 0 4 6 0 5 0",
}
CVRP = """NAME : tiny-k2
COMMENT : (none)
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 10
NODE_COORD_SECTION
1 0 0
2 0 3
3 4 0
4 4 3
DEMAND_SECTION
1 0
2 4
3 5
4 6
DEPOT_SECTION
 1
 -1
EOF
"""


def written(tmp_path, text, name="tiny.tsp"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("layout", FORMATS)
def test_explicit_formats_give_the_same_matrix(tmp_path, layout):
    text = (
        f"{HEAD}EDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: {layout}\nEDGE_WEIGHT_SECTION\n{FORMATS[layout]}\nEOF"
    )
    assert np.array_equal(Tsp.from_file(written(tmp_path, text)).travel, FULL)


def test_an_asymmetric_full_matrix_stays_asymmetric(tmp_path):
    text = (
        "NAME: a\nTYPE: ATSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\n"
        "EDGE_WEIGHT_SECTION\n9999 5\n7 9999\n"
    )
    assert Tsp.from_file(written(tmp_path, text)).travel.tolist() == [[0.0, 5.0], [7.0, 0.0]]


def test_sections_may_come_in_any_order(tmp_path):
    body = CVRP.replace("EOF\n", "")
    start = body.index("NODE_COORD_SECTION")
    demand = body.index("DEMAND_SECTION")
    shuffled = body[demand:] + body[start:demand] + body[:start]
    one = Cvrp.from_file(written(tmp_path, CVRP, "one.vrp"))
    other = Cvrp.from_file(written(tmp_path, shuffled, "other.vrp"))
    assert np.array_equal(one.travel, other.travel)
    assert np.array_equal(one.demands, other.demands)
    assert (one.n_vehicles, one.capacity) == (other.n_vehicles, other.capacity) == (2, 10.0)


@pytest.mark.parametrize(("kind", "expected"), [("EUC_2D", 1.0), ("CEIL_2D", 2.0)])
def test_rounding_of_plane_distances(tmp_path, kind, expected):
    text = f"TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: {kind}\nNODE_COORD_SECTION\n1 0 0\n2 1.1 0\n"
    assert Tsp.from_file(written(tmp_path, text)).travel[0, 1] == expected


def test_geo_follows_tsplib(tmp_path):
    # The distance between the first two cities of burma14, as the published optimum of 3323 has it.
    text = "TYPE: TSP\nDIMENSION: 2\nEDGE_WEIGHT_TYPE: GEO\nNODE_COORD_SECTION\n1 16.47 96.10\n2 16.47 94.44\n"
    assert Tsp.from_file(written(tmp_path, text)).travel[0, 1] == 153.0


def test_great_circle_kilometres():
    # One degree of latitude on the mean sphere; a quarter of the equator.
    distances = great_circle(np.array([[35.0, 137.0], [36.0, 137.0], [0.0, 0.0], [0.0, 90.0]]))
    assert distances[0, 1] == pytest.approx(111.195, abs=1e-3)
    assert distances[2, 3] == pytest.approx(np.pi / 2 * 6371.0088)
    assert np.allclose(distances, distances.T)


def test_a_depot_that_is_not_the_first_node_comes_first(tmp_path):
    moved = CVRP.replace(" 1\n -1", " 4\n -1").replace("1 0\n2 4\n3 5\n4 6", "1 6\n2 4\n3 5\n4 0")
    problem = Cvrp.from_file(written(tmp_path, moved, "moved.vrp"))
    assert problem.demands.tolist() == [0.0, 6.0, 4.0, 5.0]
    assert problem.travel[0].tolist() == [0.0, 5.0, 4.0, 3.0]


def test_the_fleet_comes_from_the_name_unless_it_is_given(tmp_path):
    path = written(tmp_path, CVRP, "tiny.vrp")
    assert Cvrp.from_file(path).n_vehicles == 2
    assert "at most 2 vehicles, from the name tiny-k2" in Cvrp.from_file(path).assumptions
    assert Cvrp.from_file(path, n_vehicles=3).n_vehicles == 3


def test_a_depot_with_a_demand_is_named_with_its_section(tmp_path):
    wrong = written(tmp_path, CVRP.replace(" 1\n -1", " 3\n -1"), "wrong.vrp")
    with pytest.raises(ValueError, match="DEPOT_SECTION names node 3, but DEMAND_SECTION gives that node the demand 5"):
        Cvrp.from_file(wrong)
    path = written(tmp_path, CVRP.replace("DEPOT_SECTION\n 1\n -1\n", "").replace("\n1 0\n", "\n1 2\n"), "none.vrp")
    with pytest.raises(ValueError, match="Without a DEPOT_SECTION the depot is node 1, but DEMAND_SECTION gives"):
        Cvrp.from_file(path)


@pytest.mark.parametrize("kind", [Cvrp, Tsp])
def test_a_csv_is_sent_to_its_own_reader(kind):
    with pytest.raises(ValueError, match=rf"stops\.csv is a CSV.*read it with {kind.__name__}\.from_csv"):
        kind.from_file("stops.csv")


EXPLICIT = HEAD + "EDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: LOWER_ROW\nEDGE_WEIGHT_SECTION\n3 7 4 2 6 5\n"
MALFORMED = [
    (EXPLICIT.replace("3 7 4 2 6 5", "3 7 4 2 6"), "line 6: EDGE_WEIGHT_SECTION in LOWER_ROW should hold 6 numbers"),
    (EXPLICIT.replace("3 7 4 2 6 5", "3 7 four 2 6 5"), "line 7: EDGE_WEIGHT_SECTION wants numbers, found 'four'"),
    (EXPLICIT.replace("3 7 4 2 6 5", "3 7 nan 2 6 5"), "line 7: EDGE_WEIGHT_SECTION wants finite numbers"),
    (EXPLICIT.replace("3 7 4", "3 -7 4"), "from '1' to '3' it says -7"),
    (EXPLICIT.replace("LOWER_ROW", "LOWER_COL"), "EDGE_WEIGHT_FORMAT is LOWER_COL, but only"),
    (EXPLICIT.replace("EXPLICIT", "XRAY1"), "EDGE_WEIGHT_TYPE is XRAY1, but only EUC_2D, CEIL_2D, GEO, EXPLICIT"),
    (EXPLICIT.replace("EXPLICIT", "EUC_2D"), "EUC_2D needs a NODE_COORD_SECTION, and there is none"),
    (EXPLICIT.replace("DIMENSION : 4", "DIMENSION : 5"), "should hold 10 numbers for DIMENSION 5, but it holds 6"),
    (EXPLICIT.replace("DIMENSION : 4", "DIMENSION : four"), "line 3: DIMENSION should be an integer"),
    (EXPLICIT.replace("DIMENSION : 4\n", ""), "the line 'DIMENSION : ...' is missing"),
    (EXPLICIT.replace("TYPE : TSP", "TYPE : SOP"), "line 2: TYPE is SOP, but only TSP, ATSP, CVRP"),
    (EXPLICIT + "EDGE_WEIGHT_SECTION\n1\n", "EDGE_WEIGHT_SECTION appears a second time"),
    (EXPLICIT + "TOUR_SECTION\n1\n", "the section TOUR_SECTION is not one of those read here"),
    ("hello\n", "line 1: expected 'KEYWORD : value' or a section, found 'hello'"),
]


@pytest.mark.parametrize(("text", "sentence"), MALFORMED)
def test_malformed_files_are_answered_with_the_line(tmp_path, text, sentence):
    with pytest.raises(ValueError) as error:
        Tsp.from_file(written(tmp_path, text))
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")


MALFORMED_CVRP = [
    (CVRP.replace("3 5\n", "", 1), "line 12: DEMAND_SECTION should hold, for DIMENSION 4"),
    (CVRP.replace("3 5\n", "2 5\n", 1), "DEMAND_SECTION gives node 2 a second time"),
    (CVRP.replace("3 5\n", "9 5\n", 1), "DEMAND_SECTION numbers nodes from 1 to 4, found 9"),
    (CVRP.replace("3 4 0\n", "3 4\n"), "NODE_COORD_SECTION should hold, for DIMENSION 4"),
    (CVRP.replace(" 1\n -1", " 1\n 2\n -1"), "DEPOT_SECTION should name one depot"),
    (CVRP.replace(" 1\n -1", " 7\n -1"), "DEPOT_SECTION should name a node from 1 to 4, found 7"),
    (CVRP.replace("CAPACITY : 10", "CAPACITY : ten"), "line 6: CAPACITY should be a number, found 'ten'"),
    (CVRP.replace("CAPACITY : 10\n", ""), "no line 'CAPACITY : ...'"),
    (CVRP[: CVRP.index("DEMAND")] + CVRP[CVRP.index("DEPOT_") :], "has no DEMAND_SECTION"),
    (CVRP.replace("tiny-k2", "tiny"), "has no -kN that says how many vehicles there are: give n_vehicles"),
    (CVRP.replace("4 6\n", "4 16\n"), "The demand of '3', 16, is above every vehicle's capacity, 10"),
    (CVRP.replace("4 6\n", "4 -6\n"), "The demand of '3' is -6, but demands cannot be negative"),
    (CVRP.replace("tiny-k2", "tiny-k1"), "The demands sum to 15, above the 10 that 1 vehicle of"),
    (CVRP.replace("TYPE : CVRP", "TYPE : TSP"), "is of TYPE TSP, not CVRP: read it with Tsp.from_file"),
]


@pytest.mark.parametrize(("text", "sentence"), MALFORMED_CVRP)
def test_malformed_cvrp_files_are_answered_in_one_sentence(tmp_path, text, sentence):
    with pytest.raises(ValueError) as error:
        Cvrp.from_file(written(tmp_path, text, "tiny.vrp"))
    assert sentence in str(error.value)


def test_files_that_are_no_problem_files(tmp_path):
    with pytest.raises(ValueError, match=r"No problem file at .*missing\.vrp: give the path"):
        Cvrp.from_file(tmp_path / "missing.vrp")
    (tmp_path / "binary.vrp").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not a text file"):
        Cvrp.from_file(tmp_path / "binary.vrp")
    with pytest.raises(ValueError, match=r"is of TYPE CVRP, not TSP: read it with Cvrp\.from_file"):
        Tsp.from_file(written(tmp_path, CVRP))


def test_solution_files_round_trip(tmp_path):
    path = tmp_path / "tiny.sol"
    write_solution(path, [(2, 1), (3,)], 17.0)
    assert path.read_text() == "Route #1: 2 1\nRoute #2: 3\nCost 17\n"
    solution = read_solution(path)
    assert solution.routes == ((2, 1), (3,))
    assert solution.cost == 17.0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("Cost 5\n", "holds no 'Route #1: ...' line"), ("Route #1: 1 x\n", "line 1: expected 'Route #1: 3 1 2'")],
)
def test_malformed_solution_files(tmp_path, text, sentence):
    path = tmp_path / "bad.sol"
    path.write_text(text)
    with pytest.raises(ValueError) as error:
        read_solution(path)
    assert sentence in str(error.value)
    with pytest.raises(ValueError, match="No solution file"):
        read_solution(tmp_path / "missing.sol")
