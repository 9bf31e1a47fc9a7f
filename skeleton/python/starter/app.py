"""Keeps notes, once you have written it."""

import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            return self.answer(HTTPStatus.OK, {"status": "ok"})
        return self.answer(HTTPStatus.NOT_IMPLEMENTED, {"title": "Yours to write"})

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return self.answer(HTTPStatus.NOT_IMPLEMENTED, {"title": "Yours to write"})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Server(("", int(os.environ["PORT"])), Handler).serve_forever()
