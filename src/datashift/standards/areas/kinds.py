"""The kinds of areas, in four languages."""

from __future__ import annotations

from datashift.language import label
from datashift.model import Label

KINDS: dict[str, Label] = {
    "country": {"en": "country", "es": "país", "sw": "nchi", "ne": "देश"},
    "province": {"en": "province", "es": "provincia", "sw": "mkoa", "ne": "प्रदेश"},
    "region": {"en": "region", "es": "región", "sw": "mkoa", "ne": "क्षेत्र"},
    "county": {"en": "county", "es": "condado", "sw": "kaunti", "ne": "काउन्टी"},
    "development region": {
        "en": "development region", "es": "región de desarrollo", "sw": "kanda ya maendeleo", "ne": "विकास क्षेत्र",
    },
    "zone": {"en": "zone", "es": "zona", "sw": "kanda", "ne": "अञ्चल"},
    "district": {"en": "district", "es": "distrito", "sw": "wilaya", "ne": "जिल्ला"},
    "autonomous city": {
        "en": "autonomous city", "es": "ciudad autónoma", "sw": "jiji lenye mamlaka yake", "ne": "स्वायत्त सहर",
    },
    "department": {"en": "department", "es": "departamento", "sw": "idara", "ne": "विभाग"},
    "constituency": {"en": "constituency", "es": "distrito electoral", "sw": "jimbo", "ne": "निर्वाचन क्षेत्र"},
    "sub-county": {"en": "sub-county", "es": "subcondado", "sw": "kaunti ndogo", "ne": "उप-काउन्टी"},
    "ward": {"en": "ward", "es": "barrio (ward)", "sw": "kata", "ne": "वडा"},
}  # fmt: skip


def kind_label(kind: str) -> str:
    """Return the word for a kind of area in the current language; a kind that is not known is its own word."""
    return label(KINDS.get(kind, kind))
