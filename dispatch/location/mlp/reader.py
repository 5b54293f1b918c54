"""
Reads OMA MLP 3.x answers about a caller: `emerep`, `eme_lia` and their standard twins.

Bare or inside `svc_result`, in any namespace, with any DOCTYPE (never loaded).
Quirks of real messages and what becomes of them: docs/location-formats.md.

Standard: OMA-TS-MLP-V3_5; shapes follow its section 5.3 (as 3GPP TS 23.032).
"""

import re
from datetime import UTC, datetime

from lxml import etree

from dispatch.errors import UnreadableReportError
from dispatch.location import areas
from dispatch.location.base import Envelope, Notes, check_clock, clean_text
from dispatch.location.confidence import read_percent
from dispatch.location.internet.held import reference_extras
from dispatch.location.mlp.names import restore_names
from dispatch.location.mlp.results import note_result
from dispatch.location.mlp.shapes import read_shape
from dispatch.location.mlp.values import read_time
from dispatch.location.xml.safe_xml import find, find_all, local_name, read_xml, text_of
from dispatch.model import LocationReport
from geodata.errors import RefusedError
from geodata.numbering import read_number
from geodata.said import said

ANSWERS = frozenset(
    {"emerep", "eme_lia", "eme_lirep", "slia", "slirep", "slrep", "slra", "tlra", "tlrep", "gem"}
)
_POSITIONS = ("eme_pos", "pos", "trl_pos")
_NUMBER_TYPES = {"MSISDN", "TEL_URL", "EME_MSID", "MDN"}
_CELL_FIELDS = ("mcc", "mnc", "lac", "tac", "cellid", "sac", "lte_ci", "nr_ci")
_CELL_HOLDERS = (
    "serving_cell", "servingcell", "cgi", "sai", "ecgi", "ncgi", "gsm_net_param",
    "wcdma_net_param", "cdma_net_param", "lte_net_param", "nr_net_param",
)  # fmt: skip
_CELL_KINDS = {"sac": "sai", "lte_ci": "ecgi", "nr_ci": "ncgi"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MlpParser:
    """The reader for `--format mlp`."""

    name = "mlp"

    def recognises(self, head: str, content_type: str) -> bool:
        """Take all XML: this reader comes last, and names what it does not know."""
        return head.startswith("<") or "xml" in content_type

    def read(self, envelope: Envelope) -> LocationReport:
        """Read one answer; of several positions the newest one with an area counts."""
        notes = Notes()
        root = read_xml(envelope.raw, notes)
        restore_names(root, notes)
        answer = _answer(root)
        areas.check_point_count(len(find_all(answer, "coord")))
        positions = find_all(answer, *_POSITIONS)
        if not positions:
            return _without_position(answer, notes)
        position = _newest(positions, notes)
        return _report(answer, position, envelope, notes)


# ── the document ──────────────────────────────────────────────────────────────
def _answer(root: etree._Element) -> etree._Element:
    found = root if local_name(root) in ANSWERS else None
    if local_name(root) == "svc_result":
        found = find(root, *ANSWERS)
    if found is not None:
        return found
    if local_name(root) == "svc_init":
        hint = said("send the answer (svc_result), not the request")
        raise UnreadableReportError("not_an_answer", said("the message asks for a location"), hint)
    raise UnreadableReportError(
        "unknown_format",
        said("XML of the kind {root!r:.40} is not read", root=local_name(root)),
        said("send OMA MLP: svc_result, emerep or eme_lia"),
    )


def _without_position(answer: etree._Element, notes: Notes) -> LocationReport:
    result = _result(answer, notes)
    if result is None:
        notes.add("no_location", "the answer holds neither a position nor a result")
    return LocationReport("mlp", None, None, result_code=result, warnings=notes.all())


def _newest(positions: list[etree._Element], notes: Notes) -> etree._Element:
    if len(positions) > 1:
        notes.add("several_positions", f"of {len(positions)} positions the newest one was taken")

    def order(position: etree._Element) -> tuple[bool, bool, datetime]:
        pd = find(position, "pd")
        at = read_time(find(pd, "time"), Notes()) or _LONG_AGO
        return find(pd, "shape") is not None, position.get("result_type") != "INTERMEDIATE", at

    return max(positions, key=order)


def _result(element: etree._Element | None, notes: Notes) -> str | None:
    found = find(element, "result")
    if found is None:
        return None
    code = clean_text(found.get("resid") or found.text or "unknown", limit=40)
    code = code.lstrip("0") or "0" if code.isascii() and code.isdigit() else code
    note_result(code, notes)
    return code


def _report(
    answer: etree._Element, position: etree._Element, envelope: Envelope, notes: Notes
) -> LocationReport:
    pd, failure = find(position, "pd"), find(position, "poserr")
    measured_at = read_time(find(pd if pd is not None else failure, "time"), notes)
    check_clock(measured_at, envelope.received_at, notes)
    shape = read_shape(pd, notes)
    result = _result(failure, notes)
    stated = text_of(pd, "lev_conf")
    confidence = None if shape is None else read_percent(stated, notes, name="lev_conf")
    reference = reference_extras(_references(position))
    if reference and shape is None:
        notes.add("location_by_reference", "the answer holds an address where the location is")
    elif shape is None and result is None:
        notes.add("no_location", "the message holds no area")
    source = position.get("pos_method")
    trigger = next((event.get("eme_trigger") for event in find_all(answer, "eme_event")), None)
    return LocationReport(
        format="mlp",
        shape=shape,
        confidence=confidence,
        caller=_caller(position, notes),
        measured_at=measured_at,
        source=clean_text(source) if source else None,
        trigger=clean_text(trigger) if trigger else None,
        result_code=result,
        warnings=notes.all(),
        extras={**_extras(answer, position, pd), **reference},
    )


def _references(position: etree._Element) -> list[str]:
    """Return the addresses (`location_uri`, MLP 3.5) that stand where an area should."""
    found = (text_of(uri) for uri in find_all(position, "location_uri"))
    return [clean_text(text, limit=500) for text in found if text]


# ── who and where else ────────────────────────────────────────────────────────
def _caller(position: etree._Element, notes: Notes) -> str | None:
    for msid in find_all(position, "msid"):
        text = text_of(msid)
        kind = (msid.get("type") or "MSISDN").upper()
        if text is None or kind not in _NUMBER_TYPES:
            continue
        if (msid.get("enc") or "ASC").upper() == "CRP":
            notes.add("number_encrypted", "the caller's number is encrypted and was left out")
            continue
        try:
            return read_number(_international(text[:64])).e164
        except RefusedError:
            # A place is worth more than the number beside it.
            notes.add("bad_number", "the caller's number cannot be read and was left out")
    return None


def _international(text: str) -> str:
    """Give an MSISDN the plus sign that MLP leaves out; national forms stay."""
    digits = re.sub(r"[^\d+]", "", text.lower().removeprefix("tel:"))
    is_bare = digits.isdigit() and len(digits) > 9 and not digits.startswith("0")
    return f"+{digits}" if is_bare else digits


def _cell(position: etree._Element) -> dict[str, str]:
    """Return the first cell that is named, whichever element of which network holds it."""
    for holder in find_all(position, *_CELL_HOLDERS):
        leaves = {name: find_all(holder, name)[:1] for name in _CELL_FIELDS}
        texts = {
            name: text for name, found in leaves.items() for e in found if (text := text_of(e))
        }
        numbers = [name for name in texts if name not in {"mcc", "mnc"}]
        if "mcc" in texts and "mnc" in texts and numbers:
            kinds = (kind for name, kind in _CELL_KINDS.items() if name in texts)
            kind = next(kinds, "")
            extras = {"cell": clean_text("-".join(texts.values()), limit=60)}
            return extras | ({"cell_kind": kind} if kind else {})
    return {}


def _extras(
    answer: etree._Element, position: etree._Element, pd: etree._Element | None
) -> dict[str, str]:
    extras: dict[str, str] = {"service": local_name(answer)}
    if version := answer.get("ver"):
        extras["version"] = clean_text(version, limit=20)
    if result_type := position.get("result_type"):
        extras["result_type"] = clean_text(result_type, limit=20)
    extras |= _cell(position)
    for advance in find_all(position, "ta")[:1]:
        extras["timing_advance"] = clean_text(advance.text or "", limit=10)
    for line in find_all(pd if pd is not None else position, "civicloc_element")[:20]:
        name = clean_text(line.get("element_type") or "LOC", limit=20)
        extras[f"civic_{name}"] = clean_text(line.text or "")
    return extras
