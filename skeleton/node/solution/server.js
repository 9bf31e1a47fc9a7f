// Keeps notes in memory, and serves them over HTTP.
import { createServer } from "node:http";

const texts = new Map();
let last = 0;

async function add(text) {
  last += 1;
  const id = String(last);
  texts.set(id, text);
  return id;
}

function isText(value) {
  return typeof value === "string" && value.length >= 1 && value.length <= 200;
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response, status, value, headers = {}) {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

async function create(request, response) {
  let body;
  try {
    body = JSON.parse(await bodyOf(request));
  } catch {
    return answer(response, 400, { title: "The body is not JSON" });
  }
  const text = body?.text;
  if (!isText(text)) {
    return answer(response, 422, { title: "The text breaks a rule" });
  }
  const id = await add(text);
  return answer(response, 201, { id, text }, { Location: `/notes/${id}` });
}

function read(response, id) {
  if (!texts.has(id)) {
    return answer(response, 404, { title: "There is no such note" });
  }
  return answer(response, 200, { id, text: texts.get(id) });
}

async function handle(request, response) {
  const { method, url } = request;
  if (method === "GET" && url === "/health") return answer(response, 200, { status: "ok" });
  if (method === "POST" && url === "/notes") return create(request, response);
  if (method === "GET" && url.startsWith("/notes/")) return read(response, url.slice(7));
  return answer(response, 404, { title: "There is nothing here" });
}

createServer(handle).listen(Number(process.env.PORT));
