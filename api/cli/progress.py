"""How far an import is: a bar for a person at a terminal, a line a stage for a log."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

Tell = Callable[[str, int], None]

_LOOK_EVERY_S = 0.3

_WORDS = {
    "reading": "reading",
    "joining": "joining ways at junctions",
    "turns": "turn restrictions",
    "ordering": "ordering junctions",
    "writing": "writing the index",
}


@contextmanager
def told_progress(
    file: Path, stages: tuple[str, ...], stream: TextIO | None = None
) -> Iterator[Tell]:
    """
    Give a function to call with a stage and a count; draws on standard error.

    The share of the file that has been read is asked of the system, so the bar moves
    where the reader itself is silent.
    """
    stream = stream or sys.stderr
    if not stream.isatty():
        yield _lines(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f}%"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=Console(file=stream)) as bar:
        task = bar.add_task(_WORDS[stages[0]], total=float(len(stages)))

        def tell(stage: str, count: int) -> None:
            at = stages.index(stage)
            # Reading is the first step and has shares of its own.
            done = {} if at == 0 else {"completed": float(at)}
            bar.update(task, description=f"{_WORDS[stage]} {count:,}", **done)  # type: ignore[arg-type]

        with _watched(file, lambda share: bar.update(task, completed=share)):
            yield tell
        bar.update(task, completed=float(len(stages)), description="done")


def _lines(stream: TextIO) -> Tell:
    told: set[str] = set()

    def tell(stage: str, count: int) -> None:
        if stage not in told:
            told.add(stage)
            stream.write(f"{_WORDS[stage]}: {count:,}\n")
            stream.flush()

    return tell


@contextmanager
def _watched(file: Path, show: Callable[[float], None]) -> Iterator[None]:
    """Show the share of a file that this process has read, until it is read or closed."""
    over = threading.Event()

    def look() -> None:
        size = max(file.stat().st_size, 1)
        while not over.wait(_LOOK_EVERY_S):
            position = _read_position(file)
            if position is None:
                continue
            show(min(1.0, position / size))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _read_position(file: Path) -> int | None:
    """How far this process has read a file it holds open; None where nobody tells."""
    wanted = file.resolve()
    try:
        for handle in Path("/proc/self/fd").iterdir():
            if _target(handle) == wanted:
                facts = Path("/proc/self/fdinfo", handle.name).read_text(encoding="ascii")
                return int(facts.split(maxsplit=2)[1])
    except (OSError, ValueError, IndexError):
        return None
    return None


def _target(handle: Path) -> Path | None:
    try:
        return handle.readlink()
    except OSError:
        return None
