"""A page drawn for one account neither reads nor writes once another has signed in."""

from collections.abc import Callable

import httpx
import pytest

from tests.conftest_d.api import PASSWORD, ApiServer, code_of, send_report, visiting

pytestmark = pytest.mark.integration

OTHER = (409, "other_session")

SOMEBODY = "57e587dc-e8cc-4e2f-a3a9-a1b9ba23abc3"


def account_of(api: ApiServer, desk: httpx.Client) -> str:
    """Return the id of the account at a desk, as its pages know it."""
    from dispatch import services as use_cases
    from tests.conftest_d.api import ADMIN

    name = desk.get("/v1/me").json()["username"]
    known = use_cases.list_accounts(api.services.accounts, ADMIN)
    return next(str(one.id) for one in known if one.username == name)


def signed_in(api: ApiServer, name: str, browser: httpx.Client | None = None) -> httpx.Client:
    """Sign in with a browser's cookie, with a browser of its own unless one is given."""
    browser = browser or api.stack.enter_context(visiting(api.base_url))
    answer = browser.post("/v1/sessions", json={"username": name, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return browser


@pytest.mark.parametrize("stated", [SOMEBODY, "", "altcineva", "%C8%98tefan"])
def test_a_page_of_another_account_reads_and_writes_nothing(stated: str, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    call = send_report(desk)["call_id"]
    drawn = {"Drawn-For": stated}
    for path in ("/v1/incidents", "/v1/me", "/v1/map/features", f"/v1/calls/{call}"):
        assert code_of(desk.get(path, headers=drawn)) == OTHER, path
    for more in ({}, {"Idempotency-Key": f"drawn-{stated}"}):
        refused = desk.post(f"/v1/calls/{call}/misdial", headers=drawn | more)
        assert code_of(refused) == OTHER
        assert refused.json()["signed_in"] == desk.get("/v1/me").json()["username"]
    assert desk.get(f"/v1/calls/{call}").json()["is_misdial"] is False


@pytest.mark.parametrize(
    "stated",
    [lambda account: {"Drawn-For": account}, lambda _account: {}],
    ids=["its own page", "a program"],
)
def test_its_own_page_and_programs_go_on(
    stated: Callable[[str], dict[str, str]], api: ApiServer
) -> None:
    desk = api.desk("dispatcher", "B3")
    headers = stated(account_of(api, desk))
    call = send_report(desk)["call_id"]
    assert desk.get("/v1/incidents", headers=headers).status_code == 200
    assert desk.post(f"/v1/calls/{call}/misdial", headers=headers).status_code == 200


@pytest.mark.parametrize("stated", [SOMEBODY, "", "altcineva"])
def test_the_stream_of_another_account_does_not_begin(stated: str, api: ApiServer) -> None:
    desk = api.desk("dispatcher", "B3")
    assert code_of(desk.get("/v1/stream", params={"drawn_for": stated})) == OTHER
    own = {"drawn_for": account_of(api, desk)}
    with desk.stream("GET", "/v1/stream", params=own) as stream:
        assert stream.status_code == 200
        assert "snapshot" in next(stream.iter_lines())


@pytest.mark.parametrize("again", ["another", "the same"])
def test_whoever_signs_in_ends_the_session_that_the_browser_had(again: str, api: ApiServer) -> None:
    names = [f"former-{again[:3]}", f"next-{again[:3]}"]
    for name in names:
        api.token(name, "dispatcher", ("B3",))
    browser = signed_in(api, names[0])
    former = dict(browser.cookies)
    with httpx.stream("GET", f"{api.base_url}/v1/stream", cookies=former, timeout=15) as stream:
        lines = stream.iter_lines()
        assert "snapshot" in next(lines)
        signed_in(api, names[again == "another"], browser)
        # It ends at once: a stream that goes on would time out here.
        assert not [line for line in lines if line.startswith("event: ping")]
    gone = httpx.get(f"{api.base_url}/v1/me", cookies=former)
    assert code_of(gone) == (401, "invalid_token")
    assert browser.get("/v1/me").json()["username"] == names[again == "another"]


@pytest.mark.parametrize("junk", ["x", "a" * 300, "bogus.token"])
def test_a_cookie_of_nobody_does_not_hinder_signing_in(junk: str, api: ApiServer) -> None:
    name = f"junk-{len(junk)}"
    api.token(name, "dispatcher", ("B3",))
    with visiting(api.base_url, cookies={"dispatch119_session": junk}) as browser:
        answer = browser.post("/v1/sessions", json={"username": name, "password": PASSWORD})
        assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/", "/map"])
def test_a_page_says_whom_it_was_drawn_for(path: str, api: ApiServer) -> None:
    name = f"drawn-{len(path)}"
    api.token(name, "dispatcher", ("B3",))
    page = signed_in(api, name).get(path).text
    assert f'"username":"{name}"' in page
    assert '"drawn_for":null' in api.stack.enter_context(visiting(api.base_url)).get("/login").text
