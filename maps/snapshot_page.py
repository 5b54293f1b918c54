"""
One moment of the live map as a single file that opens from disk, without any server.

Everything is inlined: Leaflet, our modules, styles, fonts, features, county polygons
and roads. Nothing in the file names another address.
"""

import base64
import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from maps.assets import VENDOR_FILES, default_vendor_dir
from maps.live import MapSettings, json_block, live_map_parts
from maps.wording import STATIC_DIR, choose_language, load_wording

_IMPORT: Final = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|const|class))", re.MULTILINE)
_VENDOR_URL: Final = re.compile(r'url\("/vendor/([\w.-]+)"\)')
# Pictures of Leaflet's default marker and layer control; neither is used.
_LEAFLET_PICTURE: Final = re.compile(r"url\(images/[^)]*\)")
_EXTERNAL_TAG: Final = re.compile(r"<(?:script[^>]*\bsrc=[^>]*></script>|link[^>]*>)\s*")

Json = Mapping[str, Any]


def write_static_map(
    path: Path,
    features: Json,
    *,
    counties: Json,
    basemap: Json,
    places: Sequence[Sequence[Any]] = (),
    language: str = "ro",
    vendor_dir: Path | None = None,
) -> Path:
    """
    Write the map of one moment to `path` and return it.

    Parameters
    ----------
    features
        What `maps.features.feature_collection` returned.
    counties, basemap
        GeoJSON of the county polygons and of the road lines (`class` in properties),
        EPSG:4326.
    places
        Rows of name, longitude, latitude, population; largest first.
    vendor_dir
        The `node_modules` folder; by default the one beside the packages.

    Raises
    ------
    FileNotFoundError
        The npm assets are not installed.
    """
    page = static_map_html(
        features,
        counties=counties,
        basemap=basemap,
        places=places,
        language=language,
        vendor_dir=vendor_dir,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def static_map_html(
    features: Json,
    *,
    counties: Json,
    basemap: Json,
    places: Sequence[Sequence[Any]] = (),
    language: str = "ro",
    vendor_dir: Path | None = None,
) -> str:
    """Return the page that `write_static_map` writes."""
    embedded = {"features": features, "counties": counties, "basemap": basemap, "places": places}
    return one_file_page("map_page.js", "map.title", embedded, language, vendor_dir=vendor_dir)


def one_file_page(
    entry: str,
    title_key: str,
    embedded: Json,
    language: str,
    *,
    theme: str = "dark",
    styles: Sequence[str] = (),
    vendor_dir: Path | None = None,
) -> str:
    """
    Return a page with one map, a module `entry`, and all that both need inside it.

    `embedded` is what the module finds in `settings.embedded`; `styles` are sheets of ours
    beside the map's; `title_key` names a sentence.
    """
    vendor = vendor_dir or default_vendor_dir()
    language = choose_language(language)
    words = load_wording(language)
    settings = MapSettings(theme=theme, extras={"embedded": embedded})
    parts = live_map_parts(settings)
    title = html.escape(words[title_key])
    return "\n".join(
        (
            f'<!DOCTYPE html>\n<html lang="{language}" data-theme="{settings.theme}">\n<head>',
            _EXTERNAL_TAG.sub("", parts.head),
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<title>{title}</title>\n<link rel="icon" href="data:,">',
            f"<style>{_styles(vendor, styles)}</style>",
            f"<script>{_inline_script(_vendor_text('leaflet.js', vendor))}</script>\n</head>",
            '<body class="map-only">',
            f'<main class="map-stage" aria-label="{title}">{parts.body}</main>',
            parts.script,
            json_block("map-settings", settings.as_dict(language)),
            json_block("wording", dict(words)),
            f'<script type="module">{_inline_script(join_modules(entry))}</script>',
            "</body></html>",
        )
    )


def join_modules(entry: str) -> str:
    """
    Return a module and all it imports as one script, each after what it needs.

    A file opened from disk may not import others. Works because our modules import by
    name only and their top-level names are unique.
    """
    joined: dict[str, str] = {}

    def visit(name: str) -> None:
        if name in joined:
            return
        source = (STATIC_DIR / name).read_text(encoding="utf-8")
        for needed in _IMPORT.findall(source):
            visit(needed)
        joined[name] = _EXPORT.sub("", _IMPORT.sub("", source))

    visit(entry)
    return "\n".join(joined.values())


def _styles(vendor: Path, more: Sequence[str]) -> str:
    leaflet = _LEAFLET_PICTURE.sub("none", _vendor_text("leaflet.css", vendor))
    own = [STATIC_DIR / name for name in ("theme.css", "map.css", *more)]
    texts = [leaflet, *(path.read_text(encoding="utf-8") for path in own)]
    return _VENDOR_URL.sub(lambda found: _data_url(found[1], vendor), "\n".join(texts))


def _data_url(name: str, vendor: Path) -> str:
    content = base64.b64encode((vendor / VENDOR_FILES[name]).read_bytes()).decode("ascii")
    return f'url("data:font/woff2;base64,{content}")'


def _vendor_text(name: str, vendor: Path) -> str:
    text = (vendor / VENDOR_FILES[name]).read_text(encoding="utf-8")
    # The map for debuggers is another file, which is not there.
    return re.sub(r"//# sourceMappingURL=\S+", "", text)


def _inline_script(source: str) -> str:
    """Keep a script from ending early where it mentions its own end tag."""
    return source.replace("</script", "<\\/script")
