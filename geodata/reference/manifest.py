"""Verify the compiled reference data against the checksums and counts it was built with."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from geodata.errors import ReferenceDataError
from geodata.findings import Finding
from geodata.reference import files
from geodata.roads.network import RoadNetwork
from geodata.said import said


def read_manifest(folder: Path = files.DATA) -> dict[str, Any]:
    """Return the manifest: per file checksum, count and sources; how the borders were made."""
    manifest: dict[str, Any] = files.read_json(files.MANIFEST, folder)
    return manifest


def verify_reference(folder: Path = files.DATA) -> list[Finding]:
    """Check that every compiled file is there, unchanged and complete."""
    entries = read_manifest(folder)["files"]
    return [_check(folder, name, entry) for name, entry in entries.items()]


def _check(folder: Path, name: str, entry: dict[str, Any]) -> Finding:
    hint = said("restore it from the repository or run: dispatch119 data build")
    try:
        compiled = files.read_bytes(name, folder)
    except ReferenceDataError as error:
        return Finding.of_refusal(name, error)
    if hashlib.sha256(compiled).hexdigest() != entry["sha256"]:
        return Finding(name, "FAIL", "changed since it was built", hint)
    count = _count(name, compiled, folder)
    if count != entry["count"]:
        return Finding(name, "FAIL", f"{count} of {entry['count']} entries", hint)
    return Finding(name, "OK", f"{count} entries, as built")


def _count(name: str, compiled: bytes, folder: Path) -> int:
    if name == files.ROADS:
        return RoadNetwork.load(folder / name).piece_count
    if name == files.BORDERS:
        return len(json.loads(compiled)["arcs"])
    if name == files.MOTORWAYS:
        return len(json.loads(compiled)["lines"])
    return sum(1 for _ in csv.DictReader(compiled.decode().splitlines()))
