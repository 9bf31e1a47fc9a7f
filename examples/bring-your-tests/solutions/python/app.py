"""Items that are kept in memory."""

import json
import os
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ITEMS = {}


class Refused(Exception):
    """What was sent is no item."""


def item_of(body):
    try:
        value = json.loads(body)
    except ValueError:
        raise Refused("the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("the body is not an object")
    name, quantity = value.get("name"), value.get("quantity", 1)
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        raise Refused("name must be a text of 1 to 100 characters")
    if type(quantity) is not int or quantity < 1:
        raise Refused("quantity must be a whole number, 1 or more")
    return {"id": str(uuid.uuid4()), "name": name, "quantity": quantity}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        item = ITEMS.get(self.path.removeprefix("/items/"))
        if self.path == "/health":
            self.answer(200, {"status": "ok"})
        elif item is None:
            self.answer(404, {"error": "there is no such item"})
        else:
            self.answer(200, item)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/items":
            self.answer(404, {"error": "there is nothing here"})
            return
        try:
            item = item_of(body)
        except Refused as refused:
            self.answer(422, {"error": str(refused)})
            return
        ITEMS[item["id"]] = item
        self.answer(201, item, Location=f"/items/{item['id']}")

    def answer(self, status, value, **headers):
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
