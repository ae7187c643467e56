import numpy as np
import pytest
from pyscf import mcscf, scf

from chemistry import Molecule
from chemistry.active_space import (
    METHODS,
    Advised,
    Avas,
    ChosenOrbitals,
    NaturalOrbitals,
    n_core_orbitals,
    parse_active_space,
)
from chemistry.baselines import full_ci
from chemistry.basis_sets import _named_potential
from chemistry.geometry import ATOMIC_NUMBERS
from chemistry.problem import reference_fock
from chemistry.size import fits


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("full", "full"),
        (" Frozen_Core ", "frozen-core"),
        ("HOMO-LUMO", "homo-lumo"),
        ("6,6", (6, 6)),
        ("( 6, 8 )", (6, 8)),
        ("orbitals:3-5, 7", ChosenOrbitals((3, 4, 5, 7))),
        ("orbitals: 2", ChosenOrbitals((2,))),
        ("avas:O 2p, H 1s", Avas(("O 2p", "H 1s"))),
        ("AVAS: C 2p  pi", Avas("C 2p pi")),
        ("mp2-natural:6,6", NaturalOrbitals(6, 6)),
        ("mp2_natural:0.05", NaturalOrbitals(threshold=0.05)),
        ("mp2-natural", NaturalOrbitals()),
        ("advised:6", Advised(6)),
        ("advised", Advised()),
    ],
)
def test_spaces_written_as_text(text, meaning):
    assert parse_active_space(text) == meaning


def test_every_method_names_an_example_that_can_be_read():
    for name, meaning in METHODS.items():
        example = meaning.split(" as in ")[1].split(" or ")[0]
        assert example.startswith(name)
        assert parse_active_space(example)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "some",
            r"one of full, frozen-core, homo-lumo, or begins with orbitals, avas, mp2-natural, advised and a colon",
        ),
        ("orbital:3", "or begins with orbitals"),
        ("orbitals:", "as in orbitals:3-5,7"),
        ("orbitals:3;4", "as in orbitals:3-5,7"),
        ("orbitals:5-3", "as in orbitals:3-5,7"),
        ("orbitals:1-100000", "as in orbitals:3-5,7"),
        ("orbitals:0,1", "counted from 1, but 0 was given"),
        ("orbitals:3,3", "chosen once, but 3 was given repeatedly"),
        ("avas:", "as in avas:O 2p,H 1s"),
        ("avas:oxygen", "named as in O 2p"),
        ("avas:Fe 3d pi", "Only a p shell has a pi orbital"),
        ("mp2-natural:six", "as in mp2-natural:6,6"),
        ("mp2-natural:1.5", "between 0 and 1, as in 0.02, but 1.5 was given"),
        ("advised:6,6", "as in advised:8"),
        ("advised:1", "at least two orbitals to be advised on, but 1 was given"),
    ],
)
def test_text_that_means_nothing(text, message):
    with pytest.raises(ValueError, match=message):
        parse_active_space(text)


@pytest.mark.parametrize("value", [6, (6,), (2, 2, 2), (2.5, 2), ("a", "b"), Avas, {"n": 2}])
def test_values_that_are_no_active_space(molecule, value):
    with pytest.raises(ValueError, match=r"two whole numbers \(electrons, orbitals\), text such as .* was given"):
        molecule("lih").problem(active_space=value)


def test_two_whole_numbers_are_taken_in_any_form(molecule):
    for value in ([2, 3], np.array([2, 3]), (np.int64(2), 3)):
        assert str(molecule("lih").active_space(active_space=value)) == "(2,3)"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ChosenOrbitals(()), "at least one number"),
        (lambda: ChosenOrbitals((1, 2.5)), "counted from 1, but 2.5 was given"),
        (lambda: ChosenOrbitals((True, 2)), "counted from 1, but True"),
        (lambda: NaturalOrbitals(6), r"as in NaturalOrbitals\(6, 6\)"),
        (lambda: NaturalOrbitals(6, 6, threshold=0.1), "not by both"),
        (lambda: Avas(()), "at least one atomic orbital"),
        (lambda: Avas("O 2p", threshold=0.0), "a part between 0 and 1"),
    ],
)
def test_methods_refuse_what_means_nothing(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("name", "space", "message"),
    [
        ("lih", "orbitals:2,9", "Orbital 9 was chosen, but HLi has 6 orbitals"),
        ("lih", "orbitals:4,5", "hold no electrons: HLi occupies orbitals 1 to 2"),
        ("oh", "orbitals:3,4,6", "unpaired electron must be active, but 5 was not chosen"),
        ("o2", "orbitals:3-7", "but 8, 9 were not chosen"),
        ("lih", "mp2-natural:3,3", "must be even"),
        ("lih", "mp2-natural:4,9", "larger than the molecule in this basis, which has 6 orbitals"),
        ("lih", "mp2-natural:0.5", "Too few natural orbitals have occupations between 0.5 and 1.5: the farthest"),
        ("h2", "avas:O 2p", "No atomic orbital of the molecule is called 'O 2p': it consists of H"),
        ("lih", "avas:Li 2p", "of these elements there are Li 1s, Li 2s"),
        ("lih", "avas:2 Li 2s", "is called '2 Li 2s'"),
        ("lih", "avas:H 1s pi", "Only a p shell"),
        ("o2", "advised:2", "has 2 unpaired electrons, each with an orbital: allow at least 3 orbitals"),
    ],
)
def test_spaces_that_a_molecule_does_not_have(molecule, name, space, message):
    with pytest.raises(ValueError, match=message):
        molecule(name).problem(active_space=space)


