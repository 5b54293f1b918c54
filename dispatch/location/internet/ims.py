"""
The cell that an IMS network, or the phone in it, names in the headers of a call.

`P-Access-Network-Info` and `Cellular-Network-Info` hold an access type and parameters,
several values separated by commas, quoted or not. What the network provides counts before
what the phone says, and that before the last cell of a phone that calls over WLAN.

    utran-cell-id-3gpp   mcc mnc lac(4) cell(7)  UMTS;  mcc mnc tac(4) eci(7)  LTE;
                         mcc mnc tac(6) nci(9)   5G     (hexadecimal after the network)
    cgi-3gpp             mcc mnc lac(4) ci(4)    GSM
    utran-sai-3gpp       mcc mnc lac(4) sac(4)   UMTS

Standards: RFC 7315 section 5.4, 3GPP TS 24.229 section 7.2A.4.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dispatch.errors import UnreadableReportError
from dispatch.location.base import Notes, clean_text
from dispatch.location.cells.reader import CellIdentity, CellKind, identity
from dispatch.location.internet.sip_mime import Part

ACCESS, LAST_CELL, VISITED = (
    "p-access-network-info", "cellular-network-info", "p-visited-network-id",
)  # fmt: skip
HEADERS = (ACCESS, LAST_CELL)
_MOST_CELLS = 4
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_SEMICOLON = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
# By parameter and the number of hexadecimal digits: how many of them are the area code.
_AREA_DIGITS = {
    ("cgi-3gpp", 8): (CellKind.CGI, 4), ("utran-sai-3gpp", 8): (CellKind.SAI, 4),
    ("utran-cell-id-3gpp", 11): (CellKind.CGI, 4), ("utran-cell-id-3gpp", 15): (CellKind.NCGI, 6),
    ("nr-cell-id-3gpp", 15): (CellKind.NCGI, 6),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of a header: its access type, its parameters, and who has written it."""

    access: str
    parameters: dict[str, str]
    header: str

    @property
    def rank(self) -> int:
        """What counts first is 0."""
        if "network-provided" in self.parameters or "np" in self.parameters:
            return 0
        return 1 if self.header == ACCESS else 2


def ims_extras(message: Part, notes: Notes) -> dict[str, str]:
    """
    Return the cells of a call as `cell`, `cell_2`, … with `cell_kind`, `cell_kind_2`, ….

    `cell_from` is `network`, `phone` or `last_cell`, that of the first; `access_network` its
    type, `visited_network` a note.
    """
    values = sorted(_values(message), key=lambda value: value.rank)
    found = [(value, cell) for value in values for cell in _cells(value, notes)]
    extras: dict[str, str] = {}
    if visited := message.first(VISITED):
        extras["visited_network"] = clean_text(visited.strip('" '), limit=100)
    if values:
        extras["access_network"] = clean_text(values[0].access, limit=40)
    distinct = list({cell.text: (value, cell) for value, cell in reversed(found)}.values())[::-1]
    for i, (_, cell) in enumerate(distinct[:_MOST_CELLS]):
        end = "" if i == 0 else f"_{i + 1}"
        extras |= {f"cell{end}": cell.text, f"cell_kind{end}": cell.kind.name.lower()}
    if distinct:
        extras["cell_from"] = ("network", "phone", "last_cell")[distinct[0][0].rank]
        if distinct[0][0].rank:
            notes.add("cell_from_phone", "the cell is what the phone says, not the network")
    return extras


def _values(message: Part) -> Iterator[_Value]:
    for header in HEADERS:
        for line in message.all(header):
            for text in _COMMA.split(line[:2000]):
                access, *parameters = (part.strip() for part in _SEMICOLON.split(text))
                named = (part.partition("=") for part in parameters)
                read = {n.strip().lower(): v.strip().strip('" ') for n, _, v in named}
                if access:
                    yield _Value(access, read, header)


def _cells(value: _Value, notes: Notes) -> Sequence[CellIdentity]:
    found = []
    for name in ("utran-cell-id-3gpp", "nr-cell-id-3gpp", "cgi-3gpp", "utran-sai-3gpp"):
        text = value.parameters.get(name)
        if text is None:
            continue
        cell = _cell(name, text, value.access.lower())
        if cell is None:
            notes.add("bad_cell", "the serving cell cannot be read")
        else:
            found.append(cell)
    return found


def _cell(name: str, text: str, access: str) -> CellIdentity | None:
    plain = re.sub(r"[\s-]", "", text)
    for mnc_digits in (2, 3):
        digits = plain[3 + mnc_digits :]
        kind, area_digits = _AREA_DIGITS.get((name, len(digits)), (None, 0))
        network = plain[: 3 + mnc_digits]
        is_hex = re.fullmatch(r"[0-9a-fA-F]+", digits, re.ASCII) is not None
        if kind is None or not is_hex or re.fullmatch(r"\d+", network, re.ASCII) is None:
            continue
        if kind is CellKind.CGI and name == "utran-cell-id-3gpp" and "e-utran" in access:
            kind = CellKind.ECGI
        area, cell = int(digits[:area_digits], 16), int(digits[area_digits:], 16)
        try:
            return identity(kind, (network[:3], network[3:]), area, cell)
        except UnreadableReportError:
            return None
    return None
