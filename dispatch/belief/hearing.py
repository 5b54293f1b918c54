"""
From the stored messages of a call to one belief: every message is read anew each time.

Nothing but the messages themselves is carried over, so that a belief can be formed again
by anybody who has them, and a better reader improves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from dispatch.belief import words
from dispatch.belief.doubt import doubted
from dispatch.belief.fusion import BeliefGround, fuse
from dispatch.belief.model import Belief, Evidence
from dispatch.jurisdiction.county_assignment import locate
from dispatch.jurisdiction.hints import landline_counties
from dispatch.location.base import Notes, clean_text, decode_text
from dispatch.location.cells.table import CellTable
from dispatch.location.reader import check_size, read_report
from dispatch.location.spoken.reader import read_words
from dispatch.model import LocationReport, Warning119
from geodata.errors import RefusedError

SPOKEN = "spoken"
LIKELY = 0.05
"""From this share on, a county counts as one in which a place that the caller names may lie."""


@dataclass(frozen=True, slots=True)
class Message:
    """
    A message as it was stored: the bytes, when they came (aware), from whom, in what format.

    `is_live` is off where `received_at` only says in which order messages are to be taken:
    then the times written in them are not compared with it.
    """

    raw: bytes
    received_at: datetime
    sender: str = ""
    content_type: str | None = None
    format: str = "auto"
    is_live: bool = True


class Believe(Protocol):
    """What the use cases need of `Hearing`."""

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

    ground: BeliefGround
    hmac_key: bytes | None = None
    cells: CellTable | None = None

    def read(self, message: Message, counties: Sequence[str] = ()) -> LocationReport:
        """
        Read one message.

        Parameters
        ----------
        counties
            Where the call probably comes from; helps to tell places of one name apart.

        Raises
        ------
        RefusedError
            See `dispatch.location.reader.read_report`.
        """
        if message.format == SPOKEN:
            return _heard(message.raw, counties)
        report = self._read_format(message)
        return _heard(message.raw, counties) if report.format == SPOKEN else report

    def _read_format(self, message: Message) -> LocationReport:
        return read_report(
            message.raw,
            content_type=message.content_type,
            format=message.format,
            received_at=message.received_at if message.is_live else None,
            hmac_key=self.hmac_key,
            cells=self.cells,
        )

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
        caller
            The call's number; stands in for a message that names none.
        troubles
            Warnings that the belief carries beside those of its reports.
        """
        warnings = list(troubles)
        reports = self._read_all(messages, caller, warnings)
        spoken = [message for message in messages if message.format == SPOKEN]
        others = [item for item in reports if item.report.format != SPOKEN]
        if spoken and others:
            likely = _likely_counties(fuse(others, self.ground))
            reports = others + self._read_all(spoken, caller, [], likely)
        belief = self._alone(reports[0]) if len(reports) == 1 else fuse(reports, self.ground)
        return _with_warnings(doubted(belief), warnings)

    def _read_all(
        self,
        messages: Sequence[Message],
        caller: str | None,
        warnings: list[Warning119],
        counties: Sequence[str] = (),
    ) -> list[Evidence]:
        found = []
        for message in messages:
            try:
                report = self.read(message, counties)
            except RefusedError as error:
                text = f"a message of this call can no longer be read: {error.message}"
                warnings.append(Warning119("report_unreadable", text))
                continue
            known = replace(report, caller=report.caller or caller)
            found.append(Evidence(known, message.received_at))
        return found

    def _alone(self, item: Evidence) -> Belief:
        """Believe a single report as `locate` does: no hint beside it, no conflict."""
        belief, ground = fuse([item], self.ground), self.ground
        if item.report.shape is not None and not landline_counties(item.report.caller):
            # Nothing beside it that could be a hint: it is what `locate` says already.
            return belief
        location, assignment = locate(
            item.report,
            counties=ground.counties,
            territories=ground.territories,
            population=ground.population,
            localities=ground.localities,
            policy=ground.policy,
        )
        first, owner = belief.steps[0], assignment.owner
        reason = words.step(first.action, first.rank, owner, ground.counties)
        step = replace(first, owner=owner, reason=reason)
        return replace(belief, location=location, assignment=assignment, steps=(step,))


def _heard(raw: bytes, counties: Sequence[str]) -> LocationReport:
    """Read the caller's words; those that name no place are kept all the same."""
    check_size(raw)
    notes = Notes()
    said = decode_text(raw, notes)
    found = read_words(said, counties=counties).report
    notes.extend(found.warnings)
    return replace(found, warnings=notes.all(), extras={**found.extras, "said": clean_text(said)})


def _likely_counties(belief: Belief) -> tuple[str, ...]:
    shares = belief.assignment.counties
    return tuple(share.code for share in shares if share.population_share >= LIKELY)


def _with_warnings(belief: Belief, warnings: Sequence[Warning119]) -> Belief:
    if not warnings:
        return belief
    assignment = belief.assignment
    told = (*assignment.warnings, *warnings)
    return replace(belief, assignment=replace(assignment, warnings=told))
