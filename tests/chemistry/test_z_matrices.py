import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chemistry import Molecule
from chemistry.geometry import ANGSTROM_PER_BOHR, chemical_formula, distance_matrix, parse_z_matrix

# Hydrogen peroxide's experimental structure (Koput, J. Mol. Spectrosc. 115, 438, 1986).
PEROXIDE = """
H1
O1 H1 OH
O2 O1 OO H1 a
H2 O2 OH O1 a H1 -t

OH 0.967
OO 1.4556
a  102.32
t  113.70
"""


def angle(atoms, i, j, k):
    p = [np.array(atoms[index].position) for index in (i, j, k)]
    u, v = p[0] - p[1], p[2] - p[1]
    return np.degrees(np.arccos(u @ v / np.linalg.norm(u) / np.linalg.norm(v)))


def test_water():
    for text in ("O; H 1 0.96; H 1 0.96 2 104.5", "O\nH, 1, r\nH, 1, r, 2, a\nVariables:\nr = 0.96\na=104.5D0"):
        atoms = parse_z_matrix(text).atoms
        assert chemical_formula(atoms) == "H2O"
        assert atoms[0].position == (0.0, 0.0, 0.0)
        assert distance_matrix(atoms)[0, 1:] == pytest.approx([0.96, 0.96])
        assert angle(atoms, 1, 0, 2) == pytest.approx(104.5)


def test_labels_variables_and_signs():
    from pyscf.gto.mole import from_zmatrix

    atoms = parse_z_matrix(PEROXIDE).atoms
    numbers = "H\nO 1 0.967\nO 2 1.4556 1 102.32\nH 3 0.967 2 102.32 1 -113.70"
    assert [atom.symbol for atom in atoms] == ["H", "O", "O", "H"]
    expected = np.array([position for _, position in from_zmatrix(numbers)])
    assert_same_shape(np.array([atom.position for atom in atoms]), expected)


@given(st.integers(0, 10**6))
def test_random_matrices_agree_with_pyscf(seed):
    from pyscf.gto.mole import from_zmatrix

    rng = np.random.default_rng(seed)
    lines = ["C"]
    for n in range(1, 7):
        references = rng.permutation(n)[:3] + 1
        values = (rng.uniform(2, 3), rng.uniform(30, 150), rng.uniform(-360, 360))
        lines.append("C " + " ".join(f"{r} {v:.6f}" for r, v in zip(references, values, strict=False)))
    try:
        atoms = parse_z_matrix("\n".join(lines)).atoms
    except ValueError as error:  # chance may put atoms on top of each other or in a line
        assert "apart" in str(error) or "undefined" in str(error)  # noqa: PT017
        return
    expected = np.array([position for _, position in from_zmatrix("\n".join(lines))])
    assert_same_shape(np.array([atom.position for atom in atoms]), expected)


def assert_same_shape(positions, expected):
    """Equal but for rotation and translation; not for reflection."""
    positions, expected = positions - positions.mean(axis=0), expected - expected.mean(axis=0)
    u, _, vh = np.linalg.svd(positions.T @ expected)
    rotation = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vh)]) @ vh
    assert np.allclose(positions @ rotation, expected, atol=1e-7)


def test_dummy_atoms_place_others():
    # Linear HCN, its hydrogen placed from a dummy beside the axis.
    atoms = parse_z_matrix("C; N 1 1.156; X 1 1.0 2 90; H 1 1.064 3 90 2 180").atoms
    assert [atom.symbol for atom in atoms] == ["C", "N", "H"]
    assert angle(atoms, 1, 0, 2) == pytest.approx(180)
    assert distance_matrix(atoms)[0] == pytest.approx([0, 1.156, 1.064])


def test_a_linear_molecule_needs_no_dummy():
    atoms = parse_z_matrix("C; O 1 1.16; O 1 1.16 2 180").atoms
    assert distance_matrix(atoms)[1, 2] == pytest.approx(2.32)
    acetylene = parse_z_matrix("C; C 1 1.2; H 1 1.06 2 180; H 2 1.06 1 180 3 0").atoms
    assert distance_matrix(acetylene)[2, 3] == pytest.approx(3.32)


def test_bohr_comments_and_the_mark_of_a_dihedral_angle():
    atoms = parse_z_matrix("# hydrogen\nH\nH 1 1.4 ! bohr", unit="bohr").atoms
    assert distance_matrix(atoms)[0, 1] == pytest.approx(1.4 * ANGSTROM_PER_BOHR)
    plain = "H; O 1 0.97; O 2 1.45 1 102; H 3 0.97 2 102 1 113"
    assert parse_z_matrix(plain) == parse_z_matrix(plain + " 0")


def test_one_atom():
    assert parse_z_matrix("He").atoms[0].position == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no atom"),
        ("X", "names no atom"),
        ("O\n0 1\nH 1 0.96", "'0' is not an element"),
        ("O; H 0.96", "Line 2 of a Z-matrix is an element and an earlier atom with each of distance"),
        ("O; H 1 0.96; H 1 0.96", "Line 3 .* distance, angle, but"),
        ("O 1 0.96; H 1 0.96", "Line 1 of a Z-matrix is an element alone"),
        ("O; H 2 0.96", "refers to '2', which is no atom before it"),
        ("O; H 0 0.96", "refers to '0'"),
        ("O; H 1 0.9; H O 0.96 H 104.5; H H 1 1 100 2 0", "'H', which is the label of several atoms"),
        ("O; H 1 0.96; H 1 0.96 1 104.5", "refers to the same atom twice"),
        ("O; H 1 -0.96", "distance in a Z-matrix is positive"),
        ("O; H 1 nan", "are finite"),
        ("O; H 1 0.96; H 1 0.96 2 204.5", "between 0 and 180 degrees"),
        ("O; H 1 r", "neither a number nor a variable"),
        ("O; H 1 r\nr = far", "come variables"),
        ("O; H 1 r\nr = 1\nr = 2", "'r' twice"),
        ("O; H 1 r\nr = 1\na = 2\nb = 3", "gives 'a', 'b' a value but does not use it"),
        ("O; Q 1 0.96", "'Q' is not an element"),
        ("O; H 1 0.01", "angstrom apart"),
        ("C; C 1 1.2; C 2 1.2 1 180; H 3 1.0 2 120 1 0", "is undefined, since the three atoms"),
        ("C; C 1 1.2; H 2 1 1 109; H 2 1 1 109 3 109 1", "ends in two angles"),
        ("X; X 1 1.0; H 1 1.0 2 0; H 2 1.0 3 90; O 1 1 2 3", "Line 4"),
    ],
)
def test_bad_matrices(text, message):
    with pytest.raises(ValueError, match=message):
        parse_z_matrix(text)


def test_a_z_matrix_states_charge_spin_and_unit():
    plain = parse_z_matrix("O; H 1 1.8", unit="bohr")
    for text in ("0 2\nO\nH 1 1.8 # units=bohr", "# (bohr)\nO\nH 1 r ! charge 0, 1 unpaired electron\n\nr = 1.8"):
        read = parse_z_matrix(text)
        assert (read.atoms, read.charge, read.spin) == (plain.atoms, 0, 1)
        assert Molecule.from_z_matrix(text).spin == 1
        with pytest.raises(ValueError, match="the Z-matrix says 1 unpaired electron, but spin=3 was given"):
            Molecule.from_z_matrix(text, spin=3)
        with pytest.raises(ValueError, match="says that coordinates are in bohr, but unit='angstrom' was given"):
            parse_z_matrix(text, unit="angstrom")
