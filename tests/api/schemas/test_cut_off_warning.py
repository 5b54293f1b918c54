"""A closure that cuts places off says so in both languages."""

import pytest

from api.schemas.road_closures import MeantAnswer, cut_off_warning


def warned(count: int, share: float) -> dict[str, str]:
    return dict(cut_off_warning(MeantAnswer(cut_off_nodes=count, cut_off_share=share)) or {})


def test_nothing_cut_off_is_no_warning() -> None:
    assert cut_off_warning(MeantAnswer()) is None


@pytest.mark.parametrize(
    ("count", "romanian", "english"),
    [
        (1, "1 intersecție (2,3 % din hartă) rămâne", "1 junction (2.3 % of the map)"),
        (2, "2 intersecții (2,3 % din hartă) rămân", "2 junctions (2.3 % of the map)"),
        (20, "20 de intersecții (2,3 % din hartă) rămân", "20 junctions (2.3 % of the map)"),
        (1234, "1.234 de intersecții", "1,234 junctions"),
    ],
)
def test_the_junctions_are_counted_with_their_share(
    count: int, romanian: str, english: str
) -> None:
    warning = warned(count, 0.0234)
    assert f"rețeaua: {romanian}" in warning["ro"]
    assert f"network: {english}" in warning["en"]


def test_a_tiny_share_is_not_written_as_nothing() -> None:
    assert "(< 0,1 % din hartă)" in warned(3, 0.0004)["ro"]
    assert "(< 0.1 % of the map)" in warned(3, 0.0004)["en"]
