"""A submission that uses its services as a test wants: some of it before it listens, some when asked.

`at_start.json` holds lists of statements by kind of service, run in this order; one that fails ends it.
Those that begin with `migrate ` are run by `python app.py migrate`, and no others are.
"""

import json
import os
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pg8000.dbapi
import pymysql
import redis


def database(driver):
    url = urlsplit(os.environ["DATABASE_URL"])
    connection = driver.connect(
        host=url.hostname, port=url.port, user=url.username, password=url.password, database=url.path[1:]
    )
    (connection.autocommit(True) if driver is pymysql else setattr(connection, "autocommit", True))
    return connection


def run(kind, statements):
    """The rows of the last statement that has any."""
    rows = []
    if kind == "redis":
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        for statement in statements:
            answer = client.execute_command(*statement)
            rows = [answer.decode() if isinstance(answer, bytes) else str(answer)]
        return rows
    connection = database(pg8000.dbapi if kind == "postgres" else pymysql)
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
        if cursor.description:
            rows = [[str(value) for value in row] for row in cursor.fetchall()]
    connection.close()
    return rows


def hold(kind, statements):
    """Runs statements in a transaction that never ends."""
    connection = database(pg8000.dbapi if kind == "postgres" else pymysql)
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    HELD.append(connection)


def call(path):
    """What the upstream answers."""
    with urllib.request.urlopen(os.environ["PRICING_URL"] + path, timeout=30) as answer:
        return json.loads(answer.read() or "null")


def call_all(paths, at_once):
    if not at_once:
        return [call(path) for path in paths]
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(call, paths))


def flood(size):
    """Writes until the server refuses; what it said."""
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    number = 0
    while True:
        try:
            client.set(f"flood:{number}", b"x" * size)
        except redis.RedisError as error:
            return [type(error).__name__, str(error), number]
        number += 1


def crowd():
    """Opens connections until the server refuses; what it said."""
    while True:
        try:
            client = redis.Redis.from_url(os.environ["REDIS_URL"], single_connection_client=True)
            client.ping()
            HELD.append(client)
        except redis.RedisError as error:
            return [type(error).__name__, str(error), len(HELD)]


def cached(how):
    """Where a value comes from, and how many milliseconds the cache took to say so. What is `careful` waits half
    a second for it and does without; what is `trusting` waits for ever; what is `brittle` ends without it."""
    began = time.monotonic()
    try:
        client = CLIENTS[how]
        known = client.get("known")
        if known is None:
            client.set("known", "1", ex=600)
        source = "origin" if known is None else "cache"
    except redis.RedisError:
        if how == "brittle":
            os._exit(3)
        if how == "trusting":
            raise
        source = "origin without a cache"
    return {"from": source, "ms": round((time.monotonic() - began) * 1000)}


def clients():
    if "REDIS_URL" not in os.environ:
        return {}
    open_client = redis.Redis.from_url
    careful = open_client(os.environ["REDIS_URL"], socket_timeout=0.5, socket_connect_timeout=0.5)
    trusting, brittle = (open_client(os.environ["REDIS_URL"]) for _ in range(2))
    return {"careful": careful, "trusting": trusting, "brittle": brittle}


CLIENTS = clients()
HELD = []
SEEN = []
DOCUMENT = {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, DOCUMENT if self.path == "/openapi.json" else {})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        asked = json.loads(self.rfile.read(length) or "null")
        try:
            if self.path == "/document":
                DOCUMENT.update(asked)
                self.answer(200, {})
            elif self.path == "/print":
                stream, text, times = asked
                stream = sys.stderr if stream == "stderr" else sys.stdout
                for _ in range(times):
                    print(text, file=stream)
                stream.flush()
                self.answer(200, {})
            elif self.path in ("/call", "/call-at-once"):
                self.answer(200, call_all(asked, self.path == "/call-at-once"))
            elif self.path == "/cached":
                self.answer(200, cached(asked))
            elif self.path == "/flood":
                self.answer(200, {"told": flood(asked)})
            elif self.path == "/crowd":
                self.answer(200, {"told": crowd()})
            elif self.path == "/count":
                SEEN.append(asked)
                self.answer(200, {"seen": SEEN})
            elif self.path == "/later":
                time.sleep(asked / 1000)
                self.answer(200, {"seen": SEEN})
            elif self.path == "/die":
                print("at the end", flush=True)
                os._exit(3)
            else:
                kind, statements = asked
                self.answer(200, {"rows": run(kind, statements)})
        except Exception as error:
            self.answer(500, {"error": f"{type(error).__name__}: {error}"[:300]})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def over_and_over(kind, statements):
    while True:
        try:
            run(kind, statements)
        except Exception:
            time.sleep(0.01)


MIGRATES = sys.argv[1:] == ["migrate"]
with open("at_start.json") as file:
    for kind, statements in json.load(file):
        if kind.startswith("migrate ") != MIGRATES:
            continue
        kind = kind.removeprefix("migrate ")
        if kind.startswith("hold "):
            hold(kind.removeprefix("hold "), statements)
        elif kind.startswith("repeat "):
            threading.Thread(target=over_and_over, args=(kind.removeprefix("repeat "), statements), daemon=True).start()
        else:
            run(kind, statements)
if MIGRATES:
    sys.exit()
ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
