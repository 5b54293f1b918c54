"""
The script of the night: which message arrives when, and what a person decides about it.

The messages are files in `messages/`, in the formats of the networks. What the
counties, teams and times are is not written here: the system finds out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

MESSAGES = Path(__file__).parent / "messages"

_CONTENT_TYPES = {
    ".xml": "application/xml",
    ".json": "application/json",
    ".txt": "application/x-www-form-urlencoded",
}

# 22:00 in Romania on a Friday in February.
NIGHT_BEGINS = datetime(2026, 2, 13, 20, 0, tzinfo=UTC)


class Decision(StrEnum):
    """What the person at the desk does with a call."""

    SEND_TEAM = "send_team"
    MISDIAL = "misdial"
    TO_112 = "112"
    TO_PSYCHOLOGISTS = "psychologists"
    ASK_CALLER = "ask_caller"


@dataclass(frozen=True, slots=True)
class MissingChildWish:
    """What is told about a (made-up) child that is missing, `since` before it was told."""

    since: timedelta
    body: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class ScriptedCall:
    """
    One message of the night.

    `together` calls are decided at the same instant; `same_caller_as` is the number of
    an earlier call whose incident this one settles. `update` is a further message of the
    same call, about ten seconds later, and `said` what the caller says after it. `missing`
    makes a draft for the Police.
    """

    message: str
    minute: float
    title_en: str
    title_ro: str
    decision: Decision
    resolution: str = "child_safe"
    together: bool = False
    same_caller_as: int | None = None
    update: str | None = None
    said: str | None = None
    danger: str | None = None
    missing: MissingChildWish | None = None

    @property
    def reason(self) -> str:
        """Why it is passed on: the danger in Romanian where 112 reads it, else the title."""
        return self.danger or self.title_en


def message_bytes(name: str) -> tuple[bytes, str]:
    """Return a message file and the media type a network or a phone would send it with."""
    path = MESSAGES / name
    return path.read_bytes(), _CONTENT_TYPES[path.suffix]


NIGHT: tuple[ScriptedCall, ...] = (
    ScriptedCall("01-clear-sector-6.xml", 4, "a clear one", "un apel clar", Decision.SEND_TEAM),
    ScriptedCall("02-misdial.json", 9.6, "a misdial", "apel greșit", Decision.MISDIAL),
    ScriptedCall(
        "03-border-sector-2-3.xml",
        15,
        "on the border of Sector 2 and Sector 3",
        "la granița dintre Sectorul 2 și Sectorul 3",
        Decision.SEND_TEAM,
        "child_placed",
    ),
    ScriptedCall(
        "04-bucharest-ilfov-cell.xml",
        31,
        "a cell that spans Bucharest and Ilfov",
        "o celulă între București și Ilfov",
        Decision.SEND_TEAM,
        update="04-update-from-the-phone.txt",
        said="sunt în comuna Tunari, lângă biserică",
    ),
    ScriptedCall(
        "05-landline-021-no-fix.json",
        47,
        "a 021 landline without a location",
        "telefon fix 021, fără localizare",
        Decision.ASK_CALLER,
    ),
    ScriptedCall(
        "06-landline-021-said.json",
        51.2,
        "the same caller calls back and says where",
        "același apelant sună din nou și spune unde este",
        Decision.SEND_TEAM,
        "counselled",
        same_caller_as=5,
    ),
    ScriptedCall(
        "07-vaslui.xml",
        72,
        "a village in Vaslui, no road graph",
        "un sat din Vaslui, fără rețea rutieră",
        Decision.SEND_TEAM,
    ),
    ScriptedCall(
        "08-immediate-danger.json",
        86,
        "immediate danger, to 112",
        "pericol imediat, la 112",
        Decision.TO_112,
        danger="Copil singur în casă, agresor la ușă.",
    ),
    ScriptedCall(
        "09-needs-a-voice.json",
        100,
        "needs a voice, to the psychologists",
        "are nevoie de ascultare, la psihologi",
        Decision.TO_PSYCHOLOGISTS,
    ),
    ScriptedCall(
        "10-two-at-once-a.xml",
        135,
        "two at once want the same team (1)",
        "două deodată vor aceeași echipă (1)",
        Decision.SEND_TEAM,
        together=True,
    ),
    ScriptedCall(
        "11-two-at-once-b.xml",
        135.2,
        "two at once want the same team (2)",
        "două deodată vor aceeași echipă (2)",
        Decision.SEND_TEAM,
        together=True,
    ),
    ScriptedCall(
        "12-polygon-sector-1.json",
        137,
        "a polygon in Sector 1",
        "un poligon în Sectorul 1",
        Decision.SEND_TEAM,
        "child_safe",
        missing=MissingChildWish(
            timedelta(hours=2),
            {
                "name": "Ana Exemplu",
                "age_years": 9,
                "height_cm": 132,
                "hair": "șaten",
                "clothing": "geacă roșie",
                "last_seen": "în parc, lângă școală",
                "zone_name": "Sectorul 1",
            },
        ),
    ),
    ScriptedCall(
        "13-border-bulgaria.json",
        260,
        "a cell across the Danube, half in Bulgaria",
        "o celulă peste Dunăre, pe jumătate în Bulgaria",
        Decision.SEND_TEAM,
        "not_found",
    ),
)
