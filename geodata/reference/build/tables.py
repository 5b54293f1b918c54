"""Compile the tables: localities, counties with their seats, landline prefixes, networks."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path

import numpy as np
import shapely

from geodata.errors import ReferenceDataError
from geodata.reference.build import sources
from geodata.reference.build.names import place_name, with_commas
from geodata.reference.build.tiling import Checkpoints, to_metres
from geodata.reference.codes import CODES, COUNTY_NAMES, NAMES, SECTORS
from geodata.said import said

Row = dict[str, str]

# 021 and 031 serve Bucharest and Ilfov alike: a hint at seven directorates, never at one.
_CAPITAL_AREA = "București și județul Ilfov"


def read_csv(folder: Path, source: sources.Source) -> list[Row]:
    """Read a source table as rows of text by column name."""
    return list(csv.DictReader((folder / source.path).read_text(encoding="utf-8").splitlines()))


def write_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Format rows as CSV with a header and line feeds only."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def localities(folder: Path) -> list[dict[str, object]]:
    """Return the localities sorted by SIRUTA code; places to about 1 m, people to 0.1."""
    rows = read_csv(folder, sources.LOCALITIES)
    return sorted((_locality(row) for row in rows), key=lambda row: int(str(row["siruta"])))


def _locality(row: Row) -> dict[str, object]:
    is_sector = row["code"] == "B"
    number = row["uat"][-1]
    return {
        "siruta": int(row["SIRUTA"]),
        "name": NAMES[f"B{number}"] if is_sector else place_name(row["DENLOC"]),
        "uat": "București" if is_sector else with_commas(row["uat"]),
        "county": f"B{number}" if is_sector else row["code"],
        "lon": f"{float(row['lon']):.5f}",
        "lat": f"{float(row['lat']):.5f}",
        "population": f"{float(row['est_pop2021']):.1f}",
        "built_km2": f"{float(row['built_km2'] or 0):.3f}",
    }


def checkpoints(folder: Path) -> Checkpoints:
    """Return the localities of the register (not the sectors) with their counties."""
    rows = [row for row in localities(folder) if row["county"] not in SECTORS]
    lonlat = np.array([[float(str(row["lon"])), float(str(row["lat"]))] for row in rows])
    county = np.array([CODES.index(str(row["county"])) for row in rows])
    return Checkpoints(to_metres(np.asarray(shapely.points(lonlat))), county)


def counties(folder: Path, areas_km2: Mapping[str, float]) -> list[dict[str, object]]:
    """Return the 47 jurisdictions with seat, resident population 2021 and area."""
    people = _people_by_county(folder)
    seats = {_code_of_seat(row): row for row in read_csv(folder, sources.SEATS)}
    offices = {row["code"]: row for row in read_csv(folder, sources.OFFICES)}
    return [
        {
            "code": code,
            "name": name,
            "kind": "sector" if code in SECTORS else "county",
            "seat": _seat_name(seats[code]),
            "lon": f"{float(seats[code]['lon']):.6f}",
            "lat": f"{float(seats[code]['lat']):.6f}",
            "population": people[code],
            "area_km2": f"{areas_km2[code]:.3f}",
            "office": offices[code]["address"] if code in offices else "",
        }
        for code, name in NAMES.items()
    ]


def _people_by_county(folder: Path) -> dict[str, int]:
    people = {
        row["code"]: int(row["resident_population_2021"])
        for row in read_csv(folder, sources.CENSUS)
    }
    for row in localities(folder):
        if row["county"] in SECTORS:
            people[str(row["county"])] = round(float(str(row["population"])))
    if sum(people[sector] for sector in SECTORS) != people["B"]:
        raise ReferenceDataError("bad_source", said("the sectors do not add up to Bucharest"), "")
    return people


def _code_of_seat(row: Row) -> str:
    code = row["iso"].removeprefix("RO-")
    return code if code in NAMES else f"B{row['seat'].strip()[-1]}"


def _seat_name(row: Row) -> str:
    words = row["seat"].split()
    return place_name(" ".join(w for w in words if w not in {"MUNICIPIUL", "ORAŞ", "ORAȘ"}))


def landline_prefixes(folder: Path) -> list[dict[str, object]]:
    """Return national prefixes with the codes they hint at, separated by spaces."""
    by_name = {name: [code] for code, name in COUNTY_NAMES.items()}
    by_name[_CAPITAL_AREA] = [*SECTORS, "IF"]
    rows = read_csv(folder, sources.AREA_CODES)
    return sorted(
        (
            {"prefix": row["prefix"], "counties": " ".join(by_name[with_commas(row["county_ro"])])}
            for row in rows
        ),
        key=lambda row: str(row["prefix"]),
    )


def mobile_networks(folder: Path) -> list[dict[str, object]]:
    """Return networks by code; codes are text, because 01 and 1 are different networks."""
    text = (folder / sources.MOBILE_NETWORKS.path).read_text(encoding="utf-8")
    return [
        {"mcc": mcc, "mnc": mnc, "brand": brand, "operator": operator}
        for mcc, mnc, brand, operator in sorted(_networks(text))
    ]


def _networks(text: str) -> Iterable[tuple[str, str, str, str]]:
    # The file is a bare list of rows without the brackets around it.
    for row in json.loads(f"[{text.strip().rstrip(',')}]"):
        mcc, mnc, brand, operator = row
        yield str(mcc), str(mnc), str(brand), str(operator)
