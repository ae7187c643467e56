"""Reading and writing single numbers of an array without Python's negative indices, which cost a test each."""

from collections.abc import Callable
from typing import Any

from numba import extending, types

intrinsic: Any = extending.intrinsic  # its own annotations keep the context argument that callers never pass


def _pointer(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(array.data, [args[1]])


@intrinsic
def pick(_: Any, array: Any, __: Any) -> tuple[Any, Callable]:
    """The number at an index of a contiguous array."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, args))

    return array.dtype(array, types.intp), codegen


@intrinsic
def put(_: Any, array: Any, __: Any, value: Any) -> tuple[Any, Callable]:
    """Write a number to an index of a contiguous array; it is converted to the array's dtype."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number = context.cast(builder, args[2], signature.args[2], array.dtype)
        builder.store(number, _pointer(context, builder, signature, args))
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen
