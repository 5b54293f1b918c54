"""
Errors that name what is wrong with the input and what to do about it.

Every error of the core is a `RefusedError`: a stable machine code, a sentence
for a person, and a hint. Nothing here knows an HTTP status or an exit code;
one table in `api.errors` does.

    RefusedError (ValueError)
    ├── BadCoordinateError
    ├── BadShapeError
    ├── ReferenceDataError
    ├── RoadNetworkError
    ├── DatabaseUnavailableError
    ├── teams.errors.*
    └── dispatch.errors.*
"""


class RefusedError(ValueError):
    """
    Input that cannot be used; carries `code`, `message` and `hint`.

    `facts` are named values behind the message, for a program that says it in other words.
    """

    def __init__(self, code: str, message: str, hint: str = "", **facts: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.facts = facts

    def __reduce__(self) -> tuple[type["RefusedError"], tuple[str, str, str]]:
        """Travel between processes: the default would call the class with the message alone."""
        return type(self), (self.code, self.message, self.hint)

    def as_dict(self) -> dict[str, str]:
        """Return the three parts under their interface names."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class BadCoordinateError(RefusedError):
    """A longitude or latitude that is missing, not finite, out of range or swapped."""


class BadShapeError(RefusedError):
    """A shape that is not an area: negative radius, open ring, too many points."""


class ReferenceDataError(RefusedError):
    """Compiled reference data that is missing or does not match its checksum."""


class RoadNetworkError(RefusedError):
    """A road file or road index that cannot be used."""


class DatabaseUnavailableError(RefusedError):
    """No usable PostgreSQL with PostGIS: binaries missing, cluster dead, wrong version."""
