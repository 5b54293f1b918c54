"""Every endpoint refuses who may not use it; a new endpoint without a row here fails."""

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.app import create_app
from tests.api.access.endpoints import ENDPOINTS, ROLES, Endpoint
from tests.conftest_d.api import VASLUI, ApiServer, code_of, report_of, send_report, visiting
from tests.conftest_d.waiting import wait_until

PROTECTED = [endpoint for endpoint in ENDPOINTS if endpoint.allowed is not None]
WRITES = [endpoint for endpoint in PROTECTED if endpoint.method != "GET"]
REFUSED = [
    pytest.param(endpoint, role, id=f"{endpoint}-{role}")
    for endpoint in PROTECTED
    for role in ROLES
    if endpoint.allowed is not None and role not in endpoint.allowed
]


@dataclass(frozen=True, slots=True)
class World:
    """Objects of Sector 3 that strangers try to reach."""

    names: dict[str, str]

    def request(self, client: httpx.Client, endpoint: Endpoint) -> httpx.Response:
        """Send an endpoint's example request about these objects."""
        body = self._filled(json.dumps(endpoint.body)) if endpoint.body is not None else None
        return client.request(
            endpoint.method,
            self._filled(endpoint.path),
            content=body,
            params=endpoint.query,
            headers={"content-type": "application/json"} if body else {},
        )

    def _filled(self, text: str) -> str:
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text


@pytest.fixture(scope="module")
def world(api: ApiServer) -> World:
    desk = api.desk("dispatcher", "B3")
    call = send_report(desk)
    team_id = str(api.new_team("B3"))
    assigned = desk.post(
        f"/v1/incidents/{call['incident_id']}/assignments",
        json={"team_id": team_id, "reason": "test"},
    )
    path = f"/v1/incidents/{call['incident_id']}"
    handover = desk.post(f"{path}/handovers", json={"danger": "pericol"}).json()
    child = next(one.body for one in ENDPOINTS if one.path.endswith("missing-child-drafts"))
    draft = desk.post(f"{path}/missing-child-drafts", json=child).json()
    number = "+40700620001"
    known = send_report(desk, report_of(caller=number))
    send_report(api.desk("dispatcher", "VS"), report_of(VASLUI, caller=number))

    def offered() -> list[dict[str, Any]]:
        rows = desk.get("/v1/offered-reports").json()
        return [one for one in rows if one["known_call_id"] == known["call_id"]]

    wait_until(offered)
    (offer,) = offered()
    ring = {"line": "119-1", "county": "B3"}
    ringing = api.desk("telephone", "B3").post("/v1/calls/ringing", json=ring).json()
    alarm = desk.post(f"/v1/teams/{team_id}/sos").json()
    wish = {"team_id": str(api.new_team("IF"))}
    aid = desk.post(f"/v1/incidents/{known['incident_id']}/aid-requests", json=wish).json()
    path = f"/v1/incidents/{send_report(desk)['incident_id']}"
    move = {"to": "county", "county": "AB", "reason": "test"}
    assert desk.post(f"{path}/transfer", json=move).status_code == 200
    [transfer] = desk.get("/v1/transfer-offers").json()
    return World(
        {
            "transfer_id": transfer["id"],
            "column": "1172",
            "row": "741",
            "call_id": call["call_id"],
            "offer_id": offer["id"],
            "incident_id": call["incident_id"],
            "team_id": team_id,
            "assignment_id": assigned.json()["id"],
            "handover_id": handover["id"],
            "draft_id": draft["id"],
            "ringing_id": ringing["id"],
            "alarm_id": alarm["id"],
            "aid_id": aid["id"],
            "username": "nobody",
        }
    )


def test_the_table_names_every_endpoint() -> None:
    paths: dict[str, dict[str, Any]] = create_app().openapi()["paths"]
    offered = {
        (method.upper(), path) for path, operations in paths.items() for method in operations
    }
    assert offered == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}


@pytest.mark.parametrize("endpoint", PROTECTED, ids=str)
def test_without_credentials_it_is_refused(
    endpoint: Endpoint, world: World, visitor: httpx.Client
) -> None:
    answer = world.request(visitor, endpoint)
    assert code_of(answer) == (401, "authentication_required")


@pytest.mark.parametrize("endpoint", PROTECTED, ids=str)
def test_a_wrong_token_is_refused_in_its_own_words(
    endpoint: Endpoint, world: World, visitor: httpx.Client
) -> None:
    visitor.headers["Authorization"] = "Bearer made-up"
    assert code_of(world.request(visitor, endpoint)) == (401, "invalid_token")


@pytest.mark.parametrize(("endpoint", "role"), REFUSED)
def test_a_role_without_the_right_is_refused(
    endpoint: Endpoint, role: str, world: World, api: ApiServer
) -> None:
    answer = world.request(api.desk(role, "B3"), endpoint)
    assert code_of(answer) == (403, "forbidden_role")


@pytest.mark.parametrize(
    "endpoint", [endpoint for endpoint in PROTECTED if endpoint.has_object], ids=str
)
def test_another_countys_object_is_not_found(
    endpoint: Endpoint, world: World, api: ApiServer
) -> None:
    alone = endpoint.allowed if endpoint.allowed in ({"team"}, {"telephone"}) else None
    role = next(iter(alone)) if alone else "supervisor"
    team_id = api.new_team("VS") if role == "team" else None
    answer = world.request(api.desk(role, "VS", team_id=team_id), endpoint)
    assert code_of(answer) == (404, "not_found")


@pytest.mark.parametrize("endpoint", WRITES, ids=str)
def test_a_cookie_alone_writes_nothing(endpoint: Endpoint, world: World, api: ApiServer) -> None:
    token = api.desk("supervisor", "B3").headers["Authorization"].split()[1]
    with visiting(api.base_url, cookies={"dispatch119_session": token}) as browser:
        assert code_of(world.request(browser, endpoint)) == (403, "csrf_header_missing")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/calls",
        "/v1/incidents",
        "/v1/teams",
        "/v1/assignments",
        "/v1/map/features",
        "/v1/handovers",
    ],
)
def test_a_list_shows_the_own_county_only(
    path: str, world: World, api: ApiServer, dispatcher: httpx.Client, foreigner: httpx.Client
) -> None:
    names = [world.names[name] for name in ("call_id", "incident_id", "team_id", "assignment_id")]
    own, other = dispatcher.get(path).text, foreigner.get(path).text
    assert any(name in own for name in names)
    assert not any(name in other for name in names)


def test_the_audit_of_another_county_is_not_shown(world: World, api: ApiServer) -> None:
    own = api.desk("supervisor", "B3").get("/v1/audit").text
    other = api.desk("supervisor", "VS").get("/v1/audit").text
    assert world.names["incident_id"] in own
    assert world.names["incident_id"] not in other
