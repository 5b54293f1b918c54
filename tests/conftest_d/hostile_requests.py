"""
Requests made from our own description of the interface: some as described, most nearly so.

Every operation gives a strategy of requests. Values come from its schema or from a list of what
has broken servers: NUL, lone surrogates, numbers beyond 64 bits, NaN, dates that are none,
other types, missing and unknown names, bodies that are no JSON.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

Document = dict[str, Any]

NUMBERS = (
    0, -1, 1, 2**31, 2**32, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 10**400, 1e308, -1e308,
    5e-324, 0.1, -0.0, float("nan"), float("inf"), float("-inf"), 90.0000001, 180, -181,
)  # fmt: skip
TEXTS = (
    "", " ", "\0", "a\0b", "\ud800", "ok\udfff", "\U0001f600" * 50, "ăîșț", "x" * 20_000, "%00",
    "../../etc/passwd", "'; DROP TABLE account; --", "{}", "null", "nan", "-1", "9" * 400,
    "\u202e", "\r\nX-Header: 1", "B3", "IF", "112", "NULL", "${jndi}", "%s%n",
)  # fmt: skip
INSTANTS = (
    "2026-03-14T22:00:00Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999+14:00", "9999-12-31T23:59:59-14:00", "0000-01-01T00:00:00Z",
    "2026-01-01T00:00:00", "2026-01-01", "24:00", "infinity", "-infinity", "now",
    "2026-06-30T23:59:60Z", "2026-01-01T00:00:00+99:99", "99999999999999999999", "1e300",
    "2199-01-01T00:00:00Z", "1899-12-31T00:00:00Z", "-2026-01-01T00:00:00Z",
)  # fmt: skip
RAW = (
    b"", b"null", b"{", b"[]", b'"x"', b"\xff\xfe\x00", b"[" * 5_000, b'{"a":' * 5_000,
    b'{"a":1e999999}', b'{"n":' + b"9" * 6_000 + b"}", b"NaN", b'{"a":1,"a":2}', b"\0" * 64,
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"v=1;lt=44,4;lg=26,1;rd=nan;top=99999999999999;lc=-5;pm=W;si=;ei=\0", b"a=1&a=2&%00=%ff",
)  # fmt: skip
TYPES = (
    "application/json", "application/json; charset=utf-16", "text/plain", "application/xml",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x",
    "application/lost+xml", "application/pidf+xml",
)  # fmt: skip

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from((None, True, False, [], {}, [[]], [None], {"": None}, {"a": {"b": [1]}})),
    st.sampled_from(NUMBERS),
    st.sampled_from(TEXTS),
    st.sampled_from(INSTANTS),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a description."""

    method: str
    path: str
    spec: Document = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def documents(self, status: int) -> bool:
        """Tell whether the description says that this status may come."""
        known = self.spec.get("responses", {})
        return str(status) in known or f"{str(status)[0]}XX" in known


@dataclass(frozen=True, slots=True)
class HostileRequest:
    """What is sent; `path` is quoted, with its query."""

    method: str
    path: str
    body: bytes | None
    content_type: str


def operations_of(document: Document) -> list[Operation]:
    """List every operation of an OpenAPI description."""
    return [
        Operation(method.upper(), path, spec)
        for path, operations in document["paths"].items()
        for method, spec in operations.items()
    ]


@st.composite
def requests_of(
    draw: st.DrawFn, operation: Operation, document: Document, known: dict[str, str]
) -> HostileRequest:
    """Make a request; `known` are ids of things that are there, by the name of a parameter."""
    path, query = operation.path, []
    for parameter in operation.spec.get("parameters", ()):
        name, schema = parameter["name"], parameter.get("schema", {})
        if parameter["in"] == "path":
            value = known.get(name) if draw(st.integers(0, 3)) else None
            value = value or _as_text(draw(_value(schema, document) | JUNK)) or "-"
            path = path.replace("{" + name + "}", _quoted(value))
        elif parameter["in"] == "query" and (parameter.get("required") or draw(st.booleans())):
            for _ in range(draw(st.sampled_from((1, 1, 1, 2, 40)))):
                value = _as_text(draw(_value(schema, document) | JUNK))[:3_000]
                query.append(f"{name}={_quoted(value)}")
    if draw(st.integers(0, 5)) == 0:
        query.append(f"unknown={_quoted(draw(st.sampled_from(TEXTS))[:500])}")
    address = path + ("?" + "&".join(query) if query else "")
    content = operation.spec.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    body, content_type = None, "application/json"
    if operation.method != "GET":
        if schema is not None and draw(st.integers(0, 6)):
            body = _as_json(draw(_value(schema, document, hostile=True)))
        else:
            body = draw(st.sampled_from(RAW))
            content_type = draw(st.sampled_from(TYPES))
    return HostileRequest(operation.method, address, body, content_type)


def _value(
    schema: Document, document: Document, *, hostile: bool = False, depth: int = 0
) -> st.SearchStrategy[Any]:
    """Give values of a schema; hostile ones have, now and then, something else in a place."""
    if depth > 6:
        return JUNK
    if "$ref" in schema:
        named = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        return _value(named, document, hostile=hostile, depth=depth + 1)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return st.one_of(
                *(
                    _value(one, document, hostile=hostile, depth=depth + 1)
                    for one in schema[several]
                )
            )
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object" or "properties" in schema:
        return _objects(schema, document, hostile=hostile, depth=depth)
    if kind == "array":
        inside = _value(schema.get("items", {}), document, hostile=hostile, depth=depth + 1)
        short = st.lists(inside, max_size=3)
        return short | inside.map(lambda one: [one] * 2_500) if hostile else short
    return _scalars(schema, kind)


def _scalars(schema: Document, kind: str | None) -> st.SearchStrategy[Any]:
    if kind in {"integer", "number"}:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -1_000))
        high = schema.get("maximum", schema.get("exclusiveMaximum", 1_000))
        edges = st.sampled_from((low, high, low - 1, high + 1))
        if kind == "integer":
            return edges | st.integers(int(low), int(max(low, high)))
        return edges | st.floats(float(low), float(max(low, high)))
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "string":
        if schema.get("format") == "date-time":
            return st.sampled_from(INSTANTS) | st.datetimes().map(lambda at: f"{at.isoformat()}Z")
        if schema.get("format") == "uuid":
            return st.uuids().map(str)
        return st.text(max_size=20) | st.sampled_from(TEXTS)
    return JUNK


@st.composite
def _objects(
    draw: st.DrawFn, schema: Document, document: Document, *, hostile: bool, depth: int
) -> dict[str, Any]:
    made = {}
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        # Mostly only one place is wrong: a request that is wrong everywhere ends at the door.
        luck = draw(st.integers(0, 11)) if hostile else 11
        if luck == 0 or (name not in required and draw(st.booleans())):
            continue
        if luck == 1:
            made[name] = draw(JUNK)
        else:
            made[name] = draw(_value(inner, document, hostile=hostile, depth=depth + 1))
    if hostile and draw(st.integers(0, 9)) == 0:
        made[draw(st.sampled_from(TEXTS))[:50]] = draw(JUNK)
    return made


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _as_json(value: Any) -> bytes:
    # Escapes keep lone surrogates, which no UTF-8 could carry.
    return json.dumps(value).encode("ascii")


def _quoted(text: str) -> str:
    # A lone surrogate goes as the bytes that careless clients send for it.
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
