"""Scans against point-by-point calculations, and against themselves from other directions."""

import json
from functools import cache, partial

import numpy as np
import pytest

from chemistry import Molecule, repeated_uccsd, uccsd, vqe
from chemistry.ansatz import hardware_efficient, puccd, tups
from chemistry.baselines import full_ci
from chemistry.scan import Family, curve_errors, potential_scan
from chemistry.scan.parameter_transfer import parameter_labels, transferred

HYDROGEN = Molecule("H 0 0 0; H 0 0 0.74", basis="6-31g")
LENGTHS = (0.6, 0.75, 0.9, 1.2, 1.6)
ONE = {"UCCSD": uccsd}


def chain(spacing):
    return Molecule("; ".join(f"H 0 0 {k * spacing}" for k in range(4)))


def beryllium_hydride(length):
    return Molecule(f"Be 0 0 0; H 0 0 {length}; H 0 0 {-length}", basis="sto-6g")


def nitrogen(length):
    return Molecule(f"N 0 0 0; N 0 0 {length}", basis="sto-6g")


def water(length, angle):
    return Molecule.from_z_matrix(f"O; H 1 {length}; H 1 {length} 2 {angle}")


class BothElectrons:
    """Two electrons in the first orbital, whatever was asked for."""

    name = "both electrons"
    n_params = 1
    initial_params = np.zeros(1)

    def __call__(self, params):
        import pennylane as qml

        qml.BasisState(np.array([1, 1, 0, 0]), wires=range(4))
        qml.DoubleExcitation(params[0], wires=range(4))


def both_electrons(problem):
    return BothElectrons()


@cache
def hydrogen_scan():
    return potential_scan(Family.along_bond(HYDROGEN, LENGTHS), circuits=ONE, n_states=2)


@pytest.mark.slow
def test_every_point_is_what_it_would_be_alone():
    for point, length in zip(hydrogen_scan().points, LENGTHS, strict=True):
        problem = HYDROGEN.with_bond((1, 2), length).problem()
        alone = vqe(problem, uccsd(problem))
        circuit = point.circuits["UCCSD"]
        assert circuit.own_energy == pytest.approx(alone.energy, abs=1e-9)
        assert circuit.own_evaluations == alone.n_evaluations
        assert circuit.energy <= circuit.own_energy
        assert point.energy("FCI") == pytest.approx(full_ci(problem).energy, abs=1e-9)
        assert point.energy("HF") == pytest.approx(point.reference.energy)
        assert circuit.two_qubit_gates > 0
        assert point.determinants == 4 + 4
        assert point.failures == {}


def test_each_point_is_continued_from_both_of_its_neighbours():
    scan = hydrogen_scan()
    sources = [{one.source for one in point.circuits["UCCSD"].continuations} for point in scan.points]
    assert sources == [{1}, {0, 2}, {1, 3}, {2, 4}, {3}]
    for point in scan.points:
        circuit = point.circuits["UCCSD"]
        energies = [circuit.own_energy, *(one.energy for one in circuit.continuations)]
        assert circuit.energy == pytest.approx(min(energies), abs=1e-9)
        assert circuit.n_evaluations == circuit.own_evaluations + sum(c.n_evaluations for c in circuit.continuations)


def test_without_continuation_there_is_the_own_start_alone():
    scan = potential_scan(Family.along_bond(HYDROGEN, (0.7, 0.8)), circuits=ONE, baselines=(), continuation=False)
    assert all(point.circuits["UCCSD"].continuations == () for point in scan.points)
    assert np.isnan(scan.points[0].energy("FCI"))


@pytest.mark.parametrize(
    ("build", "values", "space"),
    [
        (beryllium_hydride, (2.3, 2.5), {"frozen_core": True}),
        (chain, (1.4, 1.8), {}),
    ],
)
@pytest.mark.slow
def test_a_scan_comes_out_the_same_from_either_end(build, values, space):
    molecules = [build(value) for value in values]
    settings = space | {"circuits": {"UCCSD": partial(repeated_uccsd, repetitions=1)}, "baselines": ("FCI",)}
    up = potential_scan(Family.of_molecules(molecules), **settings)
    down = potential_scan(Family.of_molecules(molecules[::-1]), **settings)
    assert up.energies("UCCSD") == pytest.approx(down.energies("UCCSD")[::-1], abs=1e-5)
    assert up.energies("FCI") == pytest.approx(down.energies("FCI")[::-1], abs=1e-9)


@pytest.mark.slow
def test_a_surface_has_the_symmetry_of_its_molecule():
    """Either bond of water may be the one that is stretched, though point groups and orbitals change on the way."""

    def stretched(first, second):
        return Molecule.from_z_matrix(f"O; H 1 {first}; H 1 {second} 2 104.5")

    grid = {"first (angstrom)": (0.96, 1.3, 1.8), "second (angstrom)": (0.96, 1.3, 1.8)}
    scan = potential_scan(
        Family.of_function(stretched, grid), circuits={"one": partial(repeated_uccsd, repetitions=1)}, frozen_core=True
    )
    assert scan.energies("one") == pytest.approx(scan.energies("one").T, abs=1e-6)
    assert {point.reference.point_group for point in scan.points} == {"C2v", "Cs"}
    assert curve_errors(scan, "one").largest < 5e-4
    assert any("The point group is Cs, not C2v as before." in change for change in scan.changes)


