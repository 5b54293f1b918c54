"""
A missing-child alert as a CAP 1.2 draft for the Police: status Draft, scope Restricted.

The Police decide about zone and issue; nothing here publishes, and there is no way to ask for
another status or scope. `check_cap` holds a message against the rules of the standard
(OASIS CAP 1.2: order and number of elements, closed lists, form of times and identifiers).
The event, category and handling follow the AMBER practice: code CAE.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from lxml import etree

from dispatch.errors import HandoverRefusedError
from dispatch.words.catalogue import Catalogue, Language, load_catalogue
from geodata.areas.shapes import Circle, Point, Shape
from geodata.areas.uncertainty import outlines
from geodata.said import listed, said

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_CLOCK_SLACK = timedelta(minutes=5)
_VERTICES = 48
_LEAST_CIRCLE_KM = 0.1
_FORBIDDEN = re.compile(r"[\s,<&]")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_NUMBER = r"-?\d+(?:\.\d+)?"
_PAIR = re.compile(rf"{_NUMBER},{_NUMBER}")
_LEAST_RING = 4
_MOST_FAULTS = 5

# Name, fewest, most (None: any number), in the order of the schema.
_Rule = tuple[str, int, int | None]
_ALERT: tuple[_Rule, ...] = (
    ("identifier", 1, 1),
    ("sender", 1, 1),
    ("sent", 1, 1),
    ("status", 1, 1),
    ("msgType", 1, 1),
    ("source", 0, 1),
    ("scope", 1, 1),
    ("restriction", 0, 1),
    ("addresses", 0, 1),
    ("code", 0, None),
    ("note", 0, 1),
    ("references", 0, 1),
    ("incidents", 0, 1),
    ("info", 0, None),
)
_INFO: tuple[_Rule, ...] = (
    ("language", 0, 1),
    ("category", 1, None),
    ("event", 1, 1),
    ("responseType", 0, None),
    ("urgency", 1, 1),
    ("severity", 1, 1),
    ("certainty", 1, 1),
    ("audience", 0, 1),
    ("eventCode", 0, None),
    ("effective", 0, 1),
    ("onset", 0, 1),
    ("expires", 0, 1),
    ("senderName", 0, 1),
    ("headline", 0, 1),
    ("description", 0, 1),
    ("instruction", 0, 1),
    ("web", 0, 1),
    ("contact", 0, 1),
    ("parameter", 0, None),
    ("resource", 0, None),
    ("area", 0, None),
)
_AREA: tuple[_Rule, ...] = (
    ("areaDesc", 1, 1),
    ("polygon", 0, None),
    ("circle", 0, None),
    ("geocode", 0, None),
    ("altitude", 0, 1),
    ("ceiling", 0, 1),
)
_RESOURCE: tuple[_Rule, ...] = (
    ("resourceDesc", 1, 1),
    ("mimeType", 1, 1),
    ("size", 0, 1),
    ("uri", 0, 1),
    ("derefUri", 0, 1),
    ("digest", 0, 1),
)
_PAIRED: tuple[_Rule, ...] = (("valueName", 1, 1), ("value", 1, 1))
_ORDER = {
    "alert": _ALERT,
    "info": _INFO,
    "area": _AREA,
    "resource": _RESOURCE,
    "eventCode": _PAIRED,
    "parameter": _PAIRED,
    "geocode": _PAIRED,
}
_WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
_TIMES = frozenset({"sent", "effective", "onset", "expires"})


@dataclass(frozen=True, slots=True)
class MissingChild:
    """
    What a missing-child message says; unknown fields stay out. Romanian text.

    `missing_since` is aware; `last_seen` names the place in words, `zone` is where the Police
    might send it (EPSG:4326) and `zone_name` its name.
    """

    name: str
    missing_since: datetime
    last_seen: str
    zone_name: str
    zone: Shape | None = None
    age_years: int | None = None
    height_cm: int | None = None
    weight_kg: int | None = None
    eyes: str | None = None
    hair: str | None = None
    clothing: str | None = None
    photo_url: str | None = None


def draft_missing_child(
    child: MissingChild, *, incident: str, version: int, sender: str, sender_name: str, at: datetime
) -> bytes:
    """
    Return the draft as CAP 1.2 XML, UTF-8.

    Parameters
    ----------
    incident, version
        Make up the identifier with `sender`; characters CAP forbids become `-`.
    sender
        Identifies the directorate, e.g. its mail address.
    at
        Aware; written with its own offset.

    Raises
    ------
    HandoverRefusedError
        `naive_time`, `missing_in_future` or `bad_cap` (the text cannot be written as CAP).
    """
    if at.tzinfo is None or child.missing_since.tzinfo is None:
        raise HandoverRefusedError(
            "naive_time", said("a time without zone"), said("times are aware UTC")
        )
    if child.missing_since > at + _CLOCK_SLACK:
        hint = said("check date and hour")
        raise HandoverRefusedError("missing_in_future", said("nobody is missing since later"), hint)
    words = load_catalogue(Language.RO)
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    identifier = f"{sender}-{incident}-{version}"
    _put(root, "identifier", _FORBIDDEN.sub("-", identifier))
    _put(root, "sender", _FORBIDDEN.sub("-", sender))
    _put(root, "sent", cap_time(at))
    _put(root, "status", "Draft")
    _put(root, "msgType", "Alert")
    _put(root, "scope", "Restricted")
    _put(root, "restriction", words.word("cap.restriction"))
    _put(root, "note", words.word("cap.note"))
    _put(root, "incidents", _FORBIDDEN.sub("-", incident))
    _info(root, child, sender_name, at)
    raw: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    faults = check_cap(raw)
    if faults:
        raise HandoverRefusedError(
            "bad_cap", listed(faults[:_MOST_FAULTS], "; "), said("check the child's data")
        )
    return raw


def _info(root: etree._Element, child: MissingChild, sender_name: str, at: datetime) -> None:
    words = load_catalogue(Language.RO)
    info = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    for name, value in (
        ("language", "ro-RO"),
        ("category", "Rescue"),
        ("event", words.word("cap.event")),
        ("responseType", "Monitor"),
        ("urgency", "Immediate"),
        ("severity", "Severe"),
        ("certainty", "Likely"),
    ):
        _put(info, name, value)
    code = etree.SubElement(info, f"{{{NAMESPACE}}}eventCode")
    _put(code, "valueName", "SAME")
    _put(code, "value", "CAE")
    _put(info, "expires", cap_time(at + timedelta(hours=24)))
    _put(info, "senderName", sender_name)
    _put(info, "headline", words.word("cap.headline", person=_person(child, words)))
    _put(info, "description", _description(child, words))
    _put(info, "instruction", words.word("cap.instruction"))
    if child.photo_url:
        _put(info, "web", child.photo_url)
    _put(info, "contact", "112")
    area = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _put(area, "areaDesc", child.zone_name)
    if child.zone is not None:
        _zone(area, child.zone)


def _person(child: MissingChild, words: Catalogue) -> str:
    if child.age_years is None:
        return child.name
    return f"{child.name}, {words.word('child.age', n=child.age_years)}"


def _description(child: MissingChild, words: Catalogue) -> str:
    since = child.missing_since
    text = words.word(
        "cap.description",
        person=_person(child, words),
        # The Police read local time.
        date=words.date(since),
        time=words.time(since),
        place=child.last_seen,
    )
    facts = {
        "height": child.height_cm,
        "weight": child.weight_kg,
        "eyes": child.eyes,
        "hair": child.hair,
        "clothing": child.clothing,
    }
    known = [
        words.word(f"cap.{name}", value=value) for name, value in facts.items() if value is not None
    ]
    return f"{text} {words.word('cap.looks', list=', '.join(known))}" if known else text


def _zone(area: etree._Element, zone: Shape) -> None:
    if isinstance(zone, Circle | Point):
        km = zone.radius_m / 1000.0 if isinstance(zone, Circle) else _LEAST_CIRCLE_KM
        lon, lat = zone.center
        _put(area, "circle", f"{lat:.6f},{lon:.6f} {max(km, _LEAST_CIRCLE_KM):.3f}")
        return
    for exterior, _ in outlines(zone, vertices=_VERTICES):
        ring = [*exterior, exterior[0]]
        _put(area, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring))


def _put(parent: etree._Element, name: str, value: str) -> None:
    clean = "".join(c for c in value if c.isprintable())
    etree.SubElement(parent, f"{{{NAMESPACE}}}{name}").text = clean


def cap_time(at: datetime) -> str:
    """Return a time as CAP writes it: whole seconds, numeric offset, never `Z`."""
    return at.replace(microsecond=0).isoformat(timespec="seconds")


# ── validity ──────────────────────────────────────────────────────────────────
def check_cap(raw: bytes) -> list[str]:
    """Return every fault of a CAP 1.2 message, none when it is valid."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        return [said("no XML: {why}", why=str(error))]
    if root.tag != f"{{{NAMESPACE}}}alert":
        return [said("the root is {root}, not alert of CAP 1.2", root=root.tag)]
    return [*_faults(root), *_conditions(root)]


