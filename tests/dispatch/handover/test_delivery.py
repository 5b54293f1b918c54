"""A hand-over arrives once, surely, and on record."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import HandoverRefusedError, HandoverStateError
from dispatch.handover.delivery import (
    FINAL,
    Delivery,
    DeliveryPolicy,
    DeliveryState,
    Outcome,
    Receipt,
    acknowledge,
    begin_attempt,
    idempotency_key,
    is_due,
    open_delivery,
    record_receipt,
    wait_s,
)

AT = datetime(2026, 3, 14, 22, 5, tzinfo=UTC)
KEY = idempotency_key("B3-1", 1, "112", b"{}")
FAILED, TAKEN = Receipt(Outcome.FAILED, "HTTP 503"), Receipt(Outcome.ACCEPTED)


def opened() -> Delivery:
    return open_delivery(KEY, "112", AT)


def attempt(delivery: Delivery, receipt: Receipt) -> Delivery:
    now = delivery.next_at or AT
    return record_receipt(begin_attempt(delivery, now), receipt, now)


def test_the_key_names_incident_version_receiver_and_content() -> None:
    others = [
        idempotency_key("B3-2", 1, "112", b"{}"),
        idempotency_key("B3-1", 2, "112", b"{}"),
        idempotency_key("B3-1", 1, "113", b"{}"),
        idempotency_key("B3-1", 1, "112", b"{ }"),
        idempotency_key("B3-", 11, "12", b"{}"),
    ]
    assert len({KEY, *others}) == 6
    assert idempotency_key("B3-1", 1, "112", b"{}") == KEY


def test_an_acknowledged_delivery_is_over() -> None:
    done = attempt(opened(), Receipt(Outcome.ACKNOWLEDGED, reference="112-77"))
    assert (done.state, done.reference, done.next_at) == (
        DeliveryState.ACKNOWLEDGED,
        "112-77",
        None,
    )
    with pytest.raises(HandoverStateError, match="acknowledged"):
        begin_attempt(done, AT)


def test_a_second_acknowledgement_changes_nothing() -> None:
    done = acknowledge(attempt(opened(), TAKEN), "112-77", AT)
    assert acknowledge(done, "112-78", AT) is done


def test_a_failure_is_tried_again_later_each_time() -> None:
    delivery, waits = opened(), []
    for _ in range(4):
        before = delivery.next_at or AT
        delivery = attempt(delivery, FAILED)
        waits.append(((delivery.next_at or AT) - before).total_seconds())
    assert waits == sorted(waits)
    assert 1.6 <= waits[0] <= 2.0
    assert not is_due(delivery, (delivery.next_at or AT) - timedelta(seconds=0.1))


def test_a_delivery_is_given_up_after_the_last_attempt_and_says_so() -> None:
    delivery = opened()
    for _ in range(DeliveryPolicy().attempts):
        delivery = attempt(delivery, FAILED)
    assert (delivery.state, delivery.log[-1].event) == (DeliveryState.GIVEN_UP, "given_up")


def test_a_taken_package_without_acknowledgement_is_sent_again_with_the_same_key() -> None:
    waiting = attempt(opened(), TAKEN)
    assert waiting.next_at == AT + timedelta(seconds=120)
    again = begin_attempt(waiting, AT + timedelta(seconds=120))
    assert (again.state, again.attempt, again.key) == (DeliveryState.SENDING, 2, KEY)


def test_an_attempt_whose_process_died_is_taken_up_again() -> None:
    dead = begin_attempt(opened(), AT)
    assert not is_due(dead, AT + timedelta(seconds=29))
    assert begin_attempt(dead, AT + timedelta(seconds=30)).attempt == 2


def test_a_refusal_is_final_and_keeps_its_reason() -> None:
    refused = attempt(opened(), Receipt(Outcome.REJECTED, "HTTP 422"))
    assert (refused.state, refused.log[-1].detail) == (DeliveryState.REJECTED, "HTTP 422")


def test_nothing_is_recorded_without_an_attempt() -> None:
    with pytest.raises(HandoverRefusedError) as refused:
        record_receipt(opened(), TAKEN, AT)
    assert refused.value.code == "no_attempt_running"


@given(st.lists(st.sampled_from(Outcome), min_size=1, max_size=30))
def test_any_answers_end_or_leave_something_due(outcomes: list[Outcome]) -> None:
    delivery = opened()
    for outcome in outcomes:
        if delivery.state in FINAL:
            break
        now = delivery.next_at or AT
        delivery = begin_attempt(delivery, now)
        if delivery.state is DeliveryState.SENDING:
            delivery = record_receipt(delivery, Receipt(outcome), now)
    assert (delivery.next_at is None) == (delivery.state in FINAL)
    assert [line.at for line in delivery.log] == sorted(line.at for line in delivery.log)


@given(st.integers(1, 20), st.text(max_size=5))
def test_the_wait_is_bounded(number: int, key: str) -> None:
    assert 1.6 <= wait_s(number, key) <= 60.0
