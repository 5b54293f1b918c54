"""One belief from several reports: order, age and conflicts are explicit."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.answers.belief import belief_answer
from dispatch.belief.fusion import fuse, rank_of
from dispatch.belief.model import Belief, Evidence, SourceRank
from dispatch.ground import Ground, load_ground
from dispatch.location.spoken.reader import read_words
from dispatch.model import LocationReport
from geodata.areas.shapes import Circle, Point, Polygon, Shape
from geodata.areas.uncertainty import area_m2
from geodata.points import LonLat

START = datetime(2026, 3, 14, 22, 5, tzinfo=UTC)
VASLUI, BORDER, CRAIOVA = LonLat(27.729, 46.638), LonLat(26.125, 44.433), LonLat(23.80, 44.32)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return load_ground()


def heard(shape: Shape | None, *, at_s: float = 0.0, **fields: Any) -> Evidence:
    confidence = fields.pop("confidence", 0.95)
    report = LocationReport(fields.pop("format", "mlp"), shape, confidence, **fields)
    return Evidence(report, START + timedelta(seconds=at_s))


def actions(belief: Belief) -> list[str]:
    return [step.action.value for step in belief.steps]


def chance(belief: Belief, code: str) -> float:
    return next(s.population_share for s in belief.assignment.counties if s.code == code)


def test_one_report_is_believed_as_it_is(ground: Ground) -> None:
    belief = fuse([heard(Circle(VASLUI, 3_000.0))], ground)
    assert (belief.assignment.owner, actions(belief)) == ("VS", ["first"])
    assert belief.location is not None
    assert belief.location.shape == Circle(VASLUI, 3_000.0)


def test_nothing_heard_is_a_belief_too(ground: Ground) -> None:
    belief = fuse([], ground)
    assert (belief.location, belief.assignment.owner, belief.steps) == (None, None, ())


def test_an_update_narrows_the_area_to_the_common_ground(ground: Ground) -> None:
    first = heard(Circle(BORDER, 3_000.0))
    second = heard(Circle(LonLat(BORDER.lon + 0.04, BORDER.lat), 2_000.0), at_s=10)
    belief = fuse([first, second], ground)
    assert actions(belief) == ["first", "narrowed"]
    assert belief.location is not None
    assert isinstance(belief.location.shape, Polygon)
    assert area_m2(belief.location.shape) < area_m2(Circle(BORDER, 2_000.0))
    assert belief.location.confidence == pytest.approx(0.95**2)
    assert belief.assignment.owner == "B3"


def test_the_order_of_arrival_counts_not_the_order_of_the_list(ground: Ground) -> None:
    first = heard(Circle(BORDER, 3_000.0))
    second = heard(Circle(BORDER, 1_000.0), at_s=10)
    assert fuse([second, first], ground) == fuse([first, second], ground)


def test_the_same_area_twice_makes_nothing_more_certain(ground: Ground) -> None:
    once = fuse([heard(Circle(BORDER, 900.0))], ground)
    twice = fuse([heard(Circle(BORDER, 900.0)), heard(Circle(BORDER, 900.0), at_s=10)], ground)
    assert actions(twice) == ["first", "repeated"]
    assert (twice.location, twice.assignment) == (once.location, once.assignment)


# ── conflict ──────────────────────────────────────────────────────────────────
def test_two_disjoint_areas_are_a_conflict_and_never_averaged(ground: Ground) -> None:
    near, far = Circle(VASLUI, 3_000.0), Circle(CRAIOVA, 3_000.0)
    belief = fuse([heard(near), heard(far, at_s=10)], ground)
    assert belief.location is not None
    assert belief.location.shape == far
    assert belief.conflict is not None
    assert (belief.conflict.kept_owner, belief.conflict.set_aside_owner) == ("DJ", "VS")
    assert belief.conflict.set_aside.shape == near
    assert belief.assignment.ambiguous
    assert belief.assignment.question["ro"]


def test_a_conflict_keeps_the_surer_source_even_when_it_is_older(ground: Ground) -> None:
    phone = heard(Circle(VASLUI, 20.0), format="aml", source="GNSS")
    cell = heard(Circle(CRAIOVA, 3_000.0), at_s=10, source="CELL")
    belief = fuse([phone, cell], ground)
    assert actions(belief) == ["first", "conflict_kept"]
    assert belief.assignment.owner == "VS"


def test_the_callers_words_do_not_overrule_the_network(ground: Ground) -> None:
    words = heard(Circle(CRAIOVA, 3_000.0), at_s=20, format="spoken", source="CALLER")
    belief = fuse([heard(Circle(VASLUI, 3_000.0)), words], ground)
    assert belief.assignment.owner == "VS"
    assert belief.conflict is not None
    assert "ce spune apelantul" in belief.conflict.reason["ro"]


def test_unsure_words_are_no_conflict(ground: Ground) -> None:
    words = heard(Circle(CRAIOVA, 3_000.0), at_s=20, format="spoken", confidence=0.3, pdf="unknown")
    belief = fuse([heard(Circle(VASLUI, 3_000.0)), words], ground)
    assert (belief.conflict, actions(belief)) == (None, ["first", "ignored"])


@pytest.mark.parametrize("before", [heard(Circle(VASLUI, 3_000.0)), heard(None, confidence=None)])
def test_words_that_only_sound_like_a_place_move_nobody(ground: Ground, before: Evidence) -> None:
    afraid = replace(read_words("mi-e frică").report, confidence=0.8)
    belief = fuse([before, Evidence(afraid, START + timedelta(seconds=20))], ground)
    assert actions(belief)[1] == "ignored"
    assert belief.assignment.owner == fuse([before], ground).assignment.owner


def test_words_that_agree_narrow_a_wide_cell(ground: Ground) -> None:
    cell = heard(Circle(LonLat(27.4, 46.35), 12_000.0))
    village = heard(Circle(LonLat(27.33, 46.38), 1_500.0), at_s=20, format="spoken")
    belief = fuse([cell, village], ground)
    assert fuse([cell], ground).assignment.ambiguous
    assert not belief.assignment.ambiguous
    assert actions(belief) == ["first", "narrowed"]


def test_an_agreeing_report_ends_a_conflict(ground: Ground) -> None:
    near, far = Circle(VASLUI, 3_000.0), Circle(CRAIOVA, 3_000.0)
    again = Circle(CRAIOVA, 1_000.0)
    belief = fuse([heard(near), heard(far, at_s=10), heard(again, at_s=20)], ground)
    assert belief.conflict is None
    assert not belief.assignment.ambiguous


# ── age ───────────────────────────────────────────────────────────────────────
def test_an_hour_old_area_is_replaced_without_a_conflict(ground: Ground) -> None:
    belief = fuse(
        [heard(Circle(VASLUI, 3_000.0)), heard(Circle(CRAIOVA, 3_000.0), at_s=3600)], ground
    )
    assert (belief.conflict, actions(belief)) == (None, ["first", "replaced"])


def test_trust_in_the_older_area_halves_in_ten_minutes(ground: Ground) -> None:
    belief = fuse([heard(Circle(BORDER, 3_000.0)), heard(Circle(BORDER, 900.0), at_s=600)], ground)
    assert [step.trust for step in belief.steps] == pytest.approx([1.0, 0.5])


# ── the number ────────────────────────────────────────────────────────────────
def test_a_landline_prefix_raises_its_county_and_decides_nothing(ground: Ground) -> None:
    cell = Circle(LonLat(27.4, 46.35), 12_000.0)
    alone = fuse([heard(cell)], ground)
    code = alone.assignment.runner_up
    assert {alone.assignment.owner, code} == {"VS", "BC"} or code is not None
    number = heard(None, confidence=None, caller="+40235312345")
    hinted = fuse([number, heard(cell)], ground)
    assert chance(hinted, "VS") > chance(alone, "VS")
    assert actions(hinted) == ["hint", "first"]


def test_the_same_number_counts_once(ground: Ground) -> None:
    cell = Circle(LonLat(27.4, 46.35), 12_000.0)
    one = [heard(cell, caller="+40235312345")]
    two = [*one, heard(None, at_s=5, confidence=None, caller="+40235312345")]
    assert chance(fuse(two, ground), "VS") == pytest.approx(chance(fuse(one, ground), "VS"))


def test_a_prefix_never_moves_an_area_into_its_county(ground: Ground) -> None:
    belief = fuse([heard(Circle(VASLUI, 500.0), caller="+40213123456")], ground)
    assert belief.assignment.owner == "VS"


# ── sources and answers ───────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("report", "rank"),
    [
        (LocationReport("mlp", None, None, caller="+40235312345"), SourceRank.NUMBER),
        (LocationReport("spoken", Point(VASLUI), 0.9, source="CALLER"), SourceRank.CALLER),
        (LocationReport("mlp", Point(VASLUI), 0.9, source="CELL"), SourceRank.NETWORK),
        (LocationReport("aml", Point(VASLUI), 0.9, source="GNSS"), SourceRank.DEVICE),
        (LocationReport("mlp", Point(VASLUI), 0.9, source="A-GPS"), SourceRank.DEVICE),
    ],
)
def test_sources_have_a_rank(report: LocationReport, rank: SourceRank) -> None:
    assert rank_of(report) is rank


def test_a_belief_is_plain_json_with_every_step_and_its_reason(ground: Ground) -> None:
    belief = fuse([heard(Circle(VASLUI, 3e3)), heard(Circle(CRAIOVA, 3e3), at_s=10)], ground)
    answer = belief_answer(belief)
    assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert answer["conflict"]["set_aside"]["owner"] == "VS"
    assert [step["action"] for step in answer["steps"]] == ["first", "conflict_replaced"]
    assert all(set(step["reason"]) == {"ro", "en"} for step in answer["steps"])


CIRCLES = st.builds(
    Circle, st.builds(LonLat, st.floats(25.8, 26.5), st.floats(44.2, 44.7)), st.floats(50.0, 2e4)
)


@given(st.lists(st.tuples(CIRCLES, st.floats(0.0, 1800.0)), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_reports_give_a_lawful_belief(
    ground: Ground, reports: list[tuple[Circle, float]]
) -> None:
    belief = fuse([heard(shape, at_s=at) for shape, at in reports], ground)
    shares = belief.assignment.counties
    assert sum(s.population_share for s in shares) == pytest.approx(1.0)
    assert sum(s.area_share for s in shares) + belief.assignment.outside_share == pytest.approx(1.0)
    assert len(belief.steps) == len(reports)
    assert bool(belief.assignment.question) == belief.assignment.ambiguous
