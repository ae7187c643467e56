import subprocess
import sys

import chemistry

NAMES = [
    "NAMED_SPACES", "ActiveSpace", "Ansatz", "DensityMatrices", "ElectronicProblem", "Energy", "ExcitationCircuit",
    "Molecule", "QuantumNumbers", "Size", "VqeResult", "ccsd", "ccsd_t", "expected_quantum_numbers", "full_ci",
    "hartree_fock_energy", "mp2", "reduced_density_matrices", "repeated_uccsd", "sector_dimension", "uccsd", "vqe",
    "what_would_fit",
]  # fmt: skip


def test_the_public_names_are_frozen():
    assert chemistry.__all__ == NAMES
    assert dir(chemistry) == sorted(NAMES)


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
