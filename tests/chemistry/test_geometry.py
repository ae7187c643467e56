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
    isotope_mass,
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


def test_a_comment_ends_with_its_atom():
    assert parse_geometry("Li 0 0 0 # the metal; H 0 0 1.6") == parse_geometry(LIH)


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


CARBENE = "C 0 0 0; H 0 0.99 0.38; H 0 -0.99 0.38"
CARBENE_ROWS = "\n".join(CARBENE.split("; ")) + "\n"


def carbene(comment, tmp_path):
    path = tmp_path / "ch2.xyz"
    path.write_text(f"3\n{comment}\n{CARBENE_ROWS}", encoding="utf-8")
    return read_xyz(path)


@pytest.mark.parametrize(
    ("comment", "charge", "spin"),
    [
        ("", None, None),
        ("methylene, step 12, E = -38.9 hartree", None, None),
        ("charge=1 multiplicity=2", 1, 1),
        ("charge = -1, mult = 2", -1, 1),
        ("CH2, charge 0, 2 unpaired electrons", 0, 2),
        ("Charge: +1; Multiplicity: 4", 1, 3),
        ('charge="1" spin_multiplicity=2 pbc="F F F"', 1, 1),
        ('{"charge": 0, "multiplicity": 3}', 0, 2),
        ("total_charge=2 2S+1=3", 2, 2),
        ("net charge 2+", 2, None),
        ("charge=2-", -2, None),
        ("charge \u22121", -1, None),
        ("multiplicity=triplet", None, 2),
        ("uhf=2 chrg=0", 0, 2),
        ("no unpaired electrons", None, 0),
        ("spin=0", None, 0),
        ("spin=1/2 charge=1", 1, 1),
        ("spin=1.5", None, 3),
        ("spin=2/2", None, 2),
        ("spin=0/2", None, 0),
        ("0 3", 0, 2),
        (" -1, 2 ", -1, 1),
        ("120 3", None, None),
        ("0.5 3", None, None),
        ("charge transfer state, partial charge 0.3, nuclear charge 6, charge=None", None, None),
        ("charges=0.1", None, None),
        ('Properties=species:S:1:pos:R:3 charge=1 Lattice="9 0 0 0 9 0 0 0 9" pbc="F F F"', 1, None),
    ],
)
def test_a_comment_states_charge_and_spin(tmp_path, comment, charge, spin):
    read = carbene(comment, tmp_path)
    assert (read.charge, read.spin) == (charge, spin)
    assert read.atoms == parse_geometry(CARBENE).atoms


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("charge=1 charge=2", "gives the charge as 1 and 2: keep the one that is meant"),
        ("multiplicity=3, 1 unpaired electron", "the number of unpaired electrons as 2 and 1"),
        ("charge=0.5", "charge in the comment of .* is a whole number, but it is 0.5"),
        ("charge=positive", "is a whole number, but it is 'positive'"),
        ("multiplicity=high", "is a whole number, but it is 'high'"),
        ("multiplicity=0", "at least 1, but it is 0"),
        ("units=nm", "says nm: convert them"),
        ("units=bohr (angstrom)", "the unit of length as bohr and angstrom"),
    ],
)
def test_comments_that_cannot_be_followed(tmp_path, comment, message):
    with pytest.raises(ValueError, match=message):
        carbene(comment, tmp_path)


@pytest.mark.parametrize(
    "comment",
    [
        "units=bohr",
        "charge=0 mult 3 (bohr)",
        "Units: Bohr",
        'unit="a.u."',
        "methylene (Bohr)",
        "coordinates in bohr",
        "bohr",
        "[au]",
        "units bohr",
    ],
)
def test_a_comment_states_bohr(tmp_path, comment):
    read = carbene(comment, tmp_path)
    assert read.atoms == parse_geometry(CARBENE, unit="bohr").atoms
    assert parse_geometry(f"{comment}\n{CARBENE_ROWS}") == read
    with pytest.raises(ValueError, match="says that coordinates are in bohr, but unit='angstrom' was given"):
        read_xyz(tmp_path / "ch2.xyz", unit="angstrom")


@pytest.mark.parametrize(
    "comment", ["", "units=angstrom", "(Å)", "energy units: hartree", "gradient 1e-3 hartree/bohr"]
)
def test_other_comments_leave_angstrom(tmp_path, comment):
    assert carbene(comment, tmp_path) == parse_geometry(CARBENE)


def test_bohr_that_may_be_of_something_else_is_warned_of(tmp_path):
    with pytest.warns(UserWarning, match="mentions bohr, but does not say that the coordinates are in it"):
        assert carbene("the bond is 2 bohr long", tmp_path) == parse_geometry(CARBENE)
    assert parse_geometry(f"3\n2 bohr\n{CARBENE_ROWS}", unit="angstrom") == parse_geometry(CARBENE)


