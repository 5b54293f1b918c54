"""Areas made to be expensive: what a stranger sends costs little, whatever its outline is."""

import json
import math
import random
import time
from contextlib import suppress

import pytest

from dispatch.location.reader import read_report
from geodata.errors import BadShapeError, RefusedError

Ring = list[list[float]]


def star(corners: int) -> Ring:
    """Corners at random: nearly every edge crosses every other."""
    chance = random.Random(corners)
    return [[26.1 + chance.uniform(-0.05, 0.05), 44.4 + chance.uniform(-0.05, 0.05)]
            for _ in range(corners)]  # fmt: skip


def wavy(corners: int) -> Ring:
    """A valid outline."""
    turns = [2 * math.pi * i / corners for i in range(corners)]
    return [[26.1 + 0.05 * math.cos(a), 44.4 + 0.05 * math.sin(a) + 0.001 * math.sin(20 * a)]
            for a in turns]  # fmt: skip


def sliver(corners: int) -> Ring:
    """A valid outline but for two corners that changed places."""
    ring = wavy(corners)
    middle = corners // 2
    ring[middle], ring[middle + 1] = ring[middle + 1], ring[middle]
    return ring


def fan(corners: int) -> Ring:
    """Back to the same place after every other corner."""
    return [place for one in wavy(corners // 2) for place in ([26.1, 44.4], one)]


def nested_holes(count: int) -> list[Ring]:
    return [
        [[26.1 - d, 44.4 - d], [26.1 + d, 44.4 - d], [26.1, 44.4 + d]]
        for d in (0.04 * i / count for i in range(1, count))
    ]


def comb(teeth: int, *, lying: bool) -> Ring:
    width = 0.1 / teeth
    bars = [
        [[a, 44.32], [a, 44.4], [a + 0.4 * width, 44.4], [a + 0.4 * width, 44.32]]
        for a in (26.05 + width * i for i in range(teeth))
    ]
    ring = [[26.05, 44.31], *(place for bar in bars for place in bar), [26.15, 44.31]]
    # Turned on its side, every tooth crosses every tooth of the other.
    return [[26.05 + (y - 44.31), 44.31 + (x - 26.05)] for x, y in ring] if lying else ring


def message(kind: str, coordinates: object) -> bytes:
    return json.dumps({"shape": {"type": kind, "coordinates": coordinates}}).encode()


def closed(ring: Ring) -> Ring:
    return [*ring, ring[0]]


def polygon(ring: Ring, holes: list[Ring] = []) -> bytes:  # noqa: B006 - never changed
    return message("Polygon", [closed(ring), *map(closed, holes)])


def combs(teeth: int) -> bytes:
    parts = [[closed(comb(teeth, lying=lying))] for lying in (False, True)]
    return message("MultiPolygon", parts)


def cpu_s(raw: bytes) -> float:
    began = time.process_time()
    with suppress(RefusedError):
        read_report(raw)
    return time.process_time() - began


WILD = {
    "star of 50": polygon(star(50)),
    "star of 400": polygon(star(400)),
    "star of 9000": polygon(star(9000)),
    "fan of 2000": polygon(fan(2000)),
    "2000 holes in each other": polygon(wavy(100), nested_holes(2000)),
    "combs of 300": combs(300),
}


@pytest.mark.parametrize("raw", WILD.values(), ids=WILD.keys())
def test_a_wild_area_is_refused(raw: bytes) -> None:
    with pytest.raises(BadShapeError) as refused:
        read_report(raw)
    assert refused.value.code in {"self_intersecting", "bad_polygon"}


@pytest.mark.parametrize("raw", WILD.values(), ids=WILD.keys())
def test_refusing_it_costs_no_more_than_reading_a_good_area_of_many_corners(raw: bytes) -> None:
    # Ten seconds and more before there was a bound; a ratio, so that a busy machine may be slow.
    good = max(min(cpu_s(polygon(wavy(9000))) for _ in range(3)), 0.02)
    assert min(cpu_s(raw) for _ in range(3)) < 20 * good


@pytest.mark.parametrize("corners", [20, 400, 9000])
def test_a_sliver_is_still_mended(corners: int) -> None:
    report = read_report(polygon(sliver(corners)))
    assert "polygon_mended" in {warning.code for warning in report.warnings}


@pytest.mark.parametrize("corners", [20, 400, 9000])
def test_a_good_area_of_many_corners_is_read(corners: int) -> None:
    report = read_report(polygon(wavy(corners)))
    assert report.shape is not None
    assert "polygon_mended" not in {warning.code for warning in report.warnings}


def test_many_parts_around_one_place_are_joined() -> None:
    rings = [[closed([[26.1 + 0.001 * i + 0.05 * math.cos(a), 44.4 + 0.05 * math.sin(a)]
                      for a in (2 * math.pi * k / 90 for k in range(90))])]
             for i in range(100)]  # fmt: skip
    assert read_report(message("MultiPolygon", rings)).shape is not None
