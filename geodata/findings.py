"""
What a check has found: one shape for everything that `dispatch119 check` reports.

Whoever checks something returns findings; nobody but the command line prints them.
"""

from dataclasses import asdict, dataclass
from typing import Literal

from geodata.errors import RefusedError

FindingStatus = Literal["OK", "WARN", "FAIL"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check: its name, OK, WARN or FAIL, what was found, what to do."""

    name: str
    status: FindingStatus
    message: str
    hint: str = ""

    @classmethod
    def of_refusal(cls, name: str, refusal: RefusedError) -> "Finding":
        """Return the failed check that a refusal amounts to."""
        return cls(name, "FAIL", refusal.message, refusal.hint)

    @property
    def is_ok(self) -> bool:
        """Tell whether nothing is to be done."""
        return self.status == "OK"

    def as_dict(self) -> dict[str, str]:
        """Return the four parts under their names, as `--json` prints them."""
        return asdict(self)
