"""Unrestricted references: orbitals for either spin, against PySCF and what cannot depend on orbitals."""

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import numpy as np
import pennylane as qml
import pytest

import runtime
from chemistry import (
    Molecule,
    ccsd,
    ccsd_t,
    expected_quantum_numbers,
    full_ci,
    hartree_fock_energy,
    mp2,
    reduced_density_matrices,
    repeated_uccsd,
    sector_dimension,
    uccsd,
    vqe,
)
from chemistry.baselines import symmetric_ci
from chemistry.excitations import mp2_amplitude, reference_excitations
from chemistry.hamiltonian import molecular_hamiltonian as hamiltonian_module
from chemistry.hamiltonian.matrix_free import MatrixFreeEnergy, matrix_free_energy
from chemistry.hamiltonian.molecular_hamiltonian import MolecularHamiltonian
from chemistry.hamiltonian.spin_blocks import spin_blocks
from chemistry.integrals.spin_integrals import BetaIntegrals, check_shared_orbitals

MOLECULES = {
    "h2": ("H 0 0 0; H 0 0 0.74", {}),
    "stretched h2": ("H 0 0 0; H 0 0 2.0", {}),
    "stretched h4": ("H 0 0 0; H 0 0 1.8; H 0 0 3.6; H 0 0 5.4", {}),
    "stretched n2": ("N 0 0 0; N 0 0 2.0", {}),
    "stretched h2o": ("O 0 0 0; H 0 1.98 1.53; H 0 -1.98 1.53", {}),
    "ch2": ("C 0 0 0.1; H 0 0.98 -0.3; H 0 -0.98 -0.3", {"spin": 2}),
    "oh": ("O 0 0 0; H 0 0 0.97", {"spin": 1}),
    "o2": ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
    "no": ("N 0 0 0; O 0 0 1.15", {"spin": 1}),
    "b2": ("B 0 0 0; B 0 0 1.6", {}),
    "n2+": ("N 0 0 0; N 0 0 1.1", {"spin": 1, "charge": 1}),
    "h2+": ("H 0 0 0; H 0 0 1.0", {"spin": 1, "charge": 1}),
    "oh-": ("O 0 0 0; H 0 0 0.97", {"charge": -1}),
    "heh": ("He 0 0 0; H 0 0 1.2", {"spin": 1}),
    "h": ("H 0 0 0", {"spin": 1}),
    "he": ("He 0 0 0", {}),
    "o": ("O 0 0 0", {"spin": 2}),
    "n": ("N 0 0 0", {"spin": 3}),
}
BROKEN = ("stretched h2", "stretched h4", "stretched n2", "stretched h2o", "b2")


@cache
def molecule(name):
    geometry, options = MOLECULES[name]
    return Molecule(geometry, **options)


@cache
def unrestricted(name, **options):
    return molecule(name).problem(reference="unrestricted", **options)


