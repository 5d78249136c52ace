"""Runs the stories of the page; see Tools/browse."""

import os
import shutil
import sys
import tempfile
import time

import bounds
import edges
import exported
import figures
import setting
from accessibility import Accessibility
from driver import Browser, Failure
from stories import Day

# A refused request of a story is told by the browser as an error of the page.
REFUSALS = [r"status of (401|410|412|404|422|409)"]

# Of the figures, unless they are asked for by name.
FEW_ARTICLES = 5_000


class Run:
    def __init__(self, quipu, axe, pictures):
        self.quipu, self.axe, self.pictures = quipu, Accessibility(axe), pictures
        self.folder = tempfile.mkdtemp(prefix="quipu-browse-")

    def browser(self, name, **options):
        folder = f"{self.folder}/{name}"
        os.makedirs(folder, exist_ok=True)
        return Browser(folder, **options)

    def story(self, name, body, allowed=()):
        """A story in a browser of its own; the console must stay silent, and every request stay with this server."""
        began = time.monotonic()
        browser = self.browser(name)
        try:
            body(browser)
            if complaints := browser.complaints([*REFUSALS, *allowed]):
                raise Failure("the console says\n  " + "\n  ".join(complaints))
            strange = [one for one in browser.requests() if not one.startswith(("file:", "data:", "blob:", "chrome", "about:"))
                       and ".localhost:" not in one and "127.0.0.1:" not in one]
            if strange:
                raise Failure(f"it asked other hosts: {strange[:5]}")
        except BaseException:
            browser.screenshot("failure")
            shutil.copy(f"{browser.folder}/failure.png", f"{self.pictures}/failure-{name}.png")
            raise
        finally:
            browser.close()
        print(f"browse: {name}: {time.monotonic() - began:.1f} s", flush=True)

    def check_all(self, browser, prefix):
        """axe and a picture of what is shown, in light, dark, at 200 % and narrow."""
        def check(screen):
            for look, prepare in [("light", lambda: browser.media()), ("dark", lambda: browser.media(dark=True)),
                                  ("zoom", lambda: (browser.media(), browser.zoom(2)))]:
                prepare()
                self.axe.check(browser, f"{screen}, {look}")
                self.keep(browser, f"{prefix}-{screen}-{look}")
            browser.zoom(1)
            browser.media()
        return check

    def keep(self, browser, name):
        """A picture of what is shown."""
        browser.screenshot(name)
        shutil.copy(f"{browser.folder}/{name}.png", self.pictures)

    def day(self, how):
        press, colleague = setting.begin(self.quipu, self.new_folder(how))

        def play(browser):
            browser.go(press.open())
            day = Day(browser, press, colleague, self.check_all(browser, how) if how == "mouse" else lambda screen: None, press.home)
            getattr(day, "by_" + how)()
        try:
            self.story(how, play)
        finally:
            press.close()

    def new_folder(self, name):
        path = f"{self.folder}/archives-{name}"
        os.makedirs(path)
        return path


def main():
    arguments = sys.argv[1:]
    quipu, axe = arguments[:2]
    rest = arguments[2:]
    pictures, articles, wanted = ".build/pictures", None, []
    while rest:
        word = rest.pop(0)
        if word == "--pictures":
            pictures = rest.pop(0)
        elif word == "--articles":
            articles = int(rest.pop(0))
        else:
            wanted.append(word)
    os.makedirs(pictures, exist_ok=True)
    run = Run(os.path.abspath(quipu), axe, os.path.abspath(pictures))
    stories = {"mouse": lambda: run.day("mouse"), "keyboard": lambda: run.day("keyboard"),
               **edges.stories(run), **bounds.stories(run), **exported.stories(run), "figures": lambda: figures.measure(run, articles or (100_000 if "figures" in wanted else FEW_ARTICLES))}
    if unknown := set(wanted) - set(stories):
        sys.exit(f"browse: no story is called {', '.join(sorted(unknown))}; there are {', '.join(stories)}")
    failed = []
    try:
        for name in wanted or stories:
            try:
                stories[name]()
            except (Failure, AssertionError) as error:
                failed.append(name)
                print(f"browse: {name} failed: {error}", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(run.folder, ignore_errors=True)
    if failed:
        sys.exit(f"browse: failed: {', '.join(failed)}; pictures in {pictures}")
    print(f"browse: passed; axe looked at {run.axe.screens} screens; pictures in {pictures}")


main()
