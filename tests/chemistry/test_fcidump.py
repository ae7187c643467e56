import re
from pathlib import Path

import numpy as np
import pytest
from pyscf import ao2mo, fci, gto, scf
from pyscf.tools import fcidump

from chemistry import Molecule, full_ci, vqe
from chemistry.integrals.bare_integrals import problem_from_integrals
from chemistry.integrals.fcidump import read_fcidump, write_fcidump

H2 = """ &FCI NORB=2,NELEC=2,MS2=0,
  ORBSYM=1,5,
  ISYM=1,
 &END
 0.6744887663568375  1 1 1 1
 0.1812888082114959  2 1 2 1
 0.6634680964235676  2 2 1 1
 0.6973937674230266  2 2 2 2
-1.2524635735648983  1 1 0 0
-0.4759487152209642  2 2 0 0
 0.7137539936876182  0 0 0 0
"""
NOTE = "Orbitals were reordered: the reference occupies what are numbers {} in the file."
H2_EXACT = -1.1372701746609035  # PySCF's full CI; STO-3G at 0.7414 angstrom, as the integrals above


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "FCIDUMP"
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("name", ["lih", "oh", "o2", "h4", "n2"])
def test_what_is_written_is_read_again(problem, tmp_path, name):
    given = problem(name)
    path = tmp_path / "FCIDUMP"
    write_fcidump(given, path)
    back = read_fcidump(path, keep_order=True)
    assert np.allclose(back.one_body, given.one_body, rtol=0, atol=1e-13)
    assert np.allclose(back.two_body, given.two_body, rtol=0, atol=1e-13)
    assert back.constant == given.constant
    assert (back.n_alpha, back.n_beta) == (given.n_alpha, given.n_beta)
    assert (back.irreps == given.irreps).all()
    assert read_fcidump(path).reference_energy == pytest.approx(given.reference_energy, abs=1e-9)


@pytest.mark.parametrize("name", ["lih", "oh", "h4"])
def test_pyscf_reads_what_is_written(problem, tmp_path, name):
    given = problem(name)
    path = tmp_path / "FCIDUMP"
    write_fcidump(given, path)
    read = fcidump.read(str(path), molpro_orbsym=True, verbose=False)
    assert read["MS2"] == given.n_alpha - given.n_beta
    assert read["ORBSYM"] == given.irreps.tolist()
    energy, _ = fci.direct_spin1.kernel(
        read["H1"], read["H2"], read["NORB"], (given.n_alpha, given.n_beta), ecore=read["ECORE"]
    )
    assert energy == pytest.approx(full_ci(given).energy, abs=1e-8)


@pytest.mark.parametrize("molpro", [False, True])
@pytest.mark.parametrize(
    ("geometry", "options"),
    [
        ("Li 0 0 0; H 0 0 1.6", {}),
        ("N 0 0 0; N 0 0 1.1", {}),
        ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
        ("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692", {}),
        ("H 0 0 0; O 0.3 0.9 0; O 1.7 0.9 0; H 2 0 0", {}),
        ("H 0 0 0; O 0.3 0.9 0.2; O 1.7 0.9 0; H 2 0 0.4", {"charge": 1, "spin": 1}),
    ],
)
def test_what_pyscf_writes_is_read(tmp_path, geometry, options, molpro):
    mol = gto.M(atom=geometry, basis="sto-3g", symmetry=True, verbose=0, **options)
    field = scf.RHF(mol).run(conv_tol=1e-12)
    path = tmp_path / "FCIDUMP"
    fcidump.from_scf(field, str(path), molpro_orbsym=molpro)
    path.write_text(path.read_text().replace("MS2=0", f"MS2={mol.spin}"))  # it writes 0 for open shells too
    problem = read_fcidump(path)
    assert problem.reference_energy == pytest.approx(field.e_tot, abs=1e-9)
    # Orbitals of one irrep remain of one irrep.
    known = np.zeros(mol.nao, dtype=int) if mol.groupname == "C1" else np.asarray(field.mo_coeff.orbsym)
    assert ((known[:, None] == known) == (problem.irreps[:, None] == problem.irreps)).all()


