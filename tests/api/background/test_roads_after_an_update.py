"""A road index written by another version of the program, and a server that starts all the same."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from api.cli.checks import run_all_checks
from api.settings import Settings
from api.wiring import Services
from geodata.points import LonLat
from geodata.roads.basemap_cells import cell_of
from geodata.roads.hours import next_band_at
from geodata.roads.profiles import BUCHAREST_HOURS
from geodata.roads.publishing.index_directory import read_generation, write_index
from tests.conftest_d.api import ApiServer, running_server
from tests.conftest_d.command_line import CommandLine
from tests.conftest_d.drives import is_by_road
from tests.conftest_d.two_zones import FIELDS, index_of, write_older
from tests.conftest_d.under_way import HOME, assigned, assignment
from tests.conftest_d.waiting import wait_until


class ShiftedClock:
    """The true time, shifted."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.by


@dataclass(frozen=True)
class Updated:
    """A server of a newer version than the one its roads were imported with."""

    settings: Settings
    base_url: str
    services: Services
    clock: ShiftedClock
    old: Path


def old_import(root: Path) -> Path:
    """Write an imported index as another version would have; return its folder."""
    write_index(root, index_of(source_file="romania.osm.pbf"))
    return write_older(root)


@pytest.fixture(scope="module")
def updated(api: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    folder = tmp_path_factory.mktemp("updated")
    old, clock = old_import(folder / "roads"), ShiftedClock()
    database = api.services.settings.database.model_copy(update={"data_dir": folder})
    settings = api.services.settings.model_copy(update={"database": database})
    with running_server(settings, clock=clock) as (base_url, services):
        yield Updated(settings, base_url, services, clock, old)


def test_commands_refuse_it_in_one_line_that_says_what_to_do(
    command_line: type[CommandLine], tmp_path: Path
) -> None:
    old_import(tmp_path / "roads")
    shell = command_line({"DISPATCH119_DATA_DIR": str(tmp_path)})
    refused = shell.run("roads", "info")
    assert refused.code != 0
    assert "romania.osm.pbf was written by another version of the program" in refused.err
    assert "import it again: dispatch119 roads import FILE.osm.pbf" in refused.err
    assert len(refused.err.strip().splitlines()) <= 2
    # Nothing is done about it behind anybody's back.
    assert not (tmp_path / "roads" / "bundled.json").exists()


def test_a_server_starts_with_the_bundled_roads_and_keeps_the_old_files(updated: Updated) -> None:
    travel = updated.services.travel
    assert travel.info()["nodes"] == 34_187
    assert is_by_road(travel, HOME, LonLat(26.12, 44.43), at=datetime.now(UTC))
    assert updated.old.is_dir()
    # It is a directory like any other: closures are followed.
    assert travel.generation is not None
    found = next(one for one in run_all_checks(updated.settings) if one.name == "road index")
    assert found.status == "WARN"
    assert "romania.osm.pbf" in found.message
    assert "import" in found.hint


def test_etas_of_teams_under_way_are_those_of_a_new_hour(
    updated: Updated, api: ApiServer, dispatcher: httpx.Client
) -> None:
    bound = assigned(api, dispatcher)
    now = datetime.now(UTC)
    begin = next_band_at(BUCHAREST_HOURS, now)
    assert begin is not None
    expected = updated.services.travel.profile_name(begin)
    assert bound["eta_profile"] != expected
    updated.clock.by = begin - now
    fresh = wait_until(
        lambda: (one := assignment(dispatcher, bound))["eta_profile"] == expected and one
    )
    assert fresh["eta_s"] != pytest.approx(bound["eta_s"], rel=0.01)
    assert datetime.fromisoformat(fresh["eta_at"]) > begin
    dispatcher.post(f"/v1/assignments/{bound['id']}/release", json={"reason": "test"})
    updated.clock.by = timedelta()


def test_an_import_takes_over_without_a_restart_and_its_hour_is_published(
    updated: Updated, dispatcher: httpx.Client
) -> None:
    (x, y), (field_x, field_y) = cell_of(26.10, 44.43), cell_of(*FIELDS["P"])
    town, field = (f"/v1/basemap/cells/{x}/{y}", f"/v1/basemap/cells/{field_x}/{field_y}")
    roads = [f"{cell}?level={level}" for cell in (town, field) for level in ("main", "minor")]
    roads += ["/v1/basemap?detail=minor", "/v1/basemap/far", f"{town}?level=names"]
    with httpx.Client(base_url=updated.base_url, headers=dispatcher.headers, timeout=30) as page:
        before = {path: page.get(path) for path in [*roads, "/v1/counties"]}
        _import_new_roads(updated)
        after = {
            path: page.get(path, headers={"If-None-Match": old.headers["etag"]})
            for path, old in before.items()
        }
    # Maps follow, for a page that knows the old roads too; borders are what they were.
    assert {path: answer.status_code for path, answer in after.items()} == {
        **dict.fromkeys(roads, 200),
        "/v1/counties": 304,
    }
    assert [set(before[path].json()["roads"]) for path in roads[2:4]] == [set(), set()]
    # Beyond the network the country's motorways are drawn.
    assert [set(after[path].json()["roads"]) for path in roads[:4]] == [
        {"motorway"}, set(), {"primary"}, {"residential"},
    ]  # fmt: skip
    assert max_age(after["/v1/basemap/far"]) <= 60 < max_age(before["/v1/counties"])


def max_age(answer: httpx.Response) -> int:
    return int(answer.headers["cache-control"].partition("max-age=")[2])


def _import_new_roads(updated: Updated) -> None:
    root = updated.settings.database.data_dir / "roads"
    write_index(root, index_of(source_file="new.osm.pbf"))
    travel = updated.services.travel
    wait_until(lambda: travel.info().get("source_file") == "new.osm.pbf")
    wait_until(lambda: travel.in_force.hours)
    assert is_by_road(travel, FIELDS["P"], FIELDS["R"], at=updated.clock())
    wait_until(lambda: not travel._hours.current.own)
    found = next(one for one in run_all_checks(updated.settings) if one.name == "road index")
    assert found.status == "OK"
    assert json.loads((root / "bundled.json").read_text())["index"] != read_generation(root).index
