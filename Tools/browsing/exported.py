"""The exported site, opened from the file system: no server answers, and nothing is asked of one."""

import setting
from stories import expect


def stories(run):
    return {"exported site": lambda: exported(run)}


def exported(run):
    press, _ = setting.begin(run.quipu, run.new_folder("exported-site"))
    record = press.record(title="High water")
    quote = " ".join(record["fields"]["body"].split()[:3])
    press.run("annotate", record["id"], "--quote", quote, "--note", "Was it <b>so</b>?")
    press.run("export", "--format", "site", "-o", "site")
    index = f"file://{press.path}/site/index.html"

    def play(browser):
        browser.go(index)
        expect(browser.js("return document.querySelectorAll('.list li').length") >= 3, "the list is not there")
        run.axe.check(browser, "exported index")
        browser.type("#search", "high wat")
        browser.find("#found li a", "High water")
        run.axe.check(browser, "exported search")
        browser.type("#search", "كشكا", clear=True)
        browser.expect_text("مياه عالية", "#found")
        browser.type("#search", "zzzz", clear=True)
        browser.expect_text("0 articles", "#found")
        browser.type("#search", "high wat", clear=True)
        browser.click("#found li a", "High water")
        browser.expect_text("High water", "h1")
        expect(browser.js("return document.querySelector('mark').textContent") == quote, "the passage is not marked")
        browser.click("mark + sup a")
        expect(browser.js("return location.hash") == "#note-1", "the number does not lead to the annotation")
        browser.expect_text("Was it <b>so</b>?", "#note-1")
        expect(browser.js("const box = document.querySelector('#note-1').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight"),
               "the annotation is not in view")
        for look, prepare in [("light", browser.media), ("dark", lambda: browser.media(dark=True))]:
            prepare()
            run.axe.check(browser, f"exported article, {look}")
            run.keep(browser, f"exported-article-{look}")
        # The search works on a page below as well.
        browser.type("#search", "bridge" if "bridge" in record["fields"]["body"] else quote)
        browser.find("#found li a")
        asked = [one for one in browser.requests() if not one.startswith(("file:", "data:", "about:", "chrome"))]
        expect(not asked, f"it asked {asked[:3]}")
    run.story("exported-site", play)
