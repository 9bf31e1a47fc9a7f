"""Items that answer in a manner of their own: `manner.json` says how long each takes, waiting and computing,
and after how many requests something goes wrong."""

import gzip
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open("manner.json") as file:
    MANNER = json.load(file)
LOCK = threading.Lock()
COUNTED = {"requests": 0}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with LOCK:
            COUNTED["requests"] += 1
            number = COUNTED["requests"]
        if number > MANNER.get("dies after", number):
            os._exit(3)
        if number > MANNER.get("hangs after", number):
            time.sleep(3600)
        time.sleep(MANNER.get("waits", 0.06))
        until = time.thread_time() + MANNER.get("computes", 0)
        while time.thread_time() < until:
            pass
        item = self.path.rsplit("/", 1)[-1]
        wrong = number % MANNER.get("wrong every", number + 1) == 0
        status = 503 if number % MANNER.get("503 every", number + 1) == 0 else 200
        body = gzip.compress(json.dumps({"id": "another" if wrong else item}).encode())
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


Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
