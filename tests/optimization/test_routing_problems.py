"""Problems from tables of named places: what was assumed is said, and every mistake is answered in one sentence."""

import numpy as np
import pytest

from optimization.routing import Cvrp, Tsp

STOPS = """name,latitude,longitude,demand
Plant,35.05,137.16,0
Anjo,34.96,137.08,4
"Obu, north",35.01,136.96,3
Seto,35.22,137.08,5
"""
TRAVEL = """,Plant,Seto,"Obu, north",Anjo
Plant,0,21,20,14
Anjo,15,33,12,0
"Obu, north",19,26,0,11
Seto,22,0,27,34
"""


@pytest.fixture
def stops(tmp_path):
    path = tmp_path / "stops.csv"
    path.write_text(STOPS)
    return path


def test_places_and_kilometres(stops):
    problem = Cvrp.from_csv(stops, capacity=8, vehicles=2)
    assert problem.names == ("Plant", "Anjo", "Obu, north", "Seto")
    assert problem.demands.tolist() == [0.0, 4.0, 3.0, 5.0]
    assert (problem.n_vehicles, problem.capacity, problem.unit) == (2, 8, "km")
    flat = 111.195 * np.hypot(35.22 - 35.05, (137.16 - 137.08) * np.cos(np.radians(35.135)))
    assert problem.travel[0, 3] == pytest.approx(flat, rel=1e-4)
    assert "the depot is the first row, Plant" in problem.assumptions
    assert any("great-circle kilometres" in assumption for assumption in problem.assumptions)


def test_a_travel_table_is_matched_by_name_and_may_be_asymmetric(stops, tmp_path):
    path = tmp_path / "travel.csv"
    path.write_text(TRAVEL)
    problem = Cvrp.from_csv(stops, capacity=8, vehicles=2, travel=path)
    assert problem.travel.tolist() == [[0, 14, 20, 21], [15, 0, 12, 33], [19, 11, 0, 26], [22, 34, 27, 0]]
    tour = Tsp.from_csv(stops, travel=path)
    assert np.array_equal(tour.travel, problem.travel)


def test_latitudes_may_be_left_out_where_travel_is_given(tmp_path):
    path = tmp_path / "stops.csv"
    path.write_text("name,demand\nA,0\nB,1\n")
    problem = Cvrp.from_csv(path, capacity=2, vehicles=1, travel=np.array([[0, 2], [3, 0]]))
    assert problem.coordinates is None
    assert problem.travel.tolist() == [[0, 2], [3, 0]]


def test_problems_do_not_share_memory_with_their_inputs():
    travel = np.ones((2, 2))
    problem = Tsp(name="t", names=("a", "b"), travel=travel)
    travel[0, 1] = 9.0
    assert problem.travel[0, 1] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        problem.travel[0, 1] = 2.0


