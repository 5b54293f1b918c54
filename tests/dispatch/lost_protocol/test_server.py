"""LoST: queries and answers, pair by pair."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from dispatch.ground import load_ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.location.civic_area import place_civic
from dispatch.location.civic_names import load_civic_places
from dispatch.model import LocationReport
from tests.conftest_d.lost_queries import (
    BUDAPEST,
    CHILDREN,
    ERRORS,
    OURS,
    VASLUI,
    Desk,
    circle,
    civic,
    find,
    kinds,
    make_server,
    point,
    query,
    values,
)


# ── findService ───────────────────────────────────────────────────────────────
def test_a_place_is_mapped_to_its_directorate(desk: Desk) -> None:
    root = desk.ask(find(VASLUI))
    assert values(root, "mapping/service") == [CHILDREN]
    assert values(root, "mapping/serviceNumber") == ["119"]
    assert values(root, "mapping/uri") == ["tel:119;phone-context=+40"]
    assert "Copilului Vaslui" in values(root, "mapping/displayName")[1]
    assert values(root, "mapping/assignment/county/@code") == ["VS"]


def test_a_mapping_says_how_long_it_holds_and_whose_it_is(desk: Desk) -> None:
    root = desk.ask(find(VASLUI))
    assert values(root, "mapping/@expires") == ["2026-03-02T12:00:00Z"]
    assert values(root, "mapping/@lastUpdated") == ["2026-01-01T00:00:00Z"]
    assert values(root, "mapping/@source") == values(root, "path/via/@source") == [OURS]
    assert len(values(root, "mapping/@sourceId")[0]) == 32
    assert values(root, "locationUsed/@id") == ["here"]


@pytest.mark.parametrize(
    "shape",
    [
        circle(46.64, 27.728, 900),
        '<gs:Ellipse srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>46.64 27.728</gml:pos>'
        '<gs:semiMajorAxis uom="urn:ogc:def:uom:EPSG::9001">900</gs:semiMajorAxis>'
        '<gs:semiMinorAxis uom="urn:ogc:def:uom:EPSG::9001">300</gs:semiMinorAxis>'
        '<gs:orientation uom="urn:ogc:def:uom:EPSG::9102">30</gs:orientation></gs:Ellipse>',
        '<gs:ArcBand srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>46.64 27.728</gml:pos>'
        '<gs:innerRadius uom="urn:ogc:def:uom:EPSG::9001">300</gs:innerRadius>'
        '<gs:outerRadius uom="urn:ogc:def:uom:EPSG::9001">900</gs:outerRadius>'
        '<gs:startAngle uom="urn:ogc:def:uom:EPSG::9102">20</gs:startAngle>'
        '<gs:openingAngle uom="urn:ogc:def:uom:EPSG::9102">90</gs:openingAngle></gs:ArcBand>',
        '<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>'
        "<gml:posList>46.6 27.7 46.6 27.8 46.7 27.8 46.6 27.7</gml:posList>"
        "</gml:LinearRing></gml:exterior></gml:Polygon>",
    ],
    ids=["circle", "ellipse", "arc band", "polygon"],
)
def test_every_shape_of_the_profile_is_understood(shape: str, desk: Desk) -> None:
    root = desk.ask(find(shape))
    assert values(root, "mapping/assignment/county/@code")[0] == "VS"
    assert values(root, "mapping/assignment/@ambiguous") == ["false"]


def test_an_uncertain_place_gets_the_likeliest_owner_with_a_warning(desk: Desk) -> None:
    root = desk.ask(find(circle(44.43, 26.10, 5000)))
    shares = [float(v) for v in values(root, "mapping/assignment/county/@probability")]
    assert len(shares) == 6
    assert shares == sorted(shares, reverse=True)
    assert values(root, "mapping/@expires") == ["NO-CACHE"]
    assert kinds(root, "warnings") == ["defaultMappingReturned"]
    assert len(values(root, "mapping/assignment/question")) == 2


def test_a_pier_just_outside_belongs_to_its_county_by_default(desk: Desk) -> None:
    root = desk.ask(find(point(44.1720, 28.6640)))
    assert values(root, "mapping/assignment/county/@code")[0] == "CT"


def test_messages_come_in_the_language_asked_for(desk: Desk) -> None:
    raw = find(circle(44.43, 26.10, 5000))
    romanian, english = desk.ask(raw, language="ro"), desk.ask(raw)
    path = "warnings/defaultMappingReturned/@message"
    assert "direcții" in values(romanian, path)[0]
    assert "directorates" in values(english, path)[0]


# ── services ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "service", ["urn:service:counseling", f"{CHILDREN}.runaway", "URN:SERVICE:COUNSELING"]
)
def test_a_related_service_is_substituted_and_said(service: str, desk: Desk) -> None:
    root = desk.ask(find(VASLUI, service=service))
    assert values(root, "mapping/service") == [CHILDREN]
    assert kinds(root, "warnings") == ["serviceSubstitution"]


def test_an_emergency_is_sent_to_112_and_said_to_be_no_authority(desk: Desk) -> None:
    root = desk.ask(find(VASLUI, service="urn:service:sos"))
    assert values(root, "mapping/serviceNumber") == ["112"]
    assert values(root, "mapping/@expires") == ["NO-CACHE"]
    assert kinds(root, "warnings") == ["defaultMappingReturned"]


def test_police_alone_becomes_112(desk: Desk) -> None:
    root = desk.ask(find(VASLUI, service="urn:service:sos.police"))
    assert values(root, "mapping/service") == ["urn:service:sos"]
    assert kinds(root, "warnings") == ["serviceSubstitution", "defaultMappingReturned"]


@pytest.mark.parametrize("service", ["urn:service:counseling.suicide", "urn:service:pizza"])
def test_other_services_are_not_implemented(service: str, desk: Desk) -> None:
    assert desk.error(find(VASLUI, service=service)) == "serviceNotImplemented"


def test_the_services_are_listed_level_by_level(desk: Desk) -> None:
    top = desk.ask(query("listServices"))
    below = desk.ask(query("listServices", "<service>urn:service:counseling</service>"))
    leaf = desk.ask(query("listServices", f"<service>{CHILDREN}</service>"))
    assert values(top, "serviceList") == ["urn:service:counseling urn:service:sos"]
    assert values(below, "serviceList") == [CHILDREN]
    assert values(leaf, "serviceList") == [""]


@pytest.mark.parametrize(
    ("place", "services"), [(VASLUI, "urn:service:counseling urn:service:sos"), (BUDAPEST, "")]
)
def test_services_are_listed_where_they_exist(place: str, services: str, desk: Desk) -> None:
    inside = f'<location id="x" profile="geodetic-2d">{place}</location>'
    root = desk.ask(query("listServicesByLocation", inside))
    assert values(root, "serviceList") == [services]
    assert values(root, "locationUsed/@id") == ["x"]


# ── boundaries ────────────────────────────────────────────────────────────────
def test_a_boundary_by_reference_is_the_boundary_by_value(desk: Desk) -> None:
    by_reference = desk.ask(find(VASLUI))
    [key] = values(by_reference, "mapping/serviceBoundaryReference/@key")
    fetched = desk.ask(query("getServiceBoundary", key=key))
    by_value = desk.ask(find(VASLUI, serviceBoundary="value"))
    ring = "serviceBoundary/Polygon/exterior/LinearRing/posList"
    assert len(key) == 32
    assert values(fetched, ring) == values(by_value, f"mapping/{ring}")


def test_a_boundary_holds_the_place_that_was_asked_for(desk: Desk) -> None:
    root = desk.ask(find(VASLUI, serviceBoundary="value"))
    [ring] = values(root, "mapping/serviceBoundary/Polygon/exterior/LinearRing/posList")
    numbers = [float(number) for number in ring.split()]
    lats, lons = numbers[::2], numbers[1::2]
    assert min(lats) < 46.64 < max(lats)
    assert min(lons) < 27.728 < max(lons)
    assert (lats[0], lons[0]) == (lats[-1], lons[-1])


def test_enclaves_are_holes_of_a_boundary(desk: Desk) -> None:
    root = desk.ask(find(point(44.57, 26.07), serviceBoundary="value"))
    assert values(root, "mapping/assignment/county/@code") == ["IF"]
    assert kinds(root, "mapping/serviceBoundary/Polygon").count("interior") >= 1


def test_the_boundary_of_a_civic_answer_is_civic(desk: Desk) -> None:
    raw = find(civic(A1="Cluj"), profile="civic", serviceBoundary="value")
    root = desk.ask(raw)
    assert values(root, "mapping/serviceBoundary/@profile") == ["civic"]
    assert values(root, "mapping/serviceBoundary/civicAddress/A1") == ["Cluj"]


# ── civic addresses ───────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("elements", "owner"),
    [
        ({"country": "RO", "A1": "Cluj", "A3": "Cluj-Napoca"}, "CJ"),
        ({"A1": "Județul Bistrita Nasaud"}, "BN"),
        ({"A1": "RO-TM", "A3": "timisoara"}, "TM"),
        ({"A1": "B", "A4": "sector 5"}, "B5"),
        ({"A3": "Municipiul București", "A4": "Sectorul 3"}, "B3"),
        ({"A2": "Cluj", "A3": "Apahida"}, "CJ"),
        ({"A3": "comuna Apahida"}, "CJ"),
        ({"A1": "CJ", "A3": "Vasluiul de Jos"}, "CJ"),
    ],
)
def test_an_address_names_its_county(elements: dict[str, str], owner: str, desk: Desk) -> None:
    root = desk.ask(find(civic(**elements), profile="civic"))
    assert values(root, "mapping/assignment/county/@code")[0] == owner
    assert values(root, "mapping/assignment/@ambiguous") == ["false"]


CONTRADICTIONS = [
    ({"A1": "Cluj", "A3": "Vaslui"}, "CJ", {"VS"}),
    ({"A1": "CJ", "A3": "municipiul Vaslui"}, "CJ", {"VS"}),
    ({"A1": "Vaslui", "A3": "Cluj-Napoca"}, "VS", {"CJ"}),
    ({"A1": "Județul Iași", "A3": "Târgu Neamț"}, "IS", {"NT"}),
    ({"A1": "RO-TM", "A3": "Arad"}, "TM", {"AR"}),
    ({"A1": "Brașov", "A3": "Sibiu"}, "BV", {"SB"}),
    ({"A1": "Sibiu", "A3": "Brașov", "RD": "Eroilor"}, "SB", {"BV"}),
    ({"A1": "Constanța", "A3": "Tulcea"}, "CT", {"TL"}),
    ({"A1": "Dolj", "A2": "Gorj"}, "DJ", {"GJ"}),
    ({"A1": "Iași", "A2": "județul Vaslui", "A3": "Bârlad"}, "IS", {"VS"}),
    ({"A1": "Ilfov", "A3": "București"}, "IF", {"B2", "B3", "B6"}),
    ({"A1": "Ilfov", "A4": "Sectorul 3"}, "IF", {"B3"}),
    ({"A1": "Cluj", "A5": "sector 2"}, "CJ", {"B2"}),
    ({"A1": "Timiș", "A2": "sect. 6"}, "TM", {"B6"}),
    ({"A1": "Bihor", "A3": "Satu Mare"}, "BH", {"SM"}),
    ({"A1": "Mureș", "A3": "Bistrița"}, "MS", {"BN"}),
    ({"A1": "Prahova", "A3": "Buzău"}, "PH", {"BZ"}),
    ({"A1": "BT", "A3": "Suceava"}, "BT", {"SV"}),
    ({"A1": "Alba", "A3": "Hunedoara"}, "AB", {"HD"}),
    ({"A1": "Galați", "A3": "Brăila", "A4": "Centru"}, "GL", {"BR"}),
]


@pytest.mark.parametrize(("elements", "first", "others"), CONTRADICTIONS)
def test_an_address_that_contradicts_itself_is_answered_alike_at_both_doors(
    elements: dict[str, str], first: str, others: set[str], desk: Desk
) -> None:
    root = desk.ask(find(civic(**elements), profile="civic"))
    named = values(root, "mapping/assignment/county/@code")
    assert others <= set(named)
    assert values(root, "mapping/assignment/@ambiguous") == ["true"]
    assert kinds(root, "warnings") == ["defaultMappingReturned"]
    extras = {f"civic_{name}": text for name, text in elements.items()}
    report = place_civic(LocationReport("mlp", None, None, extras=extras))
    _, assignment = locate(report, load_ground())
    assert (assignment.decided_by, assignment.ambiguous) == ("civic", True)
    assert {share.code for share in assignment.counties} >= set(named)
    assert assignment.owner == named[0]
    assert first in named[:2]
    assert "civic_contradiction" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize(
    "elements",
    [
        {"A1": "Cluj", "A3": "Cluj-Napoca", "A5": "Mănăștur"},
        {"A2": "Cluj", "A3": "Apahida"},
        {"A1": "Cluj", "A2": "Cluj", "A3": "Gherla"},
        {"A1": "București", "A3": "București", "A4": "Sectorul 3"},
        {"A1": "Cluj", "A3": "Xyzabc"},
        {"A1": "Giurgiu", "A3": "Slobozia"},
        {"A1": "Iași", "A3": "Iași", "A4": "Copou", "RD": "Bulevardul Carol I"},
    ],
)
def test_an_address_in_order_is_no_contradiction(elements: dict[str, str]) -> None:
    assert not load_civic_places().find(elements).against


def test_bucharest_without_a_sector_leaves_six(desk: Desk) -> None:
    root = desk.ask(find(civic(A1="București"), profile="civic"))
    assert len(values(root, "mapping/assignment/county/@code")) == 6
    assert kinds(root, "warnings") == ["defaultMappingReturned"]


def test_a_name_that_several_counties_have_is_uncertain(desk: Desk) -> None:
    root = desk.ask(find(civic(A3="Dragomirești"), profile="civic"))
    assert {"DB", "VS", "MM", "NT"} < set(values(root, "mapping/assignment/county/@code"))
    assert values(root, "mapping/@expires") == ["NO-CACHE"]


def test_validation_sorts_the_elements_of_an_address(desk: Desk) -> None:
    address = civic(country="RO", A1="Cluj", A3="Vaslui", RD="Eroilor", HNO="3")
    root = desk.ask(find(address, profile="civic", validateLocation="true"))
    assert values(root, "locationValidation/valid") == ["country A1"]
    assert values(root, "locationValidation/invalid") == ["A3"]
    assert values(root, "locationValidation/unchecked") == ["RD HNO"]


def test_without_the_wish_nothing_is_validated(desk: Desk) -> None:
    assert values(desk.ask(find(civic(A1="Cluj"), profile="civic")), "locationValidation") == []


@pytest.mark.parametrize(
    ("elements", "error"),
    [
        ({"country": "DE", "A1": "Bavaria"}, "notFound"),
        ({"RD": "Eroilor", "HNO": "3"}, "notFound"),
        ({"A1": "Xyz"}, "locationInvalid"),
    ],
)
def test_an_address_that_names_no_place_is_refused(
    elements: dict[str, str], error: str, desk: Desk
) -> None:
    assert desk.error(find(civic(**elements), profile="civic")) == error


# ── errors ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("case", ERRORS)
def test_a_query_that_cannot_be_answered_gets_its_error(case: str, desk: Desk) -> None:
    raw, error = ERRORS[case]
    assert desk.error(raw) == error


def test_an_error_names_its_source_and_speaks_a_language(desk: Desk) -> None:
    root = desk.ask(find(BUDAPEST), language="ro")
    assert root.get("source") == OURS
    assert root[0].get("message") == "locul se află în afara României"
    assert root[0].get("{http://www.w3.org/XML/1998/namespace}lang") == "ro"


def test_unknown_profiles_are_named(desk: Desk) -> None:
    root = desk.ask(find(VASLUI, profile="not yet/standardized"))
    assert root[0].get("unsupportedProfiles") == "not_yet_standardized"


def test_the_first_understood_profile_counts(desk: Desk) -> None:
    strange = '<location id="odd" profile="prism"><gs:Prism/></location>'
    root = desk.ask(find(VASLUI).replace(b"<location", strange.encode() + b"<location", 1))
    assert values(root, "locationUsed/@id") == ["here"]


def test_a_profile_may_be_left_out(desk: Desk) -> None:
    raw = find(VASLUI).replace(b' profile="geodetic-2d"', b"")
    assert values(desk.ask(raw), "mapping/assignment/county/@code") == ["VS"]


def test_two_locations_of_one_profile_are_refused(desk: Desk) -> None:
    twice = f'<location id="b" profile="geodetic-2d">{VASLUI}</location><service>'
    assert desk.error(find(VASLUI).replace(b"<service>", twice.encode())) == "badRequest"


def test_the_path_of_a_query_goes_on_in_its_answer(desk: Desk) -> None:
    path = '<path><via source="resolver.example"/></path>'
    root = desk.ask(query("listServices", path))
    assert values(root, "path/via/@source") == ["resolver.example", OURS]


# ── configuration ─────────────────────────────────────────────────────────────
def test_a_closed_server_forbids() -> None:
    assert Desk(make_server(is_open=False)).error(find(VASLUI)) == "forbidden"


@pytest.mark.parametrize("raw", [find(BUDAPEST), find(VASLUI, service="urn:service:pizza")])
def test_a_parent_is_named_for_what_is_not_ours(raw: bytes) -> None:
    root = Desk(make_server(parent="forest.example")).ask(raw)
    assert etree.QName(root).localname == "redirect"
    assert (root.get("target"), root.get("source")) == ("forest.example", OURS)


def test_addresses_may_differ_by_county() -> None:
    server = make_server(
        uris=("sip:{code}@119.example",), updated_at=datetime(2026, 2, 1, tzinfo=UTC)
    )
    root = Desk(server).ask(find(VASLUI))
    assert values(root, "mapping/uri") == ["sip:vs@119.example"]
    assert values(root, "mapping/@lastUpdated") == ["2026-02-01T00:00:00Z"]
