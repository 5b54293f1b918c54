"""geo: URIs of RFC 5870."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location.reader import read_report
from geodata.areas.shapes import Circle, Point
from geodata.errors import RefusedError
from geodata.points import LonLat

BUCHAREST = LonLat(26.1025, 44.4353)


@pytest.mark.parametrize(
    ("uri", "shape"),
    [
        ("geo:44.4353,26.1025;u=35", Circle(BUCHAREST, 35.0)),
        ("GEO:44.4353,26.1025;CRS=WGS84;U=35", Circle(BUCHAREST, 35.0)),
        ("<geo:44.4353,26.1025,80;u=35.0>", Circle(BUCHAREST, 35.0)),
        ("geo:44.4353,26.1025", Point(BUCHAREST)),
        ("geo:44.4353,26.1025;u=0", Point(BUCHAREST)),
        ("geo:0,0?q=44.4353,26.1025(Acas%C4%83)", Point(BUCHAREST)),
        ("geo:44.4353,26.1025?z=11", Point(BUCHAREST)),
        ("geo:0,0", None),
    ],
)
def test_a_uri_is_read(uri: str, shape: Point | Circle | None) -> None:
    assert read_report(uri.encode()).shape == shape


def test_altitude_and_unknown_parameters_are_kept() -> None:
    extras = read_report(b"geo:44.4353,26.1025,80;foo=b%61r").extras
    assert extras == {"altitude_m": "80", "foo": "bar"}


@pytest.mark.parametrize(
    ("uri", "warnings"),
    [
        ("geo:44.4353,26.1025;u=35", ["confidence_missing"]),
        ("geo:44.4353,26.1025;u=0", ["zero_radius", "no_uncertainty"]),
        ("geo:0,0?q=44.4353,26.1025", ["geo_query", "no_uncertainty"]),
        ("geo:0,0?q=Piata+Unirii", ["fake_coordinate"]),
    ],
)
def test_what_is_missing_is_said(uri: str, warnings: list[str]) -> None:
    assert [warning.code for warning in read_report(uri.encode()).warnings] == warnings


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("geo:26.1025,44.4353", "swapped_lon_lat"),
        ("geo:95,26", "out_of_range"),
        ("geo:44.4353", "malformed_geo_uri"),
        ("geo:44.4353,26.1025;u=1;u=2", "malformed_geo_uri"),
        ("geo:44.4353,26.1025;crs=stereo70", "unsupported_crs"),
        ("geo:44.4353,26.1025;u=far", "bad_radius"),
        ("geo:44.4353,26.1025;u=-1", "bad_radius"),
        ("geo:44.4353,26.1025;" + "a" * 3000, "malformed_geo_uri"),
    ],
)
def test_a_bad_uri_is_refused(uri: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(uri.encode())
    assert caught.value.code == code


@given(
    lon=st.integers(200_000_000, 299_999_999),
    lat=st.integers(436_000_000, 482_999_999),
    radius=st.integers(1, 20_000_000),
)
def test_what_is_written_is_read_back(lon: int, lat: int, radius: int) -> None:
    shape = Circle(LonLat(lon / 1e7, lat / 1e7), radius / 100.0)
    uri = f"geo:{shape.center.lat:.7f},{shape.center.lon:.7f};u={shape.radius_m:.12g}"
    assert read_report(uri.encode()).shape == shape


@given(rest=st.text("0123456789.,;=-?uqcrs+%&() ", max_size=60) | st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_anything_behind_the_scheme_gives_a_result_or_a_refusal(rest: str) -> None:
    try:
        outcome = read_report(f"geo:{rest}".encode("utf-8", "surrogatepass")).format
    except RefusedError as refused:
        outcome = refused.code
    assert outcome
