"""
From the messages of a call to one belief: all that was stored is read anew each time.

Nothing but the messages themselves is carried over, so that a belief can be formed again
by anybody who has them, and a better reader improves it. Only the message that has just
come in brings its reading along: it was read at the door.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from dispatch.belief.doubt import doubted
from dispatch.belief.fusion import believe_alone, fuse
from dispatch.belief.model import Belief, Evidence
from dispatch.ground import Ground
from dispatch.location.base import Envelope, Notes, clean_text, decode_text
from dispatch.location.cells.table import CellTable
from dispatch.location.reader import read_with, recognise
from dispatch.location.spoken.reader import HeardWords, check_named, hear_words, place_words
from dispatch.model import LocationReport, Warning119
from geodata.errors import RefusedError

SPOKEN = "spoken"
LIKELY = 0.05
"""From this share on, a county counts as one in which a place that the caller names may lie."""


@dataclass(frozen=True, slots=True)
class SaidWords:
    """What a caller said, on one line, and the names in it; warnings of the bytes beside them."""

    said: str
    heard: HeardWords
    warnings: tuple[Warning119, ...] = ()

    def report(self, counties: Sequence[str] = ()) -> LocationReport:
        """
        Return what the words say where.

        Parameters
        ----------
        counties
            Where the call probably comes from; helps to tell places of one name apart.
        """
        notes, found = Notes(), place_words(self.heard, counties=counties).report
        notes.extend(self.warnings)
        notes.extend(found.warnings)
        return replace(found, warnings=notes.all(), extras={**found.extras, "said": self.said})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says by itself; `words` when a caller says it and not a network."""

    report: LocationReport
    words: SaidWords | None = None

    def report_in(self, counties: Sequence[str]) -> LocationReport:
        """Return what it says if the call probably comes from these counties."""
        if self.words is None or not counties:
            return self.report
        return self.words.report(counties)


@dataclass(frozen=True, slots=True)
class Message:
    """
    A message as it was stored: the bytes, when they came (aware), from whom, in what format.

    `is_live` is off where `received_at` only says in which order messages are to be taken:
    then the times written in them are not compared with it. `reading` is what it says, where
    it has been read already.
    """

    raw: bytes
    received_at: datetime
    sender: str = ""
    content_type: str | None = None
    format: str = "auto"
    is_live: bool = True
    reading: Reading | None = field(default=None, compare=False, repr=False)


class Believe(Protocol):
    """What the use cases need to form the belief of a call; `Hearing.believe`."""

    def __call__(
        self,
        messages: Sequence[Message],
        *,
        caller: str | None = None,
        troubles: Sequence[Warning119] = (),
    ) -> Belief:
        """Form one belief from the messages of a call."""
        ...


@dataclass(frozen=True, slots=True)
class Hearing:
    """Reads messages and believes them; `hmac_key` and `cells` as in `read_report`."""

    ground: Ground
    hmac_key: bytes | None = None
    cells: CellTable | None = None

    def read(self, message: Message) -> Reading:
        """
        Read one message by itself.

        Raises
        ------
        RefusedError
            See `dispatch.location.reader.read_report`. Words that name no place are refused
            where nobody has said that they are words.
        """
        received_at = message.received_at if message.is_live else None
        envelope = Envelope(message.raw, message.content_type or "", received_at, self.hmac_key)
        parser = recognise(envelope, message.format)
        if parser.name != SPOKEN:
            return Reading(read_with(parser, envelope, self.cells))
        said = _said(message.raw)
        report = said.report()
        if message.format != SPOKEN:
            check_named(report)
        return Reading(report, said)

    def believe(
        self,
        messages: Sequence[Message],
        *,
        caller: str | None = None,
        troubles: Sequence[Warning119] = (),
    ) -> Belief:
        """
        Form one belief from the messages of a call, by `fuse`.

        A name that the caller says is looked for where the other reports are. A message
        that can no longer be read is left out, with the warning `report_unreadable`.

        Parameters
        ----------
        messages
            In any order; those without a reading are read here.
        caller
            The call's number; stands in for a message that names none.
        troubles
            Warnings that the belief carries beside those of its reports.
        """
        warnings = list(troubles)
        read = self._read_all(messages, warnings)
        told = [_evidence(item, caller) for item in read if item[1].words is None]
        said = [item for item in read if item[1].words is not None]
        likely = _likely_counties(fuse(told, self.ground)) if said and told else ()
        reports = told + [_evidence(item, caller, likely) for item in said]
        alone = len(reports) == 1
        belief = believe_alone(reports[0], self.ground) if alone else fuse(reports, self.ground)
        return _with_warnings(doubted(belief), warnings)

    def _read_all(
        self, messages: Sequence[Message], warnings: list[Warning119]
    ) -> list[tuple[Message, Reading]]:
        found = []
        for message in messages:
            try:
                found.append((message, message.reading or self.read(message)))
            except RefusedError as error:
                text = f"a message of this call can no longer be read: {error.message}"
                warnings.append(Warning119("report_unreadable", text))
        return found


def _said(raw: bytes) -> SaidWords:
    notes = Notes()
    text = decode_text(raw, notes)
    return SaidWords(clean_text(text), hear_words(text), notes.all())


def _evidence(
    item: tuple[Message, Reading], caller: str | None, counties: Sequence[str] = ()
) -> Evidence:
    message, reading = item
    report = reading.report_in(counties)
    return Evidence(replace(report, caller=report.caller or caller), message.received_at)


def _likely_counties(belief: Belief) -> tuple[str, ...]:
    shares = belief.assignment.counties
    return tuple(share.code for share in shares if share.population_share >= LIKELY)


def _with_warnings(belief: Belief, warnings: Sequence[Warning119]) -> Belief:
    if not warnings:
        return belief
    assignment = belief.assignment
    told = (*assignment.warnings, *warnings)
    return replace(belief, assignment=replace(assignment, warnings=told))
