"""
The sentences of a recommendation, in Romanian and English; no rule lives here.

Every function returns plain text for one language. `both` builds the pair that the
answers carry. Romanian counts follow the rule that from twenty on the noun takes "de"
(19 oameni, 20 de oameni).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dispatch.model import Exclusion, RankReason, ShortfallReason, TimeSource, TravelTime
from dispatch.policy import RecommendationPolicy
from teams.model import Team, TeamStatus


class Language(StrEnum):
    """The two languages of every answer."""

    RO = "ro"
    EN = "en"


_RO, _EN = Language.RO, Language.EN


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


def both(sentence: Callable[[Language], str]) -> Mapping[str, str]:
    """Return the sentence in each language, under the language's code."""
    return {language.value: sentence(language) for language in Language}


def duration(seconds: float) -> str:
    """Write seconds as a person says them: `40 s`, `7 min`, `1 h 05 min`."""
    if seconds < 59.5:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def people(count: int, language: Language) -> str:
    """Write a number of people with the right noun."""
    if language is _EN:
        return "1 person" if count == 1 else f"{count} people"
    if count == 1:
        return "un om"
    takes_de = count > 0 and not 1 <= count % 100 <= 19
    return f"{count} de oameni" if takes_de else f"{count} oameni"


def closures(count: int, language: Language) -> str:
    """Write a number of road closures in force with the right noun."""
    if language is _EN:
        return f"road closures in force near the way: {count}"
    return f"închideri de drum în vigoare lângă traseu: {count}"


# ── candidates ────────────────────────────────────────────────────────────────
_LEAD = {
    RankReason.FASTEST: {_RO: "Cel mai rapid", _EN: "Fastest"},
    RankReason.OWN_COUNTY_PREFERRED: {
        _RO: "Echipă proprie, preferată unui vecin mai rapid",
        _EN: "Own team, preferred to a faster neighbour",
    },
    RankReason.MUTUAL_AID_FASTER: {
        _RO: "Ajutor din {county}, mult mai rapid decât echipele proprii",
        _EN: "Mutual aid from {county}, much faster than the own teams",
    },
    RankReason.MUTUAL_AID: {_RO: "Ajutor din {county}", _EN: "Mutual aid from {county}"},
    RankReason.SLOWER: {_RO: "Mai lent", _EN: "Slower"},
}
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
    language: Language,
) -> str:
    """Say why a team stands where it stands, how long it takes and how old its place is."""
    lead = next(_LEAD[reason][language] for reason in _LEAD_ORDER if reason in reasons)
    parts = [
        f"{lead.format(county=facts.team.county)}: {_time(time, language)}",
        _place(facts, reasons, language),
        people(facts.team.staffing, language),
    ]
    if RankReason.CLOSURES_IN_FORCE in reasons:
        parts.insert(1, closures(facts.closures, language))
    if RankReason.LAST_IN_COUNTY in reasons:
        last = {_RO: "ultima echipă liberă din {}", _EN: "last free team of {}"}[language]
        parts.append(last.format(facts.team.county))
    return "; ".join(parts) + "."


def _time(time: TravelTime, language: Language) -> str:
    seconds = time.seconds or 0.0
    if time.source is TimeSource.ESTIMATE:
        text = {_RO: "circa {} (estimare)", _EN: "about {} (estimate)"}[language]
    else:
        text = {_RO: "{} pe drum", _EN: "{} by road"}[language]
    return text.format(duration(seconds)) + _spread(time, language)


def _spread(time: TravelTime, language: Language) -> str:
    """Two minutes of spread are worth a word; less is within any travel time's error."""
    if time.p10_s is None:
        return ""
    if time.p90_s is None:
        no_road = {_RO: ", o parte din zonă fără drum", _EN: ", part of the area has no road"}
        return no_road[language]
    if time.p90_s - time.p10_s < 120:
        return ""
    text = {_RO: ", între {} și {} în zonă", _EN: ", {} to {} within the area"}[language]
    return text.format(duration(time.p10_s), duration(time.p90_s))


def _place(facts: TeamFacts, reasons: tuple[RankReason, ...], language: Language) -> str:
    if RankReason.BASE_POSITION in reasons or facts.age_s is None:
        return {
            _RO: "fără poziție recentă, presupusă la bază",
            _EN: "no recent position, assumed at its base",
        }[language]
    if RankReason.AGEING_POSITION in reasons:
        text = {_RO: "poziție veche de {}, de verificat", _EN: "position {} old, to be checked"}
    else:
        text = {_RO: "poziție de acum {}", _EN: "position {} old"}
    return text[language].format(duration(facts.age_s))


