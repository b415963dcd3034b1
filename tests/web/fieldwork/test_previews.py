"""What is read of a form: its texts in all languages, which are missing, and a key as a picture."""

from __future__ import annotations

from made_forms import CHOICES, SURVEY, sheet
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from datashift.forms.xform.model import XForm
from datashift.forms.xform.reading import read_xform
from datashift.web.fieldwork import sources
from datashift.web.fieldwork.previews import gaps, lines, tongues
from datashift.web.fieldwork.qr import MARGIN, picture


def read(*survey: tuple[str, ...]) -> XForm:
    made = sources.made(sources.read(sheet([*SURVEY, *survey])), "water", "1")
    return read_xform(made.xform.encode())


def test_questions_and_answers_stand_in_their_order_without_what_nobody_sees() -> None:
    told = [(one.kind, one.name) for one in lines(read())]
    assert told == [("select_one", "source"), ("answer", "tap"), ("answer", "well"), ("integer", "people")]
    assert lines(read())[1].texts == {"en": "Tap", "sw": "Bomba"}


def test_a_text_that_another_language_has_is_missing() -> None:
    form = read(("text", "remark", "Anything else?", ""))
    assert tongues(form) == ["en", "sw"]
    assert gaps(form) == {"en": 0, "sw": 1}


def test_a_form_without_languages_has_one() -> None:
    plain = [("type", "name", "label"), ("text", "a", "A?")]
    made = sources.made(sources.read(sheet(plain, [("list_name", "name", "label")])), "f", "1")
    form = read_xform(made.xform.encode())
    assert tongues(form) == [""]
    assert [one.texts for one in lines(form)] == [{"": "A?"}]


def test_a_long_list_is_cut_and_counted() -> None:
    many = [*CHOICES, *(("water", f"w{n}", f"W{n}", f"M{n}") for n in range(70))]
    made = sources.made(sources.read(sheet(SURVEY, many)), "water", "1")
    told = [one for one in lines(read_xform(made.xform.encode())) if one.kind == "answer"]
    assert (len(told), told[-1].more) == (60, 12)


def test_the_picture_has_every_dark_square_of_the_code() -> None:
    text = "x" * 300
    code = QRCode(error_correction=ERROR_CORRECT_M, border=MARGIN)
    code.add_data(text)
    code.make(fit=True)
    drawn = picture(text)
    squares = set()
    for run in drawn.path.split("z")[:-1]:
        place, width = run[1:].split("h")[0], int(run.split("h")[1].split("v")[0])
        x, y = map(int, place.split())
        squares |= {(y, x + step) for step in range(width)}
    matrix = code.get_matrix()
    assert drawn.size == len(matrix)
    assert squares == {(y, x) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}