def test_orbitals_in_the_order_of_symmetry_are_brought_into_that_of_energy(problem, tmp_path):
    for name, unpaired in (("n2", 0), ("o2", 2), ("oh", 1)):
        given = problem(name)
        order = np.lexsort((given.orbital_energies, given.irreps))
        mixed = reordered(given, order)
        write_fcidump(mixed, tmp_path / "FCIDUMP")
        text = (tmp_path / "FCIDUMP").read_text()
        (tmp_path / "FCIDUMP").write_text(re.sub("ISYM=.", "ISYM=1", text))
        back = read_fcidump(tmp_path / "FCIDUMP")
        assert back.n_alpha - back.n_beta == unpaired
        assert back.reference_energy == pytest.approx(given.reference_energy, abs=1e-9)
        if name != "oh":  # whose two components of a degenerate state are as good
            assert back.reference_irrep == given.reference_irrep
        kept = read_fcidump(tmp_path / "FCIDUMP", keep_order=True)
        occupied = sorted(int(np.flatnonzero(order == p)[0]) + 1 for p in range(given.n_alpha))
        assert back.notes == (NOTE.format(", ".join(map(str, occupied))),) or name == "oh"
        assert kept.notes == ()
        assert np.allclose(kept.one_body, mixed.one_body, atol=1e-12)
        assert kept.reference_energy > given.reference_energy + 1e-3 or name == "oh"


def reordered(problem, order):
    return problem_from_integrals(
        problem.constant,
        problem.one_body[np.ix_(order, order)],
        problem.two_body[np.ix_(order, order, order, order)],
        problem.n_alpha,
        problem.n_beta,
        irreps=problem.irreps[order],
        point_group=problem.point_group,
    )


def test_orbital_energies_in_the_file_say_what_is_occupied(problem, tmp_path):
    given = problem("lih")
    path = tmp_path / "FCIDUMP"
    order = np.array([5, 0, 3, 1, 4, 2])
    write_fcidump(reordered(given, order), path)
    lines = [f"{given.orbital_energies[orbital]:.12f} {number} 0 0 0" for number, orbital in enumerate(order, start=1)]
    path.write_text(path.read_text() + "\n".join(lines) + "\n")
    back = read_fcidump(path)
    assert back.constant == given.constant
    assert back.orbital_energies == pytest.approx(given.orbital_energies, abs=1e-10)
    assert np.allclose(np.abs(back.one_body), np.abs(given.one_body), atol=1e-10)


def test_the_state_says_which_orbitals_unpaired_electrons_take(problem, tmp_path):
    path = tmp_path / "FCIDUMP"
    given = problem("oh")
    write_fcidump(given, path)
    text = path.read_text()
    states = {}
    for state in (1, 2, 3):
        path.write_text(text.replace(f"ISYM={[1, 4, 2, 3][given.reference_irrep]}", f"ISYM={state}"))
        states[state] = read_fcidump(path)
    # B1 and B2 are the two components of the ground state; 1 is what is written where nothing is meant.
    assert {states[2].reference_irrep, states[3].reference_irrep} == {2, 3}
    for made in states.values():
        assert made.reference_energy == pytest.approx(given.reference_energy, abs=1e-6)
        assert full_ci(made).energy == pytest.approx(full_ci(given).energy, abs=1e-8)
    path.write_text(text.replace(f"ISYM={[1, 4, 2, 3][given.reference_irrep]}", "ISYM=4"))
    with pytest.raises(ValueError, match=r"ISYM of .* is 4, which no determinant of its 1 unpaired electrons has"):
        read_fcidump(path)
    write_fcidump(problem("o2"), path)
    assert "ISYM=4," in path.read_text()  # B1g, of the unpaired electrons in the two pi* orbitals


@pytest.mark.parametrize(
    "text",
    [
        H2,
        H2.replace("\n", "\r\n"),
        H2.replace("&END", "/").replace("&FCI", "&fci"),
        H2.replace("&", "$"),
        H2.replace(" &END", "&END\n\n").replace("0.6744887663568375 ", "6.744887663568375D-01"),
        H2.replace("ORBSYM=1,5,", "ORBSYM=2*1,"),
        H2.replace("ORBSYM=1,5,\n", ""),
        H2.replace("ISYM=1,", "ISYM=1,\n IUHF=0, UHF=.FALSE., NPROP= 1 1 1, PROPBITLEN=15"),
        H2.replace("ORBSYM=1,5,", "ORBSYM=0,5,"),
        H2.replace("ORBSYM=1,5,", "ORBSYM=0,15,"),
        H2.replace("ORBSYM=1,5,", "ORBSYM = 1  5"),
        " &FCI NORB=2, NELEC=2, MS2=0 /\n" + H2.split("&END\n")[1],
        H2 + "0.1812888082114959 1 2 1 2\n0.6634680964235676 1 1 2 2\n",
    ],
)
def test_headers_and_lines_as_programs_write_them(written, text):
    problem = read_fcidump(written(text))
    assert full_ci(problem).energy == pytest.approx(H2_EXACT, abs=1e-9)
    assert vqe(problem).energy == pytest.approx(full_ci(problem).energy, abs=1e-8)


