"""
Writes LoST answers as XML in the element order of the schema (RFC 5222, section 15).

What the schema has no word for, how sure the owner is and what to ask, stands in
elements of our own namespace at the end of a mapping, which other clients skip.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from lxml import etree

from dispatch.location.internet.pidf_lo_shapes import GML
from dispatch.lost_protocol.model import LOST, Found, LostError, Texts, Validation

OWN = "urn:dispatch119:lost:1"
_LANG = etree.QName("http://www.w3.org/XML/1998/namespace", "lang")


class Answer:
    """A response under construction; `finish` adds what every response ends with."""

    def __init__(self, kind: str, source: str, language: str) -> None:
        self.root = etree.Element(etree.QName(LOST, kind), nsmap={None: LOST, "gml": GML})
        self._source = source
        self._language = language
        self._warnings: list[tuple[str, Texts]] = []

    def warn(self, element: str, texts: Texts) -> None:
        """Add a warning; each kind once."""
        if element not in {name for name, _ in self._warnings}:
            self._warnings.append((element, texts))

    def add(self, name: str, text: str | None = None, **attributes: str) -> etree._Element:
        """Append an element of LoST to the response."""
        return child(self.root, name, text, **attributes)

    def finish(self, path: Sequence[str], location_id: str | None = None) -> bytes:
        """Add warnings, path and the location used, and write the document."""
        if self._warnings:
            holder = self.add("warnings", source=self._source)
            for name, texts in self._warnings:
                _exception(holder, name, texts, self._language)
        vias = self.add("path")
        for source in path:
            child(vias, "via", source=source)
        if location_id is not None:
            self.add("locationUsed", id=location_id)
        return written(self.root)


def child(
    parent: etree._Element, name: str, text: str | None = None, **attributes: str
) -> etree._Element:
    """Append an element of the LoST namespace."""
    element = etree.SubElement(parent, etree.QName(LOST, name), attributes)
    element.text = text
    return element


def written(root: etree._Element) -> bytes:
    """Write a document as UTF-8, which every LoST client must read."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def errors(error: LostError, source: str, language: str) -> bytes:
    """Write an `errors` document."""
    root = etree.Element(etree.QName(LOST, "errors"), nsmap={None: LOST}, source=source)
    element = _exception(root, error.code, error.texts, language)
    if error.code == "locationProfileUnrecognized":
        element.set("unsupportedProfiles", " ".join(error.profiles))
    return written(root)


def redirect(target: str, texts: Texts, source: str, language: str) -> bytes:
    """Write a `redirect` document."""
    root = etree.Element(
        etree.QName(LOST, "redirect"), nsmap={None: LOST}, target=target, source=source
    )
    _say(root, texts, language)
    return written(root)


def _exception(parent: etree._Element, name: str, texts: Texts, language: str) -> etree._Element:
    element = child(parent, name)
    _say(element, texts, language)
    return element


def _say(element: etree._Element, texts: Texts, language: str) -> None:
    element.set("message", texts[language])
    element.set(_LANG, language)


def display_names(mapping: etree._Element, names: Texts) -> None:
    """Append the name of the service in every language."""
    for language, name in sorted(names.items()):
        child(mapping, "displayName", name).set(_LANG, language)


def validation(root: etree._Element, found: Validation) -> None:
    """Append what became of each element of a civic address."""
    holder = child(root, "locationValidation")
    for name in ("valid", "invalid", "unchecked"):
        if elements := getattr(found, name):
            child(holder, name, " ".join(elements))


def assignment(mapping: etree._Element, found: Found) -> None:
    """Append how sure the owner is, and the question to ask where it is not."""
    element = etree.SubElement(mapping, etree.QName(OWN, "assignment"), nsmap={"d": OWN})
    element.set("decidedBy", found.decided_by)
    element.set("ambiguous", "true" if found.ambiguous else "false")
    element.set("outsideShare", f"{found.outside_share:.6f}")
    for code, probability in found.shares[:6]:
        share = etree.SubElement(element, etree.QName(OWN, "county"), code=code)
        share.set("probability", f"{probability:.6f}")
    for language, text in found.question.items():
        etree.SubElement(element, etree.QName(OWN, "question")).text = text
        element[-1].set(_LANG, language)


def instant(moment: datetime) -> str:
    """Return a time as canonical xsd:dateTime in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def service_list(root: etree._Element, services: Iterable[str]) -> None:
    """Append a list of service URNs, which may be empty."""
    child(root, "serviceList", " ".join(services))
