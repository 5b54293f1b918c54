"""Which teams are proposed, in which order, and what is said about each."""

import json
from datetime import timedelta
from typing import Any

import pytest

from dispatch.answers.recommendation import recommendation_answer
from dispatch.errors import BadDemandError
from dispatch.model import Candidate, Exclusion, RankReason, ShortfallReason, TimeSource
from dispatch.policy import RecommendationPolicy
from dispatch.recommendation.sampled_area import SampledArea
from geodata.points import LonLat
from teams.model import Team, TeamStatus
from tests.conftest_d.grid import grid
from tests.conftest_d.recommending import (
    NOW,
    StraightRoads,
    ask,
    make_position,
    make_team,
    order,
    team_id,
)

# C is the caller; one cell is a kilometre, 100 s of the fake roads.
GROUND = grid("""
    C 1 2 . . 5 . . . 9
    D . . . . . . . . .
""")
C = GROUND["C"]


def near(callsign: str, cell: str = "1", **changes: Any) -> Team:
    return make_team(callsign, GROUND[cell], **changes)


def first(*teams: Team, **changes: Any) -> Candidate:
    return ask(teams, C, **changes).candidates[0]


def why_not(team: Team, **changes: Any) -> tuple[Exclusion, ...]:
    (excluded,) = ask([team], C, **changes).excluded
    return excluded.reasons


# ── order ─────────────────────────────────────────────────────────────────────
def test_the_fastest_own_team_is_proposed_first() -> None:
    assert order(ask([near("B3-1", "5"), near("B3-2", "1")], C)) == ["B3-2", "B3-1"]


def test_an_own_team_comes_before_a_neighbour_within_the_margin() -> None:
    answer = ask([near("B3-1", "2"), near("IF-1", "1")], C)
    assert order(answer) == ["B3-1", "IF-1"]
    assert RankReason.OWN_COUNTY_PREFERRED in answer.candidates[0].reasons


def test_a_neighbour_faster_by_more_than_the_margin_comes_first() -> None:
    answer = ask([near("B3-1", "5"), near("IF-1", "1")], C)
    assert order(answer) == ["IF-1", "B3-1"]
    assert RankReason.MUTUAL_AID_FASTER in answer.candidates[0].reasons


def test_a_neighbour_is_proposed_when_the_owner_has_nobody() -> None:
    candidate = first(near("IF-1"))
    assert candidate.reasons[:2] == (RankReason.FASTEST, RankReason.MUTUAL_AID)


def test_the_margin_is_a_policy() -> None:
    teams = [near("B3-1", "2"), near("IF-1", "1")]
    assert order(ask(teams, C, policy=RecommendationPolicy(mutual_aid_margin_s=60)))[0] == "IF-1"


def test_equal_times_are_ordered_by_callsign() -> None:
    assert order(ask([near("B3-2"), near("B3-1")], C)) == ["B3-1", "B3-2"]


def test_ranks_count_from_one() -> None:
    answer = ask([near(f"B3-{n}") for n in range(1, 5)], C)
    assert [candidate.rank for candidate in answer.candidates] == [1, 2, 3, 4]


def test_the_arrival_is_the_travel_time_from_now() -> None:
    candidate = first(near("B3-1", "1"))
    assert candidate.eta_at - NOW == timedelta(seconds=candidate.travel_time.seconds or 0)
    assert candidate.travel_time.seconds == pytest.approx(100, abs=0.1)


def test_the_roads_are_asked_once_and_only_for_teams_that_can_go() -> None:
    roads = StraightRoads()
    ask([near("B3-1"), near("B3-2"), near("B3-3", staffing=1)], C, travel=roads)
    assert roads.asked == [2]


# ── hard filters ──────────────────────────────────────────────────────────────
def test_stale_team_is_not_recommended_even_when_nearest() -> None:
    answer = ask([near("B3-1", "1", age_s=601), near("B3-2", "9")], C)
    assert order(answer) == ["B3-2"]
    assert answer.excluded[0].reasons == (Exclusion.STALE_POSITION,)


@pytest.mark.parametrize("status", [s for s in TeamStatus if s is not TeamStatus.AVAILABLE])
def test_only_available_teams_are_proposed(status: TeamStatus) -> None:
    assert why_not(near("B3-1", status=status)) == (Exclusion.NOT_AVAILABLE,)


