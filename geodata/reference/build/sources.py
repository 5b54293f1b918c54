"""
The source files of the reference geography: what each is, who made it, under which licence.

The source files are not part of the project; the facts compiled from them are.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One source file, with its path relative to the source folder."""

    path: str
    title: str
    licence: str
    attribution: str


TERRITORIES = Source(
    "admin/dgaspc47_polygons.geojson",
    "County boundaries (EuroGlobalMap via quattroshapes / Who's On First) and the sectors of "
    "Bucharest (ANCPI; their outer rim of 31 km2 split along the geo-spatial.org UAT layer)",
    "CC-BY (counties); OGL-ROU 1.0 (sectors); CC BY-SA 4.0 (outer rim of the sectors)",
    "County boundaries: (c) CNGCFT, EuroGeographics, via quattroshapes and Who's On First (CC-BY). "
    "Sectors of Bucharest: ANCPI (OGL-ROU 1.0); rim of the sectors: geo-spatial.org "
    "ro_uat_poligon (CC BY-SA 4.0).",
)
SEATS = Source(
    "admin/dgaspc_seats.csv",
    "County seats and sector centres (label points)",
    "OGL-ROU 1.0",
    "County seats: ANCPI (OGL-ROU 1.0).",
)
OFFICES = Source(
    "admin/dgaspc_verified_offices.csv",
    "Addresses of the child-protection directorates that could be verified",
    "facts from the directorates' own pages",
    "Addresses of directorates: the directorates' own pages.",
)
LOCALITIES = Source(
    "population/localities_population.csv",
    "Localities with place, built area and resident population 2021",
    "OGL-ROU 1.0 (ANCPI, SIRUTA); CC-BY (GeoNames); INS (census)",
    "Localities: ANCPI and SIRUTA (OGL-ROU 1.0), GeoNames (CC-BY). Population: INS, census 2021.",
)
CENSUS = Source(
    "population/census2021_counties.csv",
    "Resident population 2021 by county",
    "INS (census)",
    "Population by county: INS, census 2021.",
)
AREA_CODES = Source(
    "numbering/area_codes.csv",
    "Landline prefixes and the county each serves",
    "Apache-2.0",
    "Landline prefixes: libphonenumber metadata (Apache-2.0).",
)
MOBILE_NETWORKS = Source(
    "cells/mnc_operators_226.json",
    "Mobile network codes of mobile country code 226",
    "facts from public lists",
    "Mobile network codes: public MNC lists.",
)
ROADS = Source(
    "roads/bucharest_drive.osm.pbf",
    "Drive network of Bucharest and its rim",
    "ODbL 1.0",
    "Roads: © OpenStreetMap contributors (ODbL 1.0).",
)
MOTORWAYS = Source(
    "roads/romania_motorways.geojson",
    "All motorways of Romania",
    "ODbL 1.0",
    "Motorways: © OpenStreetMap contributors (ODbL 1.0).",
)

ALL = (
    TERRITORIES,
    SEATS,
    OFFICES,
    LOCALITIES,
    CENSUS,
    AREA_CODES,
    MOBILE_NETWORKS,
    ROADS,
    MOTORWAYS,
)
