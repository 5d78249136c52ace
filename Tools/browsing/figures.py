"""How long things take in the browser, beside an empty page of the same session, and how large the scripts are."""

import json
import os
import statistics

import setting
from archive import Archive
from driver import Failure

ROUNDS = 7
ANNOTATIONS = 2_000
# What the page says of itself; see `tellDrawn` in its `dom.js`.
LIST_DRAWN = """const list = document.querySelector(".records");
    const measure = performance.getEntriesByName("quipu:list")[0];
    return list?.dataset.drawn === arguments[0] && measure?.detail === arguments[0] ? [measure.startTime, measure.duration] : null"""
RECORD_DRAWN = """const measure = performance.getEntriesByName("quipu:record")[0];
    return measure && measure.startTime > arguments[0] && document.querySelector(".card") ? measure.duration : null"""
FIRST_PAINT = """return performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null"""


class Figures:
    def __init__(self):
        self.missed = []

    def show(self, what, value, unit, bar):
        met = value <= bar
        print(f"browse: {what}: {value:.0f} {unit}, at most {bar}{'' if met else ' - NOT MET'}", flush=True)
        if not met:
            self.missed.append(what)


def make(run, folder, articles):
    press = Archive(run.quipu, folder)
    press.run("init")
    words = ["river", "market", "union", "water", "mayor", "stall", "bridge", "school"]
    setting.write_articles(f"{folder}/many.jsonl", (
        {"title": f"{words[n % 8].title()} number {n}", "body": f"On day {n} the {words[n % 8]} and the {words[(n * 7) % 8]} were seen. " * 3,
         "author": f"Author {n % 500}", "date": f"20{n % 27:02}-{n % 12 + 1:02}-{n % 28 + 1:02}", "tags": [f"tag{n % 40}"],
         "url": f"https://example.org/{n}"} for n in range(articles)))
    press.run("import", f"{folder}/many.jsonl")
    press.run("search", "river")
    text = " ".join(f"word{n}" for n in range(20_000))
    press.run("add", "article", "title=Annotated", "body=" + text[:120_000])
    annotate(press, press.record(title="Annotated"), ANNOTATIONS)
    return press


def measure(run, articles):
    """With an archive of so many articles, beside one without any that the same browser shows."""
    figures = Figures()
    press = make(run, run.new_folder("figures"), articles)
    empty = Archive(run.quipu, run.new_folder("figures-empty"), "empty")
    empty.run("init")
    record = press.record(title="Annotated")["id"]

    def play(browser):
        addresses = []
        for archive in (empty, press):
            browser.go(archive.open())
            browser.find(".records")
            addresses.append(browser.js("return location.origin + location.pathname"))
        first_paint(browser, figures, articles, *addresses)
        searches(browser, figures, addresses[1])
        reading(browser, figures, addresses[1], record)
    try:
        run.story("figures", play)
    finally:
        press.close()
        empty.close()
    page = os.path.join(os.path.dirname(__file__), "../../Sources/QuipuPage/Page")
    size = sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(page) for name in names if name.endswith(".js"))
    figures.show("the scripts", size / 1000, "kB", 150)
    # Times depend on the machine and on what else it does; sizes do not.
    if "the scripts" in figures.missed:
        raise Failure("the scripts are too large")


def first_paint(browser, figures, articles, empty, full):
    """The first paint, and when the list is there, of an archive and of an empty one by turns."""
    paints, lists = {empty: [], full: []}, {empty: [], full: []}
    for _ in range(ROUNDS):
        for address in (empty, full):
            browser.go("about:blank")
            browser.go(address)
            begun, duration = browser.wait(LIST_DRAWN, "the list", "")
            lists[address].append(begun + duration)
            paints[address].append(browser.wait(FIRST_PAINT, "the first paint"))
    middle = statistics.median
    figures.show(f"first paint with {articles:,} articles, behind that of an empty archive ({middle(paints[empty]):.0f} ms)",
                 middle(paints[full]) - middle(paints[empty]), "ms", 50)
    figures.show(f"its list, behind the words of an empty archive ({middle(lists[empty]):.0f} ms)", middle(lists[full]) - middle(lists[empty]), "ms", 50)


def searches(browser, figures, address):
    """One key after another, each until the list shows what is typed; from the key to the next frame."""
    browser.go(address)
    browser.wait(LIST_DRAWN, "the list", "")
    browser.keys("/")
    times, typed = [], ""
    for key in "river market":
        typed += key
        browser.write(key)
        times.append(browser.wait(LIST_DRAWN, f"the list of {typed!r}", typed)[1])
    told = ", ".join(f"{one:.0f}" for one in times)
    figures.show(f"search as one types, a keystroke ({told})", statistics.median(times), "ms", 50)


def reading(browser, figures, address, record):
    times = []
    for _ in range(5):
        browser.go(address + "#/steps")
        browser.find(".digest")
        now = browser.js("return performance.now()")
        browser.js("location.hash = '#/record/' + arguments[0]", record)
        times.append(browser.wait(RECORD_DRAWN, "the record", now))
    figures.show(f"reading view with {ANNOTATIONS:,} annotations", statistics.median(times), "ms", 300)


def annotate(press, record, count, length=12):
    """Annotations as a lossless export has them, one after another in the text."""
    body = record["fields"]["body"]
    lines = []
    for n in range(count):
        start = n * (len(body) // count)
        lines.append({"quipu": 1, "kind": "annotation", "id": f"018f6b6e-7a51-7cc2-9d2c-{n:012x}", "fields": {
            "target": record["id"], "quote": {"exact": body[start:start + length], "prefix": body[max(0, start - 30):start], "suffix": body[start + length:start + length + 30]},
            "position": {"start": start, "end": start + length}, "text": f"Remark {n}"}})
    with open(f"{press.home}/annotations.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)
    press.run("import", f"{press.home}/annotations.jsonl")
