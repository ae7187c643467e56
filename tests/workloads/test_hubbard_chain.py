"""The Hubbard chain from the command line: its curve, own sites; each mistake in one sentence."""

from pathlib import Path

import numpy as np
import pytest

from workloads.answers.energies import by_place
from workloads.hubbard_chain import (
    COUPLED_CLUSTER,
    EXACT,
    HUBBARD_CHAIN,
    RAMP,
    REPEATED,
    RESTRICTED,
    UNRESTRICTED,
    VARIATIONAL,
    HubbardChainSettings,
    answer,
    size,
)


@pytest.fixture
def run(runner):
    """The workload in a folder with hopping files."""
    files = {
        "trimer.csv": "site,A,B,C\nA,0.2,-0.4,0\nB,-0.4,0,-0.3\nC,0,-0.3,0.1\n",
        "asymmetric.csv": "0,1\n2,0\n",
        "dimer.csv": "0,-0.5\n-0.5,0\n",
        "ragged.csv": "0,1\n1\n",
        "words.csv": "0,1\n1,zero\n",
        "apart.csv": "1,0\n0,1\n",
        "empty.csv": "",
    }
    return runner(HUBBARD_CHAIN, files)


def test_from_metal_to_insulator(run):
    code, output, errors = run("sites=4", "repulsions=0,2,8")
    assert code == 0, errors
    assert "On the chain of 4 sites with 4 electrons moving a charge costs 1.24 t at U = 0 t" in output
    assert "where metal turns into Mott insulator" in output
    assert "Within 0.005 t per site of the exact energy: Hamiltonian variational and repeated UCCSD" in output
    found = by_place(run.records())
    levels = -2.0 * np.cos(np.pi * np.arange(1, 5) / 5.0)
    free = found["U = 0 t", EXACT]
    assert free.objective == pytest.approx(2.0 * levels[:2].sum() / 4, abs=1e-9)
    assert free.detail["charge_gap"] == pytest.approx(levels[2] - levels[1], abs=1e-9)
    assert free.detail["double_occupancy"] == pytest.approx(0.25, abs=1e-9)
    assert free.reference_kind == "certified"
    strong = found["U = 8 t", EXACT].detail
    for method in (VARIATIONAL, REPEATED):
        trained = found["U = 8 t", method]
        assert trained.ranks
        assert -1e-8 < trained.gap < 0.005
        assert trained.detail["double_occupancy"] == pytest.approx(strong["double_occupancy"], abs=0.005)
        assert trained.detail["neighbour_spin"] == pytest.approx(strong["neighbour_spin"], abs=0.02)
        assert trained.detail["charge_gap"] == pytest.approx(strong["charge_gap"], abs=0.2)
    assert found["U = 8 t", RESTRICTED].detail["double_occupancy"] == pytest.approx(0.25, abs=1e-6)
    assert found["U = 8 t", RESTRICTED].gap > found["U = 8 t", UNRESTRICTED].gap > 0.02
    assert found["U = 8 t", UNRESTRICTED].detail["staggered_moment"] > 0.8
    assert found["U = 8 t", RAMP].gap > found["U = 8 t", VARIATIONAL].gap
    broken = found["U = 8 t", COUPLED_CLUSTER]
    assert not broken.ranks
    assert "Not converged" in broken.status
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert "Charge gap: what moving a charge costs (t)" in page
    assert "A chain without end insulates at any repulsion" in page.replace("a chain", "A chain")


@pytest.mark.slow
def test_own_sites_away_from_half_filling(run):
    code, output, errors = run("hopping=trimer.csv", "repulsions=3", "electrons=2")
    assert code == 0, errors
    assert "On the 3 sites as given with 2 electrons at U = 3 t moving a charge costs" in output
    assert "t is the largest hopping of the file, 0.4 in the file's unit." in output
    found = by_place(run.records())["U = 3 t", EXACT]
    assert found.detail["sites"] == 3
    # Two electrons on three sites as a 9 by 9 matrix: h x 1 + 1 x h, and U where both are on one site.
    h = np.array([[0.2, -0.4, 0], [-0.4, 0, -0.3], [0, -0.3, 0.1]]) / 0.4
    matrix = np.kron(h, np.eye(3)) + np.kron(np.eye(3), h) + 3.0 * np.diag(np.eye(3).ravel())
    assert found.objective == pytest.approx(np.linalg.eigvalsh(matrix)[0] / 3, abs=1e-9)


