"""
One belief from several reports of a call: order, age and conflict explicit.

Reports are taken in the order of their arrival. An area that agrees with the one believed so
far narrows it to their common ground. The county's probability is the product of independent
reports, taken place by place and not county by county, so that the people in it count once.
It is mixed with that of the newer area alone, by the trust in the older one, which halves every
ten minutes. Areas without common ground are a conflict: one is kept by the rank of its
source, among equals by the likelier county, then by age; both are shown, and the call is
ambiguous. No area between them is believed.

A landline prefix multiplies the odds of its counties and decides nothing alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dispatch.belief import words
from dispatch.belief.doubt import is_guess
from dispatch.belief.model import (
    DEFAULT_FUSION,
    Belief,
    Conflict,
    Evidence,
    FusionPolicy,
    SourceRank,
    Step,
    StepAction,
)
from dispatch.ground import Ground
from dispatch.jurisdiction.county_assignment import locate, reweigh
from dispatch.jurisdiction.density import named, posterior, stated_area
from dispatch.jurisdiction.hints import from_number, landline_counties
from dispatch.jurisdiction.policy import JurisdictionPolicy
from dispatch.location.base import Notes
from dispatch.model import CallerLocation, CountyAssignment, LocationReport
from geodata.areas.likelihood import StatedArea, centre_of, core_m, search_m
from geodata.areas.overlap import overlap
from geodata.areas.shapes import Point
from geodata.areas.uncertainty import centroid
from geodata.crs import distance_m

_DEVICE_SOURCES = ("GNSS", "GPS", "WLAN", "WIFI", "FUSED", "A-GPS", "DEVICE")


@dataclass(frozen=True, slots=True)
class _Held:
    """The area believed so far."""

    location: CallerLocation
    assignment: CountyAssignment
    rank: SourceRank
    evidence: Evidence
    stated: tuple[StatedArea, ...]


def rank_of(report: LocationReport) -> SourceRank:
    """Tell who is speaking: the number, the caller, the network or the phone itself."""
    if report.shape is None:
        return SourceRank.NUMBER
    source = (report.source or "").upper()
    if report.format == "spoken" or source == "CALLER":
        return SourceRank.CALLER
    if any(name in source for name in _DEVICE_SOURCES):
        return SourceRank.DEVICE
    return SourceRank.NETWORK


def fuse(
    evidence: Sequence[Evidence], ground: Ground, policy: FusionPolicy = DEFAULT_FUSION
) -> Belief:
    """
    Form one belief from everything heard in a call.

    Parameters
    ----------
    evidence
        In any order; it is taken by time of arrival. May be empty: nothing is known.

    Returns
    -------
    belief
        With a step for every report. The same evidence gives the same belief.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from dispatch.ground import load_ground
    >>> from geodata.areas.shapes import Circle
    >>> from geodata.points import LonLat
    >>> report = LocationReport("geo", Circle(LonLat(23.59, 46.77), 500.0), 0.95)
    >>> belief = fuse([Evidence(report, datetime(2026, 11, 27, 16, tzinfo=UTC))], load_ground())
    >>> belief.assignment.owner, [step.action.value for step in belief.steps]
    ('CJ', ['first'])
    """
    teller = _Teller(ground, policy)
    for item in sorted(evidence, key=lambda e: e.received_at):
        teller.hear(item)
    return teller.belief()


def believe_alone(item: Evidence, ground: Ground, policy: FusionPolicy = DEFAULT_FUSION) -> Belief:
    """Believe a single report as `locate` does: no hint beside it, no conflict."""
    belief = fuse([item], ground, policy)
    if item.report.shape is not None and not landline_counties(item.report.caller):
        # Nothing beside it that could be a hint: it is what `locate` says already.
        return belief
    location, assignment = locate(item.report, ground, policy=policy.jurisdiction)
    first, owner = belief.steps[0], assignment.owner
    reason = words.step(first.action, first.rank, owner, ground.counties)
    step = replace(first, owner=owner, reason=reason)
    return replace(belief, location=location, assignment=assignment, steps=(step,))


class _Teller:
    """Takes the reports one by one and keeps what is believed so far."""

    def __init__(self, ground: Ground, policy: FusionPolicy) -> None:
        self._ground, self._policy = ground, policy
        self._jurisdiction = policy.jurisdiction
        self._held: _Held | None = None
        self._conflict: Conflict | None = None
        self._hints: dict[str, tuple[str, ...]] = {}
        self._number: LocationReport | None = None
        self._steps: list[Step] = []

    def hear(self, item: Evidence) -> None:
        is_hint = self._note_number(item.report)
        if item.report.shape is None:
            self._keep(item, StepAction.HINT if is_hint else StepAction.IGNORED, 1.0)
            return
        # A guess does not begin a belief when something surer was heard before it.
        if self._held is None and self._steps and is_guess(item.report):
            self._keep(item, StepAction.IGNORED, 1.0)
            return
        new = self._located(item)
        if self._held is None:
            self._held = new
            self._keep(item, StepAction.FIRST, 1.0)
            return
        self._join(self._held, new)

    def _note_number(self, report: LocationReport) -> bool:
        counties = landline_counties(report.caller)
        is_new = bool(counties) and report.caller not in self._hints
        if is_new and report.caller is not None:
            self._hints[report.caller] = counties
        if is_new or (self._number is None and report.shape is None):
            self._number = report
        return is_new

    def _join(self, old: _Held, new: _Held) -> None:
        age_s = (new.evidence.received_at - old.evidence.received_at).total_seconds()
        trust = 0.5 ** (age_s / self._policy.half_life_s)
        # Too old to contradict: a measured place simply takes over. Words do not, because what a
        # child says may be its home and not the place where it stands.
        if trust < self._policy.trust_min and new.rank >= SourceRank.NETWORK:
            self._held, self._conflict = new, None
            return self._keep(new.evidence, StepAction.REPLACED, trust)
        common = overlap(old.location.shape, new.location.shape)
        # The same message sent again makes nothing more certain, so it must not be multiplied.
        if common.union_share >= self._policy.same_from:
            self._held = replace(new, rank=max(new.rank, old.rank))
            return self._keep(new.evidence, StepAction.REPEATED, trust)
        if common.share < self._policy.agree_from:
            return self._contradict(old, new, trust)
        if common.shape is None:
            kept = new if new.rank >= old.rank else old
            self._held = self._weighed(kept, old, new, trust)
            return self._keep(new.evidence, StepAction.IGNORED, trust)
        self._held = self._narrowed(old, new, replace(new.location, shape=common.shape), trust)
        self._conflict = None
        return self._keep(new.evidence, StepAction.NARROWED, trust)

    def _narrowed(self, old: _Held, new: _Held, common: CallerLocation, trust: float) -> _Held:
        confidence = old.location.confidence * new.location.confidence
        location, inside = self._assigned(replace(common, confidence=confidence))
        stated = (*old.stated, *new.stated)
        held = _Held(location, inside, max(old.rank, new.rank), new.evidence, stated)
        return self._weighed(held, old, new, trust)

    def _weighed(self, held: _Held, old: _Held, new: _Held, trust: float) -> _Held:
        """Give what is held the probabilities of all areas at once, place by place."""
        stated = (*old.stated, *new.stated)
        if any(isinstance(area.shape, Point) for area in stated):
            joint = _chances(held.assignment)
        else:
            found = posterior(stated, self._ground.population, self._jurisdiction.trust)
            joint = named(found.counties, _areas(held.assignment))
        # The less the older area is trusted, the nearer the answer is to the newer area alone.
        chances = _mixed(joint, _chances(new.assignment), trust)
        assignment = self._reweighed(held, chances)
        return replace(held, assignment=assignment, stated=stated)

    def _contradict(self, old: _Held, new: _Held, trust: float) -> None:
        confidence = new.evidence.report.confidence
        unsure = (confidence or 1.0) < self._policy.words_from or is_guess(new.evidence.report)
        if new.rank is SourceRank.CALLER and unsure:
            return self._keep(new.evidence, StepAction.IGNORED, trust)
        kept, aside = (new, old) if new.rank >= old.rank else (old, new)
        held = kept
        # Between two equal sources the people around decide, as far as the caller may stand
        # beyond the edge of both areas.
        if old.rank is new.rank and self._may_both_hold(old, new):
            held = self._weighed(kept, old, new, trust)
            if held.assignment.owner == aside.assignment.owner != kept.assignment.owner:
                kept, aside = aside, kept
                held = replace(kept, assignment=held.assignment, stated=held.stated)
        owners = (kept.assignment.owner, aside.assignment.owner)
        apart_m = distance_m(*centroid(kept.location.shape), *centroid(aside.location.shape))
        ranks = (kept.rank, aside.rank)
        reason = words.conflict(owners, ranks, self._ground.counties, apart_m=apart_m)
        self._held = held
        places = (_likeliest(kept.assignment), _likeliest(aside.assignment))
        self._conflict = Conflict(
            kept.location, owners[0], aside.location, owners[1], reason, *places
        )
        action = StepAction.CONFLICT_REPLACED if kept is new else StepAction.CONFLICT_KEPT
        return self._keep(new.evidence, action, trust)

    def _may_both_hold(self, old: _Held, new: _Held) -> bool:
        """Tell whether somebody beyond the edges of both areas could be meant by both."""
        shapes = sorted((old.location.shape, new.location.shape), key=core_m)
        if isinstance(shapes[0], Point):
            return False
        apart = distance_m(*centre_of(shapes[0]), *centre_of(shapes[1]))
        return apart <= search_m(shapes[0], self._jurisdiction.trust) + core_m(shapes[1])

    def _keep(self, item: Evidence, action: StepAction, trust: float) -> None:
        rank, owner = rank_of(item.report), self._fused()[1].owner
        reason = words.step(action, rank, owner, self._ground.counties)
        step = Step(item.report, item.received_at, rank, action, trust, owner, reason)
        self._steps.append(step)

    # ── answers ───────────────────────────────────────────────────────────────
    def belief(self) -> Belief:
        location, assignment = self._fused()
        if self._conflict is not None:
            question = assignment.question or words.conflict_question(self._conflict)
            assignment = replace(assignment, ambiguous=True, question=question)
        return Belief(location, assignment, self._conflict, tuple(self._steps))

    def _fused(self) -> tuple[CallerLocation | None, CountyAssignment]:
        if self._held is None:
            nothing = self._number or LocationReport("nothing", None, None)
            return None, from_number(nothing, self._ground.counties, Notes())
        location, assignment = self._held.location, self._held.assignment
        chances = _chances(assignment)
        hinted = chances
        for counties in self._hints.values():
            hinted = _times(hinted, counties, self._policy.hint_odds)
        if hinted == chances:
            return location, assignment
        return location, self._reweighed(self._held, hinted)

    def _located(self, item: Evidence) -> _Held:
        location, assignment = self._locate(item.report, self._jurisdiction)
        shape = item.report.shape
        stated = () if shape is None else (stated_area(item.report, shape),)
        return _Held(location, assignment, rank_of(item.report), item, stated)

    def _assigned(self, location: CallerLocation) -> tuple[CallerLocation, CountyAssignment]:
        """Assign an area as it is, without scaling it to another confidence."""
        report = LocationReport("belief", location.shape, location.confidence)
        policy = replace(self._jurisdiction, confidence=location.confidence)
        found, assignment = self._locate(report, policy)
        return replace(found, warnings=location.warnings), assignment

    def _locate(
        self, report: LocationReport, policy: JurisdictionPolicy
    ) -> tuple[CallerLocation, CountyAssignment]:
        location, assignment = locate(report, self._ground, policy=policy)
        if location is None:
            raise AssertionError("a report with a shape has a location")
        return location, assignment

    def _reweighed(self, held: _Held, chances: Mapping[str, float]) -> CountyAssignment:
        if not chances:
            return held.assignment
        return reweigh(
            held.location,
            held.assignment,
            chances,
            ground=self._ground,
            policy=self._jurisdiction,
            is_said=held.rank is SourceRank.CALLER,
        )


def _likeliest(assignment: CountyAssignment) -> str | None:
    return assignment.places[0].name if assignment.places else None


def _areas(assignment: CountyAssignment) -> dict[str, float]:
    return {share.code: share.area_share for share in assignment.counties if share.area_share > 0.0}


def _chances(assignment: CountyAssignment) -> dict[str, float]:
    return {share.code: share.population_share for share in assignment.counties}


def _mixed(a: Mapping[str, float], b: Mapping[str, float], weight: float) -> dict[str, float]:
    """Return ``weight * a + (1 - weight) * b``; an empty one (abroad) gives way to the other."""
    if not a or not b:
        return dict(a or b)
    codes = sorted({*a, *b})
    return {c: weight * a.get(c, 0.0) + (1.0 - weight) * b.get(c, 0.0) for c in codes}


def _times(chances: Mapping[str, float], counties: Sequence[str], odds: float) -> dict[str, float]:
    # A line from a county that the area rules out says nothing: lines move.
    if not set(counties) & set(chances):
        return dict(chances)
    raised = {c: p * (odds if c in counties else 1.0) for c, p in chances.items()}
    total = sum(raised.values())
    return {code: value / total for code, value in raised.items()}
