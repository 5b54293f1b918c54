"""
Reference geography from one OpenStreetMap PBF: borders, counties, localities.

`romania-latest.osm.pbf` alone gives a folder of the same form as the bundled
reference data; what OpenStreetMap does not know (offices, numbering) is taken
over from there.
Localities are `place` nodes, mostly with `siruta:code`; for areas see
`geodata.reference.build.osm_areas`.
"""

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geodata.errors import ReferenceDataError
from geodata.reference import files
from geodata.reference.build import arcs, tiling
from geodata.reference.build.compile import areas_km2, format_borders
from geodata.reference.build.osm_areas import ROMANIA, AreaMapping, choose_areas
from geodata.reference.build.osm_reader import AdminArea, Geography, read_geography
from geodata.reference.build.osm_tables import Known, Row, localities, people_of, sector_rows
from geodata.reference.build.swap import swap_folder
from geodata.reference.build.tables import write_csv
from geodata.reference.codes import CODES, NAMES, SECTORS
from geodata.roads.reading.pbf import check_is_pbf
from geodata.said import said

_TAKEN_OVER = (files.NUMBERING, files.MOBILE_NETWORKS, files.ROADS)


@dataclass(frozen=True, slots=True)
class ReferenceReport:
    """
    What an import found and how far it can be trusted; plain JSON values.

    Attributes
    ----------
    counties, communes, localities
        Numbers written (communes: used by a locality).
    broken_areas
        Names of areas whose rings do not close.
    overlap_km2
        Ground claimed by two counties in the source, mended by cleaning.
    simplify_tolerance_m, max_border_shift_m
        How borders were thinned, and the farthest any of them moved.
    places_outside, places_without_population, places_without_siruta
        Settlements in no county (left out); with no number of people (written
        as 0); without a register code (numbered by minus their OSM number).
    places_in_sectors, places_there_twice
        Settlements in Bucharest, which counts by sector, and of a register code that
        another one has too; both left out.
    people_from_bundled
        Settlements without a number of people that the bundled register has one for.
    people_by_source
        Counties by where their population comes from: `tag` or `localities`.
    bundled_agreement
        Share of the bundled localities that lie in the county they should; None
        for another country.
    """

    counties: int
    communes: int
    localities: int
    broken_areas: list[str] = field(default_factory=list)
    overlap_km2: float = 0.0
    simplify_tolerance_m: float = 0.0
    max_border_shift_m: float = 0.0
    places_outside: int = 0
    places_without_population: int = 0
    places_without_siruta: int = 0
    places_in_sectors: int = 0
    places_there_twice: int = 0
    people_from_bundled: int = 0
    people_by_source: dict[str, int] = field(default_factory=dict)
    bundled_agreement: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def import_reference(
    pbf: Path, target_dir: Path, *, mapping: AreaMapping = ROMANIA
) -> ReferenceReport:
    """
    Compile reference geography from a PBF file into `target_dir`, replacing it as a whole.

    Raises
    ------
    RoadNetworkError
        `file_missing`, `empty_file` or `not_a_pbf`.
    ReferenceDataError
        `damaged_pbf`; `no_boundaries`; `missing_counties` or `double_county`
        when the areas are not exactly those expected. Nothing is written then.
    """
    check_is_pbf(pbf)
    _check_target(target_dir)
    found = read_geography(pbf, mapping.levels | mapping.commune_levels)
    grounds = choose_areas(found, mapping)
    communes = [a for a in found.areas if a.level in mapping.commune_levels]
    known = Known.bundled() if mapping.codes else Known()
    rows, counts = localities(found.places, grounds, communes, known)
    rows += sector_rows(grounds, known)
    compiled = _Compiled(pbf, mapping, grounds, rows, counts, found)
    try:
        target_dir.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target_dir.name}-", dir=target_dir.parent))
    except OSError as error:
        raise _unwritable(target_dir, error) from error
    try:
        report = compiled.write(draft)
        draft.chmod(0o755)
        swap_folder(target_dir, draft)
    except OSError as error:
        raise _unwritable(target_dir, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return report


def _check_target(folder: Path) -> None:
    """Refuse to replace a folder that holds anything but reference data."""
    known = {files.BORDERS, files.COUNTIES, files.LOCALITIES, files.MANIFEST, *_TAKEN_OVER}
    strangers = (
        sorted(p.name for p in folder.iterdir() if p.name not in known) if (folder.is_dir()) else []
    )
    if strangers or folder.is_file():
        raise ReferenceDataError(
            "not_reference_folder",
            said(
                "{folder} holds other things: {things}",
                folder=folder,
                things=", ".join(strangers[:3]) or said("it is a file"),
            ),
            said("it would be replaced as a whole: name a new or empty folder"),
        )


def _unwritable(folder: Path, error: OSError) -> ReferenceDataError:
    return ReferenceDataError(
        "folder_unwritable",
        said("{folder} cannot be written: {why}", folder=folder, why=error.strerror),
        said("make room or name another folder; nothing has changed"),
    )


@dataclass(frozen=True, slots=True)
class _Compiled:
    """Everything read, ready to be written."""

    pbf: Path
    mapping: AreaMapping
    grounds: dict[str, AdminArea]
    localities: list[Row]
    counts: Counter[str]
    found: Geography

    def write(self, folder: Path) -> ReferenceReport:
        codes = tuple(self.grounds)
        original = tiling.to_metres(np.array([a.ground for a in self.grounds.values()]))
        exact = tiling.clean(original)
        simplified, tolerance_m = self._simplify(exact)
        borders = arcs.cut_into_arcs(simplified, codes)
        stored = arcs.as_polygons(borders, codes)
        counties, sources = self._counties(areas_km2(stored, codes))
        texts = {
            files.BORDERS: (format_borders(borders), len(borders)),
            files.COUNTIES: (write_csv(counties), len(counties)),
            files.LOCALITIES: (self._table(), len(self.localities)),
        }
        report = ReferenceReport(
            counties=len(codes),
            communes=len({(row["county"], row["uat"]) for row in self.localities}),
            localities=len(self.localities),
            broken_areas=self.found.broken,
            overlap_km2=round(_overlap_km2(original), 6),
            simplify_tolerance_m=tolerance_m,
            max_border_shift_m=round(tiling.border_shift(exact, stored), 3),
            places_outside=self.counts["outside"],
            places_without_population=self.counts["without_population"],
            places_without_siruta=self.counts["without_siruta"],
            places_in_sectors=self.counts["in_sectors"],
            places_there_twice=self.counts["there_twice"],
            people_from_bundled=self.counts["people_from_bundled"],
            people_by_source=dict(sources),
            bundled_agreement=_agreement(stored) if codes == CODES else None,
        )
        _write_folder(folder, texts, self.pbf, report)
        return report

    def _table(self) -> str:
        return write_csv(self.localities) if self.localities else ""

    def _simplify(self, exact: tiling.Polygons) -> tuple[tiling.Polygons, float]:
        if not self.localities:
            return exact, 0.0
        lonlat = [[float(str(row["lon"])), float(str(row["lat"]))] for row in self.localities]
        codes = list(self.grounds)
        county = np.array([codes.index(str(row["county"])) for row in self.localities])
        points = tiling.to_metres(np.asarray(shapely.points(lonlat)))
        return tiling.simplify(exact, tiling.Checkpoints(points, county))

    def _counties(self, area_km2: Mapping[str, float]) -> tuple[list[Row], Counter[str]]:
        known = {row["code"]: row for row in files.read_rows(files.COUNTIES)}
        sources: Counter[str] = Counter()
        rows = []
        for code, area in self.grounds.items():
            mine = [row for row in self.localities if row["county"] == code]
            people = people_of(area.tags)
            sources["localities" if people is None else "tag"] += 1
            seat = max(mine, key=lambda row: float(str(row["population"])), default=None)
            rows.append(self._county(code, known.get(code), seat, mine, people, area_km2[code]))
        return rows, sources

    def _county(
        self,
        code: str,
        known: Mapping[str, str] | None,
        largest: Row | None,
        mine: list[Row],
        people: int | None,
        area_km2: float,
    ) -> Row:
        # Seats and offices are facts of the administration, not of the map.
        known = known if self.mapping.codes else None
        inside = shapely.point_on_surface(self.grounds[code].ground)
        at = known or largest or {"name": "", "lon": inside.x, "lat": inside.y}
        counted = sum(float(str(row["population"])) for row in mine)
        return {
            "code": code,
            "name": NAMES[code] if known else self.grounds[code].name,
            "kind": "sector" if self.mapping.codes and code in SECTORS else "county",
            "seat": known["seat"] if known else at["name"],
            "lon": f"{float(str(at['lon'])):.6f}",
            "lat": f"{float(str(at['lat'])):.6f}",
            "population": round(counted) if people is None else people,
            "area_km2": f"{area_km2:.3f}",
            "office": known["office"] if known else "",
        }


def _overlap_km2(polygons: tiling.Polygons) -> float:
    a, b = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    pairs = a < b
    shared = shapely.intersection(polygons[a[pairs]], polygons[b[pairs]])
    return float(shapely.area(shared).sum()) / 1e6


def _agreement(stored: tiling.Polygons) -> float:
    rows = [row for row in files.read_rows(files.LOCALITIES) if row["county"] not in SECTORS]
    lonlat = np.array([[float(row["lon"]), float(row["lat"])] for row in rows])
    county = np.array([CODES.index(row["county"]) for row in rows])
    points = tiling.to_metres(np.asarray(shapely.points(lonlat)))
    return round(tiling.agreement(stored, tiling.Checkpoints(points, county)), 5)


def _write_folder(
    folder: Path, texts: dict[str, tuple[str, int]], pbf: Path, report: ReferenceReport
) -> None:
    bundled = files.read_json(files.MANIFEST)
    with pbf.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    source = {
        "file": pbf.name,
        "sha256": checksum,
        "title": "OpenStreetMap",
        "licence": "ODbL 1.0",
        "attribution": "© OpenStreetMap contributors (ODbL 1.0)",
    }
    entries: dict[str, Any] = {}
    for name, (text, count) in texts.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        entries[name] = {"sha256": digest, "count": count, "sources": [source]}
    for name in _TAKEN_OVER:
        (folder / name).write_bytes(files.read_bytes(name))
        entries[name] = bundled["files"][name]
    for name, (text, _) in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    manifest = {
        "files": dict(sorted(entries.items())),
        "import": report.as_dict(),
        "roads": bundled["roads"],
    }
    (folder / files.MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
