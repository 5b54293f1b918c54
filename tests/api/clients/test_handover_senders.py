"""Both ways out of the house keep their promise: once per key, a receipt for everything."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.clients.handover_senders import FolderSender, HttpSender
from dispatch.handover.delivery import Outcome

JSON = "application/json"


def sender(answer: Callable[[httpx.Request], httpx.Response]) -> HttpSender:
    return HttpSender(
        "https://112.example/eido", httpx.Client(transport=httpx.MockTransport(answer))
    )


def test_the_folder_keeps_one_file_per_key(tmp_path: Path) -> None:
    folder = FolderSender(tmp_path / "out")
    assert folder.send("k1", b"one", JSON).outcome is Outcome.ACCEPTED
    folder.send("k1", b"changed", JSON)
    [file] = (tmp_path / "out").iterdir()
    assert (file.name, file.read_bytes()) == ("k1.json", b"one")
    assert file.stat().st_mode & 0o077 == 0


def test_the_folder_is_acknowledged_by_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "k1.ack").write_text("112-77\n", encoding="utf-8")
    receipt = FolderSender(tmp_path).send("k1", b"one", JSON)
    assert (receipt.outcome, receipt.reference) == (Outcome.ACKNOWLEDGED, "112-77")


def test_a_folder_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert FolderSender(tmp_path / "file").send("k", b"", JSON).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACKNOWLEDGED),
        (201, Outcome.ACKNOWLEDGED),
        (202, Outcome.ACCEPTED),
        (302, Outcome.FAILED),
        (400, Outcome.REJECTED),
        (422, Outcome.REJECTED),
        (429, Outcome.FAILED),
        (503, Outcome.FAILED),
    ],
)
def test_each_status_has_its_meaning(status: int, outcome: Outcome) -> None:
    assert sender(lambda _: httpx.Response(status)).send("k", b"{}", JSON).outcome is outcome


def test_the_key_travels_and_the_reference_comes_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201, json={"reference": request.headers["Idempotency-Key"]})

    assert sender(answer).send("k7", b"{}", JSON).reference == "k7"


def test_a_time_out_is_a_failure_without_the_childs_data() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("secret")

    receipt = sender(answer).send("k", b"{}", JSON)
    assert (receipt.outcome, receipt.detail) == (Outcome.FAILED, "ReadTimeout")
