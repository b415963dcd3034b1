"""SVG and PNG: the same bytes each time, nothing from outside, letters shaped right."""

from __future__ import annotations

import re
import struct
from xml.etree import ElementTree as ET

import pytest
import uharfbuzz as hb
import vl_convert
from small_tables import SVG, comparisons, estimates, parsed, texts, words

from datashift.draw import beside_official, by_area, letters, render

TABLE = "Ash | 41 | 30 | 52 | 80 | A\nBirch | 77 | 70 | 84 | 90 | A\nCedar ||||| Q"
NEPALI = "काठमाडौंमा १० मध्ये ४ जनाले पानीको अवस्था राम्रो भएको बताए"


def document(text: str, size: int = 20) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40" viewBox="0 0 300 40">'
        f'<text transform="translate(10,28)" font-family="sans-serif" font-size="{size}px" fill="#000000">'
        f"{text}</text></svg>"
    )


# --- one document, from nowhere else ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es", "sw", "ne"])
def test_the_same_table_gives_the_same_bytes(language):
    once, again = (by_area(estimates(TABLE), words=words(language=language)) for _ in range(2))
    assert (once.svg, once.png, once.text, once.table) == (again.svg, again.png, again.text, again.table)


def test_another_figure_gives_other_bytes():
    one, other = (by_area(estimates(t), words=words()) for t in (TABLE, TABLE.replace("77", "76")))
    assert one.svg != other.svg
    assert one.png != other.png


def test_charts_drawn_in_between_change_nothing():
    first = by_area(estimates(TABLE), words=words())
    beside_official(comparisons("Ash | 41 | 30 | 52 | 40 | 2 | C | gap"), words=words(name="other"))
    assert by_area(estimates(TABLE), words=words()).svg == first.svg


def test_the_svg_asks_for_nothing_from_outside_and_runs_nothing():
    svg = by_area(estimates(TABLE), words=words(simulated=True)).svg
    assert re.findall(r"https?://[^\s\"']+", svg) == ["http://www.w3.org/2000/svg"]
    names = {element.tag for element in parsed(svg).iter()}
    assert names <= {f"{SVG}{tag}" for tag in ("svg", "g", "rect", "path", "line", "text", "defs", "pattern")}
    assert not [
        key for element in parsed(svg).iter() for key in element.attrib if key.startswith("on") or "href" in key
    ]
    assert set(re.findall(r"url\(([^)]*)\)", svg)) == {
        f"#{pattern}" for pattern in re.findall(r'pattern id="([^"]*)"', svg)
    }


