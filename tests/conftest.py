"""Fixtures for all tests; each topic has its own file under ``conftest_d``."""

from pathlib import Path

import pytest

pytest_plugins: list[str] = []

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the original source data, which is not part of the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"SOURCE DATA ABSENT: {_SHARED.name}/ is not beside the repository")
    return _SHARED
