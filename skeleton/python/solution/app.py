"""Keeps notes in memory, and serves them over HTTP."""

import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock


class Notes:
    """Notes by id. Safe to use from many threads."""

    def __init__(self):
        self._lock = Lock()
        self._last = 0
        self._texts = {}

    def add(self, text):
        with self._lock:
            self._last += 1
            number = self._last
        self._texts[str(number)] = text
        return str(number)

    def get(self, note_id):
        return self._texts.get(note_id)


NOTES = Notes()


def is_text(value):
    return isinstance(value, str) and 1 <= len(value) <= 200


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            return self.answer(HTTPStatus.OK, {"status": "ok"})
        note_id = self.path.removeprefix("/notes/")
        text = NOTES.get(note_id)
        if text is None:
            return self.answer(HTTPStatus.NOT_FOUND, {"title": "There is no such note"})
        return self.answer(HTTPStatus.OK, {"id": note_id, "text": text})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/notes":
            return self.answer(HTTPStatus.NOT_FOUND, {"title": "There is nothing here"})
        try:
            new = json.loads(body)
        except ValueError:
            return self.answer(HTTPStatus.BAD_REQUEST, {"title": "The body is not JSON"})
        text = new.get("text") if isinstance(new, dict) else None
        if not is_text(text):
            return self.answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"title": "The text breaks a rule"})
        note_id = NOTES.add(text)
        note = {"id": note_id, "text": text}
        return self.answer(HTTPStatus.CREATED, note, {"Location": f"/notes/{note_id}"})

    def answer(self, status, value, headers=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Server(("", int(os.environ["PORT"])), Handler).serve_forever()
