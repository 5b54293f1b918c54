"""The readers and the shapes load in a fresh interpreter without web, database or maps."""

import subprocess
import sys

import pytest

from tests.conftest_d.folders import ROOT

FOREIGN = ("fastapi", "starlette", "sqlalchemy", "geoalchemy2", "psycopg", "folium", "api", "maps")
READ = """
import sys
from dispatch.location.reader import read_report
from dispatch.lost_protocol.requests import read_query
from geodata.areas.shapes import Circle
from geodata.areas.overlap import overlap
from geodata.areas.uncertainty import scale_confidence
report = read_report(b'geo:44.4353,26.1025;u=35')
assert scale_confidence(report.shape, 0.67)[1] == 0.95
print(*sorted({name.partition('.')[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", FOREIGN)
def test_reading_a_report_loads_neither_web_nor_database_nor_maps(
    name: str, loaded: set[str]
) -> None:
    assert {"dispatch", "geodata", "lxml"} <= loaded
    assert name not in loaded
