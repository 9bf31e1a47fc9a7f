"""A submission that does what a test asks of it, by its environment or over HTTP."""

import json
import os
import signal
import socket
import struct
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PORT = int(os.environ["PORT"])
WITHIN = 1.5


def outcome(attempt, *arguments):
    """"reached" or why not."""
    try:
        return attempt(*arguments) or "reached"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def tcp(host, port):
    with socket.create_connection((host, port), WITHIN):
        return None


def udp(host, port):
    """Reached when the listener answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as s:
        s.settimeout(WITHIN)
        s.sendto(b"hello", (host, port))
        s.recvfrom(16)


def dns_query(name):
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", 1, 1)


def dns(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(WITHIN)
        s.sendto(dns_query("secret.example.com"), (host, port))
        s.recvfrom(512)


def resolve(name):
    return f"reached {socket.gethostbyname(name)}"


def ping(host):
    """The unprivileged kind, which the engine lets everybody use."""
    six = ":" in host
    family, protocol = (socket.AF_INET6, socket.IPPROTO_ICMPV6) if six else (socket.AF_INET, socket.IPPROTO_ICMP)
    with socket.socket(family, socket.SOCK_DGRAM, protocol) as s:
        s.settimeout(WITHIN)
        s.sendto(struct.pack("!BBHHH", 128 if six else 8, 0, 0, 0, 1) + b"x" * 8, socket.getaddrinfo(host, 0, family)[0][4])
        s.recvfrom(64)


def raw(host):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as s:
        s.sendto(b"x", (host, 0))


def packet(_):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()


def postgres(host, port):
    """Reached when the server asks for a password."""
    body = struct.pack(">I", 3 << 16) + b"user\0app\0database\0shop\0\0"
    with socket.create_connection((host, port), WITHIN) as s:
        s.sendall(struct.pack(">I", len(body) + 4) + body)
        answer = s.recv(1)
        return None if answer == b"R" else f"answered {answer}"


def resp(stream):
    """One answer of a Redis server; an error is told as text."""
    line = stream.readline().decode().rstrip("\r\n")
    kind, rest = line[0], line[1:]
    if kind in "+-":
        return line
    if kind == ":":
        return int(rest)
    if kind == "$":
        length = int(rest)
        return None if length < 0 else stream.read(length + 2)[:-2].decode(errors="replace")
    if kind == "*":
        return [resp(stream) for _ in range(int(rest))]
    raise ValueError(line)


def redis(asked):
    """Logs in with a URL's name and password, gives commands and returns the answers."""
    url = urlsplit(asked["url"])
    with socket.create_connection((url.hostname, url.port), 60) as s, s.makefile("rwb") as stream:
        answers = []
        for command in [["AUTH", url.username, url.password], *asked["commands"]]:
            words = [str(word).encode() for word in command]
            stream.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
            stream.flush()
            answers.append(resp(stream))
        return answers


def flood(asked):
    """Writes values of a size until the server refuses one; says how many it took and what it said."""
    url = urlsplit(asked["url"])
    value = b"x" * asked["size"]
    with socket.create_connection((url.hostname, url.port), 60) as s, s.makefile("rwb") as stream:
        stream.write(f"AUTH {url.username} {url.password}\r\n".encode())
        stream.flush()
        resp(stream)
        for number in range(1_000_000):
            key = b"%s:%d" % (asked["key"].encode(), number)
            stream.write(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(value), value))
            stream.flush()
            answer = resp(stream)
            if answer != "+OK":
                return [number, answer]


def sql(asked):
    """Runs statements with a client of MariaDB and returns the rows of each, or the error."""
    import pymysql

    url = urlsplit(asked["url"])
    connection = pymysql.connect(
        host=url.hostname, port=url.port, user=url.username, password=url.password, database=url.path[1:], autocommit=True
    )
    results = []
    with connection, connection.cursor() as cursor:
        for statement in asked["statements"]:
            try:
                cursor.execute(statement)
                results.append([list(row) for row in cursor.fetchall()])
            except pymysql.Error as error:
                results.append(f"{error.args[0]}: {error.args[1]}")
    return results


