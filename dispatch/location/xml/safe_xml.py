"""
Parses XML of strangers: no DTD, no entity, no network, bounded depth.

Operators send a DOCTYPE as a matter of course, so one is tolerated; it is never
loaded. A declaration of an entity has no honest use in a message and is refused
before a parser sees it, which closes billion laughs, quadratic blow-up and XXE
alike. Three damages of real messages are repaired: attributes without quotes,
typographic quotes, and namespaces (`xml_namespaces`).
"""

import re

from lxml import etree

from dispatch.errors import BrokenReportError, UnreadableReportError, UnsafeXmlError
from dispatch.location.base import FALLBACK_ENCODING, MAX_DEPTH, Notes
from dispatch.location.xml.namespaces import repair_namespaces
from geodata.said import said

_ENCODING = re.compile(r"<\?xml[^>]{0,200}?encoding\s*=\s*[\"'“”]?([A-Za-z0-9._-]{1,40})")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ENTITY = re.compile(r"<!\s*ENTITY", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z_][^<>]{0,600}>")
_ATTRIBUTE = re.compile(
    r"(\s[\w:.-]{1,60}=)(?:(\"[^\"]*\"|'[^']*')|([^\s\"'<>=]{1,200}?)(?=\s|/?>))"
)
_ENCODINGS = {
    "utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15",
    "iso-8859-16", "windows-1250", "windows-1252",
}  # fmt: skip
_QUOTES = str.maketrans("“”„‟″‘’‚′", '"""""\'\'\'\'')


def read_xml(raw: bytes, notes: Notes) -> etree._Element:
    """
    Parse a message and return its root element.

    Raises
    ------
    BrokenReportError
        `bad_encoding`, `truncated_message` or `malformed_xml`.
    UnsafeXmlError
        `xml_entities` or `too_deep`.
    """
    text = _DECLARATION.sub("", _decode(raw, notes).lstrip("\ufeff \t\r\n\0"))
    if _ENTITY.search(text):
        raise UnsafeXmlError(
            "xml_entities",
            said("the message declares XML entities"),
            said("send it without entity declarations; no location message needs them"),
        )
    root = _parse_repairing(text, notes)
    _check_depth(root)
    return root


def _decode(raw: bytes, notes: Notes) -> str:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return _decoded(raw, "utf-16")
    if raw[:4] in {b"<\0?\0", b"<\0!\0"} or re.match(rb"<\0[a-zA-Z]\0", raw):
        return _decoded(raw, "utf-16-le")
    if re.match(rb"\0<\0[?!a-zA-Z]", raw):
        return _decoded(raw, "utf-16-be")
    declared = _ENCODING.search(raw[:300].decode("latin-1"))
    name = declared[1].lower() if declared else "utf-8"
    if name not in _ENCODINGS | {"utf-16"}:
        raise BrokenReportError(
            "bad_encoding", said("encoding {name} is not read", name=name), said("send UTF-8")
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        fallback = name if name.startswith(("iso", "windows")) else FALLBACK_ENCODING
        if fallback != name:
            notes.add("not_utf8", "the message calls itself UTF-8 and is not")
        return raw.decode(fallback, errors="replace")


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BrokenReportError(
            "bad_encoding", said("the message is damaged UTF-16"), said("send UTF-8")
        ) from error


def _parse(text: str) -> etree._Element:
    # A new parser for each message: threads that share one would mix their error logs.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    return etree.fromstring(text.encode("utf-8", errors="replace"), parser)


def _parse_repairing(text: str, notes: Notes) -> etree._Element:
    try:
        return _parse(text)
    except etree.XMLSyntaxError as error:
        first = error
    repaired = _repaired(text, notes)
    if repaired == text:
        raise _refusal(text, first) from first
    try:
        return _parse(repaired)
    except etree.XMLSyntaxError as error:
        raise _refusal(repaired, error) from error


def _repaired(text: str, notes: Notes) -> str:
    straight = text.translate(_QUOTES)
    if straight != text:
        notes.add("smart_quotes", "typographic quotes were replaced by plain ones")
    quoted = _TAG.sub(lambda tag: _ATTRIBUTE.sub(_quote, tag[0]), straight)
    if quoted != straight:
        notes.add("unquoted_attribute", "attributes without quotes were quoted")
    return repair_namespaces(quoted, notes)


def _quote(found: re.Match[str]) -> str:
    # A quoted value is matched as a whole, so that nothing inside it is taken for an attribute.
    return found[0] if found[2] else f'{found[1]}"{found[3]}"'


def _refusal(text: str, error: etree.XMLSyntaxError) -> UnreadableReportError:
    if "Premature end" in str(error) or not text.rstrip(" \t\r\n\0").endswith(">"):
        return BrokenReportError(
            "truncated_message",
            said("the XML ends in the middle"),
            said("send the whole message; a cut-off radius or confidence would mislead"),
        )
    line = error.lineno or 1
    return BrokenReportError(
        "malformed_xml",
        said("the message is not well-formed XML (line {line:d})", line=line),
        said("check the sender"),
    )


def _check_depth(root: etree._Element) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            hint = said("at most {max_depth} levels; MLP has 12", max_depth=MAX_DEPTH)
            raise UnsafeXmlError("too_deep", said("the XML nests too deeply"), hint)
        level = [child for element in level for child in element]


def local_name(element: etree._Element) -> str:
    """Return the element's name without its namespace; empty for anything but an element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Return the first child of any of these names, whatever its namespace."""
    if element is None:
        return None
    return next((child for child in element if local_name(child) in names), None)


def find_all(element: etree._Element, *names: str) -> list[etree._Element]:
    """Return all descendants of any of these names, in document order."""
    return [found for found in element.iter() if local_name(found) in names]


def text_of(element: etree._Element | None, *names: str) -> str | None:
    """Return the stripped text of the first child of these names; None if absent or empty."""
    found = find(element, *names) if names else element
    if found is None or not found.text:
        return None
    return found.text.strip() or None
