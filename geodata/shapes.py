"""
The shapes in which a phone network describes where a caller may be.

Only the words are here. Outlines, areas and the scaling of confidence are in
`geodata.uncertainty`. Angles are degrees clockwise from north, lengths metres,
places WGS84. Field meanings follow RFC 5491 section 5.2 (GEOSHAPE).
"""

from dataclasses import dataclass

from geodata.points import LonLat


@dataclass(frozen=True, slots=True)
class Point:
    """A place without a stated uncertainty."""

    center: LonLat


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within a geodesic distance of the centre."""

    center: LonLat
    radius_m: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse whose major axis points `orientation_deg` clockwise from north."""

    center: LonLat
    semi_major_m: float
    semi_minor_m: float
    orientation_deg: float


@dataclass(frozen=True, slots=True)
class ArcBand:
    """The part of a ring between two radii, from `start_angle_deg`, opening clockwise."""

    center: LonLat
    inner_radius_m: float
    outer_radius_m: float
    start_angle_deg: float
    opening_angle_deg: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline (first place not repeated at the end) with optional holes."""

    exterior: tuple[LonLat, ...]
    holes: tuple[tuple[LonLat, ...], ...] = ()


Shape = Point | Circle | Ellipse | ArcBand | Polygon
