"""A browser driven through WebDriver, with nothing but Python's standard library."""

import base64
import http.client
import json
import os
import re
import subprocess
import time

KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "Shift": "\ue008", "Control": "\ue009", "Left": "\ue012",
    "Up": "\ue013", "Right": "\ue014", "Down": "\ue015", "Space": "\ue00d", "Home": "\ue011", "End": "\ue010",
}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Failure(Exception):
    """What was expected of the page and did not come."""


class Browser:
    def __init__(self, folder, size=(1280, 900), arguments=()):
        self.folder = folder
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0", f"--log-path={folder}/chromedriver.log"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                self.port = int(found.group(1))
                break
        else:
            raise Failure("chromedriver did not start")
        options = {
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--disable-dev-shm-usage",
                     "--no-first-run", "--disable-background-networking", "--disable-component-update",
                     f"--window-size={size[0]},{size[1]}", f"--user-data-dir={folder}/profile", *arguments],
            "prefs": {"download.default_directory": f"{folder}/downloads"},
        }
        if os.path.exists("/usr/lib/chromium/chromium"):
            options["binary"] = "/usr/lib/chromium/chromium"
        answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "unhandledPromptBehavior": "accept",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.session = "/session/" + answer["sessionId"]
        self.hosts = set()

    def _send(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode(),
                               {"Content-Type": "application/json"})
            value = json.loads(connection.getresponse().read())["value"]
        finally:
            connection.close()
        if isinstance(value, dict) and "error" in value:
            raise Failure(f"{value['error']}: {value['message'].splitlines()[0]}")
        return value

    def call(self, method, path, body=None):
        return self._send(method, self.session + path, {} if body is None and method == "POST" else body)

    def close(self):
        try:
            self._send("DELETE", self.session)
        except (OSError, Failure, ValueError):
            pass
        self.driver.terminate()
        self.driver.wait()

    # What is there.

    def go(self, address):
        self.call("POST", "/url", {"url": address})

    def js(self, script, *arguments):
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def js_async(self, script, *arguments):
        return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def cdp(self, command, **parameters):
        return self.call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def wait(self, script, what, *arguments, seconds=20):
        """Until the script gives something true, which is given back."""
        end = time.monotonic() + seconds
        while True:
            value = self.js(script, *arguments)
            if value:
                return value
            if time.monotonic() > end:
                self.screenshot("failure")
                text = self.js("return document.body.innerText.slice(0, 1500)")
                raise Failure(f"{what}: it did not come\n--- the page says\n{text}")
            time.sleep(0.02)

    def find(self, selector, text=None):
        """The first visible element of the selector, that holds the text where one is given."""
        return self.wait(
            """for (const one of document.querySelectorAll(arguments[0])) {
                   const said = (one.getAttribute("aria-label") ?? "") + " " + one.textContent;
                   if ((arguments[1] === null || said.includes(arguments[1])) && one.checkVisibility()) return one;
               } return null""", f"{selector} {text or ''}", selector, text)

    def text(self, selector="body"):
        return self.js("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def expect_text(self, words, selector="body"):
        self.wait("return (document.querySelector(arguments[0])?.innerText ?? '').includes(arguments[1])",
                  f"{words!r} in {selector}", selector, words)

    # What a person does.

    def click(self, selector, text=None):
        for attempt in range(5):
            element = self.find(selector, text)
            try:
                self.js("arguments[0].scrollIntoView({block: 'center'})", element)
                return self.call("POST", f"/element/{element[ELEMENT]}/click", {})
            except Failure as error:
                # The page may have drawn it again in between.
                if attempt == 4 or "stale element" not in str(error):
                    raise

    def type(self, selector, words, clear=False):
        element = self.find(selector)
        if clear:
            self.call("POST", f"/element/{element[ELEMENT]}/clear", {})
        self.call("POST", f"/element/{element[ELEMENT]}/value", {"text": words})

    def keys(self, *keys):
        """Presses keys one after the other; `Shift+Right` holds one."""
        actions = []
        for key in keys:
            *held, last = key.split("+") if len(key) > 1 else [key]
            down = [{"type": "keyDown", "value": KEYS[one]} for one in held]
            press = KEYS.get(last, last)
            actions += [*down, {"type": "keyDown", "value": press}, {"type": "keyUp", "value": press},
                        *({"type": "keyUp", "value": KEYS[one]} for one in reversed(held))]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def write(self, words):
        """Types where the focus is."""
        self.keys(*words)

    def drag(self, start, end):
        """Moves the pointer with its button held: two points in the window."""
        self.call("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [
            {"type": "pointerMove", "x": round(start[0]), "y": round(start[1]), "duration": 0}, {"type": "pointerDown", "button": 0},
            {"type": "pointerMove", "x": round(end[0]), "y": round(end[1]), "duration": 50}, {"type": "pointerUp", "button": 0}]}]})

    def drop(self, path):
        data = {"items": [], "files": [path], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self.cdp("Input.dispatchDragEvent", type=kind, x=300, y=300, data=data)

    # How it looks.

    def screenshot(self, name):
        with open(f"{self.folder}/{name}.png", "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))

    def media(self, dark=False, is_print=False):
        self.cdp("Emulation.setEmulatedMedia", media="print" if is_print else "",
                 features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def zoom(self, factor=1, width=1280, height=900):
        if factor == 1 and width == 1280:
            self.cdp("Emulation.clearDeviceMetricsOverride")
        else:
            self.cdp("Emulation.setDeviceMetricsOverride", width=width // factor, height=height // factor,
                     deviceScaleFactor=factor, mobile=False)

    # What it must not do.

    def complaints(self, allowed=()):
        """Errors of the console since the last question; refused requests that a story means to make are allowed."""
        lines = [line["message"] for line in self.call("POST", "/se/log", {"type": "browser"})
                 if line["level"] in ("SEVERE", "WARNING")]
        return [line for line in lines if not any(re.search(one, line) for one in allowed)]

    def requests(self):
        """Every address that was asked for since the last question."""
        found = []
        for line in self.call("POST", "/se/log", {"type": "performance"}):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found
