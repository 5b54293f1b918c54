"""What holds for every recommendation, whatever the teams and the place."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dispatch.model import RankReason, Recommendation
from geodata.points import LonLat
from teams.model import Team, TeamStatus
from tests.conftest_d.recommending import StraightRoads, ask, make_position, make_team, order

PLACES = st.builds(LonLat, st.floats(25.9, 26.3).map(lambda x: round(x, 3)), st.floats(44.3, 44.6))


@st.composite
def a_team(draw: st.DrawFn, number: int) -> Team:
    county = draw(st.sampled_from(["B3", "B3", "B3", "IF", "B2", "CJ"]))
    place = draw(PLACES)
    return make_team(
        f"{county}-{number}",
        status=draw(st.sampled_from([TeamStatus.AVAILABLE] * 4 + [TeamStatus.EN_ROUTE])),
        staffing=draw(st.integers(1, 4)),
        on_shift=draw(st.sampled_from([True, True, True, False])),
        position=draw(st.sampled_from([None, *[make_position(place, age_s=30)] * 4])),
        base=draw(st.sampled_from([None, place])),
    )


@st.composite
def some_teams(draw: st.DrawFn) -> list[Team]:
    return [draw(a_team(number)) for number in range(draw(st.integers(0, 8)))]


AREAS = st.lists(PLACES, min_size=1, max_size=5, unique=True)


def seconds_of(recommendation: Recommendation) -> dict[str, float]:
    return {c.callsign: c.travel_time.seconds or 0.0 for c in recommendation.candidates}


@given(some_teams(), AREAS)
def test_every_team_appears_exactly_once(teams: list[Team], area: list[LonLat]) -> None:
    answer = ask(teams, *area)
    seen = [c.callsign for c in answer.candidates] + [e.callsign for e in answer.excluded]
    assert sorted(seen) == sorted(team.callsign for team in teams)


@given(some_teams(), AREAS, st.randoms(use_true_random=False))
def test_a_recommendation_does_not_depend_on_the_order_of_teams(
    teams: list[Team], area: list[LonLat], random: object
) -> None:
    shuffled = list(teams)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert ask(shuffled, *area) == ask(teams, *area)


@given(some_teams(), AREAS, st.data())
def test_removing_a_team_never_worsens_the_rank_of_another(
    teams: list[Team], area: list[LonLat], data: st.DataObject
) -> None:
    gone = data.draw(st.sampled_from(teams)) if teams else None
    before = order(ask(teams, *area))
    after = order(ask([team for team in teams if team is not gone], *area))
    assert all(after.index(name) <= before.index(name) for name in after)


@given(some_teams(), AREAS, st.floats(1.0, 3.0))
def test_faster_roads_never_lengthen_a_way(
    teams: list[Team], area: list[LonLat], factor: float
) -> None:
    slow = seconds_of(ask(teams, *area, travel=StraightRoads(10.0)))
    fast = seconds_of(ask(teams, *area, travel=StraightRoads(10.0 * factor)))
    assert all(fast[name] <= slow[name] for name in slow)


@given(some_teams(), AREAS)
def test_a_team_that_comes_nearer_never_falls_behind(teams: list[Team], area: list[LonLat]) -> None:
    before = order(ask(teams, *area[:1]))
    if not before:
        return
    arrived = make_position(area[0])
    moved = [replace(t, position=arrived) if t.callsign == before[-1] else t for t in teams]
    after = order(ask(moved, *area[:1]))
    assert after.index(before[-1]) <= before.index(before[-1])


@given(some_teams(), AREAS)
def test_the_median_lies_within_its_spread(teams: list[Team], area: list[LonLat]) -> None:
    for candidate in ask(teams, *area).candidates:
        time = candidate.travel_time
        assert time.p10_s <= time.seconds <= time.p90_s  # type: ignore[operator]


@given(some_teams(), AREAS)
def test_some_candidate_is_the_fastest_and_none_is_beaten_within_its_county(
    teams: list[Team], area: list[LonLat]
) -> None:
    candidates = ask(teams, *area).candidates
    assert not candidates or any(RankReason.FASTEST in c.reasons for c in candidates)
    own = [c.travel_time.seconds for c in candidates if c.county == "B3"]
    assert own == sorted(own)  # type: ignore[type-var]


@given(some_teams(), AREAS)
def test_nobody_to_send_always_has_a_reason(teams: list[Team], area: list[LonLat]) -> None:
    answer = ask(teams, *area)
    has_own = any(c.county == "B3" for c in answer.candidates)
    assert bool(answer.shortfalls) is not has_own
