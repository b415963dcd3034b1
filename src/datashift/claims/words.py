"""Words that say more than figures can, by what they do, in the four languages.

An entry that ends with * stands for all words that begin so, one that begins with * for all that end so. The lists are
looked through in all four languages at once, since campaigners mix them. They are never complete.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

LETTER = r"[\w\u0900-\u0963\u0971-\u097f]"
"""A letter or digit; the vowel signs of Devanagari belong to their word, which Python alone does not see."""

POSTPOSITIONS = "मा|भन्दा|को|का|की|ले|लाई|देखि|सम्म"
"""What Nepali joins to a word."""

PROOF = """
prove*, proof, demonstrat*, confirm*, establish*, significan*, undeniabl*, undoubted*, without doubt, beyond doubt,
no doubt, clearly, obvious*, evidently, certainly, definitiv*, conclusiv*, irrefutabl*, guarantee*, the truth,
prueba que, prueban, prueba de que, probado, probada, demuestr*, demostr*, confirma*, comprueba*, comprob*,
significativ*, indudabl*, sin duda, sin lugar a dudas, evidentemente, claramente, obvio, obvia, definitiv*, concluyent*,
irrefutabl*, innegabl*, con certeza, garantiz*, la verdad,
*thibitisha, *thibitishwa, *thibitika, uthibitisho, ithibati, bila shaka, hakika, dhahiri, kwa uhakika, *hakikisha,
wazi kabisa, muhimu kitakwimu, ukweli ni,
प्रमाणित*, प्रमाण*, पुष्टि*, सिद्ध*, साबित*, निस्सन्देह*, निःसन्देह*, निश्चित*, अवश्य, स्पष्ट रूपमा, उल्लेखनीय*, निर्विवाद*,
शङ्का छैन
"""

SHOW = """
show, shows, showed, shown, reveal*, found, find that, finds that,
muestra que, muestra un, muestra una, muestran, mostró, mostraron, revela*, encontr*, hallamos,
*onyesha, *onesha, *bainisha, *baini,
देखाउ*, देखाए*, देखायो, देखिन्छ*, देखियो, देखिए*
"""

SUGGEST = """
suggest*, indicat*, point to, points to, hint*,
sugier*, suger*, indica*, apunta*,
*dokeza, *ashiria,
सङ्केत*, संकेत*, इङ्गित*, इंगित*
"""

AGREE = """
consistent with, agree with, agrees with, in line with,
compatible con, compatibles con, de acuerdo con, coincide con, coinciden con,
*endana na, *patana na,
मेल खा*
"""

CANNOT = """
cannot tell, can not tell, can't tell, cannot say, not known, unclear, cannot be compared, nobody knows,
no se puede saber, no podemos saber, no se sabe, no permiten saber, no se puede decir, no se pueden comparar,
no se puede comparar,
haiwezekani kusema, hatuwezi kusema, haziwezi kusema, haijulikani, haiwezi kulinganishwa, haziwezi kulinganishwa,
भन्न सकिँदैन, भन्न सक्दैन*, थाहा छैन, तुलना गर्न मिल्दैन
"""

CAUSE = """
because, caused by, cause of, causes of, due to, as a result of, is the result of, led to, leads to, thanks to,
owing to, on account of, is why, therefore, consequence of,
debido a, por culpa, a causa, causado por, causada por, causó, causan, provoc*, gracias a, porque, como resultado,
resultado de, por eso, consecuencia de,
kwa sababu, *sababisha, *sababishwa, kutokana na, ni matokeo ya, shauri ya, ndiyo maana, ndio maana,
कारण*, ले गर्दा, परिणामस्वरूप, त्यसैले, फलस्वरूप
"""

BLAME = """
fraud*, lied, a lie, lies about, lie about, tell lies, is lying, are lying, liar*, fake*, false, falsif*, manipulat*,
simply wrong, plainly wrong, just wrong, totally wrong, completely wrong, got it wrong,
cover up, covered up, cover-up, conceal*,
corrupt*, cheat*, is wrong, are wrong, was wrong, were wrong, incompeten*, neglect*, failed, fails, failure, scandal*,
criminal*, stole*, hide, hides, hiding, hidden, invented,
fraude*, fraudulent*, mentir*, miente*, mintió, mintieron, falso, falsa, falsos, falsas, falsific*, manipul*, ocult*,
escond*, corrup*, engañ*, está mal, están mal, es errónea, son erróneas, se equivoca*, fracas*, incompeten*, negligen*,
escándalo*, roban, robaron, inventad*, delito*,
udanganyifu, *danganya, ulaghai, uongo, si kweli, bandia, *ghushi, ufisadi, fisadi, mafisadi, *ficha, ni makosa,
imeshindwa, wameshindwa, uzembe, kashfa, wizi,
ठगी*, ठगे*, जालसाजी*, झूट*, झूठ*, झुट*, झुठ*, नक्कली*, गलत*, भ्रष्ट*, लुकाए*, लुकाउ*, असफल*, विफल*, लापरवाही*, घोटाला*, काण्ड,
किर्ते*, षड्यन्त्र*
"""

FUTURE = """
will, won't, going to, shall, inevitabl*, forecast*, predict*,
será, serán, va a, van a, alcanzará, alcanzarán, alcanzaremos, llegará, llegarán, aumentará, aumentarán, disminuirá,
logrará, cumplirá, inevitabl*, pronostic*, predic*,
itakuwa, zitakuwa, vitakuwa, watakuwa, yatakuwa, itafikia, zitafikia, vitafikia, watafikia, yatafikia, tutafikia,
haitafikia, hazitafikia, hatutafikia, hawatafikia, itaongezeka, zitaongezeka, itapungua, zitapungua, *tabiri,
*नेछ, *नेछन्, *नेछैन, *नेछैनन्, हुने छ, पुग्ने छ
"""

OFFICIAL = """
official*, government*, ministry, statistics office, national figure,
oficial*, gobierno*, ministerio*, instituto de estadística,
rasmi, serikali, wizara,
आधिकारिक*, सरकार*, मन्त्रालय*
"""

MORE = """
more, higher, above, exceed*, greater,
más, mayor, superior*, supera*, por encima,
zaidi, juu kuliko, *zidi,
बढी, उच्च, माथि
"""

LESS = """
fewer, less, lower, below,
menos, menor, inferior*, por debajo,
chini, pungufu, chache,
कम, थोरै, घटी, तल
"""

DIFFER = """
gap, gaps, differ, differs, different, difference, disagree*, contradict*, overstat*, understat*,
brecha*, difier*, diferencia*, diferente*, contradic*, sobreestim*, subestim*,
pengo, tofauti, *tofautiana, *pingana,
फरक*, अन्तर, भिन्न*
"""

SAME = """
the same as, equal to, equals, no difference, no gap,
igual a, iguales a, lo mismo que, ninguna diferencia, no hay diferencia, sin diferencia,
sawa na, hakuna tofauti, hakuna pengo,
बराबर, उस्तै, फरक छैन
"""

IF = """
only if, if, unless, would have to, would need to,
solo si, sólo si, si, tendría que, tendrían que, a menos que,
ikiwa, kama, endapo, ingelazimika, ingebidi,
भने, यदि, मात्र, हुनुपर्*
"""

ALL = """
all, every, none, nobody, always, never, twice, double, triple, times as many, times as much, times more,
todos, todas, ningún, ninguna, nadie, siempre, nunca, el doble, el triple, veces más,
wote, vyote, zote, yote, hakuna hata, kamwe, daima, mara mbili, mara tatu,
सबै, सम्पूर्ण, कसैले पनि, कोही पनि, सधैँ, सधैं, कहिल्यै, दोब्बर, तेब्बर
"""

OF_ALL = """
of all, in all, at all, above all, de todos, de todas, en todos, en todas, ya wote, ya vyote, ya zote, kati ya wote,
सबैमध्ये
"""

RANK = """
highest, lowest, worst, best, the most, the least, ranks first, ranks last,
el más, la más, los más, las más, peor, peores, mejor, mejores, el mayor, la mayor, el menor, la menor, último lugar,
primer lugar,
kuliko yote, kuliko zote, kuliko wote, mbaya zaidi, bora zaidi, juu kabisa, chini kabisa,
सबैभन्दा, सबभन्दा, पहिलो स्थान*, अन्तिम स्थान*
"""

CHANGE = """
rise, rises, rose, risen, increas*, fell, fallen, decreas*, declin*, improving, improvement*, has improved,
have improved, worsen*, getting worse, getting better,
got worse, got better, collaps*, plummet*, deteriorat*, grew, grown, dropped,
aument*, disminuy*, mejoró, mejoraron, empeor*, creció, crecieron, cayó, cayeron, se desplom*, deterior*,
se redujo, se redujeron,
subió, subieron, bajó, bajaron,
*meongezeka, *liongezeka, *mepungua, *lipungua, *meboreka, *mezorota, *meporomoka, *liporomoka,
बढेको*, बढ्यो, घटेको*, घट्यो, खस्कियो, खस्केको*, सुध्रियो, सुध्रिएको*, बिग्रियो, बिग्रिएको*
"""

ABOUT = """
about, around, roughly, approximately, nearly, almost, or so, at least, at most, more than, less than, fewer than, over,
cerca de, cerca del, alrededor de, alrededor del, aproximadamente, unos, unas, casi, más o menos, al menos,
por lo menos, más de, más del, menos de, menos del,
takriban, karibu, kiasi cha, zaidi ya, chini ya, angalau,
करिब, करीब, लगभग, झन्डै, कम्तीमा, भन्दा बढी, भन्दा कम
"""

COUNTED = """
answered, answers, respondent*, responded, interview*, surveyed, were asked, visited, visits, register, registry,
sensor*, volunteer*, participa*, became known, reported, were counted, was counted, we counted, entries,
published averages,
respondi*, encuestad*, entrevist*, visitad*, visitas, registro*, sensor*, voluntari*, participa*, se conoc*, se cont*,
contamos, promedios publicados,
*jibu, *jibiwa, *hojiwa, mahojiano, *tembelewa, ziara, rejista, daftari, sajili, vipima, kipima, vihisi, kihisi,
*jitolea, *shiriki, *julikana, *hesabiwa, wastani uliochapishwa,
जवाफ*, उत्तर दि*, अन्तर्वार्ता*, भ्रमण*, दर्ता*, सेन्सर*, स्वयंसेव*, सहभागी*, थाहा भए*, गनिए*, प्रकाशित औसत*
"""

CITIZENS = """
citizen*, community, communities, survey*, our, we, residents,
ciudadan*, comunidad*, encuesta*, nuestr*, vecin*,
wananchi, jamii, utafiti, tafiti, yetu, zetu,
नागरिक*, समुदाय*, सर्वेक्षण*, हाम्रो, हाम्रा, हामी*
"""

NOT = """
not, no, *n't, without, none, out of order, out of service, broken,
ningún, ninguna, sin, fuera de servicio, averiad*,
hawa*, hazi*, havi*, haya*, hatu*, hai*, bila,
छैन*, *दैन, *दैनन्, होइन*, नचल्ने, नपाउने, नभएका, बिना
"""


def plain(text: str) -> str:
    """Return a text in small letters, with plain digits and without accents, for looking up words and numbers."""
    small = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return "".join(_plain_sign(sign) for sign in small)


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    first = unicodedata.normalize("NFD", sign)[0]
    return first if first.isascii() else sign


def found(words: str, text: str) -> list[str]:
    """Return the words of a list that stand in a text (as `plain` gives it), in their order."""
    return [match[0] for match in _pattern(words).finditer(text)]


def names_in(names: Iterable[str], text: str) -> list[str]:
    """Return the names that stand in a text as whole words, plain; one that stands in a longer one only, is not."""
    here: list[str] = []
    for name in _longest_first(names):
        left, count = _name(name).subn("\0", text)
        if count:
            here.append(name)
            text = left
    return here


def without(names: Iterable[str], text: str, mark: str = "\0") -> str:
    """Return a text with a mark for each of the names, so that nobody reads their digits and words."""
    for name in _longest_first(names):
        text = _name(name).sub(mark, text)
    return text


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted({plain(name) for name in names if name.strip()}, key=lambda name: (-len(name), name))


def _name(name: str) -> re.Pattern[str]:
    # In Nepali the word for "in" is joined to the name.
    end = "" if "\u0900" <= name[-1] <= "\u097f" else f"(?!{LETTER})"
    return re.compile(f"(?<!{LETTER}){re.escape(name)}{end}")


@cache
def _pattern(words: str) -> re.Pattern[str]:
    entries = {plain(entry.strip()) for entry in words.split(",") if entry.strip()}
    return re.compile("|".join(_entry(entry) for entry in sorted(entries, key=lambda entry: (-len(entry), entry))))


def _entry(entry: str) -> str:
    middle = r"\s+".join(re.escape(part) for part in entry.strip("*").split())
    start = f"{LETTER}*" if entry.startswith("*") else f"(?<!{LETTER})"
    if entry.endswith("*"):
        return f"{start}{middle}{LETTER}*"
    joined = f"(?:{POSTPOSITIONS})?" if "\u0900" <= entry[-1] <= "\u097f" else ""
    return f"{start}{middle}(?={joined}(?!{LETTER}))"
