"""
Which county owns a call, from an area in which the caller may be anywhere.

RFC 7459 is the floor: the area is scaled to 95 %, and each county gets
``Pi = Co * Ao / Au``. Above it stands the posterior with population: people call,
not fields, so a county's probability is that of a person in it being the caller.
Both are returned; the policy says which one decides. A person may overrule either.

Areas are compared exactly (geodesic circle, equal-area projection), never centroids.
"""

from collections.abc import Mapping
from dataclasses import replace

from dispatch.ground import Ground
from dispatch.jurisdiction import words
from dispatch.jurisdiction.density import (
    stated_area,
)
from dispatch.jurisdiction.hints import from_number
from dispatch.jurisdiction.places import (
    likeliest,
    likely_places,
    what_to_ask,
)
from dispatch.jurisdiction.policy import DEFAULT_POLICY, JurisdictionPolicy
from dispatch.jurisdiction.shares import GroundShares, shares_of
from dispatch.location.base import Notes
from dispatch.location.civic_area import contradicting_counties
from dispatch.model import (
    CallerLocation,
    CountyAssignment,
    CountyShare,
    LikelyPlace,
    LocationReport,
)
from geodata.areas.likelihood import StatedArea
from geodata.areas.shapes import Circle, Point
from geodata.areas.uncertainty import scale_confidence
from geodata.points import LonLat
from geodata.territories.counties import Counties


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

    Examples
    --------
    >>> from dispatch.ground import load_ground
    >>> report = LocationReport("geo", Circle(LonLat(23.59, 46.77), 500.0), 0.95)
    >>> location, assignment = locate(report, load_ground())
    >>> assignment.owner, assignment.ambiguous
    ('CJ', False)
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
    shares = shares_of(shape, stated, ground, policy)
    if halves := contradicting_counties(report):
        # The ground of both sides says nothing about which of them is right.
        shares = replace(shares, posterior=halves, decided_by="civic")
    is_said = report.format == "spoken"
    assignment = _assign(shares, confidence, ground.counties, policy, notes, is_said=is_said)
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
    is_said: bool = False,
) -> CountyAssignment:
    """
    Give an assignment the probabilities of fused evidence: new order, owner and question.

    `chances` is by county code and sums to 1; the shares of the area stay what they are.
    `is_said` where nothing but the caller's words gave the area.
    """
    notes = Notes()
    notes.extend(tuple(w for w in assignment.warnings if w.code != "area_disagrees"))
    area = {c.code: c.area_share for c in assignment.counties if c.area_share > 0.0}
    shares = GroundShares(area, chances, assignment.outside_share, decided_by="fused")
    by_people = replace(policy, decide_by="population")
    found = _assign(shares, location.confidence, ground.counties, by_people, notes, is_said=is_said)
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


# ── the decision ──────────────────────────────────────────────────────────────
def _assign(
    shares: GroundShares,
    confidence: float,
    counties: Counties,
    policy: JurisdictionPolicy,
    notes: Notes,
    *,
    is_said: bool,
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
    return replace(assignment, reason=words.reason(assignment, counties, is_said=is_said))


def _ranked(
    shares: GroundShares, confidence: float, counties: Counties, policy: JurisdictionPolicy
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
    shares: GroundShares, owner: CountyShare | None, policy: JurisdictionPolicy, notes: Notes
) -> None:
    if owner is None:
        notes.add("outside_country", "no part of the area lies in the country")
    elif shares.outside > policy.outside_max:
        notes.add("mostly_outside", f"{shares.outside:.0%} of the area lies outside the country")
    if owner is not None and shares.tolerance_m is not None:
        strip_m = shares.tolerance_m
        notes.add(
            "border_tolerance", f"outside, but within {strip_m:,.0f} m of it: the nearest county"
        )
    elif owner is not None and shares.at_border:
        notes.add("near_border", f"the place is within {policy.border_m:.0f} m of a county border")
    if owner is not None and _largest_area(shares) not in {None, owner.code}:
        largest = _largest_area(shares)
        notes.add("area_disagrees", f"most of the area lies in {largest}, most people do not")


def _largest_area(shares: GroundShares) -> str | None:
    return max(shares.area, key=lambda code: shares.area[code], default=None)


def _is_ambiguous(
    shares: GroundShares,
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
