"""An archive, the command that works on it, and the server of its page."""

import json
import os
import subprocess
import threading


class Archive:
    def __init__(self, quipu, folder, name="press", author="Ana Ruiz"):
        self.quipu, self.path, self.author = quipu, f"{folder}/{name}", author
        self.home = f"{folder}/home-{name}"
        os.makedirs(self.home, exist_ok=True)
        os.makedirs(self.path, exist_ok=True)
        self.server = None

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "NO_PROXY", "no_proxy") if name in os.environ}
        return {**kept, "HOME": self.home, "NO_COLOR": "1", "QUIPU_AUTHOR": self.author, "TZ": "UTC", **more}

    def run(self, *arguments, text=None, fails=False, codes=(0, 3)):
        """What the command says; conflicts that are left open (3) are no failure."""
        done = subprocess.run([self.quipu, *arguments], cwd=self.path, input=text, capture_output=True, text=True,
                              env=self.environment(), timeout=300)
        if (done.returncode not in codes) != fails:
            raise AssertionError(f"quipu {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *arguments):
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines() if line.strip()]

    def records(self):
        """Every record, as a lossless export has it."""
        return [json.loads(line) for line in self.run("export").splitlines()]

    def record(self, **fields):
        """The one record that has these fields."""
        found = [one for one in self.records() if all(one["fields"].get(name) == value for name, value in fields.items())]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} records have {fields}")
        return found[0]

    def open(self, *arguments):
        """Starts the server of the page, and gives the address that the browser is opened with."""
        told = f"{self.home}/address"
        opener = f"{self.home}/browser"
        with open(opener, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nprintf "%s\\n" "$1" >"{told}.new" && mv "{told}.new" "{told}"\n')
        os.chmod(opener, 0o755)
        if os.path.exists(told):
            os.remove(told)
        self.server = subprocess.Popen([self.quipu, "open", *arguments], cwd=self.path, env=self.environment(BROWSER=opener),
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        reader = threading.Thread(target=lambda: said.extend(self.server.stdout), daemon=True)
        reader.start()
        waiting = threading.Event()
        for _ in range(2000):
            if os.path.exists(told):
                with open(told, encoding="utf-8") as file:
                    return file.read().strip()
            waiting.wait(0.01)
        raise AssertionError("quipu open opened no browser: " + "".join(said))

    def close(self):
        if self.server and self.server.poll() is None:
            self.server.terminate()
            self.server.wait(20)
        self.server = None
