from functools import cache

import pytest

from chemistry import Molecule

GEOMETRIES = {
    "h2": ("H 0 0 0; H 0 0 0.74", {}),
    "h4": ("H 0 0 0; H 0 0 0.9; H 0 0 1.8; H 0 0 2.7", {}),
    "lih": ("Li 0 0 0; H 0 0 1.6", {}),
    "h2o": ("O 0 0 0.1173; H 0 0.7572 -0.4692; H 0 -0.7572 -0.4692", {}),
    "oh": ("O 0 0 0; H 0 0 0.97", {"spin": 1}),
    "o2": ("O 0 0 0; O 0 0 1.2", {"spin": 2}),
    "n2": ("N 0 0 0; N 0 0 1.1", {}),
    "stretched n2": ("N 0 0 0; N 0 0 2.0", {}),
}


@cache
def molecule_named(name):
    geometry, options = GEOMETRIES[name]
    return Molecule(geometry, **options)


@cache
def problem_named(name):
    return molecule_named(name).problem()


@pytest.fixture
def molecule():
    """A molecule by name; STO-3G."""
    return molecule_named


@pytest.fixture
def problem():
    """A molecule's full problem by name; STO-3G. Computed once."""
    return problem_named
