"""
The live map of active interventions alone on a page.

Its scripts keep it fresh from `/v1/map/features` and `/v1/stream`; the page embeds
settings and no data. The dispatcher's page puts the same map among its own panels.
Pictures of one moment, without a server, are made by `maps.pages.snapshot`.
"""

from typing import Final

from maps.pages.folium_map import render_map
from maps.pages.settings import MapSettings
from maps.pages.shell import Page, render_page, served_files

LIVE_MAP: Final = Page(
    template="map.html",
    title_key="map.title",
    entry="map/page.js",
    styles=("shared/theme.css", "map/page.css"),
    words_inside=False,
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
    live_map = render_map(settings)
    return render_page(
        LIVE_MAP,
        served_files(LIVE_MAP, live_map),
        settings,
        language=language,
        script_nonce=script_nonce,
        live_map=live_map,
    )