@pytest.mark.parametrize("name", MOLECULES)
def test_solutions_are_minima_below_the_restricted_ones(name):
    field, restricted = molecule(name).unrestricted_mean_field, molecule(name).mean_field
    assert field.converged
    assert field.stable
    gain = restricted.energy - field.energy
    assert gain > (0.05 if name in BROKEN else -1e-8)
    # A closed shell that is stable has no lower solution, and one that is not has.
    assert molecule(name).spin or (gain > 1e-7) != restricted.spin_stable
    ours = unrestricted(name)
    assert ours.reference_energy == pytest.approx(field.energy, abs=1e-9)
    assert hartree_fock_energy(ours).energy == pytest.approx(field.energy, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", MOLECULES)
def test_no_unrestricted_solution_of_pyscf_lies_lower(name):
    from pyscf import gto, scf
    from scipy.linalg import expm

    whole = molecule(name)
    mol = gto.M(atom=[(a.symbol, a.position) for a in whole.atoms], charge=whole.charge, spin=whole.spin, verbose=0)
    rng = np.random.default_rng(1)
    n = mol.nao
    orbitals = scf.UHF(mol).run().mo_coeff[0]
    for _ in range(5):
        theirs = scf.UHF(mol)
        rotations = 0.5 * rng.normal(size=(2, n, n))
        turned = np.array([orbitals @ expm(r - r.T) for r in rotations])
        occupied = [spin[:, :electrons] for spin, electrons in zip(turned, mol.nelec, strict=True)]
        theirs.kernel(np.array([c @ c.T for c in occupied]))
        assert whole.unrestricted_mean_field.energy < theirs.e_tot + 1e-7


@pytest.mark.parametrize("name", ["stretched h2", "stretched h4", "ch2", "oh", "o2", "oh-", "heh", "h", "he"])
def test_exact_energies_do_not_depend_on_the_orbitals(name):
    # Full CI over all electrons is invariant, and so is the spin of its states.
    exact, ours = full_ci(molecule(name).problem()), full_ci(unrestricted(name))
    assert ours.converged
    assert ours.energy == pytest.approx(exact.energy, abs=1e-8)
    assert ours.detail["s_squared"][0] == pytest.approx(exact.detail["s_squared"][0], abs=1e-5)
    assert symmetric_ci(unrestricted(name)).energy >= exact.energy - 1e-9


@pytest.mark.parametrize("name", ["stretched h2", "ch2", "oh", "h2+", "heh", "o"])
def test_the_lowest_state_of_the_reference_s_sector_is_one_of_the_whole(name):
    """Integrals that symmetry forbids are zero, so the sector is closed."""
    ours = unrestricted(name)
    everything = runtime.compile(lambda _: qml.BasisState(ours.reference_occupation, range(ours.n_wires)),
                                 ours.hamiltonian, n_params=0).sector  # fmt: skip
    assert everything.dimension == 1
    sector = determinants(ours)
    assert len(sector.keys) == sector_dimension(ours)
    lowest = np.linalg.eigvalsh(ours.hamiltonian.sector_matrix(sector).toarray())[0]
    states = full_ci(ours, n_roots=8).detail["energies"]
    assert np.abs(np.array(states) - lowest).min() < 1e-8


def determinants(problem):
    """All determinants with the reference's electrons of each spin and its irrep."""
    bits = (np.arange(4**problem.n_orbitals)[:, None] >> np.arange(problem.n_wires)) & 1
    irreps = np.bitwise_xor.reduce(np.where(bits == 1, problem.wire_irreps, 0), axis=1)
    kept = (bits[:, 0::2].sum(axis=1) == problem.n_alpha) & (bits[:, 1::2].sum(axis=1) == problem.n_beta)
    kept &= irreps == problem.reference_irrep
    places = np.arange(63, 63 - problem.n_wires, -1).astype(np.uint64)
    keys = (bits[kept].astype(np.uint64) << places).sum(axis=1, dtype=np.uint64)
    return SimpleNamespace(keys=np.sort(keys)[:, None], wires=tuple(range(problem.n_wires)))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("stretched n2", {}), ("stretched n2", {"frozen_core": True}), ("o2", {"active_space": (8, 6)}),
        ("ch2", {"frozen_core": True}), ("no", {"active_space": (7, 6)}),
    ],
)  # fmt: skip
def test_perturbation_and_coupled_cluster_energies_are_those_of_pyscf(name, options):
    from pyscf import cc, mp

    ours, field = unrestricted(name, **options), molecule(name).unrestricted_mean_field
    n_frozen, n_all = ours.frozen_orbitals.shape[1], field.coefficients.shape[2]
    frozen = [p for p in range(n_all) if not 0 <= p - n_frozen < ours.n_orbitals]
    frozen = [frozen, frozen] if frozen else None
    coupled = cc.UCCSD(field.scf, frozen=frozen).run(conv_tol=1e-9)
    assert mp2(ours).energy == pytest.approx(mp.UMP2(field.scf, frozen=frozen).run().e_tot, abs=1e-7)
    assert ccsd(ours).energy == pytest.approx(coupled.e_tot, abs=1e-7)
    assert ccsd_t(ours).energy == pytest.approx(coupled.e_tot + coupled.ccsd_t(), abs=1e-7)
    _, doubles = reference_excitations(ours)
    gaps = [ours.wire_energies[list(d.sources)].sum() - ours.wire_energies[list(d.targets)].sum() for d in doubles]
    ours_mp2 = sum(g * mp2_amplitude(ours, d) ** 2 for g, d in zip(gaps, doubles, strict=True))
    assert ours_mp2 == pytest.approx(mp2(ours).energy - ours.reference_energy, abs=1e-7)