def test_nobody_goes_alone() -> None:
    assert why_not(near("B3-1", staffing=1)) == (Exclusion.UNDERSTAFFED,)


def test_a_team_off_shift_is_left_alone() -> None:
    assert why_not(near("B3-1", on_shift=False)) == (Exclusion.OFF_SHIFT,)


def test_a_team_must_have_every_required_capability() -> None:
    team = near("B3-1", capabilities=frozenset({"psychologist"}))
    required = frozenset({"psychologist", "sign_language"})
    assert why_not(team, required=required) == (Exclusion.MISSING_CAPABILITY,)
    assert first(team, required=frozenset({"psychologist"}))


def test_a_team_never_seen_has_no_position() -> None:
    assert why_not(make_team(place=None)) == (Exclusion.NO_POSITION,)


def test_a_cell_tower_position_gives_no_travel_time() -> None:
    team = make_team(position=make_position(C, accuracy_m=1_500))
    assert why_not(team) == (Exclusion.INACCURATE_POSITION,)


def test_a_county_that_is_no_neighbour_does_not_go() -> None:
    assert why_not(near("CJ-1")) == (Exclusion.OTHER_COUNTY,)


def test_an_excluded_team_carries_every_reason() -> None:
    team = near("CJ-1", age_s=1e4, staffing=1, on_shift=False, status=TeamStatus.ON_SCENE)
    assert why_not(team) == (
        Exclusion.OTHER_COUNTY,
        Exclusion.NOT_AVAILABLE,
        Exclusion.OFF_SHIFT,
        Exclusion.UNDERSTAFFED,
        Exclusion.STALE_POSITION,
    )


def test_a_base_stands_in_for_a_position_only_where_policy_says_so() -> None:
    team = make_team(place=None, base=GROUND["2"])
    candidate = first(team, policy=RecommendationPolicy(use_base_when_no_position=True))
    assert RankReason.BASE_POSITION in candidate.reasons
    assert candidate.position_age == "none"
    assert "bază" in candidate.explanation["ro"]


def test_a_stale_place_is_not_used_when_the_base_stands_in() -> None:
    team = near("B3-1", "9", age_s=1e4, base=GROUND["1"])
    candidate = first(team, policy=RecommendationPolicy(use_base_when_no_position=True))
    assert candidate.travel_time.seconds == pytest.approx(100, abs=0.1)
    assert candidate.position_age == "stale"


# ── the area ──────────────────────────────────────────────────────────────────
def test_the_time_to_an_area_is_its_weighted_median() -> None:
    points = C, GROUND["1"], GROUND["9"]
    answer = ask([make_team("B3-1", C)], *points, area_weights=[1, 8, 1])
    assert answer.candidates[0].travel_time.seconds == pytest.approx(100, abs=0.1)


def test_the_spread_over_the_area_is_shown() -> None:
    time = ask([make_team("B3-1", C)], C, GROUND["9"]).candidates[0].travel_time
    assert time.p10_s == 0.0
    assert time.p90_s == pytest.approx(900, abs=0.5)


def test_a_team_across_the_water_is_unreachable() -> None:
    roads = StraightRoads(islands=frozenset({C}))
    assert why_not(near("B3-1"), travel=roads) == (Exclusion.UNREACHABLE,)


def test_a_team_that_reaches_most_of_the_area_goes_and_the_rest_is_named() -> None:
    roads = StraightRoads(islands=frozenset({C}))
    answer = ask([near("B3-1")], C, GROUND["1"], area_weights=[0.4, 0.6], travel=roads)
    (candidate,) = answer.candidates
    assert candidate.travel_time.p90_s is None
    assert "part of the area has no road" in candidate.explanation["en"]


def test_half_of_the_area_is_enough() -> None:
    roads = StraightRoads(islands=frozenset({C}))
    assert order(ask([near("B3-1")], C, GROUND["1"], travel=roads)) == ["B3-1"]


