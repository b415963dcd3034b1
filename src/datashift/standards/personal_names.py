"""Where people are named in a text: after a word that announces a name, or by a first name that many people bear.

English, Spanish, Swahili, Nepali (in both scripts), French and Haitian Creole. The lists hold common first names and
family names of no person in particular; a name that is in no list and is not announced is not seen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import pairwise

Stretch = tuple[int, int]
Word = tuple[int, int, str]

LONGEST = 4
"""Words of one name. What stands further on is taken for the next words of the sentence."""

_LISTS = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(
        files("datashift").joinpath("standards", "personal_words.toml").read_text("utf-8")
    ).items()
}
FIRST, FAMILY, DOUBTFUL = _LISTS["first"], _LISTS["family"], _LISTS["doubtful"]
NOT_NAMES, PLACES_BEFORE, PLACES_AFTER = _LISTS["not_names"], _LISTS["places_before"], _LISTS["places_after"]
LEADS_TO_PLACES = _LISTS["leads_to_places"] | PLACES_BEFORE


_LATIN = r"[^\W\d_\u0900-\u097f]"
_WORDS = re.compile(rf"{_LATIN}(?:{_LATIN}|['’*?´`-](?={_LATIN}))*[*?]?")
_GAP = re.compile(r"(?:[ \t\u00a0]|[ \t]?\.[ \t]?)?[ \t\u00a0]?\.?")

# These are looked for in the text in small letters: so they are found several times faster.
_ANNOUNCED = re.compile(
    r"\b(?:my name(?: is|'s)|(?:his|her|their|whose) name is|name is|named"
    r"|m[' ’]appelle|s[' ’]appelle|qui s appelle|(?:mwen|li|m|yo) rele|non (?:mwen|m|li) se"
    r"|me llamo|mi nombre es|se llama|llamad[oa]|su nombre es"
    r"|jina lang?u ni|jina lake ni|naitwa|ninaitwa|anaitwa|anayeitwa|aitwaye"
    r"|mero na+m|usko na+m|(?:pre|pré)?nom ?:|name ?:|nombre ?:|apellido ?:|jina ?:|na+m ?:)[ \t:]+"
)
"""What comes next is a name, even in small letters."""

_SELF = re.compile(r"\b(?:im|i am|i['’]m|i\\'m|soy|mimi ni)[ \t]+")
"""What comes next is a name if it is written with a capital; "I am hungry" is none."""

_CREOLE = re.compile(r"\b(?:mwen se|m\\?(?:[\"']|&quot;)?se|m se|mse|se mwen|mwenmse|nonm se|je suis)[ \t:]+")
"""The same; in small letters only where one or two words end the clause, as in "mwen se fenol"."""

_LIKELY = re.compile(
    r"\b(?:looking for|searching for|search for|locate|locating|ask for|artist|artiste|atis|mande pou|"
    r"contact(?: is|:)?|"
    r"contacter|contacto|llamar a|pregunt\w+ por|wasiliana na|muulize|piga simu kwa|"
    r"(?:my|our|his|her|mi|su|mon|ma|son|sa) (?:cousin|brother|sister|aunt|uncle|wife|husband|son|daughter|friend|"
    r"mother|father|niece|nephew|neighbou?r|hermano|hermana|esposo|esposa|vecino|vecina|madre|padre|hijo|hija|"
    r"frère|soeur|mari|femme|mère|père|cousine)|kaka yangu|dada yangu|mama yangu|baba yangu|mume wangu|mke wangu|"
    r"mwanangu|jirani yangu|mwalimu|mwenyekiti|diwani|mchungaji|"
    r"dr|doctor|mr|mrs|ms|mme|mlle|pastor|pasteurs?|pastors?|prof|professor|señor|señora|sra|srta|doña|don|lic|ing|"
    r"bw|bwana|bibi|mzee|ndugu|dkt|daktari|shri|shrimati|smt|missing person|citizen is|report from|per|rt|"
    r"father|mother|niece|aunt|uncle|cousin|president)\b[.:]{0,2}[ \t]*[-–,]?[ \t]*"
)
"""What comes next is a name if it is written with a capital."""

_SHORT = re.compile(r"\b(?:M|Sr|Bi)\b\.?[ \t]*")
"""Titles that are other words in small letters."""

_NEPALI = re.compile(r"[\u0900-\u0963\u0970-\u097f]+\.?")
_CAPITALS = re.compile(rf"[ :]+(?P<name>[^\W\d_a-z]{_LATIN}+(?: [^\W\d_a-z]{_LATIN}+){{0,3}})")
_NEPALI_ENDINGS = ("लाई", "ले", "को", "का", "की", "सँग", "बाट", "मा", "जी")


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


def lowered(text: str) -> str:
    """Return a text in small letters, sign for sign; as it is where that makes it longer (İ)."""
    low = text.lower()
    return low if len(low) == len(text) else text


def _announced(text: str, words: list[Word], at: dict[int, int]) -> Iterator[list[int]]:
    low = lowered(text)
    for cue, small in ((_ANNOUNCED, True), (_LIKELY, False), (_SHORT, False), (_SELF, False), (_CREOLE, False)):
        for match in cue.finditer(text if cue is _SHORT else low):
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
        likely = parts > 1 or (parts == 1 and len(run) > 1 and word in FIRST)
        if (likely or (sure and (len(run) > 1 or len(word) > 3))) and not _a_place(text, words, run):
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
    if other < len(words) and words[link][2] in _LISTS["and"] and words[link][0] - words[run[-1]][1] < 3:
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
    return 2 * sum(map(str.isupper, text)) > sum(map(str.isalpha, text))


def _nepali(text: str) -> Iterator[Stretch]:
    words = [(match.start(), match.end(), match[0]) for match in _NEPALI.finditer(text)]
    for index, (_start, end, word) in enumerate(words):
        if word not in _LISTS["nepali_announced"]:
            yield from _nepali_listed(text, words, index)
        elif (latin := _CAPITALS.match(text, end)) is not None:
            yield latin.span("name")
        elif index + 1 < len(words) and _beside(text, words[index], words[index + 1]):
            yield from _nepali_announced(text, words, index + 1)


def _nepali_listed(text: str, words: list[Word], index: int) -> Iterator[Stretch]:
    start, end, word = words[index]
    stem, doubtful = _stem(word), _stem(word) in _LISTS["nepali_doubtful"]
    if stem in _LISTS["nepali_first"] and not doubtful:
        yield _nepali_run(text, words, index)
    elif stem in _LISTS["nepali_family"] and index:
        before = words[index - 1]
        if _beside(text, before, words[index]) and before[2] not in _LISTS["nepali_words"]:
            yield before[0] if before[2] not in _LISTS["nepali_middle"] or index < 2 else words[index - 2][0], end
        elif not doubtful:
            yield start, end


def _nepali_announced(text: str, words: list[Word], first: int) -> Iterator[Stretch]:
    last = first
    while last < min(first + 3, len(words)) and words[last][2] not in _LISTS["nepali_words"]:
        if last > first and not _beside(text, words[last - 1], words[last]):
            break
        last += 1
    if last > first:
        yield words[first][0], words[last - 1][1]


def _nepali_run(text: str, words: list[Word], first: int) -> Stretch:
    last = first
    while last + 1 < len(words) and last - first < 2 and _beside(text, words[last], words[last + 1]):
        follows = _stem(words[last + 1][2])
        if follows not in _LISTS["nepali_family"] and follows not in _LISTS["nepali_middle"]:
            break
        last += 1
    return words[first][0], words[last][1]


def _stem(word: str) -> str:
    for ending in _NEPALI_ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1 and word not in _LISTS["nepali_family"]:
            return word[: -len(ending)]
    return word
