"""
A desk: one account's view of the system, over HTTP and nothing else.

Used by the demonstration, where a scripted person sits at it.
"""

from typing import Any, Self
from uuid import UUID

import httpx

from geodata.errors import RefusedError

Json = dict[str, Any]


class DeskError(RefusedError):
    """A request the system refused; carries its problem's code, detail and hint."""

    def __init__(self, problem: Json) -> None:
        super().__init__(
            str(problem.get("code", "unknown")),
            str(problem.get("detail", problem)),
            str(problem.get("hint", "")),
        )


class Desk:
    """Requests with one bearer token; refusals come in the language asked for."""

    def __init__(self, base_url: str, token: str, username: str, language: str) -> None:
        self.username = username
        self.token = token
        self._http = httpx.Client(
            base_url=f"{base_url}/v1",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=30,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: str) -> Any:
        """GET a path below /v1; raise `DeskError` when it is refused."""
        return _answer(self._http.get(path, params=parameters))

    def get_file(self, path: str) -> bytes:
        """GET the bytes of a file below /v1; raise `DeskError` when it is refused."""
        response = self._http.get(path)
        return response.content if response.is_success else bytes(_answer(response))

    def post(self, path: str, body: Json | list[Json]) -> Any:
        """POST JSON to a path below /v1; raise `DeskError` when it is refused."""
        return _answer(self._http.post(path, json=body))

    def report_location(self, raw: bytes, content_type: str) -> Json:
        """Send a location message as a network would."""
        answer: Json = _answer(
            self._http.post(
                "/location-reports", content=raw, headers={"Content-Type": content_type}
            )
        )
        return answer

    def report_words(self, call_id: str, words: str) -> Json:
        """Add what the caller says to a call, as a person types it."""
        path, headers = f"/calls/{call_id}/reports", {"Content-Type": "text/plain;charset=utf-8"}
        answer: Json = _answer(
            self._http.post(
                path, params={"format": "spoken"}, content=words.encode(), headers=headers
            )
        )
        return answer

    def recommendation(self, incident_id: str) -> Json:
        """Ask which teams could go, ranked."""
        answer: Json = self.get(f"/incidents/{incident_id}/recommendation")
        return answer

    def assign(self, incident_id: str, team_id: str, reason: str | None = None) -> Json:
        """Send a team."""
        body: Json = {"team_id": team_id}
        if reason:
            body["reason"] = reason
        answer: Json = self.post(f"/incidents/{incident_id}/assignments", body)
        return answer

    def report_positions(self, team_id: UUID | str, positions: list[Json]) -> None:
        """Send a team's fixes."""
        self.post(f"/teams/{team_id}/positions", positions)


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else None
    try:
        problem = response.json()
    except ValueError:
        problem = {"code": f"http_{response.status_code}", "detail": response.text[:200]}
    raise DeskError(problem)
