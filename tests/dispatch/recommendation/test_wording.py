"""The sentences of a recommendation, as a Romanian and an English dispatcher read them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import pytest

from dispatch.model import Exclusion, RankReason, ShortfallReason, TimeSource, TravelTime
from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.wording import (
    TeamFacts,
    candidate_sentence,
    excluded_sentence,
    shortfall_sentence,
)
from dispatch.words.catalogue import both, in_each
from geodata.points import LonLat
from teams.model import PositionReport, Team, TeamStatus

AT = datetime(2026, 2, 13, 20, tzinfo=UTC)
TEAM = UUID(int=1)


def facts(
    *,
    staffing: int = 2,
    age_s: float | None = 40.0,
    accuracy_m: float | None = None,
    status: TeamStatus = TeamStatus.AVAILABLE,
    closures: int = 0,
) -> TeamFacts:
    fix = PositionReport(TEAM, LonLat(23.6, 46.8), AT, AT, accuracy_m=accuracy_m)
    team = Team(TEAM, "CJ-1", "CJ", status, staffing, frozenset({"medic"}), position=fix)
    required = frozenset({"medic", "psychologist"})
    return TeamFacts(team, "SJ", required, age_s, RecommendationPolicy(), closures)


def road(p10_s: float | None, seconds: float, p90_s: float | None) -> TravelTime:
    return TravelTime(seconds, p10_s, p90_s, TimeSource.ROAD, "night")


def told(team: TeamFacts, time: TravelTime, *reasons: RankReason) -> dict[str, str]:
    return in_each(partial(candidate_sentence, team, time, reasons))


def refused(team: TeamFacts, reasons: Sequence[Exclusion]) -> dict[str, str]:
    return in_each(partial(excluded_sentence, team, tuple(reasons)))


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "un om"), (2, "2 oameni"), (19, "19 oameni"), (20, "20 de oameni"), (101, "101 oameni"),
     (100, "100 de oameni"), (0, "0 oameni")],
)  # fmt: skip
def test_romanian_counts_take_de_from_twenty_on(count: int, text: str) -> None:
    assert both("recommendation.people", n=count)["ro"] == text


def test_english_counts() -> None:
    assert [both("recommendation.people", n=n)["en"] for n in (1, 2)] == ["1 person", "2 people"]


def test_the_fastest_team_is_told_with_time_place_and_crew() -> None:
    assert told(facts(), road(400, 420, 440), RankReason.FASTEST, RankReason.OWN_COUNTY) == {
        "ro": "Cel mai rapid: 7 min pe drum; poziție de acum 40 s; 2 oameni.",
        "en": "Fastest: 7 min by road; position 40 s old; 2 people.",
    }


@pytest.mark.parametrize(
    ("metres", "ro", "en"),
    [
        (99.0, "", ""),
        (120.0, ", apoi 120 m fără drum, circa 2 min pe jos", ", then 120 m without a road"),
        (433.0, ", apoi 430 m fără drum, circa 7 min pe jos", ", about 7 min on foot"),
    ],
)
def test_the_way_from_the_last_road_on_is_told(metres: float, ro: str, en: str) -> None:
    time = replace(road(400, 420, 440), off_road_m=metres)
    sentences = told(facts(), time, RankReason.FASTEST)
    assert f"pe drum{ro}; poziție" in sentences["ro"]
    assert en in sentences["en"]
    assert ("without a road" in sentences["en"]) == bool(ro)


def test_a_neighbour_is_named_with_the_spread_and_what_it_leaves() -> None:
    sentence = told(
        facts(staffing=1, closures=3),
        road(300, 420, 900),
        RankReason.MUTUAL_AID_FASTER,
        RankReason.AGEING_POSITION,
        RankReason.CLOSURES_IN_FORCE,
        RankReason.LAST_IN_COUNTY,
    )
    assert sentence["ro"] == (
        "Ajutor din CJ, mult mai rapid decât echipele proprii: 7 min pe drum, între 5 min și "
        "15 min în zonă; închideri de drum în vigoare lângă traseu: 3; poziție veche de 40 s, "
        "de verificat; un om; ultima echipă liberă din CJ."
    )
    assert sentence["en"] == (
        "Mutual aid from CJ, much faster than the own teams: 7 min by road, 5 min to 15 min "
        "within the area; road closures in force near the way: 3; position 40 s old, to be "
        "checked; 1 person; last free team of CJ."
    )


def test_an_estimate_of_a_team_at_its_base_says_both() -> None:
    time = TravelTime(4000.0, 3000.0, None, TimeSource.ESTIMATE, "night")
    assert told(facts(age_s=None), time, RankReason.SLOWER) == {
        "ro": "Mai lent: circa 1 h 07 min (estimare), o parte din zonă fără drum; "
        "fără poziție recentă, presupusă la bază; 2 oameni.",
        "en": "Slower: about 1 h 07 min (estimate), part of the area has no road; "
        "no recent position, assumed at its base; 2 people.",
    }


@pytest.mark.parametrize(
    ("reason", "romanian", "english"),
    [
        (Exclusion.NOT_AVAILABLE, "Nu este disponibilă (pe drum).", "Not available (en route)."),
        (Exclusion.OFF_SHIFT, "Nu este în tură.", "Not on shift."),
        (Exclusion.UNDERSTAFFED, "Echipaj: 1, minimum 2.", "Crew of 1, at least 2 needed."),
        (Exclusion.MISSING_CAPABILITY, "Lipsește: psychologist.", "Lacks: psychologist."),
        (Exclusion.NO_POSITION, "Nu are nicio poziție.", "Has no position."),
        (
            Exclusion.INACCURATE_POSITION,
            "Poziția este sigură doar la 1.500 m, limita este 1.000 m.",
            "Position is only known to 1,500 m, the limit is 1,000 m.",
        ),
        (
            Exclusion.OTHER_COUNTY,
            "Este din CJ, care nu se învecinează cu SJ.",
            "Belongs to CJ, which is no neighbour of SJ.",
        ),
    ],
)
def test_a_team_that_cannot_go_is_told_why(reason: Exclusion, romanian: str, english: str) -> None:
    team = facts(staffing=1, accuracy_m=1500.0, status=TeamStatus.EN_ROUTE)
    assert refused(team, [reason]) == {"ro": romanian, "en": english}


def test_several_reasons_are_one_sentence() -> None:
    reasons = [Exclusion.OFF_SHIFT, Exclusion.UNREACHABLE]
    assert refused(facts(closures=2), reasons) == {
        "ro": "Nu este în tură; nu poate ajunge pe drum în cea mai mare parte a zonei; "
        "închideri de drum în vigoare lângă traseu: 2.",
        "en": "Not on shift; cannot reach most of the area by road; "
        "road closures in force near the way: 2.",
    }


@pytest.mark.parametrize("reason", Exclusion)
def test_every_exclusion_has_words(reason: Exclusion) -> None:
    assert len(set(refused(facts(), [reason]).values())) == 2


@pytest.mark.parametrize("status", TeamStatus)
def test_every_status_has_words(status: TeamStatus) -> None:
    assert len(set(both(f"recommendation.status.{status}").values())) == 2


@pytest.mark.parametrize("reason", ShortfallReason)
def test_every_shortfall_has_words(reason: ShortfallReason) -> None:
    assert in_each(partial(shortfall_sentence, "CJ", reason))["en"].startswith("CJ: ")


def test_a_shortfall_of_the_neighbours_names_them_so() -> None:
    assert in_each(partial(shortfall_sentence, None, ShortfallReason.ALL_BUSY)) == {
        "ro": "Centrele vecine: toate echipele sunt ocupate.",
        "en": "Neighbouring centres: all teams are busy.",
    }


@pytest.mark.parametrize(
    ("seconds", "late_s", "romanian"),
    [
        (420, 640, "7 min pe drum, cel mult 11 min în nouă drumuri din zece"),
        (40, 52, "40 s pe drum, cel mult 52 s în nouă drumuri din zece"),
        (62, 88, "1 min pe drum"),
        (420, 425, "7 min pe drum"),
        (4000, 5800, "1 h 07 min pe drum, cel mult 1 h 37 min în nouă drumuri din zece"),
    ],
)
def test_the_end_of_the_range_is_told_unless_it_reads_like_the_time(
    seconds: float, late_s: float, romanian: str
) -> None:
    time = TravelTime(seconds, seconds, seconds, TimeSource.ROAD, "night", late_s=late_s)
    told_ro = told(facts(), time, RankReason.FASTEST)["ro"]
    assert told_ro == f"Cel mai rapid: {romanian}; poziție de acum 40 s; 2 oameni."


def test_area_and_late_are_told_apart() -> None:
    time = TravelTime(420.0, 300.0, 900.0, TimeSource.ROAD, "night", late_s=960.0)
    assert told(facts(), time, RankReason.FASTEST)["en"].startswith(
        "Fastest: 7 min by road, at most 16 min in nine drives of ten, "
        "5 min to 15 min within the area;"
    )
