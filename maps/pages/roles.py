"""
Pages of those who take no calls: a team, a planner, an administrator, each with its own work.

They carry no data: their scripts ask the interface under the person's own rights.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from dispatch.roles import Role
from maps.pages.folium_map import render_map
from maps.pages.settings import DrawnFor, MapSettings, Theme
from maps.pages.shell import Page, render_page, served_files

_TEAM: Final = Page(
    template="role.html",
    title_key="rolepage.team",
    entry="roles/page.js",
    styles=(
        "shared/theme.css",
        "map/page.css",
        "console/page.css",
        "planning/page.css",
        "roles/page.css",
    ),
)
ROLE_PAGES: Final[Mapping[str, Page]] = MappingProxyType(
    {
        Role.TEAM: _TEAM,
        Role.PLANNER: replace(_TEAM, title_key="rolepage.planner"),
        Role.ADMINISTRATOR: replace(_TEAM, title_key="rolepage.administrator"),
    }
)
"""By role; every other role works at the dispatcher's page."""


def role_html(
    role: str, language: str, theme: Theme = "dark", *, drawn_for: DrawnFor, script_nonce: str = ""
) -> str:
    """
    Return the page of a role.

    Parameters
    ----------
    role
        One of `ROLE_PAGES`.
    language
        `ro` or `en`; anything else is Romanian.
    drawn_for
        Whose page it is.
    script_nonce
        Value of the content security policy's nonce for the inline scripts.
    """
    page = ROLE_PAGES[role]
    settings = MapSettings(theme=theme, drawn_for=drawn_for)
    live_map = render_map(settings)
    return render_page(
        page,
        served_files(page, live_map),
        settings,
        language=language,
        script_nonce=script_nonce,
        live_map=live_map,
    )
