import numpy as np
import pytest

from chemistry import Molecule, sector_dimension
from chemistry.geometry import Atom


def test_hartree_fock_of_the_problem_is_that_of_the_molecule(molecule, problem):
    for name in ("h2", "lih", "h2o", "oh", "o2", "n2"):
        field = molecule(name).mean_field
        assert field.converged
        assert field.stable
        assert problem(name).reference_energy == pytest.approx(field.energy, abs=1e-8)


def test_frozen_core_and_active_space_keep_the_hartree_fock_energy(molecule):
    water = molecule("h2o")
    for options in ({"frozen_core": True}, {"active_space": (4, 4)}, {"active_space": "homo-lumo"}):
        assert water.problem(**options).reference_energy == pytest.approx(water.mean_field.energy, abs=1e-8)


def test_active_space_sizes(molecule):
    water = molecule("h2o").problem(frozen_core=True)
    assert (water.n_electrons, water.n_orbitals, water.n_wires) == (8, 6, 12)
    small = molecule("h2o").problem(active_space="(4, 4)")
    assert (small.n_electrons, small.n_orbitals) == (4, 4)
    radical = molecule("oh").problem(active_space="homo-lumo")
    assert (radical.n_alpha, radical.n_beta, radical.n_orbitals) == (2, 1, 3)


def test_orbitals_come_out_the_same_however_the_molecule_lies():
    upright = Molecule("N 0 0 0; N 0 0 1.1").problem()
    for geometry in ("N 0 0 0; N 1.1 0 0", "N 3 1 2; N 3 2.1 2"):
        lying = Molecule(geometry).problem()
        assert np.allclose(lying.one_body, upright.one_body, atol=1e-8)
        assert np.allclose(lying.two_body, upright.two_body, atol=1e-8)


def test_integrals_have_their_symmetries(problem):
    two_body = problem("h2o").two_body
    for order in ((1, 0, 2, 3), (0, 1, 3, 2), (2, 3, 0, 1)):
        assert np.allclose(two_body, two_body.transpose(order), atol=1e-10)
    irreps = problem("h2o").irreps
    product = irreps[:, None, None, None] ^ irreps[:, None, None] ^ irreps[:, None] ^ irreps
    assert (two_body[product != 0] == 0).all()


@pytest.mark.parametrize(("name", "dimension"), [("h2", 2), ("lih", 69), ("n2", 1824), ("oh", 23)])
def test_sector_dimension(problem, name, dimension):
    assert sector_dimension(problem(name)) == dimension


def test_an_unstable_solution_is_followed_to_a_stable_one():
    # From its usual guess, C2's Hartree-Fock may settle in a saddle; whatever it does, the result must be stable.
    field = Molecule("C 0 0 0; C 0 0 1.25").mean_field
    assert field.converged
    assert field.stable


def test_strong_correlation_is_noticed(molecule):
    assert molecule("n2").mean_field.spin_stable
    assert not molecule("stretched n2").mean_field.spin_stable


@pytest.mark.parametrize(
    ("geometry", "options", "message"),
    [
        ("Li 0 0 0; H 0 0 1.6", {"charge": 1}, "3 electrons, so the number of unpaired ones .* is odd .* try spin=1"),
        ("Li 0 0 0; H 0 0 1.6", {"spin": 1}, "4 electrons, so .* is even"),
        ("Li 0 0 0; H 0 0 1.6", {"spin": -2}, "but -2 was given"),
        ("Li 0 0 0; H 0 0 1.6", {"spin": 6}, "at most 4"),
        ("H 0 0 0", {"charge": 1}, "no electrons left"),
        ("Li 0 0 0; H 0 0 1.6", {"basis": "sto-33g"}, "no basis set 'sto-33g' for Li"),
        ("At 0 0 0", {"basis": "6-31g", "spin": 1}, "no basis set '6-31g' for At"),
        ("H 0 0 0; H 0 0 0.74", {"charge": True}, "charge is a whole number of elementary charges, but True was given"),
        ("H 0 0 0", {"spin": True}, "spin is a whole number of unpaired electrons, but True was given"),
    ],
)
def test_bad_molecules(geometry, options, message):
    with pytest.raises(ValueError, match=message):
        Molecule(geometry, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"active_space": (6, 2)}, "more electrons than the molecule, which has 4"),
        ({"active_space": (4, 9)}, "larger than the molecule in this basis, which has 6 orbitals"),
        ({"active_space": (3, 3)}, "must be even"),
        ({"active_space": (0, 2)}, "is empty"),
        ({"active_space": (4, 1)}, "more electrons than its 1 orbital can hold"),
        ({"active_space": "some"}, r"\(electrons,orbitals\), as in \(6,6\), or one of full, frozen-core, homo-lumo"),
        ({"active_space": (2, 2), "frozen_core": True}, "not both"),
    ],
)
def test_bad_active_spaces(molecule, options, message):
    with pytest.raises(ValueError, match=message):
        molecule("lih").problem(**options)


def test_a_symmetry_on_the_verge_of_its_tolerance_is_left_out():
    from pyscf import gto, scf

    atoms = (
        Atom("C", (-8.783831996743931e-07, -1.6544738939643302e-13, 0.023628150464049584)),
        Atom("O", (-1.2936440269565255e-06, 5.639787249096532e-14, 1.2403480924450128)),
        Atom("H", (0.9264369139621671, 5.289700833440753e-14, -0.5719895999071735)),
        Atom("H", (-0.9264347419350629, 5.6326193770720376e-14, -0.571986643002171)),
    )
    # PySCF 2.14 ends with an IndexError here when it is asked for the symmetry.
    field = Molecule(atoms).mean_field
    plain = scf.RHF(gto.M(atom=[(a.symbol, a.position) for a in atoms], verbose=0)).run(conv_tol=1e-11)
    assert field.energy == pytest.approx(plain.e_tot, abs=1e-8)


def test_a_molecule_that_is_too_large_is_refused_with_what_would_fit():
    chain = Molecule("; ".join(f"C 0 0 {1.3 * i}" for i in range(30)))
    with pytest.raises(ValueError, match=r"C30 .* 300 qubits .* active_space=homo-lumo .* would fit"):
        chain.problem()
    assert chain.size().qubits == 300
    assert "mean_field" not in vars(chain)


def test_a_small_active_space_of_a_large_molecule_is_small():
    chain = Molecule("; ".join(f"C 0 0 {1.3 * i}" for i in range(30)))
    size = chain.size(active_space="homo-lumo")
    assert (size.qubits, size.sector_dimension <= 4) == (4, True)


def test_integrals_of_few_orbitals_from_coulomb_matrices(problem):
    from chemistry.integrals.repulsion_integrals import _from_coulomb_matrices

    water = problem("h2o")
    few = water.orbitals[:, 2:6]
    integrals = _from_coulomb_matrices(water.mean_field.scf, few)
    np.testing.assert_allclose(integrals, water.two_body[2:6, 2:6, 2:6, 2:6], atol=1e-9)
