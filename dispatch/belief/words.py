"""Says in Romanian and English what each report did to a belief, and why; decides nothing."""

from dispatch.belief.model import Conflict, SourceRank, StepAction
from dispatch.jurisdiction.words import Text, county_en, county_ro
from geodata.territories.counties import Counties

_WHO = {
    SourceRank.NUMBER: ("numărul de telefon", "the phone number"),
    SourceRank.CALLER: ("ce spune apelantul", "what the caller says"),
    SourceRank.NETWORK: ("rețeaua", "the network"),
    SourceRank.DEVICE: ("telefonul însuși", "the phone itself"),
}
_WHAT = {
    StepAction.FIRST: ("Prima zonă cunoscută", "First known area"),
    StepAction.REPEATED: ("Aceeași zonă, încă o dată", "The same area once more"),
    StepAction.NARROWED: (
        "Zona nouă și cea veche au o parte comună; apelantul este căutat acolo",
        "The new area and the old one share ground; the caller is looked for there",
    ),
    StepAction.REPLACED: (
        "Zona veche este prea veche; rămâne cea nouă",
        "The old area is too old; the new one stands",
    ),
    StepAction.CONFLICT_KEPT: (
        "Zona nouă contrazice zona veche; rămâne cea veche, de la o sursă mai sigură",
        "The new area contradicts the old one; the old one stands, its source is surer",
    ),
    StepAction.CONFLICT_REPLACED: (
        "Zona nouă contrazice zona veche; rămâne cea nouă",
        "The new area contradicts the old one; the new one stands",
    ),
    StepAction.HINT: (
        "Prefixul de telefon fix este un indiciu slab",
        "The landline prefix is a weak hint",
    ),
    StepAction.IGNORED: ("Nu schimbă nimic", "Changes nothing"),
}


def step(action: StepAction, rank: SourceRank, owner: str | None, counties: Counties) -> Text:
    """Explain one step."""
    what, who = _WHAT[action], _WHO[rank]
    own = (
        ("niciun județ nu răspunde", "no county owns the call")
        if owner is None
        else (f"răspunde {county_ro(owner, counties)}", f"{county_en(owner, counties)} owns it")
    )
    ro, en = (f"{what[i]} (sursa: {who[i]}); {own[i]}." for i in (0, 1))
    return {"ro": ro, "en": en.replace("sursa", "source")}


def conflict(
    owners: tuple[str | None, str | None],
    ranks: tuple[SourceRank, SourceRank],
    counties: Counties,
    *,
    apart_m: float,
) -> Text:
    """Explain a conflict: what is kept, what is set aside; `apart_m` between their middles."""
    if owners[0] is not None and owners[0] == owners[1]:
        return _conflict_within(owners[0], ranks, counties, apart_m)
    ro = [county_ro(code, counties) if code else "în afara țării" for code in owners]
    en = [county_en(code, counties) if code else "abroad" for code in owners]
    kept, aside = _WHO[ranks[0]], _WHO[ranks[1]]
    return {
        "ro": f"Două zone fără nicio parte comună: {ro[0]} ({kept[0]}) și {ro[1]} ({aside[0]}). "
        "Se păstrează prima; întrebați.",
        "en": f"Two areas without common ground: {en[0]} ({kept[1]}) and {en[1]} ({aside[1]}). "
        "The first one is kept; ask.",
    }


def _conflict_within(
    owner: str, ranks: tuple[SourceRank, SourceRank], counties: Counties, apart_m: float
) -> Text:
    """Explain a conflict about the place that leaves the county what it was."""
    kept, aside = _WHO[ranks[0]], _WHO[ranks[1]]
    km = f"{apart_m / 1000:.1f}"
    return {
        "ro": f"Două zone la {km.replace('.', ',')} km una de alta, fără nicio parte comună, "
        f"ambele în {county_ro(owner, counties)} ({kept[0]}; {aside[0]}). "
        "Se păstrează prima; întrebați.",
        "en": f"Two areas {km} km apart without common ground, "
        f"both in {county_en(owner, counties)} ({kept[1]}; {aside[1]}). "
        "The first one is kept; ask.",
    }


def conflict_question(found: Conflict) -> Text:
    """Return what to ask when two areas contradict each other."""
    if found.kept_owner == found.set_aside_owner:
        return {
            "ro": "„Te-ai mutat de când ai sunat? Unde ești acum?”",
            "en": '"Have you moved since you called? Where are you now?"',
        }
    return {"ro": "„În ce localitate ești acum?”", "en": '"Which town or village are you in now?"'}