def test_a_frozen_core_is_another_one_for_either_spin():
    ours, field = unrestricted("stretched n2", frozen_core=True), molecule("stretched n2").unrestricted_mean_field
    assert ours.reference_energy == pytest.approx(field.energy, abs=1e-9)
    assert np.abs(ours.frozen_orbitals - ours.beta.frozen_orbitals).max() > 1e-3
    assert (ours.n_orbitals, ours.n_electrons) == (8, 10)


@pytest.mark.parametrize("name", ["stretched h2", "stretched h4", "ch2", "oh", "o2", "heh", "h2+"])
def test_the_default_ansatz_starts_below_the_reference_and_stays_above_the_exact_energy(name):
    ours = unrestricted(name)
    result = vqe(ours)
    exact = full_ci(ours).energy
    assert result.program.engine == "sector"
    assert result.program.sector.dimension <= sector_dimension(ours)
    assert exact - 1e-9 < result.energy <= result.initial_energy <= ours.reference_energy + 1e-9
    if exact < ours.reference_energy - 1e-6:
        assert result.initial_energy < ours.reference_energy - 1e-6
        assert result.energy < ours.reference_energy - 0.5 * (ours.reference_energy - exact)
    density = reduced_density_matrices(result.program, result.parameters)
    assert density.energy(ours) == pytest.approx(result.energy, abs=1e-9)


def test_what_an_unrestricted_reference_brings():
    """At 1.8 angstrom a closed shell of H4 is too high by 0.26 hartree, of which broken symmetry mends 0.22."""
    shared, own = molecule("stretched h4").problem(), unrestricted("stretched h4")
    exact = full_ci(shared).energy
    assert molecule("stretched h4").mean_field.energy - exact > 0.2
    assert own.reference_energy - exact < 0.05
    first = uccsd(own)
    assert runtime.compile(first, own.hamiltonian).expval(first.initial_params) < own.reference_energy


def test_amplitudes_are_not_shared_between_spins_with_orbitals_of_their_own():
    ours = unrestricted("stretched h4")
    once = repeated_uccsd(ours, repetitions=1)
    assert once.n_params == len(once.excitations) == sum(map(len, reference_excitations(ours)))


def test_two_atoms_far_apart_are_two_doublets():
    # H + H in STO-3G: twice the energy of the atom, exactly, by one determinant.
    apart = Molecule("H 0 0 0; H 0 0 20").problem(reference="unrestricted")
    atom = molecule("h").unrestricted_mean_field.energy
    assert apart.reference_energy == pytest.approx(2 * atom, abs=1e-7)
    assert apart.mean_field.spin_squared == pytest.approx(1.0, abs=1e-6)
    # The first atom has spin up.
    populations = apart.orbitals[:, 0] ** 2
    assert populations == pytest.approx([1.0, 0.0], abs=1e-3)


@pytest.mark.parametrize("name", ["stretched h2", "stretched h4", "oh", "o2", "h", "he"])
@pytest.mark.parametrize("frozen_core", [False, True])
def test_the_spin_of_the_reference_is_that_of_pyscf(name, frozen_core):
    ours = unrestricted(name, frozen_core=frozen_core)
    program = runtime.compile(
        lambda _: qml.BasisState(ours.reference_occupation, range(ours.n_wires)), ours.hamiltonian, n_params=0
    )
    numbers = expected_quantum_numbers(program, [], problem=ours)
    assert numbers.spin_squared == pytest.approx(molecule(name).unrestricted_mean_field.scf.spin_square()[0], abs=1e-9)
    assert numbers.spin_projection == pytest.approx(0.5 * molecule(name).spin)


