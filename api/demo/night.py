"""
The night itself: messages arrive, people decide, teams drive, incidents end.

A small event queue over simulated time. Every fact printed was answered by the
system over HTTP; nothing about counties, teams or times is in the script.
"""

import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from api.demo.clock import SteppedClock
from api.demo.desk import Desk, DeskError, Json
from api.demo.drive import Drive, standing_fix
from api.demo.receiver import Receiver, wait_for_state
from api.demo.scenario import NIGHT, NIGHT_BEGINS, Decision, ScriptedCall, message_bytes
from api.demo.stage import Stage
from api.demo.telling import Teller
from geodata.points import LonLat

# Phones report about this often on the way; a long drive less often, to keep the night short.
_FIX_INTERVAL = timedelta(seconds=45)
_FIXES_A_DRIVE = 12
_UPDATE_AFTER = timedelta(seconds=10)
_SAID_AFTER = timedelta(seconds=18)
_DECIDE_AFTER = timedelta(seconds=25)
_START_AFTER = timedelta(seconds=40)
_ON_SCENE_FOR = timedelta(minutes=22)


@dataclass(order=True)
class _Event:
    at: datetime
    order: int
    act: Callable[[], None] = field(compare=False)


@dataclass
class _Case:
    """One scripted call on its way through the night."""

    number: int
    call: ScriptedCall
    answer: Json
    # The county that has the incident; the belief may name another.
    county: str
    team: str | None = None
    drive: Drive | None = None

    @property
    def incident_id(self) -> str:
        return str(self.answer["incident_id"])


