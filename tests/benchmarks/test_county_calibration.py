"""The county is right as often as is said, and the benchmark measures what it says."""

import numpy as np
import pytest

from benchmarks.calibration_oracle import answer, know_the_draw
from benchmarks.calibration_plot import Bin, Curve, interval, reliability_svg
from benchmarks.calibration_question import ask_callers
from benchmarks.calibration_scores import (
    Answers,
    bins_of,
    calibration_error,
    error_beyond_chance,
    error_by_chance,
    score,
)
from benchmarks.calibration_truth import BASE, VARIANTS, Calls, Truth, draw_calls
from benchmarks.county_calibration import ask, by_centroid, by_start, by_update
from dispatch.ground import load_ground
from dispatch.jurisdiction.policy import JurisdictionPolicy
from geodata.areas.likelihood import EdgeTrust
from geodata.reference.codes import CODES
from geodata.territories.shares import load_territories


def answers(said: list[float], right: list[bool]) -> Answers:
    return Answers(np.array(right), np.array(said), np.zeros(len(said), dtype=np.bool_))


def test_the_calibration_error_is_the_mean_gap_between_said_and_right() -> None:
    found = answers([0.9] * 10 + [0.6] * 10, [True] * 8 + [False] * 2 + [True] * 6 + [False] * 4)
    assert calibration_error(bins_of(found)) == pytest.approx(0.5 * 0.1 + 0.5 * 0.0)


def drawn_answers(count: int, off: float, seed: int) -> Answers:
    """Answers between 0.5 and 0.9 that are right more often than they say by `off`."""
    random = np.random.default_rng(seed)
    said = 0.5 + 0.4 * random.random(count)
    return Answers(random.random(count) < said + off, said, np.zeros(count, dtype=np.bool_))


@pytest.mark.parametrize("count", [300, 1_000, 4_000])
def test_where_every_word_is_true_the_error_is_chance(count: int) -> None:
    drawn = [drawn_answers(count, 0.0, seed) for seed in range(30)]
    chance = error_by_chance(drawn[0])
    errors = [calibration_error(bins_of(found)) for found in drawn]
    assert float(np.mean(errors)) == pytest.approx(chance, rel=0.2)
    beyond = [error_beyond_chance(found) for found in drawn]
    assert abs(float(np.mean(beyond))) < 0.25 * chance


@pytest.mark.parametrize(("off", "seed"), [(0.06, 4), (-0.06, 5), (0.09, 6)])
def test_what_is_not_chance_is_beyond_it(off: float, seed: int) -> None:
    found = drawn_answers(4_000, off, seed)
    assert error_beyond_chance(found) == pytest.approx(abs(off), abs=0.02)
    assert error_by_chance(found) < 0.025


def test_a_score_counts_the_sure_ones_apart() -> None:
    found = score("x", answers([0.99, 0.95, 0.5], [True, False, False]))
    assert (found.wrong, found.sure) == pytest.approx((2 / 3, 2 / 3))
    assert found.right_when_sure == 0.5


def test_drawn_cells_have_the_sizes_known_of_romania() -> None:
    calls = draw_calls(BASE, 2_000, seed=5)
    assert (calls.cell_km2 > 12.5).mean() == pytest.approx(0.58, abs=0.04)
    assert (calls.cell_km2 > 50.0).mean() == pytest.approx(0.25, abs=0.04)


def test_drawn_callers_are_where_the_truth_says_and_the_same_each_time() -> None:
    calls, again = draw_calls(BASE, 200, seed=5), draw_calls(BASE, 200, seed=5)
    assert (calls.reports, calls.updates) == (again.reports, again.updates)
    found = load_territories().find_many(calls.lons, calls.lats)
    assert (found == calls.counties).all()
    assert {CODES[code][0] for code in calls.counties} > {"B", "C"}


@pytest.fixture(scope="module")
def calls() -> Calls:
    return draw_calls(BASE, 1_500, seed=101)


def middle_gap(found: Answers) -> float:
    """How much surer than right the answers between 0.5 and 0.95 are."""
    unsure = (found.said >= 0.5) & (found.said < 0.95)
    return float(found.said[unsure].mean() - found.right[unsure].mean())


def test_the_county_is_right_as_often_as_is_said(calls: Calls) -> None:
    found = ask(calls, len(calls.lons), by_start)
    result = score("one area", found, by_centroid(calls, len(calls.lons)).wrong)
    assert result.ece is not None
    assert result.fewer is not None
    assert result.right_when_sure is not None
    assert result.ece <= 0.02
    assert abs(middle_gap(found)) <= 0.07
    assert result.right_when_sure >= 0.985
    assert result.fewer > 0.05


def surprise(calls: Calls, count: int, policy: JurisdictionPolicy) -> float:
    """Mean of -ln(probability given to the true county): least when that is the true one."""
    found = []
    for i in range(count):
        chances = {c.code: c.population_share for c in by_start(calls, i, policy).counties}
        found.append(-np.log(max(chances.get(CODES[calls.counties[i]], 0.0), 1e-4)))
    return float(np.mean(found))


@pytest.mark.parametrize(
    "trust",
    [
        # Stated confidence taken for more than it is, and nobody beyond an edge.
        EdgeTrust(discount=-0.3, most=0.9999, tail=0.02, steps=0.02),
        # Areas hardly believed at all.
        EdgeTrust(discount=0.9, tail=2.0),
    ],
)
def test_the_trust_in_edges_is_better_than_too_much_or_too_little(
    calls: Calls, trust: EdgeTrust
) -> None:
    wrong = surprise(calls, 500, JurisdictionPolicy(trust=trust))
    assert wrong > 1.05 * surprise(calls, 500, JurisdictionPolicy())


def test_fused_reports_are_right_as_often_as_is_said(calls: Calls) -> None:
    found = score("fused", ask(calls, 150, by_update))
    assert found.ece is not None
    assert found.ece <= 0.03
    assert found.wrong <= 0.04


@pytest.mark.parametrize("truth", VARIANTS, ids=lambda truth: str(truth.name))
def test_every_truth_draws_areas_near_their_callers(truth: Truth) -> None:
    drawn = draw_calls(truth, 100, seed=3)
    assert len(drawn.reports) == len(drawn.updates) == 100
    assert by_centroid(drawn, 100).wrong < 0.2


def test_who_knows_the_draw_is_not_beaten_by_the_centroid(calls: Calls) -> None:
    known = know_the_draw(BASE, calls.world, 100_000)
    found = [int(answer(known, report).argmax()) for report in calls.reports[:500]]
    wrong = float(np.mean(np.array(found) != calls.counties[:500]))
    assert wrong < by_centroid(calls, 500).wrong


def test_the_answer_to_the_question_leads_to_the_right_county(calls: Calls) -> None:
    asking = ask_callers(calls, 700, load_ground())
    assert asking.calls > 30
    assert asking.right_listed > 0.9
    assert asking.after > asking.before + 0.05


def test_the_plot_is_one_file_with_a_circle_per_bin_of_twenty_calls() -> None:
    bins = [Bin(3, 0.4, 0.0), Bin(30, 0.5, 0.6), Bin(90, 0.95, 0.94)]
    plot = reliability_svg([Curve("ours", bins)], [Curve("other", bins)], "title", "below")
    assert plot.count("<circle") == 2
    assert plot.count("<polyline") == 2
    assert plot.startswith("<svg")
    assert "http" not in plot.replace("http://www.w3.org/2000/svg", "")


def test_an_interval_holds_its_share() -> None:
    low, high = interval(0.9, 50)
    assert low < 0.9 < high <= 1.0
