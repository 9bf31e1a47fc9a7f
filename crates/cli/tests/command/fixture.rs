//! A challenge so small that its proof is quick: items in memory, by one file of Python.

use std::{fs, path::Path};

/// The solution's one file.
pub(crate) const APP: &str = r#"import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ITEMS = {}


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        number = len(ITEMS) + 1
        ITEMS[str(number)] = json.loads(self.rfile.read(length))
        self.answer(201, {"id": str(number)})

    def do_GET(self):
        item = ITEMS.get(self.path.removeprefix("/items/"))
        if item is None:
            self.answer(404, {"error": "no such item"})
        else:
            self.answer(200, item)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
"#;

const FILE: &str = r#"schema: 1
id: items
title: Items
version: 1.0.0
summary: Items that are kept.
limits: { start: 10s }
starters: { python: starters/python }
solutions: { python: solutions/python }
defects:
  - { id: says-ok, title: A new item is answered with 200, of: python, patch: defects/says-ok.patch, loses: [creates] }
  - { id: found-anyway, title: What is not there is found, of: python, patch: defects/found-anyway.patch, loses: [misses] }
checks:
  - id: creates
    title: A new item can be read
    skill: api-design
    points: 2
    steps:
      - request:
          send: POST /items
          json: { name: "{{ word('name') }}" }
          expect: { status: 201, capture: { item: $.id } }
      - request:
          send: "GET /items/{{ item }}"
          expect: { status: 200, json: { name: "{{ word('name') }}" } }
  - id: misses
    title: An item that is not there is told as such
    skill: api-design
    points: 1
    steps:
      - request: { send: "GET /items/{{ uuid('none') }}", expect: { status: 404 } }
"#;

/// Writes it into a folder of this name below another.
pub(crate) fn items(root: &Path) -> std::path::PathBuf {
    let dir = root.join("items");
    put(&dir, "challenge.yaml", FILE);
    put(&dir, "brief.md", "Keep items.\n");
    let dockerfile =
        "FROM tryout/python:3.13\nCOPY app.py /app.py\nCMD [\"python\", \"/app.py\"]\n";
    for folder in ["solutions/python", "starters/python"] {
        put(&dir, &format!("{folder}/Dockerfile"), dockerfile);
    }
    put(&dir, "solutions/python/app.py", APP);
    let starter = APP.replace("(404,", "(501,").replace("(201,", "(501,");
    put(&dir, "starters/python/app.py", &starter);
    let patch = |from: &str, to: &str| {
        let line = APP
            .lines()
            .position(|line| line.trim() == from.trim())
            .unwrap()
            + 1;
        format!("--- a/app.py\n+++ b/app.py\n@@ -{line} +{line} @@\n-{from}\n+{to}\n")
    };
    let says_ok = patch(
        "        self.answer(201, {\"id\": str(number)})",
        "        self.answer(200, {\"id\": str(number)})",
    );
    put(&dir, "defects/says-ok.patch", &says_ok);
    let found_anyway = patch(
        "            self.answer(404, {\"error\": \"no such item\"})",
        "            self.answer(200, {\"error\": \"no such item\"})",
    );
    put(&dir, "defects/found-anyway.patch", &found_anyway);
    dir
}

/// Writes one of its files.
pub(crate) fn put(dir: &Path, name: &str, text: &str) {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
