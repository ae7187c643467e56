import pytest

from chemistry import Molecule
from chemistry.basis_sets import basis_set_name, element_basis_sets, element_core_potentials
from chemistry.geometry import Atom, parse_geometry

WATER = parse_geometry("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692").atoms
ZINC = (Atom("Zn", (0.0, 0.0, 0.0)),)


def pyscf_energy(atoms, **options):
    from pyscf import gto, scf

    mol = gto.M(atom=[(atom.symbol, atom.position) for atom in atoms], verbose=0, **options)
    return scf.RHF(mol).run(conv_tol=1e-11).e_tot


@pytest.mark.parametrize("basis", ["STO-3G", "6-31G(d,p)", "6-31g**", "cc-pVDZ", "def2-SVP", "ano@3s2p", "unc-sto-3g"])
def test_names_as_people_write_them(basis):
    assert Molecule(WATER, basis=basis).mean_field.energy == pytest.approx(pyscf_energy(WATER, basis=basis), abs=1e-8)


def test_a_basis_set_for_each_element():
    wanted = pyscf_energy(WATER, basis={"O": "6-31g", "H": "sto-3g"})
    for basis in ({"o": "6-31G", "h": "sto-3g"}, {"O": "6-31g", "default": "sto-3g"}):
        molecule = Molecule(WATER, basis=basis)
        assert molecule.mean_field.energy == pytest.approx(wanted, abs=1e-8)
        assert hash(molecule) == hash(Molecule(WATER, basis=dict(basis)))
        assert molecule == Molecule(WATER, basis=dict(basis)) != Molecule(WATER)
    assert basis_set_name(basis) == "O: 6-31g, default: sto-3g"
    assert Molecule(WATER).basis_name == "sto-3g"


def test_shells_and_text_in_place_of_a_name():
    from pyscf import gto

    shells = {"O": gto.basis.load("6-31g", "O"), "H": "H S\n 3.42525091 0.15432897\n 0.62391373 0.53532814\n"}
    molecule = Molecule(WATER, basis=shells)
    assert molecule.mean_field.energy == pytest.approx(pyscf_energy(WATER, basis=shells), abs=1e-8)
    assert molecule.basis_name == "O: as given, H: as given"


def test_a_mapping_is_copied():
    basis = {"default": "sto-3g"}
    molecule = Molecule(WATER, basis=basis)
    basis["default"] = "6-31g"
    assert molecule.basis == {"default": "sto-3g"}


@pytest.mark.parametrize(
    ("basis", "ecp", "potential"),
    [
        ("lanl2dz", None, "lanl2dz"),
        ("aug-cc-pvdz-pp", None, "cc-pvdz-pp"),
        ("ccecp-cc-pvdz", None, "ccecp"),
        ("def2-svp", None, None),
        ("cc-pvdz-pp", {"zn": "cc-pvdz-pp"}, "cc-pvdz-pp"),
        ("LANL2DZ", "lanl2dz", "lanl2dz"),
    ],
)
def test_core_potentials_come_with_the_basis_sets_made_for_them(basis, ecp, potential):
    expected = {} if potential is None else {"Zn": potential}
    assert element_core_potentials(ecp, element_basis_sets(basis, ZINC)) == expected
    # For zinc the reference may be slow to converge in large sets; one small set is enough to see the energy.
    if basis == "lanl2dz":
        wanted = pyscf_energy(ZINC, basis=basis, ecp=expected)
        assert Molecule(ZINC, basis=basis).mean_field.energy == pytest.approx(wanted, abs=1e-8)


def test_only_heavy_elements_take_a_core_potential():
    iodide = parse_geometry("H 0 0 0; I 0 0 1.609").atoms
    molecule = Molecule(iodide, basis="def2-svp")
    assert molecule.n_electrons == 54
    problem = molecule.problem(active_space="homo-lumo")
    wanted = pyscf_energy(iodide, basis="def2-svp", ecp={"I": "def2-svp"})
    assert problem.reference_energy == pytest.approx(wanted, abs=1e-8)


def test_the_core_is_asked_for_wherever_functions_for_it_lack():
    # Of PySCF's sets for all electrons none is refused.
    for basis, atoms in (("sto-3g", "I"), ("sto-3g", "Ne"), ("dyall-v2z", "I"), ("ano-rcc", "U"), ("minao", "Zn")):
        symbols = (Atom(atoms, (0.0, 0.0, 0.0)),)
        assert element_core_potentials(None, element_basis_sets(basis, symbols)) == {}


@pytest.mark.parametrize(
    ("basis", "ecp", "message"),
    [
        ({"O": "6-31g"}, None, "names no H: add it, or an entry 'default'"),
        ({"O": "6-31g", "H": "nonsense"}, None, "no basis set 'nonsense' for H"),
        ({"O": "6-31g", "Q": "6-31g"}, None, "given for 'Q', which is not an element"),
        ({"O": "6-31g", "H": "6-31g", "N": "6-31g"}, None, "given for N, but the molecule is made of O, H"),
        (None, None, "a name or a mapping from elements"),
        (" ", None, "a name or a mapping from elements"),
        ("gth-szv", None, "'gth-szv' has no functions for the inner electrons of O: name the core potential"),
        ("6-31g", {"O": "nonsense"}, "no effective core potential 'nonsense' for O"),
        ("6-31g", "nonsense", "no effective core potential 'nonsense' for any of O, H"),
        ("6-31g", {"H": "def2-svp"}, "no effective core potential 'def2-svp' for H"),
        ("6-31g", 5, "a name or a mapping from elements"),
    ],
)
def test_bad_basis_sets(basis, ecp, message):
    with pytest.raises(ValueError, match=message):
        Molecule(WATER, basis=basis, ecp=ecp)
