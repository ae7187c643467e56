import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.circuit.affine import Affine, NotAffineError

numbers = st.floats(-10, 10)


def value(number, params):
    return number.constant + sum(c * params[i] for i, c in number.coefficients.items())


@given(a=numbers, b=numbers, c=numbers, p=st.tuples(numbers, numbers))
def test_arithmetic_is_that_of_numbers(a, b, c, p):
    x, y = Affine({0: 1.0}), Affine({1: 1.0})
    result = (a * x - y / 2 + b) * 0.5 + c - (1.0 - x)
    assert value(result, p) == pytest.approx((a * p[0] - p[1] / 2 + b) * 0.5 + c - (1.0 - p[0]), abs=1e-9)


def test_numpy_arrays_of_symbols_work():
    symbols = np.array([Affine({0: 1.0}), Affine({1: 1.0})], dtype=object)
    doubled = 2 * symbols + np.array([1.0, 0.0])
    assert [value(s, [3.0, 4.0]) for s in doubled] == [7.0, 8.0]


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x * x,
        lambda x: 1 / x,
        lambda x: x / x,
        lambda x: x**2,
        lambda x: abs(x),
        lambda x: float(x),
        lambda x: x > 0,
        lambda x: x == 1,
        lambda x: (x * 1j).real(),
        lambda x: bool(x),
    ],
)
def test_what_is_not_affine_is_refused(operation):
    with pytest.raises(NotAffineError):
        operation(Affine({0: 1.0}))
