"""Cell identities, cell tables, and the areas that cells and timing advances leave."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.location.base import Notes
from dispatch.location.cells.area import GSM_STEP_M, LTE_STEP_M, cell_area, place_cell
from dispatch.location.cells.reader import CellIdentity, CellKind, read_identity
from dispatch.location.cells.table import OPERATOR_RO, Cell, CellTable, Columns
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle
from geodata.errors import ReferenceDataError, RefusedError
from geodata.points import LonLat

VASLUI = LonLat(27.729, 46.638)
OPENCELLID_LINES = [
    "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal",
    "GSM,226,1,1234,5678,,27.729,46.638,3500,6,1,1568220564,1570120316,",
    "LTE,226,5,703,26034200,,26.1025,44.4353,0,6,1,1568220564,1570120316,",
    "UMTS,226,10,77,4598786,,26.2,44.5,900,6,1,1,1,",
    "NR,226,10,77,68719476735,,26.3,44.6,400,6,1,1,1,",
    "LTE,208,1,703,1,,2.3,48.8,900,6,1,1,1,",
]
OPERATOR_LINES = [
    "GSM#226#01#1234#5678#46.638#27.729#3500#0.67#90#120",
    "4G#226#01#703#26034200#46.638#27.729#3500#80#0#",
    "GSM#226#01#1234#5679#2147483647#2147483647#3500#0.67#90#120",
]
OPENCELLID_TABLE = CellTable.from_lines(OPENCELLID_LINES, mcc="226")
OPERATOR_TABLE = CellTable.from_lines(OPERATOR_LINES, OPERATOR_RO)


def codes(report: LocationReport) -> list[str]:
    return [warning.code for warning in report.warnings]


# ── identities ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("226-01-1234-5678", CellKind.CGI, "226-01-1234-5678"),
        ("cgi:226-01-1234-5678", CellKind.CGI, "226-01-1234-5678"),
        ("sai:226-01-1234-5678", CellKind.SAI, "226-01-1234-5678"),
        ("226-05-703-26034200", CellKind.ECGI, "226-05-703-26034200"),
        ("ecgi:226-05-26034200", CellKind.ECGI, "226-05-26034200"),
        ("226,05,26034200", CellKind.ECGI, "226-05-26034200"),
        ("226-05-68719476735", CellKind.NCGI, "226-05-68719476735"),
    ],
)
def test_an_identity_is_read(text: str, kind: CellKind, written: str) -> None:
    identity = read_identity(text)
    assert (identity.kind, identity.text) == (kind, written)
    assert read_report(text.encode()).extras["cell"] == written


def test_a_network_code_is_text() -> None:
    two, three = read_identity("310-01-1-2"), read_identity("310-001-1-2")
    assert (two.mnc, three.mnc) == ("01", "001")
    assert two.key != three.key


@pytest.mark.parametrize(
    "text", ["226-01-70000-1", "cgi:226-01-5678", "226-5-1-1", "226-01-1-99999999999", "cell:"]
)
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read_report(text.encode(), format="cell")
    assert caught.value.code == "bad_cell"


@given(text=st.text(max_size=40) | st.from_regex(r"\d{3}-\d{2,3}-\d{1,11}-\d{1,11};ta=\d*"))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_a_result_or_a_refusal(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass")
    try:
        outcome = read_report(raw, format="cell", cells=OPENCELLID_TABLE).format
    except RefusedError as refused:
        outcome = refused.code
    assert outcome


# ── tables ────────────────────────────────────────────────────────────────────
def test_opencellid_is_read_with_its_headings() -> None:
    cell = OPENCELLID_TABLE.find(read_identity("226-01-1234-5678"))
    assert cell == Cell("GSM", VASLUI, 3500.0, None, None, None)
    assert (len(OPENCELLID_TABLE), OPENCELLID_TABLE.skipped) == (4, 0)


def test_opencellid_is_read_without_headings() -> None:
    table = CellTable.from_lines(OPENCELLID_LINES[1:])
    assert table.find(read_identity("226-01-1234-5678")) is not None


def test_a_whole_number_of_a_list_is_the_code_with_its_zero() -> None:
    assert OPENCELLID_TABLE.find(read_identity("226-05-703-26034200")) is not None
    assert OPENCELLID_TABLE.find(read_identity("226-05-26034200")) is not None
    assert OPENCELLID_TABLE.find(read_identity("226-005-26034200")) is None


def test_a_umts_cell_is_found_by_its_long_and_its_short_number() -> None:
    long, short = read_identity("226-10-77-4598786"), read_identity("226-10-77-11266")
    assert OPENCELLID_TABLE.find(long) == OPENCELLID_TABLE.find(short) is not None


def test_a_5g_cell_is_found() -> None:
    assert OPENCELLID_TABLE.find(read_identity("226-10-68719476735")) is not None


def test_the_operator_file_is_read() -> None:
    cell = OPERATOR_TABLE.find(read_identity("226-01-1234-5678"))
    assert cell == Cell("GSM", VASLUI, 3500.0, 90.0, 120.0, 0.67)
    lte = OPERATOR_TABLE.find(read_identity("226-01-26034200"))
    assert lte == Cell("LTE", VASLUI, 3500.0, 0.0, None, 0.8)


def test_the_order_of_the_columns_can_be_agreed() -> None:
    columns = Columns("#", ("cell", "area", "mnc", "mcc", "lat", "lon", "range_m"), scale=1e-7)
    table = CellTable.from_lines(["5678#1234#01#226#466380000#277290000#3500"], columns)
    cell = table.find(read_identity("226-01-1234-5678"))
    assert cell is not None
    assert cell.place == pytest.approx(VASLUI)


@pytest.mark.parametrize("place", ["2147483647#2147483647", "0#0", "#", "nan#nan"])
def test_a_cell_without_coordinates_has_no_place(place: str) -> None:
    line = OPERATOR_LINES[0].replace("46.638#27.729", place)
    cell = CellTable.from_lines([line], OPERATOR_RO).find(read_identity("226-01-1234-5678"))
    assert cell is not None
    assert cell.place is None


@pytest.mark.parametrize(
    "line", ["GSM#226#01#99999#1#46#27", "GSM#226#01#1#x#46#27", "AM#226#01#1#1#46#27",
             "GSM#226#01#1#1#27#46", "GSM#226#01#1#1#120#400", "GSM"],
)  # fmt: skip
def test_a_bad_line_is_counted(line: str) -> None:
    table = CellTable.from_lines([OPERATOR_LINES[0], line], OPERATOR_RO)
    assert (len(table), table.skipped) == (1, 1)


def test_of_two_lines_for_one_cell_the_later_one_counts() -> None:
    later = OPERATOR_LINES[0].replace("3500", "900")
    cell = CellTable.from_lines([OPERATOR_LINES[0], later], OPERATOR_RO).find(
        read_identity("226-01-1234-5678")
    )
    assert cell is not None
    assert cell.range_m == 900.0


def test_a_table_is_small(tmp_path: Path) -> None:
    file = tmp_path / "cells.txt"
    lines = (f"GSM#226#01#{i % 60000}#{i}#46.6#27.7#900#0.9##" for i in range(20_000))
    file.write_text("\n".join(lines))
    table = CellTable.load(file, OPERATOR_RO)
    assert len(table) == 20_000
    arrays = [part for part in vars(table).values() if isinstance(part, np.ndarray)]
    assert sum(part.nbytes for part in arrays) == 33 * 20_000


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError) as missing:
        CellTable.load(tmp_path / "none.csv")
    with pytest.raises(ReferenceDataError) as bad:
        CellTable.from_lines(["one;two;three"], OPERATOR_RO)
    assert (missing.value.code, bad.value.code) == ("cell_table_missing", "bad_cell_table")


def test_an_empty_table_has_no_cells() -> None:
    assert CellTable.from_lines([]).find(read_identity("226-01-1-1")) is None


def test_the_public_samples_are_read(shared_data: Path) -> None:
    public = CellTable.load(shared_data / "cells" / "opencellid_format_ichnaea_sample.csv")
    assert (len(public), public.skipped) == (3, 0)
    timisoara = CellTable.load(shared_data / "cells" / "netmonster_timisoara_sample.csv")
    cell = timisoara.find(read_identity("ecgi:226-01-21992549"))
    assert cell == Cell("LTE", None, None, None, None, None)


# ── areas ─────────────────────────────────────────────────────────────────────
def test_a_sector_is_centred_on_its_bearing() -> None:
    shape = cell_area(Cell("GSM", VASLUI, 3500.0, 30.0, 120.0, None), Notes())
    assert shape == ArcBand(VASLUI, 0.0, 3500.0, 330.0, 120.0)


def test_a_cell_without_a_bearing_is_a_circle() -> None:
    shape = cell_area(Cell("GSM", VASLUI, 3500.0, None, None, None), Notes())
    assert shape == Circle(VASLUI, 3500.0)


def test_a_timing_advance_of_7_is_the_ring_of_rfc_5491() -> None:
    shape = cell_area(Cell("GSM", VASLUI, None, None, None, None), Notes(), timing_advance=7)
    assert isinstance(shape, ArcBand)
    # The RFC prints 3594 and 4148 m, from a step of 553 m.
    assert shape.inner_radius_m == pytest.approx(3594.0, abs=5.0)
    assert shape.outer_radius_m == pytest.approx(4148.0, abs=5.0)


@pytest.mark.parametrize(("radio", "step"), [("GSM", GSM_STEP_M), ("LTE", LTE_STEP_M)])
def test_a_ring_is_one_step_thick(radio: str, step: float) -> None:
    shape = cell_area(Cell(radio, VASLUI, 900.0, 30.0, 60.0, None), Notes(), timing_advance=3)
    assert isinstance(shape, ArcBand)
    assert shape.outer_radius_m - shape.inner_radius_m == pytest.approx(step)


def test_a_timing_advance_of_0_reaches_the_mast() -> None:
    shape = cell_area(Cell("GSM", VASLUI, 900.0, None, None, None), Notes(), timing_advance=0)
    assert shape == Circle(VASLUI, GSM_STEP_M / 2)


@pytest.mark.parametrize(
    ("cell", "advance", "warning"),
    [
        (Cell("GSM", VASLUI, None, None, None, None), None, "assumed_range"),
        (Cell("GSM", VASLUI, 900.0, 30.0, None, None), None, "assumed_beamwidth"),
        (Cell("GSM", VASLUI, 900.0, 30.0, 60.0, None), 64, "bad_timing_advance"),
        (Cell("UMTS", VASLUI, 900.0, 30.0, 60.0, None), 1, "bad_timing_advance"),
        (Cell("GSM", None, 900.0, 30.0, 60.0, None), None, "cell_without_place"),
    ],
)
def test_what_is_assumed_is_said(cell: Cell, advance: int | None, warning: str) -> None:
    notes = Notes()
    cell_area(cell, notes, timing_advance=advance)
    assert [w.code for w in notes.all()] == [warning]


# ── reports ───────────────────────────────────────────────────────────────────
def test_a_cell_and_a_timing_advance_are_placed() -> None:
    report = read_report(b"226-01-1234-5678;ta=2", cells=OPERATOR_TABLE)
    assert report.shape == ArcBand(VASLUI, 1.5 * GSM_STEP_M, 2.5 * GSM_STEP_M, 30.0, 120.0)
    assert (report.confidence, report.source) == (0.67, "CELL")


@pytest.mark.parametrize(
    ("text", "warning"),
    [("226-01-1234-1", "unknown_cell"), ("226-01-1234-5679", "cell_without_place")],
)
def test_an_unknown_cell_leads_to_a_question(text: str, warning: str) -> None:
    report = read_report(text.encode(), cells=OPERATOR_TABLE)
    assert report.shape is None
    assert codes(report) == [warning, "ask_caller"]


def test_without_a_table_no_cell_is_placed() -> None:
    assert codes(place_cell(read_report(b"226-01-1234-5678"), None))[0] == "no_cell_table"


def test_the_serving_cell_of_another_format_is_placed() -> None:
    report = LocationReport("mlp", None, None, extras={"cell": "226-05-26034200",
                                                       "cell_kind": "ecgi"})  # fmt: skip
    placed = place_cell(report, OPENCELLID_TABLE)
    assert placed.shape == Circle(LonLat(26.1025, 44.4353), 10_000.0)
    assert codes(placed) == ["assumed_range", "confidence_missing"]


def test_a_place_is_never_replaced_by_a_cell() -> None:
    report = LocationReport("mlp", Circle(VASLUI, 50.0), 0.9, extras={"cell": "226-01-1234-5678"})
    assert place_cell(report, OPERATOR_TABLE) is report


def test_an_unreadable_serving_cell_is_said() -> None:
    report = LocationReport("mlp", None, None, extras={"cell": "226-01"})
    assert codes(place_cell(report, OPERATOR_TABLE)) == ["bad_cell", "ask_caller"]


IDENTITIES = st.one_of(
    st.builds(CellIdentity, st.just(CellKind.CGI), st.just("226"), st.sampled_from(["01", "10"]),
              st.integers(1, 65535), st.integers(0, 65535)),
    st.builds(CellIdentity, st.just(CellKind.NCGI), st.just("226"), st.sampled_from(["01", "10"]),
              st.none(), st.integers(1 << 28, (1 << 36) - 1)),
)  # fmt: skip


@given(identity=IDENTITIES)
def test_an_identity_is_read_as_it_is_written(identity: CellIdentity) -> None:
    assert read_identity(identity.text) == identity


@given(identities=st.sets(IDENTITIES, min_size=2, max_size=20))
def test_different_cells_have_different_keys(identities: set[CellIdentity]) -> None:
    assert len({identity.key for identity in identities}) == len(identities)


@given(line=st.text("0123456789.#GSMLTE-,naif ", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_line_is_read_or_counted(line: str) -> None:
    table = CellTable.from_lines([OPERATOR_LINES[0], line], OPERATOR_RO)
    assert len(table) + table.skipped <= 2
