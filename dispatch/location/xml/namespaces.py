"""
Repairs what senders get wrong about XML namespaces, so that a strict parser reads it.

RFC 5222 itself prints an example whose prefix `p2` is declared nowhere, and RFC 4119
one whose namespace begins with a blank. Names are compared without their namespace
by all readers, so a made-up one does no harm.
"""

import re

from dispatch.location.base import Notes

_NAMESPACE = re.compile(r"(\sxmlns(?::[\w.-]{1,60})?\s{0,5}=\s{0,5})([\"'])([^\"'<>]{0,400})\2")
_DECLARED = re.compile(r"\sxmlns:([\w.-]{1,60})\s{0,5}=")
_USED = re.compile(
    r"</?([A-Za-z_][\w.-]{0,59}):[A-Za-z_]|\s([A-Za-z_][\w.-]{0,59}):[\w.-]{1,60}\s{0,5}="
)
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]{0,120}")
_RESERVED = {"xml", "xmlns"}
_MOST_PREFIXES = 20


def repair_namespaces(text: str, notes: Notes) -> str:
    """Trim the addresses of namespaces and declare prefixes that are declared nowhere."""
    trimmed = _NAMESPACE.sub(lambda a: f"{a[1]}{a[2]}{a[3].strip()}{a[2]}", text)
    if trimmed != text:
        notes.add("namespace_trimmed", "blanks around the name of a namespace were cut off")
    used = {first or second for first, second in _USED.findall(trimmed)}
    missing = sorted(used - set(_DECLARED.findall(trimmed)) - _RESERVED)[:_MOST_PREFIXES]
    if not missing:
        return trimmed
    notes.add("undeclared_prefix", f"prefixes without a namespace were given one: {missing[0]:.20}")
    added = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in missing)
    return _ROOT.sub(lambda root: root[0] + added, trimmed, count=1)
