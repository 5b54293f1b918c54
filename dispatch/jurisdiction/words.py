"""
Says in Romanian and English why a county owns a call, and what to ask the caller.

Pure text from an assignment; decides nothing. Each answer is a mapping with the
keys `ro` and `en`.
"""

from collections.abc import Mapping, Sequence

from dispatch.location.mlp.results import RESULT_NAMES
from dispatch.model import CountyAssignment, CountyShare
from geodata.territories.counties import Counties

Text = dict[str, str]


def reason(assignment: CountyAssignment, counties: Counties) -> Text:
    """Explain an assignment that came from an area or a place."""
    if not assignment.counties:
        return {
            "ro": "Locul indicat de rețea este în afara României; niciun județ nu răspunde.",
            "en": "The place given by the network is outside Romania: no county owns the call.",
        }
    parts = [_who(assignment, counties), _second(assignment, counties), _outside(assignment)]
    if assignment.ambiguous:
        parts.append({"ro": "Nu este sigur: întrebați.", "en": "This is not certain: ask."})
    return _joined(parts)


def _who(assignment: CountyAssignment, counties: Counties) -> Text:
    top = assignment.counties[0]
    ro, en = county_ro(top.code, counties), county_en(top.code, counties)
    if assignment.decided_by == "border_tolerance":
        return {
            "ro": f"Locul este chiar lângă graniță, în afara țării; cel mai aproape este {ro}.",
            "en": f"The place is just outside the country; {en} is the nearest.",
        }
    area = percent(top.area_share)
    if assignment.decided_by == "rfc7459":
        return {
            "ro": f"Răspunde {ro}: {percent(top.rfc7459)} după RFC 7459 ({area} din zonă).",
            "en": f"{en} owns the call: {percent(top.rfc7459)} by RFC 7459 ({area} of the area).",
        }
    if len(assignment.counties) == 1:
        return _single(top, ro, en)
    return {
        "ro": f"Răspunde {ro}, cu probabilitatea {percent(top.population_share)} "
        f"după populația din zonă; îi aparține {area} din zona indicată de rețea.",
        "en": f"{en} owns the call, with a probability of {percent(top.population_share)} "
        f"by the people living in the area; it covers {area} of the area given by the network.",
    }


def _single(top: CountyShare, ro: str, en: str) -> Text:
    if top.area_share > 0.9995:
        return {
            "ro": f"Răspunde {ro}: toată zona indicată de rețea este acolo.",
            "en": f"{en} owns the call: all of the area given by the network lies there.",
        }
    return {
        "ro": f"Răspunde {ro}: este singurul județ din zona indicată de rețea "
        f"({percent(top.area_share)} din ea).",
        "en": f"{en} owns the call: it is the only county in the area given by the network "
        f"({percent(top.area_share)} of it).",
    }


def _second(assignment: CountyAssignment, counties: Counties) -> Text:
    if assignment.runner_up is None:
        return {}
    second = assignment.counties[1]
    by_area = assignment.decided_by == "rfc7459"
    share = percent(second.rfc7459 if by_area else second.population_share)
    ro, en = county_ro(second.code, counties), county_en(second.code, counties)
    return {"ro": f"Urmează {ro}, cu {share}.", "en": f"Next is {en}, with {share}."}


def _outside(assignment: CountyAssignment) -> Text:
    if assignment.outside_share < 0.005 or assignment.decided_by == "border_tolerance":
        return {}
    share = percent(assignment.outside_share)
    return {
        "ro": f"{share} din zonă este în afara țării.",
        "en": f"{share} of the area lies outside the country.",
    }