def test_spin_needs_to_know_how_the_orbitals_overlap():
    ours = unrestricted("stretched h2")
    unknown = replace(ours, beta=replace(ours.beta, overlap=None))
    program = runtime.compile(uccsd(unknown), unknown.hamiltonian)
    params = np.zeros(uccsd(unknown).n_params)
    with pytest.raises(ValueError, match="needs their overlap, which bare integrals do not tell"):
        expected_quantum_numbers(program, params, problem=unknown)
    assert full_ci(unknown).energy == pytest.approx(full_ci(ours).energy)


def noisy(monkeypatch, seed):
    """Let every self-consistent field begin from a guess with noise of its own."""
    from pyscf.scf import hf, uhf

    rng = np.random.default_rng(seed)
    for kind in (hf.SCF, uhf.UHF):
        original = kind.get_init_guess

        def guess(self, *args, original=original, **kwargs):
            density = np.asarray(original(self, *args, **kwargs))
            noise = 0.02 * rng.normal(size=density.shape)
            return density + noise + np.swapaxes(noise, -1, -2)

        monkeypatch.setattr(kind, "get_init_guess", guess)


@pytest.mark.parametrize("name", ["stretched h2", "stretched n2", "no", "b2", "o", "oh"])
def test_the_same_solution_is_found_on_every_run(name, monkeypatch):
    first = unrestricted(name)
    geometry, options = MOLECULES[name]
    for seed in (1, 2):
        with monkeypatch.context() as patch:
            noisy(patch, seed)
            again = Molecule(geometry, **options).problem(reference="unrestricted")
        assert again.point_group == first.point_group
        for ours, theirs in ((first, again), (first.beta, again.beta)):
            np.testing.assert_array_equal(ours.irreps, theirs.irreps)
            np.testing.assert_allclose(ours.one_body, theirs.one_body, atol=1e-5)
            np.testing.assert_allclose(ours.two_body, theirs.two_body, atol=1e-5)
        np.testing.assert_allclose(first.beta.mixed, again.beta.mixed, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "group"), [("h2", "D2h"), ("stretched h2", "C2v"), ("stretched n2", "C2v"), ("oh", "C2v"), ("h2+", "D2h")]
)
def test_the_symmetry_is_what_both_densities_keep(name, group):
    ours = unrestricted(name)
    assert ours.point_group == group
    assert set(ours.irrep_names) <= set(hamiltonian_irreps(group))
    product = (
        ours.irreps[:, None, None, None] ^ ours.irreps[:, None, None] ^ ours.beta.irreps[:, None] ^ ours.beta.irreps
    )
    assert not ours.beta.mixed[product != 0].any()


def hamiltonian_irreps(group):
    from pyscf.symm.param import IRREP_ID_TABLE

    return IRREP_ID_TABLE[group]


def test_what_only_shared_orbitals_allow_is_refused():
    with pytest.raises(ValueError, match="'restricted' or 'unrestricted', but 'spin-free' was given"):
        molecule("h2").problem(reference="spin-free")
    with pytest.raises(ValueError, match="select orbitals that both spins share"):
        molecule("oh").problem(reference="unrestricted", active_space="mp2-natural:3,3")
    with pytest.raises(ValueError, match="Sharing needs both spins in the same orbitals"):
        check_shared_orbitals(unrestricted("oh").beta, "Sharing")
    check_shared_orbitals(molecule("oh").problem().beta, "Sharing")


def random_integrals(rng, n):
    """Integrals of two spins with the symmetries of real orbitals and nothing else."""
    one_up, one_down = (m + m.T for m in rng.normal(size=(2, n, n)))
    up, down = (f + f.transpose(0, 2, 1) for f in rng.normal(size=(2, 2 * n, n, n)))
    two_up, mixed, two_down = (0.1 * np.einsum("xpq,xrs->pqrs", a, b) for a, b in ((up, up), (up, down), (down, down)))
    beta = BetaIntegrals(
        one_body=one_down, two_body=two_down, mixed=mixed, orbital_energies=np.zeros(n), irreps=np.zeros(n, dtype=int)
    )
    return rng.normal(), one_up, two_up, beta


