"""
Two ways a hand-over leaves the house: into a folder, or to an address by HTTP.

Both are `dispatch.handover.delivery.DeliveryPort`: a failure is a receipt. Both are
idempotent by the key: the folder keeps one file per key; the receiver gets it as
`Idempotency-Key` (and must answer a repetition as it answered the first).
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx
import orjson

from api.settings import HandoverSettings
from dispatch.handover.delivery import DeliveryPort, Outcome, Receipt
from geodata.errors import BadInputError
from geodata.said import said

_PDF = "application/pdf"
_SUFFIXES = {"application/json": ".json", _PDF: ".pdf", "application/xml": ".xml"}
# Worth another attempt: the receiver is busy, not unwilling.
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MOST_REFERENCE = 100
_MOST_ANSWER_BYTES = 100_000
_OWN_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


class Sender(DeliveryPort, Protocol):
    """A way out of the house, and what the courier must know about it."""

    @property
    def takes_pages(self) -> bool:
        """Tell whether the printed page is sent too, before the package."""
        ...

    @property
    def name(self) -> str:
        """Where it goes, for the person who checks the installation."""
        ...

    def find_acknowledgement(self, key: str) -> Receipt | None:
        """Return an acknowledgement that lies ready without asking by an attempt."""
        ...


@dataclass(frozen=True, slots=True)
class FolderSender:
    """
    Puts each package into a folder that the receiver collects from.

    Somebody else's programme acknowledges: it writes `KEY.ack` with its reference beside it.
    """

    folder: Path
    takes_pages: bool = True

    @property
    def name(self) -> str:
        """The folder."""
        return f"folder {self.folder}"

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
            receipt = self.find_acknowledgement(key)
            return receipt or Receipt(Outcome.ACCEPTED, target.name[:20])
        except OSError as error:
            return Receipt(Outcome.FAILED, error.strerror or "the folder cannot be written")

    def find_acknowledgement(self, key: str) -> Receipt | None:
        """Return what stands in `KEY.ack`, None while it is not there or not readable."""
        try:
            text = (self.folder / f"{key}.ack").read_text("utf-8", errors="replace")
        except OSError:
            return None
        return Receipt(Outcome.ACKNOWLEDGED, reference=text.strip()[:_MOST_REFERENCE] or None)


@dataclass(frozen=True, slots=True)
class HttpSender:
    """
    Posts each package. 200 and 201 acknowledge (the body may hold `reference`), 202 accepts.

    Redirects are not followed: a child's data goes to the address that was agreed on.
    Its printed page goes along (`takes_pages`) only to a receiver that asks for it, as a
    request of its own under the key with `.pdf` behind it.
    """

    address: str
    client: httpx.Client
    timeout_s: float = 10.0
    takes_pages: bool = False

    @property
    def name(self) -> str:
        """The address without what might be a secret in it."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.hostname}{parts.path}"

    def send(self, key: str, package: bytes, content_type: str) -> Receipt:
        """Post once within the time-out."""
        headers = {
            "Content-Type": content_type,
            "Idempotency-Key": f"{key}.pdf" if content_type == _PDF else key,
            "Accept-Encoding": "identity",
        }
        until = time.monotonic() + self.timeout_s
        try:
            with self.client.stream(
                "POST",
                self.address,
                content=package,
                headers=headers,
                timeout=self.timeout_s,
                follow_redirects=False,
            ) as answer:
                return _read(answer, _body(answer, until))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Receipt(Outcome.FAILED, type(error).__name__)

    def find_acknowledgement(self, _key: str) -> Receipt | None:
        """Return None: this receiver answers to attempts only."""
        return None


def _body(answer: httpx.Response, until: float) -> bytes:
    """Read an answer while it is small and in time; what is cut off is not needed."""
    body = b""
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > _MOST_ANSWER_BYTES or time.monotonic() > until:
            return b""
    return body


def _read(answer: httpx.Response, body: bytes) -> Receipt:
    status, detail = answer.status_code, f"HTTP {answer.status_code}"
    if status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return Receipt(Outcome.ACKNOWLEDGED, detail, _reference(body))
    if status in {HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}:
        return Receipt(Outcome.ACCEPTED, detail, _reference(body))
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if is_refusal and status not in _BUSY:
        return Receipt(Outcome.REJECTED, detail)
    return Receipt(Outcome.FAILED, detail)


def _reference(body: bytes) -> str | None:
    try:
        answer = orjson.loads(body)
    except ValueError:
        return None
    found = answer.get("reference") if isinstance(answer, dict) else None
    return str(found)[:_MOST_REFERENCE] if found is not None else None


@contextmanager
def running_sender(settings: HandoverSettings, data_dir: Path) -> Iterator[Sender]:
    """
    Give the configured way out: an address, or else a folder.

    Raises
    ------
    RefusedError
        `handover_url_unsafe`: the address would carry a child's data readable by anyone.
    """
    if settings.handover_url is None:
        yield FolderSender(settings.handover_folder or data_dir / "handover")
        return
    check_address(settings.handover_url)
    token = settings.handover_token
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    # No proxy of the environment: nobody in between.
    with httpx.Client(headers=headers, trust_env=False) as client:
        timeout_s, pages = settings.handover_timeout_s, settings.handover_pages
        yield HttpSender(settings.handover_url, client, timeout_s, takes_pages=pages)


def check_address(address: str) -> None:
    """
    Make sure an address is encrypted, or this machine's own.

    Raises
    ------
    RefusedError
        `handover_url_unsafe`.
    """
    parts = urlsplit(address)
    is_own = parts.scheme == "http" and parts.hostname in _OWN_HOSTS
    if not parts.hostname or not (parts.scheme == "https" or is_own):
        raise BadInputError(
            "handover_url_unsafe",
            said("DISPATCH119_HANDOVER_URL is not an https address"),
            said("hand-overs hold a child's data: https://…, or http:// on this machine only"),
        )
