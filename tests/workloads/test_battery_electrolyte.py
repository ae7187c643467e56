"""Lithium superoxide in an electrolyte: its path, the charge that goes back, own molecules, mistakes in a sentence."""

import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from chemistry import Molecule
from workloads.answers.energies import by_place
from workloads.battery_electrolyte import (
    BATTERY_ELECTROLYTE,
    EXACT,
    QUICK_DISTANCES,
    REPEATED,
    SINGLE,
    SOLVENT,
    UNTRAINED,
    VACUUM,
    BatteryElectrolyteSettings,
    answer,
    lithium_superoxide,
    notes,
    path_of,
)

HYDRIDE = "2\nlithium hydride\nLi 0 0 0\nH 0 0 1.6\n"
OXYGEN = "2\noxygen\nO 0 0 0\nO 0 0 1.21\n"
WATER = "3\nwater\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.7572 -0.4692\n"


@pytest.fixture
def run(runner):
    """The workload in a folder with xyz files."""
    return runner(BATTERY_ELECTROLYTE, {"lih.xyz": HYDRIDE, "water.xyz": WATER, "oxygen.xyz": OXYGEN})


@pytest.mark.slow
def test_lithium_takes_its_electron_back_in_vacuum(run):
    code, output, errors = run("distances=1.77,6")
    assert code == 0, errors
    found = by_place(run.records())
    bound, apart = found["1.77 angstrom, vacuum", REPEATED], found["6 angstrom, vacuum", REPEATED]
    assert bound.detail["charge"] > 0.4
    assert abs(apart.detail["charge"]) < 0.05
    assert bound.detail["dipole"] > 5
    assert apart.detail["dipole"] < 1
    half_filled = [sum(0.5 < one < 1.5 for one in record.detail["occupations"]) for record in (bound, apart)]
    assert half_filled == [1, 3]
    in_solvent = found["1.77 angstrom, solvent", EXACT]
    assert in_solvent.objective < found["1.77 angstrom, vacuum", EXACT].objective - 0.01
    assert in_solvent.detail["solvation"] < -0.01
    for (_, method), record in found.items():
        assert record.reference_kind == "certified"
        if method in (SINGLE, REPEATED):
            assert record.ranks, record.status
            assert -1e-7 < record.gap < 1.6e-3
    assert found["1.77 angstrom, vacuum", UNTRAINED].gap > bound.gap
    assert "Lithium takes its electron back between 1.77 and 6 angstrom in vacuum." in output


def test_own_molecule_along_its_only_bond(run):
    """Lithium hydride in a space that holds its bond; at 1.6 angstrom CASSCF(2,2) of PySCF gives the same energy."""
    from pyscf import gto, mcscf, scf

    code, output, errors = run("geometry=lih.xyz", "spin=0", "active_space=2,2", "distances=1.6,4", "permittivity=7.2")
    assert code == 0, errors
    assert "pulling HLi apart from 1.6 to 4 angstrom costs" in output
    field = scf.RHF(gto.M(atom="Li 0 0 0; H 0 0 1.6", basis="6-31g", verbose=0)).run()
    expected = mcscf.CASSCF(field, 2, 2).run().e_tot
    found = by_place(run.records())
    assert found["1.6 angstrom, vacuum", EXACT].objective == pytest.approx(expected, abs=2e-5)
    assert found["1.6 angstrom, solvent", EXACT].objective < expected - 1e-3
    for (_, method), record in found.items():
        assert record.reference_kind == "certified"
        if method in (SINGLE, REPEATED):
            assert record.ranks, record.status
            assert -1e-7 < record.gap < 1e-5
            assert np.sum(record.detail["occupations"]) == pytest.approx(2)
    assert found["1.6 angstrom, vacuum", REPEATED].detail["charge"] > 0.1
    assert found["4 angstrom, vacuum", REPEATED].detail["dipole"] < 3
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "Along the path" in page
    assert "polarisable continuum" in page


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["distances=2"], "at least 2"),
        (["distances=2,2"], "Each distance is given once"),
        (["distances=-1,2"], "positive numbers of angstrom"),
        (["permittivity=1"], "greater than 1"),
        (["bond=1,2"], "give --set geometry=mine.xyz as well"),
        (["spin=3"], "LiO2 is neutral with one unpaired electron"),
        (["frozen_core=true"], "leave frozen_core out"),
        (["active_space=40,40"], "more electrons than the molecule"),
        (["geometry=lih.xyz", "active_space=2,2"], "4 electrons, so the number of unpaired ones (spin) is even"),
        (["geometry=water.xyz", "spin=0", "active_space=4,4"], "say which one is pulled, as in --set bond=1,2"),
        (
            ["geometry=water.xyz", "spin=0", "active_space=4,4", "bond=1,4"],
            "counted from 1 to 3, but 1 and 4 were given",
        ),
        (["geometry=nowhere.xyz"], "there is no file"),
    ],
)
def test_each_mistake_is_one_sentence(run, settings, message):
    assert message in run.refusal(*settings)


