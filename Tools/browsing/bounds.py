"""Much of everything, and what others leave behind: thousands of annotations, a text of megabytes, no server, no session."""

import html
import http.client
import http.server
import json
import re
import threading
import urllib.parse

import figures
import setting
from driver import Failure
from edges import open_record, with_archive
from stories import expect, rectangles

# Of ten thousand; more are near the view on a narrow screen, where those of a paragraph stand below it.
MOST_CARDS = 500


def stories(run):
    return {
        "thousands of annotations": lambda: thousands(run), "long text": lambda: long_text(run), "no server": lambda: no_server(run),
        "expired tab": lambda: expired(run), "foreign worker": lambda: foreign_worker(run),
    }


def leads_to(file):
    """Where the file leads that the browser is opened with."""
    with open(urllib.parse.urlsplit(file).path, encoding="utf-8") as page:
        return urllib.parse.urlsplit(html.unescape(re.search(r"url=([^\"]+)", page.read()).group(1)))


def cards(browser):
    return browser.js("return document.querySelectorAll('.card').length")


def thousands(run):
    """Ten thousand annotations that overlap, of which only those near the view have cards."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        body = "\n\n".join(f"Paragraph {n} has words enough to be quoted, more than once." for n in range(1_000))
        setting.write_articles(f"{press.home}/text.jsonl", [{"title": "Annotated", "body": body}])
        press.run("import", f"{press.home}/text.jsonl")
        record = press.record(title="Annotated")["id"]
        figures.annotate(press, press.record(title="Annotated"), 10_000, length=20)
        open_record(browser, record)
        browser.find(".margin .card")
        expect(0 < cards(browser) <= MOST_CARDS, f"{cards(browser)} cards")
        browser.expect_text("Remark 0", ".margin")
        browser.js("scrollTo(0, document.querySelector('.margin').getBoundingClientRect().bottom + scrollY)")
        browser.expect_text("Remark 9999", ".margin")
        expect(cards(browser) <= MOST_CARDS, f"{cards(browser)} cards at the end")
        browser.js("scrollTo(0, 0)")
        browser.expect_text("Remark 0", ".margin")
        browser.keys("j", "j")
        browser.wait("return document.activeElement.textContent.includes('Remark 1')", "the next card by keyboard")
        browser.screenshot("thousands")
        browser.zoom(width=640)
        browser.find(".text .cards .card")
        expect(0 < cards(browser) <= MOST_CARDS, f"{cards(browser)} cards on a narrow screen")
        browser.zoom()
        browser.find(".margin .card")
        browser.drag(*rectangles(browser, "enough to be quoted"))
        browser.click(".marker button", "Highlight")
        browser.wait("return document.querySelector('.marker').hidden", "the passage is saved", seconds=60)
        press.run("search", "kind:annotation -Remark")
    with_archive(run, "thousands of annotations", play)


def long_text(run):
    """Five megabytes, of which one is a paragraph without a line end."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        body = "\n\n".join([*(f"Paragraph {n} of a long text. " + "It goes on and on. " * 40 for n in range(5_000)), "One line 🌊 " + "without an end " * 70_000, "The last words."])
        expect(len(body) > 5_000_000, "the text is short")
        setting.write_articles(f"{press.home}/long.jsonl", [{"title": "Long", "body": body}])
        press.run("import", f"{press.home}/long.jsonl")
        record = press.record(title="Long")["id"]
        open_record(browser, record)
        browser.expect_text("Paragraph 0", ".text p")
        browser.drag(*rectangles(browser, "The last words"))
        browser.click(".marker button", "Highlight")
        browser.wait("return document.querySelector('.marker').hidden", "the passage is saved", seconds=60)
        quote = next(one["fields"]["quote"] for one in press.records() if one["kind"] == "annotation")
        expect(quote["exact"] == "The last words" and quote["prefix"].strip().endswith("without an end"), f"the quote is {quote}")
        browser.js("document.querySelector('[data-field=body] .pencil').click()")
        browser.find("[data-field=body] textarea")
        browser.keys("Control+Home")
        browser.write("So: ")
        browser.keys("Control+Enter")
        browser.wait("return document.querySelector('.text p')?.textContent.startsWith('So: Paragraph 0')", "the corrected text", seconds=60)
        expect(press.record(title="Long")["fields"]["body"] == "So: " + body, "the corrected text is in the archive")
    with_archive(run, "long text", play)


