"""Forms and expressions of the documentation of XLSForm and ODK, told again in small: what each must come to.

Sources: xlsform.org ("home", "reference table"); docs.getodk.org "Form Operators and Functions", "Form Logic",
"Question Types", "Repeat Recipes and Tips"; the ODK XForms specification ("XPath Functions"). Where the documents leave
something open, what JavaRosa, the engine of ODK Collect, does.
"""

# ruff: noqa: E501 - tables are as wide as they are

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Step = tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A form and what is done in it. steps: (answer, path, value), (add, parent, name), (remove, path, number) or
    (speak, language). told: path -> answer in the end; asked: path -> whether it is asked; faults: path -> code;
    offered: path -> codes; said: path -> label. files: name -> text. saved: path -> answer of the last form.
    """

    section: str
    form: str
    steps: tuple[Step, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, bool] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, list[str]] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, str] = field(default_factory=dict)


def put(**answers: str) -> tuple[Step, ...]:
    """Answers of questions right below the root."""
    return tuple(("answer", f"/data/{name}", value) for name, value in answers.items())


# --- expressions ------------------------------------------------------------------------------------------------------

ANSWERS = {
    "t": "Ana María", "i": "7", "d": "2.5", "day": "2026-03-31", "when": "2026-03-31T14:30:00.000+05:45",
    "clock": "18:00:00.000+05:45", "many": "a c", "one": "b", "spot": "27.7 85.3 1300 5", "big": "1234567.891",
    "way": "0 0 0 0;0 1 0 0;1 1 0 0", "field": "0 0 0 0;0 0.001 0 0;0.001 0.001 0 0;0.001 0 0 0;0 0 0 0",
}  # fmt: skip
"""The answers that EXPRESSIONS stand on; ${e}, ${f} and ${none} are left blank."""

ASKED = """
| survey | type | name | label |
| | text | t | T |
| | integer | i | I |
| | integer | e | E |
| | decimal | f | F |
| | decimal | d | D |
| | decimal | big | B |
| | date | day | Day |
| | dateTime | when | When |
| | time | clock | Clock |
| | select_multiple c | many | Many |
| | select_multiple c | none | None |
| | select_one c | one | One |
| | geopoint | spot | Spot |
| | geotrace | way | Way |
| | geoshape | field | Field |
| choices | list_name | name | label |
| | c | a | Apple |
| | c | b | Bean |
| | c | c | Corn |
"""

EXPRESSIONS: dict[str, list[tuple[str, str]]] = {
    "Math operators": [
        ("${i} + ${d}", "9.5"), ("${i} - ${d}", "4.5"), ("${i} * 1.18", "8.26"), ("${i} div 2", "3.5"),
        ("(${i} mod 2) = 1", "true"), ("-7 mod 3", "-1"), ("7 mod -3", "1"), ("${i} div 0", "Infinity"), ("-${i}", "-7"),
        ("0.1 + 0.2", "0.30000000000000004"), ("0.1 * 3 * 10", "3"), ("2 - 1 - 1", "0"), ("8 div 4 div 2", "1"),
        ("${i} + ${t}", ""),
    ],
    "Empty values in math": [
        ("${e} + 1", ""), ("${e} * 0", ""), ("string(${e} + 1)", "NaN"), ("coalesce(${e}, 0) + 1", "1"),
        ("if(${e} = '', 0, ${e}) + 1", "1"), ("${e} = 0", "false"), ("${e} = ''", "true"), ("${e} != ''", "false"),
        ("${e} > 0", "false"), ("${e} <= 0", "false"), ("${e} != 0", "true"), ("${none} = ''", "true"),
        ("number(${e})", ""), ("not(${e})", "true"), ("boolean(${e})", "false"), ("${e} = ${f}", "true"),
    ],
    "Comparison operators": [
        ("${i} = 7", "true"), ("${i} = '7'", "true"), ("${i} = '7.0'", "true"), ("${i} != 7", "false"),
        ("${i} > 6", "true"), ("${i} >= 7", "true"), ("${i} < 7", "false"), ("${i} <= 7", "true"),
        ("${t} = 'Ana María'", "true"), ("${t} = 'ana maría'", "false"), ("${one} = 'b'", "true"), ("'10' > '9'", "true"),
        ("'b' > 'a'", "false"), ("0.1 + 0.2 = 0.3", "true"), ("0.7 + 0.2 + 0.1 = 1", "true"), ("'a' = 1", "false"),
        ("'' = 0", "false"), ("true() = 1", "true"), ("'1' = '1.0'", "false"),
    ],
    "Boolean operators": [
        ("${i} > 1 and ${i} < 10", "true"), ("${i} < 1 or ${d} = 2.5", "true"), ("true() or false() and false()", "true"),
        ("not(${i} = 7)", "false"), ("true()", "true"), ("false()", "false"), ("not('')", "true"), ("not('false')", "false"),
    ],
    "Control flow": [
        ("if(${i} > 5, 'many', 'few')", "many"), ("if(${e} > 5, 'many', 'few')", "few"),
        ("if(true(), 1, 1 div 0)", "1"), ("if('', 1, if(${one} = 'b', 'bean', 'other'))", "bean"),
        ("if(${none}, 'some', 'none')", "none"),
    ],
    "Select questions": [
        ("selected(${many}, 'a')", "true"), ("selected(${many}, 'b')", "false"), ("selected(${none}, 'a')", "false"),
        ("selected(${one}, 'b')", "true"), ("selected(${many}, ' a ')", "true"), ("selected('ab a', 'b')", "false"),
        ("selected-at(${many}, 0)", "a"), ("selected-at(${many}, 1)", "c"), ("selected-at(${many}, 2)", ""),
        ("selected-at(${many}, -1)", ""), ("selected-at(${none}, 0)", ""), ("selected-at(${many}, '1')", "c"),
        ("count-selected(${many})", "2"), ("count-selected(${none})", "0"), ("count-selected('  a   b ')", "2"),
        ("jr:choice-name(${one}, '${one}')", "Bean"), ("jr:choice-name(selected-at(${many}, 1), '${many}')", "Corn"),
        ("jr:choice-name('z', '${one}')", ""), ("jr:choice-name(${none}, '${none}')", ""),
        ("not(selected(${many}, 'b') and count-selected(${many}) > 1)", "true"),
    ],
    "Searching and matching strings": [
        ("regex('Ana', '[A-Z][a-z]+')", "true"), ("regex('Ana1', '[A-Z][a-z]+')", "false"),
        ("regex('María', '\\p{L}+')", "true"), ("regex('नेपाल', '[\\p{L}\\p{M}]+')", "true"), ("regex(${t}, '\\p{L}+')", "false"),
        ("regex('५५५', '\\d{3}')", "false"), ("regex('555-1234', '\\d{3}\\-\\d{4}')", "true"), ("regex('', '')", "true"),
        ("regex('é', '\\w')", "false"), ("regex('a.b', 'a\\.b')", "true"), ("regex('axb', 'a\\.b')", "false"),
        ("regex('J. Doe', '\\w\\. \\w+')", "true"), ("regex('ABC', '(?i)abc')", "true"), ("regex('a', '^a$')", "true"),
        ("regex('+255 712', '\\+[\\d\\s]+')", "true"), ("regex('10:30', '(?:[01]?[0-9]):[0-5][0-9]')", "true"),
        ("contains(${t}, 'Mar')", "true"), ("contains(${t}, 'mar')", "false"), ("contains(${t}, '')", "true"),
        ("starts-with(${t}, 'Ana')", "true"), ("ends-with(${t}, 'ía')", "true"), ("ends-with('', 'a')", "false"),
        ("substr(${t}, 0, 3)", "Ana"), ("substr(${t}, 4)", "María"), ("substr(${t}, -3)", "ría"), ("substr(${t}, 3, 1)", ""),
        ("substr(${t}, 2, -2)", "a Mar"), ("substr(${t}, 20)", ""), ("substr('😀ab', 1)", "ab"),
        ("substring-before('1999/04', '/')", "1999"), ("substring-before('1999', '/')", ""), ("substring-before('ab', '')", ""),
        ("substring-before('/04', '/')", ""), ("substring-after('1999/04', '/')", "04"), ("substring-after('ab', 'x')", ""),
        ("substring-after('ab', '')", "ab"), ("substring-after('', 'a')", ""), ("translate('bar', 'abc', 'AB')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"), ("string-length('abc')", "3"), ("string-length(${e})", "0"),
        ("normalize-space('  a   b ')", "a b"), ("normalize-space(${e})", ""),
    ],
    "Combining strings": [
        ("concat(${t}, ' ', ${i})", "Ana María 7"), ("concat('a')", "a"), ("concat(${e}, 'x', true())", "xtrue"),
        ("concat(1 div 4, '/', ${d})", "0.25/2.5"), ("join(', ', ${t}, ${i})", "Ana María, 7"),
    ],
    "Converting to and from strings": [
        ("boolean-from-string('true')", "true"), ("boolean-from-string('1')", "true"), ("boolean-from-string('TRUE')", "true"),
        ("boolean-from-string('yes')", "false"), ("boolean-from-string('')", "false"), ("string(34.8)", "34.8"),
        ("string(true())", "true"), ("string(1 = 2)", "false"), ("string(0.1)", "0.1"), ("string(1000000)", "1000000"),
    ],
    "Number handling": [
        ("round(7.905, 2)", "7.91"), ("round(2.5)", "3"), ("round(-2.5)", "-2"), ("round(-1.455, 2)", "-1.45"),
        ("round(1234.5, -2)", "1200"), ("round(${e})", ""), ("round(1.005, 2)", "1.01"), ("round(${big}, 1)", "1234567.9"),
        ("int(39.2)", "39"), ("int(-0.5)", "0"), ("int(-7.9)", "-7"), ("int(${e})", ""), ("int('39.9')", "39"),
        ("number('34.8')", "34.8"), ("number(' 12 ')", "12"), ("number(true())", "1"), ("number('abc')", ""),
        ("number('1e3')", ""), ("number('')", ""), ("number(false())", "0"),
    ],
    "Calculation": [
        ("pow(4, 2)", "16"), ("pow(2, 0.5) - sqrt(2)", "0"), ("round(log(10), 6)", "2.302585"), ("log10(1000)", "3"),
        ("abs(-3.9)", "3.9"), ("round(sin(1), 6)", "0.841471"), ("round(cos(1), 6)", "0.540302"), ("sqrt(-4)", ""),
        ("round(tan(1), 6)", "1.557408"), ("round(asin(1), 6)", "1.570796"), ("acos(1)", "0"), ("log(0)", ""),
        ("round(atan(1), 6)", "0.785398"), ("round(atan2(1, -1), 6)", "2.356194"), ("exp(0)", "1"), ("exp10(3)", "1000"),
        ("round(pi(), 6)", "3.141593"), ("abs(${e})", ""), ("floor(-1.5)", "-2"), ("ceiling(1.2)", "2"),
    ],
    "Sums over sets": [
        ("min(3, 1, 2)", "1"), ("max(3, 1, 2)", "3"), ("max(-3, -1)", "-1"), ("min(${e}, 4)", "4"), ("max(${e}, ${f})", ""),
        ("sum(${i})", "7"), ("sum(${e})", "0"), ("sum(0.1, 0.2, 0.3)", "0.6000000000000001"), ("count(${e})", "1"),
        ("count-non-empty(${e})", "0"), ("count-non-empty(${t})", "1"),
    ],
    "Date and time": [
        ("today()", "2026-11-23"), ("now()", "2026-11-23T14:05:06.789+05:45"), ("${day} < today()", "true"),
        ("${day} <= date('2026-03-31')", "true"), ("${day} = date('2026-03-31')", "true"), ("${day} = '2026-03-31'", "true"),
        ("${day} > '2026-03-30'", "true"), ("today() - ${day}", "237"), ("int((today() - ${day}) div 30.44)", "7"),
        ("date(today() + 1)", "2026-11-24"), ("date(${day} - 31)", "2026-02-28"), ("${when} > ${day}", "true"),
        ("round(decimal-date-time(${when}) - decimal-date-time(${day}), 6)", "0.604167"), ("${e} > today()", "false"),
    ],
    "Converting dates and time": [
        ("decimal-date-time('1970-01-01T05:45:00.000+05:45')", "0"), ("decimal-date-time('2026-03-31')", "20542.760416666668"),
        ("date(0)", "1970-01-01"), ("date(20543)", "2026-03-31"), ("date(decimal-date-time('1960-05-05'))", "1960-05-05"),
        ("date(${when})", "2026-03-31"), ("date('')", ""), ("date(${e})", ""), ("date-time(${day})", "2026-03-31T00:00:00.000+05:45"),
        ("decimal-time(${clock})", "0.75"), ("decimal-time('12:00:00.000+05:45')", "0.5"), ("decimal-time(${when})", "0.6041666666666666"),
        ("decimal-date-time('')", ""), ("date('2026-02-30')", ""), ("date('२०२६-०३-३१')", ""),
    ],
    "Formatting dates and times for display": [
        ("format-date(${day}, '%Y-%y-%m-%n-%d-%e')", "2026-26-03-3-31-31"), ("format-date(${day}, '%a %e %b')", "Tue 31 Mar"),
        ("format-date-time(${when}, '%H:%h:%M:%S.%3')", "14:14:30:00.000"), ("format-date('', '%Y')", ""),
        ("format-date(${when}, '%d/%m')", "31/03"), ("format-date(date('1999-01-02'), '%y%n%e')", "9912"),
        ("format-date-time(${clock}, '%H:%M')", "18:00"), ("format-date(${day}, 'Q%m %% %x')", "Q03 % %x"),
    ],
    "Geography": [
        ("round(distance(${way}), 0)", "222638"), ("round(area(${field}), 0)", "12392"), ("area(${spot})", "0"),
        ("distance(${spot})", "0"), ("round(distance(${field}), 1)", "445.3"), ("distance('')", "0"), ("distance('here')", ""),
        ("distance('1_0 2;3 4')", ""), ("distance('0x10 2;3 4')", ""), ("area('0 0;0 1')", "0"),
    ],
    "Utility": [
        ("string-length(uuid())", "36"), ("string-length(uuid(8))", "8"), ("random() < 1 and random() >= 0", "true"),
        ("boolean(${i})", "true"), ("boolean('0')", "true"), ("boolean(0)", "false"), ("boolean(/data/i)", "true"),
        ("coalesce(${e}, ${d})", "2.5"), ("coalesce(${t}, 'x')", "Ana María"), ("coalesce(${e}, ${f})", ""),
        ("coalesce(${e} + 1, 'none')", "none"), ("checklist(1, 2, ${i} = 7, ${d} = 1)", "true"),
        ("checklist(-1, 1, true(), true())", "false"), ("checklist(2, -1, true(), true())", "true"),
        ("weighted-checklist(2, 4, true(), 3, false(), 9)", "true"), ("weighted-checklist(-1, 2, true(), 3)", "false"),
        ("base64-decode('bmFtYXN0w6k=')", "namasté"), ("base64-decode('?')", ""),
    ],
}  # fmt: skip
"""Section of the documentation -> expressions, each with the answer that a calculation gets from it (NaN is blank)."""

HASHES = [
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    ("digest('abc', 'SHA-1', 'HEX')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("digest('', 'SHA-256', 'hex')", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
]
"""digest() is worked out on the pages without a script only: a browser has no hash that answers at once."""


def calculations(expressions: list[tuple[str, str]]) -> str:
    """Return the form of ASKED with one calculation, c0, c1 …, for each expression."""
    head, _choices, rest = ASKED.strip().partition("| choices")
    rows = [f"| | calculate | c{k} | | {told} |" for k, (told, _expected) in enumerate(expressions)]
    heading = head.replace("| label |", "| label | calculation |", 1)
    asked = "\n".join(f"{line} |" if line.startswith("| |") else line for line in heading.strip().splitlines())
    return "\n".join([asked, *rows, f"| choices{rest}"])


# --- whole forms ------------------------------------------------------------------------------------------------------

PEOPLE = """
| survey | type | name | label | calculation |
| | begin repeat | people | Person | |
| | int | age | Age | |
| | int | pet_count | How many pets? | |
| | end repeat | people | | |
| | calculate | total_pets | | {told} |
"""
PETS: tuple[Step, ...] = (
    ("add", "/data", "people"), ("add", "/data", "people"),
    *(("answer", f"/data/people[{n}]/{name}", value)
      for n, name, value in ((1, "age", "10"), (1, "pet_count", "2"), (2, "age", "40"), (2, "pet_count", "3"), (3, "age", "5"))),
)  # fmt: skip
"""Three people: a child with two pets, a grown-up with three, a child of whom the pets are not known."""

EXAMPLES = [
    # xlsform.org
    Example(
        "XLSForm: Specify other",
        """
        | survey | type | name | label |
        | | select_multiple pizza_toppings or_other | favorite | Favorites? |
        | choices | list_name | name | label |
        | | pizza_toppings | cheese | Cheese |
        | | pizza_toppings | sausage | Sausage |
        """,
        put(favorite="cheese other"), asked={"/data/favorite_other": True}, offered={"/data/favorite": ["cheese", "sausage", "other"]},
    ),
    Example(
        "XLSForm: Multiple choice from file",
        """
        | survey | type | name | label | choice_filter |
        | | select_multiple_from_file country.csv | liv | Where did you live? | |
        | | select_one_from_file countries.xml | cou | Where do you live? | |
        | | select_one_from_file cities.csv | cit | City? | country=${cou} |
        """,
        put(liv="np ke", cou="ke", cit="nbo"),
        files={
            "country.csv": "name,label\nnp,Nepal\nke,Kenya\n",
            "countries.xml": "<root><item><name>ke</name><label>Kenya</label></item><item><name>tz</name></item></root>",
            "cities.csv": "name,label,country\nnbo,Nairobi,ke\ndar,Dar es Salaam,tz\n",
        },
        offered={"/data/liv": ["np", "ke"], "/data/cou": ["ke", "tz"], "/data/cit": ["nbo"]},
    ),
    Example(
        "Question types: Select from external dataset (GeoJSON)",
        """
        | survey | type | name | label | calculation |
        | | select_one_from_file hospitals.geojson | hospital | Select hospital | |
        | | calculate | at | | instance('hospitals')/root/item[id = ${hospital}]/geometry |
        | | calculate | beds | | instance('hospitals')/root/item[id = ${hospital}]/beds |
        """,
        put(hospital="h2"),
        files={"hospitals.geojson": """{"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": "h1", "properties": {"title": "One", "beds": 20},
             "geometry": {"type": "Point", "coordinates": [85.3, 27.7]}},
            {"type": "Feature", "properties": {"id": "h2", "title": "Two", "beds": null},
             "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [2, 3], [4, 5], [0, 1]]]}}]}"""},
        offered={"/data/hospital": ["h1", "h2"]}, told={"/data/at": "1 0 0 0; 3 2 0 0; 5 4 0 0; 1 0 0 0", "/data/beds": ""},
    ),
    Example(
        "XLSForm: External XML data",
        """
        | survey | type | name | label | calculation |
        | | xml-external | houses | | |
        | | integer | rooms | Rooms? | |
        | | calculate | many | | count(instance('houses')/root/item[rooms = current()/../rooms]) |
        """,
        put(rooms="2"),
        files={"houses.xml": "<root><item><rooms>2</rooms></item><item><rooms>3</rooms></item><item><rooms>2</rooms></item></root>"},
        told={"/data/many": "2"},
    ),
    Example(
        "XLSForm: Range",
        """
        | survey | type | name | label | parameters | appearance |
        | | range | amount | Age of the child? | start=0 end=17 step=1 | |
        | | range | rated | Rating? | start=1 end=5 step=0.5 | rating |
        | | range | plain | Ten? | | |
        """,
        put(amount="18", rated="4.5", plain="11"), faults={"/data/amount": "xform.between", "/data/plain": "xform.between"},
    ),
    Example(
        "XLSForm: Constraint message, required message",
        """
        | survey | type | name | label | constraint | constraint_message | required | required_message |
        | | integer | age | Age | . >= 18 | Must be 18 or older. | yes | |
        | | text | name | Name | | | TRUE | Please answer. |
        | | text | nick | Nick | string-length() < 4 | | ${age} > 5 | |
        | | text | neat | Neat | normalize-space() = . | | | |
        """,
        put(age="17", nick="long one", neat=" a"),
        faults={"/data/age": "xform.constraint", "/data/name": "xform.required", "/data/nick": "xform.constraint",
                "/data/neat": "xform.constraint"},
    ),
    Example(
        "XLSForm: Relevant, on a group and in it",
        """
        | survey | type | name | label | relevant |
        | | integer | age | How old? | |
        | | begin group | child | Child | ${age} <= 5 |
        | | integer | muac | Arm? | |
        | | select_one yn | mrdt | Test? | ${muac} != '' |
        | | end group | | | |
        | choices | list_name | name | label |
        | | yn | yes | Yes |
        | | yn | no | No |
        """,
        (("answer", "/data/age", "4"), ("answer", "/data/child/muac", "12"), ("answer", "/data/age", "6")),
        asked={"/data/child": False, "/data/child/muac": False, "/data/child/mrdt": False},
    ),
    Example(
        "XLSForm: Randomize choices, with a seed",
        """
        | survey | type | name | label | parameters | calculation |
        | | calculate | sd | | | once(42 * 2) |
        | | select_one t | top | Favorite? | randomize=true, seed=${sd} | |
        | | select_one t | fix | Favorite? | randomize=true, seed=42 | |
        | choices | list_name | name | label |
        | | t | a | A |
        | | t | b | B |
        | | t | c | C |
        | | t | d | D |
        """,
        told={"/data/sd": "84"}, offered={"/data/fix": ["d", "c", "b", "a"]},
    ),
    Example(
        "XLSForm: Multiple language support",
        """
        | survey | type | name | label::English (en) | label::Español (es) | hint::English (en) |
        | | text | name | What is your name? | ¿Cómo se llama? | First |
        | | note | hello | Hello, ${name}. | Hola, ${name}. | |
        """,
        (*put(name="Adam"), ("speak", "Español (es)")), said={"/data/hello": "Hola, Adam.", "/data/name": "¿Cómo se llama?"},
    ),
    Example(
        "XLSForm: Cascading selects",
        """
        | survey | type | name | label | choice_filter |
        | | select_one state | state | State | |
        | | select_one county | county | County | state=${state} |
        | | select_one city | city | City | state=${state} and county=${county} |
        | choices | list_name | name | label | state | county |
        | | state | texas | Texas | | |
        | | state | wash | Washington | | |
        | | county | king | King | wash | |
        | | county | cameron | Cameron | texas | |
        | | city | seattle | Seattle | wash | king |
        | | city | brownsville | Brownsville | texas | cameron |
        """,
        put(state="wash", county="king", city="brownsville"),
        offered={"/data/county": ["king"], "/data/city": ["seattle"]}, faults={"/data/city": "xform.not-offered"},
    ),
    Example(
        "XLSForm: pulldata",
        """
        | survey | type | name | label | calculation |
        | | text | mykey | Key? | |
        | | calculate | fruit | | pulldata('fruits', 'name', 'name_key', ${mykey}) |
        | | note | note_fruit | The fruit ${mykey} is ${fruit}. | |
        """,
        put(mykey="m"), files={"fruits.csv": "name_key,name\nm,Mango\no,Orange\nm,Melon\n"},
        told={"/data/fruit": "Mango"}, said={"/data/note_fruit": "The fruit m is Mango."},
    ),
    Example(
        "XLSForm: Metadata",
        """
        | survey | type | name | label |
        | | start | start | |
        | | end | end | |
        | | today | today | |
        | | deviceid | deviceid | |
        | | username | username | |
        | | phonenumber | phonenumber | |
        | | email | email | |
        | | text | q | Q |
        """,
        told={"/data/today": "2026-11-23", "/data/start": "2026-11-23T14:05:06.789+05:45", "/data/end": "2026-11-23T14:05:06.789+05:45",
              "/data/email": ""},
    ),
    Example(
        "XLSForm: Default, read_only, hidden, acknowledge, barcode",
        """
        | survey | type | name | label | default | read_only | required |
        | | hidden | version | | 7 | | |
        | | decimal | salary | Salary | 12.5 | | |
        | | text | fixed | Fixed | Hello | yes | |
        | | acknowledge | ok | I agree | | | yes |
        | | barcode | code | Code | | | |
        """,
        put(ok="OK", code="4006381333931"), told={"/data/version": "7", "/data/salary": "12.5", "/data/fixed": "Hello"},
    ),
    Example(
        "XLSForm: Settings, with a namespace of the answers",
        """
        | survey | type | name | label |
        | | text | name | Name |
        | settings | form_title | form_id | version | instance_name | instance_xmlns |
        | | Households | hh | 3 | concat('of ', ${name}) | http://example.org/hh |
        """,
        put(name="Ann"), told={"/data/meta/instanceName": "of Ann"},
    ),
    # docs.getodk.org, Form Logic
    Example(
        "Form logic: Calculations",
        """
        | survey | type | name | label | calculation |
        | | decimal | bill_amount | Bill amount: | |
        | | calculate | tip_18 | | round((${bill_amount} * 0.18),2) |
        | | calculate | tip_18_total | | ${bill_amount} + ${tip_18} |
        | | note | tip_18_note | Bill: $${bill_amount} Tip: $${tip_18} Total: $${tip_18_total} | |
        """,
        put(bill_amount="55.88"), told={"/data/tip_18": "10.06", "/data/tip_18_total": "65.94"},
        said={"/data/tip_18_note": "Bill: $55.88 Tip: $10.06 Total: $65.94"},
    ),
    *(
        Example(f"Form logic: XPath predicates for filtering: {told}", PEOPLE.format(told=told), PETS, {"/data/total_pets": expected})
        for told, expected in (
            ("sum(${people}[age < 18]/pet_count)", "2"), ("sum(/data/people[age > 18]/pet_count)", "3"), ("count(${people}[age < 18])", "2"),
            ("count(${people})", "3"), ("sum(${pet_count})", "5"), ("max(${pet_count})", "3"), ("min(${pet_count})", "2"),
            ("sum(${people}[age < 18 and pet_count != '']/age)", "10"), ("count-non-empty(${pet_count})", "2"), ("count(${pet_count})", "3"),
            ("join(', ', ${age})", "10, 40, 5"), ("concat(${age})", "10405"), ("${people}[2]/age", "40"), ("${people}[position() = 3]/age", "5"),
            ("${people}[last()]/age", "5"), ("max(${age}) - min(${age})", "35"), ("/data/people[age = max(/data/people/age)]/pet_count", "3"),
            ("indexed-repeat(${age}, ${people}, 2)", "40"), ("indexed-repeat(${age}, ${people}, 2.9)", "40"), ("indexed-repeat(${age}, ${people}, 9)", ""),
            ("count(/data/people[pet_count])", "2"), ("sum(/data/people[number(pet_count) >= 2]/age)", "50"), ("max(/data/people[age > 99]/age)", ""),
            ("sum(/data/people[age > 99]/age)", "0"), ("count(/data/people[string-length(age) = 2])", "2"), ("/data/people[2]/age + 1", "41"),
        )
    ),
    Example(
        "Form logic: Values from the last saved record",
        """
        | survey | type | name | label | default |
        | | text | street | Street | ${last-saved#street} |
        """,
        saved={"/data/street": "Main"}, told={"/data/street": "Main"},
    ),
    Example(
        "Form logic: Dynamic defaults",
        """
        | survey | type | name | label | default |
        | | date | fever_onset | Fever? | now() |
        | | integer | next | Next | 2 + 3 |
        | | text | plain | Plain | two-words |
        """,
        told={"/data/fever_onset": "2026-11-23", "/data/next": "5", "/data/plain": "two-words"},
    ),
    Example(
        "Form logic: Dynamic defaults in repeats",
        """
        | survey | type | name | label | default |
        | | begin_repeat | tree | Tree | |
        | | text | species | Species | ${tree}[position() = position(current()/..) - 1]/species |
        | | end_repeat | | | |
        """,
        (("answer", "/data/tree[1]/species", "oak"), ("add", "/data", "tree"), ("add", "/data", "tree"), ("answer", "/data/tree[3]/species", "ash"),
         ("add", "/data", "tree")),
        told={"/data/tree[2]/species": "oak", "/data/tree[3]/species": "ash", "/data/tree[4]/species": "ash"},
    ),
    Example(
        "Form logic: Dynamic defaults from form data, and cleared",
        """
        | survey | type | name | label | calculation | trigger |
        | | integer | current_age | Age | | |
        | | integer | diagnosis_age | Age then | ${current_age} | ${current_age} |
        | | integer | cleared | Cleared | '' | ${current_age} |
        """,
        put(current_age="9", diagnosis_age="7", cleared="5"), told={"/data/diagnosis_age": "7", "/data/cleared": "5"},
    ),
    Example(
        "Form logic: Default values looked up by a selection",
        """
        | survey | type | name | label | calculation | trigger | choice_filter |
        | | select_one participants | participant | Participant | | | true() |
        | | text | phone_number | Phone | instance('participants')/root/item[name=${participant}]/phone_number | ${participant} | |
        | choices | list_name | name | label | phone_number |
        | | participants | kwame | Kwame | +1-850-555-0168 |
        | | participants | sophia | Sophia | +36 55 562 079 |
        """,
        put(participant="sophia"), told={"/data/phone_number": "+36 55 562 079"},
    ),
    Example(
        "Form logic: Lightweight timestamping",
        """
        | survey | type | name | label | calculation | trigger |
        | | string | name | Name | | |
        | | dateTime | name_first | | if(${name_first}='', now(), ${name_first}) | ${name} |
        """,
        put(name="A"), told={"/data/name_first": "2026-11-23T14:05:06.789+05:45"},
    ),
    Example(
        "Form logic: Validating and restricting responses",
        """
        | survey | type | name | label | constraint |
        | | integer | a | A | . > 20 and . < 200 |
        | | text | letters | L | regex(.,'\\p{L}+') |
        | | text | free | F | not(contains(., 'prohibited')) |
        | | select_multiple o | some | S | not(selected(., 'none') and count-selected(.) > 1) |
        | | text | initial | Middle initial | regex(., '[A-Z]') |
        | | integer | blank | B | . > 1 |
        | choices | list_name | name | label |
        | | o | x | X |
        | | o | none | None |
        """,
        put(a="20", letters="María", free="is prohibited", some="x none", initial="ab"),
        faults={f"/data/{name}": "xform.constraint" for name in ("a", "free", "some", "initial")},
    ),
    Example(
        "Form logic: Notes that stay until the answers are corrected",
        """
        | survey | type | name | label | relevant | required | required_message |
        | | integer | a | First share | | | |
        | | integer | b | Second share | | | |
        | | note | sum | Together 100, please | ${a} + ${b} != 100 | true() | Correct the shares. |
        | | note | old | That is old | ${a} > 90 | | |
        """,
        put(a="95", b="6"), asked={"/data/sum": True, "/data/old": True}, faults={"/data/sum": "xform.required"},
    ),
    Example(
        "Form logic: Read-only questions",
        """
        | survey | type | name | label | read_only | calculation |
        | | decimal | salary | Salary | | |
        | | decimal | own | Own | | |
        | | decimal | total | Total | yes | ${salary} + ${own} |
        """,
        put(salary="100.5", own="1"), told={"/data/total": "101.5"},
    ),
    Example(
        "Form logic: Conditionally showing questions",
        """
        | survey | type | name | label | relevant |
        | | select_multiple al | allergies | Allergies | |
        | | text | peanut | Peanut | selected(${allergies}, 'peanut') |
        | | text | many | Many | count-selected(${allergies}) > 1 |
        | | text | needle | Needle | contains(${peanut}, 'needle') |
        | choices | list_name | name | label |
        | | al | peanut | Peanut |
        | | al | milk | Milk |
        """,
        put(allergies="peanut", peanut="a needle"), asked={"/data/peanut": True, "/data/many": False, "/data/needle": True},
    ),
    # docs.getodk.org, Repeats
    Example(
        "Repeats: Additional repeats to follow up",
        """
        | survey | type | name | label | calculation | repeat_count |
        | | begin_repeat | person | Person | | |
        | | text | name | Name | | |
        | | end_repeat | | | | |
        | | begin_repeat | more | More | | count(${person}) |
        | | calculate | called | | indexed-repeat(${name}, ${person}, position(..)) | |
        | | integer | age | Age of ${called} | | |
        | | end_repeat | | | | |
        """,
        (("answer", "/data/person[1]/name", "Ann"), ("add", "/data", "person"), ("answer", "/data/person[2]/name", "Bo")),
        told={"/data/more[1]/called": "Ann", "/data/more[2]/called": "Bo"}, said={"/data/more[2]/age": "Age of Bo"},
    ),
    Example(
        "Repeats: Counting the number of times a particular answer was given",
        """
        | survey | type | name | label | calculation | repeat_count | relevant |
        | | integer | n | How many? | | | |
        | | begin_repeat | child | Child | | ${n} | |
        | | begin_group | inner | | | | position(..) <= ${n} |
        | | select_one yn | sick | Sick? | | | |
        | | end_group | | | | | |
        | | calculate | one | | if(${sick} = 'yes', 1, 0) | | |
        | | end_repeat | | | | | |
        | | calculate | sick_children | | sum(${one}) | | |
        | choices | list_name | name | label |
        | | yn | yes | Yes |
        | | yn | no | No |
        """,
        (("answer", "/data/n", "3"), *(("answer", f"/data/child[{k}]/inner/sick", "yes") for k in (1, 2, 3)), ("answer", "/data/n", "2")),
        told={"/data/sick_children": "2"},
    ),
    Example(
        "Repeats: indexed-repeat in nested repeats",
        """
        | survey | type | name | label | calculation |
        | | begin_repeat | house | House | |
        | | begin_repeat | person | Person | |
        | | text | name | Name | |
        | | end_repeat | | | |
        | | end_repeat | | | |
        | | calculate | found | | indexed-repeat(${name}, ${house}, 2, ${person}, 1) |
        """,
        (("add", "/data", "house"), ("answer", "/data/house[2]/person[1]/name", "Ann")), told={"/data/found": "Ann"},
    ),
    Example(
        "Repeats: select from answers of a repeat",
        """
        | survey | type | name | label | choice_filter |
        | | begin_repeat | person | Person | |
        | | text | name | Name | |
        | | integer | age | Age | |
        | | end_repeat | | | |
        | | select_one ${name} | head | Head | ${age} >= 18 |
        """,
        (("answer", "/data/person[1]/name", "Ann"), ("answer", "/data/person[1]/age", "40"), ("add", "/data", "person"),
         ("answer", "/data/person[2]/name", "Bo"), ("answer", "/data/person[2]/age", "4")),
        offered={"/data/head": ["Ann"]},
    ),
    Example(
        "Repeats: relative paths, current(), position() and running sums",
        """
        | survey | type | name | label | calculation | choice_filter |
        | | begin_repeat | r | R | | |
        | | text | x | X | | |
        | | integer | y | Y | | |
        | | calculate | same | | count(/data/r[x = current()/../x]) | |
        | | calculate | before | | /data/r[position() = position(current()/..) - 1]/x | |
        | | calculate | earlier | | if(position(..) > 1, indexed-repeat(${x}, ${r}, position(..) - 1), 'none') | |
        | | calculate | running | | sum(/data/r[position() <= position(current()/..)]/y) | |
        | | select_one c | z | Z | | name = current()/../x |
        | | end_repeat | | | | |
        | | calculate | first | | once(${r}[1]/y) | |
        | choices | list_name | name | label |
        | | c | a | A |
        | | c | b | B |
        """,
        (("answer", "/data/r[1]/x", "a"), ("answer", "/data/r[1]/y", "1"), ("add", "/data", "r"), ("answer", "/data/r[2]/x", "b"),
         ("answer", "/data/r[2]/y", "2"), ("add", "/data", "r"), ("answer", "/data/r[3]/x", "a"), ("answer", "/data/r[1]/y", "5")),
        told={"/data/r[1]/same": "2", "/data/r[2]/same": "1", "/data/r[1]/before": "", "/data/r[3]/before": "b", "/data/r[1]/earlier": "none",
              "/data/r[2]/earlier": "a", "/data/r[2]/running": "7", "/data/r[3]/running": "7", "/data/first": "1"},
        offered={"/data/r[2]/z": ["b"]},
    ),
    Example(
        "Repeats: removed from the middle",
        PEOPLE.format(told="concat(${age}, '/', count(${people}))"), (*PETS, ("remove", "/data/people", "2")), told={"/data/total_pets": "105/2"},
    ),
    # pyxform
    Example(
        "pyxform: loop over choices",
        """
        | survey |
        | | type | name | label:english |
        | | select all that apply from toilet_type | types | What types? |
        | | begin loop over toilet_type | loop_types | |
        | | integer | number | How many %(label)s are here? |
        | | end loop | | |
        | choices |
        | | list name | name | label:english |
        | | toilet_type | slab | with a slab |
        | | toilet_type | open | open |
        """,
        (("answer", "/data/types", "slab"), ("answer", "/data/loop_types/open/number", "2")),
        said={"/data/loop_types/slab/number": "How many with a slab are here?"}, told={"/data/loop_types/open/number": "2"},
    ),
    Example(
        "pyxform: older names, and headings in capitals",
        """
        | SURVEY | TYPE | NAME | LABEL::EN |
        | | select one from yn | q1 | Good? |
        | | select all that apply from yn or specify other | q2 | All |
        | | phone number | phone | Phone |
        | | location | place | Where |
        | | photo | photo | Photo |
        | | string | text | Text |
        | CHOICES | LIST_NAME | NAME | LABEL::EN |
        | | yn | yes | Yes |
        | | yn | no | No |
        """,
        put(q1="yes", q2="no other", phone="0712", place="1 2 0 0"), asked={"/data/q2_other": True}, offered={"/data/q2": ["yes", "no", "other"]},
    ),
    Example(
        "pyxform: answers that the phone gives",
        """
        | survey | type | name | label | trigger |
        | | start-geopoint | here | | |
        | | background-audio | sound | | |
        | | audit | audit | | |
        | | text | t | T | |
        | | background-geopoint | there | | ${t} |
        """,
        put(t="x"), told={"/data/here": "", "/data/there": "", "/data/sound": ""},
    ),
    # docs.getodk.org, Question Types
    Example(
        "Question types: every type and appearance that keeps its answer",
        """
        | survey | type | name | label | appearance |
        | | text | numbers | N | numbers thousands-sep |
        | | text | multi | M | multiline |
        | | integer | big | B | thousands-sep |
        | | date | year | Y | year |
        | | date | month | M | month-year |
        | | date | nepali | N | bikram-sambat |
        | | time | time | T | |
        | | dateTime | both | B | no-calendar |
        | | select_one c | likert | L | likert |
        | | select_one c | mini | M | minimal autocomplete |
        | | select_one c | quick | Q | quick |
        | | select_multiple c | cols | C | columns-2 no-buttons |
        | | select_one c | mapped | C | map |
        | | rank c | rank | R | |
        | | geopoint | spot | S | placement-map |
        | | geotrace | way | W | maps |
        | | geoshape | shape | S | |
        | | image | photo | P | annotate |
        | | audio | sound | A | |
        | | video | film | V | |
        | | file | file | F | |
        | | begin_group | table | T | table-list |
        | | select_one c | row1 | R1 | |
        | | select_one c | row2 | R2 | |
        | | end_group | | | |
        | choices | list_name | name | label | geometry |
        | | c | a | A | 1 2 0 0 |
        | | c | b | B | 3 4 0 0 |
        """,
        put(numbers="007", big="1000000", year="2026-01-01", nepali="2026-04-14", time="06:30:00.000+05:45", both="2026-01-01T00:00:00.000+05:45",
            likert="a", cols="b a", rank="b a", spot="1 2 0 0", way="1 2;3 4", shape="1 2;3 4;5 6;1 2", photo="p.jpg"),
        told={"/data/cols": "b a", "/data/numbers": "007"}, offered={"/data/mapped": ["a", "b"]},
    ),
]  # fmt: skip
"""Worked examples, by the section of the documentation that they stand in."""