def test_a_tenth_of_estimates_marks_nothing_and_more_marks_the_time() -> None:
    roads = StraightRoads(unmapped=frozenset({C}))
    for share, source in [(0.1, TimeSource.ROAD), (0.2, TimeSource.ESTIMATE)]:
        weights = [share, 1 - share]
        answer = ask([near("B3-1")], C, GROUND["1"], area_weights=weights, travel=roads)
        assert answer.candidates[0].travel_time.source is source


def test_the_destination_shown_is_a_point_of_the_area() -> None:
    answer = ask([], C, GROUND["1"], GROUND["9"], area_weights=[1, 9, 1])
    assert answer.destination == GROUND["1"]


def test_weights_of_zero_count_as_equal() -> None:
    assert ask([near("B3-1")], C, C, area_weights=[0, 0]).candidates


@pytest.mark.parametrize("weights", [[1.0, 2.0], [-1.0], [float("nan")], [[1.0]]])
def test_weights_that_do_not_fit_are_refused(weights: list[float]) -> None:
    with pytest.raises(BadDemandError) as refused:
        ask([], C, area_weights=weights)
    assert refused.value.code == "bad_area_weights"


def test_an_area_without_points_is_refused() -> None:
    with pytest.raises(BadDemandError, match="no points"):
        SampledArea.of((), ())


# ── what is said ──────────────────────────────────────────────────────────────
def test_the_explanation_carries_time_age_and_crew() -> None:
    said = first(near("B3-1", "5", age_s=40), near("B3-9", "9")).explanation
    assert said["ro"] == "Cel mai rapid: 8 min pe drum; poziție de acum 40 s; 2 oameni."
    assert said["en"] == "Fastest: 8 min by road; position 40 s old; 2 people."


def test_an_estimate_says_so_in_both_languages() -> None:
    candidate = first(near("VS-1"), owner="VS", travel=StraightRoads(unmapped=frozenset({C})))
    assert RankReason.ESTIMATED_TIME in candidate.reasons
    assert "(estimare)" in candidate.explanation["ro"]
    assert "(estimate)" in candidate.explanation["en"]


def test_an_ageing_position_is_named() -> None:
    candidate = first(near("B3-1", age_s=240))
    assert RankReason.AGEING_POSITION in candidate.reasons
    assert "veche de 4 min, de verificat" in candidate.explanation["ro"]


def test_the_last_free_team_of_a_county_is_named() -> None:
    assert RankReason.LAST_IN_COUNTY in first(near("B3-1")).reasons
    assert RankReason.LAST_IN_COUNTY not in first(near("B3-1"), near("B3-2")).reasons


def test_an_exclusion_names_the_bound_that_was_missed() -> None:
    (excluded,) = ask([near("B3-1", age_s=1500)], C).excluded
    assert excluded.explanation["ro"] == (
        "Ultima poziție este veche de 25 min, limita este 10 min."
    )


def test_every_exclusion_has_a_sentence_in_both_languages() -> None:
    team = make_team("CJ-1", None, staffing=1, on_shift=False, status=TeamStatus.EN_ROUTE)
    (excluded,) = ask([team], C, required=frozenset({"nurse"})).excluded
    assert excluded.explanation == {
        "ro": "Este din CJ, care nu se învecinează cu B3; nu este disponibilă (pe drum); "
        "nu este în tură; echipaj: 1, minimum 2; lipsește: nurse; nu are nicio poziție.",
        "en": "Belongs to CJ, which is no neighbour of B3; not available (en route); "
        "not on shift; crew of 1, at least 2 needed; lacks: nurse; has no position.",
    }


# ── shortfalls and coverage ───────────────────────────────────────────────────
def shortfalls(*teams: Team, **changes: Any) -> list[ShortfallReason]:
    return [s.reason for s in ask(teams, C, **changes).shortfalls]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": TeamStatus.EN_ROUTE}, ShortfallReason.ALL_BUSY),
        ({"on_shift": False}, ShortfallReason.ALL_OFF_SHIFT),
        ({"staffing": 1}, ShortfallReason.ALL_UNDERSTAFFED),
        ({"age_s": 1e4}, ShortfallReason.ALL_STALE),
    ],
)
def test_a_shortfall_has_the_reason_all_teams_share(
    changes: dict[str, Any], reason: ShortfallReason
) -> None:
    teams = [near("B3-1", **changes), near("B3-2", **changes)]
    assert shortfalls(*teams, neighbours=()) == [reason]


