"""
The words of the pages and maps in Romanian and English.

One JSON file per language under `static/i18n`, the same file that the browser
reads; a test holds their keys equal.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("ro", "en")
DEFAULT_LANGUAGE: Final = "ro"

STATIC_DIR: Final = Path(__file__).resolve().parent / "static"


def choose_language(*wishes: str | None) -> str:
    """Return the first wish that is a language we speak, else Romanian."""
    return next((wish for wish in wishes if wish in LANGUAGES), DEFAULT_LANGUAGE)


@lru_cache(maxsize=len(LANGUAGES))
def load_wording(language: str) -> Mapping[str, str]:
    """Return all sentences of a language by key; an unknown language gets Romanian."""
    path = STATIC_DIR / "i18n" / f"{choose_language(language)}.json"
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return words
