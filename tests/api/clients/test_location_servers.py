"""Locations that have to be asked for: by the address in a message, or by the number."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
from lxml import etree
from pydantic import SecretStr

from api.clients.location_servers import location_servers
from api.settings import DatabaseSettings, LocationServerSettings, Settings
from dispatch.errors import LocationServerError
from geodata.database.embedded import EmbeddedCluster
from tests.conftest_d.api import TITAN, ApiServer, code_of, report_of, running_server, send_report
from tests.conftest_d.database import cloned
from tests.conftest_d.folders import CASES
from tests.conftest_d.location_servers import Lis, answering, running

CLUJ = (CASES / "internet_messages" / "pidf_circle.xml").read_bytes()
MLP_ANSWER = (CASES / "operator_messages" / "eme_lia_circle.xml").read_bytes()


@pytest.fixture(scope="module")
def lis() -> Iterator[Lis]:
    """Run a location server; a test says what it answers."""
    with running(answering(CLUJ, "application/pidf+xml")) as server:
        yield server


@pytest.fixture(scope="module")
def configured(lis: Lis, cluster: EmbeddedCluster, seeded_template: str) -> Iterator[ApiServer]:
    """Serve the application with that location server configured for both protocols."""
    with cloned(cluster, seeded_template) as database, ExitStack() as stack:
        settings = Settings(
            database=DatabaseSettings(database_url=database.url),
            location=LocationServerSettings(
                held_hosts=f" lis.example.ro, {host_of(lis)}",
                held_clear_text=True,
                mlp_url=lis.url,
                mlp_client_id="dispatch119",
                mlp_password=SecretStr("secret"),
                location_timeout_s=1.0,
            ),
        )
        base_url, services = stack.enter_context(running_server(settings))
        yield ApiServer(base_url, services, stack)


@pytest.fixture
def desk(configured: ApiServer, lis: Lis) -> httpx.Client:
    lis.asked.clear()
    return configured.desk("operator")


def host_of(lis: Lis) -> str:
    return lis.url.split("/")[2]


def sip(uri: str) -> bytes:
    lines = (
        "INVITE urn:service:counseling.children SIP/2.0",
        "From: <tel:+40700123123>",
        f"Geolocation: <{uri}>",
        "Content-Length: 0",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


def codes(answer: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in answer["warnings"]}


def stored_warnings(desk: httpx.Client, call: dict[str, Any]) -> set[str]:
    return codes(desk.get(f"/v1/calls/{call['call_id']}").json()["answer"])


# ── by reference ──────────────────────────────────────────────────────────────
def test_the_address_in_a_call_is_fetched_and_believed(desk: httpx.Client, lis: Lis) -> None:
    lis.answer = answering(CLUJ, "application/pidf+xml").answer
    answer = send_report(desk, sip(lis.url))
    assert answer["owner"] == "CJ"
    assert [step["report"]["format"] for step in answer["steps"]] == ["sip", "pidf-lo"]
    assert answer["incident_number"].startswith("CJ-")
    assert [method for method, _, _ in lis.asked] == ["POST"]


def test_a_host_that_is_not_allowed_is_never_asked(desk: httpx.Client, lis: Lis) -> None:
    other = lis.url.replace("127.0.0.1", "localhost")
    answer = send_report(desk, sip(other).replace(b"123123", b"123124"))
    assert "host_not_allowed" in codes(answer)
    assert "host_not_allowed" in stored_warnings(desk, answer)
    assert lis.asked == []


@pytest.mark.parametrize("kind", ["sip:lis@example.ro", "file:///etc/passwd", "http://["])
def test_an_address_of_another_kind_is_a_warning(desk: httpx.Client, kind: str) -> None:
    raw = sip(kind).replace(b"123123", str(300_000 + len(kind)).encode())
    assert "uri_not_supported" in codes(send_report(desk, raw))


def test_a_silent_server_costs_an_answer_and_never_a_call(desk: httpx.Client, lis: Lis) -> None:
    def slowly(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(1.5)

    lis.answer = slowly
    call = send_report(desk, sip(lis.url).replace(b"123123", b"123125"))
    assert "upstream_timeout" in codes(call)
    assert "upstream_timeout" in stored_warnings(desk, call)
    words = {"format": "spoken"}
    raw = "sunt în sectorul 3"
    path = f"/v1/calls/{call['call_id']}/reports"
    answer = desk.post(path, content=raw, params=words).json()
    assert answer["owner"] == "B3"
    assert "upstream_timeout" in codes(answer)


def test_a_redirect_is_not_followed(desk: httpx.Client, lis: Lis) -> None:
    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "http://169.254.169.254/latest")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    lis.answer = elsewhere
    call = send_report(desk, sip(lis.url).replace(b"123123", b"123126"))
    assert "upstream_failed" in codes(call)
    assert len(lis.asked) == 1


def test_an_answer_that_cannot_be_read_is_kept_and_said(desk: httpx.Client, lis: Lis) -> None:
    lis.answer = answering(b"<html>", "text/html").answer
    call = send_report(desk, sip(lis.url).replace(b"123123", b"123127"))
    assert "upstream_unreadable" in codes(call)


def test_where_no_host_is_configured_nobody_is_asked(api: ApiServer, lis: Lis) -> None:
    lis.asked.clear()
    answer = send_report(api.desk("operator"), sip(lis.url).replace(b"123123", b"123128"))
    assert "location_by_reference" in codes(answer)
    assert lis.asked == []


# ── by number ─────────────────────────────────────────────────────────────────
def ask(desk: httpx.Client, call: dict[str, Any]) -> httpx.Response:
    return desk.post(f"/v1/calls/{call['call_id']}/network-location")


def test_the_network_is_asked_for_the_number_of_a_call(desk: httpx.Client, lis: Lis) -> None:
    lis.answer = answering(MLP_ANSWER, "text/xml").answer
    call = send_report(desk, json.dumps({"caller": "+40700123200"}).encode())
    answer = ask(desk, call)
    assert answer.status_code == 201
    assert [step["report"]["format"] for step in answer.json()["steps"]] == ["json", "mlp"]
    assert answer.json()["incident_id"]
    root = etree.fromstring(lis.asked[0][2])
    assert root.findtext("eme_lir/msid") == "40700123200"
    assert root.findtext("hdr/client/pwd") == "secret"


def test_a_network_that_fails_is_said_and_noted(desk: httpx.Client, lis: Lis) -> None:
    lis.answer = answering(b"", status=503).answer
    call = send_report(desk, report_of(TITAN))
    assert code_of(ask(desk, call)) == (502, "upstream_failed")
    assert "upstream_failed" in stored_warnings(desk, call)
    events = desk.get(f"/v1/incidents/{call['incident_id']}/timeline").json()
    assert (events[-1]["kind"], events[-1]["payload"]["code"]) == (
        "location_missing", "upstream_failed",
    )  # fmt: skip


def test_a_call_without_a_number_cannot_be_asked_for(desk: httpx.Client) -> None:
    raw = b'{"shape": {"type": "Point", "center": [26.16, 44.415]}}'
    assert code_of(ask(desk, send_report(desk, raw))) == (409, "number_withheld")


def test_without_a_server_it_is_said_plainly(dispatcher: httpx.Client) -> None:
    assert code_of(ask(dispatcher, send_report(dispatcher))) == (503, "no_location_server")


@pytest.mark.usefixtures("api", "configured")
@pytest.mark.parametrize("which", ["configured", "api"])
def test_the_desk_offers_it_only_where_it_is_configured(
    which: str, request: pytest.FixtureRequest
) -> None:
    server: ApiServer = request.getfixturevalue(which)
    token = server.desk("operator").headers["Authorization"].split()[1]
    page = httpx.get(server.base_url, cookies={"dispatch119_session": token}).text
    assert ('"network_location":true' in page) == (which == "configured")


# ── settings ──────────────────────────────────────────────────────────────────
def test_the_first_address_that_may_be_asked_is_taken() -> None:
    servers = location_servers(LocationServerSettings(held_hosts="LIS.example.ro"))
    extras = {
        "location_uri": "sip:x@y",
        "location_uri_2": "https://lis.example.ro/1",
        "location_uri_expires": "2026",
    }
    assert servers.reference_in(extras) == "https://lis.example.ro/1"
    with pytest.raises(LocationServerError, match="kind"):
        servers.reference_in({"location_uri": "http://lis.example.ro/1"})
    assert replace(servers, held=None).reference_in(extras) is None
