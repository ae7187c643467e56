from functools import cache

import numpy as np
import pytest

from chemistry import Molecule, repeated_uccsd, uccsd
from chemistry.ansatz.cluster_jastrow import lucj
from chemistry.orbital_optimization import CircuitSolver, oo_vqe

LIH = "Li 0 0 0; H 0 0 1.6"
WATER = "O 0 0 0.1035174918; H 0 0.7955612117 -0.4640237459; H 0 -0.7955612117 -0.4640237459"


@cache
def mean_field(geometry=LIH, spin=0, symmetry=False):
    from pyscf import gto, scf

    mol = gto.M(atom=geometry, basis="sto-3g", spin=spin, symmetry=symmetry, verbose=0)
    return scf.RHF(mol).run(conv_tol=1e-12)


def solved(method, orbitals, electrons, ansatz, *, field=None, start=None, **options):
    from pyscf import mcscf

    driver = getattr(mcscf, method)(field or mean_field(), orbitals, electrons)
    if ansatz != "full CI":
        driver.fcisolver = CircuitSolver(ansatz)
    for name, value in options.items():
        setattr(driver, name, value)
    driver.kernel(start)
    return driver


@pytest.mark.parametrize("ansatz", [uccsd, repeated_uccsd, None])
@pytest.mark.parametrize(("orbitals", "electrons"), [(2, 2), (6, 4)])
def test_casci(ansatz, orbitals, electrons):
    ours, exact = (solved("CASCI", orbitals, electrons, a) for a in (ansatz, "full CI"))
    assert ours.converged
    assert -1e-9 < ours.e_tot - exact.e_tot < 2e-5
    assert np.allclose(ours.make_rdm1(), exact.make_rdm1(), atol=3e-3)


def test_density_matrices_and_spin_are_those_of_the_state():
    ours, exact = (solved("CASCI", 3, 2, a) for a in (uccsd, "full CI"))
    for name in ("make_rdm1", "make_rdm1s", "make_rdm12", "make_rdm12s"):
        left, right = (getattr(mc.fcisolver, name)(mc.ci, 3, mc.nelecas) for mc in (ours, exact))
        for one, other in zip(flat(left), flat(right), strict=True):
            assert np.allclose(one, other, atol=2e-4)
    assert ours.fcisolver.spin_square(ours.ci, 3, (1, 1)) == pytest.approx((0.0, 1.0), abs=1e-6)
    transition = ours.fcisolver.trans_rdm1(ours.ci, ours.ci, 3, (1, 1))
    assert np.allclose(transition, ours.fcisolver.make_rdm1(ours.ci, 3, 2), atol=1e-10)
    assert ours.fcisolver.large_ci(ours.ci, 3, (1, 1), tol=0.5)[0][0] == pytest.approx(ours.ci[0, 0])


def flat(arrays):
    if isinstance(arrays, np.ndarray):
        return [arrays]
    return [leaf for each in arrays for leaf in flat(each)]


def test_complex_states():
    ours, exact = (solved("CASCI", 2, 2, a) for a in (lucj, "full CI"))
    assert np.iscomplexobj(ours.ci)
    assert -1e-9 < ours.e_tot - exact.e_tot < 1e-3
    one, two = ours.fcisolver.make_rdm12(ours.ci, 2, 2)
    h1, core = ours.get_h1eff()
    energy = core + np.sum(h1 * one) + 0.5 * np.sum(two.reshape(4, 4) * full(ours.get_h2eff(), 2))
    assert energy == pytest.approx(ours.e_tot, abs=1e-9)
    assert sum(np.trace(spin) for spin in ours.fcisolver.make_rdm1s(ours.ci, 2, 2)) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="use a real ansatz"):
        ours.fcisolver.trans_rdm1(ours.ci, ours.ci, 2, (1, 1))


def full(eri, n):
    from pyscf import ao2mo

    return ao2mo.restore(1, eri, n).reshape(n * n, n * n)


@pytest.mark.parametrize(("orbitals", "ansatz"), [(2, uccsd), (5, None)])
def test_casscf_and_its_nuclear_gradient(orbitals, ansatz):
    ours, exact = (
        solved("CASSCF", orbitals, 2, a, conv_tol=1e-10, internal_rotation=a != "full CI") for a in (ansatz, "full CI")
    )
    assert ours.converged
    assert ours.e_tot == pytest.approx(exact.e_tot, abs=1e-7)
    gradients = [mc.nuc_grad_method().kernel() for mc in (ours, exact)]
    assert np.allclose(*gradients, atol=1e-5)


