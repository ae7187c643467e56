import numpy as np
import pytest

from chemistry import ElectronicProblem, Molecule, ccsd, ccsd_t, full_ci, hartree_fock_energy, mp2
from chemistry.baselines import BASELINES, symmetric_ci


@pytest.mark.parametrize("name", ["lih", "h2o", "n2"])
def test_energies_are_those_of_the_whole_molecule(molecule, problem, name):
    from pyscf import cc, fci, mp

    field = molecule(name).mean_field.scf
    coupled = cc.CCSD(field).run(conv_tol=1e-9)
    assert mp2(problem(name)).energy == pytest.approx(mp.MP2(field).run().e_tot, abs=1e-8)
    assert ccsd(problem(name)).energy == pytest.approx(coupled.e_tot, abs=1e-7)
    assert ccsd_t(problem(name)).energy == pytest.approx(coupled.e_tot + coupled.ccsd_t(), abs=1e-7)
    assert full_ci(problem(name)).energy == pytest.approx(fci.FCI(field).kernel()[0], abs=1e-8)


def test_a_frozen_core_is_frozen_in_all_of_them(molecule):
    from pyscf import cc, mcscf, mp

    field = molecule("h2o").mean_field.scf
    frozen = molecule("h2o").problem(frozen_core=True)
    assert mp2(frozen).energy == pytest.approx(mp.MP2(field, frozen=1).run().e_tot, abs=1e-8)
    assert ccsd(frozen).energy == pytest.approx(cc.CCSD(field, frozen=1).run(conv_tol=1e-9).e_tot, abs=1e-7)
    assert full_ci(frozen).energy == pytest.approx(mcscf.CASCI(field, 6, 8).kernel()[0], abs=1e-8)


@pytest.mark.parametrize("name", ["h2", "lih", "h2o", "oh", "o2", "n2"])
def test_full_ci_with_symmetry_finds_the_same_state(problem, name):
    whole, one = full_ci(problem(name)), symmetric_ci(problem(name))
    assert one.energy == pytest.approx(whole.energy, abs=1e-7)
    assert whole.converged
    half = 0.5 * (problem(name).n_alpha - problem(name).n_beta)
    assert whole.detail["s_squared"][0] == pytest.approx(half * (half + 1), abs=1e-6)


def test_coupled_cluster_breaks_down_on_stretched_nitrogen(problem):
    stretched = problem("stretched n2")
    exact = full_ci(stretched)
    assert exact.energy == pytest.approx(-107.455156, abs=1e-6)
    broken = ccsd(stretched).against(exact.energy)
    assert 1e3 * (broken.energy - exact.energy) == pytest.approx(-102, abs=0.5)  # CCSD at 2.0 angstrom
    assert broken.converged
    assert not broken.is_sound
    assert "mHa below the exact energy" in broken.status
    assert "strongly correlated" in hartree_fock_energy(stretched).status


def test_coupled_cluster_that_does_not_converge_says_so():
    energy = ccsd(Molecule("N 0 0 0; N 0 0 2.4").problem())
    assert not energy.converged
    assert energy.status == "Not converged."


def test_a_variational_energy_below_the_exact_one_is_a_bug(problem):
    energy = hartree_fock_energy(problem("h2"))
    assert energy.against(energy.energy + 1e-9) is energy
    with pytest.raises(ArithmeticError, match="HF is bounded by the exact energy"):
        energy.against(energy.energy + 1e-3)


def test_a_lower_state_of_another_spin_is_noticed():
    # The ground state of oxygen is a triplet, whichever spin is asked for.
    energy = full_ci(Molecule("O 0 0 0; O 0 0 1.2", spin=0).problem())
    assert "The lowest state has S^2 = 2.00, not the 0.00" in energy.status


@pytest.mark.parametrize("geometry", ["He 0 0 0", "H 0 0 0; H 0 0 0.74"])
def test_the_smallest_molecules(geometry):
    tiny = Molecule(geometry).problem()
    exact = full_ci(tiny).energy
    for name, solve in BASELINES.items():
        energy = solve(tiny).against(exact)
        assert energy.converged, name
        assert energy.energy >= exact - 1e-7


def test_bare_integrals(problem):
    full = problem("h2")
    bare = ElectronicProblem(
        constant=full.constant, one_body=full.one_body, two_body=full.two_body, n_alpha=1, n_beta=1,
        orbital_energies=full.orbital_energies, irreps=np.zeros(2, dtype=int),
    )  # fmt: skip
    assert hartree_fock_energy(bare).energy == pytest.approx(full.reference_energy)
    assert full_ci(bare).energy == pytest.approx(full_ci(full).energy)
