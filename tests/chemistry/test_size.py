import pytest

import runtime
from chemistry import Molecule, repeated_uccsd, what_would_fit
from chemistry.size import fits, format_bytes


@pytest.mark.parametrize("name", ["lih", "h2o", "n2"])
def test_the_estimate_covers_what_is_used(molecule, problem, name):
    size = molecule(name).size()
    program = runtime.compile(repeated_uccsd(problem(name)), problem(name).hamiltonian)
    assert size.qubits == problem(name).n_wires
    assert size.sector_dimension == pytest.approx(program.sector.dimension, rel=0.5)
    assert program.memory_bytes < 4 * size.memory_bytes
    assert size.memory_bytes < 100 * program.memory_bytes
    assert fits(size)


def test_sectors_of_a_million_determinants_are_not_refused():
    """A program for twelve hydrogen atoms without symmetry takes 35 MB."""
    crooked = Molecule("; ".join(f"H {0.1 * (k % 3)} {0.07 * (k % 2)} {k}" for k in range(12)))
    assert crooked.size(symmetric=False).memory_bytes < 3e8
    assert crooked.size(symmetric=False).sector_dimension == 853_776
    straight = Molecule("; ".join(f"H 0 0 {k}" for k in range(14)))
    assert straight.size().memory_bytes < 5e8


def test_the_offer_names_a_space_that_exists(molecule):
    sentence = what_would_fit(molecule("n2"))
    assert sentence.startswith("active_space=homo-lumo (4 qubits")
    assert " or active_space=6,6 (12 qubits" in sentence


@pytest.mark.parametrize(
    ("number", "text"), [(999, "999 B"), (1500, "1.5 kB"), (24_000_000, "24 MB"), (3.6e18, "3.6e+03 PB")]
)
def test_bytes(number, text):
    assert format_bytes(int(number)) == text
