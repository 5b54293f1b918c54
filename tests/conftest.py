"""Fixtures for all tests; each topic has its own file under ``conftest_d``."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.conftest_d.folders import ROOT

# Speed is measured in the benchmarks; here a busy machine must not fail a property.
settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("steady")

pytest_plugins = [
    "tests.conftest_d.database",
    "tests.conftest_d.dispatching",
    "tests.conftest_d.api",
    "tests.conftest_d.browser",
    "tests.conftest_d.command_line",
]

_SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the original source data, which is not part of the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"SOURCE DATA ABSENT: {_SHARED.name}/ is not beside the repository")
    return _SHARED
