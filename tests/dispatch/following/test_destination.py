"""Where an assigned team drives to."""

from uuid import uuid4

from dispatch.following.destination import destination_of
from dispatch.views import DriveView
from geodata.points import LonLat
from teams.model import TeamStatus
from tests.conftest_d.recommending import make_position

END, CENTER = LonLat(26.11, 44.44), LonLat(26.12, 44.45)


def drive(end: LonLat | None, center: LonLat | None) -> DriveView:
    position = make_position()
    team_id = position.team_id
    return DriveView(team_id, TeamStatus.EN_ROUTE, position, uuid4(), end, None, center)


def test_a_team_drives_to_the_end_of_the_way_that_was_drawn() -> None:
    assert destination_of(drive(END, CENTER)) == END


def test_without_a_way_it_drives_to_the_middle_of_the_incident() -> None:
    assert destination_of(drive(None, CENTER)) == CENTER


def test_an_incident_without_a_place_gives_no_destination() -> None:
    assert destination_of(drive(None, None)) is None
