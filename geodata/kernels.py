"""
Kernels: loops that numba compiles where there is enough to do for it.

Loading the compiler and what it has compiled costs a program two thirds of a second before its
first answer; the loops of a single question, as plain Python, a few hundredths. So a process starts
with the plain functions and goes over to the compiled ones, once and for all, when it has been
asked for as much as the loading costs. Servers go over at once (`compile_from_now_on`).

Both are the same source. Where the mathematical functions of Python and of the compiler round
differently, answers differ in their last digits.
"""

from collections.abc import Callable
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 800_000
"""Steps that a process takes in plain Python, half a microsecond to two each."""


class _Process:
    """How much of its patience this process has left; none where it compiles."""

    steps_left: int = PATIENCE


class Kernel(Generic[P, R]):
    """
    A function of numbers and arrays, compiled from its first use on or from a later one.

    `steps` tells from the arguments about how often the innermost loop will run. Kernels that
    only other kernels use need none: they go along with those.
    """

    def __init__(
        self,
        function: Callable[P, R],
        steps: Callable[..., int] | None,
        by_hand: Callable[[], Any] | None,
    ) -> None:
        update_wrapper(self, function)
        self._function, self._steps, self._by_hand = function, steps, by_hand

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what the function does, in one of the two ways."""
        if _Process.steps_left > 0 and self._steps is not None:
            _Process.steps_left -= self._steps(*args, **kwargs)
        if _Process.steps_left <= 0:
            return self.compiled(*args, **kwargs)
        return self._function(*args, **kwargs)

    @cached_property
    def compiled(self) -> Callable[P, R]:
        """The machine code, kept beside the module and made when first used."""
        from numba import njit

        if self._by_hand is not None:
            by_hand: Callable[P, R] = self._by_hand()
            return by_hand
        made: Callable[P, R] = njit(cache=True, nogil=True)(self._function)
        return made

    @property
    def _numba_type_(self) -> Any:
        # So that numba takes a kernel that another one uses for what it stands for.
        return self.compiled._numba_type_  # type: ignore[attr-defined]


@overload
def kernel(function: Callable[P, R], /) -> Kernel[P, R]: ...


@overload
def kernel(
    *, steps: Callable[..., int] | None = None, by_hand: Callable[[], Any] | None = None
) -> Callable[[Callable[P, R]], Kernel[P, R]]: ...


def kernel(
    function: Callable[P, R] | None = None,
    /,
    *,
    steps: Callable[..., int] | None = None,
    by_hand: Callable[[], Any] | None = None,
) -> Kernel[P, R] | Callable[[Callable[P, R]], Kernel[P, R]]:
    """
    Make a kernel of a function; numba must be able to compile it in nopython mode.

    Parameters
    ----------
    steps
        Takes the same arguments and tells how often the innermost loop will run, roughly;
        needed where others than kernels use it. `much` is for what is always worth compiling.
    by_hand
        Brings the compiled function where numba is not to make it from this one.
    """
    if function is not None:
        return Kernel(function, steps, by_hand)
    return lambda function: Kernel(function, steps, by_hand)


def much(*_: object) -> int:
    """Take the whole patience: for the steps of a kernel that always has much to do."""
    return PATIENCE


def compile_from_now_on() -> None:
    """Go over to compiled kernels: for a process that will be asked again and again."""
    _Process.steps_left = 0
