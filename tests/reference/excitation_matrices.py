"""Fermionic and qubit excitations as sparse matrices over all basis states, from ladder operators: slow, readable."""

import numpy as np
from scipy.sparse import csr_array, eye_array, kron


def annihilators(n_wires, *, qubits=False):
    """The Jordan-Wigner matrices of all annihilators, wire 0 the most significant; without their signs for qubits."""
    lower, z = csr_array(np.array([[0.0, 1.0], [0.0, 0.0]])), csr_array(np.diag([1.0, -1.0]))
    matrices = []
    for wire in range(n_wires):
        matrix = eye_array(1, format="csr")
        for other in range(n_wires):
            matrix = kron(matrix, z if other < wire else lower if other == wire else eye_array(2), format="csr")
        matrices.append(abs(matrix) if qubits else matrix)
    return matrices


def excited(a, sources, targets, vector):
    """(tau - tau†) times a vector or matrix, tau = a†_a a†_b a_j a_i."""
    up = [*[a[w].T for w in targets], *[a[w] for w in reversed(sources)]]
    down = [matrix.T for matrix in reversed(up)]
    total = 0.0
    for sign, product in ((1.0, up), (-1.0, down)):
        moved = vector
        for matrix in reversed(product):
            moved = matrix @ moved
        total = total + sign * moved
    return total