@pytest.mark.parametrize(
    "title",
    ["# H2 in STO-3G\n", "! H2 in STO-3G\n\n", "\n\nH2 in STO-3G\n", "H2 in STO-3G\n", "* H2 in STO-3G / minimal\n"],
)
def test_a_title_before_the_header_is_noted(written, title):
    problem = read_fcidump(written(title + H2))
    assert full_ci(problem).energy == pytest.approx(H2_EXACT, abs=1e-9)
    assert problem.notes == (f"Not read of the file, since it comes before &FCI: {title.strip()!r}.",)


def test_remarks_in_the_header_are_left_out(written):
    text = H2.replace("MS2=0,", "MS2=0, ! a singlet / &END of it, NELEC=8\n ! NORB=9\n")
    problem = read_fcidump(written(text))
    assert full_ci(problem).energy == pytest.approx(H2_EXACT, abs=1e-9)
    assert problem.notes == ()


def test_entries_of_the_header_that_are_not_read_are_noted(written):
    problem = read_fcidump(written(H2.replace("MS2=0,", "MS2=0,OCC=1,0,NPROP=0,")))
    assert problem.notes == ("Not read of the file's header: OCC=1,0, NPROP=0.",)
    assert full_ci(problem).energy == pytest.approx(H2_EXACT, abs=1e-9)


def test_numbers_before_the_header_are_refused(written):
    with pytest.raises(ValueError, match=r"has the line '0\.5 1 1 0 0' before &FCI: put integrals after the header"):
        read_fcidump(written("0.5 1 1 0 0\n" + H2))


def test_a_problem_of_one_orbital(tmp_path):
    for options in ({"spin": 1}, {"charge": -1}):
        given = Molecule("H 0 0 0", **options).problem()
        write_fcidump(given, tmp_path / "FCIDUMP")
        back = read_fcidump(tmp_path / "FCIDUMP")
        assert back.reference_energy == pytest.approx(given.reference_energy, abs=1e-12)


def test_frozen_cores_are_in_the_constant(molecule, tmp_path):
    given = molecule("h2o").problem(frozen_core=True)
    write_fcidump(given, tmp_path / "FCIDUMP")
    back = read_fcidump(tmp_path / "FCIDUMP")
    assert full_ci(back).energy == pytest.approx(full_ci(given).energy, abs=1e-8)


