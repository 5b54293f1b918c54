"""How far an import is, for a person and for a log."""

import io
from pathlib import Path

from api.cli.progress import told_progress
from tests.conftest_d.waiting import wait_until

STAGES = ("reading", "joining", "turns", "ordering", "writing")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_log_gets_one_line_a_stage(tmp_path: Path) -> None:
    stream = io.StringIO()
    with told_progress(tmp_path, STAGES, stream) as tell:
        for stage, count in (("reading", 20_000), ("reading", 40_000), ("writing", 7)):
            tell(stage, count)
    assert stream.getvalue() == "reading: 20,000\nwriting the index: 7\n"


def test_a_terminal_gets_a_bar_that_moves_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "x.osm.pbf"
    file.write_bytes(bytes(1000))
    stream = Terminal()
    with told_progress(file, STAGES, stream) as tell, file.open("rb", buffering=0) as opened:
        opened.read(500)
        opened.seek(500)
        wait_until(lambda: "10%" in stream.getvalue())
        tell("writing", 7)
    assert "100%" in stream.getvalue()
