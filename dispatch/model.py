"""
The words of a call's way from the network's message to a team on the road.

One frozen dataclass per step; each step is a pure function from one to the next:

    LocationReport -> CallerLocation -> CountyAssignment -> Candidate
        -> TravelTime -> Recommendation
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from geodata.areas.shapes import Shape
from geodata.points import LonLat


# ── in ────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Warning119:
    """Something repaired or doubtful in a message; never a reason to refuse it."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class LocationReport:
    """
    What the operator network said about the caller, read but not interpreted.

    `confidence` is the stated probability (0-1) that the caller is inside `shape`,
    or None where the message states none. `pdf` is `rectangular`, `normal` or
    `unknown` (RFC 7459). `shape` is None when the network found no location.
    """

    format: str
    shape: Shape | None
    confidence: float | None
    pdf: str = "rectangular"
    caller: str | None = None
    measured_at: datetime | None = None
    source: str | None = None
    trigger: str | None = None
    result_code: str | None = None
    warnings: tuple[Warning119, ...] = ()
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallerLocation:
    """Our belief: an area that holds the caller with probability `confidence`."""

    shape: Shape
    confidence: float
    stated_shape: Shape
    stated_confidence: float | None
    warnings: tuple[Warning119, ...] = ()


# ── whose call is it ──────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class CountyShare:
    """
    One county's part in a caller location.

    `area_share` is Ao/Au; `rfc7459` is Co times that; `population_share` is the
    posterior probability that the caller is in the county.
    """

    code: str
    name: str
    area_share: float
    rfc7459: float
    population_share: float


@dataclass(frozen=True, slots=True)
class LikelyPlace:
    """
    A locality in or near a caller location.

    `uat` is its commune or town, whose social service answers for it; `probability` that the
    caller is in it (None for a bare point), `distance_m` from the middle of the area.
    """

    siruta: int
    name: str
    uat: str
    county: str
    probability: float | None
    distance_m: float


@dataclass(frozen=True, slots=True)
class CountyAssignment:
    """
    Which county owns a call, how sure that is, and why, in both languages.

    `decided_by` is `population`, `rfc7459`, `fused`, `border_tolerance`, `civic` (an
    address that contradicts itself), `landline_prefix` or `nothing`. `question` is what to
    ask the caller when `ambiguous` or without any place, else empty. `places` are the
    likeliest localities, the likeliest first.
    """

    counties: tuple[CountyShare, ...]
    owner: str | None
    runner_up: str | None
    margin: float
    ambiguous: bool
    outside_share: float
    decided_by: str
    reason: Mapping[str, str]
    warnings: tuple[Warning119, ...] = ()
    question: Mapping[str, str] = field(default_factory=dict)
    places: tuple[LikelyPlace, ...] = ()


# ── the incident ──────────────────────────────────────────────────────────────
class IncidentState(StrEnum):
    """Where an incident stands. `CLOSED` demands a resolution."""

    OPEN = "open"
    ASSIGNED = "assigned"
    EN_ROUTE = "en_route"
    ON_SCENE = "on_scene"
    CLOSED = "closed"


class Resolution(StrEnum):
    """How an incident ended. There is no way to close one without it."""

    CHILD_SAFE = "child_safe"
    CHILD_PLACED = "child_placed"
    COUNSELLED = "counselled"
    TRANSFERRED_112 = "transferred_112"
    TRANSFERRED_PSYCHOLOGISTS = "transferred_psychologists"
    MISDIAL = "misdial"
    UNFOUNDED = "unfounded"
    NOT_FOUND = "not_found"
    OTHER = "other"


# ── who goes ──────────────────────────────────────────────────────────────────
class TimeSource(StrEnum):
    """Where a travel time comes from; an estimate is marked as one wherever it is shown."""

    ROAD = "road"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class TravelTime:
    """
    Seconds on the road from a team to an uncertain caller location.

    `seconds` is the median over the area, `p10_s` and `p90_s` its spread (None when
    unreachable). `late_s` is what nine of ten drives do not exceed, the roads' own
    uncertainty and that of the area taken together (None when unreachable, or when `p90_s`
    is). `profile` names the speed profile that was used, `closures` is the
    number of road closures and slow-downs in force between the two.

    `off_road_m` are the metres (straight, median over the area) between the last road and
    the caller: driven by nobody and not in `seconds`. None for an estimate.
    """

    seconds: float | None
    p10_s: float | None
    p90_s: float | None
    source: TimeSource
    profile: str
    distance_m: float | None = None
    closures: int = 0
    late_s: float | None = None
    off_road_m: float | None = None


class Exclusion(StrEnum):
    """Why a team is not proposed."""

    NOT_AVAILABLE = "not_available"
    OFF_SHIFT = "off_shift"
    UNDERSTAFFED = "understaffed"
    MISSING_CAPABILITY = "missing_capability"
    NO_POSITION = "no_position"
    STALE_POSITION = "stale_position"
    INACCURATE_POSITION = "inaccurate_position"
    UNREACHABLE = "unreachable"
    OTHER_COUNTY = "other_county"
    DECLINED = "declined"


class RankReason(StrEnum):
    """Why a candidate stands where it stands."""

    FASTEST = "fastest"
    SLOWER = "slower"
    OWN_COUNTY = "own_county"
    OWN_COUNTY_PREFERRED = "own_county_preferred"
    MUTUAL_AID_FASTER = "mutual_aid_faster"
    MUTUAL_AID = "mutual_aid"
    AGEING_POSITION = "ageing_position"
    BASE_POSITION = "base_position"
    ESTIMATED_TIME = "estimated_time"
    CLOSURES_IN_FORCE = "closures_in_force"
    LAST_IN_COUNTY = "last_in_county"


class ShortfallReason(StrEnum):
    """Why no team, or no own team, can be proposed."""

    NO_TEAMS = "no_teams"
    ALL_BUSY = "all_busy"
    ALL_OFF_SHIFT = "all_off_shift"
    ALL_UNDERSTAFFED = "all_understaffed"
    ALL_STALE = "all_stale"
    NONE_CAPABLE = "none_capable"
    NONE_REACHABLE = "none_reachable"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Residents whom no other team reaches within `minutes` once a team has gone."""

    residents: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A team that can go, with its rank (1 is proposed first) and the reasons for it.

    `uncovers` is None where nobody has counted.
    """

    rank: int
    team_id: UUID
    callsign: str
    county: str
    travel_time: TravelTime
    eta_at: datetime
    position_age_s: float | None
    position_age: str
    reasons: tuple[RankReason, ...]
    explanation: Mapping[str, str]
    uncovers: Uncovered | None = None


@dataclass(frozen=True, slots=True)
class Excluded:
    """A team that cannot go, and every reason why not."""

    team_id: UUID
    callsign: str
    county: str
    reasons: tuple[Exclusion, ...]
    position_age_s: float | None
    explanation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What could not be filled, and why, in both languages."""

    reason: ShortfallReason
    explanation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recommendation:
    """
    The ranked teams for one incident at one moment. A person decides.

    `coverage_left` is the number of available teams each touched county keeps if
    the first candidate goes.
    """

    at: datetime
    destination: LonLat
    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    shortfalls: tuple[Shortfall, ...]
    coverage_left: Mapping[str, int] = field(default_factory=dict)
