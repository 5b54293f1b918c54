"""
A recommendation as the JSON object that the command line and the web both answer with.

Only a change of form: times in ISO 8601 UTC, seconds to a tenth, enums by value.
"""

from datetime import UTC, datetime
from typing import Any

from dispatch.model import Candidate, Excluded, Recommendation, Shortfall, TravelTime, Uncovered
from geodata.travel.estimates import walking_s


def recommendation_answer(recommendation: Recommendation) -> dict[str, Any]:
    """Return the documented JSON-able form of a recommendation."""
    lon, lat = recommendation.destination
    return {
        "at": _iso(recommendation.at),
        "destination": {"lon": lon, "lat": lat},
        "candidates": [_candidate(candidate) for candidate in recommendation.candidates],
        "excluded": [_excluded(team) for team in recommendation.excluded],
        "shortfalls": [_shortfall(shortfall) for shortfall in recommendation.shortfalls],
        "coverage_left": dict(recommendation.coverage_left),
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "rank": candidate.rank,
        "team_id": str(candidate.team_id),
        "callsign": candidate.callsign,
        "county": candidate.county,
        "travel_time": _travel_time(candidate.travel_time),
        "eta_at": _iso(candidate.eta_at),
        "position_age_s": _tenth(candidate.position_age_s),
        "position_age": str(candidate.position_age),
        "reasons": [reason.value for reason in candidate.reasons],
        "explanation": dict(candidate.explanation),
        "uncovers": _uncovers(candidate.uncovers),
    }


def _uncovers(uncovered: Uncovered | None) -> dict[str, Any] | None:
    if uncovered is None:
        return None
    return {"residents": round(uncovered.residents), "minutes": uncovered.minutes}


def _travel_time(time: TravelTime) -> dict[str, Any]:
    return {
        "seconds": _tenth(time.seconds),
        "p10_s": _tenth(time.p10_s),
        "p90_s": _tenth(time.p90_s),
        "late_s": _tenth(time.late_s),
        "source": time.source.value,
        "profile": time.profile,
        "distance_m": _tenth(time.distance_m),
        "closures": time.closures,
        "off_road_m": _tenth(time.off_road_m),
        "off_road_s": _tenth(None if time.off_road_m is None else walking_s(time.off_road_m)),
    }


def _excluded(team: Excluded) -> dict[str, Any]:
    return {
        "team_id": str(team.team_id),
        "callsign": team.callsign,
        "county": team.county,
        "reasons": [reason.value for reason in team.reasons],
        "position_age_s": _tenth(team.position_age_s),
        "explanation": dict(team.explanation),
    }


def _shortfall(shortfall: Shortfall) -> dict[str, Any]:
    return {"reason": shortfall.reason.value, "explanation": dict(shortfall.explanation)}


def _tenth(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
