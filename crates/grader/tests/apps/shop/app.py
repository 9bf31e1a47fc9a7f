"""A shop in memory, in a manner of its own: `manner.json` says how its answers look, and what is wrong with it."""

import json
import os
import threading
import time
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open("manner.json") as file:
    MANNER = json.load(file)
WRONG = MANNER.get("wrong")
LOCK = threading.Lock()
PRODUCTS, ORDERS = {}, {}
COUNTED = {"products": 0, "orders": 0, "requests": 0}


def new_id(kind):
    COUNTED[kind] += 1
    return COUNTED[kind] if MANNER.get("counts") else str(uuid.uuid4())


def now():
    time = datetime.now(timezone.utc)
    if MANNER.get("counts"):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")
    return time.isoformat()


def problem(status):
    return status, {"status": status, "title": f"{MANNER.get('counts')} {status}", "type": "about:blank"}


def make_product(sent):
    product = {"id": new_id("products"), "sku": sent["sku"], "stock": sent["stock"], "note": None, "at": now()}
    PRODUCTS[sent["sku"]] = product
    return 201, product


def make_order(sent):
    product = PRODUCTS.get(sent["sku"])
    if product is None:
        return problem(404)
    if product["stock"] < sent["quantity"]:
        return problem(409)
    product["stock"] -= sent["quantity"]
    order = {
        "id": new_id("orders"), "product_id": product["id"], "quantity": sent["quantity"],
        "total": sent["quantity"] * 2.5, "status": "open", "at": now(),
    }
    ORDERS[str(order["id"])] = (order, product)
    return 201, order


def cancel(order, product):
    if order["status"] == "cancelled":
        return problem(409)
    order["status"] = "cancelled"
    if WRONG != "no restock":
        product["stock"] += order["quantity"]
    return 204, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self):
        with LOCK:
            COUNTED["requests"] += 1
            self.answer(*self.answered())

    do_GET = do_POST = do_DELETE = handle_one

    def answered(self):
        length = int(self.headers.get("Content-Length") or 0)
        sent = json.loads(self.rfile.read(length) or "null")
        if WRONG == "dies" and COUNTED["requests"] > 12:
            os._exit(3)
        if WRONG == "slow":
            time.sleep(0.2)
        if WRONG == "once, then slow" and COUNTED.get("told"):
            time.sleep(1)
        if WRONG == "broken" and COUNTED["requests"] > 12:
            return problem(500)
        _, kind, *rest = self.path.split("/")
        if kind == "products" and self.command == "POST":
            return make_product(sent)
        if kind == "products" and rest:
            product = PRODUCTS.get(rest[0])
            if product is None:
                return problem(404)
            if WRONG in ("once", "once, then slow") and COUNTED["requests"] > 20 and not COUNTED.get("told"):
                COUNTED["told"] = True
                return 200, product | {"stock": -1}
            return 200, product
        if kind == "orders" and self.command == "POST":
            return make_order(sent)
        if kind == "orders" and rest:
            if rest[0] not in ORDERS:
                return problem(404)
            order, product = ORDERS[rest[0]]
            return cancel(order, product) if self.command == "DELETE" else (200, order)
        return 200, {}

    def answer(self, status, value):
        body = b""
        if value is not None:
            if MANNER.get("counts"):
                # Another order, no null, other white space, more than is asked for.
                value = {key: value[key] for key in reversed(value) if value[key] is not None} | {"more": 1}
                if "total" in value and value["total"] == int(value["total"]):
                    value["total"] = int(value["total"])
            body = json.dumps(value, indent=MANNER.get("counts")).encode()
        self.send_response(status)
        if value is not None:
            of_type = "application/problem+json" if status >= 400 else "application/json"
            upper = MANNER.get("counts")
            self.send_header("CONTENT-TYPE" if upper else "content-type", of_type + ("; charset=utf-8" if upper else ""))
        if status == 201:
            prefix = "http://shop.example.com" if MANNER.get("counts") else ""
            self.send_header("Location", f"{prefix}{self.path}/{value['id']}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if WRONG == "never starts":
    raise SystemExit(9)
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
