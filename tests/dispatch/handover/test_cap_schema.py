"""The missing-child draft against our RELAX NG of CAP 1.2, read by lxml."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dispatch.handover.cap import check_cap
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.points import LonLat
from tests.conftest_d.missing_child import CHILD, draft

HERE = LonLat(28.04, 45.43)


@pytest.fixture(scope="module")
def schema() -> etree.RelaxNG:
    rnc2rng = pytest.importorskip("rnc2rng")
    compact = (Path(__file__).parent / "cap_1_2.rnc").read_text(encoding="utf-8")
    return etree.RelaxNG(etree.fromstring(rnc2rng.dumps(rnc2rng.loads(compact)).encode()))


def faults(schema: etree.RelaxNG, raw: bytes) -> str:
    return "" if schema.validate(etree.fromstring(raw)) else str(schema.error_log)


@pytest.mark.parametrize(
    "zone",
    [
        None,
        Point(HERE),
        Circle(HERE, 12.5),
        Ellipse(HERE, 300.0, 120.0, 41.5),
        ArcBand(HERE, 1107.0, 1660.5, 340.0, 120.0),
        Polygon((HERE, LonLat(28.2, 45.4), LonLat(28.2, 45.5))),
    ],
)
def test_a_draft_with_any_zone_is_valid_against_the_schema(
    schema: etree.RelaxNG, zone: Shape | None
) -> None:
    full = replace(CHILD, zone=zone, eyes="verzi", weight_kg=30, photo_url="https://a.example/p")
    assert faults(schema, draft(full)) == ""


@given(name=st.text(min_size=1, max_size=40), seen=st.text(max_size=60))
def test_no_words_make_a_draft_invalid(schema: etree.RelaxNG, name: str, seen: str) -> None:
    raw = draft(replace(CHILD, name=name, last_seen=seen, clothing=seen))
    assert faults(schema, raw) == ""


def change(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(old, new, 1)


@pytest.mark.parametrize(
    "spoil",
    [
        change(b"<status>Draft", b"<status>Published"),
        change(b"<msgType>Alert</msgType>", b""),
        change(b"+00:00</sent>", b"Z</sent>"),
        change(b"<category>Rescue</category>", b""),
        change(b"<urgency>Immediate</urgency>", b"<urgency>Now</urgency>"),
        change(b"<event>", b"<headline>x</headline><event>"),
        change(b"<area>", b"<area><circle>45.43,28.04</circle>"),
        change(b"<identifier>", b"<identifier>with a blank "),
        change(b"<areaDesc>", b"<zone>x</zone><areaDesc>"),
    ],
)
def test_the_schema_and_our_own_rules_refuse_the_same(
    schema: etree.RelaxNG, spoil: Callable[[bytes], bytes]
) -> None:
    raw = spoil(draft())
    assert raw != draft()
    assert faults(schema, raw) != ""
    assert check_cap(raw) != []
