"""A synthetic drive: where a team is on its way at a moment, and the fix its phone sends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from geodata.crs import GEOD
from geodata.points import LonLat


@dataclass(frozen=True, slots=True)
class Drive:
    """A way of `seconds` along `places`, begun at `start`, driven at an even pace."""

    places: tuple[LonLat, ...]
    start: datetime
    seconds: float

    @property
    def arrival(self) -> datetime:
        """When the last place is reached."""
        return self.start + timedelta(seconds=self.seconds)

    def fix_at(self, moment: datetime) -> dict[str, Any]:
        """Return the position report (JSON form) of `moment`."""
        lons, lats = np.array(self.places).T
        azimuths, _, lengths = GEOD.inv(lons[:-1], lats[:-1], lons[1:], lats[1:])
        reached = np.concatenate([[0.0], np.cumsum(lengths)])
        share = min(max((moment - self.start).total_seconds() / max(self.seconds, 1.0), 0.0), 1.0)
        along = share * reached[-1]
        return {
            "lon": float(np.interp(along, reached, lons)),
            "lat": float(np.interp(along, reached, lats)),
            "fix_at": moment.isoformat(),
            "accuracy_m": 8.0,
            "speed_ms": 0.0 if share >= 1 else float(reached[-1] / max(self.seconds, 1.0)),
            "heading_deg": _heading(azimuths, reached, float(along)),
        }


def _heading(azimuths: Any, reached: Any, along: float) -> float:
    if len(azimuths) == 0:
        return 0.0
    leg = min(int(np.searchsorted(reached, along, side="right")) - 1, len(azimuths) - 1)
    return float(azimuths[leg] % 360.0)


def standing_fix(place: LonLat, moment: datetime) -> dict[str, Any]:
    """Return the position report (JSON form) of a team that stands at `place`."""
    return {
        "lon": place.lon,
        "lat": place.lat,
        "fix_at": moment.isoformat(),
        "accuracy_m": 10.0,
        "speed_ms": 0.0,
    }
