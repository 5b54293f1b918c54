"""The missing-child draft: valid CAP 1.2, a draft, restricted, never anything else."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dispatch.errors import HandoverRefusedError
from dispatch.handover.cap import cap_time, check_cap
from geodata.areas.shapes import Polygon
from geodata.points import LonLat
from tests.conftest_d.missing_child import AT, CHILD, draft


def text(raw: bytes, name: str) -> str | None:
    return etree.fromstring(raw).findtext(f".//{{*}}{name}")


def test_the_draft_is_valid_and_a_restricted_draft() -> None:
    raw = draft()
    assert check_cap(raw) == []
    assert (text(raw, "status"), text(raw, "scope")) == ("Draft", "Restricted")
    assert (text(raw, "event"), text(raw, "contact")) == ("Copil dispărut", "112")
    assert text(raw, "circle") == "45.430000,28.040000 5.000"


def test_sent_has_a_numeric_offset_and_no_z() -> None:
    assert text(draft(), "sent") == "2026-03-14T22:05:03+00:00"
    assert cap_time(AT.astimezone(timezone(timedelta(hours=2)))) == "2026-03-15T00:05:03+02:00"


@given(st.text(min_size=1, max_size=30))
def test_an_identifier_never_holds_what_cap_forbids(incident: str) -> None:
    found = text(draft(incident=incident), "identifier") or ""
    assert not set(found) & set(" ,<&\t\n")


def test_a_polygon_is_closed_and_latitude_comes_first() -> None:
    ring = (LonLat(28.0, 45.4), LonLat(28.1, 45.4), LonLat(28.1, 45.5))
    pairs = (text(draft(replace(CHILD, zone=Polygon(ring))), "polygon") or "").split(" ")
    assert (pairs[0], len(pairs)) == (pairs[-1], 4)
    assert pairs[0] == "45.400000,28.000000"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<status>Draft</status>", "", "alert holds 0 status"),
        ("<status>Draft</status>", "<status>draft</status>", "not in its list"),
        ("+00:00</sent>", "Z</sent>", "numeric offset"),
        ("<scope>Restricted</scope>", "<scope>Private</scope>", "needs addresses"),
        ("<language>ro-RO</language>", "<web>x</web><language>ro</language>", "out of order"),
        ("<areaDesc>Galați</areaDesc>", "", "area holds 0 areaDesc"),
        ("<valueName>SAME</valueName>", "", "eventCode holds 0 valueName"),
        (">45.430000,28.040000 5.000<", ">28.04 45.43<", "lat,lon km"),
        ("<note>", "<secret/><note>", "must not hold secret"),
        ("cap:1.2", "cap:1.1", "CAP 1.2"),
    ],
)
def test_every_kind_of_fault_is_found(old: str, new: str, fault: str) -> None:
    broken = draft().decode().replace(old, new)
    assert any(fault in found for found in check_cap(broken.encode()))


def test_what_is_no_xml_is_said_to_be_none() -> None:
    assert check_cap(b"<alert")[0].startswith("no XML")


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(HandoverRefusedError) as refused:
        draft(at=AT.replace(tzinfo=None))
    assert refused.value.code == "naive_time"


@given(st.text(max_size=200))
def test_any_description_gives_a_valid_draft_or_a_refusal(words: str) -> None:
    assert check_cap(draft(replace(CHILD, clothing=words, last_seen=words))) == []


def test_the_police_read_when_by_the_clock_of_romania() -> None:
    assert "lipsește din 14.03.2026, ora 21:05." in (text(draft(), "description") or "")


def test_the_description_holds_all_that_is_known_of_the_child() -> None:
    assert text(draft(replace(CHILD, age_years=1)), "headline") == "Copil dispărut: Ana Pop, 1 an"
    assert text(draft(), "description") == (
        "Ana Pop, 9 ani, lipsește din 14.03.2026, ora 21:05. "
        "Ultimul loc știut: str. Lungă, Galați. "
        "Semnalmente: înălțime 132 cm, păr șaten, îmbrăcăminte: geacă roșie & blugi <noi>."
    )


def test_nobody_is_missing_since_tomorrow() -> None:
    with pytest.raises(HandoverRefusedError) as refused:
        draft(replace(CHILD, missing_since=AT + timedelta(hours=1)))
    assert refused.value.code == "missing_in_future"
