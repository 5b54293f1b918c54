"""Where an assigned team drives to."""

from dispatch.views import DriveView
from geodata.points import LonLat


def destination_of(drive: DriveView) -> LonLat | None:
    """
    Return the place that a team drives to, EPSG:4326; None when nobody knows one.

    It is the place that a person has confirmed. Without one it is the end of the way that was
    drawn when the team was assigned: a person chose the team for that place, and it stays when
    the incident's area is narrowed later. Without a way it is the centre of the incident; the
    first ETA then draws the way.
    """
    return drive.confirmed or drive.route_end or drive.center
