"""
Cell identities: what a network calls the cell in which a phone is.

    CGI   mcc-mnc-lac-ci     GSM, UMTS    lac and ci of 16 bits (UMTS also 28: RNC and cell)
    SAI   mcc-mnc-lac-sac    UMTS         a service area, as a rule numbered like its cell
    ECGI  mcc-mnc-eci        LTE          28 bits: eNodeB (20) and cell (8)
    NCGI  mcc-mnc-nci        5G           36 bits

The network code is text: 01 is Vodafone Romania, and 1 is nobody (3GPP TS 23.003).
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from dispatch.errors import UnreadableReportError
from geodata.said import said


class CellKind(IntEnum):
    """How an identity is built; the numbers are part of the key in a cell table."""

    CGI = 0
    ECGI = 1
    NCGI = 2
    SAI = 3


_BITS = {CellKind.CGI: 28, CellKind.SAI: 16, CellKind.ECGI: 28, CellKind.NCGI: 36}
# The largest numbers of 16 and 24 bits, and the one below each: "deleted" and "not known".
_NO_AREAS = {0, 0xFFFE, 0xFFFF, 0xFFFFFE, 0xFFFFFF}
# What programs write into a field of 28, 31 or 32 bits for "not known".
_NO_CELLS = {0xFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF}
_TEXT = re.compile(
    r"(?:(?P<kind>cgi|sai|ecgi|ncgi|cell)[:=]\s*)?"
    r"(?P<mcc>\d{3})[-,\s](?P<mnc>\d{2,3})[-,\s](?P<first>\d{1,11})(?:[-,\s](?P<last>\d{1,11}))?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CellIdentity:
    """
    One cell; `area` is the LAC, or the tracking area where it is known.

    `mcc` has three digits and `mnc` two or three, both as text.
    """

    kind: CellKind
    mcc: str
    mnc: str
    area: int | None
    cell: int

    @property
    def text(self) -> str:
        """The identity as it is written, `226-05-703-26034`."""
        middle = "" if self.area is None else f"{self.area}-"
        return f"{self.mcc}-{self.mnc}-{middle}{self.cell}"

    @property
    def is_placeholder(self) -> bool:
        """
        Whether a number in it only says that none is known: 0, the largest one, or "deleted".

        A LAC or TAC of FFFE means that the phone has none (3GPP TS 23.003, section 4.1).
        """
        no_cell = {0, (1 << _BITS[self.kind]) - 1, *_NO_CELLS}
        if self.kind in {CellKind.CGI, CellKind.SAI}:
            no_cell.add(0xFFFF)
        return self.cell in no_cell or self.area in _NO_AREAS or self.mcc in {"000", "999"}

    @property
    def key(self) -> int:
        """
        One number below 2^63 that stands for the cell whatever the notation.

        LTE and 5G cells are unique in their network without the tracking area; UMTS
        cells of 28 bits are told apart by LAC and their lower 16 bits, as in a CGI.
        """
        network = network_number(self.mcc, self.mnc)
        if self.kind in {CellKind.ECGI, CellKind.NCGI}:
            return self.kind << 58 | network << 36 | self.cell
        return network << 36 | (self.area or 0) << 16 | self.cell & 0xFFFF


def network_number(mcc: str, mnc: str) -> int:
    """Return mcc and mnc as one number in which 01 and 001 differ."""
    return int(mcc) << 12 | int(mnc) + (1000 if len(mnc) == 3 else 0)


def read_mnc(text: str) -> str:
    """Return a network code of at least two digits: lists of whole numbers write 1 for 01."""
    return text.zfill(2)


def identity(kind: CellKind, network: tuple[str, str], area: int | None, cell: int) -> CellIdentity:
    """
    Build an identity from untrusted numbers.

    Raises
    ------
    UnreadableReportError
        `bad_cell`: a number beyond the bits the standard gives it.
    """
    largest = 0xFFFFFF if kind in {CellKind.ECGI, CellKind.NCGI} else 0xFFFF
    if cell >> _BITS[kind] or (area is not None and not 0 <= area <= largest):
        hint = said("lac of 16 bits, ci of 16 or 28, eci of 28, nci of 36")
        raise UnreadableReportError("bad_cell", said("this is no {kind}", kind=kind.name), hint)
    return CellIdentity(kind, network[0], read_mnc(network[1]), area, cell)


def read_identity(text: str, kind: CellKind | None = None) -> CellIdentity:
    """
    Read `226-05-703-26034`, `ecgi:226-05-26034200` and the like.

    Four numbers with a cell above 16 bits are an LTE cell after its tracking area, as
    networks write it; three numbers are an ECGI, or an NCGI where they need its bits.

    Raises
    ------
    UnreadableReportError
        `bad_cell`.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        hint = said("mcc-mnc-lac-ci or mcc-mnc-eci, as 226-05-703-26034")
        raise UnreadableReportError("bad_cell", said("this is no cell identity"), hint)
    has_area = found["last"] is not None
    cell = int(found["last"] if has_area else found["first"])
    area = int(found["first"]) if has_area else None
    stated = (found["kind"] or "cell").upper()
    chosen = CellKind[stated] if stated != "CELL" else kind
    if chosen is None:
        chosen = _guess(cell, has_area=has_area)
    if area is None and chosen in {CellKind.CGI, CellKind.SAI}:
        hint = said("mcc-mnc-lac-ci")
        raise UnreadableReportError(
            "bad_cell", said("a {kind} needs its area code", kind=chosen.name), hint
        )
    return identity(chosen, (found["mcc"], found["mnc"]), area, cell)


def _guess(cell: int, *, has_area: bool) -> CellKind:
    if cell >> 28:
        return CellKind.NCGI
    if has_area and cell <= 0xFFFF:
        return CellKind.CGI
    return CellKind.ECGI
