"""The words around a chart, as its caller states them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a chart says besides its figures; every text is already in `language`.

    name            file stem, such as "by-area"
    title           the finding as a sentence
    subtitle        indicator, unit, who, where, when
    foot            source, n, method, date, licence
    unit            the unit in words, printed on the axis and above the classes of a map
    value_label     what the citizen figure is called
    official_label  what the official figure is called
    overall         id of the area that stands for the whole; "" when there is none
    simulated       the data are made up; the chart says so twice
    language        en, es, sw or ne
    """

    name: str
    title: str
    subtitle: str
    foot: str
    unit: str
    value_label: str
    official_label: str = ""
    overall: str = ""
    simulated: bool = False
    language: str = "en"
