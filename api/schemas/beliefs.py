"""
What an incident's page shows of the belief behind it: how it came about, and what to ask.

Made from the stored answer. The caller's number is left out: it is masked until somebody
asks for it, and that is audited.
"""

from collections.abc import Mapping
from typing import Any

from dispatch.answers.location import area_geojson
from dispatch.location.base import Notes
from dispatch.location.json_report import read_shape
from dispatch.views import IncidentView

Json = dict[str, Any]
_PLACES = 3


def belief_summary(view: IncidentView) -> Json | None:
    """Return the last belief of an incident's calls; None where no county answer is known."""
    answer = view.answer
    if not answer or view.belief_call_id is None:
        return None
    return {
        "call_id": view.belief_call_id,
        "owner": view.belief_owner,
        "share": belief_share(view),
        "places": list(answer.get("places") or ())[:_PLACES],
        "commune": answer.get("commune"),
        "conflict": _conflict(answer.get("conflict")),
        "steps": [_step(step) for step in answer.get("steps") or ()],
        "warnings": answer.get("warnings") or [],
    }


def belief_share(view: IncidentView) -> float | None:
    """Return how probable the county is that the last belief names."""
    counties = (view.answer or {}).get("counties") or ()
    shares = {share["code"]: share["population_share"] for share in counties}
    return shares.get(view.belief_owner)


def _conflict(found: Mapping[str, Any] | None) -> Json | None:
    """Return a conflict with the area that was set aside, to be drawn beside the one kept."""
    if found is None:
        return None
    aside = found["set_aside"]
    area = area_geojson(read_shape(aside["shape"], Notes()))
    return dict(found) | {"set_aside": aside | {"area": area}}


def _step(step: Mapping[str, Any]) -> Json:
    report = step.get("report") or {}
    kept = {name: step.get(name) for name in ("received_at", "source", "action", "owner", "reason")}
    said = (report.get("extras") or {}).get("said")
    return kept | {"format": report.get("format"), "said": said}
