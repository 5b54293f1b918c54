"""
Take a picture of a page with a headless Chromium, where one is installed.

Only the command line of the browser is used, so that the demonstration needs no
browser library. The browser gets a throw-away profile and no way to the network
other than to the page itself.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

_BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_TIMEOUT_S: Final = 40
# Time that the page's own clock runs before the picture: fonts, tiles, first draw.
_SETTLE_MS: Final = 4_000
_QUIET: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def find_browser() -> str | None:
    """Return the path of an installed Chromium or Chrome, None without one."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def take_screenshot(
    page: Path | str, target: Path, *, width: int = 1440, height: int = 900
) -> Path | None:
    """
    Write a PNG of a file or an address to `target`.

    Returns
    -------
    target
        The picture; None when no browser is installed or it gave no picture in time.
        A missing picture is a result, not an error: the page itself is the product.
    """
    browser = find_browser()
    if browser is None:
        return None
    address = page.resolve().as_uri() if isinstance(page, Path) else page
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="d119-shot-", ignore_cleanup_errors=True) as profile:
        command = [
            browser,
            *_QUIET,
            *_sandbox(),
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            f"--virtual-time-budget={_SETTLE_MS}",
            f"--screenshot={target.resolve()}",
            address,
        ]
        try:
            subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)  # noqa: S603
        except (subprocess.TimeoutExpired, OSError):
            return None
    return target if target.is_file() else None


def _sandbox() -> tuple[str, ...]:
    """Chromium refuses to start its sandbox as root; an ordinary user keeps it."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()
