import json

import numpy as np
import pytest

from chemistry import ElectronicProblem, Molecule, ccsd, ccsd_t, full_ci, hartree_fock_energy, mp2
from chemistry.baselines import BASELINES, casscf, dmrg, symmetric_ci
from chemistry.problem import electronic_problem
from chemistry.states.quantum_numbers import spin_squared_of


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
    stretched = Molecule("N 0 0 0; N 0 0 2.4")
    energy = ccsd(electronic_problem(stretched.mean_field, stretched.active_space()))
    assert not energy.converged
    assert energy.status == "Not converged."
    assert not energy.detail


def test_a_variational_energy_below_the_exact_one_is_a_bug(problem):
    energy = hartree_fock_energy(problem("h2"))
    assert energy.against(energy.energy + 1e-9) is energy
    with pytest.raises(ArithmeticError, match="HF is bounded by the exact energy"):
        energy.against(energy.energy + 1e-3)


def test_a_lower_state_of_another_spin_is_noticed():
    # The ground state of oxygen is a triplet, whichever spin is asked for.
    energy = full_ci(Molecule("O 0 0 0; O 0 0 1.2", spin=0).problem())
    assert "The lowest state has S² = 2.00, not the 0.00" in energy.status


SMALL = {
    "He": ("He 0 0 0", {}),
    "Ne": ("Ne 0 0 0", {}),
    "H": ("H 0 0 0", {"spin": 1}),
    "Li": ("Li 0 0 0", {"spin": 1}),
    "O": ("O 0 0 0", {"spin": 2}),
    "H2": ("H 0 0 0; H 0 0 0.74", {}),
    "H2+": ("H 0 0 0; H 0 0 1.0", {"spin": 1, "charge": 1}),
    "HeH+": ("He 0 0 0; H 0 0 0.8", {"charge": 1}),
    "OH-": ("O 0 0 0; H 0 0 0.97", {"charge": -1}),
    "F-": ("F 0 0 0", {"charge": -1}),
}


@pytest.mark.parametrize("name", SMALL)
def test_atoms_ions_one_electron_and_full_shells(name):
    geometry, options = SMALL[name]
    tiny = Molecule(geometry, **options).problem()
    exact = full_ci(tiny)
    for method, solve in BASELINES.items():
        energy = solve(tiny).against(exact.energy)
        assert energy.converged, method
        assert energy.energy >= exact.energy - 1e-7, method
        json.dumps(energy.detail)


def test_the_energies_of_one_electron_are_exact():
    # The solver that PySCF picks for one electron counts the constant twice.
    ion = Molecule("H 0 0 0; H 0 0 1.0", charge=1, spin=1).problem()
    assert mp2(ion).energy == pytest.approx(ion.reference_energy, abs=1e-9)
    assert ccsd_t(ion).energy == pytest.approx(full_ci(ion).energy, abs=1e-9)


def test_an_open_shell_whose_fields_lie_close_together_converges():
    from pyscf import gto, scf

    radical = Molecule("N 0 0 0; O 0 0 1.15", spin=1)
    energy = mp2(electronic_problem(radical.mean_field, radical.active_space()))
    assert energy.converged
    mol = gto.M(atom="N 0 0 0; O 0 0 1.15", spin=1, verbose=0)
    field = scf.UHF(mol).newton().run(radical.unrestricted_mean_field.scf.make_rdm1())
    assert energy.energy == pytest.approx(field.MP2().run().e_tot, abs=1e-6)