@pytest.mark.slow
def test_stretched_nitrogen_is_the_same_from_either_end():
    molecules = [nitrogen(value) for value in (1.6, 2.0, 2.4, 2.8)]
    settings = {"active_space": (6, 6), "circuits": {"one": partial(repeated_uccsd, repetitions=1)}}
    up = potential_scan(Family.of_molecules(molecules), **settings)
    down = potential_scan(Family.of_molecules(molecules[::-1]), **settings)
    assert up.energies("one") == pytest.approx(down.energies("one")[::-1], abs=1e-4)


def test_coordinates_are_ascending_whatever_order_they_were_given_in():
    scan = potential_scan(Family.along_bond(HYDROGEN, LENGTHS[::-1]), circuits=ONE, n_states=2)
    assert scan.axes[0].values == LENGTHS
    assert scan.energies("UCCSD").tolist() == hydrogen_scan().energies("UCCSD").tolist()


def test_continuation_mends_a_point_whose_own_start_is_poor():
    """Few evaluations from the own start do not converge; the neighbours' parameters are near the minimum."""
    family = Family.of_function(chain, {"spacing (angstrom)": (1.0, 1.02, 1.04)})
    scan = potential_scan(family, max_evaluations=12)
    gains = [point.circuits["UCCSD, repeated"].own_energy - point.energy("UCCSD, repeated") for point in scan.points]
    assert min(gains) >= 0
    assert max(gains) > 1e-5
    won = next(p.circuits["UCCSD, repeated"] for p in scan.points if p.circuits["UCCSD, repeated"].source is not None)
    assert "Reached from a neighbour" in won.status


@pytest.mark.parametrize("factory", [tups, hardware_efficient, puccd])
def test_any_ansatz_is_continued(factory):
    family = Family.along_bond(Molecule("Li 0 0 0; H 0 0 1.6"), (1.5, 1.6))
    scan = potential_scan(family, circuits={"it": factory}, active_space=(2, 2), max_evaluations=200)
    for point in scan.points:
        circuit = point.circuits["it"]
        assert circuit.continuations[0].energy == pytest.approx(circuit.own_energy, abs=0.02)
        assert circuit.below_exact == (circuit.energy < point.energy("FCI") - 1e-7)


def test_a_circuit_with_other_electrons_is_labelled_where_it_lies_below_exact():
    """H2+ is asked for and H2 prepared."""
    ion = Molecule("H 0 0 0; H 0 0 1.0", charge=1, spin=1)
    scan = potential_scan(Family.along_bond(ion, (0.9, 1.0)), circuits={"free": both_electrons})
    circuit = scan.points[0].circuits["free"]
    assert circuit.below_exact
    assert "below the exact energy" in circuit.status
    assert np.isnan(scan.energies("free", sound=True)).all()
    assert not scan.frame().query("method == 'free'")["ranks"].any()


def test_parameters_are_transferred_by_what_they_mean(problem):
    large, small = repeated_uccsd(problem("lih")), repeated_uccsd(problem("lih"), repetitions=1)
    params = np.arange(large.n_params) + 1.0
    labels = parameter_labels(large)
    assert len(set(labels)) == large.n_params
    assert transferred(labels, params, small).tolist() == params[: small.n_params].tolist()
    back = transferred(parameter_labels(small), params[: small.n_params], large)
    assert back[: small.n_params].tolist() == params[: small.n_params].tolist()
    assert not back[small.n_params :].any()
    assert transferred(labels, params, uccsd(problem("h2"))) is None or problem("h2").n_orbitals == 2
    assert transferred(("0 of 3",), params[:1], hardware_efficient(problem("h2"))) is None


def test_a_surface_has_the_shape_of_its_grid():
    grid = {"bond length (angstrom)": (0.95, 1.05), "angle (degree)": (95.0, 105.0, 115.0)}
    scan = potential_scan(
        Family.of_function(water, grid), active_space=(4, 4), circuits=ONE, baselines=("HF", "FCI"), n_states=1
    )
    assert scan.shape == (2, 3)
    assert scan.energies("UCCSD").shape == (2, 3)
    direct = full_ci(water(1.05, 95.0).problem(active_space=(4, 4))).energy
    assert scan.energies("FCI")[1, 0] == pytest.approx(direct, abs=1e-9)
    centre = scan.points[1]
    assert centre.coordinates == (0.95, 105.0)
    assert {one.source for one in centre.circuits["UCCSD"].continuations} >= {0, 2, 4}
    assert scan.points[5].previous == 4
    assert scan.points[3].previous == 0
    assert curve_errors(scan, "UCCSD").largest < 1e-3


