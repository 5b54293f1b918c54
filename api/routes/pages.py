"""
The pages for people: login, the dispatcher's page, the live map; and the files they need.

A page carries no data but whom it was drawn for: its scripts ask the interface under that
person's own rights, and for nothing once somebody else is signed in (`api.access.drawn_for`).
Inline scripts (import map, map set-up, first module) run by a nonce made for each answer.
"""

import secrets
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from api.access.permissions import Permission, may
from api.access.security import find_principal, services_of
from api.middleware import content_security_policy
from dispatch.views import AccountView
from dispatch.words.catalogue import Language, choose_language, load_catalogue
from geodata.errors import NotSignedInError
from maps.pages.assets import default_vendor_dir, find_vendor_file
from maps.pages.centres import centres_html
from maps.pages.console import console_html
from maps.pages.live import live_map_html
from maps.pages.login import login_html
from maps.pages.roles import ROLE_PAGES, role_html
from maps.pages.settings import DrawnFor, MapSettings, Theme

router = APIRouter(include_in_schema=False)

# Words change with an update of the program, which nobody should have to wait a day for.
_WORDS_CACHE: Final = {"Cache-Control": "public, max-age=300"}
# A vendor file's content changes only with the package that brings it.
_VENDOR_CACHE: Final = {"Cache-Control": "public, max-age=86400"}

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
    """Show the dispatcher's page, or the role's own; without a session, the login."""
    account = _account(request)
    if account is None:
        return _to_login(request)
    language = choose_language(lang, kept, account.language)
    if account.role in ROLE_PAGES:
        return _page(
            lambda nonce: role_html(
                account.role,
                language,
                _theme(theme),
                drawn_for=_drawn_for(account),
                script_nonce=nonce,
            )
        )
    can_ask = services_of(request).location_servers.mlp is not None
    return _page(
        lambda nonce: console_html(
            language,
            _theme(theme),
            script_nonce=nonce,
            network_location=can_ask,
            drawn_for=_drawn_for(account),
        )
    )


@router.get("/map")
def show_map(
    request: Request,
    lang: WishedLanguage = None,
    kept: KeptLanguage = None,
    theme: KeptTheme = None,
) -> Response:
    """Show the live map alone; without a session, the login."""
    account = _account(request)
    if account is None:
        return _to_login(request)
    language = choose_language(lang, kept, account.language)
    settings = MapSettings(theme=_theme(theme), drawn_for=_drawn_for(account))
    return _page(lambda nonce: live_map_html(language, settings, script_nonce=nonce))


@router.get("/centres")
def show_centres(
    request: Request,
    lang: WishedLanguage = None,
    wall: str | None = None,
    kept: KeptLanguage = None,
    theme: KeptTheme = None,
) -> Response:
    """Show all centres at a glance, with `wall` for a wall; others are led to their own page."""
    account = _account(request)
    if account is None:
        return _to_login(request)
    if not may(account.role, Permission.SUPERVISE):
        return RedirectResponse("/", status_code=303)
    return _page(
        lambda nonce: centres_html(
            choose_language(lang, kept, account.language),
            _theme(theme),
            wall=wall is not None,
            script_nonce=nonce,
            drawn_for=_drawn_for(account),
        )
    )


@router.get("/login")
def show_login(
    lang: WishedLanguage = None, kept: KeptLanguage = None, theme: KeptTheme = None
) -> Response:
    """Show the login page."""
    language = choose_language(lang, kept)
    return _page(lambda nonce: login_html(language, _theme(theme), script_nonce=nonce))


@router.get("/words/{language}.json")
def read_words(language: Language) -> JSONResponse:
    """Return the words of the pages, for a page that does not carry them inside."""
    return JSONResponse(dict(load_catalogue(language).for_scripts()), headers=_WORDS_CACHE)


@router.get("/vendor/{name}")
def read_vendor_file(name: str) -> Response:
    """Return one of the few npm files that the pages use."""
    path = find_vendor_file(name, default_vendor_dir())
    if path is None:
        return Response(status_code=404)
    return FileResponse(path, headers=_VENDOR_CACHE)


def _theme(kept: str | None) -> Theme:
    return "light" if kept == "light" else "dark"


def _account(request: Request) -> AccountView | None:
    """Return the account that is signed in, None without a session."""
    try:
        principal = find_principal(request)
    except NotSignedInError:
        # An expired cookie is no error on a page: the person logs in again.
        return None
    return principal.account if principal else None


def _drawn_for(account: AccountView) -> DrawnFor:
    return DrawnFor(str(account.id), account.username)


def _to_login(request: Request) -> Response:
    # The page and its wished language survive the detour.
    wished = f"?{request.url.query}" if request.url.query else ""
    query = {"next": f"{request.url.path}{wished}"}
    if "lang" in request.query_params:
        query["lang"] = request.query_params["lang"]
    return RedirectResponse(f"/login?{urlencode(query)}", status_code=303)


def _page(render: Callable[[str], str]) -> Response:
    """Answer with a page whose inline scripts, and no others, run under a fresh nonce."""
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Content-Security-Policy": content_security_policy(nonces=(nonce,)),
        "Cache-Control": "no-store",
    }
    return HTMLResponse(render(nonce), headers=headers)
