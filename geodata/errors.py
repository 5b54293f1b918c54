"""
Refusals: every error of the core is a `RefusedError` whose class says of which kind it is.

A refusal has a stable machine code, a sentence for a person, and a hint. Nothing here
knows an HTTP status or an exit code; one table in `api.errors` maps kinds to statuses.

    RefusedError (ValueError)
    ├── BadInputError                 understood, but wrong
    │   ├── MalformedError            cannot even be parsed
    │   ├── TooLargeError             longer than anybody has a reason for
    │   ├── UnsupportedEncodingError  packed in a way that we do not unpack
    │   ├── BadCoordinateError
    │   └── BadShapeError
    ├── NotSignedInError              nobody knows who asks
    ├── NotAllowedError               known, but may not
    ├── NotFoundError                 not there, or not for this scope
    ├── ConflictError                 not in the present state of things
    ├── TooManyRequestsError          too often
    ├── UnavailableError              a part of ours is missing or busy
    │   ├── ReferenceDataError
    │   ├── RoadNetworkError
    │   └── DatabaseUnavailableError
    └── UpstreamError                 another server failed us
        └── UpstreamTimeoutError

The other slices draw their own classes under these kinds: `geodata.numbering`,
`teams.errors`, `dispatch.errors`, `dispatch.lost_protocol.model`, `api.clients.bounded`,
`api.cli.backups` and `api.demo.desk`.
"""

from typing import Any


class RefusedError(ValueError):
    """
    Something that is not done; carries `code`, `message` and `hint`. Raise one of its kinds.

    `facts` are named values behind the message, for a program that says it in other words.
    """

    def __init__(self, code: str, message: str, hint: str = "", **facts: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.facts = facts

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[str, str, str], dict[str, Any]]:
        """Travel between processes: the default would make it of the message alone."""
        return type(self), (self.code, self.message, self.hint), self.__dict__

    def as_dict(self) -> dict[str, str]:
        """Return the three parts under their interface names."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


# ── kinds ─────────────────────────────────────────────────────────────────────
class BadInputError(RefusedError):
    """Input that is understood but cannot be used as it is."""


class MalformedError(BadInputError):
    """Input that cannot be parsed: cut off, empty, or not of the format it claims."""


class TooLargeError(BadInputError):
    """Input larger than anything of its kind needs to be."""


class UnsupportedEncodingError(BadInputError):
    """Input that is packed in a way that is not unpacked here."""


class NotSignedInError(RefusedError):
    """A request of somebody who has not said, or not proved, who they are."""


class NotAllowedError(RefusedError):
    """A person whose role or counties do not cover the action."""


class NotFoundError(RefusedError):
    """An object that does not exist, or that the asking county may not see."""


class ConflictError(RefusedError):
    """An action that the present state of things does not allow; another state might."""


class TooManyRequestsError(RefusedError):
    """A request that came too soon after too many others."""


class UnavailableError(RefusedError):
    """A part of this system that is missing, busy, or not set up."""


class UpstreamError(RefusedError):
    """Another server that failed while we needed its answer."""


class UpstreamTimeoutError(UpstreamError):
    """Another server that did not answer in time."""


# ── what the ground refuses ───────────────────────────────────────────────────
class BadCoordinateError(BadInputError):
    """A longitude or latitude that is missing, not finite, out of range or swapped."""


class BadShapeError(BadInputError):
    """A shape that is not an area: negative radius, open ring, too many points."""


class ReferenceDataError(UnavailableError):
    """Compiled reference data that is missing or does not match its checksum."""


class RoadNetworkError(UnavailableError):
    """A road file or road index that cannot be used."""


class DatabaseUnavailableError(UnavailableError):
    """No usable PostgreSQL with PostGIS: binaries missing, cluster dead, wrong version."""
