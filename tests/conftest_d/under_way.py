"""A team of Sector 3 on its way to a caller, over HTTP."""

from typing import Any

import httpx

from geodata.points import LonLat
from tests.conftest_d.api import ApiServer, report_of, send_report

HOME = LonLat(26.1005, 44.4255)
CALLER = LonLat(26.1480, 44.4190)


def assigned(api: ApiServer, desk: httpx.Client) -> dict[str, Any]:
    team = str(api.new_team("B3", at=HOME))
    incident = send_report(desk, report_of(CALLER, radius_m=60))["incident_id"]
    wish = {"team_id": team, "reason": "test"}
    answer = desk.post(f"/v1/incidents/{incident}/assignments", json=wish)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def assignment(desk: httpx.Client, bound: dict[str, Any]) -> dict[str, Any]:
    rows = desk.get("/v1/assignments").json()
    return next(row for row in rows if row["id"] == bound["id"])
