"""
The ordinary words that callers say, which are no names of places by themselves.

Compiled for this program, with the bent forms by rule. All words are folded: small letters
without diacritics. Villages are called Poiana, Sora and Frumoasa too, so a word that stands
here needs more than its letters to be a place (`spoken_anchors`).
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from dispatch.location.spoken.names import edit_distance

_FIXED_TEXT = """
flamanzi flaminzi flamande insetati nemancat nemancati nespalat nespalati sant nuj pls
a ai ala alea alo alt alta alte altul am an ani aoleu apoi ar are as asa asta astea astazi
asteia ati atat atunci au avea aveam avem avut azi ba bai bine bre ca cam cand care carei carui
cat cate cati ce cea cei cel cele ceva chiar ci cine cineva cu cui cum cumva da daca dar de deci
degeaba deja deloc deoarece departe desi despre din dinauntru doar dom domle dumneavoastra dupa
e ea ei el ele era eram erau esti este eu fa face fara fi fie fii fiindca fost foarte hai haide
haideti hei hello helpline i ia iar iarasi ieri ii il imediat imi in inca inainte inapoi
inauntru insa intai intr intre intruna iti it la le li lor lui m ma mai maine mamica mea mei
mele mereu meu mi mie mine mult multa multe multi multumesc na naiba ne nene ni nicaieri
niciodata nicio niciun nimeni nimic niste noastra noastre noaptea noi nostri nostru noua nu
numai o ok ori oricum pa pai pana parca pe pentru peste plus poate poftim prea prin putin putina
putini repede rog s sa sai sale salut sau se si sigur singur singura singuri singure sint sub
sunt suntem sunteti sus jos ta tai tale tare tau te ti tie tine tot toata toate toti tocmai
totusi tu un una unde undeva unei unii unor unu unul unui urgent v va vi voastra voi vostru
vreun vreo zau acasa aceasta acea acel aceea acela acelasi acest acesta acestia aci acolo acum
acuma acus adica adineauri afara aia aici aicea ajutor alaturi altceva altcineva altundeva
amandoi aproape aproximativ asupra cateva cativa celalalt cealalta ceilalti dimineata diseara
seara incat incet incoace incolo jur imprejur mijloc contra impotriva inspre dinspre spre
deasupra dedesubt langa linga linistit mancare multumim niciunde oare oriunde pastele perfect
pesemne poimaine rau rea rele rai rece reci bun buna buni bune mare mari mic mica mici frumos
frumoasa frumosi frumoase urat urata urati urate nou vechi veche lung lunga lungi scurt scurta
alb alba albi albe negru neagra negri negre rosu rosie rosii verde verzi galben galbena galbeni
galbene albastru albastra gri maro gras grasa slab slaba lat inalt scund prost proasta prosti
proaste destept desteapta cuminte obraznic obosit trist trista tristi vesel vesela nervos
nervoasa furios furioasa bolnav bolnava bolnavi beat beata beti bete treaz treaza mort moarta
morti viu vie vii gol goala goi ud uda uzi murdar murdara curat curata fericit fericita
nefericit speriat speriata speriati ranit ranita raniti lovit lovita batut batuta vanat vanata
vineti insarcinata gravida minor minora major majora abuzat abuzata violat violata agresat
agresata adoptat adoptata orfan orfana flamand flamanda insetat inchis inchisa inchisi incuiat
incuiata incuiati legat legata disparut disparuta pierdut pierduta pierduti ratacit ratacita
abandonat abandonata parasit parasita fugit fugita plecat plecata plecati venit venita intors
intoarsa cazut cazuta rupt rupta spart sparta ars arsa arsi drept dreapta stanga stang strans
zero doi doua trei patru cinci sase sapte opt zece unsprezece doisprezece douasprezece
treisprezece paisprezece cincisprezece saisprezece saptesprezece optsprezece nouasprezece
douazeci treizeci patruzeci cincizeci saizeci saptezeci optzeci nouazeci suta sute mii prima
primul primii prim doilea treia treilea patra patrulea cincea cincilea sasea saselea saptea
saptelea opta optulea noulea zecea zecelea jumatate sfert luni marti miercuri joi vineri sambata
duminica ianuarie februarie martie aprilie iunie iulie august septembrie octombrie noiembrie
decembrie odata fac faci facem faceti facut faca facand fiu vrei vrea vreau vrem vreti voiam
vrut pot poti putem puteti putut poata stiu stii stie stim stiti stiut zic zici zice zicem
ziceti zis zisa spun spui spune spunem spuneti spus spusa spuna stau stai sta stam stati stat
stea vin vine venim veniti vina veni merg mergi merge mergem mergeti mers mearga plec pleci
pleaca plecam plang plangi plange plangem plangeti plans planga rad razi rade radem ras bat bati
bate batem bateti bata dau dai dam dati dat deie iau iei luam luati luat tin tii tinem tineti
tinut tina vad vezi vede vedem vedeti vazut vada aud auzi aude auzim auzit auda simt simti simte
simtim simtit simta mor mori moare murim murit muri moara dor dori doare durut doara cad cazi
cade cadem cada fug fugi fuge fugim fuga tip tipi tipa tipam tipat urlu urli urla urlat beau bei
bea bem baut baute bauta bautura beie mananc mananci mananca mancam mancat mancati dorm dormi
doarme dormim dormit doarma sed sezi sade pun pui pune punem puneti pus puna scot scoti scoate
scos scoata scap scapi scapa scapam scapat las lasi lasa lasam lasat lasati aduc aduci aduce
adus ajung ajungi ajunge ajuns ajut ajuta ajutati ajutat ajuti chem chemi cheama chemat chemati
sun suni suna sunam sunati sunat caut cauti cauta cautat astept astepti asteapta asteptat cred
crezi crede credem crezut creada par pari pare parut para rup rupi rupe ard arzi arde arzand
intru intri intra intrat ies iesi iese iesim iesit iasa urc urci urca urcat cobor cobori coboara
coborat joc joci joaca jucat jucam tac taci tace tacut taca trag tragi trage tragem tras traga
arunc arunci arunca aruncat impins impinge tremur tremuri tremura tremurat respir respira
respiri respirat sangerez sangereaza sanger lesin lesinat lesina trec treci trece trecem trecut
treaca vand vinde vandut cer ceri cere cerut spal spali spala spalat ascund ascunzi ascunde
ascuns ascunsa ascunsi raman ramai ramane ramas ramasa inec ineca inecat intreb intreaba
intrebat rugat cunosc cunosti cunoaste cunoscut incerc incearca incercat uit uiti uita uitat
uitam invat inveti invata invatat scriu scrie scris citesc citit repet repeta injur injura
injurat jigneste jignit ameninta amenintat ating atinge atins dezbraca dezbracat omor omori
omoara omorat omoare ucis ucid ucide sparg sparge misc misca miscat inteleg intelege inteles
gandesc gandit pupa pupat iubesc iubeste iubit urasc uraste merita meritat supar supara suparat
suparata certat cearta certa ceartat certati inchid inchide deschid deschide deschis incuia
imbraca imbracat trebuie trebuia trebui exista exist plac place placut doresc nevoie hmm aha mda
ehe hahaha lol mersi scuze scuza pardon ziua noapte halo salutare test proba blabla mami tati
mama tata mamei tatei tatalui mamele tataie mamaie bunico sos sms wc tv km metri
minut minute ora ore ceas zi zile zilele saptamana luna anul anii data amiaza pranz grav grava
greu grea usor usoara gata stop destul cald calda cold frig foame sete somn frica friguros
bolovan telefon internet wifi mesaj apel numar numarul baterie credit retea semnal localizare
gps cod
"""

FIXED = frozenset(_FIXED_TEXT.split())
"""Words that bend little or whose forms are listed: pronouns, verbs, numbers, feelings."""

_NOUNS = """
mamaia tataia profa profu proful romana engleza franceza matematica mate istorie geografie sport
copil baiat fata fetita baietel bebelus mama tata frate sora bunic bunica unchi matusa var
verisor verisoara nepot nepoata cumnat cumnata soacra socru sot sotie nas nasa fin fiica fiu
gemeni parinte vecin vecina coleg colega prieten prietena om oameni barbat femeie domn doamna
domnisoara batran batrana strain profesor profesoara invatator invatatoare director directoare
educatoare doctor doctorita medic politist politie pompier ambulanta salvare asistent asistenta
psiholog preot popa concubin concubina iubit iubita tutore maternal pisica caine catel cal vaca
porc oaie gaina lup urs vulpe sarpe soarece pasare animal cap ochi ureche gura dinte masea limba
gat piept spate burta stomac mana picior deget genunchi cot umar inima sange rana vanataie cucui
fund par piele os falca tampla barba frunte obraz buza coapsa talpa sold rinichi plaman durere
boala febra tuse gripa raceala voma varsatura greata ameteala lesin criza alergie astm pastila
medicament reteta spital dispensar cabinet spaima teama rusine vina suparare tristete bucurie
fericire dragoste ura mila necaz problema bataie palma pumn curea bat cutit furculita lingura
foarfeca topor arma pistol ciomag sfoara lant fier foc fum flacara incendiu apa gaz curent
lumina intuneric noapte zi dimineata seara pericol accident amenintare violenta abuz agresiune
santaj drog tigara alcool vin bere tuica rachiu bautura bar carciuma crasma club casa apartament
bloc camera dormitor baie bucatarie hol balcon pivnita beci pod garaj curte gradina poarta gard
usa fereastra geam cheie yala lacat scara lift etaj parter masa scaun pat patura perna dulap
lada cutie sac punga ghiozdan rucsac geanta haina rochie bluza pantalon fusta pantof gheata
ciorap caciula manusa palton geaca tricou paine lapte carne ou mar prune para cirese struguri
nuca mancare supa ciorba ceai cafea suc zahar sare cartof ceapa varza rosie ardei mamaliga
branza smantana prajitura bomboana ciocolata scoala gradinita liceu clasa elev eleva lectie tema
nota examen carte caiet creion stilou tabla banca catalog recreatie vacanta excursie tabara gara
tren autobuz autocar tramvai troleibuz metrou taxi masina bicicleta trotineta motocicleta camion
tractor tir caruta avion aeroport vapor barca statie peron bilet sosea drum autostrada trecere
intersectie semafor parc parcare loc strada alee bulevard piata magazin market supermarket mall
farmacie brutarie posta birou hotel pensiune restaurant benzinarie biserica manastire cimitir
primarie judecatorie tribunal centru cartier zona colt margine capat oras sat comuna judet tara
munte deal vale padure poiana lunca camp rau lac balta mare plaja insula izvor fantana stanca
piatra groapa sant pestera ogor livada vie ferma stana grajd moara hambar fabrica depozit
santier hala uzina mina cariera gunoi ghena canal baraj monument statuie cruce cetate turn
castel ruina copac pom brad stejar plop salcie tei fag nuc iarba floare trandafir frunza creanga
buruiana spin iarna vara primavara toamna ploaie ninsoare zapada vant furtuna ceata soare nor
fulger tunet caldura umezeala noroi praf nisip mal val curs curcubeu cer stea luna pamant lume
viata moarte nume prenume familie varsta ziua numar adresa buletin certificat telefon mesaj poza
film video jucarie papusa minge joc calculator tableta televizor radio muzica povestire poveste
glas voce vorba cuvant intrebare raspuns ajutor sfat gand vis somn cosmar secret minciuna adevar
promisiune cadou ban leu bani lei datorie furt hot tigan roman ungur neamt turc rus sarb grec
bulgar evreu musca albina paianjen furnica tantar caprioara iepure gasca rata cocos curcan
porumbel vrabie cioara vultur vulcan corabie vidra broasca peste rac melc vierme fluture greier
soim corb cuc mierla pui vitel miel capra magar ied iapa armasar manz bou taur bivol oala tigaie
farfurie pahar cana sticla butoi galeata matura mop lopata cazma grebla furca coasa secera
ciocan cui surub cleste panza ata ac fierastrau scandura caramida ciment zid perete tavan podea
covor oglinda tablou ceas lampa bec priza soba aragaz frigider cuptor centrala calorifer horn
cos acoperis streasina jgheab burlan comoara coroana cununa inel cercel margea moneda hartie pix
guma rigla penar timp moment secunda clipa inceput sfarsit mijloc rand parte bucata jumatate
lucru treaba munca serviciu salariu concediu sef patron angajat muncitor soldat militar armata
razboi pace lupta steag imparat rege regina print printesa zmeu zana balaur erou drac dracu
dumnezeu sfant inger ursitoare craciun paste revelion nunta botez inmormantare aniversare
petrecere scafandru ciuperca albinar cioban pescar vanator olar fierar rotar dogar morar croitor
cizmar curelar dulgher tamplar zidar zugrav mecanic sofer pilot marinar matelot bucatar chelner
vanzator casier jandarm judecator avocat grefier notar primar consilier inspector sectie
fortareata colonie temelie armonie lespede scorbura potcoava sageata muchie coama pisc creasta
costisa vagauna rapa viroaga mocirla mlastina ses campie podis dumbrava crang tufis hatis stuf
papura trestie mure zmeura fraga capsuna afina coacaza visin cires prun gutui alun carpen frasin
ulm artar arin molid pin liliac bujor crin lalea garoafa viorea ghiocel narcisa urzica papadie
musetel menta cucuta marar patrunjel usturoi morcov sfecla fasole mazare porumb grau orz ovaz
secara orez faina malai gris pilota cearsaf saltea leagan tobogan balansoar nisipar stadion sala
teren bazin piscina patinoar teatru cinema muzeu biblioteca circ zoo balamuc ospiciu orfelinat
azil adapost directie protectie plasament apeluri helpline dispecer operator dispecerat ulita
fundatura
"""
_ESC = """
lov iub vorb trai locu fer dor opr porn dat fum goni hran ingrij imbolnav lipst min obos ocol
pedeps pleznu plict povest pof prosti rat rane sfat slab soapt spri tem trant tras umil zdrob
bat jign gas pacal ras impart drog chinu batjocor otrav numea num priv sos gonesc grab intalni
"""
_EZ = """
lucr abuz agres anunt desen supraveghe form inchiri instal neglij tip viol not verific urmar
santaj filmz film poz suspect umil lesin banc panic hart fract sun dispar
"""
_ENDINGS_ESC = (
    "esc", "esti", "este", "im", "iti", "it", "ita", "ite", "ind", "easca", "ea", "eam", "eau",
)  # fmt: skip
_ENDINGS_EZ = (
    "ez", "ezi", "eaza", "am", "ati", "at", "ata", "ate", "and", "eze", "a", "au",
)  # fmt: skip

_LANDSCAPE_TEXT = """
poiana lunca valea dealul moara plaja ferma gradina insula padurea izvoarele fantana fantanele
piatra stanca dumbrava crangul livada movila campia balta bradul salcia teiul plopul stejarul
fagul runcu vadu malu rediu lacu podu campu cetatea slatina coasta magura
"""

LANDSCAPE = frozenset(_LANDSCAPE_TEXT.split())
"""Ordinary words that are so often names of villages that one of them alone is taken for one."""

_FIRST_NAMES_TEXT = """
severin adela adelina adi adina adrian adriana agata alex alexandra alexandru alexia alin alina
ama amalia ana anca anastasia andra andrada andrei andreea angela angelica ani anita antonia
antonio anton ariana aurel aurelia aurica aurora beatrice bianca bogdan bogdana calin camelia
camil carla carmen carol carolina casian catalin catalina catrinel cecilia cezar ciprian claudia
claudiu clara constantin corina cornel cornelia corneliu cosmin cosmina costel costi costica
costin cristi cristian cristina crina damian dan dana daniel daniela danut darius daria david
debora delia denis denisa diana dinu dochia doina dominic dora dorel dorin dorina doru dragos
dumitra dumitru ecaterina edi eduard ela elena eliza elisa elvira emanuel emanuela emil emilia
emma erika eric eugen eugenia eva fabian filip filofteia flavia flavius florea florentin
florentina florica florin florina francisc gabi gabriel gabriela george georgeta georgiana
gheorghe gheorghita gigel gigi grigore haralambie horatiu horia iancu ianis ica ileana ilie
ilinca ilona ina ioan ioana ion iona ionel ionela ionica ionut irina iris isabela iulia iulian
iuliana iustin iustina ivan izabela jana jean jeni lacramioara larisa laura laurentiu lavinia
lenuta leon leonard letitia lia liana lidia lili liliana liviu livia loredana lorena luca lucia
lucian luciana lucica luis luiza luminita madalina magda maia malina manuela marcel marcela
marga margareta maria marian mariana marin marina marinela marius marta martin mateo matei
matilda maya medeea melania melisa mia mihaela mihai mihaita mihnea mimi mina mirabela mircea
mirel mirela miron mioara miroslava miruna mitica monica nadia narcis narcisa natalia natasa
nelu neculai nica nichita nicola nicolae nicoleta nicu nicusor nina noemi nora octav octavian
olga olimpia oana olivia otilia ovidiu pamfil patricia patrick paul paula paulina pavel petre
petrica petru petruta radu raisa raluca ramona rares raul rebeca relu remus rica roberta robert
robi rodica roland romeo romica roxana roza ruben ruxandra sabin sabina sabrina sami samuel
sandu sandra sanda sara saveta sebastian sebi serban sergiu sica silvia silviu simion simona
simon sofia sofica sonia sorin sorina stan stanca stefan stefana stefania stelian steliana
suzana tamara tania teo teodor teodora teofil tereza theodor tiberiu timea tina titel titi titus
toader toma toni traian tudor tudora tudorel valentin valentina valer valeria valeriu vali
vasile vasilica vera veronica vica victor victoria vili viorel viorica virgil vlad vladimir
vladut yasmina zaharia zamfir zamfira zina zoe zoltan istvan janos laszlo attila jozsef ferenc
gabor agnes ildiko katalin eszter anghel pantelimon barbu
"""

FIRST_NAMES = frozenset(_FIRST_NAMES_TEXT.split())

TOWNS_TOO = frozenset({
    "alba", "brad", "capitala", "carei", "corabia", "flamanzi", "flaminzi", "magurele",
    "miroslava", "neamt", "ovidiu", "pantelimon", "roman", "severin", "urlati", "victoria",
    "vidra", "vulcan",
})  # fmt: skip
"""Towns and counties whose names are also words or first names."""


# One slip can turn almost any word of three letters into any other.
_LEAST_LETTERS = 4


def is_common(word: str) -> bool:
    """Tell whether a folded word is an ordinary one, as it is or bent."""
    return word in FIXED or word in _forms() or word.isdigit() or len(word) < 3


def is_like_common(word: str) -> bool:
    """Tell whether a folded word is an ordinary one, or one with a single slip of the keys."""
    if is_common(word) or word in FIRST_NAMES or len(word) < _LEAST_LETTERS:
        return True
    near = {other for short in (word, *_without_one(word)) for other in _shortened().get(short, ())}
    return any(edit_distance(word, other) <= 1 for other in near)


def _without_one(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


@lru_cache(maxsize=1)
def _shortened() -> dict[str, tuple[str, ...]]:
    """Return ordinary words and first names by what is left of them without any one letter."""
    found: dict[str, list[str]] = defaultdict(list)
    for word in {*FIXED, *_forms(), *FIRST_NAMES}:
        if len(word) >= _LEAST_LETTERS:
            for short in {word, *_without_one(word)}:
                found[short].append(word)
    return {short: tuple(words) for short, words in found.items()}


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    found = {form for noun in _NOUNS.split() for form in _noun_forms(noun)}
    found |= {stem + ending for stem in _ESC.split() for ending in _ENDINGS_ESC}
    found |= {stem + ending for stem in _EZ.split() for ending in _ENDINGS_EZ}
    participles = [word for word in FIXED if len(word) > 3 and word.endswith(("at", "it", "ut"))]
    found |= {word + ending for word in participles for ending in "aie"}
    return frozenset(found)


# The last letter of a noun, how much of it goes, and what may come instead.
_NOUN_ENDINGS: dict[str, tuple[int, tuple[str, ...]]] = defaultdict(
    lambda: (
        0,
        ("", "ul", "ului", "u", "i", "ii", "ilor", "uri", "urile", "urilor", "e", "ele", "elor"),
    ),
    {
        "a": (1, ("a", "e", "ei", "ele", "elor", "i", "ii", "ile", "ilor", "o", "uta", "ita")),
        "e": (1, ("e", "ea", "ei", "ele", "elea", "i", "ii", "ile", "ilor", "iei", "ele")),
        "u": (1, ("u", "ul", "ului", "i", "ii", "ilor", "e", "ele", "iele", "ie", "ielor")),
        "i": (1, ("i", "iul", "iului", "ii", "ilor", "iuri")),
    },
)


def _noun_forms(noun: str) -> Iterator[str]:
    gone, endings = _NOUN_ENDINGS[noun[-1]]
    stem = noun[: len(noun) - gone]
    return (stem + ending for ending in endings)