def test_the_path_begins_at_the_published_geometry_and_ends_at_oxygens():
    oxygen, other, lithium = (np.array(atom.position) for atom in Molecule(lithium_superoxide(1.77), spin=1).atoms)
    assert np.linalg.norm(lithium - oxygen) == pytest.approx(1.77)
    assert np.linalg.norm(lithium - other) == pytest.approx(1.77)
    assert np.linalg.norm(other - oxygen) == pytest.approx(1.34)
    far = [molecule for _, molecule in path_of(BatteryElectrolyteSettings(distances=(10.0, 2.0)))][-1]
    first, second, _ = (np.array(atom.position) for atom in far.atoms)
    assert math.dist(first, second) == pytest.approx(1.21, abs=1e-4)


def test_an_own_bond_is_pulled_from_its_own_length(tmp_path):
    file = tmp_path / "oxygen.xyz"
    file.write_text(OXYGEN)
    own = partial(BatteryElectrolyteSettings, geometry=file, spin=2, active_space="8,6")
    path = path_of(own())
    assert [distance for distance, _ in path] == [1.09, 1.21, 1.39, 1.69, 2.06, 3.02, 4.84]
    assert [math.dist(*(atom.position for atom in molecule.atoms)) for _, molecule in path] == pytest.approx(
        [distance for distance, _ in path]
    )
    short = path_of(own(distances=QUICK_DISTANCES))  # as --quick has it
    assert [distance for distance, _ in short] == [1.21, 2.06, 4.84]
    given = own(distances=(1.5, 1.2))
    assert [distance for distance, _ in path_of(given)] == [1.2, 1.5]
    assert "the bond's own length and multiples of it, 1.09, 1.21, 1.39" in " ".join(notes(own()))
    assert "No distances were given" not in " ".join(notes(given))


def test_oxygen_is_pulled_apart_from_where_it_rests(run):
    code, output, errors = run("--quick", "geometry=oxygen.xyz", "spin=2", "basis=sto-3g", "active_space=8,6")
    assert code == 0, errors
    assert "pulling O2 apart from 1.21 to 4.84 angstrom costs" in output


def curve_of(record, environment, energies):
    return [
        record(
            EXACT,
            f"{distance} angstrom, {environment}",
            objective=energy,
            detail={
                "formula": "X2", "basis": "6-31g", "distance": distance, "environment": environment,
                "permittivity": None if environment == VACUUM else 7.2,
            },
        )
        for distance, energy in energies.items()
    ]  # fmt: skip


def test_the_answer_says_from_where_the_cost_is_counted(record):
    bound = {1.0: -1.0, 1.2: -1.1, 4.0: -0.9}
    said = answer(curve_of(record, VACUUM, bound) + curve_of(record, SOLVENT, bound))
    assert "pulling X2 apart from 1.2 to 4 angstrom costs 5.44 eV (525 kJ/mol) in vacuum and 5.44 eV" in said
    falling = {1.0: -1.0, 1.2: -1.1, 4.0: -1.2}
    said = answer(curve_of(record, VACUUM, bound) + curve_of(record, SOLVENT, falling))
    assert "apart to 4 angstrom costs 5.44 eV (525 kJ/mol) in vacuum (from 1.2 angstrom)" in said
    assert "The energy is lowest at the longest distance in the solvent: no bond holds there." in said
