"""
Areas of uncertainty: their outline, size and centre, and what confidence does to them.

Lengths are metres, angles degrees clockwise from north, places EPSG:4326. Outlines
are geodesic on WGS84. Nothing here knows a county, a call or a message format.

Source: RFC 7459 (uncertainty and confidence), sections 5.1 to 5.5. Two decisions
go with it:

* A rectangular area is scaled by its area, ``Cr = Co * Ur / Uo``, in both
  directions. Section 5.4.1 speaks of reducing only; enlarging assumes that the
  same density goes on beyond the edge, which is the way to the 95 % that section
  5.5 asks for. It is an assumption, and it is made in the open.
* An area of unknown distribution is neither reduced (unreliable) nor enlarged
  (without gain): it keeps its stated confidence.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geodata.areas.parts import joined
from geodata.areas.shapes import (
    ArcBand,
    Box,
    Circle,
    Ellipse,
    MultiPolygon,
    Point,
    Polygon,
    Shape,
    SimpleShape,
    parts_of,
)
from geodata.crs import GEOD
from geodata.errors import BadShapeError
from geodata.points import LonLat
from geodata.said import listed, said

Pdf = Literal["rectangular", "normal", "unknown"]
Ring = NDArray[np.float64]
PDFS: tuple[Pdf, ...] = ("rectangular", "normal", "unknown")

DEFAULT_CONFIDENCE = 0.95
"""Confidence of an area that states none (RFC 7459, section 4.1), and the one decided on."""

MAX_REACH_M = 1_000_000.0
"""No scaled area reaches further from its centre: the country is 750 km wide."""

# Parts that meet while they grow lack ground; a few rounds of growing on make up for it.
_MOST_ROUNDS = 12
_AREA_TOLERANCE = 1e-4
# The same few measures of an area are asked for again and again.
_MEASURED_LATELY = 8


# ── outline ───────────────────────────────────────────────────────────────────
def outlines(shape: Shape, *, vertices: int = 180) -> list[tuple[Ring, tuple[Ring, ...]]]:
    """Draw every part of a shape; see `outline`."""
    return [outline(part, vertices=vertices) for part in parts_of(shape)]


def outline(shape: SimpleShape, *, vertices: int = 180) -> tuple[Ring, tuple[Ring, ...]]:
    """
    Draw a shape of one part as rings of EPSG:4326 degrees, geodesic.

    Parameters
    ----------
    shape
        Any shape of one part. A polygon keeps its own corners, and so does a box, whose
        edges run along meridians and parallels; a point gives one row.
    vertices
        Corners of a full turn. The outline of a circle is inscribed: with 180 it
        lacks 0.02 % of the area, with 360 it lacks 0.005 %.

    Returns
    -------
    exterior, holes
        Arrays of shape (n, 2), longitude first, not closed; the exterior runs
        counter-clockwise, holes clockwise.
    """
    if isinstance(shape, Point):
        return np.array([shape.center], dtype=np.float64), ()
    if isinstance(shape, Circle):
        return _ring_at(shape.center, shape.radius_m, _turn(vertices)), ()
    if isinstance(shape, Ellipse):
        return _ellipse_ring(shape, vertices), ()
    if isinstance(shape, ArcBand):
        return _arc_band_rings(shape, vertices)
    if isinstance(shape, Box):
        return np.array(shape.corners, dtype=np.float64), ()
    exterior = _oriented(_array_of(shape.exterior), clockwise=False)
    return exterior, tuple(_oriented(_array_of(hole), clockwise=True) for hole in shape.holes)


def _array_of(ring: Sequence[LonLat]) -> Ring:
    """Return places as (n, 2); ten times as quick as `np.array` of named tuples."""
    return np.fromiter(chain.from_iterable(ring), np.float64, 2 * len(ring)).reshape(-1, 2)


def _turn(vertices: int) -> Ring:
    """Azimuths of a full turn, counter-clockwise as seen on a map."""
    return np.asarray(-np.arange(vertices) * (360.0 / vertices), dtype=np.float64)


def _ring_at(center: LonLat, distance_m: float | Ring, azimuth_deg: Ring) -> Ring:
    distances = np.broadcast_to(np.asarray(distance_m, dtype=np.float64), azimuth_deg.shape)
    lon0, lat0 = np.full_like(azimuth_deg, center.lon), np.full_like(azimuth_deg, center.lat)
    lon, lat, _ = GEOD.fwd(lon0, lat0, azimuth_deg, distances)
    return np.column_stack([lon, lat])


def _ellipse_ring(shape: Ellipse, vertices: int) -> Ring:
    t = np.radians(_turn(vertices))
    along, across = shape.semi_major_m * np.cos(t), shape.semi_minor_m * np.sin(t)
    azimuth = shape.orientation_deg + np.degrees(np.arctan2(across, along))
    return _ring_at(shape.center, np.hypot(along, across), azimuth)


def _arc_band_rings(shape: ArcBand, vertices: int) -> tuple[Ring, tuple[Ring, ...]]:
    if shape.opening_angle_deg >= 360.0:
        outer = _ring_at(shape.center, shape.outer_radius_m, _turn(vertices))
        if shape.inner_radius_m <= 0.0:
            return outer, ()
        return outer, (_ring_at(shape.center, shape.inner_radius_m, -_turn(vertices)),)
    steps = max(3, math.ceil(vertices * shape.opening_angle_deg / 360.0) + 1)
    angles = shape.start_angle_deg + np.linspace(0.0, shape.opening_angle_deg, steps)
    outer = _ring_at(shape.center, shape.outer_radius_m, angles[::-1])
    if shape.inner_radius_m <= 0.0:
        return np.vstack([outer, [shape.center]]), ()
    return np.vstack([outer, _ring_at(shape.center, shape.inner_radius_m, angles)]), ()


def _oriented(ring: Ring, *, clockwise: bool) -> Ring:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    is_clockwise = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) < 0.0
    return ring if is_clockwise is clockwise else ring[::-1]


# ── size and centre ───────────────────────────────────────────────────────────
@lru_cache(maxsize=_MEASURED_LATELY)
def area_m2(shape: Shape) -> float:
    """Return the area in square metres: by formula for round shapes and boxes, else geodesic."""
    if isinstance(shape, Point):
        return 0.0
    if isinstance(shape, Circle):
        return math.pi * shape.radius_m**2
    if isinstance(shape, Ellipse):
        return math.pi * shape.semi_major_m * shape.semi_minor_m
    if isinstance(shape, ArcBand):
        ring = shape.outer_radius_m**2 - shape.inner_radius_m**2
        return math.radians(min(shape.opening_angle_deg, 360.0)) / 2.0 * ring
    if isinstance(shape, Box):
        return _box_area_m2(shape)
    return math.fsum(
        _ring_area_m2(exterior) - sum(_ring_area_m2(hole) for hole in holes)
        for exterior, holes in outlines(shape)
    )


def _ring_area_m2(ring: Ring) -> float:
    return abs(float(GEOD.polygon_area_perimeter(ring[:, 0], ring[:, 1])[0]))


def _box_area_m2(box: Box) -> float:
    """Area between parallels: by formula, because a geodesic cuts the corners of one."""
    east = math.radians(box.north_east.lon - box.south_west.lon)
    zone = _zone_area_m2(box.north_east.lat) - _zone_area_m2(box.south_west.lat)
    return abs(east * zone)


def _zone_area_m2(lat: float) -> float:
    """Area between equator and parallel for one radian of longitude (Snyder 1987, 3-12)."""
    e, sine = math.sqrt(GEOD.es), math.sin(math.radians(lat))
    return GEOD.b**2 / 2.0 * (sine / (1.0 - GEOD.es * sine**2) + math.atanh(e * sine) / e)


@lru_cache(maxsize=_MEASURED_LATELY)
def centroid(shape: Shape) -> LonLat:
    """
    Return the point that stands for the shape: the centroid of its area.

    It may lie outside a concave polygon or an arc band (RFC 7459, section 5.1.1). Of several
    parts it is that of the largest: half-way between two villages nobody is.
    """
    if isinstance(shape, Point | Circle | Ellipse):
        return shape.center
    if isinstance(shape, ArcBand):
        bisector = np.array([shape.start_angle_deg + shape.opening_angle_deg / 2.0])
        return LonLat(*map(float, _ring_at(shape.center, _arc_centroid_m(shape), bisector)[0]))
    if isinstance(shape, MultiPolygon):
        return centroid(max(shape.parts, key=area_m2))
    return _mass_center(shape)


def _mass_center(shape: Shape) -> LonLat:
    rings = [ring for exterior, holes in outlines(shape) for ring in (exterior, *holes)]
    origin = LonLat(*map(float, np.mean(rings[0], axis=0)))
    weight, moment = 0.0, np.zeros(2)
    for ring in rings:
        # Exteriors run counter-clockwise and holes clockwise, so the holes are taken off.
        ring_weight, ring_moment = _moments(_to_plane(origin, ring))
        weight, moment = weight + ring_weight, moment + ring_moment
    if weight == 0.0:
        return origin
    return LonLat(*map(float, _from_plane(origin, (moment / weight)[np.newaxis, :])[0]))


def _arc_centroid_m(shape: ArcBand) -> float:
    """Distance from the centre, RFC 7459 section 5.1.1.1."""
    r, big_r = shape.inner_radius_m, shape.outer_radius_m
    opening = math.radians(min(shape.opening_angle_deg, 360.0))
    chord = 4.0 * math.sin(opening / 2.0) * (big_r**2 + big_r * r + r**2)
    return chord / (3.0 * opening * (big_r + r))


def _moments(ring: Ring) -> tuple[float, NDArray[np.float64]]:
    following = np.roll(ring, -1, axis=0)
    cross = ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]
    moment = np.sum((ring + following) * cross[:, np.newaxis], axis=0) / 6.0
    return float(np.sum(cross)) / 2.0, np.asarray(moment, dtype=np.float64)


def _to_plane(origin: LonLat, ring: Ring) -> Ring:
    """Metres east and north of `origin`, azimuthal equidistant."""
    lon0, lat0 = np.full(len(ring), origin.lon), np.full(len(ring), origin.lat)
    azimuth, _, distance = GEOD.inv(lon0, lat0, ring[:, 0], ring[:, 1])
    angle = np.radians(azimuth)
    return np.column_stack([distance * np.sin(angle), distance * np.cos(angle)])


def _from_plane(origin: LonLat, ring: Ring) -> Ring:
    azimuth = np.degrees(np.arctan2(ring[:, 0], ring[:, 1]))
    return _ring_at(origin, np.hypot(ring[:, 0], ring[:, 1]), azimuth)


@lru_cache(maxsize=_MEASURED_LATELY)
def reach_m(shape: Shape, origin: LonLat | None = None) -> float:
    """Return the distance from `origin` (default: the centroid) to the furthest edge, metres."""
    if isinstance(shape, Circle) and origin is None:
        return shape.radius_m
    if isinstance(shape, Ellipse) and origin is None:
        return shape.semi_major_m
    exteriors = np.vstack([exterior for exterior, _ in outlines(shape)])
    plane = _to_plane(origin or centroid(shape), exteriors)
    return float(np.max(np.hypot(plane[:, 0], plane[:, 1])))


def enclosing_circle(shape: Shape) -> Circle:
    """
    Return the circle around the centroid that holds the shape (RFC 7459, section 5.2).

    Several parts are held by a circle around their common centre.
    """
    center = _mass_center(shape) if isinstance(shape, MultiPolygon) else centroid(shape)
    return Circle(center, reach_m(shape, center if isinstance(shape, MultiPolygon) else None))


# ── confidence ────────────────────────────────────────────────────────────────
def normal_factor(stated: float, wanted: float, *, dimensions: int = 2) -> float:
    """
    Return by how much each axis of a normal distribution grows, RFC 7459 section 5.4.2.

    Equal to ``erfinv(wanted ** (1/n)) / erfinv(stated ** (1/n))``; both below 1.
    """
    normal = NormalDist()
    quantiles = (normal.inv_cdf((1.0 + c ** (1.0 / dimensions)) / 2.0) for c in (wanted, stated))
    return next(quantiles) / next(quantiles)


def scale_confidence(
    shape: Shape, stated: float | None, *, to: float = DEFAULT_CONFIDENCE, pdf: str = "rectangular"
) -> tuple[Shape, float]:
    """
    Scale an area so that it holds the caller with probability `to`.

    Parameters
    ----------
    shape
        Area that holds the caller with probability `stated`. A point has no area
        to scale and is returned as it is.
    stated
        Confidence of the message, 0 to 1; None stands for 95 % (RFC 7459).
    to
        Wanted confidence, 0 to 1.
    pdf
        `rectangular` scales the area by the ratio of the confidences; `normal`
        each axis by `normal_factor`; `unknown` cannot be scaled.

    Returns
    -------
    scaled, confidence
        The area, and the confidence it holds the caller with: `to`, or `stated`
        where no area of that confidence can be found.

    Raises
    ------
    BadShapeError
        `bad_confidence` or `bad_pdf`.

    Examples
    --------
    >>> circle = Circle(LonLat(26.1, 44.4), 1000.0)
    >>> wider, confidence = scale_confidence(circle, 0.68, to=0.95)
    >>> round(area_m2(wider) / area_m2(circle), 2), confidence
    (1.4, 0.95)
    """
    confidence = DEFAULT_CONFIDENCE if stated is None else stated
    for value in (confidence, to):
        if not 0.0 < value <= 1.0:
            raise BadShapeError(
                "bad_confidence",
                said("{confidence:g} is no confidence", confidence=value),
                said("between 0 and 1"),
            )
    if pdf not in PDFS:
        raise BadShapeError(
            "bad_pdf", said("{pdf!r} is no distribution", pdf=pdf), listed(PDFS, said(" or "))
        )
    if confidence == to or isinstance(shape, Point) or not _can_scale(confidence, to, pdf):
        return shape, confidence
    factor = normal_factor(confidence, to) if pdf == "normal" else math.sqrt(to / confidence)
    if reach_m(shape) * factor > MAX_REACH_M:
        return shape, confidence
    return scaled(shape, factor), to


def _can_scale(confidence: float, to: float, pdf: str) -> bool:
    # A normal distribution has no finite area of confidence 1.
    return pdf == "rectangular" or (pdf == "normal" and max(confidence, to) < 1.0)


def scaled(shape: Shape, factor: float) -> Shape:
    """
    Return the shape with both its dimensions multiplied by `factor`.

    Circles and ellipses grow about their centre, polygons about their centroid in
    a local plane; a box becomes a polygon. An arc band grows in thickness and opening
    about its middle, so that an enlarged band still holds the original one. The parts of a
    multipolygon grow each about its own centroid; where they meet they become one, and
    all grow on until the area is right.
    """
    if isinstance(shape, Circle):
        return replace(shape, radius_m=shape.radius_m * factor)
    if isinstance(shape, Ellipse):
        major, minor = shape.semi_major_m * factor, shape.semi_minor_m * factor
        return replace(shape, semi_major_m=major, semi_minor_m=minor)
    if isinstance(shape, ArcBand):
        return _scaled_band(shape, factor)
    if isinstance(shape, Box):
        return _scaled_polygon(Polygon(shape.corners), factor)
    if isinstance(shape, Polygon):
        return _scaled_polygon(shape, factor)
    return _scaled_parts(shape, factor) if isinstance(shape, MultiPolygon) else shape


def _scaled_parts(shape: MultiPolygon, factor: float) -> Polygon | MultiPolygon:
    if factor <= 1.0:
        return MultiPolygon(tuple(_scaled_polygon(part, factor) for part in shape.parts))
    wanted, step = area_m2(shape) * factor**2, factor
    for _ in range(_MOST_ROUNDS):
        grown = joined(_scaled_polygon(part, step) for part in shape.parts)
        lack = wanted / area_m2(grown)
        if lack < 1.0 + _AREA_TOLERANCE:
            break
        step *= math.sqrt(lack)
    return grown


def _scaled_band(shape: ArcBand, factor: float) -> ArcBand:
    opening = min(shape.opening_angle_deg * factor, 360.0)
    start = (shape.start_angle_deg - (opening - shape.opening_angle_deg) / 2.0) % 360.0
    # Whatever the full turn cannot take up goes into the thickness: the area is exact.
    ring = 2.0 * area_m2(shape) * factor**2 / math.radians(opening)
    middle = (shape.inner_radius_m + shape.outer_radius_m) / 2.0
    thickness = ring / (2.0 * middle)
    if thickness >= 2.0 * middle:
        return ArcBand(shape.center, 0.0, math.sqrt(ring), start, opening)
    inner, outer = middle - thickness / 2.0, middle + thickness / 2.0
    return ArcBand(shape.center, inner, outer, start, opening)


def _scaled_polygon(shape: Polygon, factor: float) -> Polygon:
    origin = centroid(shape)

    def grow(ring: tuple[LonLat, ...]) -> tuple[LonLat, ...]:
        plane = _to_plane(origin, _array_of(ring)) * factor
        return tuple(LonLat(float(lon), float(lat)) for lon, lat in _from_plane(origin, plane))

    return Polygon(grow(shape.exterior), tuple(grow(hole) for hole in shape.holes))
