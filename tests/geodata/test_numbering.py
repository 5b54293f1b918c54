"""What a number says about a place, and what it does not."""

import pytest

from geodata.numbering import BadNumberError, mobile_networks, read_number

CAPITAL = ("B1", "B2", "B3", "B4", "B5", "B6", "IF")


@pytest.mark.parametrize(
    ("text", "e164", "kind", "counties"),
    [
        ("021 312 34 56", "+40213123456", "landline", CAPITAL),
        ("0312-123.456", "+40312123456", "landline", CAPITAL),
        ("0235 311 234", "+40235311234", "landline", ("VS",)),
        ("0335 311 234", "+40335311234", "landline", ("VS",)),
        ("tel:+40264123456", "+40264123456", "landline", ("CJ",)),
        ("0040723123456", "+40723123456", "mobile", ()),
        ("0372 126 100", "+40372126100", "nomadic", ()),
        ("+447400123456", "+447400123456", "mobile", ()),
        ("119", "119", "short", ()),
    ],
)
def test_number_is_read(text: str, e164: str, kind: str, counties: tuple[str, ...]) -> None:
    number = read_number(text)
    assert (number.e164, number.kind, number.counties) == (e164, kind, counties)


def test_possible_but_unassigned_number_is_unknown_and_no_hint() -> None:
    number = read_number("+40999123456")
    assert (number.kind, number.counties) == ("unknown", ())


@pytest.mark.parametrize("text", ["", "abc", "12", "9" * 100, "+40", "072312345a6789012345"])
def test_what_is_no_number_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(BadNumberError) as refused:
        read_number(text)
    assert refused.value.code == "bad_number"
    assert not text or text not in refused.value.message


def test_mask_shows_country_and_last_three_digits() -> None:
    assert read_number("0723 456 123").mask == "+40••••••123"


def test_network_codes_keep_their_leading_zero() -> None:
    assert mobile_networks()["226", "01"].brand == "Vodafone"
    assert ("226", "1") not in mobile_networks()