# ── excluded teams ────────────────────────────────────────────────────────────
_STATUS = {
    TeamStatus.AVAILABLE: {_RO: "disponibilă", _EN: "available"},
    TeamStatus.ASSIGNED: {_RO: "alocată", _EN: "assigned"},
    TeamStatus.EN_ROUTE: {_RO: "pe drum", _EN: "en route"},
    TeamStatus.ON_SCENE: {_RO: "la fața locului", _EN: "on scene"},
    TeamStatus.RETURNING: {_RO: "în întoarcere", _EN: "returning"},
    TeamStatus.OUT_OF_SERVICE: {_RO: "scoasă din serviciu", _EN: "out of service"},
}

_EXCLUDED = {
    Exclusion.NOT_AVAILABLE: {
        _RO: "nu este disponibilă ({status})",
        _EN: "not available ({status})",
    },
    Exclusion.OFF_SHIFT: {_RO: "nu este în tură", _EN: "not on shift"},
    Exclusion.UNDERSTAFFED: {
        _RO: "echipaj: {staffing}, minimum {staffing_min}",
        _EN: "crew of {staffing}, at least {staffing_min} needed",
    },
    Exclusion.MISSING_CAPABILITY: {_RO: "lipsește: {missing}", _EN: "lacks: {missing}"},
    Exclusion.NO_POSITION: {_RO: "nu are nicio poziție", _EN: "has no position"},
    Exclusion.STALE_POSITION: {
        _RO: "ultima poziție este veche de {age}, limita este {age_max}",
        _EN: "last position is {age} old, the limit is {age_max}",
    },
    Exclusion.INACCURATE_POSITION: {
        _RO: "poziția este sigură doar la {accuracy} m, limita este {accuracy_max} m",
        _EN: "position is only known to {accuracy} m, the limit is {accuracy_max} m",
    },
    Exclusion.UNREACHABLE: {
        _RO: "nu poate ajunge pe drum în cea mai mare parte a zonei",
        _EN: "cannot reach most of the area by road",
    },
    Exclusion.OTHER_COUNTY: {
        _RO: "este din {county}, care nu se învecinează cu {owner}",
        _EN: "belongs to {county}, which is no neighbour of {owner}",
    },
}


def excluded_sentence(facts: TeamFacts, reasons: tuple[Exclusion, ...], language: Language) -> str:
    """Say every reason why a team is not proposed, with the bound it missed."""
    team, policy = facts.team, facts.policy
    accuracy_m = team.position.accuracy_m if team.position else None
    values = {
        "status": _STATUS[team.status][language],
        "staffing": team.staffing,
        "staffing_min": policy.staffing_min,
        "missing": ", ".join(sorted(facts.required - team.capabilities)),
        "age": duration(facts.age_s or 0.0),
        "age_max": duration(policy.position.stale_after_s),
        "accuracy": round(accuracy_m or 0.0),
        "accuracy_max": round(policy.position.accuracy_max_m),
        "county": team.county,
        "owner": facts.owner,
    }
    parts = [_EXCLUDED[reason][language].format(**values) for reason in reasons]
    if Exclusion.UNREACHABLE in reasons and facts.closures:
        parts.append(closures(facts.closures, language))
    text = "; ".join(parts)
    return text[:1].upper() + text[1:] + "."


# ── shortfalls ────────────────────────────────────────────────────────────────
_SHORTFALL = {
    ShortfallReason.NO_TEAMS: {_RO: "nicio echipă înregistrată", _EN: "no team is registered"},
    ShortfallReason.ALL_BUSY: {_RO: "toate echipele sunt ocupate", _EN: "all teams are busy"},
    ShortfallReason.ALL_OFF_SHIFT: {_RO: "nicio echipă în tură", _EN: "no team is on shift"},
    ShortfallReason.ALL_UNDERSTAFFED: {
        _RO: "nicio echipă cu destui oameni",
        _EN: "no team has enough people",
    },
    ShortfallReason.ALL_STALE: {
        _RO: "nicio echipă cu poziție recentă și precisă; sunați echipele",
        _EN: "no team has a recent and accurate position; phone the teams",
    },
    ShortfallReason.NONE_CAPABLE: {
        _RO: "nicio echipă cu pregătirea cerută",
        _EN: "no team has the capability asked for",
    },
    ShortfallReason.NONE_REACHABLE: {
        _RO: "nicio echipă nu poate ajunge pe drum",
        _EN: "no team can get there by road",
    },
    ShortfallReason.MIXED: {
        _RO: "nicio echipă potrivită, din motive diferite",
        _EN: "no team is suitable, for different reasons",
    },
}


def shortfall_sentence(where: str | None, reason: ShortfallReason, language: Language) -> str:
    """Say what cannot be filled: in the county `where`, or (None) in its neighbours."""
    place = where or {_RO: "Centrele vecine", _EN: "Neighbouring centres"}[language]
    return f"{place}: {_SHORTFALL[reason][language]}."
