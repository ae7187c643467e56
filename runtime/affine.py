"""Affine numbers: stand-ins for circuit parameters that remember how an angle was made from them."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real


class NotAffineError(TypeError):
    """An angle is not an affine function of the parameters, so it cannot be traced symbolically."""


class Affine:
    r"""The number :math:`\sum_i c_i p_i + k` of parameters p whose values are not known yet.

    It passes for a scalar in PennyLane's operators and templates, so that one run of a circuit tells how each gate
    angle depends on the parameters. Whatever is not affine (a product of two parameters, a sine, a comparison) raises
    `NotAffineError` instead of answering with something wrong.

    Args:
        coefficients: parameter index -> coefficient.
        constant: the constant term.
    """

    __slots__ = ("coefficients", "constant")
    # NumPy and autoray then treat it as an opaque scalar and leave the arithmetic to it.
    shape: tuple[int, ...] = ()
    ndim = 0
    __array_ufunc__ = None

    def __init__(self, coefficients: Mapping[int, float], constant: float = 0.0) -> None:
        self.coefficients = dict(coefficients)
        self.constant = constant

    def __mul__(self, factor: object) -> Affine:
        if isinstance(factor, Affine):
            raise NotAffineError("a product of two parameters is not affine")
        number = _real(factor)
        return Affine({i: c * number for i, c in self.coefficients.items()}, self.constant * number)

    def __add__(self, other: object) -> Affine:
        if not isinstance(other, Affine):
            return Affine(self.coefficients, self.constant + _real(other))
        merged = dict(self.coefficients)
        for i, c in other.coefficients.items():
            merged[i] = merged.get(i, 0.0) + c
        return Affine(merged, self.constant + other.constant)

    __rmul__ = __mul__
    __radd__ = __add__

    def __truediv__(self, divisor: object) -> Affine:
        if isinstance(divisor, Affine):
            raise NotAffineError("a quotient of two parameters is not affine")
        return self * (1.0 / _real(divisor))

    def __neg__(self) -> Affine:
        return self * -1.0

    def __pos__(self) -> Affine:
        return self

    def __sub__(self, other: object) -> Affine:
        return self + (-other if isinstance(other, Affine) else -_real(other))

    def __rsub__(self, other: object) -> Affine:
        return -self + other

    def _refuse(self, *_: object, **__: object) -> bool:
        raise NotAffineError("only sums and multiples of parameters are affine")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __pow__ = __rpow__ = __rtruediv__ = __mod__ = __rmod__ = __abs__ = __bool__ = __float__ = __int__ = _refuse
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        terms = [f"{c:g} p{i}" for i, c in self.coefficients.items()]
        return " + ".join([*terms, f"{self.constant:g}"] if self.constant or not terms else terms)


def _real(value: object) -> float:
    """The plain float behind a number or a zero-dimensional array."""
    if isinstance(value, Real):
        return float(value)
    if getattr(value, "ndim", None) == 0 and not isinstance(value, complex):
        return float(value)  # type: ignore[arg-type]
    raise NotAffineError(f"an affine angle needs a real number here, got {type(value).__name__}")
