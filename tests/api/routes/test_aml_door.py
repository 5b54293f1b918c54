"""The AML door: 2xx to everything from those who may send, and each message counts once."""

from itertools import count
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text

from geodata.database.engine import connect_owner
from tests.conftest_d.api import ApiServer, code_of, report_of, send_report

_numbers = count(700_700_000)


@pytest.fixture
def gateway(api: ApiServer) -> httpx.Client:
    return api.desk("operator")


@pytest.fixture
def number() -> str:
    return f"+40{next(_numbers)}"


def form(number: str, *, at_ms: int = 1_790_000_000_000, accuracy: float = 20.0) -> bytes:
    fields = {
        "v": 1, "device_number": number, "location_latitude": 44.415,
        "location_longitude": 26.16, "location_time": at_ms, "location_accuracy": accuracy,
        "location_source": "gps", "location_confidence": 0.68,
    }  # fmt: skip
    return urlencode(fields).encode()


def sms(*, lat: str = "+44.41500") -> bytes:
    body = f'A"ML=1;lt={lat};lg=+26.16000;rd=20;top=20260213200400;lc=68;pm=G'
    return f"{body};ml={len(body) + 7}".encode()


def send(desk: httpx.Client, raw: bytes, **headers: str) -> dict[str, object]:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = desk.post("/v1/aml", content=raw, headers=kind | headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_form_becomes_a_call_and_the_gateway_learns_no_place(
    gateway: httpx.Client, number: str
) -> None:
    answer = send(gateway, form(number))
    assert (answer["status"], answer["code"]) == ("accepted", None)
    assert answer.keys() == {"status", "code", "call_id"}
    call = gateway.get(f"/v1/calls/{answer['call_id']}").json()
    assert (call["caller"], call["county"]) == (number, "B3")


def test_an_sms_belongs_to_the_number_that_the_gateway_names(
    gateway: httpx.Client, number: str
) -> None:
    call = send_report(gateway, report_of(radius_m=2000, caller=number))
    answer = send(gateway, sms(), **{"X-Caller": number.replace("+40", "0")})
    assert answer["call_id"] == call["call_id"]


def test_start_update_and_end_are_one_call(gateway: httpx.Client, number: str) -> None:
    at = 1_790_000_000_000
    fixes = ((0, 800.0), (10_000, 60.0), (90_000, 15.0))
    answers = [send(gateway, form(number, at_ms=at + ms, accuracy=m)) for ms, m in fixes]
    assert len({answer["call_id"] for answer in answers}) == 1
    call = gateway.get(f"/v1/calls/{answers[0]['call_id']}").json()
    assert len(call["answer"]["steps"]) == 3


def test_the_same_fix_by_form_twice_and_by_sms_counts_once(
    gateway: httpx.Client, number: str
) -> None:
    at = 1_771_013_040_000  # 2026-02-13 20:04:00 UTC, as in the SMS
    first = send(gateway, form(number, at_ms=at))
    twice = send(gateway, form(number, at_ms=at) + b"&location_floor=2")
    by_sms = send(gateway, sms(), **{"X-Caller": number})
    assert [a["status"] for a in (first, twice, by_sms)] == ["accepted", "repeated", "repeated"]
    assert first["call_id"] == twice["call_id"] == by_sms["call_id"]
    call = gateway.get(f"/v1/calls/{first['call_id']}").json()
    assert len(call["answer"]["steps"]) == 1


@pytest.mark.parametrize(
    ("junk", "code"),
    [
        (b"hello", "malformed_aml"),
        (b"\x00\xff\xfe", "malformed_aml"),
        (b'A"ML=1;lt=99', "truncated_message"),
        (b"location_latitude=91&location_longitude=26", "out_of_range"),
        (b"location_latitude=44.4", "bad_coordinates"),
        (b"x" * 2_000_000, "too_large"),
    ],
    ids=["text", "octets", "half an SMS", "no place", "half a place", "2 MB"],
)
def test_junk_is_answered_2xx_and_marked(gateway: httpx.Client, junk: bytes, code: str) -> None:
    answer = send(gateway, junk)
    assert (answer["status"], answer["code"]) == ("refused", code)


def test_junk_is_stored_as_it_came(api: ApiServer, gateway: httpx.Client) -> None:
    send(gateway, b"location_latitude=junk-1234&location_longitude=26")
    owner = connect_owner(api.services.addresses.owner)
    with owner.connect() as connection:
        row = connection.execute(
            text("SELECT status, error FROM location_report WHERE raw = :raw"),
            {"raw": b"location_latitude=junk-1234&location_longitude=26"},
        ).one()
    owner.dispose()
    assert row.status == "refused"
    assert row.error["code"]


def test_a_form_with_a_number_that_is_none_is_still_a_call(gateway: httpx.Client) -> None:
    assert send(gateway, form("nobody"), **{"X-Caller": "nobody"})["status"] == "accepted"


def test_without_a_token_nothing_is_taken(visitor: httpx.Client) -> None:
    assert code_of(visitor.post("/v1/aml", content=form("+40700700001"))) == (
        401, "authentication_required",
    )  # fmt: skip


def test_a_role_that_takes_no_calls_is_refused(api: ApiServer) -> None:
    answer = api.desk("planner").post("/v1/aml", content=form("+40700700001"))
    assert code_of(answer) == (403, "forbidden_role")
