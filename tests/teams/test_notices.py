import json

import pytest

from teams.notices import Notice, read_notices


def test_a_change_is_read_with_every_county_that_may_hear_of_it() -> None:
    payload = '{"k":"incident","id":"i1","county":"B3","counties":["IF"],"v":2}'
    assert read_notices(payload) == [Notice("incident", "i1", "B3", frozenset({"B3", "IF"}), 2)]


def test_positions_come_together_and_are_read_one_by_one() -> None:
    row = {"id": "t1", "county": "B3", "lon": 26.1, "lat": 44.4, "heading": 90.0, "speed": 8.0}
    rows = [row, row | {"id": "t2", "fix_at": "2026-03-14T23:00:00+00:00"}]
    first, second = read_notices(json.dumps({"k": "positions", "items": rows}))
    assert first.position == {
        "team_id": "t1", "lon": 26.1, "lat": 44.4,
        "heading_deg": 90.0, "speed_ms": 8.0, "fix_at": None,
    }  # fmt: skip
    assert second.position is not None
    assert second.position["fix_at"] == "2026-03-14T23:00:00+00:00"


@pytest.mark.parametrize("payload", ["", "7", "{}", '{"k":"x"}', "[1]", "not json"])
def test_a_strange_notice_is_refused_in_one_way(payload: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_notices(payload)
