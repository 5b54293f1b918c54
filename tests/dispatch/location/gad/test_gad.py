"""3GPP GAD: every shape both ways, the public vectors, and the mistakes of other decoders."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location.gad.codec import (
    EXTENDED,
    OCTETS,
    PRECISE,
    Gad,
    GadKind,
    decode,
    encode,
    uncertainty_m,
)
from dispatch.location.gad.reader import read_octets, write_gad
from dispatch.location.reader import read_report
from geodata.areas.shapes import ArcBand, Circle, Ellipse, Point, Polygon, Shape
from geodata.errors import RefusedError
from geodata.points import LonLat

IASI = LonLat(27.60139, 47.158492)
CIRCLE = "103f2f4d128fd03c"


def code_of(octets: str) -> str:
    with pytest.raises(RefusedError) as caught:
        read_report(octets.encode(), format="gad")
    return caught.value.code


# ── reading ───────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "raw",
    [
        CIRCLE.encode(),
        CIRCLE.upper().encode(),
        f"0x{CIRCLE}\n".encode(),
        b"10 3f 2f 4d 12 8f d0 3c",
        b"10:3f:2f:4d:12:8f:d0:3c",
        bytes.fromhex(CIRCLE),
        base64.b64encode(bytes.fromhex(CIRCLE)),
    ],
)
def test_octets_are_read_in_every_form(raw: bytes) -> None:
    report = read_report(raw, format="gad")
    assert isinstance(report.shape, Circle)
    assert report.shape.center == pytest.approx((26.102486, 44.42679), abs=1e-6)
    assert report.shape.radius_m == pytest.approx(3034.816, abs=1e-3)


def test_hexadecimal_text_is_recognised() -> None:
    assert read_report(CIRCLE.encode()).format == "gad"
    assert (
        read_report(bytes.fromhex(CIRCLE), content_type="application/vnd.3gpp.gad").format == "gad"
    )


def test_an_ellipse_has_a_confidence_and_whole_degrees() -> None:
    report = read_report(b"304311e213a0ae32283c43")
    assert isinstance(report.shape, Ellipse)
    assert report.shape.orientation_deg == 60.0
    assert (report.confidence, report.warnings) == (0.67, ())


def test_an_arc_counts_its_inner_radius_in_steps_of_5_m() -> None:
    shape = read_report(b"a04110aa0f14ed00c8140f3b43").shape
    assert isinstance(shape, ArcBand)
    assert (shape.inner_radius_m, shape.start_angle_deg, shape.opening_angle_deg) == (1000, 30, 120)
    assert shape.outer_radius_m == pytest.approx(1057.275, abs=1e-3)


def test_a_precise_ellipsoid_is_read_with_its_altitude() -> None:
    written = Gad(
        GadKind.PRECISE_ELLIPSOID, (IASI,), altitude_m=80.5, major=100, minor=50,
        orientation_deg=20, confidence=68, altitude_code=60, altitude_confidence=68,
    )  # fmt: skip
    report = read_report(encode(written).hex().encode())
    assert isinstance(report.shape, Ellipse)
    assert report.shape.center == pytest.approx(IASI, abs=1e-7)
    assert report.shape.semi_major_m == pytest.approx(0.3 * (1.02**100 - 1))
    assert report.extras["altitude_m"] == "80.5"


# Release 16: 45 N and 22.5 E are 2^30 and 2^28 steps; K 100 and 50, 20 degrees, 68 %.
HERE_32 = "40000000" + "10000000"


@pytest.mark.parametrize(
    ("octets", "major_m", "minor_m"),
    [
        ("b0" + HERE_32 + "64321444", 1.873394, 0.507476),
        ("d0" + HERE_32 + "64321444", 1.873394, 0.507476),
        ("d0" + HERE_32 + "643214c4", 3.584343, 0.779492),
        ("c0" + HERE_32 + "000000" + "643214443c44", 1.873394, 0.507476),
        ("e0" + HERE_32 + "000000" + "643214443cc4", 1.873394, 0.507476),
        ("e0" + HERE_32 + "000000" + "643214c43c44", 3.584343, 0.779492),
    ],
)
def test_the_high_accuracy_shapes_are_read_on_their_own_scale(
    octets: str, major_m: float, minor_m: float
) -> None:
    report = read_report(octets.encode())
    assert isinstance(report.shape, Ellipse)
    assert report.shape.center == (22.5, 45.0)
    assert report.shape.semi_major_m == pytest.approx(major_m, abs=1e-6)
    assert report.shape.semi_minor_m == pytest.approx(minor_m, abs=1e-6)
    assert (report.shape.orientation_deg, report.confidence) == (20.0, 0.68)


@pytest.mark.parametrize(
    ("altitude", "vertical", "metres", "uncertainty"),
    [
        ("002800", "44", "80", "0.68"),
        ("002801", "c4", "80.0078", "1.09"),
        ("3ffec0", "44", "-2.5", "0.68"),
        # The two bits above the 22 are spare: a sign drawn through them changes nothing.
        ("fffec0", "44", "-2.5", "0.68"),
        ("3f0600", "44", "-500", "0.68"),
        ("138800", "44", "10000", "0.68"),
    ],
)
def test_the_precise_altitude_has_22_bits_and_a_scale_of_its_own(
    altitude: str, vertical: str, metres: str, uncertainty: str
) -> None:
    extras = read_report(f"e0{HERE_32}{altitude}643214443c{vertical}".encode()).extras
    assert extras["altitude_m"] == metres
    assert extras["altitude_uncertainty_m"] == uncertainty
    assert extras["altitude_confidence"] == "0.68"


def test_the_scales_end_where_the_standard_says() -> None:
    assert uncertainty_m(255, PRECISE) == pytest.approx(46.49, abs=0.01)
    assert uncertainty_m(255, EXTENDED) == pytest.approx(205.39, abs=0.01)
    assert uncertainty_m(127) == pytest.approx(1_800_000.0, rel=0.01)


@pytest.mark.parametrize(
    ("octets", "shape"),
    [
        ("100f037f36327f23", Circle(LonLat(76.21489, 10.55648), 271.024)),
        ("3025496438688223215050", Ellipse(LonLat(79.32408, 26.2172), 271.024, 222.252, 80.0)),
        ("90b1b73fd8eee1023a0d080f1705",
         Ellipse(LonLat(-54.9378, -34.95643), 24.523, 11.436, 15.0)),
        # Two decoders take 775 for metres and 27 and 65 for degrees; 6.6 and 6.7 say 5 m and 2.
        ("a023c3ec36ab8f03072a1b413c",
         ArcBand(LonLat(76.8799, 25.14749), 3875.0, 4412.637, 54.0, 132.0)),
        ("002b6cf135f4be", Point(LonLat(75.87566, 30.5336))),
    ],
)  # fmt: skip
def test_octets_from_live_networks_are_read(octets: str, shape: Shape) -> None:
    found = read_report(octets.encode()).shape
    assert type(found) is type(shape)
    for name in shape.__slots__:
        digits = 1e-5 if name == "center" else 1e-3
        assert getattr(found, name) == pytest.approx(getattr(shape, name), abs=digits), name


def test_an_orientation_that_some_senders_halve_is_said() -> None:
    codes = [w.code for w in read_report(b"90b1b73fd8eee1023a0d080f1705").warnings]
    assert codes == ["orientation_in_doubt"]


@pytest.mark.parametrize("octets", [CIRCLE, "a04110aa0f14ed00c8140f3b43", "304311e213a0ae32283c43"])
def test_text_in_any_notation_is_recognised(octets: str) -> None:
    raw = bytes.fromhex(octets)
    spelt = [base64.b64encode(raw), raw.hex(" ").encode(), raw.hex("-").encode(),
             b", ".join(b"0x%02X" % octet for octet in raw), b"\xef\xbb\xbf" + octets.encode(),
             base64.b64encode(raw) + b"\r\n"]  # fmt: skip
    assert {read_report(text).shape for text in spelt} == {read_report(octets.encode()).shape}


@pytest.mark.parametrize("text", ["Slobozia", "gheorghieni", "402353123456", "226-10-703-26034"])
def test_words_and_numbers_are_no_octets(text: str) -> None:
    try:
        found = read_report(text.encode()).format
    except RefusedError as refused:
        found = refused.code
    assert found != "gad"


@pytest.mark.parametrize(
    ("octets", "warnings"),
    [
        ("101e93e979999900", ["zero_radius", "no_uncertainty"]),
        ("1f3f2f4d128fd03c", ["spare_bits", "confidence_missing"]),
        ("304311e213a0ae32003c43", ["zero_axis"]),
        ("304311e213a0ae32283c00", ["confidence_unusable"]),
        ("a04110aa0f14ed00c8000f3b43", ["zero_thickness"]),
        ("10000000000000" + "3c", ["fake_coordinate"]),
    ],
)
def test_a_quirk_is_read_with_a_warning(octets: str, warnings: list[str]) -> None:
    report = read_report(octets.encode())
    assert [warning.code for warning in report.warnings] == warnings


# ── refusing ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("first", ["01", "03", "05", "0a"])
def test_a_type_in_the_low_nibble_is_refused(first: str) -> None:
    assert code_of(first + CIRCLE[2:]) == "low_nibble"


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        ("40", "unknown_shape"),
        ("00", "bad_length"),
        ("10400000400000", "bad_length"),
        ("1040000040000001ff", "bad_length"),
        ("304000004000000102b432", "reserved_value"),
        ("a04110aa0f14ed00c814ff3b43", "reserved_value"),
        ("52000000000000000000000000", "bad_polygon"),
        ("53000000000000", "bad_length"),
        ("103f2f4d128fd07f", "bad_radius"),
        ("00" * 92, "bad_length"),
    ],
)
def test_octets_that_are_no_description_are_refused(octets: str, code: str) -> None:
    assert code_of(octets) == code


# ── the vectors ───────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def vectors(shared_data: Path) -> dict:  # type: ignore[type-arg]
    return json.loads((shared_data / "messages" / "gad" / "gad_vectors.json").read_text())


def test_the_public_vectors_are_read_exactly(vectors: dict) -> None:  # type: ignore[type-arg]
    for vector in vectors["conformant"] + vectors["romania"]:
        expected = vector.get("decoded_by_spec") or vector["decoded"]
        gad = decode(bytes.fromhex(vector["hex"]))
        if expected["shape"] == "polygon":
            assert [[lat, lon] for lon, lat in gad.places] == expected["points"]
            continue
        read = {
            "lat": gad.places[0].lat, "lon": gad.places[0].lon, "radius_m": gad.major_m,
            "semi_major_m": gad.major_m, "semi_minor_m": gad.minor_m,
            "orientation_raw": gad.orientation_deg, "confidence": gad.confidence,
            "altitude_m": gad.altitude_m, "unc_alt_m": gad.altitude_uncertainty_m,
            "unc_radius_m": gad.major_m, "inner_raw": gad.inner, "inner_m_spec": gad.inner_m,
            "offset_raw": gad.offset, "included_raw": gad.included,
        }  # fmt: skip
        for name in expected.keys() - {"shape"}:
            digits = 6 if name in {"lat", "lon"} else 3
            assert round(read[name], digits) == expected[name], (vector["hex"], name)


def test_the_error_vectors_are_refused(vectors: dict) -> None:  # type: ignore[type-arg]
    for vector in vectors["errors"]:
        with pytest.raises(RefusedError):
            decode(bytes.fromhex(vector["hex"]))


def test_the_uncertainty_codes_are_exact(vectors: dict) -> None:  # type: ignore[type-arg]
    for code, metres in vectors["K_to_radius_m"].items():
        assert round(uncertainty_m(int(code)), 3) == metres


# ── both ways ─────────────────────────────────────────────────────────────────
CODES = st.integers(0, 127)
PLACES = st.builds(LonLat, st.floats(-180, 179.99), st.floats(-89.99, 89.99))
ELLIPSE = {"major": CODES, "minor": CODES, "orientation_deg": st.integers(0, 179),
           "confidence": CODES}  # fmt: skip
ALTITUDE = {"altitude_m": st.integers(-30_000, 30_000).map(float)}
WRITTEN: dict[GadKind, dict[str, st.SearchStrategy]] = {  # type: ignore[type-arg]
    GadKind.POINT: {},
    GadKind.CIRCLE: {"major": CODES},
    GadKind.ELLIPSE: ELLIPSE,
    GadKind.POINT_ALTITUDE: ALTITUDE,
    GadKind.ELLIPSOID: ELLIPSE | ALTITUDE | {"altitude_code": CODES},
    GadKind.ARC: {"major": CODES, "inner": st.integers(0, 65535), "offset": st.integers(0, 179),
                  "included": st.integers(0, 179), "confidence": CODES},
    GadKind.PRECISE_ELLIPSE: ELLIPSE,
    GadKind.PRECISE_ELLIPSOID: ELLIPSE | {
        "altitude_m": st.integers(-64_000, 1_280_000).map(lambda n: n / 128.0),
        "altitude_code": CODES, "altitude_confidence": CODES},
    GadKind.SCALABLE_ELLIPSE: ELLIPSE | {"is_extended": st.booleans()},
    GadKind.SCALABLE_ELLIPSOID: ELLIPSE | {
        "altitude_m": st.integers(-64_000, 1_280_000).map(lambda n: n / 128.0),
        "altitude_code": CODES, "altitude_confidence": CODES,
        "is_extended": st.booleans(), "altitude_is_extended": st.booleans()},
}  # fmt: skip
DESCRIPTIONS = st.one_of(
    [st.builds(Gad, st.just(kind), st.tuples(PLACES), **fields) for kind, fields in WRITTEN.items()]
    + [
        st.builds(
            Gad, st.just(GadKind.POLYGON), st.lists(PLACES, min_size=3, max_size=15).map(tuple)
        )
    ]
)


@given(gad=DESCRIPTIONS)
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(gad: Gad) -> None:
    octets = encode(gad)
    again = decode(octets)
    assert encode(again) == octets
    kept = ("is_extended", "altitude_is_extended", "altitude_m", "confidence", "orientation_deg")
    assert [getattr(again, name) for name in kept] == [getattr(gad, name) for name in kept]
    for place, written in zip(again.places, gad.places, strict=True):
        assert place == pytest.approx(written, abs=3e-5)
    assert len(octets) == OCTETS.get(gad.kind, 1 + 6 * len(gad.places))


@pytest.mark.parametrize(
    "shape",
    [
        Point(IASI),
        Circle(IASI, 1234.0),
        Ellipse(IASI, 2500.0, 900.0, 30.0),
        ArcBand(IASI, 1100.0, 2200.0, 61.0, 118.0),
        ArcBand(IASI, 0.0, 2200.0, 350.0, 300.0),
        Polygon((IASI, LonLat(27.7, 47.1), LonLat(27.7, 47.2))),
    ],
)
def test_a_shape_is_written_outward(shape: Shape) -> None:
    again = read_report(write_gad(shape), format="gad").shape
    assert type(again) is type(shape)
    if isinstance(shape, ArcBand) and isinstance(again, ArcBand):
        assert again.inner_radius_m <= shape.inner_radius_m
        assert again.outer_radius_m >= shape.outer_radius_m
        assert again.opening_angle_deg >= shape.opening_angle_deg
    if isinstance(shape, Circle) and isinstance(again, Circle):
        assert shape.radius_m <= again.radius_m <= 1.11 * shape.radius_m + 10.0


def test_a_circle_with_a_confidence_is_written_as_an_ellipse() -> None:
    report = read_report(write_gad(Circle(IASI, 500.0), 0.67).hex().encode())
    assert isinstance(report.shape, Ellipse)
    assert report.confidence == 0.67


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (Circle(IASI, 2e6), "bad_radius"),
        (ArcBand(IASI, 400_000.0, 400_100.0, 0.0, 90.0), "bad_radius"),
        (Polygon((IASI,) * 16), "too_many_points"),
        (Polygon((IASI,) * 3, ((IASI,) * 3,)), "bad_polygon"),
    ],
)
def test_what_does_not_fit_is_not_written(shape: Shape, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        write_gad(shape)
    assert caught.value.code == code


@given(octets=st.binary(min_size=1, max_size=95), head=st.sampled_from([*GadKind, 2, 15]))
@settings(max_examples=500, deadline=None)
def test_any_octets_give_a_result_or_a_refusal(octets: bytes, head: int) -> None:
    raw = bytes([head << 4 | octets[0] & 0x0F]) + octets[1:]
    for form in (raw, raw.hex().encode(), base64.b64encode(raw)):
        try:
            outcome = read_report(form, format="gad").format
        except RefusedError as refused:
            outcome = refused.code
        assert outcome
    assert read_octets(raw.hex().encode()) == raw
