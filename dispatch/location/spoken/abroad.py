"""
Countries and big cities abroad, as people name them: who is there is not in Romania.

Some villages of ours are called Roma or Viena; beside the name of a country they are not meant.
"""

from collections.abc import Sequence

from dispatch.location.spoken.standing import Standing
from dispatch.location.spoken.words import Said

_COUNTRIES_TEXT = """
italia spania germania anglia franta austria belgia olanda grecia portugalia ungaria bulgaria serbia
ucraina turcia elvetia irlanda scotia danemarca suedia norvegia finlanda polonia cehia slovacia
slovenia croatia cipru israel america sua canada marea_britanie regatul_unit republica_moldova
moldova_de_peste_prut rusia luxemburg malta emirate dubai egipt germany italy spain england
"""
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())
_CITIES_TEXT = """
londra paris madrid barcelona milano torino bologna napoli venetia verona padova florenta viena
berlin munchen munich hamburg frankfurt stuttgart dortmund koln bruxelles anvers amsterdam rotterdam
haga lisabona atena salonic budapesta szeged debretin chisinau tiraspol orhei cahul ungheni belgrad
zagreb praga varsovia cracovia kiev cernauti odesa istanbul antalya sofia varna burgas ruse zurich
geneva berna dublin manchester birmingham liverpool leeds copenhaga stockholm oslo helsinki lyon
marsilia nisa toulouse valencia sevilla malaga zaragoza castellon roma palermo catania bari genova
moscova nicosia larnaca new_york
"""
_CITIES = frozenset(_CITIES_TEXT.split())
TWINS = frozenset({"roma", "valencia", "sofia", "orhei", "ruse"})
"""Names that are also villages or first names here: alone they only raise the question."""

_PLACED = frozenset({"in", "din", "la", "prin", "spre", "langa"})
_LONGEST = 4
_BEYOND = ("peste", "prut")


def find_abroad(
    phrases: Sequence[Sequence[Said]], stands: Sequence[Sequence[Standing]]
) -> tuple[tuple[str, Standing], ...]:
    """Return the names of places abroad with how each stands to the caller."""
    found: list[tuple[str, Standing]] = []
    for phrase, standing in zip(phrases, stands, strict=True):
        words = [said.word for said in phrase]
        for at in range(len(words)):
            name = _name_at(words, at)
            if name and (at == 0 or words[at - 1] in _PLACED):
                found.append((name, standing[at]))
        if any(tuple(words[i : i + 2]) == _BEYOND for i in range(len(words))):
            found.append(("peste Prut", standing[-1]))
    certain = [pair for pair in found if pair[0] not in TWINS]
    return tuple(found) if certain else ()


def _name_at(words: Sequence[str], at: int) -> str:
    for count in range(min(_LONGEST, len(words) - at), 0, -1):
        name = "_".join(words[at : at + count])
        if name in _COUNTRIES or name in _CITIES:
            return name.replace("_", " ")
    return ""
