"""How much personal data the scan of free text sees, and how much of what it proposes is none.

    python benchmarks/personal_scan.py [folder with Haiti.csv]
    python benchmarks/personal_scan.py --speed

Two measures. 160 reports of Haiti 2010 (Ushahidi), drawn at random and labelled by one reader before the scan was run
on them: benchmarks/personal_scan_haiti.csv holds serial numbers and places in "title, line break, description" (first 700
characters) and not one word of a report. All were read for their labels; what the scan got wrong was looked at in every
second report ("tuned"), of the others only the counts ("held out"). And planted sentences in four languages, made of number shapes and common first names,
half of which are in no list of the scan. A label is found where the proposals of its kind cover half of it; a proposal
is right where it touches any label. What was masked in the public file already (0000-0000) counts for nothing.
"""

# ruff: noqa: E501 - rows of examples
from __future__ import annotations

import csv
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from datashift.standards.personal_names import FAMILY, FIRST
from datashift.standards.personal_texts import MARKS, Span, propose

LABELS = Path(__file__).with_name("personal_scan_haiti.csv")
FOLDER = Path("../shared/data/cgd/hti_ushahidi")
LONGEST = 700
MASKED = "example.org"

LISTED = {
    "en": ["Patrick Omondi", "Elizabeth Njeri", "Samuel Kiprop", "Margaret Akinyi"],
    "es": ["Julieta Pereyra", "Facundo Gimenez", "Graciela Sosa", "Ezequiel Aguirre"],
    "sw": ["Juma Hamisi", "Mwajuma Salim", "Fatuma Bakari", "Ramadhani Issa"],
    "ne": ["राम बहादुर थापा", "सरिता गुरुङ", "Bishnu Prasad Poudel", "गीता कुमारी श्रेष्ठ"],
}
UNLISTED = {
    "en": ["Thandolwe Mbekiri", "Oskari Lindqvane", "Zelphine Harrowgate", "Quillon Tarabey"],
    "es": ["Eluney Calfuquir", "Nahiara Quintrel", "Lisandro Bervatto", "Aylén Marquetti"],
    "sw": ["Nyamizi Lukelelwa", "Masalu Ng'hwandu", "Kabula Shigela", "Mahona Lupilya"],
    "ne": ["ऋतिक्षा वनेमू", "Yangzom Lungeli", "पेम्बाछिरी थिङ", "Thulimaya Byanju"],
}
FRAMES = {
    "en": ("My name is {name}.", "Please ask for Mr {name} there.", "The pump was mended by {name} last week.",
           "Call me on {phone} after six.", "My ID number is {id}.", "We live at {address}.", "It is at {coordinates}.",
           "Write to {mail}."),
    "es": ("Me llamo {name}.", "Hablen con la señora {name}.", "La bomba la arregló {name} el lunes.",
           "Mi teléfono es {phone}.", "Mi DNI es {id}.", "Vivo en {address}.", "Está en {coordinates}.",
           "Escriban a {mail}."),
    "sw": ("Jina langu ni {name}.", "Muulize Bw. {name} pale.", "Pampu ilitengenezwa na {name} juzi.",
           "Piga simu {phone} jioni.", "Namba ya NIDA ni {id}.", "Tunaishi {address}.", "Iko {coordinates}.",
           "Andika kwa {mail}."),
    "ne": ("मेरो नाम {name} हो।", "श्री {name} लाई सोध्नुहोस्।", "धारा {name} ले बनाउनुभयो।", "मेरो फोन {phone} हो।",
           "नागरिकता नं {id} हो।", "हामी {address} मा बस्छौं।", "यो {coordinates} मा छ।", "{mail} मा लेख्नुहोस्।"),
}  # fmt: skip
PLAIN = {
    "en": ("The borehole at Chalinze gave 1200 litres a day in 2019.", "Water is far: 2.5 km, and 340 people share it.",
           "Category 4 of the report: 12-14 May 2021, 15 000 shillings.", "Red Cross came to Moi Primary School."),
    "es": ("En 2019 el pozo daba 1200 litros por día.", "Somos 340 familias en el barrio San Martín, sin agua.",
           "El 12/05/2021 pagamos 15.000 pesos.", "La escuela Domingo Sarmiento no tiene luz."),
    "sw": ("Kisima cha Chalinze kilitoa lita 1200 mwaka 2019.", "Tuko watu 340 katika kijiji cha Mtakuja.",
           "Tulilipa shilingi 15,000 tarehe 12-05-2021.", "Shule ya msingi Uhuru haina maji."),
    "ne": ("२०७५ सालमा धाराले दिनको १२०० लिटर दिन्थ्यो।", "गाउँमा ३४० घर छन्, पानी टाढा छ।", "१५,००० रुपैयाँ तिरियो, मिति २०७८-०१-१२।",
           "सरस्वती मावि मा पानी छैन।"),
}  # fmt: skip


