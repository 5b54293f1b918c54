"""
Takes SIP messages and MIME bodies apart: header lines, parts, transfer encodings.

Written for messages of strangers: bounded in parts and depth, and never stricter than
needed. RFC 6442's own example has a blank line where the headers of a part should be
and none where its body begins; both are read.

Standards: RFC 3261 section 7 (SIP), RFC 2046 (multipart), RFC 2392 (Content-ID).
"""

import base64
import binascii
import quopri
import re
from dataclasses import dataclass
from typing import Self

from dispatch.errors import UnreadableReportError
from geodata.said import said

MAX_PARTS = 30
MAX_HEADERS = 200
"""Lines of headers, folded ones counted each."""
_MAX_DEPTH = 4
_HEADER = re.compile(rb"([!-9;-~]{1,80})[ \t]*:[ \t]*(.*)")
_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
# RFC 3261, section 7.3.3: the compact forms that matter here.
_COMPACT = {"f": "from", "c": "content-type", "t": "to", "i": "call-id", "e": "content-encoding"}


@dataclass(frozen=True, slots=True)
class Part:
    """Header fields (lower-case names, in order) and what follows them."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """Split header lines from the body; a blank line between them may be missing."""
        headers: list[tuple[str, str]] = []
        body = raw.lstrip(b"\r\n")
        at = 0
        for _ in range(MAX_HEADERS):
            end = body.find(b"\n", at)
            end = len(body) if end < 0 else end
            line = body[at:end].rstrip(b"\r")
            found = _HEADER.fullmatch(line)
            if headers and line[:1] in {b" ", b"\t"}:
                name, value = headers[-1]
                headers[-1] = (name, f"{value} {_text(line)}")
            elif found is not None:
                headers.append((_name(found[1]), _text(found[2])))
            else:
                # A blank line ends the headers and belongs to neither side. Any other line is the
                # beginning of the body.
                at = at if line else min(end + 1, len(body))
                break
            at = min(end + 1, len(body))
        return cls(tuple(headers), body[at:])

    def all(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for field, value in self.headers if field == name]

    def first(self, name: str) -> str:
        """Return the first value of a field, empty when absent."""
        return next(iter(self.all(name)), "")

    @property
    def content_type(self) -> str:
        """The type of the body, lower case, without its parameters."""
        return self.first("content-type").partition(";")[0].strip().lower()

    @property
    def content_id(self) -> str:
        """The name by which a `cid:` address finds this part."""
        return self.first("content-id").strip().strip("<>")

    def decoded(self) -> bytes:
        """Return the body without its transfer encoding."""
        encoding = self.first("content-transfer-encoding").strip().lower()
        if encoding == "base64":
            try:
                return base64.b64decode(self.body, validate=False)
            except binascii.Error as error:
                raise UnreadableReportError(
                    "malformed_mime",
                    said("a part is damaged base64"),
                    said("send the part as it is"),
                ) from error
        return quopri.decodestring(self.body) if encoding == "quoted-printable" else self.body


def leaves_of(part: Part, depth: int = 0) -> list[Part]:
    """
    Return the parts that hold content, in document order, however they are nested.

    Raises
    ------
    UnreadableReportError
        `malformed_mime`: a multipart without a boundary, with too many parts, or too deep.
    """
    if not part.content_type.startswith("multipart/"):
        return [part]
    if depth >= _MAX_DEPTH:
        hint = said("at most {max_depth} levels", max_depth=_MAX_DEPTH)
        raise UnreadableReportError("malformed_mime", said("the parts nest too deeply"), hint)
    found = _BOUNDARY.search(part.first("content-type"))
    boundary = found[1] or found[2] if found else _first_boundary(part.body)
    if not boundary:
        hint = said("Content-Type: multipart/mixed; boundary=…")
        raise UnreadableReportError("malformed_mime", said("the message has no boundary"), hint)
    leaves = [
        leaf
        for raw in _split(part.decoded(), boundary)
        for leaf in leaves_of(Part.read(raw), depth + 1)
    ]
    if len(leaves) > MAX_PARTS:
        raise _too_many()
    return leaves


def _split(body: bytes, boundary: str) -> list[bytes]:
    marker = b"--" + boundary.encode("latin-1", errors="replace")
    lines = re.compile(rb"(?:^|\r?\n)" + re.escape(marker) + rb"(--)?[ \t]*(?=\r?\n|$)")
    marks = []
    for mark in lines.finditer(body):
        marks.append(mark)
        if mark[1]:
            break
        if len(marks) > MAX_PARTS:
            raise _too_many()
    ends = [mark.start() for mark in marks[1:]]
    starts = [mark.end() for mark in marks if not mark[1]]
    return [body[a:b] for a, b in zip(starts, [*ends, len(body)], strict=False)]


def _too_many() -> UnreadableReportError:
    hint = said("at most {max_parts} parts; a call has two or three", max_parts=MAX_PARTS)
    return UnreadableReportError("malformed_mime", said("the message has too many parts"), hint)


def _first_boundary(body: bytes) -> str:
    found = re.match(rb"\s{0,20}--([!-~]{1,70})[ \t]*\r?\n", body)
    return found[1].decode("latin-1") if found else ""


def _name(raw: bytes) -> str:
    name = raw.decode("latin-1").lower()
    return _COMPACT.get(name, name)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace").strip()[:4000]
