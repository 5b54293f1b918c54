"""The compiled reference data: unchanged, declared, and rebuilt byte by byte."""

import shutil
from pathlib import Path

import pytest

from geodata.errors import ReferenceDataError
from geodata.reference import files
from geodata.reference.build import build_reference, motorways
from geodata.reference.manifest import read_manifest, verify_reference


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in [*read_manifest()["files"], files.MANIFEST]:
        shutil.copy(files.DATA / name, tmp_path / name)
    return tmp_path


def test_every_file_is_as_built() -> None:
    assert all(check.is_ok for check in verify_reference())
    assert len(verify_reference()) == 7


def test_changed_file_is_reported_with_a_hint(copied: Path) -> None:
    with (copied / files.LOCALITIES).open("a", encoding="utf-8") as file:
        file.write("x\n")
    bad = [check for check in verify_reference(copied) if not check.is_ok]
    assert [check.name for check in bad] == [files.LOCALITIES]
    assert bad[0].hint


def test_missing_file_is_reported_not_raised(copied: Path) -> None:
    (copied / files.NUMBERING).unlink()
    assert [c.name for c in verify_reference(copied) if not c.is_ok] == [files.NUMBERING]


def test_missing_manifest_is_an_error_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError) as refused:
        verify_reference(tmp_path)
    assert refused.value.code == "reference_missing"


def test_borders_keep_the_promised_bounds() -> None:
    made = read_manifest()["borders"]
    assert made["max_border_shift_m"] <= 25.0
    assert made["localities_agreeing"] >= 0.999 * made["localities"]
    assert made["is_exact_coverage"]


def test_every_source_declares_licence_and_attribution() -> None:
    sources = [s for entry in read_manifest()["files"].values() for s in entry["sources"]]
    assert all(source["licence"] and source["attribution"] for source in sources)
    assert any("EuroGeographics" in source["attribution"] for source in sources)


def test_compiled_data_is_small() -> None:
    size = sum((files.DATA / name).stat().st_size for name in read_manifest()["files"])
    assert size < 2_500_000


@pytest.mark.parametrize(
    "damaged",
    ["", "[]", '{"features": [{}]}', '{"features": [{"geometry": {"coordinates": [[1, 2]]}}]}'],
)
def test_a_file_without_lines_of_roads_is_refused(damaged: str, tmp_path: Path) -> None:
    (tmp_path / "roads.geojson").write_text(damaged)
    with pytest.raises(ReferenceDataError) as refused:
        motorways.read_lines(tmp_path / "roads.geojson")
    assert refused.value.code == "bad_source"


@pytest.mark.slow
def test_rebuilding_gives_the_same_bytes(shared_data: Path, tmp_path: Path) -> None:
    build_reference(shared_data, tmp_path)
    for name in [*read_manifest()["files"], files.MANIFEST]:
        assert (tmp_path / name).read_bytes() == (files.DATA / name).read_bytes(), name


def test_a_build_without_its_sources_names_all_that_are_missing(tmp_path: Path) -> None:
    with pytest.raises(ReferenceDataError) as refused:
        build_reference(tmp_path, tmp_path / "out")
    assert refused.value.code == "source_missing"
    assert "roads/bucharest_drive.osm.pbf" in refused.value.message