class Night:
    """Plays `NIGHT` on a stage and tells each step."""

    def __init__(
        self, stage: Stage, clock: SteppedClock, teller: Teller, receiver: Receiver
    ) -> None:
        self._stage = stage
        self.receiver = receiver
        self._clock = clock
        self._tell = teller
        self._events: list[_Event] = []
        self._order = itertools.count()
        self._waiting: list[_Case] = []
        self._places = {team.callsign: team.place for team in stage.teams}
        self._busy: set[str] = set()
        self._driving: set[str] = set()
        self._busiest: tuple[int, Json] = (0, {})
        self._cases: dict[int, _Case] = {}
        self.resolved = 0

    def play(self) -> Json:
        """Play the whole night; return the map features of its busiest moment."""
        for number, call in enumerate(NIGHT, start=1):
            arrival = NIGHT_BEGINS + timedelta(minutes=call.minute)
            self._at(arrival, partial(self._take, number, call))
        while self._events:
            event = heapq.heappop(self._events)
            self._clock.advance_to(event.at)
            event.act()
        return self._busiest[1]

    def _at(self, moment: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._events, _Event(moment, next(self._order), act))

    def _after(self, delay: timedelta, act: Callable[[], None]) -> None:
        self._at(self._clock() + delay, act)

    @property
    def left_open(self) -> int:
        """How many incidents are still open."""
        return len(self._desk("supervisor").get("/incidents"))

    # ── calls ─────────────────────────────────────────────────────────────────
    def _take(self, number: int, call: ScriptedCall) -> None:
        if call.decision is Decision.SEND_TEAM:
            self._report_idle_teams()
        answer = self._desk("gateway").report_location(*message_bytes(call.message))
        case = self._cases[number] = _Case(number, call, answer, str(answer["owner"]))
        self._tell.call(self._clock(), number, call, answer)
        self._tell.county(self._clock(), number, answer)
        if call.same_caller_as is not None:
            self._put_together(self._cases[call.same_caller_as], case)
        if call.update is not None:
            self._after(_UPDATE_AFTER, partial(self._update, case, call.update))
        if call.said is not None:
            self._after(_SAID_AFTER, partial(self._hear_words, case, call.said))
        self._after(_DECIDE_AFTER, lambda: self._decide(case))

    def _update(self, case: _Case, message: str) -> None:
        case.answer = self._desk("gateway").report_location(*message_bytes(message))
        self._tell.further(self._clock(), case.number, case.answer, case.county)

    def _hear_words(self, case: _Case, words: str) -> None:
        desk = self._dispatcher(case)
        case.answer = desk.report_words(case.answer["call_id"], words)
        self._tell.further(self._clock(), case.number, case.answer, case.county, said=words)

    def _follow_belief(self, case: _Case) -> None:
        """Offer an incident to the county that the reports name, which accepts: two decide."""
        owner = str(case.answer["owner"])
        if owner == case.county:
            return
        desk = self._dispatcher(case)
        body = {"to": "county", "county": owner, "reason": "new information on the place"}
        desk.post(f"/incidents/{case.incident_id}/transfer", body)
        case.county = owner
        there = self._dispatcher(case)
        offers = there.get("/transfer-offers")
        [offer] = [one for one in offers if one["incident_id"] == case.incident_id]
        there.post(f"/transfer-offers/{offer['id']}/accept", {})
        who = (desk.username, there.username)
        self._tell.transferred(self._clock(), case.number, case.answer, who)

    def _put_together(self, earlier: _Case, case: _Case) -> None:
        """Move the earlier call of the same caller to the incident that the new one opened."""
        body = {"incident_id": case.incident_id, "reason": "the same caller, now with a place"}
        self._desk("supervisor").post(f"/calls/{earlier.answer['call_id']}/join", body)
        self._tell.joined(self._clock(), earlier.number, case.answer)

    def _decide(self, case: _Case) -> None:
        decision = case.call.decision
        self._follow_belief(case)
        if decision is Decision.SEND_TEAM and case.call.together:
            self._decide_together(case)
        elif decision is Decision.SEND_TEAM:
            self._send(case, self._propose(case))
        elif decision is Decision.ASK_CALLER:
            self._tell.asked(self._clock(), case.number, case.answer)
        else:
            self._pass_on(case, decision)
        self._draft(case)

    def _pass_on(self, case: _Case, decision: Decision) -> None:
        desk = self._dispatcher(case)
        if decision is Decision.MISDIAL:
            incident = desk.post(f"/calls/{case.answer['call_id']}/misdial", {})
        else:
            body = {"to": decision.value, "reason": case.call.reason}
            incident = desk.post(f"/incidents/{case.incident_id}/transfer", body)
        self._resolved(case, incident)
        if decision is Decision.TO_112:
            self._hand_over(case, desk)

    def _hand_over(self, case: _Case, desk: Desk) -> None:
        """Follow the package of a transfer into the folder and its acknowledgement back."""
        [handover] = desk.get(f"/incidents/{case.incident_id}/handovers")
        self._tell.handover_opened(self._clock(), case.number, handover)
        sent = wait_for_state(desk, handover["id"], "sent")
        self._tell.handover_sent(self._clock(), case.number, sent)
        self.receiver.acknowledge(sent["key"])
        done = wait_for_state(desk, handover["id"], "acknowledged")
        self._tell.handover_acknowledged(self._clock(), case.number, done)

    def _draft(self, case: _Case) -> None:
        """Write the draft of the night's missing child and keep its file."""
        desk, child = self._dispatcher(case), case.call.missing
        if child is None:
            return
        since = (self._clock() - child.since).isoformat()
        body = {**child.body, "missing_since": since, "use_area": True}
        draft = desk.post(f"/incidents/{case.incident_id}/missing-child-drafts", body)
        raw = desk.get_file(f"/missing-child-drafts/{draft['id']}/cap")
        path = self.receiver.keep_draft(case.answer["incident_number"], raw)
        self._tell.draft(self._clock(), case.number, draft, path)

    def _decide_together(self, case: _Case) -> None:
        self._waiting.append(case)
        if len(self._waiting) < 2:
            return
        first, second = self._waiting
        self._waiting = []
        # Both dispatchers look at the same list, and both press the button at once.
        proposals = {c.number: self._propose(c) for c in (first, second)}
        wanted = proposals[first.number]["candidates"][0]
        with ThreadPoolExecutor(max_workers=2) as pool:
            outcomes = list(pool.map(lambda c: self._try(c, wanted), (first, second)))
        for case_, outcome in zip((first, second), outcomes, strict=True):
            if isinstance(outcome, DeskError):
                self._tell.refused(self._clock(), case_.number, wanted["callsign"], outcome)
                self._send(case_, self._propose(case_))
            else:
                self._under_way(case_, wanted, outcome)

    def _try(self, case: _Case, candidate: Json) -> Json | DeskError:
        try:
            return self._dispatcher(case).assign(
                case.incident_id, candidate["team_id"], "nearest to the child"
            )
        except DeskError as error:
            return error

    # ── teams ─────────────────────────────────────────────────────────────────
    def _propose(self, case: _Case) -> Json:
        recommendation = self._dispatcher(case).recommendation(case.incident_id)
        self._tell.recommendation(self._clock(), case.number, recommendation)
        return recommendation

    def _send(self, case: _Case, recommendation: Json) -> None:
        if not recommendation["candidates"]:
            body = {"resolution": "other", "note": "no team could be proposed"}
            self._resolved(
                case, self._dispatcher(case).post(f"/incidents/{case.incident_id}/close", body)
            )
            return
        candidate = recommendation["candidates"][0]
        assignment = self._dispatcher(case).assign(case.incident_id, candidate["team_id"])
        self._under_way(case, candidate, assignment)

    def _under_way(self, case: _Case, candidate: Json, assignment: Json) -> None:
        case.team = candidate["callsign"]
        self._busy.add(candidate["callsign"])
        self._tell.assigned(self._clock(), case.number, candidate, assignment)
        places = tuple(LonLat(*xy[:2]) for xy in assignment["route"]["coordinates"])
        start = self._clock() + _START_AFTER
        case.drive = Drive(places, start, float(assignment["eta_s"]))
        self._at(start, lambda: self._start(case))

    def _start(self, case: _Case) -> None:
        self._phone(case).post(self._team_path(case, "status"), {"status": "en_route"})
        self._drive_on(case)

    def _drive_on(self, case: _Case) -> None:
        drive = self._drive_of(case)
        phone = self._phone(case)
        phone.report_positions(self._team_id(case), [drive.fix_at(self._clock())])
        self._driving.add(str(case.team))
        self._notice_busiest()
        team = phone.get(self._team_path(case))
        if team["status"] == "on_scene":
            self._driving.discard(str(case.team))
            self._tell.arrived(self._clock(), case.number, team, drive.start)
            self._places[str(case.team)] = drive.places[-1]
            self._after(_ON_SCENE_FOR, lambda: self._finish(case))
            return
        left = drive.arrival - self._clock()
        usual = max(_FIX_INTERVAL, timedelta(seconds=drive.seconds) / _FIXES_A_DRIVE)
        step = min(usual, left) if left > timedelta(0) else timedelta(seconds=10)
        self._after(step, lambda: self._drive_on(case))

    def _finish(self, case: _Case) -> None:
        body = {"resolution": case.call.resolution}
        incident = self._dispatcher(case).post(f"/incidents/{case.incident_id}/close", body)
        self._resolved(case, incident)
        phone = self._phone(case)
        if phone.get(self._team_path(case))["status"] != "available":
            phone.post(self._team_path(case, "status"), {"status": "available"})
        self._busy.discard(str(case.team))

    def _resolved(self, case: _Case, incident: Json) -> None:
        self.resolved += 1
        self._tell.resolved(self._clock(), case.number, incident)

    # ── the rest of the night ─────────────────────────────────────────────────
    def _report_idle_teams(self) -> None:
        moment = self._clock()
        for callsign in sorted(self._places.keys() - self._busy):
            fix = standing_fix(self._places[callsign], moment)
            desk = self._desk(f"team-{callsign.lower()}")
            desk.report_positions(self._stage.team_ids[callsign], [fix])

    def _notice_busiest(self) -> None:
        # The map is kept from the moment with the most teams on the road.
        if len(self._driving) > self._busiest[0]:
            snapshot = self._desk("supervisor").get("/map/features")
            self._busiest = (len(self._driving), snapshot)

    # ── who sits where ────────────────────────────────────────────────────────
    def _desk(self, username: str) -> Desk:
        return self._stage.desks[username]

    def _dispatcher(self, case: _Case) -> Desk:
        desks = self._stage.desks
        return desks.get(f"dispatcher-{case.county.lower()}", desks["supervisor"])

    def _phone(self, case: _Case) -> Desk:
        return self._desk(f"team-{str(case.team).lower()}")

    def _team_id(self, case: _Case) -> Any:
        return self._stage.team_ids[str(case.team)]

    def _team_path(self, case: _Case, part: str = "") -> str:
        return f"/teams/{self._team_id(case)}" + (f"/{part}" if part else "")

    def _drive_of(self, case: _Case) -> Drive:
        if case.drive is None:
            raise ValueError("a team that was not sent does not drive")
        return case.drive