BEYOND = [
    ("Path: //", "| | calculate | c | | count(//a) |", "xform.expression"),
    ("Path: any name", "| | calculate | c | | count(/data/*) |", "xform.expression"),
    ("Path: up, inside [ ]", "| | calculate | c | | count(/data/r[../a = 1]) |", "xform.expression"),
    (
        "XLSForm: External XML data with names of its own",
        "| | calculate | c | | count(instance('houses')/house[rooms = 1]) |",
        "xform.expression",
    ),
    ("Regular expressions: possessive", "| | calculate | c | | regex(${a}, 'a++') |", "xform.expression"),
    ("Regular expressions: scripts", "| | calculate | c | | regex(${a}, '\\p{IsLatin}+') |", "xform.expression"),
    ("Function: geofence", "| | calculate | c | | geofence(${a}, ${a}) |", "xform.function"),
    ("Function: extract-signed", "| | calculate | c | | extract-signed(${a}, 'x') |", "xform.function"),
    ("Function: randomize in a calculation", "| | calculate | c | | randomize(/data/r/x) |", "xform.function"),
    ("Type: select_one_external", "| | select_one_external c | s | S | | | k=${a} |", "xform.kind"),
    ("Type: osm", "| | osm c | s | S | | |", "xform.kind"),
    ("Appearance: search()", "| | select_one c | s | S | | search('fruits') |", "xform.function"),
    ("A list that is not here", "| | select_one_from_file towns.csv | s | S | | |", "xform.no-list"),
    (
        "A list that is not here, once another answer changes",
        "| | text | s | S | instance('towns')/root/item[1]/name | | | ${a} |",
        "xform.no-list",
    ),
    ("Depends on itself", "| | calculate | c | | ${b} |\n| | calculate | b | | ${c} |", "xform.cycle"),
]
"""What is not read, with the code of the sentence that says so."""

