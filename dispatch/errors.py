"""
What dispatch refuses, each with a code, a sentence and a hint.

    geodata.errors.RefusedError
    ├── UnreadableReportError        a message that cannot be read
    │   └── UnsafeXmlError           entities, or nesting beyond reason
    ├── LocationServerError          a location server that did not answer, or not usably
    ├── NotFoundError                no such call, incident, assignment, account
    ├── NotAllowedError              a role or county that may not do this
    ├── VersionConflictError         somebody changed it meanwhile
    ├── HandoverRefusedError         a hand-over that is not fit to leave, or not due
    ├── BadDemandError               no_area_points, bad_area_weights
    ├── IncidentError
    │   ├── IllegalTransitionError   illegal_transition, team_still_assigned
    │   └── ResolutionRequiredError  resolution_required
    ├── AssignmentRefusedError       a team that cannot be assigned
    │   └── AlreadyAssignedError     the team is on another open assignment
    └── AccountError                 weak_password, username_taken, unknown_role, ...
        └── LoginFailedError         login_failed: unknown, wrong or inactive, never which

Nothing here knows an HTTP status.
"""

from geodata.errors import RefusedError


class UnreadableReportError(RefusedError):
    """A location report that cannot be read; nothing of it is used."""


class UnsafeXmlError(UnreadableReportError):
    """XML that declares entities or nests deeper than any message does."""


class LocationServerError(RefusedError):
    """A location server that could not be asked, or whose answer cannot be used."""


class NotFoundError(RefusedError):
    """An object that does not exist, or that the asking county may not see."""


class NotAllowedError(RefusedError):
    """A person whose role or counties do not cover the action."""


class VersionConflictError(RefusedError):
    """An object that was changed between reading and writing it."""


class IncidentError(RefusedError):
    """Anything about an incident that cannot be done."""


class IllegalTransitionError(IncidentError):
    """An action that the present state of an incident does not allow."""


class ResolutionRequiredError(IncidentError):
    """A closing of an incident that does not say how it ended."""


class AssignmentRefusedError(RefusedError):
    """A team that cannot be assigned, or an override without a reason."""


class AlreadyAssignedError(AssignmentRefusedError):
    """A team that is on another open assignment."""


class BadDemandError(RefusedError):
    """A recommendation is asked for an area that has no usable points."""


class HandoverRefusedError(RefusedError):
    """A hand-over or an alert draft that is not fit to leave, or a delivery that is over."""


# ── accounts ──────────────────────────────────────────────────────────────────
class AccountError(RefusedError):
    """An account that cannot be made or changed as asked."""


class LoginFailedError(AccountError):
    """A login that is not let in; never says whether the name or the password is wrong."""
