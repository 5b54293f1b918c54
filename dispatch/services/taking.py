"""
Taking a message at any door: stored, read, believed; and what it refers to, fetched.

The message is committed before anything reads it, and a call before anybody else is asked
about it: a slow or silent location server costs an answer, never a call. Each message is read
once; its reading goes with it into the belief of its call.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from dispatch.belief.hearing import Hearing, Reading
from dispatch.belief.kept import read_or_keep
from dispatch.errors import LocationServerError, LocationServerFailedError
from dispatch.model import Warning119
from dispatch.ports import InThread, LocationAnswerPort, LocationServersPort, TallyPort
from dispatch.repository import calls
from dispatch.repository.calls import RawReport
from dispatch.repository.reports import as_message
from dispatch.services import found
from dispatch.services.further_reports import note_trouble, number_to_ask
from dispatch.services.new_calls import accept_report, add_or_begin
from dispatch.views import ReportOutcome, TakenMessage
from geodata.database.audit import audit
from geodata.database.engine import scoped
from geodata.database.scope import Scope
from geodata.errors import RefusedError, UnavailableError
from geodata.numbering import read_number
from geodata.said import said


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message at a door: its bytes, and what the sender says about them, unchecked."""

    raw: bytes
    content_type: str | None = None
    format: str = "auto"
    caller: str | None = None
    reference: str | None = None


def store_raw(
    engine: Engine, scope: Scope, *, content_type: str | None, raw: bytes, **stated: Any
) -> RawReport:
    """Store a message as it came, committed before anything is made of it."""
    with scoped(engine, scope) as connection:
        return calls.insert_raw(
            connection, sender=scope.actor, content_type=content_type, raw=raw, **stated
        )


