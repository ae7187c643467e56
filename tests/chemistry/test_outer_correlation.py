"""Second-order perturbation theory on orbital-optimized circuits, against PySCF's on its CASSCF."""

import numpy as np
import pytest

from chemistry import Molecule, nevpt2, oo_vqe, uccsd
from chemistry.orbital_optimization import ElectricField

MOLECULES = {
    "n2": ("N 0 0 0; N 0 0 1.1", 0, (6, 6)),
    "water": ("O 0 0 0; H 0 0.757 0.587; H 0 -0.757 0.587", 0, (4, 4)),
    "triplet methylene": ("C 0 0 0; H 0 0.99 0.38; H 0 -0.99 0.38", 2, (2, 2)),
    "hydroxyl": ("O 0 0 0; H 0 0 0.97", 1, (5, 4)),
}


@pytest.mark.parametrize("name", MOLECULES)
def test_it_is_that_of_pyscf(name):
    from pyscf import gto, mcscf, mrpt, scf

    geometry, spin, window = MOLECULES[name]
    result = oo_vqe(Molecule(geometry, basis="6-31g", spin=spin).problem(active_space=window))
    found = nevpt2(result)
    mol = gto.M(atom=geometry, basis="6-31g", spin=spin, verbose=0)
    theirs = mcscf.CASSCF((scf.ROHF if spin else scf.RHF)(mol).run(), window[1], window[0])
    theirs.verbose = 0
    theirs.kernel(result.orbitals)
    assert theirs.e_tot == pytest.approx(result.energy, abs=1e-7)
    assert found.correction == pytest.approx(mrpt.NEVPT(theirs).run(verbose=0).e_corr, abs=2e-6)
    assert found.energy == found.active_energy + found.correction
    assert found.converged


def test_what_it_does_not_take():
    problem = Molecule("H 0 0 0; H 0 0 0.8; H 0 0 1.6; H 0 0 2.4").problem(active_space=(2, 2))
    assert not nevpt2(oo_vqe(problem, max_evaluations=1)).converged
    with pytest.raises(ValueError, match="2 states and 0 surroundings"):
        nevpt2(oo_vqe(problem, uccsd, n_states=2, max_evaluations=2))
    with pytest.raises(ValueError, match="1 states and 1 surroundings"):
        nevpt2(oo_vqe(problem, uccsd, surroundings=ElectricField((0, 0, 0.01)), max_evaluations=2))


def test_the_correction_is_negative_and_vanishes_without_other_orbitals():
    whole = Molecule("H 0 0 0; H 0 0 0.8").problem()
    assert nevpt2(oo_vqe(whole)).correction == pytest.approx(0.0, abs=1e-12)
    window = Molecule("H 0 0 0; H 0 0 0.8", basis="6-31g").problem(active_space=(2, 2))
    assert np.sign(nevpt2(oo_vqe(window)).correction) == -1