def test_teams_missing_for_different_reasons_are_a_mixed_shortfall() -> None:
    teams = [near("B3-1", staffing=1), near("B3-2", on_shift=False)]
    assert shortfalls(*teams, neighbours=()) == [ShortfallReason.MIXED]


def test_none_capable_and_none_reachable_are_told_apart() -> None:
    roads = StraightRoads(islands=frozenset({C}))
    team = near("B3-1")
    assert shortfalls(team, neighbours=(), travel=roads) == [ShortfallReason.NONE_REACHABLE]
    needs = frozenset({"nurse"})
    assert shortfalls(team, neighbours=(), required=needs) == [ShortfallReason.NONE_CAPABLE]


def test_no_teams_at_all_is_an_answer_for_owner_and_neighbours() -> None:
    answer = ask([], C)
    assert [s.explanation["ro"] for s in answer.shortfalls] == [
        "B3: nicio echipă înregistrată.",
        "Centrele vecine: nicio echipă înregistrată.",
    ]


def test_an_owner_without_a_team_is_a_shortfall_even_when_a_neighbour_helps() -> None:
    assert shortfalls(near("B3-1", staffing=1), near("IF-1")) == [ShortfallReason.ALL_UNDERSTAFFED]


def test_a_proposal_from_the_owner_has_no_shortfall() -> None:
    assert shortfalls(near("B3-1")) == []


def test_coverage_left_counts_the_ready_teams_that_stay() -> None:
    teams = [near("B3-1"), near("B3-2", age_s=1e4), near("IF-1"), near("IF-2", staffing=1)]
    assert ask(teams, C).coverage_left == {"B3": 1, "IF": 1}


# ── the answer as JSON ────────────────────────────────────────────────────────
def test_the_answer_is_json_with_rounded_seconds_and_utc_times() -> None:
    answer = json.loads(json.dumps(recommendation_answer(ask([near("B3-1")], C))))
    (candidate,) = answer["candidates"]
    assert candidate["team_id"] == str(team_id("B3-1"))
    assert candidate["travel_time"] == {
        "seconds": 100.0, "p10_s": 100.0, "p90_s": 100.0, "late_s": 100.0,
        "source": "road", "profile": "straight roads", "distance_m": None, "closures": 0,
            "off_road_m": 0.0, "off_road_s": 0.0,
    }  # fmt: skip
    assert candidate["eta_at"] == "2026-03-14T22:06:40.000Z"


def test_the_answer_keeps_excluded_teams_and_shortfalls() -> None:
    answer = recommendation_answer(ask([near("B3-1", age_s=1e4)], C))
    assert answer["excluded"][0]["reasons"] == ["stale_position"]
    assert answer["excluded"][0]["position_age_s"] == 10_000.0
    assert [s["reason"] for s in answer["shortfalls"]] == ["all_stale", "no_teams"]
    assert answer["destination"] == {"lon": C.lon, "lat": C.lat}


def test_a_place_far_from_every_team_still_gets_an_answer() -> None:
    assert ask([near("B3-1")], LonLat(29.0, 45.2)).candidates[0].rank == 1


# ── closures ──────────────────────────────────────────────────────────────────
def test_closures_near_the_way_are_named_in_the_reasons() -> None:
    candidate = first(near("B3-1"), travel=StraightRoads(closures=2))
    assert RankReason.CLOSURES_IN_FORCE in candidate.reasons
    assert "road closures in force near the way: 2" in candidate.explanation["en"]
    assert "închideri de drum în vigoare lângă traseu: 2" in candidate.explanation["ro"]


def test_an_estimate_knows_no_closures() -> None:
    roads = StraightRoads(closures=2, unmapped=frozenset({C}))
    assert RankReason.CLOSURES_IN_FORCE not in first(near("B3-1"), travel=roads).reasons


def test_a_team_that_is_cut_off_is_told_about_the_closures() -> None:
    roads = StraightRoads(closures=1, islands=frozenset({C}))
    (excluded,) = ask([near("B3-1")], C, travel=roads).excluded
    assert excluded.explanation["en"].endswith("road closures in force near the way: 1.")
