"""
`dispatch119 demo`: play the night on a database of its own, write the map, and end.

The demonstration never touches the configured database: it makes a cluster in a
folder of its own and removes it afterwards.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.demo.clock import SteppedClock
from api.demo.desk import Json
from api.demo.night import Night
from api.demo.receiver import Receiver
from api.demo.scenario import NIGHT, NIGHT_BEGINS
from api.demo.stage import Stage, prepared_stage
from api.demo.stream_watch import StreamWatch
from api.demo.telling import Teller
from api.settings import Settings
from dispatch.words.catalogue import load_catalogue
from geodata.database.embedded import remove_cluster
from maps.ground import counties_geojson, places_rows
from maps.pages.assets import default_vendor_dir, missing_vendor_files
from maps.pages.screenshot import take_screenshot
from maps.pages.snapshot import write_static_map

_FOLDER = "demo-"


def run(settings: Settings, *, seed: int, output_dir: Path, language: str) -> int:
    """
    Play the night; return the exit status (0 when every call came to its end).

    Raises
    ------
    RefusedError
        A prerequisite is missing; code and hint say which.
    """
    started = time.monotonic()
    words = load_catalogue(language)
    clock = SteppedClock(NIGHT_BEGINS)
    with _own_folder(settings.database.data_dir) as folder:
        database = settings.database.model_copy(update={"database_url": None, "data_dir": folder})
        # Nothing of a demonstration goes to a real receiver, whatever is configured.
        handover = settings.handover.model_copy(
            update={
                "handover_url": None,
                "handover_folder": folder / "handover",
                "handover_poll_s": 0.25,
            }
        )
        own = settings.model_copy(update={"database": database, "handover": handover})
        receiver = Receiver(folder / "handover", output_dir.resolve())
        with prepared_stage(own, clock, seed=seed, language=language) as stage:
            teams = words.word("demo.teams", n=len(stage.teams))
            _say(f"dispatch119 demo · {stage.base_url} · {teams}")
            with StreamWatch(stage.base_url, stage.desks["supervisor"].token) as watch:
                night = Night(stage, clock, Teller(_say, language), receiver)
                busiest = night.play()
            left_open = night.left_open
            files = _write_map(stage, busiest, output_dir, language)
    _say("")
    _say(words.word("demo.events", n=watch.events))
    for title, path in files:
        _say(f"{title}: {path}")
    ends = (
        words.word("demo.calls", n=len(NIGHT)),
        words.word("demo.resolved", n=night.resolved),
        words.word("demo.left_open", n=left_open),
    )
    _say(f"{', '.join(ends)} · {words.fixed(time.monotonic() - started, 1)} s")
    return 0 if not left_open and watch.events else 1


@contextmanager
def _own_folder(data_dir: Path) -> Iterator[Path]:
    """Make a folder for this run; remove it afterwards, and those that killed runs left."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for left in data_dir.glob(f"{_FOLDER}*"):
        pid = left.name.removeprefix(_FOLDER)
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            remove_cluster(left)
    folder = data_dir / f"{_FOLDER}{os.getpid()}"
    folder.mkdir()
    try:
        yield folder
    finally:
        remove_cluster(folder)


def _write_map(
    stage: Stage, features: Json, output_dir: Path, language: str
) -> list[tuple[str, Path]]:
    words = load_catalogue(language)
    missing = missing_vendor_files(default_vendor_dir())
    if missing:
        _say(words.word("demo.no_assets", name=missing[0]))
        return []
    ground = stage.services.ground
    page = write_static_map(
        output_dir.resolve() / "live-map.html",
        features,
        counties=counties_geojson(ground.counties),
        basemap=stage.services.travel.basemap_geojson(),
        places=places_rows(ground.localities),
        language=language,
    )
    files = [(words.word("demo.map"), page)]
    picture = take_screenshot(page, page.with_suffix(".png"))
    if picture is not None:
        files.append((words.word("demo.picture"), picture))
    else:
        _say(words.word("demo.no_picture"))
    return files


def _say(line: str) -> None:
    # Flushed line by line: somebody may be watching through a pipe.
    print(line, flush=True)  # noqa: T201  # this is the command's output
