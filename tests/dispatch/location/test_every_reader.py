"""One real message of each format: recognised by itself, read, and damaged at random."""

import pytest

from benchmarks.fuzz import check, run, seeds
from benchmarks.location import KEY, SAMPLES
from dispatch.location.reader import FORMATS, read_report


@pytest.mark.parametrize("name", SAMPLES)
def test_each_format_is_recognised(name: str) -> None:
    form, raw = SAMPLES[name]
    assert read_report(raw, hmac_key=KEY) == read_report(raw, format=form, hmac_key=KEY)
    assert read_report(raw, hmac_key=KEY).format == form


def test_every_reader_of_the_phone_and_its_network_can_be_named() -> None:
    assert {"json", "mlp", "pidf-lo", "aml", "gad", "geo", "cell", "spoken"} <= set(FORMATS)


def test_every_message_in_every_reader_gives_a_report_or_a_refusal() -> None:
    outcomes = {check(raw, name) for raw in seeds() for name in FORMATS}
    assert outcomes == {True, False}


def test_two_seconds_of_random_damage_break_nothing() -> None:
    assert run(seconds=2.0)["read"] > 0
