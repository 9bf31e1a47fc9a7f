// Keeps notes, once you have written it.
import { createServer } from "node:http";

function answer(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(value));
}

async function handle(request, response) {
  const { method, url } = request;
  if (method === "GET" && url === "/health") return answer(response, 200, { status: "ok" });
  return answer(response, 501, { title: "Yours to write" });
}

createServer(handle).listen(Number(process.env.PORT));