def dense(constant, one_body, two_body, beta):
    """The definition, with the matrices of all ladder operators multiplied out."""
    n_wires = 2 * len(one_body)
    lower, z = np.array([[0.0, 1.0], [0.0, 0.0]]), np.diag([1.0, -1.0])
    a = []
    for wire in range(n_wires):
        matrix = np.eye(1)
        for other in range(n_wires):
            matrix = np.kron(matrix, z if other < wire else lower if other == wire else np.eye(2))
        a.append(matrix)
    matrix = constant * np.eye(2**n_wires)
    n = len(one_body)
    repulsion = {(0, 0): two_body, (0, 1): beta.mixed, (1, 0): beta.mixed.transpose(2, 3, 0, 1), (1, 1): beta.two_body}
    for p, q in np.ndindex(n, n):
        for s, values in enumerate((one_body, beta.one_body)):
            matrix += values[p, q] * a[2 * p + s].T @ a[2 * q + s]
        for r, t in np.ndindex(n, n):
            for (i, j), values in repulsion.items():
                words = a[2 * p + i].T @ a[2 * r + j].T @ a[2 * t + j] @ a[2 * q + i]
                matrix += 0.5 * values[p, q, r, t] * words
    return matrix


@pytest.mark.parametrize("n", [1, 2, 3])
def test_both_forms_equal_the_definition(n):
    integrals = random_integrals(np.random.default_rng(n), n)
    expected = dense(*integrals)
    operator = MolecularHamiltonian(*integrals)
    keys = (np.arange(4**n, dtype=np.uint64) << np.uint64(64 - 2 * n))[:, None]
    sector = SimpleNamespace(keys=keys, wires=tuple(range(2 * n)))
    np.testing.assert_allclose(operator.sector_matrix(sector).toarray(), expected, atol=1e-11)
    np.testing.assert_allclose(qml.matrix(operator, wire_order=range(2 * n)), expected, atol=1e-11)


@pytest.mark.parametrize("down_first", [False, True])
def test_without_a_matrix_with_either_spin_in_rows(down_first, monkeypatch):
    from runtime.blocks.charges import conserved
    from runtime.blocks.sector import BlockSector

    rng = np.random.default_rng(3)
    n = 5
    operator = MolecularHamiltonian(*random_integrals(rng, n))
    wires = [w ^ 1 for w in range(2 * n)] if down_first else list(range(2 * n))
    steps = [{2 * p + s: 1, 2 * q + s: -1} for p in range(n) for q in range(p) for s in (0, 1)]
    start = sum(1 << wires.index(2 * p) for p in range(3)) + sum(1 << wires.index(2 * p + 1) for p in range(2))
    sector = BlockSector.of(conserved(steps, 2 * n), start, wires)
    blocks = spin_blocks(sector)
    assert blocks.up_first != down_first
    state = rng.normal(size=sector.dimension)
    out = np.empty_like(state)
    energy = matrix_free_energy(blocks, operator.constant, operator.one_body, operator.two_body, operator.beta)
    value = energy.apply(state, out)
    exact = operator.sector_matrix(sector) @ state
    np.testing.assert_allclose(out, exact, atol=1e-10)
    assert value == pytest.approx(state @ exact, abs=1e-9)
    monkeypatch.setattr(hamiltonian_module, "SMALL_MATRIX", 0)
    assert isinstance(operator.sector_objective(sector), MatrixFreeEnergy)


@pytest.mark.parametrize("device", ["default.qubit", "lightning.qubit"])
def test_devices_and_the_sector_agree(device):
    ours = unrestricted("stretched h4")
    ansatz = uccsd(ours)
    params = np.random.default_rng(3).normal(scale=0.2, size=ansatz.n_params)

    @qml.qnode(qml.device(device, wires=ours.n_wires))
    def energy(values):
        ansatz(values)
        return qml.expval(ours.hamiltonian)

    assert runtime.compile(ansatz, ours.hamiltonian).expval(params) == pytest.approx(float(energy(params)), abs=1e-10)


def test_larger_bases():
    ours = Molecule("N 0 0 0; H 0 0 1.9", basis="6-31g", spin=2).problem(reference="unrestricted", frozen_core=True)
    assert ours.mean_field.stable
    exact = full_ci(ours)
    assert exact.detail["s_squared"][0] == pytest.approx(2.0, abs=1e-3)
    assert exact.energy < ccsd(ours).energy < mp2(ours).energy < ours.reference_energy
