# ruff: noqa: ARG001, ARG005  (Numba hands every intrinsic all of its arguments, needed or not)
"""Vectors of numbers as wide as a vector register, for kernels that the compiler would not vectorise by itself.

A `Lanes` value holds 64 bytes: eight doubles or sixteen floats. Where the processor's registers are narrower, LLVM
splits it. The functions here are the few operations on such values that the kernels need, and each becomes one or two
instructions. Sums are taken in a fixed order, so that results repeat bit for bit.

Lane j and lane j ^ distance are *partners* at a distance: for amplitudes stored as re, im, re, im, ... the partners at
distance 1 are the two parts of an amplitude, and those at distance 2 are amplitudes that differ in their lowest bit.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, njit, types
from numba.core import cgutils
from numba.extending import models, register_model

REGISTER_BITS = 512
intrinsic: Any = extending.intrinsic  # its own annotations keep the context argument that callers never pass

Typed = tuple[Any, Callable]  # an intrinsic's signature, and what writes its code


class Lanes(types.Type):
    """The Numba type of a register full of numbers of one dtype."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.count = REGISTER_BITS // dtype.bitwidth
        super().__init__(name=f"Lanes({dtype})")


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Lanes) -> None:
        element = dmm.lookup(fe_type.dtype).get_value_type()
        super().__init__(dmm, fe_type, ir.VectorType(element, fe_type.count))


def _type_of(context: Any, kind: Lanes) -> ir.VectorType:
    return context.get_value_type(kind)


