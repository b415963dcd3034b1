"""The browser of an enumerator on the real site: what is seen at houses, filled in without a network, sent at home."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from datashift.language import _, speaking

Page = Any
ARUSHA, DODOMA = "TZ-01", "TZ-03"
VILLAGE = "Qzkijiji cha kwanza"
HOUSES, BY_HAND = 14, 3
"""Houses that each phone asks, and how many of them through its page. The others are put into its outbox by the same
modules of the page: the model fills them in, the queue keeps and sends them. That takes a second instead of a minute.
"""
QUEUE = "import('/static/fill/queue.js')"
KEPT = "caches.keys().then(async ([name]) => (name ? (await caches.open(name)).keys() : []))"
FILL_IN = """async (households) => {
  const { Model } = await import("/static/fill/model.js");
  const { openPhone, post, read } = await import("/static/fill/queue.js");
  const { uuid } = await import("/static/fill/functions.js");
  const holder = document.getElementById("fill");
  const phone = await openPhone();
  const kept = (await read(phone, "programs")).find(({ told }) => told).told;
  for (const household of households) {
    const id = `uuid:${uuid()}`;
    const model = new Model(kept.program, { id, language: kept.program.default_language });
    for (const [name, text] of Object.entries(household)) {
      const node = model.at(`${kept.program.root}/${name}`);
      if (node.relevant) model.answer(node, text);
    }
    if (model.faults().length) throw new Error(JSON.stringify(model.faults()));
    model.finish("");
    await post(phone, { id, xml: model.xml(), address: new URL(holder.dataset.submission, location.href).href,
      title: kept.title, form: `${kept.organisation} ${kept.form_id}`, made: Date.now() }, []);
  }
  phone.close();
}"""


class Household(NamedTuple):
    """What is seen at one house; `size` people live there."""

    area: str
    place: str
    size: int
    facility: str
    water: str
    cleaning: str

    @property
    def basic(self) -> bool:
        return self.facility in ("fixed", "mobile") and (self.water, self.cleaning) == ("yes", "soap")

    @property
    def seen(self) -> bool:
        return self.facility != "no_permission"


def households(area: str) -> list[Household]:
    """Return what the phone of a region sees: fourteen houses, of which one may not be looked at."""
    odd = area == ARUSHA
    kinds = [
        ("fixed", "yes", "soap"), ("none", "", ""), ("mobile", "yes", "ash_or_sand"), ("fixed", "yes", "soap"),
        ("mobile", "no", "soap"), ("mobile", "yes", "soap"), ("none", "", ""),
    ]  # fmt: skip
    seen = [
        Household(area, "urban" if (n + odd) % 2 else "rural", 2 + (3 * n + odd) % 5, *kinds[n % 7])
        for n in range(HOUSES - 1)
    ]  # fmt: skip
    return [*seen, Household(area, "rural", 5, "no_permission", "", "")]


def share_by_hand(houses: list[Household]) -> float:
    """Return how many of a hundred people have water and soap: each house counts with those who live in it."""
    people = sum(one.size for one in houses if one.seen)
    return 100 * sum(one.size for one in houses if one.basic) / people


def filled_in(one: Household) -> dict[str, str]:
    """Return the answers about a house under the names of the form."""
    said = {"organisation": "Water Watch", "cluster": VILLAGE, "consent": "yes", "household_size": str(one.size)}
    return {**said, "area": one.area, "place": one.place} | {
        name: text
        for name in ("facility", "water", "cleaning") if (text := getattr(one, name))
    }  # fmt: skip


def sw(words: str) -> str:
    """Return words of the site in Swahili, as the catalogue has them today."""
    with speaking("sw"):
        return _(words)


def speaks(page: Page, heading: str = "") -> None:
    """Stand on a page in Swahili, under this heading."""
    assert page.get_attribute("html", "lang") == "sw"
    assert "/sw/" in page.url
    if heading:
        assert sw(heading) != heading, f"“{heading}” is not in the catalogue of Swahili, or that was not compiled"
        assert page.inner_text("h1") == sw(heading)


class Phone:
    """The browser of one enumerator, with what it keeps."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.context = page, address, page.context
        self.open()
        speaks(self.page)
        self.page.get_by_text("Hili ni eneo gani?").wait_for()
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.wait_for(f"{KEPT}.then((all) => all.length > 15)")

    def open(self) -> None:
        """Open the form in a tab of its own; the tab before is closed."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.goto(self.address)

    def wait_for(self, told: str) -> None:
        end = time.monotonic() + 20
        while not self.page.evaluate(told):
            assert time.monotonic() < end, told
            self.page.wait_for_timeout(50)

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=sw(words), exact=True).click()

    def begin(self, one: Household) -> None:
        """Answer the first questions of a house."""
        self.question("organisation").locator("input").fill("Water Watch")
        self.choose("area", one.area)
        self.question("cluster").locator("input").fill(VILLAGE)
        self.choose("consent", "yes")
        self.choose("place", one.place)
        self.question("household_size").locator("input").fill(str(one.size))

    def finish(self, one: Household) -> None:
        """Answer the last questions of a house, and send: it waits on the phone."""
        self.choose("facility", one.facility)
        if one.water:
            self.choose("water", one.water)
            self.choose("cleaning", one.cleaning)
        self.press("Send")
        self.page.get_by_text(sw("Kept on this phone. It is sent as soon as there is a network.")).wait_for()

    def question(self, name: str) -> Any:
        return self.page.locator(f".question[data-path$='/{name}']")

    def choose(self, name: str, code: str) -> None:
        self.question(name).locator(f"input[value='{code}']").check()

    def count(self, store: str) -> int:
        found: int = self.page.evaluate(
            f"(store) => {QUEUE}.then(async (q) => (await q.read(await q.openPhone(), store)).length)", store
        )
        return found

    def ask(self, houses: list[Household]) -> None:
        """Fill in without a network. Half way through the second house the tab is closed and opened again."""
        self.context.set_offline(True)
        self.open()
        for number, one in enumerate(houses[:BY_HAND]):
            self.begin(one)
            if number == 1:
                self.interrupted(one)
            self.finish(one)
            if number < BY_HAND - 1:
                self.press("Fill in another one")
        self.page.evaluate(FILL_IN, [filled_in(one) for one in houses[BY_HAND:]])
        assert (self.count("drafts"), self.count("outbox")) == (0, len(houses))

    def interrupted(self, one: Household) -> None:
        """The tab is closed in the middle of a house; what was typed is there when it is opened again."""
        kept = f"{QUEUE}.then(async (q) => JSON.stringify(await q.read(await q.openPhone(), 'drafts')))"
        self.wait_for(f"{kept}.then((text) => text.includes('{VILLAGE}') && text.includes('\"{one.size}\"'))")
        self.open()
        self.page.get_by_text(sw("Begun, but not sent")).wait_for()
        self.press("Go on")
        assert self.question("cluster").locator("input").input_value() == VILLAGE
        assert self.question("household_size").locator("input").input_value() == str(one.size)

    def sync(self) -> None:
        """Come home: open the form where there is a network, and what waits is sent by itself.

        The first answer is sent once more, as where the line was cut before the phone heard that it had arrived.
        """
        first = self.page.evaluate(f"{QUEUE}.then(async (q) => (await q.read(await q.openPhone(), 'outbox'))[0])")
        self.context.set_offline(False)
        self.open()
        self.wait_for(f"{QUEUE}.then(async (q) => !(await q.read(await q.openPhone(), 'outbox')).length)")
        again = self.page.evaluate(f"(answer) => {QUEUE}.then((q) => q.sendOne(answer, []))", first)
        assert (again["state"], self.count("sent")) == ("sent", HOUSES)
        speaks(self.page)
