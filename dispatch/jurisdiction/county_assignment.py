"""
Which county owns a call, from an area in which the caller may be anywhere.

RFC 7459 is the floor: the area is scaled to 95 %, and each county gets
``Pi = Co * Ao / Au``. Above it stands the posterior with population: people call,
not fields, so a county's probability is that of a person in it being the caller.
Both are returned; the policy says which one decides. A person may overrule either.

Areas are compared exactly (geodesic circle, equal-area projection), never centroids.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dispatch.ground import Ground
from dispatch.jurisdiction import words
from dispatch.jurisdiction.density import (
    ground_shares,
    named,
    posterior,
    stated_area,
    touched,
)
from dispatch.jurisdiction.hints import from_number
from dispatch.jurisdiction.places import (
    likeliest,
    likely_places,
    what_to_ask,
)
from dispatch.location.base import Notes
from dispatch.model import (
    CallerLocation,
    CountyAssignment,
    CountyShare,
    LikelyPlace,
    LocationReport,
)
from geodata.areas.likelihood import DEFAULT_TRUST, EdgeTrust, StatedArea
from geodata.areas.shapes import Circle, Point, Shape
from geodata.areas.uncertainty import centroid, reach_m, scale_confidence
from geodata.crs import distance_m
from geodata.points import LonLat
from geodata.territories.counties import Counties

_VERTICES = 360
# Every border lies within 420 km of this place. What is far beyond is not worth an overlay,
# and must not reach it: outlines near a pole or the antimeridian mean nothing in a plane.
_COUNTRY_CENTER = LonLat(25.0, 45.9)
_COUNTRY_REACH_M = 700_000.0


@dataclass(frozen=True, slots=True)
class JurisdictionPolicy:
    """
    How the owner is chosen, and when the answer is called ambiguous.

    Attributes
    ----------
    decide_by
        `population` or `rfc7459`.
    confidence
        To which the area is scaled before any share is taken (RFC 7459, 5.5).
    trust
        How far the edges and the stated confidence of areas are trusted.
    certain_from
        Below this probability of the owner the operator is told to ask. Every
        fifth call handed to the wrong directorate would be one too many; asking
        costs ten seconds.
    rfc7459_from
        The same for the RFC 7459 share, whose own threshold is 50 %.
    disagreement_from
        Where area and population name different counties, the population must be
        at least this sure, or the answer is ambiguous.
    outside_max
        From this share of the area abroad or at sea on, the answer is ambiguous.
    border_m
        A bare point this close to another county is ambiguous, and one this far
        outside the country still belongs to the county beside it: maps and phones
        are both off by tens of metres, and people stand on piers.
    closed_question_from
        "Are you in …?" is asked first when the answer is expected to remove this part of the
        uncertainty: a frightened child answers yes or no sooner than it names a place.
    names_places
        Whether the likely localities are named, and asked about. Off where only the county
        counts, as in judging thousands of drawn calls: it takes most of the time.
    """

    decide_by: str = "population"
    confidence: float = 0.95
    trust: EdgeTrust = DEFAULT_TRUST
    certain_from: float = 0.80
    rfc7459_from: float = 0.50
    disagreement_from: float = 0.95
    outside_max: float = 0.50
    border_m: float = 200.0
    closed_question_from: float = 0.4
    names_places: bool = True


DEFAULT_POLICY = JurisdictionPolicy()


@dataclass(frozen=True, slots=True)
class _Shares:
    """What the ground says about one area; `decided_by` where the policy does not."""

    area: Mapping[str, float]
    posterior: Mapping[str, float]
    outside: float
    at_border: bool = False
    decided_by: str | None = None


def locate(
    report: LocationReport, ground: Ground, *, policy: JurisdictionPolicy = DEFAULT_POLICY
) -> tuple[CallerLocation | None, CountyAssignment]:
    """
    Find the county that owns a call.

    Parameters
    ----------
    report
        The message as read. Without a shape, a landline prefix serves as a weak hint.

    Returns
    -------
    location, assignment
        The area at 95 % confidence (None when the report holds no place), and the
        counties by falling probability. Their `area_share` and `outside_share` make
        1; their `population_share` makes 1 when there is any county. Abroad there
        is no owner; that is a result, not an error.

    References
    ----------
    RFC 7459, section 5.5; docs/location-formats.md.
    """
    notes = Notes()
    if report.shape is None:
        return None, from_number(report, ground.counties, notes)
    shape, confidence = scale_confidence(
        report.shape, report.confidence, to=policy.confidence, pdf=report.pdf
    )
    _note_scaling(report, confidence, policy, notes)
    location = CallerLocation(
        shape, confidence, report.shape, report.confidence, (*report.warnings, *notes.all())
    )
    stated = stated_area(report, report.shape)
    shares = _shares(shape, stated, ground, policy)
    assignment = _assign(shares, confidence, ground.counties, policy, notes)
    return location, _with_places(stated, assignment, ground, policy)


def owner_of_circle(ground: Ground, center: LonLat, radius_m: float) -> str | None:
    """Return the county that owns a circle (EPSG:4326, metres), None abroad."""
    report = LocationReport(format="place", shape=Circle(center, radius_m), confidence=0.95)
    return locate(report, ground)[1].owner


def reweigh(
    location: CallerLocation,
    assignment: CountyAssignment,
    chances: Mapping[str, float],
    *,
    ground: Ground,
    policy: JurisdictionPolicy = DEFAULT_POLICY,
) -> CountyAssignment:
    """
    Give an assignment the probabilities of fused evidence: new order, owner and question.

    `chances` is by county code and sums to 1; the shares of the area stay what they are.
    """
    notes = Notes()
    notes.extend(tuple(w for w in assignment.warnings if w.code != "area_disagrees"))
    area = {c.code: c.area_share for c in assignment.counties if c.area_share > 0.0}
    shares = _Shares(area, chances, assignment.outside_share, decided_by="fused")
    by_people = replace(policy, decide_by="population")
    found = _assign(shares, location.confidence, ground.counties, by_people, notes)
    stated = StatedArea(location.shape, location.confidence)
    return _with_places(stated, found, ground, policy)


def _with_places(
    stated: StatedArea, assignment: CountyAssignment, ground: Ground, policy: JurisdictionPolicy
) -> CountyAssignment:
    """Add the likely localities and, for an ambiguous call, what to ask."""
    places: tuple[LikelyPlace, ...] = ()
    localities = ground.localities if policy.names_places else None
    if localities is not None:
        places = likely_places(stated, assignment, ground.population, localities, policy.trust)
    found = replace(assignment, places=likeliest(places))
    if not assignment.ambiguous:
        return found
    from_ = policy.closed_question_from
    asked = what_to_ask(stated.shape, assignment, places, localities, closed_from=from_)
    text = words.question(assignment, ground.counties, asked.named, ask_first=asked.first)
    return replace(found, question=text)


def _note_scaling(
    report: LocationReport, confidence: float, policy: JurisdictionPolicy, notes: Notes
) -> None:
    stated = report.confidence
    if stated is None or stated == policy.confidence or isinstance(report.shape, Point):
        return
    if confidence == stated:
        notes.add("not_scaled", f"no area of {policy.confidence:.0%} exists; {stated:.0%} is used")
    elif stated < policy.confidence and report.pdf == "rectangular":
        notes.add("area_enlarged", f"the area was enlarged from {stated:.0%} to {confidence:.0%}")


# ── shares ────────────────────────────────────────────────────────────────────
def _shares(
    shape: Shape, stated: StatedArea, ground: Ground, policy: JurisdictionPolicy
) -> _Shares:
    if _is_far_away(shape):
        return _Shares({}, {}, 1.0)
    if isinstance(shape, Point):
        return _point_shares(shape.center, ground, policy)
    area = ground_shares(shape, ground.territories, vertices=_VERTICES)
    inside = touched(area)
    found = named(posterior([stated], ground.population, policy.trust).counties, inside)
    return _Shares(area=inside, posterior=found, outside=max(0.0, 1.0 - sum(inside.values())))


def _is_far_away(shape: Shape) -> bool:
    away = distance_m(*_COUNTRY_CENTER, *centroid(shape))
    return away - reach_m(shape) > _COUNTRY_REACH_M


def _point_shares(place: LonLat, ground: Ground, policy: JurisdictionPolicy) -> _Shares:
    around = ground.territories.shares_of_circle(place, policy.border_m)
    code = ground.counties.find_at(place)
    if code is not None:
        at_border = len(around.by_county) > 1
        return _Shares({code: 1.0}, {code: 1.0}, 0.0, at_border=at_border)
    covered = sum(around.by_county.values())
    near = {code: share / covered for code, share in around.by_county.items()}
    return _Shares({}, near, 1.0, at_border=True, decided_by="border_tolerance" if near else None)


# ── the decision ──────────────────────────────────────────────────────────────
def _assign(
    shares: _Shares, confidence: float, counties: Counties, policy: JurisdictionPolicy, notes: Notes
) -> CountyAssignment:
    ranked = _ranked(shares, confidence, counties, policy)
    owner, runner_up = (ranked[0] if ranked else None), (ranked[1] if len(ranked) > 1 else None)
    _note_ground(shares, owner, policy, notes)
    decided_by = shares.decided_by or (policy.decide_by if owner else "nothing")
    top = 0.0 if owner is None else _measure(owner, decided_by)
    second = 0.0 if runner_up is None else _measure(runner_up, decided_by)
    assignment = CountyAssignment(
        counties=ranked,
        owner=owner.code if owner else None,
        runner_up=runner_up.code if runner_up else None,
        margin=top - second,
        ambiguous=_is_ambiguous(shares, ranked, decided_by, policy),
        outside_share=shares.outside,
        decided_by=decided_by,
        reason={},
        warnings=notes.all(),
    )
    return replace(assignment, reason=words.reason(assignment, counties))


def _ranked(
    shares: _Shares, confidence: float, counties: Counties, policy: JurisdictionPolicy
) -> tuple[CountyShare, ...]:
    found = [
        CountyShare(
            code=code,
            name=counties.get(code).name,
            area_share=shares.area.get(code, 0.0),
            rfc7459=confidence * shares.area.get(code, 0.0),
            population_share=probability,
        )
        for code, probability in shares.posterior.items()
    ]
    return tuple(sorted(found, key=lambda c: (-_measure(c, policy.decide_by), -c.rfc7459, c.code)))


def _measure(share: CountyShare, decided_by: str) -> float:
    return share.rfc7459 if decided_by == "rfc7459" else share.population_share


def _note_ground(
    shares: _Shares, owner: CountyShare | None, policy: JurisdictionPolicy, notes: Notes
) -> None:
    if owner is None:
        notes.add("outside_country", "no part of the area lies in the country")
    elif shares.outside > policy.outside_max:
        notes.add("mostly_outside", f"{shares.outside:.0%} of the area lies outside the country")
    if owner is not None and shares.at_border:
        notes.add("near_border", f"the place is within {policy.border_m:.0f} m of a county border")
    if owner is not None and _largest_area(shares) not in {None, owner.code}:
        largest = _largest_area(shares)
        notes.add("area_disagrees", f"most of the area lies in {largest}, most people do not")


def _largest_area(shares: _Shares) -> str | None:
    return max(shares.area, key=lambda code: shares.area[code], default=None)


def _is_ambiguous(
    shares: _Shares,
    ranked: tuple[CountyShare, ...],
    decided_by: str,
    policy: JurisdictionPolicy,
) -> bool:
    if not ranked or shares.at_border or shares.outside > policy.outside_max:
        return True
    top, best = _measure(ranked[0], decided_by), max(ranked, key=lambda c: c.area_share)
    if decided_by == "rfc7459":
        return top < policy.rfc7459_from
    disagrees = best.code != ranked[0].code
    return top < (policy.disagreement_from if disagrees else policy.certain_from)
