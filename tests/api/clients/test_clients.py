"""HELD and MLP clients against real servers on this machine, honest and otherwise."""

import re
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from api.clients.bounded import Bounds
from api.clients.held import HeldClient
from api.clients.mlp import MlpClient, emergency_request
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.shapes import ArcBand, Circle
from geodata.errors import RefusedError
from geodata.points import LonLat
from tests.conftest_d.folders import CASES
from tests.conftest_d.location_servers import Lis, answering, running
from tests.conftest_d.waiting import finished

HELD_ANSWER = (CASES / "internet_messages" / "held_both.xml").read_bytes()
PIDF_ANSWER = (CASES / "internet_messages" / "pidf_circle.xml").read_bytes()
MLP_ANSWER = (CASES / "operator_messages" / "eme_lia_circle.xml").read_bytes()
SECTOR = ArcBand(LonLat(25.95, 44.55), 1100.0, 2200.0, 60.0, 120.0)
CLUJ = Circle(LonLat(23.6236, 46.7712), 850.24)


def held(lis: Lis, **bounds: Any) -> LocationReport:
    host = lis.url.split("/")[2]
    client = HeldClient(frozenset({host}), frozenset({"http"}), Bounds(**bounds))
    reply = finished(client.fetch(lis.url))
    return read_report(reply.body, content_type=reply.content_type)


def mlp(lis: Lis, **bounds: Any) -> LocationReport:
    client = MlpClient(lis.url, "dispatch119", "secret", Bounds(**bounds))
    return read_report(finished(client.ask("0721 234 567")).body, format="mlp")


def code_of(ask: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as caught:
        ask()
    assert caught.value.hint
    return caught.value.code


# ── HELD ──────────────────────────────────────────────────────────────────────
def test_an_address_is_fetched_and_read() -> None:
    with running(answering(HELD_ANSWER)) as lis:
        report = held(lis)
    assert (report.format, report.shape) == ("held", SECTOR)
    [(method, kind, body)] = lis.asked
    assert (method, kind) == ("POST", "application/held+xml")
    assert etree.fromstring(body).get("responseTime") == "8000"


def test_a_server_that_only_knows_get_is_asked_that_way() -> None:
    with running(answering(PIDF_ANSWER, "application/pidf+xml", only="GET")) as lis:
        report = held(lis)
    assert (report.format, report.shape) == ("pidf-lo", CLUJ)
    assert [method for method, _, _ in lis.asked] == ["POST", "GET"]


def test_an_error_of_the_server_is_a_report_without_a_place() -> None:
    raw = b'<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="locationUnknown"/>'
    with running(answering(raw)) as lis:
        report = held(lis)
    assert (report.shape, report.result_code) == (None, "locationUnknown")


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("sip:a@b.example", "uri_not_supported"),
        ("file:///etc/passwd", "uri_not_supported"),
        ("http://lis.example/1", "uri_not_supported"),
        ("https://[::1", "uri_not_supported"),
        ("https://169.254.169.254/latest", "host_not_allowed"),
        ("https://lis.example@evil.example/1", "host_not_allowed"),
        ("https://lis.example:8443/1", "host_not_allowed"),
    ],
)
def test_only_named_hosts_are_asked(uri: str, code: str) -> None:
    client = HeldClient(frozenset({"lis.example"}))
    assert code_of(lambda: finished(client.fetch(uri))) == code


def test_a_redirect_is_not_followed() -> None:
    with running(answering(b"", status=302)) as lis:
        assert code_of(lambda: held(lis)) == "upstream_failed"


# ── bounds ────────────────────────────────────────────────────────────────────
def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def test_a_server_that_drips_is_left_in_time() -> None:
    with running(Lis(dripping)) as lis:
        started = time.monotonic()
        assert code_of(lambda: held(lis, timeout_s=0.4)) == "upstream_timeout"
        assert time.monotonic() - started < 2.0


def test_a_server_that_is_silent_is_left_in_time() -> None:
    with running(Lis(lambda handler: time.sleep(1.0))) as lis:
        assert code_of(lambda: mlp(lis, timeout_s=0.3)) == "upstream_timeout"


def test_an_answer_without_end_is_cut_off() -> None:
    with running(answering(b" " * 300_000)) as lis:
        assert code_of(lambda: held(lis, max_bytes=100_000)) == "upstream_too_large"


def test_nobody_there_is_said() -> None:
    assert code_of(lambda: mlp(Lis(dripping, "http://127.0.0.1:9/"))) == "upstream_unreachable"


# ── MLP ───────────────────────────────────────────────────────────────────────
def test_a_number_is_located() -> None:
    with running(answering(MLP_ANSWER, "text/xml")) as lis:
        report = mlp(lis)
    assert report.format == "mlp"
    assert isinstance(report.shape, Circle)
    root = etree.fromstring(lis.asked[0][2])
    assert root.findtext("eme_lir/msid") == "40721234567"
    assert root.findtext("hdr/client/id") == "dispatch119"


def test_an_unknown_service_is_a_404_with_a_readable_answer() -> None:
    gem = (CASES / "operator_messages" / "error_gem.xml").read_bytes()
    with running(answering(gem, "text/xml", status=404)) as lis:
        assert mlp(lis).result_code is not None


def test_any_other_failure_is_said() -> None:
    with running(answering(b"", status=503)) as lis:
        assert code_of(lambda: mlp(lis)) == "upstream_failed"


def test_a_bad_number_is_not_asked_for() -> None:
    assert code_of(lambda: finished(MlpClient("http://x", "a", "b").ask("nobody"))) == "bad_number"


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(MlpClient("http://x", "a", "secret"))


def test_the_request_is_valid_by_the_standards_dtd(shared_data: Path) -> None:
    folder = shared_data / "messages" / "mlp" / "dtd"
    shapes = (folder / "MLP_ID_QOP_RES_SHAPE_v3_4.dtd").read_text("latin-1")
    rules = (folder / "MLP_v3_4.dtd").read_text("latin-1")
    # Its second half is an external entity; no file is ever fetched, so it is put in place.
    external = r"<!ENTITY\s+% mlp_id_qop_res_shape.dtd[^>]*>\s*%mlp_id_qop_res_shape.dtd;"
    dtd = etree.DTD(StringIO(re.sub(external, lambda _: shapes, rules)))
    raw = emergency_request("+40721234567", "dispatch119", "secret").replace(b"3.5.0", b"3.4.0")
    dtd.assertValid(etree.fromstring(raw))
