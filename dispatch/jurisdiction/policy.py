"""The bounds within which a county is chosen for a call; each has its operational reason."""

from dataclasses import dataclass

from geodata.areas.likelihood import DEFAULT_TRUST, EdgeTrust


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
        A bare point this close to another county is ambiguous, and a place or area
        this far outside the country still belongs to the county beside it: maps and
        phones are both off by tens of metres, and people stand on river banks.
    coast_m
        The same off the coast, where no other country is: seafronts, piers,
        breakwaters, boats close to a beach.
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
    coast_m: float = 4_000.0
    closed_question_from: float = 0.4
    names_places: bool = True


DEFAULT_POLICY = JurisdictionPolicy()