def _pointer(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    array_type, _ = signature.args[:2]
    array = context.make_array(array_type)(context, builder, args[0])
    kind = _type_of(context, Lanes(array_type.dtype))
    return builder.bitcast(builder.gep(array.data, [args[1]]), kind.as_pointer())


def _eight(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Where eight numbers of an array begin."""
    array_type, _ = signature.args[:2]
    array = context.make_array(array_type)(context, builder, args[0])
    kind = ir.VectorType(context.get_value_type(array_type.dtype), 8)
    return builder.bitcast(builder.gep(array.data, [args[1]]), kind.as_pointer())


def _constant(kind: ir.VectorType, values: list[float]) -> ir.Constant:
    return ir.Constant(kind, [ir.Constant(kind.element, v) for v in values])


def _shuffled(builder: Any, x: Any, order: list[int]) -> Any:
    mask = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), order)
    return builder.shuffle_vector(x, x, mask)


def _multiply_add(builder: Any, x: Any, y: Any, z: Any) -> Any:
    """X * y + z, rounded once where the processor can."""
    function = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(x.type, [x.type] * 3), f"llvm.fmuladd.{_suffix(x.type)}"
    )
    return builder.call(function, [x, y, z])


def _suffix(kind: ir.VectorType) -> str:
    return f"v{kind.count}f{64 if isinstance(kind.element, ir.DoubleType) else 32}"


@intrinsic
def width(typingctx: Any, array: Any) -> Typed:
    """How many elements of an array one register holds, known to the compiler."""
    count = Lanes(array.dtype).count
    return types.intp(array), lambda context, builder, signature, args: ir.Constant(ir.IntType(64), count)


@intrinsic
def parts(typingctx: Any, number: Any) -> Typed:
    """How many floats a number is made of, known to the compiler: one, or two of a complex one."""
    count = 2 if isinstance(number, types.Complex) else 1
    return types.intp(number), lambda context, builder, signature, args: ir.Constant(ir.IntType(64), count)


@intrinsic
def load(typingctx: Any, array: Any, index: Any) -> Typed:
    """The register full of a contiguous array from an index on."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_pointer(context, builder, signature, args))
        value.align = array.dtype.bitwidth // 8
        return value

    return Lanes(array.dtype)(array, types.intp), codegen


@intrinsic
def load_eight(typingctx: Any, array: Any, index: Any) -> Typed:
    """Eight numbers of a contiguous array from an index on, floats or doubles, as doubles."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = _type_of(context, signature.return_type)
        value = builder.load(_eight(context, builder, signature, args))
        value.align = array.dtype.bitwidth // 8
        return value if value.type == kind else builder.fpext(value, kind)

    return Lanes(types.float64)(array, types.intp), codegen


@intrinsic
def store_eight(typingctx: Any, array: Any, index: Any, value: Any) -> Typed:
    """Write eight doubles to a contiguous array of floats or doubles from an index on."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = _eight(context, builder, signature, args)
        kind = place.type.pointee
        number = args[2] if args[2].type == kind else builder.fptrunc(args[2], kind)
        builder.store(number, place).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def load_doubles(typingctx: Any, address: Any, index: Any) -> Typed:
    """Eight doubles from an index on of the array at an address: arrays of different owners pass as one list so."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        start = builder.inttoptr(args[0], ir.DoubleType().as_pointer())
        kind = _type_of(context, signature.return_type)
        value = builder.load(builder.bitcast(builder.gep(start, [args[1]]), kind.as_pointer()))
        value.align = 8
        return value

    return Lanes(types.float64)(types.intp, types.intp), codegen


@intrinsic
def store(typingctx: Any, array: Any, index: Any, value: Any) -> Typed:
    """Write a register to a contiguous array from an index on."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _pointer(context, builder, signature, args)).align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), codegen


@intrinsic
def splat(typingctx: Any, number: Any) -> Typed:
    """The same number in all lanes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = _type_of(context, signature.return_type)
        single = builder.insert_element(ir.Constant(kind, ir.Undefined), args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(single, single, ir.Constant(ir.VectorType(ir.IntType(32), kind.count), None))

    return Lanes(number)(number), codegen


@intrinsic
def times(typingctx: Any, x: Any, y: Any) -> Typed:
    """X * y."""
    return x(x, y), lambda context, builder, signature, args: builder.fmul(*args)


@intrinsic
def plus(typingctx: Any, x: Any, y: Any) -> Typed:
    """X + y."""
    return x(x, y), lambda context, builder, signature, args: builder.fadd(*args)


@intrinsic
def minus(typingctx: Any, x: Any, y: Any) -> Typed:
    """X - y."""
    return x(x, y), lambda context, builder, signature, args: builder.fsub(*args)


@intrinsic
def multiply_add(typingctx: Any, x: Any, y: Any, z: Any) -> Typed:
    """X * y + z."""
    return x(x, y, z), lambda context, builder, signature, args: _multiply_add(builder, *args)


@intrinsic
def rotate(typingctx: Any, x: Any, y: Any, c: Any, s: Any) -> Typed:
    """(c x - s y, c y + s x)."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        x, y, c, s = args
        turned = [
            _multiply_add(builder, builder.fneg(s), y, builder.fmul(c, x)),
            _multiply_add(builder, s, x, builder.fmul(c, y)),
        ]
        return context.make_tuple(builder, signature.return_type, turned)

    return types.UniTuple(x, 2)(x, x, x, x), codegen


@intrinsic
def rounded(typingctx: Any, x: Any) -> Typed:
    """Each lane rounded to the nearest integer."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = args[0].type
        name = f"llvm.rint.{_suffix(kind)}"
        return builder.call(
            cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), name), list(args)
        )

    return x(x), codegen


@intrinsic(prefer_literal=True)
def exchange(typingctx: Any, x: Any, distance: Any) -> Typed:
    """Each lane's partner at a distance, a literal power of two."""
    order = [(j ^ distance.literal_value) % x.count for j in range(x.count)]
    return x(x, distance), lambda context, builder, signature, args: _shuffled(builder, args[0], order)


@intrinsic(prefer_literal=True)
def signed(typingctx: Any, x: Any, distance: Any) -> Typed:
    """Minus x in the lanes whose partner at a distance lies above them, x in the others."""
    signs = [1.0 if j & distance.literal_value else -1.0 for j in range(x.count)]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fmul(args[0], _constant(args[0].type, signs))

    return x(x, distance), codegen


@intrinsic(prefer_literal=True)
def twice(typingctx: Any, array: Any, x: Any, part: Any) -> Typed:
    """Numbers that belong to eight amplitudes, each twice, as a register of the amplitudes' array holds them.

    Args:
        array: floats of the amplitudes; its dtype counts.
        x: eight doubles.
        part: which of the registers that the eight amplitudes fill, a literal number.
    """
    kind = Lanes(array.dtype)
    order = [part.literal_value * kind.count // 2 % 8 + j // 2 for j in range(kind.count)]

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        doubled = _shuffled(builder, args[1], order)
        target = _type_of(context, kind)
        return doubled if target == doubled.type else builder.fptrunc(doubled, target)

    return kind(array, x, part), codegen


@intrinsic
def total(typingctx: Any, x: Any) -> Typed:
    """The sum over all lanes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value, distance = args[0], x.count // 2
        while distance:
            value = builder.fadd(value, _shuffled(builder, value, [j ^ distance for j in range(x.count)]))
            distance //= 2
        return builder.extract_element(value, ir.Constant(ir.IntType(32), 0))

    return x.dtype(x), codegen


@intrinsic
def ones(typingctx: Any, number: Any) -> Typed:
    """How many bits of an integer are set."""
    return number(number), lambda context, builder, signature, args: builder.ctpop(args[0])


@njit(fastmath=True)
def by_i(x):
    """I times amplitudes stored as re, im, re, im, ..."""
    return signed(exchange(x, 1), 1)
