# ruff: noqa: ARG001  (Numba hands every intrinsic all of its arguments, needed or not)
"""Swaps among the last four positions, whose runs are too short to fill a vector register.

All orders of the last four positions are 24 neighbouring amplitudes. A swap of two of these positions is then the same
permutation of 24 amplitudes all over the state: the registers that hold them are loaded, shuffled in a pattern known to
the compiler, and stored, and i SWAP is such a shuffle that also exchanges real and imaginary parts.
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.core import cgutils

from runtime.kernels.registers import Lanes

ORDERS = 24  # of four positions
intrinsic: Any = extending.intrinsic  # its own annotations keep the context argument that callers never pass


def _sources(m: int) -> list[int]:
    """Where each of the 2 * 24 numbers comes from in i SWAP of positions 4 - m and 5 - m, up to signs."""
    orders = list(permutations(range(4)))
    p = 4 - m

    def swapped(order: tuple[int, ...]) -> int:
        return orders.index((*order[:p], order[p + 1], order[p], *order[p + 2 :]))

    return [2 * swapped(order) + 1 - part for order in orders for part in (0, 1)]


class _Block:
    """The code for the registers of 24 amplitudes of an array from an index on."""

    def __init__(self, context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> None:
        self._builder = builder
        kind = Lanes(array_type.dtype)
        self._width = kind.count
        self._align = array_type.dtype.bitwidth // 8
        self.type = context.get_value_type(kind)
        data = context.make_array(array_type)(context, builder, array).data
        offsets = [ir.Constant(ir.IntType(64), k) for k in range(0, 2 * ORDERS, kind.count)]
        self._places = [
            builder.bitcast(builder.gep(data, [builder.add(index, k)]), self.type.as_pointer()) for k in offsets
        ]

    def load(self) -> list[Any]:
        """The registers' numbers."""
        registers = []
        for place in self._places:
            value = self._builder.load(place)
            value.align = self._align
            registers.append(value)
        return registers

    def store(self, registers: list[Any]) -> None:
        """Write all registers back."""
        for value, place in zip(registers, self._places, strict=True):
            self._builder.store(value, place).align = self._align

    def swapped(self, registers: list[Any], m: int) -> list[Any]:
        """I SWAP of the registers' amplitudes: each lane from where it belongs, real parts with a minus."""
        sources, w = _sources(m), self._width
        signs = ir.Constant(self.type, [ir.Constant(self.type.element, -1.0 if j % 2 == 0 else 1.0) for j in range(w)])
        moved = []
        for start in range(0, 2 * ORDERS, w):
            wanted = sources[start : start + w]
            value = None
            for register in sorted({s // w for s in wanted}):
                # Lanes 0 to w - 1 of a shuffle are its first operand's, which holds what earlier registers gave.
                order = [
                    (w if value is not None else 0) + s % w if s // w == register else j for j, s in enumerate(wanted)
                ]
                first = registers[register] if value is None else value
                value = self._shuffled(first, registers[register], order)
            moved.append(self._builder.fmul(value, signs))
        return moved

    def _shuffled(self, x: Any, y: Any, order: list[int]) -> Any:
        return self._builder.shuffle_vector(x, y, ir.Constant(ir.VectorType(ir.IntType(32), len(order)), order))

    def splat(self, number: Any) -> Any:
        """The same number in all lanes."""
        single = self._builder.insert_element(ir.Constant(self.type, ir.Undefined), number, ir.IntType(32)(0))
        return self._shuffled(single, single, [0] * self._width)

    def combined(self, registers: list[Any], moved: list[Any], c: Any, s: Any) -> list[Any]:
        """C x + s y for the registers x and y."""
        return [self.multiply_add(s, y, self._builder.fmul(c, x)) for x, y in zip(registers, moved, strict=True)]

    def multiply_add(self, x: Any, y: Any, z: Any) -> Any:
        """X * y + z, rounded once where the processor can."""
        name = f"llvm.fmuladd.v{self._width}f{8 * self._align}"
        function = cgutils.get_or_insert_function(
            self._builder.module, ir.FunctionType(self.type, [self.type] * 3), name
        )
        return self._builder.call(function, [x, y, z])


@intrinsic(prefer_literal=True)
def turn_orders(typingctx: Any, a: Any, index: Any, m: Any, c: Any, s: Any) -> tuple[Any, Callable]:
    """Apply c + s i SWAP of positions 4 - m and 5 - m, m a literal number, to 24 amplitudes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = _Block(context, builder, signature.args[0], args[0], args[1])
        registers = block.load()
        moved = block.swapped(registers, m.literal_value)
        block.store(block.combined(registers, moved, block.splat(args[3]), block.splat(args[4])))
        return context.get_dummy_value()

    return types.void(a, types.intp, m, a.dtype, a.dtype), codegen


@intrinsic(prefer_literal=True)
def turn_orders_back(
    typingctx: Any, a: Any, b: Any, index: Any, m: Any, c: Any, s: Any, slope: Any
) -> tuple[Any, Callable]:
    """Apply c - s i SWAP to 24 amplitudes of ket a and of bra b; adds Re <b| i SWAP |a> to a register of sums."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        blocks = [_Block(context, builder, signature.args[k], args[k], args[2]) for k in (0, 1)]
        cosine, sine = blocks[0].splat(args[4]), builder.fneg(blocks[0].splat(args[5]))
        ket, bra = (block.load() for block in blocks)
        ket_moved, bra_moved = (
            block.swapped(registers, m.literal_value) for block, registers in zip(blocks, (ket, bra), strict=True)
        )
        total = args[6]
        for x, y in zip(bra, ket_moved, strict=True):
            total = blocks[0].multiply_add(x, y, total)
        blocks[0].store(blocks[0].combined(ket, ket_moved, cosine, sine))
        blocks[1].store(blocks[1].combined(bra, bra_moved, cosine, sine))
        return total

    return slope(a, b, types.intp, m, a.dtype, a.dtype, slope), codegen


def _store_moved(
    blocks: list[_Block], registers: list[Any], moved: list[Any], changes: list[Any], m: int, numbers: list[Any]
) -> None:
    """Store c x + s i SWAP x of the numbers x = `registers`, and the same of their derivatives plus r i SWAP x."""
    builder = blocks[0]
    c, s, r = numbers
    changes = [builder.multiply_add(r, y, d) for y, d in zip(moved, changes, strict=True)]
    blocks[0].store(builder.combined(registers, moved, c, s))
    blocks[1].store(builder.combined(changes, builder.swapped(changes, m), c, s))


@intrinsic(prefer_literal=True)
def push_orders(typingctx: Any, a: Any, da: Any, index: Any, m: Any, c: Any, s: Any, r: Any) -> tuple[Any, Callable]:
    """Apply c + s i SWAP to 24 amplitudes, and to their derivatives plus r i SWAP of the amplitudes."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        blocks = [_Block(context, builder, signature.args[k], args[k], args[2]) for k in (0, 1)]
        registers, changes = (block.load() for block in blocks)
        moved = blocks[0].swapped(registers, m.literal_value)
        numbers = [blocks[0].splat(number) for number in args[4:]]
        _store_moved(blocks, registers, moved, changes, m.literal_value, numbers)
        return context.get_dummy_value()

    return types.void(a, da, types.intp, m, *[a.dtype] * 3), codegen


@intrinsic(prefer_literal=True)
def pull_orders(
    typingctx: Any,
    a: Any,
    da: Any,
    b: Any,
    db: Any,
    index: Any,
    m: Any,
    c: Any,
    s: Any,
    r: Any,
    slope: Any,
    change: Any,
) -> tuple[Any, Callable]:
    """The same on ket a and bra b; adds Re <b| i SWAP |a>, and its derivative, to two registers of sums."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        blocks = [_Block(context, builder, signature.args[k], args[k], args[4]) for k in range(4)]
        ket, ket_changes, bra, bra_changes = (block.load() for block in blocks)
        ket_moved, bra_moved = (blocks[0].swapped(registers, m.literal_value) for registers in (ket, bra))
        numbers = [blocks[0].splat(number) for number in args[6:9]]
        slope, change = args[9:]
        for u, du, iu, ix, dx in zip(bra, bra_changes, bra_moved, ket_moved, ket_changes, strict=True):
            slope = blocks[0].multiply_add(u, ix, slope)
            change = blocks[0].multiply_add(du, ix, change)
            change = blocks[0].multiply_add(builder.fneg(iu), dx, change)  # i SWAP is skew
        _store_moved(blocks[:2], ket, ket_moved, ket_changes, m.literal_value, numbers)
        _store_moved(blocks[2:], bra, bra_moved, bra_changes, m.literal_value, numbers)
        return context.make_tuple(builder, signature.return_type, [slope, change])

    return types.UniTuple(slope, 2)(a, da, b, db, types.intp, m, *[a.dtype] * 3, slope, change), codegen
