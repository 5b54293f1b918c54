"""An address without an area: the ground it names, in Romania and nowhere else."""

import pytest

from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.uncertainty import outlines
from geodata.territories.shares import load_territories
from tests.conftest_d.folders import CASES

MESSAGES = CASES / "operator_messages"
PRESENCE = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
    ' entity="tel:+40235312345"><tuple id="a"><status><gp:geopriv><gp:location-info>'
    '<civicAddress xmlns="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr">{}</civicAddress>'
    "</gp:location-info></gp:geopriv></status></tuple></presence>"
)


def pidf(**elements: str) -> LocationReport:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in elements.items())
    return read_report(PRESENCE.format(inner).encode())


def counties(report: LocationReport) -> set[str]:
    assert report.shape is not None
    found = load_territories()
    parts = [found.shares_of_polygon(*rings).by_county for rings in outlines(report.shape)]
    return {code for part in parts for code, share in part.items() if share > 0.02}


def test_an_operator_s_address_is_the_village_it_names() -> None:
    report = read_report((MESSAGES / "emerep_civic_only.xml").read_bytes())
    assert counties(report) == {"VS"}
    assert [warning.code for warning in report.warnings] == ["civic_as_area"]
    assert report.extras["civic_RD"] == "Strada Mihail Kogălniceanu"
    assert report.extras["candidate_1"].startswith("Negrești (VS)")


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"country": "RO", "A1": "Cluj", "A3": "Gherla", "RD": "Mihai Viteazu"}, "CJ"),
        ({"country": "RO", "A1": "GIURGIU", "A3": "Slobozia"}, "GR"),
        ({"country": "ro", "A1": "București", "A2": "Sectorul 3"}, "B3"),
        ({"A1": "Județul Ilfov", "A3": "Vidra", "A4": "Crețești"}, "IF"),
    ],
)
def test_addresses_of_romania_are_ground_in_their_county(
    elements: dict[str, str], code: str
) -> None:
    assert code in counties(pidf(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {"country": "DE", "A1": "Bayern", "A3": "Moldova"},
        {"country": "RO", "RD": "Strada Gherlei"},
        {"country": "RO", "PC": "400001"},
    ],
)
def test_other_addresses_stay_without_an_area(elements: dict[str, str]) -> None:
    report = pidf(**elements)
    assert report.shape is None
    assert "no_location" in [warning.code for warning in report.warnings]
