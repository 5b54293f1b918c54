"""What HTTP says of itself: media types of refusals, methods, packed bodies, NUL, entry numbers."""

import gzip

import httpx
import pytest

from api.app import create_app
from tests.conftest_d.api import PASSWORD, ApiServer

GZIP = {"content-encoding": "gzip"}
LOGIN = {"username": "ana", "password": PASSWORD}


def test_every_refusal_is_described_as_it_is_sent() -> None:
    document = create_app().openapi()
    refusals = [
        (status, set(answer["content"]))
        for path in document["paths"].values()
        for operation in path.values()
        for status, answer in operation["responses"].items()
        if status[0] in "45"
    ]
    assert len(refusals) > 50
    assert all(types == {"application/problem+json"} for _, types in refusals)
    assert "Problem" in document["components"]["schemas"]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/lost", {"POST"}),
        ("DELETE", "/v1/aml", {"POST"}),
        ("GET", "/v1/sessions", {"POST", "DELETE"}),
        ("POST", "/v1/me", {"GET"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    method: str, path: str, allowed: set[str], visitor: httpx.Client
) -> None:
    answer = visitor.request(method, path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.mark.integration
@pytest.mark.parametrize("path", ["/lost", "/v1/sessions", "/v1/aml", "/v1/location-reports"])
def test_a_packed_body_is_415(path: str, api: ApiServer) -> None:
    answer = api.desk("operator").post(path, content=gzip.compress(b"{}"), headers=GZIP)
    assert answer.status_code == 415
    assert answer.json()["code"] == "content_encoding"


@pytest.mark.integration
@pytest.mark.parametrize("path", ["/lost", "/v1/aml"])
@pytest.mark.parametrize("body", [b"", b"  \r\n", b"\t"])
def test_an_empty_body_is_refused(path: str, body: bytes, api: ApiServer) -> None:
    answer = api.desk("operator").post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "empty_message")


@pytest.mark.integration
@pytest.mark.parametrize("name", ["username", "password"])
@pytest.mark.parametrize("text", ["\0", "an\0a", "ana\0"])
def test_nul_in_a_sign_in_is_422(name: str, text: str, visitor: httpx.Client) -> None:
    assert visitor.post("/v1/sessions", json=LOGIN | {name: text}).status_code == 422


@pytest.mark.integration
@pytest.mark.parametrize(
    "path",
    [
        "/v1/audit?before=9223372036854775808",
        f"/v1/audit?before={10**30}",
        "/v1/audit?before=-1",
    ],
)
def test_an_entry_number_beyond_64_bits_is_422(path: str, api: ApiServer) -> None:
    assert api.desk("administrator").get(path).status_code == 422
