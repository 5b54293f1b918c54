"""
Two ways a hand-over leaves the house: into a folder, or to an address by HTTP.

Both are `dispatch.handover.delivery.DeliveryPort`: a failure is a receipt. Both are
idempotent by the key: the folder keeps one file per key; the receiver gets it as
`Idempotency-Key` (and must answer a repetition as it answered the first).
"""

import os
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from dispatch.handover.delivery import Outcome, Receipt

_SUFFIXES = {"application/json": ".json", "application/pdf": ".pdf", "application/xml": ".xml"}
# Worth another attempt: the receiver is busy, not unwilling.
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MOST_REFERENCE = 100


@dataclass(frozen=True, slots=True)
class FolderSender:
    """
    Puts each package into a folder that the receiver collects from.

    Somebody else's programme acknowledges: it writes `KEY.ack` with its reference beside it.
    """

    folder: Path

    def send(self, key: str, package: bytes, content_type: str) -> Receipt:
        """Write the package whole or not at all; readable by the owner only."""
        target = self.folder / f"{key}{_SUFFIXES.get(content_type, '.bin')}"
        part = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(package)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(target)
            return self._receipt(key)
        except OSError as error:
            return Receipt(Outcome.FAILED, error.strerror or "the folder cannot be written")

    def _receipt(self, key: str) -> Receipt:
        answer = self.folder / f"{key}.ack"
        if not answer.exists():
            return Receipt(Outcome.ACCEPTED, "in the folder, not collected yet")
        reference = answer.read_text("utf-8", errors="replace").strip()[:_MOST_REFERENCE]
        return Receipt(Outcome.ACKNOWLEDGED, reference=reference or None)


@dataclass(frozen=True, slots=True)
class HttpSender:
    """
    Posts each package. 200 and 201 acknowledge (the body may hold `reference`), 202 accepts.

    Redirects are not followed: a child's data goes to the address that was agreed on.
    """

    address: str
    client: httpx.Client
    timeout_s: float = 10.0

    def send(self, key: str, package: bytes, content_type: str) -> Receipt:
        """Post once within the time-out."""
        headers = {"Content-Type": content_type, "Idempotency-Key": key}
        try:
            answer = self.client.post(
                self.address,
                content=package,
                headers=headers,
                timeout=self.timeout_s,
                follow_redirects=False,
            )
        except httpx.HTTPError as error:
            return Receipt(Outcome.FAILED, type(error).__name__)
        return _read(answer)


def _read(answer: httpx.Response) -> Receipt:
    status, detail = answer.status_code, f"HTTP {answer.status_code}"
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return Receipt(Outcome.ACKNOWLEDGED, detail, _reference(answer))
    if status in {HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}:
        return Receipt(Outcome.ACCEPTED, detail, _reference(answer))
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_refusal and status not in _BUSY:
        return Receipt(Outcome.REJECTED, detail)
    return Receipt(Outcome.FAILED, detail)


def _reference(answer: httpx.Response) -> str | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    found = body.get("reference") if isinstance(body, dict) else None
    return str(found)[:_MOST_REFERENCE] if found is not None else None
