"""
Every script, style and font of a page comes from our own address.

folium names files on public servers; `serve_assets_locally` makes it write `/vendor/`
addresses instead, and refuse a file that has no local copy. The copies are npm
packages, listed here one by one: nothing else of `node_modules` is ever served.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from branca.element import CssLink, Figure, JavascriptLink
from folium.elements import JSCSSMixin

STATIC_DIR: Final = Path(__file__).resolve().parents[1] / "static"

_FONT = "@fontsource-variable/atkinson-hyperlegible-next/files/atkinson-hyperlegible-next"

# Name under /vendor/ -> file under node_modules.
VENDOR_FILES: Final[Mapping[str, str]] = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "atkinson-latin.woff2": f"{_FONT}-latin-wght-normal.woff2",
    "atkinson-latin-ext.woff2": f"{_FONT}-latin-ext-wght-normal.woff2",
}

# Name that folium gives to one of its files -> our copy; None means we do without it.
_FOLIUM_FILES: Final[Mapping[str, str | None]] = {
    "leaflet": "leaflet.js",
    "leaflet_css": "leaflet.css",
    "jquery": None,
    "bootstrap": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers": None,
    "awesome_markers_css": None,
    "awesome_markers_font_css": None,
    "awesome_rotate_css": None,
}


class UnmappedAssetError(LookupError):
    """folium asks for a file that we have no local copy of."""


def local_address(name: str, url: str) -> str | None:
    """
    Return our own address of a folium file, None where we do without it.

    Raises
    ------
    UnmappedAssetError
        The file lies on another host and has no local copy.
    """
    if "://" not in url and not url.startswith("//"):
        return url
    if name not in _FOLIUM_FILES:
        raise UnmappedAssetError(f"folium file {name} ({url}) has no local copy")
    copy = _FOLIUM_FILES[name]
    return f"/vendor/{copy}" if copy else None


def serve_assets_locally() -> None:
    """Make every folium page of this process name local files only; safe to repeat."""
    setattr(JSCSSMixin, "render", _render_with_local_links)  # noqa: B010 - mypy forbids the plain form


def find_vendor_file(name: str, vendor_dir: Path) -> Path | None:
    """Return the file behind `/vendor/NAME`, None for a name that we do not serve."""
    if name not in VENDOR_FILES:
        return None
    path = vendor_dir / VENDOR_FILES[name]
    return path if path.is_file() else None


def default_vendor_dir() -> Path:
    """Return the `node_modules` folder beside the packages, where set-up installs it."""
    return Path(__file__).resolve().parents[2] / "node_modules"


def missing_vendor_files(vendor_dir: Path) -> list[str]:
    """List the served files that are not installed; empty when set-up is complete."""
    return [name for name in VENDOR_FILES if find_vendor_file(name, vendor_dir) is None]


def _render_with_local_links(self: Any, **kwargs: Any) -> None:
    figure = self.get_root()
    if not isinstance(figure, Figure):
        raise TypeError("a folium element is rendered inside a Figure")
    for names, link in ((self.default_js, JavascriptLink), (self.default_css, CssLink)):
        for name, url in names:
            address = local_address(name, url)
            if address:
                figure.header.add_child(link(address), name=name)
    super(JSCSSMixin, self).render(**kwargs)
