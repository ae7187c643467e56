"""The shape of water from the command line: the example, own molecules, each mistake in one sentence."""

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import chemistry.structure
from chemistry import Molecule
from workloads import preparation, water_geometry
from workloads.answers.water_geometry import answer, differences, structure_table
from workloads.methods import watched_surface
from workloads.water_geometry import (
    ALL_ELECTRONS,
    CIRCUIT,
    EXACT,
    HARTREE_FOCK,
    PAIRS,
    WATER_GEOMETRY,
    WaterGeometrySettings,
    size,
)

HYDRIDE = "2\nlithium hydride\nLi 0 0 0\nH 0 0 1.7\n"
HYDROXYL = "2\nhydroxyl radical\nO 0 0 0\nH 0 0 0.97\n"
METHYLAMINE = "7\ntoo large\nC 0 0 0\nN 0 0 1.5\nH 0 1 -0.4\nH 0.9 -0.5 -0.4\nH -0.9 -0.5 -0.4\nH 0 1 1.9\nH 0 -1 1.9\n"


@pytest.fixture
def run(runner):
    """The workload in a folder with xyz files."""
    files = {"lih.xyz": HYDRIDE, "oh.xyz": HYDROXYL, "large.xyz": METHYLAMINE, "atom.xyz": "1\n\nHe 0 0 0\n"}
    return runner(WATER_GEOMETRY, files)


def by_method(records):
    return {record.method: record for record in records}


@pytest.mark.slow
def test_the_shape_of_water(run):
    code, output, errors = run("--quick")
    assert code == 0, errors
    assert "O–H 1.028 angstrom, H–O–H 96.7 degrees, dipole 1.55 debye" in output
    assert "Experiment has 0.958 angstrom, 104.5 degrees, 1.85 debye" in output
    assert "With every parameter at zero the circuit is Hartree-Fock" in output
    found = by_method(run.records())
    exact = found[EXACT]
    assert exact.objective == pytest.approx(-75.019103, abs=1e-6)
    assert "Searches there from other orbitals agree" in exact.status
    assert exact.reference_kind == "best known"
    circuit = found[CIRCUIT]
    assert circuit.ranks
    assert circuit.gap == pytest.approx(0, abs=1e-6)
    assert circuit.detail["wavenumbers"] == pytest.approx(exact.detail["wavenumbers"], abs=1)
    assert 0 <= circuit.detail["above_exact"] + 1e-9 < 1e-6
    assert circuit.detail["stable"]
    assert 1e-3 < found[PAIRS].gap < found[HARTREE_FOCK].gap
    # Hehre, Radom, Schleyer and Pople, Ab Initio Molecular Orbital Theory (1986): 2170, 4140 and 4391 in STO-3G.
    assert found[HARTREE_FOCK].detail["wavenumbers"] == pytest.approx([2170, 4140, 4391], abs=1.5)
    assert not found[ALL_ELECTRONS].ranks
    assert "another problem" in found[ALL_ELECTRONS].status
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "Structure and dipole" in page
    assert "minimal basis set" in page


def test_own_diatomic(run):
    code, output, errors = run("geometry=lih.xyz", "basis=sto-3g", "active_space=2,2")
    assert code == 0, errors
    assert "The structure of HLi (Chemicals) What does HLi look like" in output
    assert "Li–H" in output
    assert "Experiment" not in output
    assert "their seconds say nothing of a quantum processor" in output
    found = by_method(run.records())
    exact, circuit = found[EXACT].detail, found[CIRCUIT].detail
    assert circuit["wavenumbers"] == pytest.approx(exact["wavenumbers"], abs=0.5)
    assert circuit["dipole"] == pytest.approx(exact["dipole"], abs=1e-3)
    assert found[PAIRS].gap == pytest.approx(0, abs=1e-6)  # two electrons are a pair
    assert len({record.seconds.build for record in found.values()}) == 1  # the field that all of them begin from
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert page.count("data:image/svg") >= 3
    assert "could not be made" not in page


@pytest.mark.slow
def test_own_radical(run):
    code, output, errors = run("geometry=oh.xyz", "spin=1", "basis=sto-3g", "active_space=3,2")
    assert code == 0, errors
    assert "O–H" in output
    found = by_method(run.records())
    assert PAIRS not in found
    assert found[CIRCUIT].gap == pytest.approx(0, abs=1e-6)


@pytest.fixture
def methyl(record):
    """`methyl(method, lengths)`: a record of planar CH3, its C-H bonds of these lengths in angstrom."""
    return partial(methyl_by, record)


def methyl_by(record, method, lengths, **known):
    angles = 2 * np.pi / 3 * np.arange(3)
    hydrogens = [
        [length * np.cos(angle), length * np.sin(angle), 0.0] for length, angle in zip(lengths, angles, strict=True)
    ]
    detail = {
        "formula": "CH3", "basis": "sto-3g", "space": "(3,3)", "experiment": None, "symbols": ["C", "H", "H", "H"],
        "positions": [[0.0, 0.0, 0.0], *hydrogens], "bonds": [[1, 2], [1, 3], [1, 4]], "dipole": 0.2,
        "wavenumbers": [749.0, 1636.0, 1701.0, 3393.0, 3710.0, 3836.0],
    }  # fmt: skip
    return record(method, objective=-39.09, ranks=True, detail=detail, **known)