def reason_without_place(
    assignment: CountyAssignment, counties: Counties, result_code: str | None
) -> Text:
    """Explain an assignment made without any place: a landline prefix, or nothing."""
    parts: list[Text] = [
        {"ro": "Rețeaua nu a dat nicio localizare.", "en": "The network gave no location."}
    ]
    if result_code is not None:
        name = RESULT_NAMES.get(result_code, result_code)
        parts.append(
            {
                "ro": f"Cod de rezultat {result_code}: {name}.",
                "en": f"Result {result_code}: {name}.",
            }
        )
    codes = [share.code for share in assignment.counties]
    if codes:
        ro, en = _all_of(codes, counties)
        parts.append(
            {
                "ro": f"Prefixul de telefon fix indică {ro}, dar numărul poate fi folosit oriunde.",
                "en": f"The landline prefix points to {en}, but the number may be used anywhere.",
            }
        )
    else:
        parts.append({"ro": "Județul nu se cunoaște.", "en": "The county is not known."})
    return _joined(parts)


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
    ask = _ask(sectors, has_place=assignment.outside_share > 0.0)
    if len(shares) < 2 or assignment.decided_by == "landline_prefix":
        return ask
    named = [
        [] if is_sector else places.get(share.code, ())
        for share, is_sector in zip(shares, sectors, strict=True)
    ]
    answers = list(zip(named, [share.code for share in shares], strict=True))
    if ask_first is not None and not all(sectors):
        closed = {
            "ro": f"„Ești în {ask_first}?” Dacă nu:",
            "en": f'"Are you in {ask_first}?" If not:',
        }
        ask = _joined([closed, ask])
    ro = "; ".join(_means(names, county_ro(code, counties)) for names, code in answers)
    en = "; ".join(_means(names, county_en(code, counties)) for names, code in answers)
    return {"ro": f"{ask['ro']} {ro}.", "en": f"{ask['en']} {en}."}


def _ask(sectors: Sequence[bool], *, has_place: bool) -> Text:
    """Choose the question. The caller is a child: short, and in the familiar form."""
    if not sectors and has_place:
        return {
            "ro": "„Ești în România? În ce localitate?”",
            "en": '"Are you in Romania? In which town or village?"',
        }
    if sectors and all(sectors):
        return {
            "ro": "„În ce sector ești și ce stradă sau stație vezi?”",
            "en": '"Which sector are you in, and which street or station do you see?"',
        }
    if any(sectors):
        return {
            "ro": "„Ești în București sau în afara lui? În ce sector sau localitate?”",
            "en": '"Are you in Bucharest or outside? In which sector, town or village?"',
        }
    return {"ro": "„În ce localitate ești acum?”", "en": '"Which town or village are you in?"'}


def _means(names: Sequence[str], county: str) -> str:
    return f"{', '.join(names)} → {county}" if names else county


def _all_of(codes: Sequence[str], counties: Counties) -> tuple[str, str]:
    """Name several counties; the six sectors together are Bucharest."""
    sectors = [code for code in codes if counties.get(code).kind == "sector"]
    named = codes if len(sectors) < 6 else [code for code in codes if code not in sectors]
    ro = [county_ro(code, counties) for code in named]
    en = [county_en(code, counties) for code in named]
    if named is not codes:
        ro, en = ["București", *ro], ["Bucharest", *en]
    return " și ".join(ro), " and ".join(en)


def county_ro(code: str, counties: Counties) -> str:
    """Return the county as a Romanian sentence names it."""
    county = counties.get(code)
    return _sector(county.name) if county.kind == "sector" else f"județul {county.name}"


def county_en(code: str, counties: Counties) -> str:
    """Return the county as an English sentence names it."""
    county = counties.get(code)
    if county.kind == "sector":
        return _sector(county.name).replace("Sectorul", "Sector")
    return f"{county.name} county"


def _sector(name: str) -> str:
    return name.rpartition(", ")[2]


def percent(share: float) -> str:
    """Return a share as whole per cent; never 0 or 100 for what is neither."""
    if 0.0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 0.9995:
        return "99 %"
    return f"{100.0 * share:.0f} %"


def _joined(parts: Sequence[Text]) -> Text:
    full = [part for part in parts if part]
    return {language: " ".join(part[language] for part in full) for language in ("ro", "en")}
