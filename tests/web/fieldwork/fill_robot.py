"""A robot that fills in a form at random by the server's rules, and writes down what it did and what followed."""

from __future__ import annotations

import re
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from datashift.forms.xform import Instance, XForm
from datashift.forms.xform.model import MEDIA, SELECTS, SILENT

ZONE = ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 23, 14, 5, 6, 789000, tzinfo=ZONE)
Step = tuple[str, ...]

_POOLS = {
    "text": ["", "Ana", "Bo", "12", "a<b&c>\"d'", "  two  words ", "é😀a", "Çelik", "2026-01-31", "x" * 15],
    "integer": ["", "0", "1", "2", "3", "5", "17", "22", "-1", "007", "12.5", "many"],
    "decimal": ["", "0.1", "2.675", "1e5", "-0", "3", "1.005", ".5", "7.", "1000000000000000000000", "0.0000001"],
    "range": ["", "1", "2.5", "5", "5.5", "-1", "x"],
    "date": ["", "2000-02-29", "1999-02-30", "2026-11-23", "2031-01-01", "1950-06-30", "soon"],
    "time": ["", "14:05:00.000+05:45", "06:30", "24:00", "23:59:59.999Z"],
    "dateTime": ["", "2026-11-23T14:05:06.789+05:45", "2020-02-29T23:30:00Z", "1985-06-01T00:10:00.25+01:00",
                 "2026-13-01T00:00:00Z", "2001-01-01T12:00"],
    "acknowledge": ["", "OK"],
    "geopoint": ["", "-6.8 39.28 0 5", "91 0 0 0", "12", "27.7 85.3"],
    "geotrace": ["", "-6.8 39.28 0 5;-6.81 39.3 0 4;-6.9 39.31 0 4", "1 2; 3", "0 0;0 1"],
    "barcode": ["", "4006381333931"],
}  # fmt: skip


class Robot:
    """Fills in one form by chance. Everything it did stands in `steps`, what followed in `told`."""

    def __init__(self, form: XForm, seed: int) -> None:
        self.form, self.chance = form, Random(seed)
        self.saved = {f"{form.root}/who": "the last one"}
        self.instance = Instance(form, now=NOW, today=NOW.date(), timezone=ZONE, last_saved=self.saved)
        self.steps: list[Step] = []

    def fill(self, steps: int) -> None:
        """Do so many steps, the last of them to finish."""
        for _number in range(steps):
            step = self._next()
            self._do(step)
            self.steps.append(step)
        self.instance.finish(NOW)

    def told(self) -> dict[str, Any]:
        """Return all that a browser must say alike."""
        one = self.instance
        asked = [path for path, _text, relevant in one.answers() if relevant and self._kind(path) in SELECTS]
        shown = [path for path, _text, relevant in one.answers() if relevant and self._kind(path) not in SILENT]
        return {
            "answers": [list(found) for found in one.answers()],
            "faults": [[found.path, found.code, found.text] for found in one.faults()],
            "choices": {path: [[c.code, c.label] for c in one.choices(path)] for path in asked},
            "labels": {path: [one.said(path), one.said(path, "hint")] for path in shown},
            "required": [path for path in shown if one.required(path)],
            "readonly": [path for path in shown if one.readonly(path)],
            "xml": one.as_xml().decode(),
        }  # fmt: skip

    def _next(self) -> Step:
        kind = self.chance.choices(("answer", "add", "remove", "speak"), (20, 2, 1, 0.5))[0]
        if kind == "speak" and self.form.languages:
            return ("speak", self.chance.choice(self.form.languages))
        places = self._repeats() if kind in ("add", "remove") else []
        if places:
            parent, name, number = self.chance.choice(places)
            if kind == "add":
                return ("add", parent, name)
            if number:
                return ("remove", f"{parent}/{name}", str(self.chance.randint(1, number)))
        return self._answer()

    def _answer(self) -> Step:
        asked = [path for path, _text, relevant in self.instance.answers()
                 if self._kind(path) not in SILENT | {"note"} and (relevant or self.chance.random() < 0.1)]  # fmt: skip
        path = self.chance.choice(asked)
        return ("answer", path, self._value(path))

    def _value(self, path: str) -> str:
        kind = self._kind(path)
        if kind in SELECTS:
            codes = [choice.code for choice in self.instance.choices(path)] + (
                ["gone"] if self.chance.random() < 0.05 else []
            )
            if not codes:
                return ""
            most = 1 if kind == "select_one" else len(codes)
            return " ".join(self.chance.sample(codes, self.chance.randint(1, most)))
        return "photo.jpg" if kind in MEDIA else self.chance.choice(_POOLS[kind])

    def _repeats(self) -> list[tuple[str, str, int]]:
        found = []
        for node in self.instance.root.below():
            for field in self.instance.graph.below.get(node.field.path, ()):
                if field.kind == "repeat" and not field.repeat_count:
                    found.append((node.path, field.name, len(node.children[field.name])))
        return found

    def _kind(self, path: str) -> str:
        return self.form.field(re.sub(r"\[\d+\]", "", path)).kind

    def _do(self, step: Step) -> None:
        match step:
            case ("answer", path, value):
                self.instance.answer(path, value)
            case ("add", parent, name):
                self.instance.add(f"{parent}/{name}")
            case ("remove", path, number):
                self.instance.remove(path, int(number))
            case ("speak", language):
                self.instance.speak(language)


