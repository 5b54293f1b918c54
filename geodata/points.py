"""
A place on the ground: always longitude first, always WGS84 degrees.

`LonLat` is the only form in which one coordinate pair travels through the
code; arrays of many points are two float64 arrays, longitude first.
"""

import math
from typing import NamedTuple, Self

from geodata.errors import BadCoordinateError
from geodata.numbers import read_decimal
from geodata.said import said

# Romania with a margin of about 100 km. Used only to recognise swapped axes.
_LON_RANGE = (19.0, 31.0)
_LAT_RANGE = (42.5, 49.5)


class LonLat(NamedTuple):
    """
    Longitude and latitude, EPSG:4326, degrees.

    The constructor checks nothing: it is for values that are known to be good. Whatever comes
    from outside goes through `checked`.

    Examples
    --------
    >>> place = LonLat(26.1025, 44.4353)
    >>> place.lon
    26.1025
    """

    lon: float
    lat: float

    @classmethod
    def checked(cls, lon: object, lat: object) -> Self:
        """
        Build from untrusted values (numbers or numeric text).

        Raises
        ------
        BadCoordinateError
            `not_a_number`, `not_finite`, `swapped_lon_lat` or `out_of_range`.

        Examples
        --------
        >>> LonLat.checked("26.1025", 44.4353)
        LonLat(lon=26.1025, lat=44.4353)

        Latitude first is recognised for places in Romania:

        >>> LonLat.checked(44.4353, 26.1025)
        Traceback (most recent call last):
        geodata.errors.BadCoordinateError: longitude 44.4353 and latitude 26.1025 look swapped
        """
        x, y = _number(said("longitude"), lon), _number(said("latitude"), lat)
        if is_swapped(x, y):
            raise BadCoordinateError(
                "swapped_lon_lat",
                said("longitude {x:g} and latitude {y:g} look swapped", x=x, y=y),
                said("longitude comes first; Romania lies at 20-30 E, 43-49 N"),
            )
        if not -180.0 <= x <= 180.0 or not -90.0 <= y <= 90.0:
            raise BadCoordinateError(
                "out_of_range",
                said("longitude {x:g}, latitude {y:g} is not on Earth", x=x, y=y),
                said("longitude -180 to 180, latitude -90 to 90, in degrees"),
            )
        return cls(x, y)


def is_swapped(lon: float, lat: float) -> bool:
    """Tell whether the pair lies in Romania only when its axes are exchanged."""
    return (
        _LAT_RANGE[0] <= lon <= _LAT_RANGE[1]
        and _LON_RANGE[0] <= lat <= _LON_RANGE[1]
        and not (_LON_RANGE[0] <= lon <= _LON_RANGE[1] and _LAT_RANGE[0] <= lat <= _LAT_RANGE[1])
    )


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadCoordinateError(
            "not_a_number", said("{name} is not a number", name=name), said("send decimal degrees")
        )
    try:
        number = read_decimal(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError) as error:
        raise BadCoordinateError(
            "not_a_number", said("{name} is not a number", name=name), said("send decimal degrees")
        ) from error
    if not math.isfinite(number):
        raise BadCoordinateError(
            "not_finite",
            said("{name} is not a finite number", name=name),
            said("NaN and infinity are no places"),
        )
    return number


class Moving(NamedTuple):
    """A place at which a car drives in a direction, degrees clockwise from north."""

    place: LonLat
    heading_deg: float


Origin = LonLat | Moving
"""Where a drive starts: a place, or a car on its way."""


def standing(origin: Origin) -> LonLat:
    """Return where an origin is, whatever its direction."""
    return origin.place if isinstance(origin, Moving) else origin
