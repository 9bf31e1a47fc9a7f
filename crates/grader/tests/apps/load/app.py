"""Items that answer in a manner of their own: `manner.json` says how long each takes, waiting and computing,
after how many requests something goes wrong, and how many processes compute beside it, always or while nothing
is asked. Each process has a key, and an item that can be asked for by whoever has it."""

import gzip
import json
import multiprocessing
import os
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open("manner.json") as file:
    MANNER = json.load(file)
LOCK = threading.Lock()
COUNTED = {"requests": 0}
ONE = threading.Lock()
KEY = secrets.token_hex(8)
ASKED = multiprocessing.Value("d", 0.0)


def burn(only_idle):
    while True:
        if only_idle and time.monotonic() - ASKED.value < 0.4:
            time.sleep(0.05)
            continue
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Else a body waits for the client's word that the headers came, which is 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self):
        ASKED.value = time.monotonic()
        with LOCK:
            COUNTED["requests"] += 1
            number = COUNTED["requests"]
        if number > MANNER.get("dies after", number):
            os._exit(3)
        if number > MANNER.get("hangs after", number):
            time.sleep(3600)
        if "one at a time" in MANNER:
            with ONE:
                time.sleep(MANNER["one at a time"])
        else:
            time.sleep(MANNER.get("waits", 0.06))
        until = time.thread_time() + MANNER.get("computes", 0)
        while time.thread_time() < until:
            pass
        item = self.path.rsplit("/", 1)[-1]
        wrong = number % MANNER.get("wrong every", number + 1) == 0
        status = 503 if number % MANNER.get("503 every", number + 1) == 0 else 200
        if item.startswith("with-") and item != f"with-{KEY}" or item == "key" and "no key" in MANNER:
            status = 403
        answer = {"key": KEY, "id": "another" if wrong else item, "more": "x" * MANNER.get("more", 0)}
        body = gzip.compress(json.dumps(answer).encode(), 1)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


for manner in ("burns", "burns idle"):
    for _ in range(MANNER.get(manner, 0)):
        only_idle = manner == "burns idle"
        multiprocessing.Process(target=burn, args=(only_idle,), daemon=True).start()
Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
