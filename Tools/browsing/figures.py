"""How long things take in the browser, beside an empty page of the same session, and how large the scripts are."""

import json
import os
import statistics

import setting
from archive import Archive

ROUNDS = 7
PAINT = """return new Promise((go) => requestAnimationFrame(() => setTimeout(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    go(paint ? paint.startTime : 0);
}, 50)))"""


def measure(run, articles):
    folder = run.new_folder("figures")
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
    number = press.run("add", "article", "title=Annotated", "body=" + text[:120_000]).split()[-1]
    record = press.record(title="Annotated")
    annotate(press, record, 2_000)
    def show(what, value, unit, bar):
        met = value <= bar
        print(f"browse: {what}: {value:.0f} {unit}, at most {bar}{'' if met else ' - NOT MET'}", flush=True)

    def play(browser):
        browser.go(press.open())
        browser.find(".records li")
        origin = browser.js("return location.origin")
        path = browser.js("return location.pathname")
        empty, full = [], []
        # Of both the first is of a browser that has only begun.
        for _ in range(ROUNDS):
            browser.go(origin + "/page/icon.svg")
            browser.js("return 1")
            browser.go("about:blank")
            browser.go(origin + "/healthz")
            empty.append(browser.js(PAINT))
            browser.go("about:blank")
            browser.go(origin + path)
            browser.find(".records li")
            full.append(browser.js("""return performance.getEntriesByName("first-contentful-paint")[0].startTime"""))
        show(f"first paint with {articles:,} articles beside an empty page", statistics.median(full) - statistics.median(empty), "ms", 50)
        browser.js("document.getElementById('search').focus()")
        times = []
        for key in "river market":
            times.append(browser.js_async("""
                const done = arguments[arguments.length - 1], search = document.getElementById("search");
                search.value += arguments[0];
                const begun = performance.now();
                const seen = new MutationObserver(() => { seen.disconnect(); done(performance.now() - begun); });
                seen.observe(document.querySelector(".records"), {childList: true});
                search.dataset.typing = "1";
                search.dispatchEvent(new Event("input"));
                """, key))
        show("search as one types, a keystroke, without the wait of 40 ms for the next one", statistics.median(times) - 40, "ms", 50)
        browser.go(origin + path + "#/record/" + record["id"])
        browser.find(".card")
        opened = []
        for _ in range(3):
            browser.go(origin + path + "#/steps")
            browser.find(".digest")
            opened.append(browser.js_async("""
                const done = arguments[arguments.length - 1], begun = performance.now();
                location.hash = "#/record/" + arguments[0];
                const look = () => document.querySelectorAll(".card").length >= arguments[1] ? requestAnimationFrame(() => done(performance.now() - begun)) : setTimeout(look, 1);
                look();""", record["id"], 2_000))
        show("reading view with 2,000 annotations", statistics.median(opened), "ms", 300)
    try:
        run.story("figures", play)
    finally:
        press.close()
    page = os.path.join(os.path.dirname(__file__), "../../Sources/QuipuPage/Page")
    size = sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(page) for name in names if name.endswith(".js"))
    show("the scripts", size / 1000, "kB", 150)


def annotate(press, record, count):
    """Two thousand annotations as a lossless export has them."""
    body = record["fields"]["body"]
    lines = []
    for n in range(count):
        start = n * (len(body) // count)
        lines.append({"quipu": 1, "kind": "annotation", "id": f"018f6b6e-7a51-7cc2-9d2c-{n:012x}", "fields": {
            "target": record["id"], "quote": {"exact": body[start:start + 12], "prefix": body[max(0, start - 30):start], "suffix": body[start + 12:start + 42]},
            "position": {"start": start, "end": start + 12}, "text": f"Remark {n}"}})
    with open(f"{press.home}/annotations.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)
    press.run("import", f"{press.home}/annotations.jsonl")