def _faults(element: etree._Element) -> list[str]:
    name = etree.QName(element).localname
    rules = _ORDER.get(name)
    if rules is None:
        return _value_faults(name, element.text or "")
    children = [child for child in element if isinstance(child.tag, str)]
    found = _order_faults(name, rules, [etree.QName(child).localname for child in children])
    for child in children:
        if etree.QName(child).namespace != NAMESPACE:
            found.append(said("{element} is not of CAP 1.2", element=child.tag))
        found.extend(_faults(child))
    return found


def _order_faults(parent: str, rules: Sequence[_Rule], names: Sequence[str]) -> list[str]:
    order = [rule[0] for rule in rules]
    found: list[str] = [
        said("{element} must not hold {child}", element=parent, child=name)
        for name in names
        if name not in order
    ]
    known = [order.index(name) for name in names if name in order]
    if known != sorted(known):
        found.append(said("the elements of {element} are out of order", element=parent))
    for name, fewest, most in rules:
        count = names.count(name)
        if count < fewest or (most is not None and count > most):
            found.append(
                said("{element} holds {count} {child}", element=parent, count=count, child=name)
            )
    return found


def _value_faults(name: str, text: str) -> list[str]:
    if name in _WORDS and text not in _WORDS[name].split():
        return [said("{element} {text!r} is not in its list", element=name, text=text)]
    if name in {"identifier", "sender"} and (not text or _FORBIDDEN.search(text)):
        return [said("{element} is empty or holds a blank, a comma, < or &", element=name)]
    if name in _TIMES and not _TIME.fullmatch(text):
        return [
            said(
                "{element} {text!r} is not YYYY-MM-DDThh:mm:ss with a numeric offset",
                element=name,
                text=text,
            )
        ]
    if name == "polygon":
        return _polygon_faults(text)
    if name == "circle" and not re.fullmatch(rf"{_PAIR.pattern} \d+(?:\.\d+)?", text):
        return [said("circle {text!r} is not 'lat,lon km'", text=text)]
    return []


def _polygon_faults(text: str) -> list[str]:
    pairs = text.split(" ")
    if not all(_PAIR.fullmatch(pair) for pair in pairs):
        return [said("polygon is not 'lat,lon lat,lon …'")]
    if len(pairs) < _LEAST_RING or pairs[0] != pairs[-1]:
        return [said("polygon is not closed, or has fewer than four places")]
    return []


def _conditions(root: etree._Element) -> list[str]:
    """Check what depends on another element: scope Restricted needs its restriction."""

    def has(name: str) -> bool:
        return root.find(f"{{{NAMESPACE}}}{name}") is not None

    scope = root.findtext(f"{{{NAMESPACE}}}scope")
    needed = {"Restricted": "restriction", "Private": "addresses"}.get(scope or "")
    if needed is None or has(needed):
        return []
    return [said("scope {scope} needs {element}", scope=scope, element=needed)]
