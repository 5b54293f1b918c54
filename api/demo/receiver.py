"""The other side of a demonstration: a synthetic 112 at the folder, and a desk of the Police."""

import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from api.demo.desk import Desk, Json
from geodata.errors import UnavailableError
from geodata.said import coded, said

_PATIENCE_S = 15.0
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Acknowledges packages in `folder` as somebody else's programme would; keeps drafts."""

    folder: Path
    drafts: Path

    def acknowledge(self, key: str) -> None:
        """Write the acknowledgement of a package that lies in the folder."""
        package = self.folder / f"{key}.json"
        if not package.is_file():
            raise UnavailableError(
                "package_missing",
                said("the package is not in the folder"),
                said("see the log of the server"),
            )
        part = self.folder / f"{key}.part-ack"
        part.write_text(f"112-DEMO-{next(_numbers):04d}", encoding="utf-8")
        part.replace(self.folder / f"{key}.ack")

    def keep_draft(self, incident: str, message: bytes) -> Path:
        """Keep the file of a draft where the demonstration's other files are."""
        self.drafts.mkdir(parents=True, exist_ok=True)
        path = self.drafts / f"missing-child-{incident}.cap.xml"
        path.write_bytes(message)
        return path


def wait_for_state(desk: Desk, handover_id: str, state: str) -> Json:
    """
    Return a hand-over as soon as the courier has brought it to `state`.

    Raises
    ------
    RefusedError
        `handover_stuck`: it did not get there in time.
    """
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        handover: Json = desk.get(f"/handovers/{handover_id}")
        if handover["state"] == state:
            return handover
        time.sleep(0.05)
    raise UnavailableError(
        "handover_stuck",
        said("the hand-over did not become {state}", state=coded("handover.state", state)),
        said("see the log of the server"),
    )
