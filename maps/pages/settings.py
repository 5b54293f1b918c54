"""What a page tells its scripts: addresses, first view, theme, and whom it was drawn for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

Theme = Literal["dark", "light"]

ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL) · ANCPI · EuroGeographics"
# The whole country at a glance; zoom 7 shows it on a desktop screen.
_CENTER: Final = (45.95, 25.0)
_ZOOM: Final = 7


@dataclass(frozen=True, slots=True)
class DrawnFor:
    """Whom a page was drawn for: every request of it says so, by the account's id."""

    account: str
    username: str


@dataclass(frozen=True, slots=True)
class MapSettings:
    """
    What the scripts of a map need to know: addresses and first view.

    `center` is latitude and longitude in degrees (EPSG:4326), in Leaflet's order;
    `drawn_for` is None for a picture of one moment; `extras` are added as they are.
    """

    features_url: str = "/v1/map/features"
    stream_url: str = "/v1/stream"
    changed_url: str = "/v1/changed"
    counties_url: str = "/v1/counties"
    basemap_url: str = "/v1/basemap"
    places_url: str = "/v1/map/places"
    center: tuple[float, float] = _CENTER
    zoom: int = _ZOOM
    theme: Theme = "dark"
    drawn_for: DrawnFor | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return the settings as the scripts read them."""
        return {
            "language": language,
            "theme": self.theme,
            "features": self.features_url,
            "stream": self.stream_url,
            "changed": self.changed_url,
            "counties": self.counties_url,
            "basemap": self.basemap_url,
            "places": self.places_url,
            "attribution": ATTRIBUTION,
            "drawn_for": asdict(self.drawn_for) if self.drawn_for else None,
            **self.extras,
        }
