"""
Says why a county owns a call, and what to ask the caller.

Pure text from an assignment; decides nothing. Each answer is a mapping with the
keys `ro` and `en`.
"""

from collections.abc import Mapping, Sequence

from dispatch.location.mlp.results import RESULT_NAMES
from dispatch.model import CountyAssignment
from dispatch.words.catalogue import Catalogue, both, in_each
from geodata.territories.counties import Counties

Text = dict[str, str]


def reason(assignment: CountyAssignment, counties: Counties, *, is_said: bool = False) -> Text:
    """
    Explain an assignment that came from an area or a place.

    Parameters
    ----------
    is_said
        Whether the caller's words gave the area, and not the network or the phone.
    """

    def sentence(words: Catalogue) -> str:
        given_by = words.word(f"jurisdiction.given_by.{'caller' if is_said else 'network'}")
        if not assignment.counties:
            return words.word("jurisdiction.reason.abroad", given_by=given_by)
        return _reason(assignment, counties, given_by, words)

    return in_each(sentence)


def _reason(
    assignment: CountyAssignment, counties: Counties, given_by: str, words: Catalogue
) -> str:
    parts = [
        _who(assignment, counties, given_by, words),
        _second(assignment, counties, words),
        _outside(assignment, words),
        words.word("jurisdiction.reason.uncertain") if assignment.ambiguous else "",
    ]
    return " ".join(part for part in parts if part)


def _who(assignment: CountyAssignment, counties: Counties, given_by: str, words: Catalogue) -> str:
    top = assignment.counties[0]
    county, area = county_name(top.code, counties, words), words.share(top.area_share)
    if assignment.decided_by == "border_tolerance":
        return words.word("jurisdiction.reason.border", county=county)
    if assignment.decided_by == "civic":
        share = words.share(top.population_share)
        return words.word("jurisdiction.reason.civic", county=county, share=share)
    if assignment.decided_by == "rfc7459":
        share = words.share(top.rfc7459)
        return words.word("jurisdiction.reason.rfc7459", county=county, share=share, area=area)
    if len(assignment.counties) == 1:
        kind = "whole_area" if top.area_share > 0.9995 else "only_county"
        key = f"jurisdiction.reason.{kind}"
        return words.word(key, county=county, area=area, given_by=given_by)
    return words.word(
        "jurisdiction.reason.population",
        county=county,
        share=words.share(top.population_share),
        area=area,
        given_by=given_by,
    )


def _second(assignment: CountyAssignment, counties: Counties, words: Catalogue) -> str:
    if assignment.runner_up is None:
        return ""
    second = assignment.counties[1]
    by_area = assignment.decided_by == "rfc7459"
    return words.word(
        "jurisdiction.reason.runner_up",
        county=county_name(second.code, counties, words),
        share=words.share(second.rfc7459 if by_area else second.population_share),
    )


def _outside(assignment: CountyAssignment, words: Catalogue) -> str:
    if assignment.outside_share < 0.005 or assignment.decided_by == "border_tolerance":
        return ""
    return words.word("jurisdiction.reason.outside", share=words.share(assignment.outside_share))


def reason_without_place(
    assignment: CountyAssignment, counties: Counties, result_code: str | None
) -> Text:
    """Explain an assignment made without any place: a landline prefix, or nothing."""
    return in_each(lambda words: _without_place(assignment, counties, result_code, words))


def _without_place(
    assignment: CountyAssignment, counties: Counties, result_code: str | None, words: Catalogue
) -> str:
    parts = [words.word("jurisdiction.reason.no_location")]
    if result_code is not None:
        name = RESULT_NAMES.get(result_code, result_code)
        parts.append(words.word("jurisdiction.reason.result", code=result_code, name=name))
    codes = [share.code for share in assignment.counties]
    if codes:
        named = _all_of(codes, counties, words)
        parts.append(words.word("jurisdiction.reason.landline", counties=named))
    else:
        parts.append(words.word("jurisdiction.reason.unknown"))
    return " ".join(parts)


def question(
    assignment: CountyAssignment,
    counties: Counties,
    places: Mapping[str, Sequence[str]],
    *,
    ask_first: str | None = None,
) -> Text:
    """
    Return what to ask the caller, with the answers that would settle the county.

    `places` are names of localities by county code; a county without any is named alone.
    `ask_first` is the locality to ask about with yes or no before the open question.
    """
    shares = assignment.counties[:3]
    sectors = [counties.get(share.code).kind == "sector" for share in shares]
    kind = _asked(sectors, has_place=assignment.outside_share > 0.0)
    if len(shares) < 2 or assignment.decided_by == "landline_prefix":
        return both(f"jurisdiction.question.{kind}")
    answers = {
        share.code: [] if is_sector else places.get(share.code, ())
        for share, is_sector in zip(shares, sectors, strict=True)
    }
    first = None if all(sectors) else ask_first
    return in_each(lambda words: _question(kind, first, answers, counties, words))


def _question(
    kind: str,
    first: str | None,
    answers: Mapping[str, Sequence[str]],
    counties: Counties,
    words: Catalogue,
) -> str:
    closed = "" if first is None else words.word("jurisdiction.question.first", place=first) + " "
    meanings = "; ".join(
        _means(names, county_name(code, counties, words)) for code, names in answers.items()
    )
    return f"{closed}{words.word(f'jurisdiction.question.{kind}')} {meanings}."


def _asked(sectors: Sequence[bool], *, has_place: bool) -> str:
    """Choose the question. The caller is a child: short, and in the familiar form."""
    if not sectors and has_place:
        return "country"
    if sectors and all(sectors):
        return "sector"
    return "bucharest" if any(sectors) else "locality"


def _means(names: Sequence[str], county: str) -> str:
    return f"{', '.join(names)} → {county}" if names else county


def _all_of(codes: Sequence[str], counties: Counties, words: Catalogue) -> str:
    """Name several counties; the six sectors together are Bucharest."""
    sectors = [code for code in codes if counties.get(code).kind == "sector"]
    whole_city = len(sectors) >= 6
    named = [code for code in codes if not whole_city or code not in sectors]
    names = [words.word("jurisdiction.bucharest")] if whole_city else []
    names += [county_name(code, counties, words) for code in named]
    return f" {words.word('jurisdiction.and')} ".join(names)


def county_name(code: str, counties: Counties, words: Catalogue) -> str:
    """Return a county or sector as a sentence names it."""
    county = counties.get(code)
    if county.kind == "sector":
        return words.word("jurisdiction.sector", number=code[1:])
    return words.word("jurisdiction.county", name=county.name)
