"""How a circuit's angles follow from its parameters, with the first and second derivatives of that."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np

Pullback = Callable[[np.ndarray], np.ndarray]


def _real_parts(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """Without autograd's warnings: it drops imaginary parts on the way back to real parameters, and says so."""

    @wraps(function)
    def quiet(*args: Any) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            return function(*args)

    return quiet


@dataclass(frozen=True)
class Parametrization:
    """The angles a(p) of a circuit with parameters p, and products with the Jacobian J = da/dp.

    Attributes:
        function: differentiable by autograd as often as needed; None where the angles are the parameters themselves.
    """

    function: Callable[[Any], Any] | None

    def angles(self, params: np.ndarray) -> np.ndarray:
        """The angles, shape (n_angles,)."""
        return params if self.function is None else np.asarray(self.function(params), dtype=np.float64)

    def with_pullback(self, params: np.ndarray) -> tuple[np.ndarray, Pullback]:
        """The angles, and the function slopes -> slopes J, from shape (n_angles,) to (n_params,)."""
        if self.function is None:
            return params, lambda slopes: slopes
        from autograd import make_vjp

        pull_back, angles = make_vjp(self._dependent)(params)

        @_real_parts
        def real_pull_back(slopes: np.ndarray) -> np.ndarray:
            return np.asarray(pull_back(slopes), dtype=np.float64)

        return np.asarray(angles, dtype=np.float64), real_pull_back

    @_real_parts
    def pushed(self, params: np.ndarray, tangent: np.ndarray) -> np.ndarray:
        """J tangent: how fast the angles turn when the parameters move along a direction, shape (n_angles,)."""
        if self.function is None:
            return tangent
        # Reverse mode twice, because PennyLane's templates are known to pass through reverse mode only.
        from autograd.differential_operators import make_jvp_reversemode

        return np.asarray(make_jvp_reversemode(self._dependent)(params)(tangent), dtype=np.float64)

    @_real_parts
    def curved(self, params: np.ndarray, slopes: np.ndarray, tangent: np.ndarray) -> np.ndarray:
        """The derivative of slopes J along a direction, with the slopes held: shape (n_params,)."""
        if self.function is None:
            return np.zeros(len(params))
        from autograd import grad, make_vjp
        from autograd import numpy as anp

        def along(p: Any) -> Any:
            return anp.dot(make_vjp(self._dependent)(p)[0](slopes), tangent) + 0.0 * anp.sum(p)

        return np.asarray(grad(along)(params), dtype=np.float64)

    def jacobian(self, params: np.ndarray) -> np.ndarray:
        """J, shape (n_angles, n_params); dense, so ask for it only where all of it is needed."""
        if self.function is None:
            return np.eye(len(params))
        angles, pull_back = self.with_pullback(params)
        return np.array([pull_back(row) for row in np.eye(len(angles))]).reshape(len(angles), len(params))

    def _dependent(self, params: Any) -> Any:
        """The angles, tied to the parameters: autograd warns of functions that do not depend on their argument."""
        from autograd import numpy as anp

        assert self.function is not None
        return self.function(params) + 0.0 * anp.sum(params)