def test_a_minimum_with_its_equal_atoms_exchanged_is_the_same(methyl):
    exact, circuit = methyl(EXACT, (1.103, 1.080, 1.080)), methyl(CIRCUIT, (1.080, 1.080, 1.103))
    assert differences(circuit, exact) == pytest.approx([0.0, 0.0, 0.0, 0.0], abs=1e-9)
    said = answer([exact, circuit])
    assert "(CASSCF) gives the same to within 0.0001 angstrom" in said
    assert "A caution" not in said  # nothing says that they should be equal
    found = {EXACT: exact, CIRCUIT: circuit}
    rows = {row[0]: row[1:] for row in structure_table(found, list(found), exact).rows}
    assert rows["C–H (1-2) (angstrom)"] == ("1.1030", "1.1030")
    assert rows["C–H (1-3) (angstrom)"] == ("1.0800", "1.0800")
    longer = methyl(CIRCUIT, (1.080, 1.090, 1.103))
    assert differences(longer, exact)[0] == pytest.approx(0.010)


def test_a_symmetry_that_the_active_space_breaks_is_cautioned_against(methyl):
    broken = [methyl(EXACT, (1.103, 1.080, 1.080)), methyl(CIRCUIT, (1.080, 1.080, 1.103))]
    said = answer([*broken, methyl(HARTREE_FOCK, (1.0805, 1.0805, 1.0805), role="control")])
    assert "by HF these C–H bonds are equal, here they go from 1.080 to 1.103 angstrom" in said
    assert "the symmetry is probably broken by an active space that is too small" in said
    unequal_there_too = methyl(HARTREE_FOCK, (1.0805, 1.0805, 1.1035), role="control")
    assert "A caution" not in answer([*broken, unequal_there_too])


def test_seconds_are_those_of_the_search_that_counts(monkeypatch):
    """Neither certification nor a search that ended too high is anyone's; the time limit is on the searches."""
    clock = 0.0

    def searching_for(seconds):
        def equilibrium(make_surface, molecule):
            nonlocal clock
            clock += seconds
            return make_surface(molecule)

        return equilibrium

    class Point:
        energy, n_evaluations = -1.0, 0

    class Still:
        def point(self, *_, **__):
            return Point()

    monkeypatch.setattr(watched_surface, "perf_counter", lambda: clock)
    context = water_geometry.Context(
        seed=None, shots=None, machine="classical", time_limit=10.0, reference=None, progress=lambda *_: None
    )
    journey, molecule = watched_surface.Journey(context, 10), Molecule("Li 0 0 0; H 0 0 1.6")
    monkeypatch.setattr(chemistry.structure, "equilibrium", searching_for(5.0))
    journey.equilibrium(lambda _: Still(), molecule, "2,2")
    assert journey.seconds == 5.0
    clock += 100.0  # certification
    monkeypatch.setattr(chemistry.structure, "equilibrium", searching_for(3.0))
    surface = journey.equilibrium(lambda _: Still(), molecule, "2,2")
    assert journey.seconds == 3.0
    assert surface.molecule is molecule
    surface.point(None)  # 8 of 10 seconds
    clock += 3.0
    with pytest.raises(ValueError, match="The time limit of 10 s was reached"):
        surface.point(None)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["geometry=large.xyz"], "a molecule of 2 to 6 atoms is taken, but CH5N has 7"),
        (["geometry=atom.xyz"], "a molecule of 2 to 6 atoms is taken, but He has 1"),
        (["geometry=nowhere.xyz"], "there is no file 'nowhere.xyz'"),
        (["geometry=oh.xyz"], "the number of unpaired ones (spin) is odd"),
        (["active_space=40,40"], "more electrons than the molecule, which has 10"),
        (["active_space=lots"], "one of full, frozen-core, homo-lumo"),
        (["frozen_core=true"], "not both"),
        (["basis=sto-33g"], "no basis set 'sto-33g' for O"),
    ],
)
def test_each_mistake_is_one_sentence(run, settings, message):
    assert message in run.refusal(*settings)


def test_without_geometric_it_says_what_to_install(run, monkeypatch):
    monkeypatch.setattr(preparation, "find_spec", lambda _: None)
    code, _, errors = run()
    assert code == 2
    assert f"water_geometry needs what is not installed: {sys.executable} -m pip install geometric" in errors


def test_a_time_limit_ends_a_method_with_a_sentence(run):
    arguments = ("geometry=lih.xyz", "basis=sto-3g", "active_space=2,2")
    code, output, errors = run(*arguments, "--time-limit", "0.000001")
    assert code == 1
    assert "The time limit of 1e-06 s was reached after 1 of about" in output + errors
    assert all(record.failed for record in run.records())


def test_size_grows_with_the_molecule():
    water = size(WaterGeometrySettings())
    assert water.qubits == 8
    assert water.sector_dimension == 36
    assert size(WaterGeometrySettings(active_space="6,6")).sector_dimension == 400
