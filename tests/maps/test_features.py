"""What each role gets to see of one moment."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dispatch.roles import Viewer
from geodata.points import LonLat
from maps.features import feature_collection
from maps.snapshot import IncidentOnMap, MapSnapshot, RouteOnMap, TeamOnMap
from teams.model import PositionReport, Team, TeamStatus

NOW = datetime(2026, 3, 1, 1, 12, tzinfo=UTC)
TITAN, BUFTEA = LonLat(26.16, 44.42), LonLat(25.95, 44.56)
AREA = {
    "type": "Polygon",
    "coordinates": [[[26.1, 44.4], [26.2, 44.4], [26.2, 44.5], [26.1, 44.4]]],
}


def incident(county: str = "B3", **values: Any) -> IncidentOnMap:
    given: dict[str, Any] = {
        "number": f"{county}-2026-000001",
        "state": "open",
        "opened_at": NOW,
        "place": TITAN,
        "area": AREA,
        "confidence": 0.95,
        "owner_share": 0.83,
    }
    return IncidentOnMap(id=uuid4(), county=county, **(given | values))


def team(county: str = "B3", *, age_s: float | None = 10, **values: Any) -> Team:
    ident = uuid4()
    fix_at = NOW - timedelta(seconds=age_s or 0)
    fix = PositionReport(ident, TITAN, fix_at, fix_at, heading_deg=90.0, speed_ms=8.0)
    given: dict[str, Any] = {"status": TeamStatus.AVAILABLE, "staffing": 2, "base": BUFTEA}
    return Team(
        id=ident,
        callsign=f"{county}-01",
        county=county,
        position=None if age_s is None else fix,
        **(given | values),
    )


def on_duty(case: IncidentOnMap, crew: Team) -> TeamOnMap:
    return TeamOnMap(crew, incident_id=case.id, incident_county=case.county)


def route(case: IncidentOnMap, crew: Team, source: str = "road") -> RouteOnMap:
    return RouteOnMap(crew.id, case.id, case.county, [BUFTEA, TITAN], NOW, source)


def seen(snapshot: MapSnapshot, role: str, *counties: str, team_id: UUID | None = None) -> Any:
    viewer = Viewer(role, frozenset(counties), team_id)
    return feature_collection(snapshot, viewer)["features"]


def kinds(features: list[Any]) -> Counter[str]:
    return Counter(feature["properties"]["kind"] for feature in features)


def a_night() -> tuple[MapSnapshot, IncidentOnMap, Team]:
    case, crew = incident(state="en_route"), team()
    teams = [on_duty(case, crew), TeamOnMap(team("VS"))]
    return MapSnapshot(NOW, [case, incident("VS")], teams, [route(case, crew)]), case, crew


@pytest.mark.parametrize("role", ["operator", "dispatcher", "supervisor"])
def test_a_centre_sees_its_own_county_and_nothing_of_another(role: str) -> None:
    features = seen(a_night()[0], role, "B3")
    assert kinds(features) == {"caller_area": 1, "incident": 1, "team": 1, "route": 1}
    assert "VS" not in str(features)


def test_a_team_sees_itself_its_incident_and_its_route() -> None:
    snapshot, case, crew = a_night()
    features = seen(snapshot, "team", "B3", team_id=crew.id)
    assert kinds(features) == {"caller_area": 1, "incident": 1, "team": 1, "route": 1}
    assert {f["properties"].get("incident_id") for f in features} == {str(case.id)}


def test_a_team_without_an_incident_sees_no_incident_of_its_county() -> None:
    idle = team()
    snapshot = MapSnapshot(NOW, [incident()], [TeamOnMap(idle)])
    assert kinds(seen(snapshot, "team", "B3", team_id=idle.id)) == {"team": 1}


@pytest.mark.parametrize("role", ["planner", "administrator"])
def test_a_planner_sees_counts_without_a_place(role: str) -> None:
    (count,) = seen(a_night()[0], role, "B3")
    assert count["geometry"] is None
    assert count["properties"] == {
        "kind": "county_count",
        "county": "B3",
        "open_incidents": 1,
        "teams_on_shift": 1,
        "teams_available": 1,
    }


def test_an_unknown_role_sees_nothing() -> None:
    assert seen(a_night()[0], "visitor", "B3", "VS") == []


def test_a_lent_team_is_seen_at_work_but_not_on_which_incident() -> None:
    case, crew = incident("IF"), team("B3")
    snapshot = MapSnapshot(NOW, [case], [on_duty(case, crew)], [route(case, crew)])
    (feature,) = seen(snapshot, "dispatcher", "B3")
    assert feature["properties"]["incident_id"] is None


def test_a_helping_team_of_a_neighbour_is_seen_by_the_county_it_helps() -> None:
    case, crew = incident("IF"), team("B3")
    snapshot = MapSnapshot(NOW, [case], [on_duty(case, crew)])
    assert kinds(seen(snapshot, "dispatcher", "IF"))["team"] == 1


@pytest.mark.parametrize(("age_s", "age"), [(10, "fresh"), (300, "ageing"), (700, "stale")])
def test_the_age_of_a_position_is_told(age_s: float, age: str) -> None:
    (feature,) = seen(MapSnapshot(NOW, teams=[TeamOnMap(team(age_s=age_s))]), "dispatcher", "B3")
    assert feature["properties"]["position_age_s"] == age_s
    assert feature["properties"]["age"] == age


def test_a_team_without_a_position_is_drawn_at_its_base_and_says_so() -> None:
    (feature,) = seen(MapSnapshot(NOW, teams=[TeamOnMap(team(age_s=None))]), "dispatcher", "B3")
    assert feature["geometry"]["coordinates"] == list(BUFTEA)
    assert feature["properties"]["at_base"] is True


def test_an_estimated_route_is_marked() -> None:
    case, crew = incident(), team()
    snapshot = MapSnapshot(NOW, [case], [on_duty(case, crew)], [route(case, crew, "estimate")])
    features = seen(snapshot, "dispatcher", "B3")
    assert [f["properties"]["source"] for f in features if "source" in f["properties"]] == [
        "estimate"
    ]


def test_an_incident_without_a_place_is_in_no_layer() -> None:
    assert seen(MapSnapshot(NOW, [incident(place=None, area=None)]), "dispatcher", "B3") == []
