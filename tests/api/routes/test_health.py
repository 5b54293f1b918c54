"""Health, metrics and unknown addresses of a running server."""

import httpx
import pytest

from tests.conftest_d.api import PASSWORD, ApiServer, code_of, report_of, send_report


def test_a_running_server_is_alive_and_ready(visitor: httpx.Client) -> None:
    assert visitor.get("/health/live").json() == {"status": "live"}
    assert visitor.get("/health/ready").json()["status"] == "ready"


def test_the_numbers_name_routes_and_no_people(
    visitor: httpx.Client, dispatcher: httpx.Client
) -> None:
    call = send_report(dispatcher, report_of(caller="+40700999003"))
    dispatcher.get(f"/v1/calls/{call['call_id']}")
    dispatcher.post("/v1/location-reports", content=b"")
    numbers = visitor.get("/metrics").text
    assert 'route="/v1/calls/{call_id}"' in numbers
    assert 'dispatch119_location_reports_total{format="json"}' in numbers
    assert 'dispatch119_refusals_total{code="empty_message"}' in numbers
    for secret in ("700999003", call["call_id"], "dispatcher-b3", "26.16"):
        assert secret not in numbers


def test_an_unknown_address_is_a_problem_too(visitor: httpx.Client) -> None:
    assert code_of(visitor.get("/v1/nothing")) == (404, "not_found")
    assert code_of(visitor.delete("/v1/me")) == (405, "method_not_allowed")


def test_no_page_of_ours_loads_anything_from_elsewhere(visitor: httpx.Client) -> None:
    policy = visitor.get("/health/live").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert visitor.get("/docs").status_code == 404


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "SAMEORIGIN"),
    ],
)
def test_every_answer_carries_the_safety_headers(
    visitor: httpx.Client, header: str, value: str
) -> None:
    assert visitor.get("/v1/me").headers[header] == value


def test_answers_about_children_are_not_kept_by_browsers(dispatcher: httpx.Client) -> None:
    assert dispatcher.get("/v1/calls").headers["cache-control"] == "no-store"


def test_the_ground_is_sent_compressed_and_only_once(dispatcher: httpx.Client) -> None:
    first = dispatcher.get("/v1/counties")
    assert first.headers["content-encoding"] == "gzip"
    assert len(first.json()["features"]) == 47
    again = dispatcher.get("/v1/counties", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("detail", ["major", "middle", "minor"])
def test_the_basemap_comes_in_levels(dispatcher: httpx.Client, detail: str) -> None:
    features = dispatcher.get("/v1/basemap", params={"detail": detail}).json()["features"]
    assert features
    assert {feature["geometry"]["type"] for feature in features} == {"MultiLineString"}


def test_the_basemap_comes_in_cells_and_thinned_from_afar(dispatcher: httpx.Client) -> None:
    cell = "/v1/basemap/cells/1172/741"
    main, minor = (
        dispatcher.get(cell, params={"level": level}).json()["roads"] for level in ("main", "minor")
    )
    assert "primary" in main
    assert "residential" in minor
    assert not set(main) & set(minor)
    names = {row[0] for row in dispatcher.get(cell, params={"level": "names"}).json()["names"]}
    assert "Calea Victoriei" in names
    far = dispatcher.get("/v1/basemap/far").json()
    lon, lat, *_ = far["roads"]["motorway"][0]
    assert 20 < lon * far["unit_deg"] < 30
    assert 43 < lat * far["unit_deg"] < 49


@pytest.mark.parametrize("cell", ["-1/0", "2048/0", "0/2048", "1172/x"])
def test_a_cell_that_does_not_exist_is_refused(dispatcher: httpx.Client, cell: str) -> None:
    assert dispatcher.get(f"/v1/basemap/cells/{cell}").status_code == 422


def test_the_places_are_all_localities(dispatcher: httpx.Client) -> None:
    rows = dispatcher.get("/v1/map/places").json()
    assert len(rows) > 13_000
    assert rows[0][0] == "București" or rows[0][3] > 200_000


def test_the_audit_trail_is_whole(api: ApiServer) -> None:
    verdict = api.desk("administrator").get("/v1/audit/verdict").json()
    assert verdict["entries"] > 0
    assert verdict["broken_at"] is None


@pytest.mark.parametrize("path", ["/metrics", "/openapi.json"])
@pytest.mark.parametrize(
    "header",
    [{"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-Proto": "https"}, {"Forwarded": "for=x"}],
)
def test_the_public_finds_neither_numbers_nor_description(
    visitor: httpx.Client, path: str, header: dict[str, str]
) -> None:
    assert visitor.get(path).status_code == 200
    assert code_of(visitor.get(path, headers=header)) == (404, "not_found")


def test_by_https_the_cookie_is_secure_and_http_is_not_tried_again(
    api: ApiServer, visitor: httpx.Client
) -> None:
    api.token("tls", "planner", ("B3",))
    login = {"username": "tls", "password": PASSWORD}
    for proto, is_secure in (("https", True), ("http", False)):
        answer = visitor.post("/v1/sessions", json=login, headers={"X-Forwarded-Proto": proto})
        assert ("secure" in answer.headers["set-cookie"].lower()) == is_secure
        assert ("strict-transport-security" in answer.headers) == is_secure
