"""
How fast is each format read, and does memory stay flat? One core, one process.

Each line reads the same few messages over and over, in processor time. Memory is the
resident size after a tenth of the messages and after all of them: a leak of one byte per
message would show as a megabyte in a million, which the last line reads, format by format.

    python -m benchmarks.location [MESSAGES [MESSAGES OF THE LAST LINE]]
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import numpy as np

from dispatch.ground import load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.jurisdiction.policy import JurisdictionPolicy
from dispatch.location.aml.form import sign
from dispatch.location.aml.packed import pack
from dispatch.location.cells.table import OPERATOR_RO, CellTable
from dispatch.location.gad.reader import write_gad
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Box, Circle, MultiPolygon, Point, Polygon, Shape
from geodata.points import LonLat

KEY = b"AML"
BUCHAREST = LonLat(26.1025, 44.4353)
SECTOR = ArcBand(BUCHAREST, 1100.0, 2200.0, 60.0, 120.0)
AML_TEXT = (
    'A"ML=1;lt=+44.43527;lg=+026.10250;rd=50;top=20260214193005;lc=90;pm=W;'
    "si=226051234567890;ei=123456789012345;mcc=226;mnc=05;ml=129"
)
AML_FORM = (
    b"v=1&device_number=%2B40721234567&location_latitude=44.43527&location_longitude=26.1025"
    b"&location_time=1771097405000&location_accuracy=10.4&location_confidence=0.83"
)
MLP = b"""<?xml version="1.0" encoding="UTF-8"?><svc_result ver="3.5.0"><emerep ver="3.5.0">
<eme_event eme_trigger="EME_ORG"><eme_pos pos_method="CELL"><msid>40721234567</msid><pd>
<time utc_off="+0200">20260214213005</time><shape><CircularArea srsName="www.epsg.org#4326">
<coord><X>44 26 07.000N</X><Y>26 06 09.000E</Y></coord><radius>1500</radius></CircularArea></shape>
<lev_conf>95</lev_conf></pd></eme_pos></eme_event></emerep></svc_result>"""
PIDF_LO = b"""<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf"
 xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gs="http://www.opengis.net/pidflo/1.0"
 xmlns:gml="http://www.opengis.net/gml" entity="pres:a@example.com"><tuple id="t"><status>
<gp:geopriv><gp:location-info><gs:Circle srsName="urn:ogc:def:crs:EPSG::4326">
<gml:pos>44.4353 26.1025</gml:pos><gs:radius uom="urn:ogc:def:uom:EPSG::9001">850.24</gs:radius>
</gs:Circle></gp:location-info><gp:usage-rules/></gp:geopriv></status></tuple></presence>"""
HELD = (b'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held">'
        + PIDF_LO.partition(b"?>")[2] + b"</locationResponse>")  # fmt: skip
SIP = (b"INVITE urn:service:counseling.children SIP/2.0\r\nFrom: <tel:+40721234567>\r\n"
       b"Geolocation: <cid:a@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
       b"Content-Type: application/pidf+xml\r\nContent-ID: <a@b>\r\n\r\n" + PIDF_LO
       + b"\r\n--x--\r\n")  # fmt: skip
JSON = b'{"shape":{"type":"Circle","center":[26.1025,44.4353],"radius_m":1500},"confidence":0.95}'

SAMPLES: dict[str, tuple[str, bytes]] = {
    "our JSON": ("json", JSON),
    "OMA MLP": ("mlp", MLP),
    "PIDF-LO": ("pidf-lo", PIDF_LO),
    "HELD": ("held", HELD),
    "SIP, multipart": ("sip", SIP),
    "AML SMS": ("aml", AML_TEXT.encode()),
    "AML data SMS": ("aml", pack(AML_TEXT)),
    "AML form, signed": ("aml", sign(AML_FORM, KEY)),
    "GAD circle": ("gad", write_gad(Circle(BUCHAREST, 1500.0)).hex().encode()),
    "GAD arc": ("gad", write_gad(SECTOR, 0.67).hex().encode()),
    "geo: URI": ("geo", b"geo:44.4353,26.1025;u=35"),
    "cell and advance": ("cell", b"226-01-1234-5678;ta=2"),
    "caller's words": ("spoken", "satul Odăile, comuna Otopeni".encode()),
    "a name of 40 villages": ("spoken", b"satul Slobozia"),
}
# Reading words takes a hundred times as long, and a million messages would show no more.
_SLOW = ("spoken",)
SHAPES: dict[str, Shape] = {
    "point": Point(BUCHAREST),
    "circle of 1.5 km": Circle(BUCHAREST, 1500.0),
    "arc band of 2.2 km": SECTOR,
    "box of 5 km": Box(LonLat(26.07, 44.41), LonLat(26.135, 44.46)),
    "two boxes apart": MultiPolygon((
        Polygon(Box(LonLat(26.07, 44.41), LonLat(26.10, 44.43)).corners),
        Polygon(Box(LonLat(25.95, 43.88), LonLat(25.98, 43.91)).corners),
    )),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; growth in kB between a tenth and all of the messages."""

    name: str
    messages: int
    per_second: float
    growth_kb: float

    def __str__(self) -> str:
        return (
            f"{self.name:<28}{self.messages:>12,}{self.per_second:>14,.0f}{self.growth_kb:>12,.0f}"
        )


def run(messages: int = 20_000, assignments: int = 300, stream: int = 100_000) -> list[Row]:
    """Measure, print the tables and return all rows."""
    table = CellTable.from_lines(["GSM#226#01#1234#5678#44.4353#26.1025#3500#0.9#90#120"],
                                 OPERATOR_RO)  # fmt: skip
    print("Location messages read, one core")
    print(f"{'':<28}{'messages':>12}{'messages/s':>14}{'growth kB':>12}")
    rows = [
        _measure(name, messages // 100 if form in _SLOW else messages, _reading(raw, form, table))
        for name, (form, raw) in SAMPLES.items()
    ]
    rows.append(_measure("all but the words, in turn", stream, _in_turn(table)))
    print("\nCounties assigned (scaling, shares, population, owner, reasons), one core")
    rows += [_measure(name, assignments, _assigning(shape)) for name, shape in SHAPES.items()]
    return rows


def _reading(raw: bytes, form: str, cells: CellTable) -> Callable[[], object]:
    return lambda: read_report(raw, format=form, hmac_key=KEY, cells=cells)


def _in_turn(cells: CellTable) -> Callable[[], object]:
    readers = cycle([_reading(raw, form, cells) for form, raw in SAMPLES.values()
                     if form not in _SLOW])  # fmt: skip

    def read() -> object:
        return next(readers)()

    return read


def _assigning(shape: Shape) -> Callable[[], object]:
    ground, policy = load_ground(), JurisdictionPolicy(names_places=False)
    report = LocationReport("json", shape, None if isinstance(shape, Point) else 0.9)
    return lambda: locate(report, ground, policy=policy)


def _measure(name: str, messages: int, read: Callable[[], object]) -> Row:
    for _ in range(max(10, messages // 100)):
        read()
    tenth = max(1, messages // 10)
    start = time.process_time()
    for _ in range(tenth):
        read()
    resident = _resident_kb()
    for _ in range(messages - tenth):
        read()
    seconds = time.process_time() - start
    row = Row(name, messages, messages / seconds, _resident_kb() - resident)
    print(row)
    return row


def _resident_kb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return float(line.split()[1])
    return float(np.nan)


if __name__ == "__main__":
    run(
        int(sys.argv[1]) if len(sys.argv) > 1 else 20_000,
        stream=int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000,
    )
