"""
What happens to a message at any door: stored, read, believed; and what it refers to, fetched.

The message is committed before anything reads it, and a call before anybody else is
asked about it: a slow or silent location server costs an answer, never a call.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from api.clients.bounded import ExchangeError
from api.errors import RequestError
from api.wiring import Services
from dispatch import services as use_cases
from dispatch.belief.hearing import Message
from dispatch.model import LocationReport
from dispatch.views import ReportOutcome
from geodata.database.engine import Scope
from geodata.errors import RefusedError
from geodata.numbering import read_number
from geodata.said import said


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message at a door: its bytes, and what the sender says about them, unchecked."""

    raw: bytes
    at: datetime
    content_type: str | None = None
    format: str = "auto"
    caller: str | None = None

    def message(self, sender: str) -> Message:
        """Return it as a message that can be read."""
        return Message(self.raw, self.at, sender, self.content_type, self.format)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was read: where it is stored, what it says, what became of it."""

    raw_id: UUID
    report: LocationReport
    outcome: ReportOutcome

    def answer(self) -> dict[str, Any]:
        """Return the documented answer: the belief, then the names of what it belongs to."""
        call = self.outcome.call
        return {
            **self.outcome.answer,
            "report_id": self.raw_id,
            "call_id": call.id,
            "incident_id": call.incident_id,
            "incident_number": call.incident_number,
            "joined": call.joined,
            "further": self.outcome.further,
            "repeated": self.outcome.repeated,
        }


def take(parts: Services, scope: Scope, arrival: Arrival, *, call_id: UUID | None = None) -> Taken:
    """
    Take a message: into the given call, else into the one it belongs to, else into a new one.

    Raises
    ------
    RefusedError
        The message cannot be used, or there is no such call; it stays stored, with the reason.
    """
    raw_id = use_cases.store_raw(
        parts.engine, scope, content_type=arrival.content_type, raw=arrival.raw
    )
    hearing = parts.ground.hearing
    try:
        report = hearing.read(arrival.message(scope.actor))
        caller = read_number(arrival.caller).e164 if arrival.caller else None
        if call_id is not None:
            outcome = use_cases.add_report(
                parts.engine, scope, call_id, raw_id, report, hearing.believe
            )
        else:
            outcome = use_cases.accept_report(
                parts.engine, scope, raw_id, report, hearing.believe, caller=caller
            )
    except RefusedError as refusal:
        parts.metrics.count_refusal(refusal.code)
        use_cases.refuse_report(parts.engine, scope, raw_id, refusal)
        raise
    parts.metrics.count_report(report.format)
    return Taken(raw_id, report, outcome)


async def take_with_reference(
    parts: Services, scope: Scope, arrival: Arrival, *, call_id: UUID | None = None
) -> Taken:
    """
    Take a message, and fetch the location that it gives the address of.

    Nothing is held while another server is waited for: no thread, no transaction.

    Raises
    ------
    RefusedError
        As `take`; never for the fetching, which becomes a warning of the call.
    """
    taken = await run_in_threadpool(take, parts, scope, arrival, call_id=call_id)
    if taken.outcome.repeated:
        return taken
    servers = parts.location_servers
    call_id = taken.outcome.call.id
    try:
        uri = servers.reference_in(taken.report.extras)
        if uri is None or servers.held is None:
            return taken
        reply = await servers.held.fetch(uri)
    except ExchangeError as error:
        outcome = await run_in_threadpool(_note_silence, parts, scope, call_id, error)
    else:
        arrival = Arrival(reply.body, parts.clock(), reply.content_type)
        outcome = (await run_in_threadpool(_add_answer, parts, scope, call_id, arrival)).outcome
    further = replace(outcome, call=replace(outcome.call, joined=taken.outcome.call.joined))
    return replace(taken, outcome=replace(further, further=taken.outcome.further))


async def ask_network(parts: Services, scope: Scope, call_id: UUID) -> Taken:
    """
    Ask the operator's location server where a call's number is, and add its answer.

    Raises
    ------
    RefusedError
        `not_found`, `number_withheld`, `no_location_server`, `upstream_timeout`,
        `upstream_unreachable`, `upstream_too_large`, `upstream_failed` or
        `upstream_unreadable`; those of the server are kept as warnings of the call.
    """
    number = await run_in_threadpool(use_cases.number_to_ask, parts.engine, scope, call_id)
    client = parts.location_servers.mlp
    if client is None:
        raise RequestError(
            "no_location_server",
            said("no operator's location server is configured here"),
            said("ask the caller; an administrator sets DISPATCH119_MLP_URL"),
        )
    try:
        reply = await client.ask(number)
    except ExchangeError as error:
        await run_in_threadpool(_note_silence, parts, scope, call_id, error)
        raise
    arrival = Arrival(reply.body, parts.clock(), reply.content_type, "mlp")
    answered = await run_in_threadpool(_add_answer, parts, scope, call_id, arrival)
    if answered.error is not None:
        raise answered.error
    return answered.taken()


@dataclass(frozen=True, slots=True)
class _Answered:
    """What a location server has answered, and what became of it."""

    raw_id: UUID
    outcome: ReportOutcome
    report: LocationReport | None = None
    error: ExchangeError | None = None

    def taken(self) -> Taken:
        if self.report is None:
            raise TypeError("an answer that cannot be read was not taken")
        return Taken(self.raw_id, self.report, self.outcome)


def _add_answer(parts: Services, scope: Scope, call_id: UUID, arrival: Arrival) -> _Answered:
    """Store what a location server answered and add it to the call, or note why not."""
    raw_id = use_cases.store_raw(
        parts.engine, scope, content_type=arrival.content_type, raw=arrival.raw
    )
    hearing = parts.ground.hearing
    try:
        report = hearing.read(arrival.message(scope.actor))
    except RefusedError as refusal:
        parts.metrics.count_refusal(refusal.code)
        error = ExchangeError(
            "upstream_unreadable",
            said(
                "the answer of the location server cannot be read: {message}",
                message=refusal.message,
            ),
            said("ask the caller where they are; report it when it stays so"),
        )
        outcome = use_cases.note_trouble(
            parts.engine, scope, call_id, raw_id, error, hearing.believe
        )
        return _Answered(raw_id, outcome, error=error)
    outcome = use_cases.add_report(parts.engine, scope, call_id, raw_id, report, hearing.believe)
    parts.metrics.count_report(report.format)
    return _Answered(raw_id, outcome, report)


def _note_silence(
    parts: Services, scope: Scope, call_id: UUID, error: RefusedError
) -> ReportOutcome:
    """Note with the call that a location server has not answered; its message is empty."""
    raw_id = use_cases.store_raw(parts.engine, scope, content_type=None, raw=b"")
    believe = parts.ground.hearing.believe
    return use_cases.note_trouble(parts.engine, scope, call_id, raw_id, error, believe)