def test_the_reference_and_its_stability_are_recorded():
    scan = potential_scan(Family.along_bond(HYDROGEN, (0.74, 2.5)), circuits={}, baselines=("HF",))
    near, far = (point.reference for point in scan.points)
    assert near.stable
    assert near.spin_stable
    assert not far.spin_stable
    assert near.occupied == {"Ag": (1, 1)}
    assert near.point_group == "D2h"
    assert any("no longer stable against breaking the spin symmetry" in change for change in scan.changes)
    assert "1 points an unrestricted solution lies below" in scan.status


def test_the_table_is_what_the_plots_draw():
    from chemistry.plots.energy_curves import dissociation_curve

    table = hydrogen_scan().frame()
    assert set(table["method"]) == {"UCCSD", "HF", "FCI"}
    assert len(table) == 3 * len(LENGTHS)
    assert table["bond length (angstrom)"].min() == 0.6
    rows = table[table["method"] == "UCCSD"]
    assert (rows["error"] == rows["objective"] - rows["reference"]).all()
    assert len(dissociation_curve(table).axes) == 2
    json.dumps([row.detail for row in hydrogen_scan().rows()])


def test_an_odd_electron_and_a_lone_atom_are_scanned_too():
    hydroxyl = Molecule("O 0 0 0; H 0 0 0.97", spin=1)
    scan = potential_scan(Family.along_bond(hydroxyl, (0.95, 1.1)), circuits=ONE, active_space=(3, 3), n_states=2)
    assert curve_errors(scan, "UCCSD").largest < 1e-4
    assert {state.multiplicity for state in scan.points[0].states} == {2}
    alone = potential_scan(Family.of_molecules([Molecule("He 0 0 0")]), circuits=ONE, n_states=3)
    assert alone.energies("UCCSD") == pytest.approx(alone.energies("FCI"))
    assert len(alone.points[0].states) == 1


def test_a_point_that_cannot_be_solved_is_left_out_of_nothing_else():
    family = Family.of_molecules([Molecule("H 0 0 0; H 0 0 0.7"), Molecule("H 0 0 0; H 0 0 0.9")])
    scan = potential_scan(family, circuits={"some": fails_at_090, "UCCSD": uccsd})
    assert scan.points[1].failures == {"some": "No circuit here."}
    assert np.isnan(scan.energies("some")[1])
    assert np.isfinite(scan.energies("UCCSD")).all()
    assert "Something failed at 1 of them." in scan.status


def fails_at_090(problem):
    if problem.constant < 0.7:
        raise ValueError("No circuit here.")
    return uccsd(problem)


def never(problem):
    raise ValueError("No circuit anywhere.")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"baselines": ("CI",)}, "baselines are some of"),
        ({"baselines": "FCI"}, "baselines are some of"),
        ({"workers": 0}, "at least 1"),
        ({"n_states": -1}, "not negative"),
        ({"max_evaluations": 0}, "at least 1"),
        ({"circuits": {"HF": uccsd}}, "no classical method has"),
        ({"circuits": {"x": 3}}, "made by a function"),
        ({"circuits": {"x": never}}, "failed at every point. No circuit anywhere."),
        ({"circuits": {"x": lambda p: uccsd(p)}, "workers": 2}, "a function that a module defines"),
        ({"active_space": (20, 20)}, "electrons"),
        ({"journal": 5}, "A journal is a path"),
        ({"journal": "/nowhere/at/all.jsonl"}, "needs a folder that exists"),
    ],
)
def test_mistakes_are_refused_in_a_sentence(settings, message):
    with pytest.raises(ValueError, match=message):
        potential_scan(Family.along_bond(HYDROGEN, (0.7, 0.8)), **({"circuits": ONE} | settings))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Family.along_bond(water(1.0, 104.5), (0.9, 1.0)), "say which one to stretch"),
        (lambda: Family.along_bond(HYDROGEN, ()), "one or more finite values"),
        (lambda: Family.along_bond(HYDROGEN, (0.7, 0.7)), "given once"),
        (lambda: Family.along_bond(HYDROGEN, (-0.7,)), "ositive"),
        (lambda: Family.along_bond(HYDROGEN, (float("nan"),)), "finite"),
        (lambda: Family.of_molecules([]), "one or more finite values"),
        (lambda: Family.of_molecules([HYDROGEN, Molecule("H 0 0 0; H 0 0 0.7")]), "geometry 2 differs"),
        (lambda: Family.of_molecules([HYDROGEN], values=(1.0, 2.0)), "as many values"),
        (lambda: Family.of_molecules(["H 0 0 0"]), "made of molecules"),
        (lambda: Family.of_function(water, {}), "one or two coordinates"),
    ],
)
def test_families_that_are_none_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_no_family_is_refused():
    with pytest.raises(ValueError, match=r"chemistry\.scan\.Family"):
        potential_scan([HYDROGEN])
    with pytest.raises(ValueError, match="This scan has"):
        hydrogen_scan().energies("CCSD")
