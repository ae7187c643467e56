import numpy as np
import pytest

from chemistry import Molecule, full_ci, vqe
from chemistry.integrals.bare_integrals import problem_from_integrals

OTHER_NOTATIONS = {(0, 2, 1, 3): (0, 2, 1, 3), (0, 2, 3, 1): (0, 3, 1, 2)}  # made by a transposition, undone by one


def test_a_problem_is_made_of_its_integrals(problem):
    for name in ("lih", "oh"):
        given = problem(name)
        made = problem_from_integrals(
            given.constant, given.one_body, given.two_body, given.n_alpha, given.n_beta, irreps=given.irreps
        )
        assert made.reference_energy == pytest.approx(given.reference_energy, abs=1e-10)
        assert full_ci(made).energy == pytest.approx(full_ci(given).energy, abs=1e-9)
        assert (made.irreps == given.irreps).all()
    closed_shell = problem("lih")
    energies = problem_from_integrals(closed_shell.constant, closed_shell.one_body, closed_shell.two_body, 2, 2)
    assert np.allclose(energies.orbital_energies, closed_shell.orbital_energies, atol=1e-6)
    assert (energies.irreps == 0).all()


def test_a_hubbard_dimer():
    # E = (U - sqrt(U^2 + 16 t^2)) / 2 at half filling, in the orbitals (a ± b)/sqrt(2).
    t, u = 1.0, 4.0
    two_body = np.zeros((2, 2, 2, 2))
    two_body[0, 0, 0, 0] = two_body[1, 1, 1, 1] = two_body[0, 0, 1, 1] = two_body[1, 1, 0, 0] = u / 2
    for p, q in ((0, 1), (1, 0)):
        for r, s in ((0, 1), (1, 0)):
            two_body[p, q, r, s] = u / 2
    dimer = problem_from_integrals(0, [[-t, 0], [0, t]], two_body, 1, 1, irreps=[0, 1], point_group="C2")
    exact = (u - np.sqrt(u**2 + 16 * t**2)) / 2
    assert full_ci(dimer).energy == pytest.approx(exact, abs=1e-10)
    assert vqe(dimer).energy == pytest.approx(exact, abs=1e-8)


def test_noise_that_symmetry_forbids_is_removed(problem):
    given = problem("lih")
    one_body = given.one_body + 1e-9 * np.ones((6, 6))
    made = problem_from_integrals(0.0, one_body, given.two_body, 2, 2, irreps=given.irreps)
    assert (made.one_body[given.irreps[:, None] != given.irreps[None, :]] == 0).all()


@pytest.mark.parametrize("order", OTHER_NOTATIONS)
def test_other_notations_are_named(problem, order):
    given = problem("lih")
    other = given.two_body.transpose(order)
    back = OTHER_NOTATIONS[order]
    with pytest.raises(ValueError, match=r"but this is .*give two_body\.transpose") as raised:
        problem_from_integrals(0.0, given.one_body, other, 2, 2)
    assert f"transpose{back}" in str(raised.value)
    assert np.array_equal(other.transpose(back), given.two_body)


def test_pennylanes_integrals_are_in_the_order_that_is_named():
    import pennylane as qml

    molecule = qml.qchem.Molecule(["H", "H"], np.array([[0, 0, 0], [0, 0, 1.4]]), basis_name="6-31g")
    constant, one_body, two_body = qml.qchem.electron_integrals(molecule)()
    with pytest.raises(ValueError, match="as PennyLane and OpenFermion have it"):
        problem_from_integrals(constant, one_body, two_body, 1, 1)
    made = problem_from_integrals(constant, one_body, np.transpose(two_body, (0, 3, 1, 2)), 1, 1)
    ours = Molecule("H 0 0 0; H 0 0 1.4", unit="bohr", basis="6-31g").problem()
    assert full_ci(made).energy == pytest.approx(full_ci(ours).energy, abs=1e-6)


def zeros(n):
    return np.zeros((n, n)), np.zeros((n,) * 4)


def edited(n, one_body=(), two_body=()):
    """Zeros, but for elements of one_body and two_body, real or complex."""
    h, g = (part.astype(complex) if one_body or two_body else part for part in zeros(n))
    for array, elements in ((h, one_body), (g, two_body)):
        for place, value in elements:
            array[place] = value
    return h, g


@pytest.mark.parametrize(
    ("integrals", "electrons", "options", "message"),
    [
        ((np.zeros(3), zeros(3)[1]), (1, 1), {}, r"one_body has the shape \(n_orbitals, n_orbitals\)"),
        ((np.zeros((2, 3)), zeros(3)[1]), (1, 1), {}, r"its shape is \(2, 3\)"),
        ((np.zeros((0, 0)), zeros(0)[1]), (1, 1), {}, r"its shape is \(0, 0\)"),
        ((np.zeros((2, 2)), zeros(3)[1]), (1, 1), {}, r"\(2, 2, 2, 2\), as one_body says"),
        ((np.zeros((2, 2)), np.zeros((3, 3))), (1, 1), {}, r"unpack it with pyscf\.ao2mo\.restore"),
        (edited(2, [((0, 1), 1.0)]), (1, 1), {}, "h_pq and h_qp differ by up to 1.0e"),
        (edited(2, two_body=[((0, 0, 0, 1), 1.0)]), (1, 1), {}, "equal elements differ by up to 1.0e"),
        (edited(2, [((0, 1), 1j), ((1, 0), -1j)]), (1, 1), {}, "one_body is complex"),
        ((np.full((2, 2), np.nan), zeros(2)[1]), (1, 1), {}, "one_body holds numbers that are not finite"),
        ((None, zeros(2)[1]), (1, 1), {}, "one_body"),
        ((zeros(2)[0], [["a"]]), (1, 1), {}, "two_body is made of real numbers"),
        (zeros(2), (0, 0), {}, "at least one electron"),
        (zeros(2), (1, -1), {}, "at least one electron"),
        (zeros(2), (1, 2), {}, "Spin up is the spin of more electrons"),
        (zeros(2), (3, 1), {}, "2 orbitals hold at most 2 electrons of spin up"),
        (zeros(2), (1.5, 1), {}, "whole numbers"),
        (zeros(2), (1, 1), {"irreps": [0]}, "irreps are 2 numbers"),
        (zeros(2), (1, 1), {"irreps": [0, -1]}, "irreps are 2 numbers"),
        (zeros(2), (1, 1), {"irreps": ["A", "B"]}, "irreps are 2 numbers"),
        (edited(2, [((0, 1), 1.0), ((1, 0), 1.0)]), (1, 1), {"irreps": [0, 1]}, "irreps forbid integrals that reach 1"),
        (zeros(2), (1, 1), {"irrep_names": ["A"]}, "irrep_names are 2"),
        (zeros(2), (1, 1), {"orbital_energies": [1.0]}, r"orbital_energies has the shape \(2,\)"),
        (zeros(2), (1, 1), {"constant": [1.0, 2.0]}, "constant is one number"),
        (zeros(2), (1, 1), {"constant": 1j}, "constant is complex"),
    ],
)  # fmt: skip
def test_bad_integrals(integrals, electrons, options, message):
    constant = options.pop("constant", 0.0) if "constant" in options else 0.0
    with pytest.raises(ValueError, match=message):
        problem_from_integrals(constant, *integrals, *electrons, **options)