def test_unrestricted_problems_are_not_written(problem, tmp_path):
    from dataclasses import replace

    with pytest.raises(ValueError, match="use a restricted reference"):
        write_fcidump(replace(problem("h2"), beta=object()), tmp_path / "FCIDUMP")
    assert not Path(tmp_path / "FCIDUMP").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "begins with &FCI"),
        ("NORB=2", "begins with &FCI"),
        (H2.split("&END")[0], "ends in &END or /"),
        (H2.replace("NORB=2,", ""), "gives NORB as a whole number, but .* has none"),
        (H2.replace("NORB=2", "NORB=two"), "NORB=two"),
        (H2.replace("NORB=2", "NORB=0"), "has 0 orbitals, but 1 to 64"),
        (H2.replace("NORB=2", "NORB=65"), "has 65 orbitals"),
        (H2.replace("NELEC=2", "NELEC=3"), "NELEC=3 electrons, of which MS2=0 cannot be unpaired"),
        (H2.replace("NELEC=2", "NELEC=0"), "NELEC=0"),
        (H2.replace("NELEC=2", "NELEC=6"), "3 electrons of spin up, but only 2 orbitals"),
        (H2.replace("ORBSYM=1,5", "ORBSYM=1"), "ORBSYM is 2 numbers"),
        (H2.replace("ORBSYM=1,5", "ORBSYM=1,-5"), "ORBSYM is 2 numbers"),
        (H2.replace("ORBSYM=1,5", "ORBSYM=9,9"), "ORBSYM of .* has numbers beyond 8"),
        (H2.replace("ISYM=1,", "ISYM=1,IUHF=1"), "holds unrestricted orbitals"),
        (H2.replace("ISYM=1,", "ISYM=1,UHF=.TRUE."), "holds unrestricted orbitals"),
        (H2.replace("ISYM=1", "ISYM=5"), "is 5, which no determinant of its 0 unpaired electrons has"),
        (H2.replace("ISYM=1", "ISYM=9"), "irrep of no product"),
        (H2 + "(0.1,0.0) 1 1 2 1\n", "complex integrals"),
        (H2 + "0.1 1 1 2\n", "a value and four indices, but .* has '0.1 1 1 2', the last, as if it were cut off"),
        (H2.replace("2 1 2 1", "2 1 2"), "but .* has '0.1812888082114959 2 1 2'[.]"),
        ("".join(H2.splitlines(keepends=True)[:7]), r"no one-body integrals, h_ij with .* i j 0 0, and may be cut off"),
        ("".join(H2.splitlines(keepends=True)[:9]), "no constant, .* may be cut off: .* add the line '0.0 0 0 0 0'"),
        ("".join(H2.splitlines(keepends=True)[:4]), "no one-body integrals"),
        (H2 + "0.1 1 1 2 a\n", "a value and four indices"),
        (H2 + "0.1 1 1 3 1\n", "2 orbitals, but one of its lines is '0.1 1 1 3 1'"),
        (H2 + "0.1 0 1 0 1\n", "one of its lines is '0.1 0 1 0 1'"),
        (H2 + "nan 1 1 1 1\n", "one of its lines is 'nan 1 1 1 1'"),
        (H2 + "0.5 1 2 1 2\n", "different values to the integral 2 1 2 1"),
        (H2 + "0.1 1 2 0 0\n0.2 2 1 0 0\n", "different values to the integral 1 2"),
        (
            H2 + "0.1 1 2 0 0\n",
            "ORBSYM of .* forbids integrals that reach 1.0e-01 hartree: set all of its numbers to 1",
        ),
    ],
)
def test_bad_files(written, text, message):
    with pytest.raises(ValueError, match=message):
        read_fcidump(written(text))


def test_a_file_cut_anywhere_is_refused(problem, tmp_path):
    """At the end of a line or within one: whatever is lost, the constant is."""
    write_fcidump(problem("h4"), tmp_path / "whole")
    text = (tmp_path / "whole").read_text()
    last = text.rstrip("\n").rindex("\n")
    for length in [*range(200, last, 997), last, last + 10, len(text) - 2]:
        (tmp_path / "cut").write_text(text[:length])
        with pytest.raises(ValueError, match="cut"):
            read_fcidump(tmp_path / "cut")


def test_integrals_that_are_all_zero_are_no_cut_file(tmp_path):
    given = problem_from_integrals(0.0, np.zeros((2, 2)), np.zeros((2,) * 4), 1, 1)
    write_fcidump(given, tmp_path / "FCIDUMP")
    assert read_fcidump(tmp_path / "FCIDUMP").reference_energy == 0.0


def test_a_path_that_cannot_be_a_file(problem, tmp_path):
    with pytest.raises(ValueError, match=r"is in no folder that exists: make .*nowhere first"):
        write_fcidump(problem("h2"), tmp_path / "nowhere" / "FCIDUMP")
    with pytest.raises(ValueError, match="is a folder"):
        write_fcidump(problem("h2"), str(tmp_path))
    with pytest.raises(ValueError, match=r"but a Molecule was given: give molecule\.problem\(\)"):
        write_fcidump(Molecule("H 0 0 0; H 0 0 0.74"), tmp_path / "FCIDUMP")


def test_a_missing_file():
    with pytest.raises(ValueError, match="No FCIDUMP file at nowhere"):
        read_fcidump("nowhere")


def test_values_are_written_to_all_digits(tmp_path):
    rng = np.random.default_rng(5)
    one_body = rng.normal(size=(4, 4))
    two_body = ao2mo.restore(1, rng.normal(size=55), 4)
    given = problem_from_integrals(rng.normal(), one_body + one_body.T, two_body, 2, 1)
    write_fcidump(given, tmp_path / "FCIDUMP")
    back = read_fcidump(tmp_path / "FCIDUMP", keep_order=True)
    assert back.constant == given.constant
    assert np.array_equal(back.one_body, given.one_body)
    assert np.array_equal(back.two_body, given.two_body)
