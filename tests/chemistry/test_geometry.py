import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chemistry.geometry import chemical_formula, distance_matrix, parse_geometry, read_xyz, stretch_bond

ETHANOL = """9
ethanol
C  1.1879 -0.3829 0.0000
C  0.0000  0.5526 0.0000
O -1.1867 -0.2472 0.0000
H -1.9237  0.3850 0.0000
H  2.0985  0.2306 0.0000
H  1.1184 -1.0093 0.8869
H  1.1184 -1.0093 -0.8869
H -0.0227  1.1812 0.8852
H -0.0227  1.1812 -0.8852
"""


def test_a_string_and_a_file_give_the_same_atoms(tmp_path):
    path = tmp_path / "lih.xyz"
    path.write_text("2\nlithium hydride\nLi 0 0 0\nH 0 0 1.6\n\n")
    assert read_xyz(path) == parse_geometry("li 0 0 0; H, 0, 0, 1.6") == parse_geometry("Li 0 0 0\nH 0 0 1.6")


def test_formula(tmp_path):
    path = tmp_path / "ethanol.xyz"
    path.write_text(ETHANOL)
    assert chemical_formula(read_xyz(path)) == "C2H6O"
    assert chemical_formula(parse_geometry("O 0 0 0; H 0 0 0.97")) == "HO"


def test_stretching_moves_the_nearer_side_rigidly(tmp_path):
    path = tmp_path / "ethanol.xyz"
    path.write_text(ETHANOL)
    atoms = read_xyz(path)
    before, after = distance_matrix(atoms), distance_matrix(stretch_bond(atoms, (2, 3), 2.5))
    assert after[1, 2] == pytest.approx(2.5)
    hydroxyl, rest = [2, 3], [0, 1, 4, 5, 6, 7, 8]
    assert after[np.ix_(hydroxyl, hydroxyl)] == pytest.approx(before[np.ix_(hydroxyl, hydroxyl)])
    assert after[np.ix_(rest, rest)] == pytest.approx(before[np.ix_(rest, rest)])


@given(st.floats(0.3, 10.0))
def test_a_stretched_bond_has_the_length_asked_for(length):
    atoms = stretch_bond(parse_geometry("N 0 0 0; N 0.4 0.5 0.9"), (1, 2), length)
    assert distance_matrix(atoms)[0, 1] == pytest.approx(length)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no atom"),
        ("H 0 0", "an element and three coordinates"),
        ("H 0 0 zero", "an element and three coordinates"),
        ("H 0 0 nan", "finite numbers"),
        ("Xx 0 0 0", "'Xx' is not an element"),
        ("H 0 0 0; H 0 0 0.01", r"Atoms 1 \(H\) and 2 \(H\) are only 0.010 angstrom apart"),
    ],
)
def test_bad_geometry_strings(text, message):
    with pytest.raises(ValueError, match=message):
        parse_geometry(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "first line of an xyz file is the number of atoms"),
        (b"H 0 0 0\n", "first line of an xyz file is the number of atoms"),
        (b"3\nwater\nO 0 0 0\nH 0 0 1\n", "announces 3 atoms but lists 2"),
        (b"1\n\nH 0 0\n", "an element and three coordinates"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_bad_files(tmp_path, content, message):
    path = tmp_path / "bad.xyz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_xyz(path)


def test_a_missing_file():
    with pytest.raises(ValueError, match=r"No xyz file at nowhere\.xyz"):
        read_xyz("nowhere.xyz")


@pytest.mark.parametrize(
    ("bond", "length", "message"),
    [
        ((1, 1), 1.0, "two different atoms"),
        ((1, 3), 1.0, "counted from 1 to 2"),
        ((1, 2), 0.0, "positive number"),
        ((1, 2), float("inf"), "positive number"),
        ((1, 2), 0.05, "angstrom apart"),
    ],
)
def test_bad_bonds(bond, length, message):
    with pytest.raises(ValueError, match=message):
        stretch_bond(parse_geometry("N 0 0 0; N 0 0 1.1"), bond, length)


def test_a_path_in_place_of_a_geometry_names_the_reader():
    with pytest.raises(ValueError, match=r"got 'water\.xyz': read a file with Molecule\.from_xyz"):
        parse_geometry("water.xyz")