BAD_STOPS = [
    (STOPS.replace("34.96", "nan"), "line 3: latitude should be a finite number, found 'nan'"),
    (STOPS.replace("34.96", ""), "line 3: latitude should be a finite number, found ''"),
    (STOPS.replace("34.96", "94.96"), "line 3: latitude should lie in [-90, 90]"),
    (STOPS.replace("Seto", "Anjo"), "line 3: the name 'Anjo' appears more than once"),
    (STOPS.replace("Seto", ""), "line 5: the name is empty"),
    (STOPS.replace("demand", "pallets"), "has no column 'demand': the header should name name, latitude"),
    (STOPS.replace(",5\n", ",5,6\n"), "line 5: expected 4 values as in the header, found 5"),
    (STOPS.replace(",5\n", ",many\n"), "line 5: demand should be a finite number, found 'many'"),
    (STOPS.replace(",5\n", ",-5\n"), "The demand of 'Seto' is -5, but demands cannot be negative"),
    (STOPS.replace(",5\n", ",9\n"), "The demand of 'Seto', 9, is above every vehicle's capacity, 8"),
    (STOPS.replace(",5\n", ",8\n").replace(",4\n", ",8\n"), "The demands sum to 19, above the 16 that 2 vehicles"),
    (STOPS.replace("137.16,0", "137.16,1"), "The first place, 'Plant', is the depot and should have demand 0, got 1"),
    ("name,latitude,longitude,demand\nPlant,35,137,0\n", "holds 1 places: give the depot in the first row"),
    ("", "is empty: a stops file has a header and one row per place"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD_STOPS)
def test_bad_tables_of_stops(tmp_path, text, sentence):
    path = tmp_path / "stops.csv"
    path.write_text(text)
    with pytest.raises(ValueError) as error:
        Cvrp.from_csv(path, capacity=8, vehicles=2)
    assert sentence in str(error.value)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"capacity": 0, "vehicles": 2}, "The capacity of a vehicle should be a positive number, got 0"),
        ({"capacity": float("nan"), "vehicles": 2}, "The capacity of a vehicle should be a positive number, got nan"),
        ({"capacity": 8, "vehicles": 0}, "The number of vehicles should be an integer of 1 or more, got 0"),
        ({"capacity": 8, "vehicles": 2.5}, "The number of vehicles should be an integer of 1 or more, got 2.5"),
        ({"capacity": 8, "vehicles": 2, "travel": np.ones((3, 4))}, "(4, 4), got (3, 4)"),
        ({"capacity": 8, "vehicles": 2, "travel": np.ones((3, 3))}, "(4, 4), got (3, 3)"),
        ({"capacity": 8, "vehicles": 2, "travel": np.full((4, 4), np.nan)}, "from 'Plant' to 'Anjo' it says nan"),
        ({"capacity": 8, "vehicles": 2, "travel": np.full((4, 4), -1.0)}, "from 'Plant' to 'Anjo' it says -1"),
        ({"capacity": 8, "vehicles": 2, "travel": "nowhere.csv"}, "No travel matrix file at nowhere.csv"),
    ],
)
def test_bad_options(stops, options, sentence):
    with pytest.raises(ValueError) as error:
        Cvrp.from_csv(stops, **options)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TRAVEL.replace("\nSeto", "\nKomaki"), "one row for each stop; 'Seto' has 0"),
        (TRAVEL.replace("Plant,Seto", "Plant,Komaki"), "one column for each stop; 'Seto' has 0"),
        (TRAVEL.replace(",33,", ",far,"), "line 3: travel to Seto should be a finite number, found 'far'"),
        (TRAVEL.replace(",34\n", "\n"), "line 5: expected 5 values as in the header, found 4"),
    ],
)
def test_bad_travel_tables(stops, tmp_path, text, sentence):
    path = tmp_path / "travel.csv"
    path.write_text(text)
    with pytest.raises(ValueError) as error:
        Cvrp.from_csv(stops, capacity=8, vehicles=2, travel=path)
    assert sentence in str(error.value)


def test_a_missing_table(tmp_path):
    with pytest.raises(ValueError, match=r"No stops file at .*: give the path of a CSV file\."):
        Tsp.from_csv(tmp_path / "missing.csv")


def test_a_tour_wants_distinct_cities():
    with pytest.raises(ValueError, match="two cities or more, got 1"):
        Tsp(name="t", names=("a",), travel=np.zeros((1, 1)))
    with pytest.raises(ValueError, match="'a' appears more than once"):
        Tsp(name="t", names=("a", "a"), travel=np.zeros((2, 2)))


PLACES = "name,latitude,longitude,demand\nPlant,35.05,137.15,0\nAnjo,34.96,137.08,4\nSeto,35.22,137.08,5\n"


@pytest.mark.parametrize(
    "column", ["ready", "due", "due_date", "time_window", "Opening", "service_time", "max distance", "volume", "weight"]
)
def test_a_column_that_constrains_the_plan_is_not_passed_over(tmp_path, column):
    rows = PLACES.splitlines()
    (tmp_path / "stops.csv").write_text("\n".join([f"{rows[0]},{column}", *(f"{row},1" for row in rows[1:])]))
    with pytest.raises(ValueError, match=f"has the column '{column.lower()}', which seems to constrain the plan"):
        Cvrp.from_csv(tmp_path / "stops.csv", capacity=12, vehicles=2)


def test_columns_that_are_not_used_are_named(tmp_path):
    rows = PLACES.splitlines()
    (tmp_path / "stops.csv").write_text("\n".join([f"{rows[0]},address,phone", *(f"{row},x,y" for row in rows[1:])]))
    assert (
        "columns not used: address, phone" in Cvrp.from_csv(tmp_path / "stops.csv", capacity=12, vehicles=2).assumptions
    )


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("Tokyo,35.68,139.77,3", True),  # 240 km away, where the others lie within 20
        ("Slip,3.522,137.08,3", True),  # a decimal point one digit too early
        ("Nagoya,35.17,136.90,3", False),
        ("Okazaki,34.95,137.17,3", False),
    ],
)
def test_a_place_far_away_is_worth_a_word(tmp_path, place, told):
    (tmp_path / "stops.csv").write_text(PLACES + "Chiryu,35.00,137.05,3\n" + place + "\n")
    said = " ".join(Cvrp.from_csv(tmp_path / "stops.csv", capacity=12, vehicles=2).assumptions)
    assert (f"{place.split(',')[0]} lies" in said) == told
