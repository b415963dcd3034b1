"""Where people are named in a text: after a word that announces a name, or by a first name that many people bear.

English, Spanish, Swahili, Nepali (in both scripts), French and Haitian Creole. The lists hold common first names and
family names of no person in particular; a name that is in no list and is not announced is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

Stretch = tuple[int, int]
Word = tuple[int, int, str]

LONGEST = 4
"""Words of one name. What stands further on is taken for the next words of the sentence."""

FIRST = frozenset(
    """
    james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark
    donald steven paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary
    nicholas eric jonathan stephen larry justin scott brandon benjamin samuel frank gregory raymond patrick alexander
    jack dennis jerry tyler aaron henry peter adam nathan douglas zachary kyle walter ethan jeremy harold keith
    christian roger noah gerald carl terry sean arthur austin lawrence mary patricia jennifer linda elizabeth barbara
    susan jessica sarah karen nancy lisa betty margaret sandra ashley kimberly emily donna michelle carol amanda
    melissa deborah stephanie rebecca laura sharon cynthia kathleen amy angela shirley anna brenda pamela emma nicole
    helen samantha katherine christine debra rachel carolyn janet catherine maria heather diane ruth julie olivia
    joyce virginia victoria kelly lauren christina joan evelyn judith megan andrea cheryl hannah jacqueline martha
    gloria teresa ann sara madison frances kathryn janice jean abigail alice julia judy sophia grace denise amber
    doris marilyn danielle beverly isabella theresa diana natalie brittany charlotte marie kayla alexis lori jamie
    juan josé jose luis carlos jorge miguel pedro francisco antonio manuel roberto ricardo fernando eduardo alejandro
    daniel pablo diego sergio martín martin raúl raul hugo oscar rubén ruben marcelo gustavo claudio horacio héctor
    hector mario alberto néstor nestor facundo matías matias nicolás nicolas agustín agustin santiago joaquín joaquin
    lautaro gonzalo rodrigo ezequiel mariano esteban ramón ramon julio césar cesar ignacio tomás tomas emiliano maría
    ana marta susana silvia graciela norma alicia mónica monica claudia patricia gabriela laura carolina verónica
    veronica valeria natalia romina florencia lucía lucia sofía sofia camila julieta paula cecilia rosa elena carmen
    estela beatriz mirta gladys mercedes josefina micaela agustina soledad analía analia lorena daniela yanina
    juma hamisi hassan ali salim said rashid omari abdallah mohamed mohammed ibrahim yusuf bakari hamza idrissa shabani
    ramadhani athumani seif khamis suleiman issa mussa musa abubakar baraka emmanuel godfrey elias joel nelson juliasi
    mwajuma fatuma zainabu asha amina halima mariamu rehema neema saida zuhura hadija khadija mwanaidi subira tatu
    pendo upendo furaha zawadi tumaini rukia salma aisha zuwena husna bahati juliana anastazia agnes esther ester
    kamau mwangi njoroge kariuki maina kimani macharia gitau ngugi waweru otieno ochieng odhiambo omondi owino onyango
    okoth ouma juma kiprop kipchoge cheruiyot koech rotich mutua musyoka kioko mutiso mwende wanjiku wambui njeri
    wangari nyambura wairimu wanjiru akinyi atieno achieng adhiambo awino anyango chebet jepkosgei chepkoech moraa
    kerubo nyaboke barasa wekesa wafula nekesa nafula mwikali kwamboka nyokabi waithera kipkemboi
    ram shyam hari krishna gopal bishnu narayan ganesh rajesh suresh ramesh dinesh mahesh prakash deepak dipak bikash
    bibek bishal suman sujan roshan kiran sanjay bijay rajendra surendra narendra mahendra birendra gyanendra dhan
    buddhi padam tek khadga lal bahadur kumar prasad sita gita rita sarita sunita anita mina maya laxmi lakshmi
    saraswati parbati durga devi kamala bimala shanti sabina sabita puja pooja srijana sushila rekha bina manju
    sangita sandhya binita pabitra tulasi tara radha nirmala asmita anjali samjhana goma januka
    pierre jacques jean-pierre jean-claude louis michel françois francois claude rené andré andre marc luc guy
    wilner wilson frantz jocelyn josué emmanuel junior wesley jean-marie jean-robert ronel roland rodrigue ernst
    dieudonné dieudonne fritz gérard gerard yves serge edner evens kervens widlin stanley jonas elie samuel fabienne
    nadège nadege mirlande guerda roseline rose-marie marie-ange islande natacha ketty lovely yolette ginette yvrose
    immacula solange marie-claire odette carline manoucheka mireille nathalie thérèse therese eugénie eugenie chantal
    pascale philippe olivier édouard edouard etienne étienne gabriel adolphe auguste vladimir johny johnny
    """.split()
)
FAMILY = frozenset(
    """
    smith johnson williams brown jones garcia miller davis rodriguez rodríguez martinez martínez hernandez hernández
    lopez lópez gonzalez gonzález perez pérez sanchez sánchez ramirez ramírez torres flores gomez gómez diaz díaz
    fernandez fernández alvarez álvarez romero sosa ruiz acosta benitez benítez medina suarez suárez herrera aguirre
    gimenez giménez gutierrez gutiérrez pereyra rojas molina castro ortiz luna juarez juárez cabrera ríos ferreyra
    mushi massawe mrema kimaro shayo lyimo swai mollel laizer mwakyusa mwaipopo komba nyoni haule chilongani
    thapa shrestha gurung tamang rai limbu magar karki adhikari bhandari basnet khadka poudel paudel sharma acharya
    khatri bhattarai koirala dahal ghimire regmi neupane subedi pandey yadav chaudhary maharjan sherpa lama joshi
    baptiste joseph desir désir alexandre etienne toussaint charles pierre-louis jean-baptiste
    """.split()
)
DOUBTFUL = frozenset(
    """
    mark grace hope faith joy mercy rose will may april june august christian austin madison virginia charlotte
    victoria carol martin kelly scott guy luna flores torres castro bahati pendo furaha baraka tumaini zawadi neema
    rehema subira tatu said lovely junior maya tara devi lal dhan tek ram said rosa mercedes soledad santiago amber
    brown rai lama joy dennis jack maina rios ríos charlotte paul louis pierre ann jean tatu goma hari radha sara
    """.split()
)
"""Names that are also words, months or places: they count beside another part of a name only."""

NOT_NAMES = frozenset(
    """
    the a an and or in on at to of for we i you he she it they us our my your is are was no not yes please help need
    needs food water tent tents aid time category english creole french spanish street st saint sainte san santa rue
    ruelle impasse imp avenue ave av blvd boulevard blv place plaza plas camp kan school lekol hospital hopital
    lopital hôpital church chapel legliz orphanage university université college centre center section seksyon zone
    zon area city cité cite town village district county ward kata mtaa tole marg municipality port fort mont mon morne
    carrefour kafou delmas petion pétion haiti haïti haitian kenya tanzania nepal argentina nairobi kathmandu buenos
    aires north south east west red cross un monday tuesday wednesday thursday friday saturday sunday january february
    march april may june july august september october november december response emergency medical notes additional
    note comments type actionable latitude longitude district province provincia region mkoa wilaya kijiji radio
    market supermarket bank airport embassy international airport base america american usa us dominican republic
    god lord jesus christ bondye dieu dios mungu good morning evening bonjou bonjour bonswa hello hi thanks thank
    mesi merci nou mwen yon youn moun se nan pou gen ki kay yo la sou ak pa map nap bezwen manje dlo souple tanpri
    svp sos mesye dam victim viktim viktime survivors missing person people child baby family fanmi also see report
    number phone tel cell from near corner behind next across with without very in located living live lives looking
    searching trapped still stuck alive one two three everyone everybody somebody anyone who what where when why how
    this that there here have has had can could would should do does did as by if so but because out up down
    el los las un una de del y e o en con por para que soy es vivo estoy necesito ayuda agua calle barrio hospital
    ni na wa ya kwa katika mimi sisi yeye maji chakula msaada tunahitaji nahitaji tafadhali shule hospitali mto
    ministry government police president mayor committee komite asso association organization organisation society
    doctors borders foundation company hotel restaurant general national route road bridge river lake valley street
    nan sa a te ap pral ka je suis nous le les des et est dans sur pas à au aux avec sans une du ce cette naitwa ninaitwa anaitwa jina
    langu mero me llamo texte needed shelter assistance urgently last hot meals vital lines available
    """.split()
)
PLACES_BEFORE = frozenset(
    """
    rue ri ru ruelle riyel impasse imp avenue ave av blvd blv boulevard place plaza st saint sainte ste san santa santo
    route rt road street fort mont mon camp kan hospital hopital hôpital lopital avenida calle pasaje barrio mtaa
    canal ravine bois croix grand gran grande petit petite bon cour radio galerie riviere rivye mto mlima cerro rio río
    departement ministere kiwanda soko ziwa wilaya mkoa bazar khola gaun barabara escuela colegio ecole école school university eglise church carrefour kafou cité cite port plas
    """.split()
)
PLACES_AFTER = frozenset(
    """
    street st road rd avenue ave school hospital church orphanage university airport camp market supermarket district
    county ward village city river lake bridge college center centre hotel bank foundation section island marg tole station vert mavi
    """.split()
)

LEADS_TO_PLACES = frozenset(
    """
    in at near to from of on around outside inside nan à a au aux en de del dans sur la le les ak desde hasta cerca katika
    kutoka hadi karibu mjini kijijini kijiji cha mji wa between through via route called named rele
    """.split()
) | PLACES_BEFORE
_AND = frozenset("and et ak y e na amp or ou o au".split())

_LATIN = r"[^\W\d_\u0900-\u097f]"
_WORDS = re.compile(rf"{_LATIN}(?:{_LATIN}|['’*?´`-](?={_LATIN}))*[*?]?")
_GAP = re.compile(r"(?:[ \t\u00a0]|[ \t]?\.[ \t]?)?[ \t\u00a0]?\.?")

_ANNOUNCED = re.compile(
    r"(?i:\b(?:my name(?: is|'s)|(?:his|her|their|whose) name is|name is|named"
    r"|m[' ’]appelle|s[' ’]appelle|qui s appelle|(?:mwen|li|m|yo) rele|non (?:mwen|m|li) se"
    r"|me llamo|mi nombre es|se llama|llamad[oa]|su nombre es"
    r"|jina lang?u ni|jina lake ni|naitwa|ninaitwa|anaitwa|anayeitwa|aitwaye"
    r"|mero na+m|usko na+m|(?:pre|pré)?nom ?:|name ?:|nombre ?:|apellido ?:|jina ?:|na+m ?:))[ \t:]+"
)
"""What comes next is a name, even in small letters."""

_SELF = re.compile(r"(?i:\b(?:im|i am|i['’]m|i\\'m|soy|mimi ni|ma))[ \t]+")
"""What comes next is a name if it is written with a capital; "I am hungry" is none."""

_CREOLE = re.compile(r"(?i:\b(?:mwen se|m\\?(?:[\"']|&quot;)?se|m se|mse|se mwen|mwenmse|nonm se|je suis))[ \t:]+")
"""The same; in small letters only where one or two words end the clause, as in "mwen se fenol"."""

_LIKELY = re.compile(
    r"(?:(?i:\b(?:looking for|searching for|search for|locate|locating|ask for|artist|artiste|atis|mande pou|contact(?: is|:)?|"
    r"contacter|contacto|llamar a|pregunt\w+ por|wasiliana na|muulize|piga simu kwa|"
    r"(?:my|our|his|her|mi|su|mon|ma|son|sa) (?:cousin|brother|sister|aunt|uncle|wife|husband|son|daughter|friend|"
    r"mother|father|niece|nephew|neighbou?r|hermano|hermana|esposo|esposa|vecino|vecina|madre|padre|hijo|hija|"
    r"frère|soeur|mari|femme|mère|père|cousine)|kaka yangu|dada yangu|mama yangu|baba yangu|mume wangu|mke wangu|"
    r"mwanangu|jirani yangu|mwalimu|mwenyekiti|diwani|mchungaji|"
    r"dr|doctor|mr|mrs|ms|mme|mlle|pastor|pasteurs?|pastors?|prof|professor|señor|señora|sra|srta|doña|don|lic|ing|"
    r"bw|bwana|bibi|mzee|ndugu|dkt|daktari|shri|shrimati|smt|missing person|citizen is|report from|per|rt|"
    r"father|mother|niece|aunt|uncle|cousin|president)|\b(?:M|Sr|Bi))\b[.:]{0,2})[ \t]*[-–,]?[ \t]*"
)
"""What comes next is a name if it is written with a capital."""

_PERSONS = re.compile(r"(?i)\s*(?:family|famille|familia|et famille)\b")

_NEPALI = re.compile(r"[\u0900-\u0963\u0970-\u097f]+\.?")
_NEPALI_ANNOUNCED = frozenset("नाम श्री श्रीमती सुश्री डा. डा डाक्टर शिक्षक शिक्षिका अध्यक्ष वडाध्यक्ष भाइ बहिनी दाजु दिदी".split())
_CAPITALS = re.compile(rf"[ :]+(?P<name>[^\W\d_a-z]{_LATIN}+(?: [^\W\d_a-z]{_LATIN}+){{0,3}})")
_NEPALI_FIRST = frozenset(
    """
    राम श्याम हरि कृष्ण गोपाल विष्णु बिष्णु नारायण गणेश राजेश सुरेश रमेश दिनेश महेश प्रकाश दीपक दिपक विकास बिकास विवेक
    विशाल सुमन सुजन रोशन किरण सञ्जय विजय राजेन्द्र सुरेन्द्र नरेन्द्र महेन्द्र वीरेन्द्र ज्ञानेन्द्र बुद्धि पदम खड्ग सीता सिता गीता
    गिता रीता सरिता सुनिता अनिता मीना माया लक्ष्मी सरस्वती पार्वती दुर्गा कमला विमला शान्ति सविना सविता पूजा सृजना सुशीला
    रेखा विना मञ्जु संगीता सन्ध्या विनिता पवित्रा तुलसी तारा राधा निर्मला अस्मिता अञ्जली सम्झना गोमा जानुका
    """.split()
)
_NEPALI_MIDDLE = frozenset("बहादुर कुमार प्रसाद कुमारी देवी लाल माया राज".split())
_NEPALI_FAMILY = frozenset(
    """
    थापा श्रेष्ठ गुरुङ तामाङ राई लिम्बू मगर कार्की अधिकारी भण्डारी बस्नेत खड्का पौडेल शर्मा आचार्य खत्री भट्टराई कोइराला
    दाहाल घिमिरे रेग्मी न्यौपाने सुवेदी पाण्डे यादव चौधरी महर्जन शेर्पा लामा जोशी केसी बुढाथोकी विश्वकर्मा परियार नेपाली
    """.split()
)
_NEPALI_DOUBTFUL = frozenset("राई नेपाली माया शान्ति तारा प्रकाश विकास बिकास किरण लाल राज सुमन".split())
_NEPALI_ENDINGS = ("लाई", "ले", "को", "का", "की", "सँग", "बाट", "मा", "जी")
_NEPALI_WORDS = frozenset(
    """
    हो छ छन् थियो मेरो मेरी हाम्रो उनको उहाँको र को लाई फोन मोबाइल सम्पर्क नम्बर नं घर वडा गाउँ टोल जिल्ला बस्छु बस्ने मलाई
    हामी म पानी धारा के ठेगाना सम्पर्कमा बताउनुभयो हुनुहुन्छ गर्नुहोस् भन्ने
    """.split()
)


def named(text: str) -> list[Stretch]:
    """Return where `text` names people, from the first character of a name to behind its last; they may overlap."""
    found = list(_nepali(text)) if re.search(r"[\u0900-\u097f]", text) else []
    words = [(match.start(), match.end(), match[0].casefold()) for match in _WORDS.finditer(text)]
    if words:
        at = {start: index for index, (start, _end, _word) in enumerate(words)}
        runs = [*_announced(text, words, at), *_listed(text, words), *_pairs(text, words)]
        runs += [other for run in runs for other in _and_others(text, words, run)]
        found += [(words[run[0]][0], words[run[-1]][1]) for run in runs]
    return found


def _announced(text: str, words: list[Word], at: dict[int, int]) -> Iterator[list[int]]:
    for cue, small in ((_ANNOUNCED, True), (_LIKELY, False), (_SELF, False), (_CREOLE, False)):
        for match in cue.finditer(text):
            first = at.get(match.end())
            if first is None:
                continue
            run = _run(text, words, first, small)
            if not run and cue is _CREOLE:
                run = _closing(text, words, first)
            if run:
                yield run


def _run(text: str, words: list[Word], first: int, small: bool) -> list[int]:
    """Return the words from `first` on that can be one name."""
    run: list[int] = []
    for index in range(first, min(first + LONGEST, len(words))):
        start, end, word = words[index]
        if run and not _beside(text, words[index - 1], words[index]):
            break
        if word in NOT_NAMES or not (small or text[start].isupper()):
            break
        run.append(index)
        if small and len(run) == 2 and text[words[run[0]][0]].islower() and text[end : end + 1] in ("", " "):
            break  # in small letters nothing tells where a name ends: two words are the most
    if run and _a_place(text, words, run):
        return []
    return run


def _closing(text: str, words: list[Word], first: int) -> list[int]:
    """Return a word or two in small letters that end their clause, as people sign: "mwen se fenol"."""
    run: list[int] = []
    for index in range(first, min(first + 2, len(words))):
        _start, end, word = words[index]
        if word in NOT_NAMES or (run and not _beside(text, words[index - 1], words[index])):
            return []
        run.append(index)
        follows = words[index + 1][2] if index + 1 < len(words) else ""
        if len(word) > 2 and (follows in NOT_NAMES or re.match(r"\s*(?:[.,;!?\n]|Time:|$)", text[end : end + 8])):
            return run
    return []


def _listed(text: str, words: list[Word]) -> Iterator[list[int]]:
    shouting = _shouting(text)
    index = 0
    while index < len(words):
        start, _end, word = words[index]
        if not (text[start].isupper() and (word in FIRST or word in FAMILY)):
            index += 1
            continue
        run = _grown(text, words, index, shouting)
        sure = any(words[one][2] in FIRST and words[one][2] not in DOUBTFUL for one in run)
        parts = sum(words[one][2] in FIRST or words[one][2] in FAMILY for one in run)
        counts = (sure and (len(run) > 1 or len(word) > 3)) or parts > 1 or (parts == 1 and len(run) > 1 and word in FIRST)
        if counts and not _a_place(text, words, run):
            yield run
        index = run[-1] + 1


def _pairs(text: str, words: list[Word]) -> Iterator[list[int]]:
    """Two words with capitals amid small ones, not behind a word that leads to a place: most often a person."""
    titles = _titles(text)
    for index, (one, other) in enumerate(pairwise(words)):
        run = [index, index + 1]
        before = words[index - 1][2] if index else ""
        if (
            _as_a_name(text, one) and _as_a_name(text, other) and _beside(text, one, other)
            and before not in LEADS_TO_PLACES and not _a_place(text, words, run)
            and not any(start <= one[0] < end for start, end in titles)
        ):  # fmt: skip
            yield run


def _as_a_name(text: str, word: Word) -> bool:
    start, end, folded = word
    return end - start > 2 and text[start].isupper() and text[start + 1 : end].islower() and folded not in NOT_NAMES


def _titles(text: str) -> list[Stretch]:
    """Return the lines in which most words have a capital: there it tells nothing."""
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        words = _WORDS.findall(line)
        if 2 * sum(word[0].isupper() for word in words) > len(words):
            found.append((start, start + len(line)))
        start += len(line)
    return found


def _and_others(text: str, words: list[Word], run: list[int]) -> Iterator[list[int]]:
    """Yield who is named behind an "and"."""
    link, other = run[-1] + 1, run[-1] + 2
    if other < len(words) and words[link][2] in _AND and words[link][0] - words[run[-1]][1] < 3:
        joined = words[other][0] - words[link][1] < 3 and _as_a_name(text, words[other])
        if joined and not _a_place(text, words, [other]):
            yield [other]


def _grown(text: str, words: list[Word], index: int, shouting: bool) -> list[int]:
    def joins(one: int, before: int) -> bool:
        start, end, word = words[one]
        known = word in FIRST or word in FAMILY
        low, high = min(one, before), max(one, before)
        capital = text[start].isupper() and (known or not shouting) and word not in NOT_NAMES
        return capital and (end - start > 1 or one > index) and _beside(text, words[low], words[high])

    run = [index]
    while run[-1] + 1 < len(words) and len(run) < LONGEST and joins(run[-1] + 1, run[-1]):
        run.append(run[-1] + 1)
    while run[0] > 0 and len(run) < LONGEST and joins(run[0] - 1, run[0]):
        run.insert(0, run[0] - 1)
    return run


def _beside(text: str, left: Word, right: Word) -> bool:
    gap = text[left[1] : right[0]]
    return _GAP.fullmatch(gap) is not None and ("." not in gap or left[1] - left[0] <= 3)


def _a_place(text: str, words: list[Word], run: list[int]) -> bool:
    """Say whether a name is one of a street, a school or a saint's church."""
    first, last = run[0], run[-1]
    if words[first][2] in PLACES_BEFORE or words[last][2] in PLACES_AFTER:
        return True
    before = words[first - 1] if first else None
    after = words[last + 1] if last + 1 < len(words) else None
    named_so = before is not None and before[2] in PLACES_BEFORE and words[first][0] - before[1] < 4
    return named_so or (after is not None and after[2] in PLACES_AFTER and after[0] - words[last][1] < 3)


