"""Speed and memory against named peers, as ratios in one run on the same input."""

from geodata.kernels import compile_from_now_on

# Every benchmark asks often enough; none is to meet the compiler in the middle of it.
compile_from_now_on()