def test_the_svg_speaks_to_a_screen_reader():
    chart = by_area(estimates(TABLE), words=words(title='10 "of" 12 work.', language="es"))
    root = parsed(chart.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == f'10 "of" 12 work. {chart.text}'
    assert root.get("lang") == "es"


def test_the_readers_own_fonts_are_used_with_devanagari_among_them():
    root = parsed(by_area(estimates(TABLE), words=words()).svg)
    assert root.get("font-family").startswith("system-ui, -apple-system, 'Segoe UI'")
    assert "'Noto Sans Devanagari'" in root.get("font-family")
    assert not [text for text in texts(ET.tostring(root, encoding="unicode")) if text.get("font-family")]


def test_two_charts_on_one_page_do_not_share_an_id():
    ids = [
        re.findall(r' id="([^"]*)"', by_area(estimates(TABLE), words=words(name=n)).svg) for n in ("पानी", "पमी", "a b")
    ]
    assert len({name for found in ids for name in found}) == 3


def test_a_chart_of_20_areas_is_light():
    table = "\n".join(f"Area {k} | {20 + k} | {15 + k} | {25 + k} | 90 | A" for k in range(20))
    assert len(by_area(estimates(table), words=words()).svg.encode()) < 20_000


def test_the_png_is_twice_as_large_as_the_svg():
    chart = by_area(estimates(TABLE), words=words())
    assert chart.png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", chart.png[16:24])
    root = parsed(chart.svg)
    assert (width, height) == (1440, 2 * int(root.get("height")))


# --- letters ------------------------------------------------------------------------------------------------------


def test_the_png_is_drawn_from_outlines_and_needs_no_font_of_the_machine():
    svg = by_area(estimates(TABLE), words=words(title=NEPALI, language="ne")).svg
    outlined = render.outlined(svg)
    assert texts(outlined) == []
    assert {text.text for text in texts(svg)} == {
        group.get("aria-label") for group in parsed(outlined).iter(f"{SVG}g") if group.get("aria-label")
    }


def test_there_is_one_path_for_each_glyph_that_the_shaper_gives():
    buffer = hb.Buffer()
    buffer.add_str("पानी")
    buffer.guess_segment_properties()
    font = letters._font("devanagari-devanagari", False)
    hb.shape(font, buffer)
    names = [font.glyph_to_string(info.codepoint) for info in buffer.glyph_infos]
    assert len(names) == 4
    assert len(list(parsed(render.outlined(document("पानी"))).iter(f"{SVG}path"))) == 4


def test_letters_that_join_become_one_glyph():
    assert len(list(parsed(render.outlined(document("क्ष"))).iter(f"{SVG}path"))) == 1


def test_a_vowel_sign_that_is_spoken_after_its_letter_is_drawn_before_it():
    ka, ki = letters.shaped("क"), letters.shaped("कि")
    letter = next(glyph for glyph in ki.glyphs if glyph.outline == ka.glyphs[0].outline)
    assert letter.x > min(glyph.x for glyph in ki.glyphs)


def test_outlines_differ_from_what_the_renderer_makes_of_the_same_text():
    naive = bytes(vl_convert.svg_to_png(document("पानी"), scale=2))
    assert render.png(document("पानी")) != naive
    assert render.png(document("पानी")) != render.png(document("पमी"))


def test_text_is_placed_by_its_anchor():
    middle = document("Ash").replace("<text", '<text text-anchor="middle"')
    starts = []
    for svg in (document("Ash"), middle):
        path = next(parsed(render.outlined(svg)).iter(f"{SVG}path"))
        starts.append(float(path.get("transform").split()[4]))
    assert starts[0] == pytest.approx(10, abs=2)
    assert starts[0] - starts[1] == pytest.approx(letters.shaped("Ash").advance * 20 / 2, abs=0.01)


def test_lines_of_one_text_are_outlined_below_each_other():
    spans = document("").replace("></text>", '><tspan x="0">One</tspan><tspan x="0" dy="18">Two</tspan></text>')
    heights = {path.get("transform").split()[5] for path in parsed(render.outlined(spans)).iter(f"{SVG}path")}
    assert heights == {"28.000)", "46.000)"}


def test_letters_that_our_fonts_lack_stay_text():
    svg = render.outlined(document("Москва"))
    assert [text.text for text in texts(svg)] == ["Москва"]


def test_both_weights_have_every_letter_of_the_four_languages():
    text = (
        "ÁÉÍÓÚÜÑáéíóúüñ¿¡ Ng'ombe – — − · … “” ’ % × ~ 0123456789 ०१२३४५६७८९ । ँ ं ः "
        "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहक्षत्रज्ञ"
    )
    assert letters.shaped(text).complete
    assert letters.shaped(text, bold=True).complete


def test_words_are_broken_between_letters_only_when_longer_than_the_line():
    lines = letters.wrapped("short supercalifragilisticexpialidocious end", 120, 16)
    assert "".join(lines[1:-1]).startswith("supercali")
    assert lines[0] == "short"
    assert all(letters.width(line, 16) <= 120 for line in lines)


def test_a_letter_is_never_parted_from_its_signs():
    lines = letters.wrapped("काभ्रेपलाञ्चोकमहानगरपालिका", 40, 16)
    assert len(lines) > 3
    assert "".join(lines) == "काभ्रेपलाञ्चोकमहानगरपालिका"
    assert not [line for line in lines if line[0] in "ािीुूेैोौ्ंँः"]


def test_balanced_lines_are_as_few_and_none_is_left_alone():
    text = "About six in ten improved water points in this district give water today"
    ragged, even = letters.wrapped(text, 520, 20), letters.balanced(text, 520, 20)
    assert len(even) == len(ragged)
    assert min(map(len, even)) >= min(map(len, ragged))
    assert " ".join(even) == text
