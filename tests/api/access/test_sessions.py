"""Signing in and out over HTTP, cookies, tokens and passwords."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from dispatch import services as use_cases
from tests.conftest_d.api import ADMIN, PASSWORD, ApiServer, code_of, send_report, visiting

OURS = {"X-Requested-With": "dispatch119"}


@pytest.fixture(scope="module")
def ana(api: ApiServer) -> str:
    api.token("ana", "dispatcher", ("B3",))
    return "ana"


@pytest.fixture
def browser(ana: str, visitor: httpx.Client) -> httpx.Client:
    answer = visitor.post("/v1/sessions", json={"username": ana, "password": PASSWORD})
    assert answer.status_code == 201
    return visitor


@pytest.fixture
def second_browser(browser: httpx.Client) -> Iterator[httpx.Client]:
    with visiting(str(browser.base_url), cookies=browser.cookies) as second:
        yield second


def test_signing_in_tells_who_one_is_and_what_one_may(browser: httpx.Client) -> None:
    me = browser.get("/v1/me").json()
    assert (me["username"], me["role"], me["counties"]) == ("ana", "dispatcher", ["B3"])
    assert "assign" in me["permissions"]
    assert "password" not in str(me)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    ana: str, visitor: httpx.Client
) -> None:
    answer = visitor.post("/v1/sessions", json={"username": ana, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("dispatch119_session=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    api: ApiServer, visitor: httpx.Client
) -> None:
    api.token("known", "operator", ("B3",))
    answers = [
        visitor.post("/v1/sessions", json={"username": name, "password": "wrong"})
        for name in ("known", "unknown")
    ]
    assert [code_of(answer) for answer in answers] == [(401, "login_failed")] * 2
    assert answers[0].json() == answers[1].json()


def test_many_wrong_passwords_make_a_pause_for_that_name(
    api: ApiServer, visitor: httpx.Client
) -> None:
    api.token("guessed", "operator", ("B3",))
    wish = {"username": "guessed", "password": "wrong"}
    codes = [visitor.post("/v1/sessions", json=wish).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    right = visitor.post("/v1/sessions", json={**wish, "password": PASSWORD})
    assert code_of(right) == (429, "too_many_attempts")


def test_signing_out_ends_the_session_everywhere(
    browser: httpx.Client, second_browser: httpx.Client
) -> None:
    assert browser.delete("/v1/sessions", headers=OURS).status_code == 204
    assert code_of(second_browser.get("/v1/me")) == (401, "invalid_token")


def test_a_write_from_another_site_is_refused(browser: httpx.Client) -> None:
    answer = browser.post("/v1/tokens", headers={"Origin": "https://evil.example"})
    assert code_of(answer) == (403, "csrf_header_missing")


@pytest.mark.parametrize("by", ["header", "origin"])
def test_a_write_from_our_own_pages_is_taken(browser: httpx.Client, by: str) -> None:
    origin = str(browser.base_url).rstrip("/")
    headers = OURS if by == "header" else {"Origin": origin}
    assert browser.post("/v1/tokens", headers=headers).status_code == 201


def test_a_token_works_without_cookie_and_header(browser: httpx.Client, api: ApiServer) -> None:
    issued = browser.post("/v1/tokens", json={"days": 1}, headers=OURS).json()
    bearer = {"Authorization": f"Bearer {issued['token']}"}
    with visiting(api.base_url, headers=bearer) as program:
        assert program.get("/v1/me").json()["username"] == "ana"
        assert program.delete("/v1/sessions").status_code == 204
        assert code_of(program.get("/v1/me")) == (401, "invalid_token")


def test_a_disabled_account_loses_its_sessions(api: ApiServer, visitor: httpx.Client) -> None:
    token = api.token("leaver", "operator", ("B3",))
    visitor.headers["Authorization"] = f"Bearer {token}"
    assert visitor.get("/v1/me").status_code == 200
    administrator = api.desk("administrator")
    answer = administrator.post("/v1/accounts/leaver/active", json={"active": False})
    assert answer.status_code == 204
    assert code_of(visitor.get("/v1/me"))[0] == 401


def test_an_expired_session_is_refused(api: ApiServer, visitor: httpx.Client) -> None:
    api.token("sleeper", "operator", ("B3",))
    accounts = use_cases.list_accounts(api.services.accounts, ADMIN)
    account = next(account for account in accounts if account.username == "sleeper")
    token = use_cases.issue_token(
        api.services.accounts, account.id, kind="bearer", lifetime=timedelta(seconds=-1)
    )
    visitor.headers["Authorization"] = f"Bearer {token}"
    assert code_of(visitor.get("/v1/me")) == (401, "invalid_token")


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer " + "x" * 5000, "nonsense"])
def test_any_strange_authorization_is_a_wrong_token(visitor: httpx.Client, header: str) -> None:
    answer = visitor.get("/v1/me", headers={"Authorization": header})
    assert code_of(answer) == (401, "invalid_token")


def test_an_administrator_creates_an_account_that_can_sign_in(
    api: ApiServer, visitor: httpx.Client
) -> None:
    wish = {"username": "mihai", "password": PASSWORD, "role": "planner", "counties": ["B3"]}
    assert api.desk("administrator").post("/v1/accounts", json=wish).status_code == 201
    login = {"username": "mihai", "password": PASSWORD}
    assert visitor.post("/v1/sessions", json=login).json()["role"] == "planner"


def test_a_new_password_replaces_the_old_one(api: ApiServer, visitor: httpx.Client) -> None:
    api.token("forgetful", "operator", ("B3",))
    new = {"password": "another long password"}
    path = "/v1/accounts/forgetful/password"
    assert api.desk("administrator").post(path, json=new).status_code == 204
    login = {"username": "forgetful", "password": PASSWORD}
    assert code_of(visitor.post("/v1/sessions", json=login)) == (401, "login_failed")
    assert visitor.post("/v1/sessions", json=login | new).status_code == 201


@pytest.mark.parametrize("role", ["team", "dispatcher"])
def test_a_county_administrator_does_not_become_another_countys_team(
    api: ApiServer, role: str
) -> None:
    foreign = api.new_team("B3", at=None)
    wish = {
        "username": f"spy-{role}", "password": PASSWORD, "role": role, "counties": ["VS"],
        "team_id": str(foreign),
    }  # fmt: skip
    answer = api.desk("administrator", "VS").post("/v1/accounts", json=wish)
    assert code_of(answer) == (422, "team_required")


def test_one_changes_the_own_password_over_http_and_stays_signed_in(
    api: ApiServer, visitor: httpx.Client
) -> None:
    first, other = api.token("changer", "planner", ("B3",)), None
    visitor.headers["Authorization"] = f"Bearer {first}"
    other = visitor.post("/v1/tokens", json={"days": 1}).json()["token"]
    wish = {"old": "not that one", "new": "a wholly new sentence"}
    assert code_of(visitor.post("/v1/me/password", json=wish)) == (403, "wrong_password")
    weak = {"old": PASSWORD, "new": "changer12345"}
    assert code_of(visitor.post("/v1/me/password", json=weak)) == (422, "weak_password")
    wish["old"] = PASSWORD
    assert visitor.post("/v1/me/password", json=wish).status_code == 204
    assert visitor.get("/v1/me").status_code == 200
    answer = visitor.get("/v1/me", headers={"Authorization": f"Bearer {other}"})
    assert code_of(answer) == (401, "invalid_token")


def test_guessing_the_old_password_is_slowed_as_signing_in_is(
    api: ApiServer, visitor: httpx.Client
) -> None:
    visitor.headers["Authorization"] = f"Bearer {api.token('stolen', 'planner', ('B3',))}"
    wish = {"old": "wrong", "new": "a wholly new sentence"}
    codes = [code_of(visitor.post("/v1/me/password", json=wish))[0] for _ in range(6)]
    assert codes == [403] * 5 + [429]


@pytest.mark.parametrize("days", [91, 365, 3650])
def test_no_token_lives_longer_than_a_season(browser: httpx.Client, days: int) -> None:
    answer = browser.post("/v1/tokens", json={"days": days}, headers=OURS)
    assert code_of(answer)[1] in {"token_too_long", "invalid_request"}


def test_ones_tokens_are_listed_without_the_token_and_revoked(
    api: ApiServer, visitor: httpx.Client
) -> None:
    visitor.headers["Authorization"] = f"Bearer {api.token('lister', 'planner', ('B3',))}"
    issued = visitor.post("/v1/tokens", json={"days": 2}).json()["token"]
    rows = visitor.get("/v1/tokens").json()
    assert [row["kind"] for row in rows] == ["bearer", "bearer"]
    assert issued not in str(rows)
    assert visitor.delete(f"/v1/tokens/{rows[0]['id']}").status_code == 204
    assert code_of(visitor.delete(f"/v1/tokens/{rows[0]['id']}")) == (404, "not_found")
    answer = visitor.get("/v1/me", headers={"Authorization": f"Bearer {issued}"})
    assert code_of(answer) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("role", "path", "body"),
    [
        ("administrator", "/v1/accounts", {"username": "late", "password": PASSWORD,
                                           "role": "planner", "counties": ["B3"]}),
        ("administrator", "/v1/accounts/nobody/password", {"password": PASSWORD}),
        ("dispatcher", "/v1/me/password", {"old": PASSWORD, "new": "four other random words"}),
    ],
)  # fmt: skip
def test_what_hashes_a_password_waits_where_no_report_does(
    api: ApiServer, monkeypatch: pytest.MonkeyPatch, role: str, path: str, body: dict[str, object]
) -> None:
    monkeypatch.setattr(api.services.sign_in_pool, "_most", 0)
    assert code_of(api.desk(role).post(path, json=body)) == (503, "pool_full")
    send_report(api.desk("dispatcher"))
