"""
Every endpoint with who may use it and a body it understands.

`tests/api/access/test_endpoint_rights.py` compares this table with the application's own
OpenAPI document, so an endpoint cannot be added without saying here who may use it.
"""

from dataclasses import dataclass, field
from typing import Any

OPERATOR, DISPATCHER, TEAM = "operator", "dispatcher", "team"
PLANNER, SUPERVISOR, ADMINISTRATOR = "planner", "supervisor", "administrator"
TELEPHONE = "telephone"
ROLES = (OPERATOR, DISPATCHER, TEAM, PLANNER, SUPERVISOR, ADMINISTRATOR, TELEPHONE)

SIGNED_IN = frozenset(ROLES)
EVERYBODY = SIGNED_IN - {TELEPHONE}
CALL_TAKERS = frozenset({OPERATOR, DISPATCHER, SUPERVISOR})
DISPATCHERS = frozenset({DISPATCHER, SUPERVISOR})
SUPERVISORS = frozenset({SUPERVISOR})
POLICY_MAKERS = frozenset({SUPERVISOR, ADMINISTRATOR})
WITH_TEAMS = CALL_TAKERS | {TEAM}

REPORT = {"shape": {"type": "Point", "center": [26.16, 44.415]}, "caller": "+40700000009"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation; `allowed` is None for public ones."""

    method: str
    path: str
    allowed: frozenset[str] | None
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def has_object(self) -> bool:
        """Tell whether the path names an object that belongs to a county."""
        return any(
            name in self.path
            for name in (
                "{call_id}",
                "{incident_id}",
                "{assignment_id}",
                "{team_id}",
                "{handover_id}",
                "{draft_id}",
                "{offer_id}",
                "{transfer_id}",
                "{ringing_id}",
                "{alarm_id}",
                "{aid_id}",
            )
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


_WHY = {"reason": "because"}
_CHILD = {
    "name": "Ana",
    "missing_since": "2026-03-14T22:00:00Z",
    "last_seen": "Galați",
    "zone_name": "Galați",
}
# One line each, so that the table can be read down its columns.
# ruff: noqa: E501
ENDPOINTS = (
    Endpoint("POST", "/v1/sessions", None, {"username": "nobody", "password": "x"}),
    Endpoint("DELETE", "/v1/sessions", SIGNED_IN),
    Endpoint("GET", "/v1/me", SIGNED_IN),
    Endpoint("POST", "/v1/tokens", SIGNED_IN),
    Endpoint("GET", "/v1/tokens", SIGNED_IN),
    Endpoint("DELETE", "/v1/tokens/{session_id}", SIGNED_IN),
    Endpoint("POST", "/v1/me/password", SIGNED_IN, {"old": "x", "new": "x"}),
    Endpoint("POST", "/v1/location-reports", CALL_TAKERS, REPORT),
    Endpoint("POST", "/v1/aml", CALL_TAKERS, REPORT),
    Endpoint("POST", "/v1/calls/{call_id}/reports", CALL_TAKERS, REPORT),
    Endpoint("POST", "/v1/calls/{call_id}/network-location", CALL_TAKERS),
    Endpoint("POST", "/v1/calls/ringing", frozenset({TELEPHONE}), {"line": "119-1", "county": "B3"}),
    Endpoint("POST", "/v1/calls/ringing/{ringing_id}/hung-up", frozenset({TELEPHONE})),
    Endpoint("GET", "/v1/calls/ringing", CALL_TAKERS),
    Endpoint("GET", "/v1/calls/ringing/{ringing_id}", CALL_TAKERS),
    Endpoint("POST", "/v1/calls/ringing/{ringing_id}/claim", CALL_TAKERS, {"post": "1"}),
    Endpoint("POST", "/v1/calls/ringing/{ringing_id}/hand-back", CALL_TAKERS),
    Endpoint("POST", "/v1/calls/ringing/{ringing_id}/end", CALL_TAKERS, {"outcome": "answered"}),
    Endpoint("GET", "/v1/centres", SUPERVISORS),
    Endpoint("POST", "/v1/incidents/search", CALL_TAKERS, {"words": "plânge"}),
    Endpoint("GET", "/v1/incidents/{incident_id}/trail", SUPERVISORS),
    Endpoint("POST", "/v1/incidents/{incident_id}/closing/confirm", CALL_TAKERS, {"expected_version": 1}),
    Endpoint("POST", "/v1/incidents/{incident_id}/closing/return", CALL_TAKERS, _WHY | {"expected_version": 1}),
    Endpoint("GET", "/v1/closing-policies", POLICY_MAKERS),
    Endpoint("PUT", "/v1/closing-policies/{county}", POLICY_MAKERS, {"four_eyes": False}),
    Endpoint("GET", "/v1/audit/export", POLICY_MAKERS),
    Endpoint("GET", "/v1/calls", CALL_TAKERS),
    Endpoint("GET", "/v1/calls/{call_id}", CALL_TAKERS),
    Endpoint("GET", "/v1/calls/{call_id}/standing", CALL_TAKERS),
    Endpoint("GET", "/v1/calls/{call_id}/draft", CALL_TAKERS),
    Endpoint("PUT", "/v1/calls/{call_id}/draft", CALL_TAKERS, {"expected_version": 0, "what": "plânge"}),
    Endpoint("POST", "/v1/calls/{call_id}/misdial", CALL_TAKERS),
    Endpoint("POST", "/v1/calls/{call_id}/join", CALL_TAKERS, _WHY | {"incident_id": "{incident_id}"}),
    Endpoint("POST", "/v1/calls/{call_id}/open", CALL_TAKERS, _WHY | {"county": "B3"}),
    Endpoint("GET", "/v1/offered-reports", CALL_TAKERS),
    Endpoint("POST", "/v1/offered-reports/{offer_id}/take-in", CALL_TAKERS),
    Endpoint("POST", "/v1/offered-reports/{offer_id}/keep-apart", CALL_TAKERS),
    Endpoint("GET", "/v1/incidents", WITH_TEAMS),
    Endpoint("GET", "/v1/incidents/{incident_id}", WITH_TEAMS),
    Endpoint("GET", "/v1/incidents/{incident_id}/timeline", WITH_TEAMS),
    Endpoint("GET", "/v1/incidents/{incident_id}/told", WITH_TEAMS),
    Endpoint("POST", "/v1/incidents/{incident_id}/misdial", CALL_TAKERS),
    Endpoint("POST", "/v1/incidents/{incident_id}/transfer", CALL_TAKERS, _WHY | {"to": "112"}),
    Endpoint("GET", "/v1/transfer-offers", CALL_TAKERS),
    Endpoint("POST", "/v1/transfer-offers/{transfer_id}/accept", CALL_TAKERS),
    Endpoint("POST", "/v1/transfer-offers/{transfer_id}/return", CALL_TAKERS, _WHY),
    Endpoint("POST", "/v1/transfer-offers/{transfer_id}/withdraw", CALL_TAKERS),
    Endpoint("POST", "/v1/incidents/{incident_id}/reopen", CALL_TAKERS, _WHY),
    Endpoint("POST", "/v1/incidents/{incident_id}/close", CALL_TAKERS, {"resolution": "other"}),
    Endpoint("POST", "/v1/incidents/{incident_id}/place", CALL_TAKERS, {"lon": 26.15, "lat": 44.42}),
    Endpoint("POST", "/v1/incidents/{incident_id}/place/withdraw", CALL_TAKERS, _WHY),
    Endpoint("PUT", "/v1/incidents/{incident_id}/presence", CALL_TAKERS, {"is_writing": True}),
    Endpoint("DELETE", "/v1/incidents/{incident_id}/presence", CALL_TAKERS),
    Endpoint("POST", "/v1/incidents/{incident_id}/notes", CALL_TAKERS, {"text": "a note"}),
    Endpoint("POST", "/v1/incidents/{incident_id}/handovers", CALL_TAKERS, {"danger": "pericol"}),
    Endpoint("GET", "/v1/incidents/{incident_id}/handovers", CALL_TAKERS),
    Endpoint("GET", "/v1/handovers", CALL_TAKERS),
    Endpoint("GET", "/v1/handovers/{handover_id}", CALL_TAKERS),
    Endpoint("GET", "/v1/handovers/{handover_id}/eido", CALL_TAKERS),
    Endpoint("GET", "/v1/handovers/{handover_id}/pdf", CALL_TAKERS),
    Endpoint("POST", "/v1/handovers/{handover_id}/acknowledge", CALL_TAKERS, {"reference": "112-1"}),
    Endpoint("POST", "/v1/handovers/{handover_id}/retry", CALL_TAKERS),
    Endpoint("POST", "/v1/incidents/{incident_id}/missing-child-drafts", CALL_TAKERS, _CHILD),
    Endpoint("GET", "/v1/incidents/{incident_id}/missing-child-drafts", CALL_TAKERS),
    Endpoint("GET", "/v1/missing-child-drafts/{draft_id}/cap", CALL_TAKERS),
    Endpoint("GET", "/v1/incidents/{incident_id}/recommendation", CALL_TAKERS),
    Endpoint("POST", "/v1/incidents/{incident_id}/assignments", DISPATCHERS, _WHY | {"team_id": "{team_id}"}),
    Endpoint("GET", "/v1/assignments", WITH_TEAMS),
    Endpoint("POST", "/v1/assignments/{assignment_id}/release", DISPATCHERS, _WHY),
    Endpoint("POST", "/v1/assignments/{assignment_id}/reassign", DISPATCHERS, _WHY | {"team_id": "{team_id}"}),
    Endpoint("POST", "/v1/assignments/{assignment_id}/receipt", frozenset({TEAM}), {"receipt": "read"}),
    Endpoint("POST", "/v1/assignments/{assignment_id}/answer", DISPATCHERS | {TEAM}, {"answer": "accepted"}),
    Endpoint("GET", "/v1/assignments/{assignment_id}/messages", DISPATCHERS | {TEAM}),
    Endpoint("POST", "/v1/assignments/{assignment_id}/messages", DISPATCHERS | {TEAM}, {"text": "Unde sunteți?"}),
    Endpoint("POST", "/v1/assignments/{assignment_id}/messages/receipt", DISPATCHERS | {TEAM}, {"receipt": "read", "until": "2026-01-01T00:00:00Z"}),
    Endpoint("POST", "/v1/assignments/{assignment_id}/check-in", DISPATCHERS | {TEAM}, _WHY),
    Endpoint("POST", "/v1/assignments/{assignment_id}/check-in-timer", DISPATCHERS | {TEAM}, {"every_minutes": 20}),
    Endpoint("POST", "/v1/teams/{team_id}/sos", DISPATCHERS | {TEAM}, {"lon": 26.16, "lat": 44.41}),
    Endpoint("GET", "/v1/alarms", CALL_TAKERS | {TEAM}),
    Endpoint("POST", "/v1/alarms/{alarm_id}/acknowledge", DISPATCHERS),
    Endpoint("POST", "/v1/alarms/{alarm_id}/settle", DISPATCHERS, _WHY),
    Endpoint("POST", "/v1/incidents/{incident_id}/aid-requests", DISPATCHERS, {"team_id": "{team_id}"}),
    Endpoint("GET", "/v1/aid-requests", CALL_TAKERS),
    Endpoint("POST", "/v1/aid-requests/{aid_id}/accept", DISPATCHERS),
    Endpoint("POST", "/v1/aid-requests/{aid_id}/refuse", DISPATCHERS, _WHY),
    Endpoint("POST", "/v1/aid-requests/{aid_id}/withdraw", DISPATCHERS),
    Endpoint("GET", "/v1/teams", WITH_TEAMS),
    Endpoint("POST", "/v1/teams", frozenset({SUPERVISOR, ADMINISTRATOR}), {"callsign": "B3-X", "county": "B3"}),
    Endpoint("GET", "/v1/teams/{team_id}", WITH_TEAMS),
    Endpoint("GET", "/v1/teams/{team_id}/track", DISPATCHERS, query={"since": "2026-01-01T00:00:00Z"}),
    Endpoint("POST", "/v1/teams/{team_id}/status", DISPATCHERS | {TEAM}, {"status": "out_of_service"}),
    Endpoint("POST", "/v1/teams/{team_id}/positions", frozenset({TEAM}), {"lon": 26.16, "lat": 44.41, "fix_at": "2026-01-01T00:00:00Z"}),
    Endpoint("POST", "/v1/road-closures", DISPATCHERS, _WHY | {"spot": {"lon": 26.16, "lat": 44.415}, "valid_until": "2026-01-01T00:00:00Z"}),
    Endpoint("POST", "/v1/road-closures/preview", DISPATCHERS, _WHY | {"spot": {"lon": 26.16, "lat": 44.415}}),
    Endpoint("GET", "/v1/road-closures", EVERYBODY),
    Endpoint("GET", "/v1/road-closures/{closure_id}", EVERYBODY),
    Endpoint("POST", "/v1/road-closures/{closure_id}/end", DISPATCHERS),
    Endpoint("POST", "/v1/closure-requests", DISPATCHERS, _WHY | {"spot": {"lon": 26.16, "lat": 44.415}, "valid_until": "2026-01-01T00:00:00Z"}),
    Endpoint("POST", "/v1/closure-requests/preview", DISPATCHERS, _WHY | {"spot": {"lon": 26.16, "lat": 44.415}}),
    Endpoint("GET", "/v1/closure-requests", DISPATCHERS),
    Endpoint("GET", "/v1/closure-requests/{request_id}", DISPATCHERS),
    Endpoint("POST", "/v1/closure-requests/{request_id}/accept", DISPATCHERS),
    Endpoint("POST", "/v1/closure-requests/{request_id}/refuse", DISPATCHERS, _WHY),
    Endpoint("POST", "/v1/closure-requests/{request_id}/withdraw", DISPATCHERS),
    Endpoint("POST", "/lost", None),
    Endpoint("GET", "/v1/changed", EVERYBODY),
    Endpoint("GET", "/v1/map/features", EVERYBODY),
    Endpoint("GET", "/v1/map/places", EVERYBODY),
    Endpoint("GET", "/v1/counties", EVERYBODY),
    Endpoint("GET", "/v1/places", EVERYBODY, query={"q": "titan"}),
    Endpoint("GET", "/v1/places/at", EVERYBODY, query={"lon": "26.15", "lat": "44.42"}),
    Endpoint("GET", "/v1/basemap", EVERYBODY),
    Endpoint("GET", "/v1/basemap/far", EVERYBODY),
    Endpoint("GET", "/v1/basemap/cells/{column}/{row}", EVERYBODY),
    Endpoint("GET", "/v1/isochrones", DISPATCHERS | {PLANNER}, query={"lon": "26.1", "lat": "44.43"}),
    Endpoint("GET", "/v1/stream", EVERYBODY),
    Endpoint("GET", "/v1/audit", frozenset({SUPERVISOR, ADMINISTRATOR})),
    Endpoint("GET", "/v1/audit/verdict", frozenset({SUPERVISOR, ADMINISTRATOR})),
    Endpoint("GET", "/v1/accounts", frozenset({ADMINISTRATOR})),
    Endpoint("POST", "/v1/accounts", frozenset({ADMINISTRATOR}), {"username": "new", "password": "x", "role": "planner"}),
    Endpoint("POST", "/v1/accounts/{username}/password", frozenset({ADMINISTRATOR}), {"password": "x"}),
    Endpoint("POST", "/v1/accounts/{username}/active", frozenset({ADMINISTRATOR}), {"active": False}),
    Endpoint("GET", "/health/live", None),
    Endpoint("GET", "/health/ready", None),
    Endpoint("GET", "/metrics", None),
)  # fmt: skip
