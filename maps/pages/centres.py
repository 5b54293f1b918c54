"""
All centres at a glance: a page for who supervises them, and the same for a wall.

It carries no data: its scripts ask the interface under the person's own rights.
"""

from typing import Final

from maps.pages.settings import DrawnFor, MapSettings, Theme
from maps.pages.shell import Page, render_page, served_files

CENTRES: Final = Page(
    template="centres.html",
    title_key="centres.title",
    entry="supervision/page.js",
    styles=("shared/theme.css", "console/page.css", "supervision/page.css"),
)


def centres_html(
    language: str,
    theme: Theme = "dark",
    *,
    wall: bool = False,
    script_nonce: str = "",
    drawn_for: DrawnFor | None = None,
) -> str:
    """
    Return the page of all centres.

    Parameters
    ----------
    language
        `ro` or `en`; anything else is Romanian.
    wall
        For a screen on a wall: dark, nothing to press, a clock.
    script_nonce
        Value of the content security policy's nonce for the inline scripts.
    drawn_for
        Whose page it is.
    """
    settings = MapSettings(
        theme="dark" if wall else theme,
        drawn_for=drawn_for,
        extras={"centres": "/v1/centres", "wall": wall},
    )
    return render_page(
        CENTRES, served_files(CENTRES), settings, language=language, script_nonce=script_nonce
    )
