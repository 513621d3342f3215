/**
 * A small server for working on the bench: the API from memory, generated pictures, and the built files
 * under the CSP of the real pages. `node dev/mock.mjs [port]` after `npm run build`; then open /.
 * POST /dev/fail {"status": 503, "times": 3, "path": "submit"} makes the next calls fail; 0 drops them.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

import { BATCHES, instructions } from "./batches.mjs";
import { shelf } from "./scenes.mjs";

const PORT = Number(process.argv[2] ?? 8901);
const BUILT = fileURLToPath(new URL("../../src/assay/entry/web/static/built/", import.meta.url));
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const TYPES = { js: "text/javascript", css: "text/css", svg: "image/svg+xml", json: "application/json" };

const rooms = new Map(); // batch -> what is leased and answered
let failing = { status: 0, times: 0, path: "" };
let numbers = 100;

function room(name) {
  if (!rooms.has(name)) rooms.set(name, { next: 1, held: [], replies: new Map(), done: 41, earned: 164, answers: [] });
  return rooms.get(name);
}

function lease(name) {
  const batch = BATCHES[name];
  const here = room(name);
  if (here.next > (batch.count ?? 40)) return null;
  const seed = here.next++;
  const review = batch.review ? batch.review(seed) : null;
  const task = { assignment: numbers++, queue: batch.queue, item: batch.item(seed), suggestion: review ? null : (batch.suggestion?.(seed) ?? null), until: new Date(Date.now() + 9e5).toISOString(), left: 900, review };
  here.held.push(task);
  return task;
}

function info(name) {
  const batch = BATCHES[name];
  const { done, earned } = room(name);
  return { batch: name, project: "Things on kitchen shelves, second look", task: batch.task ?? name, produces: batch.produces, media: batch.media, labels: batch.labels, instructions, pay: { answer: 4, expert: 25, currency: "EUR" }, role: batch.role, person: "kim", state: batch.state ?? "active", reason: batch.reason ?? "", done, earned, waiting: true };
}

const problem = (status, detail) => [status, { type: "about:blank", title: "No", status, detail }];

function work(name, verb, body) {
  if (!BATCHES[name]) return problem(404, "There is no such batch.");
  const here = room(name);
  if (!verb) return [200, info(name)];
  if (verb === "claim") {
    while (here.held.length < Math.min(3, body.ahead) && lease(name));
    return [200, { tasks: here.held }];
  }
  const known = here.replies.get(body.client_id);
  if (known) return [200, known];
  const place = here.held.findIndex(({ assignment }) => assignment === body.assignment);
  if (place < 0) return problem(409, "The time for this item ran out, and somebody else has it.");
  if (verb === "renew") return [200, { assignment: body.assignment, until: new Date(Date.now() + 9e5).toISOString(), left: 900 }];
  const [task] = here.held.splice(place, 1);
  if (verb === "release") return [204, null];
  const reply = { next: lease(name) };
  if (verb === "submit") {
    here.done += 1;
    here.earned += task.queue === "label" ? 4 : 25;
    here.answers.push(body);
    Object.assign(reply, { answer: here.done, cents: task.queue === "label" ? 4 : 25 });
  }
  here.replies.set(body.client_id, reply);
  return [200, reply];
}

async function page(body, scripts) {
  const manifest = JSON.parse(await readFile(`${BUILT}manifest.json`, "utf8"));
  const entries = scripts.map((name) => manifest[name]);
  const css = [...new Set(entries.flatMap((entry) => entry.css ?? []))];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Assay</title><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="csrf-token" content="mock"><script src="/static/built/${manifest["src/site/theme.ts"].file}"></script>
${css.map((file) => `<link rel="stylesheet" href="/static/built/${file}">`).join("")}${entries.map((entry) => `<script type="module" src="/static/built/${entry.file}"></script>`).join("")}</head><body>${body}</body></html>`;
}

const bench = (name) => page(`<main id="content"><h1 class="visually-hidden">Bench</h1><div id="bench" data-api="/api/v1" data-batch="${name}" data-home="/" data-person="kim"></div></main>`, ["src/site/main.ts", "src/bench/main.tsx"]);

function home() {
  const links = Object.keys(BATCHES).map((name) => `<li><a data-palette="${name}" href="/work/${name}">${name}</a></li>`).join("");
  const gallery = [1, 2, 3].map((seed) => {
    const { boxes, width, height } = shelf(seed);
    const json = (value) => JSON.stringify(value).replaceAll('"', "&quot;");
    return `<div class="col-sm-4"><assay-label src="/media/shelf-${seed}.svg" width="${width}" height="${height}" alt="Shelf ${seed}" commentable labels="${json(["tin", "jar", "carton", "bottle"])}" label="${json({ boxes: boxes.slice(0, 9) })}" ${seed > 1 ? `compare="${json({ boxes: boxes.slice(seed, 10) })}"` : ""}></assay-label></div>`;
  }).join("");
  return page(`<div class="container-xl py-4"><h1>Batches</h1><p>Now: <time datetime="2026-03-02T09:14:00Z" data-local>2 March</time> <button class="btn" data-copy="hello" data-key="c" data-key-name="Copy hello">Copy</button>
<span class="btn-group"><button class="btn" data-theme-choice="light">Light</button><button class="btn" data-theme-choice="dark">Dark</button><button class="btn" data-theme-choice="auto">Auto</button></span>
<span class="as-status as-status-ok">On time</span> <span class="as-status as-status-wait">Waits for you</span> <span class="as-status as-status-bad">Late</span></p><ul>${links}</ul>
<form data-upload data-url="/api/v1/drafts/1/files" class="card card-body mb-3"><div data-drop class="p-3"><label class="form-label" for="files">Files</label><input id="files" type="file" multiple class="form-control"></div></form>
<div class="row g-2">${gallery}</div></div>`, ["src/site/main.ts", "src/viewer/main.ts"]);
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://mock");
  const send = (status, type = "text/plain", content = "", more = {}) => {
    response.writeHead(status, { "Content-Type": type, "Content-Security-Policy": CSP, ...more });
    response.end(content);
  };
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const json = () => (raw.length > 0 ? JSON.parse(raw) : {});
  const parts = pathname.split("/").filter(Boolean);

  if (pathname === "/dev/fail") return (failing = { path: "", ...json() }), send(204);
  if (pathname === "/dev/state") return send(200, "application/json", JSON.stringify(Object.fromEntries([...rooms].map(([name, { answers, held, done }]) => [name, { answers, held, done }]))));
  if (pathname === "/dev/reset") return rooms.clear(), (failing = { status: 0, times: 0, path: "" }), send(204);
  if (pathname === "/dev/expire") return rooms.forEach((one) => (one.held = [])), send(204);
  if (pathname.startsWith("/api/v1/") && failing.times > 0 && pathname.includes(failing.path)) {
    failing.times -= 1;
    if (failing.status === 0) return response.destroy();
    return send(failing.status, "application/problem+json", JSON.stringify(problem(failing.status, failing.detail ?? "The server is being restarted.")[1]), failing.after ? { "Retry-After": String(failing.after) } : {});
  }
  if (parts[2] === "work") {
    const [status, body] = work(parts[3], parts[4], request.method === "POST" ? json() : {});
    return send(status, "application/json", body === null ? undefined : JSON.stringify(body));
  }
  if (parts[2] === "drafts") {
    const paths = raw.toString("latin1").match(/name="paths"\r\n\r\n[^\r]*/g) ?? [];
    const names = paths.map((one) => one.split("\r\n\r\n")[1]);
    const rejected = names.filter((name) => name.endsWith(".txt")).map((path) => ({ path, reason: "is no picture" }));
    return send(200, "application/json", JSON.stringify({ accepted: names.length - rejected.length, rejected }));
  }
  if (parts[0] === "media") return send(200, "image/svg+xml", shelf(Number(/\d+/.exec(parts[1])[0])).svg, { "Cache-Control": "max-age=3600" });
  if (parts[0] === "static") {
    const file = parts.slice(2).join("/");
    const content = file.includes("..") ? null : await readFile(BUILT + file).catch(() => null);
    return content ? send(200, TYPES[file.split(".").at(-1)] ?? "application/octet-stream", content) : send(404, "text/plain", "none");
  }
  if (parts[0] === "work" && BATCHES[parts[1]]) return send(200, "text/html; charset=utf-8", await bench(parts[1]));
  if (pathname === "/favicon.ico") return send(204);
  if (pathname === "/") return send(200, "text/html; charset=utf-8", await home());
  return send(404, "text/plain", "none");
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    // Most likely the files are being built right now.
    if (!response.headersSent) response.writeHead(500, { "Content-Type": "text/plain" });
    response.end(String(error));
  });
});
server.listen(PORT, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${PORT}/\n`));
