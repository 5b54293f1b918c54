"""
Put a new folder in the place of another in one step.

Linux can exchange two names at once (`renameat2`), so there is no moment without the
folder; where it cannot, the old one steps aside first and a crash in between leaves it
as `NAME.old`, which the next swap puts back.
"""

import ctypes
import os
import shutil
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def swap_folder(target: Path, draft: Path) -> None:
    """Make `draft` the folder `target`; what was there is removed. Same file system."""
    recover_folder(target)
    if not target.exists():
        draft.rename(target)
    elif _exchange(draft, target):
        shutil.rmtree(draft, ignore_errors=True)
    else:
        old = _aside(target)
        target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def recover_folder(target: Path) -> None:
    """Put back what a crash in the middle of a swap has left aside."""
    old = _aside(target)
    if old.exists() and not target.exists():
        old.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _aside(target: Path) -> Path:
    return target.with_name(target.name + ".old")


def _exchange(one: Path, other: Path) -> bool:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    names = os.fsencode(one), os.fsencode(other)
    done = rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)
    return bool(done == 0)