def digits(chance: random.Random, count: int) -> str:
    """Return a number of `count` digits that does not begin with zero."""
    return str(chance.randrange(10 ** (count - 1), 10**count))


def planted(language: str, names: list[str], chance: random.Random) -> list[tuple[str, list[Span]]]:
    """Return sentences with one planted piece each, and plain ones with none."""
    made: list[tuple[str, list[Span]]] = [(text, []) for text in PLAIN[language]]
    keys = {"name": "name", "phone": "phone", "id": "id number", "address": "address", "coordinates": "coordinates",
            "mail": "e-mail"}  # fmt: skip
    for _round in range(25):
        for frame in FRAMES[language]:
            key = frame[frame.index("{") + 1 : frame.index("}")]
            said = chance.choice(names) if key == "name" else piece(language, key, chance)
            start = frame.index("{")
            made.append((frame.replace(f"{{{key}}}", said), [Span(start, start + len(said), keys[key])]))
    return made


def piece(language: str, key: str, chance: random.Random) -> str:
    """Return a number, an address or an e-mail as people of the country write it."""
    three, four, five = digits(chance, 3), digits(chance, 4), digits(chance, 5)
    kenya, nepal = f"07{digits(chance, 2)}{chance.choice(['', ' '])}{three}", f"98{digits(chance, 2)}"
    shapes = {
        "phone": {"en": [f"{kenya} {digits(chance, 3)}", f"+254 7{digits(chance, 2)} {three} {digits(chance, 3)}"],
                  "es": [f"11 {four}-{digits(chance, 4)}", f"(0351) {three}-{four}", f"+54 9 11 {four} {digits(chance, 4)}"],
                  "sw": [f"06{digits(chance, 2)} {three} {digits(chance, 3)}", f"+2557{digits(chance, 8)}"],
                  "ne": [f"{nepal}{digits(chance, 6)}", f"{nepal[:3]}-{digits(chance, 7)}", devanagari(nepal + digits(chance, 6))]},
        "id": {"en": [digits(chance, 8)], "es": [f"{digits(chance, 2)}.{three}.{digits(chance, 3)}", digits(chance, 8)],
               "sw": [f"19{chance.randrange(50, 99)}0{chance.randrange(1, 9)}1{chance.randrange(9)}-{five}-{digits(chance, 5)}-{digits(chance, 2)}"],
               "ne": [devanagari(f"{digits(chance, 2)}-{digits(chance, 2)}-7{chance.randrange(9)}-{five}"), f"27-01-7{chance.randrange(9)}-{five}"]},
        "address": {"en": [f"{three[:2]} Kenyatta Avenue", f"P.O. Box {four}", f"Moi Road, house no {three[:2]}"],
                    "es": [f"calle Belgrano {four}", f"Av. Rivadavia {four}", f"Pasaje Los Ceibos {three}"],
                    "sw": [f"Mtaa wa Lindi, nyumba namba {three[:2]}", f"S.L.P {four}"],
                    "ne": [f"घर नं. {devanagari(three[:2])}", f"घर नम्बर {three}"]},
        "coordinates": {"en": [f"-1.{five}, 36.{five}"], "es": [f"-34.{five}, -58.{five}"], "sw": [f"-6.{five}, 39.{five}"],
                        "ne": [f"27.{five}, 85.{five}", devanagari(f"27.{five}, 85.{five}")]},
        "mail": {one: [f"person{three}@example.net"] for one in FRAMES},
    }  # fmt: skip
    return chance.choice(shapes[key][language])


