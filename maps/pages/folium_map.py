"""
The map itself: a thin folium map, rendered in the three parts of a page where it belongs.

folium makes the map; our own modules under `static/` draw on it and keep it fresh.
"""

from dataclasses import dataclass

import folium
from branca.element import Figure
from folium.template import Template
from markupsafe import Markup

from maps.pages.assets import serve_assets_locally
from maps.pages.settings import MapSettings


@dataclass(frozen=True, slots=True)
class MapParts:
    """A rendered map: markup for head and body, and the script that sets it up."""

    head: Markup
    body: Markup
    script: Markup


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


def render_map(settings: MapSettings) -> MapParts:
    """Render the folium map alone; a page puts its shell and its panels around it."""
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
    # folium renders from our constants alone; nothing that anybody typed is in it.
    return MapParts(
        head=Markup(figure.header.render()),  # noqa: S704
        body=Markup(figure.html.render()),  # noqa: S704
        script=Markup(figure.script.render()),  # noqa: S704
    )
