"""The speed profile of an installation: one JSON file, the built-in one where there is none."""

import json
import os
from pathlib import Path

from geodata.errors import BadInputError, RefusedError
from geodata.roads.profiles import BUCHAREST_HOURS, SpeedProfile
from geodata.said import said

FILE = "speed_profile.json"


def read_profile(root: Path) -> SpeedProfile:
    """
    Return the profile that lies in the directory of the road index, or the built-in one.

    Raises
    ------
    RefusedError
        `bad_profile`.
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return BUCHAREST_HOURS
    try:
        content = json.loads(text)
    except ValueError as error:
        raise BadInputError(
            "bad_profile", said("{file} is not JSON", file=FILE), said("fit it again, or delete it")
        ) from error
    return SpeedProfile.from_dict(content)


def read_usable_profile(root: Path) -> SpeedProfile:
    """
    Return the profile of the directory, or the built-in one where it cannot be read.

    For who must not fail over it: a damaged file stops no answer and no import. The next
    publication refuses it and says so.
    """
    try:
        return read_profile(root)
    except RefusedError:
        return BUCHAREST_HOURS


def write_profile(root: Path, profile: SpeedProfile) -> Path:
    """Write the profile in one step; whoever reads meanwhile reads the old or the new one."""
    root.mkdir(parents=True, exist_ok=True)
    draft = root / f"{FILE}.{os.getpid()}.part"
    text = json.dumps(profile.as_dict(), ensure_ascii=False, indent=1)
    draft.write_text(text + "\n", encoding="utf-8")
    return draft.replace(root / FILE)
