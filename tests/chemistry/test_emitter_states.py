"""What a singlet-triplet gap is measured against: exact states, single excitations, the frontier orbitals."""

from functools import cache

import numpy as np
import pandas
import pytest
from matplotlib import pyplot

from chemistry import Molecule
from chemistry.excited_states.exact_gap import exact_singlet_triplet_gap
from chemistry.excited_states.gap_methods import gap_by_deflation, gap_by_response, gap_by_subspace_search
from chemistry.excited_states.single_excitations import singles_gap, whole_molecule_singles_gap
from chemistry.plots.emitter import frontier_picture, gap_errors, state_levels
from chemistry.properties.frontier_orbitals import frontier_orbitals

MOLECULES = {
    "formaldehyde": "C 0 0 0; O 0 0 1.2; H 0 0.94 -0.54; H 0 -0.94 -0.54",
    "methylene": "C 0 0 0; H 0 0.858 0.682; H 0 -0.858 0.682",
    "water": "O 0 0 0; H 0.1 0.9 0.3; H -0.8 -0.3 0.4",
    "lithium hydride": "Li 0 0 0; H 0 0 1.6",
    "hydrogen": "H 0 0 0; H 0 0 0.735",
    "bent": "N 0 0 0; H 0.1 0.9 0.3; C 1.2 -0.5 0; H 2.1 0.1 -0.1; H 1.2 -1.6 0.1",
}


@cache
def molecule(name):
    return Molecule(MOLECULES[name])


@cache
def problem(name, space):
    return molecule(name).problem(active_space=space)


@pytest.mark.parametrize(("name", "space"), [("formaldehyde", (4, 4)), ("methylene", (4, 4)), ("bent", (4, 5))])
def test_the_exact_gap_is_full_ci_of_either_spin(name, space):
    from pyscf import fci

    one = problem(name, space)
    gap = exact_singlet_triplet_gap(one)
    n, pairs = one.n_orbitals, one.n_alpha
    energies = []
    for electrons, n_roots, solver in (
        ((pairs, pairs), 3, fci.addons.fix_spin_(fci.direct_spin1.FCI(), shift=2.0, ss=0)),
        ((pairs + 1, pairs - 1), 4, fci.direct_spin1.FCI()),
    ):
        solver.conv_tol, solver.max_cycle = 1e-11, 300
        found = solver.kernel(one.one_body, one.two_body, n, electrons, nroots=n_roots, ecore=one.constant)
        energies.append(sorted(found[0]))
    expected, triplet = energies
    assert [gap.s0.energy, gap.s1.energy] == pytest.approx(expected[:2], abs=1e-7)
    assert gap.t1.energy == pytest.approx(triplet[0], abs=1e-7)
    assert [state.multiplicity for state in (gap.s0, gap.t1, gap.s1)] == [1, 3, 1]
    assert max(state.residual for state in (gap.s0, gap.t1, gap.s1)) < 1e-7
    assert ("ground state is the triplet" in gap.status) == (name == "methylene")


def test_states_that_come_late_are_found(monkeypatch):
    from chemistry.excited_states import exact_gap

    whole = exact_singlet_triplet_gap(problem("formaldehyde", (4, 4)))
    monkeypatch.setattr(exact_gap, "_FIRST_STATES", 2)
    again = exact_singlet_triplet_gap(problem("formaldehyde", (4, 4)))
    assert again.s1_t1_ev == pytest.approx(whole.s1_t1_ev, abs=1e-9)
    assert again.s1.oscillator_strength == pytest.approx(whole.s1.oscillator_strength, abs=1e-9)


def test_what_has_no_exact_gap_is_refused(monkeypatch):
    from chemistry.excited_states import exact_gap

    cation = Molecule(MOLECULES["formaldehyde"], charge=1, spin=1).problem(active_space=(1, 2))
    with pytest.raises(ValueError, match="as many electrons of spin up as down"):
        exact_singlet_triplet_gap(cation)
    monkeypatch.setattr(exact_gap, "MOST_DETERMINANTS", 30)
    with pytest.raises(ValueError, match=r"up to 30 determinants, but \(4,4\) has 36"):
        exact_singlet_triplet_gap(problem("formaldehyde", (4, 4)))


@pytest.mark.parametrize("name", ["lithium hydride", "water"])
def test_single_excitations_of_all_orbitals_are_pyscfs(name):
    inside = singles_gap(problem(name, "full"))
    outside = whole_molecule_singles_gap(molecule(name).mean_field)
    assert outside.converged
    assert inside.s1_excitation == pytest.approx(outside.s1_excitation, abs=1e-6)
    assert inside.t1_excitation == pytest.approx(outside.t1_excitation, abs=1e-6)
    assert inside.oscillator_strength == pytest.approx(outside.oscillator_strength, abs=1e-4)


def test_fitted_integrals_change_single_excitations_by_millielectronvolts(monkeypatch):
    from chemistry.excited_states import single_excitations

    field = molecule("formaldehyde").mean_field
    plain = whole_molecule_singles_gap(field)
    monkeypatch.setattr(single_excitations, "_FITTED", 1)
    fitted = whole_molecule_singles_gap(field)
    assert fitted.s1_t1_ev != plain.s1_t1_ev
    assert fitted.s1_t1_ev == pytest.approx(plain.s1_t1_ev, abs=0.005)


def test_open_shells_have_no_such_single_excitations():
    radical = Molecule("O 0 0 0; H 0 0 0.97", spin=1)
    with pytest.raises(ValueError, match="need a molecule without unpaired electrons"):
        whole_molecule_singles_gap(radical.mean_field)
    with pytest.raises(ValueError, match="as many electrons of spin up as down"):
        singles_gap(radical.problem())
    with pytest.raises(ValueError, match="closed shell and an empty orbital"):
        frontier_orbitals(radical.mean_field)


