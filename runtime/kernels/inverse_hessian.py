"""Inverse Hessians of the quasi-Newton methods, learnt from steps s and the changes y of the gradient.

Loops in place of BLAS: at some tens of parameters the calls of the two-loop recursion cost more than its arithmetic,
and threads would only wait on one another.
"""

import numpy as np

from runtime.kernels.compiled import compiled


@compiled(fastmath=True)
def apply_recent(gradient, scales, steps, changes, products, newest, count):
    """The two-loop recursion over a ring of the last pairs; shapes (m, n), (m, n), products (m,) = s.y.

    Nocedal, Math. Comput. 35, 773 (1980). The initial matrix is diagonal: `scales`, shape (n,), times s.y / y'Dy of the
    newest pair, with D the matrix of the scales.
    """
    m, n = steps.shape
    out = gradient.copy()
    weights = np.empty(m)
    row = newest
    for _ in range(count):
        total = 0.0
        for i in range(n):
            total += steps[row, i] * out[i]
        weights[row] = total / products[row]
        for i in range(n):
            out[i] -= weights[row] * changes[row, i]
        row = row - 1 if row > 0 else m - 1
    common = 1.0
    if count > 0:
        total = 0.0
        for i in range(n):
            total += changes[newest, i] * scales[i] * changes[newest, i]
        common = products[newest] / total
    for i in range(n):
        out[i] *= common * scales[i]
    for _ in range(count):
        row = row + 1 if row < m - 1 else 0
        total = 0.0
        for i in range(n):
            total += changes[row, i] * out[i]
        for i in range(n):
            out[i] += (weights[row] - total / products[row]) * steps[row, i]
    return out


@compiled(fastmath=True)
def multiply(inverse, vector):
    """The product of a symmetric matrix, shape (n, n), with a vector."""
    n = vector.size
    out = np.empty(n)
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += inverse[i, j] * vector[j]
        out[i] = total
    return out


@compiled(fastmath=True)
def update(inverse, step, change, product):
    """The BFGS update in place, one pass: H + s w' + w s', with w = (1 + y'Hy / s.y) s / (2 s.y) - Hy / s.y."""
    n = step.size
    weighted = multiply(inverse, change)
    curvature = 0.0
    for i in range(n):
        curvature += change[i] * weighted[i]
    for i in range(n):
        weighted[i] = (0.5 * (1.0 + curvature / product) * step[i] - weighted[i]) / product
    for i in range(n):
        s, w = step[i], weighted[i]
        for j in range(n):
            inverse[i, j] += s * weighted[j] + w * step[j]
