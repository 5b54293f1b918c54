"""Coordinates as people type them in the console."""

import pytest

from tests.maps.test_drawing import call


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("44.4321, 26.1012", (44.4321, 26.1012)),
        ("26.1012 44.4321", (44.4321, 26.1012)),
        ("44,4321 26,1012", (44.4321, 26.1012)),
        ("44.4321;26.1012", (44.4321, 26.1012)),
        ("44.4321° N, 26.1012° E", (44.4321, 26.1012)),
        ("47,26.5", (47.0, 26.5)),
        ("44.4321", None),
        ("44.4321, 26.1012, 5", None),
        ("12.1, 13.2", None),
        ("44.4321, 44.4321", None),
        ("strada 44, nr 26", None),
        ("", None),
    ],
)
def test_two_numbers_of_the_country_are_a_place(
    text: str, place: tuple[float, float] | None
) -> None:
    found = call("console/coordinates.js", "readCoordinates", text)
    assert (found and (found["lat"], found["lng"])) == place