def _shouting(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) > 0.5 * len(letters)


def _nepali(text: str) -> Iterator[Stretch]:
    words = [(match.start(), match.end(), match[0]) for match in _NEPALI.finditer(text)]
    for index, (_start, end, word) in enumerate(words):
        if word in _NEPALI_ANNOUNCED:
            if (latin := _CAPITALS.match(text, end)) is not None:
                yield latin.span("name")
            elif index + 1 < len(words) and _beside(text, words[index], words[index + 1]):
                yield from _nepali_announced(text, words, index + 1)
    for index, (start, end, word) in enumerate(words):
        stem = _stem(word)
        if stem in _NEPALI_FIRST and stem not in _NEPALI_DOUBTFUL:
            yield _nepali_run(text, words, index)
        elif stem in _NEPALI_FAMILY and index:
            before = words[index - 1]
            if _beside(text, before, words[index]) and before[2] not in _NEPALI_WORDS:
                yield before[0] if before[2] not in _NEPALI_MIDDLE or index < 2 else words[index - 2][0], end
            elif stem not in _NEPALI_DOUBTFUL:
                yield start, end


def _nepali_announced(text: str, words: list[Word], first: int) -> Iterator[Stretch]:
    last = first
    while last < min(first + 3, len(words)) and words[last][2] not in _NEPALI_WORDS:
        if last > first and not _beside(text, words[last - 1], words[last]):
            break
        last += 1
    if last > first:
        yield words[first][0], words[last - 1][1]


def _nepali_run(text: str, words: list[Word], first: int) -> Stretch:
    last = first
    while last + 1 < len(words) and last - first < 2 and _beside(text, words[last], words[last + 1]):
        follows = _stem(words[last + 1][2])
        if follows not in _NEPALI_FAMILY and follows not in _NEPALI_MIDDLE:
            break
        last += 1
    return words[first][0], words[last][1]


def _stem(word: str) -> str:
    for ending in _NEPALI_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1 and word not in _NEPALI_FAMILY:
            return word[: -len(ending)]
    return word
