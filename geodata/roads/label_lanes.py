# mypy: disable-error-code="untyped-decorator"
"""What labels that climb side by side do at every arc, in the vector registers of the processor."""

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from geodata.roads.lanes import LANES


@intrinsic
def _lower(_: Any, lanes: Any, higher: Any, at: Any, more: Any) -> Any:  # noqa: ARG001
    """
    Lower the LANES numbers from `higher` on to those from `at` on, plus `more`.

    `lanes` is a flat int32 array. Written as an intrinsic for speed: in a plain loop
    the compiler cannot know that the two ranges do not overlap, and would take one
    lane at a time.
    """

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, to, source, added = arguments
        data = context.make_array(signature.args[0])(context, builder, array).data
        number = ir.IntType(32)
        vector = ir.VectorType(number, LANES)
        target, origin = (
            builder.bitcast(builder.gep(data, [place]), vector.as_pointer())
            for place in (to, source)
        )
        # `more` in every lane: LLVM has no shorter way to spread one number over a vector.
        one = builder.insert_element(ir.Constant(vector, ir.Undefined), added, number(0))
        zeros = ir.Constant(vector, [0] * LANES)
        every = builder.shuffle_vector(one, ir.Constant(vector, ir.Undefined), zeros)
        # The array is aligned for single numbers only; more would be a promise we do not keep.
        reached = builder.add(builder.load(origin, align=4), every)
        before = builder.load(target, align=4)
        is_less = builder.icmp_signed("<", reached, before)
        builder.store(builder.select(is_less, reached, before), target, align=4)
        return context.get_dummy_value()

    return types.void(lanes, types.intp, types.intp, types.int32), build


# A type checker sees the arguments of the function that builds the intrinsic, not those of
# the intrinsic itself.
_on_vectors: Any = _lower


@njit(cache=True, nogil=True)
def lower(lanes: Any, higher: int, at: int, more: Any) -> None:
    """Do what `label_kernels.lower` does; `lanes` is a flat int32 array."""
    _on_vectors(lanes, higher, at, more)
