"""A submission that tries to break out in the way that a test names.

Each attempt returns what it got, or raises what stopped it.
"""

import ctypes
import glob
import json
import os
import signal
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MIB = 1024 * 1024
libc = ctypes.CDLL(None, use_errno=True)


def fill(path, size):
    """Writes so many MiB."""
    try:
        with open(path, "wb", buffering=0) as file:
            for _ in range(size):
                if file.write(b"x" * MIB) < MIB:
                    raise OSError("no more room")
    finally:
        if os.path.exists(path):
            os.remove(path)
    return f"wrote {size} MiB to {path}"


def in_child(work):
    """Does something in a process that may die of it."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise OSError(f"killed by signal {os.WTERMSIG(status)}")
    if os.WEXITSTATUS(status):
        raise OSError("it failed")


def read_secret():
    with open("/etc/shadow") as file:
        return f"read {len(file.read())} bytes of /etc/shadow"


def change_owner():
    with open("/tmp/mine", "w"):
        pass
    os.chown("/tmp/mine", 1, 1)
    return "gave a file away"


def become_root():
    user = subprocess.run(["/usr/local/bin/whose", "-u"], capture_output=True, text=True, check=True).stdout.strip()
    if user != "0":
        raise PermissionError(f"user {user} after a set-user-id program")
    return "root by a set-user-id program"


def new_user_namespace():
    def unshare():
        if libc.unshare(0x10000000):
            os._exit(1)

    in_child(unshare)
    return "a user namespace, with all capabilities in it"


def read_keys():
    with open("/proc/keys") as file:
        keys = file.read()
    if not keys:
        raise PermissionError("/proc/keys is empty")
    return "read /proc/keys"


def set_kernel_value():
    with open("/proc/sys/kernel/domainname", "w") as file:
        file.write("mine")
    return "wrote to /proc/sys"


def see_processes():
    with open("/proc/1/cmdline") as file:
        first = file.read().replace("\0", " ").strip()
    if "app.py" in first:
        raise PermissionError("process 1 is its own")
    return f"sees {len(glob.glob('/proc/[0-9]*'))} processes"


def engine_socket():
    with socket.socket(socket.AF_UNIX) as s:
        s.connect("/var/run/docker.sock")
        s.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
        answer = s.recv(64).decode().splitlines()[0]
    return f"the engine answered {answer}"


def virtual_socket():
    socket.socket(40, socket.SOCK_STREAM).close()
    return "a socket to the host of a virtual machine"


def write_root():
    return fill("/open/x", 1)


def write_tmp():
    return fill("/tmp/much", 64)


def write_shared():
    return fill("/dev/shm/much", 96)


def take_memory():
    in_child(lambda: bytearray(b"x" * MIB) * 400)
    return "took 400 MiB"


def burn():
    """Is not stopped, but slowed down: the kernel counts how often."""
    def throttled():
        for path in ("/sys/fs/cgroup/cpu/cpu.stat", "/sys/fs/cgroup/cpu,cpuacct/cpu.stat", "/sys/fs/cgroup/cpu.stat"):
            if os.path.exists(path):
                with open(path) as file:
                    return int(dict(line.split() for line in file)["nr_throttled"])
        raise FileNotFoundError("cpu.stat")

    before = throttled()
    while time.process_time() < burn.until:
        if throttled() > before:
            raise OSError("held back")
    return "used all of a core that it could get"


def open_many():
    kept = [open("/dev/null") for _ in range(600)]
    return f"opened {len(kept)} files"


def fork_many():
    children = []
    try:
        for _ in range(200):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"{len(children)} processes"


def print_much():
    for _ in range(4 * 1024):
        sys.stdout.write("x" * 1023 + "\n")
    print("that was all", flush=True)
    return "printed 4 MiB"


ATTEMPTS = {
    attempt.__name__: attempt
    for attempt in (
        read_secret, change_owner, become_root, new_user_namespace, read_keys, set_kernel_value, see_processes,
        engine_socket, virtual_socket, write_root, write_tmp, write_shared, take_memory, burn, open_many, fork_many,
        print_much,
    )
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        name = json.loads(self.rfile.read(length))
        burn.until = time.process_time() + 0.5
        try:
            self.answer({"got": ATTEMPTS[name]()})
        except Exception as error:
            self.answer({"stopped": f"{type(error).__name__}: {error}"})

    def answer(self, value):
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
