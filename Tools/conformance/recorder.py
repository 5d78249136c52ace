"""Stands between `quipu sync` and a server and keeps the messages that went by, for use as valid bodies.

    recorder.py TARGET FOLDER

Prints its own address, hands each POST on to TARGET (an address of this machine), and writes the body of those that
were answered 200 to FOLDER, numbered.
"""

import http.client
import http.server
import pathlib
import sys
import urllib.parse

target = urllib.parse.urlsplit(sys.argv[1])
folder = pathlib.Path(sys.argv[2])
# The length of the server's answers is bounded; this only keeps a mistake from filling memory.
LARGEST_BODY = 64 << 20


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        onward = http.client.HTTPConnection(target.hostname, target.port, timeout=30)
        onward.request("POST", self.path, body, {"Content-Type": self.headers["Content-Type"]})
        answer = onward.getresponse()
        content = answer.read(LARGEST_BODY)
        if answer.status == 200:
            (folder / f"{Recorder.count:03}").write_bytes(body)
            Recorder.count += 1
        self.send_response_only(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        onward.close()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Recorder)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