@pytest.mark.parametrize(
    "text",
    [
        f"\n3\n\n{CARBENE_ROWS}",
        f"\n \n\n3\nmethylene\n{CARBENE_ROWS}\n\n",
        f"3 atoms\nmethylene\n{CARBENE_ROWS}",
        f"3 ATOMS:\n\n{CARBENE_ROWS}",
        f"Number of atoms: 3\n\n{CARBENE_ROWS}",
        f"natoms = 3\n\n{CARBENE_ROWS}",
        f"3 # methylene\n\n{CARBENE_ROWS}",
        f"3 angstrom\n\n{CARBENE_ROWS}",
        CARBENE_ROWS,
        f"\n{CARBENE_ROWS}\n",
        f"# methylene\n{CARBENE_ROWS}",
        f"! methylene\n\n{CARBENE_ROWS}",
        CARBENE,
        "3\n\nC(1) 0 0 0\nH(2) 0 0.99 0.38\nH(3) 0 -0.99 0.38",
        "3\n\nC1 0 0 0\nH_2 0 0.99 0.38\nH3 0 -0.99 0.38",
        "6 0 0 0\n1 0 0.99 0.38\n1 0 -0.99 0.38\n",
    ],
)
def test_forms_of_files(tmp_path, text):
    path = tmp_path / "ch2.xyz"
    path.write_text(text)
    assert read_xyz(path) == parse_geometry(text) == parse_geometry(CARBENE)
    assert len(read_xyz_frames(path)) == 1


@pytest.mark.parametrize(
    ("text", "charge", "spin"),
    [
        (f"0 3\n{CARBENE_ROWS}", 0, 2),
        (f"-1 2; {CARBENE}", -1, 1),
        (f"charge=1 multiplicity=2\n{CARBENE_ROWS}", 1, 1),
        (f"{CARBENE}  # charge 1, 1 unpaired electron", 1, 1),
        (f"3 atoms, charge 1\nmultiplicity 2\n{CARBENE_ROWS}", 1, 1),
    ],
)
def test_charge_and_spin_before_the_atoms(text, charge, spin):
    assert parse_geometry(text) == parse_geometry(f"{CARBENE}; charge={charge}; {spin} unpaired electrons")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2\nLi 0 0 0\nH 0 0 1.6\n", r"Line 2 of .* is an atom where a comment was expected"),
        ("2\nLi 0 0 0\nH 0 0 1.6\nH 0 0 3\n", r"Line 2 of .* is an atom where a comment was expected"),
        ("2\n\nO 8.0 0 0 0\nH 1.0 0 0 0.97\n", "has the atomic number between the element and the coordinates"),
        ("water\nO 0 0 0\n", r"Line 1 of .*: An atom is an element and three coordinates"),
        ("O 0 0 0\n\n0 1\n", r"Line 3 of .*: An atom is"),
        ("-3\n\nO 0 0 0\n", r"Line 1 of .*: An atom is"),
        ("1\n\nNa+ 0 0 0\n", "'Na\\+' is not an element"),
    ],
)
def test_files_that_would_be_another_molecule(tmp_path, text, message):
    path = tmp_path / "bad.xyz"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_xyz(path)


GHOSTS = [
    "Ghost-He", "ghost-he", "GHOST-HE", "GhostHe", "Ghost_He", "ghost:He", "Ghost(He)", "Gh(He)", "gh(He1)", "gh-He",
    "Bq-He", "BqHe", "bqhe", "He-Bq", "He_Bq", "He1-Bq", "He-Bq2", "He(Bq)", "He-ghost", "He:", "@He", "@he", "@He2",
    "He@", "X-He", "x_He", "X:He",
]  # fmt: skip


@pytest.mark.parametrize("label", GHOSTS)
def test_ghosts_as_programs_write_them(label):
    assert parse_geometry(f"Li 0 0 0; {label} 0 0 2").atoms[1] == Atom("He", (0.0, 0.0, 2.0), is_ghost=True)


def test_a_ghost_with_a_blank_before_its_colon():
    assert parse_geometry("Li 0 0 0; He : 0 0 2").atoms[1].is_ghost


@pytest.mark.parametrize(
    ("label", "symbol", "mass_number"),
    [
        ("D", "H", 2), ("d", "H", 2), ("D1", "H", 2), ("T", "H", 3), ("T_2", "H", 3), ("H@2", "H", 2), ("H3@2", "H", 2),
        ("C@13", "C", 13), ("c@13", "C", 13), ("13C", "C", 13), ("^13C", "C", 13), ("[13C]", "C", 13), ("2H", "H", 2),
        ("C(Iso=13)", "C", 13), ("O1(iso=18)", "O", 18), ("U@235", "U", 235), ("C13", "C", None), ("Li2", "Li", None),
    ],
)  # fmt: skip
def test_isotopes_and_labels(label, symbol, mass_number):
    assert parse_geometry(f"{label} 0 0 0").atoms == (Atom(symbol, (0.0, 0.0, 0.0), mass_number),)


