"""The login page: a form, and no data."""

from typing import Final

from maps.pages.settings import MapSettings, Theme
from maps.pages.shell import Page, render_page, served_files

LOGIN: Final = Page(
    template="login.html",
    title_key="login.title",
    entry="login/page.js",
    styles=("shared/theme.css", "login/page.css"),
)


def login_html(language: str, theme: Theme = "dark", *, script_nonce: str = "") -> str:
    """Return the login page in `ro` or `en`, its inline scripts under the policy's nonce."""
    return render_page(
        LOGIN,
        served_files(LOGIN),
        MapSettings(theme=theme),
        language=language,
        script_nonce=script_nonce,
    )
