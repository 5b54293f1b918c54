"""
The sentences of a recommendation; no rule lives here.

Every function returns plain text in the language of the words it is given.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.model import Exclusion, RankReason, ShortfallReason, TimeSource, TravelTime
from dispatch.policy import RecommendationPolicy
from dispatch.words.catalogue import Catalogue
from geodata.travel.estimates import walking_s
from teams.model import Team


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """
    What the sentences say about one team; ages and times in seconds.

    `closures` is the number of road closures near its way.
    """

    team: Team
    owner: str
    required: frozenset[str]
    age_s: float | None
    policy: RecommendationPolicy
    closures: int = 0


_FAR_FROM_ROAD_M = 100.0


# ── candidates ────────────────────────────────────────────────────────────────
# The first of these that applies opens the sentence.
_LEAD_ORDER = (
    RankReason.MUTUAL_AID_FASTER,
    RankReason.OWN_COUNTY_PREFERRED,
    RankReason.MUTUAL_AID,
    RankReason.FASTEST,
    RankReason.SLOWER,
)


def candidate_sentence(
    facts: TeamFacts,
    time: TravelTime,
    reasons: tuple[RankReason, ...],
    words: Catalogue,
) -> str:
    """Say why a team stands where it stands, how long it takes and how old its place is."""
    first = next(reason for reason in _LEAD_ORDER if reason in reasons)
    lead = words.word(f"recommendation.lead.{first}", county=facts.team.county)
    parts = [
        f"{lead}: {_time(time, words)}",
        _place(facts, reasons, words),
        words.word("recommendation.people", n=facts.team.staffing),
    ]
    if RankReason.CLOSURES_IN_FORCE in reasons:
        parts.insert(1, _closures(facts, words))
    if RankReason.LAST_IN_COUNTY in reasons:
        parts.append(words.word("recommendation.last_free", county=facts.team.county))
    return "; ".join(parts) + "."


def _time(time: TravelTime, words: Catalogue) -> str:
    kind = "estimate" if time.source is TimeSource.ESTIMATE else "road"
    taken = words.duration(time.seconds or 0.0)
    told = words.word(f"recommendation.time.{kind}", time=taken)
    return told + _late(time, taken, words) + _off_road(time, words) + _spread(time, words)


def _late(time: TravelTime, taken: str, words: Catalogue) -> str:
    """Say what nine of ten drives do not exceed, unless it reads like the time itself."""
    if time.late_s is None or (late := words.duration(time.late_s)) == taken:
        return ""
    return words.word("recommendation.late", late=late)


def _off_road(time: TravelTime, words: Catalogue) -> str:
    """Say the way from the last road on, where it is more than a garden's length."""
    if time.off_road_m is None or time.off_road_m < _FAR_FROM_ROAD_M:
        return ""
    taken = words.duration(walking_s(time.off_road_m))
    return words.word(
        "recommendation.off_road", metres=10 * round(time.off_road_m / 10), time=taken
    )


def _spread(time: TravelTime, words: Catalogue) -> str:
    """Two minutes of spread are worth a word; less is within any travel time's error."""
    if time.p10_s is None:
        return ""
    if time.p90_s is None:
        return words.word("recommendation.spread.no_road")
    if time.p90_s - time.p10_s < 120:
        return ""
    low, high = words.duration(time.p10_s), words.duration(time.p90_s)
    return words.word("recommendation.spread.range", low=low, high=high)


def _place(facts: TeamFacts, reasons: tuple[RankReason, ...], words: Catalogue) -> str:
    if RankReason.BASE_POSITION in reasons or facts.age_s is None:
        return words.word("recommendation.position.base")
    kind = "ageing" if RankReason.AGEING_POSITION in reasons else "fresh"
    return words.word(f"recommendation.position.{kind}", age=words.duration(facts.age_s))


def _closures(facts: TeamFacts, words: Catalogue) -> str:
    return words.word("recommendation.closures", count=facts.closures)


# ── excluded teams ────────────────────────────────────────────────────────────
def excluded_sentence(facts: TeamFacts, reasons: tuple[Exclusion, ...], words: Catalogue) -> str:
    """Say every reason why a team is not proposed, with the bound it missed."""
    parts = [_excluded(facts, reason, words) for reason in reasons]
    if Exclusion.UNREACHABLE in reasons and facts.closures:
        parts.append(_closures(facts, words))
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


def _excluded(facts: TeamFacts, reason: Exclusion, words: Catalogue) -> str:
    team, policy = facts.team, facts.policy
    values: Mapping[str, str | int] = {}
    match reason:
        case Exclusion.NOT_AVAILABLE:
            values = {"status": words.word(f"recommendation.status.{team.status}")}
        case Exclusion.UNDERSTAFFED:
            values = {"staffing": team.staffing, "staffing_min": policy.staffing_min}
        case Exclusion.MISSING_CAPABILITY:
            values = {"missing": ", ".join(sorted(facts.required - team.capabilities))}
        case Exclusion.STALE_POSITION:
            age_max = words.duration(policy.position.stale_after_s)
            values = {"age": words.duration(facts.age_s or 0.0), "age_max": age_max}
        case Exclusion.INACCURATE_POSITION:
            accuracy_m = (team.position.accuracy_m if team.position else None) or 0.0
            bound_m = policy.position.accuracy_max_m
            values = {"accuracy": round(accuracy_m), "accuracy_max": round(bound_m)}
        case Exclusion.OTHER_COUNTY:
            values = {"county": team.county, "owner": facts.owner}
    return words.word(f"recommendation.excluded.{reason}", **values)


# ── shortfalls ────────────────────────────────────────────────────────────────
def shortfall_sentence(where: str | None, reason: ShortfallReason, words: Catalogue) -> str:
    """Say what cannot be filled: in the county `where`, or (None) in its neighbours."""
    place = where or words.word("recommendation.shortfall.neighbours")
    return f"{place}: {words.word(f'recommendation.shortfall.{reason}')}."
