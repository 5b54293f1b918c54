"""
What LoST asks and answers, as plain values, and the refusals it knows.

Standards: RFC 5222 (LoST), RFC 5031 (service URNs).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from lxml import etree

from geodata.errors import RefusedError

LOST = "urn:ietf:params:xml:ns:lost1"
CHILDREN = "urn:service:counseling.children"
COUNSELING = "urn:service:counseling"
SOS = "urn:service:sos"
GEODETIC = "geodetic-2d"
CIVIC_PROFILE = "civic"

Texts = Mapping[str, str]


class LostError(RefusedError):
    """
    A query that cannot be answered; `code` is the LoST element that says so.

    `texts` holds the sentence by language; `profiles` what was not recognised.
    """

    def __init__(self, code: str, texts: Texts, *, profiles: Sequence[str] = ()) -> None:
        super().__init__(code, texts["en"])
        self.texts = texts
        self.profiles = tuple(profiles)


class LostRedirectError(RefusedError):
    """A query that another server should be asked (section 13.3)."""

    def __init__(self, target: str, texts: Texts) -> None:
        super().__init__("redirect", texts["en"])
        self.target = target
        self.texts = texts


@dataclass(frozen=True, slots=True)
class LostConfig:
    """
    What only the operator of the server knows.

    Attributes
    ----------
    source
        The server's name in answers, an application unique string in the form of DNS.
    uris
        Addresses of a directorate, one per scheme; `{code}` becomes its code in lower
        case. The default is the national short number, reachable from any Romanian line.
    updated_at
        When the mappings last changed; to be raised with the addresses.
    lifetime
        How long a certain answer may be kept.
    parent
        The server to ask about other countries and services; None answers with an error.
    """

    source: str = "lost.dispatch119.example"
    uris: tuple[str, ...] = ("tel:119;phone-context=+40",)
    updated_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    lifetime: timedelta = timedelta(days=1)
    parent: str | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class QueryLocation:
    """A `location` of a query: its name, its profile if stated, and what it holds."""

    id: str
    profile: str | None
    content: tuple[etree._Element, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One request; `kind` is the name of its root element."""

    kind: str
    service: str | None = None
    locations: tuple[QueryLocation, ...] = ()
    path: tuple[str, ...] = ()
    by_value: bool = False
    validate: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """Names of civic elements by what became of them (section 8.4.2)."""

    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """
    Whose place it is.

    `shares` are (county code, probability) by falling probability; `ambiguous` says
    that the caller should be asked, and `question` what, by language.
    """

    profile: str
    shares: tuple[tuple[str, float], ...]
    decided_by: str
    ambiguous: bool
    outside_share: float = 0.0
    question: Texts = field(default_factory=dict)
    validation: Validation | None = None
    is_default: bool = False

    @property
    def owner(self) -> str | None:
        """The county that answers, None abroad."""
        return self.shares[0][0] if self.shares else None