def devanagari(text: str) -> str:
    """Return a text with its digits in the script of Nepal."""
    return text.translate({ord("0") + one: chr(ord("०") + one) for one in range(10)})


def measured(texts: Iterable[tuple[str, list[Span]]]) -> dict[str, Counter[str]]:
    """Count, by kind: labels, found ones, proposals, right ones."""
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in MARKS}
    for text, labels in texts:
        proposals = [one for one in propose(text) if MASKED not in text[one.start : one.end]]
        for label in labels:
            same = [one for one in proposals if one.kind == label.kind]
            covered = sum(max(0, min(one.end, label.end) - max(one.start, label.start)) for one in same)
            counts[label.kind]["labels"] += 1
            counts[label.kind]["found"] += 2 * covered >= label.end - label.start
        for one in proposals:
            counts[one.kind]["proposed"] += 1
            counts[one.kind]["right"] += any(one.start < label.end and label.start < one.end for label in labels)
    return counts


def reports(folder: Path) -> dict[str, str]:
    """Return the text of each report by its serial number."""
    with (folder / "Haiti.csv").open(encoding="utf-8", errors="replace", newline="") as rows:
        return {
            row["Serial"]: f"{row['INCIDENT TITLE']}\n{row['DESCRIPTION']}"[:LONGEST] for row in csv.DictReader(rows)
        }


def labelled(folder: Path, part: str) -> list[tuple[str, list[Span]]]:
    """Return the reports of one part with their labels."""
    texts, labels = reports(folder), {}
    with LABELS.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["part"] == part:
                spans = labels.setdefault(row["serial"], [])
                if row["kind"]:
                    spans.append(Span(int(row["start"]), int(row["end"]), row["kind"]))
    return [(texts[serial], spans) for serial, spans in labels.items()]


def show(title: str, counts: dict[str, Counter[str]]) -> None:
    print(f"\n{title}\n{'kind':12} {'labels':>7} {'recall':>7} {'proposed':>9} {'precision':>10}")
    for kind, one in counts.items():
        recall = f"{one['found'] / one['labels']:.2f}" if one["labels"] else "–"
        precision = f"{one['right'] / one['proposed']:.2f}" if one["proposed"] else "–"
        print(f"{kind:12} {one['labels']:7} {recall:>7} {one['proposed']:9} {precision:>10}")


def speed(folder: Path) -> None:
    """Time 100,000 texts: the reports over and over, each made another by its number."""
    texts = list(reports(folder).values())
    many = [f"{texts[index % len(texts)]} ({index})" for index in range(100_000)]
    start = time.perf_counter()
    seen = sum(bool(propose(text)) for text in many)
    print(f"100,000 texts of {sum(map(len, many)) / len(many):.0f} characters: {time.perf_counter() - start:.1f} s, "
          f"{seen} with a proposal")  # fmt: skip


def main(words: list[str]) -> None:
    folder = Path(next((word for word in words if not word.startswith("-")), FOLDER))
    if "--speed" in words:
        speed(folder)
        return
    for part in ("tuned", "held out"):
        show(f"Haiti 2010, {part}", measured(labelled(folder, part)))
    for title, names in (("names in the lists", LISTED), ("names in no list", UNLISTED)):
        for language in FRAMES:
            show(f"Planted, {language}, {title}", measured(planted(language, names[language], random.Random(8))))
    known = [
        one for names in UNLISTED.values() for name in names for one in name.casefold().split() if one in FIRST | FAMILY
    ]
    assert not known, known


if __name__ == "__main__":
    main(sys.argv[1:])