@pytest.mark.parametrize("space", ["orbitals:1,2", "avas:H 1s", NaturalOrbitals(2, 2), "advised"])
def test_a_method_says_itself_what_is_frozen(molecule, space):
    with pytest.raises(ValueError, match="frozen_core or active_space, not both"):
        molecule("lih").problem(active_space=space, frozen_core=True)


@pytest.mark.parametrize(
    ("name", "numbers"), [("h2o", (3, 5, 6, 7)), ("h2o", (7, 2)), ("lih", (1, 2, 3, 6)), ("oh", (2, 4, 5, 6))]
)
def test_chosen_orbitals_have_the_energy_of_pyscf_over_the_same(molecule, name, numbers):
    one = molecule(name)
    problem = one.problem(active_space=ChosenOrbitals(numbers))
    field = scf.RHF(one._mole) if one.spin == 0 else scf.ROHF(one._mole)
    field.conv_tol = 1e-12
    field.kernel()
    solver = mcscf.CASCI(field, len(numbers), (problem.n_alpha, problem.n_beta))
    assert full_ci(problem).energy == pytest.approx(solver.kernel(solver.sort_mo(sorted(numbers)))[0], abs=1e-8)


def test_chosen_orbitals_are_counted_without_solving():
    water = Molecule("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692")
    space = water.active_space(active_space="orbitals:3,5-7")
    assert (space.n_electrons, space.n_orbitals, space.n_frozen) == (4, 4, 3)
    assert str(water.active_space(active_space="mp2-natural:4,4")) == "(4,4)"
    assert water.size(active_space="orbitals:3,5-7").qubits == 8
    assert "mean_field" not in vars(water)


@pytest.mark.parametrize(
    ("name", "space"),
    [
        ("h2o", "orbitals:2,4,6"),
        ("h2o", "avas:O 2p"),
        ("h2o", "mp2-natural:6,5"),
        ("oh", "avas:O 2p,H 1s"),
        ("oh", "mp2-natural:5,4"),
        ("o2", "advised:6"),
        ("n2", "avas:1 N 2p"),
        ("n2", "advised:6"),
    ],
)
def test_the_reference_and_its_orbital_energies_are_kept(molecule, name, space):
    one = molecule(name)
    selected = one.selected_orbitals(parse_active_space(space))
    problem = selected.problem(one.mean_field)
    assert problem.reference_energy == pytest.approx(one.mean_field.energy, abs=1e-8)
    found = one.active_space(active_space=space)
    assert (found.n_alpha, found.n_beta, found.n_orbitals) == (problem.n_alpha, problem.n_beta, problem.n_orbitals)
    assert found.n_frozen == problem.frozen_orbitals.shape[1]
    # The Fock matrix is diagonal among the doubly occupied, the singly occupied and the empty orbitals.
    fock = reference_fock(problem.one_body, problem.two_body, problem.n_alpha, problem.n_beta)
    for group in (
        slice(0, problem.n_beta),
        slice(problem.n_beta, problem.n_alpha),
        slice(problem.n_alpha, problem.n_orbitals),
    ):
        block = fock[group, group]
        assert np.allclose(block, np.diag(problem.orbital_energies[group]), atol=1e-6)
        assert (np.diff(problem.orbital_energies[group]) > -1e-5).all()
    overlap = one._mole.intor("int1e_ovlp")
    orbitals = np.hstack([problem.frozen_orbitals, problem.orbitals])
    assert np.allclose(orbitals.T @ overlap @ orbitals, np.eye(orbitals.shape[1]), atol=1e-9)


def test_irreps_stay_and_only_what_is_broken_is_lost(molecule):
    nitrogen = molecule("n2")
    whole = nitrogen.problem(active_space="avas:N 2p")
    assert whole.point_group == "D2h"
    assert set(whole.irrep_names) <= {"Ag", "B1u", "B2u", "B3u", "B2g", "B3g"}
    # The orbitals of one of the two atoms are no longer even or odd, but still know the axis.
    half = nitrogen.problem(active_space="avas:1 N 2p")
    assert half.point_group == "C2v"
    assert sorted(set(half.irrep_names)) == ["A1", "B1", "B2"]


