import numpy as np
import pytest

import runtime
from chemistry import Molecule, full_ci, repeated_uccsd, uccsd, vqe
from chemistry.ansatz import k_upccgsd, uccgsd
from runtime import Status
from runtime.minimization import NaturalGradient

CHEMICAL_ACCURACY = 1.6e-3


def test_uccsd_is_exact_for_two_electrons(problem):
    hydrogen = problem("h2")
    result = vqe(hydrogen, uccsd(hydrogen))
    assert result.status is Status.CONVERGED
    assert result.energy == pytest.approx(full_ci(hydrogen).energy, abs=1e-9)


def test_nitrogen_at_equilibrium(problem):
    nitrogen = problem("n2")
    exact = full_ci(nitrogen).energy
    assert exact == pytest.approx(-107.654122, abs=1e-6)  # published anchor, STO-3G at 1.1 angstrom
    single, repeated = vqe(nitrogen, uccsd(nitrogen)), vqe(nitrogen)
    assert 1e3 * (single.energy - exact) == pytest.approx(2.17, abs=0.03)  # one repetition, any order tried
    assert single.status.converged
    assert repeated.status.converged
    assert -1e-9 < repeated.energy - exact < 0.3e-3
    assert repeated.ansatz.name == repeated_uccsd(nitrogen).name


@pytest.mark.parametrize("length", [0.8, 1.8, 2.4])
def test_the_default_follows_the_breaking_bond(length):
    nitrogen = Molecule(f"N 0 0 0; N 0 0 {length}").problem()
    result = vqe(nitrogen)
    assert result.status.converged
    assert -1e-8 < result.energy - full_ci(nitrogen).energy < CHEMICAL_ACCURACY


@pytest.mark.parametrize(
    ("geometry", "exact"),
    [
        # STO-6G with 1s frozen; published.
        ("Be 0 0 0; H 0 0 1.3; H 0 0 -1.3", -15.759359),
        ("Be 0 0 0; H 0 0 2.9; H 0 0 -2.9", -15.498055),
        ("B 0 0 0; H 0 0 1.3", -25.057524),
    ],
)
def test_stretched_hydrides(geometry, exact):
    hydride = Molecule(geometry, basis="sto-6g").problem(frozen_core=True)
    assert full_ci(hydride).energy == pytest.approx(exact, abs=2e-6)
    result = vqe(hydride)
    assert -1e-8 < result.energy - exact + 2e-6 < CHEMICAL_ACCURACY


@pytest.mark.parametrize(("spacing", "exact"), [(1.0, -3.236066), (2.0, -2.847192), (3.0, -2.800959)])
def test_hydrogen_chain(spacing, exact):
    # STO-3G; published.
    chain = Molecule("; ".join(f"H 0 0 {spacing * i}" for i in range(6))).problem()
    result = vqe(chain)
    assert result.status.converged
    assert -1e-6 < result.energy - exact < CHEMICAL_ACCURACY
    assert result.ansatz.n_params <= result.program.sector.dimension // 2


@pytest.mark.parametrize("name", ["oh", "o2"])
def test_open_shells(problem, name):
    result = vqe(problem(name))
    assert result.status.converged
    assert -1e-8 < result.energy - full_ci(problem(name)).energy < CHEMICAL_ACCURACY


def test_what_did_not_converge_says_so(problem):
    result = vqe(problem("h2o"), max_evaluations=3)
    assert result.status is Status.EVALUATION_LIMIT
    assert not result.status.converged
    # A second start is made when the first fails.
    assert len(result.start_energies) == 2
    assert result.n_evaluations == 6
    assert result.energy == min(result.start_energies)


def test_a_time_limit_is_kept(problem):
    result = vqe(problem("n2"), time_limit=1e-3)
    assert result.status is Status.TIME_LIMIT
    assert result.energy < problem("n2").reference_energy


def test_starts_are_repeatable_and_continue_from_a_neighbour(problem):
    first, second = (vqe(problem("h4"), seed=3, n_starts=3) for _ in range(2))
    assert first.start_energies == second.start_energies
    assert len(first.start_energies) == 3
    continued = vqe(problem("h4"), initial_params=first.parameters)
    assert continued.n_evaluations <= 3
    assert continued.energy == pytest.approx(first.energy, abs=1e-9)


def test_orbital_energies_save_evaluations(problem):
    """The curvatures that they give are near those at the reference, and the search is told them."""
    water = problem("h2o")
    told = vqe(water, uccsd(water))
    program = told.program
    untold = runtime.minimize(program, told.ansatz.initial_params, method="BFGS")
    assert told.n_evaluations <= 12 < untold.n_evaluations / 2
    assert told.energy == pytest.approx(untold.value, abs=1e-8)


