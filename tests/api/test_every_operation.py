"""
Each role sends each operation what it understands and what nobody should send.

Whatever comes, the answer has a status that the description names, a refusal is a problem with
a code, and nothing is our fault.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.app import create_app
from api.settings import (
    DatabaseSettings,
    HandoverSettings,
    LiveSettings,
    LostSettings,
    SessionSettings,
    Settings,
)
from dispatch import services
from dispatch.views import AccountView
from geodata.database.embedded import EmbeddedCluster
from geodata.reference.codes import CODES
from tests.api.access.endpoints import ENDPOINTS, ROLES
from tests.conftest_d.api import ADMIN, PASSWORD, ApiServer, running_server, send_report, visiting
from tests.conftest_d.database import cloned
from tests.conftest_d.hostile_requests import (
    HostileRequest,
    Operation,
    operations_of,
    requests_of,
)

pytestmark = pytest.mark.slow

EXAMPLES = 3
DOCUMENT = create_app().openapi()
OPERATIONS = operations_of(DOCUMENT)
# Said by the descriptions of HTTP itself, of any address.
_ALWAYS = frozenset({405, 413, 415, 431})


class World:
    """A server of its own, and ids of what is there."""

    def __init__(self, api: ApiServer) -> None:
        self.api = api
        desk = api.desk("dispatcher", "B3")
        call = send_report(desk)
        team = str(api.new_team("B3"))
        incident = f"/v1/incidents/{call['incident_id']}"
        assigned = desk.post(f"{incident}/assignments", json={"team_id": team, "reason": "x"})
        handover = desk.post(f"{incident}/handovers", json={"danger": "pericol"}).json()
        child = next(one.body for one in ENDPOINTS if one.path.endswith("missing-child-drafts"))
        draft = desk.post(f"{incident}/missing-child-drafts", json=child).json()
        self.known = {
            "call_id": call["call_id"], "incident_id": call["incident_id"], "team_id": team,
            "assignment_id": assigned.json()["id"], "handover_id": handover["id"],
            "draft_id": draft["id"], "username": "somebody",
        }  # fmt: skip
        self.accounts = {role: self._account(role, team) for role in ROLES}

    def _account(self, role: str, team: str) -> AccountView:
        return services.create_account(
            self.api.services.accounts, ADMIN, username=f"any {role}", password=PASSWORD,
            role=role, counties=("B3",) if role != "administrator" else tuple(CODES),
            team_id=UUID(team) if role == "team" else None,
        )  # fmt: skip

    def client(self, role: str) -> httpx.Client:
        """Return a client with a token of its own: some operations end it."""
        headers = {}
        if role != "visitor":
            token = services.issue_token(
                self.api.services.accounts, self.accounts[role].id, kind="bearer",
                lifetime=timedelta(hours=1),
            )  # fmt: skip
            headers = {"Authorization": f"Bearer {token}"}
        return visiting(self.api.base_url, headers=headers)


@pytest.fixture(scope="module")
def world(
    cluster: EmbeddedCluster, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    with cloned(cluster, seeded_template) as database, ExitStack() as stack:
        chosen = Settings(
            database=DatabaseSettings(
                database_url=database.url, data_dir=tmp_path_factory.mktemp("data")
            ),
            session=SessionSettings(login_attempts=1_000_000),
            live=LiveSettings(session_check_s=0.2, stream_tick_s=0.1),
            lost=LostSettings(),
            handover=HandoverSettings(handover_folder=tmp_path_factory.mktemp("handover")),
        )
        base_url, parts = stack.enter_context(running_server(chosen))
        yield World(ApiServer(base_url, parts, stack))


def check(client: httpx.Client, operation: Operation, sent: HostileRequest) -> None:
    headers = {"content-type": sent.content_type} if sent.body is not None else {}
    with client.stream(sent.method, sent.path, content=sent.body, headers=headers) as answer:
        kind = answer.headers.get("content-type", "")
        if not kind.startswith("text/event-stream"):
            answer.read()
    if answer.status_code >= 500:
        # Nobody has set up an operator's server here; the description says that this may be.
        assert answer.json()["code"] == "no_location_server"
    # A path whose parameter is empty or has a slash is another address.
    if answer.status_code != 404:
        documented = operation.documents(answer.status_code) or answer.status_code in _ALWAYS
        assert documented, f"{answer.status_code} is not described"
    if answer.status_code >= 400 and not sent.path.startswith("/lost"):
        assert kind == "application/problem+json"
        assert answer.json()["code"]


@pytest.mark.parametrize("role", [*ROLES, "visitor"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_nothing_that_is_sent_is_our_fault(world: World, operation: Operation, role: str):
    with world.client(role) as client:

        @settings(
            max_examples=EXAMPLES, derandomize=True, database=None,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(sent=requests_of(operation, DOCUMENT, world.known))
        def each(sent: HostileRequest) -> None:
            check(client, operation, sent)

        each()


def test_the_requests_are_of_both_kinds(world: World):
    """A generator that is always refused at the door would prove nothing."""
    statuses: set[int] = set()
    with world.client("dispatcher") as client:

        @settings(
            max_examples=60, derandomize=True, database=None,
            phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def each(data: st.DataObject) -> None:
            operation = next(one for one in OPERATIONS if str(one).endswith("/notes"))
            sent = data.draw(requests_of(operation, DOCUMENT, world.known))
            answer = client.request(
                sent.method, sent.path, content=sent.body,
                headers={"content-type": sent.content_type},
            )  # fmt: skip
            statuses.add(answer.status_code)

        each()
    assert {201, 422} <= statuses
