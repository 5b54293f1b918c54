"""A team in the field over HTTP: what a phone sends, what the desk hears."""

import httpx
import pytest

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, code_of
from tests.conftest_d.under_way import assigned, assignment
from tests.conftest_d.waiting import wait_until


@pytest.mark.parametrize(
    ("body", "is_placed"),
    [
        (b"", False),
        (b"{", False),
        (b'"ajutor"', False),
        (b'{"lon": "est", "lat": 44.4}', False),
        (b'{"lon": 26.2, "lat": 444}', False),
        (b'{"lon": 26.2, "lat": 44.4, "accuracy_m": "?", "fix_at": "ieri"}', True),
        (b'{"lon": 26.2, "lat": 44.4, "accuracy_m": 9, "fix_at": "2020-01-01T00:00:00Z"}', True),
    ],
)
def test_an_sos_is_taken_whatever_the_phone_sends(
    api: ApiServer, dispatcher: httpx.Client, body: bytes, is_placed: bool
) -> None:
    team = api.new_team("B3", at=None)
    phone = api.desk("team", "B3", team_id=team)
    answer = phone.post(f"/v1/teams/{team}/sos", content=body)
    assert answer.status_code == 201, answer.text
    (heard,) = (one for one in dispatcher.get("/v1/alarms").json() if one["team_id"] == str(team))
    assert heard["sounds"]
    assert (heard["place"] == {"lon": 26.2, "lat": 44.4}) == is_placed


def test_an_sos_survives_and_a_dispatcher_who_signs_out_hands_it_over(api: ApiServer) -> None:
    team = api.new_team("B3")
    made = api.desk("team", "B3", team_id=team).post(f"/v1/teams/{team}/sos").json()
    token = api.token("dana", "dispatcher", ("B3",))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=api.base_url, headers=headers, timeout=30) as dana:
        path = f"/v1/alarms/{made['id']}"
        assert dana.post(f"{path}/acknowledge").json()["acknowledged_by"] == "dana"
        assert dana.delete("/v1/sessions").status_code == 204
    desk = api.desk("dispatcher", "B3")
    (heard,) = (one for one in desk.get("/v1/alarms").json() if one["id"] == made["id"])
    assert (heard["sounds"], heard["acknowledged_by"]) == (True, None)
    done = desk.post(f"{path}/settle", json={"reason": "am vorbit"}).json()
    assert done["settle_reason"] == "am vorbit"
    assert code_of(desk.post(f"{path}/acknowledge")) == (409, "alarm_settled")


def test_the_server_itself_notes_what_is_overdue(api: ApiServer, dispatcher: httpx.Client) -> None:
    lent = api.new_team("IF", at=LonLat(26.16, 44.415))
    bound = assigned(api, dispatcher)
    wish = {"team_id": str(lent), "within_s": 30}
    path = f"/v1/incidents/{bound['incident_id']}/aid-requests"
    asked = dispatcher.post(path, json=wish).json()
    assert (asked["waits"], asked["team_county"]) == (True, "IF")
    neighbour = api.desk("dispatcher", "IF")
    (seen,) = (r for r in neighbour.get("/v1/aid-requests").json() if r["id"] == asked["id"])
    assert (seen["incident_id"], seen["incident_number"]) == (None, None)
    assert seen["area"]["type"] in ("Polygon", "MultiPolygon")
    assert api.services.field_watch is not None
    wait_until(lambda: api.services.field_watch and api.services.field_watch.pulse.is_well)
    assert dispatcher.get("/health/ready").json()["checks"]["field_watch"]


@pytest.mark.parametrize("text", ["Unde sunteți?", "<b>nu</b>", "🚓 " * 100])
def test_a_message_comes_as_it_was_written(
    api: ApiServer, dispatcher: httpx.Client, text: str
) -> None:
    bound = assigned(api, dispatcher)
    path = f"/v1/assignments/{bound['id']}/messages"
    wish = {"text": text, "incident_id": bound["incident_id"]}
    assert dispatcher.post(path, json=wish).status_code == 201
    phone = api.desk("team", "B3", team_id=bound["team_id"])
    (got,) = phone.get(path).json()
    assert (got["text"], got["from_team"]) == (text.strip(), False)
    read = {"receipt": "read", "until": got["sent_at"]}
    assert phone.post(f"{path}/receipt", json=read).json()[0]["read_at"]
    assert assignment(dispatcher, bound)["message_at"]