@pytest.mark.parametrize(
    ("spacing", "exact", "coupled", "triples"),
    [(1.0, -3.236066, -3.235677, -3.236095), (2.0, -2.847192, -2.972878, -2.976704), (3.0, -2.800959, None, None)],
)
def test_the_hydrogen_chain_that_breaks(spacing, exact, coupled, triples):
    """Six atoms, STO-3G; at 3 angstrom the equations of coupled cluster have many solutions and none is found."""
    chain = Molecule("; ".join(f"H 0 0 {spacing * i}" for i in range(6)))
    problem = electronic_problem(chain.mean_field, chain.active_space())
    found = full_ci(problem)
    assert found.energy == pytest.approx(exact, abs=1e-6)
    assert found.energy == pytest.approx(symmetric_ci(problem).energy, abs=1e-9)
    singles, with_triples = ccsd(problem).against(found.energy), ccsd_t(problem).against(found.energy)
    if coupled is None:
        assert not singles.converged
        assert not with_triples.is_sound
        return
    assert singles.energy == pytest.approx(coupled, abs=2e-6)
    assert with_triples.energy == pytest.approx(triples, abs=2e-6)
    assert singles.below_exact == (spacing == 2.0)
    assert with_triples.below_exact  # by 0.03 millihartree at 1 angstrom
    broken = "the method has broken down here" in with_triples.status
    assert broken == (spacing == 2.0)


def test_coupled_cluster_measures_whether_one_determinant_is_enough(problem, molecule):
    from pyscf import cc

    theirs = cc.CCSD(molecule("lih").mean_field.scf).run(conv_tol=1e-9)
    ours = ccsd(problem("lih"))
    assert ours.status == "Converged."
    assert ours.detail["t1_diagnostic"] == pytest.approx(theirs.get_t1_diagnostic(), abs=1e-6)
    assert ours.detail["d1_diagnostic"] == pytest.approx(theirs.get_d1_diagnostic(), abs=1e-6)
    assert ours.detail["largest_amplitude"] == pytest.approx(abs(theirs.t2).max(), abs=1e-6)
    dicarbon = ccsd(Molecule("C 0 0 0; C 0 0 1.25").problem())
    assert "T1 = 0.036 is above 0.02" in dicarbon.status
    # T1 is small where pairs break: the doubles are not.
    chain = Molecule("; ".join(f"H 0 0 {2.0 * i}" for i in range(6)))
    broken = ccsd(electronic_problem(chain.mean_field, chain.active_space()))
    assert broken.detail["t1_diagnostic"] < 0.02
    assert "The largest amplitude = 0.825 is above 0.5" in broken.status


def test_t1_of_both_spins_alike_is_that_of_the_closed_shell(problem):
    closed = problem("h2o")
    unrestricted = Molecule("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692").problem(reference="unrestricted")
    for name in ("t1_diagnostic", "d1_diagnostic"):
        assert ccsd(unrestricted).detail[name] == pytest.approx(ccsd(closed).detail[name], abs=1e-5)


def test_the_spin_of_the_reference_determinant(problem):
    assert hartree_fock_energy(problem("o2")).detail["s_squared"] == pytest.approx(2.0)
    pulled = Molecule("H 0 0 0; H 0 0 2.5").problem(reference="unrestricted")
    # Two electrons on two atoms: half singlet, half triplet.
    assert hartree_fock_energy(pulled).detail["s_squared"] == pytest.approx(0.95, abs=0.05)
    from pyscf import fci

    vector = np.zeros((2, 2))
    vector[0, 0] = 1.0
    one, two = fci.direct_spin1.make_rdm12s(vector, 2, (1, 1))
    expected = spin_squared_of(pulled, *one, two[1])
    assert hartree_fock_energy(pulled).detail["s_squared"] == pytest.approx(expected, abs=1e-12)


def test_bare_integrals(problem):
    full = problem("h2")
    bare = ElectronicProblem(
        constant=full.constant, one_body=full.one_body, two_body=full.two_body, n_alpha=1, n_beta=1,
        orbital_energies=full.orbital_energies, irreps=np.zeros(2, dtype=int),
    )  # fmt: skip
    assert hartree_fock_energy(bare).energy == pytest.approx(full.reference_energy)
    assert full_ci(bare).energy == pytest.approx(full_ci(full).energy)


@pytest.mark.parametrize("solve", [*BASELINES.values(), casscf, dmrg])
def test_a_molecule_is_told_to_give_its_problem(molecule, solve):
    name = solve.__name__
    with pytest.raises(
        ValueError, match=rf"{name} takes an electronic problem, but a Molecule .*: give molecule\.prob"
    ):
        solve(molecule("h2"))
    with pytest.raises(ValueError, match=rf"{name} takes an electronic problem, but a float was given\.$"):
        solve(-1.0)
