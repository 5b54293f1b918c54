"""Every answer is valid by the RELAX NG schema of RFC 5222, taken from the RFC's own text."""

import re
from pathlib import Path

import pytest
from lxml import etree

from dispatch.location.base import Notes
from dispatch.location.xml.safe_xml import read_xml
from dispatch.lost_protocol import answers
from dispatch.lost_protocol.model import LostError
from dispatch.lost_protocol.server import LostServer
from dispatch.words.catalogue import both
from tests.conftest_d.lost_queries import (
    BUDAPEST,
    VASLUI,
    Desk,
    circle,
    civic,
    find,
    make_server,
    query,
    values,
)
from tests.conftest_d.lost_queries import ERRORS as CASES

ERRORS = (
    "badRequest", "internalError", "forbidden", "notFound", "loop", "serviceNotImplemented",
    "serverTimeout", "serverError", "locationInvalid", "locationProfileUnrecognized",
)  # fmt: skip
"""Elements of `errors`. `SRSInvalid` of section 13.1 is missing from the schema of section 15."""

WARNINGS = ("serviceSubstitution", "defaultMappingReturned")
"""Elements of `warnings`. `locationValidationUnavailable` is defined but not admitted there."""


def compact_schema(rfc: str) -> etree.RelaxNG:
    """Compile section 15 (normative, compact) by way of the XML syntax."""
    rnc2rng = pytest.importorskip("rnc2rng")
    start = rfc.index('namespace a = "http://relaxng.org')
    compact = rfc[start : rfc.index("Figure 20: RelaxNG schema")]
    # Default values are annotations for editors; the converter does not know them.
    plain = re.sub(r'>> a:defaultValue \[ "\w+" \]', "", compact)
    return etree.RelaxNG(etree.fromstring(rnc2rng.dumps(rnc2rng.loads(plain)).encode()))


def verbose_schema(rfc: str) -> etree.RelaxNG:
    """Compile Appendix A, the same in XML syntax."""
    start = rfc.index("<?xml", rfc.index("XML Syntax\n\n   <?xml"))
    grammar = rfc[start : rfc.index("</grammar>", start)] + "</grammar>"
    return etree.RelaxNG(etree.fromstring(grammar.encode()))


@pytest.fixture(scope="module", params=[compact_schema, verbose_schema], ids=["RNC", "RNG"])
def schema(request: pytest.FixtureRequest, rfc5222: str) -> etree.RelaxNG:
    compiled: etree.RelaxNG = request.param(rfc5222)
    return compiled


@pytest.fixture
def strict(schema: etree.RelaxNG, lost_server: LostServer) -> Desk:
    return Desk(lost_server, schema.assertValid)


def test_the_schema_refuses_what_is_wrong(schema: etree.RelaxNG) -> None:
    assert not schema.validate(etree.fromstring(query("findService")))


def test_the_examples_of_the_rfc_are_valid(schema: etree.RelaxNG, shared_data: Path) -> None:
    files = sorted((shared_data / "messages/lost/rfc5222").glob("*.xml"))
    assert len(files) == 17
    for file in files:
        # Its own ninth example lacks a namespace, which our reader re
        schema.assertValid(read_xml(file.read_bytes(), Notes()))


@pytest.mark.parametrize("number", [1, 3, 5, 7, 10, 12, 14])
def test_the_queries_of_the_rfc_get_a_valid_answer(
    number: int, strict: Desk, shared_data: Path
) -> None:
    [file] = (shared_data / "messages/lost/rfc5222").glob(f"rfc5222_{number:02}_*.xml")
    root = strict.ask(file.read_bytes())
    # Every place of the RFC lies abroad; only lists of services have an answer there.
    expected = "errors" if "findService" in file.name else file.stem[11:] + "Response"
    assert etree.QName(root).localname == expected


@pytest.mark.parametrize(
    "raw",
    [
        find(VASLUI),
        find(VASLUI, serviceBoundary="value"),
        find(circle(44.43, 26.10, 5000)),
        find(VASLUI, service="urn:service:sos.police"),
        find(civic(A1="CJ", A3="X"), profile="civic", serviceBoundary="value"),
        find(civic(A1="CJ", RD="Y"), profile="civic", validateLocation="true"),
        query("listServices"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ro"])
def test_our_answers_are_valid(raw: bytes, language: str, strict: Desk) -> None:
    strict.ask(raw, language=language)


@pytest.mark.parametrize("case", CASES)
def test_our_errors_are_valid(case: str, strict: Desk) -> None:
    strict.error(CASES[case][0])


def test_a_fetched_boundary_is_valid(strict: Desk, lost_server: LostServer) -> None:
    for county in ("IF", "TL", "B3"):
        reference = strict.ask(find(civic(A1=county), profile="civic"))
        [key] = values(reference, "mapping/serviceBoundaryReference/@key")
        strict.ask(query("getServiceBoundary", key=key))


def test_a_redirect_is_valid(schema: etree.RelaxNG) -> None:
    Desk(make_server(parent="forest.example"), schema.assertValid).ask(find(BUDAPEST))


@pytest.mark.parametrize("element", ERRORS)
def test_every_error_element_can_be_written(element: str, schema: etree.RelaxNG) -> None:
    error = LostError(element, both("lost.error.internal"), profiles=["prism"])
    schema.assertValid(etree.fromstring(answers.errors(error, "a.example", "ro")))


@pytest.mark.parametrize("element", WARNINGS)
def test_every_warning_element_can_be_written(element: str, schema: etree.RelaxNG) -> None:
    answer = answers.Answer("listServicesResponse", "a.example", "en")
    answers.service_list(answer.root, ())
    answer.warn(element, both("lost.error.internal"))
    schema.assertValid(etree.fromstring(answer.finish(["a.example"])))
