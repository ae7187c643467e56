"""Ansätze, one per file, behind one interface.

An ansatz is a callable that applies PennyLane operations for an array of parameters, beginning with the reference
determinant, and carries `n_params`, `initial_params` and a `name`; `runtime.compile` takes it as it is. Each is made
from an electronic problem alone by the function of its name; `ANSATZE` lists these functions, for callers that go over
all.
"""

from collections.abc import Callable

from chemistry.ansatz.cluster_jastrow import ClusterJastrow, lucj, ucj
from chemistry.ansatz.excitation_circuit import Ansatz, ExcitationCircuit
from chemistry.ansatz.givens_network import givens_network
from chemistry.ansatz.hardware_efficient import HardwareEfficient, hardware_efficient
from chemistry.ansatz.k_upccgsd import k_upccgsd
from chemistry.ansatz.puccd import puccd
from chemistry.ansatz.qnp_fabric import qnp_fabric
from chemistry.ansatz.repeated_uccsd import repeated_uccsd
from chemistry.ansatz.tups import tups
from chemistry.ansatz.uccgsd import uccgsd
from chemistry.ansatz.uccsd import uccsd

# Each takes a problem, and further settings by name only.
ANSATZE: dict[str, Callable[..., Ansatz]] = {
    "repeated-uccsd": repeated_uccsd,
    "uccsd": uccsd,
    "uccgsd": uccgsd,
    "k-upccgsd": k_upccgsd,
    "puccd": puccd,
    "ucj": ucj,
    "lucj": lucj,
    "tups": tups,
    "qnp-fabric": qnp_fabric,
    "givens-network": givens_network,
    "hardware-efficient": hardware_efficient,
}

__all__ = [
    "ANSATZE",
    "Ansatz",
    "ClusterJastrow",
    "ExcitationCircuit",
    "HardwareEfficient",
    "givens_network",
    "hardware_efficient",
    "k_upccgsd",
    "lucj",
    "puccd",
    "qnp_fabric",
    "repeated_uccsd",
    "tups",
    "uccgsd",
    "uccsd",
    "ucj",
]