@pytest.mark.slow
def test_other_lattices_and_a_higher_spin(run):
    """Two doubly occupied sites short of full: no charge can be added to a full lattice."""
    code, output, errors = run("lattice=2x2", "repulsions=2", "electrons=8")
    assert code == 0, errors
    assert "On the 2 by 2 square lattice with 8 electrons at U = 2 t a site holds two electrons 100.0 %" in output
    code, output, errors = run("lattice=ladder", "sites=4", "repulsions=1", "electrons=3", output="other")
    assert code == 0, errors
    assert "ladder of 2 rungs" in output


def test_a_level_filled_in_part_is_described_by_what_the_least_repulsion_selects(run):
    """Four electrons on a square, whose double occupancy is dE/dU per site: 3/16 at U -> 0+, by full CI."""
    code, output, errors = run("lattice=2x2", "repulsions=0,0.001,8")
    assert code == 0, errors
    assert "moving a charge costs 0.00 t at U = 0 t" in output
    assert "a site holds two electrons 18.7 % and" in output
    found = by_place(run.records())
    free, weak = found["U = 0 t", EXACT], found["U = 0.001 t", EXACT]
    slope = (weak.objective - free.objective) / 0.001
    assert free.detail["double_occupancy"] == pytest.approx(slope, abs=1e-4)
    assert free.detail["double_occupancy"] == pytest.approx(3 / 16, abs=1e-4)
    assert free.detail["neighbour_spin"] == pytest.approx(weak.detail["neighbour_spin"], abs=1e-3)
    assert free.detail["is_degenerate"]
    assert not weak.detail["is_degenerate"]
    for method in (RESTRICTED, UNRESTRICTED, VARIATIONAL, REPEATED):
        assert found["U = 0 t", method].ranks
        assert found["U = 0 t", method].gap == pytest.approx(0, abs=1e-9)
    assert "this is the one that the least repulsion selects" in Path("out/report.html").read_text(encoding="utf-8")


def test_two_sites_are_no_metal(run):
    code, output, errors = run("hopping=dimer.csv", "repulsions=0,8")
    assert code == 0, errors
    assert "half of the first near U =" in output
    assert "Mott insulator. " not in output
    assert "where metal turns" not in output


def test_what_rounds_to_nothing_has_no_sign(record):
    exact = [
        record(EXACT, f"U = {u:g} t", objective=-1.0, ranks=True, detail={
            "repulsion": u, "lattice": "ring of 4 sites", "electrons": 4, "sites": 4, "double_occupancy": 0.1,
            "charge_gap": gap,
        })
        for u, gap in ((1.0, -1e-12), (2.0, 0.5))
    ]  # fmt: skip
    assert "costs 0.00 t at U = 1 t and 0.50 t at U = 2 t" in answer(exact)
    assert "at U = 1 t moving a charge costs 0.00 t and" in answer(exact[:1])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hopping=nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["hopping=asymmetric.csv"], "h_ij and h_ji differ by 1 in the file's unit, for sites 1 and 2: 1 and 2"),
        (["hopping=ragged.csv"], "as many columns as rows"),
        (["hopping=words.csv"], "no number"),
        (["hopping=apart.csv"], "no hopping between its sites"),
        (["hopping=empty.csv"], "0 rows"),
        (["hopping=trimer.csv", "lattice=ring"], "not both"),
        (["hopping=trimer.csv", "sites=5"], "not both"),
        (["lattice=star"], "chain, ring, ladder or ROWSxCOLUMNS such as 2x3, got 'star'"),
        (["lattice=1x4"], "at least 2"),
        (["lattice=ring", "sites=2"], "at least 3"),
        (["lattice=ladder", "sites=5"], "an even number of sites, got 5"),
        (["sites=1"], "greater than or equal to 2"),
        (["electrons=0"], "hold 1 to 16 electrons"),
        (["electrons=17"], "hold 1 to 16 electrons"),
        (["repulsions=-1"], "numbers from 0"),
        (["repulsions=2,2"], "given once"),
        (["repulsions=much"], "valid number"),
        (["layers=0"], "greater than or equal to 1"),
        (["site=4"], "did you mean 'sites'?"),
    ],
)
def test_each_mistake_is_one_sentence(run, arguments, message):
    assert message in run.refusal(*arguments)


def test_size_grows_with_the_sites():
    small, large = size(HubbardChainSettings(sites=6)), size(HubbardChainSettings(sites=16))
    assert (small.qubits, small.sector_dimension) == (12, 400)
    assert large.memory_bytes > 1e10
    assert large.seconds > small.seconds
