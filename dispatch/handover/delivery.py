"""
How a hand-over gets to its receiver: surely, only once, and on record. Sends nothing itself.

    pending ──attempt──▶ sending ──accepted──▶ sent ──acknowledge──▶ acknowledged
       ▲                    │                   │
       └──── retry later ───┤ (failed)          └── no acknowledgement in time ──▶ pending
                            ├──▶ rejected   (the receiver will never take it)
                            └──▶ given_up   (attempts are used up: a person must phone)

The idempotency key is the same for the same incident, version, receiver and content: however
often it is sent, the receiver sees one hand-over. A sender is a `DeliveryPort`.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from dispatch.errors import HandoverRefusedError, HandoverStateError
from geodata.said import coded, said


class DeliveryState(StrEnum):
    """Where a hand-over stands; only the last three are final."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    GIVEN_UP = "given_up"


FINAL = frozenset({DeliveryState.ACKNOWLEDGED, DeliveryState.REJECTED, DeliveryState.GIVEN_UP})


class Outcome(StrEnum):
    """What one attempt led to."""

    ACCEPTED = "accepted"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receiver's answer to one attempt; `reference` is its own number for the case."""

    outcome: Outcome
    detail: str = ""
    reference: str | None = None


class DeliveryPort(Protocol):
    """Sends one package. The same key sent again must not make a second case."""

    def send(self, key: str, package: bytes, content_type: str) -> Receipt:
        """Send once, within its own time-out; a failure is a receipt, not an exception."""
        ...


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """
    When to try again.

    Attributes
    ----------
    first_wait_s, factor, longest_wait_s
        A child is in danger: the second attempt follows after two seconds; a receiver
        that is down is asked at least once a minute.
    attempts
        Ten attempts take about five minutes. Long before that the operator sees the failure
        and phones.
    sending_timeout_s
        After this an attempt without a result counts as failed (the process died).
    acknowledge_within_s
        A receiver that took the package but said nothing for two minutes gets it again.
    """

    first_wait_s: float = 2.0
    factor: float = 2.0
    longest_wait_s: float = 60.0
    attempts: int = 10
    sending_timeout_s: float = 30.0
    acknowledge_within_s: float = 120.0


DEFAULT_DELIVERY = DeliveryPolicy()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One thing that happened to a delivery; the log is append-only."""

    at: datetime
    event: str
    attempt: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One hand-over on its way; `next_at` is when something is due, None when final."""

    key: str
    receiver: str
    state: DeliveryState
    attempt: int
    next_at: datetime | None
    reference: str | None = None
    log: tuple[LogLine, ...] = ()


def idempotency_key(incident: str, version: int, receiver: str, package: bytes) -> str:
    """Return the key of a package: 64 hexadecimal digits (SHA-256)."""
    digest = hashlib.sha256()
    for part in (incident.encode(), str(version).encode(), receiver.encode(), package):
        # With its length in front, no two different rows of parts give the same bytes.
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def open_delivery(key: str, receiver: str, at: datetime) -> Delivery:
    """Return a delivery that is due at once."""
    return Delivery(key, receiver, DeliveryState.PENDING, 0, at, log=(LogLine(at, "opened", 0),))


def is_due(delivery: Delivery, now: datetime) -> bool:
    """Tell whether an attempt should be made, or a silent one be given up on, now."""
    return delivery.next_at is not None and delivery.next_at <= now


def begin_attempt(
    delivery: Delivery, now: datetime, policy: DeliveryPolicy = DEFAULT_DELIVERY
) -> Delivery:
    """
    Mark the next attempt as begun. To be stored before anything is sent.

    Raises
    ------
    HandoverStateError
        `delivery_final`.
    HandoverRefusedError
        `delivery_not_due`.
    """
    _check_open(delivery)
    if not is_due(delivery, now):
        hint = said("wait for its next_at")
        raise HandoverRefusedError("delivery_not_due", said("the delivery is not due yet"), hint)
    if delivery.attempt >= policy.attempts:
        return _ended(delivery, DeliveryState.GIVEN_UP, now, "attempts used up")
    number = delivery.attempt + 1
    waiting = now + timedelta(seconds=policy.sending_timeout_s)
    begun = replace(delivery, state=DeliveryState.SENDING, attempt=number, next_at=waiting)
    return _logged(begun, now, "attempt", "")


def record_receipt(
    delivery: Delivery, receipt: Receipt, now: datetime, policy: DeliveryPolicy = DEFAULT_DELIVERY
) -> Delivery:
    """
    Take the answer to an attempt.

    Raises
    ------
    HandoverStateError
        `delivery_final`.
    HandoverRefusedError
        `no_attempt_running`.
    """
    _check_open(delivery)
    if delivery.state is not DeliveryState.SENDING:
        hint = said("begin an attempt first")
        raise HandoverRefusedError("no_attempt_running", said("no attempt is running"), hint)
    if receipt.outcome is Outcome.ACKNOWLEDGED:
        return acknowledge(delivery, receipt.reference, now)
    if receipt.outcome is Outcome.REJECTED:
        return _ended(delivery, DeliveryState.REJECTED, now, receipt.detail)
    if receipt.outcome is Outcome.ACCEPTED:
        until = now + timedelta(seconds=policy.acknowledge_within_s)
        sent = replace(
            delivery, state=DeliveryState.SENT, next_at=until, reference=receipt.reference
        )
        return _logged(sent, now, "accepted", receipt.detail)
    if delivery.attempt >= policy.attempts:
        return _ended(delivery, DeliveryState.GIVEN_UP, now, receipt.detail)
    again = now + timedelta(seconds=wait_s(delivery.attempt, delivery.key, policy))
    waiting = replace(delivery, state=DeliveryState.PENDING, next_at=again)
    return _logged(waiting, now, "failed", receipt.detail)


def acknowledge(delivery: Delivery, reference: str | None, now: datetime) -> Delivery:
    """Take the receiver's acknowledgement; a second one changes nothing."""
    if delivery.state is DeliveryState.ACKNOWLEDGED:
        return delivery
    _check_open(delivery)
    known = replace(delivery, reference=reference or delivery.reference)
    return _ended(known, DeliveryState.ACKNOWLEDGED, now, reference or "")


def wait_s(attempt: int, key: str, policy: DeliveryPolicy = DEFAULT_DELIVERY) -> float:
    """
    Return the seconds to wait after a failed attempt (1 is the first).

    Grows by `factor`; up to a fifth is taken off by the key, so that many deliveries that
    failed together do not come back together. The same key waits the same.
    """
    full = min(policy.longest_wait_s, policy.first_wait_s * policy.factor ** (attempt - 1))
    # A random number that is the same every time: tests and the log can be compared.
    part = int(hashlib.sha256(f"{key}{attempt}".encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return full * (1.0 - 0.2 * part)


def _check_open(delivery: Delivery) -> None:
    if delivery.state in FINAL:
        hint = said("hand over anew if the incident has changed")
        raise HandoverStateError(
            "delivery_final",
            said("the delivery is {state}", state=coded("handover.state", delivery.state)),
            hint,
        )


def _ended(delivery: Delivery, state: DeliveryState, now: datetime, detail: str) -> Delivery:
    return _logged(replace(delivery, state=state, next_at=None), now, state.value, detail)


def _logged(delivery: Delivery, now: datetime, event: str, detail: str) -> Delivery:
    line = LogLine(now, event, delivery.attempt, detail[:200])
    return replace(delivery, log=(*delivery.log, line))
