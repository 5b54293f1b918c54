"""
What dispatch refuses, each with a code, a sentence and a hint, under the kind that it is of.

    geodata.errors.BadInputError
    ├── UnreadableReportError        a message that cannot be read
    │   ├── BrokenReportError        (MalformedError) empty, cut off, or not of its format
    │   ├── OversizedReportError     (TooLargeError) larger than any message
    │   └── UnsafeXmlError           entities, or nesting beyond reason
    ├── BadDemandError               no_place, no_area_points, bad_area_weights
    ├── ResolutionRequiredError      resolution_required
    ├── OverrideReasonError          override_reason_required
    ├── AddressRefusedError          (LocationServerError) host_not_allowed, uri_not_supported
    ├── HandoverRefusedError         a hand-over that is not fit to leave, or not due
    └── AccountError                 weak_password, unknown_role, team_required, ...
    geodata.errors.ConflictError
    ├── VersionConflictError         somebody changed it meanwhile
    ├── IllegalTransitionError       illegal_transition, team_still_assigned
    ├── HandoverStateError           handover_not_failed, delivery_final
    └── TeamNotFreeError             a team that cannot be assigned now
        └── AlreadyAssignedError     the team is on another open assignment
    geodata.errors.NotSignedInError
    └── LoginFailedError             login_failed: unknown, wrong or inactive, never which
    geodata.errors.UpstreamError, UpstreamTimeoutError
    └── LocationServerFailedError, LocationServerSilentError (LocationServerError)

What needs no class of its own is raised as its kind: `NotFoundError`, `NotAllowedError`,
`ConflictError`, `BadInputError`. Nothing here knows an HTTP status.
"""

from geodata.errors import (
    BadInputError,
    ConflictError,
    MalformedError,
    NotSignedInError,
    RefusedError,
    TooLargeError,
    UpstreamError,
    UpstreamTimeoutError,
)


# ── messages ──────────────────────────────────────────────────────────────────
class UnreadableReportError(BadInputError):
    """A location report that cannot be read; nothing of it is used."""


class BrokenReportError(MalformedError, UnreadableReportError):
    """A location report that is empty, cut off, or not of the format it claims."""


class OversizedReportError(TooLargeError, UnreadableReportError):
    """A location report larger than any message has a reason to be."""


class UnsafeXmlError(UnreadableReportError):
    """XML that declares entities or nests deeper than any message does."""


# ── location servers ──────────────────────────────────────────────────────────
class LocationServerError(RefusedError):
    """A location server that brought no place; each is of one kind below."""


class AddressRefusedError(BadInputError, LocationServerError):
    """An address that may not be asked, or of a kind that is not fetched."""


class LocationServerFailedError(UpstreamError, LocationServerError):
    """A location server that could not be asked, or whose answer cannot be used."""


class LocationServerSilentError(UpstreamTimeoutError, LocationServerError):
    """A location server that did not answer in time."""


# ── incidents and teams ───────────────────────────────────────────────────────
class VersionConflictError(ConflictError):
    """An object that was changed between reading and writing it."""


class IllegalTransitionError(ConflictError):
    """An action that the present state of an incident does not allow."""


class ResolutionRequiredError(BadInputError):
    """A closing of an incident that does not say how it ended."""


class OverrideReasonError(BadInputError):
    """An assignment other than the one proposed first that does not say why."""


class TeamNotFreeError(ConflictError):
    """A team that cannot be assigned as it is now."""


class AlreadyAssignedError(TeamNotFreeError):
    """A team that is on another open assignment."""


class BadDemandError(BadInputError):
    """A recommendation is asked for an area that has no usable points."""


# ── hand-overs ────────────────────────────────────────────────────────────────
class HandoverRefusedError(BadInputError):
    """A hand-over or an alert draft that is not fit to leave, or is not due."""


class HandoverStateError(ConflictError):
    """A hand-over or its delivery that is past the step which is asked for."""


# ── accounts ──────────────────────────────────────────────────────────────────
class AccountError(BadInputError):
    """An account that cannot be made or changed as asked."""


class LoginFailedError(NotSignedInError):
    """A login that is not let in; never says whether the name or the password is wrong."""