def refuse_report(engine: Engine, scope: Scope, raw_id: UUID, error: RefusedError) -> None:
    """Note why a stored message could not be used; it stays stored."""
    with scoped(engine, scope) as connection:
        if found.raw_report(connection, raw_id).call_id is not None:
            return
        calls.mark_raw(connection, raw_id, status="refused", error=error.as_dict())
        detail = {"code": error.code}
        audit(
            connection, scope, "report.refused",
            object_type="location_report", object_id=raw_id, detail=detail,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MessageTaker:
    """
    Takes messages into calls.

    Attributes
    ----------
    hearing
        Reads a message, and forms the belief of its call.
    servers
        The location servers of others that may be asked.
    tally
        Counts what was taken and what was refused.
    offer_soon
        Offers a call to the county that has a case of its number (`Offering.soon`).
    in_thread
        Runs what blocks beside the event loop. A thread and a transaction are held for each
        step by itself, never while another server is waited for.
    """

    engine: Engine
    hearing: Hearing
    servers: LocationServersPort
    tally: TallyPort
    in_thread: InThread
    offer_soon: Callable[[Scope, UUID], None]

    def take(
        self, scope: Scope, incoming: IncomingMessage, *, call_id: UUID | None = None
    ) -> TakenMessage:
        """
        Take a message: into the given call, else into the one it belongs to, else into a new one.

        Raises
        ------
        RefusedError
            It cannot be used, or there is no such call; it stays stored, with the reason. A
            message that would be a new call is never refused when its number is known.
        """
        raw = self._store(scope, incoming, call_id)
        return self.take_stored(scope, raw, incoming, call_id=call_id)

    def take_stored(
        self,
        scope: Scope,
        raw: RawReport,
        incoming: IncomingMessage,
        *,
        call_id: UUID | None = None,
    ) -> TakenMessage:
        """
        Take a message that is stored already, as `take` does; by itself, for late readers.

        Raises
        ------
        RefusedError
            As `take`.
        """
        caller, troubles = _stated_number(incoming.caller)
        try:
            reading = _warned(self._read_call(raw, incoming.format, call_id, caller), troubles)
            outcome = self._believed(
                scope, raw.id, reading, call_id, caller=caller, reference=incoming.reference
            )
        except UnavailableError:
            # Nothing is wrong with the message: it stays stored, to be read a minute later.
            raise
        except RefusedError as refusal:
            self.tally.count_refusal(refusal.code)
            refuse_report(self.engine, scope, raw.id, refusal)
            raise
        self.tally.count_report(reading.report.format)
        if not outcome.repeated:
            self.offer_soon(scope, outcome.call.id)
        return TakenMessage(raw.id, reading.report, outcome)

    async def take_with_reference(
        self, scope: Scope, incoming: IncomingMessage, *, call_id: UUID | None = None
    ) -> TakenMessage:
        """
        Take a message, and fetch the location that it gives the address of.

        Raises
        ------
        RefusedError
            As `take`; never for the fetching, which becomes a warning of the call.
        """
        taken = await self.in_thread(partial(self.take, scope, incoming, call_id=call_id))
        if taken.outcome.repeated:
            return taken
        known = taken.outcome.call.id
        try:
            uri = self.servers.reference_in(taken.report.extras)
            if uri is None:
                return taken
            answer = await self.servers.fetch(uri)
        except LocationServerError as error:
            outcome = await self.in_thread(partial(self._note_silence, scope, known, error))
        else:
            outcome, _ = await self.in_thread(
                partial(self._add_answer, scope, known, _incoming(answer))
            )
        return _with_outcome(taken, outcome)

    async def ask_network(self, scope: Scope, call_id: UUID) -> TakenMessage:
        """
        Ask the operator's location server where a call's number is, and add its answer.

        Raises
        ------
        RefusedError
            `not_found`, `number_withheld`, `no_location_server`, `upstream_timeout`,
            `upstream_unreachable`, `upstream_too_large`, `upstream_failed` or
            `upstream_unreadable`; those of the server are kept as warnings of the call.
        """
        number = await self.in_thread(partial(number_to_ask, self.engine, scope, call_id))
        try:
            answer = await self.servers.ask(number)
        except LocationServerError as error:
            await self.in_thread(partial(self._note_silence, scope, call_id, error))
            raise
        incoming = _incoming(answer, "mlp")
        _, added = await self.in_thread(partial(self._add_answer, scope, call_id, incoming))
        if isinstance(added, LocationServerError):
            raise added
        return added

    # ── steps ─────────────────────────────────────────────────────────────────
    def _store(
        self, scope: Scope, incoming: IncomingMessage, call_id: UUID | None = None
    ) -> RawReport:
        return store_raw(
            self.engine,
            scope,
            content_type=incoming.content_type,
            raw=incoming.raw,
            stated_format=incoming.format,
            stated_caller=incoming.caller,
            stated_call=call_id,
            stated_reference=incoming.reference,
        )

    def _read(self, raw: RawReport, message_format: str) -> Reading:
        return self.hearing.read(as_message(raw, message_format))

    def _read_call(
        self, raw: RawReport, message_format: str, call_id: UUID | None, caller: str | None
    ) -> Reading:
        """Read a message; one that would be a new call is kept for its number alone."""
        if call_id is not None:
            return self._read(raw, message_format)
        message = as_message(raw, message_format)
        reading = read_or_keep(self.hearing, message, caller=caller)
        if any(warning.code == "report_unreadable" for warning in reading.report.warnings):
            self.tally.count_refusal("report_unreadable")
        return reading

    def _believed(
        self,
        scope: Scope,
        raw_id: UUID,
        reading: Reading,
        call_id: UUID | None,
        *,
        caller: str | None = None,
        reference: str | None = None,
    ) -> ReportOutcome:
        believe = self.hearing.believe
        if call_id is not None:
            return add_or_begin(self.engine, scope, call_id, raw_id, reading, believe)
        return accept_report(
            self.engine, scope, raw_id, reading, believe, caller=caller, reference=reference
        )

    def _add_answer(
        self, scope: Scope, call_id: UUID, incoming: IncomingMessage
    ) -> tuple[ReportOutcome, TakenMessage | LocationServerError]:
        """Store what a location server answered and add it to the call, or note why not."""
        raw = self._store(scope, incoming, call_id)
        try:
            reading = self._read(raw, incoming.format)
        except RefusedError as refusal:
            self.tally.count_refusal(refusal.code)
            error = LocationServerFailedError(
                "upstream_unreadable",
                said(
                    "the answer of the location server cannot be read: {message}",
                    message=refusal.message,
                ),
                said("ask the caller where they are; report it when it stays so"),
            )
            return self._note(scope, call_id, raw, error), error
        outcome = self._believed(scope, raw.id, reading, call_id)
        self.tally.count_report(reading.report.format)
        return outcome, TakenMessage(raw.id, reading.report, outcome)

    def _note_silence(
        self, scope: Scope, call_id: UUID, error: LocationServerError
    ) -> ReportOutcome:
        """Note with the call that a location server has not answered; its message is empty."""
        return self._note(scope, call_id, self._store(scope, IncomingMessage(b"")), error)

    def _note(
        self, scope: Scope, call_id: UUID, raw: RawReport, error: LocationServerError
    ) -> ReportOutcome:
        return note_trouble(self.engine, scope, call_id, raw.id, error, self.hearing.believe)


def _stated_number(text: str | None) -> tuple[str | None, tuple[Warning119, ...]]:
    """Read the number beside a message; one that is none (`anonymous`) is a warning."""
    if not text:
        return None, ()
    try:
        return read_number(text).e164, ()
    except RefusedError:
        warning = "the number beside the message cannot be read and was left out"
        return None, (Warning119("bad_number", warning),)


def _warned(reading: Reading, troubles: tuple[Warning119, ...]) -> Reading:
    if not troubles:
        return reading
    report = reading.report
    return replace(reading, report=replace(report, warnings=(*report.warnings, *troubles)))


def _incoming(answer: LocationAnswerPort, message_format: str = "auto") -> IncomingMessage:
    return IncomingMessage(answer.body, answer.content_type, message_format)


def _with_outcome(taken: TakenMessage, later: ReportOutcome) -> TakenMessage:
    """Return a message with what is believed later, and what became of it when it came."""
    call = replace(later.call, joined=taken.outcome.call.joined)
    return replace(taken, outcome=replace(later, call=call, further=taken.outcome.further))
