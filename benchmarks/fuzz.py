"""
``make fuzz``: nothing but a report or a refusal comes out of any reader, however long.

Seeded random damage is done to real messages; `benchmarks.fuzz_guided` searches by
coverage. The first input that raises anything else stops the run and is printed, ready
to become a test.

    python -m benchmarks.fuzz [SECONDS [SEED]]
"""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.location import KEY, SAMPLES
from dispatch.location.reader import FORMATS, read_report
from dispatch.model import LocationReport
from geodata.errors import RefusedError

MESSAGES = Path(__file__).parents[1] / "tests" / "cases" / "operator_messages"
_TOKENS = (
    b"nan", b"inf", b"1e400", b"-0", b"\xff", b"\0", b"=", b";", b"<", b">", b"&", b"2147483647",
    b"\xed\xa0\x80", "ș".encode(), "٣".encode(), b"9" * 40, b"[[[[", b"<!DOCTYPE a>", b"%00",
)  # fmt: skip


def check(raw: bytes, name: str = "auto") -> bool:
    """Read one input; True for a report, False for a refusal, anything else is raised."""
    try:
        report = read_report(raw, format=name, hmac_key=KEY if len(raw) % 2 else None)
    except RefusedError as refused:
        if not (refused.code and refused.message):
            raise AssertionError("a refusal without a code or a sentence") from refused
        return False
    if not isinstance(report, LocationReport):
        raise TypeError(f"a reader returned {type(report).__name__}")
    return True


def seeds() -> list[bytes]:
    """Return real messages of every format, to be damaged."""
    files = sorted(MESSAGES.rglob("*.*"))
    return [raw for _, raw in SAMPLES.values()] + [file.read_bytes() for file in files]


def damaged(random_numbers: random.Random, messages: list[bytes]) -> Iterator[bytes]:
    """Yield messages cut, joined, overwritten and filled, without end."""
    while True:
        raw = bytearray(random_numbers.choice(messages))
        for _ in range(random_numbers.randint(1, 6)):
            start = random_numbers.randint(0, len(raw))
            end = min(len(raw), start + random_numbers.choice((0, 1, 1, 2, 8, 60)))
            filling = random_numbers.choice((
                random_numbers.choice(_TOKENS), random_numbers.randbytes(end - start), b"",
                bytes(raw[start:end]) * 3,
            ))  # fmt: skip
            raw[start:end] = filling
        yield bytes(raw)


def run(seconds: float = 20.0, seed: int = 119) -> dict[str, int]:
    """Damage messages at random for so long; return how many were read and refused."""
    numbers, counts = random.Random(seed), {"read": 0, "refused": 0}
    end = time.monotonic() + seconds
    for raw in damaged(numbers, seeds()):
        name = "auto" if numbers.random() < 0.7 else numbers.choice(FORMATS)
        try:
            counts["read" if check(raw, name) else "refused"] += 1
        except BaseException:
            print(f"format {name}, input {raw!r}", file=sys.stderr)
            raise
        if time.monotonic() > end:
            break
    print(f"fuzz: {counts['read']:,} read, {counts['refused']:,} refused, seed {seed}")
    return counts


def main() -> None:
    """Fuzz for the seconds named on the command line, 20 by default."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    run(seconds, int(sys.argv[2]) if len(sys.argv) > 2 else 119)


if __name__ == "__main__":
    main()
