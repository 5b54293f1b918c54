"""
Answers LoST queries: which directorate serves a place, and where its borders run.

The owner of an uncertain location comes from the same engine that assigns calls
(`dispatch.jurisdiction.county_assignment`). Pure: bytes and the time in, bytes out. Reference
data only; no query is kept.

Standards: RFC 5222, RFC 5031. Decisions of ours: docs/location-formats-pidf.md.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from dispatch.ground import Ground
from dispatch.jurisdiction.county_assignment import locate
from dispatch.location import areas
from dispatch.location.base import Notes
from dispatch.location.civic_names import CivicPlaces
from dispatch.location.internet.pidf_lo import civic_extras
from dispatch.location.internet.pidf_lo_shapes import read_shape
from dispatch.location.xml.safe_xml import local_name
from dispatch.lost_protocol import answers
from dispatch.lost_protocol.boundaries import Boundaries, source_id
from dispatch.lost_protocol.civic import find_civic
from dispatch.lost_protocol.model import (
    CHILDREN,
    CIVIC_PROFILE,
    COUNSELING,
    GEODETIC,
    SOS,
    Found,
    LostConfig,
    LostError,
    LostRedirectError,
    Query,
    QueryLocation,
)
from dispatch.lost_protocol.requests import read_query
from dispatch.model import LocationReport
from dispatch.words.catalogue import both
from geodata.errors import RefusedError
from geodata.said import said

MEDIA_TYPE = "application/lost+xml"
_FLAT_SHAPES = {"Point", "Circle", "Ellipse", "ArcBand", "Polygon"}
_CHILD_SERVICES = {None: (COUNSELING, SOS), COUNSELING: (CHILDREN,), CHILDREN: (), SOS: ()}
_URI_112 = "tel:112;phone-context=+40"


@dataclass(frozen=True, slots=True)
class LostServer:
    """
    One authoritative server for the 47 directorates of Romania.

    `dispatch.lost_protocol.build` makes it; `civic` and `boundaries` are of the same counties
    as `ground`.

    Examples
    --------
    >>> from datetime import UTC
    >>> from dispatch.ground import load_ground
    >>> from dispatch.lost_protocol.build import build_lost_server
    >>> server = build_lost_server(load_ground(), LostConfig())
    >>> query = b'''
    ...     <findService xmlns="urn:ietf:params:xml:ns:lost1"
    ...         xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr">
    ...       <location id="here" profile="civic">
    ...         <ca:civicAddress><ca:A1>Vaslui</ca:A1></ca:civicAddress>
    ...       </location>
    ...       <service>urn:service:counseling.children</service>
    ...     </findService>'''
    >>> answer = server.answer(query, now=datetime(2026, 11, 27, 16, tzinfo=UTC))
    >>> b"Child protection directorate Vaslui" in answer
    True
    """

    ground: Ground
    civic: CivicPlaces
    boundaries: Boundaries
    config: LostConfig

    def answer(self, raw: bytes, *, now: datetime, language: str = "en") -> bytes:
        """
        Answer one query; every outcome is a LoST document.

        Parameters
        ----------
        raw
            The query, byte for byte.
        now
            The moment (aware), from which `expires` counts.
        language
            `en` or `ro`, for messages.
        """
        source = self.config.source
        try:
            return self._answer(raw, now, language)
        except LostRedirectError as elsewhere:
            return answers.redirect(elsewhere.target, elsewhere.texts, source, language)
        except LostError as error:
            return answers.errors(error, source, language)
        except RefusedError:
            # The query itself was in order, so this refusal is a fault of ours.
            trouble = LostError("internalError", both("lost.error.internal"))
            return answers.errors(trouble, source, language)

    def busy(self, *, language: str = "en") -> bytes:
        """Write the answer of a server that has no room for a query: `internalError`."""
        trouble = LostError("internalError", both("lost.error.busy"))
        return answers.errors(trouble, self.config.source, language)

    def _answer(self, raw: bytes, now: datetime, language: str) -> bytes:
        if not self.config.is_open:
            raise LostError("forbidden", both("lost.error.closed"))
        query = read_query(raw)
        if self.config.source in query.path:
            raise LostError("loop", both("lost.error.loop"))
        answer = answers.Answer(f"{query.kind}Response", self.config.source, language)
        path = (*query.path, self.config.source)
        if query.kind == "getServiceBoundary":
            code, profile = self.boundaries.named(query.key or "")
            answer.root.append(self.boundaries.element(code, profile))
            return answer.finish(path)
        if query.kind == "listServices":
            answers.service_list(answer.root, self._services_below(query.service))
            return answer.finish(path)
        location = _understood(query)
        if query.kind == "listServicesByLocation":
            self._list_by_location(query, location, answer)
        else:
            self._find_service(query, location, answer, now)
        return answer.finish(path, location.id)

    # ── services ──────────────────────────────────────────────────────────────
    def _services_below(self, service: str | None) -> tuple[str, ...]:
        wanted = None if service is None else service.lower()
        if wanted not in _CHILD_SERVICES:
            raise self._not_served()
        return _CHILD_SERVICES[wanted]

    def _not_served(self) -> RefusedError:
        if self.config.parent:
            return LostRedirectError(self.config.parent, both("lost.error.not_served"))
        return LostError("serviceNotImplemented", both("lost.error.not_served"))

    def _served(self, asked: str) -> str:
        """Return the service that answers for the one asked for."""
        wanted = asked.lower()
        if wanted in {CHILDREN, COUNSELING} or wanted.startswith(f"{CHILDREN}."):
            return CHILDREN
        if wanted == SOS or wanted.startswith(f"{SOS}."):
            return SOS
        raise self._not_served()

    # ── places ────────────────────────────────────────────────────────────────
    def _found(self, location: QueryLocation) -> Found:
        found = self._find(location)
        if found.owner is None:
            raise self._elsewhere()
        return found

    def _elsewhere(self) -> RefusedError:
        if self.config.parent:
            return LostRedirectError(self.config.parent, both("lost.error.not_here"))
        return LostError("notFound", both("lost.error.not_here"))

    def _find(self, location: QueryLocation) -> Found:
        if _profile_of(location) == CIVIC_PROFILE:
            address = next(e for e in location.content if local_name(e) == "civicAddress")
            elements = civic_extras(address).items()
            address_of = {n.removeprefix("civic_"): text for n, text in elements}
            return find_civic(self.civic, address_of)
        _, assignment = locate(_report(location), self.ground)
        return Found(
            profile=GEODETIC,
            shares=tuple((c.code, c.population_share) for c in assignment.counties),
            decided_by=assignment.decided_by,
            ambiguous=assignment.ambiguous,
            outside_share=assignment.outside_share,
            question=assignment.question,
            is_default=assignment.decided_by == "border_tolerance",
        )

    def _list_by_location(
        self, query: Query, location: QueryLocation, answer: answers.Answer
    ) -> None:
        services = self._services_below(query.service)
        is_here = self._find(location).owner is not None
        answers.service_list(answer.root, services if is_here else ())

    # ── mappings ──────────────────────────────────────────────────────────────
    def _find_service(
        self, query: Query, location: QueryLocation, answer: answers.Answer, now: datetime
    ) -> None:
        asked = query.service or ""
        served, found = self._served(asked), self._found(location)
        if served != asked.lower():
            answer.warn("serviceSubstitution", both("lost.warning.substituted"))
        if served == SOS:
            self._map_112(answer)
            return
        self._map(query, found, answer, now)
        if found.ambiguous or found.is_default:
            answer.warn("defaultMappingReturned", both("lost.warning.defaulted"))
        if query.validate and found.validation is not None:
            answers.validation(answer.root, found.validation)

    def _map(self, query: Query, found: Found, answer: answers.Answer, now: datetime) -> None:
        code = found.owner or ""
        # Not to be kept by clients: another place in the same area may have another owner.
        certain = answers.instant(now + self.config.lifetime)
        mapping = self._mapping(answer, code, CHILDREN, "NO-CACHE" if found.ambiguous else certain)
        answers.display_names(
            mapping, both("lost.name.directorate", county=self.ground.counties.get(code).name)
        )
        answers.child(mapping, "service", CHILDREN)
        if query.by_value:
            mapping.append(self.boundaries.element(code, found.profile))
        else:
            key = self.boundaries.key(code, found.profile)
            reference = answers.child(mapping, "serviceBoundaryReference", key=key)
            reference.set("source", self.config.source)
        for uri in self.config.uris:
            answers.child(mapping, "uri", uri.replace("{code}", code.lower()))
        answers.child(mapping, "serviceNumber", "119")
        answers.assignment(mapping, found)

    def _map_112(self, answer: answers.Answer) -> None:
        mapping = self._mapping(answer, "RO", SOS, "NO-CACHE")
        answers.display_names(mapping, both("lost.name.112"))
        answers.child(mapping, "service", SOS)
        answers.child(mapping, "uri", _URI_112)
        answers.child(mapping, "serviceNumber", "112")
        answer.warn("defaultMappingReturned", both("lost.warning.national_112"))

    def _mapping(
        self, answer: answers.Answer, code: str, service: str, expires: str
    ) -> etree._Element:
        return answer.add(
            "mapping",
            expires=expires,
            lastUpdated=answers.instant(self.config.updated_at),
            source=self.config.source,
            sourceId=source_id(code, service),
        )


# ── locations of a query ──────────────────────────────────────────────────────
def _understood(query: Query) -> QueryLocation:
    """Return the first location whose profile is known (section 12.1, rule 7)."""
    for location in query.locations:
        if _profile_of(location) is not None:
            return location
    unknown = (loc.profile or next(map(local_name, loc.content), "none") for loc in query.locations)
    tokens = [re.sub(r"[^A-Za-z0-9._:-]", "_", name)[:60] for name in unknown]
    raise LostError(
        "locationProfileUnrecognized", both("lost.error.unknown_profile"), profiles=tokens
    )


def _profile_of(location: QueryLocation) -> str | None:
    names = {local_name(element) for element in location.content}
    if location.profile not in {None, GEODETIC, CIVIC_PROFILE}:
        return None
    if location.profile == GEODETIC or (location.profile is None and names & _FLAT_SHAPES):
        return GEODETIC
    if "civicAddress" in names:
        return CIVIC_PROFILE
    if location.profile == CIVIC_PROFILE:
        raise LostError("locationInvalid", both("lost.error.no_place_named"))
    return None


def _report(location: QueryLocation) -> LocationReport:
    """Read the first flat shape of a location; its confidence is the 95 % of RFC 5491."""
    notes = Notes()
    shapes = [e for e in location.content if local_name(e) in _FLAT_SHAPES]
    if not shapes:
        reason = said("it holds no two-dimensional shape")
        raise LostError("locationInvalid", both("lost.error.location_refused", reason=reason))
    try:
        shape = areas.usable(read_shape(shapes[0], notes), notes)
    except RefusedError as error:
        refused = both("lost.error.location_refused", reason=error.message)
        raise LostError("locationInvalid", refused) from error
    if shape is None:
        raise LostError(
            "locationInvalid", both("lost.error.location_refused", reason=said("0/0 is no place"))
        )
    return LocationReport("lost", shape, None, warnings=notes.all())
