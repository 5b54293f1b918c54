"""
Compare the catalogue of words with the code (`make words`).

Prints what is missing, empty or no longer used, and adds what is missing with an empty
text, so that only the text has to be written. Order and comments of the files stay.
"""

import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import normalize, read_po

from dispatch.words.catalogue import PLURAL_FORMS, Language, is_dotted

ROOT = Path(__file__).parents[1]
CODE = ("geodata", "teams", "dispatch", "maps", "api")
WORDS = ROOT / "dispatch" / "words"


@lru_cache(maxsize=1)
def sentences_of_code() -> Mapping[str, str]:
    """Return the pattern of every `said(...)` of the code, with the place of the first."""
    places: dict[str, str] = {}
    for package in CODE:
        found = extract_from_dir(
            ROOT / package, method_map=[("**.py", "python")], keywords={"said": None}
        )
        for name, line, pattern, _, _ in found:
            places.setdefault(str(pattern), f"{package}/{name}:{line}")
    return places


def entries(language: str, folder: Path = WORDS) -> Mapping[str, Message]:
    """Return the entries of a language by their key, in the order of the file."""
    with (folder / f"{language}.po").open("rb") as file:
        return {_key(entry): entry for entry in read_po(file, locale=language) if entry.id}


def texts(entry: Message) -> tuple[str, ...]:
    """Return all forms of an entry."""
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


def missing(folder: Path = WORDS) -> Mapping[str, Mapping[str, Message | None]]:
    """
    Return what each file lacks: sentences of the code, dotted keys of the other language.

    A dotted key comes with the other language's entry, so that its forms can be prepared.
    """
    ro, en = entries("ro", folder), entries("en", folder)
    lacking: dict[str, Message | None] = {key: en[key] for key in en if key not in ro}
    lacking |= dict.fromkeys(key for key in sentences_of_code() if key not in ro)
    return {"ro": lacking, "en": {k: ro[k] for k in ro if is_dotted(k) and k not in en}}


def unused(folder: Path = WORDS) -> list[str]:
    """Return the sentences that stand in the Romanian file and nowhere in the code."""
    code = sentences_of_code()
    return [key for key in entries("ro", folder) if not is_dotted(key) and key not in code]


def main(folder: Path = WORDS) -> int:
    """Add what is missing, report the rest; 1 when somebody has to write or to delete."""
    lacking, orphans = missing(folder), unused(folder)
    for language, keys in lacking.items():
        _append(folder / f"{language}.po", language, keys)
        _tell(f"{language}.po: added, to be written", keys)
    empty = [key for key, entry in entries("ro", folder).items() if not all(texts(entry))]
    empty += [key for key, entry in entries("en", folder).items() if not all(texts(entry))]
    _tell(
        "still empty", (key for key in empty if not any(key in keys for keys in lacking.values()))
    )
    _tell("ro.po: no code says it any more, delete it", orphans)
    return 1 if empty or orphans else 0


def _key(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _append(path: Path, language: str, keys: Mapping[str, Message | None]) -> None:
    with path.open("a", encoding="utf-8") as file:
        for key, other in keys.items():
            file.write(f"\nmsgid {normalize(key, width=100)}\n")
            if other is None or isinstance(other.id, str):
                file.write('msgstr ""\n')
                continue
            file.write(f"msgid_plural {normalize(other.id[1], width=100)}\n")
            forms = PLURAL_FORMS[Language(language)]
            file.writelines(f'msgstr[{at}] ""\n' for at in range(len(forms)))


def _tell(title: str, keys: Iterable[str]) -> None:
    if listed := list(keys):
        sys.stdout.write("\n  ".join([f"{title}:", *listed]) + "\n")


if __name__ == "__main__":
    sys.exit(main())
