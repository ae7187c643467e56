"""Periodic cells against PySCF's own periodic coupled cluster and full CI, and against a molecule in a large box."""

import warnings
from functools import cache

import numpy as np
import pytest

from chemistry import Molecule, ccsd, full_ci, hartree_fock_energy, vqe
from chemistry.lattice import solid_problem

# A chain of hydrogen molecules along z, 2.4 angstrom from one to the next.
HYDROGEN = ("H 0 0 0; H 0 0 0.9", np.diag([5.0, 5.0, 2.4]))


@cache
def hydrogen(**options):
    return solid_problem(*HYDROGEN, **options)


@cache
def pyscf_field(repeats):
    from pyscf.pbc import gto, scf, tools

    cell = gto.Cell()
    cell.atom, cell.a, cell.basis, cell.pseudo, cell.verbose = *HYDROGEN, "gth-szv", "gth-pade", 0
    cell.build(dump_input=False, parse_arg=False)
    field = scf.RHF(tools.super_cell(cell, [1, 1, repeats]), exxdiv=None).density_fit()
    field.conv_tol = 1e-10
    field.kernel()
    return field


def test_two_cells_against_pyscfs_periodic_methods():
    from pyscf import fci
    from pyscf.pbc import cc

    field, problem = pyscf_field(2), hydrogen(supercell=(1, 1, 2))
    assert (problem.n_electrons, problem.n_orbitals) == (4, 4)
    assert hartree_fock_energy(problem).energy == pytest.approx(field.e_tot, abs=1e-8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = cc.RCCSD(field).run(verbose=0)
        exact = fci.FCI(field).kernel()[0]
    assert ccsd(problem).energy == pytest.approx(own.e_tot, abs=1e-6)
    assert full_ci(problem).energy == pytest.approx(exact, abs=1e-8)


def test_circuits_run_on_a_cell():
    problem = hydrogen(supercell=(1, 1, 2))
    result = vqe(problem)
    assert -1e-9 < result.energy - full_ci(problem).energy < 1e-5


def test_the_edge_of_the_zone_is_real_and_in_the_doubled_cell():
    """The gamma point of two cells holds gamma and the zone's edge of one: orbital energies without exchange differ."""
    edge, gamma = hydrogen(k_point=(0.0, 0.0, 0.5)), hydrogen()
    assert edge.n_orbitals == gamma.n_orbitals == 2
    assert full_ci(edge).energy < edge.reference_energy
    assert abs(edge.reference_energy - gamma.reference_energy) > 0.1


def test_an_active_space_freezes_the_rest():
    whole, window = hydrogen(supercell=(1, 1, 2)), hydrogen(supercell=(1, 1, 2), active_space=(2, 2))
    assert (window.n_electrons, window.n_orbitals) == (2, 2)
    assert window.reference_energy == pytest.approx(whole.reference_energy, abs=1e-8)
    assert full_ci(whole).energy < full_ci(window).energy < whole.reference_energy


def test_a_cell_with_much_space_is_a_molecule():
    """Without its images' exchange the molecule's correlation energy remains; its Hartree-Fock energy comes close."""
    box = solid_problem("H 0 0 0; H 0 0 0.9", 12.0 * np.eye(3), basis="sto-3g", pseudo=None)
    molecule = Molecule("H 0 0 0; H 0 0 0.9").problem()
    correlation = [full_ci(p).energy - p.reference_energy for p in (box, molecule)]
    assert correlation[0] == pytest.approx(correlation[1], abs=5e-4)


@pytest.mark.slow
def test_diamond_against_pyscf():
    """The primitive cell of diamond: 8 electrons in 8 orbitals; coupled cluster stays above full CI."""
    problem = solid_problem("C 0 0 0; C 0.89175 0.89175 0.89175", 1.7835 * (np.ones((3, 3)) - np.eye(3)))
    exact = full_ci(problem)
    assert exact.energy == pytest.approx(-7.618074, abs=1e-4)
    assert 0.0 < ccsd(problem).energy - exact.energy < 5e-3


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (HYDROGEN, {"k_point": (0.0, 0.0, 0.25)}, "they are complex: give multiples of one half"),
        (HYDROGEN, {"k_point": (0.0, 0.5)}, "three fractions"),
        (HYDROGEN, {"supercell": (1, 2)}, "three whole numbers"),
        (HYDROGEN, {"supercell": (0, 1, 1)}, "three whole numbers"),
        (HYDROGEN, {"active_space": (4, 2)}, "more electrons than"),
        (HYDROGEN, {"basis": "gth-nothing"}, "PySCF cannot build this cell"),
        (("H 0 0 0", 4.0 * np.eye(3)), {}, "As many electrons of spin up as of spin down"),
        (("H 0 0 0; H 0 0 0.1", 4.0 * np.eye(3)), {}, "only 0.100 angstrom apart"),
        (("H 0 0 0; H 0 0 0.9", np.diag([4.0, 4.0, 1.0])), {}, "only 0.100 angstrom apart"),
        (("H 0 0 0; H 0 0 0.9", np.zeros((3, 3))), {}, "span a volume"),
        (("H 0 0 0; H 0 0 0.9", "cubic"), {}, "three rows of three numbers"),
        (("nothing at all", 4.0 * np.eye(3)), {}, "PySCF cannot build this cell"),
    ],
)
def test_each_mistake_is_one_sentence(arguments, options, message):
    with pytest.raises(ValueError) as error:
        solid_problem(*arguments, **options)
    assert message in str(error.value)
