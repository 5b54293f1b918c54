"""The scripted night, as `make demo` runs it: without a terminal, to its own end."""

import inspect
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.cli.serving import demo
from api.demo.crew import synthetic_teams
from api.demo.stage import create_teams, report_standing
from api.demo.telling import Teller
from dispatch import services as use_cases
from dispatch.handover.cap import check_cap
from dispatch.words.catalogue import load_catalogue
from teams.model import TeamStatus
from tests.conftest_d.api import ADMIN, ApiServer
from tests.conftest_d.command_line import CommandLine, Outcome

# The night has a database of its own.
pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def night(out: Path, command_line: type[CommandLine]) -> Outcome:
    settings = {"DISPATCH119_DATA_DIR": str(out / "data")}
    return command_line(settings).run("demo", "--output-dir", str(out / "map"), "--language", "en")


def test_the_demonstration_speaks_romanian_unless_asked() -> None:
    assert inspect.signature(demo).parameters["language"].default == "ro"


@pytest.mark.parametrize(
    ("count", "ends"),
    [
        (0, "0 cazuri rezolvate"),
        (1, "un caz rezolvat"),
        (12, "12 cazuri rezolvate"),
        (20, "20 de cazuri rezolvate"),
        (101, "101 cazuri rezolvate"),
    ],
)
def test_the_last_line_counts_as_romanian_does(count: int, ends: str) -> None:
    assert load_catalogue("ro").word("demo.resolved", n=count) == ends


def test_a_line_in_romanian_has_romanian_figures_and_words() -> None:
    lines: list[str] = []
    teller, at = Teller(lines.append, "ro"), datetime(2026, 2, 13, 21, tzinfo=UTC)
    owner = {"code": "B2", "name": "Sectorul 2", "population_share": 0.5304, "area_share": 0.591}
    answer = {
        "owner": "B2",
        "counties": [owner],
        "ambiguous": False,
        "outside_share": 0.41,
        "incident_number": "B2-2026-000001",
    }
    teller.county(at, 3, answer)
    teller.resolved(at, 3, {"number": "B2-2026-000001", "resolution": "child_safe"})
    assert lines[0].startswith("23:00:00  #3  județ")
    assert "p=0,530 (suprafață 0,59), în afara țării 41 % →" in lines[0]
    assert lines[1].endswith("B2-2026-000001 Copilul este în siguranță")


def lines_of(night: Outcome, call: int) -> str:
    return "\n".join(line for line in night.out.splitlines() if re.search(rf"#{call}\b", line))


def test_the_night_ends_by_itself_with_nothing_left_open(night: Outcome) -> None:
    assert night.code == 0, night.err
    assert "13 calls, 12 incidents resolved, 0 left open" in night.out


def test_a_call_goes_all_the_way_from_message_to_resolution(night: Outcome) -> None:
    steps = re.findall(r"#1\s+(\w+)", night.out)
    assert steps == ["call", "county", "team", "assigned", "arrival", "resolution"]


def test_an_update_and_the_callers_words_move_a_call_to_another_county(night: Outcome) -> None:
    steps = re.findall(r"#4\s+(\w+)", night.out)
    further = ["update", "said", "transfer"]
    assert steps == ["call", "county", *further, "team", "assigned", "arrival", "resolution"]
    assert re.search(r"update .*aml.* → Ilfov .*incident stays with B1", lines_of(night, 4))
    assert re.search(
        r"transfer +B1-2026-\d+ → IF by dispatcher-b1, accepted by dispatcher-if",
        lines_of(night, 4),
    )


def test_a_call_on_a_border_is_called_ambiguous(night: Outcome) -> None:
    assert re.search(r"Sectorul 2 .*ambiguous.*Sectorul 3", lines_of(night, 3))


def test_a_time_without_roads_is_marked_as_an_estimate(night: Outcome) -> None:
    assert "ESTIMATE, no road graph" in lines_of(night, 7)
    assert "ESTIMATE" not in lines_of(night, 1)


def test_of_two_who_want_the_same_team_one_is_refused(night: Outcome) -> None:
    both = lines_of(night, 10) + lines_of(night, 11)
    assert both.count("[team_already_assigned]") == 1
    assert both.count("assigned  ") == 2


def test_misdial_112_and_psychologists_end_as_what_they_are(night: Outcome) -> None:
    words = load_catalogue("en")
    ends = {2: "misdial", 8: "transferred_112", 9: "transferred_psychologists"}
    for call, resolution in ends.items():
        assert words.word(f"resolution.{resolution}") in lines_of(night, call)


def test_the_call_for_112_is_handed_over_delivered_and_acknowledged(night: Outcome) -> None:
    told = re.findall(r"#8\s+112\s+(.*)", night.out)
    assert [line.split()[0] for line in told] == ["hand-over", "delivered", "acknowledged,"]
    assert "112-DEMO-" in told[-1]


def test_the_missing_child_leaves_a_valid_draft_and_no_alert(night: Outcome, out: Path) -> None:
    [path] = re.findall(r"#12\s+draft .*: (/.*\.cap\.xml)$", night.out, re.MULTILINE)
    raw = Path(path).read_bytes()
    assert Path(path).parent == out / "map"
    assert check_cap(raw) == []
    assert b"<status>Draft</status>" in raw


def test_the_map_is_one_file_that_asks_nobody(night: Outcome, out: Path) -> None:
    assert night.code == 0
    page = (out / "map" / "live-map.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:script|link|img|iframe)[^>]*https?://", page)


def test_nothing_of_the_night_is_left_behind(night: Outcome, out: Path) -> None:
    assert night.code == 0
    assert not list((out / "data").glob("demo-*"))


def test_standing_teams_stay_fresh_and_moved_ones_are_left_alone(api: ApiServer) -> None:
    services = api.services
    teams = synthetic_teams(services.ground.counties, seed=119)
    team_ids = create_teams(services, teams)
    everybody = report_standing(services, teams, team_ids)
    busy = team_ids["B1-1"]
    use_cases.set_team_status(services.engine, ADMIN, busy, TeamStatus.OUT_OF_SERVICE)
    assert report_standing(services, teams, team_ids) == everybody - 1
    assert use_cases.get_team(services.engine, ADMIN, busy).team.position is not None
