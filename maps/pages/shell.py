"""
The shell of every page: language, theme, title, styles, modules and data blocks.

A page is served, with addresses of ours for its files, or saved, with all of them inside
(`maps.pages.single_file`). The shell is the same: `templates/page.html`. Every inline
script that runs carries the nonce of the answer's content security policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dispatch.words.catalogue import choose_language, load_catalogue
from maps.pages.folium_map import MapParts
from maps.pages.modules import STATIC_URL, served_imports
from maps.pages.settings import MapSettings

_TEMPLATES_DIR: Final = Path(__file__).resolve().parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Page:
    """
    What sets one page apart from the others.

    `template` fills the shell; `title_key` names a sentence; `entry` is the module that
    starts the page, `styles` its sheets, both below `static/`. Without `words_inside` the
    scripts ask for the sentences themselves, and the page stays thin.
    """

    template: str
    title_key: str
    entry: str
    styles: tuple[str, ...]
    words_inside: bool = True


@dataclass(frozen=True, slots=True)
class PageFiles:
    """How a page comes to its files: markup of its head, and where modules are found."""

    head: Markup
    imports: Mapping[str, str]


def served_files(page: Page, live_map: MapParts | None = None) -> PageFiles:
    """Return links to the files of a page at our own address, those of its map first."""
    link = Markup('<link rel="stylesheet" href="{}/{}">')
    lines = [
        Markup('<link rel="icon" href="{}/shared/icon.svg" type="image/svg+xml">').format(
            STATIC_URL
        ),
        live_map.head if live_map else Markup(),
        *(link.format(STATIC_URL, style) for style in page.styles),
    ]
    return PageFiles(head=Markup("\n").join(lines), imports=served_imports())


def render_page(
    page: Page,
    files: PageFiles,
    settings: MapSettings,
    *,
    language: str,
    script_nonce: str = "",
    live_map: MapParts | None = None,
) -> str:
    """
    Return a whole page.

    Parameters
    ----------
    files
        From `served_files`, or from `maps.pages.single_file.saved_files`.
    settings
        Addresses of the data, first view and theme.
    language
        `ro` or `en`; anything else is Romanian.
    script_nonce
        Value of the content security policy's nonce; empty where there is no policy.
    live_map
        The rendered map, for pages that show one.
    """
    language = choose_language(language)
    words = load_catalogue(language).for_scripts()
    return _templates.get_template(page.template).render(
        page=page,
        files=files,
        language=language,
        theme=settings.theme,
        title=words[page.title_key],
        words=words,
        settings=settings.as_dict(language),
        nonce=script_nonce,
        map=live_map,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The filter escapes what could end a script early; order and letters stay as they are.
    environment.policies["json.dumps_kwargs"] = {
        "sort_keys": False,
        "ensure_ascii": False,
        "separators": (",", ":"),
    }
    return environment


_templates: Final = _environment()