def no_server(run):
    """Whatever is clicked while the server does not answer, the page says so, and goes on once it is back."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        record = press.record(url="https://example.org/high-water")["id"]
        press.run("annotate", record, "--quote", "Sixty stalls" if "Sixty" in press.run("read", record) else "stalls are", "--note", "All?")
        for place, sign in [("shelf", ".records li"), ("record/" + record, ".card"), ("inbox", ".conflict"), ("history", ".log li"), ("steps", ".mirror")]:
            browser.js("location.hash = '#/' + arguments[0]", place)
            browser.find(sign)
            if place == "shelf":
                browser.js("document.querySelectorAll('.records input')[1].click(); document.querySelectorAll('.records input')[2].click()")
            if place == "inbox":
                browser.click(".conflict button", "Settle")
                browser.find(".clash")
            cut(browser, True)
            click_everything(browser)
            browser.js("location.hash = '#/shelf?q=river'")
            browser.expect_text("does not answer")
            browser.find("#offline")
            cut(browser, False)
            browser.js("location.hash = '#/' + arguments[0]", place)
            if place != "shelf":
                browser.find(sign)
            browser.wait("return document.querySelector('#offline').hidden", "it answers again")
            browser.js("document.querySelector('dialog[open]')?.close()")
        browser.js("location.hash = '#/shelf'")
        browser.find(".records li")
    with_archive(run, "no server", play, allowed=[r"ERR_INTERNET_DISCONNECTED", r"user activation", r"Blocked attempt"])


def cut(browser, is_cut):
    browser.cdp("Network.enable")
    browser.cdp("Network.emulateNetworkConditions", offline=is_cut, latency=0, downloadThroughput=-1, uploadThroughput=-1)


def click_everything(browser):
    """Every button of the screen and of the windows that it opens."""
    browser.js_async("""
        const done = arguments[arguments.length - 1], pause = () => new Promise((go) => setTimeout(go, 30));
        (async () => {
            for (let index = 0; ; index += 1) {
                const buttons = [...document.querySelectorAll("main button, #bar #import")];
                if (index >= buttons.length || index >= 60) break;
                buttons[index].click();
                await pause();
                for (const one of document.querySelectorAll("dialog[open] button.main")) { one.click(); await pause(); }
                document.querySelector("dialog[open]")?.close();
            }
            done();
        })()""")


def expired(run):
    """A session that has ended in one of eight tabs: that one says so, and keeps what was typed; the others go on."""
    def play(browser, press, _):
        browser.go(press.open())
        browser.find(".records li")
        first, server = browser.call("GET", "/window"), press.server
        address = press.open()
        told = leads_to(address)
        press.server = server
        secret = browser.js("return sessionStorage.getItem('quipu-secret')")
        origin = browser.js("return location.origin")
        for _ in range(6):
            new_tab(browser)
            browser.go(origin + "/page/icon.svg")
            browser.js("sessionStorage.setItem('quipu-secret', arguments[0])", secret)
            browser.go(origin + "/#/shelf")
            browser.find(".records li")
        new_tab(browser)
        browser.go(address)
        browser.find(".records li")
        record = press.record(title="Article 7 of many")["id"]
        open_record(browser, record)
        browser.click("[data-field=body] .pencil")
        browser.type("[data-field=body] textarea", "Typed before the session ended. ", clear=True)
        # Whoever uses a code again ends the session that it opened.
        connection = http.client.HTTPConnection("127.0.0.1", told.port, timeout=20)
        code = urllib.parse.parse_qs(told.fragment)["code"][0]
        connection.request("POST", "/v1/session", json.dumps({"code": code}), {"Host": told.netloc, "Content-Type": "application/json"})
        expect(connection.getresponse().status == 410, "the code was good twice")
        connection.close()
        browser.click("[data-field=body] button", "Save")
        browser.find(".gate [role=alert]")
        expect("open the page again" in browser.text("main"), f"it says {browser.text('main')}")
        run.axe.check(browser, "ended session")
        again = press.open()
        press.server = server
        browser.go("about:blank")
        browser.go(again)
        browser.find(".records li")
        open_record(browser, record)
        browser.click("[data-field=body] .pencil", "Unsaved")
        browser.click("[data-field=body] button", "Save")
        browser.expect_text("Typed before the session ended.", ".text")
        browser.call("POST", "/window", {"handle": first})
        browser.type("#search", "river")
        browser.expect_text("1 record found", ".summary")
    with_archive(run, "expired tab", play)


def new_tab(browser):
    browser.call("POST", "/window", {"handle": browser.call("POST", "/window/new", {"type": "tab"})["handle"]})


class Worker(http.server.BaseHTTPRequestHandler):
    """Another program, which leaves a worker in the browser that answers for it."""
    PAGE = b"""<!DOCTYPE html><title>Another program</title><link rel="icon" href="data:,"><body><script>
        navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready).then(() => { document.title = "ready"; })</script>"""
    SCRIPT = b"""addEventListener("install", () => skipWaiting());
        addEventListener("activate", (event) => event.waitUntil(clients.claim()));
        addEventListener("fetch", (event) => event.respondWith(
            location.hostname === "127.0.0.1" ? new Response("taken over") : fetch(event.request)));"""

    def do_GET(self):
        is_script = self.path == "/worker.js"
        body = self.SCRIPT if is_script else self.PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def foreign_worker(run):
    """What another program left in the browser under this port does not answer for the page."""
    def play(browser, press, _):
        told = leads_to(press.open())
        press.close()
        other = http.server.ThreadingHTTPServer(("127.0.0.1", told.port), Worker)
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        try:
            for host in ("127.0.0.1", told.hostname):
                browser.go(f"http://{host}:{told.port}/")
                browser.wait("return document.title === 'ready'", "the worker of another program")
        finally:
            other.shutdown()
            other.server_close()
            thread.join()
        browser.go("about:blank")
        address = press.open()
        expect(leads_to(address).netloc == told.netloc, "the page has moved to another port")
        # The address itself: what a file leads to is another site's request, and the server refuses what a worker makes of it.
        browser.go(leads_to(address).geturl())
        try:
            browser.find(".records li")
        except Failure:
            # A worker that has only begun may lose a request, with the code in it; another code helps.
            press.close()
            browser.go(leads_to(press.open()).geturl())
            browser.find(".records li")
        browser.expect_text("Another program had left", "#notices")
        left = browser.js_async("const done = arguments[0]; navigator.serviceWorker.getRegistrations().then((all) => done(all.length))")
        expect(left == 0, f"{left} workers are left")
    with_archive(run, "foreign worker", play, allowed=[r"worker\.js", r"ServiceWorker"])