def test_ten_hydrogens():
    """A VQE is over in few evaluations, and what it calls converged is."""
    chain = Molecule("; ".join(f"H 0 0 {i}" for i in range(10))).problem()
    result = vqe(chain, uccsd(chain))
    assert result.gradient_norm < 1e-5
    assert result.n_evaluations <= 16
    tight = runtime.minimize(result.program, result.parameters, gradient_tolerance=1e-9)
    assert tight.status.converged
    assert result.energy - tight.value < 1e-6


def test_nothing_to_train():
    helium = Molecule("He 0 0 0").problem()
    result = vqe(helium)
    assert result.energy == pytest.approx(helium.reference_energy, abs=1e-10)
    assert result.parameters.shape == (0,)
    assert result.status.converged


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_starts": 0}, "must be positive"),
        ({"max_evaluations": 0}, "must be positive"),
        ({"time_limit": -1.0}, "must be positive"),
        ({"initial_params": np.zeros(3)}, r"takes \d+ parameters, but the start has shape \(3,\)"),
    ],
)
def test_bad_input(problem, options, message):
    with pytest.raises(ValueError, match=message):
        vqe(problem("lih"), **options)


def test_the_natural_gradient_frees_paired_excitations():
    """N2, STO-6G, 1.0 angstrom, 6 electrons in 6 orbitals: 0.1 millihartree in at most 300 evaluations."""
    nitrogen = Molecule("N 0 0 0; N 0 0 1.0", basis="sto-6g").problem(active_space=(6, 6))
    exact = full_ci(nitrogen).energy
    assert exact == pytest.approx(-108.566842, abs=1e-6)
    paired = k_upccgsd(nitrogen, k=6)
    result = vqe(nitrogen, paired, method=NaturalGradient(damping=1e-4), max_evaluations=60, n_starts=1)
    assert -1e-9 < result.energy - exact < 1e-4
    for ansatz in (uccgsd(nitrogen), repeated_uccsd(nitrogen)):
        result = vqe(nitrogen, ansatz, max_evaluations=300, n_starts=1)
        assert -1e-9 < result.energy - exact < 1e-4
        assert result.n_evaluations <= 300


def test_an_ansatz_may_bring_its_curvatures(problem):
    lithium = problem("lih")
    given = uccsd(lithium)

    class Curved:
        name, n_params, initial_params, curvatures = "curved", given.n_params, given.initial_params, None

        def __call__(self, params):
            given(params)

    plain, curved = Curved(), Curved()
    program = runtime.compile(given, lithium.hamiltonian)
    curved.curvatures = np.array([program.hvp(given.initial_params, unit)[2] @ unit for unit in np.eye(given.n_params)])
    without, with_ = vqe(lithium, plain), vqe(lithium, curved)
    assert with_.energy == pytest.approx(without.energy, abs=1e-8)
    assert with_.n_evaluations < without.n_evaluations


def carbon(length):
    return Molecule(f"C 0 0 0; C 0 0 {length:.1f}").problem(active_space="frozen-core")


def lowest_singlet(problem):
    return full_ci(problem).detail["target_energy"]


@pytest.mark.parametrize("length", [1.7])
def test_a_local_minimum_is_left_by_further_repetitions(length):
    problem = carbon(length)
    exact = lowest_singlet(problem)
    result = vqe(problem)
    assert abs(result.energy - exact) < 1e-3
    assert result.is_near_eigenstate
    assert result.status.converged
    assert result.ansatz.n_params > repeated_uccsd(result.problem).n_params
    assert len(result.trace) <= result.n_evaluations
    assert result.optimize_seconds > 0
    # Four repetitions alone end in it, and the variance says so.
    alone = vqe(result.problem, repeated_uccsd(result.problem), n_starts=1)
    assert alone.status.converged
    assert alone.energy > result.energy + 2e-4
    assert not alone.is_near_eigenstate


@pytest.mark.slow
def test_dicarbon_from_one_to_three_and_a_half_angstrom():
    for length in np.arange(1.0, 3.55, 0.1):
        problem = carbon(length)
        result = vqe(problem)
        assert result.keeps_spin
        assert -1e-8 < result.energy - lowest_singlet(problem) < 1.6e-3, length


def test_the_variance_of_a_result(problem):
    exact = vqe(problem("h2"))
    assert exact.variance == pytest.approx(0.0, abs=1e-9)
    assert exact.is_near_eigenstate
    for name in ("lih", "oh"):
        ours = problem(name)
        result = vqe(ours, uccsd(ours), max_evaluations=1)
        assert result.variance == pytest.approx(result.program.variance(result.parameters), abs=1e-10)
        assert result.is_near_eigenstate is (result.variance < 1e-3)
    unrestricted = Molecule("O 0 0 0; H 0 0 0.97", spin=1).problem(reference="unrestricted")
    result = vqe(unrestricted, uccsd(unrestricted), max_evaluations=1)
    assert result.variance == pytest.approx(result.program.variance(result.parameters), abs=1e-10)
