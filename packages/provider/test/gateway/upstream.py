"""An API behind the gateway. Prints its port, then one JSON line for each request that it saw, which is its response too."""
import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

printing = threading.Lock()


def say(text):
    with printing:
        print(text, flush=True)


class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pieces(self):
        """The body, piece by piece, in either framing."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)
            yield piece
        if left > 0:
            raise ConnectionError("The body broke off.")

    def seen(self):
        sha256 = hashlib.sha256()
        body = b""
        for piece in self.pieces():
            sha256.update(piece)
            body += piece
        form = self.headers.get_content_type() == "application/x-www-form-urlencoded"
        method, target, _ = self.requestline.split(" ")
        return {
            "method": method,
            "target": target,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "length": len(body),
            "sha256": sha256.hexdigest(),
            "query": parse_qsl(target.partition("?")[2], keep_blank_values=True),
            "form": parse_qsl(body.decode(), keep_blank_values=True) if form else [],
        }

    def respond(self):
        line = json.dumps(self.seen())
        say(line)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(line)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(line.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = respond

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
server.daemon_threads = True
say(server.server_port)
# It never outlives the test that started it.
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