def test_selected_orbitals_come_out_the_same_in_another_molecule_object(molecule):
    first = molecule("n2")
    again = Molecule("N 0 0 0; N 0 0 1.1")
    for space in ("avas:N 2p", "mp2-natural:6,6", "advised:6"):
        method = parse_active_space(space)
        assert np.allclose(
            first.selected_orbitals(method).active, again.selected_orbitals(method).active, rtol=0, atol=1e-6
        )


@pytest.mark.parametrize(
    ("number", "n_replaced", "n_core"),
    [
        (1, 0, 0), (2, 0, 0), (3, 0, 1), (10, 0, 1), (11, 0, 5), (18, 0, 5),  # H, He, Li, Ne, Na, Ar
        (19, 0, 5), (20, 0, 5), (21, 0, 9), (30, 0, 9), (31, 0, 9), (36, 0, 9),  # K, Ca, Sc, Zn, Ga, Kr
        (37, 0, 14), (38, 0, 14), (39, 0, 14), (40, 0, 18), (54, 0, 18),  # Rb, Sr, Y, Zr, Xe
        (55, 0, 23), (57, 0, 23), (71, 0, 23), (72, 0, 34), (86, 0, 34), (87, 0, 39),  # Cs, La, Lu, Hf, Rn, Fr
        (103, 0, 39), (104, 0, 50), (118, 0, 50), (0, 0, 0),  # Lr, Rf, Og, a ghost
        (30, 10, 4), (30, 18, 0), (53, 28, 4), (72, 60, 4), (55, 46, 0), (88, 78, 0),  # with core potentials
    ],
)  # fmt: skip
def test_inner_shells(number, n_replaced, n_core):
    assert n_core_orbitals(number, n_replaced) == n_core


ELEMENTS_WITH_POTENTIALS = (
    "Sc", "Fe", "Cu", "Zn", "Ga", "Br", "Rb", "Sr", "Y", "Zr", "Mo", "Pd", "Ag", "Cd", "In", "I", "Xe", "Cs", "Ba",
    "La", "Hf", "W", "Pt", "Au", "Hg", "Tl", "Pb", "Bi",
)  # fmt: skip


@pytest.mark.parametrize("potential", ["def2-svp", "lanl2dz", "cc-pvdz-pp", "ccecp", "sbkjc", "crenbl"])
def test_the_same_electrons_stay_under_every_core_potential(potential):
    """A potential that stands for no more than the core changes nothing but the number of frozen orbitals."""
    checked = 0
    for symbol in ELEMENTS_WITH_POTENTIALS:
        number = ATOMIC_NUMBERS[symbol]
        named = _named_potential(potential, symbol)
        n_replaced = int(named[0]) if named else 0
        everything = number - 2 * n_core_orbitals(number)
        treated = number - n_replaced - 2 * n_core_orbitals(number, n_replaced)
        if n_replaced <= 2 * n_core_orbitals(number):
            assert treated == everything, symbol
            checked += 1
        else:
            assert n_core_orbitals(number, n_replaced) == 0
    assert checked > 5


@pytest.mark.parametrize(
    ("symbol", "counts"),
    [
        # Frozen with all electrons, with def2's potential, with lanl2dz's.
        ("Cu", (9, 9, 4)),
        ("Ag", (18, 4, 4)),
        ("Au", (34, 4, 4)),
        ("Cd", (18, 4, 0)),
        ("Hg", (34, 4, 0)),
        ("Sn", (18, 4, 0)),
        ("Pb", (34, 4, 0)),
        ("I", (18, 4, 0)),
        ("Y", (14, 0, 0)),
        ("La", (23, 0, 0)),
        ("Hf", (34, 4, 4)),
        ("W", (34, 4, 4)),
    ],
)
def test_frozen_orbitals_of_heavy_elements(symbol, counts):
    number = ATOMIC_NUMBERS[symbol]
    potentials = [_named_potential(name, symbol) for name in ("def2-svp", "lanl2dz")]
    replaced = [0, *(int(potential[0]) if potential else 0 for potential in potentials)]
    assert tuple(n_core_orbitals(number, n) for n in replaced) == counts


