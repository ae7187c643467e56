import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chemistry.geometry import (
    ANGSTROM_PER_BOHR,
    ATOMIC_NUMBERS,
    Atom,
    check_atoms,
    chemical_formula,
    distance_matrix,
    only_bond,
    parse_geometry,
    read_xyz,
    read_xyz_frames,
    stretch_bond,
    xyz_text,
)

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


LIH = "Li 0 0 0; H 0 0 1.6"


def test_a_string_and_a_file_give_the_same_atoms(tmp_path):
    path = tmp_path / "lih.xyz"
    path.write_text("2\nlithium hydride\nLi 0 0 0\nH 0 0 1.6\n\n")
    assert read_xyz(path) == parse_geometry("li 0 0 0; H, 0, 0, 1.6") == parse_geometry("Li 0 0 0\nH 0 0 1.6")


def test_elements_are_symbols_numbers_or_labels():
    assert parse_geometry("3 0 0 0; 1 0 0 1.6") == parse_geometry("LI1 0 0 0; h2 0 0 1.6") == parse_geometry(LIH)


@pytest.mark.parametrize(
    "line",
    ["H, 0, 0, 1.6", "H, 0, 0, 1.6,", "H,0,0,1.6", "H 0,0,1.6", "H , 0 , 0 , 1.6", "H 0.0, 0.0, 1.6", "H\t0, 0 1.6"],
)
def test_commas_may_separate(line):
    assert parse_geometry(f"Li 0 0 0; {line}") == parse_geometry(LIH)
    assert parse_geometry(f"2\n\nLi 0 0 0\n{line}") == parse_geometry(LIH)


def test_columns_after_the_coordinates_may_have_commas():
    assert parse_geometry("2\n\nLi 0 0 0 -0,1 a,b\nH,0.0,0.0,1.6,0.5") == parse_geometry(LIH)


@pytest.mark.parametrize(
    "line",
    [
        "H 0,000 0,500 0,119",
        "H 2,000 -1,763 -0,477",
        "H 0 0 0,119",
        "H 0 0,5 0",
        "H -0,5 1 2 0.1",
        "H,0,5,1,2,0,3",
        "H 0,5,1,2,0,3",
        "H 0,5 1,2",
        "H 1.234,5 0 0",
        "H\t0,5\t0,5\t0,5\t0,1",
    ],
)
def test_decimal_commas_are_never_another_molecule(tmp_path, line):
    path = tmp_path / "comma.xyz"
    path.write_text(f"2\n\nO 5 5 5\n{line}\n")
    with pytest.raises(ValueError, match=r"Line 4 of .*comma\.xyz: Decimals are written with points"):
        read_xyz(path)
    path.write_text(f"2\nProperties=species:S:1:pos:R:3\nO 5 5 5\n{line}\n")
    with pytest.raises(ValueError, match=r"comma\.xyz"):
        read_xyz(path)


def test_numbers_may_be_written_as_fortran_writes_them():
    assert (
        parse_geometry("Li 0 0 0.0D0; H 0 0 0.16D+01")
        == parse_geometry("Li 0 0 0; H 0 0 16.0d-1")
        == parse_geometry(LIH)
    )


def test_comments_are_left_out():
    assert parse_geometry("Li 0 0 0  # the metal\n# and\nH 0 0 1.6") == parse_geometry(LIH)


def test_a_string_may_be_the_text_of_a_file():
    assert parse_geometry("\n 2\nlithium hydride\nLi 0 0 0\nH 0 0 1.6\n") == parse_geometry(LIH)


def test_bohr():
    from pyscf import lib

    assert lib.param.BOHR == ANGSTROM_PER_BOHR
    for unit in ("bohr", " Bohr "):
        second = parse_geometry("H 0 0 0; H 0 0 1.4", unit=unit).atoms[1]
        assert second.position == (0.0, 0.0, 1.4 * ANGSTROM_PER_BOHR)


def test_all_elements_are_numbered_as_pyscf_numbers_them():
    from pyscf.data.elements import ELEMENTS

    assert list(ATOMIC_NUMBERS) == ELEMENTS[1:119]


def test_formula(tmp_path):
    path = tmp_path / "ethanol.xyz"
    path.write_text(ETHANOL)
    assert chemical_formula(read_xyz(path).atoms) == "C2H6O"
    assert chemical_formula(parse_geometry("O 0 0 0; H 0 0 0.97").atoms) == "HO"


