"""
The verbs and persons by which callers say where they are, were, go to, and who is where.

All words are folded: small letters without diacritics.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


NOT = _words("nu n nuu nici niciodata")
TURNS = _words("dar iar ci insa da")
"""Conjunctions after which something else is said."""

WE = _words("eu io noi")
PLACED = _words("""
in la din de pe dintr intr langa linga aici acum acasa acolo nici chiar prin judetul jud comuna
satul orasul municipiul sectorul
""")
"""What follows a verb of being where it says a place."""

BEING = _words("""
e este sta locuieste lucreaza munceste traieste invata studiaza statea locuia lucra joaca
""")
"""Verbs of the third person; without a subject they say what is here: "aici e Iași"."""

IMPERSONAL = _words("e este")
"""Verbs that need no subject to say what is here."""

HELD = _words("""
ramas ramasi ascuns ascunsa blocat blocata blocati oprit oprita opriti pierdut pierduta ratacit
ratacita
""")
"""Where somebody is held: the caller's own, but for "echipa a pierdut la Arad"."""

HERE_FIRST = (
    _words("""
sunt sint suntem sintem is s mis stau stam locuiesc locuim traiesc traim aflu aflam gasesc
gasim sun sunam telefonez apelez dorm dormim ascund acum aici
""")
    | HELD
)
BEING_OF_MANY = _words("sunt sint is s stau locuiesc traiesc")
"""First person, and the third of several: "bunicii stau la Câmpina"."""

FIRST_PERSON = (HERE_FIRST - HELD - _words("acum aici is s")) | _words("""
eu io noi m ma mi imi ne ni am mie noua mine vreau vrem
""")
"""Words that make what is told the caller's own: "tata m-a lăsat la Buzău"."""

UNMOVED = _words("sunt sint suntem sintem is s mis")
BORN = _words("nascut nascuta nascuti originar originara originari loc fel bastina bastinas")
PAST = _words("eram stateam locuiam traiam veneam lucram eraman")
MOVED = _words("""
mutat mutata mutati venit venita veniti ajuns ajunsa ajunsi sosit sosita adus adusa dus dusa fugit
fugita scapat scapata iesit iesita coborat coborata intors intoarsa intorsi refugiat lasat luat
trecut
""")
"""Ways that are over: the caller is where they led to."""

STAYED = _words("fugit fugita iesit iesita scapat scapata mutat mutata mutati")
"""Ways that somebody who denies them has not begun."""

LEAVING = _words("plecat plecata plecati plecate plec plecam pleaca")
GOING = _words("""
merg mergem merge duc ducem duce duca intorc intoarcem intoarca ajung ajungem ajunga vreau vrea vrem
vin venim vine vina trimite trimita trimit mute mut mutam muta pleca drum
""")
SCHOOLS = _words("scoala gradinita gradi liceu facultate liceul internat cursuri munca")
"""What somebody goes to again and again."""

_KIN = _words("""
mama mami mamica maica tata tati taica taicamiu tatal tatii mamei parintii parinti fratele frate
frati fratii sora sor surori surorile bunica bunicul bunicii buni mamaie tataie unchiul unchiu unchi
matusa verisorul verisoru verisoara varul vara prietena prietenul prietenii iubitul iubita sotul
sotia nasul nasa concubinul ea el ei ele mei familia nenea doamna domnul profesorul profesoara
diriginta
""")
CHILDREN = _words("""
copilul copiii copil copii fata fetita fetitele baiatul baietelul baietii elevul eleva colegul
colega colegii vecinul vecina vecinii victima minorul minora bebelusul nepotul nepoata
""")
"""Persons for whom a caller may be asking for help: their place may be the one that counts."""

OTHERS = _KIN | CHILDREN
MANY = _words(
    "parintii parinti fratii frati surorile bunicii prietenii copiii vecinii colegii ei mei"
)