ATTEMPTS = {f.__name__: f for f in (tcp, udp, dns, resolve, ping, raw, packet, postgres)}


def status():
    with open("/proc/self/status") as file:
        return {line.split(":")[0]: line.split(":", 1)[1].strip() for line in file}


def write(path, size=1):
    try:
        with open(path, "wb", buffering=0) as file:
            for _ in range(size):
                if file.write(b"x" * 1024 * 1024) < 1024 * 1024:
                    raise OSError(28, "No space left on device")
    finally:
        if os.path.exists(path) and path != "/etc/hosts":
            os.remove(path)


def open_many():
    kept = []
    while len(kept) < 10_000:
        kept.append(open("/dev/null"))


def fork_many():
    children = []
    try:
        while len(children) < 1000:
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def look(_):
    """What it finds around itself."""
    return {
        "status": status(),
        "environment": dict(os.environ),
        "user": [os.getuid(), os.getgid()],
        "write_root": outcome(write, "/app/x"),
        "write_tmp": outcome(write, "/tmp/x"),
        "write_hosts": outcome(write, "/etc/hosts"),
        "write_tmp_much": outcome(write, "/tmp/much", 512),
        "write_data_much": outcome(write, "/data/much", 512),
        "write_shm_much": outcome(write, "/dev/shm/much", 512),
        "open_files": outcome(open_many),
        "processes": outcome(fork_many),
        "sockets": [p for p in ("/var/run/docker.sock", "/run/docker.sock") if os.path.exists(p)],
        "mounts": open("/proc/mounts").read(),
        "hosts": open("/etc/hosts").read(),
    }


def attack(attempts):
    return {name: outcome(ATTEMPTS[kind], *arguments) for name, kind, *arguments in attempts}


def call(asked):
    """Status and body of each call, one after another."""
    answers = []
    for method, url, *body in asked:
        try:
            data = body[0].encode() if body else None
            request = urllib.request.Request(url, data=data, method=method)
            with urllib.request.urlopen(request, timeout=20) as answer:
                answers.append([answer.status, answer.read().decode()])
        except urllib.error.HTTPError as error:
            answers.append([error.code, error.read().decode()])
        except Exception as error:
            answers.append(type(error).__name__)
    return answers


CROWD = []


def crowd(asked):
    """Many connections that say this and hear nothing, and stay until there is another crowd."""
    host, port, count, text = asked
    while CROWD:
        CROWD.pop().close()
    made = 0
    for _ in range(count):
        try:
            s = socket.create_connection((host, port), WITHIN)
            CROWD.append(s)
            made += 1
            s.settimeout(0.01)
            s.sendall(text.encode())
        except OSError:
            pass
    return made


def die(_):
    os._exit(7)


def say(lines):
    for line in lines:
        print(line, flush=True)


ASKED = {"/look": look, "/attack": attack, "/die": die, "/say": say, "/redis": redis, "/flood": flood, "/sql": sql, "/call": call, "/crowd": crowd}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({"started": STARTED})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        asked = json.loads(self.rfile.read(length) or "null")
        self.answer(ASKED[self.path](asked))

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def accept_and_say_nothing():
    with socket.create_server(("0.0.0.0", PORT)) as server:
        kept = []
        while True:
            kept.append(server.accept())


def take_memory():
    """Far more than a test allows; not all there is, on an engine that bounds no memory."""
    taken = [bytearray(b"x" * 1024 * 1024) for _ in range(1024)]
    sys.exit(f"took {len(taken)} MiB")


STARTED = time.time()
mode = os.environ.get("MODE", "serve")
print(f"mode {mode}", flush=True)
if mode == "die":
    print("no configuration", file=sys.stderr, flush=True)
    sys.exit(3)
elif mode == "sleep":
    time.sleep(600)
elif mode == "silent":
    accept_and_say_nothing()
elif mode == "memory":
    take_memory()
else:
    ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
