"""
The shapes in which a phone network describes where a caller may be.

Only the words are here. Outlines, areas and the scaling of confidence are in
`geodata.areas.uncertainty`. Angles are degrees clockwise from north, lengths metres,
places WGS84. Field meanings follow RFC 5491 section 5.2 (GEOSHAPE).

A `MultiPolygon` is the one shape with several parts; everything that draws or measures
takes `SimpleShape` and goes through `parts_of`.
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


@dataclass(frozen=True, slots=True)
class Box:
    """All places between two meridians and two parallels; it does not cross longitude 180."""

    south_west: LonLat
    north_east: LonLat

    @property
    def corners(self) -> tuple[LonLat, ...]:
        """The four corners, counter-clockwise from the south-west."""
        (west, south), (east, north) = self.south_west, self.north_east
        return LonLat(west, south), LonLat(east, south), LonLat(east, north), LonLat(west, north)


@dataclass(frozen=True, slots=True)
class MultiPolygon:
    """
    Two or more polygons without common ground: the caller is in one of them.

    `geodata.areas.parts.joined` makes one of polygons that may overlap.
    """

    parts: tuple[Polygon, ...]


SimpleShape = Point | Circle | Ellipse | ArcBand | Polygon | Box
Shape = SimpleShape | MultiPolygon


def parts_of(shape: Shape) -> tuple[SimpleShape, ...]:
    """
    Return the parts of an area, each with an outline of its own; most have one.

    Examples
    --------
    >>> village = Box(LonLat(26.10, 44.40), LonLat(26.11, 44.41))
    >>> parts_of(village) == (village,)
    True
    """
    return shape.parts if isinstance(shape, MultiPolygon) else (shape,)
