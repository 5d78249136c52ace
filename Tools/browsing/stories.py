"""One day with the page, by mouse and by keyboard alone. What the page says it did is asked of the command each time."""

from driver import Failure


def rectangles(browser, quote):
    """Where a passage of the text begins and ends in the window."""
    return browser.wait(
        """for (const paragraph of document.querySelectorAll(".text p")) {
               const at = paragraph.textContent.indexOf(arguments[0]);
               if (at < 0) continue;
               paragraph.scrollIntoView({block: "center"});
               const range = new Range();
               range.setStart(paragraph.firstChild, at);
               range.setEnd(paragraph.firstChild, at + arguments[0].length);
               const boxes = range.getClientRects(), last = boxes[boxes.length - 1];
               return [[boxes[0].left + 1, boxes[0].top + boxes[0].height / 2], [last.right, last.top + last.height / 2]];
           } return null""", f"the passage {quote!r}", quote)


def expect(condition, what):
    if not condition:
        raise Failure(what)


class Day:
    def __init__(self, browser, press, colleague, check, folder):
        self.browser, self.press, self.colleague, self.check, self.folder = browser, press, colleague, check, folder
        self.record = press.record(url="https://example.org/high-water")["id"]

    def annotations(self):
        return [one for one in self.press.records() if one["kind"] == "annotation"]

    def fields(self):
        return next(one["fields"] for one in self.press.records() if one["id"] == self.record)

    def wait_for(self, condition, what):
        """Until the archive shows it: the page writes while the story looks."""
        self.browser.wait("return arguments[0]", what, True)
        for _ in range(200):
            if condition():
                return
            self.browser.js("return 1")
        raise Failure(what)

    # What happens elsewhere.

    def colleague_changes_the_publisher(self):
        self.colleague.run("set", self.record, "publisher=The Other Paper")
        self.press.run("sync", "colleague")

    def file_to_drop(self, name):
        path = f"{self.folder}/{name}.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"title": "Dropped by %s", "body": "It was dropped."}\n' % name)
        return path

    # The same day twice.

    def by_mouse(self):
        browser = self.browser
        browser.find(".records li")
        self.check("shelf")
        browser.type("#search", "river Tuesday")
        browser.expect_text("1 record found", ".summary")
        browser.click(".records a", "High water")
        browser.find(".text p")
        self.check("reading")
        browser.drag(*rectangles(browser, "lower market"))
        browser.click(".marker button", "Highlight")
        browser.find(".card")
        self.wait_for(lambda: any(one["fields"]["quote"]["exact"] == "lower market" for one in self.annotations()), "the highlight is in the archive")
        browser.drag(*rectangles(browser, "Café Négril 🌊"))
        browser.click(".marker button", "Remark")
        browser.type("dialog textarea", "The one at the corner?")
        browser.screenshot("remark")
        browser.click("dialog button", "Save")
        browser.expect_text("The one at the corner?", ".beside")
        remark = next(one for one in self.annotations() if one["fields"].get("text"))
        expect(remark["fields"]["quote"]["exact"] == "Café Négril 🌊", f"the remark quotes {remark['fields']['quote']}")
        browser.click("button", "+ tag")
        browser.type("dialog input", "flood")
        browser.click("dialog button", "Save")
        browser.expect_text("flood", ".column .labels")
        expect("flood" in self.press.run("show", self.record), "the tag is in the archive")
        browser.js("document.querySelector('[data-field=title] .pencil').click()")
        browser.type("[data-field=title] input", "High water in March", clear=True)
        browser.click("[data-field=title] button", "Save")
        browser.expect_text("High water in March", "h1")
        expect(self.fields()["title"] == "High water in March", "the title is in the archive")
        self.settle_by_mouse()
        self.correct_by_mouse()
        self.see_a_change_arrive()
        self.drop_and_sync()

    def correct_by_mouse(self):
        browser = self.browser
        browser.go(browser.js("return location.origin + location.pathname") + "#/record/" + self.record)
        browser.find(".text p")
        text = self.fields()["body"]
        browser.click("[data-field=body] .pencil")
        browser.js("""const area = document.querySelector('[data-field=body] textarea'); area.value = area.value.replace('by noon', 'at noon');
                      area.dispatchEvent(new Event('input'))""")
        browser.click("[data-field=body] button", "Save")
        browser.expect_text("at noon", ".text")
        self.wait_for(lambda: self.fields()["body"] == text.replace("by noon", "at noon"), "the corrected text is in the archive")
        expect(len(self.annotations()) == 2, "the annotations are still there")

    def settle_by_mouse(self):
        browser = self.browser
        browser.click("nav a", "Inbox")
        browser.click(".conflict button", "Settle")
        browser.find(".clash")
        self.check("inbox")
        browser.click(".clash label", "Jo Quispe")
        browser.click(".conflict button", "Settle")
        browser.expect_text("Nothing is in conflict", "main")
        body = self.fields()["body"]
        expect("Forty" in body and "no longer waits" in body, f"the settled text is in the archive: {body}")
        browser.click(".notice button", "Undo")
        browser.find(".conflict")
        expect("body" in self.press.run("conflicts"), "the conflict is open again")
        browser.click(".conflict button", "Settle")
        browser.expect_text("Jo Quispe, brought back", ".clash")
        browser.click(".clash label", "Jo Quispe")
        browser.click(".conflict button", "Settle")
        browser.expect_text("Nothing is in conflict", "main")

    def see_a_change_arrive(self):
        browser = self.browser
        browser.go(browser.js("return location.origin + location.pathname") + "#/record/" + self.record)
        browser.find(".text p")
        self.colleague_changes_the_publisher()
        browser.expect_text("The Other Paper", ".facts")

    def drop_and_sync(self, name="mouse"):
        browser = self.browser
        browser.drop(self.file_to_drop(name))
        browser.expect_text("1 new", "dialog")
        self.check("import")
        browser.click("dialog button", "Import")
        browser.expect_text("1 record added", "#notices")
        self.press.record(title=f"Dropped by {name}")
        browser.click("nav a", "History")
        browser.find(".log li")
        self.check("history")
        browser.click("nav a", "In step?")
        browser.find(".mirror")
        self.check("steps")
        browser.click(".mirror button", "Sync now")
        browser.expect_text("In step with colleague", "#notices")
        self.colleague.record(title=f"Dropped by {name}")

    def by_keyboard(self):
        """Not one click: every step is a key."""
        browser = self.browser
        browser.find(".records li")
        browser.keys("/")
        browser.write("river Tuesday")
        browser.expect_text("1 record found", ".summary")
        browser.keys("Escape", "j", "Enter")
        browser.find(".text p")
        browser.keys("m")
        browser.find(".caret")
        for _ in range(3):
            browser.keys("Control+Right")
        browser.keys("Shift+Right", "Shift+Right", "Shift+Right", "Shift+Right")
        browser.keys("h")
        self.wait_for(lambda: len(self.annotations()) == 1, "a highlight by keyboard")
        browser.find(".card")
        browser.keys("m")
        browser.keys("Shift+Down", "n")
        browser.find("dialog textarea")
        browser.write("By keyboard")
        browser.keys("Control+Enter")
        self.wait_for(lambda: any(one["fields"].get("text") == "By keyboard" for one in self.annotations()), "a remark by keyboard")
        browser.expect_text("By keyboard", ".beside")
        before = self.fields()["body"]
        browser.keys("g", "i")
        self.settle_by_keyboard()
        settled = before.replace("Forty", "Seventy") if "Forty" in before else before.replace("Seventy", "Forty")
        settled = settled.replace("mayor waits", "mayor no longer waits")
        expect(self.fields()["body"] == settled, f"the settled text is in the archive: {self.fields()['body']}")
        expect("body" not in self.press.run("conflicts"), "the conflict is still open")
        browser.keys("u")
        browser.find(".conflict")
        expect("body" in self.press.run("conflicts"), "the conflict is open again")
        expect(self.fields()["body"] == before, f"the text is as it was before: {self.fields()['body']}")
        self.settle_by_keyboard()
        browser.keys("g", "s")
        browser.find(".records li")
        browser.keys("/")
        browser.write("kind:article river Tuesday")
        browser.expect_text("1 record found", ".summary")
        browser.keys("Escape", "j", "Enter")
        browser.find(".text p")
        browser.keys("e")
        browser.find("[data-field=body] textarea")
        browser.keys("Control+Home")
        browser.write("Slowly: ")
        browser.keys("Control+Enter")
        browser.expect_text("Slowly: The", ".text")
        expect(self.fields()["body"].startswith("Slowly: The river"), "the corrected text is in the archive")
        browser.keys("g", "h")
        browser.find(".log li")
        self.tab_to(".log button")
        browser.keys("Enter")
        browser.find("dialog[open]")
        browser.keys("Enter")
        browser.expect_text("Undone", "#notices")
        browser.keys("g", "t")
        browser.find(".mirror")
        self.tab_to(".mirror button")
        browser.keys("Enter")
        browser.wait("return /In step with|has more/.test(document.querySelector('#notices').innerText)", "a sync by keyboard")

    def settle_by_keyboard(self):
        """Takes the second of the versions of the one passage that clashes."""
        browser = self.browser
        self.tab_to(".conflict button")
        browser.keys("Enter")
        browser.find(".clash")
        self.tab_to(".clash input")
        browser.keys("Space", "Down")
        self.tab_to(".conflict button.main")
        browser.keys("Enter")
        browser.expect_text("Nothing is in conflict", "main")

    def tab_to(self, selector):
        for _ in range(60):
            if self.browser.js("return document.activeElement?.matches(arguments[0]) ?? false", selector):
                return
            self.browser.keys("Tab")
        raise Failure(f"Tab does not reach {selector}")