@pytest.mark.parametrize("label", ["D", "T", "C@13", "Ghost-He", "Cl", "U@235", "Ghost-U"])
def test_labels_are_written_as_they_are_read(label):
    (atom,) = parse_geometry(f"Li 5 5 5; {label} 0 0 0").atoms[1:]
    assert atom.label == label
    assert parse_geometry(xyz_text((Atom("Li", (5.0, 5.0, 5.0)), atom))).atoms[1] == atom


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("H 0 0 0; Bq 0 0 1", "'Bq' is a ghost atom that names no element: write Ghost-He"),
        ("H 0 0 0; ghost1 0 0 1", "that names no element: write Ghost-He"),
        ("H 0 0 0; @ 0 0 1", "that names no element"),
        ("H 0 0 0; Gh 0 0 1", "that names no element"),
        ("H 0 0 0; Ghost-D 0 0 1", "which has no nucleus and no mass: write Ghost-H"),
        ("H 0 0 0; Ghost-Q 0 0 1", "'Ghost-Q' is not an element"),
        ("H 0 0 0; Ghost-He 0 0 0.05", r"Atoms 1 \(H\) and 2 \(Ghost-He\) are only 0.050 angstrom apart"),
        ("Ghost-He 0 0 0; Ghost-He 0 0 3", "has ghost atoms only"),
        ("C@99 0 0 0", "no C@99: those of C are 11, 12, 13, 14"),
        ("2O 0 0 0", "no O@2"),
        ("H@2.014 0 0 0", "write the isotope with its mass number, as in H@2"),
    ],
)
def test_bad_ghosts_and_isotopes(text, message):
    with pytest.raises(ValueError, match=message):
        parse_geometry(text)


def test_ghosts_are_in_no_formula():
    assert chemical_formula(parse_geometry("O 0 0 0; D 0 0 1; H 0 1 0; Ghost-He 0 0 3").atoms) == "H2O"


def test_masses_of_isotopes_are_pyscfs():
    """PySCF has the isotope that is commonest, to the digits of its own source."""
    from pyscf.data.elements import COMMON_ISOTOPE_MASSES, ISOTOPE_MAIN

    # For a few elements PySCF's mass is that of another isotope than its number.
    for symbol, number in list(ATOMIC_NUMBERS.items())[:42]:
        assert isotope_mass(symbol, ISOTOPE_MAIN[number]) == pytest.approx(COMMON_ISOTOPE_MASSES[number], abs=2e-5)
    # CODATA 2018: the deuteron and the triton with an electron.
    assert isotope_mass("H", 2) == pytest.approx(2.013553212745 + 5.48579909065e-4, abs=1e-7)
    assert isotope_mass("H", 3) == pytest.approx(3.01550071621 + 5.48579909065e-4, abs=1e-7)


def test_masses_of_isotopes_are_rdkits():
    chem = pytest.importorskip("rdkit.Chem")
    table = chem.GetPeriodicTable()
    for symbol, number in list(ATOMIC_NUMBERS.items())[:92]:
        for mass_number in range(number, 3 * number + 2):
            if table.GetAbundanceForIsotope(number, mass_number) > 0:
                wanted = table.GetMassForIsotope(number, mass_number)
                assert isotope_mass(symbol, mass_number) == pytest.approx(wanted, abs=1e-4)


def test_columns_of_charges_and_moments_add_up(tmp_path):
    path = tmp_path / "ase.xyz"
    properties = "Properties=species:S:1:pos:R:3:initial_magmoms:R:1:initial_charges:R:1"
    rows = "C 0 0 0 {} {}\nH 0 0.99 0.38 {} {}\nH 0 -0.99 0.38 0 0\n"
    path.write_text(f"3\n{properties}\n" + rows.format(2, 0.5, 1, 0.5))
    assert (read_xyz(path).charge, read_xyz(path).spin) == (1, 3)
    path.write_text(f"3\n{properties}\n" + rows.format(0, 0, 0, 0))
    assert read_xyz(path) == parse_geometry(CARBENE)
    path.write_text(f"3\n{properties} charge=2\n" + rows.format(0, 1, 0, 0))
    with pytest.raises(ValueError, match="gives the charge as 2, but a column adds up to 1"):
        read_xyz(path)
    path.write_text(f"3\n{properties}\n" + rows.format(0, 0.3, 0, 0))
    with pytest.warns(UserWarning, match="column initial_charges of .* adds up to 0.3"):
        assert read_xyz(path).charge is None
    path.write_text("1\nProperties=species:S:1:pos:R:3:masses:R:1\nC 0 0 0 13.003\n")
    with pytest.warns(UserWarning, match="column masses of .* is not read: write isotopes as D or C@13"):
        read_xyz(path)
