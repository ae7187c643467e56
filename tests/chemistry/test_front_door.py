import subprocess
import sys

import pytest

import chemistry

NAMES = [
    "ActiveSpace", "Ansatz", "DensityMatrices", "ElectronicProblem", "Energy",
    "Molecule", "QuantumNumbers", "Size", "VqeResult", "adapt_vqe", "ccsd", "ccsd_t", "choose_reference",
    "expected_quantum_numbers", "full_ci", "hartree_fock_energy", "mp2", "nevpt2", "oo_vqe", "reduced_density_matrices",
    "repeated_uccsd", "sector_dimension", "uccsd", "vqe", "what_would_fit",
]  # fmt: skip


def test_the_public_names_are_frozen():
    assert chemistry.__all__ == NAMES
    assert dir(chemistry) == sorted(NAMES)


PACKAGES = [
    "active_space", "adapt", "ansatz", "baselines", "excited_states", "geometry", "interaction", "lattice", "mappings",
    "orbital_optimization", "properties", "sample_based", "scan", "structure",
]  # fmt: skip


@pytest.mark.parametrize("name", PACKAGES)
def test_each_package_has_a_front_door_that_is_light(name):
    script = (
        f"import sys, importlib; package = importlib.import_module('chemistry.{name}'); "
        "assert package.__doc__ and len(package.__all__) <= 25; "
        "assert all(getattr(package, one) is not None for one in package.__all__); "
        "assert not {'pennylane', 'pyscf', 'matplotlib', 'pandas'} & set(sys.modules), set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_every_name_is_there_whatever_is_imported_first():
    script = (
        "from chemistry import VqeResult, vqe, uccsd, mp2; assert callable(vqe) and callable(uccsd) and callable(mp2)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    for name in NAMES:
        assert getattr(chemistry, name) is not None


def test_the_front_door_is_light():
    script = (
        "import sys, chemistry; from chemistry import Molecule; "
        "assert not {'pennylane', 'pyscf', 'matplotlib', 'pandas', 'numba', 'scipy.optimize'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
