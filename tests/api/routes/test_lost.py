"""LoST over HTTP: open to everybody, always 200."""

import httpx
import pytest
from lxml import etree

from tests.conftest_d.api import ApiServer

QUERY = (
    '<findService xmlns="urn:ietf:params:xml:ns:lost1" xmlns:gml="http://www.opengis.net/gml">'
    '<location id="a" profile="geodetic-2d"><gml:Point srsName="urn:ogc:def:crs:EPSG::4326">'
    "<gml:pos>{pos}</gml:pos></gml:Point></location>"
    "<service>urn:service:counseling.children</service></findService>"
)
LOST_XML = {"content-type": "application/lost+xml"}


def ask(client: httpx.Client, pos: str, **headers: str) -> httpx.Response:
    return client.post("/lost", content=QUERY.format(pos=pos), headers=LOST_XML | headers)


def test_any_element_of_the_network_may_ask(visitor: httpx.Client) -> None:
    answer = ask(visitor, "46.64 27.728")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/lost+xml"
    assert answer.headers["cache-control"] == "no-cache"
    assert 'code="VS"' in answer.text


@pytest.mark.parametrize("body", [b"hello", b"<a/>", QUERY.format(pos="47.5 19").encode()])
def test_errors_are_answers_too(body: bytes, visitor: httpx.Client) -> None:
    answer = visitor.post("/lost", content=body)
    assert answer.status_code == 200
    assert etree.QName(etree.fromstring(answer.content)).localname == "errors"


def test_the_language_is_negotiated(visitor: httpx.Client) -> None:
    romanian = ask(visitor, "47.5 19", **{"accept-language": "ro-RO,ro;q=0.9,en;q=0.5"})
    english = ask(visitor, "47.5 19", **{"accept-language": "de"})
    assert "în afara României" in romanian.text
    assert "outside Romania" in english.text


def test_a_body_beyond_the_limit_is_refused_by_the_transport(visitor: httpx.Client) -> None:
    assert visitor.post("/lost", content=b" " * 1_100_000).status_code == 413


def test_asking_leaves_no_trace(api: ApiServer, visitor: httpx.Client) -> None:
    desk = api.desk("administrator")
    before = desk.get("/v1/audit?limit=1").json()
    ask(visitor, "46.64 27.728")
    assert [row["n"] for row in desk.get("/v1/audit?limit=1").json()] == [
        row["n"] for row in before
    ]
