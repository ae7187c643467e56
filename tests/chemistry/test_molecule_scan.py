"""Mean fields of random molecules against the lowest that PySCF finds; see `tests/molecule_scan`."""

import pytest
from lowest_field import lowest_field
from random_molecules import molecule_of, specimen_number

FEW = (0, 9, 10, 12, 14, 17, 23, 40, 42, 45)  # of seed 1, that take a second each


@pytest.mark.parametrize("i", FEW)
def test_no_field_lies_higher_than_the_reference(i):
    check(i)


@pytest.mark.slow
@pytest.mark.parametrize("i", range(20))
def test_no_field_of_a_tenth_of_the_scan_lies_higher(i):
    check(i)


def check(i):
    specimen = specimen_number(1, i)
    reference, _ = lowest_field(specimen)
    assert molecule_of(specimen).mean_field.energy < reference + 1e-4, str(specimen)