def test_stretching_moves_the_nearer_side_rigidly(tmp_path):
    path = tmp_path / "ethanol.xyz"
    path.write_text(ETHANOL)
    atoms = read_xyz(path).atoms
    before, after = distance_matrix(atoms), distance_matrix(stretch_bond(atoms, (2, 3), 2.5))
    assert after[1, 2] == pytest.approx(2.5)
    hydroxyl, rest = [2, 3], [0, 1, 4, 5, 6, 7, 8]
    assert after[np.ix_(hydroxyl, hydroxyl)] == pytest.approx(before[np.ix_(hydroxyl, hydroxyl)])
    assert after[np.ix_(rest, rest)] == pytest.approx(before[np.ix_(rest, rest)])


@given(st.floats(0.3, 10.0))
def test_a_stretched_bond_has_the_length_asked_for(length):
    atoms = stretch_bond(parse_geometry("N 0 0 0; N 0.4 0.5 0.9").atoms, (1, 2), length)
    assert distance_matrix(atoms)[0, 1] == pytest.approx(length)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no atom"),
        ("H 0 0", "an element and three coordinates"),
        ("H 0 0 zero", "an element and three coordinates"),
        ("H 0 0 nan", "finite numbers"),
        ("H 0 0 0 H 0 0 1", "has 7 of them: separate atoms by semicolons or lines"),
        ("Xx 0 0 0", "'Xx' is not an element"),
        ("0 0 0 0", "atomic number is 1"),
        ("119 0 0 0", "atomic number is 1"),
        ("X 0 0 0; H 0 0 1", "dummy atom, which only a Z-matrix may have"),
        ("H 0 0 0; H 0 0 0,74", "written with points, as in 'H 0.0 0.0 0.74', but 'H 0 0 0,74' was given"),
        ("H 0,0 0,0 0,0", "written with points"),
        ("H 0,5 1,2", "written with points"),
        ("H,0,5,1,2,0,3", "written with points"),
        ("H 0 0 0; H 0 0 0.01", r"Atoms 1 \(H\) and 2 \(H\) are only 0.010 angstrom apart"),
    ],
)
def test_bad_geometry_strings(text, message):
    with pytest.raises(ValueError, match=message):
        parse_geometry(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"the number of atoms, a comment and the atoms, but .*bad\.xyz is empty"),
        (b" \n\n", r"the number of atoms, a comment and the atoms, but .*bad\.xyz is empty"),
        (b"2\n\nLi 0 0 0\n\nH 0 0 1.6\n", r"Line 4 of .*bad\.xyz is blank, where atom 2 of 2 was expected"),
        (b"1\n\nH 0 0 0\n2\n\n\nLi 0 0 0\nH 0 0 1.6\n", r"Line 6 of .*bad\.xyz is blank, where atom 1 of 2"),
        (b"hydrogen\nH 0 0 0\n", r"Line 1 of .*bad\.xyz: An atom is an element and three coordinates"),
        (b"3\nwater\nO 0 0 0\nH 0 0 1\n", "announces 3 atoms but lists 2"),
        (b"2\n\nLi 0 0 0\nH 0 0 1.6\nH 0 0 3\n", "announces 2 atoms in frame 1 but goes on with 'H 0 0 3'"),
        (b"0\n\n", "names no atom"),
        (b"1\n\nH 0 0\n", "an element and three coordinates"),
        (b"1\n\nH 0 0 0\x00\n", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_bad_files(tmp_path, content, message):
    path = tmp_path / "bad.xyz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_xyz(path)


FRAMES = "2\nfirst\nLi 0 0 0\nH 0 0 1.6\n2\nsecond\nLi 0 0 0\nH 0 0 1.7\n\n3\nthird\nO 0 0 0\nH 0 0 1\nH 0 1 0\n"


def test_one_of_several_frames_must_be_asked_for(tmp_path):
    path = tmp_path / "path.xyz"
    path.write_text(FRAMES)
    frames = read_xyz_frames(path)
    assert [chemical_formula(frame.atoms) for frame in frames] == ["HLi", "HLi", "H2O"]
    assert read_xyz(path, frame=2) == frames[1] == read_xyz(path, frame=-2)
    assert read_xyz(path, frame=-1) == frames[2]
    with pytest.raises(ValueError, match="has 3 frames: say which is meant, from frame=1"):
        read_xyz(path)
    for frame in (0, 4, -4, 1.0, True):
        with pytest.raises(ValueError, match="has 3 frames, counted from 1"):
            read_xyz(path, frame=frame)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_files_of_other_systems(tmp_path, encoding):
    path = tmp_path / "lih.xyz"
    path.write_bytes("2\r\nin Å\r\nLi\t0 0 0\r\nH\t0 0 1.6\r\n\r\n".encode(encoding))
    assert read_xyz(path) == parse_geometry(LIH)


def test_extended_files_say_where_their_columns_are(tmp_path):
    path = tmp_path / "lih.xyz"
    comment = 'Properties=id:I:1:pos:R:3:species:S:1:forces:R:3 energy=-7.8 pbc="F F F" Lattice="9 0 0 0 9 0 0 0 9"'
    path.write_text(f"2\n{comment}\n7 0 0 0 Li 1 2 3\n8 0 0 1.6 H 4 5 6\n")
    assert read_xyz(path) == parse_geometry(LIH)
    path.write_text("2\nProperties=Z:I:1:pos:R:3\n3 0 0 0\n1 0 0 1.6\n")
    assert read_xyz(path) == parse_geometry(LIH)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ('Lattice="9 0 0 0 9 0 0 0 9"', "is a crystal"),
        ('Lattice="9 0 0 0 9 0 0 0 9" pbc="F F T"', "is a crystal"),
        ("Properties=species:S:1:forces:R:3", "lack species or pos"),
        ("Properties=species:S:1:pos:R:3:forces:R:3", "announces 7 columns"),
    ],
)
def test_bad_extended_files(tmp_path, comment, message):
    path = tmp_path / "lih.xyz"
    path.write_text(f"2\n{comment}\nLi 0 0 0\nH 0 0 1.6\n")
    with pytest.raises(ValueError, match=message):
        read_xyz(path)