def test_casscf_with_an_ansatz_that_is_not_exact_agrees_with_oo_vqe():
    field = mean_field("N 0 0 0; N 0 0 1.8", symmetry=True)
    ours = solved("CASSCF", 6, 6, uccsd, field=field, conv_tol=1e-10, internal_rotation=True)
    problem = Molecule("N 0 0 0; N 0 0 1.8").problem(active_space=(6, 6))
    joint = oo_vqe(problem, uccsd(problem))
    assert ours.converged
    assert ours.e_tot == pytest.approx(joint.energy, abs=1e-7)
    assert ours.fcisolver.circuit.n_params == joint.ansatz.n_params  # the irreps reached it


def test_open_shells():
    field = mean_field("O 0 0 0; H 0 0 0.97", spin=1)
    ours, exact = (solved("CASCI", 4, 5, a, field=field) for a in (uccsd, "full CI"))
    assert ours.e_tot == pytest.approx(exact.e_tot, abs=1e-5)
    assert ours.fcisolver.spin_square(ours.ci, 4, ours.nelecas)[1] == pytest.approx(2.0, abs=1e-3)


def test_runs_begin_where_the_last_one_ended():
    ours = solved("CASCI", 6, 4, uccsd)
    solver, before = ours.fcisolver, ours.fcisolver.n_evaluations
    ours.kernel()
    assert solver.n_evaluations - before <= 2
    circuit = solver.circuit
    ours.kernel(ci0=np.ones((3, 3)))  # a state that no circuit made
    assert solver.circuit is circuit
    assert ours.converged


def test_two_averaged_states():
    from pyscf import mcscf

    drivers = []
    for ansatz in (repeated_uccsd, "full CI"):
        driver = mcscf.CASSCF(mean_field(), 2, 2)
        if ansatz == "full CI":
            driver.fix_spin_(ss=0)
        else:
            driver.fcisolver = CircuitSolver(ansatz)
        driver = driver.state_average_([0.5, 0.5])
        driver.conv_tol = 1e-10
        driver.kernel()
        assert driver.converged
        drivers.append(driver)
    ours, exact = drivers
    assert ours.e_tot == pytest.approx(exact.e_tot, abs=1e-7)
    assert ours.e_states == pytest.approx(exact.e_states, abs=1e-4)
    assert ours.fcisolver.states_spin_square(ours.ci, 2, (1, 1))[0] == pytest.approx([0, 0], abs=1e-6)


def test_in_a_solvent():
    from pyscf import mcscf, solvent

    energies = []
    for ansatz in (uccsd, "full CI"):
        driver = mcscf.CASCI(mean_field(), 2, 2)
        if ansatz != "full CI":
            driver.fcisolver = CircuitSolver(ansatz)
        driver = solvent.PCM(driver)
        driver.kernel()
        energies.append(driver.e_tot)
    assert energies[0] == pytest.approx(energies[1], abs=1e-6)


def test_the_gradient_of_a_casci():
    ours, exact = (solved("CASCI", 2, 2, a) for a in (uccsd, "full CI"))
    assert np.allclose(ours.nuc_grad_method().kernel(), exact.nuc_grad_method().kernel(), atol=1e-5)


def test_what_did_not_converge_says_so():
    from pyscf import mcscf

    driver = mcscf.CASCI(mean_field(), 6, 4)
    driver.fcisolver = CircuitSolver(uccsd, max_evaluations=2)
    driver.kernel()
    assert not driver.converged
    assert not driver.fcisolver.status.converged


def test_bad_input():
    from pyscf import mcscf, scf

    with pytest.raises(ValueError, match=r"made by a function such as uccsd, but 'uccsd' was given"):
        solved("CASCI", 2, 2, "uccsd")
    driver = mcscf.CASCI(mean_field(symmetry=True), 2, 2)
    driver.fcisolver = CircuitSolver(uccsd)
    driver.fcisolver.wfnsym = 1
    with pytest.raises(ValueError, match="A state of irrep 1 was asked for"):
        driver.fcisolver.kernel(np.eye(2), np.zeros((2,) * 4), 2, 2, orbsym=[0, 1])
    averaged = mcscf.CASSCF(mean_field(), 2, 2)
    averaged.fcisolver = CircuitSolver(uccsd)
    averaged = averaged.state_average_([0.7, 0.3])
    with pytest.raises(ValueError, match="averaged with equal weights"):
        averaged.kernel()
    both = mcscf.UCASCI(scf.UHF(mean_field().mol).run(), 2, 2)
    both.fcisolver = CircuitSolver(uccsd)
    with pytest.raises(ValueError, match="use a restricted mean field"):
        both.kernel()
