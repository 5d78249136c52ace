"""Hard cases: hostile texts, an edit that somebody else made meanwhile, a server that goes away, a session that ended."""

import json
import os
import signal

import setting
from stories import expect, rectangles


def stories(run):
    return {
        "hostile texts": lambda: hostile(run), "right to left": lambda: right_to_left(run), "edited meanwhile": lambda: edited(run),
        "server away": lambda: away(run), "session": lambda: session(run), "many tabs": lambda: tabs(run), "edges of highlights": lambda: highlights(run),
    }


def with_archive(run, name, body, allowed=()):
    press, colleague = setting.begin(run.quipu, run.new_folder(name.replace(" ", "-")))
    try:
        run.story(name.replace(" ", "-"), lambda browser: body(browser, press, colleague), allowed)
    finally:
        press.close()


def open_record(browser, record):
    browser.go(browser.js("return location.origin + location.pathname") + "#/record/" + record)
    browser.find(".text p")


def hostile(run):
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        press_record = next(one for one in press.records() if "<script>" in one["fields"].get("title", ""))
        open_record(browser, press_record["id"])
        browser.expect_text("<script>alert(1)</script>", "h1")
        browser.expect_text("<img src=x onerror=alert(1)>", ".text")
        expect(browser.js("return document.querySelectorAll('main script, main img, main b, main i').length") == 0, "markup became elements")
        expect(browser.js("return [...document.querySelectorAll('main a')].every((one) => /^(https?:|mailto:)/.test(one.href))"), "a link that runs")
        run.axe.check(browser, "hostile")
        wide = browser.js("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
        expect(wide <= 0, f"the page is {wide} pixels wider than the window")
        # No address that runs is taken for the article's; what the file said is shown as text.
        press.run("import", "-", text=json.dumps({"title": "Runs", "body": "Nothing.", "url": "javascript:alert(1)"}) + "\n")
        runs = press.record(title="Runs")
        expect("url" not in runs["fields"], "an address that runs became the article's address")
        open_record(browser, runs["id"])
        browser.find("details.more")
        browser.js("document.querySelector('details.more').open = true")
        browser.expect_text("javascript:alert(1)", ".more")
        expect(browser.js("return [...document.querySelectorAll('.facts a, .more a')].length") == 0, "an address that runs became a link")
    with_archive(run, "hostile texts", play)


def right_to_left(run):
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        open_record(browser, press.record(language="ar")["id"])
        expect(browser.js("return getComputedStyle(document.querySelector('.text p')).direction") == "rtl", "the text runs from left to right")
        run.check_all(browser, "right-to-left")("reading")
        browser.drag(*reversed_if_needed(browser, "الثلاثاء"))
        browser.click(".marker button", "Highlight")
        browser.find(".card")
        quotes = [one["fields"]["quote"]["exact"] for one in press.records() if one["kind"] == "annotation"]
        expect(quotes == ["الثلاثاء"], f"the quotes are {quotes}")
    with_archive(run, "right to left", play)


def reversed_if_needed(browser, quote):
    """The first letter of such a passage is at its right end."""
    start, end = rectangles(browser, quote)
    return (end[0] - 1, end[1]), (start[0] - 1, start[1])


def edited(run):
    """What two people did to one field becomes a conflict that both versions survive."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        number = press.record(title="Article 7 of many")["id"]
        open_record(browser, number)
        browser.js("document.querySelector('[data-field=title] .pencil').click()")
        browser.type("[data-field=title] input", "By the page", clear=True)
        press.run("set", number, "publisher=By the command")
        browser.click("[data-field=title] button", "Save")
        browser.expect_text("By the page", "h1")
        expect("By the command" in press.run("show", number), "an edit of another field was lost")
        browser.js("document.querySelector('[data-field=title] .pencil').click()")
        browser.type("[data-field=title] input", "Again by the page", clear=True)
        press.run("set", number, "title=By the command")
        browser.click("[data-field=title] button", "Save")
        browser.expect_text("Somebody changed this meanwhile", "dialog")
        run.axe.check(browser, "changed meanwhile")
        browser.click("dialog button", "Keep both")
        browser.expect_text("in conflict", "main")
        said = press.run("conflicts")
        expect("By the command" in said and "Again by the page" in said, f"a version is lost: {said}")
    with_archive(run, "edited meanwhile", play)


def away(run):
    """What is typed survives a stopped server and a reload, and is saved once it is back."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        number = press.record(title="Article 7 of many")["id"]
        open_record(browser, number)
        browser.click("[data-field=body] .pencil")
        browser.type("[data-field=body] textarea", "Typed while the server was away. ", clear=True)
        os.kill(press.server.pid, signal.SIGKILL)
        press.server.wait()
        browser.click("[data-field=body] button", "Save")
        browser.expect_text("does not answer", "#notices")
        browser.find("#offline")
        press.close()
        browser.go(press.open())
        browser.find(".records li")
        open_record(browser, number)
        browser.click("[data-field=body] .pencil", "Unsaved")
        browser.find("[data-field=body] textarea")
        expect("Typed while" in browser.js("return document.querySelector('[data-field=body] textarea').value"), "the draft is gone")
        browser.click("[data-field=body] button", "Save")
        browser.expect_text("Typed while the server was away.", ".text")
        expect("Typed while" in press.run("read", number), "the draft is not in the archive")
    with_archive(run, "server away", play, allowed=[r"ERR_CONNECTION_REFUSED", r"ERR_CONNECTION_RESET", r"ERR_EMPTY_RESPONSE"])


def session(run):
    """A code is good once; a second use ends the session that the first has opened."""
    def play(browser, press, _):
        address = press.open()
        browser.go(address)
        browser.find(".records li")
        expect("code" not in browser.js("return location.href"), "the code is still in the address")
        browser.go("about:blank")
        browser.go(address)
        browser.find("[role=alert]")
        run.axe.check(browser, "gate")
        browser.screenshot("gate")
    with_archive(run, "session", play)


def tabs(run):
    """Eight tabs do not use up the connections of the browser."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        address = browser.js("return location.origin + location.pathname")
        secret = browser.js("return sessionStorage.getItem('quipu-secret')")
        for _ in range(7):
            window = browser.call("POST", "/window/new", {"type": "tab"})
            browser.call("POST", "/window", {"handle": window["handle"]})
            browser.go(address + "icon-is-not-here")
            browser.js("sessionStorage.setItem('quipu-secret', arguments[0])", secret)
            browser.go(address + "#/shelf")
            browser.find(".records li")
        browser.type("#search", "river")
        browser.expect_text("1 record found", ".summary")
    with_archive(run, "many tabs", play)


def highlights(run):
    """Passages that overlap, and that begin and end at letters of several code points."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        text = "a👩‍👩‍👧‍👦b e\u0301clair 🌊🌊 ende.\n\nzweiter Absatz"
        with open(f"{press.home}/emoji.jsonl", "w", encoding="utf-8") as file:
            file.write(json.dumps({"title": "Emoji", "body": text}) + "\n")
        press.run("import", f"{press.home}/emoji.jsonl")
        record = press.record(title="Emoji")
        stored = record["fields"]["body"]
        open_record(browser, record["id"])
        for quote in ("👩‍👩‍👧‍👦", stored[stored.index("clair") - 1:stored.index("clair") + 5], "🌊🌊 ende", "ende"):
            browser.drag(*rectangles(browser, quote))
            browser.click(".marker button", "Highlight")
            browser.wait("return document.querySelector('.marker').hidden", "the passage is saved")
        quotes = sorted(one["fields"]["quote"]["exact"] for one in press.records() if one["kind"] == "annotation")
        expect(len(quotes) == 4 and all(quote in stored for quote in quotes), f"the quotes are {quotes}")
        expect("👩‍👩‍👧‍👦" in quotes and "🌊🌊 ende" in quotes, f"the quotes are {quotes}")
    with_archive(run, "edges of highlights", play)


