"""Words by which columns are known, in the four languages."""

from __future__ import annotations

MISSING = (
    "", "na", "n/a", "nan", "null", "none", "-", "--", ".", "?", "nd", "s/d", "hakuna", "haipo", "छैन", "sin dato",
)  # fmt: skip
PERSONAL = (
    "name", "nombre", "apellido", "jina", "नाम", "phone", "telephone", "telefono", "simu", "फोन", "mobile", "email",
    "correo", "barua pepe", "address", "direccion", "anwani", "ठेगाना", "national id", "dni", "deviceid", "device id",
    "subscriberid", "username", "funder", "installer", "respondent", "enumerator", "collector", "caretaker", "contact",
    "encargado", "responsable", "mhojiwa", "mlezi", "ip address", "recorded by", "interviewer", "encuestador",
    "incident title", "description", "comment", "comments", "comentario", "maoni", "टिप्पणी",
)  # fmt: skip
ROW_IDS = (
    "id", "_id", "uuid", "_uuid", "x_uuid", "instanceid", "meta instanceid", "key", "serial", "no", "nr", "number",
    "folio", "namba", "क्रम सङ्ख्या", "submission id", "record id", "_index",
)  # fmt: skip
LATITUDE = ("latitude", "lat", "latitud", "gps latitude", "lat deg", "location latitude", "y", "latitudo", "अक्षांश")
LONGITUDE = (
    "longitude", "lon", "long", "lng", "longitud", "gps longitude", "lon deg", "location longitude", "x", "longitudo",
    "देशान्तर",
)  # fmt: skip
WEIGHTS = (
    "weight", "weights", "sample weight", "sampling weight", "peso", "ponderador", "factor de expansion", "uzito",
    "भार", "pweight", "hh weight", "household weight", "v005", "wt",
)  # fmt: skip
STRATA = ("stratum", "strata", "estrato", "tabaka", "स्तर", "v022", "hv022")
CLUSTERS = (
    "cluster", "psu", "ea", "enumeration area", "conglomerado", "segmento", "upm", "nguzo", "kishada", "समूह", "v021",
    "hv021", "village", "comunidad", "kijiji", "गाउँ", "sensor id", "sensor", "ward",
)  # fmt: skip
YEARS = ("year", "ano", "anio", "mwaka", "वर्ष", "साल", "periodo", "time period")
TIMES = (
    "date",
    "fecha",
    "tarehe",
    "मिति",
    "day",
    "dia",
    "timestamp",
    "time",
    "recorded",
    "start",
    "today",
    "submission",
)
DATES = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S.%fZ", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d %b %Y", "%d %B %Y", "%Y%m%d", "%Y-%m",
)  # fmt: skip
EVERYWHERE = {
    "yes": ("yes", "y", "true", "si", "ndiyo", "ndio", "हो", "छ", "1 yes"),
    "no": ("no", "n", "false", "hapana", "होइन", "छैन", "0 no"),
    "dont_know": ("dont know", "don t know", "do not know", "dk", "dnk", "no sabe", "sijui", "hajui", "थाहा छैन", "99"),
    "refused": ("refused", "refuse", "refused to answer", "prefer not to answer", "prefer not answer", "no responde",
                "amekataa", "जवाफ दिन चाहेन"),
    "female": ("female", "f", "woman", "women", "mujer", "femenino", "mwanamke", "kike", "महिला", "स्त्री", "girl"),
    "male": ("male", "m", "man", "men", "hombre", "masculino", "mwanaume", "kiume", "पुरुष", "boy"),
    "urban": ("urban", "urbano", "urbana", "mjini", "शहरी", "town", "city"),
    "rural": ("rural", "vijijini", "ग्रामीण", "countryside", "village"),
    "other": ("other", "others", "otro", "otra", "nyingine", "अन्य"),
}  # fmt: skip
EVERYWHERE |= {
    short: EVERYWHERE[long] for short, long in {"F": "female", "M": "male", "U": "urban", "R": "rural"}.items()
}
"""What the codes that many lists share are called."""
