"""axe-core on the screen that is shown."""

from driver import Failure


class Accessibility:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.script = file.read()
        self.screens = 0

    def check(self, browser, screen):
        browser.js(self.script)
        found = browser.js_async(
            """const done = arguments[arguments.length - 1];
               axe.run(document, {resultTypes: ["violations"], preload: location.protocol !== "file:"}).then((result) => done(result.violations.map((one) =>
                   one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + " " + node.failureSummary.slice(0, 240)).join("\\n    "))))""")
        if found:
            browser.screenshot("failure")
            raise Failure(f"axe on {screen}:\n  " + "\n  ".join(found))
        self.screens += 1
