"""The sentences of LoST answers, in both languages."""

from dispatch.lost_protocol.model import Texts

NOT_XML: Texts = {
    "en": "the request is not readable XML",
    "ro": "cererea nu este XML care poate fi citit",
}
NOT_A_REQUEST: Texts = {
    "en": "the request is no LoST query",
    "ro": "cererea nu este o interogare LoST",
}
TOO_LARGE: Texts = {"en": "the request is too large", "ro": "cererea este prea mare"}
NO_SERVICE: Texts = {
    "en": "the query names no service",
    "ro": "interogarea nu numește niciun serviciu",
}
NO_LOCATION: Texts = {
    "en": "the query holds no location with an id",
    "ro": "interogarea nu conține nicio locație cu identificator",
}
TWICE: Texts = {
    "en": "two locations use the same profile",
    "ro": "două locații folosesc același profil",
}
NO_KEY: Texts = {"en": "the query names no boundary", "ro": "interogarea nu numește nicio limită"}
BAD_ATTRIBUTE: Texts = {
    "en": "an attribute has a value that does not exist",
    "ro": "un atribut are o valoare care nu există",
}
CLOSED: Texts = {
    "en": "this server does not answer queries",
    "ro": "acest server nu răspunde la interogări",
}
LOOP: Texts = {
    "en": "this server is already in the path of the query",
    "ro": "acest server se află deja pe calea interogării",
}
UNKNOWN_PROFILE: Texts = {
    "en": "the location is neither geodetic-2d nor civic",
    "ro": "locația nu este nici geodetic-2d, nici civic",
}
NOT_HERE: Texts = {
    "en": "the place lies outside Romania",
    "ro": "locul se află în afara României",
}
NO_PLACE_NAMED: Texts = {
    "en": "the address names neither a county nor a locality",
    "ro": "adresa nu numește nici județul, nici localitatea",
}
UNKNOWN_PLACE: Texts = {
    "en": "no county and no locality has a name of this address",
    "ro": "niciun județ și nicio localitate nu poartă un nume din această adresă",
}
NOT_SERVED: Texts = {
    "en": "only urn:service:counseling.children is served here",
    "ro": "aici este deservit numai urn:service:counseling.children",
}
UNKNOWN_KEY: Texts = {
    "en": "there is no boundary with this key (any more)",
    "ro": "nu există (sau nu mai există) o limită cu această cheie",
}
SUBSTITUTED: Texts = {
    "en": "the answer is for a related service, named in it",
    "ro": "răspunsul este pentru un serviciu înrudit, numit în el",
}
DEFAULTED: Texts = {
    "en": "the location leaves several directorates; the most likely one answers",
    "ro": "locația lasă mai multe direcții posibile; răspunde cea mai probabilă",
}
NATIONAL_112: Texts = {
    "en": "this server is not authoritative for 112; the national number is returned",
    "ro": "acest server nu este autoritar pentru 112; se întoarce numărul național",
}
INTERNAL: Texts = {
    "en": "the server cannot answer at the moment",
    "ro": "serverul nu poate răspunde în acest moment",
}
NAME_112: Texts = {
    "en": "Emergency number 112",
    "ro": "Serviciul unic de apeluri de urgență 112",
}


def directorate(name: str) -> Texts:
    """Return the name of a directorate from that of its county or sector."""
    return {
        "en": f"Child protection directorate {name} (child helpline 119)",
        "ro": f"Direcția Generală de Asistență Socială și Protecția Copilului {name} (119)",
    }


def location_refused(reason: str) -> Texts:
    """Say why a geodetic location cannot be used; the reason is the core's own sentence."""
    return {
        "en": f"the location cannot be used: {reason}",
        "ro": "locația nu poate fi folosită",
    }
