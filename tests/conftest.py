"""
Fixtures for all tests; each topic has its own file under ``conftest_d``.

What a test needs is seen by its fixtures, here, so that no test can forget its marker.
"""

import gc
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
    "tests.conftest_d.passwords",
    "tests.conftest_d.api",
    "tests.conftest_d.browser",
    "tests.conftest_d.command_line",
    "tests.conftest_d.field_work",
]

# Marker: the fixtures that a test cannot have without needing it.
_NEEDS = {
    "browser": {"chromium"},
    "integration": {"cluster", "data_dir"},
    "process": {"command_line"},
    "shared": {"shared_data"},
}

_SHARED = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the original source data, which is not part of the repository."""
    if not _SHARED.is_dir():
        pytest.skip(f"SOURCE DATA ABSENT: {_SHARED.name}/ is not beside the repository")
    return _SHARED


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what was collected: half a second each time."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by what it needs."""
    for item in items:
        assert isinstance(item, pytest.Function)
        for name, fixtures in _NEEDS.items():
            if not fixtures.isdisjoint(item.fixturenames):
                item.add_marker(name)
    # Begun first, so that no process is left alone with it at the end.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
