"""
The live map of active interventions: a thin folium page.

folium makes the map; our own modules under `static/` draw on it and keep it fresh from
`/v1/map/features` and `/v1/stream`. The page embeds settings and no data. The
dispatcher page puts the same parts around its own panels. Pictures of one moment,
without a server, are made by `maps.snapshot_page`.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import folium
from branca.element import Figure
from folium.template import Template

from maps.assets import serve_assets_locally
from maps.wording import choose_language, load_wording

# The whole country at a glance; zoom 7 shows it on a desktop screen.
_CENTER: Final = (45.95, 25.0)
_ZOOM: Final = 7
_INLINE_SCRIPT: Final = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*\bnonce=)")
ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL) · ANCPI · EuroGeographics"


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What the scripts of a map need to know: addresses and first view."""

    features_url: str = "/v1/map/features"
    stream_url: str = "/v1/stream"
    counties_url: str = "/v1/counties"
    basemap_url: str = "/v1/basemap"
    places_url: str = "/v1/map/places"
    static_url: str = "/static"
    center: tuple[float, float] = _CENTER
    zoom: int = _ZOOM
    theme: str = "dark"
    extras: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, language: str) -> dict[str, Any]:
        """Return the settings as the scripts read them."""
        return {
            "language": language,
            "theme": self.theme,
            "features": self.features_url,
            "stream": self.stream_url,
            "counties": self.counties_url,
            "basemap": self.basemap_url,
            "places": self.places_url,
            "attribution": ATTRIBUTION,
            **self.extras,
        }


@dataclass(frozen=True, slots=True)
class MapParts:
    """A rendered map in the three places of a page where it belongs."""

    head: str
    body: str
    script: str


class _LiveMap(folium.Map):
    """A folium map with Leaflet alone, a stable name, and pinch zoom left to the reader."""

    _template = Template("""
        {% macro html(this, kwargs) %}
        <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        window.{{ this.get_name() }} = L.map("{{ this.get_name() }}", {
            center: {{ this.location|tojson }},
            ...{{ this.options|tojavascript }}
        });
        {% endmacro %}
    """)

    default_js = [("leaflet", "https://cdn.jsdelivr.net/npm/leaflet/dist/leaflet.js")]  # noqa: RUF012
    default_css = [  # noqa: RUF012
        ("leaflet_css", "https://cdn.jsdelivr.net/npm/leaflet/dist/leaflet.css")
    ]

    def get_name(self) -> str:
        """Return the same name every time, so that our modules find the map."""
        return "live_map"


def live_map_parts(settings: MapSettings, *, script_nonce: str = "") -> MapParts:
    """Render the folium map alone, for a page that has more around it."""
    serve_assets_locally()
    figure = Figure()
    live = _LiveMap(
        location=settings.center,
        zoom_start=settings.zoom,
        tiles=None,
        zoom_control=False,
        attribution_control=False,
    )
    # A whole folium.Map also brings global styles and switches meant for notebooks.
    figure.add_child(live)
    # MacroElement and JSCSSMixin do all that this page needs.
    super(folium.Map, live).render()  # type: ignore[no-untyped-call]
    return MapParts(
        head=figure.header.render(),
        body=figure.html.render(),
        script=f"<script{_nonce(script_nonce)}>{figure.script.render()}</script>",
    )


def live_map_html(
    language: str = "ro", settings: MapSettings | None = None, *, script_nonce: str = ""
) -> str:
    """
    Return the live map as a whole page of a few kB.

    Parameters
    ----------
    language
        `ro` or `en`; anything else is Romanian.
    settings
        Addresses of the data and the first view.
    script_nonce
        Value of the content security policy's nonce for the inline scripts.
    """
    settings = settings or MapSettings()
    language = choose_language(language)
    parts = live_map_parts(settings, script_nonce=script_nonce)
    words = load_wording(language)
    return "\n".join(
        (
            f'<!DOCTYPE html>\n<html lang="{language}" data-theme="{html.escape(settings.theme)}">',
            "<head>",
            parts.head,
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(words['map.title'])}</title>",
            f'<link rel="icon" href="{settings.static_url}/icon.svg" type="image/svg+xml">',
            f'<link rel="stylesheet" href="{settings.static_url}/theme.css">',
            f'<link rel="stylesheet" href="{settings.static_url}/map.css">',
            "</head>",
            '<body class="map-only">',
            f'<main class="map-stage" aria-label="{html.escape(words["map.title"])}">',
            parts.body,
            "</main>",
            parts.script,
            json_block("map-settings", settings.as_dict(language)),
            f'<script type="module" src="{settings.static_url}/map_page.js"></script>',
            "</body></html>",
        )
    )


def json_block(element_id: str, value: object) -> str:
    """Return a data block for the scripts; it cannot end early and is never executed."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{element_id}">{text}</script>'


def add_nonce(page: str, nonce: str) -> str:
    """Give every inline script tag of a rendered page the policy's nonce."""
    return _INLINE_SCRIPT.sub(f"<script{_nonce(nonce)}", page)


def _nonce(value: str) -> str:
    return f' nonce="{html.escape(value)}"' if value else ""
