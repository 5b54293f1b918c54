"""
The lines a demonstration prints: one for each step, in English or Romanian.

Times are the night's own, in Romania. Reads the documented JSON answers only.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.demo.desk import DeskError, Json
from api.demo.scenario import ScriptedCall
from dispatch.words.catalogue import load_catalogue

_ROMANIA = ZoneInfo("Europe/Bucharest")


class Teller:
    """Prints the night, one line a step."""

    def __init__(self, write: Callable[[str], None], language: str) -> None:
        self._write = write
        self._language = language
        self._words = load_catalogue(language)

    def _word(self, name: str, **values: object) -> str:
        return self._words.word(f"demo.{name}", **values)

    def _line(self, at: datetime, number: int, step: str, text: str) -> None:
        clock = at.astimezone(_ROMANIA).strftime("%H:%M:%S")
        self._write(f"{clock}  #{number:<2} {self._word(step):<11} {text}")

    def call(self, at: datetime, number: int, call: ScriptedCall, answer: Json) -> None:
        """Tell that a message arrived, and what it says."""
        title = call.title_ro if self._language == "ro" else call.title_en
        report = answer["report"]
        shape = (report.get("shape") or {}).get("type", "—")
        self._line(at, number, "call", f"{title} ({report['format']}, {shape})")

    def county(self, at: datetime, number: int, answer: Json) -> None:
        """Tell whose call it is, how sure that is, and the incident."""
        if not answer["owner"]:
            self._line(at, number, "county", self._word("nobody"))
            return
        shares = {c["code"]: c for c in answer["counties"]}
        owner = shares[answer["owner"]]
        text = f"{owner['name']} {self._share(owner)}"
        text += f" ({self._word('area', share=self._words.fixed(owner['area_share'], 2))})"
        if answer["ambiguous"] and answer["runner_up"]:
            second = shares[answer["runner_up"]]
            text += f", {self._word('ambiguous')} {second['name']} "
            text += self._words.fixed(second["population_share"], 3)
        if answer["outside_share"] > 0:
            text += f", {self._word('outside')} {self._words.share(answer['outside_share'])}"
        opens = self._word("joined") if answer.get("joined") else self._word("opens")
        self._line(at, number, "county", f"{text} → {opens} {answer['incident_number']}")

    def further(
        self, at: datetime, number: int, answer: Json, county: str, *, said: str | None = None
    ) -> None:
        """Tell what a further report of the call did, and whose call it is by now."""
        step, report = answer["steps"][-1], answer["report"]
        shares = {c["code"]: c for c in answer["counties"]}
        owner = shares[answer["owner"]]
        quoted = f"{self._word('quoted', said=said)} " if said else ""
        done = step["reason"][self._language].split(" (")[0].split(";")[0]
        shape = (report.get("shape") or {}).get("type", "—")
        text = f"{quoted}({report['format']}, {shape}) {done}"
        text += f" → {owner['name']} {self._share(owner)}"
        if answer["owner"] != county:
            text += f", {self._word('stays', county=county)}"
        self._line(at, number, "said" if said else "update", text)

    def transferred(self, at: datetime, number: int, answer: Json, who: tuple[str, str]) -> None:
        """Tell who offered the incident to the county that the reports name, and who accepted."""
        offered_by, accepted_by = who
        text = f"{answer['incident_number']} → {answer['owner']} {self._word('by')} {offered_by}"
        text += f", {self._word('accepted', who=accepted_by)}"
        self._line(at, number, "transfer", text)

    def asked(self, at: datetime, number: int, answer: Json) -> None:
        """Tell what the operator asks the caller."""
        question = answer.get("question") or answer["reason"]
        self._line(at, number, "ask", str(question[self._language]))

    def joined(self, at: datetime, number: int, answer: Json) -> None:
        """Tell that a call was moved to another incident."""
        self._line(at, number, "join", f"{self._word('joined')} {answer['incident_number']}")

    def recommendation(self, at: datetime, number: int, recommendation: Json) -> None:
        """Tell who is proposed and who comes next, or why nobody is."""
        candidates = recommendation["candidates"]
        if not candidates:
            reasons = "; ".join(
                s["explanation"][self._language] for s in recommendation["shortfalls"]
            )
            self._line(at, number, "team", f"{self._word('no_team')}: {reasons}")
            return
        self._line(
            at, number, "team", f" {self._word('next')} ".join(map(self._team, candidates[:2]))
        )

    def _team(self, candidate: Json) -> str:
        time = candidate["travel_time"]
        minutes = self._minutes(time["seconds"])
        text = f"{candidate['callsign']} {minutes} {self._word(time['source'])}"
        if candidate["position_age_s"] is not None and candidate["rank"] == 1:
            text += f", {self._word('old', age=candidate['position_age_s'])};"
        return text

    def assigned(self, at: datetime, number: int, candidate: Json, assignment: Json) -> None:
        """Tell who sent whom."""
        by = f"{candidate['callsign']} {self._word('by')} {assignment['assigned_by']}"
        self._line(at, number, "assigned", by)

    def refused(self, at: datetime, number: int, callsign: str, error: DeskError) -> None:
        """Tell that the system refused an assignment, in its own words."""
        self._line(at, number, "refused", f"{callsign}: {error.message} [{error.code}]")

    def arrived(self, at: datetime, number: int, team: Json, start: datetime) -> None:
        """Tell that the system noticed an arrival."""
        took = self._minutes((at - start).total_seconds())
        self._line(at, number, "arrival", f"{team['callsign']} {self._word('after')} {took}")

    def handover_opened(self, at: datetime, number: int, handover: Json) -> None:
        """Tell that a package for 112 was made."""
        text = self._word("packed", danger=handover["danger"])
        self._line(at, number, "handover", text)

    def handover_sent(self, at: datetime, number: int, handover: Json) -> None:
        """Tell that the package lies where the receiver collects it."""
        text = self._word("sent", key=handover["key"][:12], attempt=handover["attempt"])
        self._line(at, number, "handover", text)

    def handover_acknowledged(self, at: datetime, number: int, handover: Json) -> None:
        """Tell that the receiver has taken over, and under which number."""
        text = self._word("acknowledged", reference=handover["reference"])
        self._line(at, number, "handover", text)

    def draft(self, at: datetime, number: int, draft: Json, path: Path) -> None:
        """Tell where the draft for the Police lies."""
        known = {"status": draft["status"], "version": draft["version"], "path": path}
        self._line(at, number, "draft", self._word("drafted", **known))

    def resolved(self, at: datetime, number: int, incident: Json) -> None:
        """Tell how an incident ended."""
        number_text = incident.get("number") or incident.get("incident_number") or ""
        ended = incident.get("resolution") or incident.get("disposition")
        text = self._words.word(f"resolution.{ended}")
        self._line(at, number, "resolution", f"{number_text} {text}")

    def _share(self, county: Json) -> str:
        return f"p={self._words.fixed(county['population_share'], 3)}"

    def _minutes(self, seconds: float | None) -> str:
        return "—" if seconds is None else f"{self._words.fixed(seconds / 60, 1)} min"
