"""
A page as one file that opens from disk: Leaflet, styles, fonts and modules inside it.

Nothing in such a file names another address.
"""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from maps.pages.assets import STATIC_DIR, VENDOR_FILES, default_vendor_dir
from maps.pages.folium_map import render_map
from maps.pages.modules import saved_imports
from maps.pages.settings import MapSettings, Theme
from maps.pages.shell import Page, PageFiles, render_page

_VENDOR_URL: Final = re.compile(r'url\("/vendor/([\w.-]+)"\)')
# Pictures of Leaflet's default marker and layer control; neither is used.
_LEAFLET_PICTURE: Final = re.compile(r"url\(images/[^)]*\)")
# The map for debuggers is another file, which is not there.
_SOURCE_MAP: Final = re.compile(r"//# sourceMappingURL=\S+")


def single_file_page(
    page: Page,
    embedded: Mapping[str, Any],
    *,
    language: str,
    theme: Theme = "dark",
    vendor_dir: Path | None = None,
) -> str:
    """
    Return a page with one map and all that it needs inside it.

    Parameters
    ----------
    embedded
        The data of the page, which its scripts find as `settings.embedded`.
    vendor_dir
        The `node_modules` folder; by default the one beside the packages.

    Raises
    ------
    FileNotFoundError
        The npm assets are not installed.
    """
    settings = MapSettings(theme=theme, extras={"embedded": embedded})
    return render_page(
        page,
        saved_files(page, vendor_dir or default_vendor_dir()),
        settings,
        language=language,
        live_map=render_map(settings),
    )


def saved_files(page: Page, vendor_dir: Path) -> PageFiles:
    """Return the files of a page as parts of the page; Leaflet's come first."""
    lines = (
        '<link rel="icon" href="data:,">',
        f"<style>{_styles(page, vendor_dir)}</style>",
        f"<script>{_inline_script(_vendor_text('leaflet.js', vendor_dir))}</script>",
    )
    # Styles and scripts are ours or pinned packages.
    return PageFiles(head=Markup("\n".join(lines)), imports=saved_imports(page.entry))  # noqa: S704


def _styles(page: Page, vendor: Path) -> str:
    leaflet = _LEAFLET_PICTURE.sub("none", _vendor_text("leaflet.css", vendor))
    own = ((STATIC_DIR / name).read_text(encoding="utf-8") for name in page.styles)
    return _VENDOR_URL.sub(lambda found: _font_url(found[1], vendor), "\n".join((leaflet, *own)))


def _font_url(name: str, vendor: Path) -> str:
    content = base64.b64encode((vendor / VENDOR_FILES[name]).read_bytes()).decode("ascii")
    return f'url("data:font/woff2;base64,{content}")'


def _vendor_text(name: str, vendor: Path) -> str:
    return _SOURCE_MAP.sub("", (vendor / VENDOR_FILES[name]).read_text(encoding="utf-8"))


def _inline_script(source: str) -> str:
    """Keep a script from ending early where it mentions its own end tag."""
    return source.replace("</script", "<\\/script")
