"""XML of strangers: entity attacks, outside files, depth, encodings."""

import time
from pathlib import Path

import pytest

from dispatch.location.base import Notes
from dispatch.location.reader import read_report
from dispatch.location.xml.safe_xml import local_name, read_xml
from geodata.errors import RefusedError

LAUGHS = (
    '<!DOCTYPE svc_result [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(10))
    + "]><svc_result>&k;</svc_result>"
)
QUADRATIC = f'<!DOCTYPE a [<!ENTITY q "{"x" * 50_000}">]><a>{"&q;" * 50_000}</a>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><emerep><a>&x;</a></emerep>'
PARAMETER = '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://192.0.2.1/x.dtd"> %p;]><emerep/>'


def code_of(raw: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        read_report(raw)
    return caught.value.code


@pytest.mark.parametrize("attack", [LAUGHS, QUADRATIC, OUTSIDE, PARAMETER])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_entities_are_refused_at_once_in_every_encoding(attack: str, encoding: str) -> None:
    start = time.thread_time()
    assert code_of(attack.encode(encoding)) == "xml_entities"
    assert time.thread_time() - start < 0.2


def test_an_undeclared_entity_is_not_resolved() -> None:
    assert code_of(b"<emerep><a>&unknown;</a></emerep>") in {"malformed_xml", "unknown_format"}


def test_a_doctype_is_tolerated_and_never_loaded(tmp_path: Path) -> None:
    dtd = tmp_path / "bomb.dtd"
    dtd.write_text('<!ENTITY boom "boom">', encoding="utf-8")
    root = read_xml(f'<!DOCTYPE gem SYSTEM "{dtd}"><gem/>'.encode(), Notes())
    assert local_name(root) == "gem"
    assert root.getroottree().docinfo.externalDTD is None


def test_an_entity_of_a_doctype_that_is_not_loaded_stays_unknown(tmp_path: Path) -> None:
    dtd = tmp_path / "bomb.dtd"
    dtd.write_text('<!ENTITY boom "boom">', encoding="utf-8")
    root = read_xml(f'<!DOCTYPE gem SYSTEM "{dtd}"><gem>&boom;</gem>'.encode(), Notes())
    assert "boom" not in (root.text or "")


@pytest.mark.parametrize("levels", [41, 200, 50_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    body = b"<a>" * levels + b"</a>" * levels
    assert code_of(body) in {"too_deep", "malformed_xml"}


def test_one_level_too_many_is_called_so() -> None:
    assert code_of(b"<a>" * 41 + b"</a>" * 41) == "too_deep"


def test_a_foreign_encoding_is_refused() -> None:
    assert code_of(b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><gem/>') == "bad_encoding"


def test_damaged_utf16_is_refused() -> None:
    assert code_of(b"\xff\xfe<\0g\0e\0m\0>\0\x00\xd8<") == "bad_encoding"


def test_latin_text_that_calls_itself_utf8_is_read_with_a_warning() -> None:
    notes = Notes()
    read_xml(b'<?xml version="1.0" encoding="UTF-8"?><gem>\xfe\xba</gem>', notes)
    assert [warning.code for warning in notes.all()] == ["not_utf8"]


@pytest.mark.parametrize(
    "hostile",
    [b"<a " + b"x=y " * 200_000, b"<a" + b" " * 900_000, b"<" * 900_000, b"<a x=" * 150_000],
)
def test_repairing_hostile_text_stays_quick(hostile: bytes) -> None:
    start = time.thread_time()
    code_of(hostile)
    assert time.thread_time() - start < 2.0


def test_quotes_inside_a_value_are_not_taken_for_attributes() -> None:
    root = read_xml(b"<gem ver=3.4.0 note='a b=c d'/>", Notes())
    assert dict(root.attrib) == {"ver": "3.4.0", "note": "a b=c d"}
