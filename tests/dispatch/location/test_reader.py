"""The door: sizes, recognition, and that nothing but a result or a refusal comes out."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.location.base import MAX_BYTES, clean_text
from dispatch.location.reader import FORMATS, read_report
from dispatch.model import LocationReport
from geodata.errors import RefusedError
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "operator_messages"
CIRCLE_XML = (MESSAGES / "emerep_circle.xml").read_bytes()
CIRCLE_JSON = b'{"shape":{"type":"Circle","center":[26.1,44.4],"radius_m":500},"confidence":0.9}'


def code_of(raw: bytes, **options: str) -> str:
    with pytest.raises(RefusedError) as caught:
        read_report(raw, **options)  # type: ignore[arg-type]
    return caught.value.code


def ring_of(count: int) -> list[list[float]]:
    return [[26.0 + i * 1e-7, 44.0 + (i % 7) * 1e-7] for i in range(count)]


# ── recognition ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (CIRCLE_JSON, "json"),
        (b"\xef\xbb\xbf \n" + CIRCLE_JSON, "json"),
        (CIRCLE_XML, "mlp"),
        (b"\xef\xbb\xbf" + CIRCLE_XML, "mlp"),
        (CIRCLE_XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "mlp"),
        (CIRCLE_XML.replace(b"UTF-8", b"windows-1250"), "mlp"),
    ],
)
def test_the_format_is_recognised(raw: bytes, name: str) -> None:
    assert read_report(raw).format == name


@pytest.mark.parametrize("raw", [b"hello", b"lat=44;lon=26", b"\x89PNG\r\n", b"\xff\xff\xff\xff"])
def test_an_unknown_format_is_refused(raw: bytes) -> None:
    assert code_of(raw) == "unknown_format"


def test_a_format_that_nobody_knows_is_refused() -> None:
    assert code_of(CIRCLE_JSON, format="fax") == "unknown_format"


@pytest.mark.parametrize(
    ("content_type", "code"),
    [("application/json", "malformed_json"), ("text/xml", "malformed_xml")],
)
def test_the_content_type_settles_a_doubt(content_type: str, code: str) -> None:
    assert code_of(b"oops>", content_type=content_type) == code


def test_every_registered_format_can_be_named() -> None:
    assert FORMATS[0] == "auto"
    assert {"json", "mlp"} < set(FORMATS)


# ── limits ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("raw", [b"", b"  \r\n\t ", b"\0\0"])
def test_an_empty_message_is_refused(raw: bytes) -> None:
    assert code_of(raw) == "empty_message"


@pytest.mark.parametrize("filling", [b"x", b" ", b"[", b"<a>", b"\0"])
def test_a_body_of_ten_megabytes_is_refused(filling: bytes) -> None:
    body = b"{" + filling * (10_000_000 // len(filling))
    assert code_of(body) == "too_large"


@pytest.mark.parametrize("indent", [None, 1])
def test_a_million_corners_are_refused_quickly_by_their_own_code(indent: int | None) -> None:
    corners = ",".join([json.dumps([26.1, 44.4], indent=indent)] * 1_000_000)
    body = f'{{"shape": {{"type": "Polygon", "coordinates": [[{corners}]]}}}}'.encode()
    start = time.thread_time()
    assert code_of(body) == "too_many_points"
    assert time.thread_time() - start < 0.5


def test_a_million_corners_of_xml_are_refused_too() -> None:
    corner = b"<coord><X>44 26 07N</X><Y>26 06 09E</Y></coord>"
    assert code_of(b"<svc_result>" + corner * 1_000_000) == "too_many_points"


def test_corners_beyond_the_limit_in_a_small_body_are_refused() -> None:
    shape = {"type": "Polygon", "coordinates": [[[26, 44]] * 10_001]}
    body = json.dumps({"shape": shape}, separators=(",", ":")).encode()
    assert len(body) < MAX_BYTES
    assert code_of(body) == "too_many_points"


def test_ten_thousand_corners_are_read() -> None:
    places = ring_of(9_000)
    turning = [[p[0], 44.0 + 1e-3 if i % 2 else 44.0] for i, p in enumerate(places)]
    shape = {"type": "Polygon", "coordinates": [[*turning, [26.0, 44.01]]]}
    assert read_report(json.dumps({"shape": shape}).encode()).shape is not None


def test_text_is_cleaned_whatever_it_holds() -> None:
    assert clean_text("a\0b\ud800c\n\td\u0007") == "abc d"


# ── nothing else comes out ────────────────────────────────────────────────────
def result_or_refusal(raw: bytes, name: str = "auto") -> None:
    outcome: LocationReport | RefusedError
    try:
        outcome = read_report(raw, format=name)
    except RefusedError as refused:
        outcome = refused
    assert isinstance(outcome, LocationReport) or (outcome.code and outcome.message)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=12,
)
SHAPE_LIKE = st.fixed_dictionaries(
    {"type": st.sampled_from(["Point", "Circle", "Ellipse", "ArcBand", "Polygon"]) | JSON_VALUES},
    optional={
        name: st.floats() | st.integers(-(10**20), 10**20) | JSON_VALUES
        for name in (
            "center",
            "coordinates",
            "radius_m",
            "semi_major_m",
            "semi_minor_m",
            "orientation_deg",
            "inner_radius_m",
            "outer_radius_m",
            "start_angle_deg",
            "opening_angle_deg",
        )
    }
    | {
        "center": st.tuples(st.floats(19, 31), st.floats(42, 50)),
        "coordinates": st.lists(
            st.lists(st.tuples(st.floats(19, 31), st.floats(42, 50)), max_size=8), max_size=3
        ),
    },
)
REPORT_LIKE = st.fixed_dictionaries(
    {"shape": SHAPE_LIKE | JSON_VALUES},
    optional=dict.fromkeys(
        ("confidence", "pdf", "caller", "time", "source", "location"), JSON_VALUES
    ),
)


@given(raw=st.binary(max_size=400), name=st.sampled_from(FORMATS))
def test_any_bytes_give_a_result_or_a_refusal(raw: bytes, name: str) -> None:
    result_or_refusal(raw, name)


@given(document=REPORT_LIKE)
@settings(max_examples=300)
def test_anything_like_a_json_report_gives_a_result_or_a_refusal(document: object) -> None:
    result_or_refusal(json.dumps(document).encode("utf-8", "surrogatepass"))


@given(data=st.data(), file=st.sampled_from(sorted(MESSAGES.glob("*.xml"))))
@settings(max_examples=300)
def test_any_damaged_xml_message_gives_a_result_or_a_refusal(
    data: st.DataObject, file: Path
) -> None:
    raw = file.read_bytes()
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 60)))
    result_or_refusal(raw[:start] + data.draw(st.binary(max_size=20)) + raw[end:])


@given(value=st.text(max_size=30), tag=st.sampled_from(["X", "Y", "radius", "time", "lev_conf"]))
@example(value="9" * 30, tag="radius")
@example(value="1e400", tag="radius")
@example(value="٣", tag="X")
@settings(max_examples=300)
def test_any_text_in_an_element_gives_a_result_or_a_refusal(value: str, tag: str) -> None:
    text = CIRCLE_XML.decode()
    before, _, rest = text.partition(f"<{tag}")
    attributes, _, tail = rest.partition(">")
    _, _, after = tail.partition(f"</{tag}>")
    message = f"{before}<{tag}{attributes}>{value}</{tag}>{after}"
    result_or_refusal(message.encode("utf-8", "surrogatepass"))