def run(form: XForm, seeds: range, steps: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what is done in each filling-in, as the browser takes it, and what the server says of each."""
    orders, expected = [], []
    for seed in seeds:
        robot = Robot(form, seed)
        robot.fill(steps)
        orders.append({"steps": robot.steps, "id": robot.instance.instance_id, "saved": robot.saved})
        expected.append(robot.told())
    return orders, expected


IN_BROWSER = """async (asked) => {
  const { program, orders, now } = JSON.parse(asked);
  const { Model } = await import("/static/fill/model.js");
  const { SILENT } = await import("/static/fill/checking.js");
  const told = (model) => {
    const nodes = [...model.root.below()].filter(({field}) => !["group", "repeat"].includes(field.kind));
    const selects = ["select_one", "select_multiple", "rank"];
    const asked = nodes.filter(({relevant, field}) => relevant && selects.includes(field.kind));
    const shown = nodes.filter(({relevant, field}) => relevant && !SILENT.has(field.kind));
    const by = (found, work) => Object.fromEntries(found.map((node) => [node.path, work(node)]));
    return {
      answers: nodes.map((node) => [node.path, node.text, node.relevant]),
      faults: model.faults().map(({path, code, text}) => [path, code, text]),
      choices: by(asked, (node) => model.choices(node).map(({value, label}) => [value, label])),
      labels: by(shown, (node) => [model.words(node.field.label, node), model.words(node.field.hint, node)]),
      required: shown.filter(model.isRequired).map(({path}) => path),
      readonly: shown.filter(model.isReadonly).map(({path}) => path),
      xml: model.xml(),
    };
  };
  const acts = {
    answer: (model, path, value) => model.answer(model.at(path), value),
    add: (model, parent, name) => model.add(model.at(parent), name),
    remove: (model, path, number) => model.remove(model.at(`${path}[${number}]`)),
    speak: (model, language) => model.speak(language),
  };
  return JSON.stringify(orders.map(({steps, id, saved}) => {
    let model = new Model(program, { id, saved, now: () => new Date(now) });
    steps.forEach(([act, ...given], k) => {
      acts[act](model, ...given);
      // Half way the phone is switched off: what is kept is read again.
      if (k === Math.floor(steps.length / 2)) {
        const state = structuredClone(model.state());
        model = new Model(program, { state, saved, language: model.language, now: () => new Date(now) });
      }
    });
    model.finish();
    return told(model);
  }));
}"""
