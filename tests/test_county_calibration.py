"""The calibration benchmark measures what it says: its measures, its cells, a small run."""

import numpy as np
import pytest

from benchmarks.calibration_plot import Bin, interval, reliability_svg
from benchmarks.calibration_truth import BASE, draw_calls
from benchmarks.county_calibration import Answers, bins_of, calibration_error, run, score
from geodata.reference.codes import CODES
from geodata.territories import load_territories


def answers(said: list[float], right: list[bool]) -> Answers:
    return Answers(np.array(right), np.array(said), np.zeros(len(said), dtype=np.bool_))


def test_the_calibration_error_is_the_mean_gap_between_said_and_right() -> None:
    found = answers([0.9] * 10 + [0.6] * 10, [True] * 8 + [False] * 2 + [True] * 6 + [False] * 4)
    assert calibration_error(bins_of(found)) == pytest.approx(0.5 * 0.1 + 0.5 * 0.0)


def test_a_score_counts_the_sure_ones_apart() -> None:
    found = score("x", answers([0.99, 0.95, 0.5], [True, False, False]))
    assert (found.wrong, found.sure) == pytest.approx((2 / 3, 2 / 3))
    assert found.right_when_sure == 0.5


def test_drawn_cells_have_the_sizes_known_of_romania() -> None:
    calls = draw_calls(BASE, 4_000, seed=5)
    assert (calls.cell_km2 > 12.5).mean() == pytest.approx(0.58, abs=0.03)
    assert (calls.cell_km2 > 50.0).mean() == pytest.approx(0.25, abs=0.03)


def test_drawn_callers_are_where_the_truth_says_and_the_same_each_time() -> None:
    calls, again = draw_calls(BASE, 200, seed=5), draw_calls(BASE, 200, seed=5)
    assert (calls.reports, calls.updates) == (again.reports, again.updates)
    found = load_territories().find_many(calls.lons, calls.lats)
    assert (found == calls.counties).all()
    assert {CODES[code][0] for code in calls.counties} > {"B", "C"}


def test_a_small_run_is_right_most_of_the_time() -> None:
    rows = {row.name: row for row in run(calls=120, seed=7)}
    assert rows["dispatch119"].wrong < 0.15
    assert rows["landline prefix alone (every call from a landline)"].wrong > 0.1


def test_the_plot_is_one_file_with_a_circle_per_bin_of_twenty_calls() -> None:
    plot = reliability_svg(
        [Bin(3, 0.4, 0.0), Bin(30, 0.5, 0.6), Bin(90, 0.95, 0.94)], "title", "below"
    )
    assert plot.count("<circle") == 2
    assert plot.startswith("<svg")
    assert "http" not in plot.replace("http://www.w3.org/2000/svg", "")


def test_an_interval_holds_its_share() -> None:
    low, high = interval(0.9, 50)
    assert low < 0.9 < high <= 1.0