@pytest.mark.parametrize(
    ("symbol", "length", "basis"),
    [("Ag", 1.98, "lanl2dz"), ("Au", 1.92, "lanl2dz"), ("Au", 1.92, "def2-svp"), ("Tl", 2.08, "def2-svp"),
     ("Y", 1.93, "def2-svp"), ("La", 2.03, "lanl2dz"), ("In", 1.99, "def2-svp"), ("Rb", 2.27, "def2-svp")],
)  # fmt: skip
def test_no_valence_orbital_of_a_neighbor_is_frozen(symbol, length, basis):
    """Of fluorine the lowest orbitals hold 1s alone, by their weight on its Löwdin functions."""
    fluoride = Molecule(f"{symbol} 0 0 0; F 0 0 {length}", basis={symbol: basis, "F": "def2-svp"})
    scf = fluoride.mean_field.scf
    n_frozen = fluoride.active_space(frozen_core=True).n_frozen
    values, vectors = np.linalg.eigh(scf.mol.intor("int1e_ovlp"))
    lowdin = vectors @ np.diag(np.sqrt(values)) @ vectors.T @ fluoride.mean_field.coefficients[:, :n_frozen]
    start, stop = scf.mol.aoslice_by_atom()[1, 2:]
    assert (lowdin[start:stop] ** 2).sum() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("geometry", "options", "treated"),
    [
        ("Li 0 0 0; H 0 0 1.6", {}, "(2,5)"),
        ("Na 0 0 0; H 0 0 1.89", {}, "(2,5)"),
        ("Si 0 0 0; H 0.85 0.85 0.85; H -0.85 -0.85 0.85; H -0.85 0.85 -0.85; H 0.85 -0.85 -0.85", {}, "(8,8)"),
        ("K 0 0 0; F 0 0 2.17", {}, "(16,12)"),
        ("Zn 0 0 0", {}, "(12,9)"),
        ("Zn 0 0 0", {"basis": "lanl2dz"}, "(12,18)"),
        ("Li 0 0 0; H 0 0 1.6", {"charge": 1, "spin": 1}, "(1,5)"),
    ],
)
def test_frozen_cores(geometry, options, treated):
    assert str(Molecule(geometry, **options).active_space(frozen_core=True)) == treated


def test_a_frozen_core_that_would_leave_nothing_is_refused():
    with pytest.raises(ValueError, match="hold all 2 electrons, so that a frozen core would leave none to treat"):
        Molecule("Li 0 0 0", charge=1).problem(frozen_core=True)


@pytest.mark.parametrize(
    ("geometry", "options", "space"),
    [
        ("H 0 0 0", {"spin": 1, "basis": "6-31g"}, "(1,2)"),
        ("H 0 0 0; H 0 0 1", {"spin": 1, "charge": 1}, "(1,2)"),
        ("He 0 0 0", {"basis": "6-31g"}, "(2,2)"),
        ("O 0 0 0; O 0 0 1.2", {"spin": 2}, "(4,4)"),
    ],
)
def test_homo_and_lumo_where_there_are_few_electrons(geometry, options, space):
    assert str(Molecule(geometry, **options).active_space(active_space="homo-lumo")) == space


@pytest.mark.parametrize("space", ["homo-lumo", "orbitals:1,2", "mp2-natural:2,2", "advised"])
def test_atoms_without_empty_orbitals_are_refused(space):
    with pytest.raises(ValueError, match=r"He has|larger than the molecule"):
        Molecule("He 0 0 0").problem(active_space=space)


def test_a_large_basis_set_does_not_forbid_a_small_space():
    chain = Molecule("; ".join(f"C 0 0 {1.3 * i}" for i in range(30)), basis="6-31g*")
    size = chain.size(active_space="homo-lumo")
    assert size.memory_bytes < 5e9
    assert "mean_field" not in vars(chain)
    assert not fits(chain.size())


@pytest.mark.parametrize(
    ("geometry", "options", "space", "metal"),
    [
        ("Fe 0 0 0", {"charge": 2, "spin": 4, "basis": "lanl2dz"}, (6, 5), None),
        ("Fe 0 0 0; H 0 0 1.57", {"spin": 3, "basis": "lanl2dz"}, "avas:Fe 3d", None),
        ("Cr 0 0 0; Cr 0 0 1.68", {"basis": "lanl2dz"}, (2, 2), "Cr 3d"),
        ("Ti 0 0 0; O 0 0 1.62; O 0 1.6 -0.4", {}, (2, 2), "Ti 3d"),
        ("Zn 0 0 0; H 0 0 1.6; H 0 0 -1.6", {"basis": "lanl2dz"}, (2, 2), None),  # its d shell is closed
        ("O 0 0 0; H 0 0 0.97", {"spin": 1}, (3, 2), None),
    ],
)
def test_a_window_without_the_metal_says_so(geometry, options, space, metal):
    notes = Molecule(geometry, **options).problem(active_space=space).notes
    told = [note for note in notes if "d orbital of a metal" in note]
    assert told == ([] if metal is None else [told[0]])
    assert metal is None or f"active_space='avas:{metal}'" in told[0]
