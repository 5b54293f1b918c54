"""
The same search as `benchmarks.fuzz`, guided by coverage: atheris (libFuzzer) keeps every
input that reaches a line no other has reached, and damages it further.

    python -m benchmarks.fuzz_guided [SECONDS]

It starts from real messages and from what earlier runs have found (`.cache/fuzz/corpus`),
ends by itself, and stops with the input (hexadecimal, and as a file in `.cache/fuzz`) at
the first outcome that is neither a report nor a refusal, or at an input that takes longer
than ten seconds.
"""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache" / "fuzz"
_LONGEST_INPUT = 4_000
_SLOWEST_INPUT_S = 10
_MEMORY_MB = 4_000


def _compiled() -> list[str]:
    """Return the modules that numba compiles: it reads their bytecode, which must stay as it is."""
    files = (
        path
        for path in (ROOT / "geodata").rglob("*.py")
        if any(maker in path.read_text("utf-8") for maker in ("numba", "geodata.kernels import"))
    )
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]


with atheris.instrument_imports(include=["dispatch", "geodata"], exclude=_compiled()):
    from benchmarks.fuzz import check, seeds
    from dispatch.location.reader import FORMATS


def one_input(raw: bytes) -> None:
    """Let the first byte name the format, and read the rest."""
    name = FORMATS[raw[0] % len(FORMATS)] if raw else "auto"
    try:
        check(raw[1:], name)
    except BaseException:
        print(f"format {name}, input {raw[1:].hex()}", file=sys.stderr)
        raise


def write_corpus(folder: Path) -> None:
    """Write every real message twice: to be recognised, and in some of the other formats."""
    for number, raw in enumerate(seeds()):
        (folder / f"auto-{number}").write_bytes(b"\0" + raw)
        for i, _ in enumerate(FORMATS):
            if i % 4 == number % 4:
                (folder / f"named-{number}-{i}").write_bytes(bytes([i]) + raw)


def main() -> None:
    """Search for the seconds named on the command line, 20 by default."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    corpus = FOLDER / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    write_corpus(corpus)
    options = [
        f"-max_total_time={seconds:.0f}",
        f"-max_len={_LONGEST_INPUT}",
        f"-timeout={_SLOWEST_INPUT_S}",
        f"-rss_limit_mb={_MEMORY_MB}",
        f"-artifact_prefix={FOLDER}/",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