def test_two_orbitals_have_a_gap_of_twice_their_exchange_integral():
    """In hydrogen symmetry keeps S1 and T1 from mixing with anything else."""
    one = problem("hydrogen", None)
    pair = frontier_orbitals(molecule("hydrogen").mean_field)
    assert pair.exchange == pytest.approx(one.two_body[0, 1, 0, 1], abs=1e-10)
    assert exact_singlet_triplet_gap(one).s1_t1 == pytest.approx(2 * pair.exchange, abs=1e-9)
    assert pair.gap == pytest.approx(np.diff(one.orbital_energies).item(), abs=1e-9)
    assert 0 < pair.overlap < 1


def test_orbitals_apart_do_not_overlap():
    """Helium and a hydrogen molecule far from it: HOMO and LUMO are both the hydrogen molecule's."""
    near = frontier_orbitals(Molecule("H 0 0 0; H 0 0 0.74; He 0 0 30").mean_field).overlap
    assert near == pytest.approx(frontier_orbitals(Molecule("H 0 0 0; H 0 0 0.74").mean_field).overlap, abs=2e-3)
    # The hydrogen molecule's electron would go to the lithium ion.
    apart = frontier_orbitals(Molecule("H 0 0 0; H 0 0 0.74; Li 0 0 30", charge=1).mean_field)
    assert apart.overlap < 1e-3
    assert apart.exchange < 1e-6


@pytest.mark.parametrize("name", ["formaldehyde", "bent"])
@pytest.mark.parametrize("method", [gap_by_deflation, gap_by_subspace_search, gap_by_response])
def test_every_method_finds_the_gap_of_homo_and_lumo(name, method):
    one = problem(name, "homo-lumo")
    exact, found = exact_singlet_triplet_gap(one), method(one, seed=3)
    assert found.gap.converged, found.gap.status
    assert found.gap.s1_t1_ev == pytest.approx(exact.s1_t1_ev, abs=1e-4)
    assert found.gap.s1.oscillator_strength == pytest.approx(exact.s1.oscillator_strength, abs=1e-4)
    assert found.n_evaluations > 0
    assert found.ansatz.n_params > 0


def test_training_is_what_brings_subspace_search_to_the_exact_gap():
    one = problem("formaldehyde", (4, 4))
    exact = exact_singlet_triplet_gap(one)
    untrained = gap_by_subspace_search(one, trained=False)
    trained = gap_by_subspace_search(one)
    assert abs(untrained.gap.s1_t1_ev - exact.s1_t1_ev) > 0.05
    assert trained.gap.s1_t1_ev == pytest.approx(exact.s1_t1_ev, abs=1e-3)
    for state in ("s0", "t1", "s1"):
        assert getattr(untrained.gap, state).energy >= getattr(trained.gap, state).energy - 1e-6
        assert getattr(trained.gap, state).energy >= getattr(exact, state).energy - 1e-8


def test_a_window_without_a_second_singlet_is_refused():
    """Two electrons in one orbital and none beside it."""
    from dataclasses import replace

    one = problem("hydrogen", None)
    triplet = replace(one, n_alpha=2, n_beta=0)
    with pytest.raises(ValueError, match="multiplicity"):
        gap_by_deflation(triplet)


def rows():
    levels = {"T1": 3.0, "S1": 3.4}
    one = molecule("formaldehyde")
    pair = frontier_orbitals(one.mean_field)
    detail = {
        "states": [{"state": name, "excitation_ev": energy} for name, energy in levels.items()],
        "orbitals": pair.coefficients.tolist(),
        "frontier": {"homo": pair.homo_energy, "lumo": pair.lumo_energy, "overlap": pair.overlap},
        "molecule": one.to_dict(),
    }
    kinds = [("exact", "classical", 0.0, True), ("VQD", "quantum", 0.0, True), ("other", "control", 0.2, False)]
    return pandas.DataFrame(
        [
            {"case": case, "method": method, "role": role, "objective": 0.4 + gap, "gap": gap, "ranks": ranks,
             "detail": detail}
            for case in ("2 electrons in 2 orbitals", "4 electrons in 4 orbitals")
            for method, role, gap, ranks in kinds
        ]
    )  # fmt: skip


@pytest.fixture
def frame(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    yield rows()
    pyplot.close("all")


def test_levels_show_each_gap_and_leave_open_what_does_not_rank(frame):
    figure = state_levels(frame, reference="exact", threshold=0.2)
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    assert texts.count("0.40 eV") == 2
    assert "T1 3.00" in texts
    open_markers = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    assert {line.get_label() for line in open_markers if line.get_label()[0] != "_"} == {"other"}
    figure.savefig("/dev/null", format="svg")


def test_errors_are_in_millielectronvolts(frame):
    axes = gap_errors(frame[frame["method"] != "exact"]).axes[0]
    places = {(round(float(line.get_xdata()[0]), 6), int(line.get_ydata()[0])) for line in axes.lines[:4]}
    assert places == {(0.001, 0), (200.0, 1)}


def test_frontier_orbitals_are_drawn_on_the_molecule(frame):
    figure = frontier_picture(frame)
    assert len(figure.axes) == 2
    assert all(axes.images for axes in figure.axes)
    assert figure.axes[0].get_title().startswith("HOMO")
    empty = frontier_picture(frame.assign(detail=[{}] * len(frame)))
    assert "not computed" in empty.axes[0].texts[0].get_text()
