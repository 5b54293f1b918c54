"""
Turns locations, assignments and refusals into the documented JSON objects.

The one place that knows these names; the command line, the API and the database
all keep what it returns. Lengths are rounded up, so that an area never shrinks by
being written down (RFC 7459, section 5).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.jurisdiction.places import commune_of
from dispatch.model import (
    CallerLocation,
    CountyAssignment,
    CountyShare,
    LikelyPlace,
    LocationReport,
    Warning119,
)
from geodata.areas.geojson import Ring, turned
from geodata.areas.shapes import ArcBand, Box, Circle, Ellipse, MultiPolygon, Point, Polygon, Shape
from geodata.areas.uncertainty import outlines
from geodata.points import LonLat

Json = dict[str, Any]

_DRAWN_VERTICES = 72


def location_answer(
    report: LocationReport, location: CallerLocation | None, assignment: CountyAssignment
) -> Json:
    """
    Return the answer of `locate --json`.

    `location.shape` is the area at `location.confidence` on which the shares were
    taken, and null when the report holds no place. `warnings` are those of the
    message, of the scaling and of the assignment, each code once.
    """
    warnings = (*report.warnings, *(location.warnings if location else ()), *assignment.warnings)
    return {
        "report": report_answer(report),
        "location": {
            "shape": shape_answer(location.shape) if location else None,
            "confidence": _share(location.confidence) if location else None,
        },
        "counties": [_county(share) for share in assignment.counties],
        "owner": assignment.owner,
        "runner_up": assignment.runner_up,
        "margin": _share(assignment.margin),
        "ambiguous": assignment.ambiguous,
        "outside_share": _share(assignment.outside_share),
        "decided_by": assignment.decided_by,
        "reason": dict(assignment.reason),
        "question": dict(assignment.question) or None,
        "places": [_likely_place(place) for place in assignment.places],
        "commune": _commune(assignment),
        "warnings": _warnings(warnings),
    }


def report_answer(report: LocationReport) -> Json:
    """Return a report as it was read; readable again as our JSON format."""
    return {
        "format": report.format,
        "shape": shape_answer(report.shape) if report.shape else None,
        "confidence": report.confidence,
        "pdf": report.pdf,
        "caller": report.caller,
        "time": report.measured_at.isoformat() if report.measured_at else None,
        "source": report.source,
        "trigger": report.trigger,
        "result_code": report.result_code,
        "extras": dict(report.extras),
    }


def shape_answer(shape: Shape) -> Json:
    """Return a shape in our JSON form: longitude first, metres, degrees from north."""
    if isinstance(shape, Circle):
        radius = _length(shape.radius_m)
        return {"type": "Circle", "center": _place(shape.center), "radius_m": radius}
    if isinstance(shape, Ellipse):
        return {
            "type": "Ellipse",
            "center": _place(shape.center),
            "semi_major_m": _length(shape.semi_major_m),
            "semi_minor_m": _length(shape.semi_minor_m),
            "orientation_deg": round(shape.orientation_deg, 6),
        }
    if isinstance(shape, ArcBand):
        return {
            "type": "ArcBand",
            "center": _place(shape.center),
            "inner_radius_m": math.floor(round(shape.inner_radius_m * 1000.0, 3)) / 1000.0,
            "outer_radius_m": _length(shape.outer_radius_m),
            "start_angle_deg": round(shape.start_angle_deg, 6),
            "opening_angle_deg": round(shape.opening_angle_deg, 6),
        }
    return _geometry_answer(shape)


def _geometry_answer(shape: Point | Polygon | Box | MultiPolygon) -> Json:
    """Return a shape without measures, named as in GeoJSON."""
    if isinstance(shape, Point):
        return {"type": "Point", "coordinates": _place(shape.center)}
    if isinstance(shape, Box):
        return {"type": "Box", "bbox": [*_place(shape.south_west), *_place(shape.north_east)]}
    if isinstance(shape, MultiPolygon):
        return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in shape.parts]}
    return {"type": "Polygon", "coordinates": _rings(shape)}


def _rings(polygon: Polygon) -> list[Ring]:
    outer, *holes = (_closed(ring) for ring in (polygon.exterior, *polygon.holes))
    return _as_geojson(outer, holes)


def _as_geojson(outer: Ring, holes: Iterable[Ring]) -> list[Ring]:
    return [turned(outer), *(turned(ring, is_hole=True) for ring in holes)]


def _drawn(ring: NDArray[np.float64]) -> Ring:
    return _closed([LonLat(*place) for place in ring.tolist()])


def area_geojson(shape: Shape) -> Json:
    """Return an area as a GeoJSON geometry for drawing, EPSG:4326; a point stays one."""
    if isinstance(shape, Point):
        return {"type": "Point", "coordinates": _place(shape.center)}
    parts = [
        _as_geojson(_drawn(exterior), (_drawn(ring) for ring in holes))
        for exterior, holes in outlines(shape, vertices=_DRAWN_VERTICES)
    ]
    return {"type": "MultiPolygon", "coordinates": parts}


def _county(share: CountyShare) -> Json:
    return {
        "code": share.code,
        "name": share.name,
        "area_share": _share(share.area_share),
        "rfc7459": _share(share.rfc7459),
        "population_share": _share(share.population_share),
    }


def _likely_place(place: LikelyPlace) -> Json:
    return {
        "siruta": place.siruta,
        "name": place.name,
        "uat": place.uat,
        "county": place.county,
        "probability": None if place.probability is None else _share(place.probability),
        "distance_m": round(place.distance_m),
    }


def _commune(assignment: CountyAssignment) -> Json | None:
    found = commune_of(assignment.places)
    if found is None:
        return None
    uat, county, probability = found
    known = None if probability is None else _share(probability)
    return {"uat": uat, "county": county, "probability": known}


def _warnings(warnings: Iterable[Warning119]) -> list[Json]:
    unique = {warning.code: warning for warning in warnings}
    return [{"code": w.code, "message": w.message} for w in unique.values()]


def _share(value: float) -> float:
    return round(value, 9)


def _length(metres: float) -> float:
    # Millimetres, rounded up; the inner rounding keeps 500.000 from becoming 500.001.
    return math.ceil(round(metres * 1000.0, 3)) / 1000.0


def _place(place: LonLat) -> list[float]:
    return [round(place.lon, 8), round(place.lat, 8)]


def _closed(ring: Sequence[LonLat]) -> list[list[float]]:
    return [_place(place) for place in (*ring, ring[0])]
