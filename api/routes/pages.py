"""
The pages for people: login, the dispatcher's page, the live map; and the files they need.

A page carries no data: its scripts ask the interface under the person's own rights.
Inline scripts (folium's map set-up) run by a nonce made for each answer.
"""

import secrets
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from api.access.security import find_principal, services_of
from api.middleware import content_security_policy
from geodata.errors import NotSignedInError
from maps.assets import default_vendor_dir, find_vendor_file
from maps.live import MapSettings, json_block, live_map_html, live_map_parts
from maps.wording import choose_language, load_wording

router = APIRouter(include_in_schema=False)

Theme = Literal["dark", "light"]
# A vendor file's content changes only with the package that brings it.
_VENDOR_CACHE: Final = {"Cache-Control": "public, max-age=86400"}

_templates: Final = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent.parent / "templates"),
    autoescape=True,
)

WishedLanguage = Annotated[str | None, Query(alias="lang")]
KeptLanguage = Annotated[str | None, Cookie(alias="dispatch119_language")]
KeptTheme = Annotated[str | None, Cookie(alias="dispatch119_theme")]


@router.get("/")
def show_console(
    request: Request,
    lang: WishedLanguage = None,
    kept: KeptLanguage = None,
    theme: KeptTheme = None,
) -> Response:
    """Show the dispatcher's page; without a session, the login."""
    own_language = _language_of_account(request)
    if own_language is None:
        return _to_login(request)
    nonce = secrets.token_urlsafe(16)
    language = choose_language(lang, kept, own_language)
    can_ask = services_of(request).location_servers.mlp is not None
    html = console_html(language, _theme(theme), script_nonce=nonce, network_location=can_ask)
    return _page(html, nonce)


@router.get("/map")
def show_map(
    request: Request,
    lang: WishedLanguage = None,
    kept: KeptLanguage = None,
    theme: KeptTheme = None,
) -> Response:
    """Show the live map alone; without a session, the login."""
    own_language = _language_of_account(request)
    if own_language is None:
        return _to_login(request)
    nonce = secrets.token_urlsafe(16)
    language = choose_language(lang, kept, own_language)
    settings = MapSettings(theme=_theme(theme))
    return _page(live_map_html(language, settings, script_nonce=nonce), nonce)


@router.get("/login")
def show_login(
    lang: WishedLanguage = None, kept: KeptLanguage = None, theme: KeptTheme = None
) -> Response:
    """Show the login page."""
    return _page(login_html(choose_language(lang, kept), _theme(theme)), nonce=None)


@router.get("/vendor/{name}")
def read_vendor_file(name: str) -> Response:
    """Return one of the few npm files that the pages use."""
    path = find_vendor_file(name, default_vendor_dir())
    if path is None:
        return Response(status_code=404)
    return FileResponse(path, headers=_VENDOR_CACHE)


def console_html(
    language: str,
    theme: Theme = "dark",
    *,
    script_nonce: str = "",
    network_location: bool = False,
) -> str:
    """Render the dispatcher's page around the folium map; offers what is configured."""
    settings = MapSettings(theme=theme, extras={"network_location": network_location})
    parts = live_map_parts(settings, script_nonce=script_nonce)
    return _templates.get_template("console.html").render(
        language=language,
        theme=theme,
        words=load_wording(language),
        map={
            "head": Markup(parts.head),  # noqa: S704 - built by maps.live from constants
            "body": Markup(parts.body),  # noqa: S704
            "script": Markup(parts.script),  # noqa: S704
        },
        data_blocks=_data_blocks(language, settings),
    )


def login_html(language: str, theme: Theme = "dark") -> str:
    """Render the login page."""
    return _templates.get_template("login.html").render(
        language=language,
        theme=theme,
        words=load_wording(language),
        data_blocks=_data_blocks(language, MapSettings(theme=theme)),
    )


def _data_blocks(language: str, settings: MapSettings) -> Markup:
    blocks = (
        json_block("map-settings", settings.as_dict(language)),
        json_block("wording", dict(load_wording(language))),
    )
    return Markup("\n".join(blocks))  # noqa: S704 - json_block lets nothing end the block


def _theme(kept: str | None) -> Theme:
    return "light" if kept == "light" else "dark"


def _language_of_account(request: Request) -> str | None:
    """Return the language of the signed-in person's account, None without a session."""
    try:
        principal = find_principal(request)
    except NotSignedInError:
        # An expired cookie is no error on a page: the person logs in again.
        return None
    return principal.account.language if principal else None


def _to_login(request: Request) -> Response:
    # The page and its wished language survive the detour.
    wished = f"?{request.url.query}" if request.url.query else ""
    query = {"next": f"{request.url.path}{wished}"}
    if "lang" in request.query_params:
        query["lang"] = request.query_params["lang"]
    return RedirectResponse(f"/login?{urlencode(query)}", status_code=303)


def _page(html: str, nonce: str | None) -> Response:
    policy = content_security_policy(nonces=(nonce,) if nonce else ())
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(html, headers=headers)
