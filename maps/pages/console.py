"""
The dispatcher's page: bar, queue, map and details.

It carries no data: its scripts ask the interface under the person's own rights.
"""

from typing import Final

from dispatch.waiting import WaitingPolicy
from maps.pages.folium_map import render_map
from maps.pages.settings import DrawnFor, MapSettings, Theme
from maps.pages.shell import Page, render_page, served_files

CONSOLE: Final = Page(
    template="console.html",
    title_key="console.title",
    entry="console/page.js",
    styles=("shared/theme.css", "map/page.css", "console/page.css"),
)


def console_html(
    language: str,
    theme: Theme = "dark",
    *,
    script_nonce: str = "",
    network_location: bool = False,
    drawn_for: DrawnFor | None = None,
) -> str:
    """
    Return the dispatcher's page.

    Parameters
    ----------
    language
        `ro` or `en`; anything else is Romanian.
    script_nonce
        Value of the content security policy's nonce for the inline scripts.
    network_location
        Whether the page offers to ask the phone network where a caller is.
    drawn_for
        Whose page it is.
    """
    extras = {"network_location": network_location, "limits": WaitingPolicy().as_minutes()}
    settings = MapSettings(theme=theme, drawn_for=drawn_for, extras=extras)
    live_map = render_map(settings)
    return render_page(
        CONSOLE,
        served_files(CONSOLE, live_map),
        settings,
        language=language,
        script_nonce=script_nonce,
        live_map=live_map,
    )
