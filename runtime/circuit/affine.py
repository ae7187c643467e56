"""Affine numbers: stand-ins for circuit parameters that remember how an angle was made from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Complex, Real


class NotAffineError(TypeError):
    """An angle is not an affine function of the parameters, so it cannot be traced symbolically."""


class Affine:
    r"""The number :math:`\sum_i c_i p_i + k` of real parameters p whose values are not known yet.

    It passes for a scalar in PennyLane's operators and templates, so that one run of a circuit tells how each gate
    angle depends on the parameters. Whatever is not affine (a product of two parameters, a sine, a comparison) raises
    `NotAffineError` instead of answering with something wrong.

    Args:
        coefficients: parameter index -> coefficient, real or (on the way to an exponent) complex.
        constant: the constant term.
    """

    __slots__ = ("coefficients", "constant")
    # NumPy and autoray then treat it as an opaque scalar and leave the arithmetic to it.
    shape: tuple[int, ...] = ()
    ndim = 0
    __array_ufunc__ = None

    def __init__(self, coefficients: Mapping[int, complex], constant: complex = 0.0) -> None:
        self.coefficients = dict(coefficients)
        self.constant = constant

    def __mul__(self, factor: object) -> Affine:
        if isinstance(factor, Affine):
            raise NotAffineError("a product of two parameters is not affine")
        number = _number(factor)
        return Affine({i: c * number for i, c in self.coefficients.items()}, self.constant * number)

    def __add__(self, other: object) -> Affine:
        if not isinstance(other, Affine):
            return Affine(self.coefficients, self.constant + _number(other))
        merged = dict(self.coefficients)
        for i, c in other.coefficients.items():
            merged[i] = merged.get(i, 0.0) + c
        return Affine(merged, self.constant + other.constant)

    __rmul__ = __mul__
    __radd__ = __add__

    def __truediv__(self, divisor: object) -> Affine:
        if isinstance(divisor, Affine):
            raise NotAffineError("a quotient of two parameters is not affine")
        return self * (1.0 / _number(divisor))

    def __neg__(self) -> Affine:
        return self * -1.0

    def __pos__(self) -> Affine:
        return self

    def __sub__(self, other: object) -> Affine:
        return self + (-other if isinstance(other, Affine) else -_number(other))

    def __rsub__(self, other: object) -> Affine:
        return -self + other

    def real(self) -> Affine:
        """The same number, known to be real.

        Raises:
            NotAffineError: if a coefficient is not.
        """
        numbers = [*self.coefficients.values(), self.constant]
        if any(abs(complex(c).imag) > 1e-12 * max(1.0, abs(c)) for c in numbers):
            raise NotAffineError(f"an angle must be real, got {self!r}")
        return Affine({i: complex(c).real for i, c in self.coefficients.items()}, complex(self.constant).real)

    @property
    def real_constant(self) -> float:
        """The constant term of a real number."""
        return complex(self.constant).real

    def _refuse(self, *_: object, **__: object) -> bool:
        raise NotAffineError("only sums and multiples of parameters are affine")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __pow__ = __rpow__ = __rtruediv__ = __mod__ = __rmod__ = __abs__ = __bool__ = __float__ = __int__ = _refuse
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        terms = [f"{c} p{i}" for i, c in self.coefficients.items()]
        return " + ".join([*terms, f"{self.constant}"] if self.constant or not terms else terms)


def symbols_in(numbers: Iterable[object]) -> set[int]:
    """The parameters on which some numbers depend."""
    return {i for n in numbers if isinstance(n, Affine) for i, c in n.coefficients.items() if c != 0}


def _number(value: object) -> complex:
    """The plain number behind a number or a zero-dimensional array."""
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, Complex):
        return complex(value)
    if getattr(value, "ndim", None) == 0:
        return _number(value.item())  # type: ignore[attr-defined]
    raise NotAffineError(f"an affine angle needs a number here, got {type(value).__name__}")