# --- patterns ---------------------------------------------------------------------------------------------------------

PATTERNS = {
    "\\p{L}+": ["Ana", "é", "É", "A", "Éa"], "[\\p{L}\\p{M}' -]+": ["Ana", "é", "É", "नेपाल", "José María", "O'Neil-Smith", "A", "x y", "foo bar", "Éa", "-"],
    "\\d{3}\\-\\d{4}": ["555-1234"], "^[A-Z]$": ["A"], "(?i)abc\\s*\\w+": ["ABC  x9"], "[^\\d\\s]+": ["Ana", "é", "É", "नेपाल", "O'Neil-Smith",
    "५५५-१२३४", "A", "a\xa0b", "a.b", "a.bb", "!", "a\u2028b", "😀😀", "Éa", "-"], "\\Qa.b\\E+": ["a.b", "a.bb"], "\\p{Punct}": ["!", "-"],
    "\\P{L}+": ["555-1234", "५५५-१२३४", "!", "123", "10/11", "😀😀", "+255", "-"], "\\bfoo\\b.*": ["foo bar"],
    ".{3}": ["Ana", "a\xa0b", "a.b", "123", "x y"], "[\\W]+": ["नेपाल", "é", "É", "!", "५५५-१२३४", "😀😀", "-"],
    "(0[1-9]|1[012])/\\d\\d": ["10/11"], "\\+\\d+": ["+255"], "\\A\\d+\\z": ["123"], "[+\\-*/?]": ["-"], "1\\]?/?]?": [],
    "\\p{Lu}\\p{Ll}*": ["Ana", "É", "A", "Éa"], "(?:A|B)(?=n)na": ["Ana"], "[\\S]{2}": ["Éa", "😀😀"], "\\u0041\\x6e\\@?a": ["Ana"], "\\p{Alpha}+": ["Ana", "A"],
}  # fmt: skip
"""A pattern of regex() -> those of SUBJECTS that it fits."""

SUBJECTS = [
    "", "Ana", "é", "É", "नेपाल", "José María", "O'Neil-Smith", "555-1234", "५५५-१२३४", "A", "A\n", "ABC  x9", "a\xa0b", "x y", "a.b", "a.bb",
    "!", "123", "foo bar", "a\nb", "a\rb", "a\u2028b", "10/11", "Éa", "+255", "-", "😀😀",
]  # fmt: skip
UNSHARED = [
    "a++",
    "a*+b",
    "[a&&b]",
    "[[:alpha:]]",
    "[a[b]]",
    "[]a]",
    "(?<n>a)",
    "(?>a)",
    "(?s)a",
    "\\p{IsLatin}",
    "\\p{Nothing}",
    "(a",
    "[a",
    "*a",
    "\\",
    "\\k<n>",
]
"""Patterns that not everybody reads alike: they are told, not guessed."""
