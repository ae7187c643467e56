import numpy as np
import pytest

from chemistry import Molecule, repeated_uccsd, uccsd
from chemistry.orbital_optimization import ElectricField, Solvent, nuclear_gradient, oo_vqe
from chemistry.structure import CircuitSurface, dipole_moment
from chemistry.structure.surface import positions_of

WATER = "O 0 0 0.1035174918; H 0 0.7955612117 -0.4640237459; H 0 -0.7955612117 -0.4640237459"
BOHR = 0.52917721092  # angstrom


def water(**options):
    return Molecule(WATER), (4, 4), {"ansatz": uccsd, **options}


CASES = {
    "water": water(),
    "water, exact in its space": water(ansatz=repeated_uccsd),
    "water in water": water(surroundings=Solvent()),
    "water in acetone": water(surroundings=Solvent(permittivity=20.7, model="IEF-PCM")),
    "water in a field and a solvent": water(surroundings=(ElectricField((0.01, 0.02, 0.03)), Solvent())),
    "nitrogen, not exact": (Molecule("N 0 0 0; N 0 0 1.8"), (6, 6), {"ansatz": uccsd}),
    "a radical": (Molecule("O 0 0 0; H 0 0 0.97", spin=1), (5, 4), {"ansatz": uccsd}),
    "an ion in a field": (
        Molecule("He 0 0 0; H 0 0 0.9", charge=1, basis="6-31g"), (2, 2),
        {"ansatz": uccsd, "surroundings": ElectricField((0.0, 0.0, 0.02))},
    ),
    "two states": (Molecule("Li 0 0 0; H 0 0 1.6"), (2, 2), {"ansatz": repeated_uccsd, "n_states": 2}),
}  # fmt: skip


SLOW = ("water, exact in its space", "water in acetone", "nitrogen, not exact")


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in CASES])
def test_gradients_against_finite_differences(name):
    molecule, space, options = CASES[name]
    surface = CircuitSurface(molecule, active_space=space, **options)
    centre = positions_of(molecule)
    direction = np.random.default_rng(1).normal(size=centre.shape)
    direction[:, 0] = 0.0  # out of the plane
    direction /= np.linalg.norm(direction)
    here, ahead, behind = (surface.point(centre + step * BOHR * direction) for step in (0.0, 2e-3, -2e-3))
    assert surface.first.stable
    assert ahead.converged
    assert behind.converged
    assert here.energy == pytest.approx(surface.first.energy, abs=1e-9)
    assert np.sum(here.gradient * direction) == pytest.approx((ahead.energy - behind.energy) / 4e-3, abs=1e-5)
    assert np.allclose(here.gradient, nuclear_gradient(surface.first), rtol=0, atol=1e-5)


def test_gradients_are_casscfs_where_the_ansatz_is_exact():
    from pyscf import mcscf, scf

    problem = Molecule(WATER).problem(active_space=(4, 4))
    result = oo_vqe(problem)
    mol = problem.mean_field.scf.mol.copy()
    mol.symmetry = False
    reference = mcscf.CASSCF(scf.RHF(mol), 4, 4)
    reference.verbose, reference.conv_tol = 0, 1e-11
    reference.kernel(result.orbitals)
    gradient = nuclear_gradient(result)
    assert np.allclose(gradient, reference.nuc_grad_method().kernel(), rtol=0, atol=1e-5)
    assert np.abs(gradient.sum(axis=0)).max() < 1e-10


def test_the_energy_in_a_field_falls_by_the_dipole_moment():
    problem = Molecule(WATER).problem(active_space=(4, 4))
    step = 1e-3
    ahead, behind = (oo_vqe(problem, uccsd, surroundings=ElectricField((0, 0, s * step))) for s in (1, -1))
    moment = dipole_moment(oo_vqe(problem, uccsd))
    assert moment.atomic_units[2] == pytest.approx(-(ahead.energy - behind.energy) / (2 * step), abs=1e-5)
    assert moment.magnitude == pytest.approx(abs(moment.debye[2]), abs=1e-3)


@pytest.mark.parametrize(("model", "permittivity"), [("C-PCM", 78.3553), ("IEF-PCM", 10.0)])
def test_solvation_lowers_a_functional_of_the_density(model, permittivity):
    """PySCF's CASSCF in the same solvent ends at the same state.

    Its energy is compared by evaluating it at that state, since what it reports mixes the densities of two iterations.
    """
    from pyscf import ao2mo, mcscf, scf, solvent

    problem = Molecule("Li 0 0 0; H 0 0 1.6").problem(active_space=(2, 2))
    result = oo_vqe(problem, uccsd, surroundings=Solvent(permittivity=permittivity, model=model))
    assert result.energy < oo_vqe(problem, uccsd).energy - 1e-3
    mol = problem.mean_field.scf.mol.copy()
    mol.symmetry = False
    field = scf.RHF(mol)
    reference = solvent.PCM(mcscf.CASSCF(field, 2, 2))
    reference.with_solvent.method, reference.with_solvent.eps = model, permittivity
    reference.verbose, reference.conv_tol, reference.max_cycle_macro = 0, 1e-9, 200
    reference.kernel(result.orbitals)
    one, two = reference.fcisolver.make_rdm12(reference.ci, 2, (1, 1))
    core, active = reference.mo_coeff[:, :1], reference.mo_coeff[:, 1:3]
    cores, valence = 2 * core @ core.T, active @ one @ active.T
    hcore, felt = field.get_hcore(), field.get_veff(mol, cores)
    energy = mol.energy_nuc() + np.sum(cores * (hcore + 0.5 * felt)) + np.sum(valence * (hcore + felt))
    energy += 0.5 * np.sum(two * ao2mo.restore(1, ao2mo.kernel(mol, active), 2))
    fresh = solvent.PCM(mol)
    fresh.method, fresh.eps = model, permittivity
    assert result.energy == pytest.approx(energy + fresh.kernel(cores + valence)[0], abs=2e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Solvent(permittivity=0.5), "at least 1, vacuum's, but 0.5 was given"),
        (lambda: Solvent(permittivity="water"), "but 'water' was given"),
        (lambda: Solvent(permittivity=float("nan")), "but nan was given"),
        (lambda: Solvent(model="SMD"), "model is one of C-PCM, IEF-PCM"),
        (lambda: ElectricField((1, 2)), "three finite numbers"),
        (lambda: ElectricField((1, 2, float("inf"))), "three finite numbers"),
        (lambda: ElectricField("up"), "three finite numbers"),
    ],
)
def test_bad_surroundings(make, message):
    with pytest.raises(ValueError, match=message):
        make()
