"""The energy and gradient of a circuit of excitations that grows, without compiling it again for each new gate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chemistry.adapt.determinant_space import DeterminantSpace, fixed_sign
from chemistry.excitations import Excitation
from runtime.vectors import scattered


class GrowingCircuit:
    """Excitation gates on the reference determinant, run on all determinants that they could ever reach.

    A new gate costs its own table of pairs; the Hamiltonian stays as it is.

    Attributes:
        n_params: The length of the parameter vector.
    """

    def __init__(self, space: DeterminantSpace) -> None:
        self._space = space
        self.n_params = 0
        self._parameter_of = np.zeros(0, dtype=np.int64)
        self._factors = np.zeros(0)
        self._start, self._stop = np.zeros((2, 0), dtype=np.int64)
        self._first, self._second = np.zeros((2, 0), dtype=np.uint32)

    def extended(
        self,
        excitations: Sequence[Excitation],
        parameter_of: Sequence[int],
        factors: Sequence[float],
        n_params: int,
    ) -> GrowingCircuit:
        """This circuit with further gates; itself it stays as it is.

        Args:
            excitations: The gates, the first acts first.
            parameter_of: The parameter of each.
            factors: One per excitation: amplitude = factor * parameter.
            n_params: Of the extended circuit.
        """
        pairs = self._space.pairs(self._space.gates(excitations))
        grown = GrowingCircuit(self._space)
        grown.n_params = n_params
        grown._parameter_of = np.append(self._parameter_of, np.array(parameter_of, dtype=np.int64))
        signed = [factor * fixed_sign(e) for e, factor in zip(excitations, factors, strict=True)]
        grown._factors = np.append(self._factors, signed)
        offset = len(self._first)
        grown._start = np.append(self._start, pairs.start + offset)
        grown._stop = np.append(self._stop, pairs.stop + offset)
        grown._first = np.append(self._first, pairs.first)
        grown._second = np.append(self._second, pairs.second)
        return grown

    def state(self, params: np.ndarray) -> np.ndarray:
        """The amplitudes on the space, shape (dimension,)."""
        from runtime.kernels.evolution import run_real

        state = np.zeros(self._space.sector.dimension)
        state[self._space.reference_row] = 1.0
        run_real(state, self._start, self._stop, self._angles(params), self._first, self._second)
        return state

    def value_and_grad(self, params: np.ndarray) -> tuple[float, np.ndarray]:
        """The energy in hartree, and its gradient by the adjoint method, shape (n_params,)."""
        from runtime.kernels.evolution import run_real_back

        state = self.state(params)
        bra = np.empty_like(state)
        energy = float(self._space.energy.apply(state, bra))
        angles = self._angles(params)
        slopes = np.empty(len(angles))
        run_real_back(state, bra, self._start, self._stop, angles, self._first, self._second, slopes)
        return energy, scattered(self._parameter_of, self._factors * slopes, self.n_params)

    def _angles(self, params: np.ndarray) -> np.ndarray:
        return self._factors * np.asarray(params, dtype=np.float64)[self._parameter_of]