@given(st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=1, max_size=4))
def test_what_is_written_is_read_again(positions):
    atoms = tuple(Atom("Br", (x + 200.0 * i, y, z)) for i, (x, y, z) in enumerate(positions))
    again = parse_geometry(xyz_text(atoms, comment="bromine")).atoms
    assert [atom.symbol for atom in again] == ["Br"] * len(atoms)
    assert np.abs(np.subtract([a.position for a in again], [a.position for a in atoms])).max() < 1e-12


def test_a_comment_is_one_line():
    with pytest.raises(ValueError, match="is one line"):
        xyz_text(parse_geometry(LIH).atoms, comment="two\nlines")


@pytest.mark.parametrize(
    ("atoms", "message"),
    [
        ((), "names no atom"),
        (("H",), "number 1 of it is 'H'"),
        ((Atom("Q", (0.0, 0.0, 0.0)),), "Atom 1 has the symbol 'Q'"),
        ((Atom("H", (0.0, float("inf"), 0.0)),), "three finite numbers"),
    ],
)
def test_bad_atoms(atoms, message):
    with pytest.raises(ValueError, match=message):
        check_atoms(atoms)


def test_a_diatomic_has_one_bond():
    assert only_bond(parse_geometry(LIH).atoms) == (1, 2)
    assert only_bond(parse_geometry("He 0 0 0").atoms) is None
    assert only_bond(parse_geometry("H 0 0 0; H 0 0 1; H 0 0 2").atoms) is None


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
        stretch_bond(parse_geometry("N 0 0 0; N 0 0 1.1").atoms, bond, length)


def test_a_lone_atom_has_no_bond():
    with pytest.raises(ValueError, match="A bond is between two atoms, but the molecule is a lone He"):
        stretch_bond(parse_geometry("He 0 0 0").atoms, (1, 2), 1.0)


def test_a_path_in_place_of_a_geometry_names_the_reader():
    with pytest.raises(ValueError, match=r"got 'water\.xyz': read a file with Molecule\.from_xyz"):
        parse_geometry("water.xyz")


def test_an_unknown_unit():
    with pytest.raises(ValueError, match="'angstrom' or 'bohr', but 'nm' was given"):
        parse_geometry("H 0 0 0", unit="nm")
